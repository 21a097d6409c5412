"""docs/menus.md has tables of the code; they are written anew by `python -m tests.unit.ivr_menus.document`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from firmware.exchange.service_codes import SERVICE_CODES
from firmware.ivr.actions import ACTIONS, REFUSED, VALUES, WORDS, Action, Result
from firmware.ivr.menus.book import product_texts
from firmware.ivr.texts import PROMPTS
from tests.unit.made_document import MadeDocument

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


DOCUMENT = MadeDocument(
    "menus.md",
    {
        "actions": actions,
        "values": values,
        "product": product,
        "example": example,
    },
)


if __name__ == "__main__":
    DOCUMENT.write()
