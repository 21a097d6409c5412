"""The desk's line tests: one at a time, each judged, kept, and told where the line has got worse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import get_args
from zoneinfo import ZoneInfo

import msgspec

from firmware.clock import Clock, utc_of
from firmware.config import Config
from firmware.errors import Limit, RefusedError, UnavailableError
from firmware.gateway.messages import (
    Command,
    Error,
    Event,
    LineTested,
    StopTest,
    TestLine,
    Tone,
    TryBell,
    TryTone,
)
from firmware.store.line_tests import StoredLineTest, Verdict
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.gateway_alarms import LINE_WORSE
from firmware.supervisor.gateway_tap import GatewayTap
from firmware.supervisor.line_tests import judge
from firmware.supervisor.store_thread import StoreThread
from webui.api import line_tests as api
from webui.services import Identity
from webui.types import stamp

DEADLINE_S = 40.0
"""Longer than any test of the gateway's takes."""
MOST_RING_S, MOST_TONE_S = 30, 300
MOST_TRACED = 1000
"""What is not read yet; more is lost."""
_UNTRACED = {"at_ns", "endpoint", "type", "tag"}
"""Told otherwise, or, as an agent's tags are, for no reader."""


class LineTestDesk:
    """See `webui.api.line_tests.LineTests`. `nightly`: the wall time of the tests at night, None: there are none."""

    def __init__(
        self,
        config: Config,
        tap: GatewayTap,
        store: StoreThread,
        alarms: AlarmBoard,
        trail: AuditTrail,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self.ports = (*config.board.ports("fxs"), *config.board.ports("fxo"))
        self.nightly = config.line_tests.at if config.line_tests.nightly else None
        self._tap = tap
        self._store = store
        self._alarms = alarms
        self._trail = trail
        self._clock = clock
        self._zone = zone
        self._turn = asyncio.Lock()
        self._asked: set[str] = set()
        """The lines that are being tested, or have their turn soon."""
        self.running = False
        """The tests of the night are on."""
        self.on_changed: Callable[[api.LineTest], None] = lambda test: None

    async def test(self, port: str, ring: bool, who: Identity) -> api.LineTest:
        self._check(port)
        if ring and not port.startswith("fxs/"):
            raise RefusedError("not-a-telephone", f"{port} has no bell: it is a company line", "ring")
        found = await self.measure(port, ring)
        detail = {"ring": ring, "verdict": found.verdict}
        await self._trail.note(who, "line-tested", port, detail)
        return self._view(found)

    async def measure(self, port: str, ring: bool = False) -> StoredLineTest:
        """Test a line; what was found is kept, but for one that was in use. Raises UnavailableError, StorageError."""
        if port in self._asked:
            return judge(_in_use(port, "it is being tested"), self._clock.utc(), ())
        self._asked.add(port)
        try:
            return await self._measured(port, ring)
        finally:
            self._asked.discard(port)

    async def _measured(self, port: str, ring: bool) -> StoredLineTest:
        async with self._turn:
            tested = await self._ordered(TestLine(endpoint=port, ring=ring))
            before = await self._store.do(lambda kept: kept.line_tests.of(port))
            found = judge(tested, self._clock.utc(), before)
            if found.verdict != "busy":
                await self._store.do(lambda kept: kept.line_tests.add(found))
        if found.verdict in ("bad", "worse"):
            await self._alarms.raise_alarm(LINE_WORSE, port, found.text)
        elif found.verdict == "good":
            await self._alarms.clear(LINE_WORSE, port)
        if found.verdict != "busy":
            self.on_changed(self._view(found))
        return found

    async def report(self) -> api.LineTestReport:
        latest = await self._store.do(lambda kept: kept.line_tests.latest())
        known = {test.port: test for test in latest if test.port in self.ports}
        items = [self._view(known[port]) for port in self.ports if port in known]

        def count(verdict: Verdict) -> int:
            return sum(test.verdict == verdict for test in known.values())

        return api.LineTestReport(
            items=items, next=None, good=count("good"), worse=count("worse"), bad=count("bad"),
            untestable=count("untestable"), untested=[port for port in self.ports if port not in known],
            nightly=self.nightly, running=self.running,
        )  # fmt: skip

    async def history(self, port: str) -> list[api.LineTest]:
        self._check(port)
        return [self._view(test) for test in await self._store.do(lambda kept: kept.line_tests.of(port))]

    async def ring(self, port: str, seconds: int, who: Identity) -> None:
        self._check_trial(port, seconds, MOST_RING_S)
        await self._try(TryBell(endpoint=port, ms=seconds * 1000))
        await self._trail.note(who, "line-rung", port, {"seconds": seconds})

    async def tone(self, port: str, name: str, seconds: int, who: Identity) -> None:
        self._check_trial(port, seconds, MOST_TONE_S)
        tone: Tone | None = next((tone for tone in get_args(Tone) if tone == name), None)
        if tone is None:
            raise RefusedError("unknown-tone", f"there is no tone {name}", "name")
        await self._try(TryTone(endpoint=port, tone=tone, ms=seconds * 1000))
        await self._trail.note(who, "line-tone", port, {"tone": name, "seconds": seconds})

    async def trace(self, port: str) -> AsyncGenerator[api.TraceLine, None]:
        self._check(port)
        lines: asyncio.Queue[api.TraceLine] = asyncio.Queue(MOST_TRACED)

        def note(message: Command | Event) -> None:
            if getattr(message, "endpoint", None) == port and not lines.full():
                lines.put_nowait(self._traced(message))

        unwatch = self._tap.watch(note)
        try:
            while True:
                yield await lines.get()
        finally:
            unwatch()

    # ---- the gateway

    async def _ordered(self, command: TestLine) -> LineTested:
        """What the gateway has found; a refusal is a finding as well."""
        told: asyncio.Future[LineTested] = asyncio.get_running_loop().create_future()

        def note(message: Command | Event) -> None:
            if isinstance(message, LineTested) and message.endpoint == command.endpoint and not told.done():
                told.set_result(message)

        unwatch = self._tap.watch(note)
        try:
            reply = await self._tap.order(command)
            if isinstance(reply, Error):
                return _in_use(command.endpoint)
            async with asyncio.timeout(DEADLINE_S):
                return await told
        except TimeoutError:
            raise UnavailableError(f"the gateway has not told what it found at {command.endpoint}") from None
        except asyncio.CancelledError:
            with suppress(UnavailableError):
                await self._tap.order(StopTest(endpoint=command.endpoint))
            raise
        finally:
            unwatch()

    async def _try(self, command: TryBell | TryTone) -> None:
        reply = await self._tap.order(command)
        if isinstance(reply, Error):
            raise RefusedError("busy", reply.text)

    # ---- checks and views

    def _check(self, port: str) -> None:
        if port not in self.ports:
            raise RefusedError("unknown-line", f"there is no line {port}", "number")

    def _check_trial(self, port: str, seconds: int, most: int) -> None:
        self._check(port)
        if not port.startswith("fxs/"):
            raise RefusedError("not-a-telephone", f"{port} is a company line")
        if not 1 <= seconds <= most:
            raise RefusedError("seconds", f"it lasts 1 to {most} s", "seconds", limit=Limit("whole-number", 1, most))

    def _view(self, test: StoredLineTest) -> api.LineTest:
        found = [api.Measurement(**msgspec.structs.asdict(one)) for one in test.measurements]
        return api.LineTest(
            port=test.port, tested=stamp(test.tested, self._zone), verdict=test.verdict, measurements=found,
            text=test.text, outcome=test.outcome,
        )  # fmt: skip

    def _traced(self, message: Command | Event) -> api.TraceLine:
        """`>` goes to the gateway, `<` comes from it."""
        at_ns = getattr(message, "at_ns", None)
        at = self._clock.utc() if at_ns is None else utc_of(at_ns, self._clock)
        plain = msgspec.to_builtins(message, builtin_types=(bytes,))
        fields = " ".join(f"{key}={_short(value)}" for key, value in plain.items() if key not in _UNTRACED)
        text = f"{'>' if at_ns is None else '<'} {plain['type']} {fields}"
        return api.TraceLine(at=stamp(at, self._zone), text=text.rstrip())


def _in_use(port: str, text: str = "") -> LineTested:
    return LineTested(endpoint=port, outcome="in-use", readings=(), at_ns=0, text=text)


def _tagless(value: object) -> object:
    """A connection that an order makes has a tag as well."""
    if isinstance(value, dict):
        return {key: _tagless(each) for key, each in value.items() if key != "tag"}
    return value


def _short(value: object) -> str:
    text = str(_tagless(value))
    return text if len(text) <= 60 else text[:57] + "..."
