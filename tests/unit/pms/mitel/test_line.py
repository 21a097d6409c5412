"""Turns on the line: requests, answers, repeats, collisions, silence; and what becomes of our messages."""

from __future__ import annotations

import pytest

from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import (
    Equipment,
    LampNews,
    ResyncWanted,
    RoomClosed,
    RoomData,
    RoomOpened,
    StatusNews,
)
from tests.unit.pms.mitel.link import Link

CLEAN_204 = StatusNews(room="204", status="clean", occupied=False)
LAMP_318 = LampNews(room="318", lit=True)
OPEN_101 = RoomOpened(room="101")


# ------------------------------------------------------------------------------------------------ what the PMS sends


def test_a_message_of_the_pms() -> None:
    link = Link()
    link.talk("""
        < ENQ
        > ACK
        < CHK1___101
        > ACK
    """)
    assert link.events == [OPEN_101]
    assert link.counted == [("received", "CHK")]


@pytest.mark.parametrize(
    "step",
    ["ENQ+CHK1___101", "ENQ+ENQ+CHK1___101", "ENQ+STX+CHK1___101", "ENQ+STX+STX+CHK1___101", "ETX+ENQ+CHK1___101"],
)
def test_a_sender_that_does_not_wait_is_served(step: str) -> None:
    link = Link()
    link.talk("< " + step + "\n> ACK" * (1 + step.count("ENQ")))
    assert link.events == [OPEN_101]


def test_a_text_without_enq_is_taken() -> None:
    link = Link()
    link.talk("""
        < CHK1___101
        > ACK
    """)
    assert link.events == [OPEN_101]


def test_a_second_stx_begins_the_text_anew() -> None:
    link = Link()
    link.receive(b"\x02CHK0\x02CHK1   101\x03")
    assert link.events == [OPEN_101]


def test_what_comes_glued_is_handled_in_order() -> None:
    link = Link()
    link.talk("""
        < ENQ+CHK1___101+ENQ+MW_1___101+CHK0___101
        > ACK
        > ACK
        > ACK
        > ACK
        > ACK
    """)
    assert link.events == [OPEN_101, Equipment(room="101", equipment=RoomData(lamp=True)), RoomClosed(room="101")]


def test_nothing_is_acknowledged_before_the_hotel_has_it() -> None:
    link = Link()
    machine = link.machine
    outputs = machine.received(b"\x02CHK1   101\x03\x02CHK0   101\x03", link.now)
    link.do([output for output in outputs if type(output).__name__ != "Deliver"])
    assert link.sent == []
    link.do(machine.handled([None], link.now))
    assert link.sent == [b"\x06", b"\x06"]
    assert link.events == [RoomClosed(room="101")]


def test_junk_outside_of_texts_is_nothing() -> None:
    link = Link()
    link.receive(b"\x11\x13\x00\xffCHK1   101\x03\r\n\x13")
    link.talk("""
        < ENQ
        > ACK
    """)
    assert (link.events, link.counted) == ([], [])


@pytest.mark.parametrize("begin", ["ENQ", "STX", "ENQ+STX"])
def test_after_3_s_without_text_the_turn_is_over(begin: str) -> None:
    link = Link()
    link.receive({"ENQ": b"\x05", "STX": b"\x02", "ENQ+STX": b"\x05\x02"}[begin])
    link.sent.clear()
    link.tell(LAMP_318)
    link.wait(2.9)
    assert link.sent == []
    link.wait(3.2)
    assert b"\x05" in link.sent


def test_a_text_without_etx_is_forgotten_and_refused_after_3_s() -> None:
    link = Link()
    link.talk("""
        < ENQ
        > ACK
        1 s
        < STX
        2.9 s
        0.2 s
        > NAK
        < CHK1___101
        > ACK
    """)
    assert link.events == [OPEN_101]
    assert ("refused", "no end of text") in link.counted


