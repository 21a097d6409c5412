"""The United States: the North American Numbering Plan, dialled as 1 and ten digits, as ten digits, or as seven.

Mobile telephones have ordinary area codes: "mobile" adds nothing to "national" here. Canada and the islands share the
country code 1 and are abroad all the same. An area code that is newer than this table is unknown, and barred, until the
site allows it.
"""

from __future__ import annotations

from firmware.restriction.model import NumberingTable, Row
from firmware.restriction.tables.common import international, row, spread

_NANPA = "NANPA, area codes in service (47 CFR 52.13)"
_DOMESTIC = "NANPA, area codes in service; 47 CFR 64.1801 (rates to offshore points)"
_TOLL_FREE = "47 CFR 52.101 (toll-free numbers)"
_PAY_PER_CALL = "47 CFR 64.1506 (numbers of pay-per-call services)"
_N11 = "FCC 97-51, FCC 00-256, FCC 00-257, FCC 05-59 (N11 codes)"
_988 = "FCC 20-100 (988)"
_CARRIER = "ATIS-0300050 (carrier identification codes)"
_PERSONAL = "NANPA, 5XX-NXX codes"

_STATES = (
    "20[1-35-9] 21[02-9] 22[03-57-9] 23[1459] 24[08] 25[1-46] 26[0279] 27[02469] 28[13] "
    "30[1-57-9] 31[02-9] 32[013-79] 33[0-24679] 34[167] 35[0-3] 36[01349] 38[056] "
    "40[124-9] 41[02-579] 42[3-5] 43[0245] 44[023578] 458 46[349] 47[02589] 48[04] "
    "50[1-57-9] 51[0235-8] 520 53[0149] 54[01] 55[179] 56[1-47] 57[0-5] 58[0256] "
    "60[1-35-9] 61[024-9] 62[03689] 63[016] 64[0156] 65[01679] 66[0-279] 678 68[0-269] "
    "70[1-46-8] 71[2-9] 72[04-8] 73[0-2478] 74[0378] 75[47] 76[02359] 77[0-59] 78[156] "
    "80[1-68] 81[02-8] 82[0168] 83[0-2589] 84[03578] 85[046-9] 86[02-5] 87[028] "
    "90[1346-9] 91[02-9] 92[0589] 93[0146-8] 94[01357-9] 95[12469] 97[0-3589] 98[03-69]"
)
_ATLANTIC = "340 787 939"
_PACIFIC = "670 671 684"
_ISLANDS = "242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 8[024]9 868 869 876"
_CANADA = (
    "204 2[23]6 2[48]9 250 257 263 273 306 343 354 36[578] 382 403 416 418 428 43[178] 450 468 474 506 514 519 548 579 "
    "58[147] 604 613 639 647 672 683 705 709 742 753 778 78[02] 807 819 825 867 87[39] 90[25] 942"
)


def _with(before: str, codes: str, after: str = "") -> str:
    return " ".join(f"{before}{code}{after}" for code in codes.split())


def _numbers(before: str) -> tuple[Row, ...]:
    """Ten digits, and what is dialled before them."""
    digits = len(before) + 10
    domestic = f"{_STATES} {_ATLANTIC} {_PACIFIC}"
    return (
        row(_with(before, _STATES), "national", digits, _NANPA, "the fifty states and Washington"),
        row(_with(before, _ATLANTIC), "national", digits, _DOMESTIC, "Puerto Rico, US Virgin Islands"),
        row(_with(before, _PACIFIC), "international", digits, _NANPA, "US islands of the Pacific: often charged apart"),
        row(_with(before, _CANADA), "international", digits, _NANPA, "Canada"),
        row(_with(before, _ISLANDS), "international", digits, _NANPA, "Bermuda and the Caribbean"),
        row(_with(before, "800 833 844 855 866 877 888"), "toll-free", digits, _TOLL_FREE),
        row(_with(before, "900"), "premium", digits, _PAY_PER_CALL),
        row(_with(before, domestic, "976"), "premium", digits, _PAY_PER_CALL, "exchange 976 of any area"),
        row(_with(before, domestic, "555"), "directory", digits, _NANPA, "555-1212 of any area"),
        row(_with(before, "500 52[1-9] 533 544 566 577 588"), "personal", digits, _PERSONAL, "follow-me, machines"),
        row(_with(before, "700"), "carrier", digits, _NANPA, "each long-distance company's own services"),
    )


_SEVEN = " ".join(code for code in spread("[2-9][0-9][0-9]") if code[1:] != "11" and code not in ("555", "950", "976"))

US = NumberingTable(
    country="us",
    country_code="1",
    international_prefix="011",
    trunk_prefix="1",
    area_codes=r"[2-9][0-9]{2}",
    area_without_trunk=True,
    without_trunk=_numbers(""),
    local=row(_SEVEN, "local", 7, _NANPA, "seven digits, where the site says that they are dialled"),
    rows=(
        *international("011"),
        *_numbers("1"),
        row("[2358]11", "service", 3, _N11, "community, city, traffic, digging"),
        row("711", "service", 3, _N11, "relay for the deaf"),
        row("988", "service", 3, _988, "suicide and crisis line"),
        row("411", "directory", 3, _N11),
        row("611", "operator", 3, _N11, "orders and repairs for the hotel's own lines"),
        row("976", "premium", 7, _PAY_PER_CALL, "exchange 976 of this area"),
        row("555", "directory", 7, _NANPA, "555-1212 of this area"),
        row("950", "carrier", (7, 22), _CARRIER, cut=(0, 7)),
        row("101", "carrier", (8, 25), _CARRIER, "101XXXX before a number", cut=(0, 7)),
        row("0", "operator", (1, 11), _NANPA, "0, or 0 before a number: operator-assisted", cut=(0, 1)),
        row("01", "operator", (2, 17), _NANPA, "01 before a number abroad: operator-assisted"),
        row("11", "feature", (4, 22), _CARRIER, "11XX is *XX of a dial telephone: forwarding and the like", cut=(0, 4)),
    ),
)
