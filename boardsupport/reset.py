"""The reset line of one or several chips: only pulled while none of them is needed."""

from __future__ import annotations

import asyncio

from boardsupport.bus import Pins
from boardsupport.chores import Sleep

LOW_S = 0.25
SETTLE_S = 0.25
"""Both as the vendor's code for the Si3210 waits; its data sheet asks for 100 us with the PCM clocks running."""


class ResetLine:
    """Active low. Chips that share it are reset together, or not at all while one of them is in use."""

    def __init__(self, pins: Pins, pin: int, sleep: Sleep) -> None:
        self._pins = pins
        self._pin = pin
        self._sleep = sleep
        self._users: set[str] = set()
        self._pulse: asyncio.Task[None] | None = None

    def hold(self, who: str) -> None:
        """This chip is used as it is."""
        self._users.add(who)
        self._pins.write(self._pin, True)

    async def reset(self, who: str) -> bool:
        """Reset this chip (joining a pulse under way); False, without waiting, if that would disturb another one."""
        self._users.discard(who)
        await self._sleep(0)  # whoever starts at the same moment may first say that it is used
        others = bool(self._users)
        self._users.add(who)
        if self._pulse is None or self._pulse.done():
            if others:
                return False
            self._pulse = asyncio.get_running_loop().create_task(self._pull())
        await asyncio.shield(self._pulse)
        return True

    async def _pull(self) -> None:
        self._pins.write(self._pin, False)
        await self._sleep(LOW_S)
        self._pins.write(self._pin, True)
        await self._sleep(SETTLE_S)
