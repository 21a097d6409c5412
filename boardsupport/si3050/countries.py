"""What a country asks of a company-line port's electrical side: register values, each with where it comes from.

`source=None`: neither a standard nor a maker's table was found that says so; the technician should compare the value
with what the telephone company says, or try another row of `LINE_CHOICES`: a wrong one is heard as echo, or costs
level, but harms nothing.

Register 31 is the same for all but for its on-hook speed: 128 ms off-hook settling, and the 200 Hz high pass (line
monitor and loop have hum and a direct offset). Where the data sheet allows it (DCV 3.5 V), FULL makes the chip's full
scale +3.2 dBm, which is what the highway's +3.14 dBm0 means; elsewhere it stays 0 dBm, and the digital gains make up
for it, with what exceeds 0 dBm towards the line clipped.
"""

from __future__ import annotations

from dataclasses import dataclass

from boardsupport.bus import Law
from boardsupport.fxo import FxoSettings
from boardsupport.si3050 import regs
from boardsupport.si3050.regs import AcImpedance
from boardsupport.sourced import Sourced

DCV_3V5, DCV_3V1 = 3, 0
MINI_10MA, MINI_16MA = 0, 3
FULL_SCALE_DB = 3.2
"""By so much the converters' full scale is less without FULL."""
SETTLING_128MS = 1


@dataclass(frozen=True, slots=True)
class LineRow:
    """One way to set up a line."""

    ringer: Sourced[int]
    """Register 16."""
    dc: Sourced[int]
    """Register 26."""
    ac: Sourced[AcImpedance]
    slow_opening: Sourced[bool]
    """The loop opens within 3 ms instead of at once."""

    def unsourced(self) -> list[str]:
        """The names of the values that no document stands behind."""
        named = (
            ("ringer", self.ringer.source),
            ("DC termination", self.dc.source),
            ("AC termination", self.ac.source),
            ("on-hook speed", self.slow_opening.source),
        )
        return [name for name, source in named if source is None]


def _dc(voltage: int, minimum: int, limited: bool = False) -> int:
    value = regs.TIP_RING_VOLTAGE.put(0, voltage) | regs.MINIMUM_CURRENT.put(0, minimum)
    return regs.CURRENT_LIMIT.put(value, int(limited))


def _linux(mode: str) -> str:
    return f'Linux DAHDI drivers, fxo_modes.h, "{mode}"'


_USUAL_RINGER = 0x00
_FCC_RINGER = regs.RING_THRESHOLD.mask
_SYNTHESISED_RINGER = regs.RINGER_IMPEDANCE.mask | regs.RING_THRESHOLD.mask
_USUAL_DC = _dc(DCV_3V5, MINI_10MA)
_TBR21_DC = _dc(DCV_3V5, MINI_10MA, limited=True)
_LOW_VOLTAGE_DC = _dc(DCV_3V1, MINI_16MA)
_TBR21 = "ETSI TBR 21"
_3MS = "ETSI EN 301 437; data sheet, on-hook speed 3 ms"
_VENDOR_CHINA = "the chip vendor's preset for China"


def _row(
    source: str,
    ac: AcImpedance,
    dc: int = _USUAL_DC,
    ringer: int = _USUAL_RINGER,
    slow: str | None = None,
    ac_source: str | None = None,
) -> LineRow:
    """A row of a maker's table; `ac_source`: the standard behind the impedance, `slow`: behind the slow opening."""
    opening = Sourced(slow is not None, slow or source)
    return LineRow(Sourced(ringer, source), Sourced(dc, source), Sourced(ac, ac_source or source), opening)


LINE_CHOICES: dict[str, LineRow] = {
    "us": _row(_linux("USA"), AcImpedance.R600, ac_source="ANSI T1.401 (600 ohms)"),
    "uk": _row(
        _linux("UK"),
        AcImpedance.R320_1050_230N,
        _TBR21_DC,
        slow=_3MS,
        ac_source="BS 6305 / BT SIN 351 (320 ohms + 1050 ohms || 230 nF)",
    ),
    "de": _row(
        _linux("GERMANY"),
        AcImpedance.R220_820_120N,
        _TBR21_DC,
        slow=_3MS,
        ac_source="1 TR 110 / TS 102 971 (220 ohms + 820 ohms || 115 nF; nearest code)",
    ),
    "cn": _row(_linux("CHINA"), AcImpedance.GLOBAL_COMPLEX, _LOW_VOLTAGE_DC),
    "ru": _row(_linux("RUSSIA"), AcImpedance.R600, _LOW_VOLTAGE_DC, ac_source="GOST 7153-85 (600 ohms)"),
    "pl": _row(_linux("POLAND"), AcImpedance.R600, ringer=_SYNTHESISED_RINGER),
    # no table has Viet Nam: as most of the world, until an installer chooses another row
    "vn": LineRow(
        Sourced(_USUAL_RINGER, None),
        Sourced(_USUAL_DC, None),
        Sourced(AcImpedance.R600, None),
        Sourced(False, None),
    ),
    "default": _row(_linux("USA") + ", as for most countries", AcImpedance.R600),
    "fcc": _row(_linux("FCC"), AcImpedance.R600, ringer=_FCC_RINGER),
    "tbr21": _row(_linux("TBR21"), AcImpedance.R270_750_150N, _TBR21_DC, ac_source=_TBR21),
    "tbr21-3ms": _row(_linux("FRANCE"), AcImpedance.R270_750_150N, _TBR21_DC, slow=_3MS, ac_source=_TBR21),
    "cn-vendor": _row(_VENDOR_CHINA, AcImpedance.R200_680_100N),
}
"""The countries of the product, and what an installer can choose instead."""
LAWS: dict[str, Law] = {"us": "ulaw"}
"""Companding of the countries that don't use A-law (ITU-T G.711)."""
COUNTRIES = ("us", "uk", "de", "cn", "ru", "pl", "vn")


def fxo_settings(country: str, choice: str | None = None) -> FxoSettings:
    """What a company line of a hotel in this country is set to; `choice`: a row that the installer took instead.

    The country alone decides about the law, which all ports of a box share. Raises KeyError for what has no row.
    """
    if country not in COUNTRIES:
        raise KeyError(country)
    row = LINE_CHOICES[choice or country]
    full = regs.TIP_RING_VOLTAGE.of(row.dc.value) == DCV_3V5
    receive_db, transmit_db = (0.0, 0.0) if full else (-FULL_SCALE_DB, FULL_SCALE_DB)
    control_5 = regs.OFF_HOOK_SETTLING.put(regs.HIGH_PASS_200HZ.mask, SETTLING_128MS)
    control_5 = regs.FULL_SCALE.put(control_5, int(full))
    return FxoSettings(
        law=LAWS.get(country, "alaw"),
        international_1=row.ringer.value,
        dc_termination=row.dc.value,
        ac_termination=row.ac.value,
        control_5=regs.ON_HOOK_SPEED_2.put(control_5, int(row.slow_opening.value)),
        receive_db=receive_db,
        transmit_db=transmit_db,
    )
