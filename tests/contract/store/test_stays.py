"""Stays, and what an erasure leaves of records, charges and the audit: both twins keep the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.audit import AuditFilter
from firmware.billing.model import Charge, ChargeFilter
from firmware.hotel.draft import Draft
from firmware.hotel.model import Guest, WakeupOrder
from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.model import AuditEntry, CallRecord, Page, RecordFilter
from firmware.store.stays import Stay, StayFilter

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = Page(limit=100)
ROOMS = ("101", "102", "103")
HOLM = Guest(
    id="g1", name="Höglund", first_name="Åsa", title="Ms", language="sv", vip=True, reservation="88120", group="T7",
    arrival=NOON, departure="2026-11-25", limit=5000, no_post=True, needs_person=True,
)  # fmt: skip
BAUER = Guest(id="g2", name="Bauer", arrival=NOON + HOUR)


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


def draft(kept: Repositories) -> Draft:
    return Draft(kept.rooms.house(ROOMS))


def write(kept: Repositories, change: Draft, at: datetime = NOON) -> None:
    kept.stays.write(change, at)
    kept.rooms.write(change)


def both_in(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.check_in("102", BAUER)
    write(kept, change)


def guests(kept: Repositories, page: Page = ALL, **wanted: object) -> list[str]:
    return [stay.guest for _, stay in kept.stays.found(StayFilter(**wanted), page)]  # type: ignore[arg-type]


def test_a_stay_is_kept_when_the_guest_has_left(kept: Repositories) -> None:
    both_in(kept)
    stay = Stay(
        guest="g1", room="101", name="Höglund", first_name="Åsa", title="Ms", language="sv", vip=True,
        reservation="88120", party="T7", arrival=NOON, departure="2026-11-25",
    )  # fmt: skip
    assert kept.stays.get("g1") == stay
    change = draft(kept)
    change.check_out("101")
    write(kept, change, NOON + DAY)
    assert kept.stays.get("g1") == replace(stay, departed=NOON + DAY)
    assert kept.stays.get("g2") is not None and kept.stays.get("g3") is None


def test_it_follows_the_guest_through_changes_and_moves(kept: Repositories) -> None:
    both_in(kept)
    change = draft(kept)
    change.change_guest("101", "g1", name="Ek")
    change.swap("101", "102")
    change.move("102", "103")
    write(kept, change)
    found = kept.stays.get("g1")
    assert found is not None and (found.name, found.room, found.departed) == ("Ek", "103", None)
    assert guests(kept, room="101") == ["g2"]


def test_who_comes_back_in_the_next_moment_has_not_left(kept: Repositories) -> None:
    both_in(kept)
    change = draft(kept)
    left = change.check_out("101")
    write(kept, change, NOON + HOUR)
    change = draft(kept)
    change.settle_in("103", HOLM, left)
    write(kept, change, NOON + HOUR)
    found = kept.stays.get("g1")
    assert found is not None and (found.room, found.departed) == ("103", None)


def test_a_sharer_who_leaves_has_left_alone(kept: Repositories) -> None:
    change = draft(kept)
    change.check_in("101", HOLM)
    change.check_in("101", BAUER, share=True)
    write(kept, change)
    change = draft(kept)
    change.check_out("101", "g1")
    write(kept, change, NOON + DAY)
    assert [(stay.guest, stay.departed) for _, stay in kept.stays.found(StayFilter(), ALL)] == [
        ("g2", None), ("g1", NOON + DAY),
    ]  # fmt: skip


def test_stays_are_found_by_room_name_reservation_and_time(kept: Repositories) -> None:
    both_in(kept)
    change = draft(kept)
    change.check_out("101")
    write(kept, change, NOON + DAY)
    assert guests(kept) == ["g2", "g1"]
    assert guests(kept, room="101") == guests(kept, reservation="88120") == ["g1"]
    for name in ("HÖG", "åsa", "åsa hög", "höglund å"):
        assert guests(kept, name=name) == ["g1"]
    assert guests(kept, name="hög%") == guests(kept, reservation="881") == []
    assert guests(kept, since=NOON + DAY) == ["g2", "g1"]
    assert guests(kept, since=NOON + DAY + HOUR) == ["g2"]
    assert guests(kept, until=NOON + HOUR) == ["g1"]
    assert guests(kept, until=NOON) == []


def test_stays_come_in_parts(kept: Repositories) -> None:
    change = draft(kept)
    for number in range(5):
        change.check_in("101", Guest(id=f"g{number}", arrival=NOON), share=number > 0)
    write(kept, change)
    (_, _), (place, _) = kept.stays.found(StayFilter(), Page(limit=2))
    assert guests(kept, Page(limit=2, after=place)) == ["g2", "g1"]


def test_retention_spares_who_is_in(kept: Repositories) -> None:
    both_in(kept)
    change = draft(kept)
    change.check_out("101")
    write(kept, change, NOON + DAY)
    assert kept.stays.forget(NOON + DAY) == 0
    assert kept.stays.forget(NOON + 2 * DAY) == 1
    assert guests(kept) == ["g2"]


def test_an_erased_stay_says_when_and_where_and_not_who(kept: Repositories) -> None:
    both_in(kept)
    change = draft(kept)
    change.check_out("101")
    write(kept, change, NOON + DAY)
    kept.stays.erase("g1", NOON + 2 * DAY)
    kept.stays.erase("g3", NOON)
    assert kept.stays.get("g1") == Stay(
        guest="g1", room="101", vip=True, arrival=NOON, departure="2026-11-25", departed=NOON + DAY,
        erased=NOON + 2 * DAY,
    )  # fmt: skip
    assert guests(kept, name="hög") == guests(kept, reservation="88120") == []
    assert guests(kept, name="bau") == ["g2"]


def test_wake_ups_of_a_guest_are_found_when_they_are_over_and_deleted_when_they_are_old(kept: Repositories) -> None:
    both_in(kept)
    at = datetime(2026, 11, 23, 7, 0)  # noqa: DTZ001 - the hotel's wall time
    change = draft(kept)
    for number, guest in enumerate(("g1", "g1", "g2")):
        order = WakeupOrder(
            id=f"w{number}", room="101", guest=guest, at=at + number * HOUR, by="anna", through="desk", ordered=NOON
        )
        change.order_wakeup(order)
    write(kept, change)
    change = draft(kept)
    change.cancel_wakeups([change.wakeups["w0"]])
    write(kept, change)
    assert [(order.id, order.state) for order in kept.rooms.wakeups_for("g1")] == [
        ("w0", "cancelled"), ("w1", "waiting"),
    ]  # fmt: skip
    assert (kept.rooms.forget(NOON), kept.rooms.forget(NOON + HOUR)) == (0, 1)
    assert [order.id for order in kept.rooms.wakeups_for("g1")] == ["w1"]


def record(leg: str, **changes: object) -> CallRecord:
    usual = CallRecord(
        leg=leg, call=leg, direction="outgoing", from_number="101", to_number="00601", from_room="101", trunk="city",
        dialled="00601", outside="0601", started=NOON, answered=NOON, ended=NOON + HOUR, talk_ms=1000, guest="g1",
        charge_amount=385, charge_currency="EUR",
    )  # fmt: skip
    return replace(usual, **changes)


def erased(kept: Repositories, *records: CallRecord) -> dict[str, CallRecord]:
    """What is left of these once g1's calls are erased, who has lived in 101 for a day; by leg."""
    for each in records:
        (kept.call_records.open if each.ended is None else kept.call_records.close)(each)
    kept.call_records.erase(kept.call_records.calls_of("g1", "101", NOON, NOON + DAY))
    return {each.leg: each for _, each in kept.call_records.finished(RecordFilter(), ALL)}


