"""A small hotel with what its telephones can have done in it; the sound is made by nobody, the store is the twin."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firmware.billing.service import Billing
from firmware.clock import VirtualClock
from firmware.errors import RefusedError, UnavailableError
from firmware.events import EventBus
from firmware.exchange.decisions import Decision, DialogueActs, Party
from firmware.exchange.dialogue import Answered
from firmware.exchange.numbering import Extension, NumberingPlan
from firmware.exchange.service_codes import ServiceCode
from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest
from firmware.hotel.service import By, HotelService
from firmware.services.actions import ServiceActions
from firmware.services.caller import Callers
from firmware.services.codes import CodeService
from firmware.services.guest_actions import GuestActions
from firmware.services.mail_files import MailFiles
from firmware.services.message_actions import MessageActions
from firmware.services.offers import Offers
from firmware.services.pins import PinService
from firmware.services.refusals import Refusals
from firmware.services.requests import RequestService
from firmware.services.staff_actions import StaffActions
from firmware.services.voice_mail import VoiceMailService
from firmware.services.wakeup_actions import WakeupActions
from firmware.store import Repositories, StorageError, in_memory
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.store_thread import StoreThread

ZONE = ZoneInfo("Europe/Warsaw")
DESK = By("anna", "desk")
PLAN = NumberingPlan(
    extensions=(
        Extension(number="101", kind="room", port="fxs/1"),
        Extension(number="1203", kind="room", port="fxs/2", room="203"),
        Extension(number="305", kind="room", port="fxs/3"),
        Extension(number="100", kind="staff", port="fxs/4", operator=True),
        Extension(number="109", kind="staff", port="fxs/5"),
        Extension(number="400", kind="service", port="fxs/6"),
    ),
    reception=("8",),
    emergency=("112", "999"),
    outside=("0x.",),
)
TELEPHONES = {"101": ["101"], "203": ["1203"], "305": ["305"]}


class Telephones:
    """What the call agent has been told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.table: tuple[ServiceCode, ...] = ()

    async def change(self, how: Callable[[Any, Any], list[Decision]]) -> None:
        how(self, None)

    def set_codes(self, codes: tuple[ServiceCode, ...], now: object) -> list[Decision]:
        self.table = codes
        return []

    def set_calls_refused(self, number: str, on: bool, now: object) -> list[Decision]:
        self.told.append(("calls-refused", number, on))
        return []

    def set_dnd(self, number: str, on: bool, now: object) -> list[Decision]:
        self.told.append(("dnd", number, on))
        return []


class Nobody:
    """A call agent whose telephones nobody looks at."""

    async def change(self, how: Callable[[Any, Any], list[Decision]]) -> None:
        return None


