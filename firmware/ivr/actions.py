"""What menus can have done in the hotel: the one table of actions, between the menus and who carries them out.

A menu is checked against it when it is loaded, and docs/menus.md shows it. Who the caller is, and what he may do, is
for whoever carries the action out: an argument is only what he has dialled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["moment", "number", "digits", "prompt", "word"]
"""What a value is, and so how it can be spoken. moment: wall time of the hotel, as 2026-03-29T07:30; number: 0 to 999;
digits: read out one by one, letters too; prompt: a prompt's name, "" is silence; word: one of a few, see `WORDS`."""

UNAVAILABLE = "unavailable"
"""The result of any action that nobody has done in time; menus need not name it."""
REFUSED = "refused"
"""The result where this caller may not have that done; menus need not name it."""

VALUES: Mapping[str, Kind] = {
    "at": "moment",
    "count": "number",
    "file": "word",
    "id": "word",
    "kind": "word",
    "limit": "number",
    "number": "digits",
    "prompt": "prompt",
    "quantity": "number",
    "repeat": "word",
    "room": "digits",
    "status": "word",
}
"""The values that actions give; a name means the same in all of them."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "kind": ("text", "voice"),
    "press": tuple("0123456789"),
    "repeat": ("once", "daily", "weekdays"),
    "status": ("dirty", "clean", "inspected", "out-of-order", "make-up", "service"),
}
"""What a value of kind "word" can be, where that is known: it can be spoken, by the prompt NAME-WORD."""


@dataclass(frozen=True, slots=True)
class Result:
    """What comes with a result word. `items`: values of a list, with their places: `id1`, `id2`, ... up to `count`."""

    values: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """`needs` and `may`: its arguments. An argument that is empty is not there."""

    about: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    results: Mapping[str, Result]


_PLAIN = Result()
_AT = Result(("at", "room"))
_SWITCH = {"ok": _PLAIN, "refused": _PLAIN}

ACTIONS: Mapping[str, Action] = {
    "wakeup-check": Action(
        about="What moment the digits mean, HHMM (the next such time) or MMDDHHMM; nothing is ordered. "
        "`vacant`: possible, and nobody lives in the room. Without `room`: the caller's own.",
        needs=("digits",),
        may=("room",),
        results={"ok": _AT, "vacant": _AT, "past": _PLAIN, "wrong": _PLAIN, "no-room": _PLAIN, "refused": _PLAIN},
    ),
    "wakeup-order": Action(
        about="Orders a wake-up; it is on disk when the answer comes. `vacant`: ordered, and nobody lives in the room; "
        "`same`: it was ordered before; `full`: the room has as many as it may.",
        needs=("at",),
        may=("room",),
        results={
            "ok": _AT, "vacant": _AT, "same": _AT, "past": _PLAIN, "full": _PLAIN, "no-room": _PLAIN, "refused": _PLAIN,
        },
    ),
    "wakeup-list": Action(
        about="The wake-ups of a room that are still to ring, the soonest first.",
        may=("room",),
        results={
            "ok": Result(("count",), ("id", "at", "repeat")), "none": _PLAIN, "no-room": _PLAIN, "refused": _PLAIN,
        },
    ),
    "wakeup-cancel": Action(
        about="Cancels the wake-up `id`, or with `all=yes` each of the caller's room. `count`: how many.",
        may=("id", "all"),
        results={"ok": Result(("count",)), "none": _PLAIN, "refused": _PLAIN},
    ),
    "wakeup-change": Action(
        about="Puts the wake-up `id` to another moment. `none`: it is not there any more.",
        needs=("id", "at"),
        results={"ok": _AT, "past": _PLAIN, "none": _PLAIN, "refused": _PLAIN},
    ),
    "wakeup-person": Action(
        about="What a person who was to wake the guest says of it: `outcome` is awake or no-answer.",
        needs=("id", "outcome"),
        results={"ok": _PLAIN, "none": _PLAIN, "refused": _PLAIN},
    ),
    "escalation-acknowledge": Action(
        about="The person at this telephone has taken notice of the alarm. `gone`: somebody else has before.",
        needs=("alarm",),
        results={"ok": _PLAIN, "gone": _PLAIN},
    ),
    "status-set": Action(
        about="Sets the state of the caller's room. `status`: the digit that was dialled; `maid`: the maid's code.",
        needs=("status",),
        may=("maid",),
        results={
            "ok": Result(("room", "status")), "wrong-status": _PLAIN, "wrong-maid": _PLAIN, "refused": _PLAIN,
        },
    ),
    "status-get": Action(
        about="The state of the caller's room, or from a staff telephone of any.",
        may=("room",),
        results={"ok": Result(("room", "status")), "no-room": _PLAIN, "refused": _PLAIN},
    ),
    "minibar": Action(
        about="Posts a charge for what was taken from the minibar of the caller's room. `prompt`: the item's name.",
        needs=("item", "quantity"),
        results={
            "ok": Result(("quantity", "prompt")),
            "wrong-item": _PLAIN, "wrong-quantity": _PLAIN, "vacant": _PLAIN, "refused": _PLAIN,
        },
    ),
    "dnd": Action(about="Do-not-disturb of this telephone: `on` is yes or no.", needs=("on",), results=_SWITCH),
    "blocking": Action(
        about="Calls from other rooms to the caller's: refused (`on` is yes) or allowed (no).",
        needs=("on",),
        results=_SWITCH,
    ),
    "requests-list": Action(
        about="What a guest can ask for by telephone, at most nine things; `prompt`: its name.",
        results={"ok": Result(("count",), ("id", "prompt")), "none": _PLAIN, "refused": _PLAIN},
    ),
    "request-leave": Action(
        about="Notes a guest's request for the desk.",
        needs=("id",),
        results={"ok": Result(("prompt",)), "gone": _PLAIN, "refused": _PLAIN},
    ),
    "messages-list": Action(
        about="The messages for the caller's room, texts and voice mail, the unread ones first.",
        results={"ok": Result(("count",), ("id", "kind", "at")), "none": _PLAIN, "refused": _PLAIN},
    ),
    "message-prompt": Action(
        about="The message as something that can be played.",
        needs=("id",),
        results={"ok": Result(("prompt", "at")), "gone": _PLAIN},
    ),
    "message-read": Action(
        about="The message has been heard.", needs=("id",), results={"ok": _PLAIN, "gone": _PLAIN}
    ),
    "message-delete": Action(about="Deletes a message.", needs=("id",), results={"ok": _PLAIN, "gone": _PLAIN}),
    "mail-open": Action(
        about="A new voice message for a room. `file`: the name to record under; `limit`: its most seconds; `prompt`: "
        "the guest's own greeting.",
        needs=("room",),
        results={"ok": Result(("file", "limit", "prompt")), "full": _PLAIN, "no-room": _PLAIN, "refused": _PLAIN},
    ),
    "mail-keep": Action(
        about="Keeps what was recorded as a message for the room, and lights its lamp. `empty`: nothing was said.",
        needs=("room", "file"),
        results={"ok": _PLAIN, "empty": _PLAIN, "refused": _PLAIN},
    ),
    "greeting-open": Action(
        about="A new greeting for the caller's voice mail. `prompt`: the present one.",
        results={"ok": Result(("file", "prompt")), "refused": _PLAIN},
    ),
    "greeting-keep": Action(
        about="What was recorded is the greeting from now on.",
        needs=("file",),
        results={"ok": Result(("prompt",)), "empty": _PLAIN, "refused": _PLAIN},
    ),
    "greeting-remove": Action(
        about="The product's greeting is used again.", results={"ok": _PLAIN, "none": _PLAIN, "refused": _PLAIN}
    ),
    "pin-check": Action(
        about="Whether the caller is staff. `locked`: after too many wrong PINs, this telephone's codes.",
        needs=("pin",),
        results={"ok": _PLAIN, "wrong": _PLAIN, "locked": _PLAIN, "refused": _PLAIN},
    ),
    "check-in": Action(
        about="Checks a guest in whose name is not known yet. Needs a PIN before, as do the following.",
        needs=("room",),
        results={"ok": Result(("room",)), "occupied": _PLAIN, "no-room": _PLAIN, "refused": _PLAIN},
    ),
    "check-out": Action(
        about="Checks all guests of a room out. `count`: the wake-ups that end by that.",
        needs=("room",),
        results={"ok": Result(("room", "count")), "vacant": _PLAIN, "no-room": _PLAIN, "refused": _PLAIN},
    ),
    "class": Action(
        about="A room's class of restriction: internal, local, national, mobile, international or unrestricted.",
        needs=("room", "class"),
        results={"ok": Result(("room",)), "no-room": _PLAIN, "wrong-class": _PLAIN, "refused": _PLAIN},
    ),
    "house-blocking": Action(
        about="Calls from room to room in the whole house: refused (`on` is yes) or allowed (no).",
        needs=("on",),
        results=_SWITCH,
    ),
    "night": Action(about="Night service: `on` is yes or no.", needs=("on",), results=_SWITCH),
}  # fmt: skip
