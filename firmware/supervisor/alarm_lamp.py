"""The alarm light of the box: blinks while an alarm waits to be acknowledged, is lit while its cause stands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from firmware.events import EventBus
from firmware.gateway.messages import Indicate
from firmware.store.model import Page
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.events import AlarmEvent

LED = "alarm"


class AlarmLamp:
    """Follows the alarm board. `soon` runs a coroutine beside the rest; `show` drives the light."""

    def __init__(
        self,
        alarms: AlarmBoard,
        bus: EventBus,
        soon: Callable[[Coroutine[Any, Any, None]], object],
        show: Callable[[Indicate], None],
    ) -> None:
        self._alarms = alarms
        self._soon = soon
        self._show = show
        bus.subscribe(AlarmEvent, lambda event: self.refresh())

    def refresh(self) -> None:
        """Show how things are; also after the gateway has come back."""
        self._soon(self._refresh())

    async def _refresh(self) -> None:
        alarms = await self._alarms.shown(False, Page(limit=1000))
        if any(alarm.acknowledged_at is None for alarm in alarms):
            self._show(Indicate(led=LED, color="red", state="blink", hz=2.0))
        else:
            self._show(Indicate(led=LED, color="red", state="on" if alarms else "off"))
