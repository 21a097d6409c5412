"""Charges from the end of a call to the bill: what is priced, who pays, what is kept together, what the desk hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from firmware.billing.model import Charge, ChargeFilter, Charging, Verdict
from firmware.billing.service import Billing
from firmware.billing.tariff_csv import TariffError
from firmware.clock import VirtualClock
from firmware.errors import RefusedError
from firmware.events import EventBus
from firmware.exchange.decisions import LegRecord, Party
from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Guest, Room
from firmware.store import Repositories, StorageError, open_repositories
from firmware.store.model import CallRecord, Page, RecordFilter, StoredAlarm
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.events import RecordEvent
from firmware.supervisor.record_keeper import RecordKeeper
from firmware.supervisor.store_thread import StoreThread
from tests.unit.billing.test_tariff_csv import HEADER

SECOND = 1_000_000_000
ALL = Page(limit=100)
TABLE = f"{HEADER}\n06,mobile,1-7,00:00,00:00,20,30,45,0,0,10,23\n".encode()
ROOMS = ("101", "203", "305")
CITY = Party(port="fxo/1", number="0601234567")
RECEPTION = Party(port="fxs/7", extension="100", number="100", name="Reception")


def room(number: str) -> Party:
    return Party(port="fxs/6", extension=number, number=number, room=number)


class Box:
    """A store in a directory, the keeper of records, billing, and guests that live in rooms."""

    def __init__(self, data: Path) -> None:
        self.clock = VirtualClock()
        self.errors: list[Exception] = []
        self.bus = EventBus(lambda event, error: self.errors.append(error))
        self.store = StoreThread(lambda: open_repositories(data))
        self.records = RecordKeeper(self.store, self.clock, self.bus)
        self.alarms = AlarmBoard(self.store, self.clock, self.bus)
        self.tasks: list[asyncio.Task[None]] = []
        self.billing = Billing(
            self.store, self.alarms, self.clock, ZoneInfo("Europe/Warsaw"), "EUR", ROOMS, self._beside
        )
        self.guests: dict[str, str] = {}
        self.published: list[CallRecord] = []
        self.told = 0
        self.records.price, self.records.payer_of = self.billing.priced, self.guests.get
        self.records.also.append(self.billing.write_charge)
        self.billing.payer_of = self.guests.get
        self.billing.on_charge = self._tell
        self.bus.subscribe(RecordEvent, lambda event: self.published.append(event.record))
        self.bus.subscribe(RecordEvent, lambda event: self.billing.finished(event.record))

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.ensure_future(work))

    def _tell(self) -> None:
        self.told += 1

    async def live(self, **guests: str) -> None:
        """Who lives in which room, and nobody else."""
        self.guests.clear()
        self.guests |= {where: guest for guest, where in guests.items()}
        before = await self.store.do(lambda kept: kept.rooms.house(ROOMS))
        wanted = {
            number: Room(
                room=number, guests=tuple(Guest(id=guest) for guest, where in guests.items() if where == number)
            )
            for number in ROOMS
        }

        def write(kept: Repositories) -> None:
            draft = Draft(House(before.rooms, before.messages, before.wakeups))
            for found in wanted.values():
                draft.rooms[found.room] = found
            kept.rooms.write(draft)

        await self.store.do(write)

    async def charges(self) -> list[Charge]:
        """Oldest first."""
        found = await self.store.do(lambda kept: kept.charges.listed(ChargeFilter(), ALL))
        return found[::-1]

    async def finished(self) -> list[CallRecord]:
        found = await self.store.do(lambda kept: kept.call_records.finished(RecordFilter(), ALL))
        return [record for _, record in found]

    async def standing(self) -> list[StoredAlarm]:
        await asyncio.gather(*self.tasks)
        return await self.alarms.standing()

    async def writable(self, wanted: bool) -> None:
        def work(kept: Repositories) -> None:
            for database in kept.databases:
                with database.reading() as connection:
                    connection.execute(f"PRAGMA query_only = {'OFF' if wanted else 'ON'}")

        await self.store.do(work)

    def call(self, name: str = "a", talked_s: float | None = None, **changes: Any) -> LegRecord:
        """From 203 to the mobile, answered now; `talked_s`: it is over."""
        now = round(self.clock.monotonic() * SECOND)
        usual: dict[str, Any] = {
            "direction": "outgoing", "from_party": room("203"), "to_party": CITY, "dialled": "0601234567",
            "started_ns": now - 5 * SECOND, "answered_ns": now, "trunk": "city", "cause": 16, "end": "released",
            "ended_ns": None if talked_s is None else now + round(talked_s * SECOND), "outside": "0601234567",
        }  # fmt: skip
        return LegRecord(leg=name, call="c", **usual | changes)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    made = Box(tmp_path)
    await made.store.open()
    await made.billing.put_tariffs(TABLE)
    yield made
    await asyncio.gather(*made.tasks)
    await made.store.close()
    assert made.errors == []


async def test_a_call_of_three_minutes_and_six_seconds_is_in_the_outbox_once_with_its_amount(box: Box) -> None:
    await box.live(anna="203")
    await box.records.open(box.call())
    await box.records.close(box.call(talked_s=186.9))
    (charge,) = await box.charges()
    assert (charge.amount, charge.currency, charge.talk_seconds) == (453, "EUR", 186)  # (20 + 45 x 7) x 1.1 x 1.23
    assert (charge.room, charge.guest, charge.number, charge.trunk) == ("203", "anna", "0601234567", "city")
    assert (charge.state, charge.leg, charge.posting, charge.kind) == ("pending", "a", None, "call")
    (record,) = await box.finished()
    assert (record.charge_amount, record.charge_currency, record.unpriced) == (453, "EUR", False)
    assert (record.guest, record.outside) == ("anna", "0601234567")
    assert record.started == charge.started
    assert [found.charge_amount for found in box.published] == [453]
    assert box.told == 1
    await box.records.close(box.call(talked_s=999))
    assert await box.charges() == [charge]


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": "internal", "to_party": room("101"), "trunk": None, "outside": "", "dialled": "101"},
        {"direction": "incoming", "from_party": CITY, "to_party": room("203"), "outside": ""},
        {"emergency": True, "dialled": "112", "outside": "112"},
        {"answered_ns": None},
        {"answered_ns": None, "end": "barred", "trunk": None},
    ],
    ids=["internal", "incoming", "emergency", "not answered", "barred"],
)
async def test_what_is_free(box: Box, changes: dict[str, Any]) -> None:
    await box.live(anna="203")
    await box.records.close(box.call(talked_s=60, **changes))
    (record,) = await box.finished()
    assert (record.charge_amount, record.unpriced, record.guest) == (None, False, None) or not record.answered
    assert await box.charges() == []
    assert await box.standing() == []


async def test_a_call_of_reception_has_a_price_and_no_bill(box: Box) -> None:
    await box.records.close(box.call(talked_s=60, from_party=RECEPTION))
    assert (await box.finished())[0].charge_amount is not None
    assert await box.charges() == []


async def test_a_room_that_is_no_guests_has_no_bill(box: Box) -> None:
    await box.records.close(box.call(talked_s=60, from_party=room("office")))
    assert await box.charges() == []


async def test_a_number_without_tariff_is_marked_and_told_and_stands_until_somebody_has_seen_it(box: Box) -> None:
    await box.records.close(box.call(talked_s=60, dialled="0048221", outside="0048221"))
    (record,) = await box.finished()
    assert (record.charge_amount, record.unpriced) == (None, True)
    assert await box.charges() == []
    (alarm,) = await box.standing()
    assert (alarm.kind, alarm.subject) == ("unpriced", "0048221")
    assert "0048221" in alarm.text and "room 203" in alarm.text and alarm.facts == {"from": "203"}
    await box.alarms.acknowledge(alarm.id, "anna")
    assert await box.standing() == []


@pytest.mark.parametrize(
    ("caller", "words", "facts"), [(RECEPTION, "from 100 ", {"from": "100"}), (Party(), "from a company line ", {})]
)
async def test_who_called_without_a_tariff_is_a_fact_where_it_is_known(
    box: Box, caller: Party, words: str, facts: dict[str, str]
) -> None:
    await box.records.close(box.call(talked_s=60, dialled="0048221", outside="0048221", from_party=caller))
    (alarm,) = await box.standing()
    assert words in alarm.text and alarm.facts == facts


async def test_a_price_that_no_bill_could_hold_is_no_price(box: Box) -> None:
    """TA of a posting has 15 digits."""
    await box.billing.put_tariffs(f"{HEADER}\n06,,,,,,1,100000000,,,1000,1000\n".encode())
    await box.records.close(box.call("a", talked_s=80_000))
    await box.records.close(box.call("b", talked_s=90_000))
    assert [(charge.leg, charge.amount) for charge in await box.charges()] == [("a", 968 * 10**12)]
    assert [record.unpriced for record in await box.finished()] == [True, False]


async def test_a_line_that_reception_gave_to_a_room_is_that_rooms_by_the_number_outside(box: Box) -> None:
    """Reception called out (its own leg), asked 203, and hung up."""
    await box.live(anna="203")
    asked = {"direction": "internal", "from_party": RECEPTION, "to_party": room("203"), "dialled": "203"}
    await box.records.open(box.call("b", **asked, trunk=None, outside=""))
    await box.records.close(box.call("a", talked_s=20, from_party=RECEPTION))
    await box.records.close(box.call("b", talked_s=186, from_party=CITY, to_party=room("203"), dialled="203"))
    (charge,) = await box.charges()
    assert (charge.leg, charge.room, charge.guest, charge.number) == ("b", "203", "anna", "0601234567")
    assert charge.amount == 453


async def test_a_call_began_when_it_began_though_the_clock_was_set_meanwhile(box: Box) -> None:
    await box.records.open(box.call())
    closed = box.call(talked_s=60)
    began = box.clock.utc() - timedelta(seconds=5)
    box.clock.advance(60)
    box.clock.step(7200)
    await box.records.close(closed)
    assert [charge.started for charge in await box.charges()] == [began]
    assert [record.started for record in (*await box.finished(), *box.published)] == [began] * 2


async def test_a_guest_who_has_moved_meanwhile_pays_where_he_lives(box: Box) -> None:
    await box.live(anna="203")
    await box.records.open(box.call())
    await box.live(anna="305", ben="203")
    await box.records.close(box.call(talked_s=60))
    (charge,) = await box.charges()
    assert (charge.guest, charge.room) == ("anna", "305")


async def test_a_guest_who_has_left_meanwhile_pays_for_the_room_that_he_had(box: Box) -> None:
    await box.live(anna="203")
    await box.records.open(box.call())
    await box.live(ben="203")
    await box.records.close(box.call(talked_s=60))
    (charge,) = await box.charges()
    assert (charge.guest, charge.room) == ("anna", "203")


async def test_a_call_from_a_vacant_room_is_charged_to_the_room(box: Box) -> None:
    await box.records.open(box.call())
    await box.live(anna="203")
    await box.records.close(box.call(talked_s=60))
    (charge,) = await box.charges()
    assert (charge.guest, charge.room) == (None, "203")


async def test_who_pays_is_known_again_after_a_restart_of_the_control_plane(tmp_path: Path, box: Box) -> None:
    await box.records.begin("b1")
    await box.live(anna="203")
    await box.records.open(box.call())
    again = Box(tmp_path)
    again.store = box.store
    again.records._store = box.store
    await box.live(ben="203")
    again.records.payer_of = box.guests.get
    again.records.price, again.records.also = box.billing.priced, [box.billing.write_charge]
    assert await again.records.begin("b1") == [box.call()]
    await again.records.close(box.call(talked_s=60))
    assert [charge.guest for charge in await box.charges()] == ["anna"]


async def test_a_call_that_was_lost_with_the_gateway_is_charged_up_to_the_last_heartbeat(box: Box) -> None:
    await box.records.begin("b1")
    await box.live(anna="203")
    await box.records.open(box.call())
    box.clock.advance(186)
    await box.records.beat()
    box.clock.advance(3600)
    await box.records.begin("b2")
    (record,) = await box.finished()
    (charge,) = await box.charges()
    assert (record.end, record.charge_amount, charge.amount, charge.guest) == ("lost", 453, 453, "anna")
    assert [found.charge_amount for found in box.published] == [453]
    await box.records.begin("b3")
    assert await box.charges() == [charge]


async def test_record_and_charge_are_written_together_or_not_at_all(box: Box) -> None:
    def fail(kept: Repositories, record: CallRecord) -> None:
        raise StorageError("full")

    await box.records.open(box.call())
    box.records.also.append(fail)
    await box.records.close(box.call(talked_s=60))
    assert (await box.finished(), await box.charges()) == ([], [])
    box.records.also.remove(fail)
    await box.records.beat()
    assert len(await box.finished()) == len(await box.charges()) == 1


async def test_what_waited_for_the_disk_costs_what_it_cost_at_its_end(box: Box) -> None:
    await box.records.open(box.call())
    await box.writable(False)
    await box.records.close(box.call(talked_s=186))
    await box.writable(True)
    await box.billing.put_tariffs(TABLE.replace(b",45,", b",90,"))
    await box.records.beat()
    assert [charge.amount for charge in await box.charges()] == [453]


async def test_what_waits_for_the_disk_has_been_spent(box: Box) -> None:
    await box.live(anna="203")
    await box.records.open(box.call())
    await box.records.open(box.call("b"))
    await box.writable(False)
    await box.records.close(box.call(talked_s=186))
    await box.records.close(box.call("b", talked_s=186))
    assert box.records.unwritten() == {"anna": 2 * 453}
    await box.writable(True)
    await box.records.beat()
    assert box.records.unwritten() == {}


async def test_the_start_of_the_call_decides_by_the_hotels_wall_time(box: Box) -> None:
    """02:00 UTC is 03:00 in Warsaw."""
    night = f"{HEADER}\n06,,1-7,22:00,03:00,0,60,1,0,0,0,0\n06,,1-7,03:00,22:00,0,60,2,0,0,0,0\n".encode()
    await box.billing.put_tariffs(night)
    assert box.clock.utc().date() == date(2026, 11, 22)
    await box.records.close(box.call("before", talked_s=1))
    box.clock.advance(5)
    await box.records.close(box.call("after", talked_s=1))
    assert [charge.amount for charge in await box.charges()] == [1, 2]


@pytest.mark.parametrize(
    ("utc", "amount"),
    [
        ("2026-10-24T23:59:59", 1), ("2026-10-25T00:30:00", 2), ("2026-10-25T01:30:00", 2), ("2026-10-25T02:00:00", 1),
        ("2026-03-29T00:59:59", 1), ("2026-03-29T01:00:00", 1),
    ],
)  # fmt: skip
async def test_an_hour_that_comes_twice_has_its_price_twice_and_one_that_is_left_out_never(
    box: Box, utc: str, amount: int
) -> None:
    await box.billing.put_tariffs(f"{HEADER}\n06,,,3:00,2:00,,60,1,,,,\n06,,,2:00,3:00,,60,2,,,,\n".encode())
    box.clock.step((datetime.fromisoformat(utc).replace(tzinfo=UTC) - box.clock.utc()).total_seconds() + 5)
    await box.records.close(box.call(talked_s=1))
    assert [charge.amount for charge in await box.charges()] == [amount]


async def test_a_faulty_table_changes_nothing(box: Box) -> None:
    before = box.billing.table
    with pytest.raises(TariffError, match="line 3, column price"):
        await box.billing.put_tariffs(TABLE + b"07,,,,,,60,x,,,,\n")
    assert box.billing.table is before
    assert await box.store.do(lambda kept: kept.tariffs.rows()) == before.rows


async def test_a_table_that_cannot_be_kept_is_not_in_force(box: Box) -> None:
    before = box.billing.table
    await box.writable(False)
    with pytest.raises(StorageError):
        await box.billing.put_tariffs(TABLE.replace(b",45,", b",90,"))
    assert box.billing.table is before
    await box.writable(True)


async def test_tariffs_that_another_process_has_put_there_come_into_force(box: Box, tmp_path: Path) -> None:
    other = open_repositories(tmp_path)
    other.tariffs.replace([replace(box.billing.table.rows[0], price=90)])
    other.close()
    await box.billing.load()
    assert [row.price for row in box.billing.table.rows] == [90]
    same = box.billing.table
    await box.billing.load()
    assert box.billing.table is same


async def test_where_the_pms_prices_calls_a_charge_has_no_amount_and_no_number_is_unpriced(box: Box) -> None:
    await box.billing.set_charging(Charging(calls_priced_by="pms"))
    await box.records.close(box.call("a", talked_s=186))
    await box.records.close(box.call("b", talked_s=60, dialled="0048221", outside="0048221"))
    await box.records.close(box.call("c", talked_s=60, emergency=True, dialled="112", outside="112"))
    await box.records.close(box.call("d", talked_s=60, from_party=RECEPTION))
    assert [(charge.leg, charge.amount, charge.talk_seconds, charge.number) for charge in await box.charges()] == [
        ("a", None, 186, "0601234567"), ("b", None, 60, "0048221"),
    ]  # fmt: skip
    assert [(record.charge_amount, record.unpriced) for record in await box.finished()] == [(None, False)] * 4
    assert await box.standing() == []


async def test_a_call_that_the_pms_prices_is_estimated_by_the_hotels_wall_time(box: Box) -> None:
    night = f"{HEADER}\n06,,1-7,22:00,03:00,0,60,1,0,0,0,0\n06,,1-7,03:00,22:00,0,60,2,0,0,0,0\n".encode()
    await box.billing.put_tariffs(night)
    await box.billing.set_charging(Charging(calls_priced_by="pms"))
    await box.records.close(box.call("before", talked_s=1))
    box.clock.advance(5)
    await box.records.close(box.call("after", talked_s=1))
    await box.records.close(box.call("no tariff", talked_s=1, outside="0048"))
    assert [box.billing.estimate(charge) for charge in await box.charges()] == [1, 2, 0]


async def test_last_digits_are_hidden_on_the_bill_but_not_in_the_record(box: Box) -> None:
    await box.billing.set_charging(Charging(hidden_digits=4))
    await box.records.close(box.call(talked_s=186))
    (charge,) = await box.charges()
    assert (charge.number, charge.amount) == ("060123", 453)
    assert (await box.finished())[0].outside == "0601234567"
    await box.billing.set_charging(Charging(hidden_digits=20))
    await box.records.close(box.call("b", talked_s=186))
    assert (await box.charges())[-1].number == ""


async def test_what_was_set_holds_after_a_restart(box: Box) -> None:
    await box.billing.set_charging(Charging(calls_priced_by="pms", hidden_digits=3))
    again = Billing(box.store, box.alarms, box.clock, ZoneInfo("Europe/Warsaw"), "EUR", ROOMS, box._beside)
    await again.load()
    assert again.charging == Charging(calls_priced_by="pms", hidden_digits=3)
    assert again.table.rows == box.billing.table.rows


async def test_a_minibar_is_priced_by_the_pms(box: Box) -> None:
    await box.live(anna="203")
    charge = await box.billing.minibar("203", [(3, 2), (14, 1)], "27")
    assert await box.charges() == [charge]
    assert (charge.kind, charge.amount, charge.items, charge.user) == ("minibar", None, ((3, 2), (14, 1)), "27")
    assert (charge.guest, charge.room, charge.state, charge.leg) == ("anna", "203", "pending", None)
    assert box.told == 1


@pytest.mark.parametrize(
    ("where", "items", "code"),
    [("999", [(1, 1)], "unknown-room"), ("203", [], "bad-value"), ("203", [(0, 1)], "bad-value"),
     ("203", [(10_000, 1)], "bad-value"), ("203", [(1, 100)], "bad-value"), ("203", [(1, 1), (1, 0)], "bad-value")],
)  # fmt: skip
async def test_a_minibar_that_cannot_be(box: Box, where: str, items: list[tuple[int, int]], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await box.billing.minibar(where, items, "27")
    assert refused.value.code == code
    assert await box.charges() == []


async def sent(box: Box) -> int:
    await box.records.close(box.call(talked_s=60))
    (charge,) = await box.charges()
    await box.store.do(lambda kept: kept.charges.begin_posting(charge.id, "pms", 4))
    return charge.id


async def test_a_charge_that_was_taken_raises_nothing(box: Box) -> None:
    done = await box.billing.confirm(await sent(box), "posted", "OK", None)
    assert (done.state, done.status, done.told) == ("posted", "OK", box.clock.utc())
    assert await box.standing() == []


async def test_a_refused_charge_is_told_with_the_pms_own_words_until_it_is_settled(box: Box) -> None:
    number = await sent(box)
    await box.billing.confirm(number, "refused", "NG", "no such guest")
    (alarm,) = await box.standing()
    assert (alarm.kind, alarm.subject) == ("charge-refused", str(number))
    for word in ("room 203", "0601234567", "NG no such guest"):
        assert word in alarm.text
    await box.billing.settle(number, "anna")
    assert await box.standing() == []


async def test_a_charge_that_was_never_sent_is_not_told_as_the_pms_doing(box: Box) -> None:
    await box.records.close(box.call(talked_s=60))
    (charge,) = await box.charges()
    await box.billing.confirm(charge.id, "refused", None, "not posted: its guest has left")
    (alarm,) = await box.standing()
    assert alarm.text == "room 203, the call to 0601234567: not posted: its guest has left"


async def test_what_is_settled_gives_credit_again(box: Box) -> None:
    number, told = await sent(box), box.told
    await box.billing.settle(number, "anna")
    assert box.told == told + 1


async def test_a_doubtful_charge_whose_answer_comes_late_is_told_as_what_it_is(box: Box) -> None:
    number = await sent(box)
    await box.billing.confirm(number, "doubtful", None, None)
    assert [alarm.kind for alarm in await box.standing()] == ["charge-doubtful"]
    await box.billing.confirm(number, "refused", "UR", None)
    assert [alarm.kind for alarm in await box.standing()] == ["charge-refused"]


async def test_a_charge_that_the_pms_takes_although_it_was_settled_is_told(box: Box) -> None:
    number = await sent(box)
    await box.billing.settle(number, "anna")
    charge = await box.billing.confirm(number, "posted", "OK", None)
    assert (charge.state, charge.status) == ("settled", "OK")
    (alarm,) = await box.standing()
    assert alarm.kind == "charge-doubtful" and "anna" in alarm.text


async def test_what_a_link_has_sent_that_posts_no_more_is_for_a_person(box: Box) -> None:
    number = await sent(box)
    await box.billing.begin("renamed")
    (charge,) = await box.charges()
    assert (charge.state, charge.link) == ("doubtful", "pms")
    (alarm,) = await box.standing()
    assert (alarm.kind, alarm.subject) == ("charge-doubtful", str(number))


async def test_what_the_link_itself_has_sent_before_a_restart_goes_on(box: Box) -> None:
    await sent(box)
    await box.billing.begin("pms")
    assert [charge.state for charge in await box.charges()] == ["pending"]
    assert await box.standing() == []


@pytest.mark.parametrize("verdict", ["doubtful", "refused"])
async def test_who_died_before_he_could_tell_the_desk_does_so_when_he_is_back(box: Box, verdict: Verdict) -> None:
    number = await sent(box)
    await box.store.do(lambda kept: kept.charges.confirm(number, verdict, "UR", None, box.clock.utc()))
    await box.billing.begin("pms")
    (alarm,) = await box.standing()
    assert (alarm.kind, alarm.subject) == (f"charge-{verdict}", str(number))


@pytest.mark.parametrize("running", [True, False])
async def test_what_an_older_copy_holds_as_pending_is_not_posted_again(tmp_path: Path, running: bool) -> None:
    """It was posted after the copy was made; then the database broke."""
    box = Box(tmp_path)
    await box.store.open()
    await box.billing.put_tariffs(TABLE)
    await box.records.close(box.call(talked_s=60))
    (charge,) = await box.charges()
    await box.store.do(lambda kept: kept.charges.begin_posting(charge.id, "pms", 4))
    await box.store.do(lambda kept: kept.settings.put("x", "y" * 50_000))
    await box.store.copy()
    await box.store.do(lambda kept: kept.charges.confirm(charge.id, "posted", "OK", None, box.clock.utc()))

    def break_it(kept: Repositories) -> None:
        with kept.databases[0].reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA cache_size = 0")
        (tmp_path / "nightporter.db").write_bytes(b"\xff" * 90_000)

    await box.store.do(break_it)
    if running:
        await box.records.close(box.call("b", talked_s=60))
        await box.records.beat()
    else:
        await box.store.close()
        box = Box(tmp_path)
        await box.store.open()
    assert ("a", "doubtful") in [(found.leg, found.state) for found in await box.charges()]
    await box.billing.begin("pms")
    assert ("charge-doubtful", str(charge.id)) in [(alarm.kind, alarm.subject) for alarm in await box.standing()]
    await box.store.close()
