"""The life of a FIAS link: states, inputs, timers, and the table of all rules.

A connection is not yet a link: the PMS says LS, we say who we are and what we want (LD, LR of every record, LA), and
its LA makes the link alive. An LA is never answered, or two polite sides would say LA for ever. So a PMS that has not
noticed that we were away (a cable does not show it) says LA to our LS, and nothing to our start: it is asked again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum, auto

from firmware.fsm import StateTable, Transition
from firmware.pms.machine import LinkState
from firmware.timers import TimerSpec

X70 = TimerSpec("X70", 3, 1, 60, "connected, and the PMS says nothing; then LS, and at last the start unasked")
X71 = TimerSpec("X71", 30, 30, 300, "the start was sent, and no LA comes; then the connection is made anew")
X72 = TimerSpec("X72", 300, 30, 3600, "nothing was received; then the PMS is asked by LS whether it is there")
X73 = TimerSpec("X73", 30, 5, 300, "asked by LS, the PMS says nothing; then the connection is made anew")
X74 = TimerSpec("X74", 3, 1, 60, "the start was sent after an LA of the PMS, and no other comes; then the PMS is asked")


class State(Enum):
    """How far PMS and exchange have come."""

    DOWN = auto()
    CONNECTED = auto()
    """Nobody has said anything."""
    GREETING = auto()
    """We have said LS first."""
    INIT = auto()
    """The start was sent: LD, LRs, LA."""
    RESUMING = auto()
    """The same, to a PMS that had said LA: to it we have been alive all along, and it owes us no other."""
    PROBING = auto()
    """That PMS was asked by LS."""
    ALIVE = auto()
    ASKED = auto()
    """Alive so far, asked by LS."""
    CLOSED = auto()
    """The PMS has said LE; the connection stays."""
    CLOSING = auto()
    """We have said LE."""


class Input(Enum):
    """What happens to the link."""

    CONNECT = auto()
    LOSE = auto()
    CLOSE = auto()
    LS = auto()
    LA = auto()
    LE = auto()
    DATA = auto()
    """Any other valid record."""
    SILENCE = auto()
    DOUBT = auto()
    """A charge got no answer: is the PMS there?"""
    NO_ANSWER = auto()


LINK_STATES: Mapping[State, LinkState] = {
    State.DOWN: "down",
    State.CONNECTED: "starting",
    State.GREETING: "starting",
    State.INIT: "starting",
    State.RESUMING: "starting",
    State.PROBING: "starting",
    State.ALIVE: "alive",
    State.ASKED: "alive",
    State.CLOSED: "closed",
    State.CLOSING: "closed",
}

_S, _I, _T = State, Input, Transition
_CONNECTED = tuple(state for state in State if state is not State.DOWN)


def _everywhere() -> Iterator[tuple[tuple[State, Input], Transition[State]]]:
    """A connection may end at any time, by the network, by a line that nobody answers, or by us."""
    for state in _CONNECTED:
        yield (state, _I.LOSE), _T("drop", _S.DOWN)
        yield (state, _I.NO_ANSWER), _T("give_up", _S.DOWN)
        if state is not _S.CLOSING:
            yield (state, _I.CLOSE), _T("say_good_bye", _S.CLOSING)


TABLE: StateTable[State, Input] = StateTable(
    "fias link",
    State.DOWN,
    {
        (_S.DOWN, _I.CONNECT): _T("connect", _S.CONNECTED),
        (_S.CONNECTED, _I.LS): _T("start", _S.INIT),
        (_S.CONNECTED, _I.LA): _T("start", _S.RESUMING),
        (_S.CONNECTED, _I.LE): _T("answer_good_bye", _S.CLOSED),
        (_S.CONNECTED, _I.SILENCE): _T("ask", _S.GREETING),
        (_S.GREETING, _I.LS): _T("start", _S.INIT),
        (_S.GREETING, _I.LA): _T("start", _S.RESUMING),
        (_S.GREETING, _I.LE): _T("answer_good_bye", _S.CLOSED),
        (_S.GREETING, _I.SILENCE): _T("start", _S.INIT),
        (_S.INIT, _I.LS): _T("start", _S.INIT),
        (_S.INIT, _I.LA): _T("agree", _S.ALIVE),
        (_S.INIT, _I.LE): _T("answer_good_bye", _S.CLOSED),
        (_S.RESUMING, _I.LS): _T("start", _S.INIT),
        (_S.RESUMING, _I.LA): _T("agree", _S.ALIVE),
        (_S.RESUMING, _I.LE): _T("answer_good_bye", _S.CLOSED),
        (_S.RESUMING, _I.DATA): _T("agree", _S.ALIVE),
        (_S.RESUMING, _I.SILENCE): _T("ask", _S.PROBING),
        (_S.PROBING, _I.LS): _T("start", _S.INIT),
        (_S.PROBING, _I.LA): _T("agree", _S.ALIVE),
        (_S.PROBING, _I.LE): _T("answer_good_bye", _S.CLOSED),
        (_S.PROBING, _I.DATA): _T("agree", _S.ALIVE),
        (_S.ALIVE, _I.LS): _T("start", _S.ALIVE),
        (_S.ALIVE, _I.LA): _T("agree", _S.ALIVE),
        (_S.ALIVE, _I.LE): _T("answer_good_bye", _S.CLOSED),
        (_S.ALIVE, _I.DATA): _T(None, _S.ALIVE),
        (_S.ALIVE, _I.SILENCE): _T("ask", _S.ASKED),
        (_S.ALIVE, _I.DOUBT): _T("ask", _S.ASKED),
        (_S.ASKED, _I.LS): _T("start", _S.INIT),
        (_S.ASKED, _I.LA): _T("agree", _S.ALIVE),
        (_S.ASKED, _I.LE): _T("answer_good_bye", _S.CLOSED),
        (_S.ASKED, _I.DATA): _T(None, _S.ALIVE),
        (_S.CLOSED, _I.LS): _T("start", _S.INIT),
        (_S.CLOSED, _I.LA): _T("start", _S.RESUMING),
        (_S.CLOSED, _I.LE): _T(None, _S.CLOSED),
        (_S.CLOSED, _I.DATA): _T("start", _S.ALIVE),
        (_S.CLOSED, _I.SILENCE): _T("ask", _S.CLOSED),
        (_S.CLOSING, _I.LE): _T(None, _S.CLOSING),
        (_S.CLOSING, _I.DATA): _T(None, _S.CLOSING),
        **dict(_everywhere()),
    },
    timers={
        _S.CONNECTED: (X70, _I.SILENCE),
        _S.GREETING: (X70, _I.SILENCE),
        _S.INIT: (X71, _I.NO_ANSWER),
        _S.RESUMING: (X74, _I.SILENCE),
        _S.PROBING: (X73, _I.NO_ANSWER),
        _S.ALIVE: (X72, _I.SILENCE),
        _S.ASKED: (X73, _I.NO_ANSWER),
        _S.CLOSED: (X72, _I.SILENCE),
    },
)
