"""A house with two lines and one call, for the API to show."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from firmware.audit import AuditFilter
from firmware.errors import RefusedError, UnavailableError
from tests.unit.webui.fake_access import Access, Accounts
from webui import types
from webui.api.backups import KeyPair
from webui.api.health import Health
from webui.live import Hub
from webui.services import Identity, Part, Period, Place

STAMP = "2026-11-22T07:00:00.000+01:00"
ZONE = ZoneInfo("Europe/Warsaw")
CALL = types.Call(
    id="c1", state="answered", from_=types.Party(port="fxs/1", number="101"),
    to=types.Party(port="fxs/2", number="102"), trunk=None, started=STAMP, answered=STAMP, emergency=False,
)  # fmt: skip
RECORD = types.CallRecord(
    id="l1", call="c1", direction="internal", from_="101", to="102", room="101", trunk=None, dialled="102",
    started=STAMP, answered=STAMP, ended=STAMP, talk_seconds=3, answered_by=None, cause=16, end="released",
    complete=True, emergency=False,
)  # fmt: skip


def alarm(number: int, by: str | None = None) -> types.Alarm:
    seen = types.Acknowledgement(by=by, at=STAMP) if by else None
    return types.Alarm(
        id=number, kind="line-dead", subject="fxs/3", text="no current", facts={}, raised=STAMP, cleared=None,
        acknowledged=seen,
    )  # fmt: skip


class Rooms:
    """One room, vacant."""

    def __init__(self) -> None:
        self.changes: list[types.RoomChange] = []

    def rooms(self) -> list[types.Room]:
        return [self.room("101")]

    def room(self, room: str) -> types.Room:
        if room != "101":
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        return types.Room(
            room=room, floor=1, extensions=["101"], occupancy="vacant", guests=[], housekeeping="clean", dnd=False,
            message_lamp=types.MessageLamp(lit=False, reasons=[]), class_=None, effective_class="internal",
            next_wakeup=None, line_state="idle",
        )  # fmt: skip

    async def change_room(self, room: str, wanted: types.RoomChange, who: Identity) -> types.Room:
        found = self.room(room)
        self.changes.append(wanted)
        return found


class Settings:
    """Keeps what is put, and checks nothing."""

    def __init__(self) -> None:
        self.blocking = types.RoomBlocking(enabled=False)
        self.of_exchange = types.ExchangeSettings()
        self.of_calls = types.Restriction()
        self.night = types.NightService(mode="off")
        self.of_extension = types.ExtensionSettings(dnd=False, forward=[])

    async def room_blocking(self) -> types.RoomBlocking:
        return self.blocking

    async def set_room_blocking(self, wanted: types.RoomBlocking, who: Identity) -> types.RoomBlocking:
        self.blocking = wanted
        return wanted

    async def exchange(self) -> types.ExchangeSettings:
        return self.of_exchange

    async def set_exchange(self, wanted: types.ExchangeSettings, who: Identity) -> types.ExchangeSettings:
        self.of_exchange = wanted
        return wanted

    async def restriction(self) -> types.Restriction:
        return self.of_calls

    async def set_restriction(self, wanted: types.Restriction, who: Identity) -> types.Restriction:
        self.of_calls = wanted
        return wanted

    async def night_service(self) -> types.NightService:
        return self.night

    async def set_night_service(self, wanted: types.NightService, who: Identity) -> types.NightService:
        self.night = wanted
        return wanted

    def extension(self, number: str) -> types.ExtensionSettings:
        if number != "101":
            raise RefusedError("unknown-extension", f"there is no extension {number}", "number")
        return self.of_extension

    async def set_extension(
        self, number: str, wanted: types.ExtensionSettings, who: Identity
    ) -> types.ExtensionSettings:
        self.extension(number)
        self.of_extension = wanted
        return wanted


class Readings:
    """See `webui.services.Readings`."""

    async def note(self, who: Identity, room: str | None, number: str | None = None) -> None:
        pass


class Backups:
    """Of `webui.api.backups.BackupService`: the key alone, which is made once."""

    def __init__(self) -> None:
        self.made = 0

    async def first_key(self, who: Identity) -> KeyPair | None:
        self.made += 1
        return KeyPair(public="age1", private="AGE-SECRET-KEY-1<SHOWN>") if self.made == 1 else None


class House:
    """See `webui.services.Services`; notes what was asked of it."""

    def __init__(self) -> None:
        self.hub = Hub(first_id=100)
        self.asked: list[tuple[object, ...]] = []
        self.looked_up = 0
        self.voice_there = True
        self.store_there = True
        self.secret = "once"
        self.rooms = Rooms()
        self.settings = Settings()
        self.access = Access()
        self.accounts = Accounts()
        self.backups = Backups()
        self.readings = Readings()
        self.roles: dict[str, types.Role] = {
            "desk-token": "desk", "maid-token": "housekeeping", "boss-token": "manager", "tech-token": "technician",
        }  # fmt: skip

    async def identify(self, token: str) -> Identity | None:
        self.looked_up += 1
        role = self.roles.get(token)
        return None if role is None else Identity(token.removesuffix("-token"), role)

    def local(self, naive: datetime) -> datetime:
        return naive.replace(tzinfo=ZONE)

    def lines(self) -> list[types.Line]:
        return [
            types.Line(port=f"fxs/{n}", kind="fxs", state="idle", extension=f"10{n}", fault=None) for n in range(1, 6)
        ]

    def calls(self) -> list[types.Call]:
        return [CALL]

    async def dial(self, from_number: str, to_number: str, who: Identity) -> types.Call:
        self._needs_voice()
        if from_number == "555":
            raise RefusedError("unknown-number", "555 is no extension with a telephone", "from")
        self.asked.append(("dial", from_number, to_number, who.name))
        return CALL

    async def clear(self, call: str, who: Identity) -> None:
        if call != "c1":
            raise RefusedError("unknown-call", f"there is no call {call}")
        self.asked.append(("clear", call))

    async def call_records(
        self, period: Period, room: str | None, number: str | None, part: Part, direction: types.Direction | None = None
    ) -> tuple[list[types.CallRecord], Place | None]:
        if not self.store_there:
            raise UnavailableError("nightporter database: disk full")
        self.asked.append(("records", period, room, number, part))
        return [RECORD], (1234, 5)

    def health(self) -> Health:
        raise ZeroDivisionError("a bug")

    async def alarms(self, everything: bool, part: Part) -> tuple[list[types.Alarm], Place | None]:
        return [alarm(7)], None

    async def acknowledge(self, number: int, who: Identity) -> types.Alarm:
        if number != 7:
            raise RefusedError("unknown-alarm", f"there is no alarm {number}", "id")
        return alarm(number, who.name)

    async def audit(self, wanted: AuditFilter, part: Part) -> tuple[list[types.AuditEntry], Place | None]:
        return [], None

    async def return_to_service(self, port: str, who: Identity) -> None:
        self.asked.append(("return", port))

    async def emergency_dry_run(self, who: Identity) -> types.EmergencyDryRun:
        self._needs_voice()
        line = types.EmergencyLine(port="fxo/1", state="dial-tone", ms=310)
        return types.EmergencyDryRun(lines=[line], reception=["100"], numbers=["112"], lodged=True, ok=True)

    async def enrolment_open(self, secret: str) -> bool:
        return secret == self.secret

    async def enrol(self, secret: str, name: str, password: str) -> None:
        if secret != self.secret:
            raise RefusedError("expired", "this link was used already")
        self.secret = ""
        self.asked.append(("enrol", name, password))

    def _needs_voice(self) -> None:
        if not self.voice_there:
            raise UnavailableError("the voice gateway is not there")
