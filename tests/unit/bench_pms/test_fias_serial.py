"""FIAS on a serial line: check bytes, answers and repeats, byte by byte."""

from __future__ import annotations

import pytest

from boardsupport.bench.pms.house import Guest
from boardsupport.bench.pms.pms import Answers
from tests.unit.bench_pms.rig import Rig
from tests.unit.fias_check_bytes import CHECK_BYTES

STX, ETX, ENQ, ACK, NAK = b"\x02", b"\x03", b"\x05", b"\x06", b"\x15"
LS = b"\x02LS|DA260311|TI074500|\x03\x79"


class Serial(Rig):
    def __init__(self, **settings: object) -> None:
        super().__init__(protocol="fias", pty="front", **settings)
        self.line.plug_in()

    def say(self, data: bytes) -> bytes:
        self.pms.received(data)
        return self.line.take()

    def frame(self, text: str) -> bytes:
        check = 0
        for byte in (data := text.encode() + ETX):
            check ^= byte
        return STX + data + bytes([check])

    def alive(self) -> Serial:
        assert self.line.take() == LS
        assert self.say(ACK) == b""
        for text in ("LD|DA260311|TI074501|V#1.00|IFPB|", "LR|RIWR|FLRNDATI|", "LR|RIGI|FLRNG#GNGSSF|"):
            assert self.say(self.frame(text)) == ACK
        answer = self.say(self.frame("LA|DA260311|TI074502|"))
        assert answer[:4] == ACK + b"\x02LA"
        assert self.say(ACK) == b""
        return self


@pytest.mark.parametrize(("text", "check"), CHECK_BYTES)
def test_check_bytes_of_what_comes(text: str, check: int) -> None:
    serial = Serial()
    serial.say(ACK)
    assert serial.say(STX + text.encode() + ETX + bytes([check]))[:1] == ACK
    assert serial.say(STX + text.encode() + ETX + bytes([check ^ 1]))[:1] == NAK
    assert [fault for fault in serial.violations() if "check byte" in fault] == [
        f"check byte {check ^ 1:02X}h, expected {check:02X}h"
    ]


@pytest.mark.parametrize(("text", "check"), CHECK_BYTES)
def test_check_bytes_of_what_goes_out(text: str, check: int) -> None:
    serial = Serial().alive()
    serial.pms.say_text(text)
    assert serial.line.take() == STX + text.encode() + ETX + bytes([check])


def test_one_record_at_a_time_each_after_the_answer_to_the_one_before() -> None:
    serial = Serial().alive()
    serial.pms.check_in("1000", Guest("1"), None)
    serial.pms.wake_up("1000", "260311", "020000")
    assert serial.line.take() == serial.frame("GI|RN1000|G#1|GSN|")
    assert serial.say(ACK) == b"\x02WR|RN1000|DA260311|TI020000|\x03\x06"
    assert serial.say(ACK) == b""


def test_a_refused_record_goes_four_times_and_is_dropped() -> None:
    serial = Serial().alive()
    serial.pms.wake_up("1000", "260311", "020000")
    frame = serial.line.take()
    assert [serial.say(NAK) for _ in range(4)] == [frame, frame, frame, b""]
    assert serial.violations() == ["NAK to a good record"] * 4
    serial.pms.wake_up("1000", "260311", "040000")
    assert serial.line.take().startswith(b"\x02WR")


def test_no_answer_is_asked_for_by_enq_before_the_record_goes_again() -> None:
    serial = Serial().alive()
    serial.pms.wake_up("1000", "260311", "020000")
    frame = serial.line.take()
    heard = []
    for _ in range(4):
        serial.clock.pass_(3)
        heard.append(serial.line.take())
    assert heard == [ENQ, ENQ, ENQ, frame]
    assert serial.say(ACK) == b""


