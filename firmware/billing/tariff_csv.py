"""The tariff table as people write it: comma-separated values with a header, every fault with its line and column.

Where the decimal sign is a comma, spreadsheets write semicolons between the values: both are read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import time
from decimal import Decimal
from typing import Any

from firmware.billing.model import Tariff
from firmware.details import Detail, DetailCode
from firmware.errors import RefusedError
from firmware.restriction.site import EVERY_DAY, Hours

MOST_ROWS = 20_000
MOST_FAULTS = 20
MOST_MONEY = 100_000_000
DAY_S = 86_400
DAY_MIN, WEEK_MIN = 1440, 7 * 1440
MOST_PERCENT = 1000
MOST_DIGITS, MOST_NAME = 24, 120


class TariffError(RefusedError):
    """A table that cannot be; `field` is the place of the first fault."""

    def __init__(self, faults: list[Detail]) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        more = [Detail("more", "and more")] if len(faults) > MOST_FAULTS else []
        details = [*self.faults, *more]
        told = "; ".join(map(str, details))
        super().__init__("tariff", told, str(faults[0]).partition(":")[0], details=details)


class _CellError(ValueError):
    """What is wrong with a cell, as a Detail has it."""

    def __init__(self, code: DetailCode, text: str, **facts: str | int) -> None:
        super().__init__(text)
        self.code = code
        self.facts = facts


def parse(data: bytes) -> tuple[Tariff, ...]:
    """The rows of a file in UTF-8. Raises TariffError."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TariffError([Detail("not-utf8", "this is not UTF-8", line=line)]) from None
    reader = _Reader(text)
    rows = list(reader.rows())
    faults = reader.faults or sorted(_overlaps(rows), key=lambda fault: fault.line or 0)
    if faults:
        raise TariffError(faults)
    return tuple(row for _, row in rows)


