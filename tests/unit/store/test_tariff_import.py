"""`nightporter tariff import`: what it keeps, and what it says of a file that is no good."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware import log
from firmware.__main__ import main
from firmware.audit import AuditFilter
from firmware.store import open_repositories
from firmware.store.model import Page

HEADER = "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(log, "configure", lambda verbose: None)
    return tmp_path / "data"


def imported(data: Path, table: str) -> int:
    file = data.parent / "tariffs.csv"
    file.write_text(table, encoding="utf-8")
    return main(["tariff", "import", str(file), "--data", str(data)])


def kept(data: Path) -> list[str]:
    found = open_repositories(data)
    try:
        return [row.prefix for row in found.tariffs.rows()]
    finally:
        found.close()


def test_the_table_is_kept_before_the_first_start_and_is_in_the_audit(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(data, f"\ufeff{HEADER}\n0,,,,,,60,1,,,,\n00,,,,,,60,9,,,,\n") == 0
    assert capsys.readouterr().out.startswith("2 tariffs")
    assert kept(data) == ["0", "00"]
    found = open_repositories(data)
    (entry,) = found.audit.entries(AuditFilter(), Page())
    found.close()
    assert (entry.action, entry.through, entry.detail) == (
        "tariffs-changed", "command line", {"rows": 2, "file": "tariffs.csv"},
    )  # fmt: skip


def test_every_fault_is_on_a_line_of_its_own_and_nothing_has_changed(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(data, f"{HEADER}\n0,,,,,,60,1,,,,\n")
    capsys.readouterr()
    assert imported(data, f"{HEADER}\n0,,,,,,60,1,,,,\n1,,9,,,,60,x,,,,\n") == 1
    said = capsys.readouterr()
    assert said.out == ""
    first, second, last = said.err.splitlines()
    assert "tariffs.csv: line 3, column days: '9'" in first
    assert "tariffs.csv: line 3, column price: 'x'" in second
    assert last.endswith("nothing was changed")
    assert kept(data) == ["0"]


def test_a_faulty_file_makes_no_data_directory(data: Path) -> None:
    assert imported(data, "") == 1
    assert not data.exists()


def test_a_file_that_is_not_there(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tariff", "import", str(data / "none.csv"), "--data", str(data)]) == 1
    assert "none.csv: No such file" in capsys.readouterr().err
