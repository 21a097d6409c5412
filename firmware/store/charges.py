"""Charges: written with the record of their call, posted once, kept until they are old."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import msgspec

from firmware.billing.model import MAY_BECOME, Charge, ChargeFilter, ChargeState, Verdict
from firmware.errors import RefusedError
from firmware.store.database import Database, matching
from firmware.store.model import Page, optional_instant, optional_ms, to_ms

_COLUMNS = (
    "kind, leg, guest, room, number, trunk, started, talk_seconds, amount, currency, items, user, state, link, "
    "posting, sends, status, text, told, settled_by, settled_at"
)
_ALL = f"id, {_COLUMNS}"
_INSTANTS = ("started", "told", "settled_at")
AFTER_LOSS = "the database was damaged, and an older copy taken"
NUMBERS_LOST = 1000
"""More postings than a hotel makes between two copies: their numbers are not given again."""
ANY_LINK = ""
"""Has, after a loss, the beginning of the links that have posted nothing, as far as is known."""
BEGINNINGS = 10**8
Changes: TypeAlias = dict[str, object]


class Charges(Protocol):
    """The contract of both twins. Raises RefusedError (unknown-charge) where there is none of that id."""

    def add(self, charge: Charge) -> Charge | None:
        """Keep a new one, under an id from here; None: its leg has one already."""
        ...

    def get(self, charge: int) -> Charge | None: ...

    def listed(self, wanted: ChargeFilter, page: Page) -> list[Charge]:
        """Latest first; the place of one for `Page.after` is (id, 0)."""
        ...

    def due(self, link: str, limit: int) -> list[Charge]:
        """The pending ones that this link may post, oldest first: those that no other link has sent."""
        ...

    def begin_posting(self, charge: int, link: str, width: int) -> Charge:
        """Count a sending, and give the first one its number: the link's next, 1 to 10^width - 1, then 1 again.

        On disk when this returns; only then may it be sent. Raises RefusedError: not pending any more, or another
        link's.
        """
        ...

    def confirm(self, charge: int, verdict: Verdict, status: str | None, text: str | None, at: datetime) -> Charge:
        """What the PMS said, or that it said nothing; the charge as it is now.

        Where its state does not allow it (it was settled meanwhile) only what was said is noted.
        """
        ...

    def postpone(self, charge: int, sends: int = 0) -> None:
        """The PMS has said that it did not take it: as if it had been sent only so often, but for its number."""
        ...

    def take_over(self, link: str | None, at: datetime) -> list[Charge]:
        """This link posts from now on; None: none does. What another has sent is doubtful from now on: these.

        What another was given and the PMS did not take is nobody's again.
        """
        ...

    def doubt_after_loss(self) -> None:
        """These are an older copy: what is pending here may have been posted since, and numbers were given since.

        Where no link has ever posted, no charge is doubtful. Nobody knows what a link that is not known here has given:
        it begins anywhere but at 1.
        """
        ...

    def settle(self, charge: int, who: str, at: datetime) -> Charge:
        """A person has seen to it. Raises RefusedError (settled): posted or settled already."""
        ...

    def move(self, guests: Collection[str], room: str) -> int:
        """What of these guests has not been sent goes to the room where they live now; how many charges.

        One that may have been taken stays as it was sent: otherwise the PMS could not know it again.
        """
        ...

    def unsettled(self, guest: str) -> list[Charge]:
        """What neither the PMS nor a person has taken, oldest first."""
        ...

    def count_pending(self) -> int: ...

    def spent(self, guest: str) -> int:
        """The sum of a guest's charges, in minor units; those that a person has settled are not among them."""
        ...

    def without_amount(self, guest: str) -> list[Charge]:
        """His calls that the PMS prices, oldest first, but for those that a person has settled."""
        ...

    def erase(self, guest: str) -> None:
        """Take out the numbers of his calls, and what the PMS said; the rest stays."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete those that began earlier, but none that somebody has still to see to; how many."""
        ...


