"""Events of a line: which half-call, or half-calls, of the telephone they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate, trunks
from firmware.exchange.causes import Cause
from firmware.exchange.decisions import ClearAlarm, RaiseAlarm
from firmware.exchange.features import ringing
from firmware.exchange.half_call import ALERTING, COLLECTING, Event, State
from firmware.gateway.messages import (
    Alarm,
    Apply,
    Collect,
    Digits,
    DigitsStarted,
    Flash,
    OffHook,
    OnHook,
    PlaybackDone,
    Record,
    RecordingEnded,
    Service,
)

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.half import Half
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone

_TONE_AFTER_CALL = (State.DISCONNECT_INDICATION, State.HOWLER)


def off_hook(core: Core, event: OffHook) -> None:
    """Lifted: an answer where it rings for a call, else a call of its own, with dial tone from the gateway."""
    telephone = core.telephones.get(event.endpoint)
    if telephone is None:
        return
    telephone.off_hook = True
    telephone.dialling = telephone.asked_reception = False
    core.touch(telephone)
    front = telephone.front
    if front is not None and front.state in ALERTING:
        front.feed(Event.OFF_HOOK, event.answered, event.connection, event.at_ns)
        return
    core.undo(event.connection)
    if front is not None:
        _replaced(core, telephone)
    if telephone.extension is None or telephone.service == "out-of-service":
        return
    given = not event.answered and telephone.signalled_ns <= event.at_ns
    core.new_half(telephone, None).feed(Event.ORIGINATE, given)


def on_hook(core: Core, event: OnHook) -> None:
    """Replaced: what is in front ends; a held party rings back, a waiting call rings."""
    telephone = core.telephones.get(event.endpoint)
    if telephone is None:
        return
    telephone.off_hook = False
    if event.failed:
        _cut_off(telephone)
    talked_to = [half for half in _partners(core, telephone) if half.state is State.ACTIVE]
    _replaced(core, telephone)
    for half in talked_to:
        if half.state is State.DISCONNECT_INDICATION and half.telephone.tapped_ns >= event.at_ns:
            half.feed(Event.FLASH)  # both had hung up, and this one was lifted again before that could be told


def _partners(core: Core, telephone: Telephone) -> list[HalfCall]:
    """The telephones at the other ends of its calls."""
    others = [half.call.other(half) for half in telephone.halves if half.call is not None]
    return [half for partner in core.telephones.values() for half in partner.halves if half in others]


def _cut_off(telephone: Telephone) -> None:
    """Nobody has hung up: the calls that end now are lost."""
    for half in telephone.halves:
        if half.call is None or half.state in ALERTING or half.state is State.CALL_WAITING:
            continue
        if half not in half.call.attending:
            half.call.cut_off = True


def _replaced(core: Core, telephone: Telephone) -> None:
    """The hook ends what is in front of it, then what is behind; a telephone that rings was on-hook all along."""
    core.touch(telephone)
    telephone.dialling = False
    for half in reversed(telephone.halves.copy()):
        if half.alive and half.state not in ALERTING and half.state is not State.CALL_WAITING:
            half.feed(Event.ON_HOOK)
    core.settle()


def flash(core: Core, event: Flash) -> None:
    """A hook flash; where it does not count it still ends the tone after a call, with dial tone."""
    telephone = core.telephones.get(event.endpoint)
    front = None if telephone is None else telephone.front
    if telephone is None or telephone.extension is None or front is None or front.state in ALERTING:
        return
    if front.state not in _TONE_AFTER_CALL and not core.settings.flash_allowed(telephone.extension):
        telephone.tapped_ns = event.at_ns
        return
    front.feed(Event.FLASH)


def digits_started(core: Core, event: DigitsStarted) -> None:
    telephone = core.telephones.get(event.endpoint)
    if telephone is not None:
        telephone.dialling = True
        core.touch(telephone)


def digits(core: Core, event: Digits) -> None:
    """A collection ended. One that the agent has ended meanwhile (a flash, an emergency call) is of no interest."""
    front = _front(core, event.endpoint)
    if front is None or front.state not in COLLECTING or (front.is_outside and front.state is not State.ASKING):
        core.note("late-digits", endpoint=event.endpoint)
        return
    front.feed(Event.DIGITS, event.digits, event.outcome)


def playback_done(core: Core, event: PlaybackDone) -> None:
    """What was spoken has ended. A missing prompt's tone stands in."""
    telephone = core.telephones.get(event.endpoint)
    front = None if telephone is None else telephone.front
    if front is None:
        trunks.announced(core, event)
    elif front.state is State.SAYING and front.the_talk.prompts == event.signal.prompts:
        front.feed(Event.DONE)
    elif front.state is State.DISCONNECT_INDICATION and event.signal.prompts:
        front.hear(front.instead)
    elif front.state is State.CALL_DELIVERED and event.signal.prompts:
        core.play(front.endpoint, "ringback")


