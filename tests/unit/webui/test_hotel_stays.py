"""Stays, bills, and the data of guests: as a program sees them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from firmware.billing.model import Charge, Charging
from firmware.store.model import CallRecord
from firmware.supervisor.housekeeping import Housekeeping
from tests.unit.webui.program import Program

HOLM = {"name": "Holm", "first_name": "Astrid", "reservation": "88120", "departure": "2026-11-25", "deposit": 5000}
EUR = {"amount": 385, "currency": "EUR"}
NOTHING = {"amount": 0, "currency": "EUR"}


async def checked_in(program: Program, room: str = "203", **who: Any) -> str:
    """The guest's id."""
    found = await program.done("POST", f"/rooms/{room}/check-in", who or HOLM)
    return str(found["guests"][-1]["id"])


async def called(program: Program, leg: str, **changes: Any) -> None:
    """A call of a minute is over, and what it costs is to be posted."""
    now = program.house.clock.utc()
    usual = CallRecord(
        leg=leg, call=leg, direction="outgoing", from_number="203", to_number="00601234", from_room="203",
        trunk="city", dialled="00601234", outside="0601234", started=now, answered=now,
        ended=now + timedelta(seconds=60), talk_ms=60_000, end="released", cause=16, charge_amount=385,
        charge_currency="EUR",
    )  # fmt: skip
    record = replace(usual, **changes)

    def work(kept: Any) -> None:
        kept.call_records.close(record)
        program.house.billing.write_charge(kept, record)

    await program.house.store.do(work)
    program.house.clock.advance(120)


async def posted(program: Program) -> None:
    """The PMS has taken everything."""
    now = program.house.clock.utc()

    def work(kept: Any) -> None:
        for charge in kept.charges.due("pms", 100):
            kept.charges.begin_posting(charge.id, "pms", 4)
            kept.charges.confirm(charge.id, "posted", "OK", None, now)

    await program.house.store.do(work)


class TestStays:
    async def test_present_and_past_ones_latest_first(self, program: Program) -> None:
        holm = await checked_in(program)
        program.house.clock.advance(3600)
        bauer = await checked_in(program, "101", name="Bauer")
        await program.done("POST", "/rooms/203/check-out", {})
        listed = (await program.done("GET", "/stays"))["items"]
        assert [(stay["guest"], stay["room"], bool(stay["departed"])) for stay in listed] == [
            (bauer, "101", False), (holm, "203", True),
        ]  # fmt: skip
        past = listed[1]
        assert past["arrival"] < past["departed"] and past["departed"].endswith("+01:00")
        assert {name: past[name] for name in HOLM if name != "deposit"} == {
            name: value for name, value in HOLM.items() if name != "deposit"
        }
        assert "5000" not in str(past)

    async def test_they_are_found_by_what_is_known_of_them(self, program: Program) -> None:
        await checked_in(program)
        await checked_in(program, "101", name="Bauer")
        for query, names in (
            ("room=101", ["Bauer"]), ("name=HOL", ["Holm"]), ("name=astrid%20h", ["Holm"]),
            ("reservation=88120", ["Holm"]), ("room=202", []), ("from=2100-01-01T00:00", ["Bauer", "Holm"]),
            ("to=1990-01-01T00:00", []),
        ):  # fmt: skip
            found = await program.done("GET", f"/stays?{query}")
            assert [stay["name"] for stay in found["items"]] == names, query
        assert await program.refused("GET", "/stays?colour=blue") == (422, "unknown-parameter", "colour")

    async def test_they_come_in_parts(self, program: Program) -> None:
        for room in ("101", "102", "103"):
            await checked_in(program, room, name=room)
            program.house.clock.advance(1)
        first = await program.done("GET", "/stays?limit=2")
        second = await program.done("GET", f"/stays?limit=2&cursor={first['next']}")
        assert [stay["name"] for part in (first, second) for stay in part["items"]] == ["103", "102", "101"]
        assert second["next"] is None

    async def test_they_are_the_desk_s_and_the_manager_s(self, program: Program) -> None:
        guest = await checked_in(program)
        for path in ("/stays", f"/stays/{guest}/bill"):
            assert (await program.ask("GET", path, role="manager")).status_code == 200
            for role in ("technician", "housekeeping"):
                assert await program.refused("GET", path, role=role) == (403, "not-allowed", None)


