"""Events of the company lines: to which call they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange.causes import Cause
from firmware.exchange.decisions import TrunkTested
from firmware.exchange.half_call import Event, State
from firmware.gateway.messages import (
    Disconnect,
    Error,
    Place,
    PlaybackDone,
    ProbeTrunk,
    TrunkAnswered,
    TrunkProbed,
    TrunkReleased,
)

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.trunk_half import TrunkHalf


def answered(core: Core, event: TrunkAnswered) -> None:
    """The far end has answered a call out."""
    half = _half(core, event.endpoint)
    if half is not None and half.state is State.PLACING:
        half.feed(Event.OFF_HOOK, event.by, event.at_ns)


def released(core: Core, event: TrunkReleased) -> None:
    """The far end has released, or the call out could not be; who is left in the connection alone is told."""
    half = _half(core, event.endpoint)
    if half is None:
        if event.connection is not None and not any(c.connection == event.connection for c in core.calls.values()):
            core.send(Disconnect(connection=event.connection))
        return
    half.feed(Event.ON_HOOK, event)


def announced(core: Core, event: PlaybackDone) -> None:
    """An announcement is over: so is its call."""
    half = _half(core, event.endpoint)
    if half is not None and half.state is State.ANNOUNCED:
        half.feed(Event.DONE)


def probed(core: Core, event: TrunkProbed) -> None:
    core.decide(TrunkTested(event.endpoint, event.dial_tone, event.ms))


def refused_to_place(core: Core, command: Place, error: Error) -> None:
    """The line has moved on (a call rings in, its port failed): as if it had given no dial tone."""
    half = _half(core, command.endpoint)
    if half is not None and half.state is State.PLACING:
        cause = int(Cause.REQUESTED_CIRCUIT_NOT_AVAILABLE)
        at_ns = core.now.monotonic_ns
        half.feed(
            Event.ON_HOOK, TrunkReleased(endpoint=command.endpoint, cause=cause, reason="no-dial-tone", at_ns=at_ns)
        )


def refused_to_probe(core: Core, command: ProbeTrunk) -> None:
    """It cannot be tried: something came in between."""
    core.decide(TrunkTested(command.endpoint, False, 0))


def _half(core: Core, endpoint: str) -> TrunkHalf | None:
    line = core.trunks.get(endpoint)
    return None if line is None else line.half
