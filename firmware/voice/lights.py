"""What voice has shown on the front of the box, and what keeps the lifeline's relay and the front from taking it for
dead: both last only as long as the core makes progress, its count of blocks having moved since the last time.

The relay is held, after a start, not before the lifeline's call is over (`lifeline.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from boardsupport.leds import BEAT_EVERY_S, LifelineRelay
from firmware.gateway.messages import Indicate
from firmware.indicators.link import TELL_EVERY_S, Held
from firmware.voice.lifeline import LifelineHold
from firmware.voice.telephone import State as TelephoneState
from firmware.voice.trunk_table import State as TrunkState

STEP_S = 0.05
STARTS_WITHIN_S = 60.0
"""An agent may be awaited for so long after the start; then it is taken for dead."""


class Front(Protocol):
    """The way to who drives the LEDs and reads the button; see `indicators.link.VoiceEnd`."""

    def tell(self, states: dict[str, str], now_s: float) -> None: ...

    def heard(self) -> list[Held]: ...


class Lights:
    """`run` lives on the line thread's loop. `show` and `agent_gone` may be called from the core."""

    def __init__(
        self,
        front: Front,
        relay: LifelineRelay,
        hold: LifelineHold | None,
        progress: Callable[[], int],
        own: Callable[[], Mapping[str, str]],
        on_button: Callable[[float], None],
    ) -> None:
        """`hold` None: no telephone is on the relay. `own`: the state of each LED by what voice knows itself."""
        self._front = front
        self._relay = relay
        self._hold = hold
        self._progress = progress
        self._own = own
        self._on_button = on_button
        self._asked: dict[str, str] = {}
        self._beaten_at = self._told_at = -1
        self._next_beat_s = self._next_tell_s = 0.0

    def show(self, command: Indicate) -> None:
        """The agent's wish, which has been checked."""
        others = {led: state for led, state in self._asked.items() if led != command.led}
        self._asked = others if command.state is None else {**others, command.led: command.state}
        self._next_tell_s = 0.0

    def agent_gone(self) -> None:
        """Back to what voice knows itself."""
        self._asked = {}

    async def run(self) -> None:
        """Beat and tell until cancelled. Raises BusError if the relay's pin is gone."""
        loop = asyncio.get_running_loop()
        while True:
            self.step(loop.time())
            await asyncio.sleep(STEP_S)

    def step(self, now_s: float) -> None:
        """Do what is due at this moment."""
        if now_s >= self._next_beat_s:
            self._next_beat_s = now_s + BEAT_EVERY_S
            self._heartbeat(now_s)
        if now_s >= self._next_tell_s:
            self._next_tell_s = now_s + TELL_EVERY_S
            self._tell(now_s)
        for held in self._front.heard():
            self._on_button(held.held_s)

    def _heartbeat(self, now_s: float) -> None:
        progress = self._progress()
        if progress != self._beaten_at:
            self._beaten_at = progress
            if self._hold is None or self._hold.taken(now_s):
                self._relay.beat()

    def _tell(self, now_s: float) -> None:
        progress = self._progress()
        if progress != self._told_at:
            self._told_at = progress
            self._front.tell({**self._own(), **self._asked}, now_s)


def lines_state(telephones: Iterable[tuple[TelephoneState, bool]]) -> str:
    """Of the LED `lines`, by each telephone's state and whether an alarm stands for it."""
    seen = list(telephones)
    if not seen:
        return "none"
    if any(state is TelephoneState.OUT_OF_SERVICE or alarm for state, alarm in seen):
        return "fault"
    idle = (TelephoneState.ON_HOOK, TelephoneState.INITIALISING)
    return "idle" if all(state in idle for state, _ in seen) else "in-use"


def trunk_state(trunks: Iterable[tuple[TrunkState, bool]]) -> str:
    """Of the LED `trunk`, by each company line's state and whether an alarm stands for it."""
    seen = list(trunks)
    if not seen:
        return "none"
    faulty = [state in (TrunkState.OUT_OF_SERVICE, TrunkState.DEAD) or alarm for state, alarm in seen]
    if any(faulty):
        return "all-faulty" if all(faulty) else "fault"
    busy = [state not in (TrunkState.IDLE, TrunkState.INITIALISING) for state, _ in seen]
    if not any(busy):
        return "idle"
    return "all-busy" if all(busy) else "in-use"
