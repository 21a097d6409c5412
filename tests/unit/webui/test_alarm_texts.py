"""The desk says in its own words of each alarm what has happened and what to do, and reads the facts in its text."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from firmware.gateway.messages import AlarmKind
from tests.harness import ROOT

TEXTS = json.loads((ROOT / "webui/static/texts/en/desk.json").read_text(encoding="utf-8"))
KINDS = (ROOT / "webui/static/js/desk/alarm_kinds.js").read_text(encoding="utf-8")
RAISING = {"raise_alarm", "happen", "RaiseAlarm"}


def raised() -> Iterator[str]:
    """The kinds that are raised anywhere, as literals or by a constant that is there or imported."""
    for path in (ROOT / "firmware").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not any(name in text for name in RAISING):
            continue
        tree = ast.parse(text)
        constants = dict(_imported(tree)) | dict(_constants(tree))
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or len(call.args) < 2:
                continue
            if getattr(call.func, "attr", getattr(call.func, "id", "")) in RAISING:
                kind = call.args[0]
                name = kind.value if isinstance(kind, ast.Constant) else constants.get(getattr(kind, "id", ""))
                if isinstance(name, str):
                    yield name


def _imported(tree: ast.Module) -> Iterator[tuple[str, object]]:
    for each in tree.body:
        path = ROOT / f"{(each.module or '').replace('.', '/')}.py" if isinstance(each, ast.ImportFrom) else None
        if path is not None and path.is_file():
            yield from _of_module(path)


@cache
def _of_module(path: Path) -> tuple[tuple[str, object], ...]:
    return tuple(_constants(ast.parse(path.read_text(encoding="utf-8"))))


def _constants(tree: ast.Module) -> Iterator[tuple[str, object]]:
    for each in tree.body:
        if not isinstance(each, ast.Assign):
            continue
        target, value = each.targets[0], each.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
            yield target.id, value.value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for name, item in zip(target.elts, value.elts, strict=True):
                if isinstance(name, ast.Name) and isinstance(item, ast.Constant):
                    yield name.id, item.value


OTHERS = {"storage", "charge-doubtful", "charge-refused", "record-output-late", "record-output-full"}
"""Kinds whose name is chosen elsewhere than where they are raised."""


def test_every_kind_of_alarm_says_what_has_happened_and_what_to_do() -> None:
    kinds = set(raised()) | set(get_args(AlarmKind)) | OTHERS
    assert {"emergency-call", "wakeup-failed", "pms-link-down", "off-hook", "login-attack"} <= kinds
    missing = {kind for kind in kinds for part in ("what", "do") if f"desk.alarm.{kind}.{part}" not in TEXTS}
    assert missing == set()


@pytest.mark.parametrize(
    ("kind", "text", "facts"),
    [
        ("emergency-call", "101, floor 1, has dialled 112 at 22:05:55", {"number": "112"}),
        ("emergency-no-line", "101: no company line carries the call to 112", {"number": "112"}),
        (
            "wakeup-failed",
            "room 203: the wake-up of 07:00 has failed: nobody has answered",
            {"time": "07:00", "why": "nobody has answered"},
        ),
        ("wakeup-person", "room 203: please wake this guest in person, now (07:00)", {"time": "07:00"}),
        ("unpriced", "9991 was called from room 203 and has no tariff: the call is not charged", {"from": "203"}),
    ],
)
def test_the_facts_in_an_alarms_text_are_found(kind: str, text: str, facts: dict[str, str]) -> None:
    pattern = re.search(rf'"?{kind}"?: {{[^}}]*?facts: /(.+?)/ ', KINDS)
    assert pattern is not None
    found = re.search(pattern[1].replace("(?<", "(?P<").replace("\\/", "/"), text)
    assert found is not None
    assert found.groupdict() == facts
