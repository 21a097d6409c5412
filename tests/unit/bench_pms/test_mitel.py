"""The Mitel link at the PMS's end, byte by byte: turns, collisions, and what each message says."""

from __future__ import annotations

from typing import Any

import pytest

from boardsupport.bench.pms.house import Guest
from boardsupport.bench.pms.pms import Answers, Resync
from boardsupport.bench.station import WrongStateError
from tests.unit.bench_pms.rig import Rig

ENQ, ACK, NAK, STX, ETX = b"\x05", b"\x06", b"\x15", b"\x02", b"\x03"


class Exchange(Rig):
    """The other end; it has taken AREYUTHERE already."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(protocol="mitel", listen="127.0.0.1:5001", **settings)
        self.line.plug_in()
        assert self.collect() == ["AREYUTHERE"]

    def say(self, data: bytes) -> bytes:
        self.pms.received(data)
        return self.line.take()

    def tell(self, text: str) -> bytes:
        """A whole message in the exchange's turn; the answer to its text, and what follows it."""
        assert self.say(ENQ) == ACK
        return self.say(STX + text.encode() + ETX)

    def collect(self) -> list[str]:
        """Take every message that waits, each in its turn."""
        found = []
        data = self.line.take()
        while data:
            assert data == ENQ
            frame = self.say(ACK)
            assert frame[:1] + frame[-1:] == STX + ETX
            found.append(frame[1:-1].decode())
            data = self.say(ACK)
        return found


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


def test_a_check_in_byte_by_byte(exchange: Exchange) -> None:
    exchange.pms.check_in("101", Guest("1", {"name": "Doe,Jane", "class": "2"}), None)
    assert exchange.line.take() == b"\x05"
    assert exchange.say(b"\x06") == b"\x02CHK1   101\x03"
    assert exchange.say(b"\x06") == b"\x05"
    name = (
        bytes.fromhex("02 4E 41 4D 31 20 44 4F 45 2C 4A 41 4E 45") + b"\x20" * 13 + bytes.fromhex("20 20 31 30 31 03")
    )
    assert exchange.say(b"\x06") == name
    assert exchange.say(b"\x06") == b"\x05"
    assert exchange.say(b"\x06") == b"\x02RST2   101\x03"
    assert exchange.say(b"\x06") == b""
    assert exchange.violations() == []


def test_every_verb_in_its_message(exchange: Exchange) -> None:
    pms = exchange.pms
    pms.check_in("101", Guest("1", {"name": "Doe,Jane"}), None)
    pms.check_in("101", Guest("2", {"name": "Doe,John"}), None)
    pms.change("101", "1", {"name": "Roe,Jane"})
    pms.change("101", "2", {"name": "Roe,John"})
    pms.equip("101", "0", True, True)
    pms.wake_up("101", "260311", "101500")
    pms.clear_wake_up("101", None, None)
    pms.check_out("101", "2", None, False)
    pms.check_out("101", None, None, False)
    assert exchange.collect() == [
        "CHK1   101", "NAM1 DOE,JANE               101", "NAM1 DOE,JOHN               101",
        "NAM2 ROE,JANE               101", "NAM3 DOE,JOHN               101", "NAM1 ROE,JOHN               101",
        "MW 1   101", "RST0   101", "DND1   101", "WKP1015  101", "WKP      101",
        "NAM3 ROE,JOHN               101", "CHK0   101",
    ]  # fmt: skip
    assert pms.view()["counts"]["out"]["NAM"] == 6


@pytest.mark.parametrize(
    ("how", "order"), [(None, "CHK0 CHK1 NAM1"), ("go-gi", "CHK0 CHK1 NAM1"), ("gi-go", "CHK1 NAM1 CHK0")]
)
def test_a_move_is_out_and_in(exchange: Exchange, how: Any, order: str) -> None:
    exchange.pms.check_in("101", Guest("1", {"name": "Doe"}), None)
    exchange.collect()
    exchange.pms.move("101", "102", None, how)
    told = exchange.collect()
    assert " ".join(text[:4] for text in told) == order
    assert {text[-5:] for text in told if text[:4] != "CHK0"} == {"  102"}


def test_a_swap_is_two_of_them(exchange: Exchange) -> None:
    exchange.pms.check_in("101", Guest("1", {"name": "Doe"}), None)
    exchange.pms.check_in("102", Guest("2", {"name": "Roe"}), None)
    exchange.collect()
    exchange.pms.swap("101", "102", None)
    assert [(text[:4], text[-3:]) for text in exchange.collect()] == [
        ("CHK0", "101"), ("CHK0", "102"), ("CHK1", "102"), ("NAM1", "102"), ("CHK1", "101"), ("NAM1", "101"),
    ]  # fmt: skip
    assert exchange.pms.view()["rooms"]["101"]["guests"] == [{"key": "2", "name": "Roe"}]


