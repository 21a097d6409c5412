"""The checks of commands about line tests, bells and tones."""

from __future__ import annotations

from typing import Any

from firmware.gateway.messages import Error, TestLine, TryBell, TryTone
from firmware.voice.checks import agent_error, check_endpoint, check_telephone, state_error
from firmware.voice.gateway import Gateway
from firmware.voice.line_test import NEEDS_NOTHING
from firmware.voice.line_test_trunk import RESTING
from firmware.voice.telephone import State
from firmware.voice.trunk_table import State as TrunkState

LONGEST_MS = 300_000
_TESTABLE = frozenset({TrunkState.IDLE, TrunkState.DEAD, TrunkState.OUT_OF_SERVICE, TrunkState.INITIALISING, *RESTING})


def check_test(gateway: Gateway, command: TestLine) -> Error | None:
    refusal = check_endpoint(gateway, command)
    if refusal is not None:
        return refusal
    trunk = gateway.trunks.get(command.endpoint)
    if trunk is not None:
        return None if trunk.state in _TESTABLE and _free(gateway, command) else _in_use(command)
    telephone = gateway.telephones[command.endpoint]
    return None if telephone.state in NEEDS_NOTHING and _free(gateway, command) else _in_use(command)


def check_try(gateway: Gateway, command: TryBell | TryTone) -> Error | None:
    if not 0 < command.ms <= LONGEST_MS:
        return agent_error("ms", f"it lasts 1 to {LONGEST_MS} ms")
    refusal = check_telephone(gateway, command)
    if refusal is not None:
        return refusal
    on_hook = gateway.telephones[command.endpoint].state is State.ON_HOOK
    return None if on_hook and _free(gateway, command) else _in_use(command)


def _free(gateway: Gateway, command: Any) -> bool:
    telephone = gateway.telephones.get(command.endpoint)
    rung = telephone is not None and telephone.wakeup is not None
    return not rung and not gateway.tests.busy(command.endpoint)


def _in_use(command: Any) -> Error:
    return state_error("in-use", f"{command.endpoint} is in use, or is being tested")
