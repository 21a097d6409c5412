"""How an action is carried out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from firmware.exchange.dialogue import Answered
from firmware.services.caller import Caller

Handler: TypeAlias = Callable[[Caller, Mapping[str, str]], Awaitable[Answered]]
"""Takes who is at the telephone and the action's arguments; raises RefusedError and UnavailableError."""
