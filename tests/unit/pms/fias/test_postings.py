"""Charges: one at a time, matched by P#, and never sent twice by ourselves."""

from __future__ import annotations

import msgspec
import pytest

from firmware.errors import OurFaultError
from firmware.pms.machine import Outcome, Told
from firmware.pms.model import NightAudit, Posting
from tests.unit.pms.fias.partner import Partner, wall

CALL = Posting(
    id=1,
    number=317,
    room="0412",
    kind="call",
    amount=240,
    started=wall("2026-03-11 20:30:15"),
    talk_seconds=252,
    dialled="0046855512",
)


def call(**changes: object) -> Posting:
    return msgspec.structs.replace(CALL, **changes)


@pytest.fixture
def pms() -> Partner:
    partner = Partner()
    partner.start()
    return partner


@pytest.mark.parametrize(
    ("posting", "record"),
    [
        (CALL, "PS|RN0412|P#317|PTC|TA240|DD0046855512|DU000412|DA260311|TI203015|"),
        (call(amount=0, dialled="+46 (8) 555#12"), "PS|RN0412|P#317|PTC|TA0|DD46855512|DU000412|DA260311|TI203015|"),
        (
            call(dialled="1" * 30, talk_seconds=3661),
            f"PS|RN0412|P#317|PTC|TA240|DD{'1' * 20}|DU010101|DA260311|TI203015|",
        ),
        (call(dialled="", talk_seconds=10**7), "PS|RN0412|P#317|PTC|TA240|DU995959|DA260311|TI203015|"),
        (call(amount=None), "PS|RN0412|P#317|PTT|DD0046855512|DU000412|DA260311|TI203015|"),
        (
            call(trunk="fxo/2", text="Stockholm | Södermalm, Sweden", user="27"),
            "PS|RN0412|P#317|PTC|TA240|DD0046855512|DU000412|DA260311|TI203015|CTStockholm   Söderma|PX2|ID27|",
        ),
        (
            call(kind="minibar", amount=None, dialled="", items=((11, 2), (4, 1), (7, 120), (9, 0))),
            "PS|RN0412|P#317|PTM|MA11|M#2|MA4|M#1|MA7|M#99|MA7|M#21|DA260311|TI203015|",
        ),
        (call(kind="minibar", amount=450, dialled=""), "PS|RN0412|P#317|PTC|TA450|DA260311|TI203015|"),
    ],
)
def test_a_charge_is_a_record_without_empty_fields(pms: Partner, posting: Posting, record: str) -> None:
    pms.wait(200)
    pms.post(posting)
    assert pms.hears() == [record]


@pytest.mark.parametrize(
    ("number", "width", "sent"),
    [(1, 4, "1"), (9999, 4, "9999"), (10_000, 4, "1"), (19_999, 4, "1"), (10_000, 8, "10000"), (123, 2, "24")],
)
def test_the_number_fits_its_width_and_is_never_0(number: int, width: int, sent: str) -> None:
    pms = Partner(posting_number_width=width)
    pms.start()
    pms.post(call(number=number))
    assert f"|P#{sent}|" in pms.hears()[0]
    pms.say(f"PA|ASOK|P#{sent}|")
    assert pms.told == [Told("posting", "done", "OK", None)]


def test_the_sites_sales_outlet_is_told() -> None:
    pms = Partner(sales_outlet="TEL")
    pms.start()
    pms.post(CALL)
    assert "|SOTEL|" in pms.hears()[0]


def test_a_call_that_the_pms_cannot_price_is_refused(pms: Partner) -> None:
    pms.post(call(amount=None, dialled="#"))
    assert pms.hears() == []
    assert [told.outcome for told in pms.told] == ["refused"]
    assert pms.machine.takes_posting()


def test_one_is_out_at_a_time(pms: Partner) -> None:
    pms.post(CALL)
    assert not pms.machine.takes_posting()
    assert pms.machine.takes_news()
    with pytest.raises(OurFaultError):
        pms.post(call(number=318))
    pms.say("PA|ASOK|RN0412|P#317|DA260311|TI203018|")
    assert pms.told == [Told("posting", "done", "OK", None)]
    assert pms.machine.takes_posting()


