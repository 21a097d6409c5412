"""A process watched by strace: what was safe on the disk when each message went out; and a disk that has no room left,
or answers nothing.

strace (Debian: strace) needs no root for a process of one's own, where ptrace is allowed.
"""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from tests.harness import Product, wait_for

ATTACHED_S = 20.0
HANGS_S = 600.0
"""Longer than any test."""
LONGEST_TEXT = 70_000
"""More than SQLite writes at once, and than anybody sends."""
DATABASES = ("nightporter.db", "audit.db")
_LINE = re.compile(r"(?P<thread>\d+) +(?:<\.\.\. (?P<resumed>\w+) resumed>|(?P<name>\w+)\()(?P<rest>.*)")
_FILE = re.compile(r"\d+<(?P<path>(?:->|[^>])*)>")
_TEXT = re.compile(r'"(?P<text>(?:\\x[0-9a-f]{2})*)"')
_UNFINISHED = " <unfinished ...>"
Kind: TypeAlias = Literal["write", "truncate", "sync", "send", "receive"]
_KINDS: dict[str, Kind] = {
    "pwrite64": "write", "ftruncate": "truncate", "fdatasync": "sync", "fsync": "sync", "sendto": "send",
    "write": "send", "recvfrom": "receive", "read": "receive",
}  # fmt: skip


@dataclass
class Call:
    """One system call that went well. A send counts from its beginning, a sync from its end; both are places in time.

    `at`: of a write its offset, of a truncation the new size.
    """

    kind: Kind
    place: str
    begun: int
    ended: int
    data: bytes = b""
    at: int = 0


@dataclass
class Observed:
    """What a process did, and what its databases held before."""

    files: dict[str, bytes]
    calls: list[Call] = field(default_factory=list)

    def sent(self, mark: bytes) -> Call:
        """The first message that has this in it."""
        return next(call for call in self.calls if call.kind == "send" and mark in call.data)

    def received(self, mark: bytes) -> Call:
        return next(call for call in self.calls if call.kind == "receive" and mark in call.data)

    def answer_to(self, mark: bytes) -> Call:
        """The first message on the connection by which this has come, after it."""
        asked = self.received(mark)
        return next(
            call
            for call in self.calls
            if call.kind == "send" and call.place == asked.place and call.begun > asked.ended
        )

    def synced(self, before: int) -> dict[str, bytes]:
        """The files as they are after a power cut at that place in time that spares only what was synced."""
        held = {path: bytearray(content) for path, content in self.files.items()}
        for path, content in held.items():
            waiting: list[Call] = []
            for call in sorted(self.calls, key=lambda call: call.ended):
                if call.place != path or call.ended > before:
                    continue
                if call.kind == "sync":
                    for write in [write for write in waiting if write.ended < call.begun]:
                        waiting.remove(write)
                        _apply(write, content)
                else:
                    waiting.append(call)
        return {path: bytes(content) for path, content in held.items()}

    @contextmanager
    def after_power_cut(self, before: int) -> Iterator[sqlite3.Connection]:
        """The hotel's database, opened from what was synced by then."""
        with tempfile.TemporaryDirectory() as directory:
            for path, content in self.synced(before).items():
                Path(directory, Path(path).name).write_bytes(content)
            with closing(sqlite3.connect(Path(directory, DATABASES[0]))) as database:
                assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                yield database


def _apply(call: Call, content: bytearray) -> None:
    if call.kind == "truncate":
        del content[call.at :]
    if len(content) < call.at + len(call.data):
        content.extend(bytes(call.at + len(call.data) - len(content)))
    content[call.at : call.at + len(call.data)] = call.data


@contextmanager
def observed(product: Product, role: str = "supervisor") -> Iterator[Observed]:
    """What the process does inside the block; complete after it."""
    with tempfile.NamedTemporaryFile() as output:
        options = ["-yy", "-xx", "-s", str(LONGEST_TEXT), "-e", f"trace={','.join(_KINDS)}", "-o", output.name]
        with _strace(product.pid(role), *options):
            with product.frozen(role):
                seen = Observed({str(path): path.read_bytes() for path in _files(product)})
            yield seen
        seen.calls += _calls(Path(output.name).read_text(encoding="ascii").splitlines())


