"""The life of a console session: who sits there, and what its keys mean now."""

from __future__ import annotations

from enum import Enum, auto

from firmware.fsm import StateTable, Transition
from firmware.timers import TimerSpec

X80 = TimerSpec("X80", 900, 900, 900, "no key at a console where somebody is logged in; then he is logged out")
X81 = TimerSpec("X81", 60, 60, 60, "a log-in was begun, and is not gone on with; then it begins anew")


class State(Enum):
    """What is awaited."""

    NAME = auto()
    """Nobody is logged in."""
    PASSWORD = auto()
    CODE = auto()
    CHECKING = auto()
    """The log-in is looked at."""
    READY = auto()
    """A command may be entered."""
    WORKING = auto()
    """A command is at work; keys wait for its end."""
    ASKING = auto()
    """It has asked something."""
    PAGING = auto()
    """A screen is full."""
    WATCHING = auto()
    """It shows what happens, until a key is pressed."""
    RESETTING = auto()
    """A password is being set, by right of the button."""
    RESET_ASKING = auto()


class Event(Enum):
    """What happens."""

    STROKE = auto()
    """A key that does not end a line."""
    LINE = auto()
    INTERRUPT = auto()
    LEAVE = auto()
    ADMIT = auto()
    REFUSE = auto()
    NEED_CODE = auto()
    RESET = auto()
    """The button's right is claimed."""
    ASK = auto()
    PAGE = auto()
    WATCH = auto()
    DONE = auto()
    """The command is over."""
    LOG_OUT = auto()
    IDLE = auto()


_OUT: Transition[State] = Transition("leave", State.NAME)
_BEGIN: Transition[State] = Transition("begin", State.NAME)
_SEATED = (State.READY, State.WORKING, State.ASKING, State.PAGING, State.WATCHING)

TABLE: StateTable[State, Event] = StateTable(
    name="Console session",
    initial=State.NAME,
    transitions={
        (State.NAME, Event.STROKE): Transition("edit", State.NAME),
        (State.NAME, Event.LINE): Transition("take_name", (State.NAME, State.PASSWORD, State.RESETTING)),
        (State.NAME, Event.INTERRUPT): _BEGIN,
        (State.NAME, Event.LEAVE): Transition("hang_up", State.NAME),
        (State.PASSWORD, Event.STROKE): Transition("edit", State.PASSWORD),
        (State.PASSWORD, Event.LINE): Transition("take_password", (State.NAME, State.CHECKING)),
        (State.PASSWORD, Event.INTERRUPT): _BEGIN,
        (State.PASSWORD, Event.LEAVE): _BEGIN,
        (State.PASSWORD, Event.IDLE): _BEGIN,
        (State.CHECKING, Event.ADMIT): Transition("admit", State.READY),
        (State.CHECKING, Event.NEED_CODE): Transition("ask_code", State.CODE),
        (State.CHECKING, Event.REFUSE): Transition("refuse", State.NAME),
        (State.CODE, Event.STROKE): Transition("edit", State.CODE),
        (State.CODE, Event.LINE): Transition("take_code", (State.NAME, State.CHECKING)),
        (State.CODE, Event.INTERRUPT): _BEGIN,
        (State.CODE, Event.LEAVE): _BEGIN,
        (State.CODE, Event.IDLE): _BEGIN,
        (State.READY, Event.STROKE): Transition("edit", State.READY),
        (State.READY, Event.LINE): Transition("take_command", (State.READY, State.WORKING)),
        (State.READY, Event.INTERRUPT): Transition("fresh_prompt", State.READY),
        (State.READY, Event.LEAVE): Transition("leave", State.NAME),
        (State.WORKING, Event.INTERRUPT): Transition("stop", State.WORKING),
        (State.WORKING, Event.ASK): Transition("put_question", State.ASKING),
        (State.WORKING, Event.PAGE): Transition("put_more", State.PAGING),
        (State.WORKING, Event.WATCH): Transition(None, State.WATCHING),
        (State.WORKING, Event.DONE): Transition("prompt", State.READY),
        (State.WORKING, Event.LOG_OUT): _OUT,
        (State.ASKING, Event.STROKE): Transition("edit", State.ASKING),
        (State.ASKING, Event.LINE): Transition("answer", State.WORKING),
        (State.ASKING, Event.INTERRUPT): Transition("leave_question", State.WORKING),
        (State.ASKING, Event.LEAVE): Transition("leave_question", State.WORKING),
        (State.PAGING, Event.STROKE): Transition("turn_page", (State.PAGING, State.WORKING)),
        (State.PAGING, Event.LINE): Transition("next_page", State.WORKING),
        (State.PAGING, Event.INTERRUPT): Transition("skip_pages", State.WORKING),
        (State.PAGING, Event.LEAVE): Transition("skip_pages", State.WORKING),
        (State.WATCHING, Event.STROKE): Transition("end_watch", State.WORKING),
        (State.WATCHING, Event.LINE): Transition("end_watch", State.WORKING),
        (State.WATCHING, Event.INTERRUPT): Transition("end_watch", State.WORKING),
        (State.WATCHING, Event.LEAVE): Transition("end_watch", State.WORKING),
        (State.WATCHING, Event.DONE): Transition("prompt", State.READY),
        **{(state, Event.IDLE): Transition("time_out", State.NAME) for state in _SEATED},
        (State.RESETTING, Event.ASK): Transition("put_question", State.RESET_ASKING),
        (State.RESETTING, Event.DONE): _BEGIN,
        (State.RESET_ASKING, Event.STROKE): Transition("edit", State.RESET_ASKING),
        (State.RESET_ASKING, Event.LINE): Transition("answer", State.RESETTING),
        (State.RESET_ASKING, Event.INTERRUPT): Transition("leave_question", State.RESETTING),
        (State.RESET_ASKING, Event.LEAVE): Transition("leave_question", State.RESETTING),
        (State.RESET_ASKING, Event.IDLE): Transition("leave_question", State.RESETTING),
    },
    timers={
        **dict.fromkeys(_SEATED, (X80, Event.IDLE)),
        **dict.fromkeys((State.PASSWORD, State.CODE, State.RESET_ASKING), (X81, Event.IDLE)),
    },
)  # fmt: skip
