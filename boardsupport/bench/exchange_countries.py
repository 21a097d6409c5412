"""What the telephone company does on a line, by country: ringing, caller id, the impedance that its lines want.

Ring cadences are copied by value from the zones of libtonezone 3.1.0, as the tones in `tone_zones` are. Frequency and
voltage of ringing are what the countries' network operators publish for their two-wire interface, at the customer's
end; impedances are those that the reference names for the country, as codes of ACIM. All of it is kept apart from the
product's tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Modem: TypeAlias = Literal["bell202", "v23"]
_REAL_600: Final = 0
_GLOBAL_COMPLEX: Final = 15
_ONE_SECOND: Final = (1000, 4000)


@dataclass(frozen=True, slots=True)
class ExchangeCountry:
    """One country's exchanges."""

    ring_hz: float
    ring_vrms: float
    cadence_ms: tuple[int, ...]
    """On, off, ... of one ring; the last pause is the long one."""
    modem: Modem
    impedances: frozenset[int]
    """ACIM codes with which little comes back."""
    dtmf_start: str = "A"
    """What begins a number in DTMF caller id (ETSI EN 300 659-1 annex B; China has "D")."""


_COUNTRIES: Final[dict[str, ExchangeCountry]] = {
    "us": ExchangeCountry(20, 86, (2000, 4000), "bell202", frozenset({_REAL_600})),
    "uk": ExchangeCountry(25, 75, (400, 200, 400, 2000), "v23", frozenset({5, _GLOBAL_COMPLEX})),
    "de": ExchangeCountry(25, 60, _ONE_SECOND, "v23", frozenset({3, _GLOBAL_COMPLEX})),
    "cn": ExchangeCountry(25, 75, _ONE_SECOND, "v23", frozenset({10, _GLOBAL_COMPLEX}), dtmf_start="D"),
    "ru": ExchangeCountry(25, 95, _ONE_SECOND, "v23", frozenset({_REAL_600})),
    "pl": ExchangeCountry(25, 75, _ONE_SECOND, "v23", frozenset({_REAL_600})),
}
_GENERIC: Final = ExchangeCountry(25, 75, _ONE_SECOND, "v23", frozenset({_REAL_600, 10, _GLOBAL_COMPLEX}))
"""Viet Nam, where an installer chooses, and any country not listed."""


def exchange_country(code: str) -> ExchangeCountry:
    """The exchanges of an ISO-like country code ("gb" is "uk")."""
    return _COUNTRIES.get({"gb": "uk"}.get(code, code), _GENERIC)
