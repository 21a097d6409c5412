"""One's own account at the desk: language, second factor, sessions; each person changes his own, by a session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from firmware import passwords, second_factor
from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.store import Repositories
from firmware.store.model import Session, User
from firmware.supervisor.access_desk import AccessDesk, end_session, known_user
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.credentials import Credentials, bad_code, clock_untrusted
from firmware.supervisor.login_guard import Attempt
from firmware.supervisor.store_thread import StoreThread
from webui.api import account as api
from webui.services import Identity, Source

OFFER_S = 900.0
"""How long a secret waits for its first code; it is kept in memory alone."""


@dataclass(frozen=True, slots=True)
class _Offer:
    secret: str
    at: float


class AccountDesk:
    """See `webui.api.account.Accounts`."""

    def __init__(
        self, clock: Clock, store: StoreThread, trail: AuditTrail, credentials: Credentials, access: AccessDesk
    ) -> None:
        self._clock = clock
        self._store = store
        self._trail = trail
        self._credentials = credentials
        self._access = access
        self._offers: dict[str, _Offer] = {}

    async def account(self, who: Identity) -> api.Account:
        user = None if who.through == "api" else await self._store.do(lambda kept: kept.access.user(who.name))
        return api.Account(None, False) if user is None else api.Account(user.language, user.second_factor)

    async def set_preferences(self, wanted: api.Preferences, source: Source, who: Identity) -> None:
        needs_session(source)
        await self._store.do(lambda kept: kept.access.set_language(who.name, wanted.language))
        await self._trail.note(who, "preferences-changed", who.name, {"language": wanted.language})

    # ------------------------------------------------------------------------------------------------ second factor

    async def offer_factor(self, wanted: api.OwnPassword, source: Source, who: Identity) -> api.FactorOffer:
        user = await self._own(wanted, source, who)
        if user.second_factor:
            raise RefusedError("second-factor-on", "there is a second factor: switch it off before you make another")
        offer = self._offers[who.name] = _Offer(second_factor.new_secret(), self._clock.monotonic())
        uri = second_factor.uri_of(offer.secret, who.name)
        return api.FactorOffer(secret=offer.secret, uri=uri, qr=second_factor.qr_of(uri))

    async def switch_on_factor(self, wanted: api.FactorCode, source: Source, who: Identity) -> api.RecoveryCodes:
        needs_session(source)
        offer = self._offers.get(who.name)
        if offer is None or self._clock.monotonic() - offer.at > OFFER_S:
            raise RefusedError("no-offer", "ask for a secret first; it waits a quarter of an hour for its first code")
        if not self._credentials.clock_trusted:
            raise clock_untrusted()
        step = second_factor.step_of(offer.secret, wanted.code, self._clock.utc())
        if step is None:
            raise bad_code()
        codes = second_factor.new_recovery_codes()
        await self._store.do(partial(_switch_on, who.name, offer.secret, step, codes, source))
        del self._offers[who.name]
        await self._trail.note(who, "second-factor-on", who.name)
        return api.RecoveryCodes(recovery_codes=codes)

    async def switch_off_factor(self, wanted: api.OwnPassword, source: Source, who: Identity) -> None:
        await self._own(wanted, source, who)
        await self._store.do(partial(_switch_off, who.name))
        await self._trail.note(who, "second-factor-off", who.name)

    async def remove_factor(self, name: str, who: Identity) -> None:
        await self._store.do(partial(_remove, name))
        await self._trail.note(who, "second-factor-off", name)

    async def confirm(self, password: str, source: Source, who: Identity) -> None:
        """Whoever does what must not be done in his name alone has said his password. Raises RefusedError."""
        await self._own(api.OwnPassword(password=password), source, who)

    async def _own(self, wanted: api.OwnPassword, source: Source, who: Identity) -> User:
        """Who asks, and has said his password. Raises RefusedError."""
        needs_session(source)
        user = await self._store.do(lambda kept: known_user(kept, who.name))
        attempt = Attempt(who.name, source.address, (f"own {who.name}",))
        if not await self._credentials.is_password(user, wanted.password, attempt):
            raise RefusedError("wrong-password", "this is not your password", "password")
        return user

    # ----------------------------------------------------------------------------------------------------- sessions

    async def own_sessions(self, source: Source, who: Identity) -> list[api.OwnSession]:
        needs_session(source)
        here = await self._here(source)
        return [
            api.OwnSession(
                id=found.id, user=found.user, role=found.role, address=found.address, created=found.created,
                used=found.used, current=here is not None and found.id == here.id,
            )
            for found in await self._access.sessions()
            if found.user == who.name
        ]  # fmt: skip

    async def end_own_session(self, session: str, source: Source, who: Identity) -> None:
        needs_session(source)
        ended = await self._store.do(partial(end_session, session, who.name))
        await self._trail.note(who, "session-ended", ended.user, {"address": ended.address})

    async def _here(self, source: Source) -> Session | None:
        digest = passwords.token_digest(source.session)
        return await self._store.do(lambda kept: kept.access.session_of(digest))


def needs_session(source: Source) -> None:
    """Raises RefusedError (no-session)."""
    if not source.session:
        raise RefusedError("no-session", "who asks by a token has no session, no password and no account")


def _switch_on(name: str, secret: str, step: int, codes: list[str], source: Source, kept: Repositories) -> None:
    """The sessions that were opened by a password alone end, but for the one that asks."""
    digests = [second_factor.recovery_digest(code) for code in codes]
    with kept.together():
        known_user(kept, name)
        kept.access.put_factor(name, secret, step, digests)
        here = kept.access.session_of(passwords.token_digest(source.session))
        for session in kept.access.sessions():
            if session.user == name and session != here:
                kept.access.end_session(session.id)


def _switch_off(name: str, kept: Repositories) -> None:
    with kept.together():
        known_user(kept, name)
        if not kept.access.remove_factor(name):
            raise RefusedError("no-second-factor", f"{name} has no second factor", "name")


def _remove(name: str, kept: Repositories) -> None:
    with kept.together():
        _switch_off(name, kept)
        kept.access.change_user(known_user(kept, name))
