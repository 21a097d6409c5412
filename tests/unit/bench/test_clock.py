"""The highway's clock: what it counts, and when it blames whom."""

from __future__ import annotations

import datetime
from collections import deque

import numpy as np

from boardsupport import dsp
from boardsupport.bench.clock import HighwayClock
from tests.unit.bench.rig import Rig


class FakeWire:
    def __init__(self) -> None:
        self.queue: deque[tuple[int, bytes]] = deque()
        self.is_fed = False
        self.sent: list[tuple[int, int | None, bytes]] = []

    def take_block(self) -> tuple[int, bytes] | None:
        return self.queue.popleft() if self.queue else None

    def send_block(self, index: int, played: int | None, capture: bytes) -> None:
        self.sent.append((index, played, capture))


def test_blocks_carry_their_index_and_what_was_played() -> None:
    wire = FakeWire()
    clock = HighwayClock(Rig(1).world, wire)  # type: ignore[arg-type]
    wire.queue.append((5, b"\xd5" * 5120))
    clock.step()
    clock.step()
    assert [(index, played, len(capture)) for index, played, capture in wire.sent] == [(0, 5, 5120), (1, None, 5120)]


def test_an_underrun_is_the_fault_of_a_client_that_writes_and_only_when_the_bench_was_on_time() -> None:
    wire = FakeWire()
    clock = HighwayClock(Rig(1).world, wire)  # type: ignore[arg-type]
    clock.step()
    assert clock.underruns == 0, "nobody is there"
    wire.is_fed = True
    clock.step(on_time=False)
    assert clock.underruns == 0, "the bench itself was late"
    clock.step()
    assert clock.view() == {"blocks": 3, "underruns": 1, "own_late": 0}


def test_the_running_clock_keeps_10_ms_by_the_monotonic_clock() -> None:
    import time

    rig = Rig(1)
    clock = HighwayClock(rig.world, FakeWire())  # type: ignore[arg-type]
    began = time.monotonic()
    clock.start()
    while clock.blocks < 30:
        time.sleep(0.005)
        assert time.monotonic() - began < 10
    clock.stop()
    assert time.monotonic() - began >= 0.3


def test_a_callers_number_is_read_from_on_hook_transmission_and_from_nothing_else() -> None:
    when = datetime.datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001
    burst = np.frombuffer(dsp.caller_id_fsk("101", "Reception", when, "etsi", "alaw"), np.uint8)
    burst = np.concatenate([burst, np.full(80 - len(burst) % 80, 0xD5, np.uint8)]).reshape(-1, 80)
    for linefeed, understood in ((1, False), (2, True)):
        rig = Rig(1)
        rig.bring_up(1).write(64, linefeed)
        for piece in burst:
            frames = rig.idle.copy()
            frames[:, 0] = piece
            rig.world.tick(frames)
        rig.run(500)
        caller = rig.view(1)["caller_id"]
        assert (caller is not None) is understood
        if isinstance(caller, dict):
            assert (caller["number"], caller["name"]) == ("101", "Reception")


def test_a_callers_number_is_kept_until_the_next_ring_begins() -> None:
    when = datetime.datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001
    burst = np.frombuffer(dsp.caller_id_fsk("101", None, when, "etsi", "alaw"), np.uint8)
    burst = np.concatenate([burst, np.full(80 - len(burst) % 80, 0xD5, np.uint8)]).reshape(-1, 80)
    rig = Rig(1)
    hand = rig.bring_up(1)
    hand.write(64, 2)
    for piece in burst:
        frames = rig.idle.copy()
        frames[:, 0] = piece
        rig.world.tick(frames)
    rig.run(1000)
    hand.write(64, 4)
    rig.run(500)
    assert rig.view(1)["caller_id"] is not None, "it came just before this ringing"
    hand.write(64, 1)
    rig.run(8000)
    assert rig.view(1)["caller_id"] is not None
    hand.write(64, 4)
    rig.run(100)
    assert rig.view(1)["caller_id"] is None
