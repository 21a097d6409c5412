"""Caller id of company lines: as a listener on the port's timeslot gets it, and as the bench's own receivers do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from boardsupport.bench.caller_id_sender import Caller, dtmf_announcement, fsk, fsk_announcement, setup_message
from boardsupport.bench.company_line import CallerIdKind
from boardsupport.bench.dtmf_receiver import DigitBank, digits, receive_dtmf
from boardsupport.bench.exchange_countries import exchange_country
from boardsupport.bench.fsk_receiver import CallerId, receive_fsk
from boardsupport.bench.sounds import Dtmf
from tests.unit.bench.test_audio import level_dbm0
from tests.unit.bench.test_company_line import Box

TIME = "12312359"


@pytest.mark.parametrize("country", ["us", "pl"])
@pytest.mark.parametrize(
    ("caller", "number", "name", "absence"),
    [
        (Caller("0224567890", "Jan Kowalski"), "0224567890", "Jan Kowalski", None),
        (Caller("+84 24", None), "+84 24", None, None),
        (Caller("112", "Zażółć".encode("latin-1", "replace").decode("latin-1")), "112", "Za?ó??", None),
        (Caller(None, None), None, None, "unavailable"),
        (Caller("0224567890", "Jan", private=True), None, None, "private"),
    ],
)
def test_fsk_comes_through_the_bench_s_own_receiver(
    country: str, caller: Caller, number: str | None, name: str | None, absence: str | None
) -> None:
    found = receive_fsk(fsk(setup_message(caller, TIME), exchange_country(country).modem))
    assert isinstance(found, CallerId)
    assert (found.number, found.name, found.absence) == (number, name, absence)
    assert found.time == "12-31 23:59"
    assert found.standard == ("bell202" if country == "us" else "v23")


def test_a_message_s_bytes_add_up_to_nothing() -> None:
    message = setup_message(Caller("123", "A"), TIME)
    assert message[:2] == bytes([0x80, len(message) - 3])
    assert sum(message) % 256 == 0


@pytest.mark.parametrize(
    ("country", "caller", "sent"),
    [
        ("pl", Caller("0224567890", None), "A0224567890C"), ("cn", Caller("13800138000", None), "D13800138000C"),
        ("pl", Caller(None, None), "B00C"), ("cn", Caller("1", None, private=True), "B10C"),
    ],
)  # fmt: skip
def test_dtmf_between_its_start_and_end(country: str, caller: Caller, sent: str) -> None:
    sound = dtmf_announcement(caller, exchange_country(country))
    samples = sound.block(0, sound.length)
    assert digits(samples) == sent
    found = receive_dtmf(samples)
    assert isinstance(found, CallerId)
    assert (found.number, found.absence) == (caller.number, caller.withheld)


def test_what_comes_before_the_ring_begins_with_the_alerting_tone() -> None:
    sound = fsk_announcement(Caller("123", None), exchange_country("uk"), TIME, alert=True)
    spectrum = np.abs(np.fft.rfft(sound.block(80, 640), 8000))
    assert sorted(np.argsort(spectrum)[-1:].tolist())[0] in range(2120, 2760)
    assert min(spectrum[2130], spectrum[2750]) > 10 * spectrum[1300]


class Received:
    """One ringing as the port's driver and a receiver behind its timeslot would follow it, in steps of 10 ms."""

    def __init__(self, box: Box, ms: int) -> None:
        self.rings: list[bool] = []
        self.reversed: list[bool] = []
        pieces = []
        for _ in range(ms // 10):
            pieces.append(box.heard(10))
            self.rings.append(bool(box.view["striking"]))
            self.reversed.append(box.view["polarity"] == "reversed")
        samples = np.concatenate(pieces).astype(np.float32)
        self.samples: NDArray[np.float32] = samples - samples.mean()

    def first_ring_ms(self) -> int:
        return 10 * self.rings.index(True)

    def loud_ms(self) -> tuple[int, int]:
        """Where sound begins and ends."""
        blocks = (self.samples.reshape(-1, 80) ** 2).mean(axis=1)
        loud = np.flatnonzero(blocks > blocks.max() / 20)
        return 10 * int(loud[0]), 10 * int(loud[-1] + 1)

    def burst(self) -> NDArray[np.float32]:
        begin, end = self.loud_ms()
        return np.pad(self.samples[begin * 8 : end * 8], 400)


def rung(country: str, kind: CallerIdKind, ms: int, **caller: Any) -> Received:
    box = Box(country)
    box.rig.ring_in(1, caller_id=kind, name="Jan Kowalski", **caller)
    return Received(box, ms)


@pytest.mark.parametrize("country", ["us", "uk", "pl", "cn"])
def test_fsk_before_the_first_ring_after_a_reversal(country: str) -> None:
    received = rung(country, "fsk-before", 4000)
    begin, end = received.loud_ms()
    assert received.reversed.index(True) == 0
    assert 100 <= begin <= 250
    assert 200 <= received.first_ring_ms() - end <= 500
    found = receive_fsk(received.burst())
    assert isinstance(found, CallerId)
    assert (found.number, found.name) == ("0224567890", "Jan Kowalski")


@pytest.mark.parametrize(("country", "ring_ms"), [("us", 2000), ("uk", 1000), ("pl", 1000)])
def test_fsk_in_the_pause_after_the_first_ring(country: str, ring_ms: int) -> None:
    received = rung(country, "fsk-after", 6000)
    assert received.first_ring_ms() == 0
    begin, end = received.loud_ms()
    assert ring_ms + 250 <= begin <= ring_ms + 700
    again = 10 * received.rings.index(True, ring_ms // 10 + 1)
    assert again - end >= 200
    found = receive_fsk(received.burst())
    assert isinstance(found, CallerId)
    assert found.number == "0224567890"
    assert not any(received.reversed)


def test_dtmf_before_the_first_ring_after_a_reversal() -> None:
    received = rung("cn", "dtmf", 4000)
    assert received.reversed[0]
    assert received.first_ring_ms() > received.loud_ms()[1] + 200
    found = receive_dtmf(received.burst())
    assert found is not None
    assert found.number == "0224567890"


def test_without_caller_id_it_rings_at_once_and_says_nothing() -> None:
    received = rung("pl", "none", 3000)
    assert received.first_ring_ms() == 0
    assert level_dbm0(received.samples.astype(np.int16)) < -60


def test_the_port_hears_nothing_on_hook_without_its_line_monitor() -> None:
    box = Box()
    box.hand.write(5, 0x00)
    box.rig.ring_in(1, caller_id="fsk-before")
    assert not box.heard(2000)[80:].astype(bool).any() or level_dbm0(box.heard(100)) < -60


def test_who_lifts_during_the_caller_id_has_the_caller_and_no_ring() -> None:
    box = Box()
    box.rig.ring_in(1, caller_id="fsk-before")
    box.run(600)
    box.off_hook()
    box.run(400)
    assert (box.view["state"], box.view["striking"]) == ("talking-in", False)
    box.run(3000)
    assert not box.view["striking"]


def test_a_withheld_number_is_told_as_such() -> None:
    found = receive_fsk(rung("pl", "fsk-after", 5000, private=True).burst())
    assert isinstance(found, CallerId)
    assert (found.number, found.absence) == (None, "private")


def test_the_exchange_s_receivers_do_not_take_speech_for_digits() -> None:
    rng = np.random.default_rng(2)
    bank = DigitBank(1)
    found = []
    for _ in range(2000):
        pitch = rng.uniform(90, 250)
        at = 2 * np.pi / 8000 * np.arange(80)
        block = sum(rng.uniform(0, 4000) * np.sin(pitch * k * at + rng.uniform(0, 6)) for k in range(1, 12))
        found.extend(bank.feed(block.astype(np.int16)[None], {0: 40}).values())
    assert found == []


def test_a_digit_with_a_hole_is_one_digit() -> None:
    sound = Dtmf("5", 100, 0)
    samples = np.append(sound.block(0, 800), np.zeros(800))
    samples[400:440] = 0
    bank = DigitBank(1)
    found = [bank.feed(samples[at : at + 80].astype(np.int16)[None], {0: 20}).get(0, "") for at in range(0, 1600, 80)]
    assert "".join(found) == "5"
