"""The manual of the desk names the keys that the page has."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
JS = ROOT / "webui" / "static" / "js"
SCRIPTS = {"everywhere": "shell.js", "desk": "pages/desk.js", "room": "desk/panel.js", "wake-ups": "pages/wakeups.js"}
KEY = re.compile(r"\{ key: (?:\"([^\"]+)\"|(ARROWS))|\[\"([a-z])\", t\(")
WRITTEN = {"Esc": "Escape"}


def keys_of(script: str) -> set[str]:
    return {next(filter(None, found)) for found in KEY.findall((JS / script).read_text(encoding="utf-8"))}


def written() -> dict[str, set[str]]:
    table = (ROOT / "docs" / "front-desk.md").read_text(encoding="utf-8").partition("\n## Keys\n")[2]
    found: dict[str, set[str]] = {}
    for where, key in re.findall(r"^\| ([\w-]+) \| ([^|]+) \|", table, re.MULTILINE):
        if where != "where":
            named = {WRITTEN.get(name, name) for name in re.findall(r"`([^`]+)`", key)}
            found.setdefault(where, set()).update(named | ({"ARROWS"} if "arrows" in key else set()))
    return found


def test_the_table_of_keys_is_what_holds_on_the_page() -> None:
    assert written() == {where: keys_of(script) for where, script in SCRIPTS.items()}
