"""At most so many requests a second from one token or address: a bucket that refills steadily."""

from __future__ import annotations

from collections import OrderedDict

PER_SECOND = 50.0
MOST_KEYS = 1000


class RateLimit:
    """Pure; the caller brings the time in seconds."""

    def __init__(self, per_second: float = PER_SECOND) -> None:
        self._rate = per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, key: str, now: float) -> bool:
        """Take one from the key's bucket, which holds one second's worth."""
        left, at = self._buckets.get(key, (self._rate, now))
        left = min(self._rate, left + (now - at) * self._rate)
        allowed = left >= 1.0
        self._buckets[key] = (left - 1.0 if allowed else left, now)
        self._buckets.move_to_end(key)
        while len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return allowed

    def give_back(self, key: str) -> None:
        """What was taken last does not count."""
        if key in self._buckets:
            left, at = self._buckets[key]
            self._buckets[key] = (min(self._rate, left + 1.0), at)
