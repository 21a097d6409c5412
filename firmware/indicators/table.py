"""What each LED of the box can show, what it means, and what to do: the one table, and the card in docs/leds.md. Pure.

Every state of a LED has a pattern of its own, so that it is known without seeing its colour, and on a board whose LEDs
have one colour each. No state of `system` is steady: only a program that lives makes it change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from boardsupport.leds import Light, Pattern

Led: TypeAlias = Literal["power", "system", "alarm", "pms", "trunk", "lines"]
Shown: TypeAlias = Mapping[str, str]
"""The state of each LED by its name; one that is not named is dark."""

ADDRESS_LED: Led = "lines"
"""On it the address is read, and a password reset is seen to be armed."""


@dataclass(frozen=True, slots=True)
class LedState:
    """One state of one LED: how it looks, what it means, what a person does about it."""

    color: Literal["green", "amber", "red"]
    pattern: Pattern
    meaning: str
    to_do: str = "Nothing."

    @property
    def light(self) -> Light:
        return Light(self.color, self.pattern)


_S = LedState
TABLE: Mapping[Led, Mapping[str, LedState]] = {
    "power": {
        "on": _S("green", "on", "The box has power."),
    },
    "system": {
        "running": _S("green", "wink", "All is well."),
        "starting": _S("amber", "slow", "The box starts; lines come into service.", "Wait two minutes."),
        "clock": _S(
            "amber", "two-winks", "Works, but nobody vouches for the clock: wake-ups ring by a time that may be wrong.",
            "Compare the time on the page System with a watch: if it is right, say so there, else set it on the "
            "console. Look for the time server.",
        ),
        "storage": _S(
            "amber", "two-flashes", "Works, but the disk is full or broken, or cannot be written: news may be lost.",
            "Read the alarm on the page. Make a backup to a USB stick if it can be made.",
        ),
        "survival": _S(
            "red", "flash", "The supervisor is dead or stands still: telephones reach each other, reception and the "
            "emergency numbers; no page, no PMS, no new wake-ups.",
            "If this lasts for a minute, switch the box off and on: calls end, and the lifeline telephone has the "
            "company line meanwhile. If it comes back, call the technician.",
        ),
        "voice-dead": _S(
            "red", "fast", "The telephones are dead: the program that serves them has ended or stands still.",
            "The lifeline telephone has the company line. If this lasts for a minute, switch the box off and on. If it "
            "comes back, call the technician.",
        ),
    },
    "alarm": {
        "none": _S("red", "off", "No alarm."),
        "standing": _S(
            "red", "on", "Somebody has seen all alarms; the cause of one is still there.",
            "Read on the page who looks after it.",
        ),
        "waiting": _S("red", "slow", "An alarm waits to be acknowledged.", "Read and acknowledge it on the page."),
        "wakeup-failed": _S(
            "red", "two-flashes", "A guest was not woken.", "Go to the room. Then acknowledge the alarm.",
        ),
        "emergency": _S(
            "red", "fast", "Somebody has dialled an emergency number.",
            "Read on the page from which room; help, and send someone to meet the ambulance. Then acknowledge.",
        ),
    },
    "pms": {
        "none": _S("green", "off", "No link to a PMS is set up."),
        "up": _S("green", "on", "Every link to the PMS works."),
        "starting": _S("amber", "slow", "A link to the PMS is being made.", "Wait a minute."),
        "down": _S(
            "amber", "fast", "A link to the PMS is broken: check-ins must be made by hand, charges wait for it.",
            "See whether the hotel's computer runs, then the cable, then the page Hotel system.",
        ),
    },
    "trunk": {
        "none": _S("green", "off", "The box has no company line."),
        "idle": _S("green", "on", "All company lines are free and in order."),
        "in-use": _S("green", "wink", "Company lines are in use; one at least is free."),
        "all-busy": _S(
            "amber", "slow", "All company lines are in use: nobody gets out but for emergency calls.",
            "If it is often so, see the report on the lines.",
        ),
        "fault": _S(
            "amber", "two-flashes", "A company line is faulty; others work.",
            "See on the page Company lines which, check its plug, call the telephone company.",
        ),
        "all-faulty": _S(
            "amber", "fast", "No company line works: no call out or in, not even to the emergency services.",
            "Have a mobile telephone at hand for emergencies. Check the plugs, call the telephone company.",
        ),
    },
    "lines": {
        "none": _S("green", "off", "The box has no telephone."),
        "idle": _S("green", "on", "All telephones are in order, and none is in use."),
        "in-use": _S("green", "wink", "Telephones are in use."),
        "fault": _S(
            "amber", "two-flashes", "A telephone's line is faulty.", "See on the page which; test it on the console.",
        ),
        "reset-armed": _S(
            "amber", "fast", "The button was held for ten seconds: within five minutes the console resets a password.",
            "Go on at the console. If nobody there wants a reset, tell the manager: someone is at the box.",
        ),
    },
}  # fmt: skip


def light_of(led: str, state: str) -> Light | None:
    """How that state looks; None: there is no such LED, or it has no such state."""
    found = next((states for name, states in TABLE.items() if name == led), {}).get(state)
    return None if found is None else found.light
