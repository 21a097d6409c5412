"""Backups as versions of the past have made them, kept in tests/data/backups: each can be restored for ever.

`python -m tests.unit.backup.samples` makes the one of the present schema, if there is none yet: after a migration was
added, and before it is released. They have this key, which nothing else has.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from firmware.backup import making
from firmware.backup.layout import PUBLIC_KEY
from firmware.store.database import migrations

PLACE = Path(__file__).parents[2] / "data" / "backups"
KEY = PLACE / "key-of-samples"
MADE = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
CONFIG = b'[hotel]\nname = "Bellevue"\n'
ROWS = """
INSERT INTO user (name, password, role, created) VALUES ('anna', 'hash', 'manager', 1795000000000);
INSERT INTO setting VALUES ('night-service', '{"mode": "on"}');
INSERT INTO guest (id, room, place, name, vip, arrival, no_post, needs_person)
    VALUES ('g1', '101', 0, 'Holm', 0, 1795000000000, 0, 0);
INSERT INTO wakeup (id, room, guest, at, rings, repeat, vip, state, by, through, ordered)
    VALUES ('w1', '101', 'g1', '2026-11-23T07:00:00', '2026-11-23T07:00:00', 'once', 0, 'waiting', 'anna', 'desk',
    1795000000000);
INSERT INTO charge (kind, guest, room, number, started, talk_seconds, amount, currency, items, state, sends)
    VALUES ('call', 'g1', '101', '221234567', 1795000000000, 61, 250, 'EUR', '[]', 'pending', 0);
INSERT INTO posting_number VALUES ('front-office', 17);
"""


def make(steps: int) -> Path:
    """The backup of a house whose database has had the first `steps` migrations; where it is."""
    target = PLACE / f"schema-{steps:04}.age"
    with tempfile.TemporaryDirectory() as place:
        data = Path(place)
        _database(data / "nightporter.db", migrations("nightporter")[:steps])
        _database(data / "audit.db", migrations("audit"))
        with closing(sqlite3.connect(data / "nightporter.db", isolation_level=None)) as connection:
            connection.executescript(ROWS)
        (data / "menus").mkdir()
        (data / "menus" / "own-number.menu").write_bytes(b"menu own-number\n")
        (data / PUBLIC_KEY).write_text(KEY.with_suffix(".pub").read_text())
        (data / "hotel.toml").write_bytes(CONFIG)
        made = making.make(data, f"of schema {steps}", MADE, data / "sample.age", data / "hotel.toml")
        target.write_bytes(made.read_bytes())
    return target


def _database(path: Path, steps: list[str]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for number, sql in enumerate(steps, start=1):
            connection.executescript(f"BEGIN;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")


if __name__ == "__main__":
    print(make(len(migrations("nightporter"))))
