"""A menu talks with somebody: its steps become commands to the gateway, and what has happened is told to it.

A telephone can dial an emergency number at any moment of it. A menu is told of nothing while one is being dialled, and
goes on when it turns out that none was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange.decisions import DialogueActs
from firmware.exchange.dialogue import (
    Act,
    Answered,
    Ask,
    Dial,
    Dialogue,
    Finish,
    Input,
    Opening,
    Say,
    Spoken,
    Step,
    TakeDown,
)
from firmware.exchange.half_call import Event, State
from firmware.gateway.digitmap import match
from firmware.gateway.messages import Apply, DigitMap, Record, Signal, StopRecord

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.half import Half

MOST_SILENT_STEPS = 20
"""A menu that goes on for longer without saying anything goes round in a circle."""
MOST_PASSED = 5
"""Menus in a row that do nothing but dial the next one, such as the code that has opened them."""
HASTE_MS = 1_500
"""Between two digits, where a key that was asked for may be the beginning of an emergency number as well."""


class Talk:
    """One party's talk with a menu."""

    def __init__(self, half: Half, dialogue: Dialogue) -> None:
        self.half = half
        self.dialogue = dialogue
        self.id = half.core.new_id()
        self.acts = 0
        self.act: str | None = None
        """What is being done in the hotel, as its answer will name it."""
        self.prompts: tuple[str, ...] = ()
        """What is said just now."""
        self.recording: str | None = None
        self.deferred: Input | None = None
        """What has happened while an emergency number may be being dialled."""

    def take(self, step: Step) -> State:
        """Do what the menu wants next; the state of the half-call meanwhile."""
        for _ in range(MOST_SILENT_STEPS):
            if not isinstance(step, Say) or step.prompts:
                break
            step = self.dialogue.next(Spoken())
        match step:
            case Say(prompts=prompts) if prompts:
                self.prompts = prompts
                self.half.say(prompts)
                return State.SAYING
            case Ask():
                self.half.ask(step)
                return State.ASKING
            case Act():
                self.act = self._wanted(step)
                self.half.attend()
                return State.ACTING
            case TakeDown():
                self._take_down(step)
                return State.RECORDING
            case Dial(number=number):
                return self._go_on_to(number)
            case Finish(tone=tone):
                self._over()
                return self.half.finish(tone)
        self.half.core.note("menu-in-a-circle", endpoint=self.half.endpoint)
        self._over()
        return self.half.finish("busy")

    def happened(self, what: Input) -> State:
        """Tell the menu, and do what it wants next."""
        self.prompts, self.recording, self.deferred = (), None, None
        self.forget_act()
        return self.take(self.dialogue.next(what))

    def leave(self) -> None:
        """The party has gone, or is in something else: what is still to be done is done, and nobody waits for it."""
        core = self.half.core
        if self.recording is not None and self.half.there:
            core.send(StopRecord(endpoint=self.half.endpoint))
        last = self.dialogue.hung_up()
        if last is not None:
            core.acts.pop(self._wanted(last), None)
        self._over()

    def forget_act(self) -> None:
        """An answer comes too late from now on."""
        if self.act is not None:
            self.half.core.acts.pop(self.act, None)
            self.act = None

    def _over(self) -> None:
        self.forget_act()
        self.half.talk = None

    def _go_on_to(self, number: str) -> State:
        """It may come to a menu again, at once."""
        self._over()
        self.half.menus_passed += 1
        try:
            return self.half.go_on_to(number)
        finally:
            self.half.menus_passed -= 1

    def _wanted(self, act: Act) -> str:
        """Each action has an id of its own, so that no answer is taken for another's."""
        self.acts += 1
        act_id, core = f"{self.id}.{self.acts}", self.half.core
        core.acts[act_id] = self.half
        core.decide(DialogueActs(act_id, act.action, act.arguments, core.party_at(self.half.endpoint)))
        return act_id

    def _take_down(self, step: TakeDown) -> None:
        self.recording = step.name
        self.half.attend()
        self.half.core.send(Apply(endpoint=self.half.endpoint, signal=Signal(tone="confirmation")))
        record = Record(
            endpoint=self.half.endpoint, name=step.name, what="receive", limit_s=step.limit_s,
            silence_s=step.silence_s, until_digit=True,
        )  # fmt: skip
        self.half.core.send(record)


def find(core: Core, opening: Opening) -> Dialogue | None:
    """None: there is no such menu."""
    dialogue = core.settings.dialogues.begin(opening)
    if dialogue is None:
        core.note("no-menu", menu=opening.menu)
    return dialogue


def start(half: Half, dialogue: Dialogue) -> State:
    """Let this party talk with a menu; the next state of its half-call."""
    if half.menus_passed > MOST_PASSED:
        half.core.note("menu-in-a-circle", endpoint=half.endpoint)
        return half.finish("busy")
    half.talk = Talk(half, dialogue)
    return half.talk.take(dialogue.begin())


def keys(step: Ask, emergency: tuple[str, ...]) -> DigitMap:
    """What a menu asks for, and the emergency numbers.

    One that could be the beginning of what is asked for (112 of 1120) waits for the next digit; where a key that is
    asked for may begin an emergency number (1 of 112), that wait is short.
    """
    both = any(match(step.patterns, number[:n]) == "complete" for number in emergency for n in range(1, len(number)))
    longer = ("partial", "complete-or-more")
    return DigitMap(
        patterns=(*step.patterns, *emergency),
        at_once=tuple(number for number in emergency if match(step.patterns, number) not in longer),
        first_digit_ms=step.first_digit_ms,
        inter_digit_ms=min(step.inter_digit_ms, HASTE_MS) if both else step.inter_digit_ms,
    )


def answer(core: Core, act: str, answered: Answered) -> None:
    """Something has been done in the hotel. Nobody waits for it any more: no matter."""
    half = core.acts.pop(act, None)
    if half is not None and half.state is State.ACTING:
        half.feed(Event.ACTED, answered)


def abandon(core: Core) -> None:
    """The calls are lost: what was still to be done is done."""
    for half in core.parties():
        if half.talk is not None:
            half.talk.leave()