@pytest.mark.parametrize(
    ("settings", "texts"),
    [
        ({"pad": "right"}, ["CHK1 101  ", "NAM1 DOE                  101  "]),
        ({"extension_width": 7}, ["CHK1     101", "NAM1 DOE                      101"]),
        ({"dialect": "room-first"}, ["CHK1 101  DOE                 "]),
    ],
)
def test_what_a_site_has_otherwise(settings: dict[str, Any], texts: list[str]) -> None:
    exchange = Exchange(**settings)
    exchange.pms.check_in("101", Guest("1", {"name": "Doe"}), None)
    assert exchange.collect() == texts


def test_names_are_cut_to_the_field_where_a_letter_ends() -> None:
    exchange = Exchange()
    exchange.pms.check_in("101", Guest("1", {"name": "Brzęczyszczykiewiczówna,Ź"}), None)
    assert exchange.line.take() == ENQ
    exchange.say(ACK)
    exchange.say(ACK)
    frame = exchange.say(ACK)
    assert frame == STX + b"NAM1 " + "BRZĘCZYSZCZYKIEWICZÓ".encode()[:20] + b" " + b"  101" + ETX


@pytest.mark.parametrize(
    "refused",
    [
        lambda pms: pms.message("101", None, "text"),
        lambda pms: pms.night_audit(True),
        lambda pms: pms.move("101", "102", None, "gc"),
        lambda pms: pms.end(),
        lambda pms: pms.set_answers(Answers(next=("lose",))),
        lambda pms: pms.wake_up("101", "260320", "064500"),
    ],
)
def test_what_the_protocol_does_not_have_changes_nothing(exchange: Exchange, refused: Any) -> None:
    exchange.pms.check_in("101", Guest("1", {"name": "Doe"}), None)
    exchange.collect()
    before = exchange.pms.view()["rooms"]
    with pytest.raises(WrongStateError):
        refused(exchange.pms)
    assert exchange.pms.view()["rooms"] == before
    assert exchange.line.take() == b""


def test_a_dialect_without_restriction_refuses_it() -> None:
    exchange = Exchange(dialect="sx200")
    with pytest.raises(WrongStateError):
        exchange.pms.check_in("101", Guest("1", {"class": "2"}), None)
    assert exchange.pms.view()["rooms"] == {}


# --- what the exchange says


def test_what_the_exchange_reports_is_believed(exchange: Exchange) -> None:
    for text in ("STS2 204  ", "MW 1 204  ", "DND1 204  ", "WKP0700204  ", "MR 0012204  ", "MR 0003204  "):
        assert exchange.tell(text) == ACK
    seen = exchange.pms.view()
    room = seen["rooms"]["204"]
    assert (room["status"], room["lamp"], room["dnd"], room["pulses"]) == ("2", True, True, 15)
    assert room["wake_ups"] == [{"date": "260312", "time": "070000", "state": "ordered"}]
    assert [(posting["room"], posting["pulses"]) for posting in seen["postings"]] == [("204", "0012"), ("204", "0003")]
    assert exchange.tell("WKP    204  ") == ACK
    assert exchange.pms.view()["rooms"]["204"]["wake_ups"][0]["state"] == "cleared"
    assert exchange.violations() == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("STS2   204", "the extension '  204' does not begin at the left"),
        ("STS2 204", "an extension field of 3 characters"),
        ("STS2      ", "no extension"),
        ("STS0 204  ", "STS with '0 '"),
        ("sts2 204  ", "not upper case"),
        ("CHK1 204  ", "an exchange has no such message"),
        ("MW 1204   ", "MW  with '12'"),
        ("WKP2460204  ", "WKP with '2460'"),
        ("RQINZx    ", "'x    ' where blanks belong"),
    ],
)
def test_a_message_that_is_not_as_it_should_be_is_refused_and_listed(exchange: Exchange, text: str, fault: str) -> None:
    assert exchange.tell(text) == NAK
    assert fault in exchange.violations()
    assert exchange.pms.view()["rooms"] == {}


def test_an_extension_filled_up_with_zeros_is_another_one(exchange: Exchange) -> None:
    exchange.pms.check_in("101", Guest("1"), None)
    exchange.collect()
    exchange.tell("STS2 101  ")
    exchange.tell("STS2 00101")
    assert exchange.violations() == ["room 00101 is 101 here"]


def test_after_a_refusal_the_text_may_come_again_without_enq(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(line=("NAK",)))
    assert exchange.tell("STS2 204  ") == NAK
    assert exchange.say(b"\x02STS2 204  \x03") == ACK
    assert exchange.violations() == []


def test_a_text_without_enq_is_taken_and_listed(exchange: Exchange) -> None:
    assert exchange.say(b"\x02STS2 204  \x03") == ACK
    assert exchange.violations() == ["a message without ENQ"]


def test_answers_that_are_lost_and_a_busy_pms(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(line=("busy", "lose")))
    assert exchange.say(ENQ) == NAK
    assert exchange.tell("STS2 204  ") == b""
    assert exchange.tell("STS2 204  ") == ACK
    assert exchange.pms.view()["counts"]["in"]["STS"] == 2


