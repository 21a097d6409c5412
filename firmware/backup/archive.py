"""The file of a backup: a tar archive, packed and encrypted as a whole; written and read in pieces of bounded size.

In this order: `format`, the files, `manifest.json`, which says of each file its size and SHA-256. age tells of any byte
that was changed or cut off, and the manifest of a file that is missing.
"""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import io
import os
import shutil
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

import msgspec
import pyrage

from firmware.backup.layout import may_be_in_backup
from firmware.details import Detail, DetailCode
from firmware.errors import RefusedError

FORMAT = 1
FIRST, LAST = "format", "manifest.json"
PIECE = 1 << 20
MOST_MANIFEST_BYTES = 64 << 20
MODE = 0o600
LEAST_FREE = 50 << 20
"""What is to stay free on the disk, by which the hotel lives."""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """`path`: from the data directory; `size` in bytes."""

    path: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is: of which version of the product, of which database schemas, made when, of which hotel."""

    format: int
    product: str
    schemas: dict[str, int]
    made: datetime
    hotel: str
    files: list[File]


class _Hashed:
    """Reads exactly `size` bytes of a file, and knows their SHA-256."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._left = size
        self.digest = hashlib.sha256()

    def read(self, most: int) -> bytes:
        piece = self._file.read(min(most, self._left))
        self._left -= len(piece)
        self.digest.update(piece)
        return piece


def write(
    target: IO[bytes], to: pyrage.x25519.Recipient, files: Iterable[tuple[str, Path]], about: Manifest
) -> Manifest:
    """Write an archive of the files (path in it, path on disk); `about` has none yet. Raises OSError."""
    found: list[File] = []

    def pack(pipe: IO[bytes]) -> None:
        with _packed(pipe, "wb") as stream, tarfile.open(fileobj=stream, mode="w|", bufsize=PIECE) as tar:
            _add(tar, FIRST, f"{FORMAT}\n".encode(), about.made)
            found.extend(_add_file(tar, path, source) for path, source in files)
            manifest = msgspec.structs.replace(about, files=found)
            _add(tar, LAST, msgspec.json.encode(manifest), about.made)

    with _piped(pack) as source:
        try:
            pyrage.encrypt_io(source, target, [to])
        except pyrage.EncryptError as error:
            raise OSError(f"cannot be written: {error}") from error
    return msgspec.structs.replace(about, files=found)


def read(source: IO[bytes], key: pyrage.x25519.Identity, into: Path) -> Manifest:
    """Put the files of an archive into an empty directory, each on disk.

    Raises RefusedError (bad-key, bad-backup), and OSError where the disk has no room; what is in `into` is then no use.
    """
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def decrypt() -> None:
        with os.fdopen(writing, "wb") as pipe:
            try:
                pyrage.decrypt_io(source, pipe, [key])
            except (pyrage.DecryptError, OSError) as error:
                failures.append(error)

    worker = threading.Thread(target=decrypt, name="decrypt", daemon=True)
    worker.start()
    try:
        with os.fdopen(reading, "rb") as pipe:
            manifest = _unpack(pipe, into)
            while pipe.read(PIECE):
                pass  # the end must have come through the cipher, too
    except _NONSENSE as error:
        worker.join()
        raise _refusal(failures, error) from error
    finally:
        worker.join()
    if failures:
        raise _refusal(failures, None)
    return manifest


_NONSENSE = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, msgspec.MsgspecError, ValueError, OverflowError)
"""What is raised while something is read that is no backup; the latter two by numbers in a tar's headers."""


def _packed(pipe: IO[bytes], mode: Literal["rb", "wb"]) -> gzip.GzipFile:
    """Quickly: a small processor has telephones to serve."""
    return gzip.GzipFile(fileobj=pipe, mode=mode, compresslevel=1)


def _refusal(failures: list[BaseException], second: Exception | None) -> RefusedError:
    """What is told, of the first thing that went wrong."""
    if any("No matching keys" in str(failure) for failure in failures):
        return RefusedError.of("bad-key", Detail("backup-key", "this backup was made for another key"), "key")
    why = str(failures[0] if failures else second)
    return _bad("backup-damaged", f"this is no backup, or it was damaged or cut off: {why}", reason=why)


@contextlib.contextmanager
def _piped(produce: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """What `produce` writes in a thread of its own, to be read within; what it raises, is raised."""
    reading, writing = os.pipe()
    failures: list[Exception] = []

    def run() -> None:
        with os.fdopen(writing, "wb", buffering=PIECE) as pipe:
            try:
                produce(pipe)
            except (OSError, RefusedError) as error:
                failures.append(error)

    worker = threading.Thread(target=run, name="pack", daemon=True)
    with os.fdopen(reading, "rb", buffering=PIECE) as source:
        worker.start()
        yield source
    worker.join()
    if failures:
        raise failures[0]


def _add(tar: tarfile.TarFile, path: str, content: bytes, made: datetime) -> None:
    tar.addfile(_info(path, len(content), made.timestamp()), io.BytesIO(content))


def _add_file(tar: tarfile.TarFile, path: str, source: Path) -> File:
    """One that grows meanwhile is in it as long as it was."""
    with source.open("rb") as file:
        found = os.fstat(file.fileno())
        hashed: Any = _Hashed(file, found.st_size)
        tar.addfile(_info(path, found.st_size, found.st_mtime), hashed)
    return File(path=path, size=found.st_size, sha256=hashed.digest.hexdigest())


def _info(path: str, size: int, at: float) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.size, info.mode, info.mtime = size, MODE, int(at)
    return info


def _unpack(pipe: IO[bytes], into: Path) -> Manifest:
    found: list[File] = []
    manifest: Manifest | None = None
    with _packed(pipe, "rb") as stream, tarfile.open(fileobj=stream, mode="r|", bufsize=PIECE) as tar:
        for number, member in enumerate(tar):
            content = tar.extractfile(member) if member.isreg() and not member.issparse() else None
            if content is None or manifest is not None:
                raise _bad("backup-member", f"{member.name} does not belong into a backup", name=member.name)
            if number == 0:
                _check_format(member, content)
            elif member.name == LAST:
                manifest = _manifest(member, content)
            else:
                found.append(_extract(member, content, into))
    if manifest is None or manifest.files != found:
        raise _bad("backup-incomplete", "this backup has not all that it says it has")
    return manifest


def _check_format(member: tarfile.TarInfo, content: IO[bytes]) -> None:
    text = content.read(20).strip() if member.name == FIRST else b""
    if not text.isdigit():
        raise _bad("backup-foreign", "this was made by another program")
    if int(text) > FORMAT:
        raise _bad("backup-newer", "this backup was made by a newer version: bring this box up to date first")


def _manifest(member: tarfile.TarInfo, content: IO[bytes]) -> Manifest:
    if member.size > MOST_MANIFEST_BYTES:
        raise _bad("backup-list", "the list of files is too long")
    return msgspec.json.decode(content.read(), type=Manifest)


def _extract(member: tarfile.TarInfo, content: IO[bytes], into: Path) -> File:
    if not may_be_in_backup(member.name):
        raise _bad("backup-member", f"{member.name} does not belong into a backup", name=member.name)
    path = into / member.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    target = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    with os.fdopen(target, "wb") as file:
        while piece := content.read(PIECE):
            if shutil.disk_usage(into).free - len(piece) < LEAST_FREE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(target)
    os.utime(path, (member.mtime, member.mtime))
    return File(path=member.name, size=size, sha256=digest.hexdigest())


def _bad(code: DetailCode, text: str, **facts: str | int) -> RefusedError:
    return RefusedError.of("bad-backup", Detail(code, text, facts))
