"""What docs/pms.md has from the code: `python -m tests.unit.pms.document` writes it there, a test keeps it current.

A part stands between `<!-- NAME -->` and `<!-- end -->`; dialogues are run anew, tables read from those of the code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.unit.pms import document_tables
from tests.unit.pms.fias import dialogues as fias
from tests.unit.pms.mitel import dialogues as mitel

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "pms.md"
_PART = re.compile(r"<!-- (?P<name>[a-z-]+) -->\n.*?<!-- end -->\n", re.DOTALL)
PARTS: Mapping[str, Callable[[], str]] = {
    **{f"fias-{name}": lambda script=script: f"```\n{script().text}\n```" for name, script in fias.SCRIPTS.items()},
    **{f"mitel-{name}": lambda script=script: f"```\n{script().text}\n```" for name, script in mitel.SCRIPTS.items()},
    **document_tables.TABLES,
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
