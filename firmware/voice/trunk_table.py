"""The state machine of a company line: states, inputs, timers, and the table of all rules.

                     RINGING <--> PAUSE --> TOLD --> ANSWERING --+
                        ^                                        |
    INITIALISING --> IDLE --> SEIZING --> AWAITING --> DIALLING  |   (a call in on a line that is being seized: CAUGHT)
                      ^ (DEAD, IN_USE)                    |      |
                      |                                   v      v
                    GUARD <---- PROCEEDING, ALERTING, HUSHED --> ACTIVE

What the line does means something in some states only: `TrunkLine.news` leaves out what has no rule here.
"""

from __future__ import annotations

from enum import Enum, auto

from firmware.fsm import StateTable, Transition
from firmware.timers import TimerSpec

X30 = TimerSpec("X30", 2.0, 0.5, 10.0, "The port was told to seize its line and has not done so.")
X31 = TimerSpec("X31", 2.0, 0.5, 10.0, "The line is seized, and no dial tone is heard.")
X32 = TimerSpec("X32", 1.0, 0.2, 5.0, "The line rests on-hook, until the exchange has noticed.")
X33 = TimerSpec("X33", 2.5, 0.5, 6.0, "The first ring is over, and no caller id has come.")
X34 = TimerSpec("X34", 20.0, 5.0, 120.0, "The digits are out: the call counts as answered where nothing else tells it.")
X35 = TimerSpec("X35", 2.0, 1.0, 10.0, "Ringback is over, and no tone has said that the call has failed.")
X36 = TimerSpec("X36", 15.0, 1.0, 60.0, "The exchange has announced why the call cannot be.")
X37 = TimerSpec("X37", 10.0, 1.0, 300.0, "A line has given no dial tone, until it is tried again.")
X38 = TimerSpec("X38", 60.0, 5.0, 3600.0, "A line keeps giving no dial tone, until it is tried again.")
X39 = TimerSpec("X39", 60.0, 5.0, 3600.0, "A telephone in parallel holds the line, until that is an alarm.")
X40 = TimerSpec("X40", 14_400.0, 60.0, 86_400.0, "A call may last so long.")
X41 = TimerSpec("X41", 6.0, 0.1, 30.0, "A line has given no dial tone: somebody may be on it, and speak yet.")
X42 = TimerSpec("X42", 10.0, 1.0, 60.0, "Dial tone is heard in a call: nobody is there.")
X43 = TimerSpec("X43", 22.0, 5.0, 120.0, "A caller whom we have released has the line still, until it is tried again.")
X44 = TimerSpec("X44", 6.0, 1.0, 30.0, "A line test may hold the line so long.")


class State(Enum):
    """Where a company line is."""

    INITIALISING = auto()
    """Its port is not in service yet."""
    OUT_OF_SERVICE = auto()
    """Its port does not work."""
    IDLE = auto()
    """On-hook, and free to be seized."""
    DEAD = auto()
    """On-hook, and the exchange gives no battery, or too much current."""
    IN_USE = auto()
    """On-hook, and a telephone in parallel is off-hook."""
    RINGING = auto()
    """A call rings in: a burst is on; its caller may still be told."""
    PAUSE = auto()
    """A call rings in: between bursts, where caller id comes."""
    TOLD = auto()
    """A call rings in, and has been reported."""
    DECLINED = auto()
    """A call rings in that nobody wants."""
    ANSWERING = auto()
    """A call in is being answered: the port goes off-hook."""
    SEIZING = auto()
    """The port goes off-hook for a call out, or for a probe."""
    AWAITING = auto()
    """Off-hook, listening for dial tone."""
    TESTING = auto()
    """Off-hook with dial tone, for a line test: whoever places a call has the line."""
    LISTENING = auto()
    """Off-hook for nobody: there was no dial tone, perhaps because a caller is there who has not spoken yet."""
    CAUGHT = auto()
    """Off-hook with a call in that nobody has answered yet: it came while the line was being seized."""
    DIALLING = auto()
    """The digits go out."""
    PROCEEDING = auto()
    """The digits are out; nothing is known of the called party."""
    ALERTING = auto()
    """The far end's ringback is heard."""
    HUSHED = auto()
    """Ringback is over: an answer, unless a tone says otherwise."""
    STALLED = auto()
    """Dial tone is heard, though the digits are out: nobody may dial on it, so the line hears nothing of the caller."""
    ANNOUNCED = auto()
    """Special information tone was heard: an announcement tells the caller why, then the line is released."""
    ACTIVE = auto()
    """Answered."""
    MUTED = auto()
    """Answered, and dial tone is heard: nobody may dial on it either."""
    GUARD = auto()
    """On-hook again, and the exchange has perhaps not noticed yet."""
    HELD = auto()
    """On-hook, and the exchange keeps a caller whom we have released: to seize the line is to have him back."""


