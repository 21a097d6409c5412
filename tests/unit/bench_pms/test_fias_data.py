"""Guests, rooms and charges over FIAS, as an exchange sees and sends them."""

from __future__ import annotations

import pytest

from boardsupport.bench.pms.house import Guest
from boardsupport.bench.pms.pms import Answers, Resync
from boardsupport.bench.station import WrongStateError
from tests.unit.bench_pms.fias_client import STAMP, Exchange, charge

HOLM = Guest("88120", {"name": "Holm", "first_name": "Astrid", "language": "SV", "vip": "2", "class": "2"})


@pytest.fixture
def exchange() -> Exchange:
    return Exchange().alive()


def holm() -> Guest:
    return Guest(HOLM.key, dict(HOLM.details))


def test_check_in_change_and_check_out(exchange: Exchange) -> None:
    exchange.pms.check_in("0412", holm(), None)
    assert exchange.heard() == ["GI|RN0412|G#88120|GSN|GNHolm|GFAstrid|GLSV|GV2|CS2|"]
    exchange.pms.change("0412", None, {"name": "Holm-Rask", "vip": ""})
    assert exchange.heard() == ["GC|RN0412|G#88120|GSN|GNHolm-Rask|GV|"]
    assert exchange.pms.view()["rooms"]["0412"]["guests"][0]["name"] == "Holm-Rask"
    exchange.pms.check_out("0412", None, None, False)
    assert exchange.heard() == ["GO|RN0412|G#88120|GSN|"]
    assert exchange.pms.view()["rooms"]["0412"]["guests"] == []


def test_each_record_says_whether_somebody_else_is_in_the_room(exchange: Exchange) -> None:
    exchange.pms.check_in("203", holm(), None)
    exchange.pms.check_in("203", Guest("88121", {"name": "Rask"}), None)
    assert exchange.heard()[1] == "GI|RN203|G#88121|GSY|GNRask|"
    exchange.pms.check_out("203", "88120", None, False)
    exchange.pms.check_out("203", None, None, True)
    assert exchange.heard() == ["GO|RN203|G#88120|GSY|", "GO|RN203|G#88121|GSN|SF|"]


def test_a_guest_who_is_not_there_cannot_leave(exchange: Exchange) -> None:
    exchange.pms.check_in("203", holm(), None)
    exchange.pms.check_in("203", Guest("2"), None)
    exchange.heard()
    for key in (None, "77"):
        with pytest.raises(WrongStateError):
            exchange.pms.check_out("203", key, None, False)
    assert exchange.heard() == []
    exchange.pms.check_out("204", None, None, False)
    assert exchange.heard() == ["GO|RN204|GSN|"]


def test_an_exchange_that_asks_for_the_time_of_a_record_gets_it() -> None:
    exchange = Exchange().alive(GI="RNDATI")
    exchange.pms.check_in("0412", holm(), None)
    assert exchange.heard() == ["GI|RN0412|DA260311|TI074500|"]


@pytest.mark.parametrize(
    ("how", "records"),
    [
        ("gc", ["GC|RN533|GSN|RO412|GSN|G#88120|GNHolm|GFAstrid|GLSV|GV2|CS2|"]),
        ("go-gi", ["GO|RN412|G#88120|GSN|", "GI|RN533|G#88120|GSN|GNHolm|GFAstrid|GLSV|GV2|CS2|"]),
        ("gi-go", ["GI|RN533|G#88120|GSN|GNHolm|GFAstrid|GLSV|GV2|CS2|", "GO|RN412|G#88120|GSN|"]),
    ],
)
def test_moves(exchange: Exchange, how: str, records: list[str]) -> None:
    exchange.pms.check_in("412", holm(), None)
    exchange.pms.wake_up("412", "260312", "064500")
    exchange.heard()
    exchange.pms.move("412", "533", None, how)
    assert exchange.heard() == records
    rooms = exchange.pms.view()["rooms"]
    assert rooms["412"]["guests"] == []
    assert rooms["533"]["wake_ups"] == [{"date": "260312", "time": "064500", "state": "ordered"}]


