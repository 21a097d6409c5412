"""A PMS link at work: what is said becomes one change that is on disk, and what is owed goes out once and in order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware.hotel.model import Guest
from firmware.hotel.service import By
from firmware.pms.link import MOST_UNREAD, RESYNC_EVERY_S, TRY_AGAIN_S
from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import MitelSettings
from firmware.store import in_memory, open_repositories
from tests.unit.pms.site import ALARM_AFTER_S, DESK, Site


@pytest.fixture(params=["memory", "sqlite"])
async def site(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Site]:
    made = await Site(in_memory if request.param == "memory" else lambda: open_repositories(tmp_path)).open()
    yield made
    assert not made.task.done(), "the link has ended"
    await made.close()


@contextmanager
def slow_disk(site: Site) -> Iterator[None]:
    """It does nothing until the end of the block."""
    go = threading.Event()
    holding = asyncio.ensure_future(site.house.store.do(lambda kept: go.wait(5)))
    try:
        yield
    finally:
        go.set()
        holding.add_done_callback(lambda done: done.exception())


# -------------------------------------------------------------------------------------------------- what the PMS says


async def test_a_guest_is_in_and_can_call_when_his_record_is_on_disk(site: Site) -> None:
    await site.alive()
    with slow_disk(site):
        site.says("GI|RN101|G#1|GSN|GNHolm|")
        await asyncio.sleep(0.02)
        assert not site.room("101").occupied and site.house.agent._occupied == frozenset()
    await site.until(lambda: site.house.agent._occupied == {"101"})
    assert site.house.agent._guests == {"101": "Holm"}
    assert (await site.do(lambda kept: kept.rooms.house(["101"]))).rooms["101"] == site.room("101")


async def test_a_wakeup_that_is_withdrawn_or_checked_out_is_answered_once(site: Site) -> None:
    await site.alive()
    site.says("GI|RN101|G#1|GSN|", "WR|RN101|DA261125|TI064500|", "WR|RN101|DA261126|TI064500|")
    await site.settled()
    for record in ("WC|RN101|DA261125|TI064500|", "GO|RN101|G#1|GSN|", "WC|RN101|DA|TI|"):
        site.says(record)
        await site.settled()
        site.link.look_for_more()
        await site.settled()
    assert site.records("WA", "WR", "WC") == ["WA|RN101|ASDE|", "WA|RN101|ASDE|"]


async def test_records_of_one_read_are_one_change(site: Site) -> None:
    await site.alive()
    site.changes.clear()
    site.says("GI|RN101|G#1|GSN|", "GI|RN102|G#2|GSN|", "GI|RN999|G#9|GSN|", "GO|RN101|G#1|GSN|", "GI|RN103|G#1|GSN|")
    await site.until(lambda: site.room("103").occupied)
    await site.settled()
    assert site.changes == [["101", "102", "103"]]
    assert (site.link.counters["refused"], site.link.kinds["received", "GI"]) == (1, 4)


async def test_a_record_that_we_make_a_mistake_over_ends_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.alive()
    reconciler = site.link._reconciler
    handlers = dict(reconciler._handlers)
    monkeypatch.setattr(reconciler, "_handlers", handlers)
    check_in = handlers[next(kind for kind in handlers if kind.__name__ == "CheckIn")]

    def mistaken(event: object, draft: object, now: object) -> None:
        check_in(event, draft, now)  # type: ignore[arg-type]
        raise KeyError("a mistake")

    kind = next(kind for kind in handlers if kind.__name__ == "CheckIn")
    handlers[kind] = mistaken
    site.says("GI|RN101|G#1|GSN|", "RE|RN102|MLY|")
    await site.settled()
    assert site.room("102").lamp and not site.room("101").occupied and site.link.counters["refused"] == 1
    handlers[kind] = check_in
    site.says("GI|RN101|G#1|GSN|")
    await site.until(lambda: site.room("101").occupied)


async def test_a_mistake_over_a_connection_costs_that_connection(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firmware.pms.link.FAULT_PAUSE_S", 0.0)
    await site.alive()
    received = site.link._machine.received

    def mistaken(data: bytes, now: object) -> list[object]:
        monkeypatch.setattr(site.link._machine, "received", received)
        raise KeyError("a mistake")

    monkeypatch.setattr(site.link._machine, "received", mistaken)
    site.says("GI|RN101|G#1|GSN|")
    await site.until(lambda: site.line.drops == ["a mistake of our own"])
    await site.cut()
    await site.alive(resync=False)
    site.says("GI|RN101|G#1|GSN|")
    await site.until(lambda: site.room("101").occupied)


async def test_what_the_disk_refuses_is_asked_for_again_as_soon_as_it_takes_anything(site: Site) -> None:
    await site.alive()
    site.refusing = True
    site.says("GI|RN101|G#1|GSN|")
    await site.until(lambda: site.link.counters["refused"] == 1)
    assert not site.room("101").occupied and site.link.state == "alive"
    await site.goes_on(10 * TRY_AGAIN_S)
    assert site.records("DR") == []
    site.refusing = False
    await site.goes_on(2 * TRY_AGAIN_S)
    assert site.records("DR") == ["DR|"]
    site.says("DS|", "GI|RN101|G#1|GSN|SF|", "DE|")
    await site.until(lambda: site.room("101").occupied)


async def test_a_resync_that_the_disk_has_holes_in_is_none(site: Site) -> None:
    await site.alive()
    site.says("GI|RN101|G#1|GSN|", "GI|RN101|G#2|GSY|")
    await site.until(lambda: site.room("101").occupied)
    site.says("DS|")
    await site.settled()
    site.refusing = True
    site.says("GI|RN101|G#1|GSY|GNHolm|SF|")
    await site.until(lambda: site.link.counters["refused"] == 1)
    site.refusing = False
    site.says("GI|RN101|G#2|GSY|SF|", "DE|")
    await site.settled()
    assert [guest.reservation for guest in site.room("101").guests] == ["1", "2"]
    await site.goes_on(RESYNC_EVERY_S + TRY_AGAIN_S)
    assert site.records("DR") == ["DR|"]


async def test_a_pms_that_floods_is_made_to_wait(site: Site) -> None:
    await site.alive()
    with slow_disk(site):
        site.says("GI|RN101|G#1|GSN|")
        await asyncio.sleep(0.02)
        padding = f"A0{'x' * 1000}|"
        lamps = [f"RE|RN102|MLY|{padding}", f"RE|RN102|MLN|{padding}"] * (MOST_UNREAD // 1500)
        site.says(*lamps, "RE|RN103|MLY|")
        assert not site.line.reading
    await site.until(lambda: bool(site.room("103").lamp))
    assert site.line.reading and not site.room("102").lamp and site.room("101").occupied


async def test_what_came_before_a_cut_counts_and_the_link_is_made_again(site: Site) -> None:
    await site.alive()
    with slow_disk(site):
        site.says("GI|RN101|G#1|GSN|")
        await asyncio.sleep(0.02)
        site.says("GI|RN102|G#2|GSN|", "GI|RN103|G#3")
        site.line.user.received(b"\x02GI|RN201|G#4|GS")
        site.line.user.lost("cut")
        site.line.user.opened()
        site.says("LS|DA261122|TI030000|")
    await site.until(lambda: bool(site.records("LA")))
    site.says("LA|DA261122|TI030000|")
    await site.until(lambda: site.link.state == "alive")
    assert site.room("101").occupied and site.room("102").occupied and not site.room("201").occupied


# ---------------------------------------------------------------------------------------------- what the PMS is told


async def test_news_go_out_once_and_in_order_but_not_to_who_said_it(site: Site) -> None:
    await site.alive()
    await site.hotel.change(DESK, lambda draft: draft.set_housekeeping("101", "clean", by="27"))
    await site.hotel.change(By("front", "pms"), lambda draft: draft.set_dnd("101", True), link="front")
    await site.hotel.change(By("back", "pms"), lambda draft: draft.set_housekeeping("102", "dirty"), link="back")
    site.link.look_for_more()
    await site.settled()
    assert site.records("RE") == ["RE|RN101|RS3|ID27|", "RE|RN102|RS1|"]
    assert site.link.owed == 0
    site.link.look_for_more()
    await site.settled()
    assert len(site.records("RE")) == 2


async def test_while_a_link_is_down_the_last_of_each_room_waits(site: Site) -> None:
    for status in ("dirty", "clean", "inspected"):
        await site.hotel.change(DESK, lambda draft, status=status: draft.set_housekeeping("101", status))  # type: ignore[misc]
    await site.hotel.change(DESK, lambda draft: draft.set_housekeeping("102", "dirty"))
    site.link.look_for_more()
    await site.settled()
    assert site.link.owed == 2 and site.records() == []
    await site.alive(resync=False)
    assert site.link.owed == 0


async def test_news_that_the_disk_could_not_take_off_are_not_told_again_meanwhile(site: Site) -> None:
    await site.alive()
    await site.hotel.change(DESK, lambda draft: draft.set_housekeeping("101", "clean"))
    send = site.line.send

    def refuse_then(data: bytes) -> bool:
        site.refusing = True
        return send(data)

    site.line.send = refuse_then  # type: ignore[method-assign]
    site.link.look_for_more()
    await site.until(lambda: site.refusing)
    site.line.send = send  # type: ignore[method-assign]
    await site.passes(TRY_AGAIN_S + 1)
    site.refusing = False
    await site.passes(TRY_AGAIN_S + 1)
    assert site.records("RE") == ["RE|RN101|RS3|"] and site.link.owed == 0


# ------------------------------------------------------------------------------------------------- life and resyncs


async def test_one_alarm_when_it_is_down_for_long_and_none_when_it_is_back(site: Site) -> None:
    await site.passes(ALARM_AFTER_S - 1)
    assert site.alarms.told == []
    await site.passes(1)
    await site.passes(1000)
    assert site.alarms.told == [("raised", "front")]
    await site.alive()
    assert site.alarms.told == [("raised", "front"), ("cleared", "front")]
    await site.cut()
    await site.passes(ALARM_AFTER_S - 1)
    assert len(site.alarms.told) == 2
    await site.passes(1)
    assert site.alarms.told[2:] == [("raised", "front")]


async def test_after_a_long_outage_the_pms_is_asked_what_it_has_said(site: Site) -> None:
    await site.alive()
    await site.cut()
    await site.passes(RESYNC_EVERY_S)
    await site.alive()


async def test_after_a_short_one_it_is_not(site: Site) -> None:
    await site.alive()
    await site.goes_on(RESYNC_EVERY_S)
    await site.cut()
    await site.passes(ALARM_AFTER_S - 10)
    await site.alive(resync=False)
    await site.goes_on(RESYNC_EVERY_S)
    assert site.records("DR") == []


async def test_an_outage_that_was_told_is_followed_by_a_resync_however_soon_after_another(site: Site) -> None:
    await site.alive()
    await site.cut()
    await site.passes(ALARM_AFTER_S + 1)
    await site.alive()
    await site.goes_on(RESYNC_EVERY_S * 2)
    assert site.records("DR") == []


async def test_a_resync_that_a_cut_has_ended_is_asked_for_again(site: Site) -> None:
    await site.alive(resync=False)
    site.says("DS|", "GI|RN101|G#1|GSN|SF|")
    await site.until(lambda: site.room("101").occupied)
    await site.cut()
    await site.alive(resync=False)
    await site.goes_on(RESYNC_EVERY_S)
    assert site.records("DR") == ["DR|"]


async def test_a_resync_can_be_asked_for_by_hand_at_any_time(site: Site) -> None:
    await site.alive()
    await site.link.ask_for_resync()
    await site.link.ask_for_resync()
    await site.settled()
    assert site.records("DR") in (["DR|"], ["DR|", "DR|"])


async def test_the_good_bye_waits_for_its_turn(site: Site) -> None:
    await site.alive()
    with slow_disk(site):
        site.says("GI|RN101|G#1|GSN|")
        await asyncio.sleep(0.02)
        stopping = asyncio.ensure_future(site.link.stop())
        await asyncio.sleep(0.02)
        assert not stopping.done() and site.records("LE") == []
    await stopping
    assert site.records("LE") == ["LE|"] and site.room("101").occupied


async def test_a_guest_of_the_desk_is_the_pms_s_when_it_is_back(site: Site) -> None:
    await site.hotel.change(DESK, lambda draft: draft.check_in("101", Guest(id="a", name="Holm")))
    await site.alive(resync=False)
    site.says("DS|", "GI|RN101|G#1|GSN|GNHolm|SF|", "DE|")
    await site.until(lambda: site.room("101").guests[0].reservation == "1")
    assert site.room("101").guests[0].id == "a"


async def test_it_ends_also_while_something_comes() -> None:
    site = await Site().open()
    await site.alive()
    site.link.look_for_more()
    site.task.cancel()
    done, _ = await asyncio.wait([site.task], timeout=5)
    assert done
    await site.close()


# --------------------------------------------------------------------------------------------------------------- Mitel


async def test_a_mitel_pms_that_waits_for_no_answer_is_served() -> None:
    """Hundreds of texts in one read."""
    site = await Site(machine=lambda: MitelMachine(MitelSettings())).open()
    site.line.user.opened()
    texts = b"".join(
        b"\x05\x02" + text + b"\x03"
        for _ in range(400)
        for text in (b"CHK1   101", b"MW 1   101", b"MW 0   101")
    )  # fmt: skip
    site.line.user.received(texts + b"\x05\x02CHK1   102\x03")
    await site.until(lambda: site.room("102").occupied)
    assert site.room("101").occupied and not site.room("101").lamp
    await site.close()
