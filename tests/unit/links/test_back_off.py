"""How often a far end that is not there is tried."""

from __future__ import annotations

from firmware.links import BackOff


def test_soon_then_from_five_seconds_up_to_a_minute() -> None:
    assert [BackOff().wait(tries) for tries in range(7)] == [0.5, 5, 10, 20, 40, 60, 60]


def test_a_year_in_vain_changes_nothing() -> None:
    assert BackOff().wait(1_000_000) == 60
