"""Nobody answers, or the telephone is busy: the caller hears so, or comes to reception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.causes import Cause
from firmware.exchange.features import ringing
from firmware.exchange.half_call import State

if TYPE_CHECKING:
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.terminals import Telephone


def forwards(telephone: Telephone, case: str, by_site: bool) -> bool:
    return by_site or case in telephone.forward


def if_busy(half: HalfCall, telephone: Telephone, cause: Cause) -> State:
    """The dialled telephone cannot take the call."""
    if forwards(telephone, "busy", half.core.settings.forward_busy) and not _is_operator(half):
        return originate.to_reception(half)
    return originate.fail(half, cause)


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
    return originate.fail(half, Cause.NO_ANSWER)