def test_enq_and_text_in_one_piece_and_a_frame_that_begins_twice(exchange: Exchange) -> None:
    assert exchange.say(b"\x05\x02STS2 204  \x03") == ACK + ACK
    assert exchange.say(b"\x05\x02STS\x02STS3 204  \x03") == ACK + ACK
    assert exchange.pms.view()["rooms"]["204"]["status"] == "3"
    assert exchange.violations() == ["a frame begins inside another"]


def test_a_frame_without_an_end_is_refused(exchange: Exchange) -> None:
    exchange.say(b"\x05\x02STS2")
    exchange.clock.pass_(3)
    assert exchange.line.take() == NAK


# --- turns


def test_no_answer_to_enq_is_asked_again_and_the_message_kept(exchange: Exchange) -> None:
    exchange.pms.equip("318", None, None, True)
    assert exchange.line.take() == ENQ
    exchange.clock.pass_(3 * 25)
    assert exchange.line.take() == ENQ * 25
    assert exchange.pms.state == "starting"
    assert exchange.say(ACK) == b"\x02MW 1   318\x03"
    assert exchange.pms.state == "alive"


def test_a_busy_exchange_is_asked_again_after_a_while(exchange: Exchange) -> None:
    exchange.pms.equip("318", None, None, True)
    exchange.line.take()
    assert exchange.say(NAK) == b""
    exchange.clock.pass_(3)
    assert exchange.collect() == ["MW 1   318"]


def test_a_text_is_repeated_alone_three_times_and_dropped(exchange: Exchange) -> None:
    exchange.pms.equip("318", None, None, True)
    exchange.pms.equip("319", None, None, False)
    exchange.line.take()
    text = exchange.say(ACK)
    assert [exchange.say(NAK), exchange.say(NAK)] == [text, text]
    exchange.clock.pass_(3)
    assert exchange.line.take() == text
    assert exchange.say(NAK) == ENQ
    assert exchange.say(ACK) == b"\x02MW 0   319\x03"


def test_in_a_collision_the_exchange_goes_first_and_the_pms_waits(exchange: Exchange) -> None:
    exchange.pms.check_in("415", Guest("1"), None)
    assert exchange.line.take() == ENQ
    assert exchange.say(ENQ) == ACK
    assert exchange.say(b"\x02MW 1 318  \x03") == ACK
    exchange.clock.pass_(5.9)
    assert exchange.line.take() == b""
    exchange.clock.pass_(0.2)
    assert exchange.collect() == ["CHK1   415"]
    assert exchange.violations() == []


def test_an_exchange_that_grants_in_a_collision_is_listed(exchange: Exchange) -> None:
    exchange.pms.check_in("415", Guest("1"), None)
    exchange.say(ENQ)
    exchange.say(ACK)
    assert exchange.violations() == ["ACK in a collision, where the exchange goes first and sends its text"]


def test_a_lost_connection_keeps_the_message_that_was_not_confirmed(exchange: Exchange) -> None:
    exchange.pms.equip("318", None, None, True)
    exchange.line.take()
    exchange.say(ACK)
    exchange.line.cut()
    assert exchange.pms.state == "down"
    exchange.pms.equip("319", None, None, True)
    exchange.line.plug_in()
    assert exchange.collect() == ["MW 1   318"]


def test_an_idle_link_is_asked_whether_it_lives(exchange: Exchange) -> None:
    exchange.clock.pass_(60)
    assert exchange.collect() == ["AREYUTHERE"]


# --- resync


def test_a_resync_when_the_exchange_asks(exchange: Exchange) -> None:
    pms = exchange.pms
    pms.check_in("101", Guest("1", {"name": "Doe"}), None)
    pms.check_in("101", Guest("2", {"name": "Roe"}), None)
    pms.equip("101", "1", None, True)
    pms.wake_up("101", "260312", "064500")
    pms.check_out("102", None, None, False)
    exchange.collect()
    exchange.pms.received(ENQ)
    exchange.pms.received(b"\x02RQINZ     \x03")
    assert exchange.line.take() == ACK + ACK + ENQ
    exchange.pms.received(NAK)
    exchange.clock.pass_(3)
    assert [text[:8].strip() for text in exchange.collect()] == [
        "GRS", "CHK1   1", "NAM1 DOE", "NAM1 ROE", "MW 1   1", "RST1   1", "WKP0645", "CHK0   1", "END",
    ]  # fmt: skip


def test_a_resync_cut_before_its_end(exchange: Exchange) -> None:
    exchange.pms.resync(Resync(rooms=("101",), cut_before_end=True))
    assert not exchange.line.connected


def test_garbage_holds_no_good_message(exchange: Exchange) -> None:
    exchange.pms.check_in("101", Guest("1"), None)
    exchange.collect()
    exchange.pms.garbage(3, 2000, 60)
    first = exchange.line.take()
    exchange.pms.garbage(3, 2000, 60)
    assert exchange.line.take() == first
    closed = [piece.rsplit(STX, 1)[-1] for piece in first.split(ETX)[:-1]]
    assert len(closed) > 500
    assert not [text for text in closed if text[:5] in (b"CHK1 ", b"CHK0 ", b"MW 1 ", b"MW 0 ") and len(text) == 10]
