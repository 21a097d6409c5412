"""A world without its clock: the tests let time pass, and drive the chips by hand as in the model's tests."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.company_line import CallerIdKind, CompanyLine, RingIn
from boardsupport.bench.telephone import Telephone
from boardsupport.bench.world import World
from boardsupport.tables import BOARDS
from tests.unit.si3050_model.harness import Hand as DaaHand
from tests.unit.si3210_model.harness import Hand

IDLE = 0xD5


class Rig:
    """`count` telephones and `lines`; ports whose chips were brought up are switched in pairs over the highway."""

    def __init__(self, count: int = 2, country: str = "pl", lifeline: str | None = None, lines: int = 0) -> None:
        self.count = count
        self.world = World(BOARDS["sim-64"], ["fxs"] * count + ["fxo"] * lines, country, lifeline)
        self.board = self.world.board
        self.board.sample_now = lambda: float(self.board.ticked)  # type: ignore[method-assign]
        self.hands: dict[str, Hand] = {}
        self.idle: NDArray[np.uint8] = np.full((80, 64), IDLE, np.uint8)
        self.capture = self.idle
        self.routes: dict[int, int] = {}
        """Slot towards a chip -> slot that it is copied from."""

    def phone(self, number: int) -> Telephone:
        return self.world.phones[f"fxs/{number}"]

    def view(self, number: int) -> dict[str, object]:
        return self.world.view(self.phone(number))

    def bring_up(self, number: int, slot: int | None = None, law: int = 0x20) -> Hand:
        """Out of reset, initialised, calibrated, active, on its slot of the highway."""
        bay = self.board.table.bays[number - 1]
        self.board.write_pin(bay.reset_pin, True)
        hand = Hand(self.phone(number).chip)
        hand.bring_up()
        start = 8 * (bay.timeslot if slot is None else slot)
        for address, value in ((2, start & 0xFF), (3, start >> 8), (4, start & 0xFF), (5, start >> 8), (1, law)):
            hand.write(address, value)
        self.hands[f"fxs/{number}"] = hand
        self.settle()
        return hand

    def line(self, number: int) -> CompanyLine:
        return self.world.lines[f"fxo/{number}"]

    def line_view(self, number: int) -> dict[str, Any]:
        return self.world.view_line(self.line(number))

    def bring_up_line(self, number: int) -> DaaHand:
        """Out of reset, initialised, on-hook with the line monitored, on its slot of the highway."""
        bay = self.board.table.bays[self.count + number - 1]
        self.board.write_pin(bay.reset_pin, True)
        hand = DaaHand(self.line(number).chip)
        hand.bring_up(8 * bay.timeslot)
        self.settle()
        return hand

    def ring_in(
        self,
        number: int,
        caller: str | None = "0224567890",
        caller_id: CallerIdKind = "none",
        rings: int | None = None,
        name: str | None = None,
        private: bool = False,
    ) -> None:
        self.line(number).ring(RingIn(caller, name, private, caller_id, rings))

    def settle(self) -> None:
        """Let the bench's time catch up with chips that lived on their own while they were brought up."""
        latest = max(chip.now for chip in (*self.board.chips.values(), *self.board.daas.values()))
        self.board.ticked = max(self.board.ticked, -(-int(latest) // 80) * 80)

    def talk(self, one: int, other: int) -> None:
        """Switch two telephones' slots to one another."""
        self.routes |= {one - 1: other - 1, other - 1: one - 1}

    def run(self, ms: int) -> None:
        """Let time pass in blocks of 10 ms."""
        for _ in range(-(-ms // 10)):
            frames = self.idle.copy()
            for to, source in self.routes.items():
                frames[:, to] = self.capture[:, source]
            self.capture = self.world.tick(frames)

    def until(self, condition: object, limit_ms: int = 10_000) -> int:
        """Milliseconds until `condition()` holds."""
        assert callable(condition)
        for elapsed in range(0, limit_ms, 10):
            if condition():
                return elapsed
            self.run(10)
        raise AssertionError(f"not within {limit_ms} ms")
