"""The bench's HTTP API for telephones, faults, power, lights and counters (design: bench.md); lines: `lines_api`; PMS:
`pms.api`.

Spans are not on this bench yet: `GET /bench` shows them empty, their routes answer 404 and say so.
"""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import Any, Final, get_args

from microdot import Microdot, Request
from microdot.sse import SSE, with_sse

from boardsupport.bench import lines_api
from boardsupport.bench.answers import Answer, answering, reached, recording
from boardsupport.bench.clock import HighwayClock
from boardsupport.bench.company_line import CompanyLine
from boardsupport.bench.live import send_changes
from boardsupport.bench.pms import api as pms_api
from boardsupport.bench.pms.office import Office
from boardsupport.bench.requests import (
    MOST_BODY_BYTES,
    ApiError,
    Dialling,
    body_of,
    fields_of,
    one_of,
    optional,
    sound_of,
    waits,
    whole,
)
from boardsupport.bench.requests import number as number_of
from boardsupport.bench.telephone import Telephone
from boardsupport.bench.world import World
from boardsupport.si3210.sim import PairFault

FAULTS: Final[tuple[PairFault, ...]] = get_args(PairFault)
NOT_YET: Final = {"spans": "E1 spans"}
"""What other parts of the API will serve, by the first word of their paths."""
PUT_DOWN: Final = "the handset was put down before the end"
LONGEST_FLASH_MS: Final = 10_000
LONGEST_PRESS_MS: Final = 60_000
LONGEST_DRAIN_S: Final = 10.0


