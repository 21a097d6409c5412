"""What a command is, what it is given, and what the console asks of the box."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from webui.services import Identity, Services
from webui.types import Role

SOCKET = "console.sock"
"""In the run directory: where `nightporter console` connects to."""
TECHNICIANS: tuple[Role, ...] = ("technician", "manager")


class LeftError(Exception):
    """Whoever was asked something has left the question, by Ctrl-C or Ctrl-D: the command is over."""


class Talk(Protocol):
    """A command's way to the person; all of it may end by cancellation, when the person leaves."""

    async def show(self, text: str) -> None:
        """Lines of text, a screenful at a time."""
        ...

    async def ask(self, question: str, *, secret: bool = False) -> str:
        """Raises LeftError."""
        ...

    async def confirm(self, question: str) -> bool:
        """Anything but a yes is a no. Raises LeftError."""
        ...

    async def watch(self, work: Callable[[Callable[[str], None]], Awaitable[None]]) -> None:
        """Give `work` a function that shows a line, until it ends or any key is pressed."""
        ...

    def log_out(self) -> None:
        """When the command is over."""
        ...


async def new_password(talk: Talk) -> str:
    """Asked for twice. Raises LeftError."""
    password = await talk.ask("new password: ", secret=True)
    if await talk.ask("once more: ", secret=True) != password:
        raise LeftError("these are two different passwords: nothing was changed")
    return password


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits at a console, where, since which log-in."""

    name: str
    place: str
    since: datetime | None


class Box(Protocol):
    """What the box does for the technician beyond the desks. Raises NightPorterError."""

    async def log_in(self, name: str, password: str, code: str | None, physical: bool) -> Identity:
        """Raises RefusedError (code-needed, bad-login, too-many-tries, not-allowed)."""
        ...

    async def log_out(self, who: Identity, why: str) -> None: ...

    async def credentials(self, name: str) -> bytes:
        """What changes whenever this person's role, password or second factor does: that ends his sessions."""
        ...

    async def note(self, who: Identity, action: str, subject: str) -> None:
        """For the audit."""
        ...

    def wall_time(self) -> datetime:
        """The hotel's time, aware."""
        ...

    def seats(self) -> Sequence[Seat]: ...

    def check_clock(self) -> None:
        """Raises RefusedError (kept): a time service sets it, and would set it back."""
        ...

    async def set_clock(self, at: datetime, who: Identity) -> None:
        """`at` is aware. Also vouches for the clock."""
        ...

    async def address(self) -> str:
        """The box's own address, as it is set."""
        ...

    async def set_address(self, wanted: Sequence[str], who: Identity) -> str:
        """As the words of `set address`; what is in force now, and until when."""
        ...

    async def keep_address(self, who: Identity) -> None:
        """The former setting does not come back."""
        ...

    def check_address(self, wanted: Sequence[str]) -> str:
        """What they mean, for people. Raises RefusedError."""
        ...

    @property
    def may_reset(self) -> bool:
        """The button has asked for it: at the serial console a password may be set without a log-in."""
        ...

    async def check_reset(self, name: str) -> None:
        """Before a password is asked for. Raises RefusedError."""
        ...

    async def reset(self, name: str, password: str) -> None:
        """Once. Raises RefusedError."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A command as it was entered: `given` are its arguments by name; the rest of a line is one, with blanks."""

    services: Services
    box: Box
    who: Identity
    talk: Talk
    given: dict[str, str]


Choices: TypeAlias = Callable[[Services], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Argument:
    """A word that the person chooses. `choices`: what Tab offers; `strict`: there is nothing else.

    `rest`: it takes all that follows.
    """

    name: str
    choices: Choices | None = None
    strict: bool = False
    optional: bool = False
    rest: bool = False

    @property
    def shown(self) -> str:
        name = self.name.upper() + ("..." if self.rest else "")
        return f"[{name}]" if self.optional else name


Part: TypeAlias = str | Argument


@dataclass(frozen=True, slots=True)
class Command:
    """`pattern`: words to be typed, and arguments. `text`: one line of help; `more`: what else `help` says of it."""

    pattern: tuple[Part, ...]
    text: str
    run: Callable[[Call], Awaitable[None]]
    roles: tuple[Role, ...] = TECHNICIANS
    more: str = ""

    @property
    def usage(self) -> str:
        return " ".join(part if isinstance(part, str) else part.shown for part in self.pattern)
