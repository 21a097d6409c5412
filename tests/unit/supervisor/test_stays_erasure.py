"""What is kept of a guest who has left, on disk; and that an erasure leaves nothing by which to know him."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from firmware.billing.model import Charge
from firmware.errors import RefusedError
from firmware.exchange.decisions import CallView, Party
from firmware.store import Repositories, StorageError, open_repositories
from firmware.store.model import CallRecord, Page
from firmware.store.stays import StayFilter
from firmware.supervisor.housekeeping import Housekeeping
from tests.unit.supervisor.house import ANNA, House
from webui.api import hotel as api
from webui.api import stays as api_stays
from webui.services import Identity, Part, Period

BOSS = Identity("boss", "manager")
HOLM = api.CheckIn(name="Holm-Ek", first_name="Astrid", title="Countess", reservation="88120", group="Tour7")
PERSONAL = ("Holm-Ek", "Astrid", "Countess", "88120", "Tour7", "0601234", "0777", "Ring back")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(make=partial(open_repositories, tmp_path))
    await made.store.open()
    yield made
    await made.store.close()
    assert made.errors == []


def found_on_disk(data: Path) -> set[str]:
    """Which of the words that tell who he is stand in any table of both databases."""
    text = ""
    for name in ("nightporter.db", "audit.db"):
        with closing(sqlite3.connect(data / name)) as connection:
            text += "\n".join(connection.iterdump())
    return {word for word in PERSONAL if word in text}


async def stayed(house: House) -> str:
    """Somebody has lived in 203, called and was called, and has left; the PMS has taken the charges."""
    await house.desk.stays.check_in("203", HOLM, ANNA)
    guest = house.hotel.house.rooms["203"].guests[0].id
    await house.desk.stays.change_guest("203", guest, api.GuestChange(vip=True, language="sv"), ANNA)
    await house.desk.stays.leave_message("203", api.NewMessage(text="Ring back", guest=guest), ANNA)
    now = house.clock.utc()
    out = CallRecord(
        leg="a", call="a", direction="outgoing", from_number="203", to_number="00601234", from_room="203",
        trunk="city", dialled="00601234", outside="0601234", started=now, answered=now, ended=now, guest=guest,
        charge_amount=385, charge_currency="EUR",
    )  # fmt: skip
    came = CallRecord(
        leg="b", call="b", direction="incoming", from_number="0777", to_number="203", to_room="203", started=now,
        ended=now,
    )  # fmt: skip

    def work(kept: Repositories) -> None:
        kept.call_records.close(out)
        kept.call_records.close(came)
        house.billing.write_charge(kept, out)
        (charge,) = kept.charges.due("pms", 2)
        kept.charges.begin_posting(charge.id, "pms", 4)
        kept.charges.confirm(charge.id, "posted", "OK", "posted for Holm-Ek", now)

    await house.store.do(work)
    house.clock.advance(3600)
    await house.desk.stays.check_out("203", api.CheckOut(), ANNA)
    return guest


async def test_nothing_on_disk_tells_who_he_was_but_when_and_how_much(house: House, tmp_path: Path) -> None:
    guest = await stayed(house)
    assert found_on_disk(tmp_path) == set(PERSONAL) - {"Ring back"}
    await house.desk.guests.erase(guest, BOSS)
    assert found_on_disk(tmp_path) == set()
    (line,) = (await house.desk.guests.bill(guest, False)).items
    assert (line.charge and line.charge.amount, line.state, line.room) == (385, "posted", "203")
    by = [(entry.who, entry.action) for entry in await house.audit() if entry.subject == guest]
    assert by == [("boss", "guest-data-erased")]


async def test_who_did_what_and_when_stays_in_the_audit(house: House) -> None:
    guest = await stayed(house)
    before = [(e.id, e.at, e.who, e.through, e.action, e.room) for e in await house.audit()]
    await house.desk.guests.erase(guest, BOSS)
    after = [(e.id, e.at, e.who, e.through, e.action, e.room) for e in await house.audit()]
    assert after[1:] == before


async def test_of_others_nothing_is_taken_out(house: House) -> None:
    await house.desk.stays.check_in("101", api.CheckIn(name="Bauer", reservation="99"), ANNA)
    guest = await stayed(house)
    other = house.hotel.house.rooms["101"].guests[0].id
    before = await house.desk.guests.data(other, BOSS)
    await house.desk.guests.erase(guest, BOSS)
    assert await house.desk.guests.data(other, BOSS) == before


async def test_an_erasure_that_could_not_be_kept_is_completed_by_the_same_again(house: House, tmp_path: Path) -> None:
    guest = await stayed(house)

    def spoil(kept: Repositories) -> None:
        with kept.databases[0].transaction() as connection:
            connection.execute("CREATE TRIGGER full BEFORE UPDATE ON charge BEGIN SELECT raise(ABORT, 'full'); END")

    def mend(kept: Repositories) -> None:
        with kept.databases[0].transaction() as connection:
            connection.execute("DROP TRIGGER full")

    await house.store.do(spoil)
    with pytest.raises((StorageError, sqlite3.IntegrityError)):
        await house.desk.guests.erase(guest, BOSS)
    (stay,), _ = await house.desk.guests.stays(api_stays.StayFilter(period=Period(None, None)), Part(10, None))
    assert (stay.name, stay.erased) == ("Holm-Ek", None)
    await house.store.do(mend)
    await house.desk.guests.erase(guest, BOSS)
    assert found_on_disk(tmp_path) == set()


async def test_a_call_that_reception_has_given_to_the_room_leaves_no_number(house: House, tmp_path: Path) -> None:
    guest, now = await stayed(house), house.clock.utc() - timedelta(hours=1)
    ours = CallRecord(
        leg="c1", call="c", direction="outgoing", from_number="100", to_number="0601234", dialled="0601234",
        outside="0601234", trunk="city", started=now, answered=now, ended=now,
    )  # fmt: skip
    given = CallRecord(
        leg="c2", call="c", direction="outgoing", from_number="0601234", to_number="203", to_room="203", dialled="203",
        outside="0601234", trunk="city", started=now, answered=now, ended=now, guest=guest,
    )  # fmt: skip
    for record in (ours, given):
        await house.store.do(lambda kept, record=record: kept.call_records.close(record))  # type: ignore[misc]
    await house.desk.guests.erase(guest, BOSS)
    assert found_on_disk(tmp_path) == set()
    (leg,) = [r for r in (await house.desk.guests.data(guest, BOSS)).call_records if r.call == "c"]
    assert (leg.from_, leg.to, leg.room, leg.dialled) == ("", "203", "203", "203")


async def test_nothing_is_erased_while_a_call_of_his_that_nobody_has_answered_stands(house: House) -> None:
    await house.desk.stays.check_in("203", HOLM, ANNA)
    guest = house.hotel.house.rooms["203"].guests[0].id
    room, outside = Party(port="fxs/3", extension="203", room="203"), Party(port="fxo/1", number="0601234")

    def dialled() -> CallView:
        return CallView("c", "ringing", room, outside, "0601234", house.now().monotonic_ns)

    house.service.standing = [dialled()]
    house.clock.advance(60)
    await house.desk.stays.check_out("203", api.CheckOut(next=api.CheckIn(name="Bauer")), ANNA)
    house.clock.advance(60)
    with pytest.raises(RefusedError) as refused:
        await house.desk.guests.erase(guest, BOSS)
    assert refused.value.code == "in-call"
    house.service.standing = [dialled()]
    await house.desk.guests.erase(guest, BOSS)


async def test_a_charge_that_the_pms_has_refused_is_settled_first(house: House) -> None:
    guest = await stayed(house)
    charge = Charge(kind="minibar", guest=guest, room="203", started=house.clock.utc(), currency="EUR", items=((1, 1),))
    added = await house.store.do(lambda kept: kept.charges.add(charge))
    assert added is not None
    await house.billing.confirm(added.id, "refused", "NG", None)
    with pytest.raises(RefusedError, match="settle it first"):
        await house.desk.guests.erase(guest, BOSS)
    await house.desk.billing.settle(added.id, ANNA)
    await house.desk.guests.erase(guest, BOSS)
    assert (await house.desk.alarms(True, Part(10, None)))[0] == []


async def test_a_stay_is_forgotten_with_its_records_and_not_while_the_guest_is_in(house: House) -> None:
    await stayed(house)
    await house.desk.stays.check_in("101", api.CheckIn(name="Bauer"), ANNA)
    keeping = Housekeeping(house.store, house.clock)

    async def names() -> list[str | None]:
        await keeping.forget()
        return [stay.name for _, stay in await house.store.do(lambda kept: kept.stays.found(StayFilter(), Page()))]

    house.clock.advance(timedelta(days=179).total_seconds())
    assert await names() == ["Bauer", "Holm-Ek"]
    house.clock.advance(timedelta(days=2).total_seconds())
    assert await names() == ["Bauer"]
