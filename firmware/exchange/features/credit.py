"""The credit of a guest: how long his room may talk outside, the warning before the end, and the end.

It is spent by who talks through a company line that was called out by: from a telephone of the room, or given to it by
reception. All that counts is when it began and was answered, the number, and what is left, so nothing of it need be
kept in tags. Calls of one room that stand together end together, when their shares of its credit make up the whole.
Staff has no limit, and no emergency call has one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.exchange.call_timers import CREDIT_WARNING
from firmware.exchange.causes import Cause
from firmware.exchange.half_call import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firmware.exchange.call import Call
    from firmware.exchange.core import Core
    from firmware.exchange.half import Half
    from firmware.exchange.telephone import HalfCall

NS = 1_000_000_000


def refuses(half: HalfCall, number: str) -> bool:
    """Whether a call to this number outside may not even begin."""
    room = _room(half)
    seconds = None if room is None else _seconds(half.the_call, room, number)
    return seconds is not None and seconds <= 0


def look_round(core: Core) -> None:
    """A call was answered, or given to somebody else: another room's credit may be spent from now on."""
    asked: dict[str, None] = {}
    for call in core.calls.values():
        room = _payer(call)
        if room != call.paid_by:
            asked.update(dict.fromkeys(filter(None, (call.paid_by, room))))
            _change_payer(call, room)
        elif _last_minute(call) and not call.warned:
            _warn(call)
    for room in asked:
        look_after(core, room)
    core.settle()


def rooms(core: Core) -> list[str]:
    """Whose credit is being spent."""
    return list(dict.fromkeys(call.paid_by for call in core.calls.values() if call.paid_by is not None))


def look_after(core: Core, room: str) -> None:
    """Ask how long the calls on this room's credit may last, and have each end then."""
    calls = [call for call in core.calls.values() if call.paid_by == room]
    allowed = [(call, _seconds(call, room, call.number_outside)) for call in calls]
    together = _end_ns([(call.answered_ns or 0, s) for call, s in allowed if s is not None and s > 0])
    for call, seconds in allowed:
        if seconds is None:
            _end_at(call, None)
        else:
            _end_at(call, together if seconds > 0 else core.now.monotonic_ns)


def _seconds(call: Call, room: str, number: str) -> float | None:
    """By the prices that the bill goes by: those at the start."""
    core = call.core
    return core.settings.allowance.seconds(room, number, core.now.local_at(call.started_ns))


def _end_ns(calls: Sequence[tuple[int, float]]) -> int | None:
    """When calls have used up a credit of which each alone, begun at its instant, had so many seconds.

    A call uses the same share of it in every second; one alone ends when its seconds are over.
    """
    if not calls:
        return None
    first_ns = min(begun_ns for begun_ns, _ in calls)
    each_second = sum(1 / seconds for _, seconds in calls)
    saved = sum((begun_ns - first_ns) / NS / seconds for begun_ns, seconds in calls)
    return first_ns + round((1 + saved) / each_second * NS)


def _change_payer(call: Call, room: str | None) -> None:
    if call.ends_ns is not None:
        call.core.call_due_at(call, None)
    call.paid_by, call.ends_ns, call.warned = room, None, False


def _end_at(call: Call, ends_ns: int | None) -> None:
    """The call ends then, if nothing comes in between; None: it has no limit."""
    core, call.ends_ns = call.core, ends_ns
    if ends_ns is not None and _has_come(core, ends_ns):
        core.note("credit-used-up", room=call.paid_by, call=call.id)
        call.release(Cause.NORMAL_UNSPECIFIED)
    elif _last_minute(call):
        core.call_due_at(call, ends_ns)
        if not call.warned:
            _warn(call)
    else:
        core.call_due_at(call, None if ends_ns is None else ends_ns - _warning_ns(core))
        call.warned = False


def _last_minute(call: Call) -> bool:
    return call.ends_ns is not None and _has_come(call.core, call.ends_ns - _warning_ns(call.core))


def _has_come(core: Core, at_ns: int) -> bool:
    """On the scale of the timers, so that what is due by them has come."""
    return core.now.seconds >= at_ns / 1e9


def _warning_ns(core: Core) -> int:
    return round(CREDIT_WARNING.value(core.settings.timers) * NS)


def _warn(call: Call) -> None:
    """The tone is mixed into what the guest hears; who does not talk just now hears it as soon as he does."""
    guest, core = _guest(call), call.core
    telephone = None if guest is None else core.telephones.get(guest.endpoint)
    front = None if telephone is None else telephone.front
    if front is not None and front.state is State.ACTIVE:
        call.warned = True
        core.play(front.endpoint, "end-of-period", overlay=True)
        core.note("credit-ends-soon", room=call.paid_by, call=call.id)


def _payer(call: Call) -> str | None:
    """The room on whose credit the call is now."""
    guest = _guest(call)
    return None if guest is None else _room(guest)


def _guest(call: Call) -> Half | None:
    """Who talks through a line that was called out by."""
    if call.emergency or call.answered_ns is None or not call.number_outside:
        return None
    given = call.calling is not None and call.calling.is_outside
    return call.called if given else call.calling


def _room(half: Half) -> str | None:
    return None if half.extension is None else half.extension.guest_room
