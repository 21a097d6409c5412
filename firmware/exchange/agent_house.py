"""What the house tells the call agent: its settings, and who lives where with what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from firmware.exchange.agent_base import AgentBase
from firmware.exchange.decisions import Decision
from firmware.exchange.features import codes, lamps
from firmware.exchange.numbering import AgentSettings, Instant, RoomBlocking
from firmware.exchange.resident import resident_plan
from firmware.exchange.service_codes import ServiceCode


class HouseRequests(AgentBase):
    """See `CallAgent`. What is told before `begin` is kept for then."""

    def set_dnd(self, number: str, wanted: bool, now: Instant) -> list[Decision]:
        """Do-not-disturb by the desk or from the store; before `begin` it is kept for then."""
        self._dnd = self._dnd | {number} if wanted else self._dnd - {number}
        telephone = self._telephone(number, now)
        if self._core is None or telephone is None:
            return []
        codes.set_do_not_disturb(self._core, telephone, wanted)
        return self._finish()

    def set_lamp(self, number: str, lit: bool, now: Instant) -> list[Decision]:
        """The message lamp of an extension's telephone; before `begin` it is kept for then.

        The gateway keeps it through calls, and while no agent is there.
        """
        self._lit = self._lit | {number} if lit else self._lit - {number}
        telephone = self._telephone(number, now)
        if self._core is None or telephone is None:
            return []
        lamps.light(self._core, telephone, lit)
        return self._finish()

    def features(self, number: str) -> tuple[bool, frozenset[str]]:
        """Of an extension: do-not-disturb, and when its calls come to reception beyond the site's settings."""
        return number in self._dnd, self._forward.get(number, frozenset())

    def set_forward(self, number: str, cases: Iterable[str]) -> list[Decision]:
        """Of "no-answer" and "busy": when calls to this extension come to reception, beyond the site's settings."""
        self._forward[number] = frozenset(cases)
        extension = self._plan.by_number.get(number)
        telephone = None if self._core is None or extension is None else self._core.telephone_of(extension)
        if telephone is not None:
            telephone.forward = self._forward[number]
        return []

    def set_guest(self, room: str, name: str | None) -> None:
        """Who lives in a room, as staff telephones show it; None: nobody, or nobody whose name is known.

        Views of calls have it at once; a telephone that rings already shows what it was told at first.
        """
        guests = {other: guest for other, guest in self._guests.items() if other != room}
        self._guests = {**guests, room: name} if name else guests
        if self._core is not None:
            self._core.guests = dict(self._guests)

    def set_room_class(self, room: str, cor: str | None, now: Instant) -> list[Decision]:
        """The class of restriction that the desk or the PMS gives a room; None: the default of its occupancy.

        It counts from the next call on: one that runs goes on.
        """
        classes = {other: own for other, own in self._room_classes.items() if other != room}
        self._room_classes = classes if cor is None else {**classes, room: cor}
        if self._core is not None:
            self._core.room_classes = dict(self._room_classes)
        return []

    def room_class(self, room: str) -> str | None:
        return self._room_classes.get(room)

    def class_of(self, number: str) -> str:
        """The class of restriction that is in force for an extension."""
        return self._plan.class_of(self._plan.by_number[number], self._room_classes, self._occupied)

    def set_occupied(self, room: str, occupied: bool, now: Instant) -> list[Decision]:
        """Whether a guest lives there: that decides the room's default class, from the next call on.

        A call outside that runs at check-out is left to end by itself: guests check out while the room telephones.
        """
        self._occupied = self._occupied | {room} if occupied else self._occupied - {room}
        if self._core is not None:
            self._core.occupied = set(self._occupied)
        return []

    def forget_redial(self, number: str, now: Instant) -> list[Decision]:
        """Who dialled last at this extension has left: what he dialled is nobody else's business, nor on his bill."""
        telephone = self._telephone(number, now)
        if self._core is None or telephone is None:
            return []
        telephone.redial = ""
        self._core.touch(telephone)
        return self._finish()

    def set_language(self, room: str, language: str | None) -> None:
        """In which language announcements to this room's telephones are; None: the hotel's."""
        languages = {other: own for other, own in self._languages.items() if other != room}
        self._languages = languages if language is None else {**languages, room: language}
        if self._core is not None:
            self._core.languages = dict(self._languages)

    def set_calls_refused(self, number: str, on: bool, now: Instant) -> list[Decision]:
        """Whether the guest at this extension wants no calls from other rooms; calls that stand are left alone."""
        self._calls_refused = self._calls_refused | {number} if on else self._calls_refused - {number}
        if self._core is not None:
            self._core.calls_refused = set(self._calls_refused)
        return []

    def set_settings(self, settings: AgentSettings, now: Instant) -> list[Decision]:
        """What the site chooses, in force at once: telephones are armed anew; timers that run are left alone."""
        if self._core is None:
            self._settings = settings
            return []
        core = self._enter(now)
        lodged = resident_plan(core).revision
        self._settings = core.settings = settings
        self._arm_all(core, lodged)
        return self._finish()

    def set_codes(self, table: tuple[ServiceCode, ...], now: Instant) -> list[Decision]:
        """The service codes with the site's digits, in force at once."""
        self._plan = replace(self._plan, codes=table)
        if self._core is None:
            return []
        core = self._enter(now)
        lodged = resident_plan(core).revision
        core.plan = self._plan
        self._arm_all(core, lodged)
        return self._finish()

    def set_room_blocking(self, blocking: RoomBlocking) -> list[Decision]:
        """The switch of the desk, with its hours and exceptions; calls that stand are left alone."""
        self._settings = replace(self._settings, room_blocking=blocking)
        if self._core is not None:
            self._core.settings = self._settings
        return []
