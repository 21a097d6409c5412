"""The bench's HTTP API for company lines (design: bench.md; what goes beyond it: docs/bench.md)."""

from __future__ import annotations

from typing import Final, get_args

from microdot import Microdot, Request

from boardsupport.bench.answers import Answer, answering, reached, recording
from boardsupport.bench.call_tones import ToneName
from boardsupport.bench.company_line import CallerIdKind, CompanyLine, RingIn
from boardsupport.bench.exchange_states import HangUp
from boardsupport.bench.requests import ApiError, body_of, fields_of, one_of, sound_of, text, truth, waits, whole
from boardsupport.bench.world import World

CALLER_IDS: Final[tuple[CallerIdKind, ...]] = get_args(CallerIdKind)
HANG_UPS: Final[tuple[HangUp, ...]] = get_args(HangUp)
TONES: Final[dict[str, ToneName | None]] = {
    "ringback": "ringback", "busy": "busy", "congestion": "congestion", "none": None,
}  # fmt: skip
FSK_CHARACTERS: Final = "0123456789*#+"
DTMF_CHARACTERS: Final = "0123456789*"
LONGEST_NUMBER: Final = 20
LONGEST_NAME: Final = 50
"""ETSI EN 300 659-3, 5.4.2 and 5.4.6."""
MOST_RINGS: Final = 60
LONGEST_DELAY_MS: Final = 60_000
RELEASED: Final = "the line was released before the end"


def mount(app: Microdot, world: World) -> None:
    """Add the routes of company lines."""
    lines = _LinesApi(world)
    path = "/bench/lines/<kind>/<number>"
    app.route(path)(answering(lines.view))
    app.route(f"{path}/audio.wav")(answering(lines.audio))
    for verb, handler in (
        ("ring", lines.ring),
        ("answer", lines.answer),
        ("alert", lines.alert),
        ("hang-up", lines.hang_up),
        ("unplug", lines.unplug),
        ("plug", lines.plug),
        ("play", lines.play),
        ("exchange", lines.exchange),
        ("parallel", lines.parallel),
    ):
        app.route(f"{path}/{verb}", methods=["POST"])(answering(handler))


class _LinesApi:
    def __init__(self, world: World) -> None:
        self._world = world

    async def view(self, request: Request, kind: str, number: str) -> Answer:
        return self._world.view_line(self._find(kind, number))

    async def audio(self, request: Request, kind: str, number: str) -> Answer:
        return recording(self._world, self._find(kind, number), request.args.get("ms"))

    async def ring(self, request: Request, kind: str, number: str) -> Answer:
        line = self._find(kind, number)
        asked = _ring_in(await body_of(request))
        with self._world.lock:
            line.ring(asked)
        return self._world.view_line(line)

    async def answer(self, request: Request, kind: str, number: str) -> Answer:
        line = self._find(kind, number)
        reversal = truth(fields_of(await body_of(request), reversal=False), "reversal")
        with self._world.lock:
            line.answer(reversal)
        return self._world.view_line(line)

    async def alert(self, request: Request, kind: str, number: str) -> Answer:
        line = self._find(kind, number)
        tone = one_of(fields_of(await body_of(request), tone="ringback"), "tone", tuple(TONES))
        with self._world.lock:
            line.alert(TONES[tone])
        return self._world.view_line(line)

    async def hang_up(self, request: Request, kind: str, number: str) -> Answer:
        line = self._find(kind, number)
        how = one_of(fields_of(await body_of(request), how="busy-tone"), "how", HANG_UPS)
        with self._world.lock:
            line.hang_up(how)
        return self._world.view_line(line)

    async def unplug(self, request: Request, kind: str, number: str) -> Answer:
        return self._plug(self._find(kind, number), False)

    async def plug(self, request: Request, kind: str, number: str) -> Answer:
        return self._plug(self._find(kind, number), True)

    async def play(self, request: Request, kind: str, number: str) -> Answer:
        line = self._find(kind, number)
        wait = waits(request.args.get("wait"))
        sound = sound_of(await body_of(request))
        with self._world.lock:
            end = line.speak(sound)
        if wait:
            await reached(self._world, line, end, RELEASED)
        return {"ends_at_ms": round(end / 8)}

    async def exchange(self, request: Request, kind: str, number: str) -> Answer:
        line = self._find(kind, number)
        fields = fields_of(await body_of(request), dial_tone=None, delay_ms=None)
        dial_tone = None if fields["dial_tone"] is None else truth(fields, "dial_tone")
        delay_ms = None if fields["delay_ms"] is None else whole(fields, "delay_ms", 0, LONGEST_DELAY_MS)
        with self._world.lock:
            line.set_exchange(dial_tone, delay_ms)
        return self._world.view_line(line)

    async def parallel(self, request: Request, kind: str, number: str) -> Answer:
        line = self._find(kind, number)
        off_hook = truth(fields_of(await body_of(request), off_hook=...), "off_hook")
        with self._world.lock:
            line.put_parallel(off_hook)
        return self._world.view_line(line)

    def _plug(self, line: CompanyLine, plugged: bool) -> Answer:
        with self._world.lock:
            line.plug(plugged)
        return self._world.view_line(line)

    def _find(self, kind: str, number: str) -> CompanyLine:
        line = self._world.lines.get(f"{kind}/{number}")
        if line is None:
            raise ApiError(404, f"no company line at {kind}/{number}")
        return line


def _ring_in(body: bytes) -> RingIn:
    """What POST .../ring asks for; a number alone is sent in the way that most countries know."""
    fields = fields_of(body, number=None, name=None, private=False, caller_id=None, rings=None)
    if fields["caller_id"] is None:
        fields["caller_id"] = "fsk-after" if fields["number"] else "none"
    caller_id = one_of(fields, "caller_id", CALLER_IDS)
    allowed = DTMF_CHARACTERS if caller_id == "dtmf" else FSK_CHARACTERS
    number, name = text(fields, "number", LONGEST_NUMBER), text(fields, "name", LONGEST_NAME)
    if number is not None and set(number) - set(allowed):
        raise ApiError(422, f"number: {number!r}; allowed with {caller_id}: {allowed}")
    rings = None if fields["rings"] is None else whole(fields, "rings", 1, MOST_RINGS)
    return RingIn(number, name, truth(fields, "private"), caller_id, rings)
