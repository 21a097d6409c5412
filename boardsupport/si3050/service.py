"""What the ports of one board share: their chips' interrupts, and the poll.

An idle line is glanced at every 56 ms, and its chip asks for attention when ringing begins or the polarity changes. A
line with something going on (seized, ringing, a change to be decided) is polled every 16 ms instead, and its interrupts
are masked: ringing would give one for every half-wave. All lines that are due stand in one message, three windows to a
register.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from boardsupport.bus import BusError, SpiBus, Window
from boardsupport.chores import Sleep
from boardsupport.interrupts import InterruptLines
from boardsupport.registers import Register
from boardsupport.si3050 import regs
from boardsupport.si3050.access import RegisterAccess
from boardsupport.si3050.chip import ATTENTIVE, GLANCE, LINE_STATE, LineState

GLANCE_S = 0.056
POLL_S = 0.016
"""Neither is near a multiple of a half-wave of ringing (10, 20, 25, 30 ms), so that samples wander over them."""
LINGER_NS = 100_000_000
"""So long a line is polled after it drew attention: between two half-waves there is nothing to be seen of ringing."""


class ServedPort(Protocol):
    """What the service needs of a port, and tells it."""

    access: RegisterAccess

    @property
    def live(self) -> bool:
        """In service: its chip's status means something."""
        ...

    @property
    def restless(self) -> bool:
        """Something goes on at this line, or is about to be decided: it wants to be polled."""
        ...

    def at_ease(self, daa: int, voltage: int) -> bool:
        """Whether registers 5 and 29 show nothing new."""
        ...

    def observed(self, state: LineState, at_ns: int) -> None:
        """The line at that moment."""
        ...

    def bus_failed(self, text: str) -> None: ...


class LineService:
    """One per board, on the line thread's loop."""

    def __init__(self, spi: SpiBus, interrupts: InterruptLines, clock: Callable[[], int], sleep: Sleep) -> None:
        self._spi = spi
        self._interrupts = interrupts
        self._clock = clock
        self._sleep = sleep
        self._ports: dict[ServedPort, int] = {}
        self._restless: dict[ServedPort, int] = {}
        """Those that are polled, and until when at least."""
        self._glancer: asyncio.Task[None] | None = None
        self._poller: asyncio.Task[None] | None = None

    def attach(self, port: ServedPort, interrupt_pin: int) -> None:
        """Serve this port from now on. Raises BusError."""
        self._ports[port] = interrupt_pin
        self._interrupts.serve(interrupt_pin, self)
        if self._glancer is None:
            self._glancer = asyncio.get_running_loop().create_task(self._glance_for_ever())

    def detach(self, port: ServedPort) -> None:
        """Leave this port alone; with the last one the service ends."""
        self._ports.pop(port, None)
        self._restless.pop(port, None)
        if not self._ports:
            self._interrupts.leave(self)
            for task in (self._glancer, self._poller):
                if task is not None:
                    task.cancel()
            self._glancer = self._poller = None

    def attend(self, *ports: ServedPort, at_ns: int | None = None) -> None:
        """Look at these lines now, as they were at that time, and poll them until they are at rest again."""
        windows: list[Window] = []
        for port in ports:
            windows += port.access.write_windows(((regs.INTERRUPT_MASK, 0),))
        try:
            self._transfer(windows)
            self._restless |= dict.fromkeys(ports, self._clock() + LINGER_NS)
            self._observe(ports, at_ns)
        except BusError as failure:
            self._fail(ports, str(failure))
        if self._poller is None and self._restless:
            self._poller = asyncio.get_running_loop().create_task(self._poll_while_restless())

    def look(self, pin: int, at_ns: int) -> bool:
        """See `Attentive.look`."""
        ports = [port for port, its_pin in self._ports.items() if its_pin == pin and self._idle(port)]
        try:
            found = self._read(ports, (regs.INTERRUPT_SOURCE,))
        except BusError as failure:
            self._fail(ports, str(failure))
            return False
        signalled = [port for port, (source,) in zip(ports, found, strict=True) if source & ATTENTIVE]
        if signalled:
            self.attend(*signalled, at_ns=at_ns)
        return bool(signalled)

    def bus_failed(self, text: str) -> None:
        """See `Attentive.bus_failed`."""
        self._fail(self._ports, text)

    def glance(self) -> None:
        """Look briefly at every idle line."""
        ports = [port for port in self._ports if self._idle(port)]
        try:
            found = self._read(ports, GLANCE)
        except BusError as failure:
            self._fail(ports, str(failure))
            return
        remarkable = [port for port, values in zip(ports, found, strict=True) if not port.at_ease(*values)]
        if remarkable:
            self.attend(*remarkable)

    def poll(self) -> None:
        """Look at every restless line, and let those that are at rest be."""
        for port in [port for port in self._restless if not port.live]:
            del self._restless[port]
        ports = list(self._restless)
        try:
            self._observe(ports, None)
            self._dismiss([port for port in ports if self._rests(port)])
        except BusError as failure:
            self._fail(ports, str(failure))

    async def _glance_for_ever(self) -> None:
        while True:
            await self._sleep(GLANCE_S)
            self.glance()

    async def _poll_while_restless(self) -> None:
        while self._restless:
            await self._sleep(POLL_S)
            self.poll()
        self._poller = None

    def _rests(self, port: ServedPort) -> bool:
        """This restless line has come to rest."""
        return port.live and not port.restless and self._clock() >= self._restless[port]

    def _idle(self, port: ServedPort) -> bool:
        return port.live and port not in self._restless

    def _observe(self, ports: Sequence[ServedPort], at_ns: int | None) -> None:
        found = self._read(ports, LINE_STATE)
        moment = self._clock() if at_ns is None else at_ns
        for port, values in zip(ports, found, strict=True):
            if port.live:
                port.observed(LineState(*values), moment)

    def _dismiss(self, ports: Sequence[ServedPort]) -> None:
        """From now on the chip itself tells when something happens; what has happened meanwhile was seen."""
        windows: list[Window] = []
        for port in ports:
            del self._restless[port]
            windows += port.access.write_windows(((regs.INTERRUPT_SOURCE, 0), (regs.INTERRUPT_MASK, ATTENTIVE)))
        self._transfer(windows)

    def _read(self, ports: Sequence[ServedPort], registers: Sequence[Register]) -> list[list[int]]:
        """The same registers of several chips, in one message."""
        windows: list[Window] = []
        for port in ports:
            windows += port.access.read_windows(registers)
        values = self._transfer(windows)
        size = len(registers)
        return [values[index * size : index * size + size] for index in range(len(ports))]

    def _transfer(self, windows: Sequence[Window]) -> list[int]:
        if not windows:
            return []
        return RegisterAccess.values(self._spi.transfer(windows))

    @staticmethod
    def _fail(ports: Iterable[ServedPort], text: str) -> None:
        for port in list(ports):
            port.bus_failed(text)