def test_a_move_out_of_and_into_shared_rooms_says_so_beside_each_room(exchange: Exchange) -> None:
    for key, room in (("1", "101"), ("2", "101"), ("3", "102")):
        exchange.pms.check_in(room, Guest(key), None)
    exchange.heard()
    exchange.pms.move("101", "102", "2", None)
    assert exchange.heard() == ["GC|RN102|GSY|RO101|GSY|G#2|"]


@pytest.mark.parametrize(
    ("how", "records"),
    [
        ("gc", ["GC|RN102|GSY|RO101|GSN|G#1|", "GC|RN101|GSN|RO102|GSY|G#2|"]),
        ("go-gi", ["GO|RN101|G#1|GSN|", "GO|RN102|G#2|GSN|", "GI|RN102|G#1|GSN|", "GI|RN101|G#2|GSN|"]),
        ("gi-go", ["GI|RN102|G#1|GSY|", "GI|RN101|G#2|GSY|", "GO|RN101|G#1|GSY|", "GO|RN102|G#2|GSY|"]),
    ],
)
def test_a_swap(exchange: Exchange, how: str, records: list[str]) -> None:
    exchange.pms.check_in("101", Guest("1"), None)
    exchange.pms.check_in("102", Guest("2"), None)
    exchange.heard()
    exchange.pms.swap("101", "102", how)
    assert exchange.heard() == records
    assert exchange.pms.view()["rooms"]["101"]["guests"] == [{"key": "2"}]


def test_equipment_wake_ups_and_messages(exchange: Exchange) -> None:
    exchange.pms.check_in("203", holm(), None)
    exchange.heard()
    exchange.pms.equip("203", "1", True, False)
    exchange.pms.wake_up("203", "260312", "064500")
    exchange.pms.clear_wake_up("203", "260312", "064500")
    exchange.pms.clear_wake_up("203", None, None)
    exchange.pms.message("203", None, "Call home | now")
    exchange.pms.delete_message("203", "1")
    assert exchange.heard() == [
        "RE|RN203|CS1|DNY|MLN|", "WR|RN203|DA260312|TI064500|", "WC|RN203|DA260312|TI064500|", "WC|RN203|DA|TI|",
        "XL|RN203|G#88120|MI1|MTCall home   now|DA260311|TI074500|", "XD|RN203|G#88120|MI1|",
    ]  # fmt: skip


def test_what_the_exchange_reports_is_believed(exchange: Exchange) -> None:
    exchange.say("RE|RN203|RS3|", "RE|RN203|VM0103|", "RE|RN203|MLY|", "WR|RN203|DA260312|TI070000|")
    room = exchange.pms.view()["rooms"]["203"]
    assert (room["status"], room["voice_mail"], room["lamp"]) == ("3", "0103", True)
    assert room["wake_ups"] == [{"date": "260312", "time": "070000", "state": "ordered"}]
    exchange.say("WA|RN203|DA260312|TI070000|ASNR|")
    assert exchange.pms.view()["rooms"]["203"]["wake_ups"][0]["state"] == "NR"
    assert exchange.violations() == []


def test_a_wake_up_is_answered_once_and_with_its_own_time(exchange: Exchange) -> None:
    exchange.pms.wake_up("203", "260312", "064500")
    exchange.say("WA|RN203|DA260312|TI064507|ASOK|")
    exchange.say("WA|RN203|DA260312|TI064500|ASOK|")
    exchange.say("WA|RN203|DA260312|TI064500|ASOK|")
    assert [fault[:12] for fault in exchange.violations()] == ["WA for a wak", "a second WA "]


def test_a_wake_up_of_who_has_left_or_moved_may_be_answered_as_cancelled_and_once(exchange: Exchange) -> None:
    wake = "DA260312|TI064500|"
    exchange.pms.check_in("203", Guest("1"), False)
    exchange.pms.wake_up("203", "260312", "064500")
    exchange.pms.move("203", "204", "1", "go-gi")
    exchange.say(f"WA|RN203|{wake}ASDE|", f"WR|RN204|{wake}")
    exchange.pms.check_in("203", Guest("2"), False)
    exchange.pms.swap("203", "204", "go-gi")
    exchange.say(f"WA|RN204|{wake}ASDE|", f"WR|RN203|{wake}")
    exchange.pms.check_out("203", "1", None, False)
    exchange.say(f"WA|RN203|{wake}ASDE|")
    assert exchange.violations() == []
    exchange.say(f"WA|RN203|{wake}ASDE|")
    assert [fault[:12] for fault in exchange.violations()] == ["WA for a wak"]


