"""What is wrong, for people of several languages: in English here, and by code and facts for who says it in another.

The sentences of the pages are webui/static/texts/*/faults.json.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

OfTables: TypeAlias = Literal[
    "more", "not-utf8", "no-header", "not-csv", "column-missing", "column-twice", "column-unknown", "most-rows",
    "more-cells", "fewer-cells", "overlap", "overlap-rest", "empty", "prefix", "name", "formula", "days", "days-order",
    "time", "whole-number", "percent",
]  # fmt: skip
OfSettings: TypeAlias = Literal[
    "room", "pattern", "pattern-short", "days-order", "day-numbers", "hours-nobody", "code-number", "code-outside",
    "code-twice", "codes-alike", "pin-taken", "menu",
]  # fmt: skip
OfLinks: TypeAlias = Literal[
    "not-started", "connected", "waits-at", "hung-up", "not-read", "stopped", "replaced", "no-answer", "own-mistake",
    "nobody-listens", "no-way", "address-in-use", "name-unknown", "no-device", "device-in-use", "device-unfit",
    "device-gone", "writes-to", "failed",
]  # fmt: skip
OfBox: TypeAlias = Literal["no-gateway", "lines-come-up", "no-line-in-service", "not-running", "no-pages-yet"]
OfCharges: TypeAlias = Literal[
    "charge-unanswered", "charge-number-long", "charge-guest-left", "charge-no-number", "charge-garbled",
    "pms-no-guest", "pms-no-posting", "pms-night-audit", "pms-again", "pms-unprocessable", "pms-not-allowed",
    "pms-account", "pms-denied", "pms-credit", "pms-sums",
]  # fmt: skip
OfStore: TypeAlias = Literal[
    "database-newer", "database-unreplaced", "database-read-only", "database-unopened", "database-replaced",
    "database-restored", "database-rewritten", "database-unwritten", "database-failed",
    "database-hangs",
]  # fmt: skip
OfBackups: TypeAlias = Literal[
    "backup-room", "backup-unread", "backup-unwritten", "backup-failed", "stick-other", "stick-unwritten", "disk-full",
    "backup-damaged", "backup-incomplete", "backup-foreign", "backup-newer", "backup-list", "backup-member",
    "backup-without", "backup-database", "backup-key", "public-key", "private-key", "backup-busy", "backup-no-key",
]  # fmt: skip
OfFiles: TypeAlias = Literal[
    "wav-rate", "wav-length", "wav-silent", "wav-head", "wav-channels", "wav-empty", "wav-samples", "wav-size",
    "certificate-ended", "certificate-form", "certificate-kind", "key-other", "key-locked", "key-form", "key-weak",
]  # fmt: skip
DetailCode: TypeAlias = (
    OfTables | OfSettings | OfLinks | OfBox | OfCharges | OfStore | OfBackups | OfFiles
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing that is wrong, in English (`text`); for other languages its `code`, and its `facts` by name.

    `line`, `column`: where it stands in a text or table, the first line is 1; null: nowhere, or the line as a whole.
    """

    code: DetailCode
    text: str
    facts: dict[str, str | int] = field(default_factory=dict)
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.text
        return f"line {self.line}{'' if self.column is None else f', column {self.column}'}: {self.text}"
