"""What a country's exchanges ask of whoever calls out on an analog line, each with the source it is taken from.

A source that is None is common practice that we could not find in a standard. A source that is named was compared with
what others quote from it, not with the document itself. The tones and the caller id of the country stand in
`countries.py`: what the product's own telephones get is what its company lines give.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_ES201235 = "ETSI ES 201 235-2"
_TIA470 = "ANSI/TIA-470 (50 ms each at least)"
_GBT15279 = "GB/T 15279 (40 ms each at least, -9 +- 3 and -7 +- 3 dBm)"


@dataclass(frozen=True, slots=True)
class DtmfSpec:
    """How digits are sent: `dbm0` is the level of the low group, the high group is 2 dB above it."""

    on_ms: int
    off_ms: int
    dbm0: float
    source: str | None


@dataclass(frozen=True, slots=True)
class TrunkCountry:
    """One country's row. `guard_ms`: on-hook for so long is a release for any exchange, not a register recall."""

    dtmf: DtmfSpec
    guard_ms: int
    guard_source: str | None

    def unsourced(self) -> list[str]:
        """The names of the values that no document stands behind."""
        named = (("digits", self.dtmf.source), ("guard time", self.guard_source))
        return [name for name, source in named if source is None]


_ETSI_DTMF = DtmfSpec(70, 70, -9.0, _ES201235)
"""65 ms each at least; -11 dBV in the low group, which is -9 dBm in 600 ohms."""

TRUNK_COUNTRIES: Mapping[str, TrunkCountry] = {
    "us": TrunkCountry(DtmfSpec(60, 60, -9.0, _TIA470), 1200, "Telcordia GR-506-CORE (a flash lasts 1.1 s at most)"),
    "uk": TrunkCountry(_ETSI_DTMF, 1000, None),
    "de": TrunkCountry(_ETSI_DTMF, 1000, None),
    "cn": TrunkCountry(DtmfSpec(70, 70, -9.0, _GBT15279), 1000, None),
    "ru": TrunkCountry(DtmfSpec(70, 70, -6.0, None), 1000, None),
    "pl": TrunkCountry(_ETSI_DTMF, 1000, None),
    "vn": TrunkCountry(DtmfSpec(80, 80, -9.0, None), 1000, None),
}
"""By country code, as in `countries.py`."""
