"""What is heard on company lines while a call must stand: speech, music on the pitches of their tones, faxes."""

from __future__ import annotations

import numpy as np

from firmware.countries import COUNTRIES
from tests import audio
from tests.unit.dsp.progress_signals import NEAR_TONES_HZ, SCALE_HZ, at_level, chords, lasting, melody
from tests.unit.dsp.signals import RATE, Samples, join, noise, silence, sine

LEVELS_DBM0 = (-12.0, -18.0, -26.0)
SENTENCES = (
    "Good evening, I should like to have a room for two nights, with breakfast, if you still have one.",
    "No, no. Moonshine in June, on the lagoon. Do you see? Two, two, two, zero, zero. Hm. Mmm.",
    "Yes? Hello? Are you still there? Well, well, well. Ha ha ha. One moment, please; I am looking.",
)
NOTE_S, REST_S = 5.0, 1.5
"""A note that is held longer than 10 s, alone and on the very pitch of dial tone, is dial tone."""


class Programme:
    """The sounds of a country, in scenes of some seconds: what each place hears changes from scene to scene."""

    def __init__(self, country: str, seconds: float) -> None:
        self._sounds = _sounds(country, seconds)
        self._silence = np.zeros(RATE // 100, np.int16)

    def of(self, scene: int, place: int) -> tuple[audio.Samples, audio.Samples]:
        """What is heard from the far end and from the guest: in turn from one alone, the other alone, and both."""
        far, near = self._chosen(scene, place)
        dbm0 = LEVELS_DBM0[scene // 3 % len(LEVELS_DBM0)]
        far_end, guest = (
            self._silence if name is None else _pcm16(at_level(self._sounds[name], dbm0)) for name in (far, near)
        )
        return far_end, guest

    def names(self, scene: int, place: int) -> str:
        """The same in words."""
        return ", ".join(name or "silence" for name in self._chosen(scene, place))

    def _chosen(self, scene: int, place: int) -> tuple[str | None, str | None]:
        names = list(self._sounds)
        far, near = names[(scene + place) % len(names)], names[(scene + 3 * place + 1) % len(names)]
        return (None if scene % 3 == 1 else far), (None if scene % 3 == 0 else near)


def _sounds(country: str, seconds: float) -> dict[str, Samples]:
    tones = COUNTRIES[country].tones
    busy, dial = tones["busy"].repeat[0].hz, tones["dial"].repeat[0].hz
    return {
        "speech": lasting(_spoken, seconds),
        "piano": melody("piano", seconds, SCALE_HZ, 0.5, 1),
        "organ near the tones": melody("organ", seconds, NEAR_TONES_HZ, 0.5, 2),
        "flute on busy tone's pitch": melody("flute", seconds, busy, 0.5, 3),
        "singer": melody("singer", seconds, NEAR_TONES_HZ, 0.3, 4),
        "chords": chords("piano", seconds, 5),
        "busy tone's notes, held": _held(busy, seconds),
        "dial tone's notes, held": _held(dial, seconds),
        "a fax calls": _again(join(sine(1100, -10, 0.5), silence(3)), seconds),
        "a fax answers": _again(join(silence(1), sine(2100, -10, 3.3), silence(0.1), noise(-15, 3)), seconds),
    }


def _spoken(number: int) -> Samples:
    return audio.speech(-15.0, SENTENCES[number % len(SENTENCES)]).astype(np.float64)


def _held(pitches: tuple[float, ...], seconds: float) -> Samples:
    chord = sum((sine(hz, -13, NOTE_S) for hz in pitches), silence(NOTE_S))
    return _again(join(chord, silence(REST_S)), seconds)


def _again(sound: Samples, seconds: float) -> Samples:
    return np.resize(sound, int(seconds * RATE))


def _pcm16(samples: Samples) -> audio.Samples:
    return np.clip(np.rint(samples), -32767, 32767).astype(np.int16)
