"""Which entries of the audit somebody asks for: what the API and the console are asked is what the store is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """`since` inclusive, `until` exclusive; None: all."""

    since: datetime | None = None
    until: datetime | None = None
    room: str | None = None
    who: str | None = None
    action: str | None = None
