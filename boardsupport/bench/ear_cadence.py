"""From pulses of one tone to the signal that they are: the country's cadences, dial tone, stutter, howler. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Final

from boardsupport.bench.tone_zones import HOWLER_HZ, HOWLER_MS, SIT_HZ, SIT_MS, Cadence, Zone

FRAME_MS: Final = 10
_CONTINUOUS_MS: Final = 300
_LONG_OFF_MS: Final = 1000  # such a pause counts as complete at three quarters, if nothing else was heard in it
_EARLY: Final = 0.75
_SLACK_MS: Final = 25.0  # edges are found to a frame or two, whatever the length of the pulse
_STUTTER_MS: Final = (50, 200)
_FORGET_MS: Final = 5500
_DISTURBED: Final = 10  # frames
_PULSES_KEPT: Final = 64
NOTCH: Final = 6  # frames
_NOTCH_APART: Final = (30, 60)  # frames between the notches of a stuttering dial tone (China: 400 ms on, 40 ms off)
_BEEPS_MS: Final = 3000
_FAST_MS: Final = 600
_STUTTERED_MS: Final = 500
_PULSE_MS: Final = 1500  # a pulse up to this length may be part of a cadence

_CONTINUOUS: Final = ("dial", "stutter")
_HOWLER: Final = Cadence("howler", HOWLER_HZ, HOWLER_MS, 0.3)


@dataclass(slots=True)
class Pulses:
    """Finished pulses and pauses in frames, oldest first, beginning with a pulse; and the one that lasts."""

    began: int = 0
    on: bool = True
    fresh: bool = False  # a pulse or pause has ended since they were judged
    warbled: bool = False  # the tone took turns with another one, without a gap, as the zone's stutter tone does
    disturbed: int = 0  # frames of other sound in the pause that lasts
    done: deque[int] = field(default_factory=lambda: deque(maxlen=_PULSES_KEPT))
    notches: deque[int] = field(default_factory=lambda: deque(maxlen=4))  # frames of short gaps in this pulse

    def change(self, at: int) -> None:
        """The pulse or pause ended at frame `at`; a very short pause was none (or a notch of some dial tones)."""
        if not self.on and at - self.began <= NOTCH and self.done:
            self.notches.append(self.began)
            self.began -= self.done.pop()
            self.on = True
            return
        if not self.on:
            self.notches.clear()
        self.done.append(at - self.began)
        self.began, self.on, self.disturbed, self.fresh = at, not self.on, 0, True

    def last(self, count: int) -> list[int]:
        """The last `count` finished ones, in ms."""
        return [frames * FRAME_MS for frames in list(self.done)[-count:]] if count else []

    def since(self, count: int) -> int:
        """The frame at which the last `count` finished ones began."""
        return self.began - sum(list(self.done)[-count:])


@dataclass(frozen=True, slots=True)
class Verdict:
    """`signal` since frame `since`; `keep`: nothing new."""

    signal: str | None
    since: int
    keep: bool = False

    def changed(self, before: str | None) -> bool:
        """Whether this differs from what was thought before."""
        return not self.keep and self.signal != before


_KEEP: Final = Verdict(None, 0, keep=True)


def name_of(hz: tuple[int, ...]) -> str:
    """`tone:425`, `tone:350+440`."""
    return "tone:" + "+".join(str(f) for f in hz)


def judge(zone: Zone, hz: tuple[int, ...], exact: bool, pulses: Pulses, now: int, before: str | None) -> Verdict:
    """What the pulses are by now."""
    candidates = _candidates(zone, hz)
    lasting_ms = (now - pulses.began) * FRAME_MS
    match = _best(candidates, pulses, lasting_ms)
    fresh, pulses.fresh = pulses.fresh, False
    if match is not None:
        return match
    known = _known(candidates, pulses, before)
    if known and not _overdue(known, pulses, lasting_ms, fresh):
        return _KEEP
    if not pulses.on and lasting_ms <= (NOTCH + 1) * FRAME_MS and before in _CONTINUOUS:
        return _KEEP
    if pulses.on:
        return _continuous(zone, hz, exact, pulses, lasting_ms, before, candidates)
    if before is None and _beeps(pulses, lasting_ms):
        return Verdict(name_of(hz), pulses.since(len(pulses.done)))
    if before is not None and not (before == name_of(hz) and _beeps(pulses, lasting_ms)):
        return Verdict(None, pulses.began)
    return _KEEP


def _beeps(pulses: Pulses, lasting_ms: int) -> bool:
    """A tone that comes and goes, in no cadence of the country."""
    heard = pulses.last(_PULSES_KEPT)
    if len(heard) < 5 or sum(heard) < _BEEPS_MS:
        return False
    sounds = heard[::2] if len(heard) % 2 or pulses.on else heard[1::2]
    return lasting_ms <= max(heard[-2::-2]) + 100 and sounds[-1] <= 2 * min(sounds) + 100


def quiet_limit_ms(zone: Zone, hz: tuple[int, ...], pulses: Pulses, signal: str | None) -> float:
    """How long a tone may stay away before it is forgotten."""
    known = _known(_candidates(zone, hz), pulses, signal)
    return max((_limit(c, on=False) for c in known), default=_FORGET_MS)


def _known(candidates: tuple[Cadence, ...], pulses: Pulses, signal: str | None) -> list[Cadence]:
    """The cadences of a signal; only the country's own, where the last pulse is one of it."""
    known = [c for c in candidates if c.name == signal]
    last = pulses.last(1 if not pulses.on else 2)
    own = [c for c in known if last and any(_fits(last[0], ms, c.tolerance) for ms in c.ms[::2])]
    return own[:1] or known


