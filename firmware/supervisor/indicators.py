"""What the LEDs system, alarm and PMS show by what the supervisor knows, and that a password reset is armed.

The gateway knows telephones and company lines better, and shows them by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, TypeAlias

from firmware.events import EventBus
from firmware.gateway.messages import ButtonPressed, Indicate
from firmware.indicators.table import ADDRESS_LED
from firmware.store.alarms import DATABASE, STORAGE
from firmware.store.model import Page, StoredAlarm
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.clock_keeper import UNTRUSTED
from firmware.supervisor.events import AlarmEvent, ButtonEvent, HealthEvent, LinkEvent, ResetUsedEvent
from webui.api.links import Link

RESET_HELD_S = 10.0
ARMED_S = 300.0
"""How long the console may reset a password after the button was held."""
EMERGENCIES = frozenset({"emergency-call", "emergency-no-line"})

Soon: TypeAlias = Callable[[Coroutine[Any, Any, None]], object]
Later: TypeAlias = Callable[[float, Callable[[], None]], object]


def system_state(ready: bool, alarms: Iterable[StoredAlarm]) -> str:
    """Of the LED `system`: the gravest first."""
    standing = {alarm.kind for alarm in alarms if alarm.cleared is None}
    if not ready:
        return "starting"
    if standing & {STORAGE, DATABASE}:
        return "storage"
    return "clock" if UNTRUSTED in standing else "running"


def alarm_state(alarms: Sequence[StoredAlarm]) -> str:
    """Of the LED `alarm`: what a person must do first. `alarms`: those that are not over."""
    waiting = {alarm.kind for alarm in alarms if alarm.acknowledged_at is None}
    if waiting & EMERGENCIES:
        return "emergency"
    if "wakeup-failed" in waiting:
        return "wakeup-failed"
    if waiting:
        return "waiting"
    return "standing" if alarms else "none"


def pms_state(links: Sequence[Link]) -> str:
    """Of the LED `pms`: the worst of the links. One that the PMS has closed carries nothing either."""
    states = {link.state for link in links}
    if not states:
        return "none"
    if states & {"down", "closed"}:
        return "down"
    return "starting" if "starting" in states else "up"


class Indicators:
    """Follows alarms, links and readiness. `show` drives a LED; `later` calls back after so many seconds."""

    def __init__(
        self,
        alarms: AlarmBoard,
        links: Callable[[], Sequence[Link]],
        ready: Callable[[], bool],
        bus: EventBus,
        soon: Soon,
        later: Later,
        show: Callable[[Indicate], None],
    ) -> None:
        self._alarms = alarms
        self._links = links
        self._ready = ready
        self._bus = bus
        self._soon = soon
        self._later = later
        self._show = show
        self._presses = 0
        self._armed_by: int | None = None
        for kind in (AlarmEvent, LinkEvent, HealthEvent):
            bus.subscribe(kind, lambda event: self.refresh())
        bus.subscribe(ButtonPressed, self._button)
        bus.subscribe(ResetUsedEvent, lambda event: self._disarm(self._armed_by))

    def refresh(self) -> None:
        """Show how things are; also after the gateway has come back."""
        self._soon(self._refresh())

    def _button(self, event: ButtonPressed) -> None:
        """The button of the box was held. For a reset: told to all, and seen on the LED for five minutes."""
        if event.held_s < RESET_HELD_S:
            return
        self._presses += 1
        press = self._armed_by = self._presses
        self._later(ARMED_S, lambda: self._disarm(press))
        self._bus.publish(ButtonEvent("reset"))
        self.refresh()

    def _disarm(self, press: int | None) -> None:
        """Unless the button was held once more since then."""
        if press is not None and press == self._armed_by:
            self._armed_by = None
            self.refresh()

    async def _refresh(self) -> None:
        alarms = await self._alarms.shown(False, Page(limit=1000))
        self._show(Indicate(led="system", state=system_state(self._ready(), alarms)))
        self._show(Indicate(led="alarm", state=alarm_state(alarms)))
        self._show(Indicate(led="pms", state=pms_state(self._links())))
        self._show(Indicate(led=ADDRESS_LED, state="reset-armed" if self._armed_by else None))
