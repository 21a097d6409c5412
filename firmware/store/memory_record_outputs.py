"""The in-memory twin of the lines for accounting systems."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from firmware.store.record_outputs import Backlog, FilePlace, OutputLine


class MemoryRecordOutputs:
    """See `firmware.store.record_outputs.RecordOutputs`."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], OutputLine] = {}
        self._last = 0
        self._lost: Counter[str] = Counter()
        self._places: dict[str, FilePlace] = {}

    def keep(self, output: str, leg: str, line: str, at: datetime, most: int) -> bool:
        if len(self._of(output)) >= most:
            self._lost[output] += 1
            return False
        if not self.waits(output, leg):
            self._last += 1
            self._lines[output, leg] = OutputLine(self._last, leg, line, at)
        return True

    def first(self, output: str, limit: int) -> list[OutputLine]:
        return self._of(output)[:limit]

    def take(self, output: str, last: int, place: FilePlace | None = None) -> None:
        for line in self._of(output):
            if line.id <= last:
                del self._lines[output, line.leg]
        if place is not None:
            self._places[output] = place

    def place_of(self, output: str) -> FilePlace | None:
        return self._places.get(output)

    def waits(self, output: str, leg: str) -> bool:
        return (output, leg) in self._lines

    def backlog(self, output: str) -> Backlog:
        lines = self._of(output)
        return Backlog(len(lines), lines[0].kept if lines else None, self._lost[output])

    def outputs(self) -> set[str]:
        return {output for output, _ in self._lines}

    def forget(self, before: datetime) -> int:
        old = [key for key, line in self._lines.items() if line.kept < before]
        for key in old:
            del self._lines[key]
        return len(old)

    def _of(self, output: str) -> list[OutputLine]:
        return [line for (name, _), line in self._lines.items() if name == output]