class TestBill:
    async def test_calls_and_minibar_with_their_sums(self, program: Program) -> None:
        guest = await checked_in(program)
        await called(program, "a", guest=guest)
        await called(program, "unanswered", guest=guest, answered=None, charge_amount=None, charge_currency=None)
        await called(program, "b", guest=guest, outside="0800", charge_amount=15)
        await called(program, "other", guest="somebody")
        added = Charge(
            kind="minibar", guest=guest, room="203", started=program.house.clock.utc(), amount=700, currency="EUR",
            items=((7, 2), (9, 1)),
        )  # fmt: skip
        await program.house.store.do(lambda kept: kept.charges.add(added))
        bill = await program.done("GET", f"/stays/{guest}/bill")
        assert bill["stay"]["name"] == "Holm"
        shown = [
            (line["kind"], line["number"], line["article"], line["count"], line["charge"]) for line in bill["items"]
        ]
        assert shown == [
            ("call", "0601234", None, None, EUR), ("call", "0800", None, None, {"amount": 15, "currency": "EUR"}),
            ("minibar", None, 7, 2, {"amount": 700, "currency": "EUR"}), ("minibar", None, 9, 1, NOTHING),
        ]  # fmt: skip
        assert [line["talk_seconds"] for line in bill["items"]] == [60, 60, None, None]
        assert {line["state"] for line in bill["items"]} == {"pending"}
        assert [bill[name]["amount"] for name in ("calls", "minibar", "total")] == [400, 700, 1100]
        assert bill["priced"] is True

    async def test_of_what_has_no_price_here_the_bill_says_so(self, program: Program) -> None:
        guest = await checked_in(program)
        await called(program, "a", guest=guest)
        await called(program, "b", guest=guest, charge_amount=None, charge_currency=None, unpriced=True)
        await program.done("POST", "/charges", {"room": "203", "items": [{"article": 7}]}, role="housekeeping")
        bill = await program.done("GET", f"/stays/{guest}/bill")
        assert [(line["charge"], line["unpriced"]) for line in bill["items"]] == [
            (EUR, False), (None, True), (None, False),
        ]  # fmt: skip
        assert (bill["total"], bill["minibar"], bill["priced"]) == (EUR, NOTHING, False)

    async def test_it_is_still_there_when_the_guest_has_left_and_the_room_has_another(self, program: Program) -> None:
        guest = await checked_in(program)
        await called(program, "a", guest=guest)
        await program.done("POST", "/rooms/203/check-out", {"next": {"name": "Bauer"}})
        following = (await program.done("GET", "/rooms/203"))["guests"][0]["id"]
        await called(program, "b", guest=following)
        assert len((await program.done("GET", f"/stays/{guest}/bill"))["items"]) == 1
        assert (await program.done("GET", f"/stays/{following}/bill"))["total"] == EUR

    async def test_last_digits_are_left_out_by_the_house_s_setting(self, program: Program) -> None:
        guest = await checked_in(program)
        await called(program, "a", guest=guest)
        for digits, number in ((3, "0601"), (20, "")):
            await program.house.billing.set_charging(Charging(hidden_digits=digits))
            bill = await program.done("GET", f"/stays/{guest}/bill")
            assert [line["number"] for line in bill["items"]] == [number]

    async def test_calls_within_the_house_are_shown_if_asked_for(self, program: Program) -> None:
        guest = await checked_in(program)
        within = {
            "direction": "internal", "to_number": "100", "trunk": None, "outside": "", "charge_amount": None,
            "charge_currency": None,
        }  # fmt: skip
        await called(program, "a", **within)
        await called(program, "b", **within | {"from_room": "101", "to_room": "203"})
        assert (await program.done("GET", f"/stays/{guest}/bill"))["items"] == []
        bill = await program.done("GET", f"/stays/{guest}/bill?internal=true")
        assert [(line["kind"], line["number"], line["charge"]) for line in bill["items"]] == [("internal", "100", None)]
        assert (bill["total"], bill["priced"]) == (NOTHING, True)

    async def test_as_a_table(self, program: Program) -> None:
        guest = await checked_in(program)
        await called(program, "a", guest=guest)
        await program.done("POST", "/charges", {"room": "203", "items": [{"article": 7, "count": 2}]})
        answer = await program.ask("GET", f"/stays/{guest}/bill", Accept="text/csv")
        assert answer.headers["Content-Type"].startswith("text/csv")
        call, article = csv.DictReader(io.StringIO(answer.text))
        assert (call["number"], call["charge_amount"], call["charge_currency"], call["state"]) == (
            "0601234", "385", "EUR", "pending",
        )  # fmt: skip
        assert (article["kind"], article["article"], article["count"], article["charge_amount"]) == (
            "minibar", "7", "2", "",
        )  # fmt: skip

    async def test_of_nobody(self, program: Program) -> None:
        assert await program.refused("GET", "/stays/nobody/bill") == (404, "unknown-guest", "guest")


class TestRetention:
    async def test_the_manager_says_how_long_things_are_kept(self, program: Program) -> None:
        path, usual = "/settings/retention", {"records": 180, "alarms": 365, "audit": 365}
        assert await program.done("GET", path, role="manager") == usual
        assert await program.done("PUT", path, {"records": 30}, role="manager") == usual | {"records": 30}
        assert await program.done("GET", path, role="manager") == usual | {"records": 30}
        for wrong in (0, 3651, "30"):
            refused = await program.refused("PUT", path, {"records": wrong}, role="manager")
            assert refused == (422, "bad-value", "records")
        assert await program.refused("PUT", path, usual) == (403, "not-allowed", None)

    async def test_it_holds_for_stays_from_the_departure(self, program: Program) -> None:
        await checked_in(program)
        await checked_in(program, "101", name="Bauer")
        await program.done("PUT", "/settings/retention", {"records": 30}, role="manager")
        keeping, day = Housekeeping(program.house.store, program.house.clock), 86400
        program.house.clock.advance(40 * day)
        await program.done("POST", "/rooms/203/check-out", {})
        for days, names in ((29, ["Bauer", "Holm"]), (2, ["Bauer"])):
            program.house.clock.advance(days * day)
            await keeping.forget()
            listed = (await program.done("GET", "/stays"))["items"]
            assert sorted(stay["name"] for stay in listed) == names


