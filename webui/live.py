"""Server-sent events: one hub, bounded queues, rising ids, resumption (HTML standard, section 9.2)."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager

KEPT_EVENTS = 1000
QUEUED_EVENTS = 256
KEEP_ALIVE_S = 15.0
MOST_LISTENERS = 100
MOST_OF_ONE = 20
"""What one person or program may have of them; who begins another one ends his oldest, and keeps nobody else out."""


class Listener:
    """One browser's or program's bounded queue. A slow one loses events and is told so by `reset`."""

    def __init__(self, topics: Collection[str], whose: str = "") -> None:
        self.topics = topics
        self.whose = whose
        self._queue: deque[bytes] = deque()
        self._there = asyncio.Event()
        self._overrun = False
        self._ended = False

    def end(self) -> None:
        """There is nothing more to come."""
        self._ended = True
        self._there.set()

    def put(self, message: bytes) -> None:
        """Queue a message; when the queue is full all of it goes, and `reset` stands in its place."""
        if len(self._queue) >= QUEUED_EVENTS:
            self._queue.clear()
            self._overrun = True
        self._queue.append(message)
        self._there.set()

    async def messages(self) -> AsyncIterator[bytes]:
        """What to send, until it is ended; a comment when there was nothing for a while."""
        while not self._ended:
            try:
                await asyncio.wait_for(self._there.wait(), KEEP_ALIVE_S)
            except TimeoutError:
                yield b": nothing new\n\n"
                continue
            self._there.clear()
            if self._overrun:
                self._overrun = False
                yield RESET
            while self._queue:
                yield self._queue.popleft()


RESET = b"event: reset\ndata: {}\n\n"
"""Events are missing: what is shown must be fetched anew."""


class Hub:
    """Gives each published event to those who listen to its topic. Ids rise, also over a restart of the process."""

    def __init__(self, first_id: int | None = None) -> None:
        self._next = int(time.time() * 1000) if first_id is None else first_id
        self._kept: deque[tuple[int, str, bytes]] = deque(maxlen=KEPT_EVENTS)
        self._listeners: dict[Listener, None] = {}

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def publish(self, topic: str, data: bytes, name: str | None = None) -> int:
        """Send JSON `data` (one line) to the listeners of a topic, whose name the event has or another; its id."""
        number, self._next = self._next, self._next + 1
        message = b"id: %d\nevent: %s\ndata: %s\n\n" % (number, (name or topic).encode(), data)
        self._kept.append((number, topic, message))
        for listener in self._listeners:
            if topic in listener.topics:
                listener.put(message)
        return number

    @contextmanager
    def listen(self, last: int | None, topics: Collection[str], whose: str = "") -> Iterator[Listener]:
        """These topics from now on; with the id of the last event that was seen, what came after it, or `reset`."""
        listener = Listener(topics, whose)
        if last is not None:
            self._resume(listener, last)
        of_one = [other for other in self._listeners if other.whose == whose]
        for other in of_one[: 1 - MOST_OF_ONE]:
            other.end()
        self._listeners[listener] = None
        try:
            yield listener
        finally:
            del self._listeners[listener]

    def _resume(self, listener: Listener, last: int) -> None:
        oldest = self._kept[0][0] if self._kept else self._next
        missed = [message for number, topic, message in self._kept if number > last and topic in listener.topics]
        if last >= self._next or last < oldest - 1 or len(missed) > QUEUED_EVENTS:
            listener.put(RESET)
            return
        for message in missed:
            listener.put(message)
