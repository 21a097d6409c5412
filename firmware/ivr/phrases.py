"""How each language says numbers, times, dates and the numbers of rooms: as prompts played one after the other.

A phrase stands by itself, after a colon as it were ("Your wake-up: ..."), so that it needs no other form in a sentence.
"""

from __future__ import annotations

import datetime

from firmware.config.schema import Language
from firmware.ivr.fragments import GRAMMARS

GREETINGS = ((3, "night"), (12, "morning"), (18, "afternoon"), (22, "evening"), (24, "night"))
"""Until which hour people are greeted how."""


class Phrases:
    """The phrases of a language; each is a sequence of prompt names ("pl/hour-07")."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._grammar = GRAMMARS[language]

    def prompt(self, name: str) -> str:
        """A prompt in this language."""
        return f"{self.language}/{name}"

    def time(self, at: datetime.time) -> tuple[str, ...]:
        """Hour and minute; seconds are not said."""
        if at.minute == 0:
            return self._named(f"sharp-{at.hour:02}")
        period = self._grammar.period(at.hour)
        return self._named(f"hour-{at.hour:02}", f"minute-{at.minute:02}", *(() if period is None else (period,)))

    def date(self, day: datetime.date) -> tuple[str, ...]:
        """Weekday, day, and the month's name, in the order of the language."""
        parts = {"weekday": f"weekday-{day.isoweekday()}", "day": f"day-{day.day:02}", "month": f"month-{day.month:02}"}
        return self._named(*(parts[part] for part in self._grammar.date))

    def number(self, value: int) -> tuple[str, ...]:
        """0 to 999. Raises ValueError for others."""
        if not 0 <= value <= 999:
            raise ValueError(f"{value} is not from 0 to 999")
        hundreds, rest = divmod(value, 100)
        if not hundreds:
            return self._named(f"number-{value}")
        return self._named(f"number-{hundreds}00", *(self._grammar.after_hundreds(rest) if rest else ()))

    def digits(self, text: str) -> tuple[str, ...]:
        """A room's or telephone's number, digit by digit and letter by letter; anything else in it is not said."""
        names = (f"{'digit' if sign.isdigit() else 'letter'}-{sign}" for sign in text.lower())
        return self._named(*(name for name in names if name in self._grammar.fragments))

    def greeting(self, at: datetime.time) -> str:
        """The greeting of a wake-up at this time of the day."""
        return self.prompt(f"wakeup-greeting-{next(name for end, name in GREETINGS if at.hour < end)}")

    def _named(self, *names: str) -> tuple[str, ...]:
        return tuple(map(self.prompt, names))
