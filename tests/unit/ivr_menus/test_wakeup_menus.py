"""What guests and reception hear and reach by the product's menus of wake-ups."""

from __future__ import annotations

import pytest

from firmware.exchange.dialogue import Answered, Dial, Finish
from tests.unit.ivr_menus.talk import talk

AT = {"at": "2026-03-29T07:30", "room": "203"}
OK = Answered("ok")
AT_SPOKEN = ("weekday-7", "day-29", "month-03", "hour-07", "minute-30")
LISTED = Answered(
    "ok",
    {
        "count": "2",
        "id1": "w1",
        "at1": "2026-03-29T07:30",
        "repeat1": "once",
        "id2": "w2",
        "at2": "2026-03-30T06:00",
        "repeat2": "daily",
    },
)
HUNG_UP = Finish("busy")
RECEPTION = Dial("")

# ----------------------------------------------------------------------------------------------------- *55 *56 *58


def test_a_wake_up_is_ordered_at_once_and_read_back_with_the_months_name() -> None:
    heard = talk(
        "wakeup-set", [], {"wakeup-check": Answered("ok", AT), "wakeup-order": Answered("ok", AT)}, digits="*0730"
    )
    assert heard.done == [
        ("wakeup-check", {"digits": "0730", "room": "203"}),
        ("wakeup-order", {"at": "2026-03-29T07:30", "room": "203"}),
    ]
    assert heard.heard_in_order("wakeup-set-for", *AT_SPOKEN)
    assert heard.end == HUNG_UP


def test_a_wake_up_that_was_ordered_before_is_said_to_be() -> None:
    heard = talk(
        "wakeup-set", [], {"wakeup-check": Answered("ok", AT), "wakeup-order": Answered("same", AT)}, digits="*0730"
    )
    assert heard.heard_in_order("wakeup-already-set", "wakeup-set-for", *AT_SPOKEN)


@pytest.mark.parametrize(("result", "prompt"), [("past", "wakeup-past"), ("wrong", "wakeup-wrong")])
def test_a_wrong_time_is_explained_and_can_be_keyed_again(result: str, prompt: str) -> None:
    checks = [Answered(result), Answered("ok", AT)]
    heard = talk("wakeup-set", ["0730"], {"wakeup-check": checks, "wakeup-order": Answered("ok", AT)}, digits="*2599")
    assert heard.heard_in_order(prompt, "wakeup-enter-time", "wakeup-set-for")
    assert heard.done[1] == ("wakeup-check", {"digits": "0730", "room": "203"})


def test_after_three_wrong_times_reception_is_called() -> None:
    heard = talk("wakeup-set", ["9999", "8888", "7777"], {"wakeup-check": Answered("wrong")}, digits="*2599")
    assert len(heard.acts) == 3
    assert heard.end == RECEPTION


def test_a_telephone_of_no_room_is_asked_for_which_room() -> None:
    checks = [Answered("no-room"), Answered("no-room"), Answered("vacant", AT)]
    answers = {"wakeup-check": checks, "wakeup-order": Answered("vacant", AT)}
    heard = talk("wakeup-set", ["20#", "203#"], answers, phone=None, digits="*0730")
    assert heard.heard_in_order("room-enter", "room-unknown", "room-enter", "wakeup-room-vacant", "wakeup-set-for")
    assert heard.done[-1] == ("wakeup-order", {"at": "2026-03-29T07:30", "room": "203"})


def test_reception_orders_for_a_room_and_hears_that_it_is_vacant() -> None:
    answers = {"wakeup-check": Answered("vacant", AT), "wakeup-order": Answered("vacant", AT)}
    heard = talk("wakeup-room", [], answers, phone=None, digits="*203*0730")
    assert heard.heard_in_order("wakeup-room-vacant", "digit-2", "digit-0", "digit-3", "wakeup-is-set-for", *AT_SPOKEN)
    assert heard.done[0] == ("wakeup-check", {"digits": "0730", "room": "203"})
    assert heard.end == HUNG_UP


def test_reception_that_keys_nothing_is_not_connected_with_itself() -> None:
    heard = talk("wakeup-room", [], {"wakeup-check": Answered("past")}, phone=None, digits="*203*0730")
    assert heard.end == HUNG_UP
    assert "wakeup-not-set" in heard.heard


@pytest.mark.parametrize(
    ("key", "last", "prompt"),
    [("1", ("wakeup-cancel", {"all": "yes"}), "wakeup-all-cancelled"), ("2", ("wakeup-list", {}), "wakeup-kept")],
)
def test_all_wake_ups_are_cancelled_only_after_a_confirmation(key: str, last: tuple[str, object], prompt: str) -> None:
    heard = talk("wakeup-cancel", [key], {"wakeup-list": LISTED, "wakeup-cancel": OK})
    assert heard.done[-1] == last
    assert heard.heard_in_order("wakeup-count", "number-2", prompt)


def test_there_may_be_no_wake_up_to_cancel() -> None:
    heard = talk("wakeup-cancel", [], {"wakeup-list": Answered("none")})
    assert "wakeup-none" in heard.heard
    assert heard.end == HUNG_UP


def test_a_telephone_of_no_room_has_none_to_cancel() -> None:
    heard = talk("wakeup-cancel", [], {"wakeup-list": Answered("no-room")}, phone=None)
    assert heard.heard == ["not-allowed"]
    assert heard.end == HUNG_UP


