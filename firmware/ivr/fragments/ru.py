"""Russian: "семь часов тридцать минут", "пятница, двадцать седьмое ноября"."""

from __future__ import annotations

from firmware.ivr.fragments.grammar import Grammar, fragments, words

_SMALL = words(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать "
    "пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
)
_TENS = ("", "", *words("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто"))
_HUNDREDS = ("", *words("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"))
_FEMININE = {1: "одна", 2: "две"}
_ORDINALS = words(
    "первое второе третье четвёртое пятое шестое седьмое восьмое девятое десятое одиннадцатое двенадцатое "
    "тринадцатое четырнадцатое пятнадцатое шестнадцатое семнадцатое восемнадцатое девятнадцатое двадцатое"
)


def number(value: int, feminine: bool = False) -> str:
    if value >= 100:
        return _HUNDREDS[value // 100]
    tens, ones = (0, value) if value < 20 else divmod(value, 10)
    last = _FEMININE.get(ones, _SMALL[ones]) if feminine else _SMALL[ones]
    if not tens:
        return last
    return f"{_TENS[tens]} {last}" if ones else _TENS[tens]


def counted(value: int, one: str, few: str, many: str) -> str:
    """The form of a noun after a number: 1, 21 час; 2 to 4, 22 to 24 часа; 0, 5 to 20 часов."""
    if 11 <= value % 100 <= 14:
        return many
    return one if value % 10 == 1 else few if 2 <= value % 10 <= 4 else many


def hour(value: int) -> str:
    return f"{number(value)} {counted(value, 'час', 'часа', 'часов')}"


def minute(value: int) -> str:
    return f"{number(value, feminine=True)} {counted(value, 'минута', 'минуты', 'минут')}"


def day(value: int) -> str:
    if value <= 20:
        return _ORDINALS[value - 1]
    return "тридцатое" if value == 30 else f"{_TENS[value // 10]} {_ORDINALS[value % 10 - 1]}"


GRAMMAR = Grammar(
    fragments=fragments(
        number=number,
        digits=_SMALL[:10],
        letters=words("а бэ цэ дэ е эф же аш и йот ка эль эм эн о пэ ку эр эс тэ у вэ дубль-вэ икс игрек зет"),
        hour=hour,
        sharp=lambda value: f"{hour(value)} ровно",
        minute=minute,
        weekdays=words("понедельник вторник среда четверг пятница суббота воскресенье"),
        day=day,
        months=words("января февраля марта апреля мая июня июля августа сентября октября ноября декабря"),
        more={},
    ),
    after_hundreds=lambda value: (f"number-{value}",),
)
