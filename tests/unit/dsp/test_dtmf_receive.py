"""Digits pressed on a telephone, with all that is on the line beside them."""

import numpy as np
import pytest

from boardsupport.dsp import BankEvent, DtmfBegan, DtmfEnded, PortBank, dtmf
from tests.unit.dsp.signals import Line, Samples, hybrid, join, linear, noise, silence, sine, speech

EVERY_KEY = "1234567890*#ABCD"
DIAL_TONES = {
    "none": [],
    "de": [(425.0, -10.0)],
    "cn": [(450.0, -10.0)],
    "us": [(350.0, -13.0), (440.0, -13.0)],
}


def keyed(on_ms: int, off_ms: int, dbm0: float, digits: str = EVERY_KEY) -> Samples:
    return join(silence(0.25), linear(dtmf(digits, on_ms, off_ms, dbm0, "alaw")), silence(0.1))


def dialled(events: list[BankEvent]) -> str:
    return "".join(event.digit for event in events if isinstance(event, DtmfBegan))


def dial_tone(country: str, seconds: float) -> Samples:
    return sum((sine(hz, dbm0, seconds) for hz, dbm0 in DIAL_TONES[country]), silence(seconds))


@pytest.mark.parametrize("country", DIAL_TONES)
@pytest.mark.parametrize(("on_ms", "off_ms"), [(40, 40), (50, 50), (100, 400)])
@pytest.mark.parametrize("dbm0", [-5.0, -12.0, -25.0])
def test_every_digit_is_received_under_dial_tone(country: str, on_ms: int, off_ms: int, dbm0: float) -> None:
    near = keyed(on_ms, off_ms, dbm0)
    near = near + noise(-55, len(near) / 8000)
    line = Line(hybrid(12), dtmf=True, dial_tone_filter=True)
    events = line.talk(dial_tone(country, len(near) / 8000 + 0.1)[: len(near)], near).events
    assert dialled(events) == EVERY_KEY
    assert [event.digit for event in events if isinstance(event, DtmfEnded)] == list(EVERY_KEY)


def test_a_digit_is_received_while_the_other_party_talks() -> None:
    near = join(silence(2), keyed(80, 80, -10, "0123456789"))
    line = Line(hybrid(12), dtmf=True)
    assert dialled(line.talk(speech(-15, len(near) / 8000), near).events) == "0123456789"


def test_times_are_those_of_the_key() -> None:
    events = Line(dtmf=True, echo=False).talk(silence(1.3), keyed(200, 800, -10, "7")).events
    began, ended = events
    assert isinstance(began, DtmfBegan)
    assert isinstance(ended, DtmfEnded)
    assert 2000 < began.at_sample < 2000 + 40 * 8
    assert ended.ms == pytest.approx(200, abs=26)
    assert ended.at_sample - began.at_sample == pytest.approx(ended.ms * 8, abs=8)


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("return_loss_db", [10, 12, 18])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_digits_of_the_other_party_are_not_this_ones(echo: bool, return_loss_db: float, seed: int) -> None:
    line = Line(hybrid(return_loss_db, seed=seed), dtmf=True, echo=echo)
    assert line.talk(keyed(100, 100, -6), silence(4)).events == []


@pytest.mark.parametrize("seed", range(5))
def test_speech_does_not_dial(seed: int) -> None:
    assert Line(dtmf=True).talk(silence(10), speech(-12, 10, seed)).events == []


def test_the_receiver_can_be_switched_and_its_filter_alone() -> None:
    line = Line(dtmf=False)
    assert line.talk(silence(0.5), keyed(50, 50, -10, "12")).events == []
    line.bank.set_dtmf(0, True, True)
    assert dialled(line.talk(silence(0.5), keyed(50, 50, -10, "34")).events) == "34"
    pressed = linear(dtmf("5", 60, 0, -10, "alaw"))
    assert dialled(line.talk(silence(0.06), pressed).events) == "5"
    line.bank.set_dtmf(0, True, False)
    assert [type(event) for event in line.talk(silence(0.5), silence(0.5)).events] == [DtmfEnded]


@pytest.mark.parametrize("off_ms", [10, 60])
def test_a_key_that_is_pressed_for_long_is_one_digit_for_who_asks_next_as_well(off_ms: int) -> None:
    line = Line(dtmf=True)
    pressed = linear(dtmf("5", 300, 0, -10, "alaw"))
    assert dialled(line.talk(silence(0.06), pressed[:480]).events) == "5"
    line.bank.set_dtmf(0, False, False)
    heard = 480 + 8 * off_ms
    assert line.talk(silence(off_ms / 1000), pressed[480:heard]).events == []
    line.bank.set_dtmf(0, True, True)
    rest = join(pressed[heard:], silence(0.1), pressed, silence(0.1))
    assert dialled(line.talk(silence(len(rest) / 8000), rest).events) == "5"


def test_ports_are_told_apart() -> None:
    bank = PortBank(4, 8, "ulaw")
    frames = np.full((80 * 40, 8), 0xFF, np.uint8)
    for port, digit in enumerate("159D"):
        bank.place(port, 7 - port)
        bank.set_dtmf(port, True, False)
        frames[:2400, 7 - port] = np.frombuffer(dtmf(digit, 60, 240, -12, "ulaw"), np.uint8)
    events = [event for at in range(0, 3200, 80) for event in bank.receive(frames[at : at + 80].tobytes(), None)]
    assert {(e.port, e.digit) for e in events if isinstance(e, DtmfBegan)} == {(0, "1"), (1, "5"), (2, "9"), (3, "D")}
