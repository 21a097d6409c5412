"""A telephone has come free: calls that wait for it ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import incoming
from firmware.exchange.features import ringing
from firmware.exchange.half_call import Event, State

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.terminals import Telephone


def look_round(core: Core) -> None:
    """For every telephone that has nothing in front: the call that waits at it, or one that looks for an operator."""
    for telephone in core.telephones.values():
        if telephone.off_hook or not telephone.usable or telephone.front is not None:
            continue
        if telephone.waiting is not None:
            telephone.waiting.feed(Event.ON_HOOK)
        elif not telephone.halves:
            _offer_unanswered(core, telephone)
    incoming.look_round(core)
    core.settle()


def _offer_unanswered(core: Core, telephone: Telephone) -> None:
    """An operator who has come free rings for every caller that reception is still to answer."""
    extension = telephone.extension
    if extension is None or not extension.operator:
        return
    for call in core.calls.values():
        wanted = call.emergency or (call.to_reception and not telephone.do_not_disturb)
        calling = call.calling
        if not wanted or calling is None or calling.state is not State.CALL_DELIVERED:
            continue
        looks = call.alerting or calling.is_outside or (call.emergency and not call.attending)
        if calling.terminal is not telephone and looks:
            ringing.offer(call, telephone, "priority" if call.emergency else "internal")
            return
