"""A board of Si3210 models in virtual time."""

from __future__ import annotations

import asyncio

from boardsupport.interrupts import InterruptLines
from boardsupport.port import FxsPort, LineSettings, PortEvent
from boardsupport.reset import ResetLine
from boardsupport.ringing import RingScheduler
from boardsupport.si3210 import regs
from boardsupport.si3210.access import RegisterAccess
from boardsupport.si3210.chip import ChipSettings, Si3210
from boardsupport.si3210.port import Si3210Port
from boardsupport.si3210.ringer import bell
from boardsupport.si3210.service import LineService
from boardsupport.si3210.sim import Si3210Model
from tests.unit.virtual_board import INTERRUPT_PIN, START_NS, FakeSpi, VirtualBoard

__all__ = ["POLAND", "START_NS", "FakeSpi", "Rig", "as_fxs"]

POLAND = LineSettings("alaw", 0, 25.0, 65.0)


class Rig(VirtualBoard):
    """Telephone ports on models."""

    def __init__(
        self, ports: int = 1, settings: LineSettings = POLAND, ringing_at_once: int = 10, first_slot: int = 0
    ) -> None:
        self.models = [Si3210Model(seed=n + 1) for n in range(ports)]
        super().__init__(self.models)
        self.settings = settings
        self.first_slot = first_slot
        self.ringing_at_once = ringing_at_once
        self.kept: dict[str, bytes] = {}
        self.events: dict[str, list[PortEvent]] = {}
        self.ports: list[Si3210Port] = []
        self.make_ports()

    def make_ports(self, kept: dict[str, bytes] | None = None) -> None:
        """The drivers of a new process."""
        self.scheduler = RingScheduler(self.ringing_at_once)
        self.interrupts = InterruptLines(self.pins, self.clock)
        self.service = LineService(self.spi, self.interrupts, self.clock, self.sleep)
        self.ports = [self._port(n, kept or {}) for n in range(len(self.models))]
        self.events = {}
        for port in self.ports:
            self.events[port.socket] = []
            port.listen(self.events[port.socket].append)

    def _port(self, n: int, kept: dict[str, bytes]) -> Si3210Port:
        settings = self.settings
        start_clock = 8 * (self.first_slot + n)
        ringer = bell(settings.ring_hz, settings.ring_vpk)
        chip_settings = ChipSettings(settings.law, start_clock, settings.impedance, ringer)
        chip = Si3210(RegisterAccess(self.spi, n, self.sleep), chip_settings, self.sleep)
        name = f"fxs/{n + 1}"
        return Si3210Port(
            name, self.first_slot + n, chip, settings.hook, self.scheduler, self.service, INTERRUPT_PIN,
            ResetLine(self.pins, n, self.sleep), kept.get(name), self.kept.__setitem__, self.clock, self.sleep,
        )  # fmt: skip

    async def start(self, limit_s: float = 60) -> None:
        """Start all ports."""
        await self.finish(asyncio.gather(*(port.start() for port in self.ports)), limit_s)

    async def stop(self) -> None:
        for port in self.ports:
            await port.stop()
        self.pins.close()

    def lift(self, n: int = 0) -> None:
        self.models[n].pair.set_closed(True)
        self.models[n].advance(0)

    def replace(self, n: int = 0) -> None:
        self.models[n].pair.set_closed(False)
        self.models[n].advance(0)

    def linefeed(self, n: int = 0) -> int:
        """The state that the line is in."""
        return regs.LFS.of(self.models[n].register(regs.LINEFEED.address))

    def of(self, kind: type, port: str = "fxs/1") -> list[PortEvent]:
        return [event for event in self.events[port] if isinstance(event, kind)]


def as_fxs(port: Si3210Port) -> FxsPort:
    """The driver is what the seam asks for (checked by the type checker)."""
    return port
