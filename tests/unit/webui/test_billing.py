"""Tariffs and charges as a program sees them, down to the store."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from firmware import passwords
from firmware.billing.model import Charge
from firmware.store.model import CallRecord
from tests.unit.supervisor.house import House
from webui.app import create_app
from webui.server import Server

HEADER = "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent"
NATIONAL = "0,national,1-7,00:00,00:00,10,60,25,0,0,10,7.5"
ABROAD = '00,"abroad, far","6,7",8:00,24:00,0,1,9,0,50,0,0'
TABLE = f"{HEADER}\r\n{NATIONAL}\r\n{ABROAD}\r\n"


class Program:
    """A client of the demonstration hotel, with a token for each role."""

    def __init__(self) -> None:
        self.house = House()
        self.app = create_app(self.house.desk, lambda: 0.0)
        self.client = TestClient(self.app)

    async def open(self) -> None:
        await self.house.store.open()
        for role in ("desk", "housekeeping", "manager", "technician"):
            digest = passwords.token_digest(role)
            now = self.house.clock.utc()
            await self.house.store.do(lambda kept: kept.access.add_token(role, digest, role, now))  # type: ignore[arg-type]  # noqa: B023

    async def ask(self, method: str, path: str, body: Any = None, role: str = "manager", **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {role}", **headers}
        if isinstance(body, str | bytes):
            sent.setdefault("Content-Type", "text/csv")
        return await self.client.request(method, f"/api/v1{path}", headers=sent, body=body)

    async def charged(self, leg: str | None, room: str = "203", **changes: Any) -> int:
        usual: dict[str, Any] = {
            "kind": "call", "number": "0601", "trunk": "city", "talk_seconds": 186, "amount": 385, "currency": "EUR",
        }  # fmt: skip
        charge = Charge(leg=leg, room=room, started=self.house.clock.utc(), **usual | changes)
        added = await self.house.store.do(lambda kept: kept.charges.add(charge))
        assert added is not None
        return added.id


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    made = Program()
    await made.open()
    yield made
    await made.house.store.close()
    assert made.house.errors == []


def fault(answer: Answer) -> tuple[int, str, str | None]:
    return answer.status_code, answer.json["error"]["code"], answer.json["error"]["field"]


async def test_a_table_is_put_and_can_be_had_as_json_and_as_the_same_table(program: Program) -> None:
    assert (await program.ask("GET", "/tariffs")).json == {"items": [], "next": None}
    put = await program.ask("PUT", "/tariffs", TABLE)
    assert (put.status_code, put.json) == (200, {"rows": 2})
    first, second = (await program.ask("GET", "/tariffs", role="desk")).json["items"]
    assert first == {
        "prefix": "0", "name": "national", "days": "1-7", "from": "00:00", "to": "00:00", "connection": 10,
        "interval_s": 60, "price": 25, "free_s": 0, "minimum": 0, "surcharge_percent": 10, "tax_percent": 7.5,
    }  # fmt: skip
    assert (second["days"], second["from"], second["to"]) == ("6-7", "08:00", "00:00")
    table = await program.ask("GET", "/tariffs", Accept="text/csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [row["name"] for row in rows] == ["national", "abroad, far"]
    assert list(rows[0]) == HEADER.split(",")
    assert (await program.ask("PUT", "/tariffs", table.text)).status_code == 200
    assert (await program.ask("GET", "/tariffs")).json["items"] == [first, second]


async def test_a_fault_names_line_and_column_and_changes_nothing(program: Program) -> None:
    await program.ask("PUT", "/tariffs", TABLE)
    before = (await program.ask("GET", "/tariffs")).json
    answer = await program.ask("PUT", "/tariffs", f"{HEADER}\n0,,,,,,60,1,,,,\n1,,,,,,0,x,,,,\n")
    assert fault(answer) == (422, "tariff", "line 3, column interval_s")
    first, second = answer.json["error"]["details"]
    assert (first["code"], first["line"], first["column"]) == ("whole-number", 3, "interval_s")
    assert second["facts"] == {"value": "x", "least": 0, "most": 100000000}
    assert second["text"] == "'x': it is a whole number, 0 to 100000000"
    assert "line 3, column price: 'x'" in answer.json["error"]["message"]
    assert (await program.ask("GET", "/tariffs")).json == before


async def test_a_table_of_another_kind_is_refused(program: Program) -> None:
    answer = await program.ask("PUT", "/tariffs", TABLE, **{"Content-Type": "application/json"})
    assert fault(answer)[:2] == (415, "not-csv")
    assert fault(await program.ask("PUT", "/tariffs", b"\xff\xfe"))[:2] == (422, "tariff")


async def test_who_may_change_tariffs(program: Program) -> None:
    assert fault(await program.ask("PUT", "/tariffs", TABLE, role="desk"))[:2] == (403, "not-allowed")
    assert (await program.ask("PUT", "/tariffs", TABLE, role="technician")).status_code == 200
    assert fault(await program.ask("GET", "/charges", role="housekeeping"))[0] == 403
    (entry,) = await program.house.audit()
    assert (entry.who, entry.action, entry.detail) == ("technician", "tariffs-changed", {"rows": 2})


async def test_a_large_table_is_whole_and_can_be_had_in_parts(program: Program) -> None:
    rows = "".join(f"{number:05},a name that takes some place,,,,,60,1,,,,\n" for number in range(3000))
    assert (await program.ask("PUT", "/tariffs", f"{HEADER}\n{rows}")).json == {"rows": 3000}
    whole = (await program.ask("GET", "/tariffs")).json
    assert (len(whole["items"]), whole["next"]) == (3000, None)
    part = (await program.ask("GET", "/tariffs?limit=1000")).json
    part = (await program.ask("GET", f"/tariffs?limit=2&cursor={part['next']}")).json
    assert [row["prefix"] for row in part["items"]] == ["01000", "01001"]
    table = await program.ask("GET", "/tariffs", Accept="text/csv")
    assert len(table.text.splitlines()) == 3001


async def test_only_tables_may_be_large(program: Program) -> None:
    large = b"x" * 100_000
    for method, path in (("PATCH", "/rooms/101"), ("POST", "/charges"), ("GET", "/tariffs")):
        assert fault(await program.ask(method, path, large))[:2] == (413, "too-large")
    assert fault(await program.ask("PUT", "/tariffs", b"x" * (5 << 20)))[:2] == (413, "too-large")


async def test_a_large_table_of_a_stranger_is_answered_before_the_line_is_cut(program: Program) -> None:
    ports: asyncio.Queue[bool] = asyncio.Queue()
    server = Server(program.app, "127.0.0.1", 0, ports.put_nowait)
    listening = asyncio.start_server(server._accept, "127.0.0.1", 0)
    async with asyncio.timeout(10), await listening as served:
        reader, writer = await asyncio.open_connection(*served.sockets[0].getsockname()[:2])
        head = f"PUT /api/v1/tariffs HTTP/1.1\r\nContent-Type: text/csv\r\nContent-Length: {3 << 20}\r\n\r\n"
        writer.write(head.encode() + b"x" * (3 << 20))
        assert b" 401 " in await reader.readline()
        writer.close()


async def test_a_table_may_come_in_many_pieces(program: Program) -> None:
    server = Server(program.app, "127.0.0.1", 0, lambda serving: None)
    rows = [f"{HEADER}\n", *(f"{number:05},,,,,,60,1,,,,\n" for number in range(3000))]
    async with asyncio.timeout(10), await asyncio.start_server(server._accept, "127.0.0.1", 0) as served:
        reader, writer = await asyncio.open_connection(*served.sockets[0].getsockname()[:2])
        head = "PUT /api/v1/tariffs HTTP/1.1\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\n"
        pieces = "".join(f"{len(row):x}\r\n{row}\r\n" for row in rows)
        writer.write(f"{head}Authorization: Bearer manager\r\n\r\n{pieces}0\r\n\r\n".encode())
        assert b" 200 " in await reader.readline()
        writer.close()
    assert len((await program.ask("GET", "/tariffs")).json["items"]) == 3000


async def test_a_table_that_breaks_off_changes_nothing(program: Program) -> None:
    server = Server(program.app, "127.0.0.1", 0, lambda serving: None)
    async with asyncio.timeout(10), await asyncio.start_server(server._accept, "127.0.0.1", 0) as served:
        reader, writer = await asyncio.open_connection(*served.sockets[0].getsockname()[:2])
        head = f"PUT /api/v1/tariffs HTTP/1.1\r\nContent-Type: text/csv\r\nContent-Length: {1 << 20}\r\n"
        writer.write(f"{head}Authorization: Bearer manager\r\n\r\n{TABLE}".encode())
        writer.write_eof()
        assert b" 400 " in await reader.readline()
        writer.close()
    assert (await program.ask("GET", "/tariffs")).json["items"] == []


async def test_charges_by_state_and_room_with_what_the_pms_said(program: Program) -> None:
    for leg, room in (("a", "101"), ("b", "203"), ("c", "203")):
        await program.charged(leg, room)
    await program.house.store.do(lambda kept: kept.charges.begin_posting(1, "front-office", 4))
    await program.house.billing.confirm(1, "refused", "NG", "no such guest")
    (charge,) = (await program.ask("GET", "/charges?state=refused")).json["items"]
    assert (charge["id"], charge["state"], charge["room"], charge["charge"]) == (
        1, "refused", "101", {"amount": 385, "currency": "EUR"},
    )  # fmt: skip
    assert (charge["link"], charge["posting"], charge["sends"]) == ("front-office", 1, 1)
    assert (charge["status"], charge["text"], charge["settled"]) == ("NG", "no such guest", None)
    assert charge["told"] == charge["started"] == "2026-11-22T03:00:00.000+01:00"
    assert [c["call_record"] for c in (await program.ask("GET", "/charges?room=203")).json["items"]] == ["c", "b"]
    first = (await program.ask("GET", "/charges?limit=2")).json
    rest = (await program.ask("GET", f"/charges?limit=2&cursor={first['next']}")).json
    assert [c["call_record"] for c in (*first["items"], *rest["items"])] == ["c", "b", "a"]
    assert rest["next"] is None
    assert fault(await program.ask("GET", "/charges?state=paid")) == (422, "bad-value", "state")


async def test_staff_settles_a_charge_once(program: Program) -> None:
    number = await program.charged("a")
    answer = await program.ask("POST", f"/charges/{number}/settle", role="desk")
    assert (answer.json["state"], answer.json["settled"]["by"]) == ("settled", "desk")
    assert fault(await program.ask("POST", f"/charges/{number}/settle"))[:2] == (409, "settled")
    for unknown in ("99", "x", "9" * 20):
        assert fault(await program.ask("POST", f"/charges/{unknown}/settle"))[:2] == (404, "unknown-charge")
    (entry,) = await program.house.audit()
    assert (entry.who, entry.action, entry.subject, entry.room) == ("desk", "charge-settled", "1", "203")


async def test_a_minibar_is_told_by_housekeeping(program: Program) -> None:
    items = [{"article": 3, "count": 2}, {"article": 14}]
    answer = await program.ask("POST", "/charges", {"room": "203", "items": items}, role="housekeeping")
    assert answer.status_code == 201
    assert (answer.json["kind"], answer.json["state"], answer.json["charge"]) == ("minibar", "pending", None)
    assert answer.json["items"] == [{"article": 3, "count": 2}, {"article": 14, "count": 1}]
    assert answer.json["by"] == "housekeeping"
    for wanted, status in (
        ({"room": "100", "items": items}, 404), ({"room": "203", "items": []}, 422),
        ({"room": "203", "items": [{"article": 0}]}, 422),
        ({"room": "203", "items": [{"article": 1, "count": 100}]}, 422),
    ):  # fmt: skip
        assert fault(await program.ask("POST", "/charges", wanted))[0] == status
    assert len((await program.ask("GET", "/charges")).json["items"]) == 1


async def test_who_prices_calls_is_set_by_the_manager(program: Program) -> None:
    path, wanted = "/settings/charging", {"calls_priced_by": "pms", "hidden_digits": 3}
    assert (await program.ask("GET", path, role="desk")).json == {"calls_priced_by": "tariffs", "hidden_digits": 0}
    assert fault(await program.ask("PUT", path, wanted, role="desk"))[0] == 403
    assert fault(await program.ask("PUT", path, {"hidden_digits": 21})) == (422, "bad-value", "hidden_digits")
    assert (await program.ask("PUT", path, wanted)).json == wanted
    assert (await program.ask("GET", path)).json == wanted
    (entry,) = await program.house.audit()
    assert (entry.action, entry.subject, entry.detail) == ("setting-changed", "charging", wanted)


async def test_records_show_what_they_cost(program: Program) -> None:
    at = program.house.clock.utc()
    record = CallRecord(
        leg="a", call="c", direction="outgoing", from_number="203", to_number="0601", from_room="203", trunk="city",
        dialled="0601", outside="0601", started=at, answered=at, ended=at + timedelta(minutes=1), charge_amount=385,
        charge_currency="EUR",
    )  # fmt: skip
    free = CallRecord(leg="b", call="d", direction="internal", from_number="1", to_number="2", started=at, ended=at)
    unpriced = CallRecord(leg="e", call="f", direction="outgoing", from_number="1", to_number="2", started=at, ended=at,
                          unpriced=True)  # fmt: skip
    for each in (record, free, unpriced):
        await program.house.store.do(lambda kept: kept.call_records.close(each))  # noqa: B023
    shown = (await program.ask("GET", "/call-records")).json["items"]
    assert {item["id"]: (item["charge"], item["unpriced"]) for item in shown} == {
        "a": ({"amount": 385, "currency": "EUR"}, False), "b": (None, False), "e": (None, True),
    }  # fmt: skip
    table = (await program.ask("GET", "/call-records", Accept="text/csv")).text
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table))}
    assert (rows["a"]["charge_amount"], rows["a"]["charge_currency"], rows["a"]["unpriced"]) == ("385", "EUR", "false")
    assert (rows["b"]["charge_amount"], rows["e"]["unpriced"]) == ("", "true")


async def test_the_document_describes_the_tables(program: Program) -> None:
    paths = (await program.ask("GET", "/openapi.json")).json["paths"]
    assert "text/csv" in paths["/api/v1/tariffs"]["put"]["requestBody"]["content"]
    assert {"200", "415", "413", "422"} <= set(paths["/api/v1/tariffs"]["put"]["responses"])
    assert "text/csv" in paths["/api/v1/tariffs"]["get"]["responses"]["200"]["content"]
