"""A board with ports of both kinds on one bus, one interrupt line and one reset line."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import cast

import pytest

from boardsupport.board import BOARDS, Board, BoardPorts, make_ports
from boardsupport.bus import PcmHighway
from boardsupport.fxo import FxoEvent
from boardsupport.port import InService, Lifted, PortEvent, RingBurst
from boardsupport.si3050.countries import fxo_settings
from boardsupport.si3050.sim import RingSignal, Si3050Model
from boardsupport.si3210.countries import line_settings
from boardsupport.si3210.sim import Si3210Model
from boardsupport.tables import BoardTable
from tests.unit.virtual_board import INTERRUPT_PIN, VirtualBoard

RESET_PIN = 0
SOCKETS = ["fxs"] * 6 + ["fxo"] * 2


def table() -> BoardTable:
    """The HAT's, with the pins of the virtual board."""
    hat = BOARDS["hat-8"]
    bays = (dataclasses.replace(bay, interrupt_pin=INTERRUPT_PIN, reset_pin=RESET_PIN) for bay in hat.bays)
    return dataclasses.replace(hat, bays=tuple(bays))


class Hat(VirtualBoard):
    def __init__(self) -> None:
        self.telephones = [Si3210Model(seed=n) for n in range(6)]
        self.lines = [Si3050Model(seed=n) for n in range(2)]
        for line in self.lines:
            line.pair.set_battery(48)
        super().__init__([*self.telephones, *self.lines], one_reset=True)
        self.kept: dict[str, bytes] = {}
        self.events: dict[str, list[PortEvent | FxoEvent]] = {}
        self.new_process()

    def new_process(self) -> None:
        self.ports = self.make()
        self.events = {name: [] for name in (*self.ports.fxs, *self.ports.fxo)}
        for name, telephone in self.ports.fxs.items():
            telephone.listen(self.events[name].append)
        for name, line in self.ports.fxo.items():
            line.listen(self.events[name].append)

    def make(self) -> BoardPorts:
        board = Board(table(), self.spi, cast(PcmHighway, None), self.pins)
        return make_ports(
            board, SOCKETS, line_settings("de"), dict.fromkeys(("fxo/1", "fxo/2"), fxo_settings("de")),
            self.kept, self.kept.__setitem__, self.clock, self.sleep,
        )  # fmt: skip

    async def start(self) -> None:
        ports = [*self.ports.fxs.values(), *self.ports.fxo.values()]
        await self.finish(asyncio.gather(*(port.start() for port in ports)))

    async def die(self) -> None:
        for port in (*self.ports.fxs.values(), *self.ports.fxo.values()):
            await port.stop()

    def entered(self) -> dict[str, InService]:
        return {name: event for name, events in self.events.items() for event in events if isinstance(event, InService)}


async def test_both_kinds_come_into_service_after_one_pull_of_their_reset_line() -> None:
    hat = Hat()
    await hat.start()
    assert sorted(hat.entered()) == ["fxo/1", "fxo/2", *(f"fxs/{n}" for n in range(1, 7))]
    assert [level for _, level in hat.pins.resets].count(False) == 1
    slots = {name: port.timeslot for name, port in (*hat.ports.fxs.items(), *hat.ports.fxo.items())}
    assert slots["fxo/1"] == 6
    place = hat.lines[0].pcm_map()
    assert place is not None
    assert place.transmit_bit == 8 * 6 + 1, "the HAT's frame begins one clock after FSYNC"
    await hat.die()
    hat.pins.close()


async def test_telephone_chips_that_lost_their_state_do_not_cost_a_seized_line() -> None:
    hat = Hat()
    await hat.start()
    hat.ports.fxo["fxo/1"].seize()
    await hat.run(1)
    await hat.die()
    for chip in (*hat.telephones, hat.lines[1]):
        chip.upset()
    pulled = len(hat.pins.resets)
    hat.new_process()
    await hat.start()
    entered = hat.entered()
    assert (entered["fxo/1"].off_hook, entered["fxo/1"].cold) == (True, False)
    assert entered["fxs/1"].cold
    assert hat.lines[0].off_hook
    assert all(level for _, level in hat.pins.resets[pulled:])
    await hat.die()
    hat.pins.close()


async def test_a_line_chip_that_lost_its_state_does_not_cost_a_telephone_its_call() -> None:
    hat = Hat()
    await hat.start()
    hat.telephones[0].pair.set_closed(True)
    await hat.run(1)
    await hat.die()
    hat.lines[1].upset()
    hat.new_process()
    await hat.start()
    entered = hat.entered()
    assert (entered["fxs/1"].off_hook, entered["fxs/1"].cold) == (True, False)
    assert entered["fxo/2"].cold
    await hat.die()
    hat.pins.close()


async def test_a_handset_is_lifted_while_a_line_rings() -> None:
    hat = Hat()
    await hat.start()
    await hat.run(1)
    start = hat.now_ns
    line, telephone = hat.lines[1], hat.telephones[3]
    line.pair.set_ring(RingSignal(25.0, 75.0, line.now))
    hat.after(3, lambda: telephone.pair.set_closed(True))
    await hat.run(0.1)
    assert isinstance(hat.events["fxs/4"][-1], Lifted)
    assert isinstance(hat.events["fxo/2"][-1], RingBurst)
    assert (hat.events["fxs/4"][-1].at_ns - start) / 1e6 < 25
    await hat.die()
    hat.pins.close()


def test_a_company_line_needs_settings_of_the_highways_law() -> None:
    hat = Hat()
    board = Board(table(), hat.spi, cast(PcmHighway, None), hat.pins)
    with pytest.raises(ValueError, match="fxo/2 has no settings"):
        make_ports(board, SOCKETS, line_settings("de"), {"fxo/1": fxo_settings("de")})
    with pytest.raises(ValueError, match="law"):
        make_ports(board, SOCKETS, line_settings("de"), dict.fromkeys(("fxo/1", "fxo/2"), fxo_settings("us")))
    hat.pins.close()
