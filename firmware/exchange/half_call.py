"""One telephone's part in one call: the half-call machine, after the user side of Q.931 (states U0..U19) and Q.932.

A telephone has one half-call in the foreground; beside it there may be one that holds the other party, and calls that
wait. A tone after a call (busy, howler) belongs to the half-call that the call has left behind.
"""

from __future__ import annotations

from enum import Enum

from firmware.exchange import call_timers
from firmware.fsm import StateTable, Transition


class State(Enum):
    """Each with its Q.931 number where it has one; the values are kept in tags."""

    NULL = 0
    """U0: no call."""
    OVERLAP_SENDING = 2
    """U2: lifted; hears dial tone or dials."""
    PROCEEDING = 3
    """U3: a company line carries the call; hears what the line says."""
    CALL_DELIVERED = 4
    """U4: the other side rings; hears ringback."""
    CALL_PRESENT = 6
    """U6: rings so that a call which the desk asked for can be placed from here."""
    CALL_RECEIVED = 7
    """U7: rings for a call to it."""
    ACTIVE = 10
    """U10: talks."""
    DISCONNECT_INDICATION = 12
    """U12: hears busy, congestion or unobtainable."""
    CALL_WAITING = 20
    """Busy, and hears that a second call waits."""
    HOLDING = 21
    """Has put the other party on hold."""
    HELD = 22
    """Is on hold; hears the hold tone."""
    RECALL = 23
    """Was replaced with a party on hold: rings to give it back."""
    HOWLER = 25
    """Left off-hook: howler."""
    LOCKED_OUT = 26
    """Left off-hook for long: silent and out of service until replaced."""
    SAYING = 27
    """Hears what a menu says."""
    ASKING = 28
    """... and is to press keys."""
    ACTING = 29
    """... and waits for what it has wanted done in the hotel."""
    PLACING = 30
    """Of a company line: a call out is on its way, not answered yet."""
    ANNOUNCED = 31
    """Of a company line: its caller hears an announcement."""
    RECORDING = 32
    """A menu takes down what is said."""
    WAKING = 33
    """Rings for a wake-up, which the gateway carries out."""
    WOKEN = 34
    """Lifted for it: hears the greeting."""
    SUMMONED = 35
    """Rings because the exchange itself has something to say: a menu, when it is lifted."""


class Event(Enum):
    ORIGINATE = "lifted for a call of its own"
    PRESENT = "a call is offered"
    PRESENT_CLICK = "the desk asks for a call from here"
    SEIZE = "put into a call without ringing"
    OFF_HOOK = "lifted"
    ON_HOOK = "replaced, or its port failed"
    FLASH = "hook flash"
    DIGITS = "digits collected"
    CONNECTED = "the other party answered"
    RELEASED = "the call is over"
    ACCEPT = "takes the waiting call"
    HOLD = "put on hold by the other party"
    RETRIEVED = "taken back from hold"
    RINGBACK = "transferred to a party that rings"
    EARLY = "transferred to a company line that is being called"
    PLACE = "a company line is to carry a call out"
    RETRIEVE = "takes its held party back"
    JOIN = "its held party joins the conference"
    TRANSFERRED = "its part in the call was given away"
    VACATE = "must make room for an emergency call, or for its own held party"
    DONE = "what was spoken has been heard"
    ACTED = "an action has been done"
    RECORDED = "a recording has ended"
    PRESENT_WAKEUP = "the gateway begins a wake-up here"
    PRESENT_SUMMONS = "the exchange itself calls"
    AWOKEN = "lifted for its wake-up"
    WAKEUP_ENDED = "its wake-up is over, and the handset is not replaced"
    WAKEUP_OVER = "its wake-up is over"
    TIMEOUT = "the state's timer has run out"


def _to(action: str | None, *following: State) -> Transition[State]:
    return Transition(action, following if len(following) > 1 else following[0])


_S, _E = State, Event
_AFTER_LIFTING = (_S.OVERLAP_SENDING, _S.CALL_DELIVERED, _S.PROCEEDING, _S.DISCONNECT_INDICATION)
_IN_MENU = (_S.SAYING, _S.ASKING, _S.ACTING, _S.RECORDING)
_AFTER_DIALLING = (_S.CALL_DELIVERED, _S.PROCEEDING, _S.ACTIVE, _S.OVERLAP_SENDING, _S.DISCONNECT_INDICATION, *_IN_MENU)

