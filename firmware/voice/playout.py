"""How many blocks to write, and what was written: the depth of the highway's playout, and the echo reference."""

from __future__ import annotations

from boardsupport.bus import Block

PREFILL_BLOCKS = 2
KEPT_BLOCKS = 16
"""More than the playout can hold, so that a block is still here when the chips have received it."""
LOST_BLOCKS = 32
"""So many blocks without playback, more than could have gathered unread: what was queued is lost, not late."""


class Playout:
    """Keeps two blocks ahead of the chips, also after an underrun, and remembers what they received."""

    def __init__(self, block_bytes: int, idle: int) -> None:
        self.underruns = 0
        self._written = 0
        self._next_played = 0
        self._empty_blocks = 0
        self._buffers = [bytearray([idle]) * block_bytes for _ in range(KEPT_BLOCKS)]

    def take(self, block: Block) -> bytearray | None:
        """Note what the chips received while they sent this block; that audio, or None for an underrun."""
        if block.played is None:
            self.underruns += self._next_played > 0
            self._empty_blocks += 1
            if self._empty_blocks >= LOST_BLOCKS:  # the highway has begun again
                self._next_played, self._empty_blocks = self._written, 0
            return None
        self._empty_blocks = 0
        self._next_played = block.played + 1
        if block.played < self._written - KEPT_BLOCKS:
            return None
        return self._buffers[block.played % KEPT_BLOCKS]

    def missing(self) -> int:
        """How many blocks to write now, so that the usual depth stands again."""
        return max(0, PREFILL_BLOCKS - (self._written - self._next_played))

    def buffer(self) -> bytearray:
        """Where to lay out the next block."""
        return self._buffers[self._written % KEPT_BLOCKS]

    def written(self, serial: int) -> None:
        """The highway took the buffer as this serial number."""
        if serial != self._written:
            raise ValueError(f"the highway counts block {serial}, we count {self._written}")
        self._written += 1