def test_after_nak_the_pms_repeats_the_text_alone() -> None:
    link = Link()
    link.refusals["999"] = "unknown room"
    link.talk("""
        < ENQ
        > ACK
        < CHK1___999
        > NAK
        2.9 s
        < CHK1___999
        > NAK
    """)
    assert link.counted == [("refused", "CHK")] * 2
    link.tell(LAMP_318)
    link.talk("""
        2.9 s
        0.2 s
        > ENQ
    """)


@pytest.mark.parametrize("again", ["CHK1___101", "ENQ+CHK1___101"])
def test_a_repeat_after_a_lost_answer_is_acknowledged(again: str) -> None:
    link = Link()
    link.talk("""
        < CHK1___101
        > ACK
        3 s
    """)
    link.receive(b"\x05" * ("ENQ" in again) + b"\x02CHK1   101\x03")
    assert set(link.sent) == {b"\x06"}
    assert set(map(repr, link.events)) == {repr(OPEN_101)}


# ------------------------------------------------------------------------------------------------------ what we send


def test_a_message_of_ours() -> None:
    link = Link()
    link.tell(CLEAN_204)
    assert not link.machine.takes_news()
    link.talk("""
        > ENQ
        < ACK
        > STS2_204__
        < ACK
    """)
    assert link.outcomes() == ["done"]
    assert link.machine.takes_news()
    assert link.counted == [("sent", "STS")]


def test_the_line_rests_between_messages_and_the_pms_can_have_its_turn() -> None:
    link = Link()
    link.tell(CLEAN_204)
    link.talk("""
        > ENQ
        < ACK
        > STS2_204__
        < ACK
    """)
    link.tell(LAMP_318)
    link.talk("""
        0.09 s
        < ENQ
        > ACK
        < CHK1___101
        > ACK
        0.09 s
        0.02 s
        > ENQ
        < ACK
        > MW_1_318__
        < ACK
    """)
    assert link.outcomes() == ["done", "done"]


def test_a_busy_pms_is_asked_every_3_s() -> None:
    link = Link()
    link.tell(CLEAN_204)
    link.talk("> ENQ\n< NAK\n2.9 s\n0.1 s\n" * 30 + "> ENQ\n< ACK\n> STS2_204__\n< ACK")
    assert (link.states, link.outcomes()) == (["starting", "alive"], ["done"])
    assert [note.verb for note in link.notes] == ["busy"]


def test_a_busy_pms_may_have_its_turn() -> None:
    link = Link()
    link.tell(CLEAN_204)
    link.talk("""
        > ENQ
        < NAK
        1 s
        < ENQ
        > ACK
        < CHK1___101
        > ACK
        0.1 s
        > ENQ
        < ACK
        > STS2_204__
        < ACK
    """)


def test_twenty_requests_without_an_answer_and_the_pms_is_down() -> None:
    link = Link()
    link.tell(CLEAN_204)
    link.talk("> ENQ\n3 s\n" * 19 + "> ENQ\n2.9 s\n")
    assert link.state == "starting"
    link.talk("""
        0.1 s
        > ENQ
        3 s
        > ENQ
    """)
    assert (link.state, link.told, link.reconnects) == ("down", [], 0)
    link.talk("""
        < ACK
        > STS2_204__
        < ACK
    """)
    assert (link.states, link.outcomes()) == (["starting", "down", "alive"], ["done"])


def test_who_answered_before_is_reached_by_a_new_connection_once() -> None:
    link = Link()
    link.message("AREYUTHERE")
    link.tell(CLEAN_204)
    link.talk("> ENQ\n3 s\n" * 40 + "> ENQ\n")
    assert (link.state, link.reconnects) == ("down", 1)
    link.lose()
    assert link.outcomes() == ["again"]
    link.connect()
    link.tell(CLEAN_204)
    link.talk("> ENQ\n3 s\n" * 40 + "> ENQ\n")
    assert (link.state, link.reconnects) == ("down", 1)


