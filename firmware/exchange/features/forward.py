"""Nobody answers, or the telephone is busy: the caller hears so, or comes to reception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.causes import Cause
from firmware.exchange.dialogue import Opening
from firmware.exchange.features import menu, ringing
from firmware.exchange.half_call import State

if TYPE_CHECKING:
    from firmware.exchange.numbering import VoiceMailCase
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone

_CAUSES: dict[VoiceMailCase, Cause] = {
    "busy": Cause.USER_BUSY,
    "dnd": Cause.CALL_REJECTED,
    "no-answer": Cause.NO_ANSWER,
}


def forwards(telephone: Telephone, case: str, by_site: bool) -> bool:
    return by_site or case in telephone.forward


def if_busy(half: HalfCall, telephone: Telephone, case: VoiceMailCase) -> State:
    """The dialled telephone cannot take the call."""
    if forwards(telephone, "busy", half.core.settings.forward_busy) and not _is_operator(half):
        return originate.to_reception(half)
    return leave_message(half, telephone, case) or originate.fail(half, _CAUSES[case])


def leave_message(half: HalfCall, telephone: Telephone, case: VoiceMailCase) -> State | None:
    """The caller may speak a message for the guest; None: there is no guest, or no voice mail for this case.

    He is spoken to in the language of his own room, not in the guest's. His call is over, and its record says why; the
    talk with the machine is no call of anybody's.
    """
    core, caller, called = half.core, half.telephone.extension, telephone.extension
    room = None if called is None else called.guest_room
    if case not in core.settings.voice_mail or room not in core.occupied or caller is None or half.the_call.emergency:
        return None
    opening = Opening("mail-leave", caller.number, caller.room or caller.guest_room, {"room": room})
    dialogue = menu.find(core, opening)
    if dialogue is None:
        return None
    consulting = half.the_call.consult_for
    half.the_call.close_record(_CAUSES[case])
    half.the_call.detach(half)
    half.call = None
    originate.begin_call(half)
    half.the_call.consult_for = consulting
    return menu.start(half, dialogue)


def _is_operator(half: HalfCall) -> bool:
    extension = half.telephone.extension
    return extension is not None and extension.operator


def no_answer(half: HalfCall) -> State:
    """Time is up for the caller's ringback. An emergency call rings on."""
    call, core = half.the_call, half.core
    if call.emergency:
        return State.CALL_DELIVERED
    rung = [alerting.telephone for alerting in call.alerting]
    wanted = any(forwards(telephone, "no-answer", core.settings.forward_no_answer) for telephone in rung)
    ringing.withdraw(call)
    transferrer, call.recall_to = core.telephones.get(call.recall_to or ""), None
    if transferrer is not None and transferrer.free:
        return originate.deliver(half, [transferrer], "recall")
    if wanted and not call.to_reception and not _is_operator(half):
        return originate.to_reception(half)
    state = leave_message(half, rung[0], "no-answer") if len(rung) == 1 else None
    return state or originate.fail(half, Cause.NO_ANSWER)
