"""What a PMS calls the rooms, and rooms that it knows and the hotel's exchange does not."""

from __future__ import annotations

import pytest

from firmware.errors import RefusedError
from firmware.pms.model import CheckIn, CheckOut, GuestChange, LampNews, PmsEvent, ResyncBegun
from firmware.pms.rooms import RoomNames

NAMES = RoomNames({"0101": "101", "A-2": "102"}, {"101", "102", "103"})


def test_rooms_are_translated_both_ways_and_zeros_count() -> None:
    assert NAMES.ours(CheckIn(room="0101", key="1")) == CheckIn(room="101", key="1")
    assert NAMES.ours(GuestChange(room="A-2", old_room="103")) == GuestChange(room="102", old_room="103")
    assert NAMES.theirs(LampNews(room="102", lit=True)) == LampNews(room="A-2", lit=True)
    assert NAMES.theirs(LampNews(room="103", lit=True)).room == "103"
    with pytest.raises(RefusedError, match="no room 0103"):
        NAMES.ours(CheckIn(room="0103"))
    assert NAMES.ours(ResyncBegun()) == ResyncBegun()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (
            GuestChange(room="0101", key="1", shared=False, old_room="9001", old_shared=False),
            GuestChange(room="101", key="1", shared=False),
        ),
        (
            GuestChange(room="9001", key="1", shared=True, old_room="0101", old_shared=False),
            CheckOut(room="101", key="1", shared=False),
        ),
    ],
)
def test_who_moves_to_or_from_a_room_that_is_not_ours_has_left_or_come(said: PmsEvent, meant: PmsEvent) -> None:
    assert NAMES.ours(said) == meant


def test_who_moves_between_two_of_those_is_nothing_to_us() -> None:
    with pytest.raises(RefusedError, match="no room 9002"):
        NAMES.ours(GuestChange(room="9002", key="1", old_room="9001"))
