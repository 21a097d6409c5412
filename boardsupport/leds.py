"""The box's LEDs as colours and blink patterns, and the lifeline relay: which pins, and when each is high."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from boardsupport.bus import Pins
from boardsupport.tables import LedPins

Pattern: TypeAlias = Literal["off", "on", "slow", "fast", "flash", "wink", "two-flashes", "two-winks"]
PATTERNS: Mapping[Pattern, tuple[float, tuple[tuple[float, float], ...]]] = {
    "off": (1.0, ()),
    "on": (1.0, ((0.0, 1.0),)),
    "slow": (1.0, ((0.0, 0.5),)),
    "fast": (0.2, ((0.0, 0.1),)),
    "flash": (2.0, ((0.0, 0.2),)),
    "wink": (2.0, ((0.2, 2.0),)),
    "two-flashes": (2.0, ((0.0, 0.2), (0.4, 0.6))),
    "two-winks": (2.0, ((0.2, 0.4), (0.6, 2.0))),
}
"""Of each pattern its period, and from when to when within it the LED is lit, in seconds: whole `STEP_S`."""
STEP_S = 0.05
"""How often LEDs are to be driven."""
BEAT_EVERY_S = 0.1
"""How often the relay's pin is toggled: a fifth of the shortest time that a board holds the relay without it."""


@dataclass(frozen=True, slots=True)
class Light:
    """What one LED shows."""

    color: str
    pattern: Pattern

    def lit(self, now_s: float) -> bool:
        """Whether it shines at this moment."""
        period_s, spans = PATTERNS[self.pattern]
        # counted in steps: a remainder of seconds would fall on either side of an edge
        step = round(now_s / STEP_S) % round(period_s / STEP_S)
        return any(round(begin / STEP_S) <= step < round(end / STEP_S) for begin, end in spans)


class Leds:
    """The LEDs of one board. Only pins whose level changes are written.

    A LED that does not have the wanted colour shows the pattern in the one that it has.
    """

    def __init__(self, pins: Pins, leds: Iterable[LedPins]) -> None:
        self._pins = pins
        self._colors = {led.name: led.colors for led in leds}
        self._levels: dict[int, bool] = {}

    def drive(self, shown: Mapping[str, Light], now_s: float) -> None:
        """Bring the pins to what each LED shows at this moment; one that is not named is dark. Raises BusError."""
        self._write(self._wanted(shown, now_s))

    def light_all(self) -> None:
        """Every LED in all its colours, for somebody who wants to know whether they work. Raises BusError."""
        self._write((pin, True) for colors in self._colors.values() for pin in colors.values())

    def _wanted(self, shown: Mapping[str, Light], now_s: float) -> Iterator[tuple[int, bool]]:
        for led, colors in self._colors.items():
            light = shown.get(led)
            chosen = None if light is None else colors.get(light.color, next(iter(colors.values())))
            for pin in colors.values():
                yield pin, light is not None and pin == chosen and light.lit(now_s)

    def _write(self, levels: Iterable[tuple[int, bool]]) -> None:
        for pin, level in levels:
            if self._levels.get(pin) != level:
                self._pins.write(pin, level)
                self._levels[pin] = level


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
