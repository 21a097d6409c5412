"""A data directory with a little of everything, and the backup of it."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.backup import keys, making
from firmware.store import Repositories, open_repositories
from firmware.store.model import AuditEntry, Session, User

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
CONFIG = b'[hotel]\nname = "Bellevue"\n'
FILES = {
    "prompts/site/en/goodbye.alaw": b"goodbye" * 1000,
    "prompts/mail/m1.alaw": random.Random(1).randbytes(700_000),
    "recordings/voice-mail-2.wav": b"RIFF",
    "menus/own-number.menu": b"menu own-number\n",
    "tls/own.pem": b"-----BEGIN",
}
DERIVED = ("prompts/en/goodbye.alaw", "voice/calibration.json", "copies/nightporter.db", "run/status.json")


@dataclass
class House:
    """`key`: the private half."""

    data: Path
    key: str

    @contextlib.contextmanager
    def kept(self) -> Iterator[Repositories]:
        with contextlib.closing(open_repositories(self.data)) as kept:
            yield kept

    def backup(self, to: Path | None = None) -> Path:
        return making.make(self.data, "1.2.3", NOW, to)

    def content(self) -> dict[str, bytes]:
        return {name: (self.data / name).read_bytes() for name in FILES if (self.data / name).exists()}


@pytest.fixture(scope="session")
def first_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Made once: databases take their time."""
    data = tmp_path_factory.mktemp("backup") / "data"
    for name in (*FILES, *DERIVED):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(FILES.get(name, b"derived"))
    (data / "run" / "hotel.toml").write_bytes(CONFIG)
    (data / "copies" / "nightporter.db").unlink()
    made = House(data, keys.make_key(data).private)
    with made.kept() as kept:
        kept.access.add_user(User(name="anna", password="hash", role="manager", created=NOW))
        session = Session(id="s1", user="anna", role="manager", address="::1", created=NOW, used=NOW)
        kept.access.open_session(session, b"digest", 10)
        kept.settings.put("night-service", {"mode": "on"})
        kept.audit.add(AuditEntry(at=NOW, who="anna", through="desk", action="logged-in", subject="anna", detail={}))
    return made


@pytest.fixture
def house(first_house: House, tmp_path: Path) -> House:
    return House(shutil.copytree(first_house.data, tmp_path / "data"), first_house.key)
