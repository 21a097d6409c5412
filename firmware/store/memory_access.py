"""The in-memory twin of who may do what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.store.access import expired, unknown_user
from firmware.store.model import Role, Session, Token, User


class MemoryAccess:
    """See `firmware.store.access.Access`."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[bytes, Token]] = {}
        self._users: dict[str, User] = {}
        self._sessions: dict[bytes, Session] = {}
        self._browsers: dict[tuple[str, bytes], datetime] = {}
        self._factors: dict[str, tuple[str, int, set[bytes]]] = {}
        self._offer: tuple[bytes, datetime] | None = None

    def add_token(self, name: str, digest: bytes, role: Role, at: datetime) -> None:
        if name in self._tokens:
            raise RefusedError("exists", f"there is a token {name} already; revoke it first", "name")
        self._tokens[name] = (digest, Token(name=name, role=role, created=at))

    def token_of(self, digest: bytes) -> Token | None:
        return next((token for known, token in self._tokens.values() if known == digest), None)

    def used(self, name: str, at: datetime) -> None:
        if name in self._tokens:
            digest, token = self._tokens[name]
            self._tokens[name] = (digest, replace(token, used=at))

    def tokens(self) -> list[Token]:
        return [token for _, (_, token) in sorted(self._tokens.items())]

    def revoke(self, name: str) -> bool:
        return self._tokens.pop(name, None) is not None

    def add_user(self, user: User) -> None:
        if user.name in self._users:
            raise RefusedError("exists", f"there is a user {user.name} already; remove it first", "name")
        self._users[user.name] = user

    def users(self) -> list[User]:
        return [self._shown(user) for _, user in sorted(self._users.items())]

    def user(self, name: str) -> User | None:
        found = self._users.get(name)
        return found and self._shown(found)

    def change_user(self, user: User) -> bool:
        self._log_out(user.name)
        if user.name not in self._users:
            return False
        kept = self._users[user.name]
        self._users[user.name] = replace(kept, password=user.password, role=user.role)
        return True

    def set_language(self, name: str, language: str) -> bool:
        if name not in self._users:
            return False
        self._users[name] = replace(self._users[name], language=language)
        return True

    def remove_user(self, name: str) -> bool:
        self._log_out(name)
        self._factors.pop(name, None)
        return self._users.pop(name, None) is not None

    def open_session(self, session: Session, digest: bytes, most: int) -> None:
        if session.user not in self._users:
            raise unknown_user(session.user)
        self._sessions[digest] = session
        mine = [key for key, found in self._sessions.items() if found.user == session.user]
        for key in sorted(mine, key=lambda key: self._sessions[key].used)[:-most]:
            del self._sessions[key]

    def session_of(self, digest: bytes) -> Session | None:
        found = self._sessions.get(digest)
        return found and replace(found, role=self._users[found.user].role)

    def session_used(self, session: str, at: datetime) -> None:
        for digest, found in self._sessions.items():
            if found.id == session:
                self._sessions[digest] = replace(found, used=at)

    def sessions(self) -> list[Session]:
        found = [session for digest in self._sessions if (session := self.session_of(digest))]
        return sorted(found, key=lambda session: session.used)[::-1]

    def end_session(self, session: str) -> bool:
        ended = [digest for digest, found in self._sessions.items() if found.id == session]
        for digest in ended:
            del self._sessions[digest]
        return bool(ended)

    def know_browser(self, user: str, digest: bytes, at: datetime, most: int) -> None:
        self._browsers[user, digest] = at
        mine = sorted((key for key in self._browsers if key[0] == user), key=lambda key: self._browsers[key])
        for key in mine[:-most]:
            del self._browsers[key]

    def knows_browser(self, user: str, digest: bytes) -> bool:
        return (user, digest) in self._browsers

    def put_factor(self, user: str, secret: str, used_step: int, recovery: Collection[bytes]) -> None:
        self._factors[user] = (secret, used_step, set(recovery))

    def factor_secret(self, user: str) -> str | None:
        found = self._factors.get(user)
        return found and found[0]

    def use_step(self, user: str, step: int) -> bool:
        found = self._factors.get(user)
        if found is None or found[1] >= step:
            return False
        self._factors[user] = (found[0], step, found[2])
        return True

    def use_recovery(self, user: str, digest: bytes) -> bool:
        codes = self._factors[user][2] if user in self._factors else set()
        is_one = digest in codes
        codes.discard(digest)
        return is_one

    def recovery_left(self, user: str) -> int:
        return len(self._factors[user][2]) if user in self._factors else 0

    def remove_factor(self, user: str) -> bool:
        return self._factors.pop(user, None) is not None

    def offer_enrolment(self, digest: bytes, expires: datetime) -> None:
        self._offer = (digest, expires)

    def enrol(self, digest: bytes, user: User, now: datetime) -> None:
        if not self.enrolment_open(digest, now):
            raise expired()
        self._offer = None
        self._users[user.name] = user

    def enrolment_open(self, digest: bytes, now: datetime) -> bool:
        return not self._users and self._offer is not None and self._offer[0] == digest and self._offer[1] > now

    def _shown(self, user: User) -> User:
        return replace(user, second_factor=user.name in self._factors)

    def _log_out(self, user: str) -> None:
        self._sessions = {key: found for key, found in self._sessions.items() if found.user != user}
        self._browsers = {key: at for key, at in self._browsers.items() if key[0] != user}
