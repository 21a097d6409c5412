"""A backup is put back on the box that goes on working: all is as it was then, and nobody on the telephone notices."""

from __future__ import annotations

import http.client
import random
import re
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyrage
import pytest

from tests.clients import Api, Json, Pms
from tests.everything import differences, everything
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.backing_up import AGAIN_S, back_up, logged_in, new_key, restored
from tests.scenario.front_office import wait_guests
from tests.scenario.person import Person
from tests.scenario.talking import call, connected, hang_up

ZONE = ZoneInfo("Europe/Warsaw")
WAKEUP = """\
[wakeup]
attempts = 1
ring_seconds = 5
"""
BETWEEN_S = 40
AFTER_S = 110
"""From the backup to what is due in between, and to what is due when all has been put back and compared."""
ON_TIME_S = 10.0
"""A bell is heard after its cadence has begun; a machine that has much to do is late by itself."""
KILLS, LATEST_KILL_S = 4, 2.5
REFUSED = {(422, "bad-backup"), (409, "bad-backup")}
MAY_DIFFER = re.compile(
    r"/(alarms|rooms/202|audit|charges|wakeups|wakeups/.*|reports/wakeups|stays/[^/]+/(bill|data)|links/[^/]+/(outbox|trace))"
)
"""What a restore tells of itself, and what becomes of what has waited."""
BY_THE_WAY = {"pms-link", "survival", "late-blocks"}
"""Alarms of what is done here, and of a machine that has much to do."""
RANDOM = random.Random(6)
NO_BACKUPS = {"nothing": b"", "text": b"This is no backup.\n" * 40_000}


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(more=WAKEUP, pms=(PmsLink(link={"lr_pace_ms": 0, "answer_s": 1}),))


@pytest.fixture(scope="module")
def pms(product: Product) -> Pms:
    return product.bench.pms()


@pytest.fixture(scope="module")
def key(product: Product) -> str:
    return new_key(product)


@pytest.fixture
def anna(product: Product, key: str) -> Person:
    return logged_in(product)


def order(api: Api, room: str, seconds: float) -> datetime:
    """To be woken so many seconds from now; when that is."""
    due = datetime.now(ZONE).replace(microsecond=0) + timedelta(seconds=seconds + 1)
    api.call("POST", "/api/v1/wakeups", {"room": room, "at": f"{due:%Y-%m-%dT%H:%M:%S}"})
    return due


def minibar(api: Api, room: str) -> int:
    return int(api.call("POST", "/api/v1/charges", {"room": room, "items": [{"article": 7, "count": 1}]})["id"])


def charge(api: Api, number: int) -> Json:
    return next(found for found in api.get("/charges?limit=1000")["items"] if found["id"] == number)


def wait_charge(api: Api, number: int, state: str) -> None:
    wait_for(lambda: charge(api, number)["state"] == state, 30, f"charge {number} is {state}")


def upload(product: Product, person: Person, body: bytes) -> tuple[int, int]:
    """Brought in pieces; the status, and that of the next request of the same connection."""
    connection = http.client.HTTPConnection("127.0.0.1", product.web_port, timeout=60)
    try:
        headers = {**person.headers, "Content-Type": "application/octet-stream", "Content-Length": str(len(body))}
        pieces = (body[at : at + 10_000] for at in range(0, len(body), 10_000))
        connection.request("PUT", "/api/v1/restore/upload", pieces, headers)
        answer = connection.getresponse()
        answer.read()
        socket = connection.sock
        connection.request("GET", "/api/v1/rooms", headers=person.headers)
        following = connection.getresponse()
        following.read()
        assert connection.sock is socket, "it is still the same connection"
        return answer.status, following.status
    finally:
        connection.close()


@pytest.mark.parametrize("what", [*NO_BACKUPS, "cut off", "changed"])
def test_what_is_no_whole_backup_is_refused_and_nothing_has_changed(
    product: Product, anna: Person, key: str, whole: bytes, what: str
) -> None:
    half = len(whole) // 2
    spoiled = {"cut off": whole[:-100], "changed": whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :]}
    body = {**NO_BACKUPS, **spoiled}[what]
    supervisor, users = product.pid("supervisor"), product.api.get("/users")
    assert upload(product, anna, body) == (200, 200)
    refused = anna.restore(key)
    assert (refused.status, refused.json["error"]["code"]) in REFUSED, refused
    assert product.api.get("/backups/state")["work"] is None
    assert (product.pid("supervisor"), product.api.get("/users")) == (supervisor, users)


def test_who_has_not_the_key_or_not_the_password_restores_nothing(
    product: Product, anna: Person, key: str, whole: bytes
) -> None:
    assert upload(product, anna, whole) == (200, 200)
    other = str(pyrage.x25519.Identity.generate())
    assert anna.restore(other).json["error"]["code"] == "bad-key"
    assert anna.restore(key, password="battery staple").json["error"]["code"] == "wrong-password"
    assert anna.restore(key, "nightporter-1.age").json["error"]["code"] == "unknown-backup"
    assert anna.whether_known() == 200


