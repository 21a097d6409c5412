"""The emergency numbers that a telephone in a country must reach, whatever the hotel adds to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmergencyNumbers:
    """What a country's numbering plan sets apart, and where that is written."""

    numbers: tuple[str, ...]
    source: str


EMERGENCY_NUMBERS: dict[str, EmergencyNumbers] = {
    "us": EmergencyNumbers(("911",), "47 CFR 9.16 (direct dialling of 911)"),
    "uk": EmergencyNumbers(("999", "112"), "Ofcom, National Telephone Numbering Plan, Part A"),
    "de": EmergencyNumbers(("110", "112"), "Notrufverordnung (NotrufV), section 1"),
    "cn": EmergencyNumbers(("110", "119", "120", "122"), "YD/T numbering plan of the fixed network, special services"),
    "ru": EmergencyNumbers(("112", "101", "102", "103", "104"), "Numbering plan, order 205 of the ministry (2021)"),
    "pl": EmergencyNumbers(("112", "997", "998", "999"), "Regulation on the numbering plan of Poland, emergency AUS"),
    "vn": EmergencyNumbers(("113", "114", "115", "112"), "Circular 22/2014/TT-BTTTT, numbering plan"),
}
"""By country code, as in `firmware/countries.py`."""
