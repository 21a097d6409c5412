"""What guests ask for by telephone, and who has seen to it; voice mail."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol, TypeAlias, get_args

import msgspec
from msgspec import Meta

from firmware.config.schema import Language
from firmware.services.model import MOST_ID, MOST_KINDS, MOST_SPOKEN
from webui import types
from webui.faults import ApiError
from webui.route import EVERYBODY, FRONT, MANAGER, PART, READERS, Ask, Many, Route, part_of
from webui.services import Identity, Part, Place
from webui.types import Acknowledgement, Answer, Request, Stamp

State: TypeAlias = Literal["open", "done"]
Case: TypeAlias = Literal["busy", "no_answer", "dnd"]
ID = r"^[a-z0-9-]+(?!\n)$"
types.PATTERNS |= {ID: "small letters, digits and hyphens"}
KindId = Annotated[str, types.looks_like(ID, "id", 1, MOST_ID)]
Spoken = Annotated[str, Meta(min_length=1, max_length=MOST_SPOKEN, extra=types.told_as("line"))]


class GuestRequest(Answer, frozen=True, kw_only=True):
    """Something that a room asks for. `text`: in the hotel's language; `by`: the extension it was asked for from."""

    id: str
    room: str
    kind: str
    text: str
    by: str
    left: Stamp
    state: State
    done: Acknowledgement | None


class RequestKind(Request, frozen=True, kw_only=True):
    """What a guest may ask for; `names` by language, as they are spoken and shown."""

    id: KindId
    names: dict[Language, Spoken]


class RequestSettings(Request, frozen=True, kw_only=True):
    """The site's list, each by the digit of its place; it begins as the product's."""

    kinds: Annotated[list[RequestKind], Meta(max_length=MOST_KINDS)]


class MinibarSettings(Request, frozen=True, kw_only=True):
    """What the minibar holds, by article number, with names by language; none: any number is taken."""

    articles: dict[str, dict[Language, Spoken]]


class VoiceMessage(Answer, frozen=True, kw_only=True):
    """What somebody has said for a room. `number`: who, where it is known; `heard` null: not yet.

    `left`: since when those whom it was for have left, and it is a copy of the house's.
    """

    id: str
    room: str
    number: str | None
    at: Stamp
    seconds: float
    heard: Stamp | None
    left: Stamp | None


class VoiceMailSettings(Request, frozen=True, kw_only=True):
    """Voice mail of rooms.

    `cases`: when a caller may leave a message; none: there is no voice mail. `keeps_copy`: what was said outlives the
    stay, for `copy_days`.
    """

    cases: list[Case] = msgspec.field(default_factory=list)
    longest_seconds: Annotated[int, Meta(ge=10, le=600)] = 120
    per_room: Annotated[int, Meta(ge=1, le=99)] = 20
    total_mb: Annotated[int, Meta(ge=10, le=20_000)] = 200
    keeps_copy: bool = False
    copy_days: Annotated[int, Meta(ge=1, le=366)] = 30


class GuestRequests(Protocol):
    """Raises RefusedError (unknown-request) and StorageError."""

    async def requests(self, state: State | None, part: Part) -> tuple[list[GuestRequest], Place | None]:
        """The open ones, oldest first; then those that are done, latest first."""
        ...

    async def done(self, request: str, who: Identity) -> GuestRequest: ...

    async def kinds(self) -> RequestSettings: ...

    async def set_kinds(self, wanted: RequestSettings, who: Identity) -> RequestSettings: ...

    async def minibar(self) -> MinibarSettings: ...

    async def set_minibar(self, wanted: MinibarSettings, who: Identity) -> MinibarSettings: ...


class VoiceMail(Protocol):
    """Raises RefusedError (unknown-room, unknown-message) and StorageError."""

    async def messages(self, room: str) -> list[VoiceMessage]:
        """Oldest first."""
        ...

    async def audio(self, room: str, message: str, who: Identity) -> bytes:
        """As WAV; who has listened is in the audit."""
        ...

    async def delete(self, room: str, message: str, who: Identity) -> None: ...

    async def settings(self) -> VoiceMailSettings: ...

    async def set_settings(self, wanted: VoiceMailSettings, who: Identity) -> VoiceMailSettings: ...


