"""What a guest does from the telephone of his room, and a maid who is in it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from firmware.billing.service import MOST_COUNT, Billing
from firmware.config.schema import Language
from firmware.errors import RefusedError, UnavailableError
from firmware.exchange.dialogue import Answered
from firmware.exchange.service_codes import Who
from firmware.hotel.model import Room
from firmware.hotel.service import HotelService
from firmware.log import Log
from firmware.services.caller import Caller, Callers
from firmware.services.handlers import Handler
from firmware.services.model import STATUS_DIGITS
from firmware.services.offers import Offers, name_in
from firmware.services.ports import Note, Speaker, Telephones
from firmware.services.refusals import Refusals
from firmware.services.requests import RequestService

STAFF: frozenset[Who] = frozenset({"staff", "operator"})
LONGEST_MAID = 16
"""FIAS, field ID."""
SWITCH = {"yes": True, "no": False}

log = Log("services")


class GuestActions:
    """`keep_feature` keeps what a telephone that is no guest's has set, and notes it."""

    def __init__(
        self,
        callers: Callers,
        hotel: HotelService,
        billing: Billing,
        offers: Offers,
        requests: RequestService,
        refusals: Refusals,
        speaker: Speaker,
        telephones: Telephones,
        keep_feature: Callable[[str, str, object], Awaitable[None]],
        note: Note,
    ) -> None:
        self._callers = callers
        self._hotel = hotel
        self._billing = billing
        self._offers = offers
        self._requests = requests
        self._refusals = refusals
        self._speaker = speaker
        self._telephones = telephones
        self._keep_feature = keep_feature
        self._note = note

    def handlers(self) -> dict[str, Handler]:
        return {
            "status-set": self._set_status,
            "status-get": self._status,
            "minibar": self._minibar,
            "dnd": self._dnd,
            "blocking": self._blocking,
            "requests-list": self._offered,
            "request-leave": self._request,
        }

    async def _set_status(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room, maid = self._callers.own_room(caller).room, arguments.get("maid", "")
        status = STATUS_DIGITS.get(arguments["status"])
        if status is None:
            return Answered("wrong-status")
        if maid and not (maid.isascii() and maid.isalnum() and len(maid) <= LONGEST_MAID):
            return Answered("wrong-maid")
        await self._hotel.change(caller.by, lambda draft: draft.set_housekeeping(room, status, by=maid or None))
        return Answered("ok", {"room": room, "status": status})

    async def _status(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room = self._callers.room(caller, arguments, STAFF)
        return Answered("ok", {"room": room.room, "status": room.housekeeping or "clean"})

    async def _minibar(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room, item, quantity = self._callers.own_room(caller), arguments["item"], arguments["quantity"]
        if not room.occupied:
            return Answered("vacant")
        article, count = _whole(item), _whole(quantity)
        known = await self._offers.articles()
        if article is None or (known and str(article) not in known):
            return Answered("wrong-item")
        if count is None or not 1 <= count <= MOST_COUNT:
            return Answered("wrong-quantity")
        prompt = await self._named(caller, known.get(str(article), {}))
        try:
            await self._billing.minibar(room.room, [(article, count)], caller.number)
        except RefusedError:  # no such article can be posted
            return Answered("wrong-item")
        return Answered("ok", {"quantity": str(count), "prompt": prompt})

    async def _dnd(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        """Of a room it is the room's; of another telephone its own."""
        on, number = switched(arguments), caller.extension
        if caller.room is not None:
            room = self._callers.own_room(caller).room
            await self._hotel.change(caller.by, lambda draft: draft.set_dnd(room, on))
        elif number is not None and caller.is_staff:
            await self._keep_feature(number, "dnd", on)
            await self._telephones.change(lambda agent, now: agent.set_dnd(number, on, now))
        else:
            return Answered("refused")
        return Answered("ok")

    async def _blocking(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room, on = _occupied(self._callers.own_room(caller)).room, switched(arguments)
        await self._refusals.set(room, on)
        await self._note(caller.by, "calls-refused", room, {"on": on})
        return Answered("ok")

    async def _offered(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        _occupied(self._callers.own_room(caller))
        kinds, language = await self._offers.request_kinds(), self._callers.language(caller)
        wanted = (spoken(self._speaker, name_in(kind.names, language), language) for kind in kinds)
        values = {"count": str(len(kinds))}
        for place, (kind, name) in enumerate(zip(kinds, await asyncio.gather(*wanted), strict=True), 1):
            values |= {f"id{place}": kind.id, f"prompt{place}": name}
        return Answered("ok", values) if kinds else Answered("none")

    async def _request(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        room = _occupied(self._callers.own_room(caller))
        guest = room.guests[0].id if len(room.guests) == 1 else None
        request = await self._requests.leave(room.room, guest, arguments["id"], caller.number)
        return Answered("ok", {"prompt": await self._named(caller, request.names)})

    async def _named(self, caller: Caller, names: Mapping[str, str]) -> str:
        """A prompt; "": it has no name, or none can be spoken now, and what is wanted is done all the same."""
        language = self._callers.language(caller)
        try:
            return await spoken(self._speaker, name_in(names, language), language)
        except UnavailableError as error:
            log.warning("not-spoken", error=error)
            return ""


async def spoken(speaker: Speaker, text: str, language: Language) -> str:
    """The prompt, "" for no text. Raises UnavailableError."""
    return await speaker.say(text, language) if text else ""


def _occupied(room: Room) -> Room:
    if not room.occupied:
        raise RefusedError("vacant", f"nobody lives in room {room.room}")
    return room


def switched(arguments: Mapping[str, str]) -> bool:
    on = SWITCH.get(arguments["on"])
    if on is None:
        raise RefusedError("bad-value", "`on` is yes or no", "on")
    return on


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