def test_an_exchange_that_is_gone_is_greeted_once_when_it_comes_back_and_told_nothing_old() -> None:
    serial = Serial().alive()
    serial.pms.wake_up("1000", "260311", "020000")
    serial.pms.wake_up("1000", "260311", "030000")
    serial.clock.pass_(300)
    assert serial.pms.state == "starting"
    serial.line.take()
    assert serial.say(ACK) == b""
    serial.say(serial.frame("LD|DA260311|TI075000|V#1.00|IFPB|"))
    serial.say(serial.frame("LR|RIWR|FLRNDATI|"))
    assert b"LA|" in serial.say(serial.frame("LA|DA260311|TI075001|"))
    assert serial.say(ACK) == b""
    assert serial.pms.state == "alive"


def test_an_exchange_that_has_just_come_may_say_so_by_nak_to_an_enq() -> None:
    serial = Serial()
    serial.clock.pass_(3)
    serial.line.take()
    assert serial.say(NAK) == LS
    assert serial.violations() == []


def test_enq_is_answered_as_the_last_frame_was() -> None:
    serial = Serial()
    serial.say(ACK)
    assert serial.say(ENQ) == NAK
    serial.say(serial.frame("LS|DA260311|TI074501|"))
    assert serial.say(ENQ) == ACK
    serial.clock.pass_(7)
    serial.line.take()
    assert serial.say(ENQ) == NAK


def test_half_a_frame_is_forgotten() -> None:
    serial = Serial().alive()
    assert serial.say(b"\x02WR|RN10") == b""
    serial.clock.pass_(6)
    assert serial.line.take() == b""
    assert serial.say(serial.frame("WR|RN1000|DA260311|TI070000|")) == ACK
    assert serial.violations() == []


def test_an_unanswered_frame_must_be_asked_for_before_it_is_repeated() -> None:
    serial = Serial().alive()
    frame = serial.frame("WR|RN1000|DA260311|TI070000|")
    serial.pms.set_answers(Answers(line=("lose", "lose")))
    assert serial.say(frame) == b""
    assert serial.say(ENQ) == ACK
    assert serial.violations() == []
    assert serial.say(frame) == b""
    assert serial.say(frame) == ACK
    assert serial.violations() == ["a record is repeated that nobody has asked for by ENQ"]


def test_a_frame_is_refused_when_planned_and_taken_when_repeated() -> None:
    serial = Serial().alive()
    serial.pms.set_answers(Answers(line=("NAK",)))
    frame = serial.frame("WR|RN1000|DA260311|TI070000|")
    assert serial.say(frame) == NAK
    assert serial.pms.view()["rooms"] == {}
    assert serial.say(frame) == ACK
    assert "1000" in serial.pms.view()["rooms"]
    assert serial.violations() == []


def test_a_site_without_check_bytes_answers_every_frame() -> None:
    serial = Serial(lrc=False)
    assert serial.line.take() == LS[:-1]
    assert serial.say(ACK + b"\x02LD|DA260311|TI074501|V#1|IFPB|\x03") == ACK


def test_seven_data_bits_carry_no_accents() -> None:
    serial = Serial(seven_bit=True).alive()
    serial.pms.check_in("7", Guest("1", {"name": "Gösta Ångström"}), None)
    assert serial.line.take() == serial.frame("GI|RN7|G#1|GSN|GNGosta Angstrom|")


def test_a_partner_who_comes_late_is_greeted() -> None:
    serial = Serial()
    serial.clock.pass_(60)
    serial.line.take()
    serial.say(ACK)
    serial.clock.pass_(20)
    assert b"\x02LS|" in serial.line.take()


def test_garbage_on_the_line_has_good_and_bad_check_bytes() -> None:
    serial = Serial().alive()
    serial.pms.garbage(1, 500, 40)
    kinds = set()
    for piece in serial.line.take().split(STX):
        body, etx, rest = piece.partition(ETX)
        if etx and rest:
            check = 0
            for byte in body + ETX:
                check ^= byte
            kinds.add(check == rest[0])
    assert kinds == {True, False}
