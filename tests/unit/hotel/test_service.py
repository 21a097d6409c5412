"""A change of the house: whole on disk before it is in force, then on the telephones, told to whom it concerns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace

from firmware.billing.model import Charge
from firmware.errors import RefusedError, UnavailableError
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.numbering import AgentSettings, Instant
from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest
from firmware.hotel.service import By, HotelService
from firmware.pms.model import LampNews, StatusNews, WakeupNews, WakeupResult
from firmware.store import Repositories, StorageError, in_memory, open_repositories
from tests.unit.hotel.values import BAUER, HOLM, NOON, message, wakeup
from tests.unit.supervisor.house import House

T = TypeVar("T")
DESK = By("anna", "desk")


class Hall:
    """The demonstration hotel with two PMS links; its store refuses what a test says."""

    def __init__(self, make: Callable[[], Repositories]) -> None:
        self.house = House(make=make)
        self.refusing = False
        self.writing: list[str] = []
        self.hotel = self.made()

    def made(self) -> HotelService:
        telephones = {"101": ["101", "1101"], "102": ["102"], "103": []}
        return HotelService(telephones, ["fias", "mitel"], self, self.house.service, self.house.clock)  # type: ignore[arg-type]

    async def do(self, work: Callable[[Repositories], T]) -> T:
        if self.refusing:
            raise StorageError("database or disk is full")
        return await self.house.store.do(work)

    async def owed(self, link: str) -> list[object]:
        def take(kept: Repositories) -> list[object]:
            found = []
            while (news := kept.pms.next_news(link)) is not None:
                found.append(news[1])
                kept.pms.told(news[0])
            return found

        return await self.house.store.do(take)


@pytest.fixture(params=["memory", "sqlite"])
async def hall(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Hall]:
    made = Hall(in_memory if request.param == "memory" else lambda: open_repositories(tmp_path))
    await made.house.store.open()
    yield made
    await made.house.store.close()


def lit(hall: Hall) -> set[str]:
    """Telephones whose lamp the agent has on."""
    return set(hall.house.agent._lit)


async def test_a_change_is_on_the_telephones_when_it_is_done(hall: Hall) -> None:
    agent = hall.house.agent
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM, cor="mobile"))
    assert (agent._guests, agent._occupied, agent.room_class("101")) == ({"101": "Holm"}, {"101"}, "mobile")
    await hall.hotel.change(DESK, lambda draft: draft.set_dnd("101", True))
    await hall.hotel.change(DESK, lambda draft: draft.set_lamp("101", True))
    assert agent.features("101")[0] and agent.features("1101")[0] and lit(hall) == {"101", "1101"}
    await hall.hotel.change(DESK, lambda draft: draft.leave_message(message("m1", "101")))
    await hall.hotel.change(DESK, lambda draft: draft.set_lamp("101", False))
    assert lit(hall) == {"101", "1101"}
    await hall.hotel.change(DESK, lambda draft: draft.move("101", "102"))
    assert (agent._guests, agent._occupied, agent.room_class("102")) == ({"102": "Holm"}, {"102"}, "mobile")
    assert (agent.features("101")[0], agent.features("102")[0], lit(hall)) == (False, True, {"102"})
    await hall.hotel.change(DESK, lambda draft: draft.check_out("102"))
    assert (agent._guests, agent._occupied, lit(hall), agent.features("102")[0]) == ({}, frozenset(), set(), False)


async def test_a_room_has_the_language_of_the_first_guest_whose_language_we_speak(hall: Hall) -> None:
    german, russian = replace(HOLM, language="de"), replace(BAUER, language="ru")
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", german))
    assert hall.house.agent._languages.get("101") is None
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", russian, share=True))
    assert hall.house.agent._languages["101"] == hall.hotel.house.rooms["101"].language == "ru"


async def test_the_next_guest_s_name_is_shown_when_the_first_has_left(hall: Hall) -> None:
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", BAUER, share=True))
    assert hall.house.agent._guests == {"101": "Holm"}
    await hall.hotel.change(DESK, lambda draft: draft.check_out("101", "g1"))
    assert (hall.house.agent._guests, hall.house.agent._occupied) == ({"101": "Bauer"}, {"101"})


async def test_all_of_it_is_found_after_a_restart_and_put_on_a_new_agent(hall: Hall) -> None:
    def work(draft: Draft) -> None:
        draft.check_in("101", HOLM, cor="mobile")
        draft.set_dnd("101", True)
        draft.set_lamp("101", True)
        draft.leave_message(message("m1", "101", "g1"))
        draft.order_wakeup(wakeup("w1", "101", "g1"))

    await hall.hotel.change(DESK, work)
    again = hall.made()
    await again.load()
    assert again.house == hall.hotel.house
    agent = CallAgent(hall.house.agent._plan, AgentSettings(), lambda: "id")
    again.put_on_telephones(agent, hall.house.now())
    assert (agent._guests, agent._occupied, agent.room_class("101")) == ({"101": "Holm"}, {"101"}, "mobile")
    assert agent.features("1101")[0] and agent._lit == {"101", "1101"}


async def test_what_the_disk_refuses_has_not_happened(hall: Hall) -> None:
    told: list[object] = []
    hall.hotel.on_changed = lambda before, after, rooms: told.append(rooms)
    before, hall.refusing = hall.hotel.house, True
    with pytest.raises(StorageError):
        await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    assert hall.hotel.house is before and hall.house.agent._occupied == frozenset() and told == []
    hall.refusing = False
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    assert hall.house.agent._occupied == {"101"} and told == [["101"]]
    assert [entry.action for entry in await hall.house.audit()] == ["check-in"]


async def test_all_of_a_change_is_written_or_nothing(tmp_path: Path) -> None:
    """The disk is full when the last part of it is written."""
    hall = Hall(lambda: open_repositories(tmp_path))
    await hall.house.store.open()

    class Full:
        def add_news(self, *_: object) -> None:
            raise StorageError("database or disk is full")

    pms = await hall.do(lambda kept: kept.pms)
    await hall.do(lambda kept: object.__setattr__(kept, "pms", Full()))
    with pytest.raises(StorageError):
        await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    await hall.do(lambda kept: object.__setattr__(kept, "pms", pms))
    assert (await hall.do(lambda kept: kept.rooms.house(["101"]))).rooms["101"].guests == ()
    assert await hall.house.audit() == [] and not hall.hotel.house.rooms["101"].occupied
    await hall.house.store.close()


async def test_a_refused_change_has_changed_nothing(hall: Hall) -> None:
    def work(draft: Draft) -> None:
        draft.check_in("101", HOLM)
        draft.check_out("102")

    with pytest.raises(RefusedError, match="nobody lives in room 102"):
        await hall.hotel.change(DESK, work)
    assert not hall.hotel.house.rooms["101"].occupied and await hall.house.audit() == []


@contextmanager
def held(hall: Hall) -> Iterator[threading.Event]:
    """The disk does nothing until the event is set."""
    go = threading.Event()
    holding = asyncio.ensure_future(hall.house.store.do(lambda kept: go.wait(5)))
    try:
        yield go
    finally:
        go.set()
        holding.cancel()


async def test_nothing_is_in_force_before_it_is_on_disk(hall: Hall) -> None:
    with held(hall) as go:
        changing = asyncio.ensure_future(hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM)))
        await asyncio.sleep(0.05)
        assert not hall.hotel.house.rooms["101"].occupied and hall.house.agent._occupied == frozenset()
        go.set()
        await changing
    assert hall.hotel.house.rooms["101"].occupied and hall.house.agent._occupied == {"101"}


async def test_changes_that_come_together_are_made_one_after_the_other(hall: Hall) -> None:
    order: list[int] = []

    def guest(number: int) -> Callable[[Draft], None]:
        def work(draft: Draft) -> None:
            order.append(number)
            draft.check_in("101", Guest(id=f"g{number}", name=str(number)), share=True)

        return work

    await asyncio.gather(*(hall.hotel.change(DESK, guest(number)) for number in range(8)))
    assert order == list(range(8))
    assert [found.name for found in hall.hotel.house.rooms["101"].guests] == [str(number) for number in range(8)]
    assert hall.house.agent._guests == {"101": "0"}
    assert (await hall.do(lambda kept: kept.rooms.house(["101"]))).rooms["101"] == hall.hotel.house.rooms["101"]


async def test_only_one_of_two_has_the_room(hall: Hall) -> None:
    both = (
        hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM)),
        hall.hotel.change(DESK, lambda draft: draft.check_in("101", BAUER)),
    )
    first, second = await asyncio.gather(*both, return_exceptions=True)
    assert first == HOLM and isinstance(second, RefusedError)


async def test_it_is_finished_when_whoever_asked_has_gone_away(hall: Hall) -> None:
    with held(hall) as go:
        changing = asyncio.ensure_future(hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM)))
        await asyncio.sleep(0.05)
        changing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await changing
        go.set()
    await hall.hotel.change(DESK, lambda draft: draft.check_in("102", BAUER))
    assert hall.house.agent._occupied == {"101", "102"}
    assert [entry.room for entry in await hall.house.audit()] == ["102", "101"]


async def test_a_house_without_a_gateway_is_changed_all_the_same(hall: Hall) -> None:
    async def away(how: Callable[[CallAgent, Instant], list[Decision]]) -> None:
        raise UnavailableError("the voice gateway is not there")

    hall.house.service.change = away  # type: ignore[method-assign]
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    assert hall.hotel.house.rooms["101"].occupied


async def test_the_audit_says_who_and_through_what_and_waits_for_its_disk(hall: Hall) -> None:
    audit = await hall.do(lambda kept: kept.audit)

    class Full:
        def add(self, entry: object) -> None:
            raise StorageError("database or disk is full")

    await hall.do(lambda kept: object.__setattr__(kept, "audit", Full()))
    await hall.hotel.change(By("fias", "pms"), lambda draft: draft.check_in("101", HOLM), link="fias")
    assert hall.hotel.house.rooms["101"].occupied
    await hall.do(lambda kept: object.__setattr__(kept, "audit", audit))
    assert await hall.house.audit() == []
    for _ in range(2):  # and not a second time
        await hall.made().load()
    (entry,) = await hall.house.audit()
    assert (entry.who, entry.through, entry.action, entry.room) == ("fias", "pms", "check-in", "101")


async def test_who_does_not_wait_finds_it_in_the_audit_a_moment_later(hall: Hall) -> None:
    for number in range(3):
        guest = Guest(id=f"g{number}")
        await hall.hotel.change(DESK, lambda draft, guest=guest: draft.check_in("101", guest, share=True), wait=False)  # type: ignore[misc]
    while hall.hotel._at_work:
        await asyncio.wait(hall.hotel._at_work)
    assert len(await hall.house.audit()) == 3


async def test_charges_that_were_not_sent_follow_their_guest(hall: Hall) -> None:
    def charge(room: str, guest: str, leg: str) -> Charge:
        return Charge(
            kind="call", leg=leg, guest=guest, room=room, number="0601", started=NOON, amount=100, currency="PLN"
        )

    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", BAUER, share=True))
    sent, mine, other = [
        await hall.do(lambda kept, c=c: kept.charges.add(c))  # type: ignore[misc]
        for c in (charge("101", "g1", "a"), charge("101", "g1", "b"), charge("101", "g2", "c"))
    ]
    await hall.do(lambda kept: kept.charges.begin_posting(sent.id, "fias", 4))

    async def rooms() -> list[str]:
        found = [await hall.do(lambda kept, c=c: kept.charges.get(c.id)) for c in (sent, mine, other)]  # type: ignore[misc]
        return [each.room for each in found]

    await hall.hotel.change(DESK, lambda draft: draft.move("101", "102", "g1"))
    assert await rooms() == ["101", "102", "101"]
    await hall.hotel.change(DESK, lambda draft: draft.swap("101", "102"))
    assert await rooms() == ["101", "101", "102"]
    left = await hall.hotel.change(DESK, lambda draft: draft.check_out("101", "g1"))
    await hall.hotel.change(DESK, lambda draft: draft.settle_in("103", HOLM, left))
    assert await rooms() == ["101", "103", "102"]


async def test_all_links_hear_of_it_but_the_one_that_said_it(hall: Hall) -> None:
    await hall.hotel.change(DESK, lambda draft: draft.set_lamp("101", True))
    await hall.hotel.change(By("fias", "pms"), lambda draft: draft.set_lamp("102", True), link="fias")
    assert await hall.owed("fias") == [LampNews(room="101", lit=True)]
    assert await hall.owed("mitel") == [LampNews(room="101", lit=True), LampNews(room="102", lit=True)]


async def test_links_hear_of_the_rooms_of_a_move_and_of_a_check_out(hall: Hall) -> None:
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    await hall.hotel.change(DESK, lambda draft: draft.set_lamp("101", True))
    await hall.owed("fias")
    await hall.hotel.change(DESK, lambda draft: draft.move("101", "102"))
    await hall.hotel.change(By("mitel", "pms"), lambda draft: draft.check_out("102"), link="mitel")
    dirty_101 = [LampNews(room="101", lit=False), StatusNews(room="101", status="dirty", occupied=False)]
    dirty_102 = [LampNews(room="102", lit=False), StatusNews(room="102", status="dirty", occupied=False)]
    assert await hall.owed("fias") == [*dirty_101, *dirty_102]
    assert await hall.owed("mitel") == [*dirty_101, LampNews(room="102", lit=True)]


async def test_a_change_that_changes_nothing_is_not_written_or_told(hall: Hall) -> None:
    await hall.hotel.change(DESK, lambda draft: draft.set_dnd("101", True))
    hall.refusing = True
    await hall.hotel.change(DESK, lambda draft: draft.cancel_wakeups([]))
    await hall.hotel.change(DESK, lambda draft: draft.set_dnd("101", True))


async def test_who_looks_is_told_of_rooms_that_look_different(hall: Hall) -> None:
    told: list[list[str]] = []
    hall.hotel.on_changed = lambda before, after, rooms: told.append(list(rooms))
    await hall.hotel.change(DESK, lambda draft: draft.check_in("101", HOLM))
    await hall.hotel.change(DESK, lambda draft: draft.order_wakeup(wakeup("w1", "101", "g1")))
    await hall.hotel.change(DESK, lambda draft: draft.move("101", "102"))
    assert told == [["101"], ["101"], ["101", "102"]]


async def test_a_wake_up_is_told_and_answered_and_found_with_its_attempts_after_a_restart(hall: Hall) -> None:
    await hall.hotel.change(DESK, lambda draft: draft.order_wakeup(wakeup("w1", "101")))
    await hall.hotel.change(DESK, lambda draft: draft.begin_attempt("w1", NOON))
    again = hall.made()
    await again.load()
    order = again.house.wakeups["w1"]
    assert (order.state, [attempt.started for attempt in order.attempts]) == ("ringing", [NOON])
    await again.change(DESK, lambda draft: draft.finish("w1", "answered"))
    told: list[object] = [
        WakeupNews(room="101", at=order.at), WakeupResult(room="101", at=order.at, outcome="OK"),
    ]  # fmt: skip
    assert (await hall.owed("fias"), await hall.owed("mitel")) == (told, told)
    last = hall.made()
    await last.load()
    assert last.house.wakeups == {} and last.house.has_rung("101", order.at, "fias")
    assert last.house.over[0].ended == hall.house.clock.utc()
