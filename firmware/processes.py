"""Who runs for a data directory: one locked file per role in DATA/run, which outlives the process that started it.

The lock is the truth (the kernel lets go of it when the process ends); the file says who holds it. A process is named
by its id and its start time, so that an id that was given out anew is not taken for the old process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from firmware.errors import RefusedError, UnavailableError

Role: TypeAlias = Literal["launcher", "bench", "voice", "supervisor"]
RESTARTS_VARIABLE = "NIGHTPORTER_RESTARTS"


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
    """DATA/run: sockets, process files, and the supervisor's status; for nobody else on this machine to read."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.path = data / "run"
        self._held: list[int] = []

    def make(self) -> RunDirectory:
        """Create the directory, closed to others. Raises UnavailableError."""
        try:
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error
        return self

    def hold(self, role: Role, digest: str = "") -> Running:
        """Take the role for this process until it ends. Raises InUseError if somebody has it, and UnavailableError."""
        try:
            file = os.open(self._file(role), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
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
        try:
            found = msgspec.json.decode(self._file(role).read_bytes(), type=Running)
        except (OSError, ValueError):
            return None
        return found if start_time(found.pid) == found.start else None

    def write_status(self, status: dict[str, Any]) -> None:
        """Replace what `status` reads; a reader sees the old or the new one, never a part."""
        replace_file(self.path / "status.json", msgspec.json.encode(status))

    def status(self) -> dict[str, Any]:
        """What the supervisor last wrote; empty where there is nothing."""
        with contextlib.suppress(OSError, ValueError):
            return msgspec.json.decode((self.path / "status.json").read_bytes(), type=dict[str, Any])
        return {}

    def _unusable(self, error: OSError) -> UnavailableError:
        return UnavailableError(f"{self.data} cannot be used as a data directory: {error.filename}: {error.strerror}")

    def _file(self, role: Role) -> Path:
        return self.path / f"{role}.pid"


def replace_file(path: Path, content: bytes) -> None:
    """Write a private file and rename it, so that it is never seen half-written, nor found so after a power cut."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(file)
    partial.replace(path)


def start_time(pid: int) -> int | None:
    """Start time of a living process in clock ticks since boot (proc(5), stat field 22); None: dead or a zombie."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if after_name[0] in (b"Z", b"X") else int(after_name[19])
