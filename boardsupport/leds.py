"""The box's LEDs as colours and blink patterns, and the lifeline relay: which pins, and when each is high."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from boardsupport.bus import Pins
from boardsupport.tables import LedPins

LightState: TypeAlias = Literal["on", "off", "blink"]
SLOWEST_HZ = 0.1
BEAT_EVERY_S = 0.1
"""How often the relay's pin is toggled: a fifth of the shortest time that a board holds the relay without it."""


@dataclass(frozen=True, slots=True)
class Light:
    """What one LED shows. `hz`: how often it lights up each second while it blinks."""

    color: str
    state: LightState
    hz: float = 1.0

    def lit(self, now_s: float) -> bool:
        """Whether it shines at this moment; blinking is half on, half off."""
        if self.state == "blink":
            return int(now_s * max(self.hz, SLOWEST_HZ) * 2) % 2 == 0
        return self.state == "on"


class Leds:
    """The LEDs of one board. Only pins whose level changes are written."""

    def __init__(self, pins: Pins, leds: Iterable[LedPins]) -> None:
        self._pins = pins
        self._colors = {led.name: led.colors for led in leds}
        self._levels: dict[int, bool] = {}

    def can_show(self, led: str, color: str) -> bool:
        return color in self._colors.get(led, {})

    def __contains__(self, led: object) -> bool:
        return led in self._colors

    def drive(self, shown: Mapping[str, Light], now_s: float) -> None:
        """Bring the pins to what each LED shows at this moment; one that is not named is dark. Raises BusError."""
        for pin, level in self._wanted(shown, now_s):
            if self._levels.get(pin) != level:
                self._pins.write(pin, level)
                self._levels[pin] = level

    def _wanted(self, shown: Mapping[str, Light], now_s: float) -> Iterator[tuple[int, bool]]:
        for led, colors in self._colors.items():
            light = shown.get(led)
            for color, pin in colors.items():
                yield pin, light is not None and light.color == color and light.lit(now_s)


class LifelineRelay:
    """The relay that parts the lifeline telephone from the company line, for as long as its pin is toggled."""

    def __init__(self, pins: Pins, pin: int) -> None:
        self._pins = pins
        self._pin = pin
        self._level = False

    def beat(self) -> None:
        """Toggle the pin; to be done every `BEAT_EVERY_S`. Raises BusError."""
        self._level = not self._level
        self._pins.write(self._pin, self._level)
