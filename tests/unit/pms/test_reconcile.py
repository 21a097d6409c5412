"""FIAS: what a PMS says of guests, in every order in which it may say it, and who lives where then."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
import pytest

from firmware.hotel.model import Guest
from firmware.pms.model import (
    CheckIn,
    GuestChange,
    GuestData,
    MessageGiven,
    MessageWithdrawn,
    NightAudit,
    PmsEvent,
    WakeupCleared,
    WakeupSet,
)
from tests.unit.pms.pms_house import NOON, Hotel, equip, gc, gi, go, wr

SEQUENCES: dict[str, tuple[list[PmsEvent], str]] = {
    # ------------------------------------------------------------------------------------------ check-in and check-out
    "check-in": ([gi("101", "1")], "101:1"),
    "check-in without GS": ([gi("101", "1", gs="-")], "101:1"),
    "an empty SF in a live check-in": ([gi("101", "1", sf=True)], "101:1"),
    "check-in twice": ([gi("101", "1"), gi("101", "1")], "101:1"),
    "check-out": ([gi("101", "1"), go("101", "1")], ""),
    "check-out without GS": ([gi("101", "1"), go("101", "1", "-")], ""),
    "check-out without G#": ([gi("101", "1"), go("101")], ""),
    "check-out without either": ([gi("101", "1"), go("101", gs="-")], ""),
    "check-out of a vacant room": ([go("101", "1")], ""),
    "check-out twice": ([gi("101", "1"), go("101", "1"), go("101", "1")], ""),
    "a lost check-out": ([gi("101", "1"), gi("101", "2")], "101:2"),
    "its check-out comes late": ([gi("101", "1"), gi("101", "2"), go("101", "1")], "101:2"),
    "its check-out comes late, without GS": ([gi("101", "1"), gi("101", "2"), go("101", "1", "-")], "101:2"),
    "an unknown guest was the last": ([gi("101", "1"), go("101", "9")], ""),
    "an unknown guest leaves, others stay": ([gi("101", "1"), go("101", "9", "Y")], "101:1"),
    # ---------------------------------------------------------------------------------------------------------- shares
    "a second guest": ([gi("101", "1"), gi("101", "2", gs="Y")], "101:1,2"),
    "a second guest twice": ([gi("101", "1"), gi("101", "2", gs="Y"), gi("101", "2", gs="Y")], "101:1,2"),
    "the first again": ([gi("101", "1"), gi("101", "2", gs="Y"), gi("101", "1", gs="Y")], "101:1,2"),
    "the first leaves": ([gi("101", "1"), gi("101", "2", gs="Y"), go("101", "1", "Y")], "101:2"),
    "the second leaves": ([gi("101", "1"), gi("101", "2", gs="Y"), go("101", "2", "Y")], "101:1"),
    "both leave": ([gi("101", "1"), gi("101", "2", gs="Y"), go("101", "1", "Y"), go("101", "2")], ""),
    "the last one out": ([gi("101", "1"), gi("101", "2", gs="Y"), go("101", "2", "N")], ""),
    "somebody leaves, it is not said who": ([gi("101", "1"), gi("101", "2", gs="Y"), go("101", None, "Y")], "101:1,2"),
    "shared with nobody": ([gi("101", "1", gs="Y")], "101:1"),
    # ------------------------------------------------------------------------------------------------ moves by a GC
    "move": ([gi("101", "1"), gc("102", "1", ro="101")], "102:1"),
    "move twice the same": ([gi("101", "1"), gc("102", "1", ro="101"), gc("102", "1", ro="101")], "102:1"),
    "move and back": ([gi("101", "1"), gc("102", "1", ro="101"), gc("101", "1", ro="102")], "101:1"),
    "one of two moves": (
        [gi("101", "1"), gi("101", "2", gs="Y"), gc("102", "2", ro="101", old_gs="Y")], "101:1 102:2",
    ),
    "one joins another": (
        [gi("101", "1"), gi("102", "2"), gc("102", "1", gs="Y", ro="101")], "102:2,1",
    ),
    "one moves, the other's check-out was lost": (
        [gi("101", "1"), gi("101", "2", gs="Y"), gc("102", "1", ro="101", old_gs="N")], "102:1",
    ),
    "into a room whose check-out was lost": ([gi("101", "1"), gi("102", "2"), gc("102", "1", ro="101")], "102:1"),
    "of nobody we know": ([gc("102", "1", ro="101")], "102:1"),
    "of nobody we know, the old room is empty": ([gi("101", "2"), gc("102", "1", ro="101")], "102:1"),
    "of nobody we know, out of a shared room": (
        [gi("101", "2"), gc("102", "1", ro="101", old_gs="Y")], "101:2 102:1",
    ),
    "an earlier move was lost": ([gi("103", "1"), gc("102", "1", ro="101")], "102:1"),
    "of those who have no reservation": (
        [gi("101", None, "Holm"), gi("101", None, "Bauer", gs="Y"), gc("102", None, "Holm", ro="101")], "102:?,?",
    ),
    "of one who has no reservation": (
        [gi("101", None, "Holm"), gi("101", None, "Bauer", gs="Y"), gc("102", None, "Bauer", ro="101", old_gs="Y")],
        "101:? 102:?",
    ),
    "a move whose RO is the room itself": ([gi("101", "1"), gc("101", "1", ro="101")], "101:1"),
    "a move that a change betrays": ([gi("101", "1"), gc("102", "1")], "102:1"),
    "swap": (
        [gi("101", "1"), gi("102", "2"), gc("102", "1", ro="101"), gc("101", "2", ro="102")],
        "101:2 102:1",
    ),
    "a swap with one whose check-in was lost": (
        [gi("102", "2"), gc("101", "2", ro="102"), gc("102", "1", ro="101")],
        "101:2 102:1",
    ),
    "swap, said to be shared in between": (
        [gi("101", "1"), gi("102", "2"), gc("102", "1", gs="Y", ro="101"), gc("101", "2", ro="102", old_gs="Y")],
        "101:2 102:1",
    ),
    "swap, each said twice": (
        [gi("101", "1"), gi("102", "2"), gc("102", "1", ro="101"), gc("101", "2", ro="102"), gc("102", "1", ro="101"),
         gc("101", "2", ro="102")],
        "101:2 102:1",
    ),
    "three change places": (
        [gi("101", "1"), gi("102", "2"), gi("103", "3"),
         gc("102", "1", ro="101"), gc("103", "2", ro="102"), gc("101", "3", ro="103")],
        "101:3 102:1 103:2",
    ),
    # -------------------------------------------------------------------------------------- moves by a GO and a GI
    "out and in": ([gi("101", "1"), go("101", "1"), gi("102", "1")], "102:1"),
    "in and out": ([gi("101", "1"), gi("102", "1"), go("101", "1")], "102:1"),
    "in and out without GS": ([gi("101", "1"), gi("102", "1", gs="-"), go("101", "1", "-")], "102:1"),
    "in, and out as the last one, after a lost check-out": (
        [gi("101", "1"), gi("101", "3", gs="Y"), gi("102", "1"), go("101", "1")], "102:1",
    ),
    "in, and out without G#": ([gi("101", "1"), gi("102", "1"), go("101", None)], "102:1"),
    "swap: out out in in": (
        [gi("101", "1"), gi("102", "2"), go("101", "1"), go("102", "2"), gi("102", "1"), gi("101", "2")],
        "101:2 102:1",
    ),
    "swap: in in out out": (
        [gi("101", "1"), gi("102", "2"), gi("102", "1"), gi("101", "2"), go("101", "1"), go("102", "2")],
        "101:2 102:1",
    ),
    "swap: in in out out, in the other order": (
        [gi("101", "1"), gi("102", "2"), gi("102", "1"), gi("101", "2"), go("102", "2"), go("101", "1")],
        "101:2 102:1",
    ),
    "swap: in in out out, all shared": (
        [gi("101", "1"), gi("102", "2"),
         gi("102", "1", gs="Y"), gi("101", "2"), go("101", "1", "Y"), go("102", "2", "Y")],
        "101:2 102:1",
    ),
    "swap: in out in out": (
        [gi("101", "1"), gi("102", "2"), gi("102", "1"), go("101", "1"), gi("101", "2"), go("102", "2")],
        "101:2 102:1",
    ),
    "into a room that another leaves": (
        [gi("101", "1"), gi("102", "2"), gi("102", "1"), go("101", "1"), go("102", "2")], "102:1",
    ),
    "two who share move one after the other": (
        [gi("101", "1"), gi("101", "2", gs="Y"),
         go("101", "1", "Y"), go("101", "2"), gi("102", "1"), gi("102", "2", gs="Y")],
        "102:1,2",
    ),
    # --------------------------------------------------------------------------------------------------------- changes
    "a change of nobody we know": ([gc("101", "1")], "101:1"),
    "a change of a second guest": ([gi("101", "1"), gc("101", "2", gs="Y")], "101:1,2"),
    "a change of another, who is alone": ([gi("101", "1"), gc("101", "2")], "101:2"),
    "the night audit": ([gi("101", "1"), NightAudit(begins=True), go("101", "1"), gi("101", "2")], "101:2"),
}  # fmt: skip


@pytest.mark.parametrize(("events", "lives"), SEQUENCES.values(), ids=SEQUENCES.keys())
def test_who_lives_where(events: list[PmsEvent], lives: str) -> None:
    """Whether each record comes alone or all come together."""
    assert Hotel().says(*events).lives() == lives
    hotel = Hotel().together(*events)
    assert (hotel.lives(), hotel.refused) == (lives, [])


# ------------------------------------------------------------------------------------------------- what follows a guest

MOVES: dict[str, list[PmsEvent]] = {
    "GC": [gc("102", "1", ro="101")],
    "GO GI": [go("101", "1"), gi("102", "1")],
    "GI GO": [gi("102", "1"), go("101", "1")],
    "GO without G#, GI": [go("101"), gi("102", "1")],
    "GO GS twice": [go("101", "1", "-"), gi("102", "1", gs="-")],
    "a lost check-out, undone": [gi("101", "9"), gi("102", "1"), go("101", "9")],
}


@pytest.mark.parametrize("events", MOVES.values(), ids=MOVES.keys())
def test_all_that_is_a_guest_s_goes_with_him(events: list[PmsEvent]) -> None:
    hotel = Hotel().says(
        gi("101", "1", "Holm"), equip("101", dnd=True, lamp=True, cor="mobile"), wr("101", "06:45"),
        MessageGiven(room="101", key="1", number="7", text="Ring back"),
    )  # fmt: skip
    guest = hotel.room("101").guests[0]
    for event in events:
        hotel.says(event).passes(2)
    room = hotel.room("102")
    assert (room.guests, hotel.room("101").occupied) == ((guest,), False)
    assert (room.dnd, room.lamp, room.cor) == (True, {"desk", "text"}, "mobile")
    assert (hotel.wakeups(), [m.room for m in hotel.house.messages.values()]) == ({"102": ["06:45"]}, ["102"])
    assert hotel.room("101").housekeeping == "dirty" and hotel.moved[guest.id] == "102"


SWAPS: dict[str, list[PmsEvent]] = {
    "GC GC": [gc("102", "1", ro="101"), gc("101", "2", ro="102")],
    "GO GO GI GI": [go("101", "1"), go("102", "2"), gi("102", "1"), gi("101", "2")],
    "GO GO GI GI, crossed": [go("101", "1"), go("102", "2"), gi("101", "2"), gi("102", "1")],
    "GI GI GO GO": [gi("102", "1"), gi("101", "2"), go("101", "1"), go("102", "2")],
    "GI GO GI GO": [gi("102", "1"), go("101", "1"), gi("101", "2"), go("102", "2")],
}


@pytest.mark.parametrize("events", SWAPS.values(), ids=SWAPS.keys())
def test_who_change_places_take_what_is_theirs(events: list[PmsEvent]) -> None:
    hotel = Hotel().says(
        gi("101", "1"), gi("102", "2"), equip("101", dnd=True, cor="mobile"), equip("102", lamp=True, cor="local"),
        wr("101", "06:45"), wr("102", "07:15"),
    )  # fmt: skip
    guests = hotel.room("101").guests + hotel.room("102").guests
    hotel.says(*events)
    one, two = hotel.room("102"), hotel.room("101")
    assert one.guests + two.guests == guests
    assert (one.dnd, one.lamp, one.cor, two.dnd, two.lamp, two.cor) == (
        True, frozenset(), "mobile", False, {"desk"}, "local",
    )  # fmt: skip
    assert hotel.wakeups() == {"101": ["07:15"], "102": ["06:45"]}


SHARED_SWAPS: dict[str, list[PmsEvent]] = {
    "GC(Y) GC(Y)": [gc("102", "1", gs="Y", ro="101"), gc("101", "2", ro="102", old_gs="Y")],
    "GC(Y) GC(Y), the other first": [gc("101", "2", gs="Y", ro="102"), gc("102", "1", ro="101", old_gs="Y")],
    "GI(Y) GI(Y) GO(Y) GO(Y)": [
        gi("102", "1", gs="Y"), gi("101", "2", gs="Y"), go("101", "1", "Y"), go("102", "2", "Y"),
    ],
    "GI(Y) GI GO(Y) GO(Y)": [gi("102", "1", gs="Y"), gi("101", "2"), go("101", "1", "Y"), go("102", "2", "Y")],
    "GI(Y) GO GI GO(Y)": [gi("102", "1", gs="Y"), go("101", "1"), gi("101", "2"), go("102", "2", "Y")],
    "GO GI(Y) GI GO(Y)": [go("101", "1"), gi("102", "1", gs="Y"), gi("101", "2"), go("102", "2", "Y")],
    "GO GI(Y) GO(Y) GI": [go("101", "1"), gi("102", "1", gs="Y"), go("102", "2", "Y"), gi("101", "2")],
    "GI(Y) GO(Y) GO GI": [gi("102", "1", gs="Y"), go("102", "2", "Y"), go("101", "1"), gi("101", "2")],
    "by way of a third room": [
        gc("102", "1", gs="Y", ro="101"), gc("103", "1", ro="102", old_gs="Y"), gc("101", "2", ro="102"),
        gc("102", "1", ro="103"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("events", SHARED_SWAPS.values(), ids=SHARED_SWAPS.keys())
@pytest.mark.parametrize("together", [False, True])
def test_who_change_places_and_share_a_room_in_between_take_what_is_theirs(
    events: list[PmsEvent], together: bool
) -> None:
    texts = [MessageGiven(room=room, key=key, number="7", text="x") for room, key in (("101", "1"), ("102", "2"))]
    for one, other in ((("101", "1"), ("102", "2")), (("102", "2"), ("101", "1"))):
        hotel = Hotel().says(
            gi("101", "1"), gi("102", "2"), wr(one[0], "06:45"), wr(other[0], "07:15"), *texts,
            equip(one[0], dnd=True, lamp=True, cor="unrestricted"), equip(other[0], cor="local"),
        )  # fmt: skip
        guests = {guest.id for room in ("101", "102") for guest in hotel.room(room).guests}
        (hotel.together if together else hotel.says)(*events)
        assert hotel.lives() == "101:2 102:1"
        assert {guest.id for room in ("101", "102") for guest in hotel.room(room).guests} == guests
        first, second = hotel.room(other[0]), hotel.room(one[0])
        assert (first.dnd, first.lamp, first.cor) == (True, {"desk", "text"}, "unrestricted")
        assert (second.dnd, second.lamp, second.cor) == (False, {"text"}, "local")
        assert hotel.wakeups() == {other[0]: ["06:45"], one[0]: ["07:15"]}
        assert sorted(m.room for m in hotel.house.messages.values()) == ["101", "102"]


def test_three_who_change_places_and_share_rooms_in_between_take_what_is_theirs() -> None:
    hotel = Hotel().says(
        gi("101", "1", cor="mobile"), gi("102", "2", cor="local"), gi("103", "3", cor="internal"),
        equip("101", dnd=True), equip("102", lamp=True),
        gc("102", "1", gs="Y", ro="101"), gc("103", "2", gs="Y", ro="102", old_gs="Y"),
        gc("101", "3", ro="103", old_gs="Y"),
    )  # fmt: skip
    rooms = [hotel.room(room) for room in ("102", "103", "101")]
    assert hotel.lives() == "101:3 102:1 103:2"
    assert [room.cor for room in rooms] == ["mobile", "local", "internal"]
    assert [(room.dnd, "desk" in room.lamp) for room in rooms] == [(True, False), (False, True), (False, False)]


def test_who_joins_another_for_good_has_the_room_as_it_is() -> None:
    hotel = Hotel().says(gi("101", "1", cor="mobile"), gi("102", "2", cor="local"), equip("101", dnd=True, lamp=True))
    hotel.says(go("101", "1"), gi("102", "1", gs="Y"))
    assert (hotel.room("102").cor, hotel.room("102").dnd, hotel.room("102").lamp) == ("local", False, {"desk"})
    hotel.passes(16).says(go("102", "2", "Y"))
    assert (hotel.room("102").cor, hotel.room("102").dnd, hotel.room("102").lamp) == ("local", False, {"desk"})


@pytest.mark.parametrize(
    ("said", "cor", "dnd"),
    [(equip("102", cor="internal", dnd=True), "internal", True), (equip("102", cor="internal"), "internal", False),
     (gi("102", "1", gs="Y", cor="international"), "international", False)],
)  # fmt: skip
def test_what_is_said_while_two_share_a_room_is_true_of_who_stays(said: PmsEvent, cor: str, dnd: bool) -> None:
    hotel = Hotel().says(gi("101", "1", cor="mobile"), gi("102", "2", cor="local"))
    hotel.says(gc("102", "1", gs="Y", ro="101"), said, gc("101", "2", ro="102", old_gs="Y"))
    assert (hotel.room("102").cor, hotel.room("102").dnd) == (cor, dnd)


def test_what_a_guest_switches_while_two_share_a_room_stays() -> None:
    hotel = Hotel().says(gi("101", "1", cor="mobile"), gi("102", "2"), gc("102", "1", gs="Y", ro="101"))
    by_hand = hotel.desk()
    by_hand.set_dnd("102", True)
    hotel.keep(by_hand)
    hotel.says(gc("101", "2", ro="102", old_gs="Y"))
    assert (hotel.room("102").cor, hotel.room("102").dnd) == ("mobile", True)


def test_what_was_a_shared_room_s_goes_with_those_who_all_move() -> None:
    hotel = Hotel().says(
        gi("101", "1"), gi("101", "2", gs="Y"), wr("101", "06:45"), equip("101", lamp=True, cor="mobile")
    )
    hotel.says(go("101"), gi("102", "1"), gi("102", "2", gs="Y"))
    assert (hotel.lives(), hotel.wakeups()) == ("102:1,2", {"102": ["06:45"]})
    assert (hotel.room("102").lamp, hotel.room("102").cor) == ({"desk"}, "mobile")


def test_who_leaves_a_shared_room_for_another_keeps_his_class() -> None:
    hotel = Hotel().says(gi("101", "1", cor="mobile"), gi("101", "2", gs="Y"), go("101", "2", "Y"), gi("102", "2"))
    assert hotel.room("102").cor == hotel.room("101").cor == "mobile"


def test_who_comes_again_later_is_a_new_guest() -> None:
    hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"))
    guest = hotel.room("101").guests[0]
    hotel.says(go("101", "1")).passes(16).says(gi("102", "1"))
    assert hotel.room("102").guests[0].id != guest.id and hotel.wakeups() == {}


def test_nobody_pays_for_another() -> None:
    """A lost check-out: whoever comes then is somebody else, with nothing that was the other's."""
    hotel = Hotel().says(gi("101", "1", "Holm"), equip("101", dnd=True, lamp=True, cor="mobile"), wr("101", "06:45"))
    before = hotel.room("101").guests[0]
    hotel.says(gi("101", "2", "Bauer"))
    room = hotel.room("101")
    assert room.guests[0].id != before.id and hotel.names("101") == ["Bauer"]
    assert (room.dnd, room.lamp, room.cor, hotel.wakeups()) == (False, frozenset(), None, {})
    assert hotel.noted == ["check-out-was-lost"]