@pytest.mark.parametrize(
    "answer", ["PA|ASOK|P#317|", "PA|P#0317|ASOK|", "PA|ASOK|P#0000000317|", "PA|ASOK|RN0412|", "PA|ASOK|P#|"]
)
def test_numbers_are_compared_as_numbers_and_may_be_missing(pms: Partner, answer: str) -> None:
    pms.post(CALL)
    pms.say(answer)
    assert [told.outcome for told in pms.told] == ["done"]


@pytest.mark.parametrize(
    "answer", ["PA|ASOK|P#316|", "PA|ASOK|P#3170|", "PA|ASOK|P#x|", "PA|ASOK|P#³|", f"PA|ASOK|P#{'9' * 3000}|"]
)
def test_an_answer_to_another_number_does_nothing(pms: Partner, answer: str) -> None:
    pms.post(CALL)
    pms.say(answer)
    assert pms.told == []
    assert [note.verb for note in pms.notes] == ["answer-unexpected"]
    pms.say("PA|ASOK|P#317|")
    assert len(pms.told) == 1


def test_an_answer_that_nobody_waits_for_does_nothing(pms: Partner) -> None:
    pms.say("PA|ASOK|P#317|")
    assert pms.told == []
    assert [note.verb for note in pms.notes] == ["answer-unexpected"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("OK", "done"),
        ("NA", "again"),
        ("RY", "again"),
        *((status, "refused") for status in ("NG", "NP", "UR", "FX", "IA", "CO", "DM", "DN", "ok", "Q9")),
    ],
)
def test_what_the_answer_says_is_told(pms: Partner, status: str, outcome: Outcome) -> None:
    pms.post(CALL)
    pms.say(f"PA|AS{status}|P#317|CTbecause|")
    assert pms.told == [Told("posting", outcome, status, "because")]


def test_a_refusal_without_a_text_is_explained(pms: Partner) -> None:
    pms.post(CALL)
    pms.say("PA|ASNP|P#317|")
    assert pms.told == [Told("posting", "refused", "NP", "no posting allowed")]


@pytest.mark.parametrize(("status", "seconds"), [("RY", 60), ("NA", 300)])
def test_again_means_after_a_while(pms: Partner, status: str, seconds: float) -> None:
    pms.post(CALL)
    pms.say(f"PA|AS{status}|P#317|")
    pms.wait(seconds - 1)
    assert not pms.machine.takes_posting()
    pms.say("LA|")
    pms.wait(2)
    assert pms.machine.takes_posting()


def test_the_end_of_the_night_audit_ends_the_wait(pms: Partner) -> None:
    pms.post(CALL)
    pms.say("PA|ASNA|P#317|")
    assert not pms.machine.takes_posting()
    pms.say("NE|DA260311|TI030000|")
    assert pms.machine.takes_posting()


@pytest.mark.parametrize("status", ["NA", "RY"])
def test_a_new_start_of_the_pms_ends_the_wait(pms: Partner, status: str) -> None:
    pms.post(CALL)
    pms.say(f"PA|AS{status}|P#317|")
    pms.lose()
    pms.connect()
    pms.say("LS|", "LA|")
    assert pms.machine.takes_posting()


def test_no_answer_is_told_and_life_is_asked_for(pms: Partner) -> None:
    pms.post(CALL)
    pms.hears()
    pms.wait(29)
    assert pms.told == []
    pms.wait(2)
    assert pms.told == [Told("posting", "unanswered")]
    assert [record[:3] for record in pms.hears()] == ["LS|"]
    assert not pms.machine.takes_posting()
    pms.say("LA|DA260311|TI203100|")
    assert pms.machine.takes_posting()


def test_the_repeat_has_the_same_number(pms: Partner) -> None:
    pms.post(CALL)
    (first,) = pms.hears()
    pms.wait(31)
    pms.say("LA|")
    pms.hears()
    pms.post(CALL, repeat=True)
    assert pms.hears() == [first]
    pms.say("PA|ASOK|P#317|")
    assert [told.outcome for told in pms.told] == ["unanswered", "done"]


