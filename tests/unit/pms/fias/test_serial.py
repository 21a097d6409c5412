"""FIAS over a cable: the place of a byte says what it is, and nothing is repeated before it was asked for."""

from __future__ import annotations

from itertools import product
from string import ascii_letters, digits

import pytest

from firmware.pms.fias.serial_line import frame, lrc
from firmware.pms.machine import Told
from firmware.pms.model import (
    CheckIn,
    Equipment,
    NightAudit,
    Posting,
    StatusNews,
    WakeupNews,
    WakeupResult,
    WakeupSet,
)
from tests.unit.fias_check_bytes import CHECK_BYTES
from tests.unit.pms.fias.partner import ACK, ENQ, ETX, NAK, STX, Partner, checked, framed, wall

NEWS = StatusNews(room="0412", status="dirty", occupied=True)
SENT = checked("RE|RN0412|RS2|")
GI = "GI|RN0412|G#88120|GSN|GNHolm|"
CALL = Posting(
    id=1, number=317, room="0412", kind="call", amount=240, started=wall("2026-03-11 20:30:15"), dialled="0468"
)


@pytest.fixture
def pms() -> Partner:
    partner = Partner(serial=True)
    partner.start_serial()
    return partner


@pytest.mark.parametrize(("data", "value"), CHECK_BYTES)
def test_the_check_is_that_of_the_specification(data: str, value: int) -> None:
    assert lrc(data.encode()) == value
    assert frame(data.encode()) == framed(data) + bytes((value,))


# --------------------------------------------------------------------------------------------------------- receiving


@pytest.mark.parametrize("hour", [1, 2, 4, 6, 7])
def test_a_check_may_look_like_anything_when_it_comes(pms: Partner, hour: int) -> None:
    for byte in checked(f"WR|RN1000|DA260311|TI0{hour}0000|"):
        pms.give(bytes((byte,)))
    assert pms.events == [WakeupSet(room="1000", at=wall(f"2026-03-11 {hour:02}:00"))]
    assert pms.hears_bytes() == ACK
    pms.give(checked(GI))
    assert pms.hears_bytes() == ACK


@pytest.mark.parametrize("value", [ENQ, ACK, NAK, STX, ETX])
def test_a_check_is_no_answer_to_what_is_on_its_way(pms: Partner, value: bytes) -> None:
    records = (checked(f"RE|RN{first}{second}|MLY|") for first, second in product(ascii_letters + digits, repeat=2))
    record = next(record for record in records if record.endswith(value))
    pms.tell(NEWS)
    pms.hears_bytes()
    pms.give(record)
    assert pms.hears_bytes() == ACK
    assert pms.told == []
    pms.give(ACK)
    assert pms.told == [Told("news", "done")]


def test_a_wrong_check_is_answered_nak_and_given_to_nobody(pms: Partner) -> None:
    pms.give(framed(GI) + b"\x00")
    assert pms.events == []
    assert pms.hears_bytes() == NAK
    assert pms.counted["refused", "bad LRC"] == 1
    pms.give(checked(GI))
    assert pms.hears_bytes() == ACK
    assert len(pms.events) == 1


def test_the_ack_goes_out_when_the_event_is_kept_and_not_before() -> None:
    pms = Partner(serial=True)
    pms.start_serial()
    machine = pms.machine
    kinds = [type(output).__name__ for output in machine.received(checked(GI), pms.now)]
    assert "Deliver" in kinds
    assert "Transmit" not in kinds
    kinds = [type(output).__name__ for output in machine.received(ENQ, pms.now)]
    assert kinds == []
    assert "Transmit" in [type(output).__name__ for output in machine.handled([None], pms.now)]


def test_a_record_that_the_hotel_refuses_was_understood_all_the_same(pms: Partner) -> None:
    pms.refuse = lambda event: "unknown room"
    pms.give(checked(GI))
    assert pms.hears_bytes() == ACK
    assert pms.counted["refused", "hotel refused"] == 1


