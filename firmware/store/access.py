"""Who may do what: tokens of programs, people with passwords, their sessions, and the first manager's link."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from sqlite3 import Connection
from typing import Protocol

from firmware.errors import RefusedError
from firmware.store.database import Database
from firmware.store.model import Role, Session, Token, User, from_ms, optional_instant, to_ms


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

    def user(self, name: str) -> User | None: ...

    def change_user(self, user: User) -> bool:
        """Put another password or role in place of what the user of this name had, which ends all sessions of his."""
        ...

    def set_language(self, name: str, language: str) -> bool:
        """Whether there is such a user."""
        ...

    def remove_user(self, name: str) -> bool:
        """With all sessions of his."""
        ...

    def open_session(self, session: Session, digest: bytes, most: int) -> None:
        """Of a user that there is; of the user's sessions only the `most` last used remain.

        Raises RefusedError (code "unknown-user").
        """
        ...

    def session_of(self, digest: bytes) -> Session | None: ...

    def session_used(self, session: str, at: datetime) -> None: ...

    def sessions(self) -> list[Session]:
        """The last used first."""
        ...

    def end_session(self, session: str) -> bool:
        """Whether there was such a session."""
        ...

    def know_browser(self, user: str, digest: bytes, at: datetime, most: int) -> None:
        """Somebody has logged in as this user there; of the user's browsers only the `most` last used remain."""
        ...

    def knows_browser(self, user: str, digest: bytes) -> bool: ...

    def put_factor(self, user: str, secret: str, used_step: int, recovery: Collection[bytes]) -> None:
        """Let the user, whom there is, come in by codes of this secret and by recovery codes, and no more by others."""
        ...

    def factor_secret(self, user: str) -> str | None: ...

    def use_step(self, user: str, step: int) -> bool:
        """The code of this step is used, and those before it; whether it was not used yet."""
        ...

    def use_recovery(self, user: str, digest: bytes) -> bool:
        """Whether it was one of the user's recovery codes, which it is no more."""
        ...

    def recovery_left(self, user: str) -> int: ...

    def remove_factor(self, user: str) -> bool:
        """With the recovery codes; whether there was one."""
        ...

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
            rows = connection.execute(f"{_USERS} ORDER BY user.name").fetchall()
        return [_user(row) for row in rows]

    def user(self, name: str) -> User | None:
        with self._database.reading() as connection:
            row = connection.execute(f"{_USERS} WHERE user.name = ?", (name,)).fetchone()
        return row and _user(row)

    def change_user(self, user: User) -> bool:
        with self._database.transaction() as connection:
            sql = "UPDATE user SET password = ?, role = ? WHERE name = ?"
            changed = connection.execute(sql, (user.password, user.role, user.name)).rowcount > 0
            for table in ("session", "known_browser"):
                connection.execute(f"DELETE FROM {table} WHERE user = ?", (user.name,))
        return changed

    def set_language(self, name: str, language: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("UPDATE user SET language = ? WHERE name = ?", (language, name)).rowcount > 0

    def remove_user(self, name: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM user WHERE name = ?", (name,)).rowcount > 0

    def open_session(self, session: Session, digest: bytes, most: int) -> None:
        with self._database.transaction() as connection:
            values = (session.id, digest, session.address, to_ms(session.created), to_ms(session.used), session.user)
            sql = "INSERT INTO session (id, hash, address, created, used, user) SELECT ?, ?, ?, ?, ?, name FROM user"
            if not connection.execute(f"{sql} WHERE name = ?", values).rowcount:
                raise unknown_user(session.user)
            _keep_last(connection, "session", session.user, most)

    def session_of(self, digest: bytes) -> Session | None:
        with self._database.reading() as connection:
            row = connection.execute(f"{_SESSIONS} WHERE session.hash = ?", (digest,)).fetchone()
        return row and _session(row)

    def session_used(self, session: str, at: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE session SET used = ? WHERE id = ?", (to_ms(at), session))

    def sessions(self) -> list[Session]:
        with self._database.reading() as connection:
            rows = connection.execute(f"{_SESSIONS} ORDER BY session.used DESC, session.rowid DESC").fetchall()
        return [_session(row) for row in rows]

    def end_session(self, session: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM session WHERE id = ?", (session,)).rowcount > 0

    def know_browser(self, user: str, digest: bytes, at: datetime, most: int) -> None:
        with self._database.transaction() as connection:
            sql = "INSERT INTO known_browser (user, hash, used) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET used = ?"
            connection.execute(sql, (user, digest, to_ms(at), to_ms(at)))
            _keep_last(connection, "known_browser", user, most)

    def knows_browser(self, user: str, digest: bytes) -> bool:
        with self._database.reading() as connection:
            sql = "SELECT 1 FROM known_browser WHERE user = ? AND hash = ?"
            return connection.execute(sql, (user, digest)).fetchone() is not None

    def put_factor(self, user: str, secret: str, used_step: int, recovery: Collection[bytes]) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM second_factor WHERE user = ?", (user,))
            sql = "INSERT INTO second_factor (user, secret, used_step) VALUES (?, ?, ?)"
            connection.execute(sql, (user, secret, used_step))
            sql = "INSERT INTO recovery_code (user, hash) VALUES (?, ?)"
            connection.executemany(sql, [(user, digest) for digest in recovery])

    def factor_secret(self, user: str) -> str | None:
        with self._database.reading() as connection:
            row = connection.execute("SELECT secret FROM second_factor WHERE user = ?", (user,)).fetchone()
        return None if row is None else str(row[0])

    def use_step(self, user: str, step: int) -> bool:
        with self._database.transaction() as connection:
            sql = "UPDATE second_factor SET used_step = ? WHERE user = ? AND used_step < ?"
            return connection.execute(sql, (step, user, step)).rowcount > 0

    def use_recovery(self, user: str, digest: bytes) -> bool:
        with self._database.transaction() as connection:
            sql = "DELETE FROM recovery_code WHERE user = ? AND hash = ?"
            return connection.execute(sql, (user, digest)).rowcount > 0

    def recovery_left(self, user: str) -> int:
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM recovery_code WHERE user = ?", (user,)).fetchone()[0])

    def remove_factor(self, user: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM second_factor WHERE user = ?", (user,)).rowcount > 0

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


def unknown_user(name: str) -> RefusedError:
    """What both twins raise for a user that is not there (any more)."""
    return RefusedError("unknown-user", f"there is no user {name}", "name")


_USERS = """
SELECT user.name, user.password, user.role, user.created, user.language, second_factor.user IS NOT NULL
FROM user LEFT JOIN second_factor ON second_factor.user = user.name"""
_SESSIONS = """
SELECT session.id, session.user, user.role, session.address, session.created, session.used
FROM session JOIN user ON user.name = session.user"""


def _keep_last(connection: Connection, table: str, user: str, most: int) -> None:
    last = f"SELECT rowid FROM {table} WHERE user = ? ORDER BY used DESC, rowid DESC LIMIT ?"
    connection.execute(f"DELETE FROM {table} WHERE user = ? AND rowid NOT IN ({last})", (user, user, most))


def _session(row: tuple[str, str, Role, str, int, int]) -> Session:
    session, user, role, address, created, used = row
    return Session(id=session, user=user, role=role, address=address, created=from_ms(created), used=from_ms(used))


def _user(row: tuple[str, str, Role, int, str | None, int]) -> User:
    name, password, role, created, language, factor = row
    return User(
        name=name, password=password, role=role, created=from_ms(created), language=language, second_factor=bool(factor)
    )


def _token(row: tuple[str, Role, int, int | None]) -> Token:
    return Token(name=row[0], role=row[1], created=from_ms(row[2]), used=optional_instant(row[3]))
