"""What staff do from a telephone after a PIN: the desk's use cases, in the audit under the name of the PIN's owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.exchange.dialogue import Answered
from firmware.hotel.model import Guest
from firmware.hotel.service import By, HotelService
from firmware.restriction import LEVELS
from firmware.services.caller import Caller, Callers
from firmware.services.guest_actions import switched
from firmware.services.handlers import Handler
from firmware.services.model import Right
from firmware.services.pins import PinService


class Switches(Protocol):
    """What is switched for the whole house, as the desk does it."""

    async def set_blocking(self, on: bool, by: By) -> None:
        """Calls from room to room are refused, or not."""
        ...

    async def set_night(self, on: bool, by: By) -> None: ...


class Acknowledging(Protocol):
    async def __call__(self, alarm: int, who: str) -> bool:
        """Whether he is the first who has taken notice. Raises RefusedError (unknown-alarm)."""
        ...


class StaffActions:
    """`new_id`: unique for ever."""

    def __init__(
        self,
        callers: Callers,
        hotel: HotelService,
        pins: PinService,
        switches: Switches,
        acknowledge: Acknowledging,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._callers = callers
        self._hotel = hotel
        self._pins = pins
        self._switches = switches
        self._acknowledge = acknowledge
        self._clock = clock
        self._new_id = new_id

    def handlers(self) -> dict[str, Handler]:
        return {
            "pin-check": self._check_pin,
            "check-in": self._check_in,
            "check-out": self._check_out,
            "class": self._set_class,
            "house-blocking": self._block,
            "night": self._night,
            "escalation-acknowledge": self._take_notice,
        }

    async def _check_pin(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        if not caller.is_staff or caller.extension is None:
            return Answered("refused")
        return Answered(await self._pins.check(caller.dialogue, caller.extension, arguments["pin"]))

    async def _check_in(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        by, room = await self._by(caller, "stays"), self._room(arguments)
        guest = Guest(id=self._new_id(), arrival=self._clock.utc())
        await self._hotel.change(by, lambda draft: draft.check_in(room, guest))
        return Answered("ok", {"room": room})

    async def _check_out(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        by, room = await self._by(caller, "stays"), self._room(arguments)
        cleared = await self._hotel.change(by, lambda draft: draft.check_out(room))
        return Answered("ok", {"room": room, "count": str(len(cleared.wakeups))})

    async def _set_class(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        by, room = await self._by(caller, "class"), self._room(arguments)
        level = next((level for level in LEVELS if level == arguments["class"]), None)
        if level is None:
            return Answered("wrong-class")
        await self._hotel.change(by, lambda draft: draft.set_class(room, level))
        return Answered("ok", {"room": room})

    async def _block(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        await self._switches.set_blocking(switched(arguments), await self._by(caller, "blocking"))
        return Answered("ok")

    async def _night(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        await self._switches.set_night(switched(arguments), await self._by(caller, "night"))
        return Answered("ok")

    async def _take_notice(self, caller: Caller, arguments: Mapping[str, str]) -> Answered:
        """Also from outside: it is we who have called him. No guest is asked."""
        alarm = arguments["alarm"]
        if caller.who == "guest" or not (alarm.isascii() and alarm.isdigit()):
            return Answered("gone")
        return Answered("ok" if await self._acknowledge(int(alarm), caller.number) else "gone")

    async def _by(self, caller: Caller, right: Right) -> By:
        """Raises RefusedError (no-pin) where nobody has said a PIN in this dialogue that is good for it."""
        pin = await self._pins.who(caller.dialogue, right) if caller.is_staff else None
        if pin is None:
            raise RefusedError("no-pin", f"nobody who may do this has said his PIN at {caller.number}")
        return By(pin.name, "keypad")

    def _room(self, arguments: Mapping[str, str]) -> str:
        """Raises RefusedError (unknown-room)."""
        room = self._callers.named(arguments["room"])
        if room is None:
            raise RefusedError("unknown-room", f"there is no room {arguments['room']}", "room")
        return room
