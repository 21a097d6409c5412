"""The consoles of the box, built: serial port, socket, and what they ask of the box."""

from __future__ import annotations

import asyncio
import socket
from functools import partial

from firmware.config.schema import Console
from firmware.console.contract import SOCKET
from firmware.console.server import Consoles, SerialConsole
from firmware.links import BackOff, SerialLine, Terms
from firmware.processes import RunDirectory, unix_listener
from firmware.supervisor.console_desk import ConsoleDesk
from firmware.supervisor.desk import Desk
from firmware.supervisor.own_address import OwnAddress
from firmware.supervisor.password_reset import PasswordReset
from firmware.supervisor.upkeep import Means
from webui.services import Identity

CALLERS = 4
AGAIN = BackOff(soon=1.0, first=2.0, longest=10.0)
"""A technician plugs his adapter in and waits."""
BOX = Identity("box", "technician", "system")


class ConsoleService:
    """Runs until cancelled; `reset` is what the button of the box opens."""

    def __init__(self, means: Means, desk: Desk) -> None:
        self.reset = PasswordReset(desk.access, means.alarms, means.trail, means.clock, means.bus, means.beside)
        self._address = OwnAddress(
            lambda: means.directory.place_of("supervisor"),
            lambda text: means.beside(means.trail.note(BOX, "address-brought-back", "network", {"to": text})),
        )
        box = ConsoleDesk(desk.access, desk.wall_clock, means.trail, self.reset, self._address, means.clock, means.zone)
        greeting = f"Night Porter, {means.config.hotel.name}: the technician's console"
        console = means.config.console
        make_serial = None if console is None else partial(_serial, console)
        self._consoles = Consoles(desk, box, means.clock, greeting, partial(_listen, means.directory), make_serial)
        box.taken_seats = self._consoles.seats
        self.reset.announce = self._consoles.announce

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._address.run())
            group.create_task(self._consoles.run())


def _serial(console: Console, user: SerialConsole) -> SerialLine:
    """Nothing that passes is recorded: passwords do."""
    terms = Terms(back_off=AGAIN, recorded_bytes=0)
    return SerialLine("console", console.device, console.baud, "8N1", user, terms)


def _listen(directory: RunDirectory) -> socket.socket:
    """For the owner of the data directory only."""
    return unix_listener(directory.place_of("supervisor") / SOCKET, CALLERS, 0o600)
