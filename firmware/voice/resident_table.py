"""Survival's state machine of one telephone: states, inputs, timers, and the table of all rules.

From IDLE, a telephone that is lifted is DIALLING, after its first digit OVERLAP, and with a whole number CALLING; the
answer makes it TALKING. What cannot be leads to TONE, from there to HOWLING and in the end to SILENT; on-hook to IDLE.
In these and while CALLING an emergency number is collected all the same. An emergency call that has lost whom it was
joined with is CALLING again. Who was woken is THANKED before he hears the TONE, or reception rings for him.
"""

from __future__ import annotations

from enum import Enum, auto

from firmware.fsm import StateTable, Transition
from firmware.timers import TimerSpec

X21 = TimerSpec("X21", 20.0, 0.1, 999.0, "A telephone of the hot-line list is lifted and nothing is dialled.")
X22 = TimerSpec("X22", 120.0, 10.0, 600.0, "A called telephone rings without being answered.")
X23 = TimerSpec("X23", 30.0, 5.0, 300.0, "Busy, congestion or unobtainable tone before the howler.")
X24 = TimerSpec("X24", 60.0, 5.0, 600.0, "The howler, before the line is left in silence.")
X25 = TimerSpec("X25", 60.0, 1.0, 3600.0, "No agent, until reception is told by voice.")
X26 = TimerSpec("X26", 45.0, 5.0, 300.0, "The reception's telephones ring for the spoken warning.")
X27 = TimerSpec("X27", 300.0, 10.0, 3600.0, "After a warning that nobody took, before the next.")


class State(Enum):
    """Where a telephone is, as far as survival is concerned."""

    IDLE = auto()
    """On-hook, or ringing."""
    DIALLING = auto()
    """Hears dial tone."""
    OVERLAP = auto()
    """Has dialled a first digit."""
    CALLING = auto()
    """Others ring for it, or a line is sought for its emergency; it hears ringback."""
    PLACED = auto()
    """The agent's call out is on its way for it."""
    TALKING = auto()
    """In a connection, of ours or of the agent's."""
    WARNED = auto()
    """A receptionist hears the spoken warning."""
    THANKED = auto()
    """A guest has been woken, and hears that his key was understood."""
    TONE = auto()
    """Hears that it cannot be."""
    HOWLING = auto()
    """Hears the howler: the handset was left off."""
    SILENT = auto()
    """Left alone until replaced."""


class Input(Enum):
    """What happens to a telephone."""

    LIFTED = auto()
    CONNECTED = auto()
    WARNING_TAKEN = auto()
    ANSWERED_ALONE = auto()
    WOKEN = auto()
    """Lifted for a wake-up, which is over."""
    FIRST_DIGIT = auto()
    NUMBER = auto()
    WAIT_OVER = auto()
    OTHER_ANSWERED = auto()
    """Somebody has, or a line is through."""
    OTHER_LEFT = auto()
    TIME_OVER = auto()
    PLAYED = auto()
    REPLACED = auto()


_S, _I, _T = State, Input, Transition
_CALL_OR_TONE = (_S.CALLING, _S.TONE)

