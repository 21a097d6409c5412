"""One attempt of a wake-up, as its guest and the agent experience it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeVar

import pytest

from boardsupport.port import Fault, InService, OutOfService, RingBurst
from firmware.gateway.messages import (
    Apply,
    Audit,
    AuditReport,
    Collect,
    Command,
    Connect,
    DigitMap,
    Error,
    ForgetJournal,
    Leg,
    LodgeWakeups,
    OffHook,
    OnHook,
    Ring,
    Signal,
    StopRing,
    StopWake,
    Wake,
    WakeupAnswered,
    WakeupEnded,
    WakeupOutcome,
)
from firmware.voice.wakeup_checks import usable
from tests.unit.voice.bedside import UTC_NS, Bedside, wakeup

E = TypeVar("E")
GREETING = ("good-morning", "seven")


@pytest.fixture
def room() -> Bedside:
    """Its agent is there."""
    room = Bedside()
    room.agent_comes()
    return room


def told(room: Bedside, kind: type[E]) -> list[E]:
    return [event for event in room.told if isinstance(event, kind)]


def ended(room: Bedside) -> WakeupEnded:
    (event,) = told(room, WakeupEnded)
    return event


def test_all_telephones_of_the_room_ring_and_show_nothing(room: Bedside) -> None:
    room.wake(wakeup())
    assert room.ringing == ["fxs/1", "fxs/2"]
    ring = room.rig.lines.ringing["fxs/1"]
    assert (ring.kind, ring.caller, ring.on_answer) == ("wake-up", None, None)
    assert room.rig.state("fxs/1").wakeup == "w1"


def test_the_first_that_is_lifted_hears_the_greeting_and_the_others_stop(room: Bedside) -> None:
    room.wake(wakeup())
    room.rig.lift("fxs/2")
    room.turn()
    assert room.ringing == []
    assert room.prompts("fxs/2") == GREETING
    (answered,) = told(room, WakeupAnswered)
    assert (answered.id, answered.endpoint) == ("w1", "fxs/2")
    assert not told(room, OffHook)
    assert (room.rig.state("fxs/1").wakeup, room.rig.state("fxs/2").wakeup) == (None, "w1")


def test_two_that_are_lifted_at_once_the_second_is_the_agents(room: Bedside) -> None:
    room.wake(wakeup())
    room.rig.lift("fxs/2", "fxs/1")
    room.turn()
    assert [event.endpoint for event in told(room, OffHook)] == ["fxs/1"]
    assert room.prompts("fxs/2") == GREETING


@pytest.mark.parametrize(("key", "outcome"), [("1#", "confirmed"), ("2", "snoozed"), ("0", "reception")])
def test_a_key_ends_the_attempt_and_leaves_the_telephone_to_the_agent(
    room: Bedside, key: str, outcome: WakeupOutcome
) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.press("fxs/1", key)
    event, state = ended(room), room.rig.state("fxs/1")
    assert (event.outcome, event.endpoint) == (outcome, "fxs/1")
    assert (state.wakeup, state.signal, state.collecting, state.digits) == (None, None, False, "")
    (entry,) = room.journal.entries()
    assert (entry.entry, entry.outcome, entry.endpoints) == (event.entry, outcome, ("fxs/1",))
    assert entry.answered_ns is not None


def test_one_may_begin_an_emergency_number_and_is_a_key_after_a_moment(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.press("fxs/1", "1")
    assert not told(room, WakeupEnded)
    room.wait(2)
    assert ended(room).outcome == "confirmed"


def test_who_presses_a_key_and_hangs_up_at_once_has_pressed_it(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.press("fxs/1", "1")
    room.replace("fxs/1")
    assert (ended(room).outcome, ended(room).endpoint) == ("confirmed", None)
    room.wake(wakeup("w2"))
    room.lift("fxs/1")
    room.press("fxs/1", "11")
    room.replace("fxs/1")
    assert [event.outcome for event in told(room, WakeupEnded)] == ["confirmed", "no-key"]


def test_an_emergency_number_is_complete_at_once(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.press("fxs/1", "112")
    event = ended(room)
    assert (event.outcome, event.digits, event.endpoint) == ("emergency", "112", "fxs/1")
    assert room.rig.state("fxs/1").digits == "112", "an agent that comes now finds what was dialled"


def test_a_wrong_key_has_the_greeting_heard_again_three_times_in_all(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    for _ in range(2):
        room.press("fxs/1", "7")
        assert room.prompts("fxs/1") == GREETING
    room.press("fxs/1", "7")
    assert (ended(room).outcome, ended(room).endpoint) == ("no-key", "fxs/1")


def test_a_guest_who_presses_nothing_hears_the_greeting_three_times(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    heard = []
    for _ in range(200):
        if not told(room, WakeupEnded):
            heard.append(room.prompts("fxs/1") == GREETING)
        room.wait(0.1)
    beginnings = sum(now and not before for before, now in pairwise([False, *heard]))
    assert (beginnings, ended(room).outcome) == (3, "no-key")
    assert 18 <= len(heard) / 10 <= 20, "six seconds for a key after each"


def test_replacing_the_handset_without_a_key_is_no_key_and_no_on_hook_is_told(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.replace("fxs/1")
    assert (ended(room).outcome, ended(room).endpoint) == ("no-key", None)
    assert not told(room, OnHook)
    room.lift("fxs/1")
    assert told(room, OffHook), "afterwards it is a telephone like any other"


def test_nobody_lifts(room: Bedside) -> None:
    room.wake(wakeup(ring_ms=20_000))
    room.wait(19)
    assert room.ringing
    room.wait(2)
    assert not room.ringing
    assert (ended(room).outcome, ended(room).endpoint) == ("no-answer", None)


@pytest.mark.parametrize(("dead", "outcome"), [((1, 2), "failed"), ((1,), "no-answer")])
def test_a_room_whose_lines_are_dead_has_been_rung_by_nothing(
    room: Bedside, dead: tuple[int, ...], outcome: WakeupOutcome
) -> None:
    room.wake(wakeup(ring_ms=20_000))
    for number in dead:
        room.rig.line(f"fxs/{number}", Fault(room.rig.now, "line-dead", True, "no ringing current"))
    room.wait(19)
    assert room.ringing == ["fxs/1", "fxs/2"], "it is rung all the same: the pair may be mended meanwhile"
    room.wait(2)
    assert ended(room).outcome == outcome == room.outcomes()[0]


def test_it_began_when_the_first_bell_was_on_the_line(room: Bedside) -> None:
    room.wake(wakeup(ring_ms=20_000))
    room.wait(3)
    first_ns = room.rig.now
    room.rig.line("fxs/2", RingBurst(first_ns, True, 1))
    room.wait(1)
    room.rig.line("fxs/1", RingBurst(room.rig.now, True, 1))
    room.wait(20)
    (entry,) = room.journal.entries()
    assert (ended(room).started_ns, entry.started_ns, entry.utc_ns) == (first_ns, first_ns, UTC_NS + first_ns)


def test_later_attempts_have_greetings_of_their_own(room: Bedside) -> None:
    room.wake(wakeup(), attempt=3)
    room.lift("fxs/1")
    assert room.prompts("fxs/1") == ("again",)


def test_where_no_key_is_needed_the_outcome_is_on_disk_before_the_greeting_is_over(room: Bedside) -> None:
    room.wake(wakeup(keys={}))
    room.lift("fxs/1")
    assert [entry.outcome for entry in room.disk.journal] == ["answered"]
    assert room.prompts("fxs/1") == GREETING and not told(room, WakeupEnded)
    room.wait(2)
    assert (ended(room).outcome, ended(room).endpoint) == ("answered", "fxs/1")
    assert ended(room).entry == room.disk.journal[0].entry


def test_where_no_key_is_needed_replacing_is_no_failure_and_help_can_be_called(room: Bedside) -> None:
    room.wake(wakeup(keys={}))
    room.lift("fxs/1")
    room.press("fxs/1", "112")
    assert (ended(room).outcome, ended(room).digits) == ("answered", "112")


def test_the_outcome_is_told_when_it_is_on_the_disk(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.disk.held = True
    room.press("fxs/1", "2")
    room.wait(1)
    assert not told(room, WakeupEnded)
    assert room.rig.state("fxs/1").wakeup == "w1"
    room.disk.held = False
    room.settle()
    assert ended(room).outcome == "snoozed"


def test_a_disk_that_refuses_leaves_no_guest_in_silence(room: Bedside) -> None:
    room.disk.full = True
    room.wake(wakeup())
    room.lift("fxs/1")
    room.press("fxs/1", "2")
    assert ended(room).outcome == "snoozed"


def test_a_guest_who_hangs_up_before_it_is_told_has_hung_up(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.disk.held = True
    room.press("fxs/1", "2")
    room.replace("fxs/1")
    room.disk.held = False
    room.settle()
    assert (ended(room).outcome, ended(room).endpoint) == ("snoozed", None)
    assert not told(room, OnHook)


def test_a_missing_greeting_is_a_tone(room: Bedside) -> None:
    room.rig.prompts.files.clear()
    room.wake(wakeup())
    room.lift("fxs/1")
    assert room.tone("fxs/1") == "confirmation"
    room.press("fxs/1", "2")
    assert ended(room).outcome == "snoozed"


# --------------------------------------------------------------------------------------------- what cannot be, and ends


@pytest.mark.parametrize("key", ["1#", None])
def test_one_that_was_confirmed_or_answered_is_over_also_when_the_entry_is_forgotten_and_after_a_restart(
    room: Bedside, key: str | None
) -> None:
    order = wakeup() if key else wakeup(keys={})
    room.wake(order)
    room.lift("fxs/1")
    if key:
        room.press("fxs/1", key)
    room.wait(2)
    room.replace("fxs/1")
    assert refusal(room, Wake(wakeup=order)) == "over"
    room.rig.do(ForgetJournal(entries=tuple(entry.entry for entry in room.journal.entries())))
    room.settle()
    assert room.journal.entries() == ()
    assert refusal(room, Wake(wakeup=order)) == "over"
    room.die()
    assert refusal(room, Wake(wakeup=order)) == "over"


def refusal(room: Bedside, command: Command) -> str | None:
    reply = room.reply(command)
    return reply.code if isinstance(reply, Error) else None


def test_what_rings_already_or_cannot_ring_is_refused(room: Bedside) -> None:
    room.wake(wakeup())
    assert refusal(room, Wake(wakeup=wakeup())) == "standing"
    assert refusal(room, Wake(wakeup=wakeup("w2"))) == "busy", "its telephones ring for another"
    room.lift("fxs/3")
    assert refusal(room, Wake(wakeup=wakeup("w3", endpoints=("fxs/3",)))) == "busy"
    room.rig.line("fxs/4", OutOfService(room.rig.now, "no-supply"))
    assert refusal(room, Wake(wakeup=wakeup("w4", endpoints=("fxs/4",)))) == "failed"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"endpoints": ()}, "endpoints"),
        ({"endpoints": ("fxs/9",)}, "endpoint"),
        ({"endpoints": ("fxs/1", "fxs/1")}, "endpoints"),
        ({"greetings": ()}, "greetings"),
        ({"greetings": ((),)}, "greetings"),
        ({"greetings": (("../secret",),)}, "prompts"),
        ({"keys": {"11": "confirmed"}}, "keys"),
        ({"emergency": ("help",)}, "emergency"),
        ({"ring_ms": 0}, "ring-ms"),
        ({"attempts": 0}, "attempts"),
        ({"spacing_ms": -1}, "times"),
    ],
)
def test_an_impossible_wake_up_is_refused_at_once_and_when_it_is_lodged(
    room: Bedside, fields: dict[str, Any], code: str
) -> None:
    assert refusal(room, Wake(wakeup=wakeup(**fields))) == code
    assert refusal(room, LodgeWakeups(revision="r", wakeups=(wakeup(**fields),))) == code
    assert not room.ringing


@pytest.mark.parametrize(
    "command",
    [
        Ring(endpoint="fxs/1"),
        StopRing(endpoint="fxs/1"),
        Apply(endpoint="fxs/1", signal=None),
        Collect(endpoint="fxs/1", digit_map=DigitMap(patterns=("1",)), signal=Signal(tone="dial")),
        Connect(connection="c", legs=(Leg(endpoint="fxs/1"), Leg(endpoint="fxs/3"))),
    ],
)
def test_its_telephones_are_its_own_meanwhile(room: Bedside, command: Command) -> None:
    room.wake(wakeup())
    assert refusal(room, command) == "wakeup"
    room.lift("fxs/1")
    assert refusal(room, command) == "wakeup"
    assert room.prompts("fxs/1") == GREETING


def test_stopped_while_it_rings_and_while_it_is_heard(room: Bedside) -> None:
    room.wake(wakeup())
    room.rig.do(StopWake(id="w1"), StopWake(id="unknown"))
    room.settle()
    assert (room.ringing, ended(room).outcome, ended(room).endpoint) == ([], "stopped", None)
    room.told.clear()
    room.wake(wakeup("w2"))
    room.lift("fxs/1")
    room.rig.do(StopWake(id="w2"))
    room.settle()
    assert (ended(room).outcome, ended(room).endpoint) == ("stopped", "fxs/1")
    room.press("fxs/1", "1")
    room.wait(3)
    state = room.rig.state("fxs/1")
    assert (state.signal, state.collecting) == (None, False)


def test_a_telephone_that_is_replaced_while_the_other_rings_rings_too(room: Bedside) -> None:
    room.lift("fxs/2")
    room.wake(wakeup())
    assert room.ringing == ["fxs/1"]
    room.replace("fxs/2")
    assert room.ringing == ["fxs/1", "fxs/2"]
    assert told(room, OnHook), "it was not in the attempt then"


def test_a_port_that_fails_while_it_rings_ends_the_attempt_if_it_was_the_last(room: Bedside) -> None:
    room.wake(wakeup())
    room.rig.line("fxs/1", OutOfService(room.rig.now, "no-supply"))
    room.settle()
    assert room.ringing == ["fxs/2"] and not told(room, WakeupEnded)
    room.rig.line("fxs/2", OutOfService(room.rig.now, "no-supply"))
    room.settle()
    assert ended(room).outcome == "failed"


def test_a_port_that_fails_during_the_greeting_ends_the_attempt(room: Bedside) -> None:
    room.wake(wakeup())
    room.lift("fxs/1")
    room.rig.line("fxs/1", OutOfService(room.rig.now, "no-supply"))
    room.settle()
    assert (ended(room).outcome, ended(room).endpoint) == ("failed", None)


def test_a_port_that_is_initialised_anew_while_it_rings_rings_on(room: Bedside) -> None:
    room.wake(wakeup())
    room.rig.lines.ringing.clear()
    room.rig.line("fxs/1", InService(room.rig.now, off_hook=False, cold=False))
    room.settle()
    assert "fxs/1" in room.ringing


def test_after_a_change_of_the_board_what_was_lodged_rings_where_there_are_telephones(room: Bedside) -> None:
    kept = (wakeup("w1", endpoints=("fxs/1", "fxs/9")), wakeup("w2", endpoints=("fxs/9",)), wakeup("w3", attempts=0))
    fitting = usable(LodgeWakeups(revision="r", wakeups=kept), room.rig.gateway)
    assert [(one.id, one.endpoints) for one in fitting.wakeups] == [("w1", ("fxs/1",))]


# ------------------------------------------------------------------------------------------------- agents come and go


def test_an_attempt_goes_on_without_its_agent_and_is_told_to_the_next(room: Bedside) -> None:
    room.wake(wakeup())
    room.agent_dies()
    room.wait(2)
    assert room.ringing == ["fxs/1", "fxs/2"], "survival leaves it alone"
    room.lift("fxs/1")
    assert room.prompts("fxs/1") == GREETING
    reply = room.reply(Audit())
    assert isinstance(reply, AuditReport)
    assert [state.wakeup for state in reply.endpoints] == ["w1", None, None, None]
    room.told.clear()
    room.press("fxs/1", "2")
    assert ended(room).outcome == "snoozed"


def test_an_outcome_that_no_agent_has_seen_is_in_the_audit(room: Bedside) -> None:
    room.wake(wakeup())
    room.agent_dies()
    room.wait(2)
    room.lift("fxs/1")
    room.press("fxs/1", "1#")
    reply = room.reply(Audit())
    assert isinstance(reply, AuditReport)
    (entry,) = reply.journal
    assert (entry.kind, entry.wakeup, entry.outcome) == ("wakeup", "w1", "confirmed")
