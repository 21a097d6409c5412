"""Signs of life as sd_notify(3) has them: a process says that it makes progress to who has started it, be that systemd
or the launcher, who ends it when it has said nothing for too long."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from firmware.log import Log
from firmware.processes import short_path

ADDRESS, PATIENCE, PATIENCE_WITH = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"
SOCKET = "watchdog.sock"
SIGNS_WITHIN = 10
"""So many signs within the time after which one is missed: a few late ones mean nothing."""
MOST_BYTES = 4096
CREDENTIALS = struct.Struct("3i")
"""struct ucred (unix(7)): the ids of process, user and group."""

log = Log("watchdog")


def notify(state: str) -> None:
    """Say it, if anybody wants to hear; never waits: what cannot be taken now is lost, and said again soon."""
    address = os.environ.get(ADDRESS)
    if not address:
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as sender:
            if address.startswith("@"):
                sender.sendto(state.encode(), "\0" + address[1:])
                return
            with short_path(Path(address)) as name:
                sender.sendto(state.encode(), name)
    except OSError as error:  # also while the launcher is dead: the next one has the same address
        log.debug("not-heard", state=state, error=error)


class Beat:
    """Says from time to time that this process lives, if it is watched."""

    def __init__(self) -> None:
        wanted = os.environ.get(PATIENCE)
        self._every_s = int(wanted) / 1e6 / SIGNS_WITHIN if wanted else None
        self._next_s = 0.0

    def progress(self, now_s: float) -> None:
        """The process makes progress at this moment of the monotonic clock."""
        if self._every_s is not None and now_s >= self._next_s:
            self._next_s = now_s + self._every_s
            notify(ALIVE)


class Ear:
    """The launcher's end. The kernel tells who speaks (SCM_CREDENTIALS, unix(7)): nobody speaks for another."""

    def __init__(self, directory: Path) -> None:
        """Raises OSError."""
        self._path = directory / SOCKET
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        with short_path(self._path) as name:
            self._socket.bind(name)

    def fileno(self) -> int:
        return self._socket.fileno()

    def environment(self, patience_s: float) -> dict[str, str]:
        """That of this process, for one that is to say here that it lives."""
        inherited = {name: value for name, value in os.environ.items() if name != PATIENCE_WITH}
        return {**inherited, ADDRESS: str(self._path.absolute()), PATIENCE: str(round(patience_s * 1e6))}

    def heard(self) -> Iterator[tuple[int, str]]:
        """What was said since the last time, by the process of which id."""
        while True:
            try:
                said, extra, *_ = self._socket.recvmsg(MOST_BYTES, socket.CMSG_SPACE(CREDENTIALS.size))
            except BlockingIOError:
                return
            for level, kind, data in extra:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
                    yield CREDENTIALS.unpack_from(data)[0], said.decode("ascii", "replace")

    def close(self) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)
