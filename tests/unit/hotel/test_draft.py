"""Stays as a desk or a PMS changes them: what follows a guest, what stays with a room, what a check-out clears."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.model import Room
from firmware.pms.model import DndNews, LampNews, MessageNews, StatusNews
from tests.unit.hotel.values import BAUER, HOLM, NOON, RASK, draft, lived_in, message, wakeup, wall


def ids(change: Draft, room: str) -> list[str]:
    return [guest.id for guest in change.rooms[room].guests]


def messages(change: Draft, room: str) -> list[str]:
    return [message.id for message in change.house().messages_of(room)]


def wakeups(change: Draft, room: str) -> list[str]:
    return [order.id for order in change.house().wakeups_of(room)]


# --------------------------------------------------------------------------------------------------------- check-in


def test_a_vacant_room_gets_its_defaults_and_the_guest() -> None:
    change = draft()
    change.set_class("101", "international")
    change.set_dnd("101", True)
    change.set_lamp("101", True)
    change.set_housekeeping("101", "inspected")
    change.check_in("101", HOLM)
    assert change.rooms["101"] == Room(room="101", guests=(HOLM,), housekeeping="inspected")


def test_a_wakeup_that_was_ordered_before_the_guest_came_rings_and_ends_with_his_stay() -> None:
    change = draft()
    change.order_wakeup(wakeup("w1", "101"))
    change.check_in("101", HOLM)
    assert wakeups(change, "101") == ["w1"] and change.ended == []
    assert [order.id for order in change.check_out("101").wakeups] == ["w1"] and change.wakeups == {}


def test_a_room_that_was_made_ready_keeps_what_was_set() -> None:
    change = draft()
    change.set_class("101", "international")
    change.set_lamp("101", True)
    change.order_wakeup(wakeup("w1", "101"))
    change.check_in("101", HOLM, fresh=False)
    room = change.rooms["101"]
    assert (room.guests, room.cor, room.lamp, wakeups(change, "101")) == ((HOLM,), "international", {"desk"}, ["w1"])


def test_an_occupied_room_is_shared_only_on_purpose() -> None:
    change = lived_in()
    before = change.rooms["101"]
    with pytest.raises(RefusedError, match="occupied"):
        change.check_in("101", RASK)
    change.check_in("101", RASK, share=True)
    after = change.rooms["101"]
    assert ids(change, "101") == ["g1", "g2", "g3"] and after.shown_name == "Holm"
    assert (after.cor, after.dnd, after.lamp) == (before.cor, before.dnd, before.lamp)


# -------------------------------------------------------------------------------------------------------- check-out


def test_a_check_out_resets_the_room_and_says_what_it_cleared() -> None:
    change = lived_in()
    cleared = change.check_out("101")
    assert change.rooms["101"] == Room(room="101", housekeeping="dirty")
    assert (change.messages, change.wakeups) == ({}, {})
    assert [guest.id for guest in cleared.guests] == ["g1", "g2"]
    assert [order.id for order in cleared.wakeups] == ["w0", "w1", "w2"]
    assert [gone.id for gone in cleared.messages] == ["m0", "m1", "m2"]
    assert cleared.lamp == ("desk", "text", "voice-mail")
    assert (cleared.dnd, cleared.cor, cleared.vacant) == (True, "mobile", True)
    assert [(entry.action, entry.room) for entry in change.entries][-1] == ("check-out", "101")


def test_who_shares_a_room_leaves_alone() -> None:
    change = lived_in()
    before = change.rooms["101"]
    cleared = change.check_out("101", "g1")
    after = change.rooms["101"]
    assert (ids(change, "101"), after.shown_name) == (["g2"], "Bauer")
    assert (after.cor, after.dnd, after.lamp, after.housekeeping) == (before.cor, before.dnd, before.lamp, None)
    assert (messages(change, "101"), wakeups(change, "101")) == (["m0", "m2"], ["w0", "w2"])
    assert not cleared.vacant and [order.id for order in cleared.wakeups] == ["w1"]
    assert change.check_out("101", "g2").vacant and change.rooms["101"] == Room(room="101", housekeeping="dirty")


def test_a_wake_up_that_a_pms_ordered_stays_with_those_who_stay() -> None:
    change = lived_in()
    change.order_wakeup(wakeup("w3", "101", "g1", "2026-11-23T07:30", link="fias"))
    cleared = change.check_out("101", "g1")
    assert (wakeups(change, "101"), change.wakeups["w3"].guest) == (["w0", "w2", "w3"], None)
    assert [order.id for order in cleared.kept] == ["w3"] and [order.id for order in change.ended] == ["w1"]
    assert len(change.check_out("101", "g2").wakeups) == 3 and change.wakeups == {}


def test_the_lamp_goes_out_with_the_only_guest_who_had_not_read() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.check_in("101", BAUER, share=True)
    change.leave_message(message("m1", "101", "g1"))
    change.check_out("101", "g1")
    assert change.rooms["101"].lamp == frozenset()


def test_wake_ups_outlive_a_check_out_where_the_site_wants_that_and_are_the_room_s() -> None:
    change = draft(lived_in().house(), keeps_wakeups=True)
    change.check_out("101", "g1")
    assert wakeups(change, "101") == ["w0", "w1", "w2"] and change.wakeups["w1"].guest is None
    assert change.check_out("101").wakeups == () and change.ended == []
    change.check_in("101", RASK)
    assert [order.guest for order in change.wakeups.values()] == [None, None, None]


def test_the_next_guest_comes_with_the_same_change() -> None:
    change = lived_in()
    change.check_out("101")
    change.check_in("101", RASK)
    assert change.rooms["101"] == Room(room="101", guests=(RASK,), housekeeping="dirty")


def test_what_was_left_in_a_vacant_room_can_be_cleared() -> None:
    change = draft()
    change.set_class("101", "mobile")
    cleared = change.clear("101")
    assert (cleared.guests, cleared.cor, change.rooms["101"].cor) == ((), "mobile", None)


def test_to_clear_a_vacant_room_wakes_staff_who_sleep_there_all_the_same() -> None:
    change = draft()
    change.order_wakeup(wakeup("w1", "101"))
    assert change.clear("101").wakeups == () and wakeups(change, "101") == ["w1"]


# ------------------------------------------------------------------------------------------------------ move and swap


def test_all_move_with_everything_that_is_theirs() -> None:
    change = lived_in()
    change.set_housekeeping("102", "clean")
    before = change.rooms["101"]
    change.move("101", "102")
    moved = change.rooms["102"]
    assert moved.guests == before.guests and moved.housekeeping == "clean"
    assert (moved.cor, moved.dnd, moved.lamp) == ("mobile", True, {"desk", "voice-mail", "text"})
    assert (messages(change, "102"), wakeups(change, "102")) == (["m0", "m1", "m2"], ["w0", "w1", "w2"])
    assert change.rooms["101"] == Room(room="101", housekeeping="dirty") and change.ended == []
    assert change.moved_guests() == {"g1": "102", "g2": "102"}


def test_one_of_a_shared_room_moves_with_what_is_his_alone() -> None:
    change = lived_in()
    change.move("101", "102", "g2")
    old, new = change.rooms["101"], change.rooms["102"]
    assert (ids(change, "101"), ids(change, "102")) == (["g1"], ["g2"])
    assert (old.cor, old.dnd, old.lamp) == ("mobile", True, {"desk", "voice-mail", "text"}) and not old.housekeeping
    assert (new.cor, new.dnd, new.lamp) == ("mobile", False, {"text"})
    assert (messages(change, "101"), messages(change, "102")) == (["m0", "m1"], ["m2"])
    assert (wakeups(change, "101"), wakeups(change, "102")) == (["w0", "w1"], ["w2"])


def test_who_joins_others_leaves_their_room_as_it_is() -> None:
    change = lived_in()
    change.check_in("102", RASK, cor="local")
    with pytest.raises(RefusedError, match="swap the two"):
        change.move("101", "102")
    change.move("101", "102", join=True)
    joined = change.rooms["102"]
    assert ids(change, "102") == ["g3", "g1", "g2"]
    assert (joined.cor, joined.dnd, joined.lamp) == ("local", False, {"desk", "voice-mail", "text"})
    assert wakeups(change, "102") == ["w0", "w1", "w2"]


def test_what_was_left_in_the_new_room_is_not_the_guest_s() -> None:
    change = lived_in()
    change.set_class("102", "international")
    change.set_lamp("102", True, "voice-mail")
    change.move("101", "102", "g2")
    assert (change.rooms["102"].cor, change.rooms["102"].lamp) == ("mobile", {"text"})


def test_a_wakeup_of_the_new_room_stays_beside_the_guest_s_own() -> None:
    change = lived_in()
    change.order_wakeup(wakeup("w9", "102", at="2026-11-23T06:00"))
    change.move("101", "102")
    assert wakeups(change, "102") == ["w9", "w0", "w1", "w2"]


def test_two_rooms_are_swapped() -> None:
    change = lived_in()
    change.check_in("102", RASK, cor="local")
    change.order_wakeup(wakeup("w3", "102", "g3"))
    one, two = change.rooms["101"], change.rooms["102"]
    change.swap("101", "102")
    for found, was, room in ((change.rooms["102"], one, "102"), (change.rooms["101"], two, "101")):
        assert (found.guests, found.cor, found.dnd, found.lamp) == (was.guests, was.cor, was.dnd, was.lamp)
        assert (found.room, found.housekeeping) == (room, "dirty")
    assert (wakeups(change, "101"), wakeups(change, "102")) == (["w3"], ["w0", "w1", "w2"])
    assert messages(change, "102") == ["m0", "m1", "m2"]


def test_who_is_in_again_a_moment_later_has_everything_again() -> None:
    change = draft()
    change.check_in("101", HOLM, cor="mobile")
    change.set_dnd("101", True)
    change.set_lamp("101", True)
    change.leave_message(message("m1", "101", "g1"))
    change.order_wakeup(wakeup("w1", "101", "g1"))
    left = change.check_out("101")
    later = draft(change.house())
    later.settle_in("102", HOLM, left)
    room = later.rooms["102"]
    assert (room.cor, room.dnd, room.lamp) == ("mobile", True, {"desk", "text"})
    assert (messages(later, "102"), later.wakeups["w1"].state) == (["m1"], "waiting")
    assert later.moved_guests() == {"g1": "102"}


# ------------------------------------------------------------------------------------------------------------ lamp


def test_the_lamp_s_reasons_are_kept_apart() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.set_lamp("101", True)
    change.set_lamp("101", True, "voice-mail")
    assert change.room_news() == [LampNews(room="101", lit=True)]
    change.set_lamp("101", False)
    assert change.rooms["101"].lamp == {"voice-mail"}
    assert change.room_news() == []


def test_the_lamp_is_lit_until_all_texts_are_read() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.leave_message(message("m1", "101"))
    change.leave_message(message("m2", "101"))
    change.read_message("m1", NOON)
    assert change.rooms["101"].lamp == {"text"}
    change.withdraw_messages([change.messages["m2"]])
    assert change.rooms["101"].lamp == frozenset()
    change.read_message("m1", None)
    assert change.rooms["101"].lamp == {"text"}


def test_a_text_with_the_number_of_another_replaces_it() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.leave_message(message("m1", "101", "g1", "Ring back", "7"))
    change.read_message("m1", NOON)
    change.leave_message(message("m2", "101", "g1", "Ring back", "7"))
    assert list(change.messages) == ["m2"] and change.messages["m2"].read == NOON and not change.rooms["101"].lamp
    change.leave_message(message("m3", "101", "g1", "Ring your office", "7"))
    assert list(change.messages) == ["m3"] and change.rooms["101"].lamp == {"text"}


def test_the_pms_hears_of_texts_under_the_reservation() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.leave_message(message("m1", "101", "g1", "Ring back", "7"))
    change.withdraw_messages([change.messages["m1"]])
    assert change.news == [
        MessageNews(room="101", key="1", number="7", text="Ring back"),
        MessageNews(room="101", key="1", number="7", gone=True),
    ]


def test_the_pms_hears_of_housekeeping_and_dnd() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.set_housekeeping("101", "clean", by="27")
    change.set_dnd("101", True)
    assert change.room_news() == [
        StatusNews(room="101", status="clean", occupied=True, user="27"),
        DndNews(room="101", on=True, status="clean", occupied=True),
    ]


def test_a_status_does_not_switch_do_not_disturb_off_at_the_pms() -> None:
    """There both are one code, of which the last counts."""
    change = lived_in()
    change.set_housekeeping("101", "inspected")
    assert change.room_news() == [
        StatusNews(room="101", status="inspected", occupied=True),
        DndNews(room="101", on=True, status="inspected", occupied=True),
    ]


def test_the_pms_hears_what_a_move_a_check_out_and_a_swap_do_to_the_rooms() -> None:
    moved = lived_in()
    moved.move("101", "102")
    assert moved.room_news() == [
        LampNews(room="101", lit=False),
        StatusNews(room="101", status="dirty", occupied=False),
        DndNews(room="101", on=False, status="dirty", occupied=False),
        LampNews(room="102", lit=True),
        DndNews(room="102", on=True, occupied=True),
    ]
    left = draft(moved.house())
    left.check_out("102")
    assert left.room_news() == [
        LampNews(room="102", lit=False),
        StatusNews(room="102", status="dirty", occupied=False),
        DndNews(room="102", on=False, status="dirty", occupied=False),
    ]
    swapped = lived_in()
    swapped.check_in("102", RASK)
    swapped.swap("101", "102")
    assert {(type(news).__name__, news.room) for news in swapped.room_news()} == {  # type: ignore[union-attr]
        (kind, room) for kind in ("LampNews", "StatusNews", "DndNews") for room in ("101", "102")
    }


def test_what_is_set_to_what_it_is_already_is_no_change() -> None:
    change = draft()
    change.set_housekeeping("101", "clean")
    change.set_dnd("101", True)
    change.set_lamp("101", True)
    change.set_class("101", "mobile")
    again = draft(change.house())
    again.set_housekeeping("101", "clean", by="27")
    again.set_dnd("101", True)
    again.set_lamp("101", True)
    again.set_class("101", "mobile")
    again.set_lamp("102", False)
    assert again.is_idle and again.room_news() == []


def test_who_has_set_a_status_that_was_taken_back_is_not_told() -> None:
    change = draft()

    def fails() -> None:
        change.set_housekeeping("101", "clean", by="27")
        change.check_out("101")

    with pytest.raises(RefusedError):
        change.attempt(fails)
    change.check_in("101", HOLM)
    change.check_out("101")
    assert change.room_news() == [StatusNews(room="101", status="dirty", occupied=False)]


# --------------------------------------------------------------------------------------------------------- wake-ups


def test_two_orders_for_one_minute_are_one() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.order_wakeup(wakeup("w1", "101", "g1"))
    change.order_wakeup(wakeup("w2", "101", "g1"))
    change.order_wakeup(wakeup("w3", "101", "g1", "2026-11-23T07:01"))
    assert list(change.wakeups) == ["w1", "w3"]


def test_a_pms_that_orders_what_was_ordered_here_is_owed_the_answer_to_the_second() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.order_wakeup(wakeup("w1", "101", "g1", "2026-11-23T07:00:00"))
    change.order_wakeup(wakeup("w2", "101", "g1", "2026-11-23T07:00:30", link="fias"))
    order = change.wakeups["w1"]
    assert (len(change.wakeups), order.link, order.at) == (1, "fias", wall("2026-11-23T07:00:30"))
    change.order_wakeup(wakeup("w3", "101", "g1", "2026-11-23T07:00:30", link="fias"))
    assert len(change.wakeups) == 1
    change.order_wakeup(wakeup("w4", "101", "g1", "2026-11-23T07:00:45", link="fias"))
    change.order_wakeup(wakeup("w5", "101", "g1", "2026-11-23T07:00:45", link="mitel"))
    assert list(change.wakeups) == ["w1", "w4", "w5"]


def test_each_pms_that_echoes_what_was_ordered_here_means_the_same_order() -> None:
    change = draft()
    change.order_wakeup(wakeup("w1", "101"))
    change.order_wakeup(wakeup("w2", "101", link="fias"))
    change.order_wakeup(wakeup("w3", "101", link="mitel"))
    assert list(change.wakeups) == ["w1"]


def test_two_sharers_who_are_woken_together_are_so_when_one_has_left() -> None:
    change = draft()
    change.check_in("101", HOLM)
    change.check_in("101", BAUER, share=True)
    change.order_wakeup(wakeup("w1", "101", "g1"))
    change.order_wakeup(wakeup("w2", "101", "g2"))
    change.check_out("101", "g1")
    assert len(change.wakeups) == 1


def test_a_wake_up_is_cancelled_once() -> None:
    change = lived_in()
    order = change.wakeups["w1"]
    assert [ended.state for ended in change.cancel_wakeups([order, order])] == ["cancelled"]
    assert change.cancel_wakeups([order]) == () and [ended.id for ended in change.ended] == ["w1"]


# ---------------------------------------------------------------------------------------- nothing is changed by halves


IMPOSSIBLE: list[tuple[str, Callable[[Draft], object]]] = [
    ("unknown-room", lambda change: change.check_in("999", RASK)),
    ("occupied", lambda change: change.check_in("101", RASK)),
    ("unknown-room", lambda change: change.check_out("999")),
    ("vacant", lambda change: change.check_out("102")),
    ("unknown-guest", lambda change: change.check_out("101", "g9")),
    ("unknown-room", lambda change: change.clear("999")),
    ("unknown-room", lambda change: change.move("101", "999")),
    ("vacant", lambda change: change.move("102", "103")),
    ("same-room", lambda change: change.move("101", "101")),
    ("occupied", lambda change: change.move("101", "103")),
    ("unknown-guest", lambda change: change.move("101", "102", "g9")),
    ("same-room", lambda change: change.swap("101", "101")),
    ("vacant", lambda change: change.swap("101", "102")),
    ("vacant", lambda change: change.swap("102", "101")),
    ("unknown-guest", lambda change: change.change_guest("101", "g9", name="x")),
    ("vacant", lambda change: change.leave_message(message("m9", "102"))),
    ("unknown-message", lambda change: change.read_message("m9", NOON)),
    ("unknown-room", lambda change: change.order_wakeup(wakeup("w9", "999"))),
    ("unknown-room", lambda change: change.set_class("999", None)),
]


@pytest.mark.parametrize(("code", "work"), IMPOSSIBLE)
def test_what_is_refused_has_changed_nothing(code: str, work: Callable[[Draft], object]) -> None:
    made = lived_in()
    made.check_in("103", RASK)
    change = draft(made.house())
    with pytest.raises(RefusedError) as refused:
        work(change)
    assert refused.value.code == code
    assert change.house() == made.house() and change.is_idle


def test_all_of_an_attempt_or_nothing() -> None:
    made = lived_in()
    change = draft(made.house())

    def work() -> None:
        change.move("101", "102")
        change.leave_message(message("m9", "102"))
        change.set_lamp("102", False)
        change.check_out("102")
        change.check_out("103")

    with pytest.raises(RefusedError, match="nobody lives in room 103"):
        change.attempt(work)
    assert change.house() == made.house() and change.is_idle
    change.attempt(lambda: change.move("101", "102"))
    assert ids(change, "102") == ["g1", "g2"] and {entry.action for entry in change.entries} == {"move"}


def test_a_change_that_changes_nothing_is_idle() -> None:
    change = lived_in()
    change.change_guest("101", "g1", name="Holm")
    change.cancel_wakeups([])
    assert change.is_idle