class Input(Enum):
    """What happens to a company line."""

    FOUND_ON_HOOK = auto()
    FOUND_OFF_HOOK = auto()
    FAILED = auto()
    LINE_CHANGED = auto()
    """It is dead or no longer, in use by another telephone or no longer."""
    RING_ON = auto()
    RING_OFF = auto()
    RING_STOPPED = auto()
    CALLER = auto()
    SEIZED = auto()
    """Off-hook, and its audio path is open."""
    LINE_DOWN = auto()
    """On-hook."""
    REVERSED = auto()
    FEED_LOST = auto()
    DIAL_TONE = auto()
    DIAL_TONE_OVER = auto()
    SPEECH = auto()
    RINGBACK = auto()
    RINGBACK_OVER = auto()
    REFUSAL_BEGAN = auto()
    """Busy or congestion tone, as far as one cycle can tell."""
    REFUSED = auto()
    """Busy or congestion tone for certain."""
    SPECIAL = auto()
    SILENT = auto()
    DIGITS_OUT = auto()
    TIME_OVER = auto()
    PLACE = auto()
    PROBE = auto()
    TEST = auto()
    ANSWER = auto()
    RELEASE = auto()


_S, _I, _T = State, Input, Transition
REST = (_S.IDLE, _S.DEAD, _S.IN_USE)
ON_HOOK = (_S.GUARD, _S.HELD)
"""After a call."""
RINGING_IN = (_S.RINGING, _S.PAUSE, _S.TOLD, _S.DECLINED)
SETTING_UP = (_S.PROCEEDING, _S.ALERTING, _S.HUSHED, _S.STALLED, _S.ANNOUNCED)
"""A call out whose digits are out."""
TALKING = (_S.ACTIVE, _S.MUTED)
SEIZED = (
    _S.ANSWERING,
    _S.SEIZING,
    _S.AWAITING,
    _S.TESTING,
    _S.LISTENING,
    _S.CAUGHT,
    _S.DIALLING,
    *SETTING_UP,
    *TALKING,
)

