"""The line thread answers for a port that refuses an order which somebody waits for."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import cast

import pytest

from boardsupport.port import FxsPort, PairInUse, PortStateError
from firmware.voice.inbox import Inbox
from firmware.voice.line_events import LineEvent
from firmware.voice.line_thread import LineThread


class BusyPort:
    """Its line is in use."""

    def listen(self, listener: object) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def test_pair(self, ring: bool) -> None:
        raise PortStateError("fxs/1: the line is in use")


class Core(Inbox):
    """Runs what is posted when the test takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: queue.Queue[None] = queue.Queue()

    def post(self, call, *arguments):  # type: ignore[no-untyped-def]
        super().post(call, *arguments)
        self.posted.put(None)


@pytest.fixture
def core() -> Iterator[Core]:
    made = Core()
    yield made
    made.close()


def test_a_test_that_a_port_refuses_is_answered_at_once(core: Core) -> None:
    told: list[tuple[str, LineEvent]] = []
    ports = {"fxs/1": cast(FxsPort, BusyPort())}
    lines = LineThread(ports, {}, [], core, lambda port, event: told.append((port, event)), lambda why: None)
    lines.start()
    try:
        lines.test_pair("fxs/1", False)
        core.posted.get(timeout=5)
        core.run()
    finally:
        lines.stop()
    ((port, event),) = told
    assert port == "fxs/1" and isinstance(event, PairInUse)
