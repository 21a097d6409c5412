"""What is spoken and dialled, built from the configuration: speech, menus, service codes, wake-ups, voice mail."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.billing.service import Billing
from firmware.clock import Clock
from firmware.config import Config
from firmware.config.schema import Language, first_spoken
from firmware.errors import ConfigError
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision, WakeupReport, WakeupRings
from firmware.exchange.numbering import Instant, NumberingPlan, VoiceMailCase
from firmware.hotel.house import House
from firmware.hotel.service import By, HotelService
from firmware.ivr.house_texts import house_texts
from firmware.ivr.mailbox_audio import MailboxAudio
from firmware.ivr.menus.book import MenuBook
from firmware.ivr.site_prompts import SitePrompts
from firmware.ivr.speech import Speaker
from firmware.ivr.texts import SPOKEN
from firmware.ivr.workshop import Workshop
from firmware.log import Log
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
from firmware.store import StorageError
from firmware.store.model import Page
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.beside import Beside
from firmware.supervisor.code_desk import CodeDesk
from firmware.supervisor.guest_names import GuestNames
from firmware.supervisor.house_switches import HouseSwitches
from firmware.supervisor.menu_desk import MenuDesk
from firmware.supervisor.offer_names import OfferNames
from firmware.supervisor.prompt_desk import PromptDesk
from firmware.supervisor.request_desk import RequestDesk
from firmware.supervisor.settings_desk import SettingsDesk
from firmware.supervisor.store_thread import StoreThread
from firmware.supervisor.telephone_desks import TelephoneDesks
from firmware.supervisor.voice_mail_desk import VoiceMailDesk
from firmware.supervisor.wakeup_desk import WakeupDesk
from firmware.supervisor.wakeups import bells, build_wakeups, rulebook
from webui.services import Identity

MENUS, SITE_MENUS = "menus", "site"
"""Kind and subject of the alarm about menus that cannot be used."""
CASES: Mapping[str, VoiceMailCase] = {"busy": "busy", "no_answer": "no-answer", "dnd": "dnd"}
"""When voice mail takes a call, as the API has it and as call control has it."""

log = Log("supervisor")


def new_id() -> str:
    """Unique for ever."""
    return uuid.uuid4().hex[:20]


class Talking:
    """Everything that telephones say, and that is done from them."""

    def __init__(
        self,
        config: Config,
        zone: ZoneInfo,
        clock: Clock,
        store: StoreThread,
        agent: AgentService,
        hotel: HotelService,
        billing: Billing,
        alarms: AlarmBoard,
        menus: MenuBook,
        plan: NumberingPlan,
        telephones: Mapping[str, Sequence[str]],
        ready: Callable[[], Collection[Language]],
        beside: Beside,
        data: Path,
    ) -> None:
        self._config = config
        self._zone = zone
        self._clock = clock
        self._agent = agent
        self._hotel = hotel
        self._billing = billing
        self._alarms = alarms
        self._beside = beside
        self._trail = AuditTrail(config, clock, store)
        workshop = Workshop()
        audio = MailboxAudio(data, workshop)
        self._speaker = Speaker(data, workshop)
        self._names = names = GuestNames(self._speaker, beside)
        self.menus = menus
        self.codes = CodeService(store, agent, alarms, plan)
        self.pins = PinService(store, alarms, clock, self._note_of_telephone, emergency=plan.emergency)
        self.offers = Offers(store)
        self._offer_names = OfferNames(self.offers, self._speaker, self._languages, beside)
        self.requests = RequestService(store, self.offers, clock, new_id)
        self.mail = VoiceMailService(store, hotel, MailFiles(data, audio, clock), clock, new_id)
        self.refusals = Refusals(store, agent, telephones)
        self.wakeups, self.persons = build_wakeups(
            config, zone, hotel, agent, alarms, clock, config.hotel.language, ready, names.spoken,
        )  # fmt: skip
        names.on_made = self.wakeups.refresh
        self._callers = Callers(plan, hotel, config.hotel.language)
        house = house_texts(config.extensions, config.hotel.language)
        self.desks = self._desks(store, audio, SitePrompts(data, workshop, house))

    def _desks(self, store: StoreThread, audio: MailboxAudio, prompts: SitePrompts) -> TelephoneDesks:
        config, language, trail, zone = self._config, self._config.hotel.language, self._trail, self._zone
        numbers = {entry.number for entry in config.extensions}
        return TelephoneDesks(
            wakeups=WakeupDesk(
                self._hotel, self.wakeups, store, trail, self._clock, zone, config.wakeup, rulebook(config),
                bells(config).places, new_id,
            ),
            codes=CodeDesk(self.codes, self.pins, trail, numbers, zone, language),
            requests=RequestDesk(self.requests, self.offers, trail, zone, language),
            voice_mail=VoiceMailDesk(self.mail, audio, self._hotel, trail, zone),
            prompts=PromptDesk(prompts, trail),
            menus=MenuDesk(self.menus, trail),
        )  # fmt: skip

    def actions(
        self, settings: SettingsDesk, keep_feature: Callable[[str, str, object], Awaitable[None]]
    ) -> ServiceActions:
        """What menus can have done."""
        callers, hotel, clock, zone = self._callers, self._hotel, self._clock, self._zone
        speaker = _AnyLanguage(self._speaker, self._config.hotel.language)
        return ServiceActions(
            callers,
            GuestActions(
                callers, hotel, self._billing, self.offers, self.requests, self.refusals, speaker, self._agent,
                keep_feature, self._note,
            ),
            WakeupActions(callers, hotel, self.wakeups, clock, zone, new_id),
            MessageActions(callers, hotel, self.mail, speaker, clock, zone, self._note),
            StaffActions(callers, hotel, self.pins, HouseSwitches(settings), self._acknowledge, clock, new_id),
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------------------- what is kept

    async def load(self) -> None:
        """What the store and the site's files say is in force; what cannot be read is left out, and told."""
        await self._take_menus()
        for step in (self.codes.load, self._load_refusals):
            try:
                await step()
            except StorageError as error:
                log.error("without-store", step=step.__qualname__, error=error)
        self._offer_names.look()

    async def _take_menus(self) -> None:
        try:
            await asyncio.to_thread(self.menus.load)
        except ConfigError as error:
            log.error("menus", error=error)
            await self._alarms.raise_alarm(MENUS, SITE_MENUS, str(error))
        else:
            await self._alarms.clear(MENUS, SITE_MENUS)

    async def _load_refusals(self) -> None:
        await self.refusals.load(self._hotel.house)

    async def erase(self, guest: str) -> None:
        """Nothing that was said for him, or spoken of him, is kept. Raises UnavailableError."""
        await self.mail.forget_guest(guest)
        present = [each for room in self._hotel.house.rooms.values() for each in room.guests]
        await self._speaker.forget(self._names.keep_only(present))
        self._offer_names.forget()

    # ------------------------------------------------------------------------------------------------ what has happened

    def join(self) -> None:
        """What the agent and the services tell goes where it belongs."""
        self.mail.on_settings = self._take_mail_settings
        self.offers.on_changed = self._offer_names.forget
        self._agent.on_wakeup = self._wakeup
        self._agent.on_person = self.persons.told
        self._agent.on_lost = self.wakeups.lost

    def connected(self) -> None:
        """The gateway obeys, and has told what it has done alone."""
        self._beside(self._connected())

    async def _connected(self) -> None:
        standing: list[str] = []

        def ask(agent: CallAgent, now: Instant) -> list[Decision]:
            standing.extend(agent.standing_wakeups())
            return []

        await self._agent.change(ask)
        if self._agent.connected:
            self.wakeups.adopted(standing)

    def changed(self, before: House, after: House) -> None:
        """The house is another."""
        self.wakeups.changed(before, after)
        self._offer_names.look()
        self._beside(self.mail.follow())
        self._beside(self.refusals.follow(before, after))

    def _languages(self) -> list[Language]:
        """In which guests are spoken to now, and the hotel's own."""
        spoken = {room.language for room in self._hotel.house.rooms.values() if room.language is not None}
        return sorted(spoken | {self._config.hotel.language})

    def _wakeup(self, event: WakeupRings | WakeupReport) -> None:
        if isinstance(event, WakeupReport):
            self.wakeups.report(event)
        else:
            self.wakeups.rings(event)

    def _take_mail_settings(self) -> None:
        cases = frozenset(CASES[case] for case in self.mail.settings.cases)
        self._beside(
            self._agent.change(lambda agent, now: agent.set_settings(replace(agent.settings, voice_mail=cases), now))
        )

    async def _note(self, by: By, action: str, room: str, detail: Mapping[str, object], /) -> None:
        await self._trail.note(Identity(by.name, "desk", by.through), action, by.name, dict(detail), room=room)

    async def _note_of_telephone(self, by: By, action: str, extension: str, /) -> None:
        await self._trail.note(Identity(by.name, "desk", by.through), action, extension)

    async def _acknowledge(self, alarm: int, who: str) -> bool:
        open_alarms = await self._alarms.shown(False, Page(limit=1000))
        first = any(each.id == alarm and each.acknowledged_at is None for each in open_alarms)
        seen = await self._alarms.acknowledge(alarm, who)
        if first:
            keypad = Identity(who, "desk", "keypad")
            await self._trail.note(keypad, "alarm-acknowledged", f"{seen.kind} {seen.subject}", detail={"id": alarm})
        return first


class _AnyLanguage:
    """What is to be said in a language that the product does not speak is said in the hotel's."""

    def __init__(self, speaker: Speaker, otherwise: Language) -> None:
        self._speaker = speaker
        self._otherwise = otherwise

    async def say(self, text: str, language: str) -> str:
        return await self._speaker.say(text, first_spoken(language) or self._otherwise)


def menu_book(
    config: Config, data: Path, house: Callable[[], House], ready: Callable[[], Collection[Language]]
) -> MenuBook:
    """The menus of this house; a room's guest is spoken to in his language, once all of it can be said."""

    def language_of(room: str) -> Language | None:
        found = house().rooms.get(room)
        wanted = None if found is None else found.language
        return wanted if wanted in ready() else None

    def prompts() -> Collection[str]:
        return SPOKEN

    return MenuBook(data / "menus", prompts, language_of, config.hotel.language)
