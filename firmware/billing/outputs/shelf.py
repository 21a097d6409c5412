"""One output's own part of the store: the lines that wait for it."""

from __future__ import annotations

from firmware.store.record_outputs import Backlog, FilePlace, OutputLine
from firmware.supervisor.store_thread import StoreThread


class Shelf:
    """Each method raises StorageError, as the store's thread does."""

    def __init__(self, store: StoreThread, output: str) -> None:
        self._store = store
        self._output = output

    async def first(self, limit: int) -> list[OutputLine]:
        """The oldest lines, in their order."""
        return await self._store.do(lambda kept: kept.record_outputs.first(self._output, limit))

    async def take(self, last: int, place: FilePlace | None = None) -> None:
        """The lines up to this id are on the other side: remove them, on disk when this returns."""
        await self._store.do(lambda kept: kept.record_outputs.take(self._output, last, place))

    async def place(self) -> FilePlace | None:
        """How long the file was when the last lines in it were removed from here."""
        return await self._store.do(lambda kept: kept.record_outputs.place_of(self._output))

    async def waits(self, leg: str) -> bool:
        return await self._store.do(lambda kept: kept.record_outputs.waits(self._output, leg))

    async def backlog(self) -> Backlog:
        return await self._store.do(lambda kept: kept.record_outputs.backlog(self._output))
