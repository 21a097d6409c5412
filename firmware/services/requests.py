"""What guests have asked for by telephone: noted for the desk, until somebody has seen to it."""

from __future__ import annotations

from collections.abc import Callable

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.services.model import GuestRequest
from firmware.services.offers import Offers
from firmware.services.ports import Store
from firmware.store import Repositories

ALL = 1_000_000
MOST_LISTED = 500
"""Of those that are done."""
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

        def work(kept: Repositories) -> list[GuestRequest]:
            waiting = kept.requests.listed(False, ALL)
            return kept.requests.listed(True, len(waiting) + MOST_LISTED) if everything else waiting

        return await self._store.do(work)

    async def leave(self, room: str, guest: str | None, kind_id: str, by: str) -> GuestRequest:
        """On disk when it comes back; what the room has asked for already, and nobody has done, is the same request.

        Raises RefusedError (unknown-kind, too-many).
        """
        kind = next((kind for kind in await self._offers.request_kinds() if kind.id == kind_id), None)
        if kind is None:
            raise RefusedError("unknown-kind", f"there is no request {kind_id}", "id")
        request = GuestRequest(
            id=self._new_id(), kind=kind.id, names=kind.names, room=room, guest=guest, left=self._clock.utc(), by=by
        )
        kept = await self._store.do(lambda store: _add(store, request))
        if kept is request:
            self.on_changed(request)
        return kept

    async def finish(self, request_id: str, who: str) -> GuestRequest:
        """Somebody has seen to it. Raises RefusedError (unknown-request)."""
        now = self._clock.utc()
        done = await self._store.do(lambda kept: kept.requests.finish(request_id, who, now))
        self.on_changed(done)
        return done


def _add(kept: Repositories, request: GuestRequest) -> GuestRequest:
    """It, or what is the same and waits already."""
    mine = [each for each in kept.requests.listed(False, ALL) if each.room == request.room]
    former = next((each for each in mine if (each.kind, each.guest) == (request.kind, request.guest)), None)
    if former is not None:
        return former
    if len(mine) >= MOST_OPEN:
        raise RefusedError("too-many", f"room {request.room} waits for {len(mine)} things already")
    kept.requests.add(request)
    return request