def write(rows: Iterable[Tariff]) -> str:
    """A file that `parse` takes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(_COLUMNS))
    writer.writeheader()
    writer.writerows(map(_cells, rows))
    return text.getvalue()


def days_text(days: Iterable[int]) -> str:
    """As "1-5,7"."""
    inside = "".join(str(day) if day in days else " " for day in range(1, 8)).split()
    return ",".join(run if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in inside)


# ------------------------------------------------------------------------------------------------------------- columns


def _prefix(cell: str) -> str:
    if not re.fullmatch(rf"[0-9]{{0,{MOST_DIGITS}}}", cell):
        text = f"it is the beginning of a number, up to {MOST_DIGITS} digits, or empty for all other numbers"
        raise _CellError("prefix", text, most=MOST_DIGITS)
    return cell


def _name(cell: str) -> str:
    if len(cell) > MOST_NAME or not cell.isprintable():
        raise _CellError("name", f"a name has up to {MOST_NAME} characters", most=MOST_NAME)
    if cell.startswith(("=", "+", "-", "@")):  # the table is read by spreadsheets again
        raise _CellError("formula", f"a name that begins with {cell[0]} is a formula in spreadsheets", sign=cell[0])
    return cell


def _days(cell: str) -> frozenset[int]:
    if not re.fullmatch(r"[1-7](-[1-7])?(,[1-7](-[1-7])?)*", cell):
        raise _CellError("days", 'days are written as 1-7 or "6,7"; Monday is 1')
    days: set[int] = set()
    for part in cell.split(","):
        first, last = int(part[0]), int(part[-1])
        if last < first:
            raise _CellError("days-order", f"{part}: days begin with Monday, 1", days=part)
        days |= set(range(first, last + 1))
    return frozenset(days)


def _time(cell: str) -> time:
    if cell == "24:00":
        return time(0)
    if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", cell):
        raise _CellError("time", "hours and minutes are written as 22:00")
    hour, minute = cell.split(":")
    return time(int(hour), int(minute))


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(cell: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", cell) or not least <= int(cell) <= most:
            raise _CellError("whole-number", f"it is a whole number, {least} to {most}", least=least, most=most)
        return int(cell)

    return read


def _percent(cell: str) -> Decimal:
    cell = cell.replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", cell) or Decimal(cell) > MOST_PERCENT:
        raise _CellError("percent", f"it is a number such as 23 or 7.5, 0 to {MOST_PERCENT}", most=MOST_PERCENT)
    return Decimal(cell)


_MONEY = _whole(0, MOST_MONEY)
_COLUMNS: Mapping[str, tuple[Callable[[str], Any], str | None]] = {
    "prefix": (_prefix, ""),
    "name": (_name, ""),
    "days": (_days, "1-7"),
    "from": (_time, "00:00"),
    "to": (_time, "00:00"),
    "connection": (_MONEY, "0"),
    "interval_s": (_whole(1, DAY_S), None),
    "price": (_MONEY, None),
    "free_s": (_whole(0, DAY_S), "0"),
    "minimum": (_MONEY, "0"),
    "surcharge_percent": (_percent, "0"),
    "tax_percent": (_percent, "0"),
}
"""How each is read, and what an empty cell stands for; None: it may not be empty."""
_COLUMN_NAMES = ",".join(_COLUMNS)


def _cells(row: Tariff) -> dict[str, object]:
    return {
        "prefix": row.prefix, "name": row.name, "days": days_text(row.hours.days),
        "from": f"{row.hours.begins:%H:%M}", "to": f"{row.hours.ends:%H:%M}", "connection": row.connection,
        "interval_s": row.interval_s, "price": row.price, "free_s": row.free_s, "minimum": row.minimum,
        "surcharge_percent": f"{row.surcharge_percent:f}", "tax_percent": f"{row.tax_percent:f}",
    }  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- lines


class _Reader:
    """Goes through the file once; gathers faults instead of stopping at the first."""

    def __init__(self, text: str) -> None:
        header = text.lstrip().partition("\n")[0]
        delimiter = ";" if ";" in header and "," not in header else ","
        self._lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self.faults: list[Detail] = []

    def rows(self) -> Iterator[tuple[int, Tariff]]:
        """Each good row with its line."""
        header: list[str] | None = None
        for number, (line, cells) in enumerate(self._records()):
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                if not self._check_header(line, header):
                    return
            elif number > MOST_ROWS:
                self._fault("most-rows", f"a table has at most {MOST_ROWS} rows", line, most=MOST_ROWS)
                return
            elif len(cells) != len(header):
                self._wrong_length(line, len(cells), len(header))
            elif (row := self._row(line, dict(zip(header, cells, strict=True)))) is not None:
                yield line, row
            if len(self.faults) > MOST_FAULTS:
                return
        if header is None and not self.faults:
            self._fault("no-header", f"there is no header: {_COLUMN_NAMES}", 1, columns=_COLUMN_NAMES)

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """Each line that is not empty, with its number."""
        while True:
            line = self._lines.line_num + 1
            try:
                cells = next(self._lines)
            except StopIteration:
                return
            except csv.Error as error:
                text = f"this is no line of comma-separated values: {error}"
                self._fault("not-csv", text, line, reason=str(error))
                return
            if any(cell.strip() for cell in cells):
                yield line, cells

    def _check_header(self, line: int, header: list[str]) -> bool:
        for name in _COLUMNS:
            if name not in header:
                self._fault("column-missing", "is missing", line, name)
            elif header.count(name) > 1:
                self._fault("column-twice", "is there twice", line, name)
        for name in header:
            if name not in _COLUMNS and len(self.faults) <= MOST_FAULTS:
                self._fault(
                    "column-unknown", f"is not known; columns are {_COLUMN_NAMES}", line, name, columns=_COLUMN_NAMES
                )
        return not self.faults

    def _row(self, line: int, cells: dict[str, str]) -> Tariff | None:
        values: dict[str, Any] = {}
        for name, (read, usual) in _COLUMNS.items():
            cell = cells[name].strip() or usual
            try:
                if cell is None:
                    raise _CellError("empty", "it may not be empty")
                values[name] = read(cell)
            except _CellError as error:
                value = cells[name].strip()[:40]
                self._fault(error.code, f"{value!r}: {error}", line, name, value=value, **error.facts)
        if len(values) < len(_COLUMNS):
            return None
        hours = Hours(values.pop("from"), values.pop("to"), values.pop("days"))
        return Tariff(hours=hours, **values)

    def _wrong_length(self, line: int, cells: int, columns: int) -> None:
        text = f"{cells} cells, and the header has {columns}"
        if cells > columns:
            text = f"{text}; days such as 6,7 stand in quotation marks"
        self._fault("more-cells" if cells > columns else "fewer-cells", text, line, cells=cells, columns=columns)

    def _fault(self, code: DetailCode, text: str, line: int, column: str | None = None, **facts: str | int) -> None:
        self.faults.append(Detail(code, text, facts, line, column))


def _overlaps(rows: Iterable[tuple[int, Tariff]]) -> Iterator[Detail]:
    """Of one prefix, each minute of the week belongs to one row."""
    spans: dict[str, list[tuple[int, int, int]]] = {}
    for line, row in rows:
        spans.setdefault(row.prefix, []).extend((begins, ends, line) for begins, ends in _minutes(row.hours))
    told: set[tuple[int, int]] = set()
    for prefix, taken in spans.items():
        taken.sort()
        last_end, last_line = 0, 0
        for begins, ends, line in taken:
            pair = (min(line, last_line), max(line, last_line))
            if begins < last_end and pair not in told:
                told.add(pair)
                what = f"prefix {prefix}" if prefix else "the empty prefix"
                text = f"{what} has another price at the same time, in line {pair[0]}"
                facts: dict[str, str | int] = {"prefix": prefix, "other": pair[0]}
                yield Detail("overlap" if prefix else "overlap-rest", text, facts, pair[1], "prefix")
            if ends > last_end:
                last_end, last_line = ends, line


def _minutes(hours: Hours) -> Iterator[tuple[int, int]]:
    """The spans of the week, in minutes from Monday's midnight."""
    begins, ends = (at.hour * 60 + at.minute for at in (hours.begins, hours.ends))
    length = (ends - begins) % DAY_MIN or DAY_MIN
    for day in sorted(hours.days & EVERY_DAY):
        first = (day - 1) * DAY_MIN + begins
        last = first + length
        yield first, min(last, WEEK_MIN)
        if last > WEEK_MIN:
            yield 0, last - WEEK_MIN
