"""Who may do what: people, tokens, sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from msgspec import UNSET, Meta, UnsetType

from firmware.config.schema import Language, first_spoken
from firmware.passwords import LEAST_CHARACTERS, MOST_CHARACTERS, csrf_of
from webui.gate import BROWSER_COOKIE, SESSION_COOKIE
from webui.route import EVERYBODY, MANAGER, PART, TECHNICAL, Ask, Many, Route, WithCookies, part_of
from webui.services import Identity, Source
from webui.types import Answer, NewName, Request, Role, Stamp

BROWSER_KEPT_S = 400 * 86400
NewPassword = Annotated[str, Meta(min_length=LEAST_CHARACTERS, max_length=MOST_CHARACTERS)]
GivenPassword = Annotated[str, Meta(max_length=MOST_CHARACTERS)]


class Login(Request, frozen=True, kw_only=True):
    """What a person says to log in; `code`: of the second factor, by time or a recovery code, if there is one."""

    name: Annotated[str, Meta(max_length=MOST_CHARACTERS)]
    password: GivenPassword
    code: Annotated[str, Meta(max_length=MOST_CHARACTERS)] | None = None


class LoggedIn(Answer, frozen=True, kw_only=True):
    """Who asks. Changes by the session carry `csrf` as X-CSRF-Token; a token's holder needs none (null).

    `language`: what the page speaks to him (null: not chosen). `second_factor_due`: his role should have one.
    """

    csrf: str | None
    name: str
    role: Role
    language: Language | None
    second_factor: bool
    second_factor_due: bool


class PasswordChange(Request, frozen=True, kw_only=True):
    """One's own password."""

    old: GivenPassword
    new: NewPassword


class Session(Answer, frozen=True, kw_only=True):
    """Somebody who is logged in; `used` is exact to a minute."""

    id: str
    user: str
    role: Role
    address: str
    created: Stamp
    used: Stamp


class User(Answer, frozen=True, kw_only=True):
    """A person who may log in; `second_factor`: not by the password alone."""

    name: str
    role: Role
    created: Stamp
    second_factor: bool


class NewUser(Request, frozen=True, kw_only=True):
    """A person who shall be able to log in."""

    name: NewName
    password: NewPassword
    role: Role


class UserChange(Request, frozen=True, kw_only=True):
    """Any subset; either ends all sessions of the user."""

    password: NewPassword | UnsetType = UNSET
    role: Role | UnsetType = UNSET


class Token(Answer, frozen=True, kw_only=True):
    """A program's right to use the API; `used` is exact to a day."""

    name: str
    role: Role
    created: Stamp
    used: Stamp | None


class NewToken(Request, frozen=True, kw_only=True):
    """A program that shall use the API."""

    name: NewName
    role: Role


