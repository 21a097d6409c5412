"""The bench's page: its files, and live audio over the WebSocket."""

from __future__ import annotations

import asyncio
import base64
import re
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from microdot import Microdot

from boardsupport.bench import guard, page
from boardsupport.bench.exchange_states import State
from boardsupport.bench.lines_api import CALLER_IDS, HANG_UPS, TONES
from boardsupport.bench.pms.api import LINK_STATES
from boardsupport.bench.pms.fias_link import LinkState
from boardsupport.bench.world import World
from boardsupport.board import BOARDS
from boardsupport.si3210.sim import PairFault

STATIC = Path(page.__file__).parent / "static"
LANGUAGES = {"en", "vi", "ru", "pl", "zh"}


class Served:
    """The page over a world with two telephones, on a free port."""

    def __init__(self, world: World, port: int) -> None:
        self.world = world
        self.port = port

    async def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await self.send(path, **headers)
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body

    async def send(self, path: str, **headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        given = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n{given}\r\n".encode())
        return reader, writer

    async def listen(self, path: str, **headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """An open WebSocket."""
        key = base64.b64encode(bytes(16)).decode()
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Key": key}
        reader, writer = await self.send(f"/bench/{path}/audio", **upgrade, **headers)
        assert b"101" in await reader.readline()
        while (await reader.readline()).strip():
            pass
        return reader, writer


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    first, second = await reader.readexactly(2)
    assert first == 0x82
    length = second if second < 126 else struct.unpack(">H", await reader.readexactly(2))[0]
    return await reader.readexactly(length)


def masked(payload: bytes) -> bytes:
    mask = b"\x11\x22\x33\x44"
    body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return b"\x82" + bytes([0x80 | 126]) + struct.pack(">H", len(payload)) + mask + body


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    world = World(BOARDS["sim-64"], ["fxs", "fxs", "fxo"], "pl")
    app = Microdot()
    guard.mount(app, "bench.example:8090")
    page.mount(app, world)
    serving = asyncio.create_task(app.start_server(host="127.0.0.1", port=0))
    await until(lambda: app.server is not None)
    yield Served(world, app.server.sockets[0].getsockname()[1])
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it comes true in another task or by another thread
            await asyncio.sleep(0.005)


async def test_front_page_and_its_files(served: Served) -> None:
    status, headers, body = await served.get("/")
    assert status == 200
    assert "text/html" in headers["Content-Type"]
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    for name in re.findall(r"/static/([\w.]+)", body.decode()):
        assert (await served.get(f"/static/{name}"))[0] == 200, name


async def test_other_files_are_not_served(served: Served) -> None:
    for name in ("page.py", "..%2fpage.py", "../page.py", "none.js", ".."):
        assert (await served.get(f"/static/{name}"))[0] == 404, name


async def test_earpiece_comes_as_pcm16(served: Served) -> None:
    phone = served.world.phones["fxs/2"]
    reader, writer = await served.listen("phones/fxs/2")
    await until(lambda: phone.listeners)
    blocks = [np.full(80, n, "<i2").tobytes() for n in range(4)]
    for block in blocks:
        phone.listeners[0](block)
    heard = b""
    while len(heard) < 640:
        heard += await asyncio.wait_for(read_frame(reader), 5)
    assert heard == b"".join(blocks)
    writer.close()
    await until(lambda: not phone.listeners)


async def test_microphone_goes_to_the_mouthpiece(served: Served) -> None:
    phone = served.world.phones["fxs/1"]
    _, writer = await served.listen("phones/fxs/1")
    writer.write(masked(np.arange(160, dtype="<i2").tobytes()))
    said: list[float] = []

    def spoken() -> bool:
        block = phone.microphone.pull(80)
        said.extend(block.tolist() if block is not None else [])
        return len(said) >= 160

    await until(spoken)
    assert said == list(range(160))
    writer.close()
    await until(lambda: not phone.listeners)


async def test_a_company_line_is_heard_and_spoken_into(served: Served) -> None:
    line = served.world.lines["fxo/1"]
    reader, writer = await served.listen("lines/fxo/1")
    await until(lambda: line.listeners)
    block = np.full(160, 7, "<i2").tobytes()
    line.listeners[0](block[:160])
    line.listeners[0](block[160:])
    assert await asyncio.wait_for(read_frame(reader), 5) == block
    writer.write(masked(block))
    await until(lambda: line.microphone.pull(160) is not None)
    writer.close()
    await until(lambda: not line.listeners)


async def test_slow_browser_loses_the_oldest_sound_and_nothing_piles_up(served: Served) -> None:
    phone = served.world.phones["fxs/1"]
    reader, writer = await served.listen("phones/fxs/1")
    await until(lambda: phone.listeners)
    for n in range(200):  # two seconds at once, before the loop can send any
        phone.listeners[0](np.full(80, n, "<i2").tobytes())
    frame = np.frombuffer(await asyncio.wait_for(read_frame(reader), 5), "<i2")
    assert len(frame) <= 80 * 20
    assert frame[-1] == 199
    writer.close()
    await until(lambda: not phone.listeners)


async def test_refusals(served: Served) -> None:
    assert (await served.get("/bench/phones/fxs/9/audio"))[0] == 404
    assert (await served.get("/bench/lines/fxo/9/audio"))[0] == 404
    status, _, body = await served.get("/bench/phones/fxs/1/audio")
    assert (status, b"WebSocket" in body) == (400, True)
    assert (await served.get("/bench/phones/fxs/1/audio", Origin="http://elsewhere.example"))[0] == 403
    assert (await served.get("/", Origin="null"))[0] == 403
    own = {"Origin": f"http://127.0.0.1:{served.port}"}
    _, writer = await served.listen("phones/fxs/1", **own)
    writer.close()
    await until(lambda: not served.world.phones["fxs/1"].listeners)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8090", 200), ("192.0.2.7", 200), ("[::1]:8090", 200), ("Bench.Example:8090", 200),
        ("elsewhere.example:8090", 403), ("localhost.elsewhere.example", 403), ("[nonsense", 403),
    ],
)  # fmt: skip
async def test_a_name_that_another_has_made_lead_here_is_refused(served: Served, host: str, status: int) -> None:
    assert (await served.get("/", Host=host))[0] == status


