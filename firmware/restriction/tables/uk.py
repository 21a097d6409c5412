"""The United Kingdom. What is charged an access charge beside the service's own (084, 087, 09, 118) has no upper bound
that one could know, and is for the unrestricted only."""

from __future__ import annotations

from firmware.restriction.model import NumberingTable
from firmware.restriction.tables.common import HESC, international, row

_PLAN = "Ofcom, National Telephone Numbering Plan"
_NUMBERS = f"{_PLAN}, part A1"
_CODES = f"{_PLAN}, access codes"
_ISLANDS = "Channel Islands, Isle of Man: not at the UK's prices"

_ISLAND_MOBILES = (
    "07781 07839 079111 079117 "  # Guernsey
    "07509 07829 07937 07700[378] 07797 "  # Jersey
    "07624 074576 07524 07924"  # Isle of Man
)
_LOCAL = row("[2-9]", "local", (4, 8), _NUMBERS, "without area code")

UK = NumberingTable(
    country="uk",
    country_code="44",
    international_prefix="00",
    trunk_prefix="0",
    area_codes=r"2[03489]|11[0-9]|1[2-9]1|1[2-9][0-9]{2,3}",
    local=_LOCAL,
    without_trunk=(_LOCAL,),
    rows=(
        *international("00"),
        row("01[1-9]", "national", (10, 11), _NUMBERS),
        row("02[0-9]", "national", 11, _NUMBERS),
        row("01481 01534 01624", "international", 11, _NUMBERS, _ISLANDS),
        row("03[0347]", "national", 11, _NUMBERS, "charged as 01 and 02"),
        row("055", "corporate", 11, _NUMBERS, "price not bound", level="unrestricted"),
        row("056", "voip", 11, _NUMBERS, "price not bound", level="unrestricted"),
        row("070", "personal", 11, _NUMBERS),
        row("07[1-57-9]", "mobile", 11, _NUMBERS),
        row(_ISLAND_MOBILES, "mobile", 11, None, _ISLANDS, level="international"),
        row("076", "pager", 11, _NUMBERS),
        row("0800", "toll-free", (10, 11), _NUMBERS),
        row("08001111", "toll-free", 8, _NUMBERS, "Childline"),
        row("0808", "toll-free", 11, _NUMBERS),
        row("084[2-5]", "shared-cost", 11, _NUMBERS, "access charge and service charge", level="unrestricted"),
        row("087[0-3]", "premium", 11, _NUMBERS, "access charge and service charge"),
        row("090 091 098", "premium", 11, _NUMBERS),
        row("118", "directory", 6, _CODES),
        row("116", "service", 6, HESC, "free helplines"),
        row("101 105 111", "service", 3, _CODES, "police, power cut, health: free"),
        row("159", "national", 3, None, "fraud desk of one's bank: charged as a national call"),
        row("100 155", "operator", 3, _CODES),
        row("123", "premium", 3, _CODES, "speaking clock"),
        row("141", "feature", (4, 22), _CODES, "hides the caller's number", cut=(0, 3)),
        row("147", "feature", (4, 22), _CODES, "shows the caller's number; calls back", cut=(0, 4)),
        row("1800", "feature", (5, 22), _CODES, "text relay", cut=(0, 5)),
        row("1[2-9]", "carrier", (3, 22), _CODES, "indirect access: another company's prices", cut=(0, 4)),
    ),
)
