"""China (mainland; Hong Kong, Macao and Taiwan are abroad). A mobile telephone of another area is dialled with 0."""

from __future__ import annotations

from firmware.restriction.model import NumberingTable
from firmware.restriction.tables.common import international, row

_PLAN = "MIIT, numbering plan of telecommunication networks, 2017 edition (Gongxinbu Xinguan [2017] 68)"
_MOBILE = "MIIT, network codes of the public mobile networks, March 2023"

_LOCAL = row("[2-8]", "local", (7, 8), _PLAN, "without area code")

CN = NumberingTable(
    country="cn",
    country_code="86",
    international_prefix="00",
    trunk_prefix="0",
    area_codes=r"10|2[0-9]|[3-9][0-9]{2}",
    local=_LOCAL,
    without_trunk=(_LOCAL,),
    rows=(
        *international("00"),
        row("010 02[0-57-9]", "national", 11, _PLAN),
        row("0[3-9]", "national", (11, 12), _PLAN),
        row("1[3-9]", "mobile", 11, _MOBILE),
        row("01[3-9]", "mobile", 12, _MOBILE, "of another area"),
        row("1349 174 1619", "satellite", 11, _MOBILE),
        row("01349 0174 01619", "satellite", 12, _MOBILE),
        row("16[08]", "premium", 8, None, "information services"),
        row("179", "carrier", (6, 22), _PLAN, "IP telephony before a number", cut=(0, 5)),
        row("12593 11808 10193", "carrier", (6, 22), None, "long-distance codes before a number", cut=(0, 5)),
        row("100", "service", 5, _PLAN, "desks of the telephone companies"),
        row("12[13]", "service", 5, _PLAN, "public services"),
        row("114", "directory", 3, _PLAN, "connects through as well"),
        row("95[1-9]", "service", (5, 6), _PLAN, "banks, airlines and the like: a local call"),
        row("950", "voip", (5, 11), None, "call centres and Internet telephony: price not known", level="unrestricted"),
        row("96", "service", (5, 6), _PLAN, "services of a province: mostly a local call", level="national"),
        row("400", "shared-cost", 10, _PLAN),
        row("800", "toll-free", 10, _PLAN),
        row("20[01] 300", "carrier", (3, 22), _PLAN, "calling cards"),
    ),
)
