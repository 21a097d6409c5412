"""The box's lights and the lifeline relay: what the gateway shows by itself, and what the agent asks for.

The relay is held open only as long as the core makes progress: its thread toggles the pin when the core's count of
blocks has moved since the last time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from boardsupport.bus import Pins
from firmware.gateway.messages import Indicate

HEARTBEAT_S = 0.1
STEP_S = 0.05

LightState: TypeAlias = Literal["on", "off", "blink"]


@dataclass(frozen=True, slots=True)
class Light:
    """What one LED shows."""

    color: str
    state: LightState
    hz: float = 1.0


class Lights:
    """Drives LED pins and the heartbeat; `run` lives on the line thread's loop. `show` may be called from the core."""

    def __init__(
        self,
        pins: Pins,
        leds: Mapping[str, Mapping[str, int]],
        lifeline_pin: int,
        progress: Callable[[], int],
        own: Callable[[], Mapping[str, Light]],
    ) -> None:
        self._pins = pins
        self._leds = leds
        self._lifeline_pin = lifeline_pin
        self._progress = progress
        self._own = own
        self._asked: dict[str, Light] = {}
        self._levels: dict[int, bool] = {}
        self._beat = False
        self._last_progress = -1

    def show(self, command: Indicate) -> bool:
        """The agent's wish; False if there is no such LED or colour."""
        if command.state != "off" and command.color not in self._leds.get(command.led, {}):
            return False
        if command.led not in self._leds:
            return False
        self._asked = {**self._asked, command.led: Light(command.color, command.state, command.hz)}
        return True

    def agent_gone(self) -> None:
        """Back to the gateway's own patterns."""
        self._asked = {}

    async def run(self) -> None:
        """Toggle and blink until cancelled. Raises BusError if the pins are gone."""
        loop = asyncio.get_running_loop()
        next_beat = 0.0
        while True:
            now = loop.time()
            if now >= next_beat:
                self._heartbeat()
                next_beat = now + HEARTBEAT_S
            self._drive(now)
            await asyncio.sleep(STEP_S)

    def _heartbeat(self) -> None:
        progress = self._progress()
        if progress != self._last_progress:
            self._last_progress = progress
            self._beat = not self._beat
            self._pins.write(self._lifeline_pin, self._beat)

    def _drive(self, now: float) -> None:
        for pin, level in self._wanted(now):
            if self._levels.get(pin) != level:
                self._levels[pin] = level
                self._pins.write(pin, level)

    def _wanted(self, now: float) -> Iterator[tuple[int, bool]]:
        shown = {**self._own(), **self._asked}
        for led, pins in self._leds.items():
            light = shown.get(led)
            for color, pin in pins.items():
                yield pin, light is not None and light.color == color and _lit(light, now)


def _lit(light: Light, now: float) -> bool:
    if light.state == "blink":
        return int(now * max(light.hz, 0.1) * 2) % 2 == 0
    return light.state == "on"
