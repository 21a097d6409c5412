"""Turns on the line: requests, answers, repeats, silence; and what becomes of our messages."""

from __future__ import annotations

import pytest

from firmware.pms.model import (
    Equipment,
    LampNews,
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
