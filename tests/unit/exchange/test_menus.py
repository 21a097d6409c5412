"""A telephone talks with a menu: what it hears, presses and has done, and 112 at any moment of it."""

from __future__ import annotations

import pytest

from firmware.exchange import decisions as d
from firmware.exchange.dialogue import (
    Act,
    Answered,
    Ask,
    Dial,
    Finish,
    Keyed,
    Recorded,
    Say,
    Spoken,
    Step,
    TakeDown,
)
from firmware.gateway.messages import Collect, Error, Record
from tests.unit.exchange.hotel import Hotel
from tests.unit.exchange.menus import hotel_with

SAY, ASK, ACT = Say(("welcome",)), Ask(("which-time",), ("xxxx",)), Act("wakeup-order", {"at": "0700"})
TAKE = TakeDown("message-1.wav")


def answer(hotel: Hotel, result: str, act: int = -1) -> None:
    hotel.carry_out(hotel.agent.answer_dialogue(hotel.acts[act].dialogue, Answered(result), hotel.now))
    hotel.pump()


def down(hotel: Hotel, *numbers: str) -> None:
    for number in numbers:
        hotel.hang_up(number)
    assert hotel.quiet() and hotel.refusals == []
    assert not hotel.agent._core.acts  # type: ignore[union-attr]


def test_a_whole_talk() -> None:
    hotel, menus = hotel_with(SAY, ASK, ACT, Say(("done",)), Finish("busy"))
    hotel.call("101", "*57")
    assert hotel.hears("101") == "welcome" and hotel.line("101").state == "talking"
    hotel.played("101")
    assert hotel.hears("101") == "which-time"
    hotel.dial("101", "0730")
    assert hotel.hears("101") is None
    [act] = hotel.acts
    assert act.action == "wakeup-order" and act.arguments == {"at": "0700"}
    assert act.caller.extension == "101" and act.caller.room == "101"
    answer(hotel, "ok")
    assert hotel.hears("101") == "done"
    hotel.played("101")
    assert hotel.hears("101") == "busy"
    assert menus.script.told == [Spoken(), Keyed("0730", "complete"), Answered("ok"), Spoken()]
    assert not menus.script.gone
    down(hotel, "101")
    assert not hotel.records, "nobody was called"


def test_the_menu_knows_who_dials_and_what_followed_the_code() -> None:
    hotel, menus = hotel_with(SAY, menu="wakeup-set")
    hotel.call("2112", "*55*0730")
    hotel.pause("2112")
    opening = menus.script.opening
    assert (opening.menu, opening.extension, opening.room) == ("wakeup-set", "2112", "112")
    assert opening.values == {"digits": "0730"}


def test_the_longer_form_of_a_code_is_taken_whole() -> None:
    hotel, menus = hotel_with(SAY, menu="wakeup-set")
    hotel.call("101", "*55*12240730")
    assert menus.script.opening.values == {"digits": "12240730"}


def test_after_the_menu_dial_tone_where_it_wants_that() -> None:
    hotel, _ = hotel_with(Finish(None))
    hotel.call("101", "*57")
    assert hotel.hears("101") == "dial"
    hotel.dial("101", "102")
    assert hotel.rings("102")
    down(hotel, "101")


@pytest.mark.parametrize(("number", "rings"), [("", "100"), ("8888", "100"), ("102", "102"), ("110", "110")])
def test_a_menu_puts_through(number: str, rings: str) -> None:
    hotel, _ = hotel_with(ASK, Dial(number))
    hotel.call("101", "*57")
    hotel.pause("101")
    assert hotel.rings(rings) and hotel.hears("101") == "ringback"
    hotel.lift(rings)
    assert hotel.talks("101", rings)
    down(hotel, "101", rings)


def test_a_menu_that_dials_nowhere() -> None:
    hotel, _ = hotel_with(Dial("555"))
    hotel.call("101", "*57")
    assert hotel.hears("101") == "unobtainable"
    down(hotel, "101")


