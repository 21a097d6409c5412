"""Whatever may stand in the audit has words on the page."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from webui.api.billing import Charging
from webui.api.codes import PinSettings
from webui.api.requests import VoiceMailSettings
from webui.api.stays import Retention
from webui.types import CallHours, CallTimers, ExchangeSettings, NightService, Restriction, RoomBlocking

ROOT = Path(__file__).parents[3]
WRITERS = ("admin.py", "supervisor", "hotel", "services", "console", "backup")
NOTES = re.compile(r"_?note(_\w+)?|_audit|noted?")
WORDS = json.loads((ROOT / "webui/static/texts/en/audit.json").read_text(encoding="utf-8"))
LISTED = (ROOT / "webui/static/js/audit_words.js").read_text(encoding="utf-8")


def sources() -> Iterator[Path]:
    for name in WRITERS:
        place = ROOT / "firmware" / name
        yield from place.rglob("*.py") if place.is_dir() else [place]


def noted(path: Path) -> Iterator[str]:
    """Actions that are noted there: the first text that is said to a `note`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and NOTES.fullmatch(_name(node.func)):
            said = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
            yield from (word for word in said[:1] if isinstance(word, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", word))


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def test_every_action_has_words_and_is_in_the_filter() -> None:
    actions = {action for path in sources() for action in noted(path)}
    assert len(actions) > 50
    assert {action for action in actions if f"audit.action-{action}" not in WORDS} == set()
    assert {action for action in actions if f'"{action}"' not in LISTED} == set()


@pytest.mark.parametrize("through", ["desk", "api", "keypad", "command line", "system", "console", "pms"])
def test_every_way_has_words(through: str) -> None:
    assert f"audit.through-{through.replace(' ', '-')}" in WORDS


SETTINGS = (
    RoomBlocking, ExchangeSettings, CallTimers, NightService, Restriction, CallHours, VoiceMailSettings, Charging,
    PinSettings, Retention,
)  # fmt: skip


def every_text() -> dict[str, str]:
    files = (ROOT / "webui/static/texts/en").glob("*.json")
    return {key: text for path in files for key, text in json.loads(path.read_text(encoding="utf-8")).items()}


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_member_of_what_is_set_has_words(setting: type[msgspec.Struct]) -> None:
    texts, (members,) = every_text(), re.findall(r"const MEMBERS = (\[.*\]);", LISTED)
    beginnings = json.loads(members)
    for field in msgspec.structs.fields(setting):
        name = field.encode_name
        assert re.search(rf"\b{name}: \"", LISTED) or any(f"{first}{name}" in texts for first in beginnings), name


def test_every_word_of_another_page_is_there() -> None:
    texts = every_text()
    asked = re.findall(r': "([a-z]+\.[a-z._-]+[^-._"])"', LISTED)
    assert len(asked) > 15
    assert {key for key in asked if key not in texts} == set()
