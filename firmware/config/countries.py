"""What the configuration must know of a country: its name and the emergency numbers that a telephone must reach."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """One row. `emergency` is what the country's numbering plan sets apart; `source` says where that is written."""

    name: str
    emergency: tuple[str, ...]
    source: str


COUNTRIES: dict[str, Country] = {
    "us": Country("United States", ("911",), "47 CFR 9.16 (direct dialling of 911)"),
    "uk": Country("United Kingdom", ("999", "112"), "Ofcom, National Telephone Numbering Plan, Part A"),
    "de": Country("Germany", ("110", "112"), "Notrufverordnung (NotrufV), section 1"),
    "cn": Country("China", ("110", "119", "120", "122"), "YD/T numbering plan of the fixed network, special services"),
    "ru": Country("Russia", ("112", "101", "102", "103", "104"), "Numbering plan, order 205 of the ministry (2021)"),
    "pl": Country("Poland", ("112", "997", "998", "999"), "Regulation on the numbering plan of Poland, emergency AUS"),
    "vn": Country("Vietnam", ("113", "114", "115", "112"), "Circular 22/2014/TT-BTTTT, numbering plan"),
}
