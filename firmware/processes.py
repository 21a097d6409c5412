"""Who runs for a data directory: one locked file per role in DATA/run, which outlives the process that started it.

The lock is the truth (the kernel lets go of it when the process ends); the file says who holds it. A process is named
by its id and its start time, so that an id that was given out anew is not taken for the old process.

While the disk is full or can only be read, the files are in memory instead: people telephone without a disk.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from firmware.errors import RefusedError, UnavailableError

Role: TypeAlias = Literal["launcher", "bench", "indicators", "voice", "supervisor"]
RESTARTS_VARIABLE = "NIGHTPORTER_RESTARTS"
MEMORY = Path("/dev/shm")
CANNOT_KEEP = (errno.EROFS, errno.ENOSPC)
PROBE_BYTES = 4096


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A process of the product. `start` is its start time in clock ticks since boot; `digest` its configuration's."""

    role: str
    pid: int
    start: int
    since: datetime
    restarts: int
    digest: str


class InUseError(RefusedError):
    """Another process has this role for this data directory."""

    def __init__(self, role: str, data: Path, running: Running | None) -> None:
        who = f"{role}, process {running.pid}, since {running.since:%Y-%m-%d %H:%M:%S} UTC" if running else role
        super().__init__("in-use", f"{data} is in use by {who}")


class RunDirectory:
    """DATA/run: sockets, process files, and the supervisor's status; for nobody else on this machine to read.

    A process that starts while DATA cannot be written has its files in memory; each role is found where it is.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.path = data / "run"
        self._memory = _memory_of(data)
        self._held: list[int] = []

    @property
    def in_memory(self) -> bool:
        return self.path == self._memory

    def make(self) -> RunDirectory:
        """Create the directory, closed to others. Raises UnavailableError."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.mkdir(mode=0o700, exist_ok=True)
            _probe(self.path)
        except OSError as error:
            if error.errno not in CANNOT_KEEP or not self.data.is_dir():
                raise self._unusable(error) from error
            self._make_in_memory()
        return self

    def _make_in_memory(self) -> None:
        try:
            self._memory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        if not _is_ours(self._memory, self.data):
            raise UnavailableError(f"{self.data} cannot be written, and {self._memory} is somebody else's")
        self.path = self._memory

    def hold(self, role: Role, digest: str = "") -> Running:
        """Take the role for this process until it ends. Raises InUseError if somebody has it, and UnavailableError."""
        if (other := self.running(role)) is not None:  # maybe from when DATA could be written, or could not
            raise InUseError(role, self.data, other)
        try:
            file = os.open(_file(self.path, role), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise InUseError(role, self.data, self.running(role)) from None
        start = start_time(os.getpid())
        assert start is not None, "this process is in /proc"
        restarts = int(os.environ.get(RESTARTS_VARIABLE, "0"))
        now = datetime.now(UTC)
        running = Running(role=role, pid=os.getpid(), start=start, since=now, restarts=restarts, digest=digest)
        os.ftruncate(file, 0)
        os.pwrite(file, msgspec.json.encode(running), 0)
        self._held.append(file)
        return running

    def running(self, role: Role) -> Running | None:
        """The process that has the role now, or None."""
        return next(filter(None, (_running(place, role) for place in self._places())), None)

    def place_of(self, role: Role) -> Path:
        """Where the process that has the role now has its sockets and files."""
        in_memory = _is_ours(self._memory, self.data) and _running(self._memory, role) is not None
        return self._memory if in_memory else self.data / "run"

    def has(self, role: Role, name: str) -> bool:
        """Whether the process that has the role now has made this file."""
        return self.running(role) is not None and (self.place_of(role) / name).exists()

    def clear(self, name: str) -> None:
        """Remove a file, as far as the disk lets us."""
        for place in self._places():
            with contextlib.suppress(OSError):
                (place / name).unlink()

    def write_status(self, status: dict[str, Any]) -> None:
        """Replace what `status` reads; a reader sees the old or the new one, never a part."""
        replace_file(self.place_of("supervisor") / "status.json", msgspec.json.encode(status))

    def status(self) -> dict[str, Any]:
        """What the supervisor last wrote; empty where there is nothing."""
        with contextlib.suppress(OSError, ValueError):
            content = (self.place_of("supervisor") / "status.json").read_bytes()
            return msgspec.json.decode(content, type=dict[str, Any])
        return {}

    def _places(self) -> list[Path]:
        return [*([self._memory] if _is_ours(self._memory, self.data) else []), self.data / "run"]

    def _unusable(self, error: OSError) -> UnavailableError:
        return UnavailableError(f"{self.data} cannot be used as a data directory: {error.filename}: {error.strerror}")


def _file(place: Path, role: Role) -> Path:
    return place / f"{role}.pid"


def _running(place: Path, role: Role) -> Running | None:
    try:
        found = msgspec.json.decode(_file(place, role).read_bytes(), type=Running)
    except (OSError, ValueError):
        return None
    return found if start_time(found.pid) == found.start else None


def _memory_of(data: Path) -> Path:
    """The same for every process of this data directory."""
    return MEMORY / f"nightporter-{hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]}"


def _is_ours(path: Path, data: Path) -> bool:
    """A directory, no link to one, that only we or the owner of `data` can have made or can look into."""
    try:
        found, owners = path.lstat(), (os.geteuid(), data.stat().st_uid)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077 and found.st_uid in owners


def _probe(directory: Path) -> None:
    """Write something that nobody sees, and leave nothing behind. Raises OSError."""
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        file.write(bytes(PROBE_BYTES))


def replace_file(path: Path, content: bytes) -> None:
    """Write a private file and rename it, so that it is never seen half-written, nor found so after a power cut."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(file)
    partial.replace(path)


@contextlib.contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name for a Unix socket that fits the 107 bytes of sun_path however deep the directory lies."""
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


def unix_listener(path: Path, backlog: int, mode: int) -> socket.socket:
    """Nobody waits for it; what somebody dead has left at this path is replaced. `mode`: who may connect.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.setblocking(False)
    with short_path(path) as name:
        listener.bind(name)
    path.chmod(mode)
    listener.listen(backlog)
    return listener


def start_time(pid: int) -> int | None:
    """Start time of a living process in clock ticks since boot (proc(5), stat field 22); None: dead or a zombie."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if after_name[0] in (b"Z", b"X") else int(after_name[19])
