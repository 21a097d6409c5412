"""The tariff table: replaced as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Any, Protocol

from firmware.billing.model import Tariff
from firmware.restriction.site import Hours
from firmware.store.database import Database

_COLUMNS = (
    "prefix, name, days, begins, ends, connection, interval_s, price, free_s, minimum, surcharge_percent, tax_percent"
)


class Tariffs(Protocol):
    """The contract of both twins."""

    def version(self) -> int:
        """It rises with each `replace`, whoever does it; 0: there was none."""
        ...

    def rows(self) -> tuple[Tariff, ...]:
        """In their order."""
        ...

    def replace(self, rows: Sequence[Tariff]) -> None:
        """These, and no others, from now on."""
        ...


class SqliteTariffs:
    """Tariffs in the database; see `Tariffs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        with self._database.reading() as connection:
            row = connection.execute("SELECT version FROM tariff_version").fetchone()
        return 0 if row is None else int(row[0])

    def rows(self) -> tuple[Tariff, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM tariff ORDER BY sequence").fetchall()
        return tuple(map(_tariff, rows))

    def replace(self, rows: Sequence[Tariff]) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM tariff")
            places = ", ".join("?" * len(_COLUMNS.split(",")))
            connection.executemany(f"INSERT INTO tariff ({_COLUMNS}) VALUES ({places})", map(_row, rows))
            connection.execute(
                "INSERT INTO tariff_version (only, version) VALUES (1, 1) "
                "ON CONFLICT (only) DO UPDATE SET version = version + 1"
            )


def _row(tariff: Tariff) -> Sequence[object]:
    hours = tariff.hours
    return (
        tariff.prefix, tariff.name, "".join(map(str, sorted(hours.days))), f"{hours.begins:%H:%M}",
        f"{hours.ends:%H:%M}", tariff.connection, tariff.interval_s, tariff.price, tariff.free_s, tariff.minimum,
        str(tariff.surcharge_percent), str(tariff.tax_percent),
    )  # fmt: skip


def _tariff(row: Sequence[Any]) -> Tariff:
    prefix, name, days, begins, ends, connection, interval_s, price, free_s, minimum, surcharge, tax = row
    hours = Hours(time.fromisoformat(begins), time.fromisoformat(ends), frozenset(map(int, days)))
    return Tariff(
        prefix=prefix, name=name, hours=hours, connection=connection, interval_s=interval_s, price=price,
        free_s=free_s, minimum=minimum, surcharge_percent=Decimal(surcharge), tax_percent=Decimal(tax),
    )  # fmt: skip
