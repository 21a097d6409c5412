"""How one PMS of the bench is set up, and the clock that its parts take their timers from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

ProtocolName: TypeAlias = Literal["fias", "mitel"]
Dialect: TypeAlias = Literal["sx200", "sx2000", "room-first"]
Side: TypeAlias = Literal["left", "right"]


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> None: ...


Schedule: TypeAlias = Callable[[float, Callable[[], None]], Timer]
"""Calls a function after so many seconds, as an event loop's `call_later` does."""


@dataclass(frozen=True)
class PmsSettings:
    """One PMS: where it is reached (`listen` or `connect`, HOST:PORT, or `pty`, a path that becomes a symbolic link to
    the terminal), and what the site has agreed on. `pad`: on which side a Mitel extension is filled up.
    """

    name: str
    protocol: ProtocolName
    listen: str | None = None
    connect: str | None = None
    pty: Path | None = None
    encoding: str = "utf-8"
    seven_bit: bool = False
    """The serial line carries 7 data bits: the eighth is lost both ways, names lose their accents."""
    lrc: bool = True
    """FIAS on a serial line: whether frames end with the check byte."""
    zone: str = "UTC"
    """The hotel's time zone, for the dates and times in records."""
    dialect: Dialect = "sx2000"
    extension_width: int = 5
    pad: Side = "left"
