"""What the desk is told of the gateway's life: that it is away, has died, or worked alone, and what it lost by that."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from firmware.clock import Clock, utc_of
from firmware.exchange.decisions import LineView
from firmware.gateway.messages import AuditReport
from firmware.store.model import CallRecord
from firmware.supervisor.alarm_board import AlarmBoard

GONE_ALARM_S = 2.0
"""A gateway that is away for longer is told to the desk; a restart takes less."""
ALONE_ALARM_S = 5.0
"""Telephones that had only the resident plan for longer are told to the desk; a restart takes less."""
SETTLE_S = 5.0
"""Telephones wait no longer than that at an audit. What is raised before all is settled may be taken for one of before.
"""
SERVICE_RESTARTING = "service-restarting"
SURVIVAL = "survival"
LINE_WORSE = "line-worse"
"""Of a port as well, but by what line tests have found; the next test clears it."""


class GatewayAlarms:
    """Alarms about the voice process, and about lines that were mended while nobody was here to be told."""

    def __init__(self, alarms: AlarmBoard, clock: Clock, zone: ZoneInfo) -> None:
        self._alarms = alarms
        self._clock = clock
        self._zone = zone
        self._away_since: float | None = None

    async def away(self, error: Exception) -> None:
        """It cannot be reached now."""
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
        elif now - self._away_since > GONE_ALARM_S:
            await self._alarms.raise_alarm(SERVICE_RESTARTING, "voice", f"the voice process is away: {error}")
            self._away_since = float("inf")

    async def died(self) -> None:
        await self._alarms.raise_alarm(SERVICE_RESTARTING, "voice", "the voice process has died and is restarted")

    async def back(self, report: AuditReport, lines: Iterable[LineView], lost: Sequence[CallRecord]) -> None:
        """It obeys again. `lost`: calls of one that died."""
        await self.settle(report, lines)
        await self.tell_survival(report)
        await self._tell_lost_calls(lost)
        self._away_since = None
        await self._alarms.clear(SERVICE_RESTARTING, "voice")

    async def tell_survival(self, report: AuditReport) -> None:
        """The desk knows afterwards from when to when its telephones worked without it, and for how many calls."""
        since_ns, now_ns = report.alone_since_ns, time.monotonic_ns()
        if since_ns is None or (now_ns - since_ns) / 1e9 < ALONE_ALARM_S:
            return
        begin, end = (utc_of(at_ns, self._clock).astimezone(self._zone) for at_ns in (since_ns, now_ns))
        made = sum(entry.kind == "call" for entry in report.journal)
        times = f"from {begin:%d.%m. %H:%M:%S} to {end:%H:%M:%S}"
        text = f"the telephones worked without the exchange {times}: {made} calls"
        await self._alarms.raise_alarm(SURVIVAL, "voice", text)
        await self._alarms.clear(SURVIVAL, "voice")

    async def _tell_lost_calls(self, lost: Sequence[CallRecord]) -> None:
        """Calls of a gateway that died while we were not there to see it, as when the power fails."""
        if lost:
            last = max(record.ended or record.started for record in lost).astimezone(self._zone)
            text = f"the box or its voice process stopped after {last:%d.%m. %H:%M:%S}; calls cut off: "
            await self._alarms.raise_alarm(SERVICE_RESTARTING, "voice", text + str(len(lost)))

    async def settle(self, report: AuditReport, lines: Iterable[LineView]) -> None:
        """Alarms of lines that were mended while nobody was here to be told."""
        ports = {state.endpoint for state in report.endpoints}
        standing: set[tuple[str, str]] = {(kind, state.endpoint) for state in report.endpoints for kind in state.alarms}
        standing |= {(line.fault, line.port) for line in lines if line.fault}
        for alarm in await self._alarms.standing(patiently=True):
            if alarm.kind != LINE_WORSE and alarm.subject in ports and (alarm.kind, alarm.subject) not in standing:
                await self._alarms.clear(alarm.kind, alarm.subject)
