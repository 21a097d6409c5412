"""Conditions that must hold, and the polarity made of one."""

from __future__ import annotations

from boardsupport.fxo import FxoTimes, PolarityChanged
from boardsupport.si3050.held import _TABLE, Held, HeldInput, HeldState
from boardsupport.si3050.polarity import PolarityMachine

MS = 1_000_000


class Line:
    def __init__(self) -> None:
        self.machine = PolarityMachine(FxoTimes())
        self.now_ms = 0
        self.events: list[PolarityChanged] = []

    def pass_ms(self, ms: int, volts: float) -> None:
        end = self.now_ms + ms
        while self.now_ms < end:
            self.events += self.machine.sample(volts, self.now_ms * MS)
            self.now_ms += 16


def test_a_reversal_is_told_with_its_edge_and_so_is_its_end() -> None:
    line = Line()
    line.pass_ms(160, -48)
    line.pass_ms(800, 48)
    line.pass_ms(160, -48)
    assert line.events == [PolarityChanged(160 * MS, True), PolarityChanged(960 * MS, False)]


def test_48_ms_are_no_reversal() -> None:
    line = Line()
    line.pass_ms(160, 48)
    line.pass_ms(48, -48)
    line.pass_ms(160, 48)
    assert line.events == []


def test_without_voltage_nothing_changes() -> None:
    line = Line()
    line.pass_ms(160, -48)
    line.pass_ms(1600, 0)
    line.pass_ms(160, -48)
    assert line.events == []
    line.pass_ms(32, 48)
    line.pass_ms(320, 0)
    line.pass_ms(16, 48)
    assert [event.reversed for event in line.events] == [True]


def test_what_was_usual_when_the_line_was_last_idle_counts() -> None:
    line = Line()
    line.pass_ms(160, 48)
    line.pass_ms(160, -48)
    line.machine.take_as_usual()
    assert not line.machine.differs(-6)
    assert line.machine.differs(6)
    line.pass_ms(160, -6)
    line.pass_ms(160, 6)
    assert [event.reversed for event in line.events] == [True, True]


def test_ringing_voltage_is_no_reversal() -> None:
    line = Line()
    line.pass_ms(160, 48)
    line.pass_ms(48, -30)
    line.machine.drop()
    line.pass_ms(48, -30)
    assert line.events == []
    assert not line.machine.steady
    line.pass_ms(16, 48)
    assert line.machine.steady


def test_a_condition_is_believed_once_it_has_held() -> None:
    held = Held(50)
    assert not held.sample(True, 0)
    assert not held.sample(True, 49 * MS)
    assert held.sample(True, 50 * MS)
    assert (held.value, held.edge_ns) == (True, 0)
    assert not held.sample(False, 100 * MS)
    assert held.value
    assert held.sample(False, 150 * MS)
    assert (held.value, held.edge_ns) == (False, 100 * MS)


def test_every_state_is_left_and_entered() -> None:
    assert {state for state, _ in _TABLE} == set(HeldState) == set(_TABLE.values())
    assert {happened for _, happened in _TABLE} == set(HeldInput)
