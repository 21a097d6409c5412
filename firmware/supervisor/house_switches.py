"""What staff switch from a telephone for the whole house, done as the desk does it; hours and exceptions stay."""

from __future__ import annotations

from msgspec.structs import replace

from firmware.hotel.service import By
from firmware.supervisor.settings_desk import SettingsDesk
from webui.services import Identity


class HouseSwitches:
    """See `firmware.services.staff_actions.Switches`."""

    def __init__(self, settings: SettingsDesk) -> None:
        self._settings = settings

    async def set_blocking(self, on: bool, by: By) -> None:
        """Calls from room to room are refused (within the hours that the desk has set), or not."""
        wanted = replace(await self._settings.room_blocking(), enabled=on)
        await self._settings.set_room_blocking(wanted, _identity(by))

    async def set_night(self, on: bool, by: By) -> None:
        """On or off until somebody says otherwise: the desk alone can have it follow the clock again."""
        wanted = replace(await self._settings.night_service(), mode="on" if on else "off")
        await self._settings.set_night_service(wanted, _identity(by))


def _identity(by: By) -> Identity:
    return Identity(by.name, "desk", by.through)
