"""Unix sockets at paths longer than the 107 bytes of a socket address: by way of an open directory."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A short name for `path` while the context lasts. Raises OSError if its directory is not there."""
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


def connect(path: Path, kind: socket.SocketKind) -> socket.socket:
    """A blocking socket connected to the listener at `path`. Raises OSError if nobody listens there."""
    connection = socket.socket(socket.AF_UNIX, kind)
    try:
        with short_name(path) as name:
            connection.connect(name)
    except OSError:
        connection.close()
        raise
    return connection


def listen(path: Path, kind: socket.SocketKind, backlog: int = 4) -> socket.socket:
    """A listening socket at `path`, for this user alone; what a dead listener left there is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, kind)
    try:
        with short_name(path) as name:
            listener.bind(name)
        path.chmod(0o600)
        listener.listen(backlog)
    except OSError:
        listener.close()
        raise
    return listener
