"""Chinese: "上午七点三十分", "十一月二十七日，星期五". Digits of rooms and telephones are said one by one, 1 as 幺."""

from __future__ import annotations

from firmware.ivr.fragments.grammar import LETTERS, Grammar, fragments

_DIGITS = "零一二三四五六七八九"
_PERIODS = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
"""Until which hour the day has which name."""


def number(value: int) -> str:
    if value >= 100:
        return f"{_DIGITS[value // 100]}百"
    tens, ones = divmod(value, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def hour(value: int) -> str:
    period = next(name for end, name in _PERIODS if value < end)
    twelve = value if value <= 12 else value - 12
    return f"{period}{'两' if twelve == 2 else number(twelve)}点"


def _after_hundreds(value: int) -> tuple[str, ...]:
    """二百零三, 二百一十五, 二百三十."""
    if value < 10:
        return "number-0", f"number-{value}"
    return ("number-1", f"number-{value}") if value < 20 else (f"number-{value}",)


GRAMMAR = Grammar(
    fragments=fragments(
        number=number,
        digits=_DIGITS.replace("一", "幺"),
        letters=LETTERS.upper(),
        hour=hour,
        sharp=lambda value: f"{hour(value)}整",
        minute=lambda value: f"零{number(value)}分" if value < 10 else f"{number(value)}分",
        weekdays=[f"星期{name}" for name in "一二三四五六日"],
        day=lambda value: f"{number(value)}日",
        months=[f"{number(value)}月" for value in range(1, 13)],
        more={},
    ),
    after_hundreds=_after_hundreds,
    date=("month", "day", "weekday"),
)
