"""Calls out through company lines: who may, which line, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from firmware.exchange.causes import Cause, cause_of
from firmware.exchange.features import emergency_lines
from firmware.exchange.half_call import Event, State
from firmware.gateway.messages import Place, TrunkProgress, TrunkReleased

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import TrunkLine
    from firmware.exchange.trunk_half import TrunkHalf

ANOTHER_LINE_HELPS = frozenset({"no-dial-tone", "glare", "failed"})
"""Why a call out did not even begin; after anything else it has been carried as far as the far end let it."""


def place(half: HalfCall, number: str) -> State:
    """`number`, without the outside prefix, is called from this telephone; the next state of its half-call."""
    call, core = half.the_call, half.core
    call.outside, call.dialled = True, number
    extension = half.telephone.extension
    judged = None if extension is None else core.settings.restrictions.judge(
        number, core.class_of(extension), core.now.local
    )  # fmt: skip
    if judged is None or not judged.allowed:
        core.note("barred", endpoint=half.endpoint, why="no-extension" if judged is None else judged.reason)
        return _fail(half, Cause.OUTGOING_CALLS_BARRED, barred=True)
    core.play(half.endpoint, None)
    if take(call, next(idle_lines(core), None)):
        return State.PROCEEDING
    return _fail(half, Cause.NO_CIRCUIT)


def _fail(half: HalfCall, cause: Cause, barred: bool = False) -> State:
    half.the_call.close_record(cause, "barred" if barred else "released")
    half.play_cause(cause)
    return State.DISCONNECT_INDICATION


def idle_lines(core: Core) -> Iterator[TrunkLine]:
    """The lines that a call out may take, in the order of hunting: calls in come by the first lines of a group."""
    for group in core.plan.trunks:
        for port in reversed(group.ports):
            line = core.trunks.get(port)
            if line is not None and line.idle:
                yield line


def take(call: Call, line: TrunkLine | None) -> bool:
    """Have this line carry the call. False if there is none."""
    if line is None:
        return False
    half = call.core.new_trunk_half(line, call)
    call.placing, call.to_endpoint = half, line.endpoint
    line.number, line.caller, line.seized = call.dialled, None, True
    half.feed(Event.PLACE)
    return True


def seize(half: TrunkHalf) -> None:
    """The gateway sees to dial tone and digits; the caller is joined when they are out."""
    call = half.the_call
    assert call.calling is not None
    joined = call.connect_command(call.calling.endpoint, half.endpoint)
    digits = call.core.plan.sent(call.dialled) if call.emergency else call.dialled
    half.core.send(Place(endpoint=half.endpoint, digits=digits, on_dialled=joined, emergency=call.emergency))


def could_not_place(half: TrunkHalf, event: TrunkReleased) -> None:
    """The line was of no use, and the next one is tried; or the far end is busy, or gone."""
    call, core = give_up_line(half), half.core
    if call.emergency:
        emergency_lines.lost(call)
    elif event.reason not in ANOTHER_LINE_HELPS or half.through:
        call.release(cause_of(event.cause))
    elif not take(call, next((line for line in idle_lines(core) if line.endpoint not in call.tried), None)):
        call.release(Cause.NO_CIRCUIT)


def give_up_line(half: TrunkHalf) -> Call:
    """This line does not carry the call any more, which may go on without it."""
    call = half.the_call
    half.line.seized = False
    half.line.drop(half)
    call.tried.add(half.endpoint)
    call.detach(half)
    half.call = None
    half.core.touch(call)
    if half.through:
        call.rejoin()
    return call


def progress(core: Core, event: TrunkProgress) -> None:
    """The digits are out: the caller hears the line from here on."""
    line = core.trunks.get(event.endpoint)
    half = None if line is None else line.half
    if half is None or half.state is not State.PLACING or event.stage != "dialled":
        return
    call = half.the_call
    half.through = True
    core.touch(call)
    if call.emergency:
        emergency_lines.found(call)
    if event.connection != call.connection:
        call.join_all()
    for listener in (call.calling, *call.attending):
        if listener is not None and listener.terminal.signalled_ns > event.at_ns:
            core.play(listener.endpoint, None)
