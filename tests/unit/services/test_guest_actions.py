"""What guests and maids do from a room's telephone: its own room alone."""

from __future__ import annotations

import pytest

from firmware.audit import AuditFilter
from firmware.billing.model import ChargeFilter
from firmware.exchange.dialogue import Answered
from firmware.pms.model import StatusNews
from firmware.services import requests
from firmware.services.model import GuestRequest, RequestKind
from firmware.store import Repositories
from firmware.store.model import Page
from tests.unit.services.rig import DESK, Hall, items


@pytest.mark.parametrize(
    ("digit", "status"),
    [("1", "dirty"), ("2", "dirty"), ("3", "clean"), ("4", "clean"), ("5", "inspected"), ("6", "inspected"),
     ("9", "make-up")],
)  # fmt: skip
async def test_a_maid_s_digit_is_the_room_s_status(hall: Hall, digit: str, status: str) -> None:
    done = await hall.act("1203", "status-set", status=digit, maid="27")
    assert done == Answered("ok", {"room": "203", "status": status})
    assert hall.hotel.house.rooms["203"].housekeeping == status
    assert [(news.status, news.user) for news in await hall.owed() if isinstance(news, StatusNews)] == [(status, "27")]


async def test_the_audit_says_which_maid_it_was(hall: Hall) -> None:
    await hall.act("1203", "status-set", status="3", maid="17")
    await hall.hotel.settle_audit()
    (entry,) = await hall.store.do(lambda kept: kept.audit.entries(AuditFilter(), Page()))
    assert (entry.who, entry.through, entry.room, entry.detail) == (
        "1203", "keypad", "203", {"status": "clean", "by": "17"},
    )  # fmt: skip


