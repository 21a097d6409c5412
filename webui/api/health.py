"""The box: processes, services, clock, audio; and what every page shows of the hotel."""

from __future__ import annotations

from firmware.details import Detail
from webui.route import EVERYBODY, Ask, Route
from webui.types import Answer, Stamp


class ProcessHealth(Answer, frozen=True, kw_only=True):
    """A process of the product."""

    pid: int
    since: Stamp
    restarts: int


class ServiceHealth(Answer, frozen=True, kw_only=True):
    """A service inside the supervisor."""

    name: str
    state: str
    restarts: int


class ClockHealth(Answer, frozen=True, kw_only=True):
    """Who vouches for the wall clock."""

    trusted: bool
    source: str
    zone: str


class VoiceHealth(Answer, frozen=True, kw_only=True):
    """The audio path's counters since the start of voice."""

    late_blocks: int
    blocks: int
    underruns: int
    real_time: bool
    tick_p50_us: int
    tick_p99_us: int
    tick_max_us: int


class HotelFacts(Answer, frozen=True, kw_only=True):
    """Of the hotel, what every page shows or dials; as the configuration says.

    `emergency_numbers`: the country's and the hotel's own, without the outside prefix.
    """

    name: str
    language: str
    currency: str
    outside_prefix: str
    emergency_numbers: tuple[str, ...]


class Health(Answer, frozen=True, kw_only=True):
    """The box. `ready`: a telephone that is lifted gets dial tone and every configured service runs; else `why` not.

    `why_detail`: the same for one who says it in another language.
    `now`: what its clock shows.
    """

    ready: bool
    why: str | None
    why_detail: Detail | None = None
    processes: dict[str, ProcessHealth]
    services: list[ServiceHealth]
    clock: ClockHealth
    voice: VoiceHealth
    loop_lag_ms: float
    now: Stamp
    hotel: HotelFacts


async def health(ask: Ask) -> Health:
    return ask.services.health()


ROUTES: tuple[Route, ...] = (
    Route("GET", "/health", health, "The box: processes, services, clock, audio", EVERYBODY, Health),
)
