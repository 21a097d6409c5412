"""The state machine of one attempt of a wake-up: states, inputs, its timer, and the table of all rules.

From RINGING, who lifts is ASKED for a key, or, where none is needed, GREETED: then the outcome is in the journal before
he hears anything. Every outcome is ENDING until the journal is on the disk, and then told.
"""

from __future__ import annotations

from enum import Enum, auto

from firmware.fsm import StateTable, Transition
from firmware.timers import TimerSpec

X29 = TimerSpec("X29", 45.0, 1.0, 600.0, "The telephones of a wake-up ring; each wake-up brings its own time.")


class State(Enum):
    """How far an attempt has come."""

    RINGING = auto()
    """The telephones ring."""
    ASKED = auto()
    """One is lifted: it hears the greeting, and a key is waited for."""
    GREETED = auto()
    """One is lifted, which was enough: it hears the greeting."""
    ENDING = auto()
    """The outcome is known, and not on the disk yet."""
    OVER = auto()
    """The outcome is told."""


class Input(Enum):
    """What happens to an attempt."""

    LIFTED = auto()
    TIME_OVER = auto()
    UNHEARD = auto()
    """No prompt of the greeting is there."""
    DIALLED = auto()
    REPLACED = auto()
    FAILED = auto()
    """The port of the telephone, or of the last one that rang, does not work any more."""
    STOP = auto()
    KEPT = auto()
    """The journal is on the disk."""


_S, _I, _T = State, Input, Transition

TABLE: StateTable[State, Input] = StateTable(
    "wake-up",
    State.RINGING,
    {
        (_S.RINGING, _I.LIFTED): _T("lifted", (_S.ASKED, _S.GREETED)),
        (_S.RINGING, _I.TIME_OVER): _T("no_answer", _S.ENDING),
        (_S.RINGING, _I.FAILED): _T("failed", _S.ENDING),
        (_S.RINGING, _I.STOP): _T("stop", _S.ENDING),
        (_S.ASKED, _I.UNHEARD): _T("beep", _S.ASKED),
        (_S.ASKED, _I.DIALLED): _T("dialled", (_S.ASKED, _S.ENDING)),
        (_S.ASKED, _I.REPLACED): _T("replaced", _S.ENDING),
        (_S.ASKED, _I.FAILED): _T("failed", _S.ENDING),
        (_S.ASKED, _I.STOP): _T("stop", _S.ENDING),
        (_S.GREETED, _I.UNHEARD): _T("beep", _S.GREETED),
        (_S.GREETED, _I.DIALLED): _T("greeted", _S.ENDING),
        (_S.GREETED, _I.REPLACED): _T("await_disk", _S.ENDING),
        (_S.GREETED, _I.FAILED): _T("await_disk", _S.ENDING),
        (_S.GREETED, _I.STOP): _T("hush", _S.ENDING),
        (_S.ENDING, _I.UNHEARD): _T(None, _S.ENDING),
        (_S.ENDING, _I.REPLACED): _T(None, _S.ENDING),
        (_S.ENDING, _I.FAILED): _T(None, _S.ENDING),
        (_S.ENDING, _I.STOP): _T(None, _S.ENDING),
        (_S.ENDING, _I.KEPT): _T("tell", _S.OVER),
    },
    timers={_S.RINGING: (X29, _I.TIME_OVER)},
)
