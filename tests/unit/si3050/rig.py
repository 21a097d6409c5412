"""A board of Si3050 models in virtual time, and what an exchange does to their lines."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from boardsupport.fxo import FxoEvent, FxoPort, FxoSettings
from boardsupport.interrupts import InterruptLines
from boardsupport.port import Fault, FaultKind
from boardsupport.registers import Register
from boardsupport.reset import ResetLine
from boardsupport.si3050.access import RegisterAccess
from boardsupport.si3050.chip import ChipSettings, Si3050
from boardsupport.si3050.countries import fxo_settings
from boardsupport.si3050.port import Si3050Port
from boardsupport.si3050.service import LineService
from boardsupport.si3050.sim import RingSignal, Si3050Model
from tests.unit.virtual_board import INTERRUPT_PIN, VirtualBoard

GERMANY = fxo_settings("de")
BATTERY_V = 48.0


class Rig(VirtualBoard):
    """Company-line ports on models whose lines are fed."""

    def __init__(self, ports: int = 1, settings: FxoSettings = GERMANY, first_slot: int = 0) -> None:
        self.models = [Si3050Model(seed=n + 1) for n in range(ports)]
        super().__init__(self.models)
        for model in self.models:
            model.pair.set_battery(BATTERY_V)
        self.settings = settings
        self.first_slot = first_slot
        self.events: dict[str, list[FxoEvent]] = {}
        self.ports: list[Si3050Port] = []
        self.make_ports()

    def make_ports(self) -> None:
        """The drivers of a new process."""
        self.interrupts = InterruptLines(self.pins, self.clock)
        self.service = LineService(self.spi, self.interrupts, self.clock, self.sleep)
        self.ports = [self._port(n) for n in range(len(self.models))]
        self.events = {}
        for port in self.ports:
            self.events[port.socket] = []
            port.listen(self.events[port.socket].append)

    def _port(self, n: int) -> Si3050Port:
        chip_settings = ChipSettings(self.settings, 8 * (self.first_slot + n))
        chip = Si3050(RegisterAccess(self.spi, n), chip_settings, self.sleep)
        reset = ResetLine(self.pins, n, self.sleep)
        return Si3050Port(
            f"fxo/{n + 1}", self.first_slot + n, chip, self.service, INTERRUPT_PIN, reset, self.clock, self.sleep
        )

    @property
    def port(self) -> Si3050Port:
        return self.ports[0]

    @property
    def model(self) -> Si3050Model:
        return self.models[0]

    async def start(self, limit_s: float = 60) -> None:
        """Start all ports."""
        await self.finish(asyncio.gather(*(port.start() for port in self.ports)), limit_s)

    async def restart(self) -> None:
        """The process dies, which no chip notices, and another takes its place."""
        await self.die()
        self.make_ports()
        await self.start()

    async def die(self) -> None:
        for port in self.ports:
            await port.stop()

    async def stop(self) -> None:
        await self.die()
        self.pins.close()

    # --- what the exchange and others do to a line

    def battery(self, volts: float, n: int = 0) -> None:
        self.models[n].pair.set_battery(volts)
        self.models[n].advance(0)

    def ring(self, on: bool, n: int = 0, hz: float = 25.0, vrms: float = 75.0) -> None:
        model = self.models[n]
        model.pair.set_ring(RingSignal(hz, vrms, model.now) if on else None)
        model.advance(0)

    def ring_cadence(self, edges_ms: Sequence[float], n: int = 0, hz: float = 25.0, vrms: float = 75.0) -> None:
        """Ringing voltage goes on, off, on, ... at these times from now."""
        for index, at_ms in enumerate(edges_ms):
            self.after(at_ms, lambda on=index % 2 == 0: self.ring(on, n, hz, vrms))  # type: ignore[misc]

    def plug(self, plugged: bool, n: int = 0) -> None:
        self.models[n].pair.set_plugged(plugged)
        self.models[n].advance(0)

    def parallel(self, lifted: int, n: int = 0) -> None:
        """So many telephones beside the port are lifted."""
        for place in range(4):
            self.models[n].pair.set_lifted(f"telephone {place}", place < lifted)
        self.models[n].advance(0)

    # --- what is seen

    def off_hook(self, n: int = 0) -> bool:
        return self.models[n].off_hook

    def register(self, register: Register, n: int = 0) -> int:
        return self.models[n].register(register.address)

    def of(self, kind: type, port: str = "fxo/1") -> list[FxoEvent]:
        return [event for event in self.events[port] if isinstance(event, kind)]

    def standing(self, port: str = "fxo/1") -> list[FaultKind]:
        """The faults that stand, as far as the listener was told."""
        found: list[FaultKind] = []
        for event in self.events[port]:
            if isinstance(event, Fault):
                found = [kind for kind in found if kind != event.kind] + ([event.kind] if event.raised else [])
        return found


def as_fxo(port: Si3050Port) -> FxoPort:
    """The driver is what the seam asks for (checked by the type checker)."""
    return port
