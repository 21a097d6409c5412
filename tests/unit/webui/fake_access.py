"""People, tokens and sessions of the house that the API shows; nothing is hashed."""

from __future__ import annotations

from firmware.errors import RefusedError
from webui.api import access as api
from webui.api.account import Account
from webui.services import Identity, Source

STAMP = "2026-11-22T07:00:00.000+01:00"


class Access:
    """See `webui.api.access.Access`. Everybody's password is "right password"."""

    def __init__(self) -> None:
        self.people: dict[str, api.User] = {"anna": _user("anna", "desk"), "boss": _user("boss", "manager")}
        self.open: dict[str, Identity] = {}
        self.used: list[str] = []
        self.came: list[Source] = []
        self.asked: list[tuple[object, ...]] = []

    async def log_in(self, wanted: api.Login, source: Source) -> api.Opened:
        self.came.append(source)
        if wanted.password == "once too often":
            raise RefusedError("too-many-tries", "wait", retry_s=300)
        if wanted.name not in self.people or wanted.password != "right password":
            raise RefusedError("bad-login", "no")
        role, secret = self.people[wanted.name].role, f"secret{len(self.came)}"
        self.open[secret] = Identity(wanted.name, role, "desk")
        return api.Opened(wanted.name, role, secret, "browser")

    async def who_has(self, session: str, use: bool) -> Identity | None:
        if use:
            self.used.append(session)
        return self.open.get(session)

    async def log_out(self, session: str, who: Identity) -> None:
        if not session:
            raise RefusedError("no-session", "no")
        del self.open[session]

    async def change_password(self, wanted: api.PasswordChange, source: Source, who: Identity) -> api.Opened:
        if wanted.old != "right password":
            raise RefusedError("wrong-password", "no", "old")
        self.open = {"new": who}
        return api.Opened(who.name, who.role, "new", "browser")

    async def sessions(self) -> list[api.Session]:
        return [
            api.Session(id=f"s{number}", user=who.name, role=who.role, address="::1", created=STAMP, used=STAMP)
            for number, who in enumerate(self.open.values())
        ]

    async def end_session(self, session: str, who: Identity) -> None:
        self.asked.append(("end", session, who.name))

    async def users(self) -> list[api.User]:
        return list(self.people.values())

    async def add_user(self, wanted: api.NewUser, who: Identity) -> api.User:
        self.people[wanted.name] = _user(wanted.name, wanted.role)
        return self.people[wanted.name]

    async def change_user(self, name: str, wanted: api.UserChange, who: Identity) -> api.User:
        self.asked.append(("change", name, wanted))
        return self.people[name]

    async def remove_user(self, name: str, who: Identity) -> None:
        if name not in self.people:
            raise RefusedError("unknown-user", "no", "name")
        if name == "boss":
            raise RefusedError("last-manager", "no", "name")
        del self.people[name]

    async def tokens(self) -> list[api.Token]:
        return [api.Token(name="till", role="desk", created=STAMP, used=None)]

    async def add_token(self, wanted: api.NewToken, who: Identity) -> api.MadeToken:
        return api.MadeToken(token="t0ken", name=wanted.name, role=wanted.role)

    async def revoke_token(self, name: str, who: Identity) -> None:
        self.asked.append(("revoke", name, who.name))


class Accounts:
    """See `webui.api.account.Accounts`: what is kept of each person is the same."""

    async def account(self, who: Identity) -> Account:
        return Account(None, False)


def _user(name: str, role: api.Role) -> api.User:
    return api.User(name=name, role=role, created=STAMP, second_factor=False)
