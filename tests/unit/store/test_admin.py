"""The commands for tokens and people, on a database that is damaged."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from firmware import admin
from firmware.processes import Role, RunDirectory
from firmware.store import StorageError

MAKE = {"name": "till", "role": "desk"}


@pytest.fixture
def spoiled(tmp_path: Path) -> Path:
    """A data directory whose database is no database."""
    (tmp_path / "nightporter.db").write_bytes(b"no database" * 1000)
    return tmp_path


@pytest.mark.parametrize("role", ["supervisor", "launcher"])
def test_a_damaged_database_is_left_alone_while_the_product_runs(spoiled: Path, role: Role) -> None:
    run = RunDirectory(spoiled).make()
    run.hold(role)
    before = (spoiled / "nightporter.db").read_bytes()
    with pytest.raises(StorageError, match=r"nightporter\.db is damaged.*restart the product"):
        admin.token_create(Namespace(data=spoiled, **MAKE))
    assert (spoiled / "nightporter.db").read_bytes() == before
    assert list(spoiled.glob("*.damaged-*")) == []


def test_a_damaged_database_is_replaced_if_nobody_has_it(spoiled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert admin.token_create(Namespace(data=spoiled, **MAKE)) == 0
    assert "damaged" in capsys.readouterr().err
    assert len(list(spoiled.glob("nightporter.db.damaged-*"))) == 1
