"""What a country's telephones hear: tones, ring cadences and caller id, each with the source it is taken from.

An entry whose source is None is common practice that we could not find in a standard; `unsourced` names it, so that the
technician can compare it with what the telephone company says. Frequencies in hertz, levels in dBm0 of each frequency,
durations in milliseconds. A source that is named was compared with what others quote from it (Asterisk's table of
tones, makers' manuals), not with the document itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from firmware.gateway.messages import LampKind, RingKind, Tone

Law: TypeAlias = Literal["alaw", "ulaw"]
CallerIdKind: TypeAlias = Literal["fsk-bellcore", "fsk-etsi", "dtmf"]
CallerIdPlace: TypeAlias = Literal["after-first-ring", "before-ring-reversal", "before-ring"]

E180 = "ITU-T E.180 Supplement 2"
_SIN350 = "BT SIN 350"
_GR506 = "Telcordia GR-506-CORE"
_OST45 = "OST 45.223-2001 (Russia)"


@dataclass(frozen=True, slots=True)
class Segment:
    """Frequencies sounding together for `ms` (none: a pause); 0 ms is for ever. `gain_db` is added to the level."""

    hz: tuple[float, ...]
    ms: int
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class ToneSpec:
    """A tone: `once` plays first, then `repeat` for ever (empty: the tone ends by itself)."""

    repeat: tuple[Segment, ...]
    source: str | None
    dbm0: float = -13.0
    once: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class RingSpec:
    """A ring cadence: on, off, on, off, ... repeated."""

    cadence_ms: tuple[int, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class CallerIdSpec:
    """How the calling number reaches a telephone that rings."""

    kind: CallerIdKind
    place: CallerIdPlace
    source: str | None


@dataclass(frozen=True, slots=True)
class Country:
    """One country's row of the table."""

    code: str
    law: Law
    tones: Mapping[Tone, ToneSpec]
    rings: Mapping[RingKind, RingSpec]
    caller_id: CallerIdSpec
    lamp: LampKind = "neon"
    """The message lamp of most hotel telephones; a house of other ones says so with each lamp."""


def _on(hz: tuple[float, ...], *times_ms: int) -> tuple[Segment, ...]:
    """Sound and pause in turn; a single 0 is a continuous tone."""
    return tuple(Segment(hz if index % 2 == 0 else (), ms) for index, ms in enumerate(times_ms))


def _tone(hz: tuple[float, ...], *times_ms: int, source: str | None, dbm0: float = -13.0) -> ToneSpec:
    return ToneSpec(_on(hz, *times_ms), source, dbm0)


def _stutter(hz: tuple[float, ...], times_ms: tuple[int, ...], source: str | None, dbm0: float = -13.0) -> ToneSpec:
    """Bursts, then the plain dial tone."""
    return ToneSpec(_on(hz, 0), source, dbm0, once=_on(hz, *times_ms))


_TEN_BURSTS = (100, 100) * 10
_THREE_BURSTS = (100, 100) * 3


def special_information(source: str | None) -> ToneSpec:
    """Three rising notes and a pause (ITU-T E.180/Q.35, 7)."""
    notes = (Segment((950.0,), 330), Segment((1400.0,), 330), Segment((1800.0,), 330), Segment((), 1000))
    return ToneSpec(notes, source)


def _howler(source: str | None) -> ToneSpec:
    """Receiver off-hook tone: four notes 100/100 ms, from a hint to as loud as the line carries, in steps of 2 s."""
    notes = (1400.0, 2060.0, 2450.0, 2600.0)
    pair = (Segment((), 100),)
    rising = tuple(part for gain in (-24.0, -18.0, -12.0, -6.0) for part in (Segment(notes, 100, gain), *pair) * 10)
    return ToneSpec((Segment(notes, 100), *pair), source, dbm0=-6.0, once=rising)


def _confirmation(hz: tuple[float, ...], source: str | None) -> ToneSpec:
    """Three bursts, once."""
    return ToneSpec((), source, once=_on(hz, *_THREE_BURSTS))


def _end_of_period(source: str | None) -> ToneSpec:
    """Three short notes, once, in the midst of a call: its time will soon be over."""
    return ToneSpec((), source, dbm0=-16.0, once=_on((1400.0,), *_THREE_BURSTS))