_SETUP: dict[tuple[State, Event], Transition[State]] = {
    (_S.NULL, _E.ORIGINATE): _to("start", *_AFTER_LIFTING),
    (_S.NULL, _E.PRESENT): _to("alert", _S.CALL_RECEIVED, _S.CALL_WAITING),
    (_S.NULL, _E.PRESENT_CLICK): _to("alert_click", _S.CALL_PRESENT),
    (_S.NULL, _E.SEIZE): _to(None, _S.ACTIVE),
    (_S.OVERLAP_SENDING, _E.DIGITS): _to("dialled", *_AFTER_DIALLING),
    (_S.OVERLAP_SENDING, _E.FLASH): _to("flash_before_answer", *_AFTER_LIFTING, _S.NULL),
    (_S.OVERLAP_SENDING, _E.ON_HOOK): _to("hang_up", _S.NULL),
    (_S.OVERLAP_SENDING, _E.RELEASED): _to("play_cause", _S.DISCONNECT_INDICATION),
    (_S.CALL_DELIVERED, _E.CONNECTED): _to(None, _S.ACTIVE),
    (_S.CALL_DELIVERED, _E.DIGITS): _to("dialled_late", *_AFTER_DIALLING),
    (_S.CALL_DELIVERED, _E.RELEASED): _to("play_cause", _S.DISCONNECT_INDICATION),
    (_S.CALL_DELIVERED, _E.TIMEOUT): _to("no_answer", _S.CALL_DELIVERED, _S.DISCONNECT_INDICATION, *_IN_MENU),
    (_S.CALL_DELIVERED, _E.ON_HOOK): _to("hang_up", _S.NULL),
    (_S.CALL_DELIVERED, _E.FLASH): _to("flash_before_answer", _S.CALL_DELIVERED, _S.NULL),
    (_S.PROCEEDING, _E.CONNECTED): _to(None, _S.ACTIVE),
    (_S.PROCEEDING, _E.RELEASED): _to("play_cause", _S.DISCONNECT_INDICATION),
    (_S.PROCEEDING, _E.ON_HOOK): _to("hang_up", _S.NULL),
    (_S.PROCEEDING, _E.FLASH): _to("flash_before_answer", _S.PROCEEDING, _S.NULL),
    (_S.CALL_PRESENT, _E.OFF_HOOK): _to("answer_click", *_AFTER_LIFTING, *_IN_MENU),
    (_S.CALL_PRESENT, _E.RELEASED): _to("stop_alerting", _S.NULL),
    (_S.CALL_PRESENT, _E.TIMEOUT): _to("give_up", _S.NULL),
    (_S.CALL_PRESENT, _E.ON_HOOK): _to("give_up", _S.NULL),
    (_S.CALL_RECEIVED, _E.OFF_HOOK): _to("answer", _S.ACTIVE, *_AFTER_LIFTING),
    (_S.CALL_RECEIVED, _E.RELEASED): _to("stop_alerting", _S.NULL),
    (_S.CALL_RECEIVED, _E.ON_HOOK): _to("not_reachable", _S.NULL),
    (_S.CALL_WAITING, _E.ACCEPT): _to("accept", _S.ACTIVE),
    (_S.CALL_WAITING, _E.ON_HOOK): _to("alert_waiting", _S.CALL_RECEIVED, _S.CALL_WAITING),
    (_S.CALL_WAITING, _E.RELEASED): _to("stop_waiting", _S.NULL),
}

