"""How the countries' tables are written, and what they have in common."""

from __future__ import annotations

from firmware.restriction.model import Kind, Level, Row, lowest_level

E164 = "ITU-T E.164 and its list of assigned country codes (annex to the Operational Bulletin)"
HESC = "Commission Decision 2007/116/EC (harmonised numbers of social value)"

# Behind the international prefix: no country's numbers, and dear. 88x but Bangladesh (880) and Taiwan (886) are
# global services or spare; spare codes are what hijacked numbers are made of.
_GLOBAL = "808 870 875 876 877 878 879 881 882 883 884 885 887 888 889 979 991"
_SHORTEST, _LONGEST = 7, 15
"""Digits of an international number with its country code: Niue's are 683 and four more; 15 by E.164."""


def spread(text: str) -> tuple[str, ...]:
    """Prefixes separated by spaces; a set in one stands for each of its digits: "01[5-7]" is 015, 016, 017."""
    found: list[str] = []
    for word in text.split():
        found += _spread(word)
    return tuple(found)


def _spread(word: str) -> list[str]:
    before, opened, rest = word.partition("[")
    if not opened:
        return [word]
    inside, _, after = rest.partition("]")
    return [before + digit + end for digit in _members(inside) for end in _spread(after)]


def _members(inside: str) -> str:
    """The digits of a set: "1-35" is 1, 2, 3, 5."""
    digits = ""
    for at, char in enumerate(inside):
        if char == "-":
            digits += "".join(str(digit) for digit in range(int(digits[-1]) + 1, int(inside[at + 1])))
        else:
            digits += char
    return digits


def row(
    prefixes: str,
    kind: Kind,
    digits: int | tuple[int, int],
    source: str | None,
    note: str = "",
    *,
    level: Level | None = None,
    cut: tuple[int, int] | None = None,
) -> Row:
    """A row; `digits` of the whole number, exactly or from, to; the class is the kind's own where none is given."""
    least, most = (digits, digits) if isinstance(digits, int) else digits
    return Row(
        prefixes=spread(prefixes),
        kind=kind,
        level=level or lowest_level(kind),
        least=least,
        most=most,
        source=source,
        note=note,
        cut=cut,
    )


def international(prefix: str) -> tuple[Row, ...]:
    """Calls abroad behind an international prefix, and what is no country there."""
    lengths = (len(prefix) + _SHORTEST, len(prefix) + _LONGEST)
    codes = " ".join(prefix + code for code in _GLOBAL.split())
    return (
        row(prefix, "international", lengths, E164),
        row(codes, "global", lengths, E164, "satellites, premium and other services of no country, spare codes"),
    )
