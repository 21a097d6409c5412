"""One console: bytes and time in, bytes out. What runs beside it are the commands, one at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from enum import Enum
from typing import Any

from firmware.clock import Clock
from firmware.console import grammar
from firmware.console.contract import Box, Call, Command, LeftError, new_password
from firmware.console.conversation import Conversation
from firmware.console.keys import Key, Keys, Stroke
from firmware.console.screen import CLEAR, Screen, Wire
from firmware.console.session_table import TABLE, Event, State
from firmware.console.terminal import Line, Offer, Terminal
from firmware.errors import NightPorterError, RefusedError, UnavailableError
from firmware.fsm import Machine
from firmware.log import Log
from firmware.timers import Timers, TimerSpec
from webui.services import Identity, Services

MOST_AHEAD = 256
"""Keys that wait for a command's end."""
MORE = "--more-- (space, q)"
NAME = "name: "
PROMPT = "night porter> "
RESET_WORD = "reset"
_BUSY = (State.WORKING, State.CHECKING, State.RESETTING)
_KEYS = (State.PAGING, State.WATCHING)
"""Where keys mean something by themselves; elsewhere they make a line."""

log = Log("console")


class Session:
    """See `session_table.TABLE`. `open`, `received`, `tick` and `closed` are called by whoever has the wire."""

    def __init__(
        self, wire: Wire, services: Services, box: Box, commands: Sequence[Command], clock: Clock, greeting: str
    ) -> None:
        self.who: Identity | None = None
        self.since: datetime | None = None
        """When whoever sits there has logged in, by the hotel's time."""
        self.wire = wire
        self._services = services
        self._box = box
        self._commands = commands
        self._clock = clock
        self._greeting = greeting
        self._keys = Keys()
        self._screen = Screen(wire)
        self._terminal = Terminal(self._screen.write)
        self._machine = Machine(TABLE, "session", self, self)
        self._timers = Timers()
        self._ahead: deque[Stroke] = deque()
        self._name = self._password = ""
        self._credentials = b""
        self._talk = Conversation(self._screen, self._tell)
        self._task: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()

    @property
    def state(self) -> State:
        return self._machine.state

    def open(self) -> None:
        """Somebody may sit there from now on."""
        self.begin()

    def received(self, data: bytes) -> None:
        with self._screen.at_once():
            for stroke in self._keys.take(data):
                if stroke is Key.INTERRUPT and self.state in _BUSY:
                    self._ahead.clear()
                    self._machine.handle(Event.INTERRUPT)
                elif len(self._ahead) < MOST_AHEAD:
                    self._ahead.append(stroke)
                    self._go_on()

    def tick(self) -> None:
        """Time has passed."""
        for _ in self._timers.due(self._clock.monotonic()):
            self._machine.handle(Event.IDLE)

    def closed(self, why: str) -> None:
        """The far end has hung up, or is gone."""
        self._forget(why)
        self._machine.resume(State.NAME)

    def announce(self, text: str) -> None:
        """Something that whoever sits there shall know."""
        self._screen.say(f" \n*** {text}")
        if self.state not in _BUSY and self.state not in _KEYS:
            self._terminal.redraw()

    def _go_on(self) -> None:
        while self._ahead and self.state not in _BUSY:
            self._take(self._ahead.popleft())

    def _take(self, stroke: Stroke) -> None:
        if stroke is Key.NOISE:  # nobody's key: it keeps nobody logged in
            self._terminal.stroke(stroke)
        elif stroke is Key.INTERRUPT:
            self._machine.handle(Event.INTERRUPT)
        elif stroke is Key.LEAVE and not (self._terminal.line and self.state not in _KEYS):
            self._machine.handle(Event.LEAVE)
        elif stroke is Key.ENTER:
            line = None if self.state in _KEYS else self._terminal.stroke(stroke, keep=self.state is State.READY)
            self._machine.handle(Event.LINE, line)
        else:
            self._machine.handle(Event.STROKE, Key.DELETE if stroke is Key.LEAVE else stroke)

    def _tell(self, event: Event, *said: object) -> bool:
        """From what runs beside."""
        taken = self._machine.handle(event, *said)
        self._go_on()
        return taken

    # -------------------------------------------------------------------------------- the machine's actions: log-in

    def begin(self) -> None:
        self._terminal.forget()
        self._name = self._password = ""
        self._screen.say(f" \n{self._greeting}")
        if self._may_reset():
            self._screen.say(f"The button asks for a new password: enter `{RESET_WORD}` as the name to set one.")
        self._terminal.begin(NAME)

    def take_name(self, line: Line) -> State:
        name = line.text.strip()
        if name == RESET_WORD and self._may_reset():
            self._start(self._reset())
            return State.RESETTING
        if line.noisy:
            self._terminal.begin(NAME)
            return State.NAME
        if not name:
            self.begin()
            return State.NAME
        self._name = name
        self._terminal.begin("password: ", secret=True)
        return State.PASSWORD

    def take_password(self, line: Line) -> State:
        self._password = line.text
        return self._check(line, None)

    def take_code(self, line: Line) -> State:
        return self._check(line, line.text.strip())

    def _check(self, line: Line, code: str | None) -> State:
        """Noise is nobody's try: it would make who comes after it wait."""
        if line.noisy or not line.text:
            self.begin()
            return State.NAME
        self._run_beside(self._log_in(self._name, self._password, code))
        return State.CHECKING

    def admit(self, who: Identity) -> None:
        self.who, self.since, self._password = who, self._box.wall_time(), ""
        self._screen.say(f"{who.name}, {who.role}. `help` shows the commands, Tab completes them.")
        self.prompt()

    def ask_code(self) -> None:
        self._terminal.begin("code: ", secret=True)

    def refuse(self, why: str) -> None:
        self._screen.say(why)
        self._ahead.clear()
        self.begin()

    def leave(self) -> None:
        self._end("logged out")

    def time_out(self) -> None:
        self._end("idle")

    def hang_up(self) -> None:
        self._screen.flush()
        self.wire.hang_up()

    def _may_reset(self) -> bool:
        return self.wire.physical and self._box.may_reset

    def _end(self, why: str) -> None:
        self._forget(why)
        self._screen.write(CLEAR)
        if why == "idle":
            self._screen.say("Logged out: no key was pressed for 15 minutes.")
        if self.wire.physical:
            self.begin()
        else:
            self.hang_up()

    def _forget(self, why: str) -> None:
        """Nobody sits here any more."""
        if self._task is not None:
            self._task.cancel()
        self._task, self._talk = None, Conversation(self._screen, self._tell)
        self._ahead.clear()
        self._terminal.forget()
        who, self.who, self.since = self.who, None, None
        if who is not None:
            self._run_beside(self._box.log_out(who, why))

    # ------------------------------------------------------------------------------ the machine's actions: commands

    def edit(self, stroke: Stroke) -> None:
        self._terminal.stroke(stroke)

    def prompt(self) -> None:
        self._terminal.begin(PROMPT, complete=self._offer)

    def fresh_prompt(self) -> None:
        self._screen.write("\r\n")
        self.prompt()

    def take_command(self, line: Line) -> State:
        if line.noisy:
            self._screen.say("noise on the line: not carried out")
        elif line.text.strip():
            try:
                self._start(self._command(line.text))
            except RefusedError as error:
                self._screen.say(str(error))
            else:
                return State.WORKING
        self.prompt()
        return State.READY

    def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def put_question(self, question: str, secret: bool) -> None:
        self._ahead.clear()  # what was typed before cannot be meant for it
        self._terminal.begin(question, secret=secret)

    def answer(self, line: Line) -> None:
        self._talk.settle(LeftError("noise on the line: given up") if line.noisy else line.text)

    def leave_question(self) -> None:
        self._screen.write("\r\n")
        self._talk.settle(LeftError("given up"))

    def put_more(self) -> None:
        self._screen.write(MORE)

    def turn_page(self, stroke: Stroke) -> State:
        if stroke in ("q", "Q"):
            self.skip_pages()
        elif stroke == " ":
            self.next_page()
        else:
            return State.PAGING
        return State.WORKING

    def next_page(self, _: Line | None = None) -> None:
        self._screen.write("\r" + " " * len(MORE) + "\r")
        self._talk.settle(None)

    def skip_pages(self) -> None:
        self._talk.skip()
        self.next_page()

    def end_watch(self, _: object = None) -> None:
        self._talk.settle(None)

    # ------------------------------------------------------------------------------------------------- what is at work

    async def _log_in(self, name: str, password: str, code: str | None) -> None:
        try:
            who = await self._box.log_in(name, password, code, self.wire.physical)
            self._credentials = await self._box.credentials(who.name)
        except NightPorterError as error:
            if code is None and isinstance(error, RefusedError) and error.code == "code-needed":
                self._tell(Event.NEED_CODE)
            else:
                self._tell(Event.REFUSE, str(error))
            return
        if not self._tell(Event.ADMIT, who):  # hung up meanwhile
            await self._box.log_out(who, "hung up")

    async def _reset(self) -> None:
        """One new password, without a log-in; who stands here has pressed the button."""
        name = (await self._talk.ask("whose password (a manager's or technician's name): ")).strip()
        await self._box.check_reset(name)
        await self._box.reset(name, await new_password(self._talk))
        await self._talk.show(f"{name} has the new password, and is logged out everywhere. The desk has been told.")

    def _command(self, line: str) -> Coroutine[Any, Any, None]:
        """Raises RefusedError for what is no command."""
        assert self.who is not None
        command, given = grammar.find(self._allowed(), grammar.split(line), self._services)
        return self._run(command, Call(self._services, self._box, self.who, self._talk, given))

    async def _run(self, command: Command, call: Call) -> None:
        with suppress(UnavailableError):  # whoever is to mend the storage gets in without it
            if await self._box.credentials(call.who.name) != self._credentials:
                call.talk.log_out()
                raise LeftError("your role, password or second factor is another one now: log in again")
        await command.run(call)

    def _allowed(self) -> list[Command]:
        return [command for command in self._commands if self.who is not None and self.who.role in command.roles]

    def _offer(self, line: str) -> Offer:
        return grammar.offer(self._allowed(), line, self._services)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.ensure_future(work)
        self._task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, NightPorterError | LeftError):
            log.error("command-failed", error=repr(error))
        if task is not self._task:
            return
        self._task = None
        if task.cancelled():
            self._screen.say("stopped")
        elif error is not None:
            ours = not isinstance(error, NightPorterError | LeftError)
            self._screen.say("a fault of this program: the log has it" if ours else str(error))
        leaves, self._talk = self._talk.leaves, Conversation(self._screen, self._tell)
        self._tell(Event.LOG_OUT if leaves else Event.DONE)

    def _run_beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    # --------------------------------------------------------------------------------------- see `fsm.MachineHost`

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        self._timers.arm(event, self._clock.monotonic() + spec.default)

    def disarm_timer(self, machine: str) -> None:
        self._timers.disarm(Event.IDLE)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        """A key that means nothing here."""
