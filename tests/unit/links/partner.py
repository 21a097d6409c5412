"""Who speaks on a link under test, and the waits that a test hands out itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from firmware.clock import VirtualClock
from firmware.links import Link, Terms

LIMIT_S = 20.0


class User:
    """Keeps what it was told: "opened", the bytes, "lost: why"."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.data = bytearray()
        self.largest = 0
        self.on_opened: Callable[[], object] = lambda: None
        self.on_received: Callable[[], object] = lambda: None

    def opened(self) -> None:
        self.told.append("opened")
        self.on_opened()

    def received(self, data: bytes) -> None:
        assert self.told[-1] == "opened"
        self.data += data
        self.largest = max(self.largest, len(data))
        self.on_received()

    def lost(self, why: str) -> None:
        assert self.told[-1] == "opened"
        self.told.append(f"lost: {why}")


class Waits:
    """A link's sleep between tries: each lasts until the test lets it end."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.terms = Terms(clock=self.clock, sleep=self._sleep)
        self._asked: asyncio.Queue[tuple[float, asyncio.Event]] = asyncio.Queue()

    async def begun(self) -> float:
        """The seconds of the wait that comes next; it lasts until `end`."""
        async with asyncio.timeout(LIMIT_S):
            self._seconds, self._ended = await self._asked.get()
        return self._seconds

    def end(self) -> None:
        """Its time passes now."""
        self.clock.advance(self._seconds)
        self._ended.set()

    async def over(self) -> float:
        """The next wait, ended at once; its seconds."""
        seconds = await self.begun()
        self.end()
        return seconds

    async def _sleep(self, seconds: float) -> None:
        ended = asyncio.Event()
        self._asked.put_nowait((seconds, ended))
        await ended.wait()


async def until(condition: Callable[[], object]) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - what is awaited is no event
            await asyncio.sleep(0.002)


@asynccontextmanager
async def running(link: Link) -> AsyncIterator[None]:
    task = asyncio.create_task(link.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
