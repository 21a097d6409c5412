"""What menus want done, carried out: each action of `firmware.ivr.actions` by one of the groups of handlers."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.errors import NightPorterError, OurFaultError, RefusedError
from firmware.exchange.decisions import DialogueActs
from firmware.exchange.dialogue import Answered
from firmware.ivr.actions import ACTIONS, REFUSED, UNAVAILABLE
from firmware.log import Log
from firmware.services.caller import Callers
from firmware.services.guest_actions import GuestActions
from firmware.services.handlers import Handler
from firmware.services.message_actions import MessageActions
from firmware.services.staff_actions import StaffActions
from firmware.services.wakeup_actions import WakeupActions

WORDS: Mapping[str, str] = {
    "unknown-room": "no-room",
    "unknown-wakeup": "none",
    "not-due": "none",
    "ringing": "none",
    "unknown-message": "gone",
    "unknown-kind": "gone",
    "too-many": "gone",
    "unknown-alarm": "gone",
    "full": "full",
    "occupied": "occupied",
    "past": "past",
    "vacant": "vacant",
    "wrong": "wrong",
}
"""What a menu is told of a refusal, by its code, if the action knows that word; "refused" otherwise."""

log = Log("services")


class ServiceActions:
    """Does what a dialogue asks for, if its caller may."""

    def __init__(
        self,
        callers: Callers,
        guests: GuestActions,
        wakeups: WakeupActions,
        messages: MessageActions,
        staff: StaffActions,
    ) -> None:
        self._callers = callers
        self._handlers: dict[str, Handler] = {
            **guests.handlers(),
            **wakeups.handlers(),
            **messages.handlers(),
            **staff.handlers(),
        }
        if missing := ACTIONS.keys() ^ self._handlers.keys():
            raise OurFaultError(f"actions without handler, or handlers without action: {', '.join(sorted(missing))}")

    async def perform(self, acts: DialogueActs) -> Answered:
        """What has become of it; whatever is changed is on disk by then. It raises nothing: a caller waits."""
        action = ACTIONS.get(acts.action)
        given = {name: value for name, value in acts.arguments.items() if value}
        if action is None or any(name not in given for name in action.needs):
            log.error("cannot-be", action=acts.action, given=" ".join(sorted(given)))
            return Answered(UNAVAILABLE if action is None else REFUSED)
        try:
            return await self._handlers[acts.action](self._callers.caller(acts), given)
        except RefusedError as error:
            log.info("refused", action=acts.action, code=error.code, error=error)
            return Answered(_word(error.code, action.results))
        except NightPorterError as error:
            log.error("not-done", action=acts.action, error=error)
            return Answered(UNAVAILABLE)


def _word(code: str, results: Mapping[str, object]) -> str:
    """What this action's menus know of it."""
    word = WORDS.get(code, REFUSED)
    return word if word in results else REFUSED
