"""An IPv4 address as blinks that a person with a pencil can read: digit for digit, a point as one long light. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LIT_S = 0.4
DARK_S = 0.4
BETWEEN_S = 1.6
"""Dark after a digit or a point."""
POINT_S = 2.0
LEAD_S = 3.0
"""Dark before the first digit of each time."""
TIMES = 2
TEN = 10
"""Blinks of the digit 0."""
NO_ADDRESS = "..."
"""Three points: the box has no address."""


@dataclass(frozen=True, slots=True)
class Span:
    """So long lit, or dark."""

    lit: bool
    seconds: float


class AddressCode:
    """The code of one address, shown twice, from its beginning at `began_s`."""

    def __init__(self, address: str | None, began_s: float) -> None:
        self._began_s = began_s
        self._spans = list(spans_of(address or NO_ADDRESS)) * TIMES

    def lit(self, now_s: float) -> bool | None:
        """Whether the LED shines at this moment; None: the code is over."""
        left_s = now_s - self._began_s
        for span in self._spans:
            if left_s < span.seconds:
                return span.lit
            left_s -= span.seconds
        return None


def spans_of(address: str) -> Iterator[Span]:
    """Of the digits and points, once."""
    yield Span(False, LEAD_S)
    for sign in address:
        if sign == ".":
            yield Span(True, POINT_S)
        else:
            for blink in range(int(sign) or TEN):
                if blink:
                    yield Span(False, DARK_S)
                yield Span(True, LIT_S)
        yield Span(False, BETWEEN_S)
