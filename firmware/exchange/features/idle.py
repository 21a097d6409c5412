"""A telephone has come free: calls that wait for it ring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import incoming
from firmware.exchange.features import emergency, ringing
from firmware.exchange.half_call import Event, State

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.half import Half
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
    emergency.look_round(core)
    incoming.look_round(core)
    core.settle()


def _offer_unanswered(core: Core, telephone: Telephone) -> None:
    """An operator who has come free rings for every caller that reception is still to answer."""
    extension = telephone.extension
    if extension is None or not extension.operator:
        return
    for call in sorted(core.calls.values(), key=lambda call: not call.emergency):
        calling = call.calling
        if calling is not None and calling.terminal is not telephone and _is_for(call, telephone, calling):
            ringing.offer(call, telephone, "internal")
            return


def _is_for(call: Call, telephone: Telephone, calling: Half) -> bool:
    """The caller is to be answered at reception; who calls in from outside is looked after by `incoming`."""
    if emergency.is_joined(call):
        return emergency.wants_reception(call)
    if calling.is_outside or calling.state is not State.CALL_DELIVERED:
        return False
    return call.emergency or (call.to_reception and not telephone.do_not_disturb and bool(call.alerting))
