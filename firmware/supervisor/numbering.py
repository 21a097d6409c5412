"""The numbering plan and the agent's settings, built from the configuration and what the desk has set."""

from __future__ import annotations

from datetime import time

from firmware.config import Config
from firmware.exchange.numbering import Extension, NumberingPlan, RoomBlocking, default_pickup_group
from webui.types import RoomBlocking as RoomBlockingSetting

ROOM_BLOCKING = "room-to-room-blocking"


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
            )
            for entry in config.extensions
        ),
        reception=config.numbers.reception,
        emergency=config.emergency_numbers,
        outside_prefix=config.numbers.outside_prefix,
    )


def room_blocking(setting: RoomBlockingSetting) -> RoomBlocking:
    """The setting as the agent wants it."""
    return RoomBlocking(
        enabled=setting.enabled,
        begins=None if setting.from_ is None else time.fromisoformat(setting.from_),
        ends=None if setting.to is None else time.fromisoformat(setting.to),
        together=tuple(frozenset(rooms) for rooms in setting.exceptions),
    )
