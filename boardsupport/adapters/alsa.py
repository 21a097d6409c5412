"""The HAT's PCM highway by ALSA: two 32-bit words a frame at 8, 32 or 64 kHz carry 8, 32 or 64 timeslots.

Capture and playback run for as long as the highway is open, because the chips need the clocks. They begin together and
on the same clock, so the distance between their positions is constant: it is measured once, capture is cut to the
block, and then every captured block has one played block, whose serial number it is given. While nobody writes, `read`
keeps playback fed with idle code. An overrun or underrun stops both, and they begin again together.
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import alsaaudio

from boardsupport.bus import BLOCK_NS, BLOCK_SAMPLES, PLAYOUT_BLOCKS, Block, BusError
from boardsupport.pcm.layout import SLOT_COUNTS, block_bytes, word_offset_of
from boardsupport.pcm.marker import Marker

CHANNELS = 2
SLOTS_PER_FRAME = 8
"""Timeslots in one frame of ALSA's: two words of four."""
CAPTURE_BLOCKS = 8
PREFILL_BLOCKS = 2
LEAST_AHEAD = 2
"""When a block has been read, the next one is being played already; one more must be queued."""
MOST_FAILURES = 5
SEARCH_NS = 500_000_000
SEARCH_STEP_S = 0.001
FRAME_BYTES = CHANNELS * 4
MISPLACED_BLOCKS = 3
"""So many blocks with the marker out of place in a row are no disturbance but a slipped word."""
Pcm = Any
"""alsaaudio.PCM has no types."""


