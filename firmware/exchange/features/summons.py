"""The exchange itself calls a person, in the house or outside, and lets him talk with a menu.

A call outside is reception's: its record names the first operator as the caller, and no class bars it. What is said on
the house's own telephones is no call of anybody's, and leaves no record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange import originate, outgoing
from firmware.exchange.call import Call, Summons
from firmware.exchange.causes import Cause
from firmware.exchange.decisions import PersonReport
from firmware.exchange.features import menu, ringing
from firmware.exchange.half_call import Event, State
from firmware.exchange.presentation import NAME_LENGTH
from firmware.exchange.routing import ToExtension, ToOutside, ToReception, resolve
from firmware.gateway.messages import CallerId, Ring, StopRing

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.dialogue import Opening
    from firmware.exchange.half import Half
    from firmware.exchange.numbering import Extension
    from firmware.exchange.telephone import HalfCall

NS = 1_000_000_000


def call(core: Core, person: str, number: str, opening: Opening, ring_s: float) -> None:
    """Ring an extension, reception's free operators, or call outside; do-not-disturb is not asked."""
    where, dialogue = resolve(core.plan, number, "complete"), menu.find(core, opening)
    if dialogue is None:
        core.decide(PersonReport(person, "failed"))
        return
    summons = Summons(person, dialogue, opening.values.get("caller", "")[:NAME_LENGTH])
    if isinstance(where, ToOutside):
        _call_outside(_new(core, summons, ring_s), where.number)
        return
    called: tuple[Extension, ...] = ()
    if isinstance(where, ToExtension):
        called = (where.extension,)
    elif isinstance(where, ToReception):
        called = core.plan.operators
    telephones = [t for t in map(core.telephone_of, called) if t is not None and t.usable]
    free = [telephone for telephone in telephones if telephone.free]
    if not free:
        core.decide(PersonReport(person, "busy" if telephones else "failed"))
        return
    summoned = _new(core, summons, ring_s)
    summoned.to_endpoint = free[0].endpoint
    for telephone in free:
        half = core.new_half(telephone, summoned)
        summoned.alerting.append(half)
        half.feed(Event.PRESENT_SUMMONS)


def _new(core: Core, summons: Summons, ring_s: float) -> Call:
    summoned = core.new_call()
    summoned.summons = summons
    core.call_due_at(summoned, core.now.monotonic_ns + round(ring_s * NS))
    return summoned


def _call_outside(summoned: Call, number: str) -> None:
    core = summoned.core
    summoned.outside, summoned.dialled = True, number
    summoned.from_endpoint = next((e.port for e in core.plan.operators), None)
    if not outgoing.take(summoned, next(outgoing.idle_lines(core), None)):
        summoned.release(Cause.NO_CIRCUIT)


def alert(half: HalfCall) -> None:
    """It shows what the opening calls itself (its value `caller`)."""
    summons = half.the_call.summons
    assert summons is not None
    half.core.send(Ring(endpoint=half.endpoint, kind="priority", caller=CallerId(name=summons.shown)))


def answer(half: HalfCall, answered: bool) -> State:
    """Lifted. Before it rang: a call of its own."""
    core, summoned = half.core, half.the_call
    if not answered:
        core.send(StopRing(endpoint=half.endpoint))
        ringing.candidate_lost(half, Cause.USER_BUSY)
        return originate.start(half, given=True)
    summoned.detach(half)
    summoned.stop_alerting()
    summoned.calling, summoned.from_endpoint, summoned.to_endpoint = half, half.endpoint, None
    return talk(half)


def talk(half: Half) -> State:
    """Who has answered talks with the menu."""
    summoned = half.the_call
    assert summoned.summons is not None
    half.core.call_due_at(summoned, None)
    return menu.start(half, summoned.summons.dialogue)


def conclude(half: Half) -> None:
    """The menu is over: so is the exchange's own call, and whatever follows is another one."""
    summoned = half.call
    if summoned is not None and summoned.summons is not None:
        summoned.summons.heard_out = True
        summoned.release(Cause.NORMAL_CLEARING, by=half)
        half.call = None


def stop(core: Core, person: str) -> None:
    """It is not needed any more. Who has answered hears the menu to its end: perhaps it was he who saw to it."""
    for summoned in list(core.calls.values()):
        answered = summoned.calling is not None or summoned.answered_ns is not None
        if summoned.summons is not None and summoned.summons.person == person and not answered:
            summoned.release(Cause.NORMAL_CLEARING)


def abandoned(core: Core) -> list[PersonReport]:
    """Nothing will be heard of these any more."""
    found = (summoned.summons for summoned in core.calls.values())
    return [PersonReport(summons.person, "failed") for summons in found if summons is not None]
