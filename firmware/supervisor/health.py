"""The box's health: processes, services, clock, the gateway's counters, and whether it is ready."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from firmware.config import Config
from firmware.details import Detail
from firmware.events import EventBus
from firmware.gateway.messages import Figures
from firmware.log import Log
from firmware.processes import Role, RunDirectory, Running
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.clock_keeper import ClockKeeper
from firmware.supervisor.events import HealthEvent
from firmware.supervisor.tree import ServiceView
from webui.api.health import ClockHealth, Health, HotelFacts, ProcessHealth, ServiceHealth, VoiceHealth
from webui.types import stamp

LOOK_EVERY_S = 0.5

log = Log("health")


class HealthService:
    """Looks at everything twice a second, publishes changes, and writes what `nightporter status` reads."""

    def __init__(
        self,
        config: Config,
        directory: RunDirectory,
        agent: AgentService,
        alarms: AlarmBoard,
        bus: EventBus,
        services: Callable[[], list[ServiceView]],
        lag_ms: Callable[[], float],
        clock: ClockKeeper,
    ) -> None:
        self._config = config
        self._zone = ZoneInfo(config.hotel.time_zone)
        self._directory = directory
        self._agent = agent
        self._alarms = alarms
        self._bus = bus
        self._services = services
        self._lag_ms = lag_ms
        self._keeper = clock
        self._facts = HotelFacts(
            name=config.hotel.name, language=config.hotel.language, currency=config.hotel.currency,
            outside_prefix=config.numbers.outside_prefix, emergency_numbers=config.emergency_numbers,
        )  # fmt: skip
        self._figures: Figures | None = None
        self._seen: object = None
        self._written: dict[str, Any] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._complaint = ""
        self.serving = False
        """Whether the pages and the API listen."""
        self.greeting: dict[str, Any] = {}
        """What the launcher prints beside the readiness."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._figures = await self._agent.figures()
            health = self.health()
            seen = (health.ready, health.processes, health.services, health.clock)
            if seen != self._seen:
                self._seen = seen
                self._bus.publish(HealthEvent())
            await self._write(health)
            await asyncio.sleep(LOOK_EVERY_S)

    def health(self) -> Health:
        """As it is now; the gateway's counters are at most half a second old."""
        why = self.not_ready()
        figures = self._figures
        return Health(
            ready=why is None,
            why=None if why is None else why.text,
            why_detail=why,
            processes={role: self._process(running) for role, running in self._running().items()},
            services=[ServiceHealth(name=s.name, state=s.state, restarts=s.restarts) for s in self._services()],
            clock=self._clock(),
            voice=VoiceHealth(
                late_blocks=figures.late_blocks if figures else 0,
                blocks=figures.blocks if figures else 0,
                underruns=figures.underruns if figures else 0,
                real_time=figures.real_time if figures else False,
                tick_p50_us=figures.tick_p50_us if figures else 0,
                tick_p99_us=figures.tick_p99_us if figures else 0,
                tick_max_us=figures.tick_max_us if figures else 0,
            ),
            loop_lag_ms=self._lag_ms(),
            now=stamp(self._keeper.now(), self._zone),
            hotel=self._facts,
        )

    def not_ready(self) -> Detail | None:
        """Why a lifted telephone would get no dial tone, or which service does not run; None: ready."""
        if not self._agent.connected:
            return Detail("no-gateway", "the voice gateway is not there")
        if self._agent.coming_up:
            count = len(self._agent.coming_up)
            return Detail("lines-come-up", f"{count} lines are being initialised", {"lines": count})
        telephones = [line for line in self._agent.lines() if line.port.startswith("fxs/")]
        if telephones and all(line.state == "out-of-service" for line in telephones):
            return Detail("no-line-in-service", "no telephone's line is in service")
        down = [service.name for service in self._services() if service.state in ("waiting", "stopped")]
        if down:
            names = ", ".join(down)
            return Detail("not-running", f"not running: {names}", {"services": names})
        return None if self.serving else Detail("no-pages-yet", "the API does not listen yet")

    def _running(self) -> dict[str, Running]:
        found: dict[str, Running] = {}
        roles: tuple[Role, ...] = ("launcher", "supervisor", "voice", "indicators", "bench")
        for role in roles:
            running = self._directory.running(role)
            if running is not None:
                found[role] = running
        return found

    def _process(self, running: Running) -> ProcessHealth:
        return ProcessHealth(pid=running.pid, since=stamp(running.since, self._zone), restarts=running.restarts)

    def _clock(self) -> ClockHealth:
        keeper = self._keeper
        return ClockHealth(trusted=keeper.trusted, source=keeper.source, zone=self._config.hotel.time_zone)

    async def _write(self, health: Health) -> None:
        """For who reads the file; only what is new, as the data may lie on a card that wears."""
        alarms = [f"{alarm.kind} {alarm.subject}: {alarm.text}" for alarm in await self._alarms.standing()]
        status = {
            "pid": os.getpid(), "ready": health.ready, "why": health.why, "zone": health.clock.zone, "alarms": alarms,
            **self.greeting,
        }  # fmt: skip
        if self._writing is None and status != self._written:
            self._writing = asyncio.create_task(self._write_file(status))
        if self._writing is not None:  # the disk may hang
            ended, _ = await asyncio.wait([self._writing], timeout=LOOK_EVERY_S)
            for writing in ended:
                self._writing = None
                writing.result()

    async def _write_file(self, status: dict[str, Any]) -> None:
        try:
            await asyncio.to_thread(self._directory.write_status, status)
        except OSError as error:
            if str(error) != self._complaint:
                self._complaint = str(error)
                log.error("status-not-written", error=error)
        else:
            self._written, self._complaint = status, ""
