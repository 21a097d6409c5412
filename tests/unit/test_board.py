"""Board tables, and a board that is not there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from boardsupport import board as boards
from boardsupport.board import BOARDS, BoardAbsentError, open_board


@pytest.mark.parametrize("revision", sorted(BOARDS))
def test_tables_hold_together(revision: str) -> None:
    table = BOARDS[revision]
    slots = [bay.timeslot for bay in table.bays]
    assert len(set(slots)) == len(slots)
    assert max(slots) < table.slots
    assert table.marker_slot not in slots
    assert len({bay.chip_select for bay in table.bays}) == len(table.bays)
    single = [pin for led in table.leds for pin in led.colors.values()] + [table.lifeline_pin, table.button_pin]
    shared = {pin for bay in table.bays for pin in (bay.interrupt_pin, bay.reset_pin)}
    assert len(set(single)) == len(single)
    assert not shared & set(single)
    assert (table.kind == "hat") == bool(table.spi_devices)


def test_sockets_are_numbered_by_kind() -> None:
    table = BOARDS["sim-64"]
    named = table.numbered(["fxs", "fxo", "none", "fxs"])
    assert {name: bay.chip_select for name, bay in named.items()} == {"fxs/1": 0, "fxo/1": 1, "fxs/2": 3}


@pytest.mark.parametrize(
    ("revision", "sockets", "why"),
    [
        ("sim-64", ["fxs"] * 33, "33 fxs"),
        ("sim-64", ["fxo"] * 9, "9 fxo"),
        ("sim-64", ["none"] * 41, "41 sockets"),
        ("hat-8", ["fxo"], "socket 1"),
    ],
)
def test_sockets_that_do_not_fit(revision: str, sockets: list[str], why: str) -> None:
    refusal = BOARDS[revision].refusal(sockets)
    assert refusal is not None
    assert why in refusal


def test_an_unknown_revision_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BoardAbsentError, match="sim-64"):
        open_board("sim", "sim-65", "alaw", tmp_path)
    with pytest.raises(BoardAbsentError, match="hat-8"):
        open_board("hat", "sim-64", "alaw", tmp_path)


def test_a_bench_that_does_not_run(tmp_path: Path) -> None:
    with pytest.raises(BoardAbsentError, match="bench"):
        open_board("sim", "sim-64", "alaw", tmp_path)


def test_an_absent_hat_refuses_before_any_adapter_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "HAT_PRODUCT", tmp_path / "product")
    monkeypatch.delitem(sys.modules, "boardsupport.adapters.gpio", raising=False)
    with pytest.raises(BoardAbsentError, match="absent"):
        open_board("hat", "hat-8", "alaw", tmp_path)
    (tmp_path / "product").write_bytes(b"Some other HAT\0")
    with pytest.raises(BoardAbsentError, match="Some other HAT"):
        open_board("hat", "hat-8", "alaw", tmp_path)
    assert "boardsupport.adapters.gpio" not in sys.modules
