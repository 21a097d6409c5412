"""What guests and staff hear and reach by the product's menus of room services, staff and messages."""

from __future__ import annotations

import pytest

from firmware.exchange.dialogue import Act, Answered, Dial, Finish, Spoken, TakeDown
from tests.unit.ivr_menus.talk import dialogue, talk

OK = Answered("ok")
HUNG_UP = Finish("busy")
RECEPTION = Dial("")

# -------------------------------------------------------------------------------------------------- rooms and guests


def test_the_state_of_a_room_is_set_with_the_maids_code() -> None:
    heard = talk("room-status", [], {"status-set": Answered("ok", {"room": "203", "status": "clean"})}, digits="2*17")
    assert heard.done == [("status-set", {"status": "2", "maid": "17"})]
    assert heard.heard_in_order("status-noted", "status-clean")


def test_a_wrong_state_or_code_is_explained() -> None:
    done = Answered("ok", {"room": "203", "status": "dirty"})
    answers = [Answered("wrong-status"), Answered("wrong-maid"), done]
    heard = talk("room-status", ["1", "18#"], {"status-set": answers}, digits="9*17")
    assert heard.heard_in_order(
        "status-wrong", "status-enter", "maid-wrong", "maid-enter", "status-noted", "status-dirty"
    )
    assert heard.done[-1] == ("status-set", {"status": "1", "maid": "18"})


def test_the_state_of_a_room_is_heard() -> None:
    answers = {"status-get": [Answered("no-room"), Answered("ok", {"room": "204", "status": "inspected"})]}
    heard = talk("status-heard", ["204#"], answers, phone=None, digits="*999")
    assert heard.done == [("status-get", {"room": "999"}), ("status-get", {"room": "204"})]
    assert heard.heard_in_order(
        "room-unknown", "room", "digit-2", "digit-0", "digit-4", "status-is", "status-inspected"
    )


def test_the_minibar_is_posted_and_read_back() -> None:
    posted = Answered("ok", {"quantity": "2", "prompt": "en/made-beer"})
    heard = talk(
        "minibar",
        ["12#", "2#"],
        {"minibar": [Answered("wrong-item"), Answered("wrong-quantity"), posted]},
        digits="*99*0",
    )
    assert heard.done[-1] == ("minibar", {"item": "12", "quantity": "2"})
    assert heard.heard_in_order(
        "minibar-item-wrong", "minibar-quantity-wrong", "minibar-posted", "number-2", "made-beer"
    )


def test_a_telephone_says_its_number() -> None:
    assert talk("own-number").heard_in_order("this-is-extension", "digit-2", "digit-0", "digit-3")


def test_a_request_is_chosen_by_the_key_that_was_said() -> None:
    offered = {
        "count": "2",
        "id1": "towels",
        "prompt1": "en/request-towels",
        "id2": "taxi",
        "prompt2": "en/request-taxi",
    }
    left = Answered("ok", {"prompt": "en/request-taxi"})
    heard = talk("requests", ["7", "2"], {"requests-list": Answered("ok", offered), "request-leave": left})
    assert heard.heard_in_order(
        "request-towels", "press-1", "request-taxi", "press-2", "not-understood", "request-noted"
    )
    assert heard.done[-1] == ("request-leave", {"id": "taxi"})


@pytest.mark.parametrize(
    ("menu", "action", "on"),
    [
        ("dnd-on", "dnd", "yes"),
        ("dnd-off", "dnd", "no"),
        ("blocking-on", "blocking", "yes"),
        ("blocking-off", "blocking", "no"),
    ],
)
def test_switches_are_confirmed(menu: str, action: str, on: str) -> None:
    heard = talk(menu, [], {action: OK})
    assert heard.done == [(action, {"on": on})]
    assert heard.heard == [menu]


def test_what_a_telephone_may_not_is_told() -> None:
    heard = talk("blocking-on", [], {"blocking": Answered("refused")})
    assert heard.heard == ["not-allowed"]
    assert heard.end == HUNG_UP


def test_where_nobody_carries_it_out_reception_helps() -> None:
    heard = talk("dnd-on")
    assert heard.heard == ["not-possible"]
    assert heard.end == RECEPTION


# ------------------------------------------------------------------------------------------------------------- staff


@pytest.mark.parametrize(
    ("keys", "action", "arguments", "prompt"),
    [
        (["1", "203#", "1"], "check-in", {"room": "203"}, "check-in-done"),
        (["2", "203#", "1"], "check-out", {"room": "203"}, "check-out-done"),
        (["3", "203#", "5"], "class", {"room": "203", "class": "international"}, "class-set"),
        (["4", "1"], "house-blocking", {"on": "yes"}, "house-blocking-on"),
        (["5", "2"], "night", {"on": "no"}, "night-off"),
    ],
)
def test_staff_do_their_work_after_a_pin(keys: list[str], action: str, arguments: dict[str, str], prompt: str) -> None:
    done = Answered("ok", {"room": "203", "count": "0"})
    heard = talk("staff-main", ["4711#", *keys], {"pin-check": OK, action: done}, phone=None)
    assert heard.done == [("pin-check", {"pin": "4711"}), (action, arguments)]
    assert heard.heard_in_order(prompt)


