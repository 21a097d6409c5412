"""What the pages and the API ask of the product; the supervisor provides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from firmware.audit import AuditFilter
from webui.live import Hub
from webui.types import (
    Alarm,
    AuditEntry,
    Call,
    CallRecord,
    Direction,
    EmergencyDryRun,
    ExchangeSettings,
    ExtensionSettings,
    Line,
    NightService,
    Restriction,
    Role,
    Room,
    RoomBlocking,
    RoomChange,
)

if TYPE_CHECKING:
    from webui.api.access import Access
    from webui.api.account import Accounts
    from webui.api.backups import BackupService
    from webui.api.billing import Billing
    from webui.api.clock import WallClock
    from webui.api.codes import Codes
    from webui.api.health import Health
    from webui.api.hotel import Stays
    from webui.api.line_tests import LineTests
    from webui.api.links import Links
    from webui.api.outputs import Outputs
    from webui.api.plant import Plant
    from webui.api.prompts import Menus, Prompts
    from webui.api.reports import Reports
    from webui.api.requests import GuestRequests, VoiceMail
    from webui.api.stays import Guests
    from webui.api.system import Box
    from webui.api.wakeups import Wakeups

Place = tuple[int, int]
"""Where the next part of a list begins."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and through what ("api", "desk")."""

    name: str
    role: Role
    through: str = "api"


NOBODY = Identity("nobody", "housekeeping", "desk")
"""Who has not said yet who he is."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request comes from: the peer's address, and whether by HTTPS.

    `session` and `browser` are the secrets that its cookies hold; "" where there is none.
    """

    address: str
    secure: bool
    session: str
    browser: str


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


class Rooms(Protocol):
    """The rooms of the house."""

    def rooms(self) -> Sequence[Room]: ...

    def room(self, room: str) -> Room: ...

    async def change_room(self, room: str, wanted: RoomChange, who: Identity) -> Room: ...


class Settings(Protocol):
    """What may be set while the house runs."""

    async def room_blocking(self) -> RoomBlocking: ...

    async def set_room_blocking(self, wanted: RoomBlocking, who: Identity) -> RoomBlocking: ...

    async def exchange(self) -> ExchangeSettings: ...

    async def set_exchange(self, wanted: ExchangeSettings, who: Identity) -> ExchangeSettings: ...

    async def restriction(self) -> Restriction: ...

    async def set_restriction(self, wanted: Restriction, who: Identity) -> Restriction: ...

    async def night_service(self) -> NightService: ...

    async def set_night_service(self, wanted: NightService, who: Identity) -> NightService: ...

    def extension(self, number: str) -> ExtensionSettings: ...

    async def set_extension(self, number: str, wanted: ExtensionSettings, who: Identity) -> ExtensionSettings: ...


class Readings(Protocol):
    """Keeps who has looked at guests' calls; a program that reads all of them does what it is for."""

    async def note(self, who: Identity, room: str | None, number: str | None = None) -> None:
        """Calls of this room, or with this number, were shown; neither: all calls."""
        ...


class Services(Protocol):
    """Raises NightPorterError: RefusedError for what cannot be, UnavailableError for what is not there now."""

    hub: Hub

    @property
    def rooms(self) -> Rooms: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def stays(self) -> Stays: ...

    @property
    def links(self) -> Links: ...

    @property
    def billing(self) -> Billing: ...

    @property
    def outputs(self) -> Outputs: ...

    @property
    def guests(self) -> Guests: ...

    @property
    def access(self) -> Access: ...

    @property
    def readings(self) -> Readings: ...

    @property
    def accounts(self) -> Accounts: ...

    @property
    def backups(self) -> BackupService: ...

    @property
    def wall_clock(self) -> WallClock: ...

    @property
    def plant(self) -> Plant: ...

    @property
    def box(self) -> Box: ...

    @property
    def wakeups(self) -> Wakeups: ...

    @property
    def prompts(self) -> Prompts: ...

    @property
    def menus(self) -> Menus: ...

    @property
    def codes(self) -> Codes: ...

    @property
    def requests(self) -> GuestRequests: ...

    @property
    def voice_mail(self) -> VoiceMail: ...

    @property
    def line_tests(self) -> LineTests: ...

    @property
    def reports(self) -> Reports: ...

    async def identify(self, token: str) -> Identity | None: ...

    def local(self, naive: datetime) -> datetime:
        """The hotel's wall time as an instant."""
        ...

    def lines(self) -> Sequence[Line]: ...

    def calls(self) -> Sequence[Call]: ...

    async def dial(self, from_number: str, to_number: str, who: Identity) -> Call: ...

    async def clear(self, call: str, who: Identity) -> None: ...

    async def call_records(
        self, period: Period, room: str | None, number: str | None, part: Part, direction: Direction | None = None
    ) -> tuple[list[CallRecord], Place | None]: ...

    def health(self) -> Health: ...

    async def alarms(self, everything: bool, part: Part) -> tuple[list[Alarm], Place | None]: ...

    async def acknowledge(self, alarm: int, who: Identity) -> Alarm: ...

    async def audit(self, wanted: AuditFilter, part: Part) -> tuple[list[AuditEntry], Place | None]: ...

    async def return_to_service(self, port: str, who: Identity) -> None: ...

    async def emergency_dry_run(self, who: Identity) -> EmergencyDryRun: ...

    async def enrolment_open(self, secret: str) -> bool: ...

    async def enrol(self, secret: str, name: str, password: str) -> None: ...
