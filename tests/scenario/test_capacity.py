"""A full box: 32 telephones, 16 calls at once, each with audio in both directions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import audio
from tests.clients import Bench
from tests.host_stalls import HostStalls
from tests.hotel import Hotel
from tests.scenario.talking import call

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
    before = bench.highway()
    with HostStalls() as host:
        bench.wait_audio(3000)
        heard = {phone: bench.heard(phone, 1000) for phone in range(1, PHONES + 1)}
        after = bench.highway()
    faults = []
    for one, other in pairs:
        for talker, listener in ((one, other), (other, one)):
            fit = audio.fit_tone(heard[listener], tone_of(talker))
            # The listener's own talking is in his earpiece as sidetone: it is no distortion of the other's.
            own = audio.fit_tone(heard[listener], tone_of(listener))
            rest_db = rest_of(heard[listener], tone_of(talker), tone_of(listener))
            if abs(fit.dbm0 + 10) > 1.0 or fit.dbm0 - rest_db < 25:
                faults.append((talker, listener, fit, own.dbm0, rest_db))
    assert host.longest_ms > 20 or not faults, faults
    assert after["underruns"] == before["underruns"] or host.longest_ms > 20, (before, after)


def call_quietly(bench: Bench, hotel: Hotel, caller: int, callee: int) -> None:
    bench.off_hook(caller)
    bench.wait_signal(caller, "dial")
    bench.dial(caller, number_of(hotel, callee))
    bench.wait_ringing(callee, deadline_s=30)
    bench.off_hook(callee)
    bench.wait_quiet(callee)


def rest_of(samples: audio.Samples, *tones: float) -> float:
    """Level of what is left when these tones are taken out."""
    import numpy as np

    t = np.arange(len(samples)) / audio.RATE_HZ
    basis = np.stack([f(2 * np.pi * hz * t) for hz in tones for f in (np.sin, np.cos)] + [np.ones_like(t)], axis=1)
    data = samples.astype(np.float64)
    return audio.level_dbm0(data - basis @ np.linalg.lstsq(basis, data, rcond=None)[0])


def test_the_last_port_works_as_the_first(bench: Bench, hotel: Hotel) -> None:
    call(bench, 1, number_of(hotel, PHONES), PHONES)
