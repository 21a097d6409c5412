"""Wake-ups by the API: ordered, found, changed, cancelled, seen to by a person; plan, history, report; events."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firmware.hotel.service import By
from firmware.supervisor.wakeups import bells
from tests.unit.webui.program import Program

SEVEN = {"room": "203", "at": "2026-11-22T07:00"}
"""The clock stands at 03:00 of that day by the hotel's time."""
DUE = "2026-11-22T07:00:00.000+01:00"
SYSTEM = By("wake-up", "system")


@pytest.fixture
async def hotel() -> AsyncIterator[Program]:
    made = Program()
    await made.open()
    yield made
    await made.close()


async def order(hotel: Program, **changes: Any) -> Any:
    """The first order of the answer."""
    return (await hotel.done("POST", "/wakeups", SEVEN | changes))["items"][0]


async def rung(hotel: Program, wakeup: str, state: Any, *, late_s: float = 0.0, outcome: str = "") -> None:
    """One attempt, at its time and so much later, after which it is over."""
    began = datetime(2026, 11, 22, 6, 0, tzinfo=UTC) + timedelta(seconds=late_s)

    def work(draft: Any) -> None:
        draft.begin_attempt(wakeup, began)
        how = outcome or ("confirmed" if state == "answered" else "no-answer")
        draft.end_attempt(wakeup, how, began + timedelta(seconds=20))
        draft.finish(wakeup, state)

    await hotel.house.hotel.change(SYSTEM, work)


class TestOrder:
    async def test_it_is_answered_as_it_can_be_had_afterwards(self, hotel: Program) -> None:
        made = await order(hotel, language="vi")
        assert (made["at"], made["due"], made["state"], made["repeat"]) == (DUE, DUE, "waiting", "once")
        assert (made["guest"], made["room_vacant"], made["language"], made["attempts"]) == (None, True, "vi", [])
        assert (made["ordered"]["by"], made["ordered"]["through"]) == ("a-desk", "api")
        assert await hotel.done("GET", f"/wakeups/{made['id']}") == made
        assert (await hotel.done("GET", "/wakeups"))["items"] == [made]

    async def test_it_is_the_guest_s_who_lives_there(self, hotel: Program) -> None:
        room = await hotel.done("POST", "/rooms/203/check-in", {"name": "Holm"})
        made = await order(hotel)
        assert (made["guest"], made["room_vacant"]) == (room["guests"][0]["id"], False)
        assert (await hotel.done("GET", "/rooms/203"))["next_wakeup"] == DUE

    async def test_seconds_count(self, hotel: Program) -> None:
        assert (await order(hotel, at="2026-11-22T07:00:30"))["due"] == "2026-11-22T07:00:30.000+01:00"

    async def test_a_second_one_for_the_same_room_and_minute_is_the_same(self, hotel: Program) -> None:
        first = await order(hotel)
        assert (await order(hotel))["id"] == first["id"]
        assert len((await hotel.done("GET", "/wakeups"))["items"]) == 1

    async def test_a_list_of_rooms_is_all_or_nothing(self, hotel: Program) -> None:
        body = {"at": SEVEN["at"], "rooms": ["203", "101", "203"]}
        made = await hotel.done("POST", "/wakeups", body)
        assert [each["room"] for each in made["items"]] == ["203", "101"]
        refusal = await hotel.refused("POST", "/wakeups", {"at": "2026-11-22T08:00", "rooms": ["101", "999"]})
        assert refusal[:2] == (404, "unknown-room")

    @pytest.mark.parametrize(
        ("changes", "status", "code", "field"),
        [
            ({"at": "2026-11-22T02:59"}, 422, "past", "at"),
            ({"at": "2026-11-22T07:00:00+01:00"}, 422, "bad-value", "at"),
            ({"at": "2026-11-22T07:00Z"}, 422, "bad-value", "at"),
            ({"at": "2026-11-22"}, 422, "bad-value", "at"),
            ({"at": "2026-02-30T07:00"}, 422, "bad-value", "at"),
            ({"at": "soon"}, 422, "bad-value", "at"),
            ({"room": "999"}, 404, "unknown-room", "room"),
            ({"rooms": ["101"]}, 422, "bad-value", "room"),
            ({"repeat": "hourly"}, 422, "bad-value", "repeat"),
            ({"repeat": "daily", "until": "2026-11-21"}, 422, "bad-until", "until"),
            ({"repeat": "daily", "until": "tomorrow"}, 422, "bad-value", "until"),
            ({"language": "de"}, 422, "bad-value", "language"),
        ],
    )
    async def test_what_cannot_be_is_refused(
        self, hotel: Program, changes: dict[str, Any], status: int, code: str, field: str
    ) -> None:
        assert await hotel.refused("POST", "/wakeups", SEVEN | changes) == (status, code, field)

    async def test_an_offset_is_refused_in_clear_words(self, hotel: Program) -> None:
        answer = await hotel.ask("POST", "/wakeups", SEVEN | {"at": "2026-11-22T07:00+07:00"})
        assert "without an offset" in answer.json["error"]["message"]

    async def test_a_time_that_the_clock_leaps_over_rings_at_the_next_that_exists(self, hotel: Program) -> None:
        made = await order(hotel, at="2027-03-28T02:30")
        assert made["due"] == "2027-03-28T03:00:00.000+02:00"