@lru_cache(maxsize=256)
def _candidates(zone: Zone, hz: tuple[int, ...]) -> tuple[Cadence, ...]:
    if hz == HOWLER_HZ:
        return (_HOWLER,)
    return tuple(c for c in zone.cadences if c.hz == hz or (not c.hz and zone.is_dial(hz)))


def _limit(cadence: Cadence, on: bool) -> float:
    longest = max(cadence.ms[0 if on else 1 :: 2])
    return longest * (1.05 + cadence.tolerance) + 100.0


def _overdue(known: list[Cadence], pulses: Pulses, lasting_ms: int, fresh: bool) -> bool:
    """Whether the pulse or pause that lasts is too long for the signal, or the last three pulses were not its own."""
    if lasting_ms > max(_limit(c, pulses.on) for c in known):
        return True
    if not fresh:
        return False
    recent = pulses.last(6)
    kinds = [pulses.on == (i % 2 == 0) for i in range(len(recent), 0, -1)]  # True: a pulse
    strange = 0
    for ms, is_on in zip(recent, kinds, strict=True):
        fits = any(_fits(ms, nominal, c.tolerance) for c in known for nominal in c.ms[0 if is_on else 1 :: 2])
        strange = 0 if fits else strange + 1
    return strange >= 3


def _fits(ms: float, nominal: int, tolerance: float) -> bool:
    return abs(ms - nominal) <= nominal * tolerance + _SLACK_MS


def _best(candidates: tuple[Cadence, ...], pulses: Pulses, lasting_ms: int) -> Verdict | None:
    """The cadence that fits best, if one does."""
    found: list[tuple[float, Cadence, int]] = []
    for cadence in candidates:
        hit = _match(cadence, pulses, lasting_ms)
        if hit is not None:
            found.append((hit[0], cadence, hit[1]))
    if not found:
        return None
    _, cadence, count = min(found, key=lambda item: item[0])
    return Verdict(cadence.name, pulses.since(count))


