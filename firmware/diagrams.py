"""Draws docs/diagrams/ from the state tables: `nightporter diagrams`; with `--check` it only compares.

Every module-level `StateTable` of the package `firmware` gets a page: a Mermaid diagram, its rules and its timers.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import firmware
from firmware.errors import RefusedError
from firmware.fsm import StateTable, successors

Table = StateTable[Any, Any]
INDEX = "README.md"
DIRECTORY = Path(__file__).resolve().parent.parent / "docs" / "diagrams"


def tables() -> list[Table]:
    """Every state table of the product, once each, by name."""
    found: dict[int, Table] = {}
    for module in _modules():
        for value in vars(module).values():
            if isinstance(value, StateTable):
                found[id(value)] = value
    return sorted(found.values(), key=lambda table: table.name)


def _modules() -> Iterator[Any]:
    for module in pkgutil.walk_packages(firmware.__path__, "firmware."):
        if not module.name.endswith("__main__"):
            yield importlib.import_module(module.name)


def pages() -> dict[str, str]:
    """File name to text of everything that belongs into the directory."""
    drawn = {f"{slug(table)}.md": page(table) for table in tables()}
    rows = [f"- [{table.name}]({slug(table)}.md)" for table in tables()]
    head = ["# State machines", "", "Drawn from the tables by `make diagrams`; a test keeps them current.", ""]
    return {INDEX: "\n".join([*head, *rows, ""]), **drawn}


def slug(table: Table) -> str:
    """The table's name as a file name."""
    return re.sub(r"[^a-z0-9]+", "-", table.name.lower()).strip("-")


def page(table: Table) -> str:
    """One machine: picture, rules, timers."""
    lines = [f"# {table.name}", "", "```mermaid", "stateDiagram-v2", f"    [*] --> {table.initial.name}"]
    lines += [f"    {source} --> {target}: {label}" for source, target, label in _edges(table)]
    lines += ["```", "", "| state | event | action | next |", "|---|---|---|---|"]
    for (state, event), rule in table.transitions.items():
        following = ", ".join(word(follower) for follower in successors(rule))
        lines.append(f"| {word(state)} | {word(event)} | {rule.action or ''} | {following} |")
    if table.timers:
        lines += ["", "| state | timer | default | range | event | what for |", "|---|---|---|---|---|---|"]
    for state, (spec, event) in table.timers.items():
        limits = f"{spec.minimum:g} to {spec.maximum:g} s"
        lines.append(
            f"| {word(state)} | {spec.number} | {spec.default:g} s | {limits} | {word(event)} | {spec.sentence} |"
        )
    return "\n".join([*lines, ""])


def _edges(table: Table) -> list[tuple[str, str, str]]:
    """Arrows, one for all events between the same two states."""
    joined: dict[tuple[str, str], list[str]] = {}
    for (state, event), rule in table.transitions.items():
        for follower in successors(rule):
            joined.setdefault((state.name, follower.name), []).append(word(event))
    return [(source, target, ", ".join(events)) for (source, target), events in joined.items()]


def word(member: Enum) -> str:
    """A state or event as people say it."""
    return member.name.lower().replace("_", " ")


def differences(directory: Path) -> list[str]:
    """What is missing, stale or left over in the directory."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in directory.glob("*.md")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def run(*, check: bool) -> int:
    """The command `nightporter diagrams`: draw, or only say what is not current (status 1). Wants a source tree."""
    if not DIRECTORY.parent.is_dir():
        raise RefusedError("no-source-tree", f"{DIRECTORY.parent} is not there: diagrams are drawn in a source tree")
    stale = differences(DIRECTORY)
    for name in stale:
        sys.stdout.write(f"{'not current' if check else 'drawn'}: {DIRECTORY / name}\n")
    if not check:
        draw(DIRECTORY, stale)
    return 1 if check and stale else 0


def draw(directory: Path, names: list[str]) -> None:
    """Write these pages, and remove those that belong to no table any more."""
    directory.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for name in names:
        if name in wanted:
            (directory / name).write_text(wanted[name], encoding="utf-8")
        else:
            (directory / name).unlink()
