"""The commands of the console, in one table."""

from __future__ import annotations

import textwrap

from firmware.console import grammar
from firmware.console.commands import box, lines, show
from firmware.console.contract import Argument, Call, Command
from firmware.console.screen import WIDTH
from firmware.errors import RefusedError


async def help_(call: Call) -> None:
    """All in a list, or some in full."""
    allowed = [command for command in COMMANDS if call.who.role in command.roles]
    if "command" not in call.given:
        width = max(len(command.usage) for command in allowed) + 2
        await call.talk.show("\n".join(f"{command.usage:<{width}}{command.text}" for command in allowed))
        await call.talk.show("Words may be shortened (sh al). Tab completes, arrows edit, Ctrl-C stops.")
        return
    words = call.given["command"].split()
    found = grammar.matching(allowed, words)
    if not found:
        raise RefusedError("unknown-command", f"there is no command {' '.join(words)}")
    for command in found:
        await call.talk.show(f"{command.usage}\n  {command.text}")
        for line in command.more.splitlines():
            await call.talk.show(textwrap.fill(f"  {line}", WIDTH - 1, subsequent_indent="  "))


async def log_out(call: Call) -> None:
    call.talk.log_out()


COMMANDS: tuple[Command, ...] = (
    *show.COMMANDS,
    *lines.COMMANDS,
    *box.COMMANDS,
    Command(("help", Argument("command", optional=True, rest=True)), "these lines, or all of one command", help_),
    Command(("logout",), "leave; nobody else goes on in your name", log_out),
)
