"""The company line that carries an emergency call: which one, and what if it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import outgoing
from firmware.exchange.call_timers import EMERGENCY_RETRY
from firmware.exchange.decisions import ClearAlarm, EmergencyCheck, RaiseAlarm
from firmware.exchange.features import emergency
from firmware.exchange.half_call import Event, State
from firmware.gateway.messages import Apply, ProbeTrunk, Signal

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.terminals import TrunkLine

NO_LINE = "emergency-no-line"
"""Alarm kind, and the prompt that the caller hears."""


def take(call: Call) -> bool:
    """Have the best line that was not tried yet carry the call; False if there is none."""
    core = call.core
    lines = [line for line in core.trunks.values() if line.usable and line.endpoint not in call.tried]
    ranked = [(rank, line) for line in lines if (rank := _rank(line, call.cut_in)) is not None]
    if not ranked:
        return False
    line = min(ranked, key=lambda each: each[0])[1]
    if line.half is not None:
        core.note("pre-empted", endpoint=line.endpoint)
        call.cut_in = call.cut_in or not line.number
        line.half.feed(Event.VACATE)
    return outgoing.take(call, line)


def _rank(line: TrunkLine, cut_in: bool) -> tuple[int, int] | None:
    """How much is lost by taking it, least first; None: it must not be taken, or would be of no use.

    To try one without dial tone takes 2 s; a dead one is refused at once. To seize a line that rings in is to answer
    it. The exchange may hold a caller whom we release; the line then rests until it lets him go, and nothing is won by
    releasing another one (`cut_in`: one was released).
    """
    half = line.half
    if half is None:
        return (0 if line.idle else 4 if "no-dial-tone" in line.faults else 1), 0
    call = half.the_call
    if call.emergency or (half.state is State.CALL_DELIVERED and not line.seized):
        return None
    if cut_in and not line.number:
        return None
    return (5 if call.call_back else 2 if line.number else 3), -call.started_ns


def lost(call: Call) -> None:
    """The line that should have carried it did not: the next one; or else reception alone, until another try."""
    if take(call):
        return
    without(call)
    emergency.search_again(call)


def look_after(call: Call) -> None:
    """After a take-over: the next line at once, or the wait goes on that was on already."""
    if call.no_line:
        call.core.call_due(call, EMERGENCY_RETRY, call.core.now.monotonic_ns)
    else:
        lost(call)


def without(call: Call) -> None:
    """No line carries it now: the desk and the caller are told, and it is tried again for as long as he waits."""
    core, caller = call.core, call.calling
    core.call_due(call, EMERGENCY_RETRY, core.now.monotonic_ns)
    if caller is None:
        return
    who = emergency.subject(caller)
    text = f"{who}: no company line carries the call to {call.dialled}"
    core.decide(RaiseAlarm(NO_LINE, who, text, {"number": call.dialled}))
    if call.to_endpoint in core.trunks:
        call.to_endpoint = None
    if call.attending:
        call.note_answer(call.attending[0].endpoint, core.at_ns)
    elif not call.no_line:
        spoken = core.in_language(caller.extension, Signal(prompts=(NO_LINE,)))
        core.send(Apply(endpoint=caller.endpoint, signal=spoken))
    call.no_line = True
    core.touch(call)


def try_again(call: Call) -> None:
    """All lines anew, for as long as the caller waits."""
    call.tried.clear()
    if not call.ended and not emergency.goes_out(call):
        lost(call)


def found(call: Call) -> None:
    """The digits are out."""
    if call.no_line and call.calling is not None:
        call.core.decide(ClearAlarm(NO_LINE, emergency.subject(call.calling)))
    call.no_line = call.cut_in = False
    call.core.touch(call)


def dry_run(core: Core) -> EmergencyCheck:
    """Everything that an emergency call would meet, without one: idle lines are tried for dial tone."""
    lines = [line for line in core.trunks.values() if line.group is not None]
    idle = tuple(line.endpoint for line in lines if line.usable and line.half is None and not line.dead)
    core.send(*(ProbeTrunk(endpoint=endpoint) for endpoint in idle))
    broken = (line for line in lines if line.dead or not line.usable)
    answering = (core.telephone_of(extension) for extension in core.plan.operators)
    return EmergencyCheck(
        probed=idle,
        busy=tuple(line.endpoint for line in lines if line.usable and line.half is not None),
        faulty=tuple((line.endpoint, (*line.faults, line.service)[0]) for line in broken),
        reception=tuple(t.extension.number for t in answering if t is not None and t.usable and t.extension),
        numbers=core.plan.emergency,
    )