# ------------------------------------------------------------------------------------------------------------- *57


def test_wake_ups_are_heard_one_by_one() -> None:
    heard = talk("wakeup-main", ["1", "3", "3", "0"], {"wakeup-list": LISTED})
    assert heard.heard_in_order("number-2", *AT_SPOKEN, "month-03", "sharp-06", "wakeup-daily", "wakeup-list-end")
    assert heard.end == RECEPTION


def test_who_only_listens_hears_the_next() -> None:
    assert talk("wakeup-main", ["1"], {"wakeup-list": LISTED}).heard_in_order(*AT_SPOKEN, "sharp-06", "wakeup-list-end")


def test_a_wake_up_is_set_when_it_was_read_back_and_confirmed() -> None:
    answers = {"wakeup-check": Answered("ok", AT), "wakeup-order": Answered("ok", AT)}
    heard = talk("wakeup-main", ["2", "0730", "2", "0730", "1"], answers)
    assert [name for name, _ in heard.done] == ["wakeup-check", "wakeup-check", "wakeup-order"]
    assert heard.heard_in_order("wakeup-you-chose", *AT_SPOKEN, "wakeup-set-ask", "wakeup-set-for", *AT_SPOKEN)


def test_nothing_is_set_without_the_confirmation() -> None:
    heard = talk("wakeup-main", ["2", "0730"], {"wakeup-check": Answered("ok", AT)})
    assert [name for name, _ in heard.done] == ["wakeup-check"]
    assert heard.end == RECEPTION


def test_the_second_of_two_is_changed() -> None:
    answers = {"wakeup-list": LISTED, "wakeup-check": Answered("ok", AT), "wakeup-change": Answered("ok", AT)}
    heard = talk("wakeup-main", ["3", "2", "1", "0730", "1"], answers)
    assert heard.done[-1] == ("wakeup-change", {"id": "w2", "at": "2026-03-29T07:30"})
    assert heard.heard_in_order("sharp-06", "wakeup-you-chose", *AT_SPOKEN, "wakeup-changed", *AT_SPOKEN)


def test_one_is_cancelled_and_the_other_stays() -> None:
    heard = talk("wakeup-main", ["4", "1", "1"], {"wakeup-list": LISTED, "wakeup-cancel": OK})
    assert heard.done[-1] == ("wakeup-cancel", {"id": "w1"})
    assert heard.heard_in_order(*AT_SPOKEN, "wakeup-cancel-ask", "wakeup-cancelled")


def test_one_that_is_kept_is_not_cancelled() -> None:
    heard = talk("wakeup-main", ["4", "1", "2"], {"wakeup-list": LISTED})
    assert [name for name, _ in heard.done] == ["wakeup-list"]


def test_reception_chooses_the_room_first() -> None:
    lists = [Answered("no-room"), LISTED]
    heard = talk("wakeup-main", ["999#", "1", "203#", "1"], {"wakeup-list": lists}, phone=None)
    assert heard.heard_in_order("room-enter", "wakeup-main-menu", "room-unknown", "room-enter", *AT_SPOKEN)
    assert heard.done == [("wakeup-list", {"room": "999"}), ("wakeup-list", {"room": "203"})]


def test_one_that_has_rung_meanwhile_is_not_changed_into_another() -> None:
    answers = {"wakeup-list": LISTED, "wakeup-check": Answered("ok", AT), "wakeup-change": Answered("none")}
    heard = talk("wakeup-main", ["3", "1", "0730", "1", "0"], answers)
    assert heard.heard_in_order("wakeup-you-chose", "wakeup-gone", "wakeup-main-menu")
    assert "wakeup-changed" not in heard.heard


# ------------------------------------------------------------------------------------------- who is called by the box


@pytest.mark.parametrize(
    ("reason", "prompt"),
    [
        ("not-answered", "wakeup-failed-room"),
        ("missed", "wakeup-missed-room"),
        ("unreachable", "wakeup-unreachable-room"),
    ],
)
def test_a_failed_wake_up_is_told_and_taken_over_by_a_key(reason: str, prompt: str) -> None:
    values = {"alarm": "a1", "room": "203", "at": "2026-03-29T07:30", "reason": reason}
    heard = talk("wakeup-failed", ["1"], {"escalation-acknowledge": OK}, **values)
    assert heard.heard_in_order(prompt, "digit-2", "digit-0", "digit-3", "hour-07", "wakeup-taken-over")
    assert heard.done == [("escalation-acknowledge", {"alarm": "a1"})]


def test_who_does_not_press_the_key_has_not_taken_it_over() -> None:
    heard = talk("wakeup-failed", [], {}, alarm="a1", room="203", at="2026-03-29T07:30", reason="missed")
    assert heard.done == []
    assert heard.heard_in_order("wakeup-not-taken")
    assert heard.end == HUNG_UP


def test_the_desk_wakes_a_guest_in_person() -> None:
    values = {"id": "w1", "room": "203", "at": "2026-03-29T07:30", "number": "203"}
    assert talk("wakeup-vip", ["1"], {}, **values).end == Dial("203")
    assert talk("wakeup-vip", ["2"], {"wakeup-person": OK}, **values).done == [
        ("wakeup-person", {"id": "w1", "outcome": "awake"})
    ]
    assert talk("wakeup-vip", ["3"], {"wakeup-person": OK}, **values).done == [
        ("wakeup-person", {"id": "w1", "outcome": "no-answer"})
    ]