class SqliteCharges:
    """Charges in the database; see `Charges`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, charge: Charge) -> Charge | None:
        places = ", ".join("?" * len(_COLUMNS.split(",")))
        with self._database.transaction() as connection:
            row = connection.execute(
                f"INSERT INTO charge ({_COLUMNS}) VALUES ({places}) ON CONFLICT (leg) DO NOTHING RETURNING {_ALL}",
                _row(charge),
            ).fetchone()
        return row and _charge(row)

    def get(self, charge: int) -> Charge | None:
        found = self._select("id = ?", (charge,))
        return found[0] if found else None

    def listed(self, wanted: ChargeFilter, page: Page) -> list[Charge]:
        these, values = matching(
            ("state = ?", wanted.state),
            ("room = ?", wanted.room),
            ("guest = ?", wanted.guest),
            ("id < ?", page.after and page.after[0]),
        )
        return self._select(f"{these} ORDER BY id DESC LIMIT ?", (*values, page.limit))

    def due(self, link: str, limit: int) -> list[Charge]:
        return self._select("state = 'pending' AND coalesce(link, ?1) = ?1 ORDER BY id LIMIT ?2", (link, limit))

    def begin_posting(self, charge: int, link: str, width: int) -> Charge:
        with self._database.transaction() as connection:
            found = postable(self.get(charge), charge, link)
            number = found.posting
            if number is None:
                sql = "SELECT link, next FROM posting_number WHERE link IN (?, ?)"
                known_next = dict(connection.execute(sql, (link, ANY_LINK)).fetchall())
                number = next_number(known_next.get(link), known_next.get(ANY_LINK), width)
                connection.execute(
                    "INSERT INTO posting_number (link, next) VALUES (?, ?) "
                    "ON CONFLICT (link) DO UPDATE SET next = excluded.next",
                    (link, number + 1),
                )
            return self._change(charge, {"link": link, "posting": number, "sends": found.sends + 1})

    def confirm(self, charge: int, verdict: Verdict, status: str | None, text: str | None, at: datetime) -> Charge:
        with self._database.transaction():
            found = known(self.get(charge), charge)
            return self._change(charge, confirmed(found, verdict, status, text, at))

    def postpone(self, charge: int, sends: int = 0) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE charge SET sends = ? WHERE id = ? AND state = 'pending'", (sends, charge))

    def take_over(self, link: str | None, at: datetime) -> list[Charge]:
        others = "state = 'pending' AND link IS NOT NULL AND link IS NOT ?"
        with self._database.transaction() as connection:
            sql = f"UPDATE charge SET link = NULL, posting = NULL WHERE {others} AND sends = 0"
            connection.execute(sql, (link,))
            found = self._select(f"{others} ORDER BY id", (link,))
            return [self._change(charge.id, left_by_its_link(charge, at)) for charge in found]

    def doubt_after_loss(self) -> None:
        with self._database.transaction() as connection:
            posts = "EXISTS (SELECT 1 FROM posting_number WHERE link <> ?)"
            sql = f"UPDATE charge SET state = 'doubtful', text = ? WHERE state = 'pending' AND {posts}"
            connection.execute(sql, (AFTER_LOSS, ANY_LINK))
            connection.execute("UPDATE posting_number SET next = next + ?", (NUMBERS_LOST,))
            sql = "INSERT OR REPLACE INTO posting_number (link, next) VALUES (?, ?)"
            connection.execute(sql, (ANY_LINK, secrets.randbelow(BEGINNINGS)))

    def settle(self, charge: int, who: str, at: datetime) -> Charge:
        with self._database.transaction():
            return self._change(charge, settled(known(self.get(charge), charge), who, at))

    def move(self, guests: Collection[str], room: str) -> int:
        with self._database.transaction() as connection:
            sql = "UPDATE charge SET room = ? WHERE guest = ? AND state = 'pending' AND sends = 0"
            return sum(connection.execute(sql, (room, guest)).rowcount for guest in set(guests))

    def unsettled(self, guest: str) -> list[Charge]:
        return self._select("guest = ? AND state NOT IN ('posted', 'settled') ORDER BY id", (guest,))

    def count_pending(self) -> int:
        with self._database.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM charge WHERE state = 'pending'").fetchone()[0])

    def spent(self, guest: str) -> int:
        sql = "SELECT coalesce(sum(amount), 0) FROM charge WHERE guest = ? AND state <> 'settled'"
        with self._database.reading() as connection:
            return int(connection.execute(sql, (guest,)).fetchone()[0])

    def without_amount(self, guest: str) -> list[Charge]:
        these = "guest = ? AND kind = 'call' AND amount IS NULL AND state <> 'settled'"
        return self._select(f"{these} ORDER BY id", (guest,))

    def erase(self, guest: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE charge SET number = '', text = NULL WHERE guest = ?", (guest,))

    def forget(self, before: datetime) -> int:
        with self._database.transaction() as connection:
            sql = "DELETE FROM charge WHERE started < ? AND state IN ('posted', 'settled')"
            return connection.execute(sql, (to_ms(before),)).rowcount

    def _select(self, rest: str, values: Sequence[object]) -> list[Charge]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_ALL} FROM charge WHERE {rest}", values).fetchall()
        return list(map(_charge, rows))

    def _change(self, charge: int, changes: Changes) -> Charge:
        values = {name: to_ms(value) if isinstance(value, datetime) else value for name, value in changes.items()}
        assigned = ", ".join(f"{name} = ?" for name in values)
        with self._database.transaction() as connection:
            row = connection.execute(
                f"UPDATE charge SET {assigned} WHERE id = ? RETURNING {_ALL}", (*values.values(), charge)
            ).fetchone()
        return _charge(row)


# ----------------------------------------------------------------------------------------------- rules of both twins


def known(found: Charge | None, charge: int) -> Charge:
    if found is None:
        raise RefusedError("unknown-charge", f"there is no charge {charge}", "id")
    return found


def postable(found: Charge | None, charge: int, link: str) -> Charge:
    """Raises RefusedError for one that this link may not send."""
    found = known(found, charge)
    if found.state != "pending":
        raise RefusedError(found.state, f"charge {charge} is {found.state} already")
    if found.link not in (None, link):
        raise RefusedError("other-link", f"charge {charge} may have been posted by {found.link}")
    return found


def next_number(number: int | None, beginning: int | None, width: int) -> int:
    """The number that a link gives next, or its first one: 1, or after a loss one that has not been given of late."""
    if number is not None or beginning is None:
        return within(number or 1, width)
    numbers: int = 10**width - 1
    early = NUMBERS_LOST if numbers > 2 * NUMBERS_LOST else 1
    return early + 1 + beginning % (numbers - early)


def within(number: int, width: int) -> int:
    """The same number, or 1 if it has more digits."""
    return number if 1 <= number < 10**width else 1


def confirmed(found: Charge, verdict: Verdict, status: str | None, text: str | None, at: datetime) -> Changes:
    state: ChargeState = verdict if verdict in MAY_BECOME[found.state] else found.state
    return {"state": state, "status": status, "text": text, "told": at}


def left_by_its_link(found: Charge, at: datetime) -> Changes:
    return confirmed(found, "doubtful", None, f"the link {found.link} posts no more", at)


def settled(found: Charge, who: str, at: datetime) -> Changes:
    if "settled" not in MAY_BECOME[found.state]:
        raise RefusedError("settled", f"charge {found.id} is {found.state} already")
    return {"state": "settled", "settled_by": who, "settled_at": at}


def _row(charge: Charge) -> Sequence[object]:
    return (
        charge.kind, charge.leg, charge.guest, charge.room, charge.number, charge.trunk, to_ms(charge.started),
        charge.talk_seconds, charge.amount, charge.currency, msgspec.json.encode(charge.items).decode(), charge.user,
        charge.state, charge.link, charge.posting, charge.sends, charge.status, charge.text, optional_ms(charge.told),
        charge.settled_by, optional_ms(charge.settled_at),
    )  # fmt: skip


def _charge(row: Sequence[Any]) -> Charge:
    values = dict(zip(_ALL.split(", "), row, strict=True))
    values |= {name: optional_instant(values[name]) for name in _INSTANTS}
    values["items"] = msgspec.json.decode(values["items"], type=tuple[tuple[int, int], ...])
    return Charge(**values)
