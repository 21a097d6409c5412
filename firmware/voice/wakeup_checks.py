"""The checks of commands about wake-ups, and of those for a telephone that an attempt has for itself."""

from __future__ import annotations

from typing import Any

import msgspec

from firmware.gateway import digitmap
from firmware.gateway.messages import (
    Apply,
    Collect,
    Connect,
    Error,
    LodgeWakeups,
    Ring,
    StopRing,
    StopWake,
    Wake,
    Wakeup,
)
from firmware.log import Log
from firmware.voice.checks import MAX_NAME, MAX_PLACED_DIGITS, MAX_PROMPTS, PROMPT_NAME, agent_error, state_error
from firmware.voice.gateway import Gateway
from firmware.voice.wakeups import Refusal

MAX_LODGED = 500
MAX_TELEPHONES = 8
"""They travel in the journal."""
MAX_GREETINGS = 10
MAX_ATTEMPTS = 20
RING_MIN_MS, RING_MAX_MS = 1_000, 600_000
DAY_MS = 24 * 3600 * 1000
_KEYS = frozenset("0123456789*")
log = Log("voice.wakeups")

_WHY: dict[Refusal, str] = {
    "standing": "it rings already, or is being spoken",
    "over": "it has been confirmed or answered",
    "busy": "none of its telephones is on-hook",
    "failed": "none of its telephones is in service",
}


def check_free(gateway: Gateway, command: Any) -> Error | None:
    """The command is for no telephone that is in a wake-up's attempt."""
    if isinstance(command, Connect):
        names = [leg.endpoint for leg in command.legs]
    elif isinstance(command, Ring | StopRing | Collect | Apply):
        names = [command.endpoint]
    else:
        return None
    taken = [name for name in names if name in gateway.telephones and gateway.telephones[name].wakeup is not None]
    return state_error("wakeup", f"{taken[0]} rings for a wake-up, or hears its greeting") if taken else None


def check_wake(gateway: Gateway, command: Wake) -> Error | None:
    if command.attempt < 1:
        return agent_error("attempt", "attempts count from 1")
    return _check_endpoints(gateway, command.wakeup) or check_wakeup(command.wakeup)


def refused(command: Wake, why: Refusal) -> Error:
    """The refusal of an attempt that is well formed."""
    return state_error(why, f"wake-up {command.wakeup.id}: {_WHY[why]}")


def check_stop_wake(gateway: Gateway, command: StopWake) -> Error | None:
    return _check_name("id", command.id)


def check_lodge_wakeups(gateway: Gateway, command: LodgeWakeups) -> Error | None:
    if len(command.wakeups) > MAX_LODGED:
        return agent_error("wakeups", f"{len(command.wakeups)} wake-ups; at most {MAX_LODGED}")
    if len({wakeup.id for wakeup in command.wakeups}) != len(command.wakeups):
        return agent_error("id", "two wake-ups have the same id")
    refusals = (_check_endpoints(gateway, wakeup) or check_wakeup(wakeup) for wakeup in command.wakeups)
    return _check_name("revision", command.revision) or next(filter(None, refusals), None)


def check_wakeup(wakeup: Wakeup) -> Error | None:
    """What is wrong with a wake-up, whatever telephones the board has."""
    return (
        _check_name("id", wakeup.id)
        or _check_times(wakeup)
        or _check_prompts(wakeup)
        or _check_digits(wakeup)
    )  # fmt: skip


def _check_name(what: str, name: str) -> Error | None:
    return None if 0 < len(name) <= MAX_NAME else agent_error(what, f"1 to {MAX_NAME} characters are allowed")


def _check_endpoints(gateway: Gateway, wakeup: Wakeup) -> Error | None:
    if not 0 < len(wakeup.endpoints) <= MAX_TELEPHONES or len(set(wakeup.endpoints)) != len(wakeup.endpoints):
        return agent_error("endpoints", f"a wake-up rings 1 to {MAX_TELEPHONES} telephones, each once")
    unknown = [name for name in wakeup.endpoints if name not in gateway.endpoints]
    if unknown:
        return agent_error("endpoint", f"there is no endpoint {unknown[0]}")
    strange = [name for name in wakeup.endpoints if name not in gateway.telephones]
    return agent_error("kind", f"{strange[0]} is no telephone") if strange else None


def _check_times(wakeup: Wakeup) -> Error | None:
    if not RING_MIN_MS <= wakeup.ring_ms <= RING_MAX_MS:
        return agent_error("ring-ms", f"{wakeup.ring_ms} ms is not in {RING_MIN_MS} .. {RING_MAX_MS} ms")
    if not 1 <= wakeup.attempts <= MAX_ATTEMPTS:
        return agent_error("attempts", f"1 to {MAX_ATTEMPTS} attempts are allowed")
    if not all(0 <= ms <= DAY_MS for ms in (wakeup.spacing_ms, wakeup.snooze_ms, wakeup.late_ms)):
        return agent_error("times", f"times are 0 to {DAY_MS} ms")
    return None


def _check_prompts(wakeup: Wakeup) -> Error | None:
    if not 0 < len(wakeup.greetings) <= MAX_GREETINGS or not all(wakeup.greetings):
        return agent_error("greetings", f"a wake-up has 1 to {MAX_GREETINGS} greetings, each of a prompt or more")
    for prompts in (*wakeup.greetings, *wakeup.thanks.values()):
        if len(prompts) > MAX_PROMPTS or not all(PROMPT_NAME.fullmatch(prompt) for prompt in prompts):
            return agent_error("prompts", f"at most {MAX_PROMPTS} prompts, called NAME or LANGUAGE/NAME")
    return None


def _check_digits(wakeup: Wakeup) -> Error | None:
    if not all(key in _KEYS for key in wakeup.keys):
        return agent_error("keys", "a key is one of 0 to 9 and *")
    numbers = wakeup.emergency
    if not all(0 < len(one) <= MAX_PLACED_DIGITS and digitmap.DIGITS.issuperset(one) for one in numbers):
        return agent_error("emergency", f"an emergency number has 1 to {MAX_PLACED_DIGITS} digits")
    return None


def usable(kept: LodgeWakeups, gateway: Gateway) -> LodgeWakeups:
    """Wake-ups from the disk without the telephones that the board has no longer; what is not valid is left out."""
    wakeups = []
    for wakeup in kept.wakeups:
        there = tuple(name for name in wakeup.endpoints if name in gateway.telephones)
        fitting = msgspec.structs.replace(wakeup, endpoints=there)
        refusal = _check_endpoints(gateway, fitting) or check_wakeup(fitting)
        if refusal is None:
            wakeups.append(fitting)
        else:
            log.error("unusable", wakeup=wakeup.id, why=refusal.text)
    return msgspec.structs.replace(kept, wakeups=tuple(wakeups))