def test_a_wake_up_set_at_the_telephone_comes_back_where_the_site_has_it_so(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(echo=True))
    assert exchange.say("WR|RN203|DA260312|TI070000|") == ["WR|RN203|DA260312|TI070000|"]


def test_messages_are_told_when_asked_for(exchange: Exchange) -> None:
    exchange.pms.check_in("203", holm(), None)
    exchange.pms.message("203", None, "One")
    exchange.heard()
    assert exchange.say("XM|RN203|G#88120|") == ["XT|RN203|G#88120|MI1|MTOne|"]
    exchange.say("XD|RN203|G#88120|MI1|")
    assert exchange.say("XM|RN203|G#88120|") == ["XT|RN203|G#88120|"]


def test_what_happens_without_a_link_is_believed_and_not_sent() -> None:
    exchange = Exchange()
    exchange.pms.check_in("203", holm(), None)
    exchange.alive()
    assert exchange.say(f"DR|{STAMP}")[1] == "GI|RN203|G#88120|GSN|GNHolm|GFAstrid|GLSV|GV2|CS2|SF|"


# --- charges


def test_a_charge_is_booked_and_answered(exchange: Exchange) -> None:
    assert exchange.say(charge(317)) == ["PA|ASOK|RN203|P#317|DA260311|TI074500|"]
    [posting] = exchange.pms.view()["postings"]
    assert (posting["number"], posting["room"], posting["amount"], posting["kind"]) == (317, "203", 240, "C")
    assert (posting["dialled"], posting["duration"]) == ("0046855512", "000412")
    assert (posting["date"], posting["time"], posting["repeats"]) == ("260311", "203015", 0)
    assert exchange.violations() == []


def test_a_lost_answer_and_the_repeat_book_once(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(next=("lose",), pad=4))
    assert exchange.say(charge(7)) == []
    assert exchange.say(charge(7)) == ["PA|ASOK|RN203|P#0007|DA260311|TI074500|"]
    seen = exchange.pms.view()
    assert (seen["booked"], seen["repeats"], seen["conflicts"]) == (1, 1, 0)
    assert exchange.violations() == []


def test_the_same_number_for_something_else_is_booked_and_told(exchange: Exchange) -> None:
    exchange.say(charge(7), charge(7, amount=300))
    seen = exchange.pms.view()
    assert [posting["conflict"] for posting in seen["postings"]] == [False, True]
    assert exchange.violations() == ["P#7 was booked before, for something else"]


def test_another_charge_before_the_answer_is_a_fault_unless_the_first_was_repeated(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(next=("lose", "OK", "lose", "lose", "OK")))
    exchange.say(charge(1), charge(2))
    assert exchange.violations() == ["a charge while the answer to P#1 was to come"]
    exchange.pms.reset_counts()
    exchange.say(charge(3), charge(3), charge(4))
    assert exchange.violations() == []


def test_a_charge_that_was_asked_for_on_another_connection_was_repeated_too(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(next=("lose", "lose")))
    exchange.say(charge(3))
    exchange.line.cut()
    exchange.alive()
    exchange.say(charge(3), charge(4))
    assert exchange.violations() == []


def test_a_late_answer_comes_late(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(next=("late",), delay_ms=5000))
    assert exchange.say(charge(1)) == []
    exchange.clock.pass_(5)
    assert exchange.heard() == ["PA|ASOK|RN203|P#1|DA260311|TI074505|"]


@pytest.mark.parametrize("status", ["NG", "NP", "UR", "RY", "QQ"])
def test_refusals_book_nothing(exchange: Exchange, status: str) -> None:
    exchange.pms.set_answers(Answers(next=(status,)))
    reason = {"NG": "No such guest", "NP": "No posting allowed", "UR": "Unprocessable", "RY": "Try again"}
    told = f"CT{reason.get(status, 'Refused')}"
    assert exchange.say(charge(1)) == [f"PA|AS{status}|RN203|P#1|{told}|DA260311|TI074500|"]
    assert (exchange.pms.view()["booked"], exchange.pms.view()["refused"]) == (0, {status: 1})
    assert exchange.say(charge(1))[0].startswith("PA|ASOK|")


