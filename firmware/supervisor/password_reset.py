"""A new password without a log-in, for who stands before the box and has held its button; never silently."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.beside import Beside
from firmware.supervisor.events import ButtonEvent, ResetUsedEvent
from webui.api.access import Access, UserChange
from webui.route import TECHNICAL
from webui.services import Identity

OPEN_S = 300.0
PASSWORD_RESET = "password-reset"
BUTTON = Identity("button", "technician", "console")


class PasswordReset:
    """Open for five minutes after the button, and for one password. `announce` tells the serial console."""

    def __init__(
        self, access: Access, alarms: AlarmBoard, trail: AuditTrail, clock: Clock, bus: EventBus, beside: Beside
    ) -> None:
        self._access = access
        self._alarms = alarms
        self._trail = trail
        self._clock = clock
        self._bus = bus
        self._beside = beside
        self._until: float | None = None
        self.announce: Callable[[str], None] = lambda text: None
        bus.subscribe(ButtonEvent, lambda event: self._open())

    @property
    def is_open(self) -> bool:
        return self._until is not None and self._clock.monotonic() < self._until

    async def check(self, name: str) -> None:
        """Whose password may be set. Raises RefusedError (not-asked, unknown-user, not-allowed) and StorageError."""
        self._check_open()
        role = next((user.role for user in await self._access.users() if user.name == name), None)
        if role is None:
            raise RefusedError("unknown-user", f"there is no user {name}", "name")
        if role not in TECHNICAL:
            raise RefusedError("not-allowed", "only a manager's or technician's password may be set here", "name")

    async def reset(self, name: str, password: str) -> None:
        """Raises as `check`, and RefusedError (password)."""
        await self.check(name)
        self._check_open()
        until, self._until = self._until, None  # whoever comes in between is too late
        try:
            await self._access.change_user(name, UserChange(password=password), BUTTON)
        except RefusedError:
            self._until = until
            raise
        self._bus.publish(ResetUsedEvent())
        await self._trail.note(BUTTON, "password-reset", name)
        text = f"after the button was held, a new password was set for {name} at the serial console"
        await self._alarms.happen(PASSWORD_RESET, "console", text)

    def _check_open(self) -> None:
        if not self.is_open:
            raise RefusedError("not-asked", "the button was not held within the last five minutes, or this was used")

    def _open(self) -> None:
        self._until = self._clock.monotonic() + OPEN_S
        self._beside(self._tell())
        self.announce("The button asks for a new password: log out, and enter `reset` as the name, within 5 minutes.")

    async def _tell(self) -> None:
        until = self._clock.utc() + timedelta(seconds=OPEN_S)
        await self._trail.note(BUTTON, "password-reset-offered", "console", {"until": until.isoformat()})
        text = "the button of the box was held: for five minutes a new password can be set at its serial console"
        await self._alarms.happen(PASSWORD_RESET, "console", text)
