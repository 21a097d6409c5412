"""A telephone's half-call: what the actions of the half-call table do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.causes import Cause, signal_of
from firmware.exchange.decisions import ClearAlarm, RaiseAlarm
from firmware.exchange.dialogue import Answered, Ask, Input, Recorded, Spoken
from firmware.exchange.features import (
    click,
    consult,
    emergency,
    forward,
    hold,
    menu,
    ringing,
    summons,
    waiting,
    wakeups,
)
from firmware.exchange.half import Half, Outcome
from firmware.exchange.half_call import HALF_CALL, State
from firmware.exchange.numbering import Extension, emergency_map
from firmware.exchange.presentation import caller_id
from firmware.exchange.terminals import LEFT_OFF_HOOK, Telephone
from firmware.gateway.messages import Apply, CallerId, Collect, Signal, StopRing, StopWake, Tone, WakeupOutcome

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core


class HalfCall(Half):
    """A telephone's part in a call; the table names these methods."""

    TABLE = HALF_CALL

    def __init__(self, core: Core, telephone: Telephone, call: Call | None, name: str) -> None:
        super().__init__(core, telephone, call, name)
        self.telephone = telephone
        self.hearing: Signal | None = None
        """While it is asked for no number, and nobody is connected; it stops for what is dialled."""
        self.instead: Tone = "congestion"
        """What it hears where a prompt that it should hear is not there."""
        self.wakeup = ""
        """The id of the wake-up that rings here."""

    @property
    def extension(self) -> Extension | None:
        return self.telephone.extension

    def shown_to(self, called: Extension | None) -> CallerId:
        return caller_id(self.core, self.telephone.extension, called)

    def not_put_through(self, cause: Cause) -> None:
        self.the_call.release(cause)

    def left_alone(self, cause: Cause) -> None:
        """An emergency looks for somebody else; any other call is over."""
        if self.the_call.emergency:
            emergency.search_again(self.the_call)
        else:
            self.the_call.release(cause)

    # ------------------------------------------------------------------------------------------------ placing a call

    def start(self, dial_tone: bool = False) -> State:
        return originate.start(self, dial_tone)

    def dialled(self, digits: str, outcome: str) -> State:
        return originate.dialled(self, digits, outcome)

    def no_answer(self) -> State:
        return forward.no_answer(self)

    # ------------------------------------------------------------------------------------------------- being called

    def alert(self, kind: str) -> State:
        return ringing.alert(self, kind)

    def answer(self, answered: bool, connection: str | None, at_ns: int) -> State:
        return ringing.answer(self, answered, connection, at_ns)

    def stop_alerting(self, cause: Cause | None = None) -> None:
        self.core.send(StopRing(endpoint=self.endpoint))

    def not_reachable(self) -> None:
        """The port failed while it rang; should it be back already, it must not ring on."""
        self.core.send(StopRing(endpoint=self.endpoint))
        ringing.candidate_lost(self, Cause.DESTINATION_OUT_OF_ORDER)

    def alert_click(self) -> None:
        click.alert(self)

    def answer_click(self, answered: bool, connection: str | None, at_ns: int) -> State:
        return click.answer(self, answered)

    def alert_summons(self) -> None:
        summons.alert(self)

    def answer_summons(self, answered: bool, connection: str | None, at_ns: int) -> State:
        return summons.answer(self, answered)

    # ------------------------------------------------------------------------------------------------------- wake-ups

    def lifted_before_wakeup(self, answered: bool, connection: str | None, at_ns: int) -> State:
        """The gateway will say that it could not ring here, or rings the room's other telephones."""
        return originate.start(self, given=True)

    def woken(self, outcome: WakeupOutcome, digits: str, thanks: tuple[str, ...]) -> State:
        return wakeups.woken(self, outcome, digits, thanks)

    def stop_wakeup(self) -> None:
        """The telephone is needed for somebody else; see `WakeupEnded`."""
        self.core.send(StopWake(id=self.wakeup))

    # ---------------------------------------------------------------------------------------------------- with a menu

    @property
    def there(self) -> bool:
        return self.telephone.off_hook

    def attend(self) -> None:
        self.telephone.dialling = False
        numbers = emergency_map(self.core.plan, self.core.settings.timers)
        self.core.send(Collect(endpoint=self.endpoint, digit_map=numbers))

    def say(self, prompts: tuple[str, ...]) -> None:
        """What is dialled does not stop it, unless it is an emergency number."""
        self.attend()
        self.core.send(Apply(endpoint=self.endpoint, signal=Signal(prompts=prompts)))

    def ask(self, step: Ask) -> None:
        self.telephone.dialling = False
        signal = Signal(prompts=step.prompts) if step.prompts else None
        numbers = menu.keys(step, self.core.plan.emergency_bare)
        self.core.send(Collect(endpoint=self.endpoint, digit_map=numbers, signal=signal))

    def go_on_to(self, number: str) -> State:
        summons.conclude(self)
        originate.begin_call(self)
        return originate.place(self, number) if number else originate.to_reception(self)

    def finish(self, tone: Tone | None) -> State:
        summons.conclude(self)
        if tone is None:
            return originate.start(self)
        if self.call is not None:
            self.call.release(Cause.NORMAL_CLEARING, by=self)
            self.call = None
        self.listen(Signal(tone=tone))
        return State.DISCONNECT_INDICATION

    def spoken(self, failed: bool = False) -> State:
        return self._unless_dialling(Spoken()) or super().spoken()

    def acted(self, answered: Answered) -> State:
        return self._unless_dialling(answered) or super().acted(answered)

    def out_of_patience(self) -> State:
        return self._unless_dialling(Answered("unavailable")) or super().out_of_patience()

    def recorded(self, seconds: float, digit: str) -> State:
        """The digit that ended it may be the first of an emergency number."""
        begun = bool(digit) and any(number.startswith(digit) for number in self.core.plan.emergency_dialable)
        self.telephone.dialling = self.telephone.dialling or begun
        return self._unless_dialling(Recorded(seconds)) or super().recorded(seconds, digit)

    def _unless_dialling(self, what: Input) -> State | None:
        """Perhaps an emergency number; the menu goes on when it turns out that it was none."""
        if not self.telephone.dialling:
            return None
        self.the_talk.deferred = what
        return self.state

    def keyed(self, digits: str, outcome: Outcome) -> State:
        if digits in self.core.plan.emergency and outcome == "complete":  # with # it is an answer: room 112
            return self._call_now(digits)
        return super().keyed(digits, outcome)

    def dialled_amid(self, digits: str, outcome: Outcome) -> State:
        """A number was dialled, which can only be an emergency number; anything else is nothing."""
        if outcome == "complete":
            return self._call_now(digits)
        self.telephone.dialling = False
        if self.the_talk.deferred is not None:
            return self.the_talk.happened(self.the_talk.deferred)
        self.attend()
        return self.state

    def give_up(self) -> None:
        """Nobody comes to place the call that the desk asked for, or to take the held party back."""
        self.core.send(StopRing(endpoint=self.endpoint))
        hold.abandon(self, Cause.NO_ANSWER)

    # -------------------------------------------------------------------------------------------------- call waiting

    def accept(self) -> None:
        waiting.accept(self)

    def alert_waiting(self) -> State:
        return waiting.alert(self)

    def stop_waiting(self, cause: Cause | None = None) -> None:
        waiting.stop(self)

    # ---------------------------------------------------------------------------------------------- hold and transfer

    def flash_active(self) -> State:
        return consult.flash_active(self)

    def flash_before_answer(self) -> State:
        return consult.flash_before_answer(self)

    def flash_after_call(self) -> State:
        return consult.flash_after_call(self)

    def take_back(self) -> None:
        hold.take_back(self)

    def recall(self) -> State:
        return hold.recall(self)

    def answer_recall(self, answered: bool, connection: str | None, at_ns: int) -> None:
        hold.answer_recall(self, connection)

    def remind(self) -> State:
        return hold.remind(self)

    # -------------------------------------------------------------------------------------------------------- ending

    def hang_up(self) -> None:
        consult.hang_up(self)

    def vacate(self) -> None:
        """Leave the call for a more important one; the other party hears why."""
        if self in self.the_call.attending:
            emergency.part(self)
        else:
            self.the_call.release(Cause.PRE_EMPTION, by=self)

    def displace(self) -> None:
        """Stop ringing for this call, to ring for a more important one."""
        self.core.send(StopRing(endpoint=self.endpoint))
        ringing.candidate_lost(self, Cause.USER_BUSY)

    def party_gone(self, cause: Cause | None) -> State:
        """The other party has left; in a conference (cause None) this telephone talks on in the other call."""
        if cause is None:
            return State.NULL
        self.play_cause(cause)
        return State.DISCONNECT_INDICATION

    def play_cause(self, cause: Cause | None) -> None:
        """The call is over and this telephone is still off-hook."""
        if self.call is not None:
            self.call.detach(self)
            self.call = None
        self.instead = "congestion"
        self.listen(self.core.in_language(self.extension, signal_of(cause or Cause.NORMAL_CLEARING)))

    # ------------------------------------------------------------------------------------------- nobody is connected

    def hear(self, tone: Tone | None) -> None:
        self.listen(None if tone is None else Signal(tone=tone))

    def listen(self, signal: Signal | None) -> None:
        """It is asked for no number, and emergency numbers are collected all the same."""
        self.hearing = signal
        numbers = emergency_map(self.core.plan, self.core.settings.timers)
        self.core.send(Collect(endpoint=self.endpoint, digit_map=numbers, signal=signal))

    def dialled_late(self, digits: str, outcome: str) -> State:
        """A whole number is one that goes through whatever stands in its way; after anything else it is as before."""
        if outcome != "complete":
            self.listen(self.hearing)
            return self.state
        if self.state is State.CALL_DELIVERED and self.the_call.emergency:  # 112 once more
            return self.state
        if self.state is State.LOCKED_OUT:
            self.unlock()
        return self._call_now(digits)

    def _call_now(self, digits: str) -> State:
        """Whatever it was in is over."""
        if self.call is not None:
            self.call.release(Cause.NORMAL_CLEARING, by=self)
            self.call = None
        originate.begin_call(self)
        return originate.place(self, digits)

    def left_off(self) -> State:
        """Nobody has hung up. Reception looks after a telephone that is set so, once; else it howls."""
        extension, telephone = self.telephone.extension, self.telephone
        if extension is not None and extension.reception_after_s is not None and not telephone.asked_reception:
            originate.begin_call(self)
            return originate.to_reception(self)
        self.hear("howler")
        return State.HOWLER

    def lock_out(self) -> None:
        self.core.play(self.endpoint, None)
        self.hear(None)
        self.tell_left_off()

    def tell_left_off(self) -> None:
        extension = self.telephone.extension
        who = self.endpoint if extension is None else extension.number
        self.core.decide(RaiseAlarm(LEFT_OFF_HOOK, self.endpoint, f"{who}: the handset has been left off the hook"))

    def unlock(self) -> None:
        self.core.decide(ClearAlarm(LEFT_OFF_HOOK, self.endpoint))
