"""One line per event on standard error: time, level, area, verb, key=value pairs."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

MAX_WAITING = 10_000
"""Lines that nobody has taken yet; those beyond are lost, and counted in a line of their own where they are missing."""
END_S = 1.0
"""How long the end of the process waits for the last lines to be taken."""
_LEVELS = {logging.DEBUG: "debug", logging.INFO: "info", logging.WARNING: "warning", logging.ERROR: "error"}


class _LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        stamp = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}"
        level = _LEVELS.get(record.levelno, "error")
        line = f"{stamp} {level} {record.name} {record.getMessage()}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def configure(verbose: bool = False) -> None:
    """Send this process's log to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)


def write_aside(begin: Callable[[], None] = lambda: None) -> None:
    """From now on a thread writes this process's log; it calls `begin` first.

    Whoever logs never waits then: not for a stopped terminal, nor for a pipe that nobody empties.
    """
    handler = _Aside(sys.stderr.fileno(), begin)
    handler.setFormatter(_LineFormatter())
    logging.getLogger().handlers[:] = [handler]


class _Aside(logging.Handler):
    """Lines in a queue, and the thread that writes them to a file descriptor."""

    def __init__(self, descriptor: int, begin: Callable[[], None]) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._begin = begin
        self._lines: queue.Queue[str | None] = queue.Queue(MAX_WAITING)
        self._lost = 0
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._lines.put_nowait(self.format(record))
        except queue.Full:
            self._lost += 1

    def close(self) -> None:
        """Called by `logging` at the end of the process."""
        with suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(END_S)
        super().close()

    def _write(self) -> None:
        self._begin()
        while (line := self._lines.get()) is not None:
            with suppress(OSError):  # the terminal is gone
                os.write(self._descriptor, f"{line}\n".encode(errors="backslashreplace"))
            if self._lost:
                self._tell_lost(self._lost)

    def _tell_lost(self, lines: int) -> None:
        record = logging.makeLogRecord({"name": "log", "levelno": logging.WARNING, "msg": f"lost lines={lines}"})
        with suppress(queue.Full):
            self._lines.put_nowait(self.format(record))
            self._lost -= lines


class Log:
    """The log of one area: `Log("voice").info("late", endpoint="fxs/3", blocks=2)`."""

    def __init__(self, area: str) -> None:
        self._logger = logging.getLogger(area)

    def debug(self, verb: str, **pairs: Any) -> None:
        if self._logger.isEnabledFor(logging.DEBUG):
            self._logger.debug("%s", _line(verb, pairs))

    def info(self, verb: str, **pairs: Any) -> None:
        self._logger.info("%s", _line(verb, pairs))

    def warning(self, verb: str, **pairs: Any) -> None:
        self._logger.warning("%s", _line(verb, pairs))

    def error(self, verb: str, **pairs: Any) -> None:
        self._logger.error("%s", _line(verb, pairs))

    def exception(self, verb: str, **pairs: Any) -> None:
        """Like `error`, with the traceback of the exception being handled."""
        self._logger.error("%s", _line(verb, pairs), exc_info=sys.exc_info())


def _line(verb: str, pairs: dict[str, Any]) -> str:
    return " ".join([verb, *(f"{key}={_value(value)}" for key, value in pairs.items())])


def _value(value: Any) -> str:
    text = str(value)
    return repr(text) if not text or any(c in text for c in ' "=\n\r\t') or not text.isprintable() else text
