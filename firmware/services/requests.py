"""What guests have asked for by telephone: noted for the desk, until somebody has seen to it."""

from __future__ import annotations

from collections.abc import Callable

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.services.model import GuestRequest
from firmware.services.offers import Offers
from firmware.services.ports import Store

MOST_LISTED = 500
MOST_OPEN = 20
"""Of one room; more are somebody who plays with the telephone."""


class RequestService:
    """Raises StorageError. `new_id`: unique for ever."""

    def __init__(self, store: Store, offers: Offers, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._offers = offers
        self._clock = clock
        self._new_id = new_id
        self.on_changed: Callable[[GuestRequest], None] = lambda request: None
        """Told of each that is new, or done."""

    async def listed(self, everything: bool = False) -> list[GuestRequest]:
        """The open ones, oldest first; then, if `everything`, those that are done, latest first."""
        return await self._store.do(lambda kept: kept.requests.listed(everything, MOST_LISTED))

    async def leave(self, room: str, guest: str | None, kind_id: str, by: str) -> GuestRequest:
        """On disk when it comes back; what the room has asked for already, and nobody has done, is the same request.

        Raises RefusedError (unknown-kind, too-many).
        """
        kind = next((kind for kind in await self._offers.request_kinds() if kind.id == kind_id), None)
        if kind is None:
            raise RefusedError("unknown-kind", f"there is no request {kind_id}", "id")
        mine = [each for each in await self.listed() if each.room == room]
        former = next((each for each in mine if each.kind == kind.id and each.guest == guest), None)
        if former is not None:
            return former
        if len(mine) >= MOST_OPEN:
            raise RefusedError("too-many", f"room {room} waits for {len(mine)} things already")
        request = GuestRequest(
            id=self._new_id(), kind=kind.id, names=kind.names, room=room, guest=guest, left=self._clock.utc(), by=by
        )
        await self._store.do(lambda kept: kept.requests.add(request))
        self.on_changed(request)
        return request

    async def finish(self, request_id: str, who: str) -> GuestRequest:
        """Somebody has seen to it. Raises RefusedError (unknown-request)."""
        now = self._clock.utc()
        done = await self._store.do(lambda kept: kept.requests.finish(request_id, who, now))
        self.on_changed(done)
        return done
