"""One telephone's judgement of what it hears: from frames (10 ms each) to pulses, from pulses to a signal.

A tone, once heard, is followed by the energy at its own frequencies, so that speech of the sidetone, noise or a short
dropout does not break its cadence; changes count when they have lasted 40 ms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from boardsupport.bench.ear_cadence import Pulses, judge, name_of, quiet_limit_ms
from boardsupport.bench.tone_zones import HOWLER_HZ, SIT_HZ, SIT_MS, Zone

FRAME_MS: Final = 10
_CONFIRM: Final = 4  # frames that a change must last
_NEW_TONE: Final = 5  # frames of a steady tone before it is taken for one
_OTHER_TONE: Final = 10  # the same, where the energy at the followed tone's frequencies does not tell
_WARBLE_MS: Final = (500, 1000)
_FIRST_LOOK: Final = 13  # the same over 100 ms, until then it is a guess
_OTHER_FRAMES: Final = 10
_EDGE: Final = 4  # frames that reach over the beginning of a pulse
_IDENTIFY: Final = 24  # frames of a pulse after which its frequencies are measured over 200 ms
_BELOW_DB: Final = 6.0  # half a frame of the tone, so that the edges of pulses are not biased
_ABOVE_DB: Final = 5.0
_QUIET_DB: Final = 15.0  # what is that much weaker than the tone does not disturb its pauses
_TALK_DB: Final = 6.0  # what is nearly as loud as the tone comes from the line: somebody has answered
_TALKED: Final = 50  # frames
_SHARE_DB: Final = 4.0  # the tone holds at least that share of the sound
_PURE: Final = 10  # frames
_SAME_HZ: Final = 12.0
_SAME_SPREAD_HZ: Final = 20.0
STEP_MS: Final = 50
_SPEECH_ON_MS: Final = 300  # within one second
_SPEECH_OFF_MS: Final = 2000
_SIT: Final = name_of(SIT_HZ)
_SIT_FRAMES: Final = 160  # the last note, the pause, the first one of the next
_HISTORY: Final = 20  # frames of "now"
_DTMF_LOW: Final = (697, 770, 852, 941)
_DTMF_HIGH: Final = (1209, 1336, 1477, 1633)

Measure = Callable[[int, int], tuple[int, ...]]  # (frames ago of the beginning, frames) -> frequencies; () if no tone


class Frame(NamedTuple):
    """One 10 ms step of one telephone; `silent` makes the rest meaningless."""

    silent: bool
    level: float = -90.0
    tonal: bool = False
    centroid: float = 0.0
    spread: float = 0.0
    own: float = -90.0
    howl: bool = False
    low: float = 0.0
    high: float = 0.0


SILENT: Final = Frame(silent=True)


def is_dtmf(low: float, high: float) -> bool:
    """Whether two lines are a DTMF digit (ITU-T Q.23, within 2.5 %)."""
    return any(abs(low - f) < 0.025 * f for f in _DTMF_LOW) and any(abs(high - f) < 0.025 * f for f in _DTMF_HIGH)


@dataclass(slots=True)
class Tone:
    """The tone that is being followed. `exact` once its frequencies were measured over a whole pulse."""

    hz: tuple[int, ...]
    centroid: float
    spread: float
    level: float
    exact: bool = False

    def matches(self, frame: Frame) -> bool:
        """Whether the frame holds this tone, alone or under something else."""
        if self.hz == HOWLER_HZ:
            return frame.howl
        if -_BELOW_DB < frame.own - self.level < _ABOVE_DB and frame.own > frame.level - _SHARE_DB:
            return True
        return (
            frame.tonal
            and abs(frame.centroid - self.centroid) < _SAME_HZ
            and abs(frame.spread - self.spread) < _SAME_SPREAD_HZ
            and frame.own > self.level - 20.0
        )


@dataclass(slots=True)
class Ear:
    """The state of one telephone's ear. Time counts in frames since the start."""

    zone: Zone
    time: int = 0
    tone: Tone | None = None
    pulses: Pulses = field(default_factory=Pulses)
    signal: str | None = None
    signal_since: int = 0
    mask_hz: tuple[int, ...] = ()  # what the bank should watch for this ear
    _differs: int = 0
    _steady: list[Frame] = field(default_factory=list)
    _now: deque[str] = field(default_factory=lambda: deque(maxlen=_HISTORY))
    _spoken: deque[bool] = field(default_factory=lambda: deque([False] * 20, maxlen=20))
    _last_speech: int = -10_000
    _others: int = 0
    _talked: int = 0
    _pure: int = 0
    _notes: list[int] = field(default_factory=list)
    _notes_until: int = 0
    _last: Frame = SILENT

    @property
    def idle(self) -> bool:
        """Nothing heard, nothing remembered: silent frames change nothing."""
        return self.tone is None and self.signal is None and not self._steady

    def step(self, frame: Frame, measure: Measure) -> None:
        """Take the next frame."""
        self.time += 1
        holds = self.tone is not None and not frame.silent and self.tone.matches(frame)
        self._now.append("silence" if frame.silent else "tone" if holds else "other")
        self._others = 0 if frame.silent or holds else self._others + 1
        self._last = frame
        if self.tone is not None:
            self._weigh(self.tone, holds, frame)
        if not holds or self._sounds_other(frame):
            self._look_for_new(frame, measure, _OTHER_TONE if holds else _NEW_TONE)
        else:
            self._steady.clear()
        if self.tone is not None:
            self._advance(holds, frame, measure)

    def _weigh(self, tone: Tone, holds: bool, frame: Frame) -> None:
        """Follow the tone's level, and count what is too loud beside it to be a sidetone."""
        if holds and (frame.tonal or frame.howl):
            tone.level += 0.1 * (frame.own - tone.level)
            self._pure += 1
            if self._pure >= _PURE:
                self._talked = 0
            return
        self._pure = 0
        if not frame.silent and frame.level > tone.level - _TALK_DB and not is_dtmf(frame.low, frame.high):
            self._talked += 1

    def _sounds_other(self, frame: Frame) -> bool:
        """Whether the energy is at the tone's frequencies, but not as the tone has it: half of it may have gone."""
        tone = self.tone
        if tone is None or not tone.exact or not frame.tonal or tone.hz == HOWLER_HZ:
            return False
        return abs(frame.centroid - tone.centroid) > _SAME_HZ and abs(frame.spread - tone.spread) > _SAME_SPREAD_HZ

    def _look_for_new(self, frame: Frame, measure: Measure, needed: int) -> None:
        """A steady tone that is not the one followed begins a new pattern."""
        if frame.silent or not (frame.tonal or frame.howl) or (frame.tonal and is_dtmf(frame.low, frame.high)):
            self._steady.clear()
            return
        if self._steady and not _alike(self._steady[-1], frame):
            self._steady.clear()
        self._steady.append(frame)
        if len(self._steady) < needed:
            return
        hz: tuple[int, ...] = HOWLER_HZ if frame.howl else measure(needed, needed)
        if hz and not (self.tone is not None and self.tone.exact and hz == self.tone.hz and needed > _NEW_TONE):
            self._begin(hz, frame, needed)
        self._steady.clear()

    def _begin(self, hz: tuple[int, ...], frame: Frame, ago: int) -> None:
        """Follow a new tone, whose first pulse began `ago` frames ago."""
        turned = self._turns(hz, ago)
        self._note(hz, ago)
        self.tone = Tone(hz, frame.centroid, frame.spread, frame.level, exact=hz == HOWLER_HZ)
        self.mask_hz = hz
        self.pulses = Pulses(began=self.time - ago)
        self.pulses.warbled = turned
        self._differs = 0
        self._was_tone(ago + _EDGE)
        keeps = (turned and self.signal == "stutter") or self._notes_last() or self.signal == "speech"
        if not keeps:  # a vowel may sound like a tone for a moment: speech lasts until the tone is certain
            self._set_signal(None, self.pulses.began)

    def _was_tone(self, frames: int) -> None:
        """The newest sounds were a tone's beginning, not something else."""
        for back in range(1, min(frames, self._others, len(self._now)) + 1):
            self._now[-back] = "tone"
        self._others = 0

    def _note(self, hz: tuple[int, ...], ago: int) -> None:
        """Watch for the special information tone: three rising notes, each following the other."""
        began = self.time - ago
        rises = len(self._notes) < len(SIT_HZ) and hz == (SIT_HZ[len(self._notes)],)
        if self._notes and not (rises and SIT_MS[0] <= (began - self._notes[-1]) * FRAME_MS <= SIT_MS[1]):
            self._notes.clear()
            rises = hz == (SIT_HZ[0],)
        if rises:
            self._notes.append(began)
        if len(self._notes) == len(SIT_HZ):
            self._set_signal(_SIT, self._notes[0])
        if self._notes and self.signal == _SIT:
            self._notes_until = began + _SIT_FRAMES

    def _notes_last(self) -> bool:
        return self.signal == _SIT and self.time < self._notes_until

    def _turns(self, hz: tuple[int, ...], ago: int) -> bool:
        """Whether the new tone takes turns with the one before, as the zone's warbling stutter tone does."""
        if self.tone is None or not self.pulses.on or self.tone.hz == hz:
            return False
        lasted = (self.time - ago - self.pulses.began) * FRAME_MS
        return self.tone.hz in self.zone.warble and hz in self.zone.warble and _WARBLE_MS[0] < lasted < _WARBLE_MS[1]

    def _advance(self, holds: bool, frame: Frame, measure: Measure) -> None:
        """Follow the pulses of the tone."""
        pulses = self.pulses
        if not pulses.on and not holds and self.tone is not None and frame.level > self.tone.level - _QUIET_DB:
            pulses.disturbed += 1
        if holds == pulses.on:
            if pulses.on and self._differs >= 2:
                pulses.notches.append(self.time - self._differs)
            self._differs = 0
            age = self.time - pulses.began
            if pulses.on and age in (_FIRST_LOOK, _IDENTIFY):
                self._identify(measure, age - 3, age - 3)
            return
        self._differs += 1
        if self._differs < _CONFIRM:
            return
        ended = self.time - _CONFIRM
        if pulses.on and ended - pulses.began < _IDENTIFY:
            self._identify(measure, self.time - pulses.began - 3, ended - pulses.began - 4)
        pulses.change(ended)
        self._differs = 0

    def _identify(self, measure: Measure, ago: int, frames: int) -> None:
        """Measure the pulse; if it is another tone after all, it begins a new pattern."""
        tone = self.tone
        hz = measure(ago, frames) if frames > 3 else ()
        if tone is None or not hz or tone.hz == HOWLER_HZ:
            return
        whole = frames >= _IDENTIFY - 4
        if hz != tone.hz:
            if tone.exact and not whole:
                return
            if tone.exact:
                self.pulses = Pulses(began=self.pulses.began)
                self._set_signal(None, self.pulses.began)
            tone.hz = self.mask_hz = hz
            tone.level = self._last.level
        tone.exact = tone.exact or whole

    def _set_signal(self, signal: str | None, since: int) -> None:
        if signal != self.signal:
            self.signal, self.signal_since = signal, since

    # --- every 50 ms

    def conclude(self) -> None:
        """Judge the pulses; forget a tone that stays away."""
        tone, pulses = self.tone, self.pulses
        if tone is None or self._notes_last():
            return
        verdict = judge(self.zone, tone.hz, tone.exact, pulses, self.time, self.signal)
        if verdict.changed(self.signal) and not (verdict.signal is None and self.signal == "speech"):
            self._set_signal(verdict.signal, verdict.since)
        quiet_ms = (self.time - pulses.began) * FRAME_MS
        if self._talked >= _TALKED or (
            not pulses.on and quiet_ms > quiet_limit_ms(self.zone, tone.hz, pulses, self.signal)
        ):
            since = pulses.began
            self.tone, self.mask_hz = None, ()
            self._talked = 0
            if self.signal not in (None, "speech"):
                self._set_signal(None, since)

    def others(self) -> int:
        """For how many frames something else than the tone or silence has been heard without a break."""
        return self._others

    def hear_tone(self, hz: tuple[int, ...], ago: int) -> None:
        """A tone was found by measuring over a longer time (its lines are too near for a frame)."""
        self._begin(hz, self._last, ago)

    def listen_for_speech(self, speaks: bool | None) -> None:
        """Take what the last 50 ms were (None: as before): sound that is no tone, nor steady and flat, is speech."""
        speaks = self._spoken[-1] if speaks is None else speaks
        self._spoken.append(speaks)
        if speaks:
            self._last_speech = self.time
        if self.signal is None and self.tone is None and self._spoken.count(True) * STEP_MS >= _SPEECH_ON_MS:
            began = len(self._spoken) - list(self._spoken).index(True)
            self._set_signal("speech", self.time - began * STEP_MS // FRAME_MS)
        elif self.signal == "speech" and (self.time - self._last_speech) * FRAME_MS > _SPEECH_OFF_MS:
            self._set_signal(None, self._last_speech)

    def kind_now(self) -> str:
        """What most of the last 200 ms were: "silence", "tone", "other", or "" while that is not clear."""
        tones, quiet = self._now.count("tone"), self._now.count("silence")
        if tones >= 8 and self.tone is not None:
            known = self.tone.exact or tones >= _FIRST_LOOK or self.pulses.done
            return "tone" if known else ""
        if self._others >= _OTHER_FRAMES:
            return "other"
        return "silence" if quiet > len(self._now) // 2 else ""


def _alike(a: Frame, b: Frame) -> bool:
    """Whether two frames hold the same steady tone."""
    if a.howl and b.howl:
        return True
    near = abs(a.centroid - b.centroid) < _SAME_HZ and abs(a.spread - b.spread) < 2 * _SAME_SPREAD_HZ
    return near and abs(a.level - b.level) < 4.0 and a.howl == b.howl
