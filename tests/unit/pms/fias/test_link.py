"""The link's life over TCP: connected is not alive, and alive is asked for."""

from __future__ import annotations

import pytest

from firmware.pms.model import CheckIn, Equipment, StatusNews
from tests.unit.pms.fias.partner import ETX, STX, Partner, framed

LS, LA, LE = "LS|DA260311|TI074500|", "LA|DA260311|TI074507|", "LE|DA260311|TI080000|"
RECORDS = ["GI", "GO", "GC", "RE", "WR", "WC", "WA", "PS", "PA", "NS", "NE", "XL", "XM", "XT", "XD"]
GI = "GI|RN0412|G#88120|GSN|GNHolm|"


@pytest.fixture
def pms() -> Partner:
    partner = Partner()
    partner.connect()
    return partner


def test_the_start_says_who_we_are_and_asks_for_every_record(pms: Partner) -> None:
    pms.say(LS)
    first, *requests, last = pms.hears()
    assert first == "LD|DA260311|TI074500|V#1|IFPB|"
    assert last == "LA|DA260311|TI074500|"
    asked = {request[5:7]: request.split("|FL")[1].rstrip("|") for request in requests}
    assert all(request.startswith("LR|RI") for request in requests)
    assert set(asked) == set(RECORDS)
    assert asked["RE"] == "RNG#CSDNMLRSIDVM"
    assert asked["WA"] == "RNDATIAS"
    assert {"RO", "GS", "G#"} <= {asked["GC"][at : at + 2] for at in range(0, len(asked["GC"]), 2)}
    assert pms.states == ["starting"]


def test_connected_is_not_alive_until_the_la(pms: Partner) -> None:
    pms.say(LS)
    assert not pms.machine.takes_posting()
    assert not pms.machine.takes_news()
    pms.say(LA)
    assert pms.machine.takes_posting()
    assert pms.machine.takes_news()
    assert pms.states == ["starting", "alive"]


def test_data_before_the_la_is_ignored_and_counted(pms: Partner) -> None:
    pms.say(GI, LS, GI, LA, GI)
    assert len(pms.events) == 1
    assert pms.counted["refused", "out of place"] == 2