def test_nobody_does_what_is_wanted_and_a_late_answer_is_nothing() -> None:
    hotel, menus = hotel_with(ACT, Act("messages-list"), Say(("sorry",)))
    hotel.call("101", "*57")
    hotel.wait(10.1)
    assert menus.script.told == [Answered("unavailable")] and len(hotel.acts) == 2
    answer(hotel, "ok", act=0)
    assert len(menus.script.told) == 1, "the first action's answer is not the second's"
    answer(hotel, "none")
    assert menus.script.told[1:] == [Answered("none")]
    answer(hotel, "none")
    assert len(menus.script.told) == 2
    down(hotel, "101")


@pytest.mark.parametrize("step", [SAY, ASK, ACT, TAKE])
def test_who_hangs_up_ends_the_menu_and_its_last_action_is_done(step: Step) -> None:
    hotel, menus = hotel_with(step, last=Act("mail-leave", {"file": "message-1.wav"}))
    hotel.call("101", "*57")
    hotel.hang_up("101")
    assert menus.script.gone and hotel.acts[-1].action == "mail-leave" and hotel.acts[-1].caller.extension == "101"
    assert hotel.quiet()
    answer(hotel, "ok")
    hotel.wait(60)
    assert hotel.refusals == []


@pytest.mark.parametrize("step", [SAY, ASK, ACT, TAKE, Ask((), ("1", "2")), Ask((), ("x.",))])
def test_an_emergency_number_goes_through_at_any_moment(step: Step) -> None:
    hotel, menus = hotel_with(step, last=Act("mail-leave"))
    hotel.call("101", "*57")
    hotel.dial("101", "112")
    hotel.pause("101")
    assert hotel.rings("100") and hotel.hears("101") == "ringback"
    assert any(call.emergency for call in hotel.agent.calls())
    assert menus.script.gone and hotel.acts[-1].action == "mail-leave"
    assert hotel.gateway.lines["fxs/1"].recording is None
    hotel.lift("100")
    assert hotel.talks("101", "100")
    down(hotel, "101", "100")


@pytest.mark.parametrize("end", ["speech", "answer", "patience", "recording"])
def test_a_menu_does_not_swallow_half_an_emergency_number(end: str) -> None:
    """What it waited for comes while 112 is being dialled."""
    hotel, menus = hotel_with({"speech": SAY, "recording": TAKE}.get(end, ACT), ASK)
    hotel.call("101", "*57")
    hotel.dial("101", "11")
    if end == "speech":
        hotel.played("101")
    elif end == "answer":
        answer(hotel, "ok")
    elif end == "patience":
        hotel.wait(11)
    hotel.dial("101", "2")
    assert hotel.rings("100") and menus.script.told == []
    down(hotel, "101")


def test_what_was_no_emergency_number_only_delays_the_menu() -> None:
    hotel, menus = hotel_with(TAKE, ASK)
    hotel.call("101", "*57")
    hotel.dial("101", "1")
    assert menus.script.told == []
    hotel.pause("101")
    assert menus.script.told == [Recorded(3.0)] and hotel.hears("101") == "which-time"
    hotel.dial("101", "0700")
    assert menus.script.told[1:] == [Keyed("0700", "complete")]
    down(hotel, "101")


def test_keys_that_nobody_asked_for_do_not_stop_what_is_said() -> None:
    hotel, menus = hotel_with(SAY, ASK)
    hotel.call("101", "*57")
    hotel.dial("101", "5")
    hotel.dial("101", "7")
    assert hotel.hears("101") == "welcome" and menus.script.told == []
    hotel.played("101")
    assert hotel.hears("101") == "which-time"


