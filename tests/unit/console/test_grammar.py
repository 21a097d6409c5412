"""Which command is meant by what was typed."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from firmware.console import grammar
from firmware.console.commands import COMMANDS
from firmware.errors import RefusedError
from webui.services import Services

LINES = [SimpleNamespace(port=port) for port in ("fxs/1", "fxs/2", "fxs/10", "fxo/1")]
HOUSE = cast(
    Services,
    SimpleNamespace(
        lines=lambda: LINES,
        links=SimpleNamespace(links=lambda: [SimpleNamespace(name="front-office")]),
        health=lambda: SimpleNamespace(services=[SimpleNamespace(name="web")]),
    ),
)


def meant(line: str) -> tuple[str, dict[str, str]]:
    command, given = grammar.find(COMMANDS, grammar.split(line), HOUSE)
    return command.usage, given


def refusal(line: str) -> tuple[str, str]:
    with pytest.raises(RefusedError) as caught:
        meant(line)
    return caught.value.code, str(caught.value)


@pytest.mark.parametrize(
    ("line", "usage", "given"),
    [
        ("show lines", "show lines", {}),
        ("sh al", "show alarms", {}),
        ("SHOW Calls", "show calls", {}),
        ("line fxs/2 test", "line PORT test", {"port": "fxs/2"}),
        ("line FXO/1 ret", "line PORT return", {"port": "FXO/1"}),
        ("ring fxs/10 5", "ring PORT [SECONDS]", {"port": "fxs/10", "seconds": "5"}),
        ("ring fxs/10", "ring PORT [SECONDS]", {"port": "fxs/10"}),
        ("trace pms front-office", "trace pms LINK", {"link": "front-office"}),
        ("trace fxs/1", "trace PORT", {"port": "fxs/1"}),
        ('set clock "2026-11-26 21:00"', "set clock TIME...", {"time": "2026-11-26 21:00"}),
        ("set clock 2026-11-26 21:00", "set clock TIME...", {"time": "2026-11-26 21:00"}),
        ("set address dhcp", "set address ADDRESS...", {"address": "dhcp"}),
        ('reset password "Mary Ann"', "reset password NAME", {"name": "Mary Ann"}),
        ("help set clock", "help [COMMAND...]", {"command": "set clock"}),
        ("em dry", "emergency dry-run", {}),
    ],
)
def test_a_command_is_known_also_when_it_is_shortened(line: str, usage: str, given: dict[str, str]) -> None:
    assert meant(line) == (usage, given)


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("frobnicate", "unknown-command", "no such command"),
        ("sh li", "ambiguous", "lines or links"),
        ("re", "ambiguous", "reset or restart"),
        ("line fxs/2", "incomplete", "line PORT test"),
        ("set", "incomplete", "set address"),
        ("line fxs/99 test", "unknown-command", "PORT"),
        ("show lines fxs/1", "unknown-command", "nothing more"),
        ("tone fxs/1 yodel", "unknown-command", "TONE"),
        ('reset password "Mary', "quotes", "quotation mark"),
    ],
)
def test_what_is_no_command_is_refused_with_a_hint(line: str, code: str, says: str) -> None:
    assert refusal(line)[0] == code
    assert says in refusal(line)[1]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sh", {"show"}),
        ("show l", {"lines", "links"}),
        ("line fxs/1", {"fxs/1", "fxs/10"}),
        ("ring ", {"fxs/1", "fxs/2", "fxs/10"}),
        ("line fxs/1 t", {"test", "tests"}),
        ("trace ", {"pms", "fxs/1", "fxs/2", "fxs/10", "fxo/1"}),
        ("trace pms ", {"front-office"}),
        ("restart w", {"web"}),
        ("tone fxs/1 hol", {"hold"}),
        ("set clock ", set()),
        ("show lines ", set()),
        ('reset password "', set()),
    ],
)
def test_tab_offers_what_may_stand_there(line: str, words: set[str]) -> None:
    assert set(grammar.offer(COMMANDS, line, HOUSE).words) == words


def test_lines_are_offered_in_the_order_of_their_numbers() -> None:
    assert grammar.offer(COMMANDS, "line fxs/", HOUSE).words == ("fxs/1", "fxs/2", "fxs/10")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.usage)
def test_every_command_has_a_line_of_help_that_fits_the_terminal_and_is_for_technicians(command: Any) -> None:
    widest = max(len(one.usage) for one in COMMANDS)
    assert 10 <= len(command.text) <= 79 - widest - 2
    assert command.roles == ("technician", "manager")


def test_no_two_commands_are_written_alike() -> None:
    assert len({command.usage for command in COMMANDS}) == len(COMMANDS)
