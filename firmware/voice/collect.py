"""Collecting digits from one endpoint by a digit map: pure, the caller brings digits and the time."""

from __future__ import annotations

from typing import Literal, TypeAlias

from firmware.gateway.digitmap import match
from firmware.gateway.messages import DigitMap

Outcome: TypeAlias = Literal["complete", "terminated", "no-match", "timeout", "silent"]

_NS_PER_MS = 1_000_000


class Collection:
    """One collection, from its beginning to its outcome. Times are monotonic nanoseconds."""

    def __init__(self, digit_map: DigitMap, now_ns: int) -> None:
        self.digit_map = digit_map
        self.digits = ""
        self.asked(now_ns)

    def asked(self, now_ns: int) -> None:
        """What asks for the digits is still heard: the time for the first one begins anew."""
        self.deadline_ns = now_ns + self.digit_map.first_digit_ms * _NS_PER_MS

    @property
    def asks_again(self) -> bool:
        """Exactly the prefix is dialled after which dial tone sounds again."""
        return bool(self.digits) and self.digits == self.digit_map.dial_tone_after

    def ends_nothing(self, digit: str) -> bool:
        """A terminator where no digit has come: it was pressed after a number that was complete without it."""
        return (
            digit == self.digit_map.terminator and not self.digits and match(self.digit_map.patterns, digit) == "none"
        )

    def feed(self, digit: str, now_ns: int) -> Outcome | None:
        """Take one digit; the outcome if this ends the collection."""
        longer = self.digits + digit
        found = "complete" if longer in self.digit_map.at_once else match(self.digit_map.patterns, longer)
        if digit == self.digit_map.terminator and found == "none":
            return "terminated"
        self.digits = longer
        self.deadline_ns = now_ns + self.digit_map.inter_digit_ms * _NS_PER_MS
        if found == "none":
            return "no-match"
        if found == "complete":
            return "complete"
        if len(longer) >= self.digit_map.max_digits:
            return "complete" if found == "complete-or-more" else "no-match"
        return None

    def expire(self) -> Outcome:
        """The deadline has passed: the outcome."""
        if not self.digits:
            return "silent"
        satisfied = match(self.digit_map.patterns, self.digits) == "complete-or-more"
        return "complete" if satisfied else "timeout"
