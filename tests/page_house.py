"""A hotel on a busy night, for who looks at its pages: something of everything that a page can show."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import datetime, timedelta

from tests.clients import Json
from tests.harness import ROOT, Product, wait_for
from tests.hotel import Hotel, Phone, PmsLink
from tests.page import Page
from tests.scenario.front_office import dial_outside
from tests.scenario.talking import answered_outside, hang_up, line_with, ring_up
from tests.scenario.waking import ZONE

FLOORS, ROOMS_A_FLOOR = 4, 6
USERS = {"dora": "desk", "hana": "housekeeping", "mia": "manager", "tom": "technician"}
GUESTS: dict[str, Json] = {
    "101": {"name": "Kowalska", "first_name": "Maria", "title": "Dr", "language": "pl", "vip": True},
    "102": {"name": "Holm", "first_name": "Anders", "language": "en", "reservation": "R-1042"},
    "104": {"name": "Nguyễn", "first_name": "Thị Ánh", "language": "vi"},
    "106": {"name": "Иванова", "first_name": "Ольга", "language": "ru"},
    "201": {"name": "Okafor", "first_name": "Ada", "needs_person": True},
    "202": {"name": "Παπαδόπουλος", "first_name": "Νίκος"},
    "203": {"name": "Bauer", "first_name": "Karl-Friedrich", "group": "Choir", "deposit": 2000},
    "204": {"name": "Bauer", "first_name": "Elisabeth", "group": "Choir"},
    "301": {"name": "منصور", "first_name": "سامي"},
    "302": {"name": "Featherstonehaugh-Cholmondeley", "first_name": "Bartholomew", "departure": "2031-01-02"},
    "305": {"name": "Rossi", "first_name": "Giulia"},
    "402": {"name": "Smith", "first_name": "John"},
}
CHINESE: Json = {"name": "王", "first_name": "小明", "language": "zh"}
"""Of 205; a machine whose browser has no font for him makes no picture of him."""
MESSAGES = {"204": "Your taxi comes at eight.", "104": "Gọi lại cho anh Minh.", "106": "Позвоните домой."}
CALLER, CALLED, TALKER, EMERGENCY, LEAKING = 1, 3, 2, 4, 10
"""Telephones: that of room 101, 103, ..."""
FAR = "221234567"
SOON_S = 60
TARIFFS = ROOT / "examples" / "tariffs.csv"
PRICED = {row["name"] for row in csv.DictReader(TARIFFS.read_text(encoding="utf-8").splitlines())}
SAID = {*MESSAGES.values(), *PRICED, "Reception", "Housekeeping", "front-office"}
"""What people have written, in whatever language: messages, and names in the configuration and the tariffs."""


def hotel() -> Hotel:
    """Of the shape of the example's, with more floors."""
    numbers = [
        str(100 * floor + room) for floor in range(1, FLOORS + 1) for room in range(1, ROOMS_A_FLOOR + 1)
    ]  # fmt: skip
    rooms = [Phone(number, more={"floor": int(number[0])}) for number in numbers]
    staff = [
        Phone("100", "staff", {"name": "Reception", "operator": True}),
        Phone("110", "staff", {"name": "Housekeeping"}),
    ]
    rules = "[wakeup]\nattempts = 1\nring_seconds = 5\n[wakeup.vip]\nby_person = true"
    pms = PmsLink(link={"lr_pace_ms": 0})
    return replace(Hotel((*rooms, *staff)), name="Hotel Bellevue", more=rules, pms=(pms,))


def users(page: Page) -> None:
    for name, role in USERS.items():
        page.add_user(name, role)


def fill(product: Product, *, chinese: bool = True) -> None:
    """The night so far. A guest of every script, unless the browser has no font for one of them."""
    assert product.api.raw("PUT", "/api/v1/tariffs", TARIFFS.read_bytes(), "text/csv").status == 200
    for number, guest in {**GUESTS, **({"205": CHINESE} if chinese else {})}.items():
        _room(product, number, "check-in", guest)
    _room(product, "102", "check-in", {"name": "Holm", "first_name": "Ingrid", "share": True})
    for number, change in {
        "103": {"housekeeping": "dirty"}, "105": {"housekeeping": "inspected"}, "106": {"dnd": True},
        "202": {"housekeeping": "make-up"}, "206": {"housekeeping": "out-of-order"}, "305": {"message_lamp": True},
    }.items():  # fmt: skip
        product.api.call("PATCH", f"/api/v1/rooms/{number}", change)
    for number, text in MESSAGES.items():
        _room(product, number, "messages", {"text": text})
    product.api.call("POST", "/api/v1/charges", {"room": "102", "items": [{"article": 1, "count": 2}]})
    _wakeups(product)
    _calls(product)
    _faults(product)