def recording_ended(core: Core, event: RecordingEnded) -> None:
    """A menu's recording."""
    half = _front(core, event.endpoint)
    if half is not None and half.state is State.RECORDING and half.the_talk.recording == event.name:
        half.feed(Event.RECORDED, event.seconds, event.digit)


def could_not_speak(core: Core, command: Apply | Collect) -> None:
    """A prompt or a digit map of the menu is none to the gateway: it goes on as if nobody had pressed a key."""
    half = _front(core, command.endpoint)
    if half is not None and half.state is State.SAYING and isinstance(command, Apply):
        half.feed(Event.DONE, True)
    elif half is not None and half.state is State.ASKING and isinstance(command, Collect):
        half.feed(Event.DIGITS, "", "silent")


def could_not_record(core: Core, command: Record) -> None:
    """The menu is told that nothing was said."""
    half = _front(core, command.endpoint)
    if half is not None and half.state is State.RECORDING and half.the_talk.recording == command.name:
        half.feed(Event.RECORDED, 0.0, "")


def _front(core: Core, endpoint: str) -> Half | None:
    telephone = core.telephones.get(endpoint)
    if telephone is not None:
        return telephone.front
    line = core.trunks.get(endpoint)
    return None if line is None else line.half


def alarm(core: Core, event: Alarm) -> None:
    """A fault of the line; the desk knows it by its kind and the port."""
    terminal = core.terminal(event.endpoint)
    subject = event.endpoint or "voice"
    if event.raised:
        core.decide(RaiseAlarm(event.kind, subject, event.text))
    else:
        core.decide(ClearAlarm(event.kind, subject))
    if terminal is None:
        return
    terminal.faults = [fault for fault in terminal.faults if fault != event.kind]
    if event.raised:
        terminal.faults.append(event.kind)
    core.touch(terminal)


def service(core: Core, event: Service) -> None:
    """A port that goes out of service takes its telephone out of every call; one that comes back is armed again."""
    terminal = core.terminal(event.endpoint)
    if terminal is None:
        return
    terminal.service = event.state
    core.touch(terminal)
    telephone = core.telephones.get(event.endpoint)
    if telephone is None:
        return  # a company line tells of its call by itself
    if event.state == "in-service":
        originate.arm(core, telephone)
        return
    telephone.off_hook = False
    _replaced(core, telephone)
    for half in telephone.halves.copy():
        if half.alive and half.state in ALERTING:
            half.feed(Event.ON_HOOK)
        elif half.alive:
            ringing.candidate_lost(half, Cause.DESTINATION_OUT_OF_ORDER)
            half.feed(Event.RELEASED, None)


def could_not_connect(core: Core, connection: str) -> None:
    """The gateway has no room for the connection: its parties must not sit in silence."""
    for call in [call for call in core.calls.values() if call.connection == connection and not call.emergency]:
        call.release(Cause.SWITCHING_CONGESTION)


def could_not_ring(half: HalfCall) -> None:
    """The gateway refused to ring: the telephone has been lifted, or its port has failed."""
    half.feed(Event.VACATE)