class TestData:
    async def test_everything_that_is_kept_of_a_guest(self, program: Program) -> None:
        guest = await checked_in(program)
        await checked_in(program, "101", name="Bauer")
        await called(program, "a", guest=guest)
        await called(program, "b", guest="somebody")
        await program.done("POST", "/rooms/203/messages", {"text": "For her", "guest": guest})
        await program.done("POST", "/rooms/101/messages", {"text": "Not for her"})
        kept = await program.done("GET", f"/stays/{guest}/data", role="manager")
        assert (kept["stay"]["guest"], kept["stay"]["reservation"]) == (guest, "88120")
        assert kept["while_in"] == {
            "deposit": {"amount": 5000, "currency": "EUR"}, "no_post": False, "needs_person": False,
        }  # fmt: skip
        assert [message["text"] for message in kept["messages"]] == ["For her"]
        assert [record["id"] for record in kept["call_records"]] == ["a"]
        assert [charge["call_record"] for charge in kept["charges"]] == ["a"]
        assert [entry["action"] for entry in kept["audit"]] == ["check-in", "message-left"]
        last = (await program.house.audit())[0]
        assert (last.who, last.action, last.subject) == ("a-manager", "guest-data-read", guest)

    async def test_it_is_the_manager_s(self, program: Program) -> None:
        guest = await checked_in(program)
        await program.done("POST", "/rooms/203/check-out", {})
        for method in ("GET", "DELETE"):
            for role in ("desk", "technician", "housekeeping"):
                refused = await program.refused(method, f"/stays/{guest}/data", role=role)
                assert refused == (403, "not-allowed", None)
            refused = await program.refused(method, "/stays/nobody/data", role="manager")
            assert refused == (404, "unknown-guest", "guest")

    async def test_nobody_is_erased_who_is_in_or_owes_something(self, program: Program) -> None:
        guest = await checked_in(program)
        await called(program, "a", guest=guest)
        path = f"/stays/{guest}/data"
        assert await program.refused("DELETE", path, role="manager") == (409, "present", "guest")
        await program.done("POST", "/rooms/203/check-out", {})
        assert await program.refused("DELETE", path, role="manager") == (409, "unsettled", "guest")
        now = program.house.clock.utc()
        talking = CallRecord(
            leg="b", call="b", direction="outgoing", from_number="203", to_number="00", started=now, guest=guest
        )
        await posted(program)
        await program.house.store.do(lambda kept: kept.call_records.open(talking))
        assert await program.refused("DELETE", path, role="manager") == (409, "in-call", "guest")
        await program.house.store.do(lambda kept: kept.call_records.close(replace(talking, ended=now)))
        assert (await program.ask("DELETE", path, role="manager")).status_code == 204

    async def test_what_an_erasure_leaves(self, program: Program) -> None:
        guest = await checked_in(program)
        await program.done("PATCH", f"/rooms/203/guests/{guest}", {"name": "Holm-Ek"})
        await called(program, "a", guest=guest)
        await called(program, "in", direction="incoming", from_number="0777", from_room=None, to_room="203")
        await program.done("POST", "/rooms/203/check-out", {})
        await posted(program)
        bill = await program.done("GET", f"/stays/{guest}/bill")
        for _ in range(2):
            assert (await program.ask("DELETE", f"/stays/{guest}/data", role="manager")).status_code == 204
        (stay,) = (await program.done("GET", "/stays"))["items"]
        assert stay["erased"] and stay == bill["stay"] | {
            "name": None, "first_name": None, "reservation": None, "erased": stay["erased"],
        }  # fmt: skip
        after = await program.done("GET", f"/stays/{guest}/bill")
        assert after["items"] == [bill["items"][0] | {"number": ""}] and after["total"] == bill["total"]
        records = (await program.done("GET", "/call-records"))["items"]
        assert [(record["from"], record["to"], record["dialled"], record["talk_seconds"]) for record in records] == [
            ("", "00601234", "00601234", 60), ("203", "", "", 60),
        ]  # fmt: skip
        told = await program.ask("GET", "/audit", role="manager")
        assert "Holm" not in told.text and "88120" not in told.text and guest in told.text
        last = told.json["items"][0]
        assert (last["who"], last["action"], last["subject"], last["room"], last["detail"]) == (
            "a-manager", "guest-data-erased", guest, "203", {},
        )  # fmt: skip
        kept = await program.ask("GET", f"/stays/{guest}/data", role="manager")
        for word in ("Holm", "Astrid", "88120", "0601234"):
            assert word not in kept.text
