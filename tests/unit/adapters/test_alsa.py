"""The ALSA highway on a sound device made of bytes: shifts within the frame, played serials, overruns."""

from __future__ import annotations

import itertools
import os
from typing import Any

import pytest

from boardsupport.adapters.alsa import AlsaHighway
from boardsupport.bus import BLOCK_SAMPLES, IDLE, BusError
from boardsupport.pcm.layout import word_offset_of

MARKER = 30
CHIP = 5
"""The slot of a chip that says what it hears."""


class Device:
    """Both directions of a device: DIN carries DOUT in the marker slot and in the chip's slot."""

    def __init__(self, slots: int, playback_late: int, capture_late: int, phase: int, marker: bool = True) -> None:
        self.slots = slots
        self.playback_late, self.capture_late, self.phase = playback_late, capture_late, phase
        self.looped = {word_offset_of(CHIP, slots)} | ({word_offset_of(MARKER, slots)} if marker else set())
        self.now_ns = 0
        self.begin()

    def begin(self) -> None:
        self.time = 0
        self.queue = bytearray()
        self.line = bytearray()
        """What DOUT carries from now on, by time."""
        self.captured = bytearray()
        self.broken = False

    def advance(self, samples: int) -> None:
        self.now_ns += samples * 125_000
        for _ in range(samples * self.slots):
            at = self.time - 4 * self.playback_late
            byte = self.line[at] if 0 <= at < len(self.line) else 0xFF
            place = (self.time + 4 * self.phase) % self.slots
            if self.time >= 4 * self.capture_late:
                self.captured.append(byte if place in self.looped else 0xFF)
            self.time += 1

    def clock(self) -> int:
        return self.now_ns

    def open(self, direction: int, mode: int, **settings: Any) -> Stream:
        if direction == 1:
            self.begin()
        return Stream(self, direction == 1, settings)


class Stream:
    def __init__(self, device: Device, capture: bool, settings: dict[str, Any]) -> None:
        self.device, self.capture, self.settings = device, capture, settings
        self.fd = os.eventfd(1)
        self.taken = 0

    def info(self) -> dict[str, int]:
        period, periods = self.settings["periodsize"], self.settings["periods"]
        return {
            "rate": self.settings["rate"], "channels": 2, "period_size": period, "buffer_size": period * periods,
        }  # fmt: skip

    def polldescriptors(self) -> list[tuple[int, int]]:
        return [(self.fd, 1)]

    def avail(self) -> int:
        device = self.device
        if self.capture:
            return (len(device.captured) - self.taken) // 8
        played = max(0, device.time - 4 * device.playback_late)
        return self.info()["buffer_size"] - (len(device.line) - min(played, len(device.line))) // 8

    def read(self) -> tuple[int, bytes]:
        if self.device.broken:
            return -32, b""
        size = (len(self.device.captured) - self.taken) // 8 * 8
        if not size:
            self.device.advance(8)  # who finds nothing looks again a little later
        data = bytes(self.device.captured[self.taken : self.taken + size])
        self.taken += size
        return size // 8, data

    def write(self, data: bytes) -> int:
        self.device.line += data
        return len(data) // 8

    def close(self) -> None:
        os.close(self.fd)


def highway_on(device: Device, marker: bool = True) -> AlsaHighway:
    return AlsaHighway(
        "fake", device.slots, IDLE["ulaw"], MARKER if marker else None, opener=device.open, clock=device.clock
    )


def talk(device: Device, highway: AlsaHighway, blocks: int) -> int:
    """Write numbered blocks, and check that the chip said in each captured block what was played; how many were."""
    at, told = highway.offset_of(CHIP), 0
    written: dict[int, bytes] = {}
    for _ in range(2):
        data = os.urandom(device.slots * BLOCK_SAMPLES)
        written[highway.write(data)] = data
    for number in itertools.count(1):
        device.advance(BLOCK_SAMPLES)
        block = highway.read()
        if block is None:
            continue
        heard = block.capture[at :: device.slots]
        if block.played is not None:
            assert heard == written[block.played][at :: device.slots]
            told += 1
        data = bytearray(os.urandom(device.slots * BLOCK_SAMPLES))
        written[highway.write(data)] = bytes(data)
        if number >= blocks:
            return told
    raise AssertionError


@pytest.mark.parametrize("slots", [32, 64])
@pytest.mark.parametrize(
    ("playback_late", "capture_late", "phase"), [(0, 0, 0), (1, 0, 0), (0, 3, 5), (7, 2, 1), (3, 3, 7)]
)
def test_both_directions_are_shifted_into_the_frame(
    slots: int, playback_late: int, capture_late: int, phase: int
) -> None:
    device = Device(slots, playback_late, capture_late, phase)
    highway = highway_on(device)
    assert talk(device, highway, 30) > 20
    highway.close()


def test_eight_slots_need_no_marker() -> None:
    device = Device(8, 0, 0, 0, marker=False)
    highway = highway_on(device, marker=False)
    assert talk(device, highway, 30) > 20
    highway.close()


def test_what_nobody_writes_is_silent_in_the_highways_law() -> None:
    device = Device(8, 0, 0, 0, marker=False)
    highway = highway_on(device, marker=False)
    for _ in range(10):
        device.advance(BLOCK_SAMPLES)
        highway.read()
    assert len(device.line) > 10 * BLOCK_SAMPLES * device.slots, "playback goes on"
    assert set(device.line) == {IDLE["ulaw"]}
    highway.close()


def test_a_board_without_the_marker_is_not_the_right_board() -> None:
    device = Device(32, 0, 0, 0, marker=False)
    with pytest.raises(BusError, match="marker"):
        highway_on(device)


def test_an_overrun_begins_again_and_counts_what_was_lost() -> None:
    device = Device(32, 1, 2, 3)
    highway = highway_on(device)
    talk(device, highway, 5)
    fd = highway.fileno()
    device.advance(BLOCK_SAMPLES)
    before = highway.read()
    assert before is not None
    device.advance(20 * BLOCK_SAMPLES)
    device.broken = True
    highway.read()
    assert highway.restarts == 1
    assert highway.fileno() == fd
    assert talk(device, highway, 30) > 20
    device.advance(BLOCK_SAMPLES)
    after = highway.read()
    assert after is not None
    assert after.index - before.index >= 20 + 30
    highway.close()


def test_a_slipped_word_is_noticed() -> None:
    device = Device(32, 0, 0, 0)
    highway = highway_on(device)
    talk(device, highway, 5)
    device.phase = 1
    for _ in range(6):
        device.advance(BLOCK_SAMPLES)
        highway.read()
    assert highway.restarts == 1
    assert talk(device, highway, 30) > 20
    highway.close()


def test_slots_are_refused_that_no_board_has() -> None:
    with pytest.raises(ValueError, match="slots"):
        AlsaHighway("null", 16, IDLE["alaw"])


def test_a_device_that_is_not_there() -> None:
    with pytest.raises(BusError, match="hw:nosuchcard"):
        AlsaHighway("hw:nosuchcard", 8, IDLE["alaw"])