class AlsaHighway:
    """A PcmHighway over one ALSA device ("nightporter"); `idle` fills what nobody writes. Use it from one thread.

    Raises BusError where the device is not there, does not take the format, or (in use) breaks again and again.
    """

    def __init__(
        self,
        device: str,
        slots: int,
        idle: int,
        marker_slot: int | None = None,
        opener: Callable[..., Pcm] = alsaaudio.PCM,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        if slots not in SLOT_COUNTS:
            raise ValueError(f"a highway has {SLOT_COUNTS} slots, not {slots}")
        self.slots = slots
        self.restarts = 0
        """Times that capture and playback had to begin again."""
        self._size = block_bytes(slots)
        self._frames = BLOCK_SAMPLES * slots // SLOTS_PER_FRAME
        self._device = device
        self._idle = idle
        self._opener = opener
        self._clock = clock
        self._marker = None if marker_slot is None else Marker(slots, marker_slot)
        self._next_serial = 0
        self._index = 0
        self._last_read_ns = clock()
        self._poll = select.epoll()
        self._always = os.eventfd(1, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._remainder = self._carry = b""
        self._cut = self._misplaced = self._read_blocks = self._written_bytes = 0
        self._distance = self._played_end = self._blocks = 0
        self._serials: dict[int, int] = {}
        """Serial by the number of the block in the stream of playback; fillers have none."""
        self._failures = 0
        self._open()

    def offset_of(self, slot: int) -> int:
        """See `PcmHighway.offset_of`."""
        return word_offset_of(slot, self.slots)

    def fileno(self) -> int:
        """Stays the same when the streams begin again."""
        return self._poll.fileno()

    def read(self) -> Block | None:
        """See `PcmHighway.read`."""
        data = self._next_capture()
        if data is None:
            return None
        number = self._read_blocks + self._distance
        self._read_blocks += 1
        played = self._serials.pop(number, None)
        if played is not None:
            self._played_end = played + 1
        if self._blocks <= number + LEAST_AHEAD:
            self._fill()
        index, self._index = self._index, self._index + 1
        self._last_read_ns = self._clock()
        if self._marker is not None:
            self._watch(data)
        return Block(index, data, played)

    def write(self, block: bytes | bytearray | memoryview) -> int:
        """See `PcmHighway.write`. Raises ValueError for a block of the wrong length."""
        if len(block) != self._size:
            raise ValueError(f"a block has {self._size} bytes, not {len(block)}")
        if self._next_serial - self._played_end >= PLAYOUT_BLOCKS:
            raise BlockingIOError("the playout is full")
        if not self._play_block(block):
            self._restart()
            self._play_block(block)
        self._serials[self._blocks - 1] = self._next_serial
        serial, self._next_serial = self._next_serial, self._next_serial + 1
        return serial

    def close(self) -> None:
        self._poll.close()
        os.close(self._always)
        self._capture.close()
        self._playback.close()

    # --- the streams ---

    def _open(self) -> None:
        try:
            self._capture = self._stream(alsaaudio.PCM_CAPTURE, CAPTURE_BLOCKS)
            self._playback = self._stream(alsaaudio.PCM_PLAYBACK, PLAYOUT_BLOCKS + PREFILL_BLOCKS)
        except alsaaudio.ALSAAudioError as refused:
            raise BusError(f"ALSA device {self._device}: {refused}") from refused
        self._register()
        self._begin()

    def _register(self) -> None:
        """Let `fileno` tell of the new capture stream."""
        for descriptor, events in self._capture.polldescriptors():
            try:
                self._poll.register(descriptor, events)
            except PermissionError:
                # ALSA's null and file plugins wait on files, which are always ready and refused by epoll
                with suppress(FileExistsError):
                    self._poll.register(self._always, select.EPOLLIN)

    def _stream(self, direction: int, periods: int) -> Pcm:
        """Both directions with the same parameters, as their registers are shared."""
        pcm = self._opener(
            direction, alsaaudio.PCM_NONBLOCK, device=self._device, channels=CHANNELS,
            rate=1000 * self.slots, format=alsaaudio.PCM_FORMAT_S32_LE, periodsize=self._frames, periods=periods,
        )  # fmt: skip
        info = pcm.info()
        found = (info["rate"], info["channels"], info["period_size"])
        if found != (1000 * self.slots, CHANNELS, self._frames):
            pcm.close()
            raise BusError(f"ALSA device {self._device} gives (rate, channels, period) {found}")
        return pcm

    def _begin(self) -> None:
        """Prefilled playback and capture from the same moment; what is before their common position is cut off."""
        self._remainder = b""
        self._carry = b""
        self._cut = 0
        self._misplaced = 0
        self._read_blocks = 0
        self._written_bytes = 0
        self._played_end = self._next_serial
        self._blocks = PREFILL_BLOCKS
        self._serials.clear()
        marker = self._marker
        filling = bytes([self._idle]) * self._size if marker is None else bytes(marker.search_block(self._idle))
        if not self._play(filling * PREFILL_BLOCKS):
            raise BusError(f"ALSA device {self._device} takes no playback")
        self._pull()
        padding, drop = (0, 0) if marker is None else self._align(marker, filling)
        self._measure(padding, drop)

    def _measure(self, padding: int, drop: int) -> None:
        """The distance from capture's to playback's position in the frames of the highway: the same for ever."""
        queued = self._playback.info()["buffer_size"] - self._playback.avail()
        played = self._written_bytes - queued * FRAME_BYTES - padding
        captured = len(self._remainder) + self._capture.avail() * FRAME_BYTES - drop
        ahead = round((played - captured) / self.slots) * self.slots
        cut = -ahead % self._size
        self._distance = (ahead + cut) // self._size
        self._cut = drop + cut

    def _next_capture(self) -> bytes | None:
        """A block's bytes, or None if there are not enough yet."""
        if len(self._remainder) < self._cut + self._size:
            self._pull()
        if len(self._remainder) < self._cut + self._size:
            return None
        data = self._remainder[self._cut : self._cut + self._size]
        self._remainder, self._cut = self._remainder[self._cut + self._size :], 0
        return data

    def _pull(self) -> None:
        """Take what has been captured; a broken stream begins again."""
        try:
            length, data = self._capture.read()
        except alsaaudio.ALSAAudioError as failure:
            raise BusError(f"ALSA capture: {failure}") from failure
        if length < 0:
            self._restart()
        elif length:
            self._remainder += data
            self._failures = 0

    def _play(self, data: bytes | bytearray) -> bool:
        """Queue bytes (in whole frames of ALSA's, the rest with the next ones); False if playback had run dry."""
        stream = self._carry + data
        whole = len(stream) - len(stream) % FRAME_BYTES
        self._carry = bytes(stream[whole:])
        try:
            taken = int(self._playback.write(bytes(stream[:whole])))
        except alsaaudio.ALSAAudioError as failure:
            raise BusError(f"ALSA playback: {failure}") from failure
        self._written_bytes += whole
        return taken * FRAME_BYTES == whole

    def _play_block(self, block: bytes | bytearray | memoryview) -> bool:
        data = bytearray(block)
        if self._marker is not None:
            self._marker.stamp(data)
        self._blocks += 1
        return self._play(data)

    def _fill(self) -> None:
        """Nobody has written in time: idle code, so that the stream and the chips' clocks go on."""
        if not self._play_block(bytes([self._idle]) * self._size):
            self._restart()

    def _restart(self) -> None:
        """Close and open both streams; the blocks that were lost meanwhile are counted by the clock."""
        self.restarts += 1
        self._failures += 1
        if self._failures > MOST_FAILURES:
            raise BusError(f"ALSA device {self._device}: the streams break again and again")
        self._index += max(0, (self._clock() - self._last_read_ns) // BLOCK_NS - 1)
        self._capture.close()
        self._playback.close()
        self._open()

    # --- the marker slot ---

    def _align(self, marker: Marker, search: bytes) -> tuple[int, int]:
        """Find how both streams lie in the frame; the bytes put before playback, and those to drop from capture."""
        deadline = self._clock() + SEARCH_NS
        while self._clock() < deadline:
            block = self._next_capture()
            if block is None:
                time.sleep(SEARCH_STEP_S)
                continue
            self._play(search)
            self._blocks += 1
            found = marker.find(block)
            if found is None:
                continue
            padding = -found.playback % self.slots
            self._carry += search[:padding]
            return padding, found.capture
        raise BusError(f"ALSA device {self._device}: the marker slot shows nothing; is this the right board?")

    def _watch(self, data: bytes) -> None:
        if self._marker is None or self._marker.in_place(data):
            self._misplaced = 0
            return
        self._misplaced += 1
        if self._misplaced >= MISPLACED_BLOCKS:
            self._restart()
