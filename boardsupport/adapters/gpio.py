"""The HAT's GPIO lines by RPi.GPIO's interface, which rpi-lgpio serves on current kernels (never install both).

Edges are reported by a thread of that library; they are stamped there with CLOCK_MONOTONIC and handed over a queue
with an eventfd, so that the line thread can wait for them.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable

from RPi import GPIO

from boardsupport.bus import BusError, Edge


class GpioPins:
    """A `Pins` over numbered GPIO lines (BCM numbering).

    The kernel gives each line to one process, and lets go of it when the process ends. Raspberry Pi's kernel keeps an
    output as it was driven last, unless `persist_gpio_outputs=n`; the mainline one makes an input of it.
    """

    def __init__(self, outputs: Iterable[int], held_high: Iterable[int] = (), inputs: Iterable[int] = ()) -> None:
        """`outputs` begin low, `held_high` (resets) high, `inputs` are pulled up. Raises BusError: no GPIO chip."""
        self._edges: deque[Edge] = deque()
        self._watched: set[int] = set()
        self._fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        try:
            GPIO.setwarnings(False)
            GPIO.setmode(GPIO.BCM)
            for pin in outputs:
                GPIO.setup(pin, GPIO.OUT, initial=GPIO.LOW)
            for pin in held_high:
                GPIO.setup(pin, GPIO.OUT, initial=GPIO.HIGH)
            for pin in inputs:
                GPIO.setup(pin, GPIO.IN, pull_up_down=GPIO.PUD_UP)
        except (RuntimeError, OSError) as failure:
            os.close(self._fd)
            raise BusError(f"GPIO: {failure}") from failure

    def write(self, pin: int, level: bool) -> None:
        """See `Pins.write`."""
        try:
            GPIO.output(pin, GPIO.HIGH if level else GPIO.LOW)
        except (RuntimeError, OSError) as failure:
            raise BusError(f"GPIO {pin}: {failure}") from failure

    def read(self, pin: int) -> bool:
        """See `Pins.read`."""
        try:
            return bool(GPIO.input(pin))
        except (RuntimeError, OSError) as failure:
            raise BusError(f"GPIO {pin}: {failure}") from failure

    def watch(self, pin: int) -> None:
        """See `Pins.watch`. The interrupt output is open drain: the pull-up is ours."""
        try:
            GPIO.setup(pin, GPIO.IN, pull_up_down=GPIO.PUD_UP)
            GPIO.add_event_detect(pin, GPIO.BOTH, callback=self._changed)
        except (RuntimeError, OSError) as failure:
            raise BusError(f"GPIO {pin}: no edges ({failure})") from failure
        self._watched.add(pin)

    def fileno(self) -> int:
        return self._fd

    def edges(self) -> list[Edge]:
        """See `Pins.edges`."""
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return []
        found: list[Edge] = []
        while self._edges:
            found.append(self._edges.popleft())
        return found

    def close(self) -> None:
        """The lines keep their levels: a reset or a relay must not move because a process ends."""
        for pin in self._watched:
            GPIO.remove_event_detect(pin)  # or the library's thread would write to whatever has this descriptor next
        os.close(self._fd)

    def _changed(self, pin: int) -> None:
        at_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        self._edges.append(Edge(pin, bool(GPIO.input(pin)), at_ns))
        os.eventfd_write(self._fd, 1)
