"""The checks of the agent's commands: each answers with the refusal, or None, and changes nothing."""

from __future__ import annotations

import re
from typing import Any

from firmware.errors import ConfigError
from firmware.gateway import digitmap
from firmware.gateway.messages import (
    MAX_TAG_BYTES,
    PROTOCOL_VERSION,
    Answer,
    Apply,
    Arm,
    CallerId,
    Collect,
    Connect,
    DigitMap,
    Error,
    Hello,
    Indicate,
    Lodge,
    Place,
    ProbeTrunk,
    Record,
    ResidentPlan,
    Ring,
    SetGain,
    Signal,
)
from firmware.indicators.table import TABLE, light_of
from firmware.voice.gateway import Gateway
from firmware.voice.telephone import State
from firmware.voice.trunk_table import TABLE as TRUNK_TABLE
from firmware.voice.trunk_table import Input as TrunkInput

MAX_LEGS = 8
MAX_CONNECTIONS = 256
MAX_PATTERNS = 2000
MAX_NAME = 100
"""Characters of what an agent names: they travel in the audit."""
MAX_TEXT = 200
"""Characters of a pattern, or of what a telephone shows: they are worked on in the audio path."""
MAX_PLAN_ROUTES = 5000
MAX_PLACED_DIGITS = 64
GAIN_MIN_DB, GAIN_MAX_DB = -12.0, 6.0
MAX_RECORDING_S = 24 * 3600
"""Far from what the 32-bit lengths of a WAV file can tell."""
MAX_PROMPTS = 64
PROMPT_NAME = re.compile(r"(?:[a-z]{2,16}/)?[a-z0-9][a-z0-9-]{0,63}")
_RECORDING_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def agent_error(code: str, text: str) -> Error:
    return Error(fault="agent", code=code, text=text)


def state_error(code: str, text: str) -> Error:
    return Error(fault="state", code=code, text=text)


def check_nothing(gateway: Gateway, command: object) -> Error | None:
    return None


def _check_tag(tag: bytes | None) -> Error | None:
    if tag is not None and len(tag) > MAX_TAG_BYTES:
        return agent_error("tag", f"a tag of {len(tag)} bytes; at most {MAX_TAG_BYTES}")
    return None


def check_endpoint(gateway: Gateway, command: Any) -> Error | None:
    if command.endpoint not in gateway.endpoints:
        return agent_error("endpoint", f"there is no endpoint {command.endpoint}")
    return _check_tag(getattr(command, "tag", None))


def check_telephone(gateway: Gateway, command: Any) -> Error | None:
    refusal = check_endpoint(gateway, command)
    if refusal is None and command.endpoint not in gateway.telephones:
        refusal = agent_error("kind", f"{command.endpoint} is no telephone")
    return refusal


def check_trunk(gateway: Gateway, command: Any) -> Error | None:
    refusal = check_endpoint(gateway, command)
    if refusal is None and command.endpoint not in gateway.trunks:
        refusal = agent_error("kind", f"{command.endpoint} is no trunk")
    return refusal


def _check_map(digit_map: DigitMap | None) -> Error | None:
    if digit_map is None:
        return None
    if len(digit_map.patterns) > MAX_PATTERNS:
        return agent_error("digit-map", f"{len(digit_map.patterns)} patterns; at most {MAX_PATTERNS}")
    if digit_map.terminator and (len(digit_map.terminator) != 1 or digit_map.terminator not in digitmap.DIGITS):
        return agent_error("digit-map", f"the terminator {digit_map.terminator!r} is not a digit")
    if digit_map.first_digit_ms <= 0 or digit_map.inter_digit_ms <= 0 or not 1 <= digit_map.max_digits <= 64:
        return agent_error("digit-map", "times must be positive, and max_digits 1 to 64")
    if any(len(pattern) > MAX_TEXT for pattern in digit_map.patterns):
        return agent_error("digit-map", f"a pattern has at most {MAX_TEXT} characters")
    if not all(0 < len(number) <= MAX_TEXT and digitmap.DIGITS.issuperset(number) for number in digit_map.at_once):
        return agent_error("digit-map", "what is complete at once is a number of digits")
    if len(digit_map.dial_tone_after) > MAX_TEXT or not digitmap.DIGITS.issuperset(digit_map.dial_tone_after):
        return agent_error("digit-map", f"dial tone cannot sound after {digit_map.dial_tone_after!r}")
    try:
        for pattern in digit_map.patterns:
            digitmap.check(pattern)
    except ConfigError as error:
        return agent_error("digit-map", str(error))
    return None


