"""What the hotel tells beside charges, and the resync in which it tells nothing."""

from __future__ import annotations

import pytest

from firmware.errors import OurFaultError
from firmware.pms.machine import Told
from firmware.pms.model import (
    CheckIn,
    DndNews,
    LampNews,
    MessageNews,
    MessagesWanted,
    News,
    ResyncBegun,
    ResyncEnded,
    ResyncWanted,
    StatusNews,
    VoiceMailNews,
    WakeupClearedNews,
    WakeupNews,
    WakeupResult,
)
from tests.unit.pms.fias.partner import Partner, wall

WAKE = wall("2026-03-12 07:00")


@pytest.fixture
def pms() -> Partner:
    partner = Partner()
    partner.start()
    return partner


@pytest.mark.parametrize(
    ("news", "record"),
    [
        (StatusNews(room="0412", status="dirty", occupied=False), "RE|RN0412|RS1|"),
        (StatusNews(room="0412", status="dirty", occupied=True), "RE|RN0412|RS2|"),
        (StatusNews(room="0412", status="clean", occupied=False, user="27"), "RE|RN0412|RS3|ID27|"),
        (StatusNews(room="0412", status="clean", occupied=True), "RE|RN0412|RS4|"),
        (StatusNews(room="0412", status="inspected", occupied=False), "RE|RN0412|RS5|"),
        (StatusNews(room="0412", status="inspected", occupied=True), "RE|RN0412|RS6|"),
        (StatusNews(room="0412", status="make-up", occupied=True), "RE|RN0412|RS9|"),
        (DndNews(room="0412", on=True, status="clean"), "RE|RN0412|RS8|"),
        (DndNews(room="0412", on=False, status="clean"), "RE|RN0412|RS4|"),
        (DndNews(room="0412", on=False), "RE|RN0412|RS10|"),
        (LampNews(room="0412", lit=True), "RE|RN0412|MLY|"),
        (LampNews(room="0412", lit=False), "RE|RN0412|MLN|"),
        (VoiceMailNews(room="0412", unheard=1, heard=3), "RE|RN0412|VM0103|"),
        (VoiceMailNews(room="0412", unheard=0, heard=0), "RE|RN0412|VM0000|"),
        (VoiceMailNews(room="0412", unheard=123, heard=7), "RE|RN0412|VM9907|"),
        (WakeupNews(room="0412", at=WAKE), "WR|RN0412|DA260312|TI070000|"),
        (WakeupClearedNews(room="0412", at=WAKE), "WC|RN0412|DA260312|TI070000|"),
        (WakeupClearedNews(room="0412"), "WC|RN0412|DA|TI|"),
        (WakeupResult(room="0412", at=WAKE, outcome="NR"), "WA|RN0412|DA260312|TI070000|ASNR|"),
        (MessageNews(room="0412", key="88120", text="a|b"), "XL|RN0412|G#88120|MTa b|DA260311|TI074500|"),
        (MessageNews(room="0412", key="88120", number="7", gone=True), "XD|RN0412|G#88120|MI7|"),
        (MessagesWanted(room="0412", key="88120"), "XM|RN0412|G#88120|"),
        (ResyncWanted(), "DR|DA260311|TI074500|"),
    ],
)
def test_news_are_a_record_and_done_once_sent(pms: Partner, news: News, record: str) -> None:
    pms.tell(news)
    assert pms.hears() == [record]
    assert pms.told == [Told("news", "done")]
    assert pms.machine.takes_news()


@pytest.mark.parametrize(
    "news",
    [
        StatusNews(room="0412", status="out-of-order", occupied=False),
        StatusNews(room="0412", status="service", occupied=True),
        MessageNews(room="0412", text="for nobody in particular"),
        MessageNews(room="0412", key="88120", gone=True),
    ],
)
def test_what_fias_has_no_word_for_is_not_served(pms: Partner, news: News) -> None:
    pms.tell(news)
    assert pms.hears() == []
    assert pms.told == [Told("news", "not-served")]


