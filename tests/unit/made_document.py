"""A page of docs/ with parts that are made from the code: each stands between `<!-- NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
_PART = re.compile(r"<!-- (?P<name>[a-z-]+) -->\n.*?<!-- end -->\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """`parts`: what each part says now."""

    file: str
    parts: Mapping[str, Callable[[], str]]

    @property
    def text(self) -> str:
        """As it stands."""
        return (DOCS / self.file).read_text(encoding="utf-8")

    def renewed(self) -> str:
        """With all its parts as they are now. Raises KeyError for one that there is not."""
        return _PART.sub(
            lambda part: f"<!-- {part['name']} -->\n{self.parts[part['name']]()}\n<!-- end -->\n", self.text
        )

    def names(self) -> list[str]:
        """The parts that stand in it."""
        return [part["name"] for part in _PART.finditer(self.text)]

    def write(self) -> None:
        before, after = self.text, self.renewed()
        (DOCS / self.file).write_text(after, encoding="utf-8")
        sys.stdout.write(f"{'as it was' if after == before else 'written'}: {self.file}\n")
