"""Caller id and message lamp as a telephone's receiver takes them."""

from datetime import datetime

import pytest

from boardsupport.dsp import (
    Absence,
    DtmfBegan,
    Law,
    caller_id_dtmf,
    caller_id_fsk,
    vmwi_fsk,
)
from boardsupport.dsp.caller_id import MessageFormat, Standard, display_name
from tests.unit.dsp.fsk_receiver import Burst, receive
from tests.unit.dsp.signals import Line, level_dbm0, linear, part, silence

WHEN = datetime(2026, 7, 9, 4, 5)  # noqa: DTZ001 - local time of the hotel
both = pytest.mark.parametrize("standard", ["bellcore", "etsi"])


def read(burst: bytes, standard: Standard, law: Law = "alaw") -> Burst:
    return receive(linear(burst, law), standard)


@both
@pytest.mark.parametrize("law", ["alaw", "ulaw"])
def test_number_name_and_time_arrive(standard: Standard, law: Law) -> None:
    burst = read(caller_id_fsk("101", "Room 101", WHEN, standard, law), standard, law)
    assert burst.kind == 0x80
    assert burst.fields == [(1, b"07090405"), (2, b"101"), (7, b"Room 101")]


@both
def test_the_burst_is_framed_for_an_on_hook_receiver(standard: Standard) -> None:
    samples = linear(caller_id_fsk("101", None, WHEN, standard, "alaw"))
    burst = receive(samples, standard)
    assert burst.seizure_bits == pytest.approx(300, abs=4)
    assert burst.mark_bits == pytest.approx(180, abs=4)
    assert level_dbm0(part(samples, 0.1, 0.3)) == pytest.approx(-13.5, abs=1)
    assert len(samples) / 8 < 650


@both
@pytest.mark.parametrize(
    ("number", "name", "fields"),
    [
        (Absence.PRIVATE, Absence.PRIVATE, [(4, b"P"), (8, b"P")]),
        (None, None, [(4, b"O")]),
        (Absence.UNAVAILABLE, "Reception", [(4, b"O"), (7, b"Reception")]),
        ("+41441234567", Absence.UNAVAILABLE, [(2, b"+41441234567"), (8, b"O")]),
    ],
)
def test_what_is_absent_says_why(
    standard: Standard, number: str | Absence | None, name: str | Absence | None, fields: list[tuple[int, bytes]]
) -> None:
    burst = read(caller_id_fsk(number, name, WHEN, standard, "alaw"), standard)
    assert burst.fields == [(1, b"07090405"), *fields]


@both
def test_the_longest_burst_arrives(standard: Standard) -> None:
    burst = read(caller_id_fsk("9" * 20, "n" * 80, WHEN, standard, "alaw"), standard)
    assert burst.fields[1:] == [(2, b"9" * 20), (7, b"n" * (15 if standard == "bellcore" else 50))]


def test_single_data_message() -> None:
    assert read(caller_id_fsk("101", "x", WHEN, "bellcore", "ulaw", "sdmf"), "bellcore", "ulaw").body == b"07090405101"
    hidden = read(caller_id_fsk(Absence.PRIVATE, None, WHEN, "bellcore", "ulaw", "sdmf"), "bellcore", "ulaw")
    assert (hidden.kind, hidden.body) == (4, b"07090405P")


@both
@pytest.mark.parametrize(("lit", "body"), [(True, b"\x0b\x01\xff"), (False, b"\x0b\x01\x00")])
def test_the_lamp_is_lit_and_put_out(standard: Standard, lit: bool, body: bytes) -> None:
    burst = read(vmwi_fsk(lit, standard, "alaw"), standard)
    assert (burst.kind, burst.body) == (0x82, body)


@pytest.mark.parametrize(("lit", "body"), [(True, b"BBB"), (False, b"ooo")])
def test_the_lamp_as_a_single_data_message(lit: bool, body: bytes) -> None:
    message: MessageFormat = "sdmf"
    burst = read(vmwi_fsk(lit, "bellcore", "alaw", message), "bellcore")
    assert (burst.kind, burst.body) == (6, body)


def test_names_are_shown_as_a_display_can() -> None:
    assert display_name("Đặng Thị Łucja Müller-Groß") == "Dang Thi Lucja Mueller-Gross"
    assert display_name("王") == "?"


@pytest.mark.parametrize("number", ["", "12a", "1" * 21, "١٢"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        caller_id_fsk(number, None, WHEN, "etsi", "alaw")
    with pytest.raises(ValueError, match="not a number"):
        caller_id_dtmf(number, "alaw")


@pytest.mark.parametrize(
    ("number", "ends", "digits"),
    [
        ("101", {}, "A101C"),
        ("101", {"start": "D", "end": "C"}, "D101C"),
        ("101", {"start": "", "end": "#"}, "101#"),
        ("+4144", {}, "A4144C"),
        (None, {}, "B00C"),
        (Absence.PRIVATE, {}, "B10C"),
    ],
)
def test_a_number_by_dtmf(number: str | Absence | None, ends: dict[str, str], digits: str) -> None:
    burst = linear(caller_id_dtmf(number, "alaw", **ends))
    events = Line(dtmf=True, echo=False).talk(silence(len(burst) / 8000 + 0.1), burst).events
    assert "".join(event.digit for event in events if isinstance(event, DtmfBegan)) == digits
    with pytest.raises(ValueError, match="DTMF digits"):
        caller_id_dtmf("1", "alaw", start="x")