def test_the_night_audit_takes_no_charge(exchange: Exchange) -> None:
    exchange.pms.night_audit(True)
    assert exchange.heard() == ["NS|DA260311|TI074500|"]
    assert exchange.say(charge(1))[0].startswith("PA|ASNA|")
    exchange.pms.night_audit(False)
    assert exchange.heard() == ["NE|DA260311|TI074500|"]
    assert exchange.say(charge(1))[0].startswith("PA|ASOK|")
    assert exchange.pms.view()["booked"] == 1


def test_a_room_without_a_guest_pays_nothing_but_a_repeat_of_what_was_booked_is_known(exchange: Exchange) -> None:
    exchange.pms.check_in("203", holm(), None)
    exchange.say(charge(1))
    exchange.pms.check_out("203", None, None, False)
    exchange.heard()
    assert exchange.say(charge(2))[0].startswith("PA|ASNG|")
    assert exchange.say(charge(1))[0].startswith("PA|ASOK|")


def test_what_the_exchange_says_of_a_room_makes_it_no_room_without_a_guest(exchange: Exchange) -> None:
    """The PMS has never named it: it may be occupied, and a resync has nothing to say of it."""
    exchange.say("RE|RN203|RS1|", "WR|RN203|DA260312|TI064500|")
    assert exchange.pms.view()["rooms"]["203"]["status"] == "1"
    assert exchange.say(charge(1))[0].startswith("PA|ASOK|")
    exchange.pms.resync(Resync(None))
    assert [record[:2] for record in exchange.heard()] == ["DS", "DE"]
    exchange.pms.check_out("203", None, None, False)
    exchange.heard()
    assert exchange.say(charge(2))[0].startswith("PA|ASNG|")


def test_a_link_cut_after_booking_and_before_the_answer(exchange: Exchange) -> None:
    exchange.pms.set_answers(Answers(next=("cut",)))
    assert exchange.say(charge(1)) == []
    assert not exchange.line.connected
    exchange.alive()
    assert exchange.say(charge(1))[0].startswith("PA|ASOK|")
    assert (exchange.pms.view()["booked"], exchange.pms.view()["repeats"]) == (1, 1)


def test_minibar_articles_may_repeat(exchange: Exchange) -> None:
    two = "PS|RN203|P#1|PTM|MA12|M#1|MA{}|M#2|DA260311|TI203015|"
    exchange.say(two.format(7), two.format(8))
    assert exchange.pms.view()["conflicts"] == 1
    assert len(exchange.violations()) == 1


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (charge("0"), "P# is '0'"),
        (charge("0007"), "P# is '0007'"),
        ("PS|RN203|PTC|TA240|", "P# is missing"),
        ("PS|RN203|P#1|PTC|TA2.40|", "TA is '2.40'"),
        ("PS|RN203|P#1|PTC|", "PT C without TA"),
        ("PS|RN203|P#1|PTT|DU000100|", "PT T with neither MP nor DU and DD"),
        ("PS|RN203|P#1|PTM|", "PT M without MA"),
        ("PS|RN203|P#1|PTX|TA1|", "PT is 'X'"),
        (charge(1, DD="+46855512"), "DD is '+46855512'"),
        (charge(1, DU="000470"), "DU is '000470'"),
        (charge(1, DA="261332"), "DA is '261332'"),
        (charge(1, CT=""), "CT is empty: it should be left out"),
        (charge(1, SO="TEL"), "SO is not in the LR"),
        ("PS|RN203|RN204|P#1|PTC|TA1|", "RN comes twice"),
        ("RE|RN203|RS7|", "RS is '7'"),
        ("RE|RN203|CS1|", "CS is for the PMS to tell"),
        ("RE|RS3|", "RN is missing"),
        ("WA|RN203|DA260312|TI070000|ASQQ|", "ASQQ is no answer to a wake-up"),
        ("XR|RN203|G#1|", "a record must be asked for by LR before it is sent"),
    ],
)
def test_what_is_wrong_with_a_record_is_listed(exchange: Exchange, record: str, fault: str) -> None:
    exchange.say(record)
    assert fault in exchange.violations()


