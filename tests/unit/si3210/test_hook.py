"""What openings and closings of the loop mean, by their time stamps alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardsupport.port import BreakBegan, Flashed, HookTimes, Lifted, PortEvent, PulseDigit, Replaced
from boardsupport.si3210.hook import HookMachine

MS = 1_000_000


def play(machine: HookMachine, *durations_ms: float, closed: bool = False, start_ms: float = 0) -> list[PortEvent]:
    """Edges in turn, each after that many ms; deadlines are called when they come."""
    now, events = round(start_ms * MS), []
    for duration in durations_ms:
        target = now + round(duration * MS)
        while machine.deadline_ns is not None and machine.deadline_ns <= target:
            events += machine.expire(machine.deadline_ns)
        now, closed = target, not closed
        events += machine.edge(closed, now)
    return events


def settle(machine: HookMachine) -> list[PortEvent]:
    events: list[PortEvent] = []
    while machine.deadline_ns is not None:
        events += machine.expire(machine.deadline_ns)
    return events


def lifted() -> HookMachine:
    machine = HookMachine(HookTimes())
    assert machine.edge(True, 0) == [Lifted(0)]
    return machine


def told(events: list[PortEvent]) -> list[PortEvent]:
    return [event for event in events if not isinstance(event, BreakBegan)]


@pytest.mark.parametrize("ms", [80, 100, 300, 799, 800])
def test_flash_within_its_limits(ms: int) -> None:
    machine = lifted()
    events = play(machine, 500, ms, closed=True)
    assert told(events + settle(machine)) == [Flashed((500 + ms) * MS, ms)]


@pytest.mark.parametrize("ms", [820, 900, 5000])
def test_longer_break_is_a_hang_up_from_where_it_began(ms: int) -> None:
    machine = lifted()
    events = play(machine, 500, ms, closed=True)
    assert told(events) == [Replaced(500 * MS), Lifted((500 + ms) * MS)]


def test_hang_up_is_told_without_another_edge() -> None:
    machine = lifted()
    events = play(machine, 500, closed=True)
    assert events == [BreakBegan(500 * MS)]
    assert settle(machine) == [Replaced(500 * MS)]
    assert not machine.lifted


@pytest.mark.parametrize(("digit", "pulses"), [("1", 1), ("5", 5), ("9", 9), ("0", 10)])
@pytest.mark.parametrize(("break_ms", "make_ms"), [(60, 40), (67, 33), (50, 50), (33, 17)])
def test_dial_pulses(digit: str, pulses: int, break_ms: int, make_ms: int) -> None:
    machine = lifted()
    events = play(machine, 300, *(break_ms, make_ms) * (pulses - 1), break_ms, closed=True)
    assert [event.digit for event in told(events + settle(machine)) if isinstance(event, PulseDigit)] == [digit]
    assert machine.closed


def test_two_digits_need_a_pause_between_them() -> None:
    machine = lifted()
    events = play(machine, 300, 60, 40, 60, 800, 60, closed=True)
    digits = [event.digit for event in told(events + settle(machine)) if isinstance(event, PulseDigit)]
    assert digits == ["2", "1"]


def test_a_touch_of_the_hook_means_nothing() -> None:
    machine = lifted()
    assert told(play(machine, 300, 15, closed=True) + settle(machine)) == []
    assert machine.closed


def test_more_than_ten_pulses_are_no_digit() -> None:
    machine = lifted()
    events = play(machine, 300, *(60, 40) * 14, 60, closed=True)
    assert told(events + settle(machine)) == []


@pytest.mark.parametrize(("open_ms", "closed_ms"), [(30, 30), (60, 60), (100, 100), (250, 120), (400, 30)])
def test_three_hundred_quick_hooks_leave_it_lifted_and_sane(open_ms: int, closed_ms: int) -> None:
    machine = lifted()
    events = told(play(machine, 300, *(open_ms, closed_ms) * 299, open_ms, closed=True) + settle(machine))
    assert machine.closed
    assert not any(isinstance(event, Replaced | Lifted) for event in events)
    assert told(play(machine, 3000, 300, closed=True, start_ms=1_000_000))[0] == Flashed(1_003_300 * MS, 300)


def test_an_edge_that_comes_late_is_judged_by_its_stamp() -> None:
    """The reader was busy for 30 ms, and the flash's end lies before its deadline."""
    machine = lifted()
    machine.edge(False, 1000 * MS)
    assert machine.expire(1830 * MS) == []
    assert machine.edge(True, 1795 * MS) == [Flashed(1795 * MS, 795)]


@given(st.lists(st.floats(min_value=0.5, max_value=2000), max_size=60))
def test_lifted_and_replaced_always_alternate(durations: list[float]) -> None:
    machine = HookMachine(HookTimes())
    events = play(machine, *durations) + settle(machine)
    ends = [type(event) for event in events if isinstance(event, Lifted | Replaced)]
    assert ends == [Lifted, Replaced] * (len(ends) // 2) + [Lifted] * (len(ends) % 2)
    assert machine.lifted == bool(len(ends) % 2)


@given(st.lists(st.booleans(), max_size=40), st.integers(min_value=0, max_value=10**9))
def test_repeated_edges_change_nothing(levels: list[bool], at_ns: int) -> None:
    machine = HookMachine(HookTimes())
    for level in levels:
        machine.edge(level, at_ns)
        assert machine.edge(level, at_ns) == []
