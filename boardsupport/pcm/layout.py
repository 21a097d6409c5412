"""How timeslots lie in memory where a sound driver carries the highway as two 32-bit words per frame of its own.

The wire is most significant bit first, the memory least significant byte first (S32_LE): of each four slots the last
comes first. (reference: computed from the word format, board.md 3.2)
"""

from __future__ import annotations

from boardsupport.bus import BLOCK_SAMPLES

WORD_SLOTS = 4
"""Timeslots in one 32-bit word."""
SLOT_COUNTS = (8, 32, 64)
"""What a board table may say: two words at 8, 32 or 64 kHz."""


def word_offset_of(slot: int, slots: int) -> int:
    """Where a timeslot's byte stands in a frame of words. Raises ValueError for a slot that isn't there."""
    if not 0 <= slot < slots:
        raise ValueError(f"no slot {slot} among {slots}")
    return slot // WORD_SLOTS * WORD_SLOTS + WORD_SLOTS - 1 - slot % WORD_SLOTS


def block_bytes(slots: int) -> int:
    """Length of a block of 10 ms."""
    return slots * BLOCK_SAMPLES