@pytest.fixture(scope="module")
def whole(product: Product, key: str) -> bytes:
    """A backup as it is downloaded."""
    name = back_up(product.api)
    found = product.api.raw("GET", f"/api/v1/backups/{name}")
    assert found.body == (product.data / "backups" / name).read_bytes()
    assert found.status == 200 and found.headers["content-length"] == str(len(found.body))
    return found.body


@pytest.mark.timeout(400)
def test_the_hotel_is_as_it_was_while_people_go_on_talking(product: Product, pms: Pms, anna: Person, key: str) -> None:
    api, bench = product.api, product.bench
    pms.wait_alive()
    for room, name in (("101", "Adler"), ("102", "Holm"), ("103", "Cichy"), ("202", "Late")):
        pms.check_in(room, name=name)
        wait_guests(api, room, name)
    posted = minibar(api, "101")
    wait_charge(api, posted, "posted")
    pms.link("refuse")
    waiting = minibar(api, "101")
    between, later = order(api, "202", BETWEEN_S), order(api, "103", AFTER_S)
    until = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    name = back_up(api)
    before = everything(api, until)

    pms.link("open")
    wait_charge(api, waiting, "posted")
    much_changes(product)
    call(bench, 2, "201", 4)
    rung_by = seconds_to(between) + 30
    wait_for(lambda: api.standing_alarms("wakeup-failed"), rung_by, "nobody has answered in 202")
    voice = product.pid("voice")
    restored(product, anna, key, name)

    assert anna.whether_known() == 401, "everybody logs in again"
    assert product.pid("voice") == voice
    connected(bench, 2, 4)
    after = everything(api, until)
    differing = {path: how for path, how in differences(before, after).items() if not MAY_DIFFER.fullmatch(path)}
    print(*(f"{path}: {how}" for path, how in differing.items()), sep="\n")
    assert list(differing) == []
    assert api.get("/wakeups?room=203")["items"] == [], "nobody knows of what was ordered since"
    pms.wait_alive(30)
    assert charge(api, waiting)["state"] == "doubtful"
    wait_for(lambda: api.standing_alarms("wakeup-failed"), 30, "202 was rung once more, late, and a person is told")
    bench.wait_ringing(3, seconds_to(later) + ON_TIME_S)
    assert abs(seconds_to(later)) < ON_TIME_S
    assert len(pms.postings()) == 2, "nothing is posted twice"
    hang_up(bench, 2, 4)
    wait_for(lambda: api.records("&room=201"), 15, "the call that went on is in the records")
    known = {alarm["id"] for alarm in before["/alarms"]}
    told = {alarm["kind"] for alarm in api.alarms() if alarm["id"] not in known}
    assert told - BY_THE_WAY == {"restored", "charge-doubtful", "wakeup-failed"}


def much_changes(product: Product) -> None:
    """Somebody leaves, somebody comes; users, settings and orders are others."""
    api = product.api
    api.call("POST", "/api/v1/rooms/102/check-out", {})
    api.call("POST", "/api/v1/rooms/203/check-in", {"name": "Nowak"})
    api.call("PATCH", "/api/v1/rooms/101", {"housekeeping": "dirty"})
    api.call("POST", "/api/v1/users", {"name": "jan", "password": "battery staple", "role": "desk"})
    api.call("PUT", "/api/v1/settings/night-service", {"mode": "on"})
    order(api, "203", 3600)


def seconds_to(due: datetime) -> float:
    return (due - datetime.now(ZONE)).total_seconds()


@pytest.mark.timeout(400)
def test_a_supervisor_that_is_killed_while_it_puts_a_backup_back_comes_up_with_all_of_it(
    product: Product, key: str
) -> None:
    api = product.api
    menu = api.raw("GET", "/api/v1/menus/own-number").body + b"\n"
    marked(api, menu, "dirty")
    name = back_up(api)
    for _ in range(KILLS):
        marked(api, menu + b"\n", "clean")
        before = product.pid("supervisor")
        assert logged_in(product).restore(key, name).status == 202
        wait_for(lambda before=before: before not in product.pids(), AGAIN_S, "the supervisor ends")
        wait_for(lambda: supervisors(product), AGAIN_S, "it is started again", every_s=0.005)
        time.sleep(RANDOM.uniform(0, LATEST_KILL_S))
        product.kill("supervisor")
        product.wait_ready()
        assert api.raw("GET", "/api/v1/menus/own-number").body == menu
        assert api.get("/rooms/201")["housekeeping"] == "dirty"
        assert not (product.data / "restore").exists()


def supervisors(product: Product) -> bool:
    with suppress(AssertionError):
        return product.pid("supervisor") > 0
    return False


def marked(api: Api, menu: bytes, housekeeping: str) -> None:
    """In a file, and in the database."""
    assert api.raw("PUT", "/api/v1/menus/own-number", menu, "text/plain").status == 200
    api.call("PATCH", "/api/v1/rooms/201", {"housekeeping": housekeeping})
