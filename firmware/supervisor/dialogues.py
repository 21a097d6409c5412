"""What a menu wants done, and what it is told has become of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from firmware.errors import NightPorterError
from firmware.exchange.decisions import DialogueActs
from firmware.exchange.dialogue import Answered
from firmware.log import Log

UNAVAILABLE = "unavailable"
"""What a menu is told where nobody could do what it wants."""
Perform: TypeAlias = Callable[[DialogueActs], Coroutine[Any, Any, Answered]]

log = Log("agent")


async def nobody_acts(asked: DialogueActs) -> Answered:
    return Answered(UNAVAILABLE)


async def answer_to(asked: DialogueActs, perform: Perform) -> Answered:
    """Whoever waits at the telephone is told in any case."""
    try:
        return await perform(asked)
    except NightPorterError as error:
        log.warning("not-done", action=asked.action, error=error)
        return Answered(UNAVAILABLE)
