"""A console session over the demonstration hotel's desk, and somebody before it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from firmware.console.commands import COMMANDS
from firmware.console.contract import Command
from firmware.console.session import Session
from firmware.errors import OurFaultError
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.console_desk import ConsoleDesk
from firmware.supervisor.own_address import OwnAddress
from firmware.supervisor.password_reset import PasswordReset
from tests.unit.supervisor.house import GOOD, ZONE, House
from webui.services import Services

TURNS = 2000
"""Of the event loop, each with a moment for the threads of the store and of the passwords."""
TURN_S = 0.005


class Wire:
    """What the session has written; `backlog` as the test says."""

    place = "serial port"

    def __init__(self, physical: bool = True) -> None:
        self.physical = physical
        self.sent = bytearray()
        self.backlog = 0
        self.is_hung_up = False

    def send(self, data: bytes) -> None:
        self.sent += data

    def hang_up(self) -> None:
        self.is_hung_up = True


class Sitting:
    """`clock_set`: what the system's clock was set to; it may not be set where that is None."""

    def __init__(
        self,
        house: House,
        *,
        physical: bool = True,
        commands: Sequence[Command] = COMMANDS,
        run: Path = Path("nowhere"),
    ) -> None:
        self.house = house
        self.wire = Wire(physical)
        self.clock_set: list[float] | None = []
        trail = AuditTrail(house.config, house.clock, house.store)
        access = house.desk.access
        self.reset = PasswordReset(access, house.alarms, trail, house.clock, house.bus, asyncio.ensure_future)  # type: ignore[arg-type]
        self.address = OwnAddress(lambda: run, lambda text: None)
        self.box = ConsoleDesk(
            access, house.desk.wall_clock, trail, self.reset, self.address, house.clock, ZONE, self._put_clock
        )
        services: Services = house.desk
        self.session = Session(self.wire, services, self.box, commands, house.clock, "Night Porter, Test")
        self.reset.announce = self.session.announce
        self.session.open()

    def _put_clock(self, seconds: float) -> None:
        if self.clock_set is None:
            raise PermissionError
        self.clock_set.append(seconds)

    @property
    def seen(self) -> str:
        """Everything that was written since it was last looked at."""
        text = self.wire.sent.decode().replace("\r\n", "\n")
        self.wire.sent.clear()
        return text

    def type(self, text: str | bytes) -> None:
        self.session.received(text.encode() if isinstance(text, str) else text)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Work goes on meanwhile."""
        for _ in range(TURNS):
            if is_so():
                return
            await asyncio.sleep(TURN_S)
        raise OurFaultError(f"not so, after a while; the screen: {self.seen}")

    async def says(self, text: str) -> str:
        """What was written, once this is in it."""
        await self.until(lambda: text.encode() in self.wire.sent)
        return self.seen

    async def log_in(self, name: str = "tom", password: str = GOOD) -> None:
        self.type(f"{name}\r{password}\r")
        await self.says("night porter> ")

    async def do(self, line: str) -> str:
        """A command, and what it has shown when the next may be entered."""
        self.seen  # noqa: B018
        self.type(f"{line}\r")
        return (await self.says("\nnight porter> ")).removesuffix("night porter> ")
