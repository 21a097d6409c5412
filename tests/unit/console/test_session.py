"""Who gets in at a console, what keys do there, and how one gets out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from firmware.console.commands import COMMANDS
from firmware.console.contract import Call, Command
from firmware.console.screen import MOST_WAITING_BYTES
from firmware.console.session_table import X80, X81, State
from firmware.supervisor.events import ButtonEvent
from tests.unit.console.sitting import Sitting
from tests.unit.supervisor.house import GOOD, House

PROMPT = "night porter> "


def command(run: Callable[[Call], Awaitable[None]]) -> tuple[Command, ...]:
    return (*COMMANDS, Command(("probe",), "only for this test", run))


async def test_a_technician_logs_in_and_the_audit_knows_it(sitting: Sitting, house: House) -> None:
    sitting.type(f"tom\r{GOOD}\r")
    screen = await sitting.says(PROMPT)
    assert "tom, technician" in screen
    assert GOOD not in screen
    entry = (await house.audit())[0]
    assert (entry.who, entry.through, entry.action) == ("tom", "console", "logged-in")


async def test_the_desk_and_wrong_passwords_are_refused(sitting: Sitting) -> None:
    sitting.type(f"anna\r{GOOD}\r")
    assert "not for the role desk" in await sitting.says("role")
    sitting.type("tom\rwrong horse\r")
    await sitting.says("do not belong together")
    assert sitting.session.who is None


async def test_wrong_passwords_make_the_next_wait(sitting: Sitting) -> None:
    for _ in range(5):
        sitting.type("tom\rwrong horse\r")
        await sitting.says("do not belong together")
    sitting.type(f"tom\r{GOOD}\r")
    await sitting.says("wait")
    assert sitting.session.who is None


async def test_a_log_in_that_is_not_gone_on_with_begins_anew(sitting: Sitting, house: House) -> None:
    sitting.type("tom\r")
    house.clock.advance(X81.default + 1)
    sitting.session.tick()
    sitting.type(f"{GOOD}\r")
    assert sitting.session.state is State.PASSWORD, "it was taken for a name"


async def test_a_console_that_is_left_alone_is_logged_out_after_a_quarter_of_an_hour(
    technician: Sitting, house: House
) -> None:
    house.clock.advance(X80.default - 1)
    technician.session.tick()
    technician.type("s")
    house.clock.advance(X80.default - 1)
    technician.session.tick()
    assert technician.session.who is not None, "a key was pressed meanwhile"
    house.clock.advance(2)
    technician.session.tick()
    assert technician.session.who is None
    assert "no key was pressed" in technician.seen
    await technician.until(lambda: not technician.session._beside)
    entry = (await house.audit())[0]
    assert (entry.action, entry.detail) == ("logged-out", {"why": "idle"})


async def test_noise_keeps_nobody_logged_in(technician: Sitting, house: House) -> None:
    house.clock.advance(X80.default - 1)
    technician.type(b"\xff\xfe")
    house.clock.advance(2)
    technician.session.tick()
    assert technician.session.who is None


async def test_a_trace_that_nobody_looks_at_ends_with_the_log_in(house: House) -> None:
    async def watch(call: Call) -> None:
        await call.talk.watch(lambda say: asyncio.Event().wait())  # type: ignore[arg-type]

    sitting = Sitting(house, commands=command(watch))
    await sitting.log_in()
    sitting.type("probe\r")
    await sitting.until(lambda: sitting.session.state is State.WATCHING)
    house.clock.advance(X80.default + 1)
    sitting.session.tick()
    assert sitting.session.who is None


async def test_logging_out_clears_the_screen_and_the_lines_that_were_entered(technician: Sitting) -> None:
    await technician.do("who")
    technician.type("logout\r")
    screen = await technician.says("name: ")
    assert "\n" * 24 in screen
    assert "\x1b[H\x1b[2J" in screen
    technician.type("\x1b[A")
    assert "who" not in technician.seen


async def test_on_the_socket_logging_out_hangs_up(house: House) -> None:
    sitting = Sitting(house, physical=False)
    await sitting.log_in()
    sitting.type("\x04")
    assert sitting.wire.is_hung_up
    assert sitting.session.who is None


async def test_hanging_up_logs_out_and_ends_what_was_at_work(house: House) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work(call: Call) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    sitting = Sitting(house, commands=command(work))
    await sitting.log_in()
    sitting.type("probe\r")
    await asyncio.wait_for(begun.wait(), 5)
    sitting.session.closed("hung up")
    await asyncio.wait_for(ended.wait(), 5)
    assert sitting.session.who is None
    assert sitting.session.state is State.NAME


async def test_ctrl_c_stops_a_command_and_ctrl_d_is_no_command(house: House) -> None:
    async def work(call: Call) -> None:
        await asyncio.Event().wait()

    sitting = Sitting(house, commands=command(work))
    await sitting.log_in()
    sitting.type("probe\r")
    sitting.type("\x03")
    assert "stopped" in await sitting.says(PROMPT)
    assert sitting.session.who is not None


async def test_what_is_typed_while_a_command_works_comes_after_it_but_answers_no_question(house: House) -> None:
    go_on, answers = asyncio.Event(), []

    async def work(call: Call) -> None:
        await go_on.wait()
        answers.append(await call.talk.confirm("Ring?"))

    sitting = Sitting(house, commands=command(work))
    await sitting.log_in()
    sitting.type("probe\ry\r")
    go_on.set()
    await sitting.says("Ring? (y/N) ")
    sitting.type("\r")
    await sitting.says(PROMPT)
    assert answers == [False]


async def test_long_output_waits_for_its_reader(house: House) -> None:
    async def work(call: Call) -> None:
        await call.talk.show("\n".join(f"line {number}" for number in range(100)))

    sitting = Sitting(house, commands=command(work))
    await sitting.log_in()
    sitting.type("probe\r")
    screen = await sitting.says("--more--")
    assert "line 21" in screen
    assert "line 22" not in screen
    sitting.type(" ")
    assert "line 43" in await sitting.says("--more--")
    sitting.type("q")
    screen = await sitting.says(PROMPT)
    assert "line" not in screen


async def test_a_fault_of_a_command_ends_the_command_alone(house: House) -> None:
    async def work(call: Call) -> None:
        raise KeyError("a bug")

    sitting = Sitting(house, commands=command(work))
    await sitting.log_in()
    assert "a fault of this program" in await sitting.do("probe")


async def test_what_others_have_written_steers_no_terminal(house: House) -> None:
    async def work(call: Call) -> None:
        await call.talk.show("guest \x1b]0;owned\x07 \x9b2J")

    sitting = Sitting(house, commands=command(work))
    await sitting.log_in()
    assert "guest ?]0;owned? ?2J" in await sitting.do("probe")


async def test_a_line_with_noise_in_it_is_not_carried_out(technician: Sitting) -> None:
    technician.type(b"restart\xff voice\r")
    assert "not carried out" in await technician.says(PROMPT)


async def test_seconds_of_noise_log_nobody_in_and_are_no_wrong_passwords(sitting: Sitting, house: House) -> None:
    noise = random.Random(1)
    for _ in range(300):
        sitting.type(noise.randbytes(100))
        sitting.wire.sent.clear()
    await sitting.until(lambda: not sitting.session._beside)
    assert sitting.session.who is None
    assert await house.audit() == []
    sitting.type("\r\x03")
    await sitting.log_in()


async def test_a_terminal_that_does_not_read_gets_no_more_than_fits(sitting: Sitting) -> None:
    sitting.wire.backlog = 3 * MOST_WAITING_BYTES
    sitting.wire.sent.clear()
    sitting.type("tom" * 1000)
    assert sitting.wire.sent == b""


async def test_a_trace_tells_what_a_slow_terminal_has_missed(house: House) -> None:
    told = asyncio.Event()

    async def follow(say: Callable[[str], None]) -> None:
        sitting.wire.backlog = 2 * MOST_WAITING_BYTES
        for number in range(5):
            say(f"line {number}")
        sitting.wire.backlog = 0
        say("last")
        told.set()
        await asyncio.Event().wait()

    async def work(call: Call) -> None:
        await call.talk.watch(follow)

    sitting = Sitting(house, commands=command(work))
    await sitting.log_in()
    sitting.type("probe\r")
    screen = await sitting.says("last")
    assert "5 lines left out" in screen
    sitting.type("x")
    await sitting.says(PROMPT)


class TestTheButton:
    """A long press lets who stands before the box set one password."""

    async def test_it_lets_a_password_be_set_once_and_everybody_hears_of_it(
        self, sitting: Sitting, house: House
    ) -> None:
        house.bus.publish(ButtonEvent("reset"))
        assert "asks for a new password" in await sitting.says("***")
        sitting.type("reset\r")
        await sitting.says("whose password")
        sitting.type("boss\r")
        await sitting.says("new password: ")
        sitting.type("new and long enough\r")
        await sitting.says("once more: ")
        sitting.type("new and long enough\r")
        await sitting.says("boss has the new password")
        kinds = [alarm.kind for alarm in await house.alarms.standing()]
        assert kinds == ["password-reset"]
        actions = [entry.action for entry in await house.audit()]
        assert {"password-reset-offered", "password-reset", "user-changed"} <= set(actions)
        sitting.type("reset\r")
        await sitting.says("password: ")
        assert sitting.session.state is State.PASSWORD, "a second time it is a name as any other"
        sitting.type("\x03")
        await sitting.log_in("boss", "new and long enough")

    async def test_it_is_not_for_the_desk_nor_for_another_password_the_second_time(
        self, sitting: Sitting, house: House
    ) -> None:
        house.bus.publish(ButtonEvent("reset"))
        for name, why in (("anna", "manager's or technician's"), ("nobody", "there is no user")):
            sitting.type("reset\r")
            await sitting.says("whose password")
            sitting.type(f"{name}\r")
            screen = await sitting.says("\nname: ")
            assert why in screen and "\nnew password: " not in screen, "said before a password is asked for"
        sitting.type("reset\r")
        await sitting.says("whose password")
        sitting.type("boss\r")
        await sitting.says("new password: ")
        sitting.type("new password 1\r")
        await sitting.says("once more: ")
        sitting.type("x\r")
        assert "different" in await sitting.says("\nname: ")

    async def test_it_is_over_after_five_minutes(self, sitting: Sitting, house: House) -> None:
        house.bus.publish(ButtonEvent("reset"))
        house.clock.advance(301)
        sitting.type("reset\r")
        assert sitting.session.state is State.PASSWORD

    async def test_it_is_not_for_who_comes_by_the_network(self, house: House) -> None:
        sitting = Sitting(house, physical=False)
        house.bus.publish(ButtonEvent("reset"))
        sitting.type("reset\r")
        assert sitting.session.state is State.PASSWORD
