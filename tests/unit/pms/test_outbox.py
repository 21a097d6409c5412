"""Charges on their way by a link: each under one number, posted once; what nobody knows of is for a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.billing.model import Charge
from firmware.hotel.model import Guest
from firmware.pms.link import TRY_AGAIN_S
from firmware.pms.machine import Told
from firmware.store import Repositories, in_memory, open_repositories
from tests.unit.hotel.values import NOON
from tests.unit.pms.site import DESK, Site

ANSWER_S = 31.0


@pytest.fixture(params=["memory", "sqlite"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    made = await Site(in_memory if request.param == "memory" else lambda: open_repositories(tmp_path)).open()
    yield made
    assert not made.task.done(), "the link has ended"
    await made.close()


async def owe(site: Site, *amounts: int) -> None:
    def add(kept: Repositories) -> None:
        for amount in amounts:
            kept.charges.add(
                Charge(
                    kind="call", leg=f"leg{amount}", room="101", number="0601", started=NOON, talk_seconds=186,
                    amount=amount, currency="PLN",
                )
            )  # fmt: skip

    await site.do(add)
    site.link.look_for_more()
    await site.settled()


async def states(site: Site) -> list[tuple[str, int]]:
    """State and sends of each charge, oldest first."""

    def look(kept: Repositories) -> list[tuple[str, int]]:
        found = [kept.charges.get(number) for number in range(1, 10)]
        return [(charge.state, charge.sends) for charge in found if charge]

    return await site.do(look)


def posted(site: Site) -> list[str]:
    """Amount and number of each PS."""
    fields = [{field[:2]: field[2:] for field in record.split("|")[1:]} for record in site.records("PS")]
    return [f"{found['TA']} #{found['P#']}" for found in fields]


async def test_one_after_the_other_each_when_the_one_before_is_booked(site: Site) -> None:
    await site.alive()
    await owe(site, 100, 200)
    assert posted(site) == ["100 #1"] and site.link.owed == 2
    site.answers()
    await site.settled()
    assert posted(site) == ["100 #1", "200 #2"]
    site.answers()
    await site.settled()
    assert await states(site) == [("posted", 1), ("posted", 1)] and site.link.owed == 0


async def test_what_waited_while_the_link_was_down_goes_before_news(site: Site) -> None:
    await owe(site, 100)
    await site.hotel.change(DESK, lambda draft: draft.set_housekeeping("101", "clean"))
    assert site.records() == []
    site.line.user.opened()
    site.says("LS|")
    await site.until(lambda: bool(site.records("LA")))
    site.says("LA|")
    await site.until(lambda: bool(site.records("RE")))
    assert [record[:2] for record in site.records("PS", "RE")] == ["PS", "RE"]


async def test_what_the_pms_will_not_have_is_for_a_person(site: Site) -> None:
    await site.alive()
    await owe(site, 100, 200)
    site.answers("NG")
    await site.settled()
    assert posted(site) == ["100 #1", "200 #2"]
    assert await states(site) == [("refused", 1), ("pending", 1)]


async def test_what_is_put_off_goes_out_again_under_its_number(site: Site) -> None:
    await site.alive()
    await owe(site, 100)
    for _ in range(3):
        site.answers("NA")
        await site.settled()
        site.says("NE|")
        await site.settled()
    assert posted(site) == ["100 #1"] * 4
    site.answers()
    await site.settled()
    assert await states(site) == [("posted", 1)]


async def test_what_is_not_answered_goes_out_once_more_and_then_to_a_person(site: Site) -> None:
    await site.alive()
    await owe(site, 100, 200)
    for _ in range(2):
        await site.passes(ANSWER_S)
        site.says("LA|")
        await site.settled()
    assert posted(site) == ["100 #1", "100 #1", "200 #2"]
    assert await states(site) == [("doubtful", 2), ("pending", 1)]
    site.says("PA|ASOK|P#1|")
    await site.settled()
    assert posted(site) == ["100 #1", "100 #1", "200 #2"]


async def test_a_charge_that_was_out_when_the_box_died_goes_out_under_its_number(site: Site) -> None:
    await site.alive()
    await owe(site, 100, 200)
    await site.kill()
    site.begin()
    await site.hotel.load()
    await site.alive(resync=False)
    await site.settled()
    site.line.sent = b""
    assert await states(site) == [("pending", 2), ("pending", 0)]
    site.says("PA|ASOK|P#0001|RN101|")
    await site.settled()
    assert posted(site) == ["200 #2"] and await states(site) == [("posted", 2), ("pending", 1)]


async def test_a_charge_of_which_nobody_will_hear_any_more_goes_out_under_its_number(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a mistake of our own while it was out."""
    monkeypatch.setattr("firmware.pms.link.FAULT_PAUSE_S", 0.0)
    await site.alive()
    await owe(site, 100)
    site.link._notes.put_nowait(lambda now: 1 // 0)  # type: ignore[arg-type,return-value]
    await site.until(lambda: site.line.drops != [])
    await site.cut()
    await site.alive(resync=False)
    await site.settled()
    assert await states(site) == [("pending", 2)]
    site.says("PA|ASOK|P#1|")
    await site.settled()
    assert await states(site) == [("posted", 2)]


async def test_a_repeat_that_never_went_out_is_still_to_be_made(site: Site) -> None:
    """A cut before the record has left says nothing of whether the first one was booked."""
    await site.alive()
    await owe(site, 100)
    outbox = site.link._owed._outbox
    assert outbox is not None
    await site.cut()
    assert await states(site) == [("pending", 1)]
    repeat = await outbox.next("front")
    assert repeat is not None and repeat[1] and await states(site) == [("pending", 2)]
    await outbox.told(repeat[0], Told("posting", "again"), "front")
    assert await states(site) == [("pending", 1)]
    await outbox.told(repeat[0], Told("posting", "again", "RY"), "front")
    assert await states(site) == [("pending", 0)]


async def test_what_a_person_has_settled_meanwhile_is_not_posted(site: Site) -> None:
    await owe(site, 100, 200)
    await site.do(lambda kept: kept.charges.settle(1, "anna", NOON))
    await site.alive(resync=False)
    await site.settled()
    assert await states(site) == [("settled", 0), ("pending", 1)]


async def test_an_answer_that_the_disk_refuses_is_kept_before_more_is_given(site: Site) -> None:
    await site.alive()
    await owe(site, 100, 200)
    site.refusing = True
    site.answers()
    await site.passes(TRY_AGAIN_S + 1)
    await site.passes(TRY_AGAIN_S + 1)
    assert posted(site) == ["100 #1"]
    site.refusing = False
    await site.passes(TRY_AGAIN_S + 1)
    assert posted(site) == ["100 #1", "200 #2"]
    assert await states(site) == [("posted", 1), ("pending", 1)]


async def lives(site: Site, guest: Guest, room: str = "101") -> None:
    await site.hotel.change(DESK, lambda draft: draft.check_in(room, guest, share=True))


async def leaves(site: Site, guest: Guest, room: str = "101") -> None:
    await site.hotel.change(DESK, lambda draft: draft.check_out(room, guest.id))
    await site.settled()


async def owes(site: Site, guest: Guest) -> None:
    """For a call at noon from 101."""
    call = Charge(
        kind="call", leg="leg", guest=guest.id, room="101", number="0601", started=NOON, talk_seconds=186, amount=100,
        currency="PLN",
    )  # fmt: skip
    await site.do(lambda kept: kept.charges.add(call))
    site.link.look_for_more()
    await site.settled()


HOLM = Guest(id="holm", name="Holm", arrival=NOON - timedelta(days=1))
RASK = Guest(id="rask", name="Rask", arrival=NOON - timedelta(hours=1))
BAUER = Guest(id="bauer", name="Bauer", arrival=NOON + timedelta(minutes=1))


async def test_a_call_of_somebody_who_has_left_is_not_put_on_the_next_guests_bill(site: Site) -> None:
    await site.alive()
    await lives(site, HOLM)
    await leaves(site, HOLM)
    await lives(site, BAUER)
    await owes(site, HOLM)
    assert posted(site) == []
    assert await states(site) == [("refused", 0)]


async def test_nor_is_one_whose_answer_is_missing_sent_again(site: Site) -> None:
    await site.alive()
    await lives(site, HOLM)
    await owes(site, HOLM)
    await leaves(site, HOLM)
    await lives(site, BAUER)
    await site.passes(ANSWER_S)
    site.says("LA|")
    await site.settled()
    assert posted(site) == ["100 #1"]
    assert await states(site) == [("doubtful", 1)]


async def test_who_has_shared_the_room_since_before_the_call_has_its_bill(site: Site) -> None:
    await site.alive()
    await lives(site, HOLM)
    await lives(site, RASK)
    await leaves(site, HOLM)
    await lives(site, BAUER)
    await owes(site, HOLM)
    assert posted(site) == ["100 #1"]


async def test_of_a_room_that_nobody_has_taken_since_the_pms_says_what_becomes_of_it(site: Site) -> None:
    await site.alive()
    await lives(site, HOLM)
    await leaves(site, HOLM)
    await owes(site, HOLM)
    assert posted(site) == ["100 #1"]


async def test_an_answer_for_a_charge_that_is_not_there_any_more_ends_no_link(site: Site) -> None:
    """As when an older copy of the database was taken meanwhile."""
    await site.alive()
    await owe(site, 100)
    await site.do(lambda kept: kept.charges.settle(1, "anna", NOON))
    assert await site.do(lambda kept: kept.charges.forget(NOON + timedelta(days=1))) == 1
    site.answers()
    await site.settled()
    await owe(site, 200)
    assert posted(site) == ["100 #1", "200 #2"]


async def test_a_number_that_was_sent_and_is_too_long_by_now_is_not_sent_as_another(site: Site) -> None:
    await site.alive()
    before = Charge(
        kind="call", leg="leg", room="101", number="0601", started=NOON, talk_seconds=186, amount=100, currency="PLN",
        link="front", posting=10_000, sends=1,
    )  # fmt: skip
    await site.do(lambda kept: kept.charges.add(before))
    await owe(site, 200)
    assert posted(site) == ["200 #1"]
    assert await states(site) == [("doubtful", 1), ("pending", 1)]
