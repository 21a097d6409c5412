"""Russia. 8 is the national prefix, 8 10 the international one; the dial tone between them is the line's business.

Kazakhstan, Abkhazia and South Ossetia have numbers inside the country code 7 and are abroad all the same. The old 01 to
04 have become 101 to 104; the change from 8 to 0 and from 8 10 to 00 stands in the plan but was seen nowhere yet, so
what begins with 0 is unknown.
"""

from __future__ import annotations

from firmware.restriction.model import NumberingTable
from firmware.restriction.tables.common import international, row

_PLAN = "Russian system and plan of numbering, order 75 of the ministry (31 January 2022)"
_OSSETIA = "Agreement of Russia and South Ossetia on the codes 850 and 998"
_CARRIERS = f"{_PLAN}: choice of a carrier at each call"

_LOCAL = row("[2-79]", "local", (5, 7), _PLAN, "without area code")

RU = NumberingTable(
    country="ru",
    country_code="7",
    international_prefix="810",
    trunk_prefix="8",
    area_codes=r"[348][0-9]{2,4}",
    local=_LOCAL,
    without_trunk=(_LOCAL,),
    rows=(
        *international("810"),
        row("8[34] 88[1-7]", "national", 11, _PLAN),
        row("89", "mobile", 11, _PLAN),
        row("8[67]", "international", 11, _PLAN, "Kazakhstan"),
        row("8840 8940", "international", 11, _PLAN, "Abkhazia"),
        row("8850 8998", "international", 11, _OSSETIA, "South Ossetia"),
        row("8954", "satellite", 11, None),
        row("8970 8971", "personal", 11, None, "price not known"),
        row("8800 8804", "toll-free", 11, _PLAN),
        row("8803 8809", "premium", 11, _PLAN, "votes, paid services"),
        row("8808", "personal", 11, _PLAN),
        row("880[12567]", "premium", 11, _PLAN, "card, credit and private network services"),
        row("82 85", "carrier", (8, 22), _CARRIERS, "8 and two digits before a number", cut=(1, 3)),
        row("122", "service", 3, None, "health and social services of the region"),
    ),
)
