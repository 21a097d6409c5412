"""Who asks, whether they may, and not too often."""

from __future__ import annotations

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from microdot import Request

from firmware.errors import UnavailableError
from firmware.log import Log
from firmware.passwords import csrf_of, token_digest
from webui.faults import ApiError
from webui.rate import RateLimit
from webui.services import Identity, Services, Source

WRONG_PER_SECOND = 10.0
MOST_KNOWN = 1000
TELL_EVERY_S = 60.0
LOOK_AGAIN_S = 2.0
"""How long a listener to the live feed may go on by a token that was revoked, if there is something to hear."""
PATIENCE_S = 1.0
"""How long the store may take over that, where we know who it was lately."""
REMEMBERED_S = 600.0
"""While the store cannot say who asks: how long he is who he was when it last could."""
SESSION_COOKIE = "nightporter"
BROWSER_COOKIE = "nightporter-browser"
CSRF_HEADER = "X-CSRF-Token"
CHANGES_NOTHING = frozenset({"GET", "HEAD", "OPTIONS"})
Standing: TypeAlias = Callable[[], Awaitable[bool]]

log = Log("web")


class Gate:
    """Admits requests. `monotonic` is the clock of the limits, in seconds.

    Of the tokens that were not good lately, an address may try so many a second; more are refused before the store is
    asked. Tokens that were good are let through, so that nobody is shut out by a neighbour behind the same address.
    """

    def __init__(self, services: Services, monotonic: Callable[[], float]) -> None:
        self._services = services
        self._monotonic = monotonic
        self._asked = RateLimit()
        self._tried = RateLimit(WRONG_PER_SECOND)
        self._good: OrderedDict[bytes, tuple[Identity, float]] = OrderedDict()
        """Who it was, and when, by the monotonic clock."""
        self._changed = float("-inf")
        """When somebody's access was changed last: who was seen good before may be nobody since."""
        self._wrong = 0
        self._told = float("-inf")

    async def admit(self, request: Request, roles: frozenset[str]) -> Identity:
        """Who asks. Raises ApiError: 401, 403 or 429."""
        who = await self._identify(request)
        if not self._asked.allows(f"{who.through} {who.name}", self._monotonic()):
            raise ApiError(429, "too-many-requests", "at most 50 requests a second for each token or person")
        if not _token(request) and request.method not in CHANGES_NOTHING:
            _check_csrf(request)
        if who.role not in roles:
            raise ApiError(403, "not-allowed", f"the role {who.role} may not do this")
        return who

    def access_changed(self) -> None:
        """A session, a token or a person was taken away or is another one: nobody is taken for who he was before."""
        self._changed = self._monotonic()

    def standing(self, request: Request, who: Identity) -> Standing:
        """Asks whether who was admitted for long would be admitted still."""
        looked = self._monotonic()

        async def stands() -> bool:
            nonlocal looked
            if self._monotonic() - looked < LOOK_AGAIN_S:
                return True
            looked = self._monotonic()
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await self._look_up(request, use=False) == who
            except (UnavailableError, TimeoutError):  # the store cannot say; the alarm of that is on the feed
                return True

        return stands

    async def _look_up(self, request: Request, use: bool) -> Identity | None:
        """By the token, else by the session, which is `use`d by that, or only looked at."""
        if token := _token(request):
            return await self._services.identify(token)
        return await self._services.access.who_has(_cookie(request, SESSION_COOKIE), use)

    async def _identify(self, request: Request) -> Identity:
        token, session, address = _token(request), _cookie(request, SESSION_COOKIE), _address(request)
        if not token and not session:
            raise ApiError(401, "no-token", "log in, or send Authorization: Bearer TOKEN")
        digest = token_digest(token or session)
        known = digest in self._good
        if not known and not self._tried.allows(address, self._monotonic()):
            self._note(address)
            raise ApiError(429, "too-many-wrong-tokens", "too many unknown tokens from this address; try again later")
        remembered = self._remembered(digest)
        try:
            async with asyncio.timeout(None if remembered is None else PATIENCE_S):
                who = await self._look_up(request, use=True)
        except (UnavailableError, TimeoutError):
            if remembered is None:
                raise
            return remembered
        if who is None:
            self._good.pop(digest, None)
            if not token:
                raise ApiError(401, "no-session", "log in again: the session has ended")
            self._note(address)
            raise ApiError(401, "bad-token", "this token is not known, or was revoked")
        if not known:
            self._tried.give_back(address)
        self._good[digest] = who, self._monotonic()
        self._good.move_to_end(digest)
        while len(self._good) > MOST_KNOWN:
            self._good.popitem(last=False)
        return who

    def _remembered(self, digest: bytes) -> Identity | None:
        who, seen = self._good.get(digest, (None, 0.0))
        return who if seen > self._changed and self._monotonic() - seen <= REMEMBERED_S else None

    def _note(self, address: str) -> None:
        """Wrong tokens are told at once, and then once a minute while they go on."""
        self._wrong += 1
        now = self._monotonic()
        if now - self._told >= TELL_EVERY_S:
            log.warning("wrong-tokens", count=self._wrong, last_from=address)
            self._wrong, self._told = 0, now


def source_of(request: Request) -> Source:
    """Where it comes from; of a program that has a token, cookies do not count."""
    secure = "https" in (request.scheme, request.headers.get("X-Forwarded-Proto", ""))
    session = "" if _token(request) else _cookie(request, SESSION_COOKIE)
    return Source(_address(request), secure, session, _cookie(request, BROWSER_COOKIE))


def _check_csrf(request: Request) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    wanted = csrf_of(_cookie(request, SESSION_COOKIE))
    if not hmac.compare_digest(sent.encode(), wanted.encode()):
        raise ApiError(403, "csrf", f"a change by a session carries {CSRF_HEADER}, which the log-in has answered")


def _cookie(request: Request, name: str) -> str:
    return str(request.cookies.get(name, ""))


def _token(request: Request) -> str:
    """What the request has as its bearer token (RFC 6750, 2.1), or nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _address(request: Request) -> str:
    peer = request.client_addr
    return str(peer[0]) if peer else ""
