"""The line between voice and the front of the box: what to show goes one way, the button the other.

A Unix socket of type SOCK_SEQPACKET, JSON. Neither end ever waits for the other: what it does not take is lost, and the
next message says all again.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from boardsupport.adapters import unix_path
from firmware.log import Log

SOCKET = "indicators.sock"
MOST_BYTES = 4096
TELL_EVERY_S = 0.25
TRY_EVERY_S = 0.5

log = Log("indicators")


class Tell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From voice: it lives, and this is the state of each LED."""

    states: dict[str, str]


class Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To voice: the button has been down for so long."""

    held_s: float


_Message = TypeVar("_Message", Tell, Held)


class VoiceEnd:
    """Voice's end; connects by itself, again and again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: socket.socket | None = None
        self._next_try_s = 0.0

    def tell(self, states: dict[str, str], now_s: float) -> None:
        """Say that voice lives."""
        if self._connection is None and now_s >= self._next_try_s:
            self._next_try_s = now_s + TRY_EVERY_S
            with suppress(OSError):
                self._connection = unix_path.connect(self._path, socket.SOCK_SEQPACKET)
        if self._connection is not None and not _send(self._connection, Tell(states)):
            self.close()

    def heard(self) -> list[Held]:
        """What the button did since the last time."""
        if self._connection is None:
            return []
        payloads, alive = _receive(self._connection)
        if not alive:
            self.close()
        return [found for payload in payloads if (found := _decode(payload, Held)) is not None]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class FrontEnd:
    """The front's end: listens, for one voice; a new one takes the place of the old."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._listener = unix_path.listen(path, socket.SOCK_SEQPACKET)
        self._listener.setblocking(False)
        self._voice: socket.socket | None = None

    def heard(self) -> dict[str, str] | None:
        """What voice said last, if it spoke since the last time."""
        with suppress(BlockingIOError):
            newcomer = self._listener.accept()[0]
            self._drop()
            self._voice = newcomer
        if self._voice is None:
            return None
        payloads, alive = _receive(self._voice)
        if not alive:
            self._drop()
        told = [found.states for payload in payloads if (found := _decode(payload, Tell)) is not None]
        return told[-1] if told else None

    def tell(self, held_s: float) -> None:
        """The button is down for so long; while there is no voice nobody is told."""
        if self._voice is None or not _send(self._voice, Held(held_s)):
            log.warning("not-told", held_s=held_s)

    def close(self) -> None:
        self._drop()
        self._listener.close()

    def _drop(self) -> None:
        if self._voice is not None:
            self._voice.close()
        self._voice = None


def _send(connection: socket.socket, message: Tell | Held) -> bool:
    """Whether the other end is still there."""
    try:
        connection.send(msgspec.json.encode(message), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return True


def _receive(connection: socket.socket) -> tuple[list[bytes], bool]:
    """All that has come, and whether the other end is still there."""
    payloads: list[bytes] = []
    while True:
        try:
            payload = connection.recv(MOST_BYTES, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return payloads, True
        except OSError:
            return payloads, False
        if not payload:
            return payloads, False
        payloads.append(payload)


def _decode(payload: bytes, kind: type[_Message]) -> _Message | None:
    try:
        return msgspec.json.decode(payload, type=kind)
    except msgspec.DecodeError as wrong:
        log.warning("not-understood", why=wrong)
        return None