def test_a_time_that_begins_like_an_emergency_number_is_a_time() -> None:
    hotel, menus = hotel_with(ASK, SAY)
    hotel.call("101", "*57")
    hotel.dial("101", "1120")
    assert menus.script.told == [Keyed("1120", "complete")]
    assert not hotel.alarms
    hotel.hang_up("101")
    hotel.call("101", "*57")
    hotel.dial("101", "0112")
    assert menus.script.told == [Keyed("0112", "complete")] and not hotel.alarms


def test_a_key_that_may_begin_an_emergency_number_waits_but_shortly() -> None:
    hotel, menus = hotel_with(Ask((), ("1", "2"), inter_digit_ms=4000))
    hotel.call("101", "*57")
    collecting = hotel.gateway.lines["fxs/1"].collecting
    assert collecting is not None and collecting.inter_digit_ms == 1500
    hotel.dial("101", "1")
    hotel.pause("101")
    assert menus.script.told == [Keyed("1", "complete")]


def test_a_recording() -> None:
    hotel, menus = hotel_with(TakeDown("message-1.wav", 60, 4), SAY)
    hotel.call("101", "*57")
    record = hotel.gateway.lines["fxs/1"].recording
    assert record == Record(
        endpoint="fxs/1", name="message-1.wav", what="receive", limit_s=60, silence_s=4, until_digit=True
    )  # fmt: skip
    assert hotel.hears("101") == "confirmation"
    hotel.played("101")
    assert menus.script.told == []
    hotel.gateway.recorded("fxs/1", 7.5)
    hotel.pump()
    assert menus.script.told == [Recorded(7.5)] and hotel.hears("101") == "welcome"
    down(hotel, "101")


def test_a_prompt_that_is_missing_leaves_no_silence() -> None:
    hotel, menus = hotel_with(SAY, ASK)
    hotel.call("101", "*57")
    hotel.played("101", failed=True)
    assert menus.script.told == [Spoken()]


def test_speech_whose_end_is_never_told() -> None:
    hotel, menus = hotel_with(SAY, ASK)
    hotel.call("101", "*57")
    hotel.wait(661)
    assert menus.script.told == [Spoken()]


def test_a_menu_that_goes_round_in_a_circle_ends() -> None:
    hotel, _ = hotel_with(*[Say(())] * 100)
    hotel.call("101", "*57")
    assert hotel.hears("101") == "busy"
    down(hotel, "101")


def test_what_the_gateway_refuses_does_not_hang() -> None:
    hotel, menus = hotel_with(ASK, TAKE, SAY, Finish())
    hotel.call("101", "*57")
    error = Error(fault="agent", code="digit-map", text="malformed")
    for kind in (Collect, Record):
        sent = [s.command for s in hotel.decided if isinstance(s, d.Send) and isinstance(s.command, kind)]
        hotel.carry_out(hotel.agent.refused(sent[-1], error, hotel.now))
    assert menus.script.told == [Keyed("", "silent"), Recorded(0.0)]
    down(hotel, "101")


def test_a_hook_flash_in_a_menu_is_nothing_and_with_a_held_party_leads_back() -> None:
    hotel, menus = hotel_with(SAY, ASK, last=Act("mail-leave"))
    hotel.call("110", "*57")
    hotel.flash("110")
    assert hotel.hears("110") == "welcome"
    hotel.hang_up("110")
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.dial("110", "*57")
    assert hotel.hears("110") == "welcome" and hotel.hears("101") == "hold"
    hotel.flash("110")
    assert hotel.talks("110", "101") and menus.script.gone
    down(hotel, "110", "101")


def test_who_hangs_up_in_a_menu_has_the_held_party_back() -> None:
    hotel, _ = hotel_with(SAY)
    hotel.connect("101", "110")
    hotel.flash("110")
    hotel.dial("110", "*57")
    hotel.hang_up("110")
    assert hotel.rings("110")
    hotel.lift("110")
    assert hotel.talks("110", "101")
    down(hotel, "110", "101")


