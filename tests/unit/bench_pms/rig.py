"""A PMS on a wire of the test's, with a clock that the test moves on: no sockets, no waiting."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from boardsupport.bench.pms.fias import FiasPms
from boardsupport.bench.pms.mitel import MitelPms
from boardsupport.bench.pms.pms import Pms
from boardsupport.bench.pms.settings import PmsSettings
from boardsupport.bench.pms.wires import Wire


class Call:
    def __init__(self, function: Callable[[], None]) -> None:
        self.function: Callable[[], None] | None = function

    def cancel(self) -> None:
        self.function = None


class Clock:
    """Seconds since 2026-03-11 07:45:00, and what is to be called when."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._calls: list[tuple[float, int, Call]] = []
        self._order = count()

    def later(self, seconds: float, function: Callable[[], None]) -> Call:
        call = Call(function)
        heapq.heappush(self._calls, (self.seconds + seconds, next(self._order), call))
        return call

    def now(self) -> datetime:
        return datetime(2026, 3, 11, 7, 45, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def pass_(self, seconds: float) -> None:
        end = self.seconds + seconds
        while self._calls and self._calls[0][0] <= end:
            self.seconds, _, call = heapq.heappop(self._calls)
            if call.function is not None:
                call.function()
        self.seconds = end


class Line(Wire):
    """What the PMS has sent, and a way to be its other end."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.there = False

    @property
    def connected(self) -> bool:
        return self.there

    async def start(self) -> None:
        self.plug_in()

    def stop(self) -> None:
        if self.there:
            self.there = False
            self.end.closed()

    def cut(self) -> None:
        self.stop()

    def write(self, data: bytes) -> None:
        self.sent += data

    def plug_in(self) -> None:
        self.stop()
        self.there = True
        self.end.opened()

    def take(self) -> bytes:
        """What has been sent since this was last asked."""
        sent = bytes(self.sent)
        self.sent.clear()
        return sent


class Rig:
    """`pms` at one end, the test at the other."""

    def __init__(self, **settings: Any) -> None:
        self.clock, self.line = Clock(), Line()
        made = PmsSettings(name="front-office", **settings)
        kind: type[Pms] = FiasPms if made.protocol == "fias" else MitelPms
        self.pms: Any = kind(made, self.line, self.clock.later, self.clock.now, 88001)

    def violations(self) -> list[str]:
        return [each["fault"] for each in self.pms.view()["violations"]]