def _hold(hz: tuple[float, ...], source: str | None) -> ToneSpec:
    """A soft reminder for a party on hold."""
    return _tone(hz, 200, 200, 200, 5400, source=source, dbm0=-19.0)


def _rings(national: RingSpec) -> dict[RingKind, RingSpec]:
    """The national cadence, and the distinctive patterns of GR-506-CORE for what is not an ordinary call.

    Each is written from its last burst on, so that the first pause is long enough for caller id.
    """
    return {
        "internal": national,
        "external": RingSpec((800, 4000, 800, 400), _GR506 + ", distinctive alerting pattern 2"),
        "recall": RingSpec((800, 4000, 400, 200, 400, 200), _GR506 + ", distinctive alerting pattern 3"),
        "wake-up": national,
        "priority": RingSpec((300, 4000, 300, 200, 1000, 200), _GR506 + ", distinctive alerting pattern 4"),
    }


def _common(hz: float, source: str | None) -> dict[Tone, ToneSpec]:
    """What the 425 Hz countries share; each country overrides what its own source gives."""
    one = (hz,)
    return {
        "dial": _tone(one, 0, source=source, dbm0=-10.0),
        "stutter": _stutter(one, _TEN_BURSTS, None, -10.0),
        "ringback": _tone(one, 1000, 4000, source=source),
        "unobtainable": special_information(source),
        "howler": _howler(None),
        "hold": _hold(one, None),
        "confirmation": _confirmation(one, None),
        "recall": _stutter(one, _THREE_BURSTS, None, -10.0),
        "warning": _tone((1400.0,), 350, 14_650, source=None, dbm0=-19.0),
        "end-of-period": _end_of_period(None),
    }


def _us() -> Country:
    dial, busy = (350.0, 440.0), (480.0, 620.0)
    tones: dict[Tone, ToneSpec] = {
        "dial": _tone(dial, 0, source=_GR506),
        "stutter": _stutter(dial, _TEN_BURSTS, _GR506),
        "ringback": _tone((440.0, 480.0), 2000, 4000, source=_GR506, dbm0=-19.0),
        "busy": _tone(busy, 500, 500, source=_GR506, dbm0=-19.0),
        "congestion": _tone(busy, 250, 250, source=_GR506, dbm0=-19.0),
        "unobtainable": special_information(E180),
        "howler": _howler(_GR506),
        "hold": _hold((440.0,), None),
        "call-waiting": _tone((440.0,), 300, 10_000, source=_GR506),
        "confirmation": _confirmation(dial, _GR506),
        "recall": _stutter(dial, _THREE_BURSTS, _GR506),
        "warning": _tone((1400.0,), 500, 15_000, source=None, dbm0=-19.0),
        "end-of-period": _end_of_period(None),
    }
    ring = RingSpec((2000, 4000), _GR506)
    caller_id = CallerIdSpec("fsk-bellcore", "after-first-ring", "Telcordia GR-30-CORE")
    return Country("us", "ulaw", tones, _rings(ring), caller_id)


def _uk() -> Country:
    dial, note = (350.0, 440.0), (400.0,)
    special = ToneSpec((Segment(dial, 750), Segment((440.0,), 750)), _SIN350)
    tones: dict[Tone, ToneSpec] = {
        "dial": _tone(dial, 0, source=_SIN350),
        "stutter": special,
        "ringback": _tone((400.0, 450.0), 400, 200, 400, 2000, source=_SIN350, dbm0=-16.0),
        "busy": _tone(note, 375, 375, source=_SIN350),
        "congestion": _tone(note, 400, 350, 225, 525, source=_SIN350),
        "unobtainable": _tone(note, 0, source=_SIN350),
        "howler": _howler(None),
        "hold": _hold(note, None),
        "call-waiting": _tone(note, 100, 4000, source=_SIN350),
        "confirmation": _confirmation((1400.0,), None),
        "recall": _stutter(dial, _THREE_BURSTS, None),
        "warning": _tone((1400.0,), 400, 14_600, source=None, dbm0=-19.0),
        "end-of-period": _end_of_period(None),
    }
    ring = RingSpec((400, 200, 400, 2000), _SIN350)
    caller_id = CallerIdSpec("fsk-etsi", "before-ring-reversal", "BT SIN 227")
    return Country("uk", "alaw", tones, _rings(ring), caller_id)


