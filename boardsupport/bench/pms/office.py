"""Every PMS of the bench, by name and in the order of the configuration."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from boardsupport.bench.pms.fias import FiasPms
from boardsupport.bench.pms.mitel import MitelPms
from boardsupport.bench.pms.pms import Pms
from boardsupport.bench.pms.settings import PmsSettings, ProtocolName, Timer
from boardsupport.bench.pms.wires import Pty, TcpClient, TcpServer, Wire

log = logging.getLogger(__name__)

KINDS: Final[dict[ProtocolName, type[Pms]]] = {"fias": FiasPms, "mitel": MitelPms}
KEYS: Final = 10**9
"""Reservation numbers begin with the seconds of the clock: those of an earlier run of the bench do not come again."""


class Office:
    """All of them; they run in the event loop of the bench's API."""

    def __init__(self, settings: Sequence[PmsSettings]) -> None:
        self.all = {each.name: _make(each) for each in settings}

    async def start(self) -> None:
        """Let them listen and call. Raises OSError, with the address or path, if one can't."""
        for pms in self.all.values():
            await pms.wire.start()
            log.info("bench pms is there name=%s at=%s", pms.settings.name, pms.view_link()["address"])

    def stop(self) -> None:
        """Drop all connections; symbolic links to terminals go."""
        for pms in self.all.values():
            pms.wire.stop()

    def find(self, name: str | None) -> Pms | None:
        """By name, or by number from 0; None is the first."""
        if name in self.all:
            return self.all[name]
        place = 0 if name is None else int(name) if name.isascii() and name.isdigit() else len(self.all)
        return list(self.all.values())[place] if place < len(self.all) else None

    def views(self) -> dict[str, Any]:
        """All of them, with the last few records and postings alone."""
        return {name: pms.view(short=True) for name, pms in self.all.items()}


def _make(settings: PmsSettings) -> Pms:
    first_key = int(time.time()) % KEYS
    return KINDS[settings.protocol](settings, _wire(settings), _later, _clock(settings.zone), first_key)


def _wire(settings: PmsSettings) -> Wire:
    if settings.listen is not None:
        return TcpServer(settings.listen, replaces=settings.protocol == "fias")
    if settings.connect is not None:
        return TcpClient(settings.connect, replaces=False)
    if settings.pty is not None:
        return Pty(settings.pty, settings.seven_bit)
    raise ValueError(f"{settings.name}: neither an address nor a terminal")


def _later(seconds: float, function: Callable[[], None]) -> Timer:
    return asyncio.get_running_loop().call_later(seconds, function)


def _clock(zone: str) -> Callable[[], datetime]:
    """The hotel's time."""
    place = ZoneInfo(zone)
    return lambda: datetime.now(place)