def test_of_an_erased_guest_s_records_the_numbers_are_gone(kept: Repositories) -> None:
    incoming = {"direction": "incoming", "from_number": "0777", "from_room": None, "to_room": "101", "guest": None}
    records = [
        record("mine"),
        record("other", guest="g2"),
        record("open", ended=None),
        record("in", **incoming),
        record("later", **incoming | {"started": NOON + DAY}),
        record("elsewhere", **incoming | {"to_room": "102"}),
    ]
    found = erased(kept, *records)
    assert [each.leg for _, each in kept.call_records.finished(RecordFilter(guest="g1"), ALL)] == ["mine"]
    assert found.pop("mine") == replace(records[0], to_number="", dialled="", outside="")
    assert found.pop("in") == replace(records[3], from_number="")
    assert found == {each.leg: each for each in records if each.leg in ("other", "later", "elsewhere")}
    assert kept.call_records.open_records() == [records[2]]


def test_of_a_call_that_was_given_to_an_erased_guest_no_leg_has_the_number(kept: Repositories) -> None:
    ours = record("ours", call="c", from_number="100", to_number="0601", dialled="0601", from_room=None, guest=None)
    given = record("given", call="c", from_number="0601", to_number="101", dialled="101", from_room=None, to_room="101")
    found = erased(kept, ours, given)
    assert found["given"] == replace(given, from_number="", outside="")
    assert found["ours"] == replace(ours, to_number="", dialled="", outside="")


