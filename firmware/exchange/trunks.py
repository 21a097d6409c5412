"""Events of the company lines: to which call they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import outgoing
from firmware.exchange.decisions import TrunkTested
from firmware.exchange.half_call import Event, State
from firmware.exchange.tags import CallTag, decode_endpoint
from firmware.gateway.messages import (
    Error,
    Place,
    PlaybackDone,
    ProbeTrunk,
    Release,
    TrunkAnswered,
    TrunkProbed,
    TrunkProgress,
    TrunkReleased,
)

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.trunk_half import TrunkHalf


def answered(core: Core, event: TrunkAnswered) -> None:
    """The far end has answered a call out."""
    half = _half(core, event.endpoint)
    if half is not None and half.state is State.PLACING and _means(event.tag, half):
        half.feed(Event.OFF_HOOK, event.by, event.at_ns)


def released(core: Core, event: TrunkReleased) -> None:
    """The far end has released, or the call out could not be; who is left in the connection alone is told."""
    core.note("line-released", endpoint=event.endpoint, reason=event.reason, cause=event.cause)
    half = _half(core, event.endpoint)
    if half is None or not _means(event.tag, half):
        core.undo(event.connection)
    else:
        half.feed(Event.ON_HOOK, event)


def announced(core: Core, event: PlaybackDone) -> None:
    """An announcement is over: so is its call."""
    half = _half(core, event.endpoint)
    if half is None:
        return
    said = half.talk is not None and half.talk.prompts == event.signal.prompts
    if half.state is State.ANNOUNCED or (half.state is State.SAYING and said):
        half.feed(Event.DONE, event.failed)


def probed(core: Core, event: TrunkProbed) -> None:
    core.decide(TrunkTested(event.endpoint, event.dial_tone, event.ms))


def refused_to_place(core: Core, command: Place, error: Error) -> None:
    """The line has moved on (a call rings in, its port failed): as if it had given no dial tone."""
    half = _half(core, command.endpoint)
    if half is not None and half.state is State.PLACING and _means(command.tag, half):
        outgoing.glare(half, core.now.monotonic_ns)


def refused_to_probe(core: Core, command: ProbeTrunk) -> None:
    """It cannot be tried: something came in between."""
    core.decide(TrunkTested(command.endpoint, False, 0))


def progress(core: Core, event: TrunkProgress) -> None:
    """A call out gets on: what matters is that its digits are out."""
    half = _half(core, event.endpoint)
    if half is None:  # given up for a call in that had gone again before either was known here
        core.send(Release(endpoint=event.endpoint, unless_ringing=True))
    elif half.state is State.PLACING and event.stage == "dialled" and _means(event.tag, half):
        outgoing.dialled(half, event)


def _means(tag: bytes, half: TrunkHalf) -> bool:
    """Whether an event is about this call, and not about the one that had the line before.

    Only of a call out that can be told: its tag came to the line with the command itself.
    """
    if half.state is not State.PLACING:
        return True
    noted = decode_endpoint(tag)
    if noted is None:  # a line that the gateway has found by itself for an emergency call of ours
        return True
    call = noted.halves[0].call if noted.halves else None
    return (call.leg if isinstance(call, CallTag) else call) == half.the_call.leg


def _half(core: Core, endpoint: str) -> TrunkHalf | None:
    line = core.trunks.get(endpoint)
    return None if line is None else line.half