def _check_signal(signal: Signal | None) -> Error | None:
    if signal is not None and (signal.tone is None) == (not signal.prompts):
        return agent_error("signal", "a signal is either a tone or prompts")
    if signal is not None and len(signal.prompts) > MAX_PROMPTS:
        return agent_error("signal", f"{len(signal.prompts)} prompts; at most {MAX_PROMPTS}")
    if signal is not None and not all(PROMPT_NAME.fullmatch(prompt) for prompt in signal.prompts):
        return agent_error("signal", "a prompt is called NAME or FOLDER/NAME, of small letters, digits and hyphens")
    return None


def _check_caller(caller: CallerId | None) -> Error | None:
    if caller is not None and max(len(caller.number), len(caller.name)) > MAX_TEXT:
        return agent_error("caller", f"number and name have at most {MAX_TEXT} characters")
    return None


def check_arm(gateway: Gateway, command: Arm) -> Error | None:
    return check_telephone(gateway, command) or _check_signal(command.plan.signal) or _check_map(command.plan.digit_map)


def check_off_hook(gateway: Gateway, command: Any) -> Error | None:
    refusal = check_endpoint(gateway, command)
    if refusal is None and not gateway.endpoints[command.endpoint].off_hook:
        refusal = state_error("on-hook", f"{command.endpoint} is not off-hook")
    return refusal


def _check_hears(gateway: Gateway, command: Any) -> Error | None:
    refusal = check_off_hook(gateway, command)
    if refusal is None and not gateway.endpoints[command.endpoint].may_join():
        refusal = state_error("dialling", f"{command.endpoint} is being seized, or dials")
    return refusal


def check_collect(gateway: Gateway, command: Collect) -> Error | None:
    return _check_hears(gateway, command) or _check_signal(command.signal) or _check_map(command.digit_map)


def check_apply(gateway: Gateway, command: Apply) -> Error | None:
    if command.signal is None:
        return check_endpoint(gateway, command)
    return _check_hears(gateway, command) or _check_signal(command.signal)


def _check_legs(gateway: Gateway, command: Connect) -> Error | None:
    """What is wrong with a connection whatever the state of its endpoints."""
    names = [leg.endpoint for leg in command.legs]
    unknown = [name for name in names if name not in gateway.endpoints]
    if unknown:
        return agent_error("endpoint", f"there is no endpoint {unknown[0]}")
    if len(set(names)) != len(names) or len(names) > MAX_LEGS:
        return agent_error("legs", f"a connection has each endpoint once, and at most {MAX_LEGS}")
    if not 0 < len(command.connection) <= MAX_NAME:
        return agent_error("connection", f"a connection's name has 1 to {MAX_NAME} characters")
    return _check_tag(command.tag)


def check_connect(gateway: Gateway, command: Connect) -> Error | None:
    refusal = _check_legs(gateway, command)
    if refusal is not None:
        return refusal
    known = gateway.connections
    if command.connection not in known and len(known) >= MAX_CONNECTIONS:
        return Error(fault="gateway", code="connections", text=f"{MAX_CONNECTIONS} connections stand already")
    for leg in command.legs:
        endpoint = gateway.endpoints[leg.endpoint]
        if not endpoint.may_join():
            trunk = leg.endpoint in gateway.trunks
            why = "has no call that could be connected" if trunk else "is not off-hook"
            return state_error("no-call" if trunk else "on-hook", f"{leg.endpoint} {why}")
        if endpoint.connection not in (None, command.connection):
            return state_error("connected", f"{leg.endpoint} is in the connection {endpoint.connection}")
    return None


def _check_later(gateway: Gateway, connect: Connect | None, endpoint: str, code: str) -> Error | None:
    """A connection that is to be made when `endpoint` answers, or is through."""
    if connect is None:
        return None
    refusal = _check_legs(gateway, connect)
    if refusal is None and endpoint not in {leg.endpoint for leg in connect.legs}:
        refusal = agent_error(code, f"{endpoint} is not a leg of the connection that it joins")
    return refusal


def check_ring(gateway: Gateway, command: Ring) -> Error | None:
    refusal = (
        check_telephone(gateway, command)
        or _check_caller(command.caller)
        or _check_later(gateway, command.on_answer, command.endpoint, "on-answer")
    )
    if refusal is not None:
        return refusal
    state = gateway.telephones[command.endpoint].state
    if state is not State.ON_HOOK:
        return state_error(state.name.lower().replace("_", "-"), f"{command.endpoint} is not idle")
    return None


def _check_trunk_allows(gateway: Gateway, endpoint: str, event: TrunkInput) -> Error | None:
    trunk = gateway.trunks[endpoint]
    taken = event is TrunkInput.PLACE and trunk.call is not None
    if taken or (trunk.state, event) not in TRUNK_TABLE.transitions:
        code = trunk.state.name.lower().replace("_", "-")
        return state_error(code, f"{endpoint} cannot {event.name.lower()} while it is {code}")
    return None


