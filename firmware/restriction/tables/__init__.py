"""The numbering plan of each country, one file each, with its sources.

A source is the document that rules on these numbers. Most rows were compared with what others quote from it, and all,
by a test, with the metadata of libphonenumber; few with the document itself. Where none was found the source is None,
and `check-config` names the number.
"""

from __future__ import annotations

from collections.abc import Mapping

from firmware.restriction.model import NumberingTable
from firmware.restriction.tables.cn import CN
from firmware.restriction.tables.de import DE
from firmware.restriction.tables.pl import PL
from firmware.restriction.tables.ru import RU
from firmware.restriction.tables.uk import UK
from firmware.restriction.tables.us import US
from firmware.restriction.tables.vn import VN

TABLES: Mapping[str, NumberingTable] = {table.country: table for table in (US, UK, DE, CN, RU, PL, VN)}
"""By country code, as in `firmware/countries.py`."""
