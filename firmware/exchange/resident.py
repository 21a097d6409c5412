"""The resident plan: what the gateway does by itself while no agent is there, from the same numbering plan."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from firmware.exchange.numbering import digit_map
from firmware.exchange.presentation import room_number
from firmware.gateway.messages import CallerId, ResidentPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from firmware.exchange.core import Core
    from firmware.exchange.numbering import NumberingPlan


def resident_plan(core: Core) -> ResidentPlan:
    """Its revision is a digest of its content, so that one which is there already need not be lodged again."""
    plan = core.plan
    codes = set(plan.code_patterns)
    numbers = digit_map(plan, None, core.settings.timers)
    operators = tuple(e.port for e in plan.operators if e.port is not None)
    routes: dict[str, tuple[str, ...]] = {e.number: (e.port,) for e in plan.extensions if e.port is not None}
    routes.update(dict.fromkeys(plan.reception, operators))
    fresh = ResidentPlan(
        revision="",
        digit_map=msgspec.structs.replace(numbers, patterns=tuple(p for p in numbers.patterns if p not in codes)),
        routes=routes,
        reception=operators,
        emergency=plan.emergency_dialable,
        caller_ids={port: _shown(core, port) for port in plan.by_port},
        trunks=tuple(port for group in plan.trunks for port in reversed(group.ports)),
        emergency_digits={number: plan.sent(number) for number in plan.emergency_dialable},
        incoming={port: (target,) for port, target in _targets(plan)},
        hot_lines={port: e.reception_after_s for port, e in plan.by_port.items() if e.reception_after_s is not None},
    )
    digest = hashlib.sha256(msgspec.msgpack.encode(fresh, order="deterministic")).hexdigest()[:16]
    return msgspec.structs.replace(fresh, revision=digest)


def _targets(plan: NumberingPlan) -> Iterator[tuple[str, str]]:
    """Company lines whose calls do not go to reception, and the telephones that they ring."""
    for group in plan.trunks:
        for port in group.ports:
            extension = plan.by_number.get(group.target(port, ""))
            if extension is not None and extension.port is not None:
                yield port, extension.port


def _shown(core: Core, port: str) -> CallerId:
    """One caller id for whoever is called: never a guest's name, and no room's number where rooms see nothing."""
    extension = core.plan.by_port[port]
    if extension.kind != "room":
        return CallerId(number=extension.number, name=extension.name or "")
    if core.settings.rooms_see == "nothing":
        return CallerId(private=True)
    return CallerId(number=room_number(core, extension))
