"""The class of restriction (COR): who may call which number outside. Tables and functions; no I/O, no clock."""

from firmware.restriction.decision import Reason, Restriction, Verdict
from firmware.restriction.model import LEVELS, Kind, Level, NumberingTable, Row
from firmware.restriction.site import Hours, Site
from firmware.restriction.tables import TABLES

__all__ = [
    "LEVELS", "TABLES", "Hours", "Kind", "Level", "NumberingTable", "Reason", "Restriction", "Row", "Site", "Verdict",
]  # fmt: skip