# ----------------------------------------------------------------------------------------------------- fields and rooms


def test_a_second_guest_changes_nothing_for_the_first() -> None:
    hotel = Hotel().says(gi("101", "1", "Holm"), equip("101", dnd=True, lamp=True, cor="mobile"), wr("101", "06:45"))
    hotel.says(gi("101", "2", "Bauer", gs="Y"))
    room = hotel.room("101")
    assert (room.shown_name, room.dnd, room.lamp, room.cor) == ("Holm", True, {"desk"}, "mobile")
    assert hotel.wakeups() == {"101": ["06:45"]}
    hotel.says(go("101", "1", "Y"))
    assert hotel.room("101").shown_name == "Bauer" and hotel.room("101").dnd


def test_only_what_a_record_says_is_changed_and_what_is_empty_is_cleared() -> None:
    hotel = Hotel().says(
        CheckIn(
            room="101", key="1", shared=False,
            guest=GuestData(name="Holm", first_name="Astrid", language="sv", vip=True, departure=date(2026, 11, 25)),
        )
    )  # fmt: skip
    before = hotel.room("101").guests[0]
    assert before.departure == "2026-11-25" and before.arrival == NOON
    hotel.says(GuestChange(room="101", key="1", shared=False, guest=GuestData(name="Rask", language=None)))
    assert hotel.room("101").guests[0] == msgspec.structs.replace(before, name="Rask", language=None)