def _placeable(digits: str) -> bool:
    return 0 < len(digits) <= MAX_PLACED_DIGITS and digitmap.DIGITS.issuperset(digits)


def check_place(gateway: Gateway, command: Place) -> Error | None:
    refusal = check_trunk(gateway, command)
    if refusal is not None:
        return refusal
    if not _placeable(command.digits):
        return agent_error("digits", f"{command.digits!r} is not a number of 1 to {MAX_PLACED_DIGITS} digits")
    return _check_later(gateway, command.on_dialled, command.endpoint, "on-dialled") or _check_trunk_allows(
        gateway, command.endpoint, TrunkInput.PLACE
    )


def check_answer(gateway: Gateway, command: Answer) -> Error | None:
    return check_trunk(gateway, command) or _check_trunk_allows(gateway, command.endpoint, TrunkInput.ANSWER)


def check_probe(gateway: Gateway, command: ProbeTrunk) -> Error | None:
    return check_trunk(gateway, command) or _check_trunk_allows(gateway, command.endpoint, TrunkInput.PROBE)


def check_gain(gateway: Gateway, command: SetGain) -> Error | None:
    for gain in (command.receive_db, command.transmit_db):
        if not GAIN_MIN_DB <= gain <= GAIN_MAX_DB:
            return agent_error("gain", f"{gain} dB is not in {GAIN_MIN_DB} .. {GAIN_MAX_DB} dB")
    return check_endpoint(gateway, command)


def check_record(gateway: Gateway, command: Record) -> Error | None:
    if not _RECORDING_NAME.fullmatch(command.name) or not 0 < command.limit_s <= MAX_RECORDING_S:
        return agent_error("recording", f"a recording needs a plain file name and a limit of 1 to {MAX_RECORDING_S} s")
    if not 0 <= command.silence_s <= MAX_RECORDING_S:
        return agent_error("recording", f"silence ends a recording after 1 to {MAX_RECORDING_S} s, or (0) never")
    return check_off_hook(gateway, command)


def check_lodge(gateway: Gateway, command: Lodge) -> Error | None:
    plan = command.plan
    if len(plan.routes) > MAX_PLAN_ROUTES:
        return agent_error("routes", f"{len(plan.routes)} routes; at most {MAX_PLAN_ROUTES}")
    if len(plan.revision) > MAX_NAME:
        return agent_error("revision", f"a revision has at most {MAX_NAME} characters")
    if any(seconds < 0 for seconds in plan.hot_lines.values()):
        return agent_error("hot-lines", "a hot line waits for 0 seconds or more")
    if not all(_placeable(sent) for sent in plan.emergency_digits.values()):
        return agent_error("emergency-digits", f"an emergency number is sent as 1 to {MAX_PLACED_DIGITS} digits")
    refusals = (_check_caller(caller) for caller in plan.caller_ids.values())
    return (
        _check_plan_endpoints(gateway, plan)
        or next((refusal for refusal in refusals if refusal is not None), None)
        or _check_map(plan.digit_map)
        or _check_map(digitmap.emergency_only(plan.digit_map, plan.emergency))
    )


def _check_plan_endpoints(gateway: Gateway, plan: ResidentPlan) -> Error | None:
    """Every endpoint that the plan names is there, and of the kind that its place asks for."""
    rung = [name for targets in (*plan.routes.values(), *plan.incoming.values()) for name in targets]
    telephones = {*rung, *plan.reception, *plan.caller_ids, *plan.hot_lines}
    trunks = {*plan.trunks, *plan.incoming}
    unknown = (telephones | trunks) - set(gateway.endpoints)
    if unknown:
        return agent_error("endpoint", f"there is no endpoint {min(unknown)}")
    strange = (telephones - set(gateway.telephones)) | (trunks - set(gateway.trunks))
    return agent_error("kind", f"{min(strange)} is of the other kind") if strange else None


def check_indicate(gateway: Gateway, command: Indicate) -> Error | None:
    if command.led not in TABLE:
        return agent_error("led", f"there is no LED {command.led}")
    if command.state is not None and light_of(command.led, command.state) is None:
        return agent_error("state", f"the LED {command.led} has no state {command.state}")
    return None


def check_hello(gateway: Gateway, command: Hello) -> Error | None:
    if command.protocol != PROTOCOL_VERSION:
        return agent_error("protocol", f"protocol {command.protocol}; this gateway speaks {PROTOCOL_VERSION}")
    return None
