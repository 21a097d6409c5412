"""What the Si3210s of a board signal by their interrupt, and the rare poll, for all ports together.

A poll every quarter of a second finds what interrupts can't tell: a chip that has reset itself or is gone, and edges
that were lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from boardsupport.bus import BusError, SpiBus, Window
from boardsupport.chores import Sleep
from boardsupport.interrupts import InterruptLines
from boardsupport.registers import Register
from boardsupport.si3210 import regs
from boardsupport.si3210.access import RegisterAccess
from boardsupport.si3210.chip import LINE_READING, LINE_STATE, LineReading, LineState

POLL_S = 0.25
MEASURE_EVERY = 4
"""Polls between two looks at voltages and currents."""
PORTS_PER_MESSAGE = 32
T = TypeVar("T")


class ServedPort(Protocol):
    """What the service needs of a port, and tells it."""

    access: RegisterAccess

    @property
    def live(self) -> bool:
        """In service: its chip's status means something."""
        ...

    def signalled(self, status: int, state: LineState, at_ns: int) -> None:
        """The chip asked for attention with these bits of register 19 (acknowledged); then its line was so."""
        ...

    def polled(self, state: LineState, now_ns: int) -> None: ...

    def measured(self, reading: LineReading, now_ns: int) -> None: ...

    def bus_failed(self, text: str) -> None: ...


class LineService:
    """One per board, on the line thread's loop."""

    def __init__(self, spi: SpiBus, interrupts: InterruptLines, clock: Callable[[], int], sleep: Sleep) -> None:
        self._spi = spi
        self._interrupts = interrupts
        self._clock = clock
        self._sleep = sleep
        self._ports: dict[ServedPort, int] = {}
        self._poller: asyncio.Task[None] | None = None

    def attach(self, port: ServedPort, interrupt_pin: int) -> None:
        """Serve this port from now on. Raises BusError."""
        self._ports[port] = interrupt_pin
        self._interrupts.serve(interrupt_pin, self)
        if self._poller is None:
            self._poller = asyncio.get_running_loop().create_task(self._poll_for_ever())

    def detach(self, port: ServedPort) -> None:
        """Leave this port alone; with the last one the service ends."""
        self._ports.pop(port, None)
        if not self._ports and self._poller is not None:
            self._interrupts.leave(self)
            self._poller.cancel()
            self._poller = None

    def look(self, pin: int, at_ns: int) -> bool:
        """See `Attentive.look`: one message reads the status of all, a second one acknowledges and reads the lines."""
        ports = [port for port, its_pin in self._ports.items() if its_pin == pin and port.live]
        try:
            found = zip(ports, self._read(ports, (regs.STATUS_2,)), strict=True)
            signalled = [(port, values[0]) for port, values in found if values[0]]
            self._acknowledge(signalled, at_ns)
        except BusError as failure:
            self._fail(ports, str(failure))
            return False
        return bool(signalled)

    def bus_failed(self, text: str) -> None:
        """See `Attentive.bus_failed`."""
        self._fail(self._ports, text)

    def poll(self) -> None:
        """Look at every live port once."""
        ports = [port for port in self._ports if port.live]
        try:
            values = self._read(ports, (regs.STATUS_2, *LINE_STATE))
            now = self._clock()
            missed: list[tuple[ServedPort, int]] = []
            for port, (status, *state) in zip(ports, values, strict=True):
                line = LineState(*state)
                if status and not line.absent and not line.was_reset:
                    missed.append((port, status))
                else:
                    port.polled(line, now)
            self._acknowledge(missed, now)
        except BusError as failure:
            self._fail(ports, str(failure))

    def measure(self) -> None:
        """Give every live port its voltages and currents."""
        ports = [port for port in self._ports if port.live]
        try:
            values = self._read(ports, LINE_READING)
        except BusError as failure:
            self._fail(ports, str(failure))
            return
        now = self._clock()
        for port, found in zip(ports, values, strict=True):
            if port.live:
                port.measured(LineReading.of(*found), now)

    async def _poll_for_ever(self) -> None:
        count = 0
        while True:
            await self._sleep(POLL_S)
            self.poll()
            count += 1
            if count % MEASURE_EVERY == 0:
                self.measure()

    def _read(self, ports: Sequence[ServedPort], registers: Sequence[Register]) -> list[list[int]]:
        """The same registers of several chips, in as few messages as they fit."""
        found: list[list[int]] = []
        for some in _chunks(ports, PORTS_PER_MESSAGE):
            windows: list[Window] = []
            for port in some:
                windows += port.access.read_windows(registers)
            values = self._transfer(windows)
            size = len(registers)
            found += [values[index * size : index * size + size] for index in range(len(some))]
        return found

    def _acknowledge(self, signalled: Sequence[tuple[ServedPort, int]], at_ns: int) -> None:
        """Clear what was read, then read the line: an event in between sets its bit again."""
        for some in _chunks(signalled, PORTS_PER_MESSAGE):
            windows: list[Window] = []
            for port, status in some:
                windows += port.access.write_windows(((regs.STATUS_2, status),))
                windows += port.access.read_windows(LINE_STATE)
            values = self._transfer(windows)
            size = 1 + len(LINE_STATE)
            for index, (port, status) in enumerate(some):
                if port.live:
                    port.signalled(status, LineState(*values[index * size + 1 : (index + 1) * size]), at_ns)

    def _transfer(self, windows: Sequence[Window]) -> list[int]:
        if not windows:
            return []
        return RegisterAccess.values(self._spi.transfer(windows))

    @staticmethod
    def _fail(ports: Iterable[ServedPort], text: str) -> None:
        for port in list(ports):
            port.bus_failed(text)


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
