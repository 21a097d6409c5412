"""The measurements at company lines, each taken through the bench and the API of a running product."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.clients import Bench, Json
from tests.harness import Product, wait_for
from tests.perf.measure import Interval
from tests.scenario.talking import hang_up, line_with

NUMBER = "221234567"
"""Of the country's full length: nothing is waited for after its last digit."""
GUEST_DIGITS = {"on_ms": 60, "off_ms": 60}
DEADLINE_S = 20.0


@dataclass(frozen=True)
class CallOut:
    """The stretches of a call out, until the company's exchange has its number."""

    to_seizure: Interval
    """From the end of the last digit that the guest dials until the exchange notices that the line is seized."""
    to_digits: Interval
    """From there until the exchange has the last digit."""
    digits: Interval
    """Of it, from the first digit at the exchange to the last."""


def call_out(product: Product, phone: int) -> CallOut:
    """A guest calls a number outside while all lines are idle, and hangs up; the line is idle again afterwards."""
    bench, line = product.bench, f"fxo/{product.hotel.fxo}"
    dialled = _dial(bench, phone, f"0{NUMBER}")
    seized = _first_seen(bench, line, lambda seen: seen["seized"])
    first = _first_seen(bench, line, lambda seen: seen["digits"] != "")
    last = _first_seen(bench, line, lambda seen: seen["digits"] == NUMBER)
    hang_up(bench, phone)
    _wait_idle(product, line)
    return CallOut(_interval(dialled, seized), _interval(seized, last), _interval(first, last))


def ring_in(product: Product, line: str, caller_id: str, operator: int) -> Interval:
    """From the moment at which the exchange has a call for the line until the operator's telephone has ringing voltage.

    The call is answered and ended; line and telephone are idle again afterwards.
    """
    bench = product.bench
    number = None if caller_id == "none" else "600700800"
    begin = time.monotonic()
    bench.company(line, "ring", number=number, caller_id=caller_id)
    rings = _first_seen(bench, operator, lambda seen: seen["ringing"])
    bench.off_hook(operator)
    bench.wait_line(line, state="talking-in")
    hang_up(bench, operator)
    bench.wait_line(line, state="held")
    bench.company(line, "hang-up")
    _wait_idle(product, line)
    bench.wait_quiet(operator)
    return _interval(begin, rings)


def emergency(product: Product, phone: int, callers: dict[str, int]) -> Interval:
    """From the end of the last digit of 112, while `callers` (by line) hold every line, until an exchange has it.

    Who has lost his line calls again afterwards.
    """
    bench = product.bench
    dialled = _dial(bench, phone, "112")
    line = line_with(bench, "112", DEADLINE_S)
    has_it = time.monotonic()
    caller = callers.pop(line)
    hang_up(bench, phone, caller)
    _wait_idle(product, line)
    callers[answered_call(bench, caller)] = caller
    return _interval(dialled, has_it)


def answered_call(bench: Bench, phone: int) -> str:
    """A call out that is answered, to a number of its own; its line."""
    number = f"2212345{phone:02}"
    _dial(bench, phone, f"0{number}")
    line = line_with(bench, number, DEADLINE_S)
    bench.wait_digits(line, number)
    bench.company(line, "answer", reversal=True)
    return line


@contextmanager
def standing_calls_outside(product: Product) -> Iterator[dict[str, int]]:
    """Every line carries an answered call of one of the first telephones; who, by line."""
    callers = {answered_call(product.bench, phone): phone for phone in range(1, product.hotel.fxo + 1)}
    yield callers
    hang_up(product.bench, *callers.values())
    for line in callers:
        _wait_idle(product, line)


def _dial(bench: Bench, phone: int, digits: str) -> float:
    """Lift and dial; when the last digit was out."""
    bench.off_hook(phone)
    bench.wait_now(phone, "tone:425")
    bench.dial(phone, digits, **GUEST_DIGITS)
    return time.monotonic()


def _first_seen(bench: Bench, end: str | int, wanted: Callable[[Json], bool]) -> float:
    """When the telephone or line is first seen so."""
    deadline = time.monotonic() + DEADLINE_S
    while not wanted(seen := bench.phone(end)):
        assert time.monotonic() < deadline, f"{end} is still {seen}"
    return time.monotonic()


def _wait_idle(product: Product, line: str) -> None:
    """The exchange and the box have both done with the line."""
    product.bench.wait_line(line, DEADLINE_S, state="idle")
    wait_for(lambda: product.api.line(line)["state"] == "idle", DEADLINE_S, f"{line} is idle")


def _interval(begin: float, end: float) -> Interval:
    return Interval((end - begin) * 1000, begin, end)
