"""What never clears a line: speech, music, faxes, modems, keys, for minutes each."""

from collections.abc import Callable

import numpy as np
import pytest

from boardsupport.dsp import BankEvent, PortBank, ToneBegan, ToneCycle, dtmf
from boardsupport.dsp.bank import BLOCK_SAMPLES
from firmware.countries import COUNTRIES
from tests import audio
from tests.unit.dsp.progress_signals import (
    CLEARING,
    NEAR_TONES_HZ,
    SCALE_HZ,
    at_level,
    chords,
    detectors,
    lasting,
    melody,
)
from tests.unit.dsp.signals import Samples, hybrid, join, law_bytes, linear, noise, silence, sine, speech

SENTENCES = (
    "Good evening, this is reception speaking, how may I help you?",
    "Who knew the moon? You do, too: through the room, a cool blue tune. Oh no, no no. Mmm. Hm.",
    "One, two, two, zero, zero, seven. Ha ha ha. Hello? Hello? Are you still there? Yes. Yes. Yes.",
)


def heard(near: Samples, far: Samples | None = None) -> list[BankEvent]:
    """What the detectors of all countries hear on lines that carry the same."""
    bank = PortBank(len(COUNTRIES), 1, "alaw")
    for port, country in enumerate(COUNTRIES):
        bank.place(port, 0)
        bank.set_progress(port, detectors(country, CLEARING))
    capture = law_bytes(near)
    played = None if far is None else law_bytes(far)
    return [
        event
        for at in range(0, len(capture) // BLOCK_SAMPLES * BLOCK_SAMPLES, BLOCK_SAMPLES)
        for event in bank.receive(
            capture[at : at + BLOCK_SAMPLES], None if played is None else played[at : at + BLOCK_SAMPLES]
        )
    ]


def in_words(events: list[BankEvent]) -> list[str]:
    return [f"{list(COUNTRIES)[event.port]} {event.name}" for event in events]


def spoken(number: int) -> Samples:
    return audio.speech(-15.0, SENTENCES[number % len(SENTENCES)]).astype(np.float64)


SOUNDS: dict[str, Callable[[], Samples]] = {
    "speech": lambda: lasting(spoken, 300),
    "babble": lambda: speech(-15, 300, seed=11),
    "piano": lambda: melody("piano", 60, SCALE_HZ, 0.5, 1),
    "organ": lambda: melody("organ", 60, NEAR_TONES_HZ, 0.5, 2),
    "singer": lambda: melody("singer", 120, NEAR_TONES_HZ, 0.5, 3),
    "band": lambda: chords("piano", 60, 4) + 0.5 * chords("organ", 60, 5),
    "fax calls": lambda: np.tile(join(sine(1100, -10, 0.5), silence(3)), 20),
    "fax answers": lambda: np.tile(join(silence(1), sine(2100, -10, 3.3), silence(0.1), noise(-15, 3)), 8),
    "modem": lambda: noise(-13, 60),
    "line noise": lambda: noise(-43, 60),
    "keys": lambda: linear(dtmf("1234567890*#ABCD" * 6, 70, 70, -9, "alaw")),
    "long keys": lambda: linear(dtmf("1234567890*#ABCD", 500, 500, -9, "alaw")),
}


@pytest.mark.parametrize("sound", SOUNDS)
def test_no_tone_is_heard_in_other_sounds(sound: str) -> None:
    loud = SOUNDS[sound]()
    for dbm0 in (-10, -28) if sound != "line noise" else (-43,):
        assert in_words(heard(at_level(loud, dbm0))) == []


def test_nor_in_a_quiet_voice_under_the_other_partys() -> None:
    far = speech(-10, 120, seed=77)
    near = speech(-28, 120, seed=20) + np.convolve(far, hybrid(11))[: len(far)]
    assert in_words(heard(near, far)) == []


@pytest.mark.parametrize("rests", [0.0, 0.5])
def test_a_flute_on_the_tones_own_pitch_does_not_clear_a_line(rests: float) -> None:
    """It may pass for a tone, but not for as many cycles as are asked for."""
    events = heard(at_level(melody("flute", 300, NEAR_TONES_HZ, rests, 6), -15))
    assert all(isinstance(event, ToneBegan) or event.cycles < 2 for event in events)
    held = heard(join(*(sine(hz, -15, 5) for hz in (400, 425, 440, 450))))
    assert not any(isinstance(event, ToneCycle) for event in held)