def _room(product: Product, number: str, verb: str, what: Json) -> None:
    product.api.call("POST", f"/api/v1/rooms/{number}/{verb}", what)


def _now(product: Product) -> datetime:
    return datetime.fromisoformat(product.api.health()["now"])


def _wakeups(product: Product) -> None:
    """Due in minutes, in the morning, daily, one that is a person's now, one that fails."""

    def order(at: datetime, *rooms: str, **more: Json) -> None:
        wanted = {"rooms": list(rooms), "at": f"{at.astimezone(ZONE):%Y-%m-%dT%H:%M:%S}", **more}
        product.api.call("POST", "/api/v1/wakeups", wanted)

    now = _now(product)
    morning = (now + timedelta(days=1)).replace(hour=7, minute=0, second=0)
    order(now + timedelta(minutes=25), "102")
    order(now + timedelta(minutes=70), "104", "203", "204")
    order(morning, "101", "302", vip=True)
    order(morning - timedelta(minutes=45), "106", repeat="daily")
    order(_now(product) + timedelta(seconds=4), "305", "201")
    wait_for(lambda: _alarm(product, "wakeup-failed"), SOON_S, "nobody answers in 305", every_s=0.3)


def _alarm(product: Product, kind: str) -> Json:
    return next((alarm for alarm in product.api.alarms() if alarm["kind"] == kind), None)


def _calls(product: Product) -> None:
    """In the house; outside, with a charge; lost at reception; one that stands."""
    bench, api = product.bench, product.api
    ring_up(bench, CALLER, "103", CALLED)
    bench.off_hook(CALLED)
    _wait_call(product, "answered")
    hang_up(bench, CALLER, CALLED)
    outside = _call_outside(product, TALKER)
    hang_up(bench, TALKER)
    bench.wait_line(outside, seized=False)
    wait_for(lambda: api.get("/charges?room=102")["items"], SOON_S, "the call has a price")
    bench.company("fxo/1", "ring", number="600700800", caller_id="fsk-before", rings=2)
    wait_for(lambda: "incoming" in _directions(product), SOON_S, "the caller has given up", every_s=0.3)
    _call_outside(product, TALKER)


def _directions(product: Product) -> set[str]:
    """Of the calls that are over."""
    return {record["direction"] for record in product.api.records()}


def _call_outside(product: Product, phone: int) -> str:
    """The company's line."""
    dial_outside(product.bench, phone, FAR)
    line = line_with(product.bench, FAR, SOON_S)
    answered_outside(product.bench, product.api, line)
    return line


def _wait_call(product: Product, state: str) -> None:
    wait_for(lambda: [c for c in product.api.calls() if c["state"] == state], SOON_S, f"a call is {state}")


def _faults(product: Product) -> None:
    """A telephone that is gone, a line with a leak, and somebody in need."""
    bench, api = product.bench, product.api
    bench.call("POST", f"/bench/ports/fxs/{LEAKING}/pair", {"leak_ohms": 8000})
    assert api.call("POST", f"/api/v1/lines/fxs/{LEAKING}/test", {"ring": False})["verdict"] == "bad"
    api.call("POST", "/api/v1/lines/fxs/6/test", {"ring": False})
    api.call("POST", "/api/v1/backups/key", {})
    api.call("POST", "/api/v1/backups", {})
    bench.off_hook(EMERGENCY)
    bench.wait_signal(EMERGENCY, "dial", "stutter")
    bench.dial(EMERGENCY, "112")
    wait_for(lambda: _alarm(product, "emergency-call"), SOON_S, "the emergency call is told")
    bench.on_hook(EMERGENCY)
