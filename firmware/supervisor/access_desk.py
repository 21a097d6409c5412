"""Who may do what, at the desk: people, their sessions, and tokens of programs."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from msgspec import UNSET
from msgspec.structs import replace

from firmware import passwords
from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.log import Log
from firmware.store import Repositories, StorageError
from firmware.store.access import unknown_user
from firmware.store.model import Role, Session, User
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.credentials import Credentials, bad_login
from firmware.supervisor.login_guard import Attempt, network
from firmware.supervisor.store_thread import PATIENCE_S, StoreThread
from webui.api import access as api
from webui.route import TECHNICAL
from webui.services import Identity, Source
from webui.types import stamp

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
USE_NOTED = timedelta(minutes=1)
MOST_SESSIONS = 10
MOST_BROWSERS = 20
SECRET_BYTES = 32
A_SECRET = re.compile(r"[\w-]{43}", re.ASCII)

log = Log("desk")


class AccessDesk:
    """See `webui.api.access.Access`."""

    def __init__(
        self, zone: ZoneInfo, clock: Clock, store: StoreThread, trail: AuditTrail, credentials: Credentials
    ) -> None:
        self._zone = zone
        self._clock = clock
        self._store = store
        self._trail = trail
        self._credentials = credentials

    # ----------------------------------------------------------------------------------------------------- sessions

    async def log_in(self, wanted: api.Login, source: Source) -> api.Opened:
        name, browser = wanted.name.strip(), passwords.token_digest(source.browser)
        user, known = await self._store.do(
            lambda kept: (kept.access.user(name), kept.access.knows_browser(name, browser))
        )
        if self._credentials.hash.is_full and not known:
            raise RefusedError("too-many-tries", "too many log in at this moment: try again", retry_s=1)
        # What others try elsewhere must not keep somebody out who has logged in by this browser before.
        there = (f"browser {name} {browser.hex()}",)
        keys = there if known else (f"name {name}", f"address {network(source.address)}")
        attempt = Attempt(name if user else None, source.address, keys)
        person = await self._credentials.prove(user, wanted.password, wanted.code or "", attempt)
        opened = await self._open(person, person, source)
        await self._trail.note(_person(person), "logged-in", name, {"address": source.address})
        return opened

    async def log_in_console(self, name: str, password: str, code: str, *, physical: bool = False) -> Identity:
        """Who logs in on the console. `physical`: on the serial port, where one has to stand before the box.

        There the password alone lets in while nobody vouches for the clock, so that somebody can set it. What is tried
        on the page does not make the console wait. Raises RefusedError (bad-login, code-needed, bad-code,
        clock-untrusted, too-many-tries, not-allowed).
        """
        name, place = name.strip(), "serial port" if physical else "command line"
        user = await self._store.do(lambda kept: kept.access.user(name))
        attempt = Attempt(name if user else None, place, (f"console {name}", f"console on {place}"))
        needs_code = self._credentials.clock_trusted or not physical
        person = await self._credentials.prove(user, password, code if needs_code else None, attempt)
        if person.role not in TECHNICAL:
            raise RefusedError("not-allowed", f"the console is not for the role {person.role}", "name")
        who = Identity(person.name, person.role, "console")
        detail = {"place": place} | ({} if needs_code or not person.second_factor else {"code": "clock untrusted"})
        await self._trail.note(who, "logged-in", name, detail)
        return who

    async def credentials(self, name: str) -> bytes:
        """Another one for each role, password and second factor of this person; nothing for nobody."""
        user = await self._store.do(lambda kept: kept.access.user(name))
        return passwords.token_digest(f"{user.role} {user.second_factor} {user.password}") if user else b""

    async def who_has(self, session: str, use: bool) -> Identity | None:
        digest, now = passwords.token_digest(session), self._clock.utc()
        found = await self._store.do(lambda kept: kept.access.session_of(digest))
        if found is None or not _lives(found, now):
            return None
        if use and abs(now - found.used) >= USE_NOTED:
            await self._note_use(found, now)
        return Identity(found.user, found.role, "desk")

    async def log_out(self, session: str, who: Identity) -> None:
        """Raises RefusedError (no-session)."""
        _needs_session(session)
        digest = passwords.token_digest(session)
        await self._store.do(
            lambda kept: (found := kept.access.session_of(digest)) and kept.access.end_session(found.id)
        )
        await self._trail.note(who, "logged-out", who.name)

    async def change_password(self, wanted: api.PasswordChange, source: Source, who: Identity) -> api.Opened:
        """Also raises RefusedError (no-session)."""
        _needs_session(source.session)
        user = await self._store.do(lambda kept: known_user(kept, who.name))
        attempt = Attempt(who.name, source.address, (f"own {who.name}",))
        if not await self._credentials.is_password(user, wanted.old, attempt):
            raise RefusedError("wrong-password", "this is not the present password", "old")
        hashed = await self._credentials.hash(passwords.digest, wanted.new)
        opened = await self._open(user, replace(user, password=hashed), source)
        await self._trail.note(who, "password-changed", who.name)
        return opened

    async def sessions(self) -> list[api.Session]:
        now = self._clock.utc()
        found = await self._store.do(lambda kept: kept.access.sessions())
        return [self._shown_session(session) for session in found if _lives(session, now)]

    async def end_session(self, session: str, who: Identity) -> None:
        ended = await self._store.do(partial(end_session, session, None))
        await self._trail.note(who, "session-ended", ended.user, {"address": ended.address})

    async def _open(self, before: User, user: User, source: Source) -> api.Opened:
        """Begin a session of the user, who is meanwhile as `before`, and becomes as given."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        browser = source.browser if A_SECRET.fullmatch(source.browser) else secrets.token_urlsafe(SECRET_BYTES)
        now = self._clock.utc()
        session = Session(
            id=secrets.token_hex(8), user=user.name, role=user.role, address=source.address, created=now, used=now
        )

        def work(kept: Repositories) -> None:
            with kept.together():
                if kept.access.user(before.name) != before:
                    raise bad_login()
                if user != before:
                    kept.access.change_user(user)
                replaced = kept.access.session_of(passwords.token_digest(source.session))
                for old in kept.access.sessions():
                    if old == replaced or not _lives(old, now):
                        kept.access.end_session(old.id)
                kept.access.open_session(session, passwords.token_digest(secret), MOST_SESSIONS)
                kept.access.know_browser(user.name, passwords.token_digest(browser), now, MOST_BROWSERS)

        await self._store.do(work)
        return api.Opened(user.name, user.role, secret, browser, user.language, user.second_factor)

    async def _note_use(self, session: Session, now: datetime) -> None:
        try:
            await self._store.do(lambda kept: kept.access.session_used(session.id, now), PATIENCE_S)
        except StorageError as error:
            log.warning("use-not-kept", user=session.user, error=error)

    # ------------------------------------------------------------------------------------------------------- people

    async def users(self) -> list[api.User]:
        return [self._shown_user(user) for user in await self._store.do(lambda kept: kept.access.users())]

    async def add_user(self, wanted: api.NewUser, who: Identity) -> api.User:
        hashed = await self._credentials.hash(passwords.digest, wanted.password)
        user = User(name=wanted.name, password=hashed, role=wanted.role, created=self._clock.utc())
        await self._store.do(lambda kept: kept.access.add_user(user))
        await self._trail.note(who, "user-added", user.name, {"role": user.role})
        return self._shown_user(user)

    async def change_user(self, name: str, wanted: api.UserChange, who: Identity) -> api.User:
        role = None if wanted.role is UNSET else wanted.role
        hashed = None if wanted.password is UNSET else await self._credentials.hash(passwords.digest, wanted.password)
        user = await self._store.do(partial(_change, name, hashed, role))
        changes = {"role": role, "password": "changed" if hashed else None}
        await self._trail.note(who, "user-changed", name, {key: value for key, value in changes.items() if value})
        return self._shown_user(user)

    async def remove_user(self, name: str, who: Identity) -> None:
        await self._store.do(partial(_remove, name))
        await self._trail.note(who, "user-removed", name)

    # ------------------------------------------------------------------------------------------------------- tokens

    async def tokens(self) -> list[api.Token]:
        found = await self._store.do(lambda kept: kept.access.tokens())
        return [
            api.Token(
                name=token.name, role=token.role, created=stamp(token.created, self._zone),
                used=None if token.used is None else stamp(token.used, self._zone),
            )
            for token in found
        ]  # fmt: skip

    async def add_token(self, wanted: api.NewToken, who: Identity) -> api.MadeToken:
        token, now = secrets.token_urlsafe(SECRET_BYTES), self._clock.utc()
        digest = passwords.token_digest(token)
        await self._store.do(lambda kept: kept.access.add_token(wanted.name, digest, wanted.role, now))
        await self._trail.note(who, "token-created", wanted.name, {"role": wanted.role})
        return api.MadeToken(token=token, name=wanted.name, role=wanted.role)

    async def revoke_token(self, name: str, who: Identity) -> None:
        if not await self._store.do(lambda kept: kept.access.revoke(name)):
            raise RefusedError("unknown-token", f"there is no token {name}", "name")
        await self._trail.note(who, "token-revoked", name)

    # ------------------------------------------------------------------------------------------------------- shown

    def _shown_user(self, user: User) -> api.User:
        created = stamp(user.created, self._zone)
        return api.User(name=user.name, role=user.role, created=created, second_factor=user.second_factor)

    def _shown_session(self, session: Session) -> api.Session:
        created, used = stamp(session.created, self._zone), stamp(session.used, self._zone)
        return api.Session(
            id=session.id, user=session.user, role=session.role, address=session.address, created=created, used=used
        )


