"""What a language has to tell so that numbers, times and dates can be spoken in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

DatePart: TypeAlias = Literal["weekday", "day", "month"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Grammar:
    """The fragments of a language, and the order in which it says them.

    `after_hundreds`: how 1 to 99 follows whole hundreds; `period`: the fragment after a time at this hour, if any.
    """

    fragments: Mapping[str, str]
    after_hundreds: Callable[[int], tuple[str, ...]]
    period: Callable[[int], str | None] = field(default=lambda hour: None)
    date: tuple[DatePart, ...] = ("weekday", "day", "month")


def words(text: str) -> list[str]:
    """A list, written as one text."""
    return text.split()


def fragments(
    *,
    number: Callable[[int], str],
    digits: Iterable[str],
    letters: Iterable[str],
    hour: Callable[[int], str],
    sharp: Callable[[int], str],
    minute: Callable[[int], str],
    weekdays: Iterable[str],
    day: Callable[[int], str],
    months: Iterable[str],
    more: Mapping[str, str],
) -> dict[str, str]:
    """Name of each fragment to what it says.

    `number` is asked for 0 to 99, and for whole hundreds to 900; `hour` (before minutes) and `sharp` (a time of no
    minutes, complete) for 0 to 23; `minute` for 1 to 59; `weekdays` begin with Monday.
    """
    return {
        **{f"number-{value}": number(value) for value in (*range(100), *range(100, 1000, 100))},
        **{f"digit-{digit}": text for digit, text in enumerate(digits)},
        **{f"letter-{letter}": text for letter, text in zip(LETTERS, letters, strict=True)},
        **{f"hour-{value:02}": hour(value) for value in range(24)},
        **{f"sharp-{value:02}": sharp(value) for value in range(24)},
        **{f"minute-{value:02}": minute(value) for value in range(1, 60)},
        **{f"weekday-{value}": text for value, text in enumerate(weekdays, start=1)},
        **{f"day-{value:02}": day(value) for value in range(1, 32)},
        **{f"month-{value:02}": text for value, text in enumerate(months, start=1)},
        **more,
    }