def test_an_emergency_takes_an_operator_out_of_a_menu() -> None:
    hotel, menus = hotel_with(SAY)
    hotel.call("100", "*57")
    hotel.call("109", "*57")
    hotel.call("101", "112")
    assert hotel.talks("101", "100") and menus.begun[0].gone and not menus.begun[1].gone
    down(hotel, "101", "100", "109")


def test_a_telephone_in_a_menu_is_busy() -> None:
    hotel, _ = hotel_with(ASK)
    hotel.call("101", "*57")
    hotel.call("102", "101")
    assert hotel.hears("102") == "busy"
    down(hotel, "101", "102")


@pytest.mark.parametrize("step", [SAY, ASK, ACT, TAKE])
def test_after_a_restart_there_is_dial_tone(step: Step) -> None:
    hotel, _ = hotel_with(step)
    hotel.call("101", "*57")
    hotel.restart()
    hotel.pump()
    assert hotel.hears("101") == "dial" and hotel.gateway.lines["fxs/1"].recording is None
    hotel.dial("101", "102")
    assert hotel.rings("102")
    down(hotel, "101")


def test_the_gateway_dies_and_what_was_still_to_be_done_is_done() -> None:
    hotel, menus = hotel_with(SAY, last=Act("mail-leave"))
    hotel.call("101", "*57")
    hotel.carry_out(hotel.agent.lost(hotel.now))
    assert menus.script.gone and hotel.acts[-1].action == "mail-leave"
    assert hotel.agent.answer_dialogue(hotel.acts[-1].dialogue, Answered("ok"), hotel.now) == []


def test_the_channel_breaks_and_the_menu_is_over() -> None:
    hotel, menus = hotel_with(SAY, last=Act("mail-leave"))
    hotel.call("101", "*57")
    hotel.begin()
    assert menus.script.gone and [act.action for act in hotel.acts] == ["mail-leave"]
    assert hotel.hears("101") == "dial"


@pytest.mark.parametrize("busy", [False, True])
def test_a_menu_that_dials_itself_is_over(busy: bool) -> None:
    """By its code, or by the busy telephone that leads to it."""
    hotel, menus = hotel_with(Dial("102" if busy else "*57"), voice_mail=frozenset({"busy"}))
    menus.steps["mail-leave"] = (Dial("102"),)
    hotel.carry_out(hotel.agent.set_occupied("102", True, hotel.now))
    hotel.connect("110", "102")
    hotel.call("101", "*57")
    assert hotel.hears("101") == "busy" and len(menus.begun) < 10
    hotel.dial("101", "112")
    assert hotel.rings("100")
    down(hotel, "110", "102", "101")


def test_a_desk_that_clears_a_menu() -> None:
    hotel, menus = hotel_with(SAY)
    hotel.call("101", "*57")
    [call] = hotel.agent.calls()
    hotel.carry_out(hotel.agent.clear(call.id, hotel.now))
    assert hotel.hears("101") == "busy" and menus.script.gone
    down(hotel, "101")


def test_no_menu_of_that_name() -> None:
    hotel = Hotel()
    hotel.call("101", "*57")
    assert hotel.hears("101") == "unobtainable"


def test_a_telephone_left_off_hook_after_a_menu_is_as_after_a_call() -> None:
    hotel, _ = hotel_with(Finish("busy"))
    hotel.call("101", "*57")
    hotel.wait(31)
    assert hotel.hears("101") == "howler"
    hotel.dial("101", "112")
    assert hotel.rings("100")
    down(hotel, "101")


def test_a_room_with_the_digits_of_an_emergency_number_is_asked_for_with_a_hash() -> None:
    hotel, menus = hotel_with(Ask(("which-room",), ("x.",)), SAY)
    hotel.call("100", "*57")
    hotel.dial("100", "112#")
    assert menus.script.told == [Keyed("112", "terminated")] and not hotel.alarms
    down(hotel, "100")