async def test_what_nobody_has_done_for_a_year_hides_and_doubles_nothing(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    old = [
        GuestRequest(id=f"r{n}", kind="taxi", names={}, room=f"9{n}", left=hall.clock.utc(), by="101")
        for n in range(600)
    ]

    def work(kept: Repositories) -> None:
        for request in old:
            kept.requests.add(request)

    await hall.store.do(work)
    hall.clock.advance(1)
    kind = (await hall.offers.request_kinds())[0].id
    for _ in range(3):
        assert (await hall.act("1203", "request-leave", id=kind)).result == "ok"
    assert [request.room for request in (await hall.requests.listed())[600:]] == ["203"]


async def test_who_asks_for_too_much_comes_to_reception(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST_OPEN", 1)
    await hall.check_in("203", "g1")
    first, second = (kind.id for kind in (await hall.offers.request_kinds())[:2])
    told = [(await hall.act("1203", "request-leave", id=kind)).result for kind in (first, second, first)]
    assert told == ["ok", "gone", "ok"]


async def test_a_status_without_a_maid_and_what_is_none(hall: Hall) -> None:
    assert (await hall.act("1203", "status-set", status="3")).result == "ok"
    for digit in ("0", "7", "8", "33"):
        assert (await hall.act("1203", "status-set", status=digit)).result == "wrong-status"
    assert (await hall.act("1203", "status-set", status="1", maid="1" * 17)).result == "wrong-maid"
    assert (await hall.act("100", "status-set", status="1")).result == "refused"
    assert hall.hotel.house.rooms["203"].housekeeping == "clean"


async def test_staff_hear_the_status_of_any_room_and_guests_of_their_own(hall: Hall) -> None:
    await hall.change(lambda draft: draft.set_housekeeping("203", "dirty"))
    assert await hall.act("1203", "status-get") == Answered("ok", {"room": "203", "status": "dirty"})
    assert await hall.act("109", "status-get", room="203") == Answered("ok", {"room": "203", "status": "dirty"})
    assert (await hall.act("109", "status-get", room="305")).values["status"] == "clean"
    assert (await hall.act("109", "status-get", room="999")).result == "no-room"
    assert (await hall.act("109", "status-get")).result == "refused"
    assert (await hall.act("101", "status-get", room="203")).result == "refused"


async def test_the_minibar_is_a_charge(hall: Hall) -> None:
    await hall.check_in("101", "g1", language="ru")
    assert await hall.act("101", "minibar", item="12", quantity="3") == Answered("ok", {"quantity": "3", "prompt": ""})
    await hall.offers.set_articles({"12": {"ru": "пиво", "en": "beer"}})
    named = await hall.act("101", "minibar", item="012", quantity="1")
    assert named == Answered("ok", {"quantity": "1", "prompt": "ru:пиво"})
    charges = await hall.store.do(lambda kept: kept.charges.listed(ChargeFilter(room="101"), Page()))
    assert sorted(charge.items for charge in charges) == [((12, 1),), ((12, 3),)]
    assert (await hall.act("101", "minibar", item="13", quantity="1")).result == "wrong-item"
    for quantity in ("0", "100"):
        assert (await hall.act("101", "minibar", item="12", quantity=quantity)).result == "wrong-quantity"
    assert (await hall.act("305", "minibar", item="12", quantity="1")).result == "vacant"
    assert (await hall.act("100", "minibar", item="12", quantity="1")).result == "refused"


async def test_what_is_spoken_is_in_the_first_language_of_the_room_that_we_speak(hall: Hall) -> None:
    await hall.check_in("101", "g1", language="de")
    await hall.offers.set_articles({"12": {"ru": "пиво", "en": "beer", "pl": "piwo"}})
    assert (await hall.act("101", "minibar", item="12", quantity="1")).values["prompt"] == "pl:piwo"
    await hall.check_in("101", "g2", language="ru")
    assert (await hall.act("101", "minibar", item="12", quantity="1")).values["prompt"] == "ru:пиво"


async def test_do_not_disturb_is_the_room_s_or_the_staff_telephone_s(hall: Hall) -> None:
    assert (await hall.act("1203", "dnd", on="yes")).result == "ok"
    assert hall.hotel.house.rooms["203"].dnd
    assert (await hall.act("1203", "dnd", on="no")).result == "ok"
    assert not hall.hotel.house.rooms["203"].dnd
    assert (await hall.act("109", "dnd", on="yes")).result == "ok"
    assert (hall.features, hall.phones.told) == ([("109", "dnd", True)], [("dnd", "109", True)])
    assert (await hall.act("400", "dnd", on="yes")).result == "refused"
    assert (await hall.act("109", "dnd", on="maybe")).result == "refused"


async def test_who_wants_no_calls_from_rooms_takes_that_along_until_he_leaves(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    await hall.check_in("305", "g2")
    assert (await hall.act("101", "blocking", on="yes")).result == "refused"
    assert (await hall.act("1203", "blocking", on="yes")).result == "ok"
    assert hall.noted == [("1203", "keypad", "calls-refused", "203")]
    assert (hall.refusals.rooms, hall.phones.told) == ({"203"}, [("calls-refused", "1203", True)])
    await hall.change(lambda draft: draft.swap("203", "305"))
    assert hall.refusals.rooms == {"305"}
    await hall.change(lambda draft: draft.move("305", "101"))
    assert hall.refusals.rooms == {"101"}
    again = hall.phones.told[-1]
    await hall.refusals.load(hall.hotel.house)
    assert (again, hall.refusals.rooms) == (("calls-refused", "101", True), {"101"})
    await hall.change(lambda draft: draft.check_out("101"))
    assert (hall.refusals.rooms, hall.phones.told[-1]) == (frozenset(), ("calls-refused", "101", False))


async def test_a_refusal_that_outlived_its_guest_in_a_crash_ends_at_the_start(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    await hall.act("1203", "blocking", on="yes")
    await hall.hotel.change(DESK, lambda draft: draft.check_out("203"))
    await hall.refusals.load(hall.hotel.house)
    assert (hall.refusals.rooms, hall.phones.told[-1]) == (frozenset(), ("calls-refused", "1203", False))


async def test_a_request_waits_for_the_desk(hall: Hall) -> None:
    told: list[tuple[str, str]] = []
    hall.requests.on_changed = lambda request: told.append((request.kind, request.state))
    await hall.check_in("203", "g1", language="vi")
    offered = items(await hall.act("1203", "requests-list"), "id", "prompt")
    assert ("taxi", "vi:gọi taxi") in offered
    assert await hall.act("1203", "request-leave", id="taxi") == Answered("ok", {"prompt": "vi:gọi taxi"})
    assert (await hall.act("1203", "request-leave", id="taxi")).result == "ok"
    assert (await hall.act("1203", "request-leave", id="moon")).result == "gone"
    (waiting,) = await hall.requests.listed()
    assert (waiting.room, waiting.guest, waiting.by, waiting.state) == ("203", "g1", "1203", "open")
    done = await hall.requests.finish(waiting.id, "anna")
    assert (done.state, done.done_by, await hall.requests.listed()) == ("done", "anna", [])
    assert told == [("taxi", "open"), ("taxi", "done")]
    assert await hall.requests.listed(everything=True) == [done]


async def test_requests_are_for_guests(hall: Hall) -> None:
    for number in ("101", "100", "400"):
        assert (await hall.act(number, "requests-list")).result == "refused"
        assert (await hall.act(number, "request-leave", id="taxi")).result == "refused"


async def test_the_site_s_own_list_is_offered(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    await hall.offers.set_request_kinds([RequestKind(id="boat", names={"en": "a boat"})])
    assert items(await hall.act("1203", "requests-list"), "id", "prompt") == [("boat", "pl:a boat")]
    await hall.offers.set_request_kinds([])
    assert (await hall.act("1203", "requests-list")).result == "none"


async def test_a_request_is_noted_although_nothing_can_be_spoken(hall: Hall) -> None:
    await hall.check_in("203", "g1")
    hall.sound.works = False
    assert await hall.act("1203", "request-leave", id="taxi") == Answered("ok", {"prompt": ""})
    assert len(await hall.requests.listed()) == 1


async def test_what_nobody_knows_is_not_done(hall: Hall) -> None:
    assert (await hall.act("100", "open-sesame")).result == "unavailable"
    assert (await hall.act("100", "status-get", room="")).result == "refused"
    assert (await hall.act("1203", "status-set")).result == "refused"