class TestChange:
    async def test_another_time(self, hotel: Program) -> None:
        made = await order(hotel)
        changed = await hotel.done("PATCH", f"/wakeups/{made['id']}", {"at": "2026-11-23T06:15"})
        assert (changed["id"], changed["due"]) == (made["id"], "2026-11-23T06:15:00.000+01:00")
        assert (await hotel.refused("PATCH", f"/wakeups/{made['id']}", {"at": "2026-11-01T06:15"}))[1] == "past"

    async def test_a_recurring_one_is_cancelled_as_a_whole(self, hotel: Program) -> None:
        made = await order(hotel, repeat="daily", until="check-out")
        await hotel.done("DELETE", f"/wakeups/{made['id']}")
        assert (await hotel.done("GET", f"/wakeups/{made['id']}"))["state"] == "cancelled"
        assert (await hotel.done("GET", "/wakeups?state=waiting"))["items"] == []
        assert (await hotel.refused("DELETE", f"/wakeups/{made['id']}"))[:2] == (409, "over")
        assert (await hotel.refused("DELETE", "/wakeups/nothing"))[:2] == (404, "unknown-wakeup")

    async def test_who_has_ordered_and_cancelled_is_in_the_audit(self, hotel: Program) -> None:
        made = await order(hotel)
        await hotel.done("DELETE", f"/wakeups/{made['id']}", role="manager")
        said = [(entry.who, entry.through, entry.action, entry.room) for entry in await hotel.house.audit()]
        assert said == [
            ("a-manager", "api", "wakeup-cancelled", "203"), ("a-desk", "api", "wakeup-ordered", "203"),
        ]  # fmt: skip

    async def test_a_person_says_what_came_of_it(self, hotel: Program) -> None:
        made = await order(hotel, vip=True)
        assert made["by_person"]
        seen = await hotel.done("POST", f"/wakeups/{made['id']}/outcome", {"outcome": "answered"})
        assert seen["state"] == "answered"
        refusal = await hotel.refused("POST", f"/wakeups/{made['id']}/outcome", {"outcome": "not_answered"})
        assert refusal[:2] == (409, "over")


