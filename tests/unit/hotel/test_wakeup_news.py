"""What PMS links are told of wake-ups: each that one knows by room and time is answered once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import WakeupState
from firmware.pms.model import News, WakeupCleared, WakeupClearedNews, WakeupNews, WakeupResult
from firmware.pms.wakeups import clear
from tests.unit.hotel.values import HOLM, NOON, RASK, draft, wakeup, wall

DAY = timedelta(days=1)
SEVEN, TOMORROW = wall("2026-11-23T07:00"), wall("2026-11-24T07:00")
LINKS = ("fias", "mitel")


class Links:
    """A house, and all that its PMS links are told."""

    def __init__(self) -> None:
        made = draft()
        made.check_in("101", HOLM)
        self.house = made.house()
        self.heard: dict[str, list[News]] = {link: [] for link in LINKS}

    def change(self, work: Callable[[Draft], object], by: str | None = None) -> Links:
        change = Draft(self.house)
        work(change)
        self.house = change.house()
        for link in LINKS:
            self.heard[link] += [n for n in change.news_for(link, by) if type(n).__name__.startswith("Wakeup")]
        return self

    def orders(self, at: str = "2026-11-23T07:00", link: str | None = None, repeat: str = "once") -> Links:
        key = f"w{len(self.house.wakeups) + 1}"
        order = replace(wakeup(key, "101", "g1", at, link), repeat=repeat)
        return self.change(lambda change: change.order_wakeup(order), by=link)

    def ends(self, state: WakeupState, following: datetime | None = None) -> Links:
        return self.change(lambda change: change.finish("w1", state, following))


def new(room: str = "101", at: datetime = SEVEN) -> News:
    return WakeupNews(room=room, at=at)


def gone(room: str = "101", at: datetime = SEVEN) -> list[News]:
    return [WakeupResult(room=room, at=at, outcome="DE"), WakeupClearedNews(room=room, at=at)]


def withdraw(change: Draft) -> None:
    clear(WakeupCleared(room="101"), change)


def result(outcome: str, room: str = "101", at: datetime = SEVEN) -> News:
    return WakeupResult(room=room, at=at, outcome=outcome)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("answered", "OK"), ("not_answered", "NR"), ("missed", "NR"), ("busy", "BY"), ("error", "UR")],
)
def test_an_order_of_this_house_is_told_and_answered(state: WakeupState, outcome: str) -> None:
    links = Links().orders().ends(state)
    assert links.heard == {link: [new(), result(outcome)] for link in LINKS}


def test_attempts_and_snoozes_are_not_told() -> None:
    links = Links().orders()
    links.change(lambda change: change.begin_attempt("w1", NOON))
    links.change(lambda change: change.end_attempt("w1", "snoozed", NOON))
    links.change(lambda change: change.put_off("w1", NOON + DAY, snoozed=True)).ends("answered")
    assert links.heard["fias"] == [new(), result("OK")]


def test_an_order_of_a_pms_is_answered_to_it_alone_with_its_own_time() -> None:
    links = Links().orders("2026-11-23T07:00:30", link="fias").ends("not_answered")
    assert links.heard == {"fias": [result("NR", at=wall("2026-11-23T07:00:30"))], "mitel": []}


def test_an_echo_is_no_order_of_its_own() -> None:
    links = Links().orders().orders(link="fias").orders(link="mitel").ends("answered")
    assert links.house.wakeups == {} and links.heard == {link: [new(), result("OK")] for link in LINKS}


def test_what_a_pms_and_a_guest_have_both_ordered_is_told_to_the_others_and_answered_to_all() -> None:
    links = Links().orders(link="fias").orders().ends("answered")
    assert links.heard == {"fias": [result("OK")], "mitel": [new(), result("OK")]}


def test_a_pms_that_wants_a_second_of_its_own_has_that_and_not_both() -> None:
    own = wall("2026-11-23T07:00:30")
    links = Links().orders().orders("2026-11-23T07:00:30", link="fias").ends("answered")
    assert links.heard["fias"] == [new(), *gone(), result("OK", at=own)]
    assert links.heard["mitel"] == [new(), *gone(), new(at=own), result("OK", at=own)]


def test_what_is_cancelled_here_is_withdrawn_and_answered() -> None:
    links = Links().orders().change(lambda change: change.cancel_wakeups(change.wakeups.values()))
    assert links.heard == {link: [new(), *gone()] for link in LINKS}
    links = Links().orders(link="fias").change(lambda change: change.cancel_wakeups(change.wakeups.values()))
    assert links.heard == {"fias": gone(), "mitel": []}


def test_what_a_pms_withdraws_is_answered_to_it_and_withdrawn_from_others() -> None:
    links = Links().orders().change(withdraw, by="fias")
    assert links.heard == {"fias": [new(), result("DE")], "mitel": [new(), *gone()]}


def test_each_order_of_a_pms_is_answered_once_though_all_came_in_one_change() -> None:
    def withdrawn_and_ordered_again(change: Draft) -> None:
        change.order_wakeup(wakeup("w1", "101", at="2026-11-23T07:00", link="fias"))
        withdraw(change)
        change.order_wakeup(wakeup("w2", "101", at="2026-11-23T07:00", link="fias"))

    links = Links().change(withdrawn_and_ordered_again, by="fias")
    assert links.heard == {"fias": [result("DE")], "mitel": []}
    links.change(withdraw, by="fias").change(withdraw, by="fias")
    assert links.heard == {"fias": [result("DE"), result("DE")], "mitel": []}


def test_what_two_have_ordered_for_one_time_is_answered_once_to_a_pms_that_withdraws_it() -> None:
    links = Links().orders().change(lambda change: change.order_wakeup(wakeup("w2", "102")))
    links.change(lambda change: change.move("101", "102"))
    assert sorted(links.house.wakeups) == ["w1", "w2"]
    links.change(lambda change: clear(WakeupCleared(room="102"), change), by="fias")
    assert links.heard["fias"] == [new(), new("102"), *gone(), result("DE", "102")]


def test_each_occurrence_is_an_order_of_its_own() -> None:
    links = Links().orders(repeat="daily").ends("answered", TOMORROW).ends("not_answered")
    assert links.heard["fias"] == [new(), result("OK"), new(at=TOMORROW), result("NR", at=TOMORROW)]


def test_a_pms_withdraws_one_occurrence_and_hears_of_the_next() -> None:
    links = Links().orders(repeat="daily")
    links.change(lambda change: clear(WakeupCleared(room="101", at=SEVEN), change), by="fias")
    assert links.house.wakeups["w1"].rings == TOMORROW
    assert links.heard["fias"] == [new(), result("DE"), new(at=TOMORROW)]
    assert links.heard["mitel"] == [new(), *gone(), new(at=TOMORROW)]


def test_an_echo_of_one_occurrence_does_not_end_the_others() -> None:
    links = Links().orders(repeat="daily").orders(link="fias").ends("answered", TOMORROW)
    assert (len(links.house.wakeups), links.house.wakeups["w1"].repeat) == (1, "daily")
    assert links.heard["fias"] == [new(), result("OK"), new(at=TOMORROW)]


def test_an_occurrence_that_the_pms_has_ordered_before_is_not_told_again() -> None:
    links = Links().orders(repeat="daily").orders("2026-11-24T07:00", link="fias").ends("answered", TOMORROW)
    links.ends("answered")
    assert links.heard["fias"] == [new(), result("OK"), result("OK", at=TOMORROW)]


def test_another_time_is_withdrawn_and_new() -> None:
    links = Links().orders()
    order = replace(links.house.wakeups["w1"], at=TOMORROW, rings=TOMORROW)
    links.change(lambda change: change.change_wakeup("w1", order))
    assert links.heard["fias"] == [new(), *gone(), new(at=TOMORROW)]


def test_a_move_by_the_desk_is_told_and_one_by_the_pms_is_known_to_it() -> None:
    links = Links().orders().change(lambda change: change.move("101", "102"))
    assert links.heard["fias"] == [new(), *gone(), new("102")]
    links = Links().orders().change(lambda change: change.move("101", "102"), by="fias").ends("answered")
    assert links.heard["fias"] == [new(), result("OK", "102")]
    assert links.heard["mitel"] == [new(), *gone(), new("102"), result("OK", "102")]


def test_a_swap_is_told_of_both_rooms() -> None:
    links = Links().orders()

    def another(change: Draft) -> None:
        change.check_in("102", RASK)
        change.order_wakeup(wakeup("w2", "102", "g3"))

    links.change(another).change(lambda change: change.swap("101", "102"))
    links.ends("answered").change(lambda change: change.finish("w2", "busy"))
    assert links.heard["fias"][-2:] == [result("OK", "102"), result("BY", "101")]
    known = _standing(links.heard["fias"])
    assert known == {}


def test_a_check_out_by_a_pms_is_answered_to_it_and_withdraws_from_others() -> None:
    links = Links().orders().change(lambda change: change.check_out("101"), by="fias")
    assert links.heard == {"fias": [new(), result("DE")], "mitel": [new(), *gone()]}


def test_who_comes_back_at_once_is_told_as_he_was_withdrawn() -> None:
    links = Links().orders()
    cleared = []
    links.change(lambda change: cleared.append(change.check_out("101")), by="fias")
    links.change(lambda change: change.settle_in("102", HOLM, cleared[0]), by="fias").ends("answered")
    assert links.heard["fias"] == [new(), result("DE"), new("102"), result("OK", "102")]
    assert links.heard["mitel"] == [new(), *gone(), new("102"), result("OK", "102")]


def test_who_leaves_and_comes_back_in_one_change_keeps_his_wakeup_without_a_word() -> None:
    def moved(change: Draft) -> None:
        change.settle_in("102", HOLM, change.check_out("101"))

    links = Links().orders(link="fias").change(moved, by="fias").ends("answered")
    assert links.heard["fias"] == [result("OK", "102")]


def _standing(heard: list[News]) -> dict[tuple[str, datetime], int]:
    """What a PMS that was told all this still expects, by room and time; counts how often it was ordered."""
    standing: dict[tuple[str, datetime], int] = {}
    for news in heard:
        if isinstance(news, WakeupNews):
            standing[(news.room, news.at)] = standing.get((news.room, news.at), 0) + 1
        elif isinstance(news, WakeupResult):
            del standing[(news.room, news.at)]
    return standing


class Told(RuleBasedStateMachine):
    """Whatever is done here: a PMS expects exactly what is to ring, and is answered nothing that it does not expect."""

    @initialize()
    def open(self) -> None:
        self.links, self.count = Links(), 0

    @rule(
        room=st.sampled_from(["101", "102", "103"]), minute=st.integers(0, 2),
        repeat=st.sampled_from(["once", "daily"]),
    )  # fmt: skip
    def order(self, room: str, minute: int, repeat: str) -> None:
        self.count += 1
        order = replace(wakeup(f"o{self.count}", room, at=f"2026-11-23T07:0{minute}"), repeat=repeat)
        self.links.change(lambda change: change.order_wakeup(order))

    @rule(
        choice=st.integers(0, 9), state=st.sampled_from(["answered", "not_answered", "cancelled"]), recurs=st.booleans()
    )
    def end(self, choice: int, state: WakeupState, recurs: bool) -> None:
        if self._house.wakeups:
            order = self._house.wakeups[sorted(self._house.wakeups)[choice % len(self._house.wakeups)]]
            at = order.rings + DAY if recurs and order.rings else None
            self.links.change(lambda change: change.finish(order.id, state, at))

    @rule(to=st.sampled_from(["101", "102", "103"]))
    def move(self, to: str) -> None:
        room = self._house.room_of("g1")
        if room is not None and room != to:
            self.links.change(lambda change: change.move(room, to))

    @property
    def _house(self) -> House:
        return self.links.house

    @invariant()
    def the_pms_expects_what_is_to_ring(self) -> None:
        if hasattr(self, "links"):
            expected = {(order.room, order.rings) for order in self._house.wakeups.values()}
            standing = _standing(self.links.heard["fias"])
            assert set(standing) == expected and set(standing.values()) <= {1}


Told.TestCase.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestTold = Told.TestCase