TABLE: StateTable[State, Input] = StateTable(
    "trunk",
    State.INITIALISING,
    {
        (_S.INITIALISING, _I.FOUND_ON_HOOK): _T("enter_service", REST),
        (_S.INITIALISING, _I.FOUND_OFF_HOOK): _T("enter_service_seized", _S.GUARD),
        (_S.INITIALISING, _I.FAILED): _T("leave_service", _S.OUT_OF_SERVICE),
        (_S.OUT_OF_SERVICE, _I.FOUND_ON_HOOK): _T("enter_service", REST),
        (_S.OUT_OF_SERVICE, _I.FOUND_OFF_HOOK): _T("enter_service_seized", _S.GUARD),
        **{(state, _I.FOUND_ON_HOOK): _T("enter_service", REST) for state in REST},
        **{(state, _I.FOUND_OFF_HOOK): _T("enter_service_seized", _S.GUARD) for state in REST},
        **{(state, _I.FAILED): _T("leave_service", _S.OUT_OF_SERVICE) for state in REST},
        **{(state, _I.LINE_CHANGED): _T("rest", REST) for state in REST},
        (_S.IDLE, _I.CALLER): _T("keep_caller", _S.IDLE),
        (_S.IDLE, _I.RING_ON): _T("begin_ringing", (_S.RINGING, _S.TOLD)),
        (_S.IDLE, _I.PLACE): _T("begin_call", _S.SEIZING),
        (_S.IDLE, _I.PROBE): _T("begin_probe", _S.SEIZING),
        (_S.IDLE, _I.TEST): _T("begin_test", _S.SEIZING),
        (_S.IDLE, _I.TIME_OVER): _T("seize", _S.SEIZING),
        (_S.DEAD, _I.RING_ON): _T("begin_ringing", (_S.RINGING, _S.TOLD)),
        (_S.IN_USE, _I.TIME_OVER): _T("report_in_use", _S.IN_USE),
        # a call in
        **{(state, _I.FAILED): _T("fail_ringing", _S.OUT_OF_SERVICE) for state in RINGING_IN},
        **{(state, _I.FOUND_ON_HOOK): _T("abandoned", REST) for state in RINGING_IN},
        **{(state, _I.RING_STOPPED): _T("abandoned", REST) for state in RINGING_IN},
        **{(state, _I.LINE_CHANGED): _T("ringing_changed", (state, *REST)) for state in RINGING_IN},
        (_S.RINGING, _I.RING_OFF): _T("end_burst", _S.PAUSE),
        (_S.RINGING, _I.CALLER): _T("caller_known", _S.TOLD),
        (_S.PAUSE, _I.RING_ON): _T("ring_again", (_S.RINGING, _S.TOLD)),
        (_S.PAUSE, _I.CALLER): _T("caller_known", _S.TOLD),
        (_S.PAUSE, _I.TIME_OVER): _T("no_caller", (_S.PAUSE, _S.TOLD)),
        (_S.TOLD, _I.ANSWER): _T("answer", _S.ANSWERING),
        (_S.TOLD, _I.RELEASE): _T("forget_call", _S.DECLINED),
        (_S.ANSWERING, _I.SEIZED): _T("answered", (_S.ACTIVE, _S.GUARD)),
        (_S.ANSWERING, _I.RING_STOPPED): _T("given_up", _S.GUARD),
        (_S.ANSWERING, _I.TIME_OVER): _T("dropped", _S.GUARD),
        # a call out, or a probe
        (_S.SEIZING, _I.SEIZED): _T("line_open", (_S.AWAITING, _S.CAUGHT)),
        (_S.SEIZING, _I.RING_ON): _T("caught", _S.CAUGHT),
        (_S.SEIZING, _I.PLACE): _T("take_call", _S.SEIZING),
        (_S.SEIZING, _I.TIME_OVER): _T("dropped", _S.GUARD),
        (_S.AWAITING, _I.DIAL_TONE): _T("dial_tone", (_S.DIALLING, _S.TESTING, _S.GUARD)),
        (_S.AWAITING, _I.RING_ON): _T("caught", _S.CAUGHT),
        (_S.AWAITING, _I.SPEECH): _T("spoken", (_S.CAUGHT, _S.HELD)),
        (_S.AWAITING, _I.PLACE): _T("take_call", _S.AWAITING),
        (_S.AWAITING, _I.REFUSAL_BEGAN): _T("no_line", _S.GUARD),
        (_S.AWAITING, _I.FEED_LOST): _T("no_line", _S.GUARD),
        (_S.AWAITING, _I.TIME_OVER): _T("no_dial_tone", (_S.LISTENING, _S.HELD)),
        (_S.TESTING, _I.PLACE): _T("call_in_test", (_S.DIALLING, _S.GUARD)),
        (_S.TESTING, _I.FEED_LOST): _T("nobody_there", _S.GUARD),
        (_S.TESTING, _I.TIME_OVER): _T("nobody_there", _S.GUARD),
        (_S.LISTENING, _I.SPEECH): _T("caught", _S.CAUGHT),
        (_S.LISTENING, _I.DIAL_TONE): _T("dial_tone", _S.GUARD),
        (_S.LISTENING, _I.PLACE): _T("call_after_rest", _S.GUARD),
        (_S.LISTENING, _I.REFUSAL_BEGAN): _T("nobody_there", _S.GUARD),
        (_S.LISTENING, _I.FEED_LOST): _T("nobody_there", _S.GUARD),
        (_S.LISTENING, _I.TIME_OVER): _T("nobody_there", _S.GUARD),
        (_S.CAUGHT, _I.ANSWER): _T("answer_caught", TALKING),
        (_S.CAUGHT, _I.DIAL_TONE): _T(None, _S.CAUGHT),
        (_S.CAUGHT, _I.DIAL_TONE_OVER): _T(None, _S.CAUGHT),
        (_S.CAUGHT, _I.TIME_OVER): _T("left_alone", _S.GUARD),
        (_S.CAUGHT, _I.REVERSED): _T("reversed_in_call", (_S.CAUGHT, _S.GUARD)),
        (_S.CAUGHT, _I.FEED_LOST): _T("loop_broken", _S.GUARD),
        (_S.CAUGHT, _I.REFUSED): _T("refused_by_tone", _S.GUARD),
        (_S.DIALLING, _I.REVERSED): _T("turned", _S.DIALLING),
        (_S.DIALLING, _I.DIGITS_OUT): _T("dialled", (_S.PROCEEDING, _S.ACTIVE, _S.MUTED)),
        (_S.DIALLING, _I.FEED_LOST): _T("loop_broken", _S.GUARD),
        **{(state, _I.REVERSED): _T("answered_by_reversal", TALKING) for state in SETTING_UP},
        **{(state, _I.REFUSED): _T("refused_by_tone", _S.GUARD) for state in SETTING_UP},
        **{(state, _I.FEED_LOST): _T("loop_broken", _S.GUARD) for state in SETTING_UP},
        (_S.PROCEEDING, _I.RINGBACK): _T("alerting", _S.ALERTING),
        (_S.PROCEEDING, _I.SPECIAL): _T(None, _S.ANNOUNCED),
        (_S.PROCEEDING, _I.DIAL_TONE): _T("mute", _S.STALLED),
        (_S.PROCEEDING, _I.TIME_OVER): _T("answered_by_timer", TALKING),
        (_S.ALERTING, _I.RINGBACK_OVER): _T("ringback_over", (_S.HUSHED, _S.PROCEEDING, _S.STALLED)),
        (_S.ALERTING, _I.SPECIAL): _T(None, _S.ANNOUNCED),
        (_S.ALERTING, _I.TIME_OVER): _T("answered_by_timer", TALKING),
        (_S.HUSHED, _I.RINGBACK): _T("alerting", _S.ALERTING),
        (_S.HUSHED, _I.REFUSAL_BEGAN): _T(None, _S.HUSHED),
        (_S.HUSHED, _I.SPECIAL): _T(None, _S.ANNOUNCED),
        (_S.HUSHED, _I.DIAL_TONE): _T("mute", _S.STALLED),
        (_S.HUSHED, _I.TIME_OVER): _T("answered_by_ringback_end", TALKING),
        (_S.STALLED, _I.DIAL_TONE_OVER): _T("dial_tone_over", (_S.PROCEEDING, _S.HUSHED)),
        (_S.STALLED, _I.TIME_OVER): _T("left_alone", _S.GUARD),
        (_S.ANNOUNCED, _I.SPECIAL): _T("announced", _S.GUARD),
        (_S.ANNOUNCED, _I.DIAL_TONE): _T("announced", _S.GUARD),
        (_S.ANNOUNCED, _I.TIME_OVER): _T("announced", _S.GUARD),
        # any call that stands
        **{(state, _I.RINGBACK): _T("far_end_rings", state) for state in TALKING},
        **{(state, _I.RINGBACK_OVER): _T("far_end_rings_no_more", state) for state in TALKING},
        (_S.ACTIVE, _I.DIAL_TONE): _T("mute", _S.MUTED),
        (_S.ACTIVE, _I.TIME_OVER): _T("too_long", _S.GUARD),
        (_S.MUTED, _I.DIAL_TONE_OVER): _T("unmute", _S.ACTIVE),
        (_S.MUTED, _I.TIME_OVER): _T("left_alone", _S.GUARD),
        **{(state, _I.REVERSED): _T("reversed_in_call", (state, _S.GUARD)) for state in TALKING},
        **{(state, _I.FEED_LOST): _T("loop_broken", _S.GUARD) for state in TALKING},
        **{(state, _I.REFUSED): _T("refused_by_tone", _S.GUARD) for state in TALKING},
        **{(state, _I.SILENT): _T("silent", _S.GUARD) for state in TALKING},
        **{(state, _I.RELEASE): _T("hang_up", _S.GUARD) for state in SEIZED},
        **{(state, _I.FOUND_ON_HOOK): _T("dropped", _S.GUARD) for state in SEIZED},
        **{(state, _I.LINE_DOWN): _T("dropped", _S.GUARD) for state in SEIZED},
        **{(state, _I.FAILED): _T("fail_call", _S.OUT_OF_SERVICE) for state in SEIZED},
        # after it
        (_S.GUARD, _I.TIME_OVER): _T("rested", (_S.SEIZING, *REST)),
        (_S.GUARD, _I.PLACE): _T("take_call", _S.GUARD),
        (_S.GUARD, _I.RELEASE): _T("forget_call", _S.GUARD),
        (_S.HELD, _I.TIME_OVER): _T("rest", REST),
        **{(state, _I.CALLER): _T("keep_caller", state) for state in ON_HOOK},
        **{(state, _I.RING_ON): _T("begin_ringing", (_S.RINGING, _S.TOLD)) for state in ON_HOOK},
        **{(state, _I.LINE_DOWN): _T("line_down", state) for state in ON_HOOK},
        **{(state, _I.FOUND_ON_HOOK): _T("in_service", state) for state in ON_HOOK},
        **{(state, _I.FOUND_OFF_HOOK): _T("enter_service_seized", _S.GUARD) for state in ON_HOOK},
        **{(state, _I.FAILED): _T("fail_call", _S.OUT_OF_SERVICE) for state in ON_HOOK},
    },
    timers={
        _S.IDLE: (X38, _I.TIME_OVER),
        _S.IN_USE: (X39, _I.TIME_OVER),
        _S.PAUSE: (X33, _I.TIME_OVER),
        _S.ANSWERING: (X30, _I.TIME_OVER),
        _S.SEIZING: (X30, _I.TIME_OVER),
        _S.AWAITING: (X31, _I.TIME_OVER),
        _S.TESTING: (X44, _I.TIME_OVER),
        _S.LISTENING: (X41, _I.TIME_OVER),
        _S.CAUGHT: (X42, _I.TIME_OVER),
        _S.PROCEEDING: (X34, _I.TIME_OVER),
        _S.ALERTING: (X34, _I.TIME_OVER),
        _S.HUSHED: (X35, _I.TIME_OVER),
        _S.STALLED: (X42, _I.TIME_OVER),
        _S.ANNOUNCED: (X36, _I.TIME_OVER),
        _S.ACTIVE: (X40, _I.TIME_OVER),
        _S.MUTED: (X42, _I.TIME_OVER),
        _S.GUARD: (X32, _I.TIME_OVER),
        _S.HELD: (X43, _I.TIME_OVER),
    },
)
