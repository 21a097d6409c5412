"""What the pages and the API ask of the product; the supervisor provides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from webui.live import Hub
from webui.types import (
    Alarm,
    AuditEntry,
    Call,
    CallRecord,
    ExchangeSettings,
    ExtensionSettings,
    Health,
    Line,
    Role,
    RoomBlocking,
)

Place = tuple[int, int]
"""Where the next part of a list begins."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and through what ("api", "desk")."""

    name: str
    role: Role
    through: str = "api"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: at most `limit` from `after`."""

    limit: int
    after: Place | None


@dataclass(frozen=True, slots=True)
class Period:
    """`since` inclusive, `until` exclusive; None: open."""

    since: datetime | None
    until: datetime | None


class Services(Protocol):
    """Raises NightPorterError: RefusedError for what cannot be, UnavailableError for what is not there now."""

    hub: Hub

    async def identify(self, token: str) -> Identity | None: ...

    def local(self, naive: datetime) -> datetime:
        """The hotel's wall time as an instant."""
        ...

    def lines(self) -> Sequence[Line]: ...

    def calls(self) -> Sequence[Call]: ...

    async def dial(self, from_number: str, to_number: str, who: Identity) -> Call: ...

    async def clear(self, call: str, who: Identity) -> None: ...

    async def call_records(
        self, period: Period, room: str | None, number: str | None, part: Part
    ) -> tuple[list[CallRecord], Place | None]: ...

    def health(self) -> Health: ...

    async def alarms(self, everything: bool, part: Part) -> tuple[list[Alarm], Place | None]: ...

    async def acknowledge(self, alarm: int, who: Identity) -> Alarm: ...

    async def audit(self, period: Period, room: str | None, part: Part) -> tuple[list[AuditEntry], Place | None]: ...

    async def return_to_service(self, port: str, who: Identity) -> None: ...

    async def room_blocking(self) -> RoomBlocking: ...

    async def set_room_blocking(self, wanted: RoomBlocking, who: Identity) -> RoomBlocking: ...

    async def exchange_settings(self) -> ExchangeSettings: ...

    async def set_exchange_settings(self, wanted: ExchangeSettings, who: Identity) -> ExchangeSettings: ...

    def extension_settings(self, number: str) -> ExtensionSettings: ...

    async def set_extension_settings(
        self, number: str, wanted: ExtensionSettings, who: Identity
    ) -> ExtensionSettings: ...

    async def enrolment_open(self, secret: str) -> bool: ...

    async def enrol(self, secret: str, name: str, password: str) -> None: ...