TABLE: StateTable[State, Input] = StateTable(
    "resident",
    State.IDLE,
    {
        (_S.IDLE, _I.LIFTED): _T("lifted", (_S.DIALLING, *_CALL_OR_TONE)),
        (_S.IDLE, _I.CONNECTED): _T(None, _S.TALKING),
        (_S.IDLE, _I.WARNING_TAKEN): _T("warning_taken", _S.WARNED),
        (_S.IDLE, _I.ANSWERED_ALONE): _T("congestion", _S.TONE),
        (_S.IDLE, _I.WOKEN): _T("woken", (_S.THANKED, *_CALL_OR_TONE)),
        (_S.IDLE, _I.REPLACED): _T(None, _S.IDLE),
        (_S.DIALLING, _I.FIRST_DIGIT): _T(None, _S.OVERLAP),
        (_S.DIALLING, _I.NUMBER): _T("dialled", (_S.DIALLING, *_CALL_OR_TONE)),
        (_S.DIALLING, _I.WAIT_OVER): _T("call_reception", _CALL_OR_TONE),
        (_S.DIALLING, _I.REPLACED): _T(None, _S.IDLE),
        (_S.OVERLAP, _I.NUMBER): _T("dialled", (_S.DIALLING, *_CALL_OR_TONE)),
        (_S.OVERLAP, _I.REPLACED): _T(None, _S.IDLE),
        (_S.CALLING, _I.OTHER_ANSWERED): _T("connected", _S.TALKING),
        (_S.CALLING, _I.FIRST_DIGIT): _T(None, _S.CALLING),
        (_S.CALLING, _I.NUMBER): _T("dialled_late", _CALL_OR_TONE),
        (_S.CALLING, _I.TIME_OVER): _T("give_up", (_S.CALLING, _S.TONE)),
        (_S.CALLING, _I.PLAYED): _T("ring_on", _S.CALLING),
        (_S.CALLING, _I.REPLACED): _T("abandon", _S.IDLE),
        (_S.PLACED, _I.OTHER_ANSWERED): _T(None, _S.TALKING),
        (_S.PLACED, _I.OTHER_LEFT): _T("congestion", _S.TONE),
        (_S.PLACED, _I.FIRST_DIGIT): _T(None, _S.PLACED),
        (_S.PLACED, _I.NUMBER): _T("dialled_late", (*_CALL_OR_TONE, _S.PLACED)),
        (_S.PLACED, _I.REPLACED): _T("hung_up", _S.IDLE),
        (_S.TALKING, _I.OTHER_ANSWERED): _T(None, _S.TALKING),
        (_S.TALKING, _I.OTHER_LEFT): _T("other_left", _CALL_OR_TONE),
        (_S.TALKING, _I.CONNECTED): _T(None, _S.TALKING),
        (_S.TALKING, _I.PLAYED): _T(None, _S.TALKING),
        (_S.TALKING, _I.REPLACED): _T("hung_up", _S.IDLE),
        (_S.WARNED, _I.PLAYED): _T("warning_played", (_S.WARNED, _S.DIALLING)),
        (_S.WARNED, _I.REPLACED): _T(None, _S.IDLE),
        (_S.THANKED, _I.PLAYED): _T("thanked", _CALL_OR_TONE),
        (_S.THANKED, _I.FIRST_DIGIT): _T(None, _S.THANKED),
        (_S.THANKED, _I.NUMBER): _T("dialled_late", (*_CALL_OR_TONE, _S.THANKED)),
        (_S.THANKED, _I.REPLACED): _T(None, _S.IDLE),
        (_S.TONE, _I.TIME_OVER): _T("howl", _S.HOWLING),
        (_S.TONE, _I.FIRST_DIGIT): _T(None, _S.TONE),
        (_S.TONE, _I.NUMBER): _T("dialled_late", _CALL_OR_TONE),
        (_S.TONE, _I.REPLACED): _T(None, _S.IDLE),
        (_S.HOWLING, _I.TIME_OVER): _T("silence", _S.SILENT),
        (_S.HOWLING, _I.FIRST_DIGIT): _T(None, _S.HOWLING),
        (_S.HOWLING, _I.NUMBER): _T("dialled_late", (*_CALL_OR_TONE, _S.HOWLING)),
        (_S.HOWLING, _I.REPLACED): _T(None, _S.IDLE),
        (_S.SILENT, _I.FIRST_DIGIT): _T(None, _S.SILENT),
        (_S.SILENT, _I.NUMBER): _T("dialled_late", (*_CALL_OR_TONE, _S.SILENT)),
        (_S.SILENT, _I.REPLACED): _T(None, _S.IDLE),
    },
    timers={
        _S.DIALLING: (X21, _I.WAIT_OVER),
        _S.CALLING: (X22, _I.TIME_OVER),
        _S.TONE: (X23, _I.TIME_OVER),
        _S.HOWLING: (X24, _I.TIME_OVER),
    },
)
