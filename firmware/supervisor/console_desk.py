"""What the technician's console asks of the box itself; see `firmware.console.contract.Box`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.console.contract import Seat
from firmware.errors import RefusedError
from firmware.supervisor.access_desk import AccessDesk
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.clock_desk import ClockDesk
from firmware.supervisor.own_address import KEPT_S, OwnAddress, parse
from firmware.supervisor.password_reset import PasswordReset
from webui.services import Identity


class ConsoleDesk:
    """`put_clock` sets the system's clock to seconds since 1970; it raises PermissionError."""

    def __init__(
        self,
        access: AccessDesk,
        wall_clock: ClockDesk,
        trail: AuditTrail,
        reset: PasswordReset,
        own_address: OwnAddress,
        clock: Clock,
        zone: ZoneInfo,
        put_clock: Callable[[float], None] = lambda seconds: time.clock_settime(time.CLOCK_REALTIME, seconds),
    ) -> None:
        self._access = access
        self._wall_clock = wall_clock
        self._trail = trail
        self._reset = reset
        self._address = own_address
        self._clock = clock
        self._zone = zone
        self._put_clock = put_clock
        self.taken_seats: Callable[[], Sequence[Seat]] = tuple

    async def log_in(self, name: str, password: str, code: str | None, physical: bool) -> Identity:
        return await self._access.log_in_console(name, password, code or "", physical=physical)

    async def log_out(self, who: Identity, why: str) -> None:
        await self._trail.note(who, "logged-out", who.name, {"why": why})

    async def credentials(self, name: str) -> bytes:
        return await self._access.credentials(name)

    async def note(self, who: Identity, action: str, subject: str) -> None:
        await self._trail.note(who, action, subject)

    def wall_time(self) -> datetime:
        return self._clock.utc().astimezone(self._zone)

    def seats(self) -> Sequence[Seat]:
        return self.taken_seats()

    def check_clock(self) -> None:
        if self._wall_clock.by_network:
            text = "a time service of the network keeps the clock, and would set it back: `show clock`; stop that first"
            raise RefusedError("kept", text)

    async def set_clock(self, at: datetime, who: Identity) -> None:
        """Raises RefusedError (kept, not-permitted) and StorageError."""
        self.check_clock()
        before = self.wall_time()
        try:
            self._put_clock(at.timestamp())
        except PermissionError:
            text = (
                "this program may not set the clock (it needs CAP_SYS_TIME): set it by the system's `date`, "
                "then say `vouch clock`"
            )
            raise RefusedError("not-permitted", text) from None
        await self._trail.note(who, "clock-set", "clock", {"from": before.isoformat(), "to": at.isoformat()})
        await self._wall_clock.vouch(who)

    async def address(self) -> str:
        return await self._address.now()

    def check_address(self, wanted: Sequence[str]) -> str:
        return parse(wanted).text

    async def set_address(self, wanted: Sequence[str], who: Identity) -> str:
        setting = parse(wanted)
        before = await self._address.put(setting)
        await self._trail.note(who, "address-set", "network", {"from": before, "to": setting.text})
        return (
            f"set: {setting.text}\nSay `confirm address` within {KEPT_S:.0f} s, or the former one comes back: {before}"
        )

    async def keep_address(self, who: Identity) -> None:
        self._address.keep()
        await self._trail.note(who, "address-confirmed", "network")

    @property
    def may_reset(self) -> bool:
        return self._reset.is_open

    async def check_reset(self, name: str) -> None:
        await self._reset.check(name)

    async def reset(self, name: str, password: str) -> None:
        await self._reset.reset(name, password)