def test_records_without_an_event_are_acknowledged_too(pms: Partner) -> None:
    pms.give(checked("LA|") + checked("ZZ|RN1|") + checked("PA|ASOK|P#5|"))
    assert pms.hears_bytes() == ACK * 3


def test_answers_keep_the_order_of_the_records(pms: Partner) -> None:
    pms.give(checked(GI) + framed(GI) + b"\x00" + checked("LA|"))
    assert pms.hears_bytes() == ACK + NAK + ACK


def test_an_enq_brings_the_answer_again(pms: Partner) -> None:
    pms.give(checked(GI))
    pms.hears_bytes()
    for _ in range(3):
        pms.wait(3)
        pms.give(ENQ)
        assert pms.hears_bytes() == ACK
    pms.give(framed(GI) + b"\x00")
    pms.hears_bytes()
    pms.give(ENQ)
    assert pms.hears_bytes() == NAK


def test_an_enq_at_the_beginning_is_answered_nak() -> None:
    pms = Partner(serial=True)
    pms.connect()
    pms.give(ENQ)
    assert pms.hears_bytes() == NAK


def test_an_enq_much_later_is_answered_nak(pms: Partner) -> None:
    pms.give(checked(GI))
    pms.hears_bytes()
    pms.wait(6.5)
    pms.give(ENQ)
    assert pms.hears_bytes() == NAK


def test_an_enq_after_a_frame_whose_beginning_was_lost_is_answered_nak(pms: Partner) -> None:
    pms.give(checked(GI))
    pms.hears_bytes()
    pms.give(checked("RE|RN1|MLY|")[1:])
    pms.give(ENQ)
    assert pms.hears_bytes() == NAK


def test_an_enq_after_a_frame_that_stopped_is_not_answered_for_the_record_before(pms: Partner) -> None:
    pms.give(checked(GI))
    pms.hears_bytes()
    pms.give(checked("RE|RN1|MLY|")[:-4])
    pms.wait(5)
    assert pms.hears_bytes() == b""
    assert pms.counted["refused", "broken off"] == 1
    pms.give(ENQ)
    assert pms.hears_bytes() == NAK
    pms.give(checked("RE|RN1|MLY|"))
    assert pms.hears_bytes() == ACK
    assert [type(event) for event in pms.events] == [CheckIn, Equipment]


def test_a_slow_line_has_longer_frames() -> None:
    pms = Partner(serial=True, baud=1200)
    pms.start_serial()
    pms.give(checked(GI)[:-4])
    pms.wait(30)
    pms.give(checked(GI)[-4:])
    assert len(pms.events) == 1


def test_a_record_that_is_repeated_as_its_ack_was_lost_counts_once(pms: Partner) -> None:
    pms.give(checked(GI))
    pms.wait(12)
    pms.give(checked(GI))
    assert pms.hears_bytes() == ACK + ACK
    assert len(pms.events) == 1
    assert pms.counted["refused", "duplicate"] == 1


def test_a_link_record_may_be_said_twice(pms: Partner) -> None:
    pms.give(checked("LA|") + checked("LA|"))
    assert pms.hears_bytes() == ACK + ACK
    assert pms.counted["received", "LA"] == 2


def test_the_same_record_much_later_is_a_new_one(pms: Partner) -> None:
    pms.give(checked("NS|"))
    pms.wait(20)
    pms.give(checked("NS|"))
    assert pms.events == [NightAudit(begins=True)] * 2


def test_without_a_check_every_whole_frame_is_acknowledged() -> None:
    pms = Partner(serial=True, lrc=False)
    pms.connect()
    pms.give(framed("LS|DA260311|TI074500|"))
    said = pms.hears_bytes()
    assert said.endswith(ETX)
    while ETX in said:
        pms.give(ACK)
        said = pms.hears_bytes()
    pms.give(framed("LA|") + framed("RE|RN1|MLY|") + framed("RE|RN2|MLY|"))
    assert len(pms.events) == 2
    assert pms.hears_bytes() == ACK * 3


