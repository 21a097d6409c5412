"""Both protocols over TCP and serial cables, 8N1 and 7E1: guests, wake-ups and charges, and garbage on the line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from itertools import count
from itertools import product as all_of
from operator import xor
from string import ascii_letters

import pytest

from tests.clients import Api, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.front_office import (
    change,
    guests,
    link,
    log_lines,
    room,
    rooms,
    supervisor_stays,
    wait_guests,
    wait_room,
    well_behaved,
)

STX, ETX, ENQ, ACK, NAK = 0x02, 0x03, 0x05, 0x06, 0x15
LINKS = (
    PmsLink("fias", "serial", "fias-7e1", {"bits": "7E1", "lr_pace_ms": 0, "answer_s": 1}, {"seven_bit": True}),
    PmsLink("fias", "serial", "fias-8n1", {"bits": "8N1", "lr_pace_ms": 0}),
    PmsLink("fias", "tcp-client", "fias-tcp", {"lr_pace_ms": 0}),
    PmsLink("mitel", "serial", "mitel-7e1", {"bits": "7E1"}, {"seven_bit": True}),
    PmsLink("mitel", "serial", "mitel-8n1", {"bits": "8N1"}),
    PmsLink("mitel", "tcp-server", "mitel-tcp"),
)
"""Charges go by the first."""
ROOM = "203"
RESERVATIONS = map(str, count(70_001))
"""Of a guest of any PMS: who comes again soon after he has left, under the same number, is the same guest."""
IN_TURN_S = 15
"""A PMS that speaks Mitel keeps away for 6 s after a collision."""
FRAMES = 10_000
FEW_LINES = 200
"""In the log, for so many frames."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(pms=LINKS)


@pytest.fixture
def pms(product: Product, api: Api, request: pytest.FixtureRequest) -> Iterator[Pms]:
    """The PMS at the far end of the link that a test is for."""
    system = product.bench.pms(request.param)
    with well_behaved(api, system):
        yield system


def over(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("pms", names, indirect=True)


ALL = over(*(each.name for each in LINKS))


def name_in(system: Pms, name: str) -> str:
    """As this PMS's line carries it."""
    view = system.view()
    written = name.replace("ü", "u") if "7e1" in view["name"] else name
    return written.upper() if view["protocol"] == "mitel" else written


@ALL
def test_a_guest_comes_orders_a_wake_up_is_served_and_leaves(api: Api, pms: Pms) -> None:
    pms.check_in(ROOM, name="Müller", key=next(RESERVATIONS))
    wait_guests(api, ROOM, name_in(pms, "Müller"), deadline_s=IN_TURN_S)
    pms.do("wake-up", room=ROOM, time="06:45")
    due = wait_for(lambda: room(api, ROOM)["next_wakeup"], IN_TURN_S, "the wake-up is known")
    assert due[11:16] == "06:45"
    pms.do("equipment", room=ROOM, lamp=True, dnd=True, **{"class": 1})
    wait_room(api, ROOM, IN_TURN_S, lamp=True, dnd=True, effective_class="local")
    change(api, ROOM, housekeeping="clean")
    clean = "|RS4|" if pms.view()["protocol"] == "fias" else "STS2"
    pms.wait(
        lambda seen: any(clean in each["text"] for each in seen["records"]), IN_TURN_S, "the room is told to be clean"
    )
    pms.check_out(ROOM)
    wait_room(api, ROOM, IN_TURN_S, occupancy="vacant", lamp=False, dnd=False, next_wakeup=None, housekeeping="dirty")


@over("fias-7e1")
def test_a_charge_whose_receipt_was_lost_on_the_cable_is_booked_once(api: Api, pms: Pms) -> None:
    pms.check_in(ROOM, name="Roth", key=next(RESERVATIONS))
    wait_guests(api, ROOM, "Roth")
    pms.answers(line=["lose", "NAK"])
    for article in (3, 4):
        api.call("POST", "/api/v1/charges", {"room": ROOM, "items": [{"article": article, "count": 1}]})
    first, second = pms.wait_booked(2)
    assert [first["article"], second["article"]] == ["MA3 M#1", "MA4 M#1"]
    assert pms.view()["repeats"] == 0, "it was asked for by ENQ, not sent again"
    wait_for(lambda: not api.get("/charges?state=pending")["items"], 10, "both are answered")


@over("fias-7e1", "fias-8n1")
def test_a_check_byte_may_be_any_byte(api: Api, pms: Pms) -> None:
    pms.check_in(ROOM, name="Somebody", key=(key := next(RESERVATIONS)))
    wait_guests(api, ROOM, "Somebody")
    for check in (ENQ, ACK, NAK, STX, ETX, 0x00):
        name = _name_with(check, record := f"GC|RN{ROOM}|G#{key}|GSN|GN")
        pms.do("send", record=f"{record}{name}|")
        wait_guests(api, ROOM, name)


def _name_with(check: int, beginning: str) -> str:
    """A name that gives a record with this beginning this check byte."""
    for letters in (*all_of(ascii_letters, repeat=2), *all_of(ascii_letters, repeat=3)):
        name = "Ann" + "".join(letters)
        if check_byte(f"{beginning}{name}|".encode()) == check:
            return name
    raise AssertionError(f"no name gives {check:02X}h")


def check_byte(record: bytes) -> int:
    return reduce(xor, record, ETX)


@over("fias-tcp", "fias-8n1", "mitel-tcp", "mitel-8n1")
def test_garbage_changes_nothing_and_what_is_good_is_taken_right_after(product: Product, api: Api, pms: Pms) -> None:
    pms.check_in(ROOM, name="QUIET", key=next(RESERVATIONS))
    wait_guests(api, ROOM, "QUIET", deadline_s=IN_TURN_S)
    wait_room(api, ROOM, effective_class="national", lamp=False)
    name = pms.view()["name"]
    wait_for(lambda: link(api, name)["outbox"] == 0, IN_TURN_S, "nothing is on its way")
    before, counted, lines = rooms(api), link(api, name)["counters"], len(log_lines(product))
    same = supervisor_stays(product)
    pms.do("send", garbage=60, frames=FRAMES, seed=4)
    pms.do("send", raw_hex=_lamp_on(name).hex())
    wait_room(api, ROOM, IN_TURN_S, lamp=True)
    after = {**rooms(api), ROOM: {**room(api, ROOM), "message_lamp": before[ROOM]["message_lamp"]}}
    assert after == before
    assert same()
    assert link(api, name)["counters"]["refused"] > counted["refused"] + FRAMES / 5
    said = log_lines(product)[lines:]
    assert 0 < len(said) < FEW_LINES
    assert all(line.isprintable() and len(line) < 500 for line in said)
    change(api, ROOM, housekeeping="inspected")
    told = "RE" if name.startswith("fias") else "STS"
    pms.wait(lambda seen: told in seen["counts"]["in"], IN_TURN_S, "the link carries both ways")
    pms.do("change", room=ROOM, name="LOUD")
    wait_for(lambda: guests(api, ROOM) == ["LOUD"], IN_TURN_S, "and so does the PMS's own next message")


def _lamp_on(name: str) -> bytes:
    """A good record as it goes over the wire."""
    if name.startswith("mitel"):
        return bytes([ENQ, STX]) + b"MW 1   " + ROOM.encode() + bytes([ETX])
    record = b"RE|RN" + ROOM.encode() + b"|MLY|"
    check = bytes([check_byte(record)]) if name == "fias-8n1" else b""
    return bytes([STX]) + record + bytes([ETX]) + check
