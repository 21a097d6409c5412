"""What the routes of the bench's API have in common: refusals as answers, recordings, waiting for the highway."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final, TypeAlias

from microdot import Response

from boardsupport.bench.requests import ApiError, audio_ms
from boardsupport.bench.station import Station, WrongStateError
from boardsupport.bench.world import World

SHORTEST_WAIT_S: Final = 0.005
LONGEST_WAIT_S: Final = 0.1
Answer: TypeAlias = "dict[str, Any] | Response | tuple[dict[str, Any], int] | tuple[bytes, int, dict[str, str]]"
Handler: TypeAlias = Callable[..., Awaitable[Answer]]


def answering(handler: Handler) -> Handler:
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


def recording(world: World, station: Station, ms: str | None) -> Answer:
    """What a station heard in the last `ms`, as a WAV file; `Ends-At-Ms` is by the highway's time, as for `play`."""
    end_ms = round(world.now / 8)
    samples = world.heard(station, audio_ms(ms))
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(samples.astype("<i2").tobytes())
    headers = {"Content-Type": "audio/wav", "Cache-Control": "no-store", "Ends-At-Ms": str(end_ms)}
    return file.getvalue(), 200, headers


async def reached(world: World, station: Station, sample: float, ended: str) -> None:
    """Wait until the highway has come to a sample; a station that hangs up before that is a conflict (`ended`)."""
    hook_changes = station.hook_changes
    while (left := sample - world.now) > 0:
        await asyncio.sleep(min(max(SHORTEST_WAIT_S, left / 8000), LONGEST_WAIT_S))
        if station.hook_changes != hook_changes:
            raise ApiError(409, f"{station.port}: {ended}")
