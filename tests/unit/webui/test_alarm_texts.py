"""The desk says in its own words of each alarm what has happened and what to do, with the facts that it brings."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

from firmware.gateway.messages import AlarmKind
from firmware.wakeup.persons import NO_KEY, WHY
from firmware.wakeup.verdict import FAILURES
from tests.harness import ROOT

TEXTS = json.loads((ROOT / "webui/static/texts/en/desk.json").read_text(encoding="utf-8"))
RAISING = {"raise_alarm", "happen", "RaiseAlarm"}
PLACE = re.compile(r"\{(\w+)\}")


def raised() -> Iterator[tuple[str, set[str]]]:
    """The kinds that are raised anywhere, as literals or by a constant that is there or imported; the facts of each."""
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
                    yield name, set(_facts(call))


def _facts(call: ast.Call) -> Iterator[str]:
    for part in (*call.args[3:], *(keyword.value for keyword in call.keywords if keyword.arg == "facts")):
        for each in ast.walk(part):
            if isinstance(each, ast.Dict):
                yield from (
                    key.value for key in each.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)
                )


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
    kinds = {kind for kind, _ in raised()} | set(get_args(AlarmKind)) | OTHERS
    assert {"emergency-call", "wakeup-failed", "pms-link-down", "off-hook", "login-attack"} <= kinds
    missing = {kind for kind in kinds for part in ("what", "do") if f"desk.alarm.{kind}.{part}" not in TEXTS}
    assert missing == set()


def test_what_a_text_says_beside_place_and_subject_is_a_fact_that_the_alarm_brings() -> None:
    brought = {kind: facts for kind, facts in raised() if facts}
    said = {
        key.split(".")[2]: set(PLACE.findall(text)) - {"where", "subject"}
        for key, text in TEXTS.items()
        if key.startswith("desk.alarm.") and key.endswith(".known")
    }
    assert said == brought


def test_every_reason_why_nobody_was_woken_has_words() -> None:
    assert {f"desk.why.{why}" for why in WHY} == {key for key in TEXTS if key.startswith("desk.why.")}
    assert {*FAILURES.values(), NO_KEY} <= set(WHY)
