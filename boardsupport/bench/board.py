"""The simulated board: its chips behind chip selects and pins, its lights, its relay, its power; no telephone yet.

Everything is timed in samples of the highway. `lock` guards it: the wires' thread, the tick and the API all come here.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

from boardsupport.bus import Edge, Window
from boardsupport.chip_model import HIGH_IMPEDANCE, SAMPLES_PER_MS, ChipModel
from boardsupport.si3050.sim import Si3050Model
from boardsupport.si3210.sim import Si3210Model
from boardsupport.tables import Bay, BoardTable, LedPins

NS_PER_SAMPLE = 125_000
RING_STATE = 4
SAGGED_VOLTS = 30.0
"""Battery of every chip while more ports ring than the supply can bear."""
SAG_SAMPLES = 160
LED_HISTORY = 16
ALIKE = 3
"""Periods that make a blinking."""
SLOWEST_BLINK_SAMPLES = 2500 * SAMPLES_PER_MS
STEADY = 0.3
"""How much of its period a blinking light may gain or lose from one time to the next."""


class Led:
    """One light as its pins drive it."""

    def __init__(self, pins: LedPins) -> None:
        self.pins = pins
        self._lit: str | None = None
        self._last_color = next(iter(pins.colors))
        self._changes: deque[float] = deque(maxlen=LED_HISTORY)
        """When it lit up and went dark, in turn."""

    def drive(self, now: float, levels: dict[int, bool]) -> None:
        """The pins have (perhaps) changed."""
        lit = "+".join(color for color, pin in self.pins.colors.items() if levels.get(pin)) or None
        if (lit is None) != (self._lit is None):
            self._changes.append(now)
        self._lit = lit
        self._last_color = lit or self._last_color

    def lose_power(self) -> None:
        """Dark, whatever the pins say, and no part of a blinking."""
        self._lit = None
        self._changes.clear()

    @property
    def lit(self) -> str | None:
        """The colours that shine at this moment, joined by "+"; None: dark."""
        return self._lit

    def view(self, now: float) -> dict[str, Any]:
        """Colour and state; `hz` (how often it lights up each second) while it blinks."""
        period = self._period()
        if period is not None and now - self._changes[-1] < period:
            return {"color": self._last_color, "state": "blink", "hz": round(8000 / period, 1)}
        return {"color": self._last_color, "state": "on" if self._lit else "off", "hz": None}

    def _period(self) -> float | None:
        """Of one light in a period, or of two; None while not enough of them were alike."""
        periods = (self._period_of(lights) for lights in (1, 2))
        return next((period for period in periods if period is not None), None)

    def _period_of(self, lights: int) -> float | None:
        """From one lighting-up to the one so many later, over all that were alike: of two in a period two are."""
        at = list(self._changes)
        newest_first = [later - earlier for earlier, later in zip(at, at[2 * lights :], strict=False)][::-1]
        alike = list(takewhile(lambda period: abs(period - newest_first[0]) <= STEADY * newest_first[0], newest_first))
        if len(alike) < ALIKE or alike[0] > SLOWEST_BLINK_SAMPLES:
            return None
        return sum(alike) / len(alike)


class SimulatedBoard:
    """Chips by port name, those of fxs sockets (`chips`) and of fxo sockets (`daas`), and what is soldered to them."""

    def __init__(self, table: BoardTable, sockets: Sequence[str]) -> None:
        self.table = table
        self.lock = threading.RLock()
        self.chips: dict[str, Si3210Model] = {}
        self.daas: dict[str, Si3050Model] = {}
        self.powered = True
        self.epoch_ns = time.monotonic_ns()
        """CLOCK_MONOTONIC of sample 0; moves when the bench shifts its schedule."""
        self.ticked = 0
        """Samples whose block the tick has taken up."""
        self.report_edges: Callable[[Sequence[Edge]], None] = lambda edges: None
        self.outside: dict[ChipModel, Callable[[float], None]] = {}
        """What happens on a pair on the way to a sample (a switch, a burst of ringing); it ends with `advance`."""
        self._all: list[ChipModel] = []
        self._select: dict[int, list[ChipModel]] = defaultdict(list)
        self._reset: dict[int, list[ChipModel]] = defaultdict(list)
        self._interrupt_pin: dict[ChipModel, int] = {}
        self._pulling: dict[int, set[ChipModel]] = defaultdict(set)
        self._levels: dict[int, bool] = {}
        self._since_ns: dict[int, int] = {}
        self._watched: set[int] = set()
        self._levels[table.button_pin] = True
        self._leds = {pins.name: Led(pins) for pins in table.leds}
        self._led_pins = {pin for pins in table.leds for pin in pins.colors.values()}
        self._heartbeat_at: float | None = None
        self._overload_since: float | None = None
        for port, bay in table.numbered(sockets).items():
            self._solder(self._make_chip(port, bay), bay)

    def _make_chip(self, port: str, bay: Bay) -> ChipModel:
        place, seed, clock_hz = len(self._select[bay.chip_select]), bay.timeslot + 1, self.table.slots * 64_000
        if port.startswith("fxs/"):
            self.chips[port] = Si3210Model(seed=seed, clock_hz=clock_hz, chain=place)
            return self.chips[port]
        # every other line has its wires the other way round: whoever fitted the plugs did not care
        swapped = bool(len(self.daas) % 2)
        self.daas[port] = Si3050Model(seed=seed, clock_hz=clock_hz, chain=place, swapped=swapped)
        return self.daas[port]

    def _solder(self, chip: ChipModel, bay: Bay) -> None:
        chip.reset_pin(True)
        self._all.append(chip)
        self._select[bay.chip_select].append(chip)
        self._reset[bay.reset_pin].append(chip)
        self._interrupt_pin[chip] = bay.interrupt_pin
        self._levels[bay.interrupt_pin] = True

    # --- time ---

    def sample_now(self) -> float:
        """The sample that this moment belongs to; at most a block ahead of the tick."""
        now = (time.monotonic_ns() - self.epoch_ns) / NS_PER_SAMPLE
        return max(float(self.ticked), min(now, self.ticked + 160.0))

    def ns_of(self, sample: float) -> int:
        """CLOCK_MONOTONIC of a sample."""
        return self.epoch_ns + int(sample * NS_PER_SAMPLE)

    def bring_forward(self, chip: ChipModel, sample: float) -> None:
        """Let a chip and what is on its pair live until a sample. Under the lock."""
        live = self.outside.get(chip)
        if live is None:
            self.advance(chip, sample)
        else:
            live(sample)

    def advance(self, chip: ChipModel, sample: float) -> None:
        """Bring the chip alone forward to a sample and take note of its interrupt. Under the lock."""
        behind = sample - chip.now
        if behind > 0:
            chip.advance(behind)
        self.note_interrupt(chip)

    # --- SPI ---

    def spi(self, windows: Sequence[Window]) -> bytes:
        """See `WiredBoard.spi`. The lock is let go between windows, so that the tick never waits for long."""
        addressed = {window.chip_select for window in windows}
        with self.lock:
            now = self.sample_now()
            for select in addressed:
                for chip in self._select.get(select, ()):
                    self.bring_forward(chip, now)
        replies: list[bytes] = []
        for window in windows:
            with self.lock:
                replies.append(self._window(window))
        with self.lock:
            for select in addressed:
                for chip in self._select.get(select, ()):
                    self.note_interrupt(chip)
        return b"".join(replies)

    def _window(self, window: Window) -> bytes:
        chips = self._select.get(window.chip_select)
        if not chips:
            return bytes([HIGH_IMPEDANCE]) * len(window.data)
        if len(chips) == 1:
            return chips[0].transfer(window.data)
        # open-drain: several chips that answer at once pull the line low together
        answers = [chip.transfer(window.data) for chip in chips]
        return bytes(_all_of(values) for values in zip(*answers, strict=True))

    # --- pins ---

    def write_pin(self, pin: int, level: bool) -> None:
        """See `WiredBoard.write_pin`."""
        with self.lock:
            self._levels[pin] = level
            now = self.sample_now()
            self._since_ns[pin] = self.ns_of(now)
            for chip in self._reset.get(pin, ()):
                self.bring_forward(chip, now)
                chip.reset_pin(not level)
                self.note_interrupt(chip)
            if pin == self.table.lifeline_pin:
                self._heartbeat_at = now
            if pin in self._led_pins:
                self._drive_leds(now)

    def read_pin(self, pin: int) -> Edge:
        """See `WiredBoard.read_pin`."""
        with self.lock:
            return Edge(pin, self._levels.get(pin, False), self._since_ns.get(pin, self.epoch_ns))

    def watch_pin(self, pin: int) -> None:
        """See `WiredBoard.watch_pin`."""
        with self.lock:
            self._watched.add(pin)

    def unwatch_pins(self) -> None:
        """The client has gone."""
        with self.lock:
            self._watched.clear()

    def note_interrupt(self, chip: ChipModel) -> None:
        """The chip's share in its wired-OR interrupt line, active low."""
        pin = self._interrupt_pin[chip]
        pulling = self._pulling[pin]
        if (chip in pulling) == chip.interrupt:
            return
        before = bool(pulling)
        if chip.interrupt:
            pulling.add(chip)
        else:
            pulling.discard(chip)
        if before != bool(pulling):
            level, at_ns = not pulling, self.ns_of(chip.interrupt_at)
            self._levels[pin], self._since_ns[pin] = level, at_ns
            if pin in self._watched:
                self.report_edges([Edge(pin, level, at_ns)])

    # --- power, lights, relay ---

    def power(self, on: bool) -> None:
        """The box's supply; without it the chips lose their state. Switched so already, nothing changes."""
        with self.lock:
            if on == self.powered:
                return
            self.powered = on
            now = self.sample_now()
            for chip in self._all:
                self.bring_forward(chip, now)
                chip.power(on)
                self.note_interrupt(chip)
            self._heartbeat_at = None
            self._drive_leds(now)

    def upset(self, port: str) -> bool:
        """The chip of a port resets by itself, as after a surge on its line; False: there is none."""
        with self.lock:
            chip = self.chips.get(port) or self.daas.get(port)
            if chip is not None:
                self.bring_forward(chip, self.sample_now())
                chip.upset()
                self.note_interrupt(chip)
            return chip is not None

    def leds(self) -> dict[str, dict[str, Any]]:
        """Each light as `GET /bench/leds` gives it."""
        with self.lock:
            now = self.sample_now()
            return {name: led.view(now) for name, led in self._leds.items()}

    def lit(self) -> dict[str, str | None]:
        """The colours in which each light shines at this moment."""
        with self.lock:
            return {name: led.lit for name, led in self._leds.items()}

    def press(self, down: bool) -> None:
        """A finger on the button, or off it."""
        with self.lock:
            self._levels[self.table.button_pin] = not down
            self._since_ns[self.table.button_pin] = self.ns_of(self.sample_now())

    def lifeline_held(self) -> bool:
        """The relay is held open by the heartbeat, so that the lifeline telephone is the box's."""
        beat = self._heartbeat_at
        hold = self.table.lifeline_hold_ms * SAMPLES_PER_MS
        return self.powered and beat is not None and self.ticked - beat <= hold

    def weigh_ringing(self) -> None:
        """More ports ringing than the supply bears: the battery of all sags. Under the lock, once a tick."""
        ringing = 0
        for chip in self.chips.values():
            if chip.linefeed == RING_STATE:
                voltage = chip.ringing()
                ringing += voltage is not None and not voltage.trapezoid
        if ringing <= self.table.ringing_at_once:
            if self._overload_since is not None:
                self._overload_since = None
                self._limit(float("inf"))
        elif self._overload_since is None:
            self._overload_since = self.ticked
        elif self.ticked - self._overload_since >= SAG_SAMPLES:
            self._limit(SAGGED_VOLTS)

    def _limit(self, volts: float) -> None:
        for chip in self.chips.values():
            chip.line.supply.limit_v = volts

    def _drive_leds(self, now: float) -> None:
        for led in self._leds.values():
            if self.powered:
                led.drive(now, self._levels)
            else:
                led.lose_power()


def _all_of(values: tuple[int, ...]) -> int:
    wired = 0xFF
    for value in values:
        wired &= value
    return wired
