"""What hangs on a pair besides the loop, and what comes from outside, as the chip's meters show it."""

from __future__ import annotations

import math

import pytest

from boardsupport.si3210 import regs
from boardsupport.si3210.sim import Si3210Model
from tests.unit.si3210_model.harness import Hand

LOOP_CURRENT, TIP, RING, LOOP_STATUS, LINEFEED = 79, 80, 81, 68, 64


@pytest.fixture
def hand() -> Hand:
    made = Hand(Si3210Model(seed=1))
    made.model.reset_pin(False)
    made.bring_up()
    return made


def test_a_leak_draws_current_and_is_no_lifted_handset(hand: Hand) -> None:
    hand.model.pair.set_load(1.0, 10_000)
    hand.wait(100)
    assert (hand.read(LOOP_CURRENT) & 0x3F) * regs.LOOP_CURRENT_MA == pytest.approx(4.65, abs=0.65)
    assert not hand.read(LOOP_STATUS) & 1


def test_a_lifted_handset_on_a_leaky_pair_is_seen(hand: Hand) -> None:
    hand.model.pair.set_load(1.0, 10_000)
    hand.model.pair.set_closed(True)
    hand.wait(100)
    assert hand.read(LOOP_STATUS) & 1


def test_bells_draw_ringing_current_by_their_number(hand: Hand) -> None:
    def peak(ren: float) -> float:
        hand.model.pair.set_load(ren, math.inf)
        hand.write(LINEFEED, 4)
        found = []
        for _ in range(40):
            hand.wait(3.3)
            found.append((hand.read(LOOP_CURRENT) & 0x3F) * regs.LOOP_CURRENT_MA)
        hand.write(LINEFEED, 1)
        return max(found)

    assert peak(0) == 0
    assert peak(2) == pytest.approx(2 * peak(1), abs=2.5)


def test_foreign_voltage_is_on_both_wires_with_the_feed_off(hand: Hand) -> None:
    hand.write(LINEFEED, 0)
    assert hand.read(TIP) == hand.read(RING) == 0
    hand.model.pair.set_foreign(-20.0, 0.0, None)
    assert hand.read(TIP) * regs.MONITOR_VOLTS == pytest.approx(20, abs=0.5)
    hand.model.pair.set_foreign(0.0, 40.0, None)
    found = []
    for _ in range(40):
        hand.wait(1)
        found.append(hand.read(TIP) * regs.MONITOR_VOLTS)
    assert max(found) == pytest.approx(40 * math.sqrt(2), abs=1.5) and min(found) < 10
