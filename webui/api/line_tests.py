"""Line tests: what a technician measures of a line, what the nights have found, bell and tone on a pair."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, Protocol, TypeAlias

from webui.route import PART, READERS, TECHNICAL, Ask, Many, Route, part_of
from webui.services import Identity
from webui.types import Answer, Request, Stamp

Verdict: TypeAlias = Literal["good", "worse", "bad", "busy", "untestable"]


class Measurement(Answer, frozen=True, kw_only=True):
    """One value. `low`, `high`: the limits, null where there is none. worse: than this line's usual."""

    name: str
    value: float
    unit: str
    low: float | None
    high: float | None
    verdict: Literal["good", "worse", "bad"]


class LineTest(Answer, frozen=True, kw_only=True):
    """A test of one line. busy: it was in use, or was wanted meanwhile; untestable: its port does not answer.

    `outcome`: done, or why not all was measured: foreign-voltage, off-hook, dead (no feed from the company),
    no-dial-tone, in-use, aborted (the line was wanted), out-of-service, absent; null: of an older version.
    """

    port: str
    tested: Stamp
    verdict: Verdict
    measurements: list[Measurement]
    text: str
    outcome: str | None


class LineTestReport(Answer, frozen=True, kw_only=True):
    """The latest test of each line (`items`), and how many lines are so; `untested`: lines that were never tested.

    `nightly`: the hotel's wall time of the tests at night, null where there are none; `running`: they are on now.
    """

    items: list[LineTest]
    next: str | None
    good: int
    worse: int
    bad: int
    untestable: int
    untested: list[str]
    nightly: str | None
    running: bool


class AskedTest(Request, frozen=True, kw_only=True):
    """`ring`: put ringing voltage on the pair too; its bell rings, and nobody should hold the wires."""

    ring: bool = False


class TraceLine(Answer, frozen=True, kw_only=True):
    """Something that happened at a port."""

    at: Stamp
    text: str


class LineTests(Protocol):
    """Raises RefusedError (unknown-line, busy, not-a-telephone, ...), UnavailableError and StorageError."""

    async def test(self, port: str, ring: bool, who: Identity) -> LineTest:
        """Takes some seconds."""
        ...

    async def report(self) -> LineTestReport: ...

    async def history(self, port: str) -> list[LineTest]:
        """Latest first."""
        ...

    async def ring(self, port: str, seconds: int, who: Identity) -> None:
        """Ring an idle telephone (1 to 30 s); it goes on by itself, and ends at once when it is lifted."""
        ...

    async def tone(self, port: str, name: str, seconds: int, who: Identity) -> None:
        """Put a tone of the country on an idle telephone's pair (1 to 300 s); as `ring`."""
        ...

    def trace(self, port: str) -> AsyncGenerator[TraceLine, None]:
        """What happens at a port from now on, until it is closed."""
        ...


def _port(ask: Ask) -> str:
    return f"{ask.path['kind']}/{ask.path['number']}"


async def test_line(ask: Ask) -> LineTest:
    return await ask.services.line_tests.test(_port(ask), ask.body.ring, ask.who)


async def report(ask: Ask) -> LineTestReport:
    return await ask.services.line_tests.report()


async def history(ask: Ask) -> Many:
    return part_of(await ask.services.line_tests.history(_port(ask)), ask.query.part())


ROUTES: tuple[Route, ...] = (
    Route(
        "POST", "/lines/{kind}/{number}/test", test_line, "Measure a line that is not in use: takes some seconds",
        TECHNICAL, LineTest, body=AskedTest, refusals=(404,),
    ),
    Route(
        "GET", "/lines/{kind}/{number}/tests", history, "The tests of a line, latest first", READERS, LineTest, True,
        query=PART, refusals=(404,),
    ),
    Route("GET", "/line-tests", report, "The latest test of each line, and a summary", READERS, LineTestReport),
)  # fmt: skip