class BenchApi:
    """The routes of `app` over a world, its clock, and the PMS beside it."""

    def __init__(self, world: World, clock: HighwayClock, office: Office | None = None) -> None:
        self._world = world
        self._clock = clock
        self._office = office or Office(())
        Request.max_content_length = MOST_BODY_BYTES
        Request.max_body_length = MOST_BODY_BYTES
        self.app = Microdot()
        route = self.app.route
        phone = "/bench/phones/<kind>/<number>"
        route("/bench")(self._everything)
        route("/bench/leds")(self._leds)
        route("/bench/button", methods=["POST"])(answering(self._button))
        route("/bench/events")(with_sse(self._events))
        route("/bench/power", methods=["POST"])(answering(self._power))
        route("/bench/ports/<kind>/<number>/fault", methods=["POST"])(answering(self._fault))
        route("/bench/ports/<kind>/<number>/pair", methods=["POST"])(answering(self._pair))
        route("/bench/ports/<kind>/<number>/reset", methods=["POST"])(answering(self._reset))
        route(phone)(answering(self._phone))
        route(f"{phone}/audio.wav")(answering(self._audio))
        for verb, handler in (
            ("off-hook", self._off_hook),
            ("on-hook", self._on_hook),
            ("flash", self._flash),
            ("dial", self._dial),
            ("play", self._play),
        ):
            route(f"{phone}/{verb}", methods=["POST"])(answering(handler))
        lines_api.mount(self.app, world)
        pms_api.mount(self.app, self._office)
        self.app.errorhandler(400)(_malformed)
        self.app.errorhandler(404)(_not_found)
        self.app.errorhandler(405)(_no_such_method)
        self.app.errorhandler(413)(_too_large)
        self.app.errorhandler(500)(_failed)

    # --- the whole ---

    async def _everything(self, request: Request) -> dict[str, Any]:
        world = self._world
        return {
            "phones": {port: world.view(phone) for port, phone in world.phones.items()},
            "lines": {port: world.view_line(line) for port, line in world.lines.items()},
            "spans": {},
            "leds": world.board.leds(),
            "pms": self._office.views(),
            "highway": self._clock.view(),
            "power": "on" if world.board.powered else "off",
            "lifeline": world.view_lifeline(),
            "cost": {"tick_ms": round(world.tick_ms, 3), "worst_ms": round(world.tick_ms_worst, 3)},
        }

    async def _leds(self, request: Request) -> dict[str, Any]:
        return self._world.board.leds()

    async def _events(self, request: Request, sse: SSE) -> None:
        await send_changes(self._world, sse, self._office)

    async def _power(self, request: Request) -> Answer:
        state = one_of(fields_of(await body_of(request), state=...), "state", ("off", "on"))
        self._world.board.power(state == "on")
        return {"state": state}

    async def _button(self, request: Request) -> Answer:
        """Pressed for so long, and answered when it is let go; or pressed or let go alone."""
        board, fields = self._world.board, fields_of(await body_of(request), press_ms=None, state=None)
        if fields["press_ms"] is None:
            state = one_of(fields, "state", ("down", "up"))
            board.press(state == "down")
            return {"state": state}
        if fields["state"] is not None:
            raise ApiError(422, "press_ms and state: one of them")
        ms = whole(fields, "press_ms", 1, LONGEST_PRESS_MS)
        board.press(True)
        try:
            await asyncio.sleep(ms / 1000)
        finally:
            board.press(False)
        return {"press_ms": ms}

    async def _fault(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        fault = one_of(fields_of(await body_of(request), kind=...), "kind", FAULTS)
        with self._world.lock:
            phone.chip.pair.set_fault(fault)
        return {"kind": fault}

    async def _pair(self, request: Request, kind: str, number: str) -> Answer:
        """What hangs on a pair and what it picks up; what is not named is as usual."""
        body, line = await body_of(request), self._world.lines.get(f"{kind}/{number}")
        return self._spoil_line(line, body) if line is not None else self._spoil_pair(self._find(kind, number), body)

    def _spoil_line(self, line: CompanyLine, body: bytes) -> Answer:
        fields = fields_of(body, noise_dbm0=None, return_loss_db=None)
        noise, loss = optional(fields, "noise_dbm0", -90, 0), optional(fields, "return_loss_db", 0, 60)
        with self._world.lock:
            line.spoil(noise, loss)
        return fields

    def _spoil_pair(self, phone: Telephone, body: bytes) -> Answer:
        fields = fields_of(body, ren=1.0, leak_ohms=None, foreign_dc=0, foreign_ac=0, noise_dbm0=None)
        ren, leak = number_of(fields, "ren", 0, 10), optional(fields, "leak_ohms", 1000, 1e9)
        direct, alternating = number_of(fields, "foreign_dc", -100, 100), number_of(fields, "foreign_ac", 0, 100)
        noise = optional(fields, "noise_dbm0", -90, 0)
        with self._world.lock:
            phone.chip.pair.set_load(ren, math.inf if leak is None else leak)
            phone.chip.pair.set_foreign(direct, alternating, noise)
        return fields

    async def _reset(self, request: Request, kind: str, number: str) -> Answer:
        fields_of(await body_of(request))
        if not self._world.board.upset(f"{kind}/{number}"):
            raise ApiError(404, f"no chip at {kind}/{number}")
        return {"port": f"{kind}/{number}"}

    # --- a telephone ---

    async def _phone(self, request: Request, kind: str, number: str) -> Answer:
        return self._world.view(self._find(kind, number))

    async def _audio(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        return recording(self._world, phone, request.args.get("ms"))

    async def _off_hook(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        with self._world.lock:
            phone.lift()
        return self._world.view(phone)

    async def _on_hook(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        with self._world.lock:
            phone.replace()
        return self._world.view(phone)

    async def _flash(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        ms = whole(fields_of(await body_of(request), ms=300), "ms", 1, LONGEST_FLASH_MS)
        with self._world.lock:
            end = phone.flash(ms)
        await reached(self._world, phone, end, PUT_DOWN)
        return {"ms": ms}

    async def _dial(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        asked = Dialling(await body_of(request))
        with self._world.lock:
            if asked.way == "pulse":
                end = phone.pulse(asked.digits, asked.break_ms, asked.make_ms, asked.gap_ms)
            else:
                end = phone.dial(asked.digits, asked.on_ms, asked.off_ms)
        await reached(self._world, phone, end, PUT_DOWN)
        return {"digits": asked.digits}

    async def _play(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        wait = waits(request.args.get("wait"))
        sound = sound_of(await body_of(request))
        with self._world.lock:
            end = phone.speak(sound)
        if wait:
            await reached(self._world, phone, end, PUT_DOWN)
        return {"ends_at_ms": round(end / 8)}

    def _find(self, kind: str, number: str) -> Telephone:
        phone = self._world.phones.get(f"{kind}/{number}")
        if phone is None:
            raise ApiError(404, f"no telephone at {kind}/{number}")
        return phone


async def _malformed(request: Request | None) -> tuple[dict[str, str], int]:
    return {"error": "not understood as an HTTP request"}, 400


async def _failed(request: Request) -> tuple[dict[str, str], int]:
    return {"error": "the bench failed; its log says why"}, 500


async def _not_found(request: Request) -> tuple[dict[str, str], int]:
    missing = NOT_YET.get(request.path.removeprefix("/bench/").partition("/")[0])
    return {"error": f"this bench has no {missing} yet" if missing else f"nothing at {request.path}"}, 404


async def _no_such_method(request: Request) -> tuple[dict[str, str], int]:
    return {"error": f"{request.method} is not for {request.path}"}, 405


async def _too_large(request: Request) -> tuple[dict[str, str], int]:
    """Take the body off the line first: a client that is still sending would not read the answer."""
    left, stream = request.content_length, request.stream
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(LONGEST_DRAIN_S):
            while left > 0 and stream and (piece := await stream.read(MOST_BODY_BYTES)):
                left -= len(piece)
    return {"error": f"more than {MOST_BODY_BYTES} bytes"}, 413
