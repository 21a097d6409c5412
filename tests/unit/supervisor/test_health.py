"""Whether a lifted telephone gets dial tone: company lines have no part in that."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from firmware.exchange.decisions import LineState
from firmware.processes import RunDirectory
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.clock_keeper import ClockKeeper
from firmware.supervisor.clock_vouching import ClockVouching
from firmware.supervisor.health import HealthService
from tests.unit.supervisor.house import ZONE, House, Service


def looking_at(tmp_path: Path, house: House, **states: LineState) -> HealthService:
    class Connected(Service):
        connected, coming_up, looks = True, frozenset[str](), 0

        async def figures(self) -> None:
            self.looks += 1

    agent = Connected(house.agent, house.now)
    agent.states = {port.replace("_", "/"): state for port, state in states.items()}
    return HealthService(
        house.config,
        RunDirectory(tmp_path),
        cast(AgentService, agent),
        house.alarms,
        house.bus,
        list,
        lambda: 0.0,
        ClockKeeper(house.clock, ZONE, house.alarms, ClockVouching(house.store)),
    )


def why(tmp_path: Path, **states: LineState) -> str | None:
    health = looking_at(tmp_path, House(), **states)
    health.serving = True
    found = health.not_ready()
    return None if found is None else found.text


def test_dead_company_lines_do_not_make_the_box_unready(tmp_path: Path) -> None:
    assert why(tmp_path, fxs_1="idle", fxo_1="out-of-service", fxo_2="out-of-service") is None


def test_without_a_telephone_in_service_company_lines_do_not_make_it_ready(tmp_path: Path) -> None:
    assert why(tmp_path, fxs_1="out-of-service", fxo_1="idle") == "no telephone's line is in service"
