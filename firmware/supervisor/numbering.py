"""The numbering plan and the agent's settings, built from the configuration and what the desk has set."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from firmware.config import AnalogTrunk, Config
from firmware.config.schema import Extension as ExtensionEntry
from firmware.exchange import call_timers
from firmware.exchange.numbering import (
    AgentSettings,
    DefaultClasses,
    Extension,
    NumberingPlan,
    RoomBlocking,
    default_pickup_group,
)
from firmware.exchange.trunk_groups import NightService, TrunkGroup
from firmware.supervisor.restriction import outside_patterns
from webui.types import CallTimers, ExchangeSettings
from webui.types import NightService as NightServiceSetting
from webui.types import RoomBlocking as RoomBlockingSetting

ROOM_BLOCKING = "room-to-room-blocking"
EXCHANGE = "exchange"
NIGHT_SERVICE = "night-service"


def numbering_plan(config: Config) -> NumberingPlan:
    """What can be dialled in this house."""
    return NumberingPlan(
        extensions=tuple(
            Extension(
                number=entry.number,
                kind=entry.kind,
                port=None if entry.port == "sip" else entry.port,
                room=entry.room_number,
                name=entry.name,
                operator=entry.operator,
                cor=entry.class_,
                off_hook=entry.off_hook,
                profile=entry.profile,
                pickup_group=default_pickup_group(entry.kind, entry.room_number, entry.floor),
                floor=entry.floor,
            )
            for entry in config.extensions
        ),
        reception=config.numbers.reception,
        emergency=config.emergency_numbers,
        outside_prefix=config.numbers.outside_prefix,
        trunks=trunk_groups(config),
        outside=outside_patterns(config) if trunk_groups(config) else (),
        classes=DefaultClasses(config.classes.vacant, config.classes.occupied, config.classes.staff),
    )


def room_extensions(config: Config) -> dict[str, list[ExtensionEntry]]:
    """The extensions of each room, in the order of the configuration."""
    found: dict[str, list[ExtensionEntry]] = {}
    for entry in config.extensions:
        if entry.kind == "room" and (room := entry.room_number) is not None:
            found.setdefault(room, []).append(entry)
    return found


def trunk_groups(config: Config) -> tuple[TrunkGroup, ...]:
    """The company lines; they tell for certain that the far party has gone where the line is reversed at the answer."""
    return tuple(
        TrunkGroup(
            name=trunk.name,
            ports=trunk.ports,
            incoming=trunk.incoming,
            targets=trunk.targets,
            supervised=trunk.answer == "reversal",
        )
        for trunk in config.trunks
        if isinstance(trunk, AnalogTrunk)
    )


def room_blocking(setting: RoomBlockingSetting) -> RoomBlocking:
    """The setting as the agent wants it."""
    return RoomBlocking(
        enabled=setting.enabled,
        begins=_time(setting.from_),
        ends=_time(setting.to),
        together=tuple(frozenset(rooms) for rooms in setting.exceptions),
    )


def night_service(setting: NightServiceSetting) -> NightService:
    """As `room_blocking`."""
    return NightService(setting.mode, _time(setting.from_), _time(setting.to), setting.target)


def _time(text: str | None) -> time | None:
    return None if text is None else time.fromisoformat(text)


def agent_settings(setting: ExchangeSettings, before: AgentSettings) -> AgentSettings:
    """The settings of the exchange as the agent wants them; what is not among them stays."""
    return replace(
        before,
        timers=timers(setting.timers),
        rooms_see=setting.rooms_see,
        forward_no_answer=setting.forward_no_answer,
        forward_busy=setting.forward_busy,
        call_waiting=setting.call_waiting,
        room_flash=setting.room_flash,
        trunk_transfer=setting.trunk_transfer,
    )


def timers(setting: CallTimers) -> dict[str, float]:
    """Seconds by timer number."""
    return {
        call_timers.FIRST_DIGIT.number: setting.first_digit,
        call_timers.INTER_DIGIT.number: setting.inter_digit,
        call_timers.NO_ANSWER.number: setting.no_answer,
        call_timers.RELEASE_TONE.number: setting.release_tone,
        call_timers.HOWLER.number: setting.howler,
        call_timers.HOLD.number: setting.hold,
        call_timers.RECALL.number: setting.recall,
        call_timers.CLICK.number: setting.click,
        call_timers.CONFIRMATION.number: setting.confirmation,
    }
