"""Germany: an open plan. Lengths of older numbers are not fixed, so most end by the timer or by #."""

from __future__ import annotations

from firmware.restriction.model import NumberingTable
from firmware.restriction.tables.common import HESC, international, row

_SPACE = "BNetzA, numbering plan of the public telecommunications numbering space (Vfg. 29/2015, 25/2016)"
_AREAS = "BNetzA, numbering plan of local network numbers"
_MOBILE = "BNetzA, numbering plan of mobile services"
_SERVICE = "BNetzA, numbering plan of (0)180 service numbers; TKG section 112 (price ceilings)"

_LOCAL = row("[2-9]", "local", (2, 11), _AREAS, "without area code")

DE = NumberingTable(
    country="de",
    country_code="49",
    international_prefix="00",
    trunk_prefix="0",
    area_codes=r"30|40|69|89|[2-9][0-9]{2,4}",
    local=_LOCAL,
    without_trunk=(_LOCAL,),
    rows=(
        *international("00"),
        row("0[2-9]", "national", (6, 14), _AREAS),
        row("031", "service", (4, 14), _SPACE, "tests of the network", level="unrestricted"),
        row("032", "voip", (9, 14), _SPACE, "national subscriber numbers: often outside flat rates", level="mobile"),
        row("010", "carrier", (7, 26), _SPACE, "call-by-call", cut=(0, 5)),
        row("0100", "carrier", (8, 26), _SPACE, "call-by-call", cut=(0, 6)),
        row("0137", "premium", (10, 12), _SPACE, "mass traffic, votes"),
        row("015", "mobile", 12, _MOBILE),
        row("016[023] 017", "mobile", (11, 12), _MOBILE),
        row("0164 0168 0169", "pager", (5, 15), _SPACE),
        row("0180", "shared-cost", (9, 12), _SERVICE, "up to 14 cents a minute, 20 a call", level="mobile"),
        row("018[1-9]", "corporate", (8, 15), _SPACE, "closed user groups: price not known", level="unrestricted"),
        row("019", "premium", (5, 15), _SPACE, "online services, routing of the networks"),
        row("0700", "personal", 12, _SPACE),
        row("0800", "toll-free", 11, _SPACE),
        row("0900", "premium", (11, 12), _SPACE),
        row("115", "service", 3, _SPACE, "public administration"),
        row("116", "service", 6, HESC, "free helplines, blocking of cards"),
        row("118", "directory", 5, _SPACE),
        row("1180", "directory", 6, _SPACE),
        row("19222", "service", 5, None, "patient transport: a number of each area"),
    ),
)
