"""The measurements of a full house: 500 rooms, a PMS, and call records of half a year."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from firmware.store import open_repositories
from firmware.store.model import CallRecord
from tests.clients import Answer, Json, Pms
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.perf.measure import Interval

ROOMS, RECORDS = 500, 100_000
TELEPHONES = 7
FIRST = 4001
LINK = PmsLink(link={"lr_pace_ms": 0})
GUEST_ROOM = "301"
CHANGES = 5000
CHANGES_AT_ONCE = 100
"""In one request to the bench, whose bodies are small."""
DEADLINE_S = 60.0


def hotel() -> Hotel:
    """Seven rooms and a desk with telephones here; the others have theirs at another box."""
    more = "\n".join(f'[[extension]]\nnumber = "{FIRST + n}"\nkind = "room"' for n in range(ROOMS - TELEPHONES))
    return replace(Hotel.of_rooms(TELEPHONES, operators=1), pms=(LINK,), more=more)


def fill(product: Product) -> None:
    """Half a year of calls, before the first start."""
    product.data.mkdir(mode=0o700)
    kept = open_repositories(product.data)
    begin, step = datetime.now(UTC) - timedelta(days=170), timedelta(days=169) / RECORDS
    with kept.together():
        for number in range(RECORDS):
            kept.call_records.close(_record(number, begin + number * step))
    kept.close()


def _record(number: int, started: datetime) -> CallRecord:
    answered = started + timedelta(seconds=12)
    return CallRecord(
        leg=f"leg-{number}", call=f"call-{number}", direction="outgoing", from_number=GUEST_ROOM,
        to_number="221234567", from_room=str(FIRST + number % (ROOMS - TELEPHONES)), to_room=None, trunk="city",
        dialled="221234567", started=started, answered=answered, ended=answered + timedelta(seconds=95),
        talk_ms=95_000, answered_by="reversal", cause=16, end="released", complete=True, emergency=False,
        outside="221234567", charge_amount=385, charge_currency="EUR",
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- the PMS


def resync(product: Product) -> tuple[float, int]:
    """The PMS tells of a guest in every room, all new; milliseconds from its last record until all are in, how many."""
    pms = product.bench.pms()
    pms.wait_alive()
    pms.link("refuse")
    for number in range(ROOMS - TELEPHONES):
        pms.check_in(str(FIRST + number), name=f"Guest {number}")
    pms.link("open")
    pms.wait_alive(DEADLINE_S)
    pms.do("resync")
    begin = time.monotonic()
    wait_for(lambda: _occupied(product) >= ROOMS - TELEPHONES, DEADLINE_S, "everybody is in")
    return (time.monotonic() - begin) * 1000, ROOMS - TELEPHONES


def _occupied(product: Product) -> int:
    return sum(bool(room["guests"]) for room in product.api.get("/rooms?limit=1000")["items"])


def records_per_second(product: Product) -> float:
    """Names of one guest, each another, as fast as the PMS can say them."""
    pms = product.bench.pms()
    pms.check_in(GUEST_ROOM, name="Guest")
    wait_for(lambda: _room(product)["guests"], DEADLINE_S, "the guest is in")
    key, before = pms.room(GUEST_ROOM)["guests"][0]["key"], _received(product)
    begin = time.monotonic()
    for first in range(0, CHANGES, CHANGES_AT_ONCE):
        names = range(first, first + CHANGES_AT_ONCE)
        frames = "".join(f"\x02GC|RN{GUEST_ROOM}|G#{key}|GNName {name}|\x03" for name in names)
        pms.do("send", raw_hex=frames.encode("ascii").hex())
    wait_for(lambda: _received(product) - before >= CHANGES, DEADLINE_S, "every record was taken")
    rate = CHANGES / (time.monotonic() - begin)
    assert _room(product)["guests"][0]["name"] == f"Name {CHANGES - 1}"
    pms.check_out(GUEST_ROOM)
    wait_for(lambda: not _room(product)["guests"], DEADLINE_S, "the guest has left")
    return rate


def _received(product: Product) -> int:
    return int(product.api.get("/links")["items"][0]["counters"]["received"])


def _room(product: Product) -> Json:
    return product.api.get(f"/rooms/{GUEST_ROOM}")


def loop_lag_ms(product: Product) -> float:
    """How late the control plane's loop was at most in the last minute, by its own measure."""
    return float(product.api.health()["loop_lag_ms"])


def gi_to_open_line(product: Product, pms: Pms) -> Interval:
    """From the order to the PMS to check a guest in until his room may call outside; he leaves again."""
    closed = _room(product)["effective_class"]
    begin = time.monotonic()
    pms.check_in(GUEST_ROOM, name="Guest")
    while _room(product)["effective_class"] == closed:
        assert time.monotonic() < begin + DEADLINE_S, "it stays barred"
    end = time.monotonic()
    pms.check_out(GUEST_ROOM)
    wait_for(lambda: _room(product)["effective_class"] == closed, DEADLINE_S, "the room is closed again")
    return Interval((end - begin) * 1000, begin, end)


# -------------------------------------------------------------------------------------------------------- the export


@dataclass
class Export:
    """What came of it."""

    rows: int = 0
    times: int = 0
    """How often all of it was read."""
    page_ms: list[float] = field(default_factory=list)


@contextmanager
def exporting(product: Product) -> Iterator[Export]:
    """Inside the block somebody reads all call records as CSV, by a thousand, and again."""
    export, end = Export(), threading.Event()
    reader = threading.Thread(target=_read_all, args=(product, export, end))
    reader.start()
    try:
        yield export
        wait_for(lambda: export.times or not reader.is_alive(), 5 * DEADLINE_S, "all was read once")
    finally:
        end.set()
        reader.join()
    assert export.times, "the export has failed"


def _read_all(product: Product, export: Export, end: threading.Event) -> None:
    cursor = ""
    while not end.is_set():
        begin = time.monotonic()
        answer = _page(product, cursor)
        export.page_ms.append((time.monotonic() - begin) * 1000)
        export.rows += answer.body.count(b"\r\n") - 1
        cursor = answer.headers.get("x-next-cursor", "")
        export.times += not cursor


def _page(product: Product, cursor: str) -> Answer:
    path = "/api/v1/call-records?limit=1000" + (f"&cursor={cursor}" if cursor else "")
    answer = product.api.raw("GET", path, accept="text/csv")
    assert answer.status == 200, answer
    return answer
