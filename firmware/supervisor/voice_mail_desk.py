"""The desk's voice mail: what was said for a room, listened to and deleted by staff."""

from __future__ import annotations

from typing import get_args
from zoneinfo import ZoneInfo

from firmware.errors import RefusedError
from firmware.hotel.service import HotelService
from firmware.ivr.mailbox_audio import MailboxAudio
from firmware.services import model
from firmware.services.voice_mail import VoiceMailService
from firmware.supervisor import views
from firmware.supervisor.audit_trail import AuditTrail
from webui.api import requests as api
from webui.services import Identity
from webui.types import stamp


class VoiceMailDesk:
    """See `webui.api.requests.VoiceMail`."""

    def __init__(
        self, mail: VoiceMailService, audio: MailboxAudio, hotel: HotelService, trail: AuditTrail, zone: ZoneInfo
    ) -> None:
        self._mail = mail
        self._audio = audio
        self._hotel = hotel
        self._trail = trail
        self._zone = zone

    async def messages(self, room: str) -> list[api.VoiceMessage]:
        """Copies of the house's, too."""
        if room not in self._hotel.house.rooms:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        return self.of_room(room)

    def of_room(self, room: str) -> list[api.VoiceMessage]:
        return [self._view(message) for message in self._mail.everything() if message.room == room]

    def of_guest(self, guest: str) -> list[api.VoiceMessage]:
        """What was left while he lived there."""
        return [self._view(message) for message in self._mail.everything() if guest in message.guests]

    async def audio(self, room: str, message: str, who: Identity) -> bytes:
        """The guest has not heard it by that."""
        audio = await self._audio.wav(self._found(room, message).id)
        await self._trail.note(who, "voice-mail-heard", message, room=room)
        return audio

    async def delete(self, room: str, message: str, who: Identity) -> None:
        await self._mail.remove(self._found(room, message).id)
        await self._trail.note(who, "voice-mail-deleted", message, room=room)

    async def settings(self) -> api.VoiceMailSettings:
        said = self._mail.settings
        return api.VoiceMailSettings(
            cases=[case for case in get_args(api.Case) if case in said.cases], longest_seconds=said.longest_s,
            per_room=said.per_room, total_mb=said.total_mb, keeps_copy=said.keeps_copy, copy_days=said.copy_days,
        )  # fmt: skip

    async def set_settings(self, wanted: api.VoiceMailSettings, who: Identity) -> api.VoiceMailSettings:
        said = model.VoiceMailSettings(
            cases=frozenset(wanted.cases), longest_s=wanted.longest_seconds, per_room=wanted.per_room,
            total_mb=wanted.total_mb, keeps_copy=wanted.keeps_copy, copy_days=wanted.copy_days,
        )  # fmt: skip
        await self._mail.set_settings(said)
        await self._trail.note(who, "setting-changed", "voice-mail", views.builtins(wanted))
        return await self.settings()

    def _found(self, room: str, message: str) -> model.VoiceMessage:
        """Raises RefusedError (unknown-message)."""
        for one in self._mail.everything():
            if (one.id, one.room) == (message, room):
                return one
        raise RefusedError("unknown-message", f"there is no voice message {message} for room {room}", "id")

    def _view(self, message: model.VoiceMessage) -> api.VoiceMessage:
        return api.VoiceMessage(
            id=message.id, room=message.room, number=message.from_number, at=stamp(message.at, self._zone),
            seconds=round(message.ms / 1000, 1), heard=stamp(message.heard, self._zone) if message.heard else None,
            left=stamp(message.left, self._zone) if message.left else None,
        )  # fmt: skip