class TestLists:
    async def test_those_to_ring_come_first_and_then_those_that_are_over(self, hotel: Program) -> None:
        late = await order(hotel, at="2026-11-22T09:00")
        early = await order(hotel, room="101")
        over = await order(hotel, room="102")
        await rung(hotel, over["id"], "answered")
        for path in ("/wakeups", "/wakeups?limit=1"):
            found, cursor = [], ""
            while cursor is not None:
                sign = "&" if "?" in path else "?"
                part = await hotel.done("GET", f"{path}{sign}cursor={cursor}" if cursor else path)
                found += [each["id"] for each in part["items"]]
                cursor = part["next"]
            assert found == [early["id"], late["id"], over["id"]]

    async def test_by_room_state_and_time(self, hotel: Program) -> None:
        nine, seven = await order(hotel, at="2026-11-22T09:00"), await order(hotel, room="101")
        await rung(hotel, seven["id"], "not_answered")

        async def ids(query: str) -> list[str]:
            return [each["id"] for each in (await hotel.done("GET", f"/wakeups?{query}"))["items"]]

        assert await ids("room=101") == [seven["id"]]
        assert await ids("state=waiting") == [nine["id"]]
        assert await ids("state=not_answered") == [seven["id"]]
        assert await ids("from=2026-11-22T08:00") == [nine["id"]]
        assert await ids("to=2026-11-22T09:00") == [seven["id"]]
        assert (await hotel.refused("GET", "/wakeups?state=asleep"))[1:] == ("bad-value", "state")

    @pytest.mark.parametrize("part", ["", "&limit=1"])
    async def test_what_is_due_is_what_is_still_to_ring_also_tomorrow_again(self, hotel: Program, part: str) -> None:
        daily, once = await order(hotel, repeat="daily"), await order(hotel, room="101")
        await rung(hotel, once["id"], "answered")

        def work(draft: Any) -> None:
            draft.finish(daily["id"], "answered", datetime.fromisoformat("2026-11-23T07:00"))

        await hotel.house.hotel.change(SYSTEM, work)
        due = await hotel.done("GET", f"/wakeups?due=true{part}")
        assert ([each["id"] for each in due["items"]], due["next"]) == ([daily["id"]], None)
        assert due["items"][0]["due"] == "2026-11-23T07:00:00.000+01:00"

    async def test_of_a_recurring_one_the_state_is_the_latest_s_and_the_time_the_next_s(self, hotel: Program) -> None:
        made = await order(hotel, repeat="daily")

        def work(draft: Any) -> None:
            draft.begin_attempt(made["id"], datetime(2026, 11, 22, 6, 0, tzinfo=UTC))
            draft.end_attempt(made["id"], "confirmed", datetime(2026, 11, 22, 6, 1, tzinfo=UTC))
            draft.finish(made["id"], "answered", datetime.fromisoformat("2026-11-23T07:00"))

        await hotel.house.hotel.change(SYSTEM, work)
        found = (await hotel.done("GET", "/wakeups"))["items"]
        assert [(each["state"], each["due"]) for each in found] == [("answered", "2026-11-23T07:00:00.000+01:00")]
        assert [attempt["outcome"] for attempt in found[0]["attempts"]] == ["confirmed"]

    async def test_the_plan_says_which_room_rings_when(self, hotel: Program) -> None:
        today, tomorrow = await order(hotel), await order(hotel, room="101", at="2026-11-23T06:00")
        later = await order(hotel, at="2026-11-22T23:59")
        day = (await hotel.done("GET", "/wakeups/plan?date=2026-11-22"))["items"]
        assert [(each["room"], each["order"], each["rings_at"]) for each in day] == [
            ("203", today["id"], DUE), ("203", later["id"], "2026-11-22T23:59:00.000+01:00"),
        ]  # fmt: skip
        assert [each["order"] for each in (await hotel.done("GET", "/wakeups/plan?date=2026-11-23"))["items"]] == [
            tomorrow["id"]
        ]
        coming = [each["order"] for each in (await hotel.done("GET", "/wakeups/plan"))["items"]]
        assert coming == [today["id"], later["id"]], "06:00 tomorrow is more than a day away"
        assert (await hotel.refused("GET", "/wakeups/plan?date=22.11."))[1:] == ("bad-value", "date")

    async def test_the_history_and_the_report(self, hotel: Program) -> None:
        good, bad = await order(hotel), await order(hotel, room="101")
        await rung(hotel, good["id"], "answered", late_s=0.04)
        await rung(hotel, bad["id"], "not_answered")
        await hotel.done("DELETE", f"/wakeups/{(await order(hotel, room='102'))['id']}")
        items = (await hotel.done("GET", "/wakeups/history?state=answered"))["items"]
        assert [(each["order"], each["room"], each["late_seconds"]) for each in items] == [(good["id"], "203", 0.04)]
        tried = [(each["started"], each["outcome"]) for each in items[0]["attempts"]]
        assert tried == [("2026-11-22T07:00:00.040+01:00", "confirmed")]
        assert items[0]["ordered"] == good["ordered"]
        report = await hotel.done("GET", "/wakeups/report?from=2026-11-22&to=2026-11-23")
        assert (report["total"], report["success_rate"], report["mean_late_seconds"]) == (3, 0.5, 0.02)
        assert report["outcomes"] == {
            "answered": 1, "not_answered": 1, "busy": 0, "error": 0, "missed": 0, "cancelled": 1,
        }  # fmt: skip
        empty = await hotel.done("GET", "/wakeups/report?from=2027-01-01")
        assert (empty["total"], empty["success_rate"], empty["mean_late_seconds"]) == (0, None, None)

    async def test_the_history_as_a_table(self, hotel: Program) -> None:
        made = await order(hotel)
        await rung(hotel, made["id"], "answered", late_s=0.5)
        answer = await hotel.ask("GET", "/wakeups/history", Accept="text/csv")
        by = made["ordered"]
        assert answer.text.splitlines() == [
            "order,room,guest,name,at,attempts,outcome,late_seconds,ordered_by,ordered_through,ordered_at",
            f"{made['id']},203,,,{DUE},2026-11-22T07:00:00.500+01:00 2026-11-22T07:00:20.500+01:00 confirmed,answered,"
            f"0.5,{by['by']},{by['through']},{by['at']}",
        ]

    async def test_a_telephone_that_was_in_use_has_not_been_rung_late_or_in_time(self, hotel: Program) -> None:
        made = await order(hotel)
        await rung(hotel, made["id"], "busy", outcome="busy")
        (item,) = (await hotel.done("GET", "/wakeups/history"))["items"]
        assert item["late_seconds"] is None and item["attempts"][0]["outcome"] == "busy"


