"""What follows from an attempt: another one, an end, or that a person must be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.gateway.messages import WakeupOutcome
from firmware.hotel.model import WakeupState
from firmware.wakeup.rules import Rules

WOKEN: frozenset[WakeupOutcome] = frozenset({"confirmed", "answered", "reception", "emergency"})
"""The guest has shown that he is awake; at reception, or with an emergency service, he has told a person."""
FAILURES: Mapping[WakeupOutcome, WakeupState] = {
    "no-key": "not_answered",
    "no-answer": "not_answered",
    "busy": "busy",
    "failed": "error",
    "missed": "missed",
}
"""The state of a wake-up whose last attempt ended so."""


@dataclass(frozen=True, slots=True)
class Finished:
    state: WakeupState


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt at this instant (UTC). `snoozed`: as the guest has asked for."""

    at: datetime
    snoozed: bool = False


def verdict(outcome: WakeupOutcome, attempts: int, ended: datetime, rules: Rules) -> Finished | Again:
    """`attempts` have been made by now, the one that has ended so included. Instants in UTC."""
    if outcome in WOKEN:
        return Finished("answered")
    if outcome == "snoozed":
        return Again(ended + timedelta(seconds=rules.snooze_s), snoozed=True)
    if outcome == "stopped":  # it was cut off by us or with the gateway: nobody has been given his time
        return Again(ended)
    if outcome == "missed" or attempts >= rules.attempts:
        return Finished(FAILURES[outcome])
    return Again(ended + timedelta(seconds=rules.spacing_s))