@pytest.mark.parametrize(
    ("encoding", "seven_bit", "text", "sent"),
    [
        ("utf-8", False, "Žižek €", "Žižek €".encode()),
        ("cp850", False, "Müller, Žižek", b"M\x81ller, Zizek"),
        ("cp1252", False, "Wałęsa “ß”", b"Walesa \x93\xdf\x94"),
        ("ascii", False, "Øster Straße 表", b"Oster Strasse ?"),
        ("utf-8", True, "Ænima é", b"AEnima e"),
        ("utf-8", False, "a|b\x02c\x03\td", b"a b c  d"),
        ("cp1252", False, "x\N{FULLWIDTH VERTICAL LINE}y", b"x y"),
    ],
)
def test_texts_are_written_with_what_the_code_page_has(encoding: str, seven_bit: bool, text: str, sent: bytes) -> None:
    pms = Partner(encoding=encoding, seven_bit=seven_bit)
    pms.start()
    pms.tell(MessageNews(room="1", key="2", text=text))
    assert b"|MT" + sent + b"|" in pms.hears_bytes()


def test_long_texts_are_cut_between_characters(pms: Partner) -> None:
    pms.tell(StatusNews(room="1", status="dirty", occupied=True, user="ä" * 40))
    assert pms.hears() == [f"RE|RN1|RS2|ID{'ä' * 8}|"]


def test_news_wait_for_a_link_that_is_alive(pms: Partner) -> None:
    pms.say("LE|")
    with pytest.raises(OurFaultError):
        pms.tell(ResyncWanted())


# ------------------------------------------------------------------------------------------------------------ resync


def test_a_resync_is_begun_and_ended_and_its_records_come_in_between(pms: Partner) -> None:
    pms.say("DS|DA260311|TI080001|", "GI|RN0101|G#88001|GSN|GNBauer|SF|", "DE|DA260311|TI080044|")
    begun, check_in, ended = pms.events
    assert (begun, ended) == (ResyncBegun(), ResyncEnded(complete=True))
    assert isinstance(check_in, CheckIn)
    assert check_in.resync


def test_in_a_resync_only_the_link_is_answered(pms: Partner) -> None:
    pms.say("DS|")
    assert not pms.machine.takes_posting()
    assert not pms.machine.takes_news()
    pms.say("WR|RN0412|DA260230|TI064500|")
    assert pms.hears() == []
    pms.say("DE|")
    assert pms.hears() == ["WA|RN0412|DA260230|TI064500|ASUR|"]
    assert pms.machine.takes_posting()


def test_silence_ends_a_resync_incomplete(pms: Partner) -> None:
    pms.say("DS|")
    for _ in range(4):
        pms.wait(29)
        pms.say("GI|RN0101|SF|")
    assert ResyncEnded(complete=False) not in pms.events
    pms.wait(31)
    assert pms.events[-1] == ResyncEnded(complete=False)
    assert pms.machine.takes_posting()


def test_a_big_house_has_more_patience() -> None:
    pms = Partner(resync_silence_s=360)
    pms.start()
    pms.say("DS|")
    pms.wait(299)
    assert pms.events == [ResyncBegun()]


def test_a_broken_link_ends_a_resync_incomplete_at_once(pms: Partner) -> None:
    pms.say("DS|", "GI|RN0101|SF|")
    pms.lose()
    assert pms.events[-1] == ResyncEnded(complete=False)
    pms.wait(100)
    assert pms.events.count(ResyncEnded(complete=False)) == 1


def test_a_resync_that_begins_anew_ends_the_one_before(pms: Partner) -> None:
    pms.say("DS|", "DS|", "DE|")
    assert pms.events == [ResyncBegun(), ResyncEnded(complete=False), ResyncBegun(), ResyncEnded(complete=True)]


def test_an_answer_of_ours_outlives_the_connection(pms: Partner) -> None:
    pms.say("DS|", "WR|RN0412|DA260230|TI064500|")
    pms.lose()
    pms.connect()
    pms.say("LS|")
    pms.hears()
    pms.say("LA|")
    assert pms.hears() == ["WA|RN0412|DA260230|TI064500|ASUR|"]
