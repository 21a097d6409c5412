"""What guests do with company lines: calls out, by whatever line is free, and calls in by their own."""

from __future__ import annotations

from collections.abc import Callable

from tests.scenario.talking import connected, line_with
from tests.soak.tour import WAIT_S, Guests

CALLER_IDS = ("fsk-before", "fsk-after", "dtmf", "none")
HANG_UPS = ("reversal", "loop-break", "busy-tone", "dial-tone")
"""Ways in which an exchange tells that the far end has gone."""


def call_out_and_talk(guests: Guests) -> None:
    line = _call_out(guests)
    guests.bench.company(line, "alert")
    guests.bench.wait_signal(guests.phones[0], "ringback", deadline_s=WAIT_S)
    guests.bench.company(line, "answer", reversal=True)
    connected(guests.bench, guests.phones[0], line)
    _end(guests, line)
    guests.bench.wait_line(line, WAIT_S, seized=False)


def call_out_and_give_up(guests: Guests) -> None:
    line = _call_out(guests)
    guests.bench.on_hook(guests.phones[0])
    guests.bench.wait_line(line, WAIT_S, seized=False)


def call_out_to_somebody_who_talks(guests: Guests) -> None:
    line = _call_out(guests)
    guests.bench.company(line, "alert", tone="busy")
    guests.bench.wait_line(line, WAIT_S, seized=False)
    guests.bench.wait_signal(guests.phones[0], "busy", deadline_s=WAIT_S)


def call_in_and_talk(guests: Guests) -> None:
    _ring_in(guests)
    guests.bench.off_hook(guests.phones[0])
    guests.bench.wait_line(guests.line, WAIT_S, state="talking-in")
    connected(guests.bench, guests.phones[0], guests.line)
    _end(guests, guests.line)
    guests.bench.wait_line(guests.line, WAIT_S, seized=False)


def call_in_and_give_up(guests: Guests) -> None:
    _ring_in(guests)
    guests.bench.company(guests.line, "hang-up")
    guests.bench.wait_quiet(guests.phones[0], WAIT_S)


def _call_out(guests: Guests) -> str:
    """A number that nobody else calls, until an exchange has it; by which line."""
    number = f"22{guests.chance.randrange(10**5):05}{guests.phones[0]:02}"
    guests.dial(guests.phones[0], f"0{number}")
    line = line_with(guests.bench, number, WAIT_S)
    guests.bench.wait_digits(line, number)
    return line


def _ring_in(guests: Guests) -> None:
    """With a caller id of any kind; who rings within a call's last pause would be taken for its caller."""
    guests.bench.wait_quiet(guests.phones[0], WAIT_S)
    kind = guests.chance.choice(CALLER_IDS)
    guests.bench.company(guests.line, "ring", number=None if kind == "none" else "600700800", caller_id=kind)
    guests.bench.wait_ringing(guests.phones[0], WAIT_S)


def _end(guests: Guests, line: str) -> None:
    """Either side hangs up first."""
    if guests.chance.random() < 0.5:
        guests.bench.on_hook(guests.phones[0])
    else:
        guests.bench.company(line, "hang-up", how=guests.chance.choice(HANG_UPS))


ACTS: tuple[Callable[[Guests], None], ...] = (
    call_out_and_talk,
    call_out_and_give_up,
    call_out_to_somebody_who_talks,
    call_in_and_talk,
    call_in_and_give_up,
)
