"""The technician's word for the clock, kept as a setting: see `clock_keeper.Vouching`."""

from __future__ import annotations

from datetime import datetime

import msgspec

from firmware.supervisor.store_thread import StoreThread

CLOCK_VOUCHED = "clock-vouched"


class _Word(msgspec.Struct, frozen=True):
    until: datetime
    boot: str


class ClockVouching:
    """In the store's settings; a word that this release does not understand is none."""

    def __init__(self, store: StoreThread) -> None:
        self._store = store

    async def load(self) -> tuple[datetime, str] | None:
        """Raises StorageError."""
        kept = await self._store.do(lambda kept: kept.settings.get(CLOCK_VOUCHED))
        try:
            word = msgspec.convert(kept, _Word)
        except msgspec.ValidationError:
            return None
        return word.until, word.boot

    async def keep(self, until: datetime, boot: str) -> None:
        """Raises StorageError."""
        word = msgspec.to_builtins(_Word(until, boot))
        await self._store.do(lambda kept: kept.settings.put(CLOCK_VOUCHED, word))