def test_a_live_check_in_resets_a_vacant_room() -> None:
    hotel = Hotel().says(equip("101", dnd=True, lamp=True, cor="mobile"), gi("101", "1", sf=True))
    room = hotel.room("101")
    assert (room.dnd, room.lamp, room.cor) == (False, frozenset(), None)


def test_the_class_comes_in_a_check_in_or_alone_and_the_last_wins() -> None:
    hotel = Hotel().says(gi("101", "1", cor="local"), equip("101", cor="mobile"))
    assert hotel.room("101").cor == "mobile"
    hotel.says(gi("101", "1", cor="internal"))
    assert hotel.room("101").cor == "internal"


def test_who_was_checked_in_by_hand_is_the_guest_of_whom_the_pms_speaks() -> None:
    hotel = Hotel()
    by_hand = hotel.desk()
    by_hand.check_in("101", Guest(id="a", name="Holm, A."))
    by_hand.check_in("102", Guest(id="b", name="Bauer"))
    by_hand.check_in("102", Guest(id="c", name="Rask"), share=True)
    by_hand.check_in("103", Guest(id="d"))
    hotel.keep(by_hand)
    hotel.says(wr("101", "06:45"))
    hotel.says(gi("101", "1", "Holm"), gi("102", "3", "Rask", gs="Y"), gi("102", "2", "Bauer", gs="Y"))
    assert [(g.id, g.reservation) for g in hotel.room("101").guests + hotel.room("102").guests] == [
        ("a", "1"), ("b", "2"), ("c", "3"),
    ]  # fmt: skip
    assert (hotel.names("101"), hotel.wakeups()) == (["Holm"], {"101": ["06:45"]})
    hotel.says(gc("104", "4", "Lind", ro="103"))
    assert [guest.id for guest in hotel.room("104").guests] == ["d"] and not hotel.room("103").occupied


