"""The next hours' wake-ups lie with the gateway, on its disk, for when we are not there."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from firmware.clock import Clock
from firmware.hotel.house import House
from firmware.wakeup.calls import WakeupCalls
from firmware.wakeup.partners import Agent
from firmware.wakeup.planner import Planner

FOR_EACH_S = 0.002
"""Between two lodgings, for each wake-up: where much is changed at once, that is lodged together."""
HORIZON_EVERY_S = 60.0
"""More comes into the next hours as time goes by."""
SOON = timedelta(seconds=0.3)
"""No bell is to wait for the lodging of many."""
LEAST_S = 0.05


class Lodging:
    """To be looked at often: it does nothing where nothing has changed."""

    def __init__(self, agent: Agent, calls: WakeupCalls, planner: Planner, clock: Clock) -> None:
        self._agent = agent
        self._calls = calls
        self._planner = planner
        self._clock = clock
        self._revision = ""
        self._at = -math.inf
        self._stale = True
        self._pause_s = 0.0

    @property
    def wait_s(self) -> float:
        """Until when it need not be looked at, in seconds from now."""
        return max(LEAST_S, self._at + (self._pause_s if self._stale else HORIZON_EVERY_S) - self._clock.monotonic())

    def changed(self) -> None:
        """What is to ring, or what guests would hear, is something else now."""
        self._stale = True

    def forget(self) -> None:
        """Who knows what the gateway has."""
        self._revision, self._at, self._stale = "", -math.inf, True

    async def look(self, house: House, next_bell: datetime | None) -> None:
        """Lodge what is not there."""
        now, utc = self._clock.monotonic(), self._clock.utc()
        if now - self._at < (self._pause_s if self._stale else HORIZON_EVERY_S):
            return
        if next_bell is not None and timedelta(0) < next_bell - utc < SOON:
            return
        self._at, self._stale = now, False
        revision, wakeups = self._calls.lodged(house, self._planner, utc)
        self._pause_s = FOR_EACH_S * len(wakeups)
        if revision != self._revision:
            self._revision = revision
            await self._agent.change(lambda agent, now: agent.lodge_wakeups(revision, wakeups, now))
