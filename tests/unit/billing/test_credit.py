"""What a guest may still spend: whose limit counts, what counts against it, and for how long that lasts."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from firmware.billing.credit import Credit, spent_by
from firmware.billing.model import Charge, Tariff
from firmware.billing.pricing import TariffTable
from firmware.hotel.house import House
from firmware.hotel.model import Guest, Room
from firmware.store import in_memory
from tests.unit.billing.test_pricing import tariff

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
MOBILE = tariff("06", connection=20, interval_s=30, price=45, surcharge_percent=Decimal(10))


def credit(*guests: Guest, rows: tuple[Tariff, ...] = (MOBILE, tariff("0800", price=0))) -> Credit:
    house, table = House({"203": Room(room="203", guests=guests)}), TariffTable(rows)
    return Credit(lambda: house, lambda: table)


def test_the_first_guest_of_a_room_pays_and_his_limit_counts() -> None:
    poor, rich = Guest(id="poor", limit=500), Guest(id="rich")
    assert credit(poor, rich).seconds("203", "0601", NOON) == 270  # (20 + 45 x 9) x 1.1 = 467.5
    assert credit(rich, poor).seconds("203", "0601", NOON) is None
    assert credit().seconds("203", "0601", NOON) is None
    assert credit(poor).seconds("office", "0601", NOON) is None


@pytest.mark.parametrize("limit", [0, 71])
def test_a_limit_that_does_not_pay_for_the_first_interval_lets_no_call_begin_but_free_ones(limit: int) -> None:
    guest = credit(Guest(id="g", limit=limit))
    assert guest.seconds("203", "0601", NOON) == 0
    assert guest.seconds("203", "0800", NOON) is None


def test_free_seconds_may_be_talked_without_credit() -> None:
    assert credit(Guest(id="g", limit=0), rows=(tariff("06", free_s=20),)).seconds("203", "0601", NOON) == 20


def test_a_number_without_tariff_is_never_refused() -> None:
    assert credit(Guest(id="g", limit=0)).seconds("203", "0048221", NOON) is None


def test_who_has_spent_more_than_he_may_has_nothing_left() -> None:
    guest = credit(Guest(id="g", limit=500))
    guest.take({"g": 200})
    assert guest.seconds("203", "0601", NOON) == 150  # (20 + 45 x 5) x 1.1 = 269.5 of 300
    guest.take({"g": 900})
    assert guest.seconds("203", "0601", NOON) == 0


def test_what_is_left_is_the_limit_less_what_was_spent_and_never_below_nothing() -> None:
    holm, bauer = Guest(id="g", limit=500), Guest(id="h")
    both = credit(holm, bauer)
    assert (both.left(holm), both.left(bauer)) == (500, None)
    assert (both.take({"g": 200}), both.left(holm)) == (["203"], 300)
    assert (both.take({"g": 200}), both.left(holm)) == ([], 300)
    assert (both.take({"g": 900}), both.left(holm)) == (["203"], 0)


def test_calls_that_the_pms_prices_count_by_our_own_table() -> None:
    kept, table = in_memory(), TariffTable([MOBILE])

    def estimate(charge: Charge) -> int:
        return table.price(charge.number, charge.started, charge.talk_seconds) or 0

    for leg, number, amount, state in (
        ("a", "0601", None, "pending"), ("b", "0601", None, "posted"), ("c", "0601", 1000, "doubtful"),
        ("d", "0601", None, "settled"), ("e", "0999", None, "pending"),
    ):  # fmt: skip
        charge = Charge(
            kind="call", leg=leg, guest="g", room="203", number=number, started=NOON.astimezone(UTC), talk_seconds=186,
            amount=amount, currency="EUR", state=state,
        )  # fmt: skip
        kept.charges.add(charge)
    kept.charges.add(Charge(kind="minibar", guest="g", room="203", started=NOON, currency="EUR", items=((1, 1),)))
    assert spent_by(kept, ["g", "h"], estimate) == {"g": 1000 + 2 * 369, "h": 0}  # (20 + 45 x 7) x 1.1 = 368.5
