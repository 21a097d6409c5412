"""What the scenarios' ear takes for a text that was spoken whole."""

from __future__ import annotations

import numpy as np
import pytest

from tests.audio import RATE_HZ, Samples, noise
from tests.scenario.waking import ALIKE, best, in_pieces

SAID = noise(8.6, -20, seed=1)
SILENCE = np.zeros(RATE_HZ, np.int16)


def with_gaps(said: Samples, *seconds: float, ms: int = 60) -> Samples:
    """The machine stood still so often: what follows is late by so much."""
    gap = np.zeros(RATE_HZ * ms // 1000, np.int16)
    for at in sorted(seconds, reverse=True):
        cut = round(at * RATE_HZ)
        said = np.concatenate([said[:cut], gap, said[cut:]])
    return said


def is_heard(said: Samples, spoken: Samples) -> bool:
    heard = np.concatenate([SILENCE, spoken, SILENCE])
    likeness, at = best(said, heard)
    return likeness >= ALIKE or in_pieces(said, heard, at)


@pytest.mark.parametrize("gaps", [(), (0.01,), (4.5,), (2.5, 6.3), (8.55,)])
def test_a_text_with_a_gap_or_two_was_spoken(gaps: tuple[float, ...]) -> None:
    assert is_heard(SAID, with_gaps(SAID, *gaps))


@pytest.mark.parametrize(
    "spoken",
    [
        pytest.param(SAID[: 5 * RATE_HZ], id="broken off"),
        pytest.param(SAID[4 * RATE_HZ :], id="begun late"),
        pytest.param(with_gaps(SAID, 1.5, 3.5, 5.5), id="full of gaps"),
        pytest.param(np.concatenate([SAID[: 4 * RATE_HZ], noise(4.6, -20, seed=2)]), id="gone on with another"),
        pytest.param(noise(8.6, -20, seed=3), id="another"),
        pytest.param(SILENCE, id="nothing"),
    ],
)
def test_another_or_half_a_text_was_not(spoken: Samples) -> None:
    assert not is_heard(SAID, spoken)


def test_a_short_text_is_heard_whole_or_not_at_all() -> None:
    short = SAID[: RATE_HZ // 2]
    assert is_heard(short, short)
    assert not is_heard(short, np.concatenate([short[: RATE_HZ // 4], SILENCE]))