_TALKING: dict[tuple[State, Event], Transition[State]] = {
    (_S.ACTIVE, _E.ON_HOOK): _to("hang_up", _S.NULL),
    (_S.ACTIVE, _E.RELEASED): _to("party_gone", _S.DISCONNECT_INDICATION, _S.NULL),
    (_S.ACTIVE, _E.FLASH): _to("flash_active", _S.ACTIVE, _S.HOLDING, _S.NULL),
    (_S.ACTIVE, _E.HOLD): _to(None, _S.HELD),
    (_S.ACTIVE, _E.TRANSFERRED): _to(None, _S.NULL),
    (_S.HOLDING, _E.RETRIEVE): _to("take_back", _S.ACTIVE),
    (_S.HOLDING, _E.JOIN): _to(None, _S.ACTIVE),
    (_S.HOLDING, _E.TRANSFERRED): _to(None, _S.NULL),
    (_S.HOLDING, _E.RELEASED): _to(None, _S.NULL),
    (_S.HOLDING, _E.ON_HOOK): _to("recall", _S.RECALL, _S.NULL),
    (_S.HOLDING, _E.TIMEOUT): _to("remind", _S.HOLDING, _S.ACTIVE),
    (_S.HELD, _E.RETRIEVED): _to(None, _S.ACTIVE),
    (_S.HELD, _E.RINGBACK): _to(None, _S.CALL_DELIVERED),
    (_S.HELD, _E.EARLY): _to(None, _S.PROCEEDING),
    (_S.HELD, _E.RELEASED): _to("play_cause", _S.DISCONNECT_INDICATION),
    (_S.HELD, _E.ON_HOOK): _to("hang_up", _S.NULL),
    (_S.HELD, _E.FLASH): _to(None, _S.HELD),
    (_S.RECALL, _E.OFF_HOOK): _to("answer_recall", _S.ACTIVE),
    (_S.RECALL, _E.RELEASED): _to("stop_alerting", _S.NULL),
    (_S.RECALL, _E.TIMEOUT): _to("give_up", _S.NULL),
    (_S.RECALL, _E.ON_HOOK): _to("give_up", _S.NULL),
}

_MENU: dict[tuple[State, Event], Transition[State]] = {
    (_S.SAYING, _E.DONE): _to("spoken", *_AFTER_DIALLING),
    (_S.SAYING, _E.TIMEOUT): _to("spoken", *_AFTER_DIALLING),
    (_S.ASKING, _E.DIGITS): _to("keyed", *_AFTER_DIALLING),
    (_S.ACTING, _E.ACTED): _to("acted", *_AFTER_DIALLING),
    (_S.ACTING, _E.TIMEOUT): _to("out_of_patience", *_AFTER_DIALLING),
    (_S.RECORDING, _E.RECORDED): _to("recorded", *_AFTER_DIALLING),
    **{(state, _E.DIGITS): _to("dialled_amid", *_AFTER_DIALLING) for state in _IN_MENU if state is not _S.ASKING},
    **{(state, _E.FLASH): _to("flash_before_answer", state, _S.NULL) for state in _IN_MENU},
    **{(state, _E.ON_HOOK): _to("hang_up", _S.NULL) for state in _IN_MENU},
    **{(state, _E.RELEASED): _to("play_cause", _S.DISCONNECT_INDICATION) for state in _IN_MENU},
    (_S.NULL, _E.PRESENT_SUMMONS): _to("alert_summons", _S.SUMMONED),
    (_S.SUMMONED, _E.OFF_HOOK): _to("answer_summons", *_AFTER_DIALLING),
    (_S.SUMMONED, _E.RELEASED): _to("stop_alerting", _S.NULL),
    (_S.SUMMONED, _E.ON_HOOK): _to("not_reachable", _S.NULL),
}

_WAKEUP: dict[tuple[State, Event], Transition[State]] = {
    (_S.NULL, _E.PRESENT_WAKEUP): _to(None, _S.WAKING),
    (_S.WAKING, _E.AWOKEN): _to(None, _S.WOKEN),
    (_S.WAKING, _E.OFF_HOOK): _to("lifted_before_wakeup", *_AFTER_LIFTING),
    (_S.WOKEN, _E.FLASH): _to(None, _S.WOKEN),
    **{(state, _E.WAKEUP_ENDED): _to("woken", *_AFTER_DIALLING, _S.NULL) for state in (_S.WAKING, _S.WOKEN)},
    **{(state, event): _to(None, _S.NULL) for state in (_S.WAKING, _S.WOKEN) for event in (_E.WAKEUP_OVER, _E.ON_HOOK)},
}

