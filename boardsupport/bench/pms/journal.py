"""What passed over a link: the last records with their time, counts by record, and what the exchange did wrong."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

MOST_RECORDS: Final = 500
MOST_VIOLATIONS: Final = 500
MOST_SENT: Final = 20_000
"""More than a resync of the largest house."""
Way: TypeAlias = Literal["in", "out"]


class Journal:
    """`now` gives the hotel's time. `revision` rises with everything that a page would want to show anew."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._records: deque[dict[str, str]] = deque(maxlen=MOST_RECORDS)
        self._violations: deque[dict[str, str]] = deque(maxlen=MOST_VIOLATIONS)
        self._counts: dict[Way, Counter[str]] = {"in": Counter(), "out": Counter()}
        self._sent: deque[str] = deque(maxlen=MOST_SENT)
        self.violation_count = 0
        self.revision = 0

    def touch(self) -> None:
        """Something else than a record has changed."""
        self.revision += 1

    def note(self, way: Way, kind: str, text: str) -> None:
        """A record went in or out; `kind` is its identification."""
        self._counts[way][kind] += 1
        self._records.append({"at": self._stamp(), "way": way, "text": text})
        if way == "out":
            self._sent.append(text)
        self.touch()

    def count(self, what: str) -> None:
        """Count something that is no record, such as an ENQ that nobody answered."""
        self._counts["in"][what] += 1
        self.touch()

    def blame(self, fault: str, text: str = "") -> None:
        """The exchange has broken a rule of the protocol with this record."""
        self.violation_count += 1
        self._violations.append({"at": self._stamp(), "fault": fault, "record": text})
        self.touch()

    def take_sent(self) -> list[str]:
        """What has gone out since this was last asked."""
        sent = list(self._sent)
        self._sent.clear()
        return sent

    def reset(self) -> None:
        """Forget counts, records and violations."""
        self._records.clear()
        self._violations.clear()
        self._sent.clear()
        for counter in self._counts.values():
            counter.clear()
        self.violation_count = 0
        self.touch()

    def view(self, last: int) -> dict[str, Any]:
        """As the API gives it, with the `last` records and violations."""
        return {
            "counts": {way: dict(counter) for way, counter in self._counts.items()},
            "records": list(self._records)[-last:],
            "violations": list(self._violations)[-last:],
            "violation_count": self.violation_count,
        }

    def _stamp(self) -> str:
        return self._now().isoformat(timespec="milliseconds")