@pytest.mark.parametrize(("status", "outcome"), [("OK", "done"), ("NG", "refused"), ("RY", "again")])
@pytest.mark.parametrize("lost", [False, True])
def test_a_late_answer_makes_the_repeat_needless(pms: Partner, status: str, outcome: Outcome, lost: bool) -> None:
    pms.post(CALL)
    if lost:
        pms.lose()
        pms.connect()
        pms.say("LS|", "LA|")
    else:
        pms.wait(31)
    pms.forget()
    pms.say(f"PA|AS{status}|P#0317|")
    assert pms.told == []
    assert [note.verb for note in pms.notes] == ["answer-late"]
    pms.say("LA|")
    pms.hears()
    pms.post(CALL, repeat=True)
    assert pms.hears() == []
    assert [(told.outcome, told.status) for told in pms.told] == [(outcome, status)]
    assert pms.machine.takes_posting() == (outcome != "again")


def test_a_late_answer_is_for_its_own_charge_alone(pms: Partner) -> None:
    pms.post(CALL)
    pms.wait(31)
    pms.say("LA|", "PA|ASOK|P#317|")
    pms.forget()
    pms.post(call(number=318), repeat=True)
    assert "|P#318|" in pms.hears()[0]
    assert pms.told == []
    pms.say("PA|ASOK|P#317|")
    assert pms.told == []


def test_an_answer_without_a_number_is_not_late_but_unexpected(pms: Partner) -> None:
    pms.post(CALL)
    pms.wait(31)
    pms.say("LA|", "PA|ASOK|")
    pms.hears()
    pms.post(CALL, repeat=True)
    assert pms.hears()


def test_an_answer_without_a_number_for_another_room_is_not_ours(pms: Partner) -> None:
    pms.post(CALL)
    pms.say("PA|ASNG|RN0413|")
    assert pms.told == []
    pms.say("PA|ASOK|RN412|")
    assert [told.outcome for told in pms.told] == ["done"]


def test_a_lost_connection_leaves_doubt(pms: Partner) -> None:
    pms.post(CALL)
    pms.lose()
    assert pms.told == [Told("posting", "unanswered")]
    pms.wait(100)
    assert len(pms.told) == 1


def test_a_pms_that_answers_nothing_any_more_leaves_doubt_once(pms: Partner) -> None:
    pms.post(CALL)
    pms.wait(62)
    assert pms.told == [Told("posting", "unanswered")]
    assert len(pms.reconnects) == 1
    pms.lose()
    assert len(pms.told) == 1


def test_good_bye_in_between_is_doubt_too(pms: Partner) -> None:
    pms.post(CALL)
    pms.say("LE|")
    pms.wait(31)
    assert pms.told == [Told("posting", "unanswered")]


def test_a_resync_in_between_gives_the_pms_more_time(pms: Partner) -> None:
    pms.post(CALL)
    pms.hears()
    pms.say("DS|")
    for _ in range(4):
        pms.wait(20)
        pms.say("GI|RN1|SF|")
    assert pms.hears() == []
    pms.say("DE|", "PA|ASOK|P#317|")
    assert pms.told == [Told("posting", "done", "OK", None)]


def test_an_answer_still_counts_while_we_say_good_bye(pms: Partner) -> None:
    pms.post(CALL)
    pms.close()
    pms.say("PA|ASOK|P#317|", "LE|")
    assert pms.told == [Told("posting", "done", "OK", None)]


# ------------------------------------------------------------------------------------------------------- night audit


def test_charges_are_held_in_the_night_audit_and_the_rest_goes_on(pms: Partner) -> None:
    pms.say("NS|DA260311|TI020000|")
    assert not pms.machine.takes_posting()
    assert pms.machine.takes_news()
    pms.say("GI|RN1|", "NE|DA260311|TI030000|")
    assert pms.machine.takes_posting()
    assert len(pms.events) == 3


def test_an_audit_whose_end_was_lost_ends_with_a_new_connection(pms: Partner) -> None:
    pms.say("NS|")
    pms.lose()
    pms.connect()
    pms.say("LS|", "LA|")
    assert pms.machine.takes_posting()
    assert pms.events == [NightAudit(begins=True), NightAudit(begins=False)]


def test_an_audit_whose_end_was_lost_ends_with_a_new_start(pms: Partner) -> None:
    pms.say("NS|")
    pms.wait(60)
    pms.say("LA|")
    assert not pms.machine.takes_posting()
    pms.say("LS|", "LA|")
    assert pms.machine.takes_posting()
