"""Clocks: durations and deadlines are monotonic, instants are UTC. Pure code takes the time as an argument."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a service gets its time."""

    def monotonic(self) -> float:
        """Seconds on CLOCK_MONOTONIC; the same scale in every process of this box."""
        ...

    def utc(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...


class SystemClock:
    """The kernel's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def utc(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock for tests: stands still until told. A step moves the wall clock alone."""

    def __init__(self, utc: datetime = datetime(2026, 11, 22, 2, 0, tzinfo=UTC), monotonic: float = 1000.0) -> None:
        self._utc = utc
        self._monotonic = monotonic

    def monotonic(self) -> float:
        return self._monotonic

    def utc(self) -> datetime:
        return self._utc

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both clocks."""
        self._monotonic += seconds
        self._utc += timedelta(seconds=seconds)

    def step(self, seconds: float) -> None:
        """Set the wall clock forward or back; no time passes."""
        self._utc += timedelta(seconds=seconds)


def utc_of(at_monotonic_ns: int, clock: Clock) -> datetime:
    """The UTC instant of a monotonic time stamp in nanoseconds, by the present relation of the two clocks."""
    return clock.utc() - timedelta(seconds=clock.monotonic() - at_monotonic_ns / 1e9)
