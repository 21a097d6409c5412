"""Nobody answers, or the telephone is busy: the caller hears so, or comes to reception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate
from firmware.exchange.causes import Cause
from firmware.exchange.features import ringing
from firmware.exchange.half_call import Event, State

if TYPE_CHECKING:
    from firmware.exchange.telephone import HalfCall, Telephone


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
    if call.recall_to is not None:
        return _back_to_transferrer(half)
    rung = [alerting.telephone for alerting in call.alerting]
    wanted = any(forwards(telephone, "no-answer", core.settings.forward_no_answer) for telephone in rung)
    for alerting in tuple(call.alerting):
        call.detach(alerting)
        alerting.call = None
        core.post(alerting, Event.RELEASED, Cause.NO_ANSWER)
    call.connection += "'"  # an answer of this very moment is then another connection, and is ended as such
    if wanted and not call.to_reception and not _is_operator(half):
        return originate.to_reception(half)
    return originate.fail(half, Cause.NO_ANSWER)


def _back_to_transferrer(half: HalfCall) -> State:
    """A transferred caller whom nobody answers comes back to whoever transferred him, if he can ring."""
    call, core = half.the_call, half.core
    transferrer = core.telephones.get(call.recall_to or "")
    call.recall_to = None
    if transferrer is None or not transferrer.free:
        return no_answer(half)
    for alerting in tuple(call.alerting):
        call.detach(alerting)
        alerting.call = None
        core.post(alerting, Event.RELEASED, Cause.NO_ANSWER)
    ringing.offer(call, transferrer, "recall")
    return State.CALL_DELIVERED