def house_with(name: str | None) -> Hotel:
    """Somebody whom the desk has checked in, with a wake-up."""
    hotel = Hotel()
    by_hand = hotel.desk()
    by_hand.check_in("101", Guest(id="a", name=name))
    hotel.keep(by_hand)
    return hotel.says(wr("101", "06:45"))


@pytest.mark.parametrize("event", [gi("101", "1", "Smith"), gi("101", None, "Smith"), gc("101", "1", "Smith")])
def test_another_than_the_desk_s_guest_does_not_become_him(event: PmsEvent) -> None:
    """Nowak's check-out was lost: what is his, calls above all, is not Smith's."""
    hotel = house_with("Nowak").says(event)
    assert hotel.names("101") == ["Smith"] and hotel.room("101").guests[0].id != "a"
    assert (hotel.wakeups(), hotel.room("101").housekeeping, hotel.noted) == ({}, "dirty", ["check-out-was-lost"])


def test_another_comes_into_the_room_that_the_desk_s_guest_had() -> None:
    hotel = house_with("Nowak").says(gc("102", "1", "Smith", ro="101"))
    assert (hotel.lives(), hotel.names("102"), hotel.wakeups()) == ("102:1", ["Smith"], {})
    assert hotel.room("102").guests[0].id != "a"


