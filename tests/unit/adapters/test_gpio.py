"""The GPIO adapter on a stand-in for the library that only runs on a Raspberry Pi."""

from __future__ import annotations

import importlib
import select
import sys
import time
import types
from collections.abc import Callable, Iterator

import pytest

from boardsupport.bus import BusError


class Library(types.ModuleType):
    """RPi.GPIO's interface, and a hand on its inputs."""

    BCM, OUT, IN, LOW, HIGH, PUD_UP, BOTH = 11, 0, 1, 0, 1, 22, 33

    def __init__(self) -> None:
        super().__init__("RPi.GPIO")
        self.levels: dict[int, int] = {}
        self.callbacks: dict[int, Callable[[int], None]] = {}
        self.fails = False

    def setwarnings(self, on: bool) -> None: ...

    def setmode(self, mode: int) -> None:
        if self.fails:
            raise RuntimeError("can not open gpiochip")

    def setup(self, pin: int, direction: int, initial: int = 1, pull_up_down: int | None = None) -> None:
        assert (direction == self.IN) == (pull_up_down == self.PUD_UP)
        self.levels.setdefault(pin, initial)

    def output(self, pin: int, level: int) -> None:
        self.levels[pin] = level

    def input(self, pin: int) -> int:
        if pin not in self.levels:
            raise RuntimeError("You must setup() the GPIO channel first")
        return self.levels[pin]

    def add_event_detect(self, pin: int, edge: int, callback: Callable[[int], None]) -> None:
        self.callbacks[pin] = callback

    def remove_event_detect(self, pin: int) -> None:
        del self.callbacks[pin]

    def drive(self, pin: int, level: int) -> None:
        self.levels[pin] = level
        self.callbacks[pin](pin)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    made = Library()
    package = types.ModuleType("RPi")
    package.GPIO = made  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "RPi", package)
    monkeypatch.setitem(sys.modules, "RPi.GPIO", made)
    yield made
    sys.modules.pop("boardsupport.adapters.gpio", None)


def test_edges_wake_the_reader_with_their_time(library: Library) -> None:
    gpio = importlib.import_module("boardsupport.adapters.gpio")
    pins = gpio.GpioPins(outputs=[12], held_high=[24])
    assert (library.levels[12], library.levels[24]) == (0, 1), "a relay rests, a chip is not held in reset"
    pins.watch(25)
    assert pins.edges() == []
    before = time.monotonic_ns()
    library.drive(25, 0)
    library.drive(25, 1)
    poll = select.poll()
    poll.register(pins.fileno(), select.POLLIN)
    assert poll.poll(0)
    edges = pins.edges()
    assert [(edge.pin, edge.level) for edge in edges] == [(25, False), (25, True)]
    assert before <= edges[0].at_ns <= edges[1].at_ns <= time.monotonic_ns()
    assert not poll.poll(0)
    pins.write(12, True)
    assert library.levels[12] == 1
    assert pins.read(25) is True
    with pytest.raises(BusError, match="GPIO 99"):
        pins.read(99)
    pins.close()


def test_a_button_is_pulled_up_and_read(library: Library) -> None:
    pins = importlib.import_module("boardsupport.adapters.gpio").GpioPins(outputs=[22], inputs=[3])
    assert pins.read(3)
    library.levels[3] = 0
    assert not pins.read(3)
    assert library.callbacks == {}
    pins.close()


def test_no_edge_comes_after_the_end(library: Library) -> None:
    """The library's thread would write to a descriptor that may be another file's by then."""
    pins = importlib.import_module("boardsupport.adapters.gpio").GpioPins(outputs=[12])
    pins.watch(25)
    pins.close()
    assert library.callbacks == {}


def test_no_gpio_chip(library: Library) -> None:
    library.fails = True
    gpio = importlib.import_module("boardsupport.adapters.gpio")
    with pytest.raises(BusError, match="gpiochip"):
        gpio.GpioPins(outputs=[12])
