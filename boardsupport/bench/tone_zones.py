"""Call-progress signals by country, as the bench expects to hear them.

The table is copied by value from the static zones of libtonezone 3.1.0 (Debian package `libtonezone2.0`, function
`tone_zone_find`), in that library's own notation. It is on purpose not derived from the product's table, which comes
from ITU-T E.180: two sources, so that one slip does not hide another.

libtonezone has no zone `vn`; there, and for any country not listed, the generic zone applies, whose limits are those
that ITU-T E.180 recommends (dial continuous; busy of equal on and off; ringback 0.67-1.5 s on and 3-5 s off).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# country -> (dial, busy, ringback, congestion, stutter); `f1+f2/ms`, comma separated, "!" is played once only.
_LIBTONEZONE: Final[dict[str, tuple[str, str, str, str, str]]] = {
    "us": (
        "350+440", "480+620/500,0/500", "440+480/2000,0/4000", "480+620/250,0/250",
        "!350+440/100,!0/100,!350+440/100,!0/100,350+440",
    ),
    "uk": ("350+440", "400/375,0/375", "400+450/400,0/200,400+450/400,0/2000", "400/400,0/350,400/225,0/525",
           "350+440/750,440/750"),
    "de": ("425", "425/480,0/480", "425/1000,0/4000", "425/240,0/240", "425+400"),
    "cn": ("450", "450/350,0/350", "450/1000,0/4000", "450/700,0/700", "450+425"),
    "ru": ("425", "425/350,0/350", "425/1000,0/4000", "425/175,0/175", "!425/100,!0/100,!425/100,!0/100,425"),
    "pl": ("425", "425/500,0/500", "425/1000,0/4000", "425/500,0/500", "!425/100,!0/100,!425/100,!0/100,425"),
}  # fmt: skip

HOWLER_HZ: Final = (1400, 2060, 2450, 2600)
SIT_HZ: Final = (950, 1400, 1800)  # special information tone: one after the other, 330 ms each (libtonezone id 7)
SIT_MS: Final = (250, 420)
HOWLER_MS: Final = (100, 100)
_DIAL_BAND_HZ: Final = (300.0, 640.0)  # ITU-T E.180: where dial, ringing and busy tone may lie


@dataclass(frozen=True, slots=True)
class Cadence:
    """A signal in pulses: `ms` is on, off, on, off, ... of one cycle; `hz` empty means any frequency."""

    name: str
    hz: tuple[int, ...]
    ms: tuple[int, ...]
    tolerance: float = 0.15

    @property
    def cycle_ms(self) -> int:
        """Length of one cycle."""
        return sum(self.ms)


@dataclass(frozen=True, slots=True)
class Zone:
    """What one country's telephones hear. `dial` and `stutter` are the frequencies of continuous tones.

    `warble`: two tones that take turns without a gap, as stutter dial tone in the United Kingdom.
    """

    country: str
    dial: tuple[int, ...]
    stutter: tuple[int, ...]
    cadences: tuple[Cadence, ...]
    warble: tuple[tuple[int, ...], ...] = ()

    def is_dial(self, hz: tuple[int, ...]) -> bool:
        """Whether a continuous tone of these frequencies is dial tone here."""
        if self.dial:
            return hz == self.dial
        return all(_DIAL_BAND_HZ[0] <= f <= _DIAL_BAND_HZ[1] for f in hz)

    def is_cadenced(self, hz: tuple[int, ...]) -> bool:
        """Whether these frequencies occur here in pulses only, so that a single burst says nothing yet."""
        return any(cadence.hz == hz for cadence in self.cadences)

    def frequencies(self) -> tuple[int, ...]:
        """All frequencies that occur in the zone, Hz."""
        parts = [self.dial, self.stutter, *self.warble, *(cadence.hz for cadence in self.cadences)]
        return tuple(sorted({f for part in parts for f in part}))


# E.180 recommends ranges; cadences that fit no row of a zone are still judged by these for ringback.
_E180_RINGBACK: Final = Cadence("ringback", (), (1085, 4000), 0.38)
_E180: Final = (
    _E180_RINGBACK,
    Cadence("busy", (), (500, 500), 0.40),
    Cadence("congestion", (), (240, 240), 0.30),
)


def _parse(text: str) -> list[tuple[tuple[int, ...], int, bool]]:
    """Elements of a libtonezone string: frequencies (empty: silence), ms (0: for ever), played once."""
    elements = []
    for part in text.split(","):
        body, _, ms = part.lstrip("!").partition("/")
        hz = tuple(sorted(int(f) for f in body.split("+") if f != "0"))
        elements.append((hz, int(ms or 0), part.startswith("!")))
    return elements


def _cadence(name: str, text: str) -> Cadence:
    elements = _parse(text)
    return Cadence(name, elements[0][0], tuple(ms for _, ms, _ in elements))


@lru_cache
def zone(country: str) -> Zone:
    """The zone of an ISO-like country code ("gb" is "uk"); generic where libtonezone has none."""
    code = {"gb": "uk"}.get(country, country)
    row = _LIBTONEZONE.get(code)
    if row is None:
        return Zone("generic", (), (), _E180)
    dial, busy, ringback, congestion, stutter = row
    cadences = [_cadence("ringback", ringback), _cadence("busy", busy)]
    if congestion != busy:
        cadences.append(_cadence("congestion", congestion))
    parts = _parse(stutter)
    last = parts[-1]
    warble = tuple(hz for hz, ms, _ in parts) if last[1] else ()
    continuous = last[0] if last[1] == 0 and last[0] != _parse(dial)[0][0] else ()
    ring = cadences[0]
    if len(ring.ms) == 2 and not any(670 <= cadence.ms[0] <= 1500 for cadence in cadences[1:]):
        cadences.append(Cadence("ringback", ring.hz, _E180_RINGBACK.ms, _E180_RINGBACK.tolerance))
    return Zone(code, _parse(dial)[0][0], continuous, tuple(cadences), warble)
