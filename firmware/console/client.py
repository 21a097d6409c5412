"""`nightporter console`: this terminal is one of the box's consoles until it is logged out there."""

from __future__ import annotations

import os
import select
import socket
import sys
from pathlib import Path

from firmware.console.contract import SOCKET
from firmware.errors import UnavailableError
from firmware.links.own_terminal import raw
from firmware.processes import RunDirectory, short_path

READ_BYTES = 4096


def run(data: Path) -> int:
    """Until the console hangs up. Raises UnavailableError where the product does not run."""
    path = RunDirectory(data).place_of("supervisor") / SOCKET
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as box:
        try:
            with short_path(path) as name:
                box.connect(name)
        except OSError as error:
            text = f"no console: the supervisor of {data} does not run, or you may not use it ({error.strerror})"
            raise UnavailableError(text) from error
        keyboard, screen = sys.stdin.fileno(), sys.stdout.fileno()
        with raw(keyboard):
            _pass_on(box, keyboard, screen)
    return 0


def _pass_on(box: socket.socket, keyboard: int, screen: int) -> None:
    sources: list[int | socket.socket] = [box, keyboard]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if box in ready:
            if not (said := _received(box)):
                return
            _write(screen, said)
        if keyboard in ready:
            if typed := os.read(keyboard, READ_BYTES):
                box.sendall(typed)
            else:
                sources.remove(keyboard)
                box.shutdown(socket.SHUT_WR)


def _received(box: socket.socket) -> bytes:
    try:
        return box.recv(READ_BYTES)
    except ConnectionResetError:
        return b""


def _write(screen: int, data: bytes) -> None:
    while data:
        data = data[os.write(screen, data) :]