class Sound:
    """Recordings that are as long as the test says; what is spoken is its text."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.seconds: float = 4.2
        self.works = True

    def record(self, file: str) -> None:
        """As the gateway does."""
        (self.data / "recordings").mkdir(exist_ok=True)
        (self.data / "recordings" / file).write_bytes(b"RIFF")

    async def keep(self, id: str, recording: Path, /) -> float:
        if not self.works:
            raise UnavailableError("disk full")
        assert recording.name in {path.name for path in self.data.glob("recordings/*")}
        if not self.seconds:
            raise RefusedError("not-a-recording", "there is nothing to hear in it")
        (self.data / "prompts" / "mail").mkdir(parents=True, exist_ok=True)
        (self.data / "prompts" / "mail" / f"{id}.alaw").write_bytes(b"x")
        return self.seconds

    async def remove(self, id: str, /) -> None:
        (self.data / "prompts" / "mail" / f"{id}.alaw").unlink(missing_ok=True)

    def kept(self) -> set[str]:
        return {path.stem for path in self.data.glob("prompts/mail/*")}

    async def say(self, text: str, language: str) -> str:
        if not self.works:
            raise UnavailableError("espeak-ng is not installed")
        return f"{language}:{text}"


class Switches:
    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []

    async def set_blocking(self, on: bool, by: By) -> None:
        self.done.append(("blocking", on, by))

    async def set_night(self, on: bool, by: By) -> None:
        self.done.append(("night", on, by))


class Hall:
    """The hotel; `refusing`: its disk is full."""

    def __init__(self, data: Path) -> None:
        self.clock = VirtualClock()
        self.store = StoreThread(in_memory)
        self.data = data
        self.refusing = False
        ids = itertools.count(1)
        self.new_id: Callable[[], str] = lambda: f"id{next(ids)}"
        self.phones, self.sound, self.switches = Telephones(), Sound(data), Switches()
        self.features: list[tuple[str, str, object]] = []
        self.noted: list[tuple[str, str, str, str]] = []
        self.outcomes: list[tuple[str, bool, By]] = []
        self.errors: list[Exception] = []
        bus = EventBus(lambda event, error: self.errors.append(error))
        self.alarms = AlarmBoard(self.store, self.clock, bus)
        self.hotel = self.made_hotel()
        self.billing = Billing(self, self.alarms, self.clock, ZONE, "EUR", TELEPHONES, asyncio.ensure_future)
        self.pins = self.made_pins()
        self.offers = Offers(self)
        self.requests = RequestService(self, self.offers, self.clock, self.new_id)
        self.refusals = Refusals(self, self.phones, TELEPHONES)
        self.codes = CodeService(self, self.phones, self.alarms, PLAN)
        self.mail = self.made_mail()
        self.actions = self.made_actions()

    async def do(self, work: Callable[[Repositories], Any]) -> Any:
        if self.refusing:
            raise StorageError("database or disk is full")
        return await self.store.do(work)

    def made_pins(self) -> PinService:
        return PinService(self, self.alarms, self.clock, self.note_of_telephone, hashed, ("112",))

    def made_hotel(self) -> HotelService:
        return HotelService(TELEPHONES, ["fias"], self, Nobody(), self.clock)

    def made_mail(self) -> VoiceMailService:
        files = MailFiles(self.data, self.sound, self.clock, settle_s=0)
        return VoiceMailService(self, self.hotel, files, self.clock, self.new_id)

    def made_actions(self) -> ServiceActions:
        callers = Callers(PLAN, self.hotel, "pl")
        return ServiceActions(
            callers,
            GuestActions(
                callers, self.hotel, self.billing, self.offers, self.requests, self.refusals, self.sound,
                self.phones, self.keep_feature, self.note,
            ),
            WakeupActions(callers, self.hotel, self, self.clock, ZONE, self.new_id),
            MessageActions(callers, self.hotel, self.mail, self.sound, self.clock, ZONE, self.note),
            StaffActions(
                callers, self.hotel, self.pins, self.switches, self.acknowledge, self.clock, self.new_id
            ),
        )  # fmt: skip

    async def keep_feature(self, extension: str, feature: str, value: object) -> None:
        self.features.append((extension, feature, value))

    async def note(self, by: By, action: str, room: str, detail: Mapping[str, object], /) -> None:
        self.noted.append((by.name, by.through, action, room))

    async def note_of_telephone(self, by: By, action: str, extension: str, /) -> None:
        self.noted.append((by.name, by.through, action, extension))

    async def person_outcome(self, order_id: str, answered: bool, by: By) -> None:
        self.outcomes.append((order_id, answered, by))

    async def acknowledge(self, alarm: int, who: str) -> bool:
        if alarm != 7:
            raise RefusedError("unknown-alarm", f"there is no alarm {alarm}")
        return True

    async def check_in(self, room: str, guest_id: str, **said: Any) -> None:
        guest = Guest(id=guest_id, **said)
        await self.hotel.change(DESK, lambda draft: draft.check_in(room, guest, share=True))

    async def change(self, work: Callable[[Draft], object]) -> None:
        """A change of the house, and what main has follow it."""
        before = self.hotel.house
        await self.hotel.change(DESK, work)
        await self.mail.follow()
        await self.refusals.follow(before, self.hotel.house)

    async def act(self, number: str, action: str, dialogue: str = "d", **arguments: str) -> Answered:
        """What a telephone's menu is told."""
        named = {name.rstrip("_"): value for name, value in arguments.items()}
        party = Party(extension=number, number=number) if number in PLAN.by_number else Party(number=number)
        return await self.actions.perform(DialogueActs(f"{dialogue}.1", action, named, party))

    async def owed(self) -> list[object]:
        """What the PMS is to be told."""

        def take(kept: Repositories) -> list[object]:
            found = []
            while (news := kept.pms.next_news("fias")) is not None:
                found.append(news[1])
                kept.pms.told(news[0])
            return found

        return list(await self.store.do(take))


async def hashed(work: Callable[[str, bytes], str], pin: str, salt: bytes, /) -> str:
    """As Argon2, but at once."""
    return hashlib.sha256(salt + pin.encode()).hexdigest()


def items(answered: Answered, *names: str) -> list[tuple[str, ...]]:
    """The list in an answer."""
    values: Mapping[str, str] = answered.values
    return [tuple(values[f"{name}{at}"] for name in names) for at in range(1, int(values["count"]) + 1)]