def test_a_request_of_the_pms_is_life_as_well() -> None:
    link = Link()
    link.tell(CLEAN_204)
    link.talk("> ENQ\n3 s\n" * 20 + "> ENQ\n")
    assert link.state == "down"
    link.talk("""
        < ENQ
        3 s
        > ENQ
    """)
    assert link.state == "alive"


def test_six_texts_without_an_answer_and_the_pms_is_down() -> None:
    link = Link()
    link.tell(CLEAN_204)
    attempt = "> ENQ\n< ACK\n> STS2_204__\n2.9 s\n0.1 s\n"
    link.talk(attempt * 5 + "> ENQ\n< ACK\n> STS2_204__\n2.9 s\n")
    assert link.state == "alive"
    link.talk("""
        0.1 s
        > ENQ
    """)
    assert (link.state, link.told, link.reconnects) == ("down", [], 0)
    link.talk("""
        < ACK
        > STS2_204__
        < ACK
    """)
    assert (link.state, link.outcomes()) == ("alive", ["done"])


def test_a_message_that_is_refused_five_times_is_dropped() -> None:
    link = Link()
    link.tell(CLEAN_204)
    attempt = "> ENQ\n< ACK\n> STS2_204__\n< NAK\n"
    link.talk((attempt + "0.1 s\n") * 4 + "> ENQ\n< ACK\n> STS2_204__")
    assert link.told == []
    link.talk("< NAK")
    assert link.outcomes() == ["refused"]
    assert [note.verb for note in link.notes] == ["refused-by-pms"]
    link.tell(LAMP_318)
    link.talk("""
        0.1 s
        > ENQ
    """)


def test_counts_begin_anew_with_each_message() -> None:
    link = Link()
    for _ in range(3):
        link.tell(CLEAN_204)
        link.talk("> ENQ\n< ACK\n> STS2_204__\n< NAK\n0.1 s\n" * 4 + "> ENQ\n< ACK\n> STS2_204__\n< ACK\n0.1 s")
    assert link.outcomes() == ["done"] * 3


# -------------------------------------------------------------------------------------------------------- both at once


def test_glare_is_ours_and_the_pms_has_its_turn_then() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ENQ
        < ACK
        > MW_1_318__
        < ACK
    """)
    link.tell(CLEAN_204)
    link.talk("""
        6 s
        < ENQ
        > ACK
        < CHK1___415
        > ACK
        0.1 s
        > ENQ
        < ACK
        > STS2_204__
    """)
    assert link.events == [RoomOpened(room="415")]


def test_a_pms_that_gave_way_and_says_nothing_holds_us_up_for_a_moment_only() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ENQ+ACK
        > MW_1_318__
        < ACK
    """)
    link.tell(CLEAN_204)
    link.talk("""
        6.4 s
        0.1 s
        > ENQ
    """)


def test_who_does_not_yield_is_met_again_after_a_while_of_chance() -> None:
    link = Link(waits=[0.7, 1.9])
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ENQ
        2.9 s
        0.1 s
        > ENQ
        < ENQ
        0.6 s
        0.1 s
        > ENQ
        < ENQ
        1.8 s
        < ENQ
        > ACK
        < CHK1___101
        > ACK
        0.1 s
        > ENQ
        < ACK
        > MW_1_318__
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_the_time_of_chance_is_between_half_a_second_and_two() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.receive(b"\x05")
    waits = []
    for _ in range(50):
        link.receive(b"\x05")
        deadline = link.machine.next_deadline()
        assert deadline is not None
        waits.append(deadline - link.seconds)
        link.wait(waits[-1])
    assert min(waits) >= 0.5 and max(waits) <= 2.0
    assert len(set(waits)) == 50 and max(waits) - min(waits) > 1


