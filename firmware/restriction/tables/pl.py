"""Poland: a closed plan of nine digits; the area's two digits tell a local call from a national one."""

from __future__ import annotations

from firmware.restriction.model import NumberingTable
from firmware.restriction.tables.common import HESC, international, row

_PLAN = "Regulation on the national numbering plan of 30 October 2013 (Dz.U. 2013 poz. 1281)"
_USE = "Regulation on the management of numbering of 19 March 2014 (Dz.U. 2022 poz. 533)"

_AREAS = "1[2-8] 2[2-5] 29 3[2-4] 4[1-4] 46 48 5[2456] 58 59 6[1-3] 65 67 68 71 7[4-7] 8[1-7] 89 91 94 95"  # zones (AB)
_OTHER_AREAS = " ".join(f"{area}19" for area in _AREAS.split())

PL = NumberingTable(
    country="pl",
    country_code="48",
    international_prefix="00",
    trunk_prefix="",
    area_codes=r"[1-9][0-9]",
    rows=(
        *international("00"),
        row(_AREAS, "national", 9, _PLAN),
        row("26 47", "national", 9, _PLAN, "networks of the ministries of defence and of the interior"),
        row("45 5[0137] 6[069] 7[2389] 88", "mobile", 9, _PLAN),
        row("39", "voip", 9, _PLAN),
        row("800", "toll-free", 9, _PLAN),
        row("801", "shared-cost", 9, _PLAN),
        row("804", "corporate", 9, _PLAN, "universal access numbers"),
        row("70", "premium", 9, _PLAN),
        row("64", "pager", (6, 9), _PLAN),
        row("10", "carrier", (5, 22), _USE, "access to another company before a number", cut=(0, 4)),
        row("19", "service", 5, _USE, "services of the area: taxis, offices; price of the company", level="national"),
        row(_OTHER_AREAS, "service", (7, 9), _USE, "the same of another area", level="national"),
        row("116", "service", 6, HESC, "free helplines"),
        row("118", "directory", 6, _PLAN),
        row("98[4-7] 99[1-6]", "service", 3, _USE, "rescue, city guard, gas, water, power"),
    ),
)
