"""The life of a FIAS link as the exchange sees it from outside: who speaks when, and what is held against it."""

from __future__ import annotations

import pytest

from boardsupport.bench.pms.house import Guest
from tests.unit.bench_pms.fias_client import STAMP, Exchange, charge


def test_the_pms_speaks_first_and_is_alive_after_the_whole_set() -> None:
    exchange = Exchange()
    assert exchange.pms.state == "down"
    exchange.line.plug_in()
    assert exchange.heard() == ["LS|DA260311|TI074500|"]
    assert exchange.pms.state == "starting"
    assert exchange.say(f"LD|{STAMP}V#1.00|IFPB|", "LR|RIGI|FLRNG#GSGN|") == []
    exchange.clock.pass_(2)
    assert exchange.say(f"LA|{STAMP}") == ["LA|DA260311|TI074502|"]
    assert exchange.pms.state == "alive"
    assert exchange.violations() == []


def test_a_frame_comes_in_pieces_and_several_in_one() -> None:
    exchange = Exchange()
    exchange.line.plug_in()
    exchange.heard()
    whole = f"\x02LD|{STAMP}V#1.00|IFPB|\x03\x02LR|RIGI|FLRNGN|\x03\x02LA|{STAMP}\x03".encode()
    for byte in whole[:40]:
        exchange.pms.received(bytes([byte]))
    exchange.pms.received(whole[40:])
    assert [record[:2] for record in exchange.heard()] == ["LA"]
    assert exchange.violations() == []


def test_without_requests_there_is_another_start_and_no_data() -> None:
    exchange = Exchange()
    exchange.line.plug_in()
    exchange.heard()
    assert exchange.say(f"LD|{STAMP}V#1.00|IFPB|", f"LA|{STAMP}")[0].startswith("LS|")
    assert exchange.violations() == ["LA without any LR"]
    exchange.pms.check_in("203", Guest("1", {"name": "Holm"}), None)
    assert exchange.heard() == []


def test_the_pms_greets_again_while_nobody_answers() -> None:
    exchange = Exchange()
    exchange.line.plug_in()
    exchange.heard()
    exchange.clock.pass_(31)
    assert [record[:2] for record in exchange.heard()] == ["LS", "LS"]
    exchange.describe()
    exchange.clock.pass_(100)
    assert exchange.heard() == []


def test_a_slow_exchange_is_not_greeted_in_the_middle_of_its_set() -> None:
    exchange = Exchange()
    exchange.line.plug_in()
    exchange.say(f"LD|{STAMP}V#1.00|IFPB|")
    for kind in ("GI", "GO", "GC", "RE"):
        exchange.clock.pass_(10)
        assert exchange.say(f"LR|RI{kind}|FLRN|") == []
    assert [record[:2] for record in exchange.say(f"LA|{STAMP}")] == ["LA"]


def test_an_exchange_that_is_alive_may_answer_a_new_greeting_by_la_alone() -> None:
    exchange = Exchange().alive()
    exchange.pms.start()
    assert [record[:2] for record in exchange.say(f"LA|{STAMP}")] == ["LS"]
    assert exchange.pms.state == "alive"
    assert exchange.violations() == []


def test_alive_answers_ls_by_la_and_never_la_by_la() -> None:
    exchange = Exchange().alive()
    assert [record[:2] for record in exchange.say(f"LS|{STAMP}")] == ["LA"]
    assert exchange.say(f"LA|{STAMP}") == []
    assert exchange.pms.state == "alive"


def test_a_second_set_is_taken_and_asks_for_other_fields() -> None:
    exchange = Exchange().alive()
    assert [record[:2] for record in exchange.describe(GI="RNGN", GO=None)] == ["LA"]
    exchange.pms.check_in("203", Guest("1", {"name": "Holm"}), None)
    exchange.pms.check_out("203", None, None, False)
    assert exchange.heard() == ["GI|RN203|GNHolm|"]
    assert exchange.violations() == []


