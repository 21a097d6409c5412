"""What the commands do, over the demonstration hotel's desk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from firmware.console.commands.tables import table
from firmware.console.contract import Seat
from firmware.console.keys import columns
from firmware.supervisor.own_address import parse
from tests.unit.console.sitting import Sitting
from tests.unit.supervisor.house import GOOD, ZONE, House
from webui.api.access import UserChange
from webui.services import Identity


async def test_lines_are_shown_as_a_table_that_fits(technician: Sitting, house: House) -> None:
    house.service.states.update({"fxs/1": "idle", "fxs/2": "talking"})
    screen = await technician.do("show lines")
    assert ["fxs/1", "idle"] in [row.split()[:3:2] for row in screen.splitlines()]
    assert all(columns(row) < 80 for row in screen.splitlines())


async def test_words_of_help_are_for_every_command_and_for_one(technician: Sitting) -> None:
    technician.type("help\r")
    screen = await technician.says("--more--")
    technician.type(" ")
    screen += await technician.says("night porter> ")
    assert "emergency dry-run" in screen
    assert "restart WHAT" in screen
    assert "ringing voltage hurts" in await technician.do("help ring")
    assert "set address" in await technician.do("help set")
    assert "no command frob" in await technician.do("help frob")


async def test_help_fits_the_terminal(technician: Sitting) -> None:
    technician.type("help\r")
    screen = await technician.says("--more--")
    technician.type(" ")
    screen += await technician.says("night porter> ")
    assert "Ctrl-C stops" in screen
    assert all(columns(row) < 80 for row in screen.splitlines())


@pytest.mark.parametrize("words", ["line", "trace", "set", "ring", "restart"])
async def test_help_of_one_command_fits_the_terminal(technician: Sitting, words: str) -> None:
    screen = await technician.do(f"help {words}")
    assert all(columns(row) < 80 for row in screen.splitlines())


async def test_an_alarm_is_shown_whole_and_acknowledged(technician: Sitting, house: House) -> None:
    text = "the pair of room 203 is short: " + "look at the socket " * 5
    await house.alarms.raise_alarm("line", "fxs/3", text)
    screen = await technician.do("show alarms")
    assert text.strip() in screen.replace("\n", "")
    number = screen.split()[screen.split().index("stands") - 3]
    assert "acknowledged" in await technician.do(f"acknowledge {number}")
    assert "seen" in await technician.do("show alarms")
    assert "no alarm" in await technician.do("acknowledge 999")
    assert "no alarm" in await technician.do("acknowledge first")


async def test_the_clock_is_set_by_the_hotels_wall_time_and_vouched_for(technician: Sitting, house: House) -> None:
    technician.type("set clock 2026-11-26 21:00\r")
    assert "2026-11-26 21:00:00+01:00" in await technician.says("(y/N) ")
    technician.type("y\r")
    await technician.says("is set")
    assert technician.clock_set == [datetime(2026, 11, 26, 21, 0, tzinfo=ZONE).timestamp()]
    actions = [entry.action for entry in await house.audit()]
    assert actions[:2] == ["clock-vouched", "clock-set"]


async def test_who_may_not_set_the_clock_is_told_what_to_do(technician: Sitting, house: House) -> None:
    technician.clock_set = None
    technician.type('set clock "2026-11-26 21:00:30"\r')
    await technician.says("(y/N) ")
    technician.type("y\r")
    assert "vouch clock" in await technician.says("night porter> ")
    assert "clock-set" not in [entry.action for entry in await house.audit()]
    technician.type("vouch clock\r")
    await technician.says("(y/N) ")
    technician.type("y\r")
    await technician.says("counts as right until")


async def test_a_clock_that_the_network_keeps_is_not_set_by_hand(technician: Sitting, house: House) -> None:
    house.by_network = True
    assert "would set it back" in await technician.do("set clock 2026-11-26 21:00")
    assert technician.clock_set == []


@pytest.mark.parametrize("said", ["yesterday", "2026-13-01 10:00", "21:00"])
async def test_a_time_that_is_none_is_refused(technician: Sitting, said: str) -> None:
    assert "is no time" in await technician.do(f"set clock {said}")
    assert technician.clock_set == []


async def test_a_password_is_given_anew_unseen(technician: Sitting, house: House) -> None:
    technician.type("reset password anna\r")
    await technician.says("new password: ")
    technician.type("another horse\r")
    await technician.says("once more: ")
    technician.type("another horse\r")
    screen = await technician.says("has the new password")
    assert "horse" not in screen
    changed = next(entry for entry in await house.audit() if entry.action == "user-changed")
    assert (changed.who, changed.subject) == ("tom", "anna")


@pytest.mark.parametrize(("first", "second", "why"), [("short", "short", "characters"), (GOOD, GOOD[1:], "different")])
async def test_a_password_that_is_no_good_changes_nothing(
    technician: Sitting, house: House, first: str, second: str, why: str
) -> None:
    technician.type("reset password anna\r")
    await technician.says("new password: ")
    technician.type(f"{first}\r")
    await technician.says("once more: ")
    technician.type(f"{second}\r")
    assert why in await technician.says("night porter> ")
    assert "user-changed" not in [entry.action for entry in await house.audit()]


async def test_nobody_is_asked_for_the_password_of_somebody_who_is_not_there(technician: Sitting) -> None:
    assert "no user bob" in await technician.do("reset password bob")


async def test_a_restart_says_what_it_costs_and_asks(
    technician: Sitting, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.desk, "_health", lambda: _Health)
    restarted: list[tuple[str, str]] = []

    async def restart(what: str, who: Identity) -> None:
        restarted.append((what, who.name))

    monkeypatch.setattr(house.desk.box, "restart", restart)
    technician.type("restart voice\r")
    assert "0 calls will be cut off" in await technician.says("(y/N) ")
    technician.type("\r")
    await technician.says("night porter> ")
    assert restarted == []
    technician.type("restart voice\r")
    await technician.says("(y/N) ")
    technician.type("yes\r")
    await technician.says("started anew")
    assert restarted == [("voice", "tom")]


async def test_a_backup_is_begun_by_the_one_who_asks(
    technician: Sitting, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    async def begin(who: Identity) -> None:
        begun.append(who.name)

    monkeypatch.setattr(house.desk.backups, "begin", begin)
    assert "is being made" in await technician.do("backup")
    assert begun == ["tom"]


async def test_a_backup_without_a_key_says_so(technician: Sitting) -> None:
    assert "there is no key of backups" in await technician.do("backup")


async def test_another_restart_than_those_there_are_is_refused(
    technician: Sitting, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.desk, "_health", lambda: _Health)
    assert "restart" in await technician.do("restart everything")
    technician.type("restart supervisor\r")
    assert "Calls go on" in await technician.says("(y/N) ")
    technician.type("n\r")
    await technician.says("night porter> ")
    assert "restarted" not in [entry.action for entry in await house.audit()]


class _Health:
    services: tuple[()] = ()


async def test_the_seats_say_who_is_there_and_what_is_wrong_with_the_serial_port(technician: Sitting) -> None:
    technician.box.taken_seats = lambda: [Seat("-", "serial port: no such device", None)]
    assert "no such device" in await technician.do("who")


async def test_ringing_voltage_is_warned_of_and_needs_a_yes(technician: Sitting, house: House) -> None:
    house.service.states["fxs/3"] = "idle"
    technician.type("ring fxs/3\r")
    assert "dangerous" in await technician.says("(y/N) ")
    technician.type("n\r")
    assert "not rung" in await technician.says("night porter> ")
    technician.type("ring fxs/3 many\r")
    await technician.says("no number of seconds")


def test_a_table_cuts_what_is_wider_than_the_terminal() -> None:
    shown = table(("a", "b"), [("x", "房" * 60)])
    assert max(map(columns, shown.splitlines())) == 79
    assert table(("a",), []) == "none"


async def test_an_address_is_looked_at_before_it_is_asked_for(technician: Sitting) -> None:
    assert "no IPv4 address" in await technician.do("set address 192.0.2/24")
    assert parse(["192.0.2.10/24"]).method == "manual"


async def test_a_session_of_somebody_who_lost_his_role_is_not_open_for_him(sitting: Sitting, house: House) -> None:
    await house.desk.access.change_user("tom", UserChange(role="desk"), Identity("boss", "manager"))
    sitting.type(f"tom\r{GOOD}\r")
    await sitting.says("not for the role desk")


@pytest.mark.parametrize(
    "change", [UserChange(role="desk"), UserChange(password="another password"), None], ids=["role", "password", "gone"]
)
async def test_who_lost_his_right_while_he_sits_there_is_logged_out(
    technician: Sitting, house: House, change: UserChange | None
) -> None:
    boss = Identity("boss", "manager")
    if change is None:
        await house.desk.access.remove_user("tom", boss)
    else:
        await house.desk.access.change_user("tom", change, boss)
    technician.type("reset password anna\r")
    await technician.says("name: ")
    assert technician.session.who is None


def test_nothing_of_the_console_is_where_others_can_read_it(tmp_path: Path) -> None:
    from firmware.processes import RunDirectory
    from firmware.supervisor.console import _listen

    directory = RunDirectory(tmp_path / "data").make()
    with _listen(directory):
        assert (directory.path / "console.sock").stat().st_mode & 0o077 == 0
