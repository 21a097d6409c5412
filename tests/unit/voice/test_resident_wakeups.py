"""Wake-ups while no agent is there: what is due rings, again where nobody confirms it, and never after that."""

from __future__ import annotations

import random

import pytest

from boardsupport.port import InService, OutOfService
from firmware.gateway.messages import (
    Audit,
    AuditReport,
    Done,
    EndpointState,
    Error,
    ForgetJournal,
    LodgeWakeups,
    Wake,
    WakeupEnded,
)
from tests.unit.voice.bedside import SECOND_NS, Bedside, wakeup

LATE_S = 600
NEVER_AGAIN = {"confirmed", "answered", "reception", "emergency", "missed"}


def test_what_is_lodged_rings_when_it_is_due_and_not_before() -> None:
    room = Bedside(wakeup())
    room.wait_until(59.5)
    assert not room.ringing
    while not room.ringing:
        room.rig.block()
        room.turn()
        assert room.rig.now <= 60 * SECOND_NS + 20_000_000
    assert room.rig.now >= 60 * SECOND_NS


def test_the_guest_confirms_and_is_thanked_and_it_never_rings_again() -> None:
    room = Bedside(wakeup())
    room.wait_until(61)
    room.lift("fxs/1")
    assert room.prompts("fxs/1") == ("good-morning", "seven")
    room.press("fxs/1", "1#")
    assert room.disk.journal[0].outcome == "confirmed"
    assert room.prompts("fxs/1") == ("thanks",)
    room.wait(1)
    assert room.tone("fxs/1") == "congestion"
    room.replace("fxs/1")
    room.wait(1000)
    assert (room.outcomes(), room.ringing) == (["confirmed"], [])


def test_reception_rings_for_a_guest_who_asks_for_it() -> None:
    room = Bedside(wakeup(due_s=5))
    room.wait_until(6)
    room.lift("fxs/1")
    room.press("fxs/1", "0")
    room.wait(1)
    assert room.rig.lines.ringing["fxs/4"].kind == "internal"
    room.lift("fxs/4")
    assert room.rig.state("fxs/1").connection == room.rig.state("fxs/4").connection is not None


def test_an_emergency_number_during_the_greeting_calls_for_help() -> None:
    room = Bedside(wakeup(due_s=5))
    room.wait_until(6)
    room.lift("fxs/1")
    room.press("fxs/1", "112")
    assert room.rig.lines.ringing["fxs/4"].kind == "priority"


def test_an_emergency_number_that_a_dying_agent_did_not_see_calls_for_help() -> None:
    room = Bedside()
    room.agent_comes()
    room.wake(wakeup())
    room.lift("fxs/1")
    room.press("fxs/1", "112")
    room.agent_dies()
    room.wait(2)
    assert room.rig.lines.ringing["fxs/4"].kind == "priority"


def test_an_emergency_has_the_telephone_of_reception_though_it_rings_for_a_wake_up() -> None:
    room = Bedside(wakeup(endpoints=("fxs/4",), due_s=5, spacing_ms=30_000))
    room.wait_until(6)
    assert room.ringing == ["fxs/4"]
    room.lift("fxs/1")
    room.press("fxs/1", "112")
    assert room.rig.lines.ringing["fxs/4"].kind == "priority"
    room.replace("fxs/1")
    room.wait(40)
    assert (room.ringing, room.outcomes()) == (["fxs/4"], ["stopped"]), "the wake-up is not lost"


def test_nobody_lifts_so_it_rings_again_after_the_spacing_as_often_as_it_says() -> None:
    room = Bedside(wakeup(ring_ms=30_000, spacing_ms=60_000, attempts=2))
    room.wait_until(95)
    assert (room.outcomes(), room.ringing) == (["no-answer"], [])
    room.wait_until(149)
    assert not room.ringing
    room.wait_until(152)
    assert room.ringing
    room.wait_until(1000)
    assert room.outcomes() == ["no-answer", "no-answer"]


def test_put_off_it_begins_again_with_all_its_attempts() -> None:
    room = Bedside(wakeup(ring_ms=30_000, spacing_ms=60_000, snooze_ms=300_000, attempts=1))
    room.wait_until(61)
    room.lift("fxs/1")
    room.press("fxs/1", "2")
    room.replace("fxs/1")
    room.wait_until(360)
    assert not room.ringing
    room.wait_until(363)
    assert room.ringing
    room.wait_until(1500)
    assert room.outcomes() == ["snoozed", "no-answer"]


def test_a_room_that_talks_hears_a_tone_and_is_rung_when_it_hangs_up() -> None:
    room = Bedside(wakeup(endpoints=("fxs/1",)))
    talk(room)
    room.wait_until(62)
    assert room.tone("fxs/1") == "call-waiting"
    room.replace("fxs/1")
    assert room.ringing == ["fxs/1"]
    assert room.outcomes() == []