@pytest.mark.parametrize(
    ("desk", "pms"),
    [("Nowak", "NOWAK"), ("Nowak, Anna", "Nowak"), ("Nowak", "Nowak, Anna"), ("Anna Nowak", "NOWAK"),
     ("Anna Nowak", "Nowak, Anna"), (None, "Smith"), ("", "Smith"), ("Nowak", None)],
)  # fmt: skip
def test_one_name_written_in_two_ways_is_one_guest(desk: str | None, pms: str | None) -> None:
    """So is whoever has no name, at the desk or in the record."""
    hotel = house_with(desk).says(gi("101", "1", pms))
    assert [(guest.id, guest.reservation) for guest in hotel.room("101").guests] == [("a", "1")]
    assert (hotel.wakeups(), hotel.noted) == ({"101": ["06:45"]}, [])


def test_a_pms_without_reservations_may_change_a_name() -> None:
    hotel = Hotel().says(gi("101", None, "Holm"), gc("101", None, "Rask"))
    assert (hotel.names("101"), hotel.noted) == (["Rask"], [])


def test_what_cannot_be_has_changed_nothing() -> None:
    hotel = Hotel().says(gi("101", "1"))
    before = hotel.house
    hotel.says(
        gi("999", "2"), gc("101", "2", ro="999"), wr("999", "06:45"),
        MessageGiven(room="102", key=None, text="x"),
        WakeupSet(room="101", at=NOON.replace(tzinfo=None) - timedelta(hours=3)),
    )  # fmt: skip
    assert hotel.refused == ["unknown-room", "unknown-room", "unknown-room", "vacant", "past"]
    assert hotel.house == before


