"""What must agree about calls for money: the far ends, the records, the charges and the PMS's book; and the disk."""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tests.clients import Api, Json
from tests.harness import Product

DATABASE = "nightporter.db"
ON_DISK = {
    "a finished call with a price has no charge of that amount": """
        SELECT leg, outside FROM call_record AS record WHERE ended IS NOT NULL AND charge_amount IS NOT NULL
        AND from_room IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM charge WHERE charge.leg = record.leg AND charge.amount = record.charge_amount
        )""",
    "a charge has no finished call": """
        SELECT charge.id, charge.number FROM charge LEFT JOIN call_record AS record ON record.leg = charge.leg
        WHERE charge.kind = 'call' AND record.ended IS NULL""",
    "a posting number was given twice": """
        SELECT link, posting FROM charge WHERE posting IS NOT NULL GROUP BY link, posting HAVING count(*) > 1""",
    "a charge was sent without a number": "SELECT id, number FROM charge WHERE sends > 0 AND posting IS NULL",
}
"""Faults, and how to find them in the database."""
FOR_STAFF = ("doubtful", "refused")
TOO_SOON = re.compile(r"a charge while the answer to P#(\d+) was to come")


# --------------------------------------------------------------------------------------------------- the whole product


def charges(api: Api, state: str | None = None) -> list[Json]:
    """All, or those of one state; oldest first."""
    found: list[Json] = []
    path = "/charges?limit=1000" + (f"&state={state}" if state else "")
    page = api.get(path)
    while page["next"] is not None:
        found += page["items"]
        page = api.get(f"{path}&cursor={page['next']}")
    return [*found, *page["items"]][::-1]


def calls_outside(api: Api) -> list[Json]:
    """Records of answered calls to a number outside."""
    found: list[Json] = []
    page = api.get("/call-records?limit=1000")
    while page["next"] is not None:
        found += page["items"]
        page = api.get(f"/call-records?limit=1000&cursor={page['next']}")
    records = [*found, *page["items"]]
    return [record for record in records if record["direction"] == "outgoing" and record["answered"] is not None]


def differences(product: Product, answered: Mapping[str, int], price: Callable[[int], int]) -> list[str]:
    """Where they disagree, when all has come to rest. `answered`: the calls that the far ends have answered."""
    records, owed = calls_outside(product.api), charges(product.api)
    pms = product.bench.pms().view()
    faults = [f"violates the protocol: {each}" for each in pms["violations"] if not _died_before_sending(each, owed)]
    faults += [f"{pms['conflicts']} charges came under a number of others"] if pms["conflicts"] else []
    faults += _of_records(records, answered, price) + _of_charges(records, owed)
    faults += _of_bookings(owed, product.bench.pms().postings())
    told = {(alarm["kind"], alarm["subject"]) for alarm in product.api.alarms()}
    faults += [
        f"nobody was told of the {charge['state']} {charge}"
        for charge in owed
        if charge["state"] in FOR_STAFF and (f"charge-{charge['state']}", str(charge["id"])) not in told
    ]
    return faults + strangers(product)


def _died_before_sending(violation: Json, owed: Sequence[Json]) -> bool:
    """The box had noted that a charge goes out, and died before it went: sent twice by its own count, it came once."""
    match = TOO_SOON.fullmatch(violation["fault"])
    return match is not None and any(charge["posting"] == int(match[1]) and charge["sends"] > 1 for charge in owed)


def _of_records(records: Sequence[Json], answered: Mapping[str, int], price: Callable[[int], int]) -> list[str]:
    """Every call that was answered is recorded, once, at its price."""
    counted = Counter(record["dialled"] for record in records)
    faults = [f"{number} was answered and has {counted[number]} records" for number in answered if counted[number] != 1]
    faults += [f"{number} was never answered, and is recorded so" for number in counted if number not in answered]
    wrong = [r for r in records if r["charge"] is None or r["charge"]["amount"] != price(r["talk_seconds"])]
    return faults + [f"not the price of this call: {record}" for record in wrong]


def _of_charges(records: Sequence[Json], owed: Sequence[Json]) -> list[str]:
    """Every record has its charge, once, and each was sent until it was taken or nobody knows."""
    by_record = Counter(charge["call_record"] for charge in owed)
    ids = [record["id"] for record in records]
    faults = [f"the record {leg} has {by_record[leg]} charges" for leg in ids if by_record[leg] != 1]
    faults += [f"a charge of no call: {charge}" for charge in owed if charge["call_record"] not in ids]
    return faults + [
        f"left behind: {charge}" for charge in owed if charge["state"] != "posted" and not _is_staff_s(charge)
    ]


def _is_staff_s(charge: Json) -> bool:
    """Doubtful; or never sent, as its guest had left and the room was somebody else's by then."""
    return charge["state"] == "doubtful" or (charge["state"] == "refused" and charge["sends"] == 0)


def _of_bookings(owed: Sequence[Json], booked: Sequence[Json]) -> list[str]:
    """What is posted was booked once, what is doubtful at most once, and nothing else was."""
    book = Counter(_mark(entry["number"], entry["dialled"], entry["amount"]) for entry in booked)
    faults = [f"booked {count} times: {mark}" for mark, count in book.items() if count > 1]
    states = {_mark(c["posting"], c["number"], c["charge"]["amount"]): c["state"] for c in owed}
    faults += [
        f"{mark} is posted, and not booked" for mark, at in states.items() if at == "posted" and mark not in book
    ]
    return faults + [f"{mark} is booked, and no charge" for mark in book if mark not in states]


def _mark(number: int, dialled: str, amount: int) -> str:
    return f"P#{number} {dialled} {amount}"


def strangers(product: Product) -> list[str]:
    """Rooms whose guests are others here than at the PMS."""
    theirs = product.bench.pms().view()["rooms"]
    here = {room["room"]: room for room in product.api.get("/rooms?limit=1000")["items"]}
    return [
        f"{name}: {_names(here[name])}; the PMS has {_names(room)}"
        for name, room in theirs.items()
        if _names(here[name]) != _names(room)
    ]


def _names(room: Json) -> list[str]:
    return sorted(guest["name"] for guest in room["guests"])


# ------------------------------------------------------------------------------------------------------------ the disk


def faults_on_disk(product: Product, booked: Sequence[Json]) -> list[str]:
    """Of the database as it lies there, while its process is stopped; `booked`: what the PMS has by then."""
    with tempfile.TemporaryDirectory() as directory:
        for file in product.data.glob(f"{DATABASE}*"):
            if file.suffix in (".db", ".db-wal"):
                shutil.copy(file, directory)
        return faults_of(Path(directory) / DATABASE, booked)


def faults_of(path: Path, booked: Sequence[Json]) -> list[str]:
    """Of a database that nobody uses."""
    with closing(sqlite3.connect(path)) as database:
        (sound,) = database.execute("PRAGMA integrity_check").fetchone()
        if sound != "ok":
            return [f"the database is damaged: {sound}"]
        faults = [f"{what}: {row}" for what, sql in ON_DISK.items() for row in database.execute(sql)]
        sent = {number for (number,) in database.execute("SELECT posting FROM charge WHERE sends > 0")}
    came = [entry["number"] for entry in booked]
    return faults + [f"P#{number} was sent and is not on disk" for number in came if number not in sent]
