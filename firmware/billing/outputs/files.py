"""Lines into files, each once: whenever the power goes, no line is missing, and none is there twice."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo
from itertools import takewhile
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote

from firmware.billing.outputs.formats import END
from firmware.billing.outputs.shelf import Shelf
from firmware.links.aside import aside
from firmware.store.record_outputs import FilePlace, OutputLine

T = TypeVar("T")
BATCH = 100
"""Lines at once: for each such batch the disk is waited for once."""
MODE = 0o640
_PART = re.compile(r"\.(call-[0-9T]+-([^/]+)\.[a-z]+)\.part")


class _Files:
    def __init__(self, directory: Path, suffix: str, zone: tzinfo) -> None:
        self._directory = directory
        self._suffix = suffix
        self._zone = zone
        self._turn = threading.Lock()

    async def _disk(self, work: Callable[[], T]) -> T:
        """Do it in a thread, after what a caller who was cancelled may have left there; the disk may take long."""

        def alone() -> T:
            with self._turn:
                return work()

        return await aside(alone)


class FilePerDay(_Files):
    """Appends to `calls-YYYY-MM-DD`, the day on which the call ended.

    What stands behind the place that the store knows was written before a crash, and is not written again.
    """

    async def deliver(self, shelf: Shelf) -> bool:
        """Write what waits, as far as it belongs into one file; whether anything did. Raises OSError, StorageError."""
        waiting = await shelf.first(BATCH)
        if not waiting:
            return False
        name = self._name(waiting[0])
        lines = list(takewhile(lambda line: self._name(line) == name, waiting))
        known = await shelf.place()
        place = await self._disk(lambda: append(self._directory / name, known, _bytes(lines)))
        await shelf.take(lines[-1].id, place)
        return True

    def _name(self, line: OutputLine) -> str:
        return f"calls-{line.kept.astimezone(self._zone):%Y-%m-%d}.{self._suffix}"


class FilePerCall(_Files):
    """Each line in a file of its own, `call-YYYYMMDDTHHMMSS-LEG`, which is there in whole or not at all.

    It is made under a hidden name, then its line is removed from the store, then it gets its own name. A hidden file
    that is found later has lost its line already, and needs only its name; or else it is made again.
    """

    def __init__(self, directory: Path, suffix: str, zone: tzinfo) -> None:
        super().__init__(directory, suffix, zone)
        self._tidy = False

    async def deliver(self, shelf: Shelf) -> bool:
        """Write what waits; whether anything did. Raises OSError and StorageError."""
        if not self._tidy:
            await self._recover(shelf)
        lines = await shelf.first(BATCH)
        if not lines:
            return False
        self._tidy = False
        files = {self._name(line): _bytes([line]) for line in lines}
        await self._disk(lambda: self._prepare(files))
        await shelf.take(lines[-1].id)
        await self._disk(lambda: self._publish(files))
        self._tidy = True
        return True

    def _name(self, line: OutputLine) -> str:
        return f"call-{line.kept.astimezone(self._zone):%Y%m%dT%H%M%S}-{quote(line.leg, safe='')}.{self._suffix}"

    async def _recover(self, shelf: Shelf) -> None:
        found = await self._disk(self._hidden)
        if ready := [name for name, leg in found if not await shelf.waits(leg)]:
            await self._disk(lambda: self._publish(ready))
        self._tidy = True

    def _hidden(self) -> list[tuple[str, str]]:
        """Final name and leg of each whole file that has not got its name; what is not whole is made again, or old."""
        found = []
        for path in make_directory(self._directory).iterdir():
            if (match := _PART.fullmatch(path.name)) is None:
                continue
            if path.read_bytes().endswith(END.encode()):
                found.append((match[1], unquote(match[2])))
            else:
                path.unlink()
        return sorted(found)

    def _prepare(self, files: Mapping[str, bytes]) -> None:
        for name, data in files.items():
            with _opened(self._part(name), os.O_TRUNC) as file:
                _write(file, data)
                os.fsync(file)
        _sync_directory(self._directory)

    def _publish(self, names: Iterable[str]) -> None:
        for name in names:
            self._part(name).rename(self._directory / name)
        _sync_directory(self._directory)

    def _part(self, name: str) -> Path:
        return self._directory / f".{name}.part"


def append(path: Path, known: FilePlace | None, data: bytes) -> FilePlace:
    """Write `data` behind what `known` tells of this file, less what of it is there; on disk when this returns.

    Raises OSError.
    """
    make_directory(path.parent)
    is_new = not path.exists()
    with _opened(path, os.O_APPEND) as file:
        size = os.fstat(file).st_size
        begin = known.size if known is not None and known.file == path.name else 0
        there = os.pread(file, len(data), begin) if begin < size <= begin + len(data) else b""
        done = len(there) if data.startswith(there) else 0
        if size and not done and os.pread(file, 1, size - 1) != b"\n":  # somebody else's half line
            _write(file, END.encode())
        _write(file, data[done:])
        os.fsync(file)
        size = os.fstat(file).st_size
    if is_new:
        _sync_directory(path.parent)
    return FilePlace(path.name, size)


def make_directory(path: Path) -> Path:
    """It, made if need be; what it lies in must be there: it may be a disk that is not mounted. Raises OSError."""
    path.mkdir(mode=0o750, exist_ok=True)
    return path


def _bytes(lines: Iterable[OutputLine]) -> bytes:
    return "".join(line.line + END for line in lines).encode()


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | flags, MODE)
    try:
        yield file
    finally:
        os.close(file)


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _sync_directory(path: Path) -> None:
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
