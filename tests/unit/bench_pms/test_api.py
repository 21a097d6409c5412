"""The PMS over HTTP: every verb, what is refused, and the events; with a real connection where a link is needed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from microdot import Request
from microdot.sse import SSE
from microdot.test_client import TestClient

from boardsupport.bench.api import BenchApi
from boardsupport.bench.clock import HighwayClock
from boardsupport.bench.live import send_changes
from boardsupport.bench.pms.office import Office
from boardsupport.bench.pms.settings import PmsSettings
from boardsupport.bench.wire_server import WireServer
from tests.harness import free_port
from tests.unit.bench.rig import Rig
from tests.unit.bench_pms.fias_client import REQUESTS, STAMP, charge


@pytest.fixture(autouse=True)
def body_limits_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("max_content_length", "max_body_length"):
        monkeypatch.setattr(Request, limit, getattr(Request, limit))


class Desk:
    """The bench's API with a FIAS system that listens and a Mitel system on a terminal."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.office = Office(
            [
                PmsSettings("front-office", "fias", listen=f"127.0.0.1:{self.port}", zone="Europe/Warsaw"),
                PmsSettings("annex", "mitel", pty=directory / "annex"),
            ]
        )
        self.rig = Rig(1)
        self.wire = WireServer(directory, 64, self.rig.board)
        self.client = TestClient(BenchApi(self.rig.world, HighwayClock(self.rig.world, self.wire), self.office).app)

    async def get(self, path: str) -> tuple[int, Any]:
        answer = await self.client.get("/bench" + path)
        return answer.status_code, answer.json

    async def post(self, path: str, **fields: Any) -> tuple[int, Any]:
        answer = await self.client.post("/bench/pms" + path, body=json.dumps(fields).encode())
        return answer.status_code, answer.json

    async def done(self, path: str, **fields: Any) -> Any:
        status, answer = await self.post(path, **fields)
        assert status == 200, answer
        return answer

    async def view(self, name: str = "0") -> Any:
        status, answer = await self.get(f"/pms/{name}")
        assert status == 200
        return answer


