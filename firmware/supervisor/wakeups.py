"""The wake-ups' parts, built from the configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection
from zoneinfo import ZoneInfo

from boardsupport.tables import BOARDS
from firmware.clock import Clock
from firmware.config import Config
from firmware.config.schema import Language, WakeupClass
from firmware.countries import COUNTRIES
from firmware.hotel.model import Guest, WakeupOrder
from firmware.hotel.service import HotelService
from firmware.supervisor.agent_service import AgentService
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.numbering import room_extensions
from firmware.wakeup.calls import WakeupCalls
from firmware.wakeup.persons import Callees, Persons
from firmware.wakeup.planner import Bells, Planner
from firmware.wakeup.rules import Rulebook, Rules
from firmware.wakeup.service import WakeupService


def rulebook(config: Config) -> Rulebook:
    """How guests are woken in this house."""
    said = config.wakeup
    everybody = Rules(
        attempts=said.attempts,
        ring_s=said.ring_seconds,
        spacing_s=said.spacing_seconds,
        key_needed=said.key_needed,
        late_s=60 * said.late_minutes,
        snooze_s=60 * said.snooze_minutes,
        snoozes=said.snoozes,
        speak_name=said.speak_name,
    )
    return Rulebook(everybody, _of_class(everybody, said.vip))


def _of_class(usual: Rules, said: WakeupClass) -> Rules:
    """What the class does not say is as for everybody."""
    return Rules(
        attempts=said.attempts or usual.attempts,
        ring_s=said.ring_seconds or usual.ring_s,
        spacing_s=usual.spacing_s if said.spacing_seconds is None else said.spacing_seconds,
        key_needed=usual.key_needed if said.key_needed is None else said.key_needed,
        by_person=said.by_person,
        late_s=usual.late_s,
        snooze_s=usual.snooze_s,
        snoozes=usual.snoozes,
        speak_name=usual.speak_name,
    )


def bells(config: Config) -> Bells:
    """What the board can ring, or less if the site wants so."""
    board = BOARDS[config.board.revision].ringing_at_once
    wanted = config.wakeup.ringing_at_once
    return Bells(
        board if wanted is None else min(board, wanted), COUNTRIES[config.hotel.country].rings["wake-up"].cadence_ms
    )


def build_wakeups(
    config: Config,
    zone: ZoneInfo,
    hotel: HotelService,
    agent: AgentService,
    alarms: AlarmBoard,
    clock: Clock,
    language: Language,
    ready: Callable[[], Collection[Language]],
    spoken: Callable[[Guest, Language], str | None],
) -> tuple[WakeupService, Persons]:
    """The service that rings, and the people whom it tells."""
    extensions = room_extensions(config)
    ports = {
        room: [entry.port for entry in entries if entry.port is not None and entry.port != "sip"]
        for room, entries in extensions.items()
    }
    book = rulebook(config)

    def rules_of(order: WakeupOrder) -> Rules:
        return book.rules_of(order, hotel.house.rooms.get(order.room))

    def number_of(room: str) -> str:
        return next((entry.number for entry in extensions.get(room, ()) if entry.port is not None), "")

    said = config.wakeup
    operators = [entry.number for entry in config.extensions if entry.operator and entry.port is not None]
    callees = Callees(
        operators, said.reception_every_seconds, said.escalation, said.escalation_after_seconds, number_of
    )
    persons = Persons(alarms, agent, callees, lambda: hotel.house, clock, zone)
    planner = Planner(zone, bells(config), rules_of, lambda order: len(ports.get(order.room, ())))
    calls = WakeupCalls(ports, zone, config.emergency_numbers, rules_of, language, ready, spoken)
    return WakeupService(hotel, agent, clock, zone, rules_of, planner, calls, persons), persons
