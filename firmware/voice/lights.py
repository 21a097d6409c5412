"""What the box shows: the gateway's own lights, what the agent asks for in their place, and the lifeline's heartbeat.

The relay is held open only as long as the core makes progress: its thread beats when the core's count of blocks has
moved since the last time; and, after a start, not before the lifeline's call is over (`lifeline.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from boardsupport.leds import BEAT_EVERY_S, Leds, LifelineRelay, Light
from firmware.gateway.messages import Indicate
from firmware.voice.lifeline import LifelineHold

STEP_S = 0.05


class Lights:
    """Drives LEDs and heartbeat; `run` lives on the line thread's loop. `show` may be called from the core."""

    def __init__(
        self,
        leds: Leds,
        relay: LifelineRelay,
        hold: LifelineHold | None,
        progress: Callable[[], int],
        own: Callable[[], Mapping[str, Light]],
    ) -> None:
        """`hold` None: no telephone is on the relay."""
        self._leds = leds
        self._relay = relay
        self._hold = hold
        self._progress = progress
        self._own = own
        self._asked: dict[str, Light] = {}
        self._last_progress = -1
        self._next_beat_s = 0.0

    def show(self, command: Indicate) -> bool:
        """The agent's wish; False if there is no such LED or colour."""
        if command.led not in self._leds:
            return False
        if command.state != "off" and not self._leds.can_show(command.led, command.color):
            return False
        self._asked = {**self._asked, command.led: Light(command.color, command.state, command.hz)}
        return True

    def agent_gone(self) -> None:
        """Back to the gateway's own patterns."""
        self._asked = {}

    async def run(self) -> None:
        """Beat and blink until cancelled. Raises BusError if the pins are gone."""
        loop = asyncio.get_running_loop()
        while True:
            self.step(loop.time())
            await asyncio.sleep(STEP_S)

    def step(self, now_s: float) -> None:
        """Bring pins and relay to what they should be at this moment."""
        if now_s >= self._next_beat_s:
            self._heartbeat(now_s)
            self._next_beat_s = now_s + BEAT_EVERY_S
        self._leds.drive({**self._own(), **self._asked}, now_s)

    def _heartbeat(self, now_s: float) -> None:
        progress = self._progress()
        if progress != self._last_progress:
            self._last_progress = progress
            if self._hold is None or self._hold.taken(now_s):
                self._relay.beat()
