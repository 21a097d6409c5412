"""One's own account: language, second factor, sessions; and the second factor of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from msgspec import Meta

from firmware.config.schema import Language
from webui.api.access import GivenPassword, Session
from webui.route import EVERYBODY, MANAGER, PART, Ask, Many, Route, part_of
from webui.services import Identity, Source
from webui.types import Answer, Request


class Preferences(Request, frozen=True, kw_only=True):
    """What somebody chooses for himself: what the page speaks to him."""

    language: Language


class OwnPassword(Request, frozen=True, kw_only=True):
    """One's own password, as a proof that it is still oneself."""

    password: GivenPassword


class FactorCode(Request, frozen=True, kw_only=True):
    """A code of the authenticator that has read the secret."""

    code: Annotated[str, Meta(max_length=40)]


class FactorOffer(Answer, frozen=True, kw_only=True):
    """A secret for an authenticator, also as a URI and as SVG text of a QR code of that; nothing is switched on yet."""

    secret: str
    uri: str
    qr: str


class RecoveryCodes(Answer, frozen=True, kw_only=True):
    """What lets one in without the authenticator, each once; told this once."""

    recovery_codes: list[str]


class OwnSession(Session, frozen=True, kw_only=True):
    """Where one is logged in; `current`: here."""

    current: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What is kept of a person for the page."""

    language: str | None
    second_factor: bool


class Accounts(Protocol):
    """All of it but `remove_factor` raises RefusedError (no-session) for who asks by a token."""

    async def account(self, who: Identity) -> Account:
        """Of a program: without any."""
        ...

    async def set_preferences(self, wanted: Preferences, source: Source, who: Identity) -> None: ...

    async def offer_factor(self, wanted: OwnPassword, source: Source, who: Identity) -> FactorOffer:
        """Raises RefusedError (wrong-password, too-many-tries, second-factor-on)."""
        ...

    async def switch_on_factor(self, wanted: FactorCode, source: Source, who: Identity) -> RecoveryCodes:
        """Ends all other sessions. Raises RefusedError (bad-code, clock-untrusted, no-offer)."""
        ...

    async def switch_off_factor(self, wanted: OwnPassword, source: Source, who: Identity) -> None:
        """Raises RefusedError (wrong-password, too-many-tries, no-second-factor)."""
        ...

    async def remove_factor(self, name: str, who: Identity) -> None:
        """Of another; ends the sessions. Raises RefusedError (unknown-user, no-second-factor)."""
        ...

    async def own_sessions(self, source: Source, who: Identity) -> Sequence[OwnSession]: ...

    async def end_own_session(self, session: str, source: Source, who: Identity) -> None:
        """Raises RefusedError (unknown-session)."""
        ...


async def set_preferences(ask: Ask) -> None:
    await ask.services.accounts.set_preferences(ask.body, ask.source, ask.who)


async def offer_factor(ask: Ask) -> FactorOffer:
    return await ask.services.accounts.offer_factor(ask.body, ask.source, ask.who)


async def switch_on_factor(ask: Ask) -> RecoveryCodes:
    return await ask.services.accounts.switch_on_factor(ask.body, ask.source, ask.who)


async def switch_off_factor(ask: Ask) -> None:
    await ask.services.accounts.switch_off_factor(ask.body, ask.source, ask.who)


async def remove_factor(ask: Ask) -> None:
    await ask.services.accounts.remove_factor(ask.path["name"], ask.who)


async def own_sessions(ask: Ask) -> Many:
    return part_of(await ask.services.accounts.own_sessions(ask.source, ask.who), ask.query.part())


async def end_own_session(ask: Ask) -> None:
    await ask.services.accounts.end_own_session(ask.path["id"], ask.source, ask.who)


ROUTES: tuple[Route, ...] = (
    Route(
        "PUT", "/session/preferences", set_preferences, "Choose the language of the page", EVERYBODY, body=Preferences,
        status=204, refusals=(409,),
    ),
    Route(
        "POST", "/session/second-factor", offer_factor, "A secret for an authenticator; `PUT` of a code switches it on",
        EVERYBODY, FactorOffer, body=OwnPassword, refusals=(409,),
    ),
    Route(
        "PUT", "/session/second-factor", switch_on_factor,
        "Switch one's second factor on; ends one's other sessions; the recovery codes are told this once", EVERYBODY,
        RecoveryCodes, body=FactorCode, refusals=(409,),
    ),
    Route(
        "DELETE", "/session/second-factor", switch_off_factor, "Switch one's second factor off", EVERYBODY,
        body=OwnPassword, status=204, refusals=(409,),
    ),
    Route(
        "GET", "/session/mine", own_sessions, "Where one is logged in, the last active first", EVERYBODY, OwnSession,
        True, query=PART, refusals=(409,),
    ),
    Route(
        "DELETE", "/session/mine/{id}", end_own_session, "Log oneself out elsewhere", EVERYBODY, status=204,
        refusals=(404, 409),
    ),
    Route(
        "DELETE", "/users/{name}/second-factor", remove_factor,
        "A lost authenticator: the password alone lets the person in; ends the person's sessions", MANAGER, status=204,
        refusals=(404, 409),
    ),
)  # fmt: skip