def _de() -> Country:
    note = (425.0,)
    tones: dict[Tone, ToneSpec] = {
        **_common(425.0, E180),
        "stutter": _tone((400.0, 425.0), 0, source=E180),
        "busy": _tone(note, 480, 480, source=E180),
        "congestion": _tone(note, 240, 240, source=E180),
        "call-waiting": _tone(note, 200, 200, 200, 5000, source=E180),
    }
    ring = RingSpec((1000, 4000), E180)
    caller_id = CallerIdSpec("fsk-etsi", "after-first-ring", "ETSI EN 300 659-1")
    return Country("de", "alaw", tones, _rings(ring), caller_id)


def _cn() -> Country:
    note = (450.0,)
    unobtainable = _tone(note, 100, 100, 100, 100, 100, 100, 400, 400, source=E180, dbm0=-10.0)
    tones: dict[Tone, ToneSpec] = {
        **_common(450.0, E180),
        "stutter": _tone(note, 400, 40, source=None, dbm0=-10.0),
        "ringback": _tone(note, 1000, 4000, source=E180, dbm0=-10.0),
        "busy": _tone(note, 350, 350, source=E180, dbm0=-10.0),
        "congestion": _tone(note, 700, 700, source=E180, dbm0=-10.0),
        "unobtainable": unobtainable,
        "call-waiting": _tone(note, 400, 4000, source=E180, dbm0=-20.0),
    }
    ring = RingSpec((1000, 4000), E180)
    caller_id = CallerIdSpec("fsk-bellcore", "after-first-ring", "YD/T 1277.1")
    return Country("cn", "alaw", tones, _rings(ring), caller_id)


def _ru() -> Country:
    note = (425.0,)
    tones: dict[Tone, ToneSpec] = {
        **_common(425.0, _OST45),
        "busy": _tone(note, 350, 350, source=_OST45),
        "congestion": _tone(note, 175, 175, source=_OST45),
        "call-waiting": _tone(note, 200, 5000, source=_OST45),
    }
    ring = RingSpec((1000, 4000), _OST45)
    caller_id = CallerIdSpec("fsk-etsi", "after-first-ring", None)
    return Country("ru", "alaw", tones, _rings(ring), caller_id)


def _pl() -> Country:
    note = (425.0,)
    tones: dict[Tone, ToneSpec] = {
        **_common(425.0, E180),
        "busy": _tone(note, 500, 500, source=E180),
        "congestion": _tone(note, 500, 500, source=E180),
        "call-waiting": _tone(note, 150, 150, 150, 4000, source=E180),
    }
    ring = RingSpec((1000, 4000), E180)
    caller_id = CallerIdSpec("fsk-etsi", "after-first-ring", None)
    return Country("pl", "alaw", tones, _rings(ring), caller_id)


def _vn() -> Country:
    note = (425.0,)
    tones: dict[Tone, ToneSpec] = {
        **_common(425.0, None),
        "busy": _tone(note, 500, 500, source=None),
        "congestion": _tone(note, 250, 250, source=None),
        "call-waiting": _tone(note, 200, 5000, source=None),
    }
    ring = RingSpec((1000, 4000), None)
    caller_id = CallerIdSpec("fsk-etsi", "after-first-ring", None)
    return Country("vn", "alaw", tones, _rings(ring), caller_id)


COUNTRIES: Mapping[str, Country] = {
    country.code: country for country in (_us(), _uk(), _de(), _cn(), _ru(), _pl(), _vn())
}


def unsourced(country: str) -> list[str]:
    """The entries of a country that no standard vouches for, by name ("tone howler", "ring internal", "caller id")."""
    row = COUNTRIES[country]
    names = [f"tone {tone}" for tone in get_args(Tone) if row.tones[tone].source is None]
    names += [f"ring {kind}" for kind in get_args(RingKind) if row.rings[kind].source is None]
    return names + (["caller id"] if row.caller_id.source is None else [])
