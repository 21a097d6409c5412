"""The desks for what is done from a telephone, over services that have no gateway."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.config import Config
from firmware.errors import RefusedError
from firmware.hotel.service import By, HotelService
from firmware.ivr.mailbox_audio import MailboxAudio
from firmware.ivr.menus.book import MenuBook
from firmware.ivr.site_prompts import SitePrompts
from firmware.ivr.texts import SPOKEN
from firmware.ivr.workshop import Workshop
from firmware.services.codes import CodeService
from firmware.services.mail_files import MailFiles
from firmware.services.offers import Offers
from firmware.services.pins import PinService
from firmware.services.requests import RequestService
from firmware.services.voice_mail import VoiceMailService
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.code_desk import CodeDesk
from firmware.supervisor.menu_desk import MenuDesk
from firmware.supervisor.numbering import numbering_plan
from firmware.supervisor.prompt_desk import PromptDesk
from firmware.supervisor.request_desk import RequestDesk
from firmware.supervisor.store_thread import StoreThread
from firmware.supervisor.telephone_desks import TelephoneDesks
from firmware.supervisor.voice_mail_desk import VoiceMailDesk
from firmware.supervisor.wakeup_desk import WakeupDesk
from firmware.supervisor.wakeups import bells, rulebook
from firmware.wakeup import schedule
from firmware.wakeup.plan import Planned


class Sound:
    """A workshop whose recordings need no work: what lies behind the head of a WAV file, and the other way about."""

    HEAD = b"RIFF....WAVE"

    async def do(self, job: str, content: bytes, *arguments: str) -> bytes:
        if job == "to-wav":
            return self.HEAD + content
        if not content.startswith(self.HEAD):
            raise RefusedError("not-a-recording", "this file can't be used", "wav")
        return content.removeprefix(self.HEAD)


class Ringing:
    """Every room rings when it is due; a person's outcome is written as it is."""

    def __init__(self, hotel: HotelService, zone: ZoneInfo) -> None:
        self._hotel = hotel
        self._zone = zone

    def plan(self, day: date) -> list[Planned]:
        orders = [(schedule.due(order, self._zone), order) for order in self._hotel.house.wakeups.values()]
        today = [(due, order) for due, order in orders if due.astimezone(self._zone).date() == day]
        return sorted(
            (Planned(order.id, order.room, due, due) for due, order in today), key=lambda one: (one.rings_at, one.room)
        )

    async def person_outcome(self, order_id: str, answered: bool, by: By) -> None:
        await self._hotel.change(by, lambda draft: draft.finish(order_id, "answered" if answered else "not_answered"))


class Telephone:
    """The services, and `desks` of them; voice mail and menus of the site are in `data`."""

    def __init__(
        self,
        config: Config,
        zone: ZoneInfo,
        clock: Clock,
        store: StoreThread,
        agent: AgentService,
        hotel: HotelService,
        alarms: AlarmBoard,
        data: Path = Path("nowhere"),
    ) -> None:
        ids = itertools.count(1)
        trail, language = AuditTrail(config, clock, store), config.hotel.language
        self.codes = CodeService(store, agent, alarms, numbering_plan(config))
        self.pins = PinService(store, alarms, clock, _unnoted, _at_once)
        self.offers = Offers(store)
        self.requests = RequestService(store, self.offers, clock, lambda: f"r{next(ids)}")
        workshop = cast(Workshop, Sound())
        audio = MailboxAudio(data, workshop)
        self.mail = VoiceMailService(store, hotel, MailFiles(data, audio, clock), clock, lambda: f"m{next(ids)}")
        self.menus = MenuBook(data / "menus", lambda: SPOKEN, lambda room: None, language)
        wakeups = WakeupDesk(
            hotel,
            Ringing(hotel, zone),
            store,
            trail,
            clock,
            zone,
            config.wakeup,
            rulebook(config),
            bells(config).places,
            lambda: f"w{next(ids)}",
        )
        self.desks = TelephoneDesks(
            wakeups=wakeups,
            codes=CodeDesk(self.codes, self.pins, trail, {entry.number for entry in config.extensions}, zone, language),
            requests=RequestDesk(self.requests, self.offers, trail, zone, language),
            voice_mail=VoiceMailDesk(self.mail, audio, hotel, trail, zone),
            prompts=PromptDesk(SitePrompts(data, workshop), trail),
            menus=MenuDesk(self.menus, trail),
        )


async def _unnoted(by: By, action: str, extension: str, /) -> None:
    pass


async def _at_once(work: Callable[..., str], pin: str, salt: bytes) -> str:
    return f"{pin} {salt.hex()}"
