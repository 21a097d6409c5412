"""The serial port's console: whoever switches his terminal off is logged out."""

from __future__ import annotations

import asyncio
import socket

from firmware.console.server import Consoles, SerialConsole
from tests.unit.console.sitting import Sitting
from tests.unit.supervisor.house import GOOD, House


class Cable:
    """A serial link; `carrier` None: the cable does not tell."""

    why = "no such device"
    backlog = 0

    def __init__(self) -> None:
        self.carrier: bool | None = None
        self.sent = b""

    def send(self, data: bytes) -> bool:
        self.sent += data
        return True

    async def run(self) -> None:
        await asyncio.Event().wait()


class Port:
    """The consoles of a box with a serial port, whose device is not there yet."""

    def __init__(self, house: House) -> None:
        self.cable = Cable()
        sitting = Sitting(house)
        self.sitting = sitting
        self.consoles = Consoles(
            house.desk, sitting.box, house.clock, "Night Porter", lambda: socket.socket(), lambda user: self.cable
        )
        assert self.consoles._serial is not None
        self.serial: SerialConsole = self.consoles._serial

    async def log_in(self) -> None:
        self.cable.sent = b""
        self.serial.received(f"tom\r{GOOD}\r".encode())
        await self.sitting.until(lambda: b"night porter> " in self.cable.sent)

    @property
    def seats(self) -> list[tuple[str, str]]:
        return [(seat.name, seat.place) for seat in self.consoles.seats()]


async def test_a_device_that_is_not_there_says_why(house: House) -> None:
    port = Port(house)
    assert port.seats == [("-", "serial port: no such device")]
    port.serial.opened()
    assert port.seats == [("-", "serial port")]


async def test_a_seat_is_taken_since_the_log_in_not_since_the_port_was_opened(house: House) -> None:
    port = Port(house)
    port.serial.opened()
    assert [seat.since for seat in port.consoles.seats()] == [None]
    house.clock.advance(3600)
    await port.log_in()
    assert [seat.since for seat in port.consoles.seats()] == [port.sitting.box.wall_time()]


async def test_a_terminal_that_is_switched_off_is_logged_out(house: House) -> None:
    port = Port(house)
    port.serial.opened()
    await port.log_in()
    port.cable.carrier = True
    port.serial.look_at_carrier()
    assert port.seats == [("tom (technician)", "serial port")]
    port.cable.carrier = False
    port.serial.look_at_carrier()
    assert port.seats == [("-", "serial port")]
    await port.log_in()


async def test_a_cable_that_never_had_a_carrier_logs_nobody_out(house: House) -> None:
    port = Port(house)
    port.serial.opened()
    await port.log_in()
    for carrier in (None, False, False):
        port.cable.carrier = carrier
        port.serial.look_at_carrier()
    assert port.seats == [("tom (technician)", "serial port")]


async def test_an_adapter_that_is_pulled_out_logs_out(house: House) -> None:
    port = Port(house)
    port.serial.opened()
    await port.log_in()
    port.serial.lost("the device is gone")
    assert port.seats == [("-", "serial port: no such device")]
    port.cable.sent = b""
    port.serial.opened()
    assert b"name: " in port.cable.sent