def test_a_text_that_comes_while_we_ask_is_taken_and_we_go_on_waiting() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < CHK1___101
        > ACK
        < ACK
        > MW_1_318__
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_a_text_that_comes_while_ours_waits_for_its_answer_is_taken() -> None:
    link = Link()
    link.refusals["999"] = "unknown room"
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ACK
        > MW_1_318__
        < CHK1___101
        > ACK
        < CHK1___999
        > NAK
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_a_request_instead_of_the_answer_to_a_text_is_served_and_ours_begins_again() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ACK
        > MW_1_318__
        < ENQ
        > ACK
        < CHK1___101
        > ACK
        0.1 s
        > ENQ
        < ACK
        > MW_1_318__
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_an_answer_that_nobody_waits_for_is_none() -> None:
    link = Link()
    link.talk("""
        < ACK
        < NAK
        < ENQ
        > ACK
        < ACK
        < NAK
    """)
    assert link.counted == [
        ("refused", "ACK out of turn"), ("refused", "NAK out of turn"),
        ("refused", "ACK out of turn"), ("refused", "NAK out of turn"),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------ the connection


@pytest.mark.parametrize(
    ("life", "alive"), [(b"\x05", True), (b"\x06", True), (b"\x02HELLO\x03", True), (b"\x15", False), (b"x", False)]
)
def test_alive_is_who_shows_life(life: bytes, alive: bool) -> None:
    link = Link()
    assert link.state == "starting"
    link.receive(life)
    assert link.state == ("alive" if alive else "starting")


def test_before_the_first_connection_there_is_nothing() -> None:
    link = Link()
    machine = MitelMachine(MitelSettings())
    assert (machine.state, machine.takes_news(), machine.next_deadline()) == ("down", False, None)
    assert machine.received(b"\x05", link.now) == []
    assert machine.lost(link.now) == []


@pytest.mark.parametrize(
    ("dialogue", "outcome"),
    [
        ("> ENQ", "again"),
        ("> ENQ\n< ACK\n> MW_1_318__", "unanswered"),
        ("> ENQ\n< ACK\n> MW_1_318__\n3 s\n> ENQ", "unanswered"),
        ("> ENQ\n< ACK\n> MW_1_318__\n< NAK\n0.1 s\n> ENQ", "again"),
    ],
)
def test_what_is_under_way_when_the_connection_goes(dialogue: str, outcome: str) -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk(dialogue)
    link.lose()
    assert link.outcomes() == [outcome]
    assert (link.state, link.machine.takes_news(), link.machine.next_deadline()) == ("down", False, None)


@pytest.mark.parametrize("part", [b"\x02CHK1   10", b"\x05\x02", b"\xff\xfb"])
def test_half_of_anything_ends_with_the_connection(part: bytes) -> None:
    link = Link(telnet_filter=True)
    link.receive(part)
    link.lose()
    link.connect()
    link.sent.clear()
    link.receive(b"1\x03")
    link.talk("""
        < ENQ+CHK1___101
        > ACK
        > ACK
    """)
    assert link.events == [OPEN_101]


def test_the_end_is_that_of_a_connection_without_a_word() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("> ENQ")
    link.do(link.machine.close(link.now))
    assert (link.outcomes(), link.sent, link.state) == (["again"], [], "down")
    link.lose()
    assert link.told == []


# ------------------------------------------------------------------------------------------------------ not so often


ASKED = "> ENQ\n< ACK\n> RQINZ_____\n< ACK\n0.1 s"


def test_a_resync_is_not_asked_for_more_than_once_a_minute() -> None:
    link = Link()
    link.tell(ResyncWanted())
    link.talk(ASKED)
    link.tell(ResyncWanted())
    assert not link.machine.takes_news()
    link.talk("""
        59.8 s
        0.2 s
        > ENQ
        < ACK
        > RQINZ_____
        < ACK
    """)
    assert link.outcomes() == ["done", "done"]


def test_a_request_for_a_resync_that_is_held_goes_back_with_the_connection() -> None:
    link = Link()
    link.tell(ResyncWanted())
    link.talk(ASKED)
    link.tell(ResyncWanted())
    link.lose()
    assert link.outcomes() == ["done", "again"]
    link.connect()
    link.tell(ResyncWanted())
    link.talk("59 s")
    link.talk("1 s\n> ENQ")
