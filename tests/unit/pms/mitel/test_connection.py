"""Connections that come and go: what shows life, what becomes of our message, and how often we ask for a resync."""

from __future__ import annotations

import pytest

from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import LampNews, ResyncWanted, RoomOpened
from tests.unit.pms.mitel.link import Link

LAMP_318 = LampNews(room="318", lit=True)


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
    assert link.events == [RoomOpened(room="101")]


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