_LEFT_OFF_HOOK: dict[tuple[State, Event], Transition[State]] = {
    (_S.DISCONNECT_INDICATION, _E.TIMEOUT): _to("left_off", _S.HOWLER, _S.CALL_DELIVERED, _S.DISCONNECT_INDICATION),
    (_S.HOWLER, _E.TIMEOUT): _to("lock_out", _S.LOCKED_OUT),
    (_S.DISCONNECT_INDICATION, _E.DIGITS): _to("dialled_late", *_AFTER_DIALLING),
    (_S.HOWLER, _E.DIGITS): _to("dialled_late", *_AFTER_DIALLING, _S.HOWLER),
    (_S.LOCKED_OUT, _E.DIGITS): _to("dialled_late", *_AFTER_DIALLING, _S.LOCKED_OUT),
    (_S.DISCONNECT_INDICATION, _E.FLASH): _to("flash_after_call", *_AFTER_LIFTING, _S.NULL),
    (_S.HOWLER, _E.FLASH): _to("flash_after_call", *_AFTER_LIFTING, _S.NULL),
    (_S.LOCKED_OUT, _E.FLASH): _to(None, _S.LOCKED_OUT),
    (_S.DISCONNECT_INDICATION, _E.ON_HOOK): _to(None, _S.NULL),
    (_S.HOWLER, _E.ON_HOOK): _to(None, _S.NULL),
    (_S.LOCKED_OUT, _E.ON_HOOK): _to("unlock", _S.NULL),
}

_MAKE_ROOM: dict[tuple[State, Event], Transition[State]] = {
    (state, Event.VACATE): _to(action, State.NULL)
    for action, states in {
        "vacate": (_S.OVERLAP_SENDING, _S.CALL_DELIVERED, _S.PROCEEDING, _S.ACTIVE, _S.HELD, *_IN_MENU),
        "displace": (_S.CALL_RECEIVED, _S.SUMMONED),
        "stop_wakeup": (_S.WAKING,),
        "give_up": (_S.CALL_PRESENT, _S.RECALL),
        "unlock": (_S.LOCKED_OUT,),
        None: (_S.DISCONNECT_INDICATION, _S.HOWLER),
    }.items()
    for state in states
}

HALF_CALL: StateTable[State, Event] = StateTable(
    name="half-call",
    initial=State.NULL,
    transitions={**_SETUP, **_TALKING, **_MENU, **_WAKEUP, **_LEFT_OFF_HOOK, **_MAKE_ROOM},
    timers={
        State.CALL_DELIVERED: (call_timers.NO_ANSWER, Event.TIMEOUT),
        State.CALL_PRESENT: (call_timers.CLICK, Event.TIMEOUT),
        State.SAYING: (call_timers.SPEECH, Event.TIMEOUT),
        State.ACTING: (call_timers.CONFIRMATION, Event.TIMEOUT),
        State.HOLDING: (call_timers.HOLD, Event.TIMEOUT),
        State.RECALL: (call_timers.RECALL, Event.TIMEOUT),
        State.DISCONNECT_INDICATION: (call_timers.RELEASE_TONE, Event.TIMEOUT),
        State.HOWLER: (call_timers.HOWLER, Event.TIMEOUT),
    },
)

ALERTING = frozenset({State.CALL_RECEIVED, State.CALL_PRESENT, State.RECALL, State.SUMMONED, State.WAKING})
"""The telephone rings."""
TALKING = frozenset({State.ACTIVE, State.HELD, State.HOLDING})
BACKGROUND = frozenset({State.HOLDING, State.CALL_WAITING})
"""What the hook does not act on while something is in the foreground."""
LEFT = frozenset({State.DISCONNECT_INDICATION, State.HOWLER, State.LOCKED_OUT})
"""Off-hook after a call, or without one."""
IN_MENU = frozenset(_IN_MENU)
"""Talks with a menu."""
COLLECTING = LEFT | IN_MENU | {State.OVERLAP_SENDING, State.CALL_DELIVERED}
"""What is dialled is heard; where no number is asked for, emergency numbers alone."""
