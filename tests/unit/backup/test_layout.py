"""Which files are in a backup, and which paths can never come out of one."""

from __future__ import annotations

import pytest

from firmware.backup.layout import may_be_in_backup, place_of


@pytest.mark.parametrize(
    ("path", "fate"),
    [
        ("nightporter.db", "kept"),
        ("prompts/site/en/goodbye.alaw", "kept"),
        ("prompts/mail/3f.alaw", "kept"),
        ("prompts/en/goodbye.alaw", "derived"),
        ("nightporter.db-wal", "derived"),
        ("copies/audit.db", "derived"),
        ("run/hotel.toml", "never"),
        ("backups/nightporter-20261122T021500Z.age", "never"),
        ("audit.db.damaged-20261122T021500", "never"),
    ],
)
def test_each_file_has_its_fate(path: str, fate: str) -> None:
    place = place_of(path)
    assert place is not None and place.fate == fate


@pytest.mark.parametrize("path", ["tls/own.pem", "hotel.toml", "menus/own-number.menu", "backup-key.pub"])
def test_what_is_kept_may_come_back(path: str) -> None:
    assert may_be_in_backup(path)


@pytest.mark.parametrize(
    "path",
    [
        "../hotel.toml", "/etc/passwd", "tls/../run/x", "menus//x", "menus/./x", "menus", "", "voice/calibration.json",
        "run/hotel.toml", "stranger", "menus/a\\b", "menus/a\nb",
    ],
)  # fmt: skip
def test_nothing_else_comes_out_of_a_backup(path: str) -> None:
    assert not may_be_in_backup(path)
