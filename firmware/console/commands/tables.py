"""Tables of plain text, as wide as a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.console.keys import columns
from firmware.console.screen import WIDTH

GAP = "  "


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns under their heads; the last one has what is left of the width and is cut there."""
    if not rows:
        return "none"
    texts = [[_cell(cell) for cell in row] for row in rows]
    widths = [max(columns(row[place]) for row in [list(heads), *texts]) for place in range(len(heads) - 1)]
    return "\n".join(_line(row, widths) for row in [list(heads), *texts])


def pairs(rows: Sequence[tuple[str, object]]) -> str:
    """Names, and what they are."""
    width = max(columns(name) for name, _ in rows)
    return "\n".join(f"{name}{' ' * (width - columns(name))}{GAP}{_cell(value)}" for name, value in rows)


def when(stamp: str | None) -> str:
    """An instant of the API by the hotel's wall time: 2026-11-22 07:45:01."""
    return "-" if stamp is None else stamp[:19].replace("T", " ")


def _cell(value: object) -> str:
    return "-" if value is None or value == "" else str(value)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [text + " " * (width - columns(text)) for text, width in zip(row, widths, strict=False)]
    line = GAP.join([*cells, row[-1]])
    while columns(line) > WIDTH - 1:
        line = line[:-1]
    return line.rstrip()
