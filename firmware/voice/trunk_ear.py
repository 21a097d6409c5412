"""What is heard on a company line, as inputs of its machine: tones that were recognised, and levels of blocks."""

from __future__ import annotations

from statistics import median
from typing import Literal, TypeAlias

from firmware.voice.trunk_table import Input, State

LineTone: TypeAlias = Literal["dial", "ringback", "busy", "congestion", "special-information"]
Phase: TypeAlias = Literal["began", "goes-on", "certain", "ended"]
"""Of a tone. goes-on: a second whole cycle, or more; certain: so many that a call may be cleared for it."""
Heard: TypeAlias = tuple[Input, tuple[object, ...]]

SILENT_DBM0 = -45.0
"""Less is no speech: the noise of a long line is 10 dB below, a soft talker 10 dB above."""
LOUD_DBM0 = -40.0
SPEECH_BLOCKS = 30
"""300 ms."""
SPEECH_STEP_DB = 1.0
"""Half of all blocks of speech, or more, differ from the one before by more; those of a tone do not."""
MESSAGE_GAP_NS = 200_000_000
"""The pauses between digits of a caller id by DTMF are shorter."""
_NS = 1_000_000_000


def heard_tone(tone: LineTone, phase: Phase) -> Heard | None:
    """What a tone means; None: nothing."""
    if tone == "ringback":
        return Input.RINGBACK_OVER if phase == "ended" else Input.RINGBACK, ()
    if phase == "ended":
        return None
    if tone == "dial":
        return Input.DIAL_TONE, ()
    if tone == "special-information":
        return Input.SPECIAL, ()
    if phase != "certain":
        return Input.REFUSAL_BEGAN, ()
    return Input.REFUSED, ("busy-tone" if tone == "busy" else "congestion-tone",)


class SpeechSense:
    """Tells somebody who speaks, on a line where dial tone should be, from tones; fed with the level of each block."""

    def __init__(self) -> None:
        self._steps: list[float] = []
        self._last_dbm0: float | None = None

    def heard(self, dbm0: float) -> bool:
        """Take a block of 10 ms; whether it is speech, as far as can be told."""
        if dbm0 > LOUD_DBM0:
            if self._last_dbm0 is not None:
                self._steps.append(abs(dbm0 - self._last_dbm0))
            self._last_dbm0 = dbm0
        else:
            self._last_dbm0 = None
        return len(self._steps) >= SPEECH_BLOCKS and median(self._steps) > SPEECH_STEP_DB


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


class Ear:
    """Levels, as far as they matter to the state that the line is in."""

    def __init__(self) -> None:
        self._speech = SpeechSense()
        self._silence = SilenceClock(None, 0)
        self._sounded_ns: int | None = None

    def await_dial_tone(self) -> None:
        self._speech = SpeechSense()

    def follow_call(self, silence_s: float | None, now_ns: int) -> None:
        self._silence = SilenceClock(silence_s, now_ns)

    def heard_levels(self, state: State, own_dbm0: float, loudest_dbm0: float, now_ns: int) -> Input | None:
        """Take a block: what the line itself says, and the loudest party of its connection."""
        if state is State.PAUSE:
            self._sounded_ns = now_ns if own_dbm0 > LOUD_DBM0 else self._sounded_ns
            return None
        if state is State.AWAITING:
            return Input.SPEECH if self._speech.heard(own_dbm0) else None
        return Input.SILENT if self._silence.heard(loudest_dbm0, now_ns) else None

    def message_arrives(self, now_ns: int) -> bool:
        """Between bursts something sounds, or has a moment ago: a caller id that is not complete yet."""
        return self._sounded_ns is not None and now_ns - self._sounded_ns < MESSAGE_GAP_NS
