"""What becomes of a wake-up: rung, tried again, put off, over; with check-outs and moves on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.house import REMEMBERED, House
from firmware.hotel.model import Attempt, WakeupOrder
from tests.unit.hotel.values import BAUER, HOLM, NOON, RASK, draft, lived_in, wakeup, wall

RING_S = timedelta(seconds=45)
SEVEN, TOMORROW = wall("2026-11-23T07:00"), wall("2026-11-24T07:00")


def with_order(repeat: str = "once", until: str | None = None, guest: str | None = "g1") -> Draft:
    """Holm lives in 101 and is to be woken at seven."""
    made = draft()
    made.check_in("101", HOLM)
    made.order_wakeup(replace(wakeup("w1", "101", guest), repeat=repeat, until=until))
    return after(made)


def after(change: Draft, keeps_wakeups: bool = False) -> Draft:
    return Draft(change.house(), keeps_wakeups, NOON + timedelta(hours=1))


def tried(change: Draft, outcome: str, at: datetime = NOON) -> WakeupOrder:
    change.begin_attempt("w1", at)
    return change.end_attempt("w1", outcome, at + RING_S)


def test_an_attempt_rings_and_then_waits_for_what_follows() -> None:
    change = with_order()
    ringing = change.begin_attempt("w1", NOON)
    assert (ringing.state, ringing.attempts) == ("ringing", (Attempt(started=NOON),)) and not change.is_idle
    waits = change.end_attempt("w1", "no-answer", NOON + RING_S)
    assert waits.state == "waiting"
    assert waits.attempts == (Attempt(started=NOON, ended=NOON + RING_S, outcome="no-answer"),)


def test_it_is_over_with_all_its_attempts() -> None:
    change = with_order()
    tried(change, "no-answer")
    change.put_off("w1", NOON + timedelta(minutes=2))
    tried(change, "confirmed", NOON + timedelta(minutes=2))
    order = change.finish("w1", "answered")
    assert (order.state, order.rings, order.put_off) == ("answered", None, None)
    assert change.wakeups == {} and change.ended == [order]
    over = change.occurrences[0]
    assert (over.order, over.room, over.guest, over.name, over.at) == ("w1", "101", "g1", "Holm", SEVEN)
    assert [attempt.outcome for attempt in over.attempts] == ["no-answer", "confirmed"]
    assert (over.state, over.ended, over.by) == ("answered", NOON + timedelta(hours=1), "anna")


def test_snoozes_are_counted_and_further_tries_are_none() -> None:
    change = with_order()
    change.put_off("w1", NOON, snoozed=True)
    change.put_off("w1", NOON + RING_S)
    order = change.put_off("w1", NOON + 2 * RING_S, snoozed=True)
    assert (order.state, order.snoozes, order.put_off, order.rings) == ("waiting", 2, NOON + 2 * RING_S, SEVEN)


def test_of_a_recurring_order_the_state_is_that_of_its_latest_occurrence() -> None:
    change = with_order("daily")
    tried(change, "no-answer")
    order = change.finish("w1", "not_answered", TOMORROW)
    assert (order.state, order.rings, order.at, len(order.attempts)) == ("not_answered", TOMORROW, SEVEN, 1)
    again = change.begin_attempt("w1", NOON + timedelta(days=1))
    assert (again.state, again.attempts) == ("ringing", (Attempt(started=NOON + timedelta(days=1)),))
    change.end_attempt("w1", "confirmed", NOON + timedelta(days=1))
    change.finish("w1", "answered", None)
    assert [(one.at, one.state, len(one.attempts)) for one in change.occurrences] == [
        (SEVEN, "not_answered", 1), (TOMORROW, "answered", 1),
    ]  # fmt: skip


def test_an_occurrence_that_never_rang_has_no_attempts_of_the_one_before() -> None:
    change = with_order("daily")
    tried(change, "confirmed")
    change.finish("w1", "answered", TOMORROW)
    change.finish("w1", "missed")
    assert [len(one.attempts) for one in change.occurrences] == [1, 0]


def test_an_attempt_that_was_made_while_nobody_looked_is_told_as_a_whole() -> None:
    order = with_order().end_attempt("w1", "confirmed", NOON + RING_S, NOON)
    assert order.attempts == (Attempt(started=NOON, ended=NOON + RING_S, outcome="confirmed"),)


def test_an_attempt_began_when_its_bell_was_heard() -> None:
    change = with_order()
    change.begin_attempt("w1", NOON)
    order = change.end_attempt("w1", "no-answer", NOON + RING_S, NOON + timedelta(seconds=1))
    assert order.attempts == (Attempt(started=NOON + timedelta(seconds=1), ended=NOON + RING_S, outcome="no-answer"),)


def test_an_attempt_of_which_nobody_told_the_end_was_cut_off_when_it_is_made_again() -> None:
    change = with_order()
    change.begin_attempt("w1", NOON)
    order = change.begin_attempt("w1", NOON + RING_S)
    assert order.attempts == (
        Attempt(started=NOON, ended=NOON + RING_S, outcome="stopped"), Attempt(started=NOON + RING_S),
    )  # fmt: skip


def test_what_is_over_cannot_go_on() -> None:
    change = with_order()
    change.finish("w1", "answered")
    for work in (
        lambda: change.begin_attempt("w1", NOON), lambda: change.end_attempt("w1", "busy", NOON),
        lambda: change.put_off("w1", NOON), lambda: change.finish("w1", "answered"),
    ):  # fmt: skip
        with pytest.raises(RefusedError) as refused:
            work()
        assert refused.value.code == "unknown-wakeup"
    assert len(change.occurrences) == 1


def test_what_rings_while_its_guest_checks_out_is_stopped_and_cancelled() -> None:
    change = with_order()
    change.begin_attempt("w1", NOON)
    cleared = change.check_out("101")
    assert change.wakeups == {} and [order.rings for order in cleared.wakeups] == [SEVEN]
    over = change.occurrences[0]
    assert (over.state, over.name, over.attempts[0].outcome) == ("cancelled", "Holm", "stopped")
    assert over.attempts[0].ended == NOON + timedelta(hours=1)


@pytest.mark.parametrize("until", [None, "check-out", "2026-12-31"])
@pytest.mark.parametrize("keeps", [False, True])
def test_recurring_orders_end_at_check_out(until: str | None, keeps: bool) -> None:
    change = after(with_order("daily", until), keeps)
    change.check_out("101")
    assert change.wakeups == {}


def test_a_setting_keeps_those_for_once_as_the_rooms() -> None:
    change = after(with_order(), keeps_wakeups=True)
    cleared = change.check_out("101")
    assert (cleared.wakeups, change.wakeups["w1"].guest) == ((), None)


def test_who_leaves_a_shared_room_ends_his_own_and_not_the_rooms() -> None:
    made = draft()
    made.check_in("101", HOLM)
    made.check_in("101", BAUER, share=True)
    for key, guest, at, link in (
        ("w0", None, "2026-11-23T06:00", None), ("w1", "g1", "2026-11-23T07:00", None),
        ("w2", "g1", "2026-11-23T08:00", "fias"), ("w3", "g2", "2026-11-23T09:00", None),
    ):  # fmt: skip
        made.order_wakeup(wakeup(key, "101", guest, at, link))
    change = after(made)
    cleared = change.check_out("101", "g1")
    assert [order.id for order in cleared.wakeups] == ["w1"] and sorted(change.wakeups) == ["w0", "w2", "w3"]
    assert [order.id for order in cleared.kept] == ["w2"] and change.wakeups["w2"].guest is None


def test_a_move_takes_along_what_rings_and_what_was_put_off() -> None:
    change = with_order("daily")
    change.put_off("w1", NOON, snoozed=True)
    before = change.wakeups["w1"]
    change.move("101", "102")
    assert change.wakeups["w1"] == replace(before, room="102")
    change.begin_attempt("w1", NOON)
    change.move("102", "103")
    assert (change.wakeups["w1"].room, change.wakeups["w1"].state) == ("103", "ringing")


def test_a_swap_takes_them_along() -> None:
    made = with_order("daily")
    made.check_in("102", RASK)
    made.order_wakeup(wakeup("w2", "102", "g3"))
    change = after(made)
    change.swap("101", "102")
    assert {key: order.room for key, order in change.wakeups.items()} == {"w1": "102", "w2": "101"}


def test_who_comes_back_at_once_has_his_wake_ups_and_nothing_was_cancelled() -> None:
    change = with_order("daily")
    tried(change, "confirmed")
    change.finish("w1", "answered", TOMORROW)
    order, change = change.wakeups["w1"], after(change)
    left = change.check_out("101")
    change.settle_in("102", HOLM, left)
    assert change.wakeups == {"w1": replace(order, room="102")}
    assert change.ended == [] and change.occurrences == []


def test_the_house_remembers_what_was_rung_and_not_what_was_cancelled() -> None:
    change = lived_in()
    change.finish("w1", "answered")
    change.cancel_wakeups([change.wakeups["w2"]])
    house = change.house()
    assert [one.order for one in house.over] == ["w1"]
    rung = House({}, over=house.over * (REMEMBERED + 1))
    assert len(draft(rung).house().over) == REMEMBERED


def test_all_of_an_attempt_or_nothing_of_it() -> None:
    change = with_order()

    def work() -> None:
        change.finish("w1", "answered")
        change.finish("w1", "answered")

    with pytest.raises(RefusedError):
        change.attempt(work)
    assert list(change.wakeups) == ["w1"] and change.occurrences == [] == change.ended and change.is_idle


def test_an_order_for_once_is_part_of_the_recurring_one_when_that_comes_to_its_day() -> None:
    change = with_order("daily")
    change.order_wakeup(replace(wakeup("w2", "101", "g1", "2026-11-24T07:00", "fias"), vip=True))
    order = change.finish("w1", "answered", TOMORROW)
    assert change.wakeups == {"w1": order} and (order.vip, order.link, order.rings) == (True, "fias", TOMORROW)
    assert [(ended.id, ended.rings) for ended in change.ended] == [("w2", None)]
    assert [one.order for one in change.occurrences] == ["w1"]
