"""A command's way to the person who has entered it: see `contract.Talk`."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from firmware.console.contract import LeftError
from firmware.console.keys import columns
from firmware.console.screen import WIDTH, Screen
from firmware.console.session_table import Event

PAGE_ROWS = 22
"""Of 24: the question whether to go on has one, and the last line that was read stays."""
QUESTION_COLUMNS = 60
YES = ("y", "yes")


class Conversation:
    """Of one command. `tell` gives the session an event; what the session's machine finds comes by `settle`."""

    def __init__(self, screen: Screen, tell: Callable[..., bool]) -> None:
        self._screen = screen
        self._tell = tell
        self._waits: asyncio.Future[Any] | None = None
        self._rows = 0
        self._skips = False
        self.leaves = False
        """The person is to be logged out when the command is over."""

    async def show(self, text: str) -> None:
        for line in text.splitlines():
            rows = max(1, -(-columns(line) // WIDTH))
            if self._rows + rows > PAGE_ROWS and not self._skips:
                await self._await(Event.PAGE)
                self._rows = 0
            if self._skips:
                return
            await self._screen.drained()
            self._rows += rows
            self._screen.say(line or " ")

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """What does not fit before the answer is said on lines of its own."""
        self._rows = 0
        *before, prompt = textwrap.wrap(question, QUESTION_COLUMNS)
        self._screen.say("\n".join(before))
        return str(await self._await(Event.ASK, f"{prompt} ", secret))

    async def confirm(self, question: str) -> bool:
        return (await self.ask(f"{question} (y/N)")).strip().lower() in YES

    async def watch(self, work: Callable[[Callable[[str], None]], Awaitable[None]]) -> None:
        self._screen.say("(any key ends it)")
        key = asyncio.ensure_future(self._await(Event.WATCH))
        watching = asyncio.ensure_future(work(self._screen.follow))
        try:
            await asyncio.wait([key, watching], return_when=asyncio.FIRST_COMPLETED)
        finally:
            key.cancel()
            watching.cancel()
        self._tell(Event.STROKE, " ")  # it may have ended by itself
        with suppress(asyncio.CancelledError):
            await watching

    def log_out(self) -> None:
        self.leaves = True

    def skip(self) -> None:
        """Nothing more of this is wanted."""
        self._skips = True

    def settle(self, answer: object) -> None:
        """What the command waits for; an error is raised there."""
        waits, self._waits = self._waits, None
        if waits is None or waits.done():
            return
        if isinstance(answer, LeftError):
            waits.set_exception(answer)
        else:
            waits.set_result(answer)

    async def _await(self, event: Event, *said: object) -> object:
        waits = self._waits = asyncio.get_running_loop().create_future()
        self._tell(event, *said)
        return await waits
