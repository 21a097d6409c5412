"""What every PCM highway promises, on the wire and on ALSA."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from boardsupport.adapters.alsa import AlsaHighway
from boardsupport.adapters.wire import WireHighway
from boardsupport.bench.wire_server import WireServer
from boardsupport.bus import BLOCK_SAMPLES, IDLE, Block, Edge, PcmHighway

DEADLINE_S = 20.0


class NoBoard:
    """The highway needs no chips."""

    def spi(self, windows: object) -> bytes:
        return b""

    def write_pin(self, pin: int, level: bool) -> None: ...

    def read_pin(self, pin: int) -> Edge:
        return Edge(pin, False, 0)

    def watch_pin(self, pin: int) -> None: ...

    def unwatch_pins(self) -> None: ...


Ticked = tuple[PcmHighway, Callable[[], None]]
"""A highway, and what makes ten milliseconds pass on its other side."""


def _wire(directory: Path, slots: int) -> Iterator[Ticked]:
    server = WireServer(directory, slots, NoBoard())
    server.start()
    index = 0

    def tick() -> None:
        nonlocal index
        block = server.take_block()
        server.send_block(index, None if block is None else block[0], bytes(slots * BLOCK_SAMPLES))
        index += 1

    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(WireHighway, directory, slots)
        end = time.monotonic() + DEADLINE_S
        while not opening.done() and time.monotonic() < end:
            server.take_block()
            time.sleep(0.001)
        highway = opening.result()
    yield highway, tick
    highway.close()
    server.close()


def _alsa(_directory: Path, slots: int) -> Iterator[Ticked]:
    highway = AlsaHighway("null", slots, IDLE["alaw"])
    yield highway, lambda: None
    highway.close()


@pytest.fixture(
    params=[(_wire, 8), (_wire, 64), (_alsa, 8), (_alsa, 32), (_alsa, 64)],
    ids=lambda kind: f"{kind[0].__name__.strip('_')}-{kind[1]}",
)
def ticked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ticked]:
    make, slots = request.param
    yield from make(tmp_path, slots)


def read(ticked: Ticked) -> Block:
    highway, tick = ticked
    tick()
    poll = select.poll()
    poll.register(highway.fileno(), select.POLLIN)
    end = time.monotonic() + DEADLINE_S
    while time.monotonic() < end:
        poll.poll(100)
        block = highway.read()
        if block is not None:
            return block
    raise AssertionError("no block")


def test_every_slot_has_a_byte_of_its_own(ticked: Ticked) -> None:
    highway, _ = ticked
    assert sorted(highway.offset_of(slot) for slot in range(highway.slots)) == list(range(highway.slots))
    for wrong in (-1, highway.slots):
        with pytest.raises(ValueError, match="slot"):
            highway.offset_of(wrong)


def test_blocks_are_whole_and_counted(ticked: Ticked) -> None:
    first, second = read(ticked), read(ticked)
    assert len(first.capture) == len(second.capture) == ticked[0].slots * BLOCK_SAMPLES
    assert second.index == first.index + 1


def test_serials_count_and_wrong_lengths_are_refused(ticked: Ticked) -> None:
    highway, _ = ticked
    block = bytes(highway.slots * BLOCK_SAMPLES)
    assert [highway.write(block), highway.write(bytearray(block)), highway.write(memoryview(block))] == [0, 1, 2]
    with pytest.raises(ValueError, match="bytes"):
        highway.write(block[:-1])


def test_no_more_than_forty_milliseconds_are_queued(ticked: Ticked) -> None:
    highway, _ = ticked
    block = bytes(highway.slots * BLOCK_SAMPLES)
    for _ in range(4):
        highway.write(block)
    with pytest.raises(BlockingIOError):
        highway.write(block)


def test_played_tells_of_blocks_that_were_written_in_their_order(ticked: Ticked) -> None:
    highway, _ = ticked
    block = bytes(highway.slots * BLOCK_SAMPLES)
    written, played = 0, []
    for _ in range(20):
        found = read(ticked)
        if found.played is not None:
            played.append(found.played)
            assert found.played < written
        if written - len(played) < 3:
            highway.write(block)
            written += 1
    assert played == list(range(played[0], played[0] + len(played)))
    assert len(played) > 5