# ----------------------------------------------------------------------------------------------------------- sending


def test_a_record_waits_for_the_ack_of_the_one_before() -> None:
    pms = Partner(serial=True)
    pms.connect()
    pms.give(checked("LS|DA260311|TI074500|"))
    said = pms.hears_bytes()
    assert said.startswith(ACK + STX + b"LD|")
    assert said.count(STX) == 1
    pms.give(ACK)
    assert pms.hears_bytes().startswith(STX + b"LR|")


def test_a_pms_that_did_not_notice_our_restart_has_us_back_and_loses_no_check_in() -> None:
    """A cable shows no disconnect: such a PMS answers LS by LA, and our own LA by nothing."""
    pms = Partner(serial=True)
    pms.connect()
    pms.wait(3)
    assert pms.hears_bytes().startswith(STX + b"LS|")
    pms.give(ACK + checked("LA|DA260311|TI074503|"))
    while ETX in pms.hears_bytes():
        pms.give(ACK)
    pms.give(checked(GI))
    assert pms.hears_bytes() == ACK
    assert [type(event) for event in pms.events] == [CheckIn]
    assert pms.machine.takes_posting()


def test_such_a_pms_with_nothing_to_tell_is_asked() -> None:
    pms = Partner(serial=True)
    pms.connect()
    pms.give(checked("LA|DA260311|TI074500|"))
    while ETX in pms.hears_bytes():
        pms.give(ACK)
    pms.wait(3.1)
    assert pms.hears_bytes().startswith(STX + b"LS|")
    pms.give(ACK + checked("LA|DA260311|TI074503|"))
    assert pms.machine.takes_posting()


def test_news_are_done_when_they_are_acknowledged(pms: Partner) -> None:
    pms.tell(NEWS)
    assert pms.hears_bytes() == SENT
    assert pms.told == []
    assert not pms.machine.takes_news()
    pms.give(ACK)
    assert pms.told == [Told("news", "done")]
    assert pms.machine.takes_news()


def test_four_naks_and_it_is_dropped(pms: Partner) -> None:
    pms.tell(NEWS)
    for _ in range(3):
        assert pms.hears_bytes() == SENT
        pms.give(NAK)
    assert pms.hears_bytes() == SENT
    assert pms.told == []
    pms.give(NAK)
    assert pms.hears_bytes() == b""
    assert pms.told == [Told("news", "refused")]
    pms.tell(WakeupNews(room="0412", at=wall("2026-03-12 07:00")))
    assert pms.hears_bytes().startswith(STX + b"WR|")


def test_a_charge_that_is_garbled_four_times_is_for_the_staff(pms: Partner) -> None:
    pms.post(CALL)
    for _ in range(4):
        pms.give(NAK)
    assert [(told.lane, told.outcome, told.status) for told in pms.told] == [("posting", "refused", "NAK")]
    assert pms.machine.takes_posting()


@pytest.mark.parametrize("answer", [ACK, NAK])
def test_a_missing_answer_is_asked_for_before_anything_is_repeated(pms: Partner, answer: bytes) -> None:
    pms.tell(NEWS)
    assert pms.hears_bytes() == SENT
    pms.wait(2.9)
    assert pms.hears_bytes() == b""
    pms.wait(0.2)
    assert pms.hears_bytes() == ENQ
    pms.give(answer)
    pms.wait(1)
    assert pms.hears_bytes() == (b"" if answer == ACK else SENT)
    assert len(pms.told) == (answer == ACK)


@pytest.mark.parametrize("answer", [ACK, NAK])
def test_a_second_answer_after_an_enq_is_not_for_the_next_frame(pms: Partner, answer: bytes) -> None:
    pms.tell(NEWS)
    pms.hears_bytes()
    pms.give(b"\x86")
    assert pms.hears_bytes() == ENQ
    pms.give(answer)
    pms.wait(0.2)
    pms.give(answer)
    pms.wait(1)
    if answer == ACK:
        pms.tell(WakeupNews(room="0412", at=wall("2026-03-12 07:00")))
    assert pms.hears_bytes().count(STX) == 1
    assert len(pms.told) == (answer == ACK)


