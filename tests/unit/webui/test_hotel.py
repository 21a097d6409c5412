"""Check-in, check-out, move, swap, groups, messages, housekeeping: as a program sees them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from firmware.hotel.model import WakeupOrder
from firmware.hotel.service import By
from tests.unit.webui.program import Program

HOLM = {
    "name": "Holm", "first_name": "Astrid", "language": "sv", "vip": True, "reservation": "88120",
    "departure": "2026-11-25",
}  # fmt: skip


async def with_wakeup(program: Program, room: str) -> None:
    """A wake-up for the room at seven."""
    at, now = datetime(2026, 11, 23, 7, 0), program.house.clock.utc()  # noqa: DTZ001 - the hotel's wall time
    order = WakeupOrder(id=f"w{room}", room=room, at=at, by="anna", through="desk", ordered=now)
    await program.house.hotel.change(By("anna", "desk"), lambda draft: draft.order_wakeup(order))


def names(room: Any) -> list[str]:
    return [guest["name"] for guest in room["guests"]]


class TestCheckIn:
    async def test_the_room_has_the_guest_and_is_the_object_of_the_design(self, program: Program) -> None:
        room = await program.done("POST", "/rooms/203/check-in", HOLM)
        assert room == await program.done("GET", "/rooms/203")
        assert set(room) == {
            "room", "floor", "extensions", "occupancy", "guests", "housekeeping", "dnd", "message_lamp", "class",
            "effective_class", "next_wakeup", "line_state",
        }  # fmt: skip
        (guest,) = room["guests"]
        assert guest.pop("id") and guest.pop("arrival").endswith("+01:00")
        assert guest == HOLM | {"needs_person": False, "deposit": None, "deposit_left": None}
        assert (room["occupancy"], room["class"], room["effective_class"]) == ("occupied", None, "national")

    async def test_a_class_of_the_room_s_own(self, program: Program) -> None:
        room = await program.done("POST", "/rooms/203/check-in", HOLM | {"class": "international"})
        assert (room["class"], room["effective_class"]) == ("international", "international")

    async def test_an_occupied_room_is_shared_or_refused(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        assert await program.refused("POST", "/rooms/203/check-in", {"name": "Bauer"}) == (409, "occupied", "share")
        room = await program.done("POST", "/rooms/203/check-in", {"name": "Bauer", "share": True})
        assert names(room) == ["Holm", "Bauer"]

    async def test_a_departure_may_be_a_time(self, program: Program) -> None:
        for given in ("2026-11-25T11:00", "2026-11-25T10:00:00Z"):
            room = await program.done("POST", "/rooms/203/check-in", {"departure": given, "share": True})
            assert room["guests"][-1]["departure"] == "2026-11-25T11:00:00.000+01:00"

    async def test_nobody_has_left_before_he_comes(self, program: Program) -> None:
        for given in ("2026-11-21", "2026-11-21T23:59", "2026-11-21T22:59:00Z"):
            refused = await program.refused("POST", "/rooms/203/check-in", {"name": "Holm", "departure": given})
            assert refused == (422, "past", "departure")
        today = {"name": "Holm", "departure": "2026-11-22"}
        assert names(await program.done("POST", "/rooms/203/check-in", today)) == ["Holm"]

    async def test_space_around_a_name_is_no_part_of_it(self, program: Program) -> None:
        (guest,) = (await program.done("POST", "/rooms/203/check-in", {"name": " Holm ", "group": "Tour\u00a0"}))[
            "guests"
        ]
        assert (guest["name"], program.house.hotel.house.rooms["203"].guests[0].group) == ("Holm", "Tour")
        room = await program.done("PATCH", f"/rooms/203/guests/{guest['id']}", {"name": "Bauer "})
        assert names(room) == ["Bauer"]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"departure": "tomorrow"}, "departure"),
            ({"departure": "2026-02-30"}, "departure"),
            ({"departure": "0001-01-01T00:00+14:00"}, "departure"),
            ({"departure": 20261125}, "departure"),
            ({"name": " "}, "name"),
            ({"name": "Holm\u202etseuG"}, "name"),
            ({"first_name": "\u00a0\u3000"}, "first_name"),
            ({"language": "swedish"}, "language"),
            ({"language": "SV"}, "language"),
            ({"deposit": -1}, "deposit"),
            ({"deposit": 12.5}, "deposit"),
            ({"deposit": "50"}, "deposit"),
            ({"deposit": {"amount": 10**30, "currency": "EUR"}}, "deposit.amount"),
            ({"deposit": {"amount": 5000, "currency": "USD"}}, "deposit.currency"),
            ({"deposit": {"amount": 5000}}, "deposit.currency"),
            ({"class": "everything"}, "class"),
            ({"name": ""}, "name"),
            ({"name": "Holm\nAstrid"}, "name"),
            ({"vip": "yes"}, "vip"),
            ({"colour": "blue"}, "colour"),
        ],
    )
    async def test_what_is_wrong_is_named_and_changes_nothing(
        self, program: Program, wrong: dict[str, Any], field: str
    ) -> None:
        assert await program.refused("POST", "/rooms/203/check-in", HOLM | wrong) == (422, "bad-value", field)

    async def test_a_deposit_is_minor_units_or_money(self, program: Program) -> None:
        for deposit in (5000, {"amount": 5000, "currency": "EUR"}):
            await program.done("POST", "/rooms/203/check-in", HOLM | {"deposit": deposit, "share": True})
        assert [guest.limit for guest in program.house.hotel.house.rooms["203"].guests] == [5000, 5000]

    async def test_an_unknown_room(self, program: Program) -> None:
        assert await program.refused("POST", "/rooms/999/check-in", HOLM) == (404, "unknown-room", "room")


class TestCheckOut:
    async def test_what_was_cleared_is_told_and_the_room_is_dirty(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM | {"class": "mobile"})
        await program.done("POST", "/rooms/203/messages", {"text": "Ring back"})
        await program.done("PATCH", "/rooms/203", {"dnd": True, "message_lamp": True, "housekeeping": "clean"})
        await with_wakeup(program, "203")
        assert (await program.done("GET", "/rooms/203"))["next_wakeup"] == "2026-11-23T07:00:00.000+01:00"
        cleared = await program.done("POST", "/rooms/203/check-out", {})
        assert names(cleared) == ["Holm"]
        del cleared["guests"]
        assert cleared == {
            "room": "203", "wakeups": ["2026-11-23T07:00:00.000+01:00"], "messages": 1,
            "message_lamp": ["desk", "text"], "dnd": True, "class": "mobile", "vacant": True,
        }  # fmt: skip
        room = await program.done("GET", "/rooms/203")
        assert (room["occupancy"], room["guests"], room["housekeeping"], room["dnd"]) == ("vacant", [], "dirty", False)
        assert (room["message_lamp"], room["class"], room["effective_class"], room["next_wakeup"]) == (
            {"lit": False, "reasons": []}, None, "internal", None,
        )  # fmt: skip

    async def test_a_body_is_not_needed(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        assert (await program.done("POST", "/rooms/203/check-out"))["vacant"]

    async def test_a_sharer_leaves_and_nothing_changes_for_the_other(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        shared = await program.done("POST", "/rooms/203/check-in", {"name": "Bauer", "share": True})
        await program.done("PATCH", "/rooms/203", {"dnd": True})
        cleared = await program.done("POST", "/rooms/203/check-out", {"guest": shared["guests"][0]["id"]})
        assert (names(cleared), cleared["vacant"], cleared["dnd"]) == (["Holm"], False, False)
        room = await program.done("GET", "/rooms/203")
        assert (names(room), room["dnd"], room["housekeeping"]) == (["Bauer"], True, "clean")

    async def test_the_next_guest_moves_in_with_the_same_step_or_nobody_leaves(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        bad = {"next": {"name": "Bauer", "departure": "soon"}}
        assert await program.refused("POST", "/rooms/203/check-out", bad) == (422, "bad-value", "next.departure")
        await program.done("POST", "/rooms/203/check-out", {"next": {"name": "Bauer"}})
        room = await program.done("GET", "/rooms/203")
        assert (names(room), room["housekeeping"]) == (["Bauer"], "dirty")

    async def test_the_next_guest_shares_only_if_he_is_to(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        shared = await program.done("POST", "/rooms/203/check-in", {"name": "Bauer", "share": True})
        wanted = {"guest": shared["guests"][0]["id"], "next": {"name": "Kim"}}
        assert await program.refused("POST", "/rooms/203/check-out", wanted) == (409, "occupied", "next.share")
        wanted["next"]["share"] = True
        await program.done("POST", "/rooms/203/check-out", wanted)
        assert names(await program.done("GET", "/rooms/203")) == ["Bauer", "Kim"]

    async def test_who_is_not_there(self, program: Program) -> None:
        assert await program.refused("POST", "/rooms/203/check-out", {}) == (409, "vacant", "room")
        assert await program.refused("POST", "/rooms/999/check-out", {}) == (404, "unknown-room", "room")
        await program.done("POST", "/rooms/203/check-in", HOLM)
        refused = await program.refused("POST", "/rooms/203/check-out", {"guest": "nobody"})
        assert refused == (404, "unknown-guest", "guest")


class TestGroups:
    async def test_all_rooms_or_none(self, program: Program) -> None:
        await program.done("POST", "/rooms/202/check-in", {"name": "Bauer"})
        group = [{"room": room, "name": f"Guest {room}"} for room in ("201", "202", "203")]
        assert await program.refused("POST", "/check-ins", {"rooms": group}) == (409, "occupied", "rooms[1].share")
        group[1]["room"] = "999"
        assert await program.refused("POST", "/check-ins", {"rooms": group}) == (404, "unknown-room", "rooms[1].room")
        group[1] |= {"room": "102", "departure": "soon"}
        assert await program.refused("POST", "/check-ins", {"rooms": group}) == (422, "bad-value", "rooms[1].departure")
        del group[1]["departure"]
        checked_in = await program.done("POST", "/check-ins", {"rooms": group})
        assert [(room["room"], *names(room)) for room in checked_in["items"]] == [
            ("201", "Guest 201"), ("102", "Guest 202"), ("203", "Guest 203"),
        ]  # fmt: skip

    async def test_a_large_group_is_one_request(self, program: Program) -> None:
        group = [{"room": "201", "name": f"{number:03}" + 70 * "x", "share": True} for number in range(500)]
        (room,) = (await program.done("POST", "/check-ins", {"rooms": group}))["items"]
        assert [name[:3] for name in names(room)] == [f"{number:03}" for number in range(500)]
        refused = await program.refused("POST", "/check-ins", {"rooms": [*group, {"room": "202"}]})
        assert refused == (422, "bad-value", "rooms")

    async def test_the_same_room_twice_is_shared_or_refused(self, program: Program) -> None:
        group: list[dict[str, Any]] = [{"room": "201", "name": "Holm"}, {"room": "201", "name": "Bauer"}]
        assert await program.refused("POST", "/check-ins", {"rooms": group}) == (409, "occupied", "rooms[1].share")
        group[1]["share"] = True
        (room,) = (await program.done("POST", "/check-ins", {"rooms": group}))["items"]
        assert names(room) == ["Holm", "Bauer"]

    async def test_what_a_check_out_would_clear_is_told_before(self, program: Program) -> None:
        await program.done("POST", "/check-ins", {"rooms": [{"room": "201"}, {"room": "203", "name": "Kim"}]})
        await with_wakeup(program, "203")
        before = program.house.hotel.house
        wanted = {"rooms": ["201", "203", "201"]}
        told = await program.done("POST", "/check-outs", {**wanted, "preview": True})
        assert program.house.hotel.house == before
        assert [(one["room"], len(one["wakeups"])) for one in told["items"]] == [("201", 0), ("203", 1)]
        assert await program.done("POST", "/check-outs", wanted) == told
        assert not any(room.occupied for room in program.house.hotel.house.rooms.values())

    async def test_one_vacant_room_and_nobody_is_checked_out(self, program: Program) -> None:
        await program.done("POST", "/rooms/201/check-in", HOLM)
        for preview in (True, False):
            wanted = {"rooms": ["201", "203"], "preview": preview}
            assert await program.refused("POST", "/check-outs", wanted) == (409, "vacant", "rooms[1]")
        assert await program.refused("POST", "/check-outs", {"rooms": ["999"]}) == (404, "unknown-room", "rooms[0]")
        assert await program.refused("POST", "/check-outs", {"rooms": []}) == (422, "bad-value", "rooms")


class TestMoves:
    async def test_a_guest_takes_everything_along(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM | {"class": "mobile"})
        await program.done("POST", "/rooms/203/messages", {"text": "Ring back"})
        await program.done("PATCH", "/rooms/203", {"dnd": True})
        await with_wakeup(program, "203")
        moved = await program.done("POST", "/rooms/203/move", {"to": "101"})
        room, to = moved["room"], moved["to"]
        assert (room["occupancy"], room["housekeeping"], room["dnd"], room["next_wakeup"]) == (
            "vacant", "dirty", False, None,
        )  # fmt: skip
        assert (room["effective_class"], to["effective_class"]) == ("internal", "mobile")
        assert (names(to), to["dnd"], to["message_lamp"]["reasons"]) == (["Holm"], True, ["text"])
        assert to["next_wakeup"] == "2026-11-23T07:00:00.000+01:00"
        (message,) = (await program.done("GET", "/rooms/101/messages"))["items"]
        assert (message["room"], message["text"]) == ("101", "Ring back")

    async def test_one_of_two_moves_in_with_another_only_to_share(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        await program.done("POST", "/rooms/101/check-in", {"name": "Bauer"})
        assert await program.refused("POST", "/rooms/203/move", {"to": "101"}) == (409, "occupied", "to")
        moved = await program.done("POST", "/rooms/203/move", {"to": "101", "share": True})
        assert names(moved["to"]) == ["Bauer", "Holm"]

    async def test_moves_that_cannot_be(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        for room, wanted, refusal in (
            ("203", {"to": "999"}, (404, "unknown-room", "to")),
            ("999", {"to": "203"}, (404, "unknown-room", "room")),
            ("203", {"to": "203"}, (422, "same-room", "to")),
            ("101", {"to": "203"}, (409, "vacant", "room")),
            ("203", {"to": "101", "guest": "nobody"}, (404, "unknown-guest", "guest")),
            ("203", {}, (422, "bad-value", "to")),
        ):
            assert await program.refused("POST", f"/rooms/{room}/move", wanted) == refusal

    async def test_a_swap_needs_guests_in_both_rooms(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        for wanted, refusal in (
            ("101", (409, "vacant", "with")),
            ("999", (404, "unknown-room", "with")),
            ("203", (422, "same-room", "with")),
        ):
            assert await program.refused("POST", "/rooms/203/swap", {"with": wanted}) == refusal
        await program.done("POST", "/rooms/101/check-in", {"name": "Bauer"})
        await program.done("PATCH", "/rooms/101", {"dnd": True})
        swapped = await program.done("POST", "/rooms/203/swap", {"with": "101"})
        assert (names(swapped["room"]), swapped["room"]["dnd"]) == (["Bauer"], True)
        assert (names(swapped["to"]), swapped["to"]["dnd"]) == (["Holm"], False)


class TestGuests:
    async def test_only_what_is_given_changes(self, program: Program) -> None:
        (guest,) = (await program.done("POST", "/rooms/203/check-in", HOLM | {"deposit": 5000}))["guests"]
        path = f"/rooms/203/guests/{guest['id']}"
        assert guest["deposit"] == guest["deposit_left"] == {"amount": 5000, "currency": "EUR"}
        change = {"name": "Holm-Bauer", "departure": None, "deposit": None}
        room = await program.done("PATCH", path, change)
        assert room["guests"] == [guest | change | {"deposit_left": None}]
        assert program.house.hotel.house.rooms["203"].guests[0].limit is None
        assert await program.done("PATCH", path, {}) == room

    async def test_of_a_guest_who_stays_longer_all_else_can_be_corrected(self, program: Program) -> None:
        (guest,) = (await program.done("POST", "/rooms/203/check-in", HOLM))["guests"]
        path = f"/rooms/203/guests/{guest['id']}"
        program.house.clock.advance(10 * 86_400)
        room = await program.done("PATCH", path, {"name": "Bauer", "departure": HOLM["departure"]})
        assert names(room) == ["Bauer"]
        assert await program.refused("PATCH", path, {"departure": "2026-11-26"}) == (422, "past", "departure")

    async def test_changes_that_cannot_be(self, program: Program) -> None:
        (guest,) = (await program.done("POST", "/rooms/203/check-in", HOLM))["guests"]
        path = f"/rooms/203/guests/{guest['id']}"
        for wanted, field in (
            ({"departure": "soon"}, "departure"),
            ({"language": "x"}, "language"),
            ({"deposit": {"amount": 1, "currency": "USD"}}, "deposit.currency"),
            ({"vip": None}, "vip"),
            ({"arrival": "2026-11-22"}, "arrival"),
        ):
            assert await program.refused("PATCH", path, wanted) == (422, "bad-value", field)
        refused = await program.refused("PATCH", "/rooms/203/guests/nobody", {"name": "X"})
        assert refused == (404, "unknown-guest", "guest")
        refused = await program.refused("PATCH", f"/rooms/101/guests/{guest['id']}", {"name": "X"})
        assert refused == (404, "unknown-guest", "guest")


class TestMessages:
    async def test_the_lamp_is_lit_until_all_are_read(self, program: Program) -> None:
        (guest,) = (await program.done("POST", "/rooms/203/check-in", HOLM))["guests"]
        first = await program.done("POST", "/rooms/203/messages", {"text": "One", "guest": guest["id"]})
        second = await program.done("POST", "/rooms/203/messages", {"text": "Two"})
        assert (first["by"], first["guest"], first["read"]) == ("a-desk", guest["id"], None)
        listed = await program.done("GET", "/rooms/203/messages")
        assert [message["text"] for message in listed["items"]] == ["One", "Two"]

        async def lit() -> bool:
            return bool((await program.done("GET", "/rooms/203"))["message_lamp"]["lit"])

        assert (await program.done("POST", f"/messages/{first['id']}/read", {}))["read"] and await lit()
        await program.done("DELETE", f"/messages/{second['id']}")
        assert not await lit()
        assert (await program.done("POST", f"/messages/{first['id']}/read", {"read": False}))["read"] is None
        assert await lit()

    async def test_messages_that_cannot_be(self, program: Program) -> None:
        text = {"text": "x"}
        assert await program.refused("POST", "/rooms/203/messages", text) == (409, "vacant", "room")
        await program.done("POST", "/rooms/203/check-in", HOLM)
        for method, path, body, refusal in (
            ("POST", "/rooms/999/messages", text, (404, "unknown-room", "room")),
            ("GET", "/rooms/999/messages", None, (404, "unknown-room", "room")),
            ("POST", "/rooms/203/messages", {"text": ""}, (422, "bad-value", "text")),
            ("POST", "/rooms/203/messages", text | {"guest": "nobody"}, (404, "unknown-guest", "guest")),
            ("POST", "/messages/m/read", {}, (404, "unknown-message", "id")),
            ("DELETE", "/messages/m", None, (404, "unknown-message", "id")),
        ):
            assert await program.refused(method, path, body) == refusal


class TestHousekeeping:
    async def test_sees_rooms_without_their_guests(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        room = await program.done("GET", "/rooms/203", role="housekeeping")
        assert (room["occupancy"], room["guests"]) == ("occupied", [])
        listed = await program.ask("GET", "/rooms", role="housekeeping")
        assert room in listed.json["items"] and "Holm" not in listed.text
        assert await program.refused("GET", "/rooms/203/messages", role="housekeeping") == (403, "not-allowed", None)

    async def test_changes_the_status_and_nothing_else(self, program: Program) -> None:
        await program.done("POST", "/rooms/203/check-in", HOLM)
        room = await program.done("PATCH", "/rooms/203", {"housekeeping": "clean"}, role="housekeeping")
        assert (room["housekeeping"], room["guests"]) == ("clean", [])
        for other in ({"dnd": True}, {"class": None}, {"message_lamp": False}):
            wanted = {"housekeeping": "inspected", **other}
            refused = await program.refused("PATCH", "/rooms/203", wanted, role="housekeeping")
            assert refused == (403, "not-allowed", next(iter(other)))
        refused = await program.refused("POST", "/rooms/203/check-out", {}, role="housekeeping")
        assert refused == (403, "not-allowed", None)

    async def test_the_technician_changes_no_rooms(self, program: Program) -> None:
        refused = await program.refused("PATCH", "/rooms/203", {"housekeeping": "clean"}, role="technician")
        assert refused == (403, "not-allowed", None)