class TestEvents:
    async def test_each_change_is_sent_as_the_order_then_is(self, hotel: Program) -> None:
        made = await order(hotel)
        await rung(hotel, made["id"], "answered")
        gone = await order(hotel, at="2026-11-22T08:00")
        await hotel.done("DELETE", f"/wakeups/{gone['id']}")
        sent = [(each["id"], each["state"]) for each in hotel.house.sent("wakeup")]
        assert sent == [
            (made["id"], "waiting"), (made["id"], "answered"), (gone["id"], "waiting"), (gone["id"], "cancelled"),
        ]  # fmt: skip
        assert hotel.house.sent("wakeup")[1] == await hotel.done("GET", f"/wakeups/{made['id']}")

    async def test_a_room_s_next_wake_up_is_news_of_the_room(self, hotel: Program) -> None:
        await order(hotel)
        assert hotel.house.sent("room")[-1]["next_wakeup"] == DUE


async def test_the_rules_are_those_of_the_configuration(hotel: Program) -> None:
    said, kept = await hotel.done("GET", "/settings/wakeup"), hotel.house.config.wakeup
    assert (said["attempts"], said["ring_seconds"], said["key_needed"]) == (
        kept.attempts, kept.ring_seconds, kept.key_needed,
    )  # fmt: skip
    assert said["ringing_at_once"] == bells(hotel.house.config).places
