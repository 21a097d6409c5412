"""Every repository and its in-memory twin keep the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.audit import AuditFilter
from firmware.errors import RefusedError
from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.model import AuditEntry, CallRecord, Page, RecordFilter, Session, StoredAlarm, User

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALL = Page(limit=100)


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


def leg(name: str, minute: int = 0, **changes: object) -> CallRecord:
    record = CallRecord(
        leg=name, call="c-" + name, direction="internal", from_number="101", to_number="102", from_room="101",
        to_room="102", dialled="102", started=NOON + timedelta(minutes=minute),
    )  # fmt: skip
    return replace(record, **changes)


def answered(name: str, minute: int = 0) -> CallRecord:
    return leg(name, minute, answered=NOON + timedelta(minutes=minute, seconds=5), boot="b1", note="{}")


def ended(record: CallRecord, seconds: int = 60) -> CallRecord:
    end = record.started + timedelta(seconds=seconds)
    return replace(record, ended=end, talk_ms=1000 * seconds, cause=16, end="released", boot=None, note=None)


def finished(kept: Repositories, **wanted: object) -> list[CallRecord]:
    return [record for _, record in kept.call_records.finished(RecordFilter(**wanted), ALL)]  # type: ignore[arg-type]


class TestCallRecords:
    def test_an_open_record_is_not_among_the_finished(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        assert finished(kept) == []
        assert [record.leg for record in kept.call_records.open_records()] == ["a"]
        kept.call_records.close(ended(answered("a")))
        assert finished(kept) == [ended(answered("a"))]
        assert kept.call_records.open_records() == []

    def test_a_call_that_was_never_answered_appears_when_it_is_closed(self, kept: Repositories) -> None:
        kept.call_records.close(ended(leg("a"), 20))
        assert finished(kept)[0].answered is None

    def test_records_of_one_direction_are_found_by_it(self, kept: Repositories) -> None:
        kept.call_records.close(ended(leg("a")))
        kept.call_records.close(ended(leg("b", 1, direction="incoming", from_room=None)))
        assert [record.leg for record in finished(kept, direction="incoming")] == ["b"]
        assert [record.leg for record in finished(kept, direction="outgoing")] == []

    def test_an_open_record_keeps_its_note(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        assert kept.call_records.open_records() == [answered("a")]

    def test_opening_again_changes_the_other_side_but_not_the_start(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        later = replace(answered("a", 3), to_number="100")
        kept.call_records.open(later)
        (record,) = kept.call_records.open_records()
        assert (record.to_number, record.started, record.answered) == ("100", NOON, NOON + timedelta(seconds=5))

    def test_a_leg_given_to_a_party_outside_is_recorded_as_what_it_has_become(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        kept.call_records.close(replace(ended(answered("a")), direction="incoming", trunk="city", from_number="600"))
        (record,) = finished(kept)
        assert (record.direction, record.trunk, record.from_number) == ("incoming", "city", "600")

    def test_a_closed_record_stays_as_it_is(self, kept: Repositories) -> None:
        kept.call_records.close(ended(answered("a"), 60))
        kept.call_records.open(answered("a"))
        kept.call_records.close(ended(answered("a"), 90))
        assert finished(kept)[0].talk_ms == 60_000

    def test_known_tells_which_legs_have_a_record(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        kept.call_records.close(ended(leg("b")))
        assert kept.call_records.known(["a", "b", "c"]) == {"a", "b"}

    def test_lost_records_end_at_the_last_heartbeat(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        kept.call_records.open(answered("b"))
        kept.call_records.heartbeat(NOON + timedelta(seconds=30), {"a": 25_000, "b": 25_000})
        kept.call_records.heartbeat(NOON + timedelta(seconds=40), {"a": 35_000, "none": 35_000})
        (lost,) = kept.call_records.lost({"b"})
        assert lost.leg == "a"
        assert finished(kept) == []
        kept.call_records.close(lost)
        (record,) = finished(kept)
        assert (record.end, record.complete, record.ended) == ("lost", False, NOON + timedelta(seconds=40))
        assert record.talk_ms == 35_000

    def test_a_heartbeat_changes_no_record_that_is_closed(self, kept: Repositories) -> None:
        kept.call_records.close(ended(answered("a"), 60))
        kept.call_records.heartbeat(NOON + timedelta(hours=1), {"a": 3_600_000})
        assert finished(kept)[0].talk_ms == 60_000

    def test_an_open_record_that_is_opened_again_stands_for_as_long_as_it_did(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        kept.call_records.heartbeat(NOON, {"a": 35_000})
        kept.call_records.open(replace(answered("a"), to_number="100"))
        (record,) = kept.call_records.lost(())
        assert record.talk_ms == 35_000

    def test_a_record_lost_before_any_heartbeat_ends_at_its_answer(self, kept: Repositories) -> None:
        kept.call_records.open(answered("a"))
        (record,) = kept.call_records.lost(())
        assert (record.ended, record.talk_ms) == (NOON + timedelta(seconds=5), 0)

    def test_filters(self, kept: Repositories) -> None:
        kept.call_records.close(ended(leg("a", 0)))
        kept.call_records.close(ended(leg("b", 1, from_number="201", from_room="201")))
        kept.call_records.close(ended(leg("c", 2, to_number="100", to_room=None, dialled="8")))
        assert [r.leg for r in finished(kept)] == ["c", "b", "a"]
        assert [r.leg for r in finished(kept, room="201")] == ["b"]
        assert [r.leg for r in finished(kept, room="102")] == ["b", "a"]
        assert [r.leg for r in finished(kept, number="8")] == ["c"]
        kept.call_records.close(ended(leg("d", -1, to_number="0221234567", dialled="0221234567", trunk="city")))
        kept.call_records.close(ended(leg("e", -2, from_number="+48601234567", direction="incoming", trunk="city")))
        assert [r.leg for r in finished(kept, number="0221234567")] == ["d"]
        assert [r.leg for r in finished(kept, number="+48601234567")] == ["e"]
        minute = NOON + timedelta(minutes=1)
        assert [r.leg for r in finished(kept, since=minute)] == ["c", "b"]
        assert [r.leg for r in finished(kept, until=minute)] == ["a", "d", "e"]

    def test_paging_meets_every_record_once_even_while_new_ones_come(self, kept: Repositories) -> None:
        for number in range(7):
            kept.call_records.close(ended(leg(f"a{number}", number // 3)))
        seen: list[str] = []
        after = None
        while found := kept.call_records.finished(RecordFilter(), Page(limit=2, after=after)):
            seen += [record.leg for _, record in found]
            after = found[-1][0]
            kept.call_records.close(ended(leg(f"new{len(seen)}", 30)))
        assert sorted(seen) == [f"a{number}" for number in range(7)]

    def test_emergency_calls_of_late_are_found_be_they_over_or_not(self, kept: Repositories) -> None:
        for name, minute in (("second", 20), ("first", 0), ("old", -120)):
            kept.call_records.close(ended(leg(name, minute, emergency=True, dialled="112"), 600))
        kept.call_records.open(replace(answered("open", -60), emergency=True))
        kept.call_records.close(ended(leg("other", 5)))
        found = kept.call_records.emergencies(NOON + timedelta(minutes=10))
        assert [record.leg for record in found] == ["open", "first", "second"]
        assert found[1].dialled == "112"

    def test_retention_spares_open_records(self, kept: Repositories) -> None:
        kept.call_records.close(ended(leg("old")))
        kept.call_records.open(answered("open"))
        assert kept.call_records.forget(NOON + timedelta(days=1)) == 1
        assert finished(kept) == []
        assert len(kept.call_records.open_records()) == 1


def raised(kept: Repositories, kind: str = "line-dead", subject: str = "fxs/3", minute: int = 0) -> StoredAlarm:
    alarm = kept.alarms.raise_alarm(kind, subject, "why", NOON + timedelta(minutes=minute))
    assert alarm is not None
    return alarm


class TestAlarms:
    def test_the_same_alarm_is_raised_once_while_it_stands(self, kept: Repositories) -> None:
        raised(kept)
        assert kept.alarms.raise_alarm("line-dead", "fxs/3", "again", NOON) is None
        assert len(kept.alarms.shown(False, ALL)) == 1
        kept.alarms.clear("line-dead", "fxs/3", NOON)
        raised(kept)
        assert len(kept.alarms.shown(False, ALL)) == 2

    def test_it_is_seen_until_acknowledged_and_cleared(self, kept: Repositories) -> None:
        alarm = raised(kept)
        assert kept.alarms.clear("line-dead", "fxs/3", NOON) is not None
        assert [a.id for a in kept.alarms.shown(False, ALL)] == [alarm.id]
        seen = kept.alarms.acknowledge(alarm.id, "anna", NOON, ends=False)
        assert seen is not None and seen.acknowledged_by == "anna"
        assert kept.alarms.shown(False, ALL) == []
        assert kept.alarms.shown(True, ALL) == [seen]

    def test_an_acknowledged_one_that_stands_is_still_shown(self, kept: Repositories) -> None:
        kept.alarms.acknowledge(raised(kept).id, "anna", NOON, ends=False)
        assert len(kept.alarms.shown(False, ALL)) == 1

    def test_acknowledging_can_end_it_and_the_first_person_counts(self, kept: Repositories) -> None:
        alarm = raised(kept, "emergency-call", "101")
        kept.alarms.acknowledge(alarm.id, "anna", NOON, ends=True)
        again = kept.alarms.acknowledge(alarm.id, "ben", NOON + timedelta(hours=1), ends=True)
        assert again is not None and (again.acknowledged_by, again.cleared) == ("anna", NOON)

    def test_one_that_was_raised_elsewhere_is_kept_as_it_became(self, kept: Repositories) -> None:
        raised(kept)
        there = StoredAlarm(
            id=9, kind="storage", subject="database", text="full", facts={"address": "10.0.0.66"}, raised=NOON
        )
        over = replace(there, cleared=NOON, acknowledged_by="anna", acknowledged_at=NOON)
        taken = kept.alarms.take(there)
        assert taken == replace(there, id=2)
        assert kept.alarms.take(there) is None
        assert kept.alarms.take(over) == replace(over, id=3)
        assert len(kept.alarms.shown(True, ALL)) == 3

    def test_its_facts_are_kept_with_it(self, kept: Repositories) -> None:
        facts = {"time": "07:00", "why": "no_key", "from": 'Nguyễn "2"'}
        alarm = kept.alarms.raise_alarm("wakeup-failed", "203", "why", NOON, facts)
        assert alarm is not None and alarm.facts == facts
        assert kept.alarms.get(alarm.id) == alarm
        assert raised(kept).facts == {}
        for changed in (
            kept.alarms.clear("wakeup-failed", "203", NOON),
            kept.alarms.acknowledge(alarm.id, "anna", NOON, ends=True),
            kept.alarms.shown(True, ALL)[-1],
        ):
            assert changed is not None and changed.facts == facts

    def test_unknown_ones(self, kept: Repositories) -> None:
        assert kept.alarms.acknowledge(99, "anna", NOON, ends=False) is None
        assert kept.alarms.clear("line-dead", "fxs/3", NOON) is None
        assert kept.alarms.get(99) is None

    def test_latest_first_and_paged(self, kept: Repositories) -> None:
        ids = [raised(kept, subject=f"fxs/{n}", minute=n // 2).id for n in range(5)]
        first = kept.alarms.shown(False, Page(limit=3))
        place = (round(first[-1].raised.timestamp() * 1000), first[-1].id)
        rest = kept.alarms.shown(False, Page(limit=3, after=place))
        assert [a.id for a in (*first, *rest)] == ids[::-1]

    def test_retention(self, kept: Repositories) -> None:
        kept.alarms.acknowledge(raised(kept).id, "anna", NOON, ends=True)
        raised(kept)
        assert kept.alarms.forget(NOON + timedelta(days=1)) == 1
        assert len(kept.alarms.shown(True, ALL)) == 1


ANNA = User(name="anna", password="hash", role="manager", created=NOON)


def session(name: str, minute: int = 0) -> Session:
    at = NOON + timedelta(minutes=minute)
    return Session(id=name, user="anna", role="manager", address="10.0.0.7", created=at, used=at)


class TestAccess:
    def test_a_token_is_found_by_its_hash_until_revoked(self, kept: Repositories) -> None:
        kept.access.add_token("pc", b"hash", "desk", NOON)
        found = kept.access.token_of(b"hash")
        assert found is not None and (found.name, found.role, found.used) == ("pc", "desk", None)
        kept.access.used("pc", NOON)
        assert kept.access.tokens()[0].used == NOON
        assert kept.access.token_of(b"other") is None
        assert kept.access.revoke("pc") and not kept.access.revoke("pc")
        assert kept.access.token_of(b"hash") is None

    def test_names_are_given_once(self, kept: Repositories) -> None:
        kept.access.add_token("pc", b"1", "desk", NOON)
        with pytest.raises(RefusedError):
            kept.access.add_token("pc", b"2", "desk", NOON)
        kept.access.add_user(ANNA)
        with pytest.raises(RefusedError):
            kept.access.add_user(ANNA)
        assert kept.access.remove_user("anna") and kept.access.users() == []

    def test_the_first_manager_link_works_once(self, kept: Repositories) -> None:
        kept.access.offer_enrolment(b"secret", NOON + timedelta(hours=1))
        assert kept.access.enrolment_open(b"secret", NOON)
        with pytest.raises(RefusedError):
            kept.access.enrol(b"guess", ANNA, NOON)
        kept.access.enrol(b"secret", ANNA, NOON)
        assert kept.access.users() == [ANNA]
        kept.access.remove_user("anna")
        with pytest.raises(RefusedError):
            kept.access.enrol(b"secret", ANNA, NOON)

    def test_the_link_ends_in_time_with_a_new_one_and_with_the_first_user(self, kept: Repositories) -> None:
        kept.access.offer_enrolment(b"secret", NOON)
        assert not kept.access.enrolment_open(b"secret", NOON)
        kept.access.offer_enrolment(b"old", NOON + timedelta(hours=1))
        kept.access.offer_enrolment(b"new", NOON + timedelta(hours=1))
        assert not kept.access.enrolment_open(b"old", NOON)
        kept.access.add_user(ANNA)
        assert not kept.access.enrolment_open(b"new", NOON)

    def test_a_user_gets_another_password_or_role(self, kept: Repositories) -> None:
        kept.access.add_user(ANNA)
        assert kept.access.change_user(replace(ANNA, password="other", role="desk"))
        assert kept.access.user("anna") == replace(ANNA, password="other", role="desk")
        assert kept.access.user("ben") is None
        assert not kept.access.change_user(replace(ANNA, name="ben"))

    def test_a_session_is_found_by_its_hash_and_has_the_user_s_role(self, kept: Repositories) -> None:
        kept.access.add_user(ANNA)
        kept.access.open_session(session("s1"), b"s1", 10)
        assert kept.access.session_of(b"s1") == session("s1")
        assert kept.access.session_of(b"s2") is None
        later = NOON + timedelta(hours=1)
        kept.access.session_used("s1", later)
        assert kept.access.sessions() == [replace(session("s1"), used=later)]
        assert kept.access.end_session("s1") and not kept.access.end_session("s1")
        assert kept.access.session_of(b"s1") is None

    def test_nobody_who_is_not_there_has_a_session(self, kept: Repositories) -> None:
        with pytest.raises(RefusedError) as refused:
            kept.access.open_session(session("s1"), b"s1", 10)
        assert refused.value.code == "unknown-user"

    def test_of_a_user_s_sessions_the_last_used_remain(self, kept: Repositories) -> None:
        kept.access.add_user(ANNA)
        kept.access.add_user(replace(ANNA, name="ben"))
        kept.access.open_session(replace(session("b"), user="ben"), b"b", 2)
        for number in range(3):
            kept.access.open_session(session(f"s{number}", number), str(number).encode(), 2)
            kept.access.session_used("s0", NOON + timedelta(minutes=10))
        assert [found.id for found in kept.access.sessions()] == ["s0", "s2", "b"]

    @pytest.mark.parametrize("how", ["password", "role", "removed"])
    def test_sessions_and_known_browsers_end_with_what_they_stood_on(self, kept: Repositories, how: str) -> None:
        kept.access.add_user(ANNA)
        kept.access.add_user(replace(ANNA, name="ben"))
        for name in ("anna", "ben"):
            kept.access.open_session(replace(session(name), user=name), name.encode(), 10)
            kept.access.know_browser(name, b"pc", NOON, 10)
        if how == "removed":
            kept.access.remove_user("anna")
            kept.access.add_user(ANNA)
        else:
            kept.access.change_user(replace(ANNA, **{how: "desk"}))
        assert [found.user for found in kept.access.sessions()] == ["ben"]
        assert kept.access.session_of(b"anna") is None
        assert [kept.access.knows_browser(name, b"pc") for name in ("anna", "ben")] == [False, True]

    def test_of_a_user_s_browsers_the_last_used_are_known(self, kept: Repositories) -> None:
        kept.access.add_user(ANNA)
        for number, browser in enumerate((b"a", b"b", b"a", b"c")):
            kept.access.know_browser("anna", browser, NOON + timedelta(minutes=number), 2)
        assert [kept.access.knows_browser("anna", browser) for browser in (b"a", b"b", b"c")] == [True, False, True]


class TestSettings:
    def test_values_of_any_shape(self, kept: Repositories) -> None:
        assert kept.settings.get("x") is None
        kept.settings.put("x", {"a": [1, None, "ü"]})
        assert kept.settings.get("x") == {"a": [1, None, "ü"]}
        kept.settings.put("x", 5)
        assert kept.settings.get("x") == 5

    def test_features_are_kept_while_they_are_on(self, kept: Repositories) -> None:
        kept.settings.put_features("101", {"dnd": True, "forward": ""})
        kept.settings.put_features("102", {"forward": "busy"})
        assert kept.settings.features() == {("101", "dnd"): True, ("102", "forward"): "busy"}
        kept.settings.put_features("101", {"dnd": False})
        assert kept.settings.features() == {("102", "forward"): "busy"}


class TestAudit:
    def test_entries_latest_first_filtered_and_paged(self, kept: Repositories) -> None:
        for number in range(4):
            at = NOON + timedelta(minutes=number // 2)
            room = "101" if number % 2 else None
            kept.audit.add(
                AuditEntry(
                    at=at, who="anna", through="api", action="x", subject=str(number), room=room, detail={"n": 1}
                )
            )
        assert [e.subject for e in kept.audit.entries(AuditFilter(), ALL)] == ["3", "2", "1", "0"]
        assert [e.subject for e in kept.audit.entries(AuditFilter(room="101"), ALL)] == ["3", "1"]
        minute = NOON + timedelta(minutes=1)
        assert [e.subject for e in kept.audit.entries(AuditFilter(since=minute), ALL)] == ["3", "2"]
        assert [e.subject for e in kept.audit.entries(AuditFilter(until=minute), ALL)] == ["1", "0"]
        last = kept.audit.entries(AuditFilter(), Page(limit=3))[-1]
        place = (round(last.at.timestamp() * 1000), last.id)
        assert [e.subject for e in kept.audit.entries(AuditFilter(), Page(limit=3, after=place))] == ["0"]
        assert kept.audit.forget(minute) == 2