async def guest_requests(ask: Ask) -> Many:
    state: State | None = ask.query.choice("state", get_args(State))
    return Many(*await ask.services.requests.requests(state, ask.query.part()))


async def request_done(ask: Ask) -> GuestRequest:
    return await ask.services.requests.done(ask.path["id"], ask.who)


async def request_settings(ask: Ask) -> RequestSettings:
    return await ask.services.requests.kinds()


async def set_request_settings(ask: Ask) -> RequestSettings:
    names = [kind.id for kind in ask.body.kinds]
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ApiError(409, "exists", f"{name} is given twice", f"kinds[{place}].id")
        if not ask.body.kinds[place].names:
            raise ApiError(422, "nameless", "it has a name in one language at least", f"kinds[{place}].names")
    return await ask.services.requests.set_kinds(ask.body, ask.who)


async def minibar_settings(ask: Ask) -> MinibarSettings:
    return await ask.services.requests.minibar()


async def set_minibar_settings(ask: Ask) -> MinibarSettings:
    return await ask.services.requests.set_minibar(ask.body, ask.who)


async def voice_messages(ask: Ask) -> Many:
    return part_of(await ask.services.voice_mail.messages(ask.path["room"]), ask.query.part())


async def voice_message(ask: Ask) -> bytes:
    return await ask.services.voice_mail.audio(ask.path["room"], ask.path["id"], ask.who)


async def delete_voice_message(ask: Ask) -> None:
    await ask.services.voice_mail.delete(ask.path["room"], ask.path["id"], ask.who)


async def voice_mail_settings(ask: Ask) -> VoiceMailSettings:
    return await ask.services.voice_mail.settings()


async def set_voice_mail_settings(ask: Ask) -> VoiceMailSettings:
    return await ask.services.voice_mail.set_settings(ask.body, ask.who)


ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/requests", guest_requests, "What guests have asked for: open ones first", EVERYBODY, GuestRequest,
        True, query={"state": "open or done", **PART},
    ),
    Route(
        "POST", "/requests/{id}/done", request_done, "A guest has got what he asked for", EVERYBODY, GuestRequest,
        refusals=(404,),
    ),
    Route("GET", "/settings/requests", request_settings, "What guests may ask for", READERS, RequestSettings),
    Route(
        "PUT", "/settings/requests", set_request_settings, "What guests may ask for; it is spoken once it is made",
        FRONT, RequestSettings, body=RequestSettings, refusals=(409,),
    ),
    Route("GET", "/settings/minibar", minibar_settings, "What the minibar holds", READERS, MinibarSettings),
    Route(
        "PUT", "/settings/minibar", set_minibar_settings, "What the minibar holds, as it is spoken", FRONT,
        MinibarSettings, body=MinibarSettings,
    ),
    Route(
        "GET", "/rooms/{room}/voice-mail", voice_messages, "What was said for a room, oldest first", FRONT,
        VoiceMessage, True, query=PART, refusals=(404,),
    ),
    Route(
        "GET", "/rooms/{room}/voice-mail/{id}", voice_message, "Listen to it; the audit says who has", FRONT,
        gives="audio/wav", refusals=(404,),
    ),
    Route(
        "DELETE", "/rooms/{room}/voice-mail/{id}", delete_voice_message, "Delete it", FRONT, status=204,
        refusals=(404,),
    ),
    Route("GET", "/settings/voice-mail", voice_mail_settings, "Voice mail of rooms", READERS, VoiceMailSettings),
    Route(
        "PUT", "/settings/voice-mail", set_voice_mail_settings, "Voice mail of rooms; in force at once", MANAGER,
        VoiceMailSettings, body=VoiceMailSettings,
    ),
)  # fmt: skip