def test_an_la_is_never_answered(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.hears()
    pms.say(LA, LA, LA)
    assert pms.hears() == []


def test_an_la_to_begin_with_asks_for_the_start_too(pms: Partner) -> None:
    pms.say(LA)
    assert pms.hears()[0].startswith("LD|")
    assert pms.states == ["starting"]
    pms.say(LA)
    assert pms.states == ["starting", "alive"]


def test_a_pms_that_has_been_alive_all_along_is_asked_for_the_la_that_it_does_not_owe_us(pms: Partner) -> None:
    pms.wait(3)
    pms.say(LA)
    pms.hears()
    pms.wait(2.9)
    assert pms.hears() == []
    pms.wait(0.2)
    assert [record[:3] for record in pms.hears()] == ["LS|"]
    pms.say(LA)
    assert pms.machine.takes_posting()
    pms.wait(100)
    assert (pms.hears(), pms.reconnects) == ([], [])


def test_the_pace_of_the_start_comes_before_that_question() -> None:
    pms = Partner(lr_pace_ms=1000)
    pms.connect()
    pms.say(LA)
    pms.wait(18.5)
    assert pms.hears()[-1].startswith("LA|")
    pms.wait(1)
    assert [record[:3] for record in pms.hears()] == ["LS|"]


@pytest.mark.parametrize("waited", [1, 10])
def test_data_of_a_pms_that_has_been_alive_all_along_is_life(pms: Partner, waited: float) -> None:
    pms.say(LA)
    pms.wait(waited)
    pms.say(GI)
    assert [type(event) for event in pms.events] == [CheckIn]
    assert pms.machine.takes_posting()
    pms.hears()
    pms.wait(100)
    assert (pms.hears(), pms.reconnects) == ([], [])


def test_an_ls_in_answer_to_that_question_brings_the_start(pms: Partner) -> None:
    pms.say(LA)
    pms.wait(4)
    pms.hears()
    pms.say(LS, GI)
    assert pms.hears()[0].startswith("LD|")
    assert pms.events == []
    pms.say(LA)
    assert pms.machine.takes_posting()


def test_a_pms_that_says_la_and_then_nothing_more_is_given_up(pms: Partner) -> None:
    pms.say(LA)
    pms.wait(32)
    assert pms.reconnects == []
    pms.wait(2)
    assert (len(pms.reconnects), pms.machine.state) == (1, "down")


def test_an_la_after_le_may_be_the_only_one_too(pms: Partner) -> None:
    pms.say(LS, LA, LE, LA)
    pms.hears()
    pms.wait(3.1)
    assert [record[:3] for record in pms.hears()] == ["LS|"]
    pms.say(LA)
    assert pms.machine.takes_posting()


def test_ls_bursts_bring_one_start_in_three_seconds(pms: Partner) -> None:
    pms.say(LS, LS, LS)
    assert sum(record.startswith("LD|") for record in pms.hears()) == 1
    pms.wait(2.9)
    pms.say(LS)
    assert pms.hears() == []
    pms.wait(0.2)
    pms.say(LS)
    assert sum(record.startswith("LD|") for record in pms.hears()) == 1


def test_a_pms_that_starts_anew_at_once_hears_the_start_again_when_it_may(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.hears()
    pms.wait(1)
    pms.say(LS, LS)
    assert pms.hears() == []
    assert not pms.machine.takes_posting()
    pms.wait(1.9)
    assert pms.hears() == []
    pms.wait(0.2)
    said = pms.hears()
    assert (said[0][:3], said[-1][:3]) == ("LD|", "LA|")
    pms.say(LA)
    assert pms.machine.takes_posting()
    pms.wait(10)
    assert pms.hears() == []


def test_a_pms_that_starts_anew_before_it_was_alive_hears_the_start_again_too(pms: Partner) -> None:
    pms.say(LS)
    pms.hears()
    pms.wait(1)
    pms.say(LS)
    pms.wait(1.9)
    assert pms.hears() == []
    pms.wait(0.2)
    said = pms.hears()
    assert (said[0][:3], said[-1][:3]) == ("LD|", "LA|")
    pms.say(LA)
    pms.wait(10)
    assert pms.hears() == []


def test_a_pms_that_starts_anew_amid_the_start_hears_the_whole_of_it() -> None:
    pms = Partner(lr_pace_ms=200)
    pms.connect()
    pms.say(LS)
    pms.wait(1)
    pms.say(LS)
    pms.wait(4)
    assert [record[:2] for record in pms.hears()] == ["LD", *["LR"] * 15, "LA"]
    pms.wait(10)
    assert [record[:2] for record in pms.hears()] == ["LD", *["LR"] * 15, "LA"]
    pms.say(LA)
    assert pms.machine.takes_posting()


@pytest.mark.parametrize("pace", [0, 200])
def test_an_ls_burst_that_one_start_has_answered_brings_no_other(pace: int) -> None:
    pms = Partner(lr_pace_ms=pace)
    pms.connect()
    pms.say(LS, LS, LS)
    pms.wait(2 + 16 * pace / 1000)
    pms.say(LA)
    pms.hears()
    pms.wait(10)
    assert pms.hears() == []


def test_a_good_bye_ends_a_start_that_was_to_come(pms: Partner) -> None:
    pms.say(LS, LA, LS, LE)
    pms.hears()
    pms.wait(10)
    assert pms.hears() == []


def test_an_ls_to_a_link_that_is_alive_brings_the_start_again(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.hears()
    pms.wait(60)
    pms.say(LS)
    said = pms.hears()
    assert (said[0][:3], said[-1][:3]) == ("LD|", "LA|")
    assert pms.machine.state == "alive"


@pytest.mark.parametrize("sign", [LA, GI])
def test_a_pms_that_starts_anew_gets_nothing_before_it_says_that_it_is_alive(pms: Partner, sign: str) -> None:
    pms.say(LS, LA)
    pms.wait(60)
    pms.say(LS)
    pms.wait(20)
    assert not pms.machine.takes_posting()
    assert not pms.machine.takes_news()
    pms.say(sign)
    assert pms.machine.takes_posting()
    assert pms.machine.takes_news()


def test_a_pms_that_only_asks_whether_we_are_there_need_not_say_that_it_is(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.wait(60)
    pms.say(LS)
    pms.wait(31)
    assert pms.machine.takes_posting()
    pms.say(LS)
    assert pms.machine.takes_posting()
    assert pms.reconnects == []


def test_a_pms_that_asks_so_ever_again_gets_charges_too(pms: Partner) -> None:
    pms.say(LS, LA)
    for _ in range(4):
        pms.wait(10)
        pms.say(LS)
    assert pms.machine.takes_posting()


def test_the_records_of_the_start_keep_their_distance() -> None:
    pms = Partner(lr_pace_ms=200)
    pms.connect()
    pms.say(LS)
    assert [record[:2] for record in pms.hears()] == ["LD"]
    pms.wait(0.199)
    assert pms.hears() == []
    for _ in range(15):
        pms.wait(0.2)
        assert [record[:2] for record in pms.hears()] == ["LR"]
    pms.wait(0.2)
    assert [record[:2] for record in pms.hears()] == ["LA"]


def test_nothing_of_ours_goes_out_between_the_records_of_a_start() -> None:
    pms = Partner(lr_pace_ms=200)
    pms.connect()
    pms.say(LS, LA)
    assert not pms.machine.takes_news()
    pms.wait(10)
    assert pms.machine.takes_news()


def test_the_slowest_pace_leaves_time_for_the_la() -> None:
    pms = Partner(lr_pace_ms=10_000)
    pms.connect()
    pms.say(LS)
    pms.wait(165)
    assert pms.hears()[-1].startswith("LA|")
    pms.say(LA)
    assert pms.machine.state == "alive"


def test_a_server_that_waits_for_us_is_spoken_to(pms: Partner) -> None:
    pms.wait(2.9)
    assert pms.hears() == []
    pms.wait(0.2)
    assert pms.hears() == ["LS|DA260311|TI074503|"]
    pms.wait(3)
    assert pms.hears()[0].startswith("LD|")
    pms.say(LA)
    assert pms.machine.state == "alive"


def test_a_start_without_la_is_given_up_after_thirty_seconds(pms: Partner) -> None:
    pms.say(LS)
    pms.wait(29)
    assert pms.reconnects == []
    pms.wait(2)
    assert len(pms.reconnects) == 1
    assert pms.machine.state == "down"


def test_silence_is_asked_by_ls_and_an_answer_is_life(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.hears()
    pms.wait(299)
    assert pms.hears() == []
    pms.wait(2)
    assert [record[:3] for record in pms.hears()] == ["LS|"]
    assert not pms.machine.takes_posting()
    pms.say(LA)
    assert pms.machine.takes_posting()
    pms.wait(100)
    assert pms.reconnects == []


def test_an_ls_in_answer_to_ours_says_that_the_pms_has_not_started_with_us(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.wait(301)
    pms.hears()
    pms.say(LS)
    assert pms.hears()[0].startswith("LD|")
    assert pms.machine.state == "starting"
    pms.wait(31)
    assert len(pms.reconnects) == 1


def test_any_record_is_a_sign_of_life(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.hears()
    for _ in range(3):
        pms.wait(200)
        pms.say(GI)
    assert pms.hears() == []


def test_a_half_open_connection_is_noticed(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.wait(300 + 29)
    assert pms.reconnects == []
    pms.wait(2)
    assert len(pms.reconnects) == 1
    assert pms.states[-1] == "down"


def test_the_times_are_the_sites() -> None:
    pms = Partner(keepalive_s=60, answer_s=5)
    pms.start()
    pms.wait(61)
    assert [record[:3] for record in pms.hears()] == ["LS|"]
    pms.wait(5)
    assert len(pms.reconnects) == 1


def test_le_is_answered_once_and_holds_what_waits(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.hears()
    pms.say(LE)
    assert [record[:3] for record in pms.hears()] == ["LE|"]
    assert pms.machine.state == "closed"
    assert not pms.machine.takes_posting()
    assert not pms.machine.takes_news()
    pms.say(LE)
    assert pms.hears() == []


def test_after_le_an_ls_begins_anew(pms: Partner) -> None:
    pms.say(LS, LA, LE)
    pms.hears()
    pms.say(LS)
    assert pms.hears()[0].startswith("LD|")
    assert pms.machine.state == "starting"
    pms.say(LA)
    assert pms.machine.takes_posting()


def test_after_le_any_record_means_life(pms: Partner) -> None:
    pms.say(LS, LA, LE)
    pms.forget()
    pms.say(GI)
    assert isinstance(pms.events[0], CheckIn)
    assert pms.machine.state == "alive"
    assert pms.hears()[0].startswith("LD|")


def test_after_le_a_silent_pms_is_asked_now_and_then(pms: Partner) -> None:
    pms.say(LS, LA, LE)
    pms.hears()
    pms.wait(301)
    assert [record[:3] for record in pms.hears()] == ["LS|"]
    assert pms.reconnects == []


def test_we_say_good_bye_and_do_not_answer_the_answer(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.hears()
    pms.close()
    assert [record[:3] for record in pms.hears()] == ["LE|"]
    pms.say(LE)
    assert pms.hears() == []


def test_half_a_frame_is_forgotten_with_its_connection(pms: Partner) -> None:
    pms.say(LS, LA)
    pms.give(b"\x02GI|RN0412|")
    pms.lose()
    pms.connect()
    pms.give(b"GNHolm|\x03" + framed(LS) + framed(LA) + framed(GI))
    assert [type(event) for event in pms.events] == [CheckIn]


def test_a_new_connection_begins_at_once_whatever_was_said_before(pms: Partner) -> None:
    pms.say(LS)
    pms.lose()
    pms.hears()
    pms.connect()
    pms.say(LS)
    assert pms.hears()[0].startswith("LD|")


@pytest.mark.parametrize(
    ("stream", "rooms"),
    [
        (b"\r\n" + framed("RE|RN1|MLY|") + b"\r\n\x00\x15" + framed("RE|RN2|MLY|"), ["1", "2"]),
        (b"\x02RE|RN1|ML" + framed("RE|RN2|MLY|"), ["2"]),
        (framed("RE|RN1|MLY"), ["1"]),
        (framed("RE|MLY|RN0101|ZZ?|"), ["0101"]),
        (STX + b"RE|RN1|MLY|" + b"x" * 5000 + ETX + framed("RE|RN2|MLY|"), ["2"]),
        (STX + b"RE|RN1|" + b"x" * 3000 + b"|MLY|" + ETX, ["1"]),
        (STX + ETX + STX + b"|||" + ETX + framed("RE|RN2|MLY|"), ["2"]),
    ],
)
def test_frames_are_found_in_any_stream(pms: Partner, stream: bytes, rooms: list[str]) -> None:
    pms.say(LS, LA)
    pms.give(stream)
    assert [event.room for event in pms.events if isinstance(event, Equipment)] == rooms


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("hello", "not a record"),
        ("ZZ|RN1|", "unknown record"),
        ("PS|RN1|TA5|", "not for us"),
        ("GI|GNHolm|", "missing field"),
        ("GI|RN|GNHolm|", "missing field"),
        ("GI|RN  |GNHolm|", "missing field"),
        ("PA|P#3|", "missing field"),
        ("GI|RN1\x072|", "bad value"),
        ("WC|RN1|DA260230|TI070000|", "bad value"),
        ("WC|RN1|TI070000|", "bad value"),
        ("DE|DA260311|TI080000|", "out of place"),
    ],
)
def test_what_is_no_record_is_counted_told_and_changes_nothing(pms: Partner, record: str, reason: str) -> None:
    pms.say(LS, LA)
    pms.forget()
    pms.say(record)
    assert pms.events == []
    assert pms.counted["refused", reason] == 1
    assert [note.pairs["why"] for note in pms.notes] == [reason]
    assert all(str(note.pairs["what"]).isprintable() for note in pms.notes)
    pms.say(GI)
    assert [type(event) for event in pms.events] == [CheckIn]


def test_what_is_sent_and_received_is_counted_by_record(pms: Partner) -> None:
    pms.say(LS, LA, GI)
    pms.tell(StatusNews(room="0412", status="dirty", occupied=True))
    assert pms.counted["received", "GI"] == 1
    assert pms.counted["sent", "RE"] == 1
    assert pms.counted["sent", "LR"] == 15
