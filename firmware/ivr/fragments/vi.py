"""Vietnamese: "bảy giờ ba mươi phút sáng", "thứ sáu, ngày hai mươi bảy, tháng mười một"."""

from __future__ import annotations

from firmware.ivr.fragments.grammar import Grammar, fragments, words

_DIGITS = words("không một hai ba bốn năm sáu bảy tám chín")
_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
"""How these end a number from twenty on; five does so from ten on."""


def number(value: int) -> str:
    if value >= 100:
        return f"{number(value // 100)} trăm"
    if value < 10:
        return _DIGITS[value]
    tens, ones = divmod(value, 10)
    if tens == 1:
        last = "lăm" if ones == 5 else _DIGITS[ones]
        return f"mười {last}" if ones else "mười"
    last = _AFTER_TENS.get(ones, _DIGITS[ones])
    return f"{_DIGITS[tens]} mươi {last}" if ones else f"{_DIGITS[tens]} mươi"


def hour(value: int) -> str:
    return f"{number(value % 12 or 12)} giờ"


_PERIODS = (
    (1, "period-night"),
    (11, "period-morning"),
    (13, "period-noon"),
    (18, "period-afternoon"),
    (22, "period-evening"),
    (24, "period-night"),
)
"""Until which hour the day has which name."""


def period(value: int) -> str:
    """One o'clock in the night already belongs to the morning (sáng)."""
    return next(name for end, name in _PERIODS if value < end)


_NAMES = {
    "period-morning": "sáng",
    "period-noon": "trưa",
    "period-afternoon": "chiều",
    "period-evening": "tối",
    "period-night": "đêm",
}

GRAMMAR = Grammar(
    fragments=fragments(
        number=number,
        digits=_DIGITS,
        letters=words(
            "a bê xê đê e ép-phờ giê hát i giây ca e-lờ em-mờ en-nờ o pê quy e-rờ ét-xì tê u vê vê-kép ích-xì "
            "i-cờ-rét dét"
        ),
        hour=hour,
        sharp=lambda value: f"{hour(value)} {_NAMES[period(value)]}",
        minute=lambda value: f"{number(value)} phút",
        weekdays=("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật"),
        day=lambda value: f"ngày {number(value)}",
        months=["tháng tư" if value == 4 else f"tháng {number(value)}" for value in range(1, 13)],
        more={**_NAMES, "number-odd": "linh"},
    ),
    after_hundreds=lambda value: ("number-odd", f"number-{value}") if value < 10 else (f"number-{value}",),
    period=period,
)
