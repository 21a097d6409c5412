"""English: "seven thirty a.m.", "seven o'clock a.m.", "Friday, the twenty-seventh of November"."""

from __future__ import annotations

from firmware.ivr.fragments.grammar import LETTERS, Grammar, fragments, words

_SMALL = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = ("", "", *words("twenty thirty forty fifty sixty seventy eighty ninety"))
_ORDINALS = {1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth"}
_MONTHS = words("January February March April May June July August September October November December")


def number(value: int) -> str:
    if value >= 100:
        return f"{number(value // 100)} hundred"
    if value < 20:
        return _SMALL[value]
    tens, ones = divmod(value, 10)
    return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")


def ordinal(value: int) -> str:
    if value in _ORDINALS:
        return _ORDINALS[value]
    if value < 20:
        return f"{number(value)}th"
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]}-{ordinal(ones)}" if ones else f"{_TENS[tens][:-1]}ieth"


def hour(value: int) -> str:
    return number(value % 12 or 12)


def sharp(value: int) -> str:
    if value % 12 == 0:
        return "twelve noon" if value else "twelve midnight"
    return f"{hour(value)} o'clock {'a.m.' if value < 12 else 'p.m.'}"


GRAMMAR = Grammar(
    fragments=fragments(
        number=number,
        digits=_SMALL[:10],
        letters=LETTERS.upper(),
        hour=hour,
        sharp=sharp,
        minute=lambda value: f"oh {number(value)}" if value < 10 else number(value),
        weekdays=words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        day=lambda value: f"the {ordinal(value)}",
        months=[f"of {month}" for month in _MONTHS],
        more={"number-and": "and", "period-am": "a.m.", "period-pm": "p.m."},
    ),
    after_hundreds=lambda value: ("number-and", f"number-{value}"),
    period=lambda hour: "period-am" if hour < 12 else "period-pm",
)