class Exchange:
    """A connection to the FIAS system."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, *records: str) -> None:
        self._writer.write("".join(f"\x02{record}\x03" for record in records).encode())

    async def hear(self) -> str:
        async with asyncio.timeout(20):
            return (await self._reader.readuntil(b"\x03"))[1:-1].decode(errors="replace")

    async def gone(self) -> None:
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await self.hear()

    async def close(self) -> None:
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)


async def connect(desk: Desk) -> Exchange:
    """An exchange that is alive."""
    exchange = Exchange(*await asyncio.open_connection("127.0.0.1", desk.port))
    assert (await exchange.hear()).startswith("LS|")
    requests = [f"LR|RI{kind}|FL{fields}|" for kind, fields in REQUESTS.items()]
    exchange.say(f"LD|{STAMP}V#1.00|IFPB|", *requests, f"LA|{STAMP}")
    assert (await exchange.hear()).startswith("LA|")
    return exchange


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    await made.office.start()
    yield made
    made.office.stop()
    made.wire.close()


@pytest.fixture
async def exchange(desk: Desk) -> AsyncIterator[Exchange]:
    made = await connect(desk)
    yield made
    await made.close()


async def test_each_is_found_by_number_and_name_and_the_first_without(desk: Desk) -> None:
    assert [(await desk.get(path))[1]["name"] for path in ("/pms", "/pms/0", "/pms/1", "/pms/annex")] == [
        "front-office", "front-office", "annex", "annex",
    ]  # fmt: skip
    assert (await desk.get("/pms/2"))[0] == (await desk.get("/pms/nobody"))[0] == 404
    assert (await desk.post("/nobody/check-in", room="101"))[0] == 404
    assert set((await desk.get(""))[1]["pms"]) == {"front-office", "annex"}


async def test_a_pms_without_a_link(desk: Desk) -> None:
    seen = await desk.view()
    assert (seen["protocol"], seen["state"], seen["connected"], seen["rooms"]) == ("fias", "down", False, {})
    answer = await desk.done("/check-in", room="203", name="Holm", key="88120")
    assert answer["sent"] == []
    assert answer["rooms"]["203"]["guests"] == [{"key": "88120", "name": "Holm"}]


async def test_the_verbs_in_their_records(desk: Desk, exchange: Exchange) -> None:
    guest = {"key": "1", "name": "Holm", "first_name": "Astrid", "vip": "2", "class": 2, "no_post": True}
    answer = await desk.done("/0/check-in", room="0412", arrival="2026-03-11", **guest)
    assert answer["sent"] == ["GI|RN0412|G#1|GSN|GNHolm|GFAstrid|GV2|CS2|"]
    assert await exchange.hear() == answer["sent"][0]
    for path, fields, record in (
        ("share", {"room": "0412", "key": "2", "name": "Rask"}, "GI|RN0412|G#2|GSY|GNRask|"),
        ("change", {"room": "0412", "key": "2", "name": "Holm-Rask"}, "GC|RN0412|G#2|GSY|GNHolm-Rask|"),
        ("check-out", {"room": "0412", "key": "2"}, "GO|RN0412|G#2|GSY|"),
        ("equipment", {"room": "0412", "lamp": True}, "RE|RN0412|MLY|"),
        ("equipment", {"room": "0412", "class": 0, "dnd": False}, "RE|RN0412|CS0|DNN|"),
        ("equipment", {"room": "0412", "class": "2"}, "RE|RN0412|CS2|"),
        ("wake-up", {"room": "0412", "date": "2026-03-12", "time": "06:45"}, "WR|RN0412|DA260312|TI064500|"),
        ("wake-up-clear", {"room": "0412"}, "WC|RN0412|DA|TI|"),
        ("move", {"from": "0412", "to": "0533", "how": "go-gi"}, "GO|RN0412|G#1|GSN|"),
        ("night-audit", {"state": "begin"}, "NS|"),
        ("night-audit", {"state": "end"}, "NE|"),
        ("message", {"room": "0533", "text": "Call home"}, "XL|RN0533|G#1|MI1|MTCall home|"),
        ("message-delete", {"room": "0533", "number": "1"}, "XD|RN0533|G#1|MI1|"),
        ("send", {"record": "RE|RN1|MLY|"}, "RE|RN1|MLY|"),
    ):
        answer = await desk.done(f"/front-office/{path}", **fields)
        assert answer["sent"][0].startswith(record), path
        for sent in answer["sent"]:
            assert await exchange.hear() == sent
    await desk.done("/send", raw_hex="02414203")
    assert await exchange.hear() == "AB"


async def test_an_invented_reservation_number_is_a_new_one_each_time(desk: Desk) -> None:
    keys = [(await desk.done("/check-in", room=room))["rooms"][room]["guests"][0]["key"] for room in ("1", "2")]
    assert keys[0] != keys[1] and all(key.isdigit() and len(key) <= 10 for key in keys)


async def test_charges_are_counted_and_paged(desk: Desk, exchange: Exchange) -> None:
    await desk.done("/answers", next=["lose", "OK", "NG"], pad=4)
    exchange.say(charge(1), charge(1))
    assert "|P#0001|" in await exchange.hear()
    exchange.say(charge(2))
    assert "|ASNG|" in await exchange.hear()
    exchange.say(charge(2))
    await exchange.hear()
    seen = await desk.view()
    assert (seen["booked"], seen["repeats"], seen["refused"]) == (2, 1, {"NG": 1})
    assert [posting["number"] for posting in (await desk.get("/pms/0/postings"))[1]["items"]] == [1, 2]
    assert [posting["number"] for posting in (await desk.get("/pms/0/postings?after=1"))[1]["items"]] == [2]
    assert (await desk.get("/pms/0/postings?after=x"))[0] == 422
    await desk.done("/reset-counts")
    assert ((await desk.view())["booked"], (await desk.view())["records"]) == (0, [])


async def test_a_resync_of_invented_rooms(desk: Desk, exchange: Exchange) -> None:
    answer = await desk.done("/resync", rooms={"count": 500, "first": "0998"})
    assert len(answer["sent"]) == 502
    heard = [await exchange.hear() for _ in range(502)]
    assert (heard[1], heard[500]) == ("GO|RN0998|GSN|SF|", "GO|RN1497|GSN|SF|")
    await desk.done("/resync", when="asked", rooms=["7"], cut_before_end=True)
    exchange.say(f"DR|{STAMP}")
    assert (await exchange.hear()).startswith("DS|DA")
    assert (await exchange.hear()).startswith("GO|RN7|")
    await exchange.gone()


async def test_the_link_is_cut_refused_ended_and_opened(desk: Desk, exchange: Exchange) -> None:
    assert (await desk.done("/link", state="end"))["state"] == "ended"
    assert (await exchange.hear()).startswith("LE|")
    await desk.done("/link", state="open")
    assert (await exchange.hear()).startswith("LS|")
    await desk.done("/link", state="refuse")
    await exchange.gone()
    with pytest.raises(ConnectionRefusedError):
        await connect(desk)
    assert (await desk.view())["wire"] == "refuse"
    await desk.done("/link", state="open")
    again = await connect(desk)
    await desk.done("/link", state="silent")
    await desk.done("/check-in", room="1")
    await desk.done("/link", state="open")
    await desk.done("/check-in", room="2")
    assert "|RN2|" in await again.hear()
    await desk.done("/link", state="cut")
    await again.gone()
    await again.close()


async def test_garbage_is_sent(desk: Desk, exchange: Exchange) -> None:
    await desk.done("/send", garbage=30, frames=200, seed=4)
    await desk.done("/send", record="GO|RN9|")
    heard = ""
    while not heard.endswith("GO|RN9|"):
        heard = await exchange.hear()


async def test_a_mitel_system_refuses_what_its_protocol_does_not_have(desk: Desk) -> None:
    await desk.done("/annex/check-in", room="101", name="Doe")
    for path, fields in (
        ("message", {"room": "101", "text": "x"}),
        ("night-audit", {"state": "begin"}),
        ("move", {"from": "101", "to": "102", "how": "gc"}),
        ("link", {"state": "end"}),
        ("answers", {"next": ["lose"]}),
    ):
        status, answer = await desk.post(f"/annex/{path}", **fields)
        assert (status, "mitel has no" in answer["error"]) == (409, True)
    assert (await desk.done("/annex/move", **{"from": "101", "to": "102"}))["sent"][0] == "CHK0   101"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("check-in", {}),
        ("check-in", {"room": ""}),
        ("check-in", {"room": " 1"}),
        ("check-in", {"room": "1|2"}),
        ("check-in", {"room": "1", "key": "A"}),
        ("check-in", {"room": "1", "class": "22"}),
        ("check-in", {"room": "1", "arrival": "11.3.2026"}),
        ("check-in", {"room": "1", "shared": 1}),
        ("check-in", {"room": "1", "colour": "red"}),
        ("move", {"from": "1", "to": "1"}),
        ("move", {"from": "1", "to": "2", "how": "by lift"}),
        ("swap", {"room": "1", "other": "1"}),
        ("wake-up", {"room": "1", "time": "25:00"}),
        ("wake-up-clear", {"room": "1", "time": "07:00"}),
        ("message", {"room": "1", "text": ""}),
        ("night-audit", {"state": "middle"}),
        ("resync", {"rooms": 5}),
        ("resync", {"rooms": {"count": 5}}),
        ("resync", {"rooms": {"count": 0, "first": "1"}}),
        ("resync", {"when": "soon"}),
        ("answers", {"next": ["maybe"]}),
        ("answers", {"line": ["OK"]}),
        ("answers", {"pad": 9}),
        ("link", {"state": "knot"}),
        ("send", {}),
        ("send", {"raw_hex": "0"}),
        ("send", {"raw_hex": "00", "record": "x"}),
        ("send", {"garbage": 10, "frames": 0}),
    ],
)
async def test_bad_values_are_422_and_change_nothing(desk: Desk, path: str, fields: dict[str, Any]) -> None:
    status, answer = await desk.post(f"/0/{path}", **fields)
    assert (status, bool(answer["error"])) == (422, True)
    assert (await desk.view())["rooms"] == {}


async def test_a_guest_who_is_not_there_is_a_conflict(desk: Desk) -> None:
    await desk.done("/check-in", room="1", key="5")
    for path, fields in (
        ("check-out", {"room": "1", "key": "6"}),
        ("change", {"room": "2", "name": "X"}),
        ("move", {"from": "2", "to": "3"}),
        ("swap", {"room": "1", "other": "2"}),
        ("message", {"room": "2", "text": "x"}),
        ("message-delete", {"room": "1", "number": "9"}),
    ):
        assert (await desk.post(f"/{path}", **fields))[0] == 409, path


async def test_events_tell_of_a_pms(desk: Desk) -> None:
    sse = SSE()
    sending = asyncio.create_task(send_changes(desk.rig.world, sse, desk.office))

    async def told(count: int) -> list[Any]:
        async with asyncio.timeout(20):
            while len(found := [piece for piece in sse.queue if piece.startswith(b"event: pms\n")]) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return [json.loads(piece.decode().split("data: ")[1]) for piece in found]

    assert {event["name"] for event in await told(2)} == {"front-office", "annex"}
    await desk.done("/check-in", room="203", name="Holm")
    assert (await told(3))[2]["rooms"]["203"]["guests"][0]["name"] == "Holm"
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_an_address_that_is_taken_is_said_at_the_start(desk: Desk) -> None:
    other = Office([PmsSettings("other", "fias", listen=f"127.0.0.1:{desk.port}")])
    with pytest.raises(OSError, match=str(desk.port)):
        await other.start()
    other.stop()
