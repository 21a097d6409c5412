"""Polish: "godzina siódma trzydzieści", "piątek, dwudziesty siódmy listopada"."""

from __future__ import annotations

from firmware.ivr.fragments.grammar import Grammar, fragments, words

_SMALL = words(
    "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście "
    "piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście"
)
_TENS = (
    "",
    "",
    *words(
        "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt"
    ),
)
_HUNDREDS = ("", *words("sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset"))
_ORDINALS = words(
    "pierwszy drugi trzeci czwarty piąty szósty siódmy ósmy dziewiąty dziesiąty jedenasty dwunasty trzynasty "
    "czternasty piętnasty szesnasty siedemnasty osiemnasty dziewiętnasty"
)


def number(value: int) -> str:
    if value >= 100:
        return _HUNDREDS[value // 100]
    if value < 20:
        return _SMALL[value]
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]} {_SMALL[ones]}" if ones else _TENS[tens]


def ordinal(value: int) -> str:
    """Masculine, 1 to 31: both words of a compound are ordinals."""
    if value < 20:
        return _ORDINALS[value - 1]
    tens, ones = divmod(value, 10)
    first = "dwudziesty" if tens == 2 else "trzydziesty"
    return f"{first} {_ORDINALS[ones - 1]}" if ones else first


def feminine(ordinal: str) -> str:
    """Drugi becomes druga, trzeci trzecia; the others end in -a instead of -y."""
    return " ".join(word[:-1] + "a" if word.endswith(("y", "gi")) else f"{word}a" for word in ordinal.split())


def hour(value: int) -> str:
    return f"godzina {feminine(ordinal(value)) if value else 'zero'}"


GRAMMAR = Grammar(
    fragments=fragments(
        number=number,
        digits=_SMALL[:10],
        letters=words("a be ce de e ef gie ha i jot ka el em en o pe ku er es te u fau wu iks igrek zet"),
        hour=hour,
        sharp=lambda value: hour(value) if value else "północ",
        minute=lambda value: f"zero {number(value)}" if value < 10 else number(value),
        weekdays=words("poniedziałek wtorek środa czwartek piątek sobota niedziela"),
        day=ordinal,
        months=words(
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
        ),
        more={},
    ),
    after_hundreds=lambda value: (f"number-{value}",),
)
