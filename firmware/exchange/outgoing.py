"""Calls out through company lines: who may, which line, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from firmware.exchange.causes import Cause, cause_of
from firmware.exchange.features import credit, emergency_lines
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
    if credit.refuses(half, number):
        core.note("barred", endpoint=half.endpoint, why="credit")
        return _fail(half, Cause.BEARER_CAPABILITY_NOT_AUTHORIZED, barred=True)
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
    if call.summons is not None:
        half.core.send(Place(endpoint=half.endpoint, digits=call.dialled))
        return
    assert call.calling is not None
    half.placed_for = call.calling.endpoint
    joined = call.connect_command(half.placed_for, half.endpoint)
    digits = call.core.plan.sent(call.dialled) if call.emergency else call.dialled
    half.core.send(Place(endpoint=half.endpoint, digits=digits, on_dialled=joined, emergency=call.emergency))


def could_not_place(half: TrunkHalf, event: TrunkReleased) -> None:
    """The line was of no use, and the next one is tried; or the far end is busy, or gone."""
    call = give_up_line(half)
    if call.emergency:
        emergency_lines.lost(call)
    elif event.reason not in ANOTHER_LINE_HELPS or half.through:
        _end(call, cause_of(event.cause))
    elif not take(call, next((line for line in idle_lines(call.core) if _suits(call, line)), None)):
        _end(call, Cause.NO_CIRCUIT)


def glare(half: TrunkHalf, at_ns: int) -> None:
    """A call has come in on the line that was to carry this one."""
    cause = int(Cause.REQUESTED_CIRCUIT_NOT_AVAILABLE)
    half.feed(Event.ON_HOOK, TrunkReleased(endpoint=half.endpoint, cause=cause, reason="glare", at_ns=at_ns))


def _suits(call: Call, line: TrunkLine) -> bool:
    """Not tried yet; and of two lines that are joined one must tell when its party has gone."""
    if line.endpoint in call.tried:
        return False
    supervised = line.group is not None and line.group.supervised
    return call.calling is None or not call.calling.is_outside or call.calling.tells_its_end or supervised


def _end(call: Call, cause: Cause) -> None:
    """The caller hears why; one who came in from outside is looked after by reception instead."""
    if call.calling is not None:
        call.calling.not_put_through(cause)
    else:
        call.release(cause)


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


def dialled(half: TrunkHalf, event: TrunkProgress) -> None:
    """The digits are out: the caller hears the line from here on."""
    call, core = half.the_call, half.core
    half.through = True
    core.touch(call)
    if call.summons is not None:
        return
    if call.emergency:
        emergency_lines.found(call)
    meant = call.calling is not None and call.calling.endpoint == half.placed_for
    if event.connection != call.connection or not meant or call.emergency:  # whom reception joins or leaves just now
        call.join_all()
    if not meant:
        _give_back_dial_tone(core, half.placed_for)
    for listener in (call.calling, *call.attending):
        if listener is not None and listener.terminal.signalled_ns >= event.at_ns:
            core.play(listener.endpoint, None)


def _give_back_dial_tone(core: Core, endpoint: str) -> None:
    """Who had given the call over and was lifted again has been taken for its caller by the gateway."""
    telephone = core.telephones.get(endpoint)
    if telephone is not None and telephone.front is not None and telephone.front.state is State.OVERLAP_SENDING:
        telephone.front.feed(Event.FLASH)
