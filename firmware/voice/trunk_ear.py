"""What is heard on a company line, as inputs of its machine: tones that were recognised, and the sound of blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from firmware.voice.speech_sense import LOUD_DBM0, SpeechSense
from firmware.voice.trunk_table import Input, State

LineTone: TypeAlias = Literal["dial", "stutter", "ringback", "busy", "congestion", "special-information"]
Phase: TypeAlias = Literal["began", "goes-on", "certain", "ended"]
"""Of a tone. goes-on: a second whole cycle, or more; certain: so many that a call may be cleared for it."""
Heard: TypeAlias = tuple[Input, tuple[object, ...]]

SILENT_DBM0 = -45.0
"""Less is no speech: the noise of a long line is 10 dB below, a soft talker 10 dB above."""
MESSAGE_GAP_NS = 200_000_000
"""The pauses between digits of a caller id by DTMF are shorter."""
_NS = 1_000_000_000


def heard_tone(tone: LineTone, phase: Phase) -> Heard | None:
    """What a tone means; None: nothing."""
    if tone == "ringback":
        return Input.RINGBACK_OVER if phase == "ended" else Input.RINGBACK, ()
    if phase == "ended":
        return (Input.DIAL_TONE_OVER, ()) if tone in ("dial", "stutter") else None
    if tone == "dial":
        return Input.DIAL_TONE, ()
    if tone == "stutter":  # one burst of it may be one of busy tone
        return None if phase == "began" else (Input.DIAL_TONE, ())
    if tone == "special-information":
        return Input.SPECIAL, ()
    if phase != "certain":
        return Input.REFUSAL_BEGAN, ()
    return Input.REFUSED, ("busy-tone" if tone == "busy" else "congestion-tone",)


class SilenceClock:
    """For how long nobody has spoken in a call. `limit_s` None: it does not matter."""

    def __init__(self, limit_s: float | None, now_ns: int) -> None:
        self._limit_ns = None if limit_s is None else int(limit_s * _NS)
        self._heard_ns = now_ns

    def heard(self, dbm0: float, now_ns: int) -> bool:
        """Take the level of the loudest party; whether the limit is reached."""
        if dbm0 > SILENT_DBM0:
            self._heard_ns = now_ns
        return self._limit_ns is not None and now_ns - self._heard_ns >= self._limit_ns


@dataclass(frozen=True, slots=True)
class Sound:
    """A block of 10 ms on a company line; `samples` are linear, and worked out where they are asked for."""

    dbm0: float
    loudest_dbm0: float
    """Of all parties of its connection."""
    samples: Callable[[], Sequence[int]]


class Ear:
    """The sound, as far as it matters to the state that the line is in."""

    def __init__(self) -> None:
        self._speech = SpeechSense()
        self._silence = SilenceClock(None, 0)
        self._sounded_ns: int | None = None

    def await_dial_tone(self) -> None:
        self._speech = SpeechSense()

    def follow_call(self, silence_s: float | None, now_ns: int) -> None:
        self._silence = SilenceClock(silence_s, now_ns)

    def heard(self, state: State, sound: Sound, now_ns: int) -> Input | None:
        """Take a block."""
        if state is State.PAUSE:
            self._sounded_ns = now_ns if sound.dbm0 > LOUD_DBM0 else self._sounded_ns
            return None
        if state in (State.AWAITING, State.LISTENING):
            return Input.SPEECH if self._speech.heard(sound.dbm0, sound.samples()) else None
        return Input.SILENT if self._silence.heard(sound.loudest_dbm0, now_ns) else None

    def message_arrives(self, now_ns: int) -> bool:
        """Between bursts something sounds, or has a moment ago: a caller id that is not complete yet."""
        return self._sounded_ns is not None and now_ns - self._sounded_ns < MESSAGE_GAP_NS