def words() -> dict[str, set[str]]:
    """The page's words: the languages in which each stands."""
    source = (STATIC / "i18n.js").read_text()
    table = source[source.index("const WORDS") : source.index("let language")] + (STATIC / "pms_words.js").read_text()
    entries = re.findall(r'^  (?:"([\w.-]+)"|(\w+)): \{(.*?)\},?$', table, re.S | re.M)
    return {quoted or plain: set(re.findall(r"\b(en|vi|ru|pl|zh): \"", body)) for quoted, plain, body in entries}


def script_list(name: str) -> list[str]:
    """A list of words in the PMS's script."""
    found = re.search(rf"const {name} = \[(.*?)\];", (STATIC / "pms.js").read_text())
    assert found is not None, name
    return re.findall(r'"([\w-]+)"', found[1])


def test_every_word_stands_in_every_language() -> None:
    known = words()
    assert len(known) > 50
    assert {name: found for name, found in known.items() if found != LANGUAGES} == {}
    scripts = "".join((STATIC / name).read_text() for name in ("app.js", "station.js", "phone.js", "line.js", "pms.js"))
    used = set(re.findall(r'(?:text|row)\("([\w.]+)"', scripts))
    used |= set(re.findall(r'data-text="([\w.]+)"', (STATIC / "index.html").read_text()))
    used |= set(re.findall(r'"(pms\.[\w]+)"', scripts)) | {f"answer.{word}" for word in script_list("ANSWERS")}
    used |= {f"link.{state}" for state in LINK_STATES} | {f"pms.{key}" for key in script_list("POSTINGS")}
    used |= {f"pms_state.{state}" for state in get_args(LinkState)} | {"wire.refuse", "wire.silent"}
    statuses = re.search(r"const STATUSES = \{(.*?)\n\};", scripts, re.S)
    assert statuses is not None
    used |= {f"status.{word}" for word in re.findall(r'\d+: "(\w+)"', statuses[1])}
    leds = [led for board in BOARDS.values() for led in board.leds]
    used |= {f"led.{led.name}" for led in leds} | {f"color.{color}" for led in leds for color in led.colors}
    used |= {f"state.{state.value}" for state in State} | {f"how.{how}" for how in HANG_UPS}
    used |= {f"caller_id.{kind}" for kind in CALLER_IDS} | {f"tone.{tone}" for tone in TONES}
    used |= {f"fault.{kind}" for kind in get_args(PairFault)} | {"on", "off", "blink", "normal", "reversed"}
    used |= {"dial", "stutter", "ringback", "busy", "congestion", "howler", "speech", "silence", "noise"}
    assert used - known.keys() == set()


def test_nothing_is_fetched_from_elsewhere() -> None:
    for file in STATIC.iterdir():
        others = set(re.findall(r"https?://[\w.]+", file.read_text())) - {"http://www.w3.org"}
        assert not others, file.name
