"""Who may import whom, and how long things may be: what import-linter does not say."""

from __future__ import annotations

import ast
import re
import subprocess

import pytest

from tests.architecture.source import ROOT, Source, sources

# Modules that do I/O, wait, or ask for the time: none of them belongs into a pure part.
IMPURE = {
    "asyncio", "socket", "selectors", "select", "ssl", "serial", "sqlite3", "aiosqlite", "threading", "multiprocessing",
    "subprocess", "concurrent", "logging", "time", "os", "pathlib", "tempfile", "shutil", "io", "signal", "random",
    "secrets", "firmware.log", "firmware.clock",
}  # fmt: skip
PURE = (
    "firmware/fsm.py", "firmware/timers.py", "firmware/exchange/", "firmware/gateway/digitmap.py",
    "firmware/restriction/", "firmware/pms/fias/", "firmware/pms/mitel/", "firmware/pms/machine.py",
    "firmware/pms/reconcile.py", "firmware/pms/departures.py", "firmware/pms/names.py", "firmware/pms/rooms.py",
    "firmware/pms/parties.py", "firmware/pms/sparing.py",
)  # fmt: skip
# Only the board's adapters and the links open devices.
DEVICES = {"spidev", "alsaaudio", "RPi", "RPi.GPIO", "termios", "serial"}
ABOVE_THE_WIRES = ("boardsupport/si3210/", "boardsupport/pcm/", "firmware/voice/", "firmware/exchange/")
MAX_FILE, MAX_FUNCTION = 400, 60
ONE_FILE_BY_DESIGN = {"firmware/gateway/messages.py": "the protocol's manual is one file"}


def _pure() -> list[Source]:
    return [s for s in sources() if s.name.startswith(PURE) or s.path.name == "model.py"]


def test_pure_parts_do_no_input_or_output() -> None:
    faults = [
        f"{source.name} imports {name}"
        for source in _pure()
        for name in source.imports()
        if name in IMPURE or name.split(".")[0] in IMPURE
    ]
    assert not faults, faults


def test_pure_parts_neither_open_files_nor_print() -> None:
    faults = [
        f"{source.name}:{node.lineno} {node.func.id}"
        for source in _pure()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}
    ]
    assert not faults, faults


def test_machines_do_not_wait() -> None:
    faults = [
        f"{source.name}:{node.lineno}"
        for source in _pure()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
    ]
    assert not faults, faults


def test_only_adapters_and_links_open_devices() -> None:
    faults = [
        f"{source.name} imports {name}"
        for source in sources()
        if not source.name.startswith(("boardsupport/adapters/", "firmware/links/"))
        for name in source.imports()
        if name in DEVICES
    ]
    assert not faults, faults


def test_nothing_above_the_wires_asks_whether_the_board_is_simulated() -> None:
    """Drivers and voice are the same on silicon and on the bench; only who opens the board knows its kind."""
    faults = [
        f"{source.name}:{number}: {line.strip()}"
        for source in sources()
        if source.name.startswith(
            ("boardsupport/si3210/", "boardsupport/pcm/", "firmware/voice/", "firmware/exchange/")
        )
        and source.path.name != "sim.py"
        for number, line in enumerate(source.text.splitlines(), 1)
        if re.search(r"\bif\b.*(simulat|[\"']sim[\"'])", line)
    ]
    assert not faults, faults


def test_files_are_short() -> None:
    long = {s.name: lines for s in sources() if (lines := s.text.count("\n")) > MAX_FILE}
    long = {name: lines for name, lines in long.items() if name not in ONE_FILE_BY_DESIGN}
    assert not long, long


def test_functions_are_short() -> None:
    long = {
        f"{source.name}:{node.lineno} {node.name}": size
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION
    }
    assert not long, long


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"])
def test_nothing_is_left_unfinished(word: str) -> None:
    faults = [source.name for source in sources() if re.search(rf"\b{word}\b", source.text)]
    assert not faults, faults


def _files_of_the_repository() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git work tree")
    return listed.stdout.splitlines()


def test_no_paths_of_a_machine_in_the_repository() -> None:
    """Nobody's home directory, scratch directory or workplace."""
    pattern = re.compile(rb"/(?:t" + rb"mp|wo" + rb"rk|ro" + rb"ot|fa" + rb"rm)/")
    faults = []
    for name in _files_of_the_repository():
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".wav", ".lock"} and pattern.search(path.read_bytes()):
            faults.append(name)
    assert not faults, faults


def test_every_public_module_says_what_it_is() -> None:
    faults = [s.name for s in sources() if s.path.name != "__init__.py" and ast.get_docstring(s.tree) is None]
    assert not faults, faults