def test_a_room_that_talks_for_long_is_busy_and_rung_as_soon_as_it_hangs_up() -> None:
    room = Bedside(wakeup(endpoints=("fxs/1",), ring_ms=30_000))
    talk(room)
    room.wait_until(95)
    assert room.outcomes() == ["busy"]
    assert room.tone("fxs/1") is None
    room.replace("fxs/1")
    assert room.ringing == ["fxs/1"]
    room.lift("fxs/1")
    assert room.prompts("fxs/1") == ("again",), "it is the second attempt"


def talk(room: Bedside) -> None:
    room.settle()
    room.lift("fxs/3")
    room.press("fxs/3", "101")
    room.lift("fxs/1")
    assert room.rig.state("fxs/1").connection is not None


def test_a_telephone_that_is_not_in_service_yet_is_waited_for() -> None:
    room = Bedside(wakeup(endpoints=("fxs/1",)))
    room.rig.line("fxs/1", OutOfService(room.rig.now, "no-supply"))
    room.wait_until(62)
    room.rig.line("fxs/1", InService(room.rig.now, off_hook=False, cold=True))
    room.settle()
    assert room.ringing == ["fxs/1"]


def test_a_telephone_that_does_not_work_is_told_as_failed() -> None:
    room = Bedside(wakeup(endpoints=("fxs/1",), attempts=1))
    room.rig.line("fxs/1", OutOfService(room.rig.now, "no-supply"))
    room.wait_until(200)
    assert room.outcomes() == ["failed"]


@pytest.mark.parametrize(("late_s", "rings"), [(LATE_S - 5, True), (LATE_S + 5, False)])
def test_due_while_the_box_was_off_it_rings_at_once_if_it_is_not_too_late(late_s: int, rings: bool) -> None:
    room = Bedside(wakeup(due_s=1 - late_s))
    room.settle()
    assert bool(room.ringing) == rings
    assert room.outcomes() == ([] if rings else ["missed"])
    room.wait(2000)
    assert room.outcomes()[-1] == ("no-answer" if rings else "missed")


def test_a_wall_clock_that_is_set_back_repeats_nothing() -> None:
    room = Bedside(wakeup(attempts=1))
    room.wait_until(61)
    room.lift("fxs/1")
    room.press("fxs/1", "2")
    room.replace("fxs/1")
    room.clock_error_ns = -3600 * SECOND_NS
    room.wait(500)
    assert room.outcomes() == ["snoozed"]
    room.wait(200)
    assert room.outcomes() == ["snoozed", "no-answer"], "what has begun goes on as it was promised"


# ------------------------------------------------------------------------------------------------- agents come and go


def test_nothing_rings_by_itself_while_an_agent_is_there() -> None:
    room = Bedside(wakeup())
    room.agent_comes()
    room.wait_until(100)
    assert not room.ringing


def test_it_begins_a_second_after_the_last_sign_of_the_agent() -> None:
    room = Bedside(wakeup(due_s=2))
    room.agent_comes()
    room.wait_until(5)
    room.agent_dies()
    room.wait(1.5)
    assert room.ringing == ["fxs/1", "fxs/2"]


def test_the_attempts_of_the_agent_count() -> None:
    order = wakeup(due_s=2, ring_ms=30_000, spacing_ms=60_000, attempts=2)
    room = Bedside(order)
    room.agent_comes()
    room.wake(order)
    room.wait(31)
    room.rig.do(ForgetJournal(entries=tuple(entry.entry for entry in room.journal.entries())))
    room.agent_dies()
    room.wait(10)
    assert not room.ringing, "the spacing counts from the agent's attempt"
    room.wait(1000)
    assert room.outcomes() == ["no-answer", "no-answer"]


def test_an_attempt_of_the_agent_that_stands_is_not_begun_again() -> None:
    order = wakeup(due_s=2)
    room = Bedside(order)
    room.agent_comes()
    room.wake(order)
    room.agent_dies()
    room.wait(5)
    assert room.ringing == ["fxs/1", "fxs/2"] and room.outcomes() == []
    room.lift("fxs/1")
    room.press("fxs/1", "1#")
    room.replace("fxs/1")
    room.wait(1000)
    assert room.outcomes() == ["confirmed"]


def test_an_agent_that_comes_while_a_room_talks_rings_it_itself() -> None:
    room = Bedside(wakeup(endpoints=("fxs/1",)))
    talk(room)
    room.wait_until(62)
    reply = room.reply(Audit())
    assert isinstance(reply, AuditReport)
    assert room.tone("fxs/1") is None
    room.replace("fxs/1")
    assert not room.ringing


