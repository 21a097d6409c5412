"""The manual's table of who may do what is the table of routes; run as a program this writes it."""

from __future__ import annotations

from pathlib import Path

from webui.route import Route
from webui.routes import ROUTES

MANUAL = Path(__file__).parents[3] / "docs" / "access.md"
ROLES = ("housekeeping", "desk", "technician", "manager")
HEAD = f"| what | {' | '.join(ROLES)} |\n|---|---|---|---|---|\n"


def _row(route: Route) -> str:
    cells = ("x" if role in route.roles or not route.roles else " " for role in ROLES)
    return f"| `{route.method} {route.path}` | {' | '.join(cells)} |\n"


def _written(text: str) -> str:
    """The manual with the table of the routes in place of its own."""
    before, _, rest = text.partition(HEAD)
    assert rest, "the manual has lost the head of its table"
    _, end, after = rest.partition("\n\n")
    return before + HEAD + "".join(map(_row, sorted(ROUTES, key=lambda route: route.path))).rstrip("\n") + end + after


def test_the_table_of_the_manual_is_that_of_the_routes() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    assert text == _written(text), "write it anew: python -m tests.unit.webui.test_access_doc"


if __name__ == "__main__":
    MANUAL.write_text(_written(MANUAL.read_text(encoding="utf-8")), encoding="utf-8")
