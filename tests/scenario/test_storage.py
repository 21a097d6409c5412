"""A disk that is full or answers nothing, a database that is damaged or can only be read: what cannot be kept is
refused aloud, people telephone on, and nothing that was promised is lost.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.clients import Answer, Api, Bench, Json, Pms
from tests.harness import Product, wait_for
from tests.hotel import BOTH_PROTOCOLS, Hotel
from tests.scenario.conftest import settle
from tests.scenario.talking import answered_outside, call, call_out, hang_up, lift_and_dial, line_with
from tests.soak.charges import CONNECTION, PER_SECOND, TARIFFS
from tests.soak.ledger import charges
from tests.system_calls import full_disk, hanging_disk

NUMBER = "221234567"
RECOVERY_S = 30
"""The control plane tries every ten seconds whether it can write again."""
NO_MASTER_KEY = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search")
"""The system's administrator, too, may write only what its permissions say."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(pms=BOTH_PROTOCOLS)


@pytest.fixture(scope="module", autouse=True)
def tariffs(product: Product) -> None:
    assert product.api.raw("PUT", "/api/v1/tariffs", TARIFFS.encode(), "text/csv").status == 200


@pytest.fixture
def full(product: Product, bench: Bench, api: Api) -> Iterator[None]:
    """The disk is full, and has room again by the end."""
    with full_disk(product):
        yield
    wait_for(lambda: not api.standing_alarms("storage"), RECOVERY_S, "the desk is told that it is over")


def rooms(api: Api) -> list[Json]:
    found: list[Json] = api.get("/rooms?limit=1000")["items"]
    return found


def names(api: Api, room: str) -> list[str]:
    return [guest["name"] for guest in api.get(f"/rooms/{room}")["guests"]]


def check_in(api: Api, room: str, name: str) -> Answer:
    return api.raw("POST", f"/api/v1/rooms/{room}/check-in", f'{{"name": "{name}"}}'.encode())


def people_telephone(bench: Bench, api: Api) -> None:
    """Within the house, and for help."""
    call(bench, 1, "102", 2)
    hang_up(bench, 1, 2)
    lift_and_dial(bench, 3, "112")
    line = line_with(bench, "112")
    bench.company(line, "answer", reversal=True)
    wait_for(lambda: api.standing_alarms("emergency-call"), 10, "the desk is told of the call for help")
    hang_up(bench, 3)


@pytest.mark.usefixtures("full")
def test_a_full_disk_refuses_what_the_desk_wants_kept_and_people_telephone_on(bench: Bench, api: Api) -> None:
    before = rooms(api)
    refused = check_in(api, "201", "Vik")
    assert (refused.status, refused.json["error"]["code"]) == (503, "unavailable")
    assert "full" in refused.json["error"]["message"]
    assert api.raw("PATCH", "/api/v1/rooms/202", b'{"class": "local"}').status == 503
    assert rooms(api) == before
    (alarm,) = wait_for(lambda: api.standing_alarms("storage"), 5, "the desk is told")
    assert "full" in alarm["text"]
    people_telephone(bench, api)


def test_a_call_for_help_is_told_and_acknowledged_though_the_disk_answers_nothing_and_kept_once(
    product: Product, bench: Bench, api: Api
) -> None:
    for alarm in api.standing_alarms("emergency-call"):
        api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge")
    with hanging_disk(product):
        people_telephone(bench, api)
        (told,) = api.standing_alarms("emergency-call")
        (hangs,) = wait_for(lambda: api.standing_alarms("storage"), 15, "the desk is told of the disk")
        assert "does not answer" in hangs["text"]
        seen = api.call("POST", f"/api/v1/alarms/{told['id']}/acknowledge")
        assert (seen["id"], api.standing_alarms("emergency-call")) == (told["id"], [])
    wait_for(lambda: not api.standing_alarms("storage"), RECOVERY_S, "the desk is told that it moves again")

    def kept() -> list[Json]:
        found = api.get("/alarms?all=true&limit=1000")["items"]
        return [alarm for alarm in found if alarm["raised"] == told["raised"] and alarm["id"] != told["id"]]

    (alarm,) = wait_for(kept, 10, "it has its place among those that are kept")
    assert (alarm["kind"], alarm["subject"]) == ("emergency-call", told["subject"])
    assert alarm["acknowledged"] == seen["acknowledged"] and alarm["cleared"]