@contextmanager
def full_disk(product: Product, role: str = "supervisor") -> Iterator[None]:
    """For the process's databases the disk has no room inside the block: writing says so (ENOSPC)."""
    options = ["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC", *_only_files(product)]
    with _strace(product.pid(role), *options):
        yield


@contextmanager
def hanging_disk(product: Product, role: str = "supervisor") -> Iterator[None]:
    """Nothing of the process's databases gets to the disk inside the block: who waits for that goes on after it."""
    calls, delay_us = "fdatasync,fsync", round(HANGS_S * 1e6)
    options = ["-e", f"trace={calls}", "-e", f"inject={calls}:delay_enter={delay_us}", *_only_files(product)]
    with _strace(product.pid(role), *options):
        yield


def _only_files(product: Product) -> list[str]:
    return [option for path in _files(product) for option in ("-P", str(path))]


def _files(product: Product) -> list[Path]:
    """The databases and their logs, as far as they are there."""
    places = [product.data / f"{name}{suffix}" for name in DATABASES for suffix in ("", "-wal")]
    return [path for path in places if path.exists()]


@contextmanager
def _strace(pid: int, *options: str) -> Iterator[None]:
    """strace at all threads of a process, which goes on without it after the block."""
    with tempfile.TemporaryFile("w+") as said:
        tracer = subprocess.Popen(["strace", "-f", "-p", str(pid), *options], stdout=said, stderr=said)
        try:
            wait_for(lambda: _attached(pid, tracer), ATTACHED_S, f"strace has process {pid}")
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(ATTACHED_S)


def _attached(pid: int, tracer: subprocess.Popen[bytes]) -> bool:
    """Every thread is traced."""
    assert tracer.poll() is None, "strace has ended: is ptrace allowed here?"
    try:
        threads = [path.read_text(encoding="utf-8") for path in Path(f"/proc/{pid}/task").glob("*/status")]
    except FileNotFoundError:  # a thread has ended meanwhile
        return False
    return all(f"TracerPid:\t{tracer.pid}\n" in status for status in threads)


# ------------------------------------------------------------------------------------------------------ strace's output


def _calls(lines: list[str]) -> Iterator[Call]:
    """Of its output, in the order of their beginning; with the line at which each began and ended."""
    begun: dict[str, tuple[int, str, str]] = {}
    for number, line in enumerate(lines):
        match = _LINE.fullmatch(line)
        if match is None:  # signals, ends of threads
            continue
        thread, name, rest = match["thread"], match["name"], match["rest"]
        if name is not None and rest.endswith(_UNFINISHED):
            begun[thread] = (number, name, rest.removesuffix(_UNFINISHED))
            continue
        start, name, text = (number, name, rest) if name is not None else _resumed(begun.pop(thread), rest)
        call = _call(name, text, start, number)
        if call is not None:
            yield call


def _resumed(begun: tuple[int, str, str], rest: str) -> tuple[int, str, str]:
    number, name, text = begun
    return number, name, text + rest


def _call(name: str, text: str, begun: int, ended: int) -> Call | None:
    """None: it has failed, or is no concern of ours."""
    arguments, _, result = text.rpartition(" = ")
    place = _FILE.match(arguments)
    if place is None or result.startswith("-"):
        return None
    kind, found = _KINDS[name], _TEXT.search(arguments, place.end())
    data = bytes.fromhex(found["text"].replace("\\x", "")) if found is not None else b""
    at = int(arguments.rpartition(", ")[2].rstrip(") ")) if kind in ("write", "truncate") else 0
    done = data[: int(result.split()[0])] if kind in ("write", "send", "receive") else data
    return Call(kind, _plain(place["path"]), begun, ended, done, at)


def _plain(path: str) -> str:
    """strace writes paths in hexadecimal, too."""
    return bytes.fromhex(path.replace("\\x", "")).decode() if path.startswith("\\x") else path
