"""The bench's HTTP API for telephones, faults, power, lights and counters (design: bench.md).

Company lines, spans and the PMS are not on this bench yet: `GET /bench` shows them empty, their routes answer 404 and
say so.
"""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Final, TypeAlias, get_args

from microdot import Microdot, Request, Response
from microdot.sse import SSE, with_sse

from boardsupport.bench.clock import HighwayClock
from boardsupport.bench.live import send_changes
from boardsupport.bench.requests import (
    MOST_BODY_BYTES,
    ApiError,
    Dialling,
    audio_ms,
    body_of,
    fields_of,
    one_of,
    sound_of,
    waits,
    whole,
)
from boardsupport.bench.telephone import Telephone, WrongStateError
from boardsupport.bench.world import World
from boardsupport.si3210.sim import PairFault

FAULTS: Final[tuple[PairFault, ...]] = get_args(PairFault)
NOT_YET: Final = {"lines": "company lines", "spans": "E1 spans", "pms": "PMS"}
"""What other parts of the API will serve, by the first word of their paths."""
LONGEST_FLASH_MS: Final = 10_000
SHORTEST_WAIT_S: Final = 0.005
LONGEST_WAIT_S: Final = 0.1
LONGEST_DRAIN_S: Final = 10.0
Answer: TypeAlias = "dict[str, Any] | Response | tuple[dict[str, Any], int] | tuple[bytes, int, dict[str, str]]"
Handler: TypeAlias = Callable[..., Awaitable[Answer]]


class BenchApi:
    """The routes of `app` over a world and its clock."""

    def __init__(self, world: World, clock: HighwayClock) -> None:
        self._world = world
        self._clock = clock
        Request.max_content_length = MOST_BODY_BYTES
        Request.max_body_length = MOST_BODY_BYTES
        self.app = Microdot()
        route = self.app.route
        phone = "/bench/phones/<kind>/<number>"
        route("/bench")(self._everything)
        route("/bench/leds")(self._leds)
        route("/bench/events")(with_sse(self._events))
        route("/bench/power", methods=["POST"])(_answering(self._power))
        route("/bench/ports/<kind>/<number>/fault", methods=["POST"])(_answering(self._fault))
        route(phone)(_answering(self._phone))
        route(f"{phone}/audio.wav")(_answering(self._audio))
        for verb, handler in (
            ("off-hook", self._off_hook),
            ("on-hook", self._on_hook),
            ("flash", self._flash),
            ("dial", self._dial),
            ("play", self._play),
        ):
            route(f"{phone}/{verb}", methods=["POST"])(_answering(handler))
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
            "lines": {},
            "spans": {},
            "leds": world.board.leds(),
            "pms": {},
            "highway": self._clock.view(),
            "power": "on" if world.board.powered else "off",
            "lifeline": {"port": world.lifeline, "held": world.board.lifeline_held()},
            "cost": {"tick_ms": round(world.tick_ms, 3), "worst_ms": round(world.tick_ms_worst, 3)},
        }

    async def _leds(self, request: Request) -> dict[str, Any]:
        return self._world.board.leds()

    async def _events(self, request: Request, sse: SSE) -> None:
        await send_changes(self._world, sse)

    async def _power(self, request: Request) -> Answer:
        state = one_of(fields_of(await body_of(request), state=...), "state", ("off", "on"))
        self._world.board.power(state == "on")
        return {"state": state}

    async def _fault(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        fault = one_of(fields_of(await body_of(request), kind=...), "kind", FAULTS)
        with self._world.lock:
            phone.chip.pair.set_fault(fault)
        return {"kind": fault}

    # --- a telephone ---

    async def _phone(self, request: Request, kind: str, number: str) -> Answer:
        return self._world.view(self._find(kind, number))

    async def _audio(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        samples = self._world.heard(phone, audio_ms(request.args.get("ms")))
        file = io.BytesIO()
        with wave.open(file, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(8000)
            wav.writeframes(samples.astype("<i2").tobytes())
        return file.getvalue(), 200, {"Content-Type": "audio/wav", "Cache-Control": "no-store"}

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
        await self._reached(phone, end)
        return {"ms": ms}

    async def _dial(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        asked = Dialling(await body_of(request))
        with self._world.lock:
            if asked.way == "pulse":
                end = phone.pulse(asked.digits, asked.break_ms, asked.make_ms, asked.gap_ms)
            else:
                end = phone.dial(asked.digits, asked.on_ms, asked.off_ms)
        await self._reached(phone, end)
        return {"digits": asked.digits}

    async def _play(self, request: Request, kind: str, number: str) -> Answer:
        phone = self._find(kind, number)
        wait = waits(request.args.get("wait"))
        sound = sound_of(await body_of(request))
        with self._world.lock:
            end = phone.speak(sound)
        if wait:
            await self._reached(phone, end)
        return {"ends_at_ms": round(end / 8)}

    def _find(self, kind: str, number: str) -> Telephone:
        phone = self._world.phones.get(f"{kind}/{number}")
        if phone is None:
            raise ApiError(404, f"no telephone at {kind}/{number}")
        return phone

    async def _reached(self, phone: Telephone, sample: float) -> None:
        """Wait until the highway has come to a sample; a handset put down before that is an error."""
        hook_changes = phone.hook_changes
        while (left := sample - self._world.now) > 0:
            await asyncio.sleep(min(max(SHORTEST_WAIT_S, left / 8000), LONGEST_WAIT_S))
            if phone.hook_changes != hook_changes:
                raise ApiError(409, f"{phone.port}: the handset was put down before the end")


def _answering(handler: Handler) -> Handler:
    """The handler with refusals turned into answers."""

    @wraps(handler)
    async def answer(*args: Any, **kwargs: Any) -> Answer:
        try:
            return await handler(*args, **kwargs)
        except ApiError as refused:
            return {"error": refused.text}, refused.status
        except WrongStateError as wrong:
            return {"error": str(wrong)}, 409

    return answer


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
