"""A full box: 32 telephones and 8 company lines, 16 calls at once, each with audio in both directions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

import numpy as np
import pytest

from tests import audio
from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.hotel import Hotel
from tests.scenario.talking import (
    LEAST_SDR_DB,
    LEVEL_TOLERANCE_DB,
    call,
    lift_and_dial,
    line_with,
    may_call_out,
    ring_up,
    undisturbed,
)

PHONES, LINES = 32, 8
CALLS_IN = ((31, "fxo/1"), (32, "fxo/2"))
"""Operators, and the lines at which they answer."""
HOUSE = tuple((phone, phone + 1) for phone in range(1, PHONES, 2))
"""Everybody calls his neighbour."""
CALLERS_OUT = range(17, 23)
"""Neighbours of the first eight pairs, where those call in the house and the operators answer calls in."""
HANDS = 8
"""So many people do something at the same time."""
GREETING = audio.noise(1.0, -15)
"""A word in turn, as at the beginning of any call: from a voice alone the echo cancellers learn the whole band."""

End: TypeAlias = "int | str"
"""A telephone, or the far end of a company line."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.of_rooms(PHONES - len(CALLS_IN), operators=len(CALLS_IN), fxo=LINES)


@pytest.mark.timeout(300)
def test_sixteen_calls_in_the_house_are_clean(bench: Bench, hotel: Hotel) -> None:
    with ThreadPoolExecutor(HANDS) as hands:
        list(hands.map(lambda pair: call_quietly(bench, hotel, *pair), HOUSE))
    assert what_is_wrong(bench, *HOUSE) == []


@pytest.mark.timeout(300)
def test_sixteen_calls_of_which_eight_are_outside_are_clean(bench: Bench, api: Api, hotel: Hotel) -> None:
    """Two have come in, six go out while the eight in the house are made."""
    for phone in CALLERS_OUT:
        may_call_out(api, number_of(hotel, phone))
    outside = [(operator, answer_in(bench, operator, line)) for operator, line in CALLS_IN]
    with ThreadPoolExecutor(HANDS) as hands:
        inside = [hands.submit(call_quietly, bench, hotel, *pair) for pair in HOUSE[:8]]
        outside += hands.map(lambda phone: (phone, call_out_quietly(bench, phone)), CALLERS_OUT)
    assert not [call.exception() for call in inside if call.exception()]
    wait_for(lambda: [c["state"] for c in api.calls()] == ["answered"] * 16, 10, "sixteen calls count as answered")
    assert {line for _, line in outside} == {f"fxo/{n}" for n in range(1, LINES + 1)}
    assert what_is_wrong(bench, *HOUSE[:8], *outside) == []


def test_the_last_port_works_as_the_first(bench: Bench, hotel: Hotel) -> None:
    call(bench, 1, number_of(hotel, PHONES), PHONES)


# ---------------------------------------------------------------------------------------------------------- the calls


def number_of(hotel: Hotel, phone: int) -> str:
    return hotel.phones[phone - 1].number


def call_quietly(bench: Bench, hotel: Hotel, caller: int, callee: int) -> None:
    ring_up(bench, caller, number_of(hotel, callee), callee, deadline_s=30)
    bench.off_hook(callee)
    bench.wait_quiet(callee)


def call_out_quietly(bench: Bench, phone: int) -> str:
    """A call out to a number of its own, which is answered; the line that carries it."""
    number = f"2212345{phone:02}"
    lift_and_dial(bench, phone, f"0{number}")
    line = line_with(bench, number, 30)
    bench.wait_digits(line, number)
    bench.company(line, "answer", reversal=True)
    return line


def answer_in(bench: Bench, operator: int, line: str) -> str:
    """A call in by this line, answered; the line."""
    bench.wait_quiet(operator)
    bench.company(line, "ring", number="600700800", caller_id="fsk-before")
    bench.wait_ringing(operator, 20)
    bench.off_hook(operator)
    bench.wait_line(line, state="talking-in")
    return line


# ------------------------------------------------------------------------------------------------------- what is heard


def tone_of(end: End) -> float:
    """A tone of its own for each end, off the frequencies of supervisory tones."""
    place = end if isinstance(end, int) else PHONES + int(end.removeprefix("fxo/"))
    return 510.0 + 26 * place


def what_is_wrong(bench: Bench, *pairs: tuple[End, End]) -> list[str]:
    """Everybody says hello, then his tone, all together: where that does not arrive as it should."""
    for side in zip(*pairs, strict=True):
        for end in side:
            bench.speak(end, GREETING)
        bench.wait_audio(len(GREETING) * 1000 // audio.RATE_HZ + 200)
    ends = [end for pair in pairs for end in pair]
    for end in ends:
        bench.play_tone(end, tone_of(end), -10, 60_000)
    heard = dict(zip(ends, undisturbed(bench, 1000, *ends), strict=True))
    ways = [way for one, other in pairs for way in ((one, other), (other, one))]
    return [fault for talker, listener in ways if (fault := _fault(heard[listener], talker, listener))]


def _fault(heard: audio.Samples, talker: End, listener: End) -> str | None:
    """Whether the talker's tone is as it should be; the listener's own, in his sidetone, is no distortion."""
    fit = audio.fit_tone(heard, tone_of(talker))
    distance_db = fit.dbm0 - rest_of(heard, tone_of(talker), tone_of(listener))
    if abs(fit.dbm0 + 10) > LEVEL_TOLERANCE_DB or distance_db < LEAST_SDR_DB:
        return f"{talker} to {listener}: {fit.dbm0:.1f} dBm0, {distance_db:.1f} dB above the rest"
    return None


def rest_of(samples: audio.Samples, *tones: float) -> float:
    """Level of what is left when these tones are taken out."""
    t = np.arange(len(samples)) / audio.RATE_HZ
    basis = np.stack([f(2 * np.pi * hz * t) for hz in tones for f in (np.sin, np.cos)] + [np.ones_like(t)], axis=1)
    data = samples.astype(np.float64)
    return audio.level_dbm0(data - basis @ np.linalg.lstsq(basis, data, rcond=None)[0])
