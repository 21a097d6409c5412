"""The blink code of an address, read as a person with a pencil and a watch would."""

from __future__ import annotations

import pytest

from firmware.indicators.address_code import AddressCode

LOOK_S = 0.05
BEGAN_S = 1000.0


def watch(code: AddressCode) -> list[tuple[bool, float]]:
    """What a LED shows from the beginning to the end: lit or dark, and for how long."""
    seen: list[tuple[bool, float]] = []
    look = 0
    while (lit := code.lit(BEGAN_S + look * LOOK_S)) is not None:
        if seen and seen[-1][0] == lit:
            seen[-1] = (lit, seen[-1][1] + LOOK_S)
        else:
            seen.append((lit, LOOK_S))
        look += 1
        assert look < 10_000, "it never ends"
    return seen


def written_down(seen: list[tuple[bool, float]]) -> list[str]:
    """By docs/leds.md: count short blinks, ten are 0; a long one is a point; a pause of a second ends a digit; one of
    more than three seconds begins anew."""
    times, count = [""], 0
    for lit, seconds in seen:
        if lit and seconds > 1:
            times[-1] += "."
        elif lit:
            count += 1
        elif seconds > 1 and count:
            times[-1] += str(count % 10)
            count = 0
        if not lit and seconds > 2.5 and times[-1]:
            times.append("")
    return times


@pytest.mark.parametrize("address", ["192.168.1.20", "10.0.0.1", "255.255.255.255", "127.0.0.1"])
def test_it_reads_as_the_address_twice(address: str) -> None:
    assert written_down(watch(AddressCode(address, BEGAN_S))) == [address, address]


def test_a_box_without_an_address_blinks_three_points() -> None:
    assert written_down(watch(AddressCode(None, BEGAN_S))) == ["...", "..."]


def test_the_longest_takes_less_than_two_minutes_each_time() -> None:
    assert sum(seconds for _, seconds in watch(AddressCode("200.200.200.200", BEGAN_S))) < 2 * 120