def _match(cadence: Cadence, pulses: Pulses, lasting_ms: int) -> tuple[float, int] | None:
    """(mean relative error, finished pulses used) if the newest pulses are a whole cycle of the cadence."""
    size = len(cadence.ms)
    long_pause = max(cadence.ms[1::2])
    if (
        not pulses.on
        and long_pause >= _LONG_OFF_MS
        and pulses.disturbed < _DISTURBED
        and lasting_ms >= _EARLY * long_pause
        and len(pulses.done) >= size - 1
    ):
        at = cadence.ms.index(long_pause)
        error = _compare(cadence, pulses.last(size - 1), (at + 1) % size)
        if error is not None and lasting_ms <= long_pause * (1 + cadence.tolerance) + _SLACK_MS:
            return error, size - 1
    needed = size if long_pause >= _LONG_OFF_MS or size > 2 else 3
    if cadence.cycle_ms < _FAST_MS:
        needed = 5  # two short beeps are other things too
    if not pulses.fresh or len(pulses.done) < needed:
        return None
    observed = pulses.last(needed)
    # the oldest of them is a pulse if an even number of changes lies between it and a pulse that lasts
    first_is_pulse = pulses.on == (needed % 2 == 0)
    errors = [_compare(cadence, observed, start) for start in range(0 if first_is_pulse else 1, size, 2)]
    fitting = [error for error in errors if error is not None]
    return (min(fitting), needed) if fitting else None


def _compare(cadence: Cadence, observed: list[int], start: int) -> float | None:
    """Mean relative error of the observed lengths against the cadence from element `start`; None if one is off."""
    nominal = [cadence.ms[(start + i) % len(cadence.ms)] for i in range(len(observed))]
    if not all(_fits(ms, want, cadence.tolerance) for ms, want in zip(observed, nominal, strict=True)):
        return None
    return sum(abs(ms - want) / want for ms, want in zip(observed, nominal, strict=True)) / len(observed)


def _continuous(
    zone: Zone, hz: tuple[int, ...], exact: bool, pulses: Pulses, lasting_ms: int, before: str | None,
    candidates: tuple[Cadence, ...],
) -> Verdict:  # fmt: skip
    """A tone that stands: dial tone, its stuttering form, or simply a tone."""
    if before == "stutter" and pulses.warbled:
        return _KEEP
    if lasting_ms < _CONTINUOUS_MS or not exact:
        return Verdict(None, pulses.began) if before in {c.name for c in candidates} else _KEEP
    if zone.is_dial(hz) and _stuttered(pulses):
        return Verdict("stutter", pulses.since(len(pulses.done))) if lasting_ms >= _STUTTERED_MS else _KEEP
    if before == "stutter":
        return _KEEP
    if pulses.warbled:
        return Verdict("stutter", pulses.began)
    if hz == zone.stutter:
        return Verdict("stutter", pulses.began)
    if _may_repeat(pulses, lasting_ms) or (len(hz) == 1 and hz[0] in SIT_HZ and lasting_ms < SIT_MS[1] + 80):
        return _KEEP
    if zone.is_dial(hz):
        return Verdict("dial", pulses.began)
    if zone.is_cadenced(hz) and lasting_ms < max(_limit(c, on=True) for c in candidates):
        return _KEEP if before is None else Verdict(None, pulses.began)
    return Verdict(name_of(hz), pulses.began)


def _may_repeat(pulses: Pulses, lasting_ms: int) -> bool:
    """Whether this pulse may still turn out as a repetition of the one before."""
    recent = pulses.last(2)
    return len(recent) == 2 and lasting_ms < 1.3 * recent[0] + 100 and recent[0] <= _PULSE_MS


def _stuttered(pulses: Pulses) -> bool:
    """At least two short pulses with short pauses stand right before the tone that lasts, or it is notched."""
    apart = [b - a for a, b in pairwise(pulses.notches)]
    if len(apart) >= 2 and all(_NOTCH_APART[0] <= frames <= _NOTCH_APART[1] for frames in apart):
        return True
    recent = pulses.last(4)
    return len(recent) == 4 and all(_STUTTER_MS[0] <= ms <= _STUTTER_MS[1] for ms in recent)
