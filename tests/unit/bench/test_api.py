"""The bench's HTTP API as its design promises it: what it answers, and what it refuses."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from microdot.test_client import TestClient

from boardsupport.bench.api import BenchApi
from boardsupport.bench.clock import HighwayClock
from boardsupport.bench.wire_server import WireServer
from tests.unit.bench.rig import Rig


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.005)


class Api:
    def __init__(self, directory: Path, lines: int = 0) -> None:
        self.rig = Rig(2, lines=lines)
        self.rig.bring_up(1)
        self.wire = WireServer(directory, 64, self.rig.board)
        self.clock = HighwayClock(self.rig.world, self.wire)
        self.app = BenchApi(self.rig.world, self.clock).app
        self.client = TestClient(self.app)

    async def get(self, path: str) -> tuple[int, Any]:
        answer = await self.client.get("/bench" + path)
        return answer.status_code, answer.json

    async def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        raw = body if isinstance(body, bytes) else (b"" if body is None else json.dumps(body).encode())
        answer = await self.client.post("/bench" + path, body=raw)
        return answer.status_code, answer.json

    @asynccontextmanager
    async def time(self) -> AsyncIterator[None]:
        """Blocks pass while the context lasts, as fast as they can."""

        async def run() -> None:
            while True:
                self.clock.step()
                await asyncio.sleep(0)

        running = asyncio.create_task(run())
        try:
            yield
        finally:
            running.cancel()


@pytest.fixture
def api(tmp_path: Path) -> Any:
    api = Api(tmp_path)
    yield api
    api.wire.close()


async def test_everything_in_one_object(api: Api) -> None:
    status, seen = await api.get("")
    assert status == 200
    assert set(seen["phones"]) == {"fxs/1", "fxs/2"}
    assert (seen["lines"], seen["spans"], seen["pms"]) == ({}, {}, {})
    assert seen["highway"] == {"blocks": 0, "underruns": 0, "own_late": 0}
    assert set(seen["leds"]) == {"power", "system", "alarm", "pms", "trunk", "lines"}


async def test_a_telephone_at_rest(api: Api) -> None:
    status, phone = await api.get("/phones/fxs/2")
    assert status == 200
    wanted = {
        "hook": "on", "ringing": False, "ring_cadence_ms": None, "lamp": "off", "polarity": "normal", "caller_id": None,
        "rang_ms": None,
    }  # fmt: skip
    assert {key: phone[key] for key in wanted} == wanted
    assert set(phone["hearing"]) == {"now", "signal", "since_ms"}


async def test_lifting_a_lifted_handset_is_no_error(api: Api) -> None:
    for _ in range(2):
        status, phone = await api.post("/phones/fxs/1/off-hook")
        assert (status, phone["hook"]) == (200, "off")
    for _ in range(2):
        status, phone = await api.post("/phones/fxs/1/on-hook")
        assert (status, phone["hook"]) == (200, "on")


@pytest.mark.parametrize(
    "path", ["/phones/fxs/3", "/phones/fxo/1", "/phones/fxs/x", "/lines/fxo/1", "/spans/e1/1", "/nothing"]
)
async def test_what_is_not_there_is_404(api: Api, path: str) -> None:
    status, answer = await api.get(path)
    assert status == 404
    assert answer["error"]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/spans/e1/1", "E1 spans"),
        ("/spans/e1/1/call", "E1 spans"),
    ],
)
async def test_what_is_not_served_yet_says_so(api: Api, path: str, what: str) -> None:
    for ask in (api.get, api.post):
        status, answer = await ask(path)
        assert (status, answer["error"]) == (404, f"this bench has no {what} yet")


async def test_a_bench_without_a_pms_says_so(api: Api) -> None:
    for status, answer in (await api.get("/pms"), await api.get("/pms/0"), await api.post("/pms/check-in")):
        assert status == 404
        assert "no PMS" in answer["error"]


@asynccontextmanager
async def served(api: Api) -> AsyncIterator[Callable[[bytes], Awaitable[tuple[int, Any]]]]:
    """The API on a port: a function that sends bytes and returns status and JSON."""
    serving = asyncio.create_task(api.app.start_server(host="127.0.0.1", port=0))
    await until(lambda: api.app.server is not None)

    async def ask(request: bytes) -> tuple[int, Any]:
        reader, writer = await asyncio.open_connection(*api.app.server.sockets[0].getsockname())
        for at in range(0, len(request), 1 << 20):
            writer.write(request[at : at + (1 << 20)])
            await writer.drain()
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        return int(head.split()[1]), json.loads(body)

    try:
        yield ask
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest.mark.parametrize(
    ("chunks", "status"),
    [
        (b'7\r\n{"state\r\nC;x=y\r\n" :   "off"}\r\n0\r\nTrailer: t\r\n\r\n', 200),
        (b"7\r\n{state}\r\n0\r\n\r\n", 422),
        (b"x\r\n", 400),
        (b"-1\r\n", 400),
        (b"FFFFFFFF\r\n", 413),
    ],
)
async def test_a_body_may_come_in_chunks(api: Api, chunks: bytes, status: int) -> None:
    async with served(api) as ask:
        answer = await ask(b"POST /bench/power HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    assert answer[0] == status
    assert ("error" in answer[1]) is (status != 200)
    assert (await api.get(""))[1]["power"] == ("off" if status == 200 else "on")


async def test_a_mistaken_wait_is_422(api: Api) -> None:
    await api.post("/phones/fxs/1/off-hook")
    assert (await api.post("/phones/fxs/1/play?wait=yes", {"tone_hz": 1000}))[0] == 422
    assert (await api.post("/phones/fxs/1/play?wait=0", {"tone_hz": 1000}))[0] == 200


async def test_a_json_body_beyond_reason_is_not_parsed(api: Api) -> None:
    status, answer = await api.post("/power", {"state": "off" * 30_000})
    assert (status, "allowed: 65536" in answer["error"]) == (413, True)
    assert (await api.get(""))[1]["power"] == "on"


@pytest.mark.parametrize(
    ("request_line", "status"),
    [(b"nonsense", 400), (b"PUT /bench/power HTTP/1.1", 405), (b"GET /nothing HTTP/1.1", 404)],
)
async def test_what_cannot_be_routed_is_answered_in_json(api: Api, request_line: bytes, status: int) -> None:
    async with served(api) as ask:
        answer = await ask(request_line + b"\r\n\r\n")
    assert answer[0] == status
    assert answer[1]["error"]


async def test_a_body_beyond_all_measure_is_answered_after_it_was_sent(api: Api) -> None:
    size = 40 * 1024 * 1024
    async with served(api) as ask:
        answer = await ask(b"POST /bench/phones/fxs/1/play HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
    assert answer[0] == 413
    assert "33554432" in answer[1]["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/phones/fxs/1/dial", {}),
        ("/phones/fxs/1/dial", {"digits": ""}),
        ("/phones/fxs/1/dial", {"digits": "12X"}),
        ("/phones/fxs/1/dial", {"digits": 12}),
        ("/phones/fxs/1/dial", {"digits": "*1", "pulse": True}),
        ("/phones/fxs/1/dial", {"digits": "1", "pulse": "yes"}),
        ("/phones/fxs/1/dial", {"digits": "1", "on_ms": -1}),
        ("/phones/fxs/1/dial", {"digits": "1", "on_ms": 50.5}),
        ("/phones/fxs/1/dial", {"digits": "1", "speed": 3}),
        ("/phones/fxs/1/dial", b"[1]"),
        ("/phones/fxs/1/dial", b"{nonsense"),
        ("/phones/fxs/1/flash", {"ms": 0}),
        ("/phones/fxs/1/flash", {"ms": True}),
        ("/phones/fxs/1/play", {"tone_hz": 0}),
        ("/phones/fxs/1/play", {"tone_hz": 1000, "dbm0": 10}),
        ("/phones/fxs/1/play", b"RIFFnonsense"),
        ("/phones/fxs/1/play", b"ID3nonsense"),
        ("/power", {"state": "maybe"}),
        ("/power", {}),
        ("/ports/fxs/1/fault", {"kind": "lightning"}),
    ],
)
async def test_bad_values_are_422_and_change_nothing(api: Api, path: str, body: Any) -> None:
    await api.post("/phones/fxs/1/off-hook")
    before = (await api.get("/phones/fxs/1"))[1]
    status, answer = await api.post(path, body)
    assert status == 422
    assert answer["error"]
    assert (await api.get("/phones/fxs/1"))[1] == before


@pytest.mark.parametrize(
    ("verb", "body"),
    [("dial", {"digits": "1"}), ("dial", {"digits": "1", "pulse": True}), ("flash", {}), ("play", {"tone_hz": 1000})],
)
async def test_a_handset_that_is_down_is_a_conflict(api: Api, verb: str, body: Any) -> None:
    status, answer = await api.post(f"/phones/fxs/1/{verb}", body)
    assert status == 409
    assert "fxs/1" in answer["error"]


async def test_dialling_answers_when_the_last_digit_is_out(api: Api) -> None:
    async with api.time():
        await api.post("/phones/fxs/1/off-hook")
        began = api.rig.world.now
        status, _ = await api.post("/phones/fxs/1/dial", {"digits": "102", "on_ms": 80, "off_ms": 80})
        assert status == 200
        assert (api.rig.world.now - began) / 8 >= 3 * 80 + 2 * 80


async def test_dialling_ends_with_the_call(api: Api) -> None:
    async with api.time():
        await api.post("/phones/fxs/1/off-hook")
        pair = api.rig.world.phones["fxs/1"].chip.pair
        await until(lambda: pair.closed)
        dialling = asyncio.create_task(api.post("/phones/fxs/1/dial", {"digits": "1" * 80, "pulse": True}))
        await until(lambda: not pair.closed)
        await api.post("/phones/fxs/1/on-hook")
        status, answer = await dialling
        assert status == 409
        assert "put down" in answer["error"]


async def test_playing_says_when_it_ends_and_can_be_waited_for(api: Api) -> None:
    async with api.time():
        await api.post("/phones/fxs/1/off-hook")
        status, answer = await api.post("/phones/fxs/1/play?wait=1", {"tone_hz": 1000, "dbm0": -10, "ms": 300})
        assert status == 200
        assert api.rig.world.now / 8 >= answer["ends_at_ms"] >= 300


async def test_audio_is_a_wav_of_the_last_milliseconds(api: Api) -> None:
    api.rig.run(3000)
    answer = await api.client.get("/bench/phones/fxs/1/audio.wav?ms=500")
    assert answer.headers["Content-Type"] == "audio/wav"
    assert int(answer.headers["Ends-At-Ms"]) == api.rig.world.now // 8
    assert isinstance(answer.body, bytes)
    with wave.open(io.BytesIO(answer.body)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (8000, 2, 1)
        assert file.getnframes() == 4000
    for bad in ("0", "-5", "x", "60001", "1.5"):
        assert (await api.get(f"/phones/fxs/1/audio.wav?ms={bad}"))[0] == 422


async def test_faults_and_power(api: Api) -> None:
    assert (await api.post("/ports/fxs/1/fault", {"kind": "short"}))[0] == 200
    assert (await api.get("/phones/fxs/1"))[1]["fault"] == "short"
    assert (await api.post("/power", {"state": "off"}))[0] == 200
    assert (await api.get(""))[1]["power"] == "off"
    assert (await api.post("/ports/fxs/9/fault", {"kind": "short"}))[0] == 404


async def test_a_chip_resets_by_itself(api: Api) -> None:
    assert api.rig.hands["fxs/1"].read(8) == 0
    assert (await api.post("/ports/fxs/1/reset"))[0] == 200
    assert api.rig.hands["fxs/1"].read(8) == 2
    assert (await api.post("/ports/fxs/9/reset"))[0] == 404


async def test_events_begin_with_everything_and_go_on_with_changes(api: Api) -> None:
    from microdot.sse import SSE

    from boardsupport.bench.live import send_changes

    sse = SSE()
    sending = asyncio.create_task(send_changes(api.rig.world, sse))
    await until(lambda: len(sse.queue) >= 4)
    first = [piece.decode() for piece in sse.queue]
    assert sum(piece.startswith("event: phone\n") for piece in first) == 2
    assert sum(piece.startswith("event: led\n") for piece in first) == 1
    lit = next(piece for piece in first if piece.startswith("event: lit\n"))
    assert set(json.loads(lit.split("data: ")[1]).values()) == {None}
    sse.queue.clear()
    await api.post("/phones/fxs/2/off-hook")
    await until(lambda: sse.queue)
    assert len(sse.queue) == 1
    event = json.loads(sse.queue[0].decode().split("data: ")[1])
    assert (event["port"], event["hook"]) == ("fxs/2", "off")
    sending.cancel()


async def test_the_button_is_held_as_long_as_one_says(api: Api) -> None:
    pin = api.rig.board.table.button_pin
    assert (await api.post("/button", {"state": "down"}))[0] == 200
    assert not api.rig.board.read_pin(pin).level
    assert (await api.post("/button", {"state": "up"}))[0] == 200
    assert api.rig.board.read_pin(pin).level
    pressing = asyncio.create_task(api.post("/button", {"press_ms": 30}))
    while api.rig.board.read_pin(pin).level:
        assert not pressing.done()
        await asyncio.sleep(0)
    assert (await pressing)[0] == 200
    assert api.rig.board.read_pin(pin).level
    for wrong in ({}, {"press_ms": 0}, {"state": "half"}, {"press_ms": 10, "state": "up"}):
        assert (await api.post("/button", wrong))[0] == 422
