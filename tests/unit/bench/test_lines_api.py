"""Company lines over HTTP: what the design promises and what the bench offers beyond it."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from pathlib import Path
from typing import Any

import pytest
from microdot.sse import SSE

from boardsupport.bench.live import send_changes
from tests.unit.bench.test_api import Api, until

LINE = "/lines/fxo/1"


class LinesApi(Api):
    def __init__(self, directory: Path) -> None:
        super().__init__(directory, lines=2)
        self.hand = self.rig.bring_up_line(1)
        self.rig.run(50)

    def dial(self) -> None:
        """The box has seized the line and dialled."""
        self.hand.write(5, 0x01)
        self.rig.until(lambda: self.rig.line_view(1)["state"] == "dial-tone", 1000)
        self.rig.line(1).exchange.hear("12")


@pytest.fixture
def api(tmp_path: Path) -> Any:
    api = LinesApi(tmp_path)
    yield api
    api.wire.close()


async def test_lines_stand_beside_the_telephones(api: LinesApi) -> None:
    _, seen = await api.get("")
    assert set(seen["lines"]) == {"fxo/1", "fxo/2"}
    assert set(seen["phones"]) == {"fxs/1", "fxs/2"}
    status, line = await api.get(LINE)
    assert status == 200
    assert (line["seized"], line["digits"], line["ringing"], line["voltage"]) == (False, "", False, 48)
    assert set(line["hearing"]) == {"now", "signal", "since_ms"}


async def test_a_line_says_which_trunk_it_is(tmp_path: Path) -> None:
    api = Api(tmp_path, lines=1)
    api.rig.world.labels["fxo/1"] = "city"
    assert (await api.get(LINE))[1]["label"] == "city"
    api.wire.close()


@pytest.mark.parametrize("path", ["/lines/fxo/3", "/lines/fxs/1", "/lines/fxo/x"])
@pytest.mark.parametrize("verb", ["", "/ring", "/answer", "/hang-up", "/unplug", "/play", "/alert", "/exchange"])
async def test_a_line_that_is_not_there_is_404(api: LinesApi, path: str, verb: str) -> None:
    status, answer = await (api.post(path + verb) if verb else api.get(path))
    assert status == 404
    assert answer["error"]


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("ring", {"number": 112}),
        ("ring", {"number": "12a"}),
        ("ring", {"number": ""}),
        ("ring", {"number": "1" * 21}),
        ("ring", {"number": "+48", "caller_id": "dtmf"}),
        ("ring", {"number": "1", "caller_id": "pigeon"}),
        ("ring", {"number": "1", "rings": 0}),
        ("ring", {"number": "1", "rings": "two"}),
        ("ring", {"name": "Ł"}),
        ("ring", {"private": 1}),
        ("ring", {"volume": 3}),
        ("answer", {"reversal": "yes"}),
        ("hang-up", {"how": "politely"}),
        ("alert", {"tone": "dial"}),
        ("exchange", {"dial_tone": 1}),
        ("exchange", {"delay_ms": -1}),
        ("parallel", {}),
        ("parallel", {"off_hook": "yes"}),
        ("play", {"tone_hz": 0}),
    ],
)
async def test_bad_values_are_422_and_change_nothing(api: LinesApi, verb: str, body: Any) -> None:
    before = (await api.get(LINE))[1]
    status, answer = await api.post(f"{LINE}/{verb}", body)
    assert status == 422
    assert answer["error"]
    assert (await api.get(LINE))[1] == before


@pytest.mark.parametrize(
    ("verb", "body"),
    [("answer", {}), ("hang-up", {"how": "busy-tone"}), ("play", {"tone_hz": 1000}), ("alert", {})],
)
async def test_what_an_idle_line_can_not_do_is_a_conflict(api: LinesApi, verb: str, body: Any) -> None:
    before = (await api.get(LINE))[1]
    status, answer = await api.post(f"{LINE}/{verb}", body)
    assert (status, "fxo/1" in answer["error"]) == (409, True)
    assert (await api.get(LINE))[1] == before


async def test_a_line_that_is_taken_does_not_ring(api: LinesApi) -> None:
    api.dial()
    assert (await api.post(f"{LINE}/ring", {"number": "1"}))[0] == 409
    assert (await api.post("/lines/fxo/2/ring", {"number": "1"}))[0] == 200
    assert (await api.post("/lines/fxo/2/ring", {"number": "1"}))[0] == 409


async def test_a_call_that_comes_in(api: LinesApi) -> None:
    status, line = await api.post(
        f"{LINE}/ring", {"number": "0224567890", "name": "Jan", "caller_id": "fsk-before", "rings": 3}
    )
    assert (status, line["ringing"], line["polarity"]) == (200, True, "reversed")
    assert line["caller"] == {"number": "0224567890", "name": "Jan"}
    status, line = await api.post(f"{LINE}/hang-up", {"how": "silent"})
    assert (status, line["ringing"], line["caller"]) == (200, False, None)


@pytest.mark.parametrize("body", [{}, {"number": None, "private": True, "caller_id": "dtmf"}, {"number": "1"}])
async def test_less_can_be_said_of_a_caller(api: LinesApi, body: Any) -> None:
    assert (await api.post(f"{LINE}/ring", body))[0] == 200


async def test_a_call_that_goes_out(api: LinesApi) -> None:
    api.dial()
    status, line = await api.post(f"{LINE}/alert")
    assert (status, line["tone"], line["digits"], line["seized"]) == (200, "ringback", "12", True)
    assert (await api.post(f"{LINE}/alert", {"tone": "none"}))[1]["tone"] is None
    status, line = await api.post(f"{LINE}/answer", {"reversal": True})
    assert (status, line["answered"], line["polarity"]) == (200, True, "reversed")
    assert (await api.post(f"{LINE}/answer"))[0] == 409
    status, line = await api.post(f"{LINE}/hang-up", {"how": "busy-tone"})
    assert (status, line["tone"], line["answered"]) == (200, "busy", False)


async def test_plugging_is_no_error_twice(api: LinesApi) -> None:
    for verb, volts in (("unplug", 0), ("plug", 48)):
        for _ in range(2):
            status, line = await api.post(f"{LINE}/{verb}")
            assert (status, line["voltage"]) == (200, volts)


async def test_the_exchange_is_set_for_the_next_seizure(api: LinesApi) -> None:
    status, line = await api.post(f"{LINE}/exchange", {"dial_tone": False, "delay_ms": 900})
    assert (status, line["dial_tone"], line["delay_ms"]) == (200, False, 900)
    assert (await api.post(f"{LINE}/exchange", {"dial_tone": True}))[1]["delay_ms"] == 900


async def test_a_parallel_telephone(api: LinesApi) -> None:
    status, line = await api.post(f"{LINE}/parallel", {"off_hook": True})
    assert (status, line["parallel"]) == (200, True)
    assert line["voltage"] < 20
    assert (await api.post(f"{LINE}/parallel", {"off_hook": False}))[1]["voltage"] == 48


async def test_playing_can_be_waited_for_and_ends_with_the_call(api: LinesApi) -> None:
    async with api.time():
        api.hand.write(5, 0x01)
        await until(lambda: api.rig.line(1).seized)
        status, answer = await api.post(f"{LINE}/play?wait=1", {"tone_hz": 1000, "ms": 300})
        assert status == 200
        assert api.rig.world.now / 8 >= answer["ends_at_ms"]
        playing = asyncio.create_task(api.post(f"{LINE}/play?wait=1", {"tone_hz": 1000, "ms": 600_000}))
        await asyncio.sleep(0)
        api.hand.write(5, 0x08)
        status, answer = await playing
        assert (status, "released" in answer["error"]) == (409, True)


async def test_what_the_exchange_heard_is_a_wav(api: LinesApi) -> None:
    api.rig.run(1000)
    answer = await api.client.get(f"/bench{LINE}/audio.wav?ms=300")
    assert isinstance(answer.body, bytes)
    with wave.open(io.BytesIO(answer.body)) as file:
        assert (file.getframerate(), file.getnframes()) == (8000, 2400)
    assert (await api.get(f"{LINE}/audio.wav?ms=0"))[0] == 422


async def test_events_tell_of_lines(api: LinesApi) -> None:
    sse = SSE()
    sending = asyncio.create_task(send_changes(api.rig.world, sse))
    await until(lambda: len(sse.queue) >= 6)
    assert sum(piece.startswith(b"event: line\n") for piece in sse.queue) == 2
    sse.queue.clear()
    await api.post(f"{LINE}/ring", {"number": "1"})
    await until(lambda: sse.queue)
    event = json.loads(sse.queue[0].decode().split("data: ")[1])
    assert sse.queue[0].startswith(b"event: line\n")
    assert (event["port"], event["ringing"]) == ("fxo/1", True)
    sending.cancel()