# ---------------------------------------------------------------------------------------------- wake-ups and messages


def test_wake_ups_come_once_and_go_one_by_one_or_all() -> None:
    hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"), wr("101", "06:45"), wr("101", "07:00"), wr("101", "07:30"))
    assert hotel.wakeups() == {"101": ["06:45", "07:00", "07:30"]}
    hotel.says(WakeupCleared(room="101", at=datetime.fromisoformat("2026-11-23T07:00")))
    assert hotel.wakeups() == {"101": ["06:45", "07:30"]}
    hotel.says(WakeupCleared(room="101"))
    assert hotel.wakeups() == {}


def test_a_wake_up_that_the_pms_ordered_for_a_room_outlives_who_leaves_it_to_others() -> None:
    hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"), gi("101", "2", gs="Y"), go("101", "1", "Y"))
    assert hotel.wakeups() == {"101": ["06:45"]}
    assert hotel.says(WakeupCleared(room="101")).wakeups() == {}


def test_a_wake_up_that_the_pms_ordered_goes_with_who_comes_again_elsewhere() -> None:
    told = [gi("101", "1"), wr("101", "06:45"), gi("101", "2", gs="Y")]
    assert Hotel().says(*told, gc("102", "1", ro="101", old_gs="Y")).wakeups() == {"102": ["06:45"]}
    hotel = Hotel().says(*told, go("101", "1", "Y"), gi("102", "1"))
    assert hotel.wakeups() == {"102": ["06:45"]}
    assert hotel.says(go("101", "2")).wakeups() == {"102": ["06:45"]}