def test_check_out_says_what_it_clears() -> None:
    out = Answered("ok", {"room": "203", "count": "2"})
    heard = talk("staff-main", ["1#", "2", "203#", "1"], {"pin-check": OK, "check-out": out}, phone=None)
    assert heard.heard_in_order("check-out-done", "check-out-wakeups", "number-2")


def test_a_check_out_that_is_not_confirmed_is_none() -> None:
    heard = talk("staff-main", ["1#", "2", "203#", "2"], {"pin-check": OK}, phone=None)
    assert [name for name, _ in heard.done] == ["pin-check"]


def test_without_the_pin_nothing_is_done() -> None:
    wrong = [Answered("wrong"), Answered("wrong"), Answered("locked")]
    heard = talk("staff-main", ["1#", "2#", "3#", "1"], {"pin-check": wrong}, phone=None)
    assert heard.heard_in_order("pin-wrong", "pin-wrong", "pin-locked")
    assert [name for name, _ in heard.done] == ["pin-check"] * 3
    assert heard.end == HUNG_UP


# ---------------------------------------------------------------------------------------------------------- messages

MESSAGES = Answered(
    "ok",
    {
        "count": "2",
        "id1": "m1",
        "kind1": "text",
        "at1": "2026-03-28T18:05",
        "id2": "m2",
        "kind2": "voice",
        "at2": "2026-03-28T09:00",
    },
)
PLAYED = [Answered("ok", {"prompt": f"en/message-m{n}", "at": "2026-03-28T18:05"}) for n in (1, 2)]


def test_messages_are_heard_one_after_the_other_and_are_read_then() -> None:
    answers = {"messages-list": MESSAGES, "message-prompt": PLAYED, "message-read": OK, "message-delete": OK}
    heard = talk("messages", ["2", "3"], answers)
    assert [entry for entry in heard.done if entry[0] != "message-prompt"] == [
        ("messages-list", {}),
        ("message-read", {"id": "m1"}),
        ("message-read", {"id": "m2"}),
        ("message-delete", {"id": "m2"}),
    ]
    assert heard.heard_in_order(
        "number-2", "kind-text", "hour-18", "message-m1", "kind-voice", "message-m2", "message-deleted", "messages-end"
    )


def test_a_guest_speaks_a_greeting() -> None:
    answers = {
        "messages-list": Answered("none"),
        "greeting-open": Answered("ok", {"file": "g1.wav", "prompt": ""}),
        "greeting-keep": Answered("ok", {"prompt": "en/greeting-g1"}),
    }
    heard = talk("messages", ["2", "1"], answers)
    assert heard.heard_in_order("messages-none", "greeting-standard", "greeting-record", "greeting-kept", "greeting-g1")
    assert [take.name for take in heard.recorded] == ["g1.wav"]


def test_a_message_that_cannot_be_spoken_keeps_nobody_from_the_next_one() -> None:
    answers = {"messages-list": MESSAGES, "message-prompt": [Answered("unavailable"), PLAYED[1]], "message-read": OK}
    heard = talk("messages", ["2"], answers)
    assert heard.heard_in_order("message-unspoken", "message-m2", "messages-end")
    assert [entry for entry in heard.done if entry[0] == "message-read"] == [("message-read", {"id": "m2"})]


@pytest.mark.parametrize(("prompt", "heard_first"), [("", "mail-guest-of-room"), ("pl/greeting-203", "greeting-203")])
def test_a_caller_hears_the_greeting_and_leaves_a_message(prompt: str, heard_first: str) -> None:
    answers = {"mail-open": Answered("ok", {"file": "v1.wav", "prompt": prompt}), "mail-keep": OK}
    heard = talk("mail-leave", [], answers, room="203")
    assert heard.heard_in_order(heard_first, "mail-leave", "mail-recorded")
    assert heard.done == [("mail-open", {"room": "203"}), ("mail-keep", {"room": "203", "file": "v1.wav"})]
    assert [take.name for take in heard.recorded] == ["v1.wav"]


@pytest.mark.parametrize(("limit", "most_s"), [("90", 90), ("900", 600), ("", 600)])
def test_a_message_is_as_long_as_the_house_allows(limit: str, most_s: int) -> None:
    answers = {"mail-open": Answered("ok", {"file": "v1.wav", "limit": limit, "prompt": ""}), "mail-keep": OK}
    heard = talk("mail-leave", [], answers, room="203")
    assert [take.limit_s for take in heard.recorded] == [most_s]


def test_what_was_said_is_kept_if_the_caller_just_hangs_up() -> None:
    speaking = dialogue("mail-leave", room="203")
    speaking.begin()
    speaking.next(Answered("ok", {"file": "v1.wav", "prompt": ""}))
    assert isinstance(speaking.next(Spoken()), TakeDown)
    assert speaking.hung_up() == Act("mail-keep", {"room": "203", "file": "v1.wav"})
    assert speaking.hung_up() is None


def test_who_hangs_up_before_the_tone_leaves_nothing() -> None:
    listening = dialogue("mail-leave", room="203")
    listening.begin()
    listening.next(Answered("ok", {"file": "v1.wav", "prompt": ""}))
    assert listening.hung_up() is None


def test_a_full_mailbox_leads_to_reception() -> None:
    heard = talk("mail-leave", [], {"mail-open": Answered("full")}, room="203")
    assert heard.heard == ["mail-full"]
    assert heard.end == RECEPTION
