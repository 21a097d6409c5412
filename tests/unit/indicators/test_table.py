"""The one table of what LEDs show, and the card of it in docs/leds.md.

`python -m tests.unit.indicators.test_table` writes the card's table anew.
"""

from __future__ import annotations

from typing import get_args

import pytest

from boardsupport.leds import Pattern
from boardsupport.tables import BOARDS
from firmware.indicators.table import TABLE, Led, light_of
from tests.unit.made_document import MadeDocument

PATTERN_WORDS: dict[Pattern, str] = {
    "off": "dark",
    "on": "lit",
    "slow": "slow blinking",
    "fast": "fast blinking",
    "flash": "one flash every 2 s",
    "wink": "lit, one wink every 2 s",
    "two-flashes": "two flashes every 2 s",
    "two-winks": "lit, two winks every 2 s",
}


def card() -> str:
    lines = ["| LED | colour | pattern | means | do |", "|---|---|---|---|---|"]
    for led, states in TABLE.items():
        for number, state in enumerate(states.values()):
            name = f"**{led}**" if number == 0 else ""
            color = "" if state.pattern == "off" else state.color
            lines.append(f"| {name} | {color} | {PATTERN_WORDS[state.pattern]} | {state.meaning} | {state.to_do} |")
    return "\n".join(lines)


CARD = MadeDocument("leds.md", {"card": card})


def test_the_card_is_current() -> None:
    assert CARD.names() == ["card"]
    assert CARD.renewed() == CARD.text, "run: python -m tests.unit.indicators.test_table"


@pytest.mark.parametrize("led", list(TABLE))
def test_no_two_states_of_a_led_look_alike_to_who_sees_no_colours(led: Led) -> None:
    patterns = [state.pattern for state in TABLE[led].values()]
    assert len(set(patterns)) == len(patterns)


def test_the_system_led_never_stands_still_while_a_program_drives_it() -> None:
    assert not {state.pattern for state in TABLE["system"].values()} & {"on", "off"}


@pytest.mark.parametrize("state", ["survival", "voice-dead"])
def test_a_program_that_is_dead_or_frozen_and_stays_so_needs_the_switch(state: str) -> None:
    assert "switch the box off and on" in TABLE["system"][state].to_do


def test_what_asks_for_nobody_says_so_and_the_rest_says_what_to_do() -> None:
    for states in TABLE.values():
        for state in states.values():
            assert state.meaning.endswith(".") and state.to_do.endswith(".")
    assert TABLE["alarm"]["emergency"].to_do != "Nothing."


@pytest.mark.parametrize("revision", sorted(BOARDS))
def test_every_board_has_every_led_but_maybe_power(revision: str) -> None:
    board = {led.name: set(led.colors) for led in BOARDS[revision].leds}
    assert set(board) | {"power"} == set(get_args(Led)) == set(TABLE)
    if BOARDS[revision].kind == "sim":
        for led, states in TABLE.items():
            assert {state.color for state in states.values() if state.pattern != "off"} <= board[led]


def test_only_what_stands_in_it_can_be_shown() -> None:
    assert light_of("alarm", "emergency") == TABLE["alarm"]["emergency"].light
    assert light_of("alarm", "running") is None
    assert light_of("roof", "on") is None


if __name__ == "__main__":
    CARD.write()