def test_a_strange_byte_in_place_of_an_answer_is_asked_about_at_once(pms: Partner) -> None:
    pms.tell(NEWS)
    pms.hears_bytes()
    pms.give(b"\x86\x00\xff")
    assert pms.hears_bytes() == ENQ


def test_three_enquiries_and_then_the_record_once_more_and_then_a_new_connection(pms: Partner) -> None:
    pms.tell(NEWS)
    said = [pms.hears_bytes()]
    for _ in range(7):
        pms.wait(3.1)
        said.append(pms.hears_bytes())
    assert said == [SENT, ENQ, ENQ, ENQ, SENT, ENQ, ENQ, ENQ]
    assert pms.reconnects == []
    pms.wait(3.1)
    assert len(pms.reconnects) == 1
    assert pms.told == [Told("news", "unanswered")]
    assert pms.machine.state == "down"


def test_both_directions_have_a_record_on_their_way(pms: Partner) -> None:
    pms.tell(NEWS)
    pms.hears_bytes()
    pms.give(checked(GI)[:9])
    pms.give(checked(GI)[9:])
    assert len(pms.events) == 1
    assert pms.hears_bytes() == ACK
    pms.wait(3.1)
    assert pms.hears_bytes() == ENQ
    pms.give(ENQ + ACK)
    assert pms.hears_bytes() == ACK
    assert pms.told == [Told("news", "done")]


def test_an_answer_that_nobody_waits_for_is_no_harm(pms: Partner) -> None:
    pms.give(ACK + NAK + ACK)
    assert pms.hears_bytes() == b""
    pms.tell(NEWS)
    assert pms.hears_bytes() == SENT


@pytest.mark.parametrize(
    ("outcome_hour", "check"), [(1, 0x05), (2, 0x06), (4, 0x00), (6, 0x02), (7, 0x03)], ids=lambda value: hex(value)
)
def test_a_check_may_look_like_anything_when_it_goes_out(pms: Partner, outcome_hour: int, check: int) -> None:
    pms.tell(WakeupNews(room="1000", at=wall(f"2026-03-11 {outcome_hour:02}:00")))
    said = pms.hears_bytes()
    assert said == framed(f"WR|RN1000|DA260311|TI0{outcome_hour}0000|") + bytes((check,))
    pms.give(ACK)
    assert pms.told == [Told("news", "done")]


def test_charges_are_answered_over_a_cable_too(pms: Partner) -> None:
    pms.post(CALL)
    pms.give(ACK)
    pms.give(checked("PA|ASOK|P#0317|"))
    assert pms.told == [Told("posting", "done", "OK", None)]
    outputs = [type(output).__name__ for output in pms.outputs]
    assert outputs.index("Told") < len(outputs) - 1 - outputs[::-1].index("Transmit")


def test_an_answer_may_overtake_the_ack(pms: Partner) -> None:
    pms.post(CALL)
    pms.give(checked("PA|ASOK|P#317|"))
    assert [told.outcome for told in pms.told] == ["done"]
    pms.give(ACK)
    pms.wait(100)
    assert len(pms.told) == 1


def test_what_was_on_its_way_when_the_cable_was_pulled_is_in_doubt_and_what_waited_is_not(pms: Partner) -> None:
    pms.tell(NEWS)
    pms.post(CALL)
    pms.lose()
    assert sorted((told.lane, told.outcome) for told in pms.told) == [("news", "unanswered"), ("posting", "again")]


def test_a_wakeups_result_keeps_its_moment(pms: Partner) -> None:
    pms.tell(WakeupResult(room="0412", at=wall("2026-03-12 06:45"), outcome="OK"))
    assert pms.hears_bytes() == checked("WA|RN0412|DA260312|TI064500|ASOK|")