def test_a_wake_up_that_is_over_does_not_come_again_with_its_guest() -> None:
    hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"), gi("101", "2", gs="Y"), go("101", "1", "Y"))
    assert hotel.says(WakeupCleared(room="101"), gi("102", "1")).wakeups() == {}


def test_those_who_leave_one_after_the_other_for_two_rooms_have_their_own_wake_ups() -> None:
    hotel = Hotel().says(gi("101", "1"), wr("101", "06:45"), gi("101", "2", gs="Y"))
    hotel.says(go("101", "1", "Y"), go("101", "2"), gi("103", "2"), gi("102", "1"))
    assert hotel.wakeups() == {"102": ["06:45"]}


def test_a_wake_up_that_is_a_little_late_is_still_one() -> None:
    local = Hotel().now().local.replace(tzinfo=None)
    hotel = Hotel().says(gi("101", "1"), WakeupSet(room="101", at=local - timedelta(minutes=9)))
    assert (len(hotel.house.wakeups), hotel.refused) == (1, [])
    assert Hotel().says(WakeupSet(room="101", at=local - timedelta(minutes=11))).refused == ["past"]


def test_a_text_reaches_its_guest_where_he_lives_and_nobody_else() -> None:
    """The desk has moved him, and the PMS does not know."""
    hotel = Hotel().says(gi("101", "1"))
    moved = hotel.desk()
    moved.move("101", "102")
    moved.check_in("101", Guest(id="other", reservation="2"))
    hotel.keep(moved)
    hotel.says(MessageGiven(room="101", key="1", number="7", text="Ring back"))
    assert [(found.room, found.guest) for found in hotel.house.messages.values()] == [
        ("102", hotel.room("102").guests[0].id)
    ]
    assert not hotel.room("101").lamp
    hotel.says(MessageWithdrawn(room="101", key="1", number="7"))
    assert hotel.house.messages == {} and not hotel.room("102").lamp


def test_texts_are_withdrawn_by_their_number_or_all() -> None:
    texts = [MessageGiven(room="101", key="1", number=str(number), text="x") for number in range(3)]
    hotel = Hotel().says(gi("101", "1"), *texts, MessageWithdrawn(room="101", key="1", number="1"))
    assert sorted(found.number or "" for found in hotel.house.messages.values()) == ["0", "2"]
    assert hotel.says(MessageWithdrawn(room="101", key="1")).house.messages == {}
