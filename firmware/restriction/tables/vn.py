"""Viet Nam, with the area codes of 2017 and the ten-digit mobile numbers of 2018."""

from __future__ import annotations

from firmware.restriction.model import NumberingTable
from firmware.restriction.tables.common import international, row

_PLAN = "Circular 22/2014/TT-BTTTT on the numbering plan, amended by 27/2021/TT-BTTTT"
_CARRIERS = "Circular 22/2014/TT-BTTTT, article 11"

_LOCAL = row("[2-9]", "local", (7, 8), _PLAN, "without area code")

VN = NumberingTable(
    country="vn",
    country_code="84",
    international_prefix="00",
    trunk_prefix="0",
    area_codes=r"24|28|2[0-9]{2}",
    local=_LOCAL,
    without_trunk=(_LOCAL,),
    rows=(
        *international("00"),
        row("02", "national", 11, _PLAN),
        row("03 05 07 08[1-9] 09[0-8] 099[013-9]", "mobile", 10, _PLAN),
        row("065", "voip", 11, _PLAN, "Internet telephony: price not known", level="unrestricted"),
        row("0672", "satellite", 10, _PLAN, "VSAT"),
        row("069", "corporate", (8, 10), _PLAN, "army and police", level="unrestricted"),
        row("1800", "toll-free", (8, 10), _PLAN),
        row("1900", "premium", (8, 10), _PLAN),
        row("17[1-9] 13[1-9] 12[6-9]", "carrier", (7, 24), _CARRIERS, "IP telephony before a number", cut=(0, 3)),
        row("12[01]", "operator", 3, _CARRIERS, "paid for abroad"),
        row("111", "service", 3, None, "protection of children: free"),
        row("119", "service", 3, None, "faults"),
        row("116", "directory", 3, None),
        row("108", "directory", (3, 5), None, "information services"),
    ),
)
