"""Interrupt lines that several chips pull."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from boardsupport.bus import BusError, Edge
from boardsupport.interrupts import MOST_ROUNDS, InterruptLines

PIN, OTHER_PIN = 25, 26


class Pins:
    """Pins whose edges a test makes."""

    def __init__(self) -> None:
        self.watched: list[int] = []
        self.torn = False
        self._edges: list[Edge] = []
        self._fd = os.eventfd(0, os.EFD_NONBLOCK)

    def fall(self, pin: int, at_ns: int) -> None:
        self._edges += [Edge(pin, False, at_ns), Edge(pin, True, at_ns + 1)]
        os.eventfd_write(self._fd, 1)

    def watch(self, pin: int) -> None:
        self.watched.append(pin)

    def fileno(self) -> int:
        return self._fd

    def edges(self) -> list[Edge]:
        os.eventfd_read(self._fd)
        if self.torn:
            raise BusError("torn off")
        found, self._edges = self._edges, []
        return found

    def write(self, pin: int, level: bool) -> None: ...

    def read(self, pin: int) -> bool:
        return True

    def close(self) -> None:
        os.close(self._fd)


class Chips:
    """The chips of one kind: they signal in the rounds that `busy` says, one after another."""

    def __init__(self, *busy: bool) -> None:
        self.busy = list(busy)
        self.looked: list[tuple[int, int]] = []
        self.failures: list[str] = []

    def look(self, pin: int, at_ns: int) -> bool:
        self.looked.append((pin, at_ns))
        return self.busy.pop(0) if self.busy else False

    def bus_failed(self, text: str) -> None:
        self.failures.append(text)


@pytest.fixture
def pins() -> Iterator[Pins]:
    made = Pins()
    yield made
    made.close()


async def test_all_kinds_on_a_pin_are_looked_at_until_none_signals(pins: Pins) -> None:
    """The second kind's event comes while the first kind's is served, so the line does not rise and fall again."""
    lines = InterruptLines(pins, lambda: 900)
    first, second, elsewhere = Chips(True), Chips(False, True), Chips()
    lines.serve(PIN, first)
    lines.serve(PIN, first)
    lines.serve(PIN, second)
    lines.serve(OTHER_PIN, elsewhere)
    assert pins.watched == [PIN, OTHER_PIN]
    pins.fall(PIN, 500)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert first.looked == second.looked == [(PIN, 500), (PIN, 900), (PIN, 900)]
    assert elsewhere.looked == []
    for who in (first, second, elsewhere):
        lines.leave(who)


async def test_a_chip_that_never_stops_signalling_holds_nobody_up(pins: Pins) -> None:
    lines = InterruptLines(pins, lambda: 900)
    stuck = Chips(*[True] * 100)
    lines.serve(PIN, stuck)
    pins.fall(PIN, 500)
    lines.on_edges()
    assert len(stuck.looked) == MOST_ROUNDS
    lines.leave(stuck)


async def test_who_has_left_is_told_nothing_more_and_the_others_are(pins: Pins) -> None:
    lines = InterruptLines(pins, lambda: 900)
    gone, stays = Chips(), Chips()
    lines.serve(PIN, gone)
    lines.serve(PIN, stays)
    lines.leave(gone)
    pins.fall(PIN, 500)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (gone.looked, stays.looked) == ([], [(PIN, 500)])
    lines.leave(stays)


async def test_pins_that_fail_are_told_to_each_once(pins: Pins) -> None:
    lines = InterruptLines(pins, lambda: 900)
    chips = Chips()
    lines.serve(PIN, chips)
    lines.serve(OTHER_PIN, chips)
    pins.fall(PIN, 500)
    pins.torn = True
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert chips.failures == ["torn off"]
    lines.leave(chips)
