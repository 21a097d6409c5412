"""What we tell the PMS: news as texts of 10 characters, more or less with the width of the extension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from firmware.hotel.model import Housekeeping
from firmware.pms.mitel.messages import next_time
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import (
    DndNews,
    LampNews,
    News,
    ResyncWanted,
    StatusNews,
    VoiceMailNews,
    WakeupClearedNews,
    WakeupNews,
)

STATUS: Mapping[Housekeeping, str] = {
    "service": "1",
    "clean": "2",
    "inspected": "2",
    "dirty": "3",
    "make-up": "3",
    "out-of-order": "4",
}
"""STS codes; 5 means that a room is still to be inspected, which no status of ours says."""
BY_OCCUPANCY: Mapping[str, tuple[str, str]] = {"2": ("8", "6"), "3": ("9", "7")}
"""Clean and dirty of a vacant and of an occupied room."""


def write(news: News, settings: MitelSettings, local: datetime) -> bytes | None:
    """What goes between STX and ETX; None: this protocol has no such thing, or no place for such a room."""
    writer = _WRITERS.get(type(news))
    head = writer(news, settings, local) if writer is not None else None
    room = _room("" if isinstance(news, ResyncWanted) else news.room, settings)
    return None if head is None or room is None else (head + room).encode("ascii")


def _room(room: str, settings: MitelSettings) -> str | None:
    """The extension's field; a room that does not fit is never cut, for it would be another one."""
    if len(room) > settings.extension_width or not room.isascii() or not room.isprintable() or " " in room:
        return None
    return room.rjust(settings.extension_width) if settings.pad == "left" else room.ljust(settings.extension_width)


def _status(news: StatusNews, settings: MitelSettings, local: datetime) -> str:
    code = STATUS[news.status]
    if settings.occupancy_status and code in BY_OCCUPANCY:
        code = BY_OCCUPANCY[code][news.occupied]
    return f"STS{code} "


def _wakeup(news: WakeupNews, settings: MitelSettings, local: datetime) -> str | None:
    """There is no date in it: an order for another day, or one that is over, cannot be told."""
    at = news.at
    if at.replace(second=0, microsecond=0) != next_time(local, at.hour, at.minute):
        return None
    return f"WKP{at:%H%M}"


_WRITERS: Mapping[type, Callable[[Any, MitelSettings, datetime], str | None]] = {
    StatusNews: _status,
    LampNews: lambda news, settings, local: f"MW {news.lit:d} ",
    VoiceMailNews: lambda news, settings, local: f"MW {news.unheard > 0:d} ",
    DndNews: lambda news, settings, local: f"DND{news.on:d} ",
    WakeupNews: _wakeup,
    WakeupClearedNews: lambda news, settings, local: "WKP    ",
    ResyncWanted: lambda news, settings, local: "RQINZ",
}
