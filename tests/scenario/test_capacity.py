"""A full box: 32 telephones, 16 calls at once, each with audio in both directions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests import audio
from tests.clients import Bench
from tests.hotel import Hotel
from tests.scenario.talking import LEAST_SDR_DB, call, ring_up, undisturbed

PHONES = 32


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.of_rooms(PHONES - 1, operators=1, fxo=8)


def number_of(hotel: Hotel, phone: int) -> str:
    return hotel.phones[phone - 1].number


def tone_of(phone: int) -> float:
    """A tone of its own for each telephone, off the frequencies of DTMF and of supervisory tones."""
    return 510.0 + 26 * phone


@pytest.mark.timeout(300)
def test_sixteen_calls_at_once_are_clean(bench: Bench, hotel: Hotel) -> None:
    pairs = [(phone, phone + 1) for phone in range(1, PHONES, 2)]
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda pair: call_quietly(bench, hotel, *pair), pairs))
    for phone in range(1, PHONES + 1):
        bench.play_tone(phone, tone_of(phone), -10, 60_000)
    phones = range(1, PHONES + 1)
    heard = dict(zip(phones, undisturbed(bench, 1000, *phones), strict=True))
    faults = [
        fault
        for one, other in pairs
        for talker, listener in ((one, other), (other, one))
        if (fault := what_is_wrong(heard[listener], talker, listener))
    ]
    assert not faults, faults


def what_is_wrong(heard: audio.Samples, talker: int, listener: int) -> str | None:
    """Whether the talker's tone is as it should be; the listener's own, in his sidetone, is no distortion."""
    fit = audio.fit_tone(heard, tone_of(talker))
    distance_db = fit.dbm0 - rest_of(heard, tone_of(talker), tone_of(listener))
    if abs(fit.dbm0 + 10) > 1.0 or distance_db < LEAST_SDR_DB:
        return f"fxs/{talker} to fxs/{listener}: {fit.dbm0:.1f} dBm0, {distance_db:.1f} dB above the rest"
    return None


def call_quietly(bench: Bench, hotel: Hotel, caller: int, callee: int) -> None:
    ring_up(bench, caller, number_of(hotel, callee), callee, deadline_s=30)
    bench.off_hook(callee)
    bench.wait_quiet(callee)


def rest_of(samples: audio.Samples, *tones: float) -> float:
    """Level of what is left when these tones are taken out."""
    t = np.arange(len(samples)) / audio.RATE_HZ
    basis = np.stack([f(2 * np.pi * hz * t) for hz in tones for f in (np.sin, np.cos)] + [np.ones_like(t)], axis=1)
    data = samples.astype(np.float64)
    return audio.level_dbm0(data - basis @ np.linalg.lstsq(basis, data, rcond=None)[0])


def test_the_last_port_works_as_the_first(bench: Bench, hotel: Hotel) -> None:
    call(bench, 1, number_of(hotel, PHONES), PHONES)