class MadeToken(Answer, frozen=True, kw_only=True):
    """The token itself, which is told this once."""

    token: str
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has begun, with the secrets that its browser keeps in cookies."""

    name: str
    role: Role
    session: str
    browser: str
    language: str | None = None
    second_factor: bool = False


class Access(Protocol):
    """People, tokens and sessions of the house."""

    async def log_in(self, wanted: Login, source: Source) -> Opened:
        """Raises RefusedError (bad-login, code-needed, bad-code, clock-untrusted, too-many-tries)."""
        ...

    async def who_has(self, session: str, use: bool) -> Identity | None:
        """Whose session this secret is; `use` it: it is not idle."""
        ...

    async def log_out(self, session: str, who: Identity) -> None: ...

    async def change_password(self, wanted: PasswordChange, source: Source, who: Identity) -> Opened:
        """End all sessions of `who`, and begin another. Raises RefusedError (wrong-password, too-many-tries)."""
        ...

    async def sessions(self) -> Sequence[Session]: ...

    async def end_session(self, session: str, who: Identity) -> None:
        """Raises RefusedError (unknown-session)."""
        ...

    async def users(self) -> Sequence[User]: ...

    async def add_user(self, wanted: NewUser, who: Identity) -> User:
        """Raises RefusedError (exists)."""
        ...

    async def change_user(self, name: str, wanted: UserChange, who: Identity) -> User:
        """Raises RefusedError (unknown-user, last-manager)."""
        ...

    async def remove_user(self, name: str, who: Identity) -> None:
        """Raises RefusedError (unknown-user, last-manager)."""
        ...

    async def tokens(self) -> Sequence[Token]: ...

    async def add_token(self, wanted: NewToken, who: Identity) -> MadeToken:
        """Raises RefusedError (exists)."""
        ...

    async def revoke_token(self, name: str, who: Identity) -> None:
        """Raises RefusedError (unknown-token)."""
        ...


async def log_in(ask: Ask) -> WithCookies:
    return _opened(await ask.services.access.log_in(ask.body, ask.source), ask.source)


async def who_am_i(ask: Ask) -> LoggedIn:
    who, account = ask.who, await ask.services.accounts.account(ask.who)
    return _logged_in(ask.source.session, who.name, who.role, account.language, account.second_factor)


async def log_out(ask: Ask) -> WithCookies:
    await ask.services.access.log_out(ask.source.session, ask.who)
    return WithCookies(None, (_cookie(SESSION_COOKIE, "", ask.source, 0),))


async def change_password(ask: Ask) -> WithCookies:
    return _opened(await ask.services.access.change_password(ask.body, ask.source, ask.who), ask.source)


async def sessions(ask: Ask) -> Many:
    return part_of(await ask.services.access.sessions(), ask.query.part())


async def end_session(ask: Ask) -> None:
    await ask.services.access.end_session(ask.path["id"], ask.who)


async def users(ask: Ask) -> Many:
    return part_of(await ask.services.access.users(), ask.query.part())


async def add_user(ask: Ask) -> User:
    return await ask.services.access.add_user(ask.body, ask.who)


async def change_user(ask: Ask) -> User:
    return await ask.services.access.change_user(ask.path["name"], ask.body, ask.who)


async def remove_user(ask: Ask) -> None:
    await ask.services.access.remove_user(ask.path["name"], ask.who)


async def tokens(ask: Ask) -> Many:
    return part_of(await ask.services.access.tokens(), ask.query.part())


async def add_token(ask: Ask) -> MadeToken:
    return await ask.services.access.add_token(ask.body, ask.who)


async def revoke_token(ask: Ask) -> None:
    await ask.services.access.revoke_token(ask.path["name"], ask.who)


def _opened(opened: Opened, source: Source) -> WithCookies:
    """The session's cookie goes with the browser's window; by the other the browser is known for long."""
    answer = _logged_in(opened.session, opened.name, opened.role, opened.language, opened.second_factor)
    kept = _cookie(BROWSER_COOKIE, opened.browser, source, BROWSER_KEPT_S)
    return WithCookies(answer, (_cookie(SESSION_COOKIE, opened.session, source), kept))


def _logged_in(session: str, name: str, role: Role, language: str | None, second_factor: bool) -> LoggedIn:
    """A program (no session) has neither; a language that is none any more counts as not chosen."""
    return LoggedIn(
        csrf=csrf_of(session) if session else None, name=name, role=role, language=first_spoken(language),
        second_factor=second_factor, second_factor_due=bool(session) and role in TECHNICAL and not second_factor,
    )  # fmt: skip


def _cookie(name: str, value: str, source: Source, kept_s: int | None = None) -> str:
    attributes = ["Path=/", "HttpOnly", "SameSite=Strict", *(["Secure"] if source.secure else [])]
    if kept_s is not None:
        attributes.append(f"Max-Age={kept_s}")
    return "; ".join([f"{name}={value}", *attributes])


ROUTES: tuple[Route, ...] = (
    Route(
        "POST", "/session", log_in, "Log in: sets the session's cookie", frozenset(), LoggedIn, body=Login,
        refusals=(409,),
    ),
    Route("GET", "/session", who_am_i, "Who one is", EVERYBODY, LoggedIn),
    Route("DELETE", "/session", log_out, "Log out", EVERYBODY, status=204, refusals=(409,)),
    Route(
        "PUT", "/session/password", change_password,
        "Change one's own password: ends one's sessions, and begins another here", EVERYBODY, LoggedIn,
        body=PasswordChange, refusals=(409,),
    ),
    Route("GET", "/sessions", sessions, "Who is logged in, the last active first", MANAGER, Session, True, query=PART),
    Route("DELETE", "/sessions/{id}", end_session, "Log somebody out", MANAGER, status=204, refusals=(404,)),
    Route("GET", "/users", users, "The people who may log in", MANAGER, User, True, query=PART),
    Route("POST", "/users", add_user, "Add a person", MANAGER, User, body=NewUser, status=201, refusals=(409,)),
    Route(
        "PATCH", "/users/{name}", change_user, "Give a person another password or role; ends the person's sessions",
        MANAGER, User, body=UserChange, refusals=(404, 409),
    ),
    Route(
        "DELETE", "/users/{name}", remove_user, "Remove a person, but not the last manager", MANAGER,
        status=204, refusals=(404, 409),
    ),
    Route("GET", "/tokens", tokens, "The programs that may use the API", MANAGER, Token, True, query=PART),
    Route(
        "POST", "/tokens", add_token, "Make a token, which is told this once", MANAGER, MadeToken,
        body=NewToken, status=201, refusals=(409,),
    ),
    Route("DELETE", "/tokens/{name}", revoke_token, "End a token at once", MANAGER, status=204, refusals=(404,)),
)  # fmt: skip
