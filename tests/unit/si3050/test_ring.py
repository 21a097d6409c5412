"""Half-waves in, bursts out: the ringing machine alone, in made-up time."""

from __future__ import annotations

from boardsupport.fxo import FxoEvent, FxoTimes, RingingStopped
from boardsupport.port import RingBurst
from boardsupport.si3050.ring import _TABLE, RingInput, RingMachine, RingState

MS = 1_000_000
STEP_MS = 16


class Line:
    """Samples of a line on which half-waves are seen at some times."""

    def __init__(self) -> None:
        self.machine = RingMachine(FxoTimes())
        self.now_ms = 0
        self.events: list[FxoEvent] = []

    def pass_ms(self, ms: int, waves: bool, step_ms: int = STEP_MS) -> None:
        end = self.now_ms + ms
        while self.now_ms < end:
            self.events += self.machine.sample(waves, self.now_ms * MS)
            self.now_ms += step_ms

    def told(self) -> list[tuple[float, bool, int] | float]:
        told: list[tuple[float, bool, int] | float] = []
        for event in self.events:
            if isinstance(event, RingBurst):
                told.append((event.at_ns / MS, event.on, event.number))
            elif isinstance(event, RingingStopped):
                told.append(event.at_ns / MS)
        return told


def test_bursts_have_the_times_of_their_first_and_last_half_wave() -> None:
    line = Line()
    line.pass_ms(320, False)
    line.pass_ms(992, True)
    line.pass_ms(4000, False)
    line.pass_ms(992, True)
    line.pass_ms(320, False)
    assert line.told() == [(320, True, 1), (1296, False, 1), (5312, True, 2), (6288, False, 2)]


def test_64_ms_are_needed() -> None:
    line = Line()
    line.pass_ms(48, True)
    line.pass_ms(1000, False)
    assert line.told() == []
    assert line.machine.state is RingState.SILENT
    line.pass_ms(64, True)
    assert [told for told in line.told() if isinstance(told, tuple)] == [(1056, True, 1)]


def test_scattered_half_waves_as_of_dialling_beside_the_port_are_none() -> None:
    line = Line()
    for _ in range(40):
        line.pass_ms(16, True)
        line.pass_ms(80, False)
    assert line.told() == []


def test_half_of_the_samples_are_enough() -> None:
    line = Line()
    for _ in range(30):
        line.pass_ms(16, True)
        line.pass_ms(16, False)
    assert line.told() == [(0, True, 1)]


def test_the_short_gap_of_a_british_ring_does_not_part_it() -> None:
    line = Line()
    for ms, waves in ((400, True), (208, False), (400, True), (2000, False)):
        line.pass_ms(ms, waves)
    assert line.told() == [(0, True, 1), (992, False, 1)]


def test_a_sample_that_comes_late_stands_for_no_more_than_others() -> None:
    line = Line()
    line.pass_ms(500, True, step_ms=500)
    line.pass_ms(500, True, step_ms=500)
    assert line.told() == []
    line.pass_ms(64, True)
    assert line.told() == [(0, True, 1)]
    line.pass_ms(400, False, step_ms=400)
    assert line.machine.bursting


def test_ringing_has_stopped_seven_seconds_after_its_last_burst() -> None:
    line = Line()
    line.pass_ms(992, True)
    line.pass_ms(6000, False)
    line.pass_ms(16, True)  # the caller's clearing, or the like
    line.pass_ms(1200, False)
    assert line.told()[-1] == 7984
    line.pass_ms(992, True)
    assert line.told()[-1] == (8208, True, 1), "the next call's bursts are counted anew"


def test_the_end_of_it_forgets_the_burst_under_way() -> None:
    line = Line()
    line.pass_ms(500, True)
    line.machine.end()
    line.pass_ms(10_000, False)
    assert line.told() == [(0, True, 1)]


def test_every_state_is_left_and_entered() -> None:
    assert {state for state, _ in _TABLE} == set(RingState) == {following for _, following in _TABLE.values()}
    assert {happened for _, happened in _TABLE} == set(RingInput)