def _lives(session: Session, now: datetime) -> bool:
    """A clock that was set back makes no session last longer than a clock that was set forward."""
    return abs(now - session.used) < IDLE and abs(now - session.created) < LONGEST


def _person(user: User) -> Identity:
    return Identity(user.name, user.role, "desk")


def _needs_session(session: str) -> None:
    if not session:
        raise RefusedError("no-session", "who asks by a token has no session and no password")


def known_user(kept: Repositories, name: str) -> User:
    """Raises RefusedError (unknown-user)."""
    if (user := kept.access.user(name)) is None:
        raise unknown_user(name)
    return user


def end_session(session: str, user: str | None, kept: Repositories) -> Session:
    """The session that is ended, if it is this user's (None: whose ever). Raises RefusedError (unknown-session)."""
    found = next((entry for entry in kept.access.sessions() if entry.id == session), None)
    if found is None or user not in (None, found.user):
        raise RefusedError("unknown-session", f"there is no session {session}", "id")
    kept.access.end_session(session)
    return found


def _change(name: str, password: str | None, role: Role | None, kept: Repositories) -> User:
    with kept.together():
        before = known_user(kept, name)
        user = replace(before, password=password or before.password, role=role or before.role)
        if user.role != "manager":
            _spare_last_manager(kept, before)
        if user != before:
            kept.access.change_user(user)
    return user


def _remove(name: str, kept: Repositories) -> None:
    with kept.together():
        _spare_last_manager(kept, known_user(kept, name))
        kept.access.remove_user(name)


def _spare_last_manager(kept: Repositories, user: User) -> None:
    if [found.name for found in kept.access.users() if found.role == "manager"] == [user.name]:
        raise RefusedError("last-manager", f"{user.name} is the last manager: make another one first", "name")
