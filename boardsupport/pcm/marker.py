"""Which word of the sound stream begins a frame: found and watched by a marker slot (only above 8 slots).

The board divides the word clock down to the 8 kHz FSYNC, so a stream may begin with any word of a frame. In the marker
slot, counted from FSYNC, the board returns on DIN what it is sent on DOUT. Each word that we send carries its own
number where the marker slot would be: what comes back tells by its place how capture is shifted, and by its value how
playback is. Computed from the board's design; not yet tried on hardware.
"""

from __future__ import annotations

from dataclasses import dataclass

from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.pcm.layout import WORD_SLOTS, block_bytes, word_offset_of

WORD_NUMBER = 0x20
"""Added to a word's number, so that it is neither law's idle code nor what a pulled-up line reads."""


@dataclass(frozen=True, slots=True)
class Shift:
    """By how many bytes capture and playback begin late within a frame; both 0: aligned."""

    capture: int
    playback: int

    @property
    def aligned(self) -> bool:
        return self.capture == 0 and self.playback == 0


class Marker:
    """The marker slot of one highway."""

    def __init__(self, slots: int, slot: int) -> None:
        self._slots = slots
        self._words = slots // WORD_SLOTS
        self._home = slot // WORD_SLOTS
        self._lane = word_offset_of(slot, slots) % WORD_SLOTS
        if self._words + WORD_NUMBER > 0x40:
            raise ValueError(f"{slots} slots have too many words to number")

    def stamp(self, block: bytearray) -> None:
        """Put the marker into a block of playback, in its slot only: to watch."""
        at = self._home * WORD_SLOTS + self._lane
        block[at :: self._slots] = bytes([WORD_NUMBER + self._home]) * BLOCK_SAMPLES

    def search_block(self, idle: int) -> bytearray:
        """A block that numbers every word: to find the shifts, before any chip is served."""
        block = bytearray([idle]) * block_bytes(self._slots)
        for word in range(self._words):
            at = word * WORD_SLOTS + self._lane
            block[at :: self._slots] = bytes([WORD_NUMBER + word]) * BLOCK_SAMPLES
        return block

    def find(self, capture: bytes) -> Shift | None:
        """The shifts that a captured block shows while search blocks are played; None if it shows nothing certain."""
        found: Shift | None = None
        for word in range(self._words):
            at = word * WORD_SLOTS + self._lane
            column = set(capture[at :: self._slots])
            if len(column) != 1:
                continue
            number = column.pop() - WORD_NUMBER
            if not 0 <= number < self._words:
                continue
            if found is not None:
                return None
            capture_words = (word - self._home) % self._words
            playback_words = (self._home - number) % self._words
            found = Shift(capture_words * WORD_SLOTS, playback_words * WORD_SLOTS)
        return found

    def in_place(self, capture: bytes) -> bool:
        """Whether a captured block shows the marker where it belongs, in most frames."""
        column = capture[self._home * WORD_SLOTS + self._lane :: self._slots]
        return column.count(WORD_NUMBER + self._home) > BLOCK_SAMPLES * 9 // 10
