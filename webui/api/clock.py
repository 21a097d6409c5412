"""The wall clock: a person says that it is right, where nothing else does."""

from __future__ import annotations

from typing import Protocol

from webui.route import TECHNICAL, Ask, Route
from webui.services import Identity
from webui.types import Answer, Stamp


class Vouched(Answer, frozen=True, kw_only=True):
    """`now`: what the clock shows; `until`: how long the word counts, but not beyond a restart of the box."""

    now: Stamp
    until: Stamp


class WallClock(Protocol):
    """Raises StorageError."""

    async def vouch(self, who: Identity) -> Vouched: ...


async def vouch_for_clock(ask: Ask) -> Vouched:
    return await ask.services.wall_clock.vouch(ask.who)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST", "/clock/vouch", vouch_for_clock, "A technician has compared the clock with a watch: it is right",
        TECHNICAL, Vouched,
    ),
)  # fmt: skip
