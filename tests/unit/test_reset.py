"""A reset line that several chips share."""

from __future__ import annotations

import asyncio

from boardsupport.reset import LOW_S, SETTLE_S, ResetLine

PIN = 24


class Pins:
    """What is written to the one pin."""

    def __init__(self) -> None:
        self.levels: list[bool] = []

    def write(self, pin: int, level: bool) -> None:
        assert pin == PIN
        self.levels.append(level)


class Time:
    """Sleeps that end at once, and are noted."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.sleep(0)


async def test_chips_that_start_together_share_one_pulse() -> None:
    pins, time = Pins(), Time()
    line = ResetLine(pins, PIN, time.sleep)  # type: ignore[arg-type]
    assert await asyncio.gather(*(line.reset(f"fxs/{n}") for n in range(8))) == [True] * 8
    assert pins.levels == [False, True]
    assert [seconds for seconds in time.slept if seconds] == [LOW_S, SETTLE_S]


async def test_a_chip_in_use_is_not_reset_for_another_one() -> None:
    pins = Pins()
    line = ResetLine(pins, PIN, Time().sleep)  # type: ignore[arg-type]
    line.hold("fxs/1")
    assert not await line.reset("fxs/2")
    assert pins.levels == [True]


async def test_nor_is_one_that_is_found_in_use_at_the_same_moment() -> None:
    pins = Pins()
    line = ResetLine(pins, PIN, Time().sleep)  # type: ignore[arg-type]

    async def warm() -> None:
        line.hold("fxs/1")

    done, _ = await asyncio.gather(line.reset("fxs/2"), warm())
    assert not done
    assert False not in pins.levels


async def test_the_only_user_may_reset_itself_again() -> None:
    pins = Pins()
    line = ResetLine(pins, PIN, Time().sleep)  # type: ignore[arg-type]
    assert await line.reset("fxs/1")
    assert await line.reset("fxs/1")
    assert pins.levels == [False, True] * 2