def test_good_bye_of_the_exchange_is_answered_and_what_comes_after_it_is_a_new_start() -> None:
    exchange = Exchange().alive()
    assert [record[:2] for record in exchange.say(f"LE|{STAMP}")] == ["LE"]
    assert exchange.pms.state == "ended"
    assert [record[:2] for record in exchange.say(f"LS|{STAMP}")] == ["LS"]
    exchange.describe()
    assert exchange.pms.state == "alive"


def test_good_bye_of_the_pms_lasts_until_it_starts_again() -> None:
    exchange = Exchange().alive()
    exchange.pms.end()
    assert [record[:2] for record in exchange.heard()] == ["LE"]
    assert exchange.say(f"LE|{STAMP}", f"LS|{STAMP}", charge(1)) == []
    assert exchange.pms.view()["postings"] == []
    exchange.pms.start()
    assert [record[:2] for record in exchange.heard()] == ["LS"]
    exchange.describe()
    assert exchange.pms.state == "alive"
    assert exchange.violations() == []


def test_a_lost_connection_is_down_and_the_next_one_starts_anew() -> None:
    exchange = Exchange().alive()
    exchange.line.cut()
    assert exchange.pms.state == "down"
    exchange.line.plug_in()
    assert [record[:2] for record in exchange.heard()] == ["LS"]
    exchange.say("RE|RN203|RS3|")
    assert "data before the link was alive" in exchange.violations()
    assert exchange.pms.view()["rooms"] == {}


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        (f"LD|{STAMP}V#1.00|", "IF is missing"),
        (f"LD|{STAMP}V#1.00.00.0000|IFPB|", "V# is '1.00.00.0000'"),
        ("LR|RIGI|", "FL is missing"),
        ("LR|RIGI|FLRNG|", "FL is 'RNG'"),
        ("LR|FLRN|RIGI|", "an LR has RI and FL alone"),
        ("LR|RIDS|FLDATI|", "DS is not asked for"),
        ("LR|RIGI|FLRNRN|", "FL names RN twice"),
        ("LS|DA260231|TI074501|", "DA is '260231'"),
        ("LS|DA260311|TI247501|", "TI is '247501'"),
        ("LS|DA260311|TI074501", "the last field is not closed"),
        ("MW|RN203|", "an exchange has no record 'MW'"),
    ],
)
def test_what_is_wrong_with_a_link_record_is_listed(record: str, fault: str) -> None:
    exchange = Exchange()
    exchange.line.plug_in()
    exchange.say(f"LD|{STAMP}V#1.00|IFPB|", record)
    assert fault in exchange.violations()


def test_two_requests_for_one_record_are_held_against_the_exchange() -> None:
    exchange = Exchange()
    exchange.line.plug_in()
    exchange.say(f"LD|{STAMP}V#1.00|IFPB|", "LR|RIRE|FLRNML|", "LR|RIRE|FLRNRS|")
    assert exchange.violations() == ["a second LR for RE: one LR names the fields of both directions"]


def test_stray_bytes_and_a_frame_in_a_frame_are_listed_and_survived() -> None:
    exchange = Exchange().alive()
    exchange.pms.received(b"\r\n\x02PS|RN2\x02RE|RN203|RS3|\x03")
    assert exchange.violations() == [
        "byte 0Dh between frames",
        "byte 0Ah between frames",
        "a frame begins inside another",
    ]
    assert exchange.pms.view()["rooms"]["203"]["status"] == "3"


def test_records_and_counts_are_kept() -> None:
    exchange = Exchange().alive()
    exchange.say("RE|RN203|RS3|")
    seen = exchange.pms.view()
    assert seen["records"][-1] == {"at": "2026-03-11T07:45:00.000+00:00", "way": "in", "text": "RE|RN203|RS3|"}
    assert seen["counts"]["in"]["RE"] == 1
    assert seen["counts"]["out"] == {"LS": 1, "LA": 1}
    exchange.pms.reset_counts()
    assert exchange.pms.view()["records"] == []
    assert exchange.pms.view()["counts"] == {"in": {}, "out": {}}
