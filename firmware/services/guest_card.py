"""The card beside the telephone, drawn from the table of service codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from firmware.exchange.service_codes import SERVICE_CODES, ServiceCode
from firmware.services.card_texts import DIAL, DOES, ENTRIES, LANGUAGE_NAMES, PLACES, TITLES, Card


@dataclass(frozen=True, slots=True)
class Row:
    """A line: what to dial for a service (the code's name), and what that does."""

    service: str
    dial: str
    does: str


def card(which: Card, language: str, codes: Sequence[ServiceCode] = SERVICE_CODES) -> list[Row]:
    """In the order of the table; each way to dial a code is a line of its own."""
    places = {name: words[language] for name, words in PLACES.items()}
    return [
        Row(code.name, code.digits + entry.form.format(**places), entry.does[language])
        for code in codes
        for argument in code.arguments
        if (entry := ENTRIES[code.name, argument]).card == which
    ]


def document(codes: Sequence[ServiceCode] = SERVICE_CODES) -> str:
    """All cards in all languages, in Markdown."""
    return "\n".join(_lines(codes))


def _lines(codes: Sequence[ServiceCode]) -> Iterator[str]:
    yield "# The card beside the telephone"
    yield ""
    yield "With the digits that the product comes with; a site can give a code others (`PUT /settings/codes`), and"
    yield "`GET /guest-card` is the card as it is in force there. This page is made from the table of the codes:"
    yield "`python -m tests.unit.services.test_guest_card`."
    for language, name in LANGUAGE_NAMES.items():
        yield from ("", f"## {name}")
        for which, title in TITLES.items():
            yield from ("", f"### {title[language]}", "", f"| {DIAL[language]} | {DOES[language]} |", "|---|---|")
            yield from (f"| `{row.dial}` | {row.does} |" for row in card(which, language, codes))
    yield ""
