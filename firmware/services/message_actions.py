"""Messages by telephone: texts and voice mail of a room, what callers leave, the greeting they hear."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.exchange.dialogue import Answered
from firmware.hotel.model import Message
from firmware.hotel.service import HotelService
from firmware.services.caller import Caller, Callers
from firmware.services.handlers import Handler
from firmware.services.model import VoiceMessage
from firmware.services.ports import Note, Speaker
from firmware.services.voice_mail import VoiceMailService

MOST_LISTED = 99


class MessageActions:
    """Raises as `Handler` says."""

    def __init__(
        self,
        callers: Callers,
        hotel: HotelService,
        mail: VoiceMailService,
        speaker: Speaker,
        clock: Clock,
        zone: ZoneInfo,
        note: Note,
    ) -> None:
        self._callers = callers
        self._hotel = hotel
        self._mail = mail
        self._speaker = speaker
        self._clock = clock
        self._zone = zone
        self._note = note

    def handlers(self) -> dict[str, Handler]:
        return {
            "messages-list": self._list,
            "message-prompt": self._prompt,
            "message-read": self._read,
            "message-delete": self._delete,
            "mail-open": self._open,
            "mail-keep": self._keep,
            "greeting-open": self._open_greeting,
            "greeting-keep": self._keep_greeting,
            "greeting-remove": self._remove_greeting,
        }

    # ------------------------------------------------------------------------------------------------------- a guest's

    async def _list(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        found = sorted(self._messages(caller), key=lambda message: (_is_read(message), _when(message)))[:MOST_LISTED]
        if not found:
            return Answered("none")
        values = {"count": str(len(found))}
        for place, message in enumerate(found, 1):
            values |= {
                f"id{place}": message.id,
                f"kind{place}": _kind(message),
                f"at{place}": self._said(_when(message)),
            }
        return Answered("ok", values)

    async def _prompt(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        message = self._own(caller, arguments["id"])
        if isinstance(message, VoiceMessage):
            prompt = f"mail/{message.id}"
        else:
            prompt = await self._speaker.say(message.text, self._callers.language(caller))
        return Answered("ok", {"prompt": prompt, "at": self._said(_when(message))})

    async def _read(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        message, now = self._own(caller, arguments["id"]), self._clock.utc()
        if isinstance(message, VoiceMessage):
            await self._mail.hear(message.id)
        elif message.read is None:
            await self._hotel.change(caller.by, lambda draft: draft.read_message(message.id, now))
        return Answered("ok")

    async def _delete(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        message = self._own(caller, arguments["id"])
        if isinstance(message, VoiceMessage):
            await self._mail.remove(message.id)
            await self._note(caller.by, "voice-mail-deleted", message.room, {"id": message.id})
        else:
            await self._hotel.change(
                caller.by, lambda draft: draft.withdraw_messages([m for m in [draft.messages.get(message.id)] if m])
            )
        return Answered("ok")

    async def _open_greeting(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        opened = await self._mail.open_greeting(self._callers.own_room(caller).room)
        return Answered("ok", {"file": opened.file, "prompt": opened.prompt})

    async def _keep_greeting(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        greeting = await self._mail.keep_greeting(self._callers.own_room(caller).room, arguments["file"])
        if greeting is None:
            return Answered("empty")
        await self._note(caller.by, "greeting-recorded", greeting.room, {})
        return Answered("ok", {"prompt": f"mail/{greeting.id}"})

    async def _remove_greeting(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room = self._callers.own_room(caller).room
        if not await self._mail.remove_greeting(room):
            return Answered("none")
        await self._note(caller.by, "greeting-removed", room, {})
        return Answered("ok")

    # ------------------------------------------------------------------------------------------------------- a caller's

    async def _open(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        opened = await self._mail.open(self._named(arguments["room"]), caller.number)
        limit = str(self._mail.settings.longest_s)
        return Answered("ok", {"file": opened.file, "limit": limit, "prompt": opened.prompt})

    async def _keep(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        kept = await self._mail.keep(self._named(arguments["room"]), arguments["file"])
        return Answered("empty" if kept is None else "ok")

    # --------------------------------------------------------------------------------------------------------- private

    def _named(self, dialled: str) -> str:
        return self._callers.named(dialled) or dialled

    def _messages(self, caller: Caller) -> list[Message | VoiceMessage]:
        room = self._callers.own_room(caller).room
        return [*self._hotel.house.messages_of(room), *self._mail.messages_of(room)]

    def _own(self, caller: Caller, message_id: str) -> Message | VoiceMessage:
        """Raises RefusedError (unknown-message) also where it is another room's."""
        for message in self._messages(caller):
            if message.id == message_id:
                return message
        raise RefusedError("unknown-message", f"{caller.number} has no message {message_id}", "id")

    def _said(self, at: datetime) -> str:
        return at.astimezone(self._zone).replace(tzinfo=None).isoformat(timespec="minutes")


def _kind(message: Message | VoiceMessage) -> Literal["text", "voice"]:
    return "voice" if isinstance(message, VoiceMessage) else "text"


def _when(message: Message | VoiceMessage) -> datetime:
    return message.at if isinstance(message, VoiceMessage) else message.created


def _is_read(message: Message | VoiceMessage) -> bool:
    return (message.heard if isinstance(message, VoiceMessage) else message.read) is not None
