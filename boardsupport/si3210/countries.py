"""What a country asks of a telephone line's electrical side, each value with where it comes from.

`source=None`: no standard was found that says so; the value is common practice or that of a neighbour, and the
technician should compare it with the country's own rules. Ringing voltage is what a short line in a house needs (a
bell rings from 35 Vrms = 50 Vpk at its terminals), not what a public exchange must send over kilometres.
"""

from __future__ import annotations

from dataclasses import dataclass

from boardsupport.bus import Law
from boardsupport.port import LineSettings
from boardsupport.sourced import Sourced

TISS_600 = 0
TISS_900 = 1
TISS_600_2U16 = 2
TISS_900_2U16 = 3
TISS_270_750_150N = 4
TISS_220_820_120N = 5
TISS_275_780_115N = 6
TISS_370_620_310N = 7
_CHIP = "Si3210 data sheet, two-wire impedance codes"


@dataclass(frozen=True, slots=True)
class LineCountry:
    """One country's row."""

    law: Law
    impedance: Sourced[int]
    ring_hz: Sourced[float]
    ring_vpk: Sourced[float]

    def unsourced(self) -> list[str]:
        """The names of the values that no document stands behind."""
        named = (
            ("impedance", self.impedance.source),
            ("ringing frequency", self.ring_hz.source),
            ("ringing voltage", self.ring_vpk.source),
        )
        return [name for name, source in named if source is None]


_SHORT_LINE = Sourced(65.0, None)
"""46 Vrms, about what a house exchange's bell needs with some reserve."""

LINE_COUNTRIES: dict[str, LineCountry] = {
    "us": LineCountry(
        "ulaw",
        Sourced(TISS_600, "ANSI T1.401 (600 ohms)"),
        Sourced(20.0, "ANSI T1.401 (20 Hz)"),
        _SHORT_LINE,
    ),
    "uk": LineCountry(
        "alaw",
        Sourced(TISS_370_620_310N, "BS 6305 / BT SIN 351 (370 ohms + 620 ohms || 310 nF); " + _CHIP),
        Sourced(25.0, "BT SIN 351 (25 Hz)"),
        _SHORT_LINE,
    ),
    "de": LineCountry(
        "alaw",
        Sourced(TISS_220_820_120N, "1 TR 110 / TS 102 971 (220 ohms + 820 ohms || 115 nF; nearest code); " + _CHIP),
        Sourced(25.0, "1 TR 110 (25 Hz)"),
        _SHORT_LINE,
    ),
    "cn": LineCountry(
        "alaw",
        # 200 ohms + 680 ohms || 100 nF of the Chinese exchange specification has no code: this one is nearest
        Sourced(TISS_220_820_120N, None),
        Sourced(25.0, "GB/T 3380 (25 Hz)"),
        _SHORT_LINE,
    ),
    "ru": LineCountry(
        "alaw",
        Sourced(TISS_600, "GOST 7153-85 (600 ohms)"),
        Sourced(25.0, "GOST 7153-85 (25 Hz)"),
        _SHORT_LINE,
    ),
    "pl": LineCountry("alaw", Sourced(TISS_600, None), Sourced(25.0, None), _SHORT_LINE),
    "vn": LineCountry("alaw", Sourced(TISS_600, None), Sourced(25.0, None), _SHORT_LINE),
}
"""The countries of the product."""


def line_settings(country: str) -> LineSettings:
    """What the ports of a hotel in this country are set to. Raises KeyError for a country that has no row."""
    row = LINE_COUNTRIES[country]
    return LineSettings(row.law, row.impedance.value, row.ring_hz.value, row.ring_vpk.value)
