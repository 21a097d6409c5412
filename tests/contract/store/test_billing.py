"""Tariffs, charges and the outbox: both twins keep the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.billing.model import MAY_BECOME, Charge, ChargeFilter, ChargeState, Tariff, Verdict
from firmware.errors import RefusedError
from firmware.restriction.site import Hours
from firmware.store import Repositories, in_memory, open_repositories
from firmware.store.model import CallRecord, Page, RecordFilter

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ALL = Page(limit=100)
HALF_NIGHT = Hours(time(22), time(6, 30), frozenset({1, 6}))
TARIFF = Tariff(
    prefix="060", name="mobile", hours=HALF_NIGHT, connection=1, interval_s=2, price=3, free_s=4, minimum=5,
    surcharge_percent=Decimal("7.5"), tax_percent=Decimal("23"),
)  # fmt: skip


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


class TestTariffs:
    def test_a_table_replaces_the_one_before(self, kept: Repositories) -> None:
        assert (kept.tariffs.version(), kept.tariffs.rows()) == (0, ())
        other = replace(TARIFF, prefix="", hours=Hours(time(0), time(0)))
        kept.tariffs.replace([other, TARIFF])
        assert kept.tariffs.rows() == (other, TARIFF)
        before = kept.tariffs.version()
        kept.tariffs.replace([TARIFF])
        assert kept.tariffs.rows() == (TARIFF,)
        assert kept.tariffs.version() > before


def charge(leg: str | None, room: str = "203", guest: str | None = None, **changes: object) -> Charge:
    usual = Charge(
        kind="call", leg=leg, room=room, guest=guest, number="0601", trunk="city", started=NOON, talk_seconds=186,
        amount=385, currency="EUR",
    )  # fmt: skip
    return replace(usual, **changes)


def added(kept: Repositories, leg: str | None, room: str = "203", guest: str | None = None, **changes: object) -> int:
    found = kept.charges.add(charge(leg, room, guest, **changes))
    assert found is not None
    return found.id


def listed(kept: Repositories, **wanted: object) -> list[str | None]:
    return [found.leg for found in kept.charges.listed(ChargeFilter(**wanted), ALL)]  # type: ignore[arg-type]


def due(kept: Repositories, link: str = "pms") -> list[str | None]:
    return [found.leg for found in kept.charges.due(link, 100)]


def posted(kept: Repositories, number: int, link: str = "pms", width: int = 4) -> int | None:
    """Post it successfully; its posting number."""
    found = kept.charges.begin_posting(number, link, width)
    kept.charges.confirm(number, "posted", "OK", None, NOON)
    return found.posting


class TestCharges:
    def test_it_is_kept_as_it_was_given(self, kept: Repositories) -> None:
        minibar = charge(None, kind="minibar", amount=None, items=((3, 2), (14, 1)), user="27", number="", trunk=None)
        for given in (charge("a", guest="g1"), minibar):
            found = kept.charges.add(given)
            assert found == replace(given, id=found.id if found else 0)
            assert found is not None and kept.charges.get(found.id) == found
        assert kept.charges.get(99) is None

    def test_a_leg_is_charged_once(self, kept: Repositories) -> None:
        added(kept, "a")
        assert kept.charges.add(charge("a", "101", amount=999)) is None
        assert [found.amount for found in kept.charges.listed(ChargeFilter(), ALL)] == [385]
        added(kept, None)
        added(kept, None)

    def test_lists_are_latest_first_filtered_and_paged(self, kept: Repositories) -> None:
        ids = [added(kept, leg, room) for leg, room in (("a", "101"), ("b", "203"), ("c", "203"), ("d", "101"))]
        posted(kept, ids[0])
        assert listed(kept) == ["d", "c", "b", "a"]
        assert listed(kept, room="203") == ["c", "b"]
        assert listed(kept, state="posted") == ["a"]
        assert listed(kept, state="pending", room="101") == ["d"]
        first = kept.charges.listed(ChargeFilter(), Page(limit=3))
        rest = kept.charges.listed(ChargeFilter(), Page(limit=3, after=(first[-1].id, 0)))
        assert [found.leg for found in (*first, *rest)] == ["d", "c", "b", "a"]

    def test_the_oldest_is_due_first_until_its_end_is_known(self, kept: Repositories) -> None:
        first, second, third = (added(kept, leg) for leg in "abc")
        assert due(kept) == ["a", "b", "c"]
        assert [found.leg for found in kept.charges.due("pms", 2)] == ["a", "b"]
        kept.charges.begin_posting(first, "pms", 4)
        assert due(kept) == ["a", "b", "c"], "nobody knows yet"
        kept.charges.confirm(first, "posted", "OK", None, NOON)
        kept.charges.begin_posting(second, "pms", 4)
        kept.charges.confirm(second, "doubtful", None, None, NOON)
        assert due(kept) == ["c"]
        kept.charges.settle(third, "anna", NOON)
        assert due(kept) == []

    def test_a_posting_keeps_its_number_and_the_next_has_the_next(self, kept: Repositories) -> None:
        first, second = added(kept, "a"), added(kept, "b")
        once = kept.charges.begin_posting(first, "pms", 4)
        again = kept.charges.begin_posting(first, "pms", 4)
        assert (once.posting, once.sends, once.link) == (1, 1, "pms")
        assert (again.posting, again.sends, again.state) == (1, 2, "pending")
        assert kept.charges.begin_posting(second, "pms", 4).posting == 2
        assert kept.charges.get(first) == again

    def test_numbers_are_the_links_own_and_begin_anew_behind_their_last(self, kept: Repositories) -> None:
        given = [posted(kept, added(kept, f"a{n}"), width=1) for n in range(11)]
        assert given == [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]
        assert posted(kept, added(kept, "b"), link="other", width=1) == 1
        assert posted(kept, added(kept, "c"), width=4) == 3
        for n in range(7):
            assert posted(kept, added(kept, f"d{n}"), width=4) == 4 + n
        assert posted(kept, added(kept, "e"), width=1) == 1, "11 has two digits"

    def test_numbers_are_no_row_counts(self, kept: Repositories) -> None:
        for leg in "abc":
            posted(kept, added(kept, leg))
        assert kept.charges.forget(NOON + timedelta(days=1)) == 3
        last = added(kept, "d")
        assert last == 4
        assert posted(kept, last) == 4

    def test_what_one_link_may_have_posted_no_other_posts(self, kept: Repositories) -> None:
        number = added(kept, "a")
        kept.charges.begin_posting(number, "pms", 4)
        assert due(kept, "other") == []
        with pytest.raises(RefusedError):
            kept.charges.begin_posting(number, "other", 4)
        assert due(kept, "pms") == ["a"]

    def test_an_older_copy_does_not_know_what_was_posted_since(self, kept: Repositories) -> None:
        done = added(kept, "done")
        posted(kept, done)
        waits = added(kept, "waits")
        kept.charges.doubt_after_loss()
        assert [kept.charges.get(number).state for number in (done, waits)] == ["posted", "doubtful"]  # type: ignore[union-attr]
        fresh = kept.charges.begin_posting(added(kept, "fresh"), "pms", 8)
        assert fresh.posting is not None and fresh.posting > 1000, "the numbers in between were given"
        kept.charges.confirm(fresh.id, "posted", "OK", None, NOON)
        kept.charges.doubt_after_loss()
        assert posted(kept, added(kept, "wrapped"), width=3) == 1

    @pytest.mark.parametrize(("width", "lowest"), [(1, 2), (4, 1001), (8, 1001)])
    def test_a_link_of_which_nothing_is_known_after_a_loss_does_not_begin_at_1(
        self, kept: Repositories, width: int, lowest: int
    ) -> None:
        kept.charges.doubt_after_loss()
        first = posted(kept, added(kept, "a"), width=width)
        assert first is not None and lowest <= first < 10**width
        assert posted(kept, added(kept, "b"), width=width + 1) == first + 1
        kept.charges.doubt_after_loss()
        assert posted(kept, added(kept, "c"), width=9) == first + 2 + 1000

    def test_where_nothing_was_ever_posted_nothing_is_doubtful_after_a_loss(self, kept: Repositories) -> None:
        added(kept, "a")
        kept.charges.doubt_after_loss()
        assert due(kept) == ["a"]

    @pytest.mark.parametrize("link", ["new", None])
    def test_what_another_link_has_sent_is_doubtful_and_the_rest_is_anybodys(
        self, kept: Repositories, link: str | None
    ) -> None:
        sent, put_off, done, own, fresh = (added(kept, leg) for leg in ("sent", "put off", "done", "own", "fresh"))
        for number in (sent, put_off):
            kept.charges.begin_posting(number, "old", 4)
        kept.charges.postpone(put_off)
        posted(kept, done, "old")
        kept.charges.begin_posting(own, "new", 4)
        before = [kept.charges.get(number) for number in (done, fresh)]
        taken = kept.charges.take_over(link, NOON)
        assert [(found.id, found.state, found.link, found.told) for found in taken] == [
            (sent, "doubtful", "old", NOON), *([] if link else [(own, "doubtful", "new", NOON)]),
        ]  # fmt: skip
        assert kept.charges.get(sent) == taken[0] and "old" in (taken[0].text or "")
        assert due(kept, "new") == ["put off", *(["own"] if link else []), "fresh"]
        released = kept.charges.get(put_off)
        assert released is not None and (released.link, released.posting) == (None, None)
        assert [kept.charges.get(number) for number in (done, fresh)] == before
        assert kept.charges.take_over(link, NOON) == []

    @pytest.mark.parametrize("state", ["posted", "doubtful", "refused", "settled"])
    def test_what_has_come_to_an_end_is_never_posted_again(self, kept: Repositories, state: ChargeState) -> None:
        number = self._brought_to(kept, state)
        before = kept.charges.get(number)
        with pytest.raises(RefusedError) as refused:
            kept.charges.begin_posting(number, "pms", 4)
        assert refused.value.code == state
        assert kept.charges.get(number) == before

    @pytest.mark.parametrize("state", ["pending", "posted", "doubtful", "refused", "settled"])
    @pytest.mark.parametrize("verdict", ["posted", "doubtful", "refused"])
    def test_only_the_ways_of_the_table_are_gone(
        self, kept: Repositories, state: ChargeState, verdict: Verdict
    ) -> None:
        number = self._brought_to(kept, state)
        after = kept.charges.confirm(number, verdict, "UR", "because", NOON)
        assert after.state == (verdict if verdict in MAY_BECOME[state] else state)
        assert (after.status, after.text, after.told) == ("UR", "because", NOON)
        assert kept.charges.get(number) == after

    @pytest.mark.parametrize("state", ["pending", "doubtful", "refused"])
    def test_a_person_settles_it_once(self, kept: Repositories, state: ChargeState) -> None:
        number = self._brought_to(kept, state)
        after = kept.charges.settle(number, "anna", NOON)
        assert (after.state, after.settled_by, after.settled_at) == ("settled", "anna", NOON)
        with pytest.raises(RefusedError):
            kept.charges.settle(number, "ben", NOON)
        assert kept.charges.get(number) == after

    def test_what_was_posted_is_not_settled_too(self, kept: Repositories) -> None:
        with pytest.raises(RefusedError):
            kept.charges.settle(self._brought_to(kept, "posted"), "anna", NOON)

    @staticmethod
    def _brought_to(kept: Repositories, state: ChargeState) -> int:
        number = added(kept, "a")
        if state == "settled":
            kept.charges.settle(number, "anna", NOON)
        elif state != "pending":
            kept.charges.begin_posting(number, "pms", 4)
            kept.charges.confirm(number, state, "??", None, NOON)
        return number

    def test_unknown_ones(self, kept: Repositories) -> None:
        for attempt in (
            lambda: kept.charges.begin_posting(9, "pms", 4),
            lambda: kept.charges.confirm(9, "posted", "OK", None, NOON),
            lambda: kept.charges.settle(9, "anna", NOON),
        ):
            with pytest.raises(RefusedError) as refused:
                attempt()
            assert refused.value.code == "unknown-charge"

    def test_what_is_not_posted_moves_with_its_guest(self, kept: Repositories) -> None:
        done = added(kept, "done", guest="g1")
        posted(kept, done)
        for leg, guest in (("a", "g1"), ("b", "g2"), ("c", "g3"), ("d", None)):
            added(kept, leg, guest=guest)
        assert kept.charges.move({"g1", "g2"}, "305") == 2
        assert listed(kept, room="305") == ["b", "a"]
        assert listed(kept, room="203") == ["d", "c", "done"]

    def test_what_a_guest_owes_and_what_he_has_spent(self, kept: Repositories) -> None:
        ids = [added(kept, leg, guest="g1", amount=n) for leg, n in (("a", 1), ("b", 20), ("c", 300), ("d", 4000))]
        added(kept, "e", guest="g2", amount=50_000)
        added(kept, None, guest="g1", kind="minibar", amount=None)
        posted(kept, ids[0])
        kept.charges.begin_posting(ids[1], "pms", 4)
        kept.charges.confirm(ids[1], "refused", "NG", None, NOON)
        kept.charges.settle(ids[2], "anna", NOON)
        assert [found.leg for found in kept.charges.unsettled("g1")] == ["b", "d", None]
        assert kept.charges.spent("g1") == 4021
        assert (kept.charges.unsettled("nobody"), kept.charges.spent("nobody")) == ([], 0)

    def test_what_a_guests_calls_come_to_is_not_known_where_the_pms_prices_them(self, kept: Repositories) -> None:
        ids = [added(kept, leg, guest="g1", amount=None) for leg in "abc"]
        added(kept, "priced", guest="g1")
        added(kept, None, guest="g1", kind="minibar", amount=None)
        added(kept, "d", guest="g2", amount=None)
        posted(kept, ids[0])
        kept.charges.settle(ids[1], "anna", NOON)
        assert [found.leg for found in kept.charges.without_amount("g1")] == ["a", "c"]

    def test_retention_spares_what_is_open(self, kept: Repositories) -> None:
        for state in MAY_BECOME:
            number = added(kept, state)
            if state == "settled":
                kept.charges.settle(number, "anna", NOON)
            elif state != "pending":
                kept.charges.begin_posting(number, "pms", 4)
                kept.charges.confirm(number, state, None, None, NOON)  # type: ignore[arg-type]
        added(kept, "young", started=NOON + timedelta(days=2))
        assert kept.charges.forget(NOON + timedelta(days=1)) == 2
        assert listed(kept) == ["young", "refused", "doubtful", "pending"]


class TestRecords:
    def test_a_record_keeps_who_pays_what(self, kept: Repositories) -> None:
        record = CallRecord(
            leg="a", call="c", direction="outgoing", from_number="100", to_number="203", to_room="203", dialled="203",
            trunk="city", started=NOON, answered=NOON, outside="0601", boot="b",
        )  # fmt: skip
        kept.call_records.open(record)
        kept.call_records.open(replace(record, guest="g1"))
        ended = replace(record, guest="g1", charge_amount=385, charge_currency="EUR", ended=NOON, boot=None)
        kept.call_records.close(ended)
        kept.call_records.close(replace(ended, charge_amount=770))
        kept.call_records.close(replace(ended, leg="b", charge_amount=None, charge_currency=None, unpriced=True))
        found = [each for _, each in kept.call_records.finished(RecordFilter(room="203"), ALL)]
        assert [(each.leg, each.charge_amount, each.unpriced) for each in found] == [
            ("b", None, True),
            ("a", 385, False),
        ]
        assert found[1] == ended