# --- resync


def test_a_resync_tells_every_room_between_begin_and_end(exchange: Exchange) -> None:
    exchange.pms.check_in("101", Guest("1", {"name": "Bauer"}), None)
    exchange.pms.check_in("101", Guest("2"), None)
    exchange.pms.check_out("102", None, None, False)
    exchange.heard()
    assert exchange.say(f"DR|{STAMP}") == [
        "DS|DA260311|TI074500|", "GI|RN101|G#1|GSN|GNBauer|SF|", "GI|RN101|G#2|GSY|SF|", "GO|RN102|GSN|SF|",
        "DE|DA260311|TI074500|",
    ]  # fmt: skip


def test_a_resync_of_invented_rooms_with_a_pause_and_live_records_between(exchange: Exchange) -> None:
    exchange.pms.resync(Resync(rooms=("1000", "1001"), pace_ms=1500))
    exchange.pms.check_in("1000", Guest("9"), None)
    exchange.clock.pass_(1.4)
    assert [record[:9] for record in exchange.heard()] == ["DS|DA2603", "GO|RN1000", "GI|RN1000"]
    exchange.say("RE|RN1000|RS4|")
    assert exchange.violations() == ["data between DS and DE"]
    exchange.clock.pass_(1)
    assert [record[:9] for record in exchange.heard()] == ["GO|RN1001", "DE|DA2603"]


def test_a_resync_that_is_cut_before_its_end(exchange: Exchange) -> None:
    exchange.pms.asked_resync = Resync(rooms=("101",), cut_before_end=True)
    assert [record[:2] for record in exchange.say(f"DR|{STAMP}")] == ["DS", "GO"]
    assert not exchange.line.connected


def test_a_resync_without_an_end_and_one_that_is_ignored(exchange: Exchange) -> None:
    exchange.pms.asked_resync = Resync(rooms=("101",), no_end=True)
    assert [record[:2] for record in exchange.say(f"DR|{STAMP}")] == ["DS", "GO"]
    exchange.pms.asked_resync = None
    assert exchange.say(f"DR|{STAMP}") == []


# --- names and garbage


def test_names_go_out_in_the_code_page_of_the_site() -> None:
    exchange = Exchange(encoding="cp1250").alive()
    exchange.pms.check_in("203", Guest("1", {"name": "Gałczyński 王"}), None)
    assert exchange.line.take() == "\x02GI|RN203|G#1|GSN|GNGałczyński ?|\x03".encode("cp1250")


def test_zeros_before_a_room_count(exchange: Exchange) -> None:
    exchange.pms.check_in("0412", holm(), None)
    exchange.say("RE|RN0412|RS3|", "RE|RN999|RS3|", "RE|RN412|RS3|")
    assert exchange.violations() == ["room 412 is 0412 here"]


def test_an_order_that_is_none_may_be_answered_as_unprocessable(exchange: Exchange) -> None:
    exchange.say("WA|RN203|DA260312|TI070000|ASUR|")
    assert len(exchange.violations()) == 1
    exchange.pms.say_text("WR|RN203|DA269931|TI070000|")
    exchange.say("WA|RN203|DA269931|TI070000|ASUR|")
    assert len(exchange.violations()) == 1


def test_garbage_is_reproducible_and_holds_no_good_record(exchange: Exchange) -> None:
    exchange.pms.check_in("203", holm(), None)
    exchange.heard()
    exchange.pms.garbage(5, 2000, 60)
    first = exchange.line.take()
    exchange.pms.garbage(5, 2000, 60)
    assert first == exchange.line.take()
    exchange.pms.garbage(6, 2000, 60)
    assert first != exchange.line.take()
    closed = [piece.rsplit(b"\x02", 1)[-1] for piece in first.split(b"\x03")[:-1]]
    assert len(closed) > 500
    assert not [body for body in closed if body.startswith((b"GI|RN203|G", b"GO|RN203", b"WR|RN203|DA260312|TI0"))]
    exchange.pms.say_text("GI|RN204|G#5|GSN|")
    assert exchange.heard() == ["GI|RN204|G#5|GSN|"]
