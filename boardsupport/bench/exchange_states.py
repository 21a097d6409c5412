"""What a line of the company's exchange can be doing, and what can happen to it."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias

HangUp: TypeAlias = Literal["loop-break", "busy-tone", "reversal", "dial-tone", "silent"]


class State(Enum):
    """What the line is doing, as the exchange has it."""

    IDLE = "idle"
    SEIZED = "seized"
    """Current flows; dial tone is still to come, or never will."""
    DIAL_TONE = "dial-tone"
    DIALLED = "dialled"
    TALKING_OUT = "talking-out"
    """A call that the box placed has been answered."""
    MARKED = "marked"
    """A call comes in, and its caller id is sent before the first ring."""
    RINGING = "ringing"
    TALKING_IN = "talking-in"
    HELD = "held"
    """The box has hung up a call that came in; it can still come back to it."""
    LOOP_BREAK = "loop-break"
    CLEARED = "cleared"
    """The other side has gone; the box is still off-hook."""


class Event(Enum):
    """What happens to a line."""

    SEIZE = "seizure"
    RELEASE = "release"
    TONE_DUE = "dial tone is due"
    DIGIT = "first digit"
    NO_DIGIT = "no digit"
    MARK = "call with its caller id first"
    RING = "call"
    GIVE_UP = "the caller gives up"
    ANSWER = "answer"
    BREAK_OVER = "end of the loop break"
    HOLD_OVER = "end of the hold"
    HANG_UP_LOOP_BREAK = "hang-up loop-break"
    HANG_UP_BUSY_TONE = "hang-up busy-tone"
    HANG_UP_REVERSAL = "hang-up reversal"
    HANG_UP_DIAL_TONE = "hang-up dial-tone"
    HANG_UP_SILENT = "hang-up silent"


TALKING: Final = frozenset({State.TALKING_IN, State.TALKING_OUT})
COLLECTING: Final = frozenset({State.DIAL_TONE, State.DIALLED, State.TALKING_OUT})
TAKES_TONE: Final = TALKING | {State.SEIZED, State.DIALLED, State.CLEARED}
