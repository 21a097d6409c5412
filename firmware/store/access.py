"""Who may do what: tokens of programs, people with passwords, and the link that makes the first manager."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from firmware.errors import RefusedError
from firmware.store.database import Database
from firmware.store.model import Role, Token, User, from_ms, optional_instant, to_ms


class Access(Protocol):
    """The contract of both twins. Hashes are made by the caller; no secret comes here in clear."""

    def add_token(self, name: str, digest: bytes, role: Role, at: datetime) -> None:
        """Raises RefusedError (code "exists")."""
        ...

    def token_of(self, digest: bytes) -> Token | None: ...

    def used(self, name: str, at: datetime) -> None:
        """Note that a token was used."""
        ...

    def tokens(self) -> list[Token]: ...

    def revoke(self, name: str) -> bool:
        """Whether there was such a token."""
        ...

    def add_user(self, user: User) -> None:
        """Raises RefusedError (code "exists")."""
        ...

    def users(self) -> list[User]: ...

    def remove_user(self, name: str) -> bool: ...

    def offer_enrolment(self, digest: bytes, expires: datetime) -> None:
        """Let the holder of this secret make the first manager until then; an earlier offer ends."""
        ...

    def enrol(self, digest: bytes, user: User, now: datetime) -> None:
        """Use the offer: only once, in time, and while there is no user. Raises RefusedError (code "expired")."""
        ...

    def enrolment_open(self, digest: bytes, now: datetime) -> bool: ...


class SqliteAccess:
    """Tokens and users in the database; see `Access`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_token(self, name: str, digest: bytes, role: Role, at: datetime) -> None:
        with self._database.transaction() as connection:
            sql = "INSERT INTO token (name, hash, role, created) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING"
            made = connection.execute(sql, (name, digest, role, to_ms(at))).rowcount
        if not made:
            raise RefusedError("exists", f"there is a token {name} already; revoke it first", "name")

    def token_of(self, digest: bytes) -> Token | None:
        with self._database.reading() as connection:
            sql = "SELECT name, role, created, used FROM token WHERE hash = ?"
            row = connection.execute(sql, (digest,)).fetchone()
        return row and _token(row)

    def used(self, name: str, at: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE token SET used = ? WHERE name = ?", (to_ms(at), name))

    def tokens(self) -> list[Token]:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name, role, created, used FROM token ORDER BY name").fetchall()
        return [_token(row) for row in rows]

    def revoke(self, name: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM token WHERE name = ?", (name,)).rowcount > 0

    def add_user(self, user: User) -> None:
        with self._database.transaction() as connection:
            sql = "INSERT INTO user (name, password, role, created) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
            made = connection.execute(sql, (user.name, user.password, user.role, to_ms(user.created))).rowcount
        if not made:
            raise RefusedError("exists", f"there is a user {user.name} already; remove it first", "name")

    def users(self) -> list[User]:
        with self._database.reading() as connection:
            rows = connection.execute("SELECT name, password, role, created FROM user ORDER BY name").fetchall()
        return [User(name=row[0], password=row[1], role=row[2], created=from_ms(row[3])) for row in rows]

    def remove_user(self, name: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM user WHERE name = ?", (name,)).rowcount > 0

    def offer_enrolment(self, digest: bytes, expires: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM enrolment")
            connection.execute("INSERT INTO enrolment (hash, expires) VALUES (?, ?)", (digest, to_ms(expires)))

    def enrol(self, digest: bytes, user: User, now: datetime) -> None:
        with self._database.transaction() as connection:
            sql = "DELETE FROM enrolment WHERE hash = ? AND expires > ? AND NOT EXISTS (SELECT 1 FROM user)"
            if not connection.execute(sql, (digest, to_ms(now))).rowcount:
                raise expired()
            connection.execute(
                "INSERT INTO user (name, password, role, created) VALUES (?, ?, ?, ?)",
                (user.name, user.password, user.role, to_ms(user.created)),
            )

    def enrolment_open(self, digest: bytes, now: datetime) -> bool:
        with self._database.reading() as connection:
            sql = "SELECT 1 FROM enrolment WHERE hash = ? AND expires > ? AND NOT EXISTS (SELECT 1 FROM user)"
            return connection.execute(sql, (digest, to_ms(now))).fetchone() is not None


def expired() -> RefusedError:
    """What both twins raise for an offer that cannot be used (any more)."""
    return RefusedError("expired", "this link was used already, or is too old; start the product again for another")


def _token(row: tuple[str, Role, int, int | None]) -> Token:
    return Token(name=row[0], role=row[1], created=from_ms(row[2]), used=optional_instant(row[3]))
