"""What people do all day: each act uses the telephones that it is given, alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.clients import Bench, RequestError
from tests.scenario.talking import hang_up

WAIT_S = 30.0


@dataclass(frozen=True)
class Guests:
    """Three telephones that nobody else touches, with their numbers, and a source of chance.

    Calls in by `line` go to the first of them, and nobody else makes any.
    """

    bench: Bench
    phones: tuple[int, int, int]
    numbers: tuple[str, str, str]
    line: str
    chance: random.Random

    def leave(self) -> None:
        """Hang up, whatever has become of the act; so does who has called in."""
        hang_up(self.bench, *self.phones)
        if self.bench.phone(self.line)["caller"] is not None:
            with suppress(RequestError):  # the exchange has ended the call meanwhile
                self.bench.company(self.line, "hang-up")

    def dial(self, phone: int, digits: str) -> None:
        """Lift and dial, by tones or (rarely) by pulses."""
        self.bench.off_hook(phone)
        self.bench.wait_signal(phone, "dial", "stutter", deadline_s=WAIT_S)
        if digits.isdigit() and self.chance.random() < 0.1:
            self.bench.dial(phone, digits, pulse=True, break_ms=60, make_ms=40, gap_ms=500)
        else:
            self.bench.dial(phone, digits, on_ms=60, off_ms=60)


def call_and_talk(guests: Guests) -> None:
    one, other, _ = guests.phones
    guests.dial(one, guests.numbers[1])
    guests.bench.wait_ringing(other, WAIT_S)
    guests.bench.off_hook(other)
    guests.bench.wait_quiet(other, WAIT_S)
    guests.bench.play_tone(one, 1000, -10, 5000)
    guests.bench.wait_now(other, "tone:1000", WAIT_S)


def call_and_give_up(guests: Guests) -> None:
    one, other, _ = guests.phones
    guests.dial(one, guests.numbers[1])
    guests.bench.wait_ringing(other, WAIT_S)
    guests.bench.on_hook(one)
    guests.bench.wait_quiet(other, WAIT_S)


def call_somebody_who_talks(guests: Guests) -> None:
    third = guests.phones[2]
    call_and_talk(guests)
    guests.dial(third, guests.numbers[1])
    guests.bench.wait_signal(third, "busy", "congestion", deadline_s=WAIT_S)


def dial_nonsense(guests: Guests) -> None:
    digits = "".join(guests.chance.choice("2456") for _ in range(guests.chance.randint(1, 20)))
    guests.dial(guests.phones[0], digits)


def pick_up(guests: Guests) -> None:
    one, other, third = guests.phones
    guests.dial(one, guests.numbers[1])
    guests.bench.wait_ringing(other, WAIT_S)
    guests.dial(third, "*8")


def play_with_the_hook(guests: Guests) -> None:
    for _ in range(guests.chance.randint(1, 20)):
        guests.bench.off_hook(guests.phones[0])
        guests.bench.on_hook(guests.phones[0])


ACTS: tuple[Callable[[Guests], None], ...] = (
    call_and_talk,
    call_and_give_up,
    call_somebody_who_talks,
    dial_nonsense,
    pick_up,
    play_with_the_hook,
)
