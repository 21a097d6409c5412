"""The agent's commands: each is checked whole, and only then carried out.

A check answers with the refusal or None and changes nothing. `HANDLERS` has an entry for every command there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from firmware.errors import ConfigError
from firmware.gateway import digitmap
from firmware.gateway.messages import (
    MAX_TAG_BYTES,
    PROTOCOL_VERSION,
    Apply,
    Arm,
    Audit,
    AuditReport,
    Collect,
    Connect,
    DigitMap,
    Disconnect,
    Done,
    Error,
    Figures,
    ForgetJournal,
    GetFigures,
    Hello,
    Indicate,
    Lamp,
    Lodge,
    Pong,
    Record,
    Reply,
    ResidentPlan,
    ReturnToService,
    Ring,
    SetGain,
    Signal,
    StopCollect,
    StopRecord,
    StopRing,
    Tag,
    Welcome,
)
from firmware.voice.endpoint import Endpoint, Input, State
from firmware.voice.gateway import Gateway, Lines

Answer: TypeAlias = Callable[[Reply], None]
"""Takes the reply, now or later; exactly once."""

MAX_LEGS = 8
MAX_CONNECTIONS = 256
MAX_PATTERNS = 2000
MAX_PLAN_ROUTES = 5000
GAIN_MIN_DB, GAIN_MAX_DB = -12.0, 6.0
_RECORDING_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class Services(Protocol):
    """What the core does for commands that are not about endpoints and connections."""

    def hello(self, command: Hello) -> Welcome: ...

    def pong(self, number: int) -> None: ...

    def audit(self) -> AuditReport: ...

    def forget(self, entries: tuple[str, ...]) -> None: ...

    def lodge(self, plan: ResidentPlan, answer: Answer) -> None: ...

    def indicate(self, command: Indicate) -> bool:
        """False: no such LED or colour."""
        ...

    def figures(self) -> Figures: ...

    def set_gain(self, index: int, receive_db: float, transmit_db: float) -> None: ...

    def record(self, index: int, command: Record, answer: Answer) -> None: ...

    def stop_record(self, index: int, answer: Answer) -> None: ...


@dataclass(frozen=True, slots=True)
class Floor:
    """Everything that a handler works on."""

    gateway: Gateway
    lines: Lines
    services: Services


Check: TypeAlias = Callable[[Floor, Any], Error | None]
Act: TypeAlias = Callable[[Floor, Any, Answer], None]


def execute(floor: Floor, command: object, answer: Answer) -> None:
    """Check a command and carry it out; `answer` gets the reply."""
    check, act = HANDLERS[type(command)]
    refusal = check(floor, command)
    if refusal is not None:
        answer(refusal)
    else:
        act(floor, command, answer)


# ------------------------------------------------------------------------------------------------------------ checks


def _agent_error(code: str, text: str) -> Error:
    return Error(fault="agent", code=code, text=text)


def _state_error(code: str, text: str) -> Error:
    return Error(fault="state", code=code, text=text)


def _check_nothing(floor: Floor, command: object) -> Error | None:
    return None


def _check_tag(tag: bytes | None) -> Error | None:
    if tag is not None and len(tag) > MAX_TAG_BYTES:
        return _agent_error("tag", f"a tag of {len(tag)} bytes; at most {MAX_TAG_BYTES}")
    return None


def _check_endpoint(floor: Floor, command: Any) -> Error | None:
    if command.endpoint not in floor.gateway.endpoints:
        return _agent_error("endpoint", f"there is no endpoint {command.endpoint}")
    return _check_tag(getattr(command, "tag", None))


def _check_map(digit_map: DigitMap | None) -> Error | None:
    if digit_map is None:
        return None
    if len(digit_map.patterns) > MAX_PATTERNS:
        return _agent_error("digit-map", f"{len(digit_map.patterns)} patterns; at most {MAX_PATTERNS}")
    if digit_map.terminator and (len(digit_map.terminator) != 1 or digit_map.terminator not in digitmap.DIGITS):
        return _agent_error("digit-map", f"the terminator {digit_map.terminator!r} is not a digit")
    if digit_map.first_digit_ms <= 0 or digit_map.inter_digit_ms <= 0 or not 1 <= digit_map.max_digits <= 64:
        return _agent_error("digit-map", "times must be positive, and max_digits 1 to 64")
    try:
        for pattern in digit_map.patterns:
            digitmap.check(pattern)
    except ConfigError as error:
        return _agent_error("digit-map", str(error))
    return None


def _check_signal(signal: Signal | None) -> Error | None:
    if signal is not None and (signal.tone is None) == (signal.prompt is None):
        return _agent_error("signal", "a signal is either a tone or a prompt")
    return None


def _check_arm(floor: Floor, command: Arm) -> Error | None:
    return _check_endpoint(floor, command) or _check_signal(command.plan.signal) or _check_map(command.plan.digit_map)


def _check_off_hook(floor: Floor, command: Any) -> Error | None:
    refusal = _check_endpoint(floor, command)
    if refusal is None and not floor.gateway.endpoints[command.endpoint].lifted_now:
        refusal = _state_error("on-hook", f"{command.endpoint} is not off-hook")
    return refusal


def _check_collect(floor: Floor, command: Collect) -> Error | None:
    return _check_off_hook(floor, command) or _check_signal(command.signal) or _check_map(command.digit_map)


def _check_apply(floor: Floor, command: Apply) -> Error | None:
    if command.signal is None:
        return _check_endpoint(floor, command)
    return _check_off_hook(floor, command) or _check_signal(command.signal)


def _check_legs(floor: Floor, command: Connect) -> Error | None:
    """What is wrong with a connection whatever the state of its endpoints."""
    names = [leg.endpoint for leg in command.legs]
    unknown = [name for name in names if name not in floor.gateway.endpoints]
    if unknown:
        return _agent_error("endpoint", f"there is no endpoint {unknown[0]}")
    if len(set(names)) != len(names) or len(names) > MAX_LEGS:
        return _agent_error("legs", f"a connection has each endpoint once, and at most {MAX_LEGS}")
    if not 0 < len(command.connection) <= 100:
        return _agent_error("connection", "a connection's name has 1 to 100 characters")
    return _check_tag(command.tag)


def _check_connect(floor: Floor, command: Connect) -> Error | None:
    refusal = _check_legs(floor, command)
    if refusal is not None:
        return refusal
    known = floor.gateway.connections
    if command.connection not in known and len(known) >= MAX_CONNECTIONS:
        return Error(fault="gateway", code="connections", text=f"{MAX_CONNECTIONS} connections stand already")
    for leg in command.legs:
        endpoint = floor.gateway.endpoints[leg.endpoint]
        if not endpoint.lifted_now:
            return _state_error("on-hook", f"{leg.endpoint} is not off-hook")
        if endpoint.connection not in (None, command.connection):
            return _state_error("connected", f"{leg.endpoint} is in the connection {endpoint.connection}")
    return None


def _check_ring(floor: Floor, command: Ring) -> Error | None:
    refusal = _check_endpoint(floor, command)
    if refusal is not None:
        return refusal
    if command.on_answer is not None:
        refusal = _check_legs(floor, command.on_answer)
        if refusal is not None:
            return refusal
        if command.endpoint not in {leg.endpoint for leg in command.on_answer.legs}:
            return _agent_error("on-answer", f"{command.endpoint} is not a leg of the connection that it answers")
    state = floor.gateway.endpoints[command.endpoint].state
    if state is not State.ON_HOOK:
        return _state_error(state.name.lower().replace("_", "-"), f"{command.endpoint} is not idle")
    return None


def _check_gain(floor: Floor, command: SetGain) -> Error | None:
    for gain in (command.receive_db, command.transmit_db):
        if not GAIN_MIN_DB <= gain <= GAIN_MAX_DB:
            return _agent_error("gain", f"{gain} dB is not in {GAIN_MIN_DB} .. {GAIN_MAX_DB} dB")
    return _check_endpoint(floor, command)


def _check_record(floor: Floor, command: Record) -> Error | None:
    if not _RECORDING_NAME.fullmatch(command.name) or command.limit_s <= 0:
        return _agent_error("recording", "a recording needs a plain file name and a positive limit")
    return _check_off_hook(floor, command)


def _check_lodge(floor: Floor, command: Lodge) -> Error | None:
    plan = command.plan
    named = {name for targets in plan.routes.values() for name in targets} | set(plan.reception)
    named |= set(plan.caller_ids) | set(plan.hot_lines)
    unknown = named - set(floor.gateway.endpoints)
    if unknown:
        return _agent_error("endpoint", f"there is no endpoint {min(unknown)}")
    if len(plan.routes) > MAX_PLAN_ROUTES:
        return _agent_error("routes", f"{len(plan.routes)} routes; at most {MAX_PLAN_ROUTES}")
    return _check_map(plan.digit_map)


def _check_hello(floor: Floor, command: Hello) -> Error | None:
    if command.protocol != PROTOCOL_VERSION:
        return _agent_error("protocol", f"protocol {command.protocol}; this gateway speaks {PROTOCOL_VERSION}")
    return None


# ----------------------------------------------------------------------------------------------------------- actions


def _endpoint(floor: Floor, command: Any) -> Endpoint:
    return floor.gateway.endpoints[command.endpoint]


def _hello(floor: Floor, command: Hello, answer: Answer) -> None:
    answer(floor.services.hello(command))


def _pong(floor: Floor, command: Pong, answer: Answer) -> None:
    floor.services.pong(command.number)
    answer(Done())


def _audit(floor: Floor, command: Audit, answer: Answer) -> None:
    answer(floor.services.audit())


def _forget(floor: Floor, command: ForgetJournal, answer: Answer) -> None:
    floor.services.forget(command.entries)
    answer(Done())


def _arm(floor: Floor, command: Arm, answer: Answer) -> None:
    endpoint = _endpoint(floor, command)
    endpoint.plan, endpoint.reports_flash = command.plan, command.flash
    answer(Done())


def _tag(floor: Floor, command: Tag, answer: Answer) -> None:
    _endpoint(floor, command).tag = command.tag
    answer(Done())


def _collect(floor: Floor, command: Collect, answer: Answer) -> None:
    _endpoint(floor, command).machine.handle(Input.COLLECT, command)
    answer(Done())


def _stop_collect(floor: Floor, command: StopCollect, answer: Answer) -> None:
    endpoint = _endpoint(floor, command)
    if endpoint.state is State.COLLECTING:
        endpoint.machine.handle(Input.STOP_COLLECT)
    answer(Done())


def _connect(floor: Floor, command: Connect, answer: Answer) -> None:
    floor.gateway.connect(command)
    answer(Done())


def _disconnect(floor: Floor, command: Disconnect, answer: Answer) -> None:
    floor.gateway.disconnect(command.connection)
    answer(Done())


def _ring(floor: Floor, command: Ring, answer: Answer) -> None:
    _endpoint(floor, command).machine.handle(Input.RING, command)
    answer(Done())


def _stop_ring(floor: Floor, command: StopRing, answer: Answer) -> None:
    endpoint = _endpoint(floor, command)
    if endpoint.state is State.RINGING:
        endpoint.machine.handle(Input.STOP_RING)
    answer(Done())


def _apply(floor: Floor, command: Apply, answer: Answer) -> None:
    endpoint = _endpoint(floor, command)
    if endpoint.lifted_now:
        endpoint.machine.handle(Input.APPLY, command.signal, command.tag)
    elif command.tag is not None:
        endpoint.tag = command.tag
    answer(Done())


def _lamp(floor: Floor, command: Lamp, answer: Answer) -> None:
    endpoint = _endpoint(floor, command)
    if endpoint.lamp != command.lit:
        endpoint.lamp = command.lit
        floor.lines.set_lamp(command.endpoint, command.lit)
    answer(Done())


def _set_gain(floor: Floor, command: SetGain, answer: Answer) -> None:
    floor.services.set_gain(_endpoint(floor, command).index, command.receive_db, command.transmit_db)
    answer(Done())


def _record(floor: Floor, command: Record, answer: Answer) -> None:
    floor.services.record(_endpoint(floor, command).index, command, answer)


def _stop_record(floor: Floor, command: StopRecord, answer: Answer) -> None:
    floor.services.stop_record(_endpoint(floor, command).index, answer)


def _return_to_service(floor: Floor, command: ReturnToService, answer: Answer) -> None:
    floor.lines.return_to_service(command.endpoint)
    answer(Done())


def _lodge(floor: Floor, command: Lodge, answer: Answer) -> None:
    floor.services.lodge(command.plan, answer)


def _indicate(floor: Floor, command: Indicate, answer: Answer) -> None:
    done = floor.services.indicate(command)
    answer(Done() if done else _agent_error("led", f"the box has no LED {command.led} that shows {command.color}"))


def _figures(floor: Floor, command: GetFigures, answer: Answer) -> None:
    answer(floor.services.figures())


HANDLERS: Mapping[type, tuple[Check, Act]] = {
    Hello: (_check_hello, _hello),
    Pong: (_check_nothing, _pong),
    Audit: (_check_nothing, _audit),
    ForgetJournal: (_check_nothing, _forget),
    Arm: (_check_arm, _arm),
    Tag: (_check_endpoint, _tag),
    Collect: (_check_collect, _collect),
    StopCollect: (_check_endpoint, _stop_collect),
    Connect: (_check_connect, _connect),
    Disconnect: (_check_nothing, _disconnect),
    Ring: (_check_ring, _ring),
    StopRing: (_check_endpoint, _stop_ring),
    Apply: (_check_apply, _apply),
    Lamp: (_check_endpoint, _lamp),
    SetGain: (_check_gain, _set_gain),
    Record: (_check_record, _record),
    StopRecord: (_check_endpoint, _stop_record),
    ReturnToService: (_check_endpoint, _return_to_service),
    Lodge: (_check_lodge, _lodge),
    Indicate: (_check_nothing, _indicate),
    GetFigures: (_check_nothing, _figures),
}
