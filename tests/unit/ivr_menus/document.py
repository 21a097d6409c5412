"""docs/menus.md has tables of the code; they are written anew by `python -m tests.unit.ivr_menus.document`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from firmware.exchange.service_codes import SERVICE_CODES
from firmware.ivr.actions import ACTIONS, REFUSED, VALUES, WORDS, Action, Result
from firmware.ivr.menus.book import product_texts
from firmware.ivr.texts import PROMPTS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "menus.md"
_PART = re.compile(r"<!-- (?P<name>[a-z-]+) -->\n.*?<!-- end -->\n", re.DOTALL)
_FORMS = {
    "moment": "`{at|date}`, `{at|time}`",
    "number": "`{count|number}`, `{count|digits}`",
    "digits": "`{room|digits}`",
    "prompt": "`{prompt|prompt}`",
    "word": "`{status|word}`",
}


def actions() -> str:
    return "\n".join(("| action | arguments | results and values | |", "|---|---|---|---|", *_action_rows()))


def _action_rows() -> Iterator[str]:
    for name, action in ACTIONS.items():
        results = "; ".join(_result(word, result) for word, result in action.results.items() if word != REFUSED)
        yield f"| `{name}` | {_arguments(action)} | {results} | {action.about} |"


def _arguments(action: Action) -> str:
    return ", ".join((*(f"`{name}`" for name in action.needs), *(f"`{name}` or none" for name in action.may))) or "none"


def _result(word: str, result: Result) -> str:
    given = [*result.values, *(f"{item}1..." for item in result.items)]
    return f"**{word}**" + (f": {', '.join(given)}" if given else "")


def values() -> str:
    rows = (f"| `{name}` | {kind} | {_form(name, kind)} |" for name, kind in VALUES.items())
    return "\n".join(("| value | kind | spoken |", "|---|---|---|", *rows))


def _form(name: str, kind: str) -> str:
    words = WORDS.get(name, ())
    spoken = kind != "word" or (words and all(f"{name}-{word}" in PROMPTS for word in words))
    form = re.sub(r"\{[a-z]+\|", f"{{{name}\\\\|", _FORMS[kind]) if spoken else "no"
    return form + (f"; one of {', '.join(words)}" if words else "")


def product() -> str:
    codes = {code.menu: f"`{code.digits}`" for code in SERVICE_CODES}
    rows = (f"| `{name}` | {codes.get(name, '')} |" for name in product_texts())
    return "\n".join(("| menu | code |", "|---|---|", *rows))


def example() -> str:
    return f"```\n{product_texts()['wakeup-cancel'].text.rstrip()}\n```"


PARTS: Mapping[str, Callable[[], str]] = {
    "actions": actions,
    "values": values,
    "product": product,
    "example": example,
}


def renewed(text: str) -> str:
    """The document with all its parts as they are now. Raises KeyError for one that there is not."""
    return _PART.sub(lambda part: f"<!-- {part['name']} -->\n{PARTS[part['name']]()}\n<!-- end -->\n", text)


def names(text: str) -> list[str]:
    """The parts that stand in it."""
    return [part["name"] for part in _PART.finditer(text)]


if __name__ == "__main__":
    before = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(after := renewed(before), encoding="utf-8")
    sys.stdout.write(f"{'as it was' if after == before else 'written'}: {DOCUMENT.name}\n")