def test_what_a_pms_says_while_the_disk_is_full_is_not_acknowledged_nor_done_by_half_and_made_good_later(
    product: Product, api: Api, fias: Pms, mitel: Pms
) -> None:
    fias.check_in("103", name="Holm")
    wait_for(lambda: names(api, "103") == ["Holm"], 10, "a guest comes as always")
    before = rooms(api)
    with full_disk(product):
        fias.check_in("203", name="Lind")
        mitel.check_in("202", name="BERG")
        mitel.wait(lambda pms: pms["counts"]["in"].get("message given up"), 15, "its message is not acknowledged")
        wait_for(lambda: api.standing_alarms("storage"), 5, "the desk is told")
        assert rooms(api) == before
    wait_for(lambda: names(api, "203") == ["Lind"], RECOVERY_S, "what was said by FIAS is asked for again", 0.2)
    mitel.check_in("202", name="BERG", key=mitel.room("202")["guests"][0]["key"])
    wait_for(lambda: names(api, "202") == ["BERG"], 10, "who was not acknowledged says it again")
    fias.assert_no_violations()
    mitel.assert_no_violations()


def test_a_charge_that_the_full_disk_refuses_waits_and_is_posted_once(
    product: Product, bench: Bench, api: Api, fias: Pms
) -> None:
    fias.check_in("101", name="Dahl")
    wait_for(lambda: names(api, "101") == ["Dahl"], 10, "the guest is in")
    with full_disk(product):
        call_out(bench, 1, NUMBER)
        answered_outside(bench, api, "fxo/2")
        hang_up(bench, 1)
        wait_for(lambda: api.standing_alarms("storage"), 10, "the desk is told")
        settle(product)
        assert (fias.postings(), charges(api)) == ([], [])
    (booked,) = fias.wait_booked(1, RECOVERY_S)
    wait_for(lambda: charges(api, "posted"), 10, "the PMS has confirmed it")
    (record,) = api.records("&number=" + NUMBER)
    assert booked["amount"] == record["charge"]["amount"] == CONNECTION + PER_SECOND * record["talk_seconds"]
    assert [charge["posting"] for charge in charges(api)] == [booked["number"]]


def test_a_damaged_database_is_replaced_by_its_copy_with_the_stays_of_then(product: Product, api: Api) -> None:
    assert check_in(api, "201", "Vik").status == 200
    assert product.stop() == 0
    copy = product.data / "copies" / "nightporter.db"
    copy.unlink()
    product.start()
    wait_for(copy.exists, 10, "a copy is made where there is none")
    assert check_in(api, "201", "Late").status == 409
    assert product.stop() == 0
    database = product.data / "nightporter.db"
    database.write_bytes(b"\xff" * 8192 + database.read_bytes()[8192:])
    product.start()
    (alarm,) = wait_for(lambda: api.standing_alarms("storage"), 5, "the desk is told")
    assert "damaged" in alarm["text"] and "copy" in alarm["text"]
    assert list(product.data.glob("nightporter.db.damaged-*"))
    assert names(api, "201") == ["Vik"]
    people_telephone(product.bench, api)


def test_a_database_that_can_only_be_read_is_read_and_what_would_change_it_is_refused(product: Product) -> None:
    api, database = product.api, product.data / "nightporter.db"
    assert check_in(api, "102", "Ek").status == 200
    assert product.stop() == 0
    database.chmod(0o400)
    product.start(under=NO_MASTER_KEY if os.geteuid() == 0 else ())
    before, records = rooms(api), api.records()
    assert names(api, "102") == ["Ek"]
    assert api.raw("POST", "/api/v1/rooms/102/check-out", b"{}").status == 503
    assert rooms(api) == before
    wait_for(lambda: api.standing_alarms("storage"), 15, "the desk is told")
    people_telephone(product.bench, api)
    database.chmod(0o600)
    wait_for(lambda: not api.standing_alarms("storage"), RECOVERY_S, "the desk is told that it is over")
    assert names(api, "102") == ["Ek"]
    assert api.raw("POST", "/api/v1/rooms/102/check-out", b"{}").status == 200
    wait_for(lambda: len(api.records()) > len(records), RECOVERY_S, "the call of meanwhile is written")