def test_of_a_call_in_that_was_put_through_to_an_erased_guest_no_leg_has_the_number(kept: Repositories) -> None:
    incoming = {"call": "c", "direction": "incoming", "from_number": "0777", "from_room": None, "guest": None}
    taken = record("taken", to_number="100", dialled="", outside="", **incoming)
    through = record("through", to_number="101", dialled="101", outside="", to_room="101", **incoming)
    found = erased(kept, taken, through)
    assert found == {each.leg: replace(each, from_number="") for each in (taken, through)}


def test_what_an_erased_guest_s_room_called_and_nobody_paid_for_has_no_number_but_that_of_an_emergency(
    kept: Repositories,
) -> None:
    nobody = record("nobody", answered=None, guest=None)
    later = record("later", answered=None, guest=None, started=NOON + DAY)
    emergency = record("emergency", guest=None, emergency=True, to_number="112", dialled="112", outside="112")
    found = erased(kept, nobody, later, emergency)
    assert found == {
        "nobody": replace(nobody, to_number="", dialled="", outside=""), "later": later, "emergency": emergency,
    }  # fmt: skip


def test_of_an_erased_guest_s_charges_the_numbers_are_gone(kept: Repositories) -> None:
    for leg, guest in (("a", "g1"), ("b", "g2")):
        charge = Charge(kind="call", leg=leg, guest=guest, room="101", number="0601", started=NOON, currency="EUR")
        added = kept.charges.add(charge)
        assert added is not None
        kept.charges.confirm(added.id, "posted", "OK", "posted for Höglund", NOON)
    assert [charge.leg for charge in kept.charges.listed(ChargeFilter(guest="g1"), ALL)] == ["a"]
    kept.charges.erase("g1")
    found = [(each.leg, each.number, each.status, each.text) for each in kept.charges.listed(ChargeFilter(), ALL)]
    assert found == [("b", "0601", "OK", "posted for Höglund"), ("a", "", "OK", None)]


def test_alarms_about_one_subject_that_are_over_are_deleted(kept: Repositories) -> None:
    for kind, subject in (("unpriced", "0601"), ("unpriced", "0602"), ("x", "0601")):
        kept.alarms.raise_alarm(kind, subject, "text", NOON)
        kept.alarms.clear(kind, subject, NOON)
    kept.alarms.raise_alarm("unpriced", "0601", "again", NOON)
    kept.alarms.erase("unpriced", "0601")
    found = [(alarm.kind, alarm.subject, alarm.text) for alarm in kept.alarms.shown(True, ALL)]
    assert sorted(found) == [("unpriced", "0601", "again"), ("unpriced", "0602", "text"), ("x", "0601", "text")]


def test_details_of_the_audit_can_be_taken_out_and_nothing_else(kept: Repositories) -> None:
    for minute, detail in enumerate(({"guest": "g1", "name": "Höglund"}, {"guests": ["g1", "g2"]}, {"guest": "g2"})):
        at = NOON + timedelta(minutes=minute)
        kept.audit.add(AuditEntry(at=at, who="anna", through="desk", action="x", subject="101", detail=detail))
    first, second = kept.audit.mentioning('"g1"', NOON)
    assert (first.detail, second.detail) == ({"guest": "g1", "name": "Höglund"}, {"guests": ["g1", "g2"]})
    assert kept.audit.mentioning('"g1"', NOON + timedelta(minutes=1)) == [second]
    kept.audit.rewrite([replace(first, who="somebody", detail={"guest": "g1", "name": None})])
    assert kept.audit.mentioning('"g1"', NOON) == [replace(first, detail={"guest": "g1", "name": None}), second]
    assert len(kept.audit.entries(AuditFilter(), ALL)) == 3
