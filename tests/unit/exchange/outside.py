"""Company lines as tests of the exchange use them: who may call, and where a call stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from firmware.exchange.trunk_groups import Allowed
from tests.unit.exchange.hotel import CITY, Hotel

NUMBER = "221234567"


@dataclass(frozen=True)
class Judge:
    """Restrictions of a test: what each class may call, and who may not call in."""

    may: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    black: tuple[str, ...] = ()

    def judge(self, digits: str, cor: str, local: datetime) -> Allowed:
        allowed = digits.startswith(self.may.get(cor, ("",)))
        return Allowed(allowed, "" if allowed else "class")

    def refuses_caller(self, number: str) -> bool:
        return number in self.black

    def same_number(self, one: str, other: str) -> bool:
        return one == other


def all_down(hotel: Hotel, *numbers: str) -> None:
    for number in numbers:
        hotel.hang_up(number)
    assert hotel.quiet() and hotel.refusals == []
    assert all(count == 1 for count in hotel.closed.values())


def held_and_consulting(hotel: Hotel, operator: str = "100") -> None:
    """A caller from outside is held while a number outside is called for him."""
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift(operator)
    hotel.flash(operator)
    hotel.dial(operator, f"0{NUMBER}")
    hotel.go_on("fxo/2")


def deafen(hotel: Hotel, deaf: bool = True) -> None:
    for port in CITY.ports:
        hotel.go_on(port)
        hotel.gateway.trunk(port).deaf = deaf


def no_line(hotel: Hotel) -> None:
    deafen(hotel)
    hotel.call("101", "112")
    hotel.go_on("fxo/1")
    hotel.go_on("fxo/2")
    for port in CITY.ports:
        hotel.go_on(port)


@dataclass
class Purse:
    """An allowance of a test: how long each room may talk; numbers that are free; and what was asked for."""

    left: dict[str, float] = field(default_factory=dict)
    free: tuple[str, ...] = ()
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)

    def seconds(self, room: str, number: str, local: datetime) -> float | None:
        self.asked.append((room, number, local))
        return None if number in self.free else self.left.get(room)
