"""Service codes with the site's digits: what fits, what is refused and why, what is in force."""

from __future__ import annotations

import pytest
from msgspec import ValidationError

from firmware.errors import RefusedError
from firmware.exchange.service_codes import SERVICE_CODES
from firmware.services.codes import CODES, CodeService
from firmware.services.model import RequestKind
from firmware.store import StorageError
from tests.unit.services.rig import PLAN, Hall


def digits(hall: Hall) -> dict[str, str]:
    return {code.name: code.digits for code in hall.phones.table}


async def test_the_product_s_codes_are_in_force_at_first(hall: Hall) -> None:
    await hall.codes.load()
    assert hall.phones.table == hall.codes.codes() == SERVICE_CODES


async def test_other_digits_are_in_force_and_kept(hall: Hall) -> None:
    await hall.codes.set_digits({"wakeup-set": "55", "pick-up": "**"})
    assert digits(hall)["wakeup-set"] == "55" and digits(hall)["redial"] == "*66"
    assert next(code for code in hall.phones.table if code.name == "wakeup-set").patterns == ("55*xxxx", "55*xxxxxxxx")
    again = CodeService(hall, hall.phones, hall.alarms, PLAN)
    hall.phones.table = ()
    await again.load()
    assert digits(hall)["wakeup-set"] == "55" and digits(hall)["pick-up"] == "**"
    await again.set_digits({})
    assert hall.phones.table == SERVICE_CODES


@pytest.mark.parametrize(
    ("name", "wanted", "code"),
    [
        ("no-such", "*1", "unknown-code"),
        ("redial", "", "bad-value"),
        ("redial", "*6#", "bad-value"),
        ("redial", "123456789", "bad-value"),
        ("redial", "112", "emergency"),
        ("redial", "11", "emergency"),
        ("redial", "1", "emergency"),
        ("redial", "1125", "emergency"),
        ("redial", "0112", "emergency"),
        ("redial", "99", "emergency"),
        ("redial", "305", "taken"),
        ("redial", "30", "taken"),
        ("redial", "3055", "taken"),
        ("redial", "8", "taken"),
        ("redial", "06", "taken"),
        ("redial", "*79", "taken"),
        ("redial", "*55*1", "taken"),
        ("redial", "*611", "taken"),
        ("room-status", "*7", "taken"),
    ],
)
async def test_what_does_not_fit_changes_nothing(hall: Hall, name: str, wanted: str, code: str) -> None:
    await hall.codes.load()
    with pytest.raises(RefusedError) as refused:
        await hall.codes.set_digits({name: wanted})
    assert (refused.value.code, refused.value.field) == (code, name)
    assert hall.phones.table == SERVICE_CODES
    assert await hall.store.do(lambda kept: kept.settings.get(CODES)) is None


async def test_two_codes_may_change_places(hall: Hall) -> None:
    await hall.codes.set_digits({"dnd-on": "*79", "dnd-off": "*78"})
    assert (digits(hall)["dnd-on"], digits(hall)["dnd-off"]) == ("*79", "*78")


async def test_one_may_begin_as_another_does_where_time_decides(hall: Hall) -> None:
    await hall.codes.set_digits({"redial": "*80"})
    assert digits(hall)["redial"] == "*80"


async def test_what_the_disk_refuses_is_not_in_force(hall: Hall) -> None:
    await hall.codes.load()
    hall.refusing = True
    with pytest.raises(StorageError):
        await hall.codes.set_digits({"redial": "*99"})
    assert hall.phones.table == SERVICE_CODES


async def test_codes_that_do_not_fit_a_changed_house_any_more_are_told_and_left_out(hall: Hall) -> None:
    await hall.store.do(lambda kept: kept.settings.put(CODES, {"redial": "305"}))
    await hall.codes.load()
    assert hall.phones.table == SERVICE_CODES
    assert [alarm.kind for alarm in await hall.alarms.standing()] == [CODES]
    await hall.codes.set_digits({"redial": "*99"})
    assert await hall.alarms.standing() == []


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (RequestKind(id="No", names={"en": "x"}), "kinds[0].id"),
        (RequestKind(id="no", names={}), "kinds[0].names"),
        (RequestKind(id="no", names={"de": "x"}), "kinds[0].names.de"),
        (RequestKind(id="no", names={"en": " "}), "kinds[0].names.en"),
        (RequestKind(id="no", names={"en": "a\nb"}), "kinds[0].names.en"),
    ],
)
async def test_a_list_that_cannot_be_offered_is_refused(hall: Hall, kind: RequestKind, field: str) -> None:
    before = await hall.offers.request_kinds()
    with pytest.raises(RefusedError) as refused:
        await hall.offers.set_request_kinds([kind])
    assert (refused.value.field, await hall.offers.request_kinds()) == (field, before)


async def test_a_list_is_as_long_as_there_are_keys_and_names_nothing_twice(hall: Hall) -> None:
    kinds = [RequestKind(id=f"k{number}", names={"en": "x"}) for number in range(10)]
    for wrong in (kinds, [kinds[0], kinds[0]]):
        with pytest.raises(RefusedError):
            await hall.offers.set_request_kinds(wrong)


async def test_articles_are_numbers_of_the_pms(hall: Hall) -> None:
    for article in ("0", "01", "x", "10000", "-1", "", "٣", "9" * 5000):
        with pytest.raises(RefusedError):
            await hall.offers.set_articles({article: {"en": "beer"}})
    await hall.offers.set_articles({"9999": {"en": "beer"}})
    assert await hall.offers.articles() == {"9999": {"en": "beer"}}


async def test_a_kept_list_that_nobody_can_read_is_a_fault_of_the_store(hall: Hall) -> None:
    await hall.store.do(lambda kept: kept.settings.put("guest-requests", [{"id": 3}]))
    with pytest.raises(StorageError) as raised:
        await hall.offers.request_kinds()
    assert isinstance(raised.value.__cause__, ValidationError)
