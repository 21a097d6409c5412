"""The technician's dry run of an emergency call: it dials nobody, and proves the path up to the dial tone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from firmware.events import EventBus
from firmware.exchange.decisions import EmergencyCheck
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.events import TrunkTestEvent
from webui import types
from webui.services import Identity

DEADLINE_S = 10.0
"""A line that has told nothing by then has given no dial tone."""


class EmergencyDryRun:
    """Each line that is free is seized until dial tone is heard; one dry run at a time."""

    def __init__(self, agent: AgentService, trail: AuditTrail, bus: EventBus) -> None:
        self._agent = agent
        self._trail = trail
        self._bus = bus
        self._turn = asyncio.Lock()

    async def run(self, who: Identity) -> types.EmergencyDryRun:
        """Raises RefusedError, and UnavailableError without a gateway."""
        async with self._turn:
            check, tested = await self._probe()
        lines = list(_lines(check, tested))
        found = types.EmergencyDryRun(
            lines=lines,
            reception=list(check.reception),
            numbers=list(check.numbers),
            lodged=self._agent.lodged,
            ok=bool(check.reception) and any(line.state == "dial-tone" for line in lines),
        )
        await self._trail.note(who, "emergency-dry-run", "ok" if found.ok else "failed", _detail(lines))
        return found

    async def _probe(self) -> tuple[EmergencyCheck, Mapping[str, TrunkTestEvent]]:
        tested: dict[str, TrunkTestEvent] = {}
        told = asyncio.Event()

        def note(event: TrunkTestEvent) -> None:
            tested[event.port] = event
            told.set()

        unsubscribe = self._bus.subscribe(TrunkTestEvent, note)
        try:
            check = await self._agent.request(lambda agent, now: agent.probe_trunks(now))
            async with asyncio.timeout(DEADLINE_S):
                while not tested.keys() >= set(check.probed):
                    told.clear()
                    await told.wait()
        except TimeoutError:
            pass  # what has not been told is no dial tone
        finally:
            unsubscribe()
        return check, tested


def _lines(check: EmergencyCheck, tested: Mapping[str, TrunkTestEvent]) -> Iterator[types.EmergencyLine]:
    for port in check.probed:
        test = tested.get(port)
        heard = test is not None and test.dial_tone
        yield types.EmergencyLine(
            port=port, state="dial-tone" if heard else "no-dial-tone", ms=None if test is None else test.ms
        )
    for port in check.busy:
        yield types.EmergencyLine(port=port, state="busy")
    for port, fault in check.faulty:
        yield types.EmergencyLine(port=port, state="fault", fault=fault)


def _detail(lines: list[types.EmergencyLine]) -> dict[str, object]:
    return {line.port: line.fault or line.state for line in lines}
