"""What survival finds when it begins: telephones in every state, and calls of an agent that is no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware.gateway.messages import (
    DIAL_TONES,
    CallerId,
    Digits,
    EndpointState,
    Place,
    Ring,
    StopRing,
)
from firmware.voice.resident_bells import Bells, Call
from firmware.voice.resident_line import RINGBACK, Line
from firmware.voice.resident_means import Means
from firmware.voice.resident_outside import Outside
from firmware.voice.resident_table import Input, State

_LEFT_WITH = {"howler": State.HOWLING, None: State.SILENT}
_SENT = ("proceeding", "active")


@dataclass(frozen=True, slots=True)
class Found:
    """The gateway at that moment. `rings`: why telephones ring; `places`: what trunks were told to call."""

    endpoints: Sequence[EndpointState]
    rings: Mapping[str, Ring]
    places: Mapping[str, Place]

    @property
    def telephones(self) -> list[EndpointState]:
        return [state for state in self.endpoints if state.kind == "fxs"]

    @property
    def trunks(self) -> list[EndpointState]:
        return [state for state in self.endpoints if state.trunk is not None]

    def rung_for(self, endpoint: str) -> dict[str, Ring]:
        """The telephones that will be joined with this endpoint when they are lifted."""
        return {target: ring for target, ring in self.rings.items() if endpoint in legs(ring)}


def legs(asked: Ring | Place) -> set[str]:
    """Who is joined when the telephone that rings is lifted, or the digits are out."""
    connect = asked.on_answer if isinstance(asked, Ring) else asked.on_dialled
    return set() if connect is None else {leg.endpoint for leg in connect.legs}


def untouched(state: EndpointState) -> bool:
    """Nobody has let it hear or join anything since an attempt of a wake-up left it off-hook."""
    return state.signal is None and state.connection is None and not state.collecting


class Takeover:
    """Brings the parts of survival to where the gateway is."""

    def __init__(self, found: Found, means: Means, lines: Mapping[str, Line], bells: Bells, outside: Outside) -> None:
        self._found = found
        self._means = means
        self._lines = lines
        self._bells = bells
        self._outside = outside
        self._callers = {
            caller: trunk
            for trunk, place in found.places.items()
            for caller in legs(place) & {state.endpoint for state in found.telephones if state.hook == "off-hook"}
        }
        """Telephones that have a call out of the agent's, with its trunk."""

    def telephone(self, state: EndpointState, digits: Digits | None) -> None:
        """One that is off-hook; `digits`: a number of which no agent is known to have taken note."""
        line, tone = self._lines[state.endpoint], state.signal.tone if state.signal is not None else None
        untaken = digits if not state.collecting and tone is None else None
        if self._found.rung_for(state.endpoint):
            self._calling(line, untaken)
        elif state.connection is not None:
            line.machine.resume(State.TALKING)
        elif state.endpoint in self._callers:
            line.machine.resume(State.PLACED)
        elif state.collecting and (state.digits or tone in DIAL_TONES):
            line.machine.resume(State.OVERLAP if state.digits else State.DIALLING)
        elif state.collecting or tone is not None:
            line.machine.resume(_LEFT_WITH.get(tone, State.TONE))
            line.leave(state.signal)
        elif untaken is not None:
            line.machine.resume(State.OVERLAP)
            line.machine.handle(Input.NUMBER, untaken)
        else:  # it has just been lifted
            line.dial()
            line.machine.resume(State.DIALLING)
        self._call_out(line, state)

    def trunk(self, state: EndpointState) -> None:
        """A call in that nobody has taken, or that waits for somebody: it rings on, or rings now."""
        trunk, name = state.trunk, state.endpoint
        waits = trunk is not None and trunk.incoming and trunk.presented and state.connection is None
        if trunk is None or not waits:
            return
        rings = self._found.rung_for(name)
        if rings:
            self._bells.adopt(_adopted(name, rings, outside=True, shown=trunk.caller or CallerId()))
        else:
            self._outside.call_in(name, trunk.caller, answered=state.hook == "off-hook")

    def ringing(self) -> set[str]:
        """Ringing that was the agent's ends where nobody waits; the telephones that ring for the agent alone."""
        waiting = {state.endpoint for state in self._found.endpoints if state.hook == "off-hook"}
        waiting |= {state.endpoint for state in self._found.trunks if state.trunk and state.trunk.incoming}
        unattended = set()
        for name, ring in self._found.rings.items():
            if ring.on_answer is None:
                unattended.add(name)
            elif waiting.isdisjoint(legs(ring)):
                self._means.order(StopRing(endpoint=name))
        return unattended

    def _calling(self, line: Line, untaken: Digits | None) -> None:
        line.call = _adopted(line.name, self._found.rung_for(line.name))
        self._bells.adopt(line.call)
        joined = self._means.view.endpoint(line.name).connection is not None
        line.left_with = RINGBACK
        line.machine.resume(State.TALKING if joined else State.CALLING)
        if untaken is not None and not joined:
            line.machine.handle(Input.NUMBER, untaken)

    def _call_out(self, line: Line, state: EndpointState) -> None:
        """The agent's call out goes on; an emergency is given another line if this one fails."""
        trunk = self._callers.get(line.name)
        if trunk is None:
            return
        place, now = self._found.places[trunk], self._means.view.endpoint(trunk).trunk
        through = now is not None and now.stage in _SENT
        if not place.emergency:
            if not through:
                self._outside.follow(trunk, line.name)
            return
        connection = place.on_dialled.connection if place.on_dialled is not None else self._means.new_connection()
        reception = tuple(name for name in self._means.plan.reception if name != line.name)
        call = line.call or Call(line.name, reception, connection, emergency=True)
        if line.machine.state is State.PLACED:
            line.call = call
            self._bells.adopt(call)
            line.machine.resume(State.CALLING)
        self._outside.adopt(call, trunk, place, through)


def _adopted(caller: str, rings: Mapping[str, Ring], outside: bool = False, shown: CallerId | None = None) -> Call:
    emergency = any(ring.kind == "priority" for ring in rings.values())
    connection = next(ring.on_answer.connection for ring in rings.values() if ring.on_answer is not None)
    return Call(
        caller, tuple(rings), connection, emergency=emergency and not outside, outside=outside,
        shown=shown or CallerId(), rung=set(rings),
    )  # fmt: skip