def test_wake_ups_are_lodged_when_they_are_on_the_disk() -> None:
    room = Bedside()
    room.disk.held = True
    replies = room.ask(LodgeWakeups(revision="r7", wakeups=(wakeup(),)))
    room.settle()
    assert replies == []
    room.disk.held = False
    room.settle()
    assert replies == [Done()]
    report = room.reply(Audit())
    assert isinstance(report, AuditReport) and report.wakeups == "r7"
    assert room.disk.wakeups is not None and room.disk.wakeups.wakeups == (wakeup(),)


def test_wake_ups_that_a_full_disk_refused_are_not_lodged() -> None:
    room = Bedside()
    room.disk.full = True
    reply = room.reply(LodgeWakeups(revision="r7", wakeups=(wakeup(),)))
    assert isinstance(reply, Error) and reply.code == "disk"
    assert room.lodged.lodged is None


def test_what_is_lodged_anew_replaces_what_was_and_leaves_what_rings() -> None:
    room = Bedside(wakeup(due_s=5), wakeup("w2", due_s=30, endpoints=("fxs/3",)))
    room.wait_until(6)
    room.reply(LodgeWakeups(revision="r2", wakeups=()))
    assert room.ringing == ["fxs/1", "fxs/2"]
    room.wait_until(40)
    assert "fxs/3" not in room.ringing


# ------------------------------------------------------------------------------------------------------------- deaths


def test_an_attempt_that_a_killed_process_had_begun_is_made_again() -> None:
    room = Bedside(wakeup())
    room.wait_until(61)
    room.lift("fxs/1")
    room.die()
    room.replace("fxs/1")
    assert room.ringing == ["fxs/1", "fxs/2"]
    assert room.outcomes() == []


@pytest.mark.parametrize("seed", range(25))
def test_whatever_dies_when_each_rings_or_is_told_and_none_that_was_confirmed_rings_again(seed: int) -> None:
    """Killed at any instant, with guests who lift, press and replace as they like, and agents that come and go."""
    chance = random.Random(seed)
    orders = [
        wakeup(
            f"w{number}", due_s=chance.uniform(2, 60), endpoints=(f"fxs/{number}",), ring_ms=20_000, spacing_ms=30_000,
            keys={} if chance.random() < 0.3 else {"1": "confirmed", "2": "snoozed"}, snooze_ms=60_000,
        )
        for number in (1, 2, 3)
    ]  # fmt: skip
    room = Bedside(*orders)
    over: set[str] = set()
    rung: set[str] = set()
    kept: set[str] = set()
    for _ in range(120):
        _something_happens(room, chance)
        rung |= {state.wakeup for state in _states(room) if state.wakeup is not None and state.ringing}
        for order in orders:
            heard = any(state.wakeup == order.id and state.ringing for state in _states(room))
            assert not (order.id in over and heard), f"{order.id} rings again"
        on_disk = (*room.disk.journal, *room.disk.forgotten)
        over |= {entry.wakeup for entry in on_disk if entry.outcome in NEVER_AGAIN}
        kept |= {entry.entry for entry in on_disk}
        assert kept.issuperset(event.entry for event in room.told if isinstance(event, WakeupEnded))
    room.disk.held = False
    room.agent_dies()
    for port in ("fxs/1", "fxs/2", "fxs/3"):
        room.replace(port)
    room.wait(700)
    known = room.journal.wakeups()
    assert all(order.id in rung | set(known) for order in orders)
    assert room.wakeups.standing == {}


def _states(room: Bedside) -> list[EndpointState]:
    return [room.rig.state(f"fxs/{number}") for number in (1, 2, 3)]


def _something_happens(room: Bedside, chance: random.Random) -> None:
    port = f"fxs/{chance.randint(1, 3)}"
    off_hook = room.rig.state(port).hook == "off-hook"
    happening = chance.choice(["lift", "press", "press", "replace", "wait", "wait", "wait", "die", "agent", "disk"])
    if happening == "lift" and not off_hook:
        room.lift(port)
    elif happening == "press" and off_hook:
        room.press(port, chance.choice(["1#", "2", "5", "1"]))
    elif happening == "replace" and off_hook:
        room.replace(port)
    elif happening == "wait":
        room.wait(chance.uniform(0.1, 20))
    elif happening == "die" and chance.random() < 0.5:
        room.die()
    elif happening == "agent":
        _agent(room, chance)
    elif happening == "disk":
        room.disk.held = not room.disk.held
        room.settle()


def _agent(room: Bedside, chance: random.Random) -> None:
    if room.survival.agent_commands:
        room.agent_dies()
        return
    room.agent_comes()
    if room.lodged.lodged is not None and chance.random() < 0.5:
        room.ask(Wake(wakeup=chance.choice(room.lodged.lodged.wakeups), attempt=1))
    if chance.random() < 0.5:
        room.ask(ForgetJournal(entries=tuple(entry.entry for entry in room.journal.entries())))
