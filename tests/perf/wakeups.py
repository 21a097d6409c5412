"""The measurements of wake-ups: how late the first bell is, and what it costs to ring, greet and take keys."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.clients import Api, Bench, Json
from tests.harness import Product, wait_for
from tests.hotel import Hotel
from tests.perf.measure import BLOCK_MS, Interval, blocks, cpu_seconds, memory_mib, standing_calls

ROOMS = 32
TALKING = 12
FIRST_FREE = TALKING + 1
AHEAD_S = 3.0
ROLES = ("voice", "supervisor", "bench")
GREETED_S = 4.0
"""Everybody listens for so long before he presses the key."""
PROMPTS_S = 180.0
READINGS = 20


@dataclass(frozen=True)
class Morning:
    """What came of wake-ups for the same second. Lateness is against what the plan had said for each room."""

    late: list[Interval]
    last: Interval
    """Of the room that the plan rings last."""
    spread_s: float
    """From the due second until that room's time, by the plan."""
    cpu_percent: dict[str, float]
    """Of one core, from a second before the due one until everybody has pressed his key."""
    memory_mib: dict[str, float]


def hotel() -> Hotel:
    """As many rooms as the board has telephones."""
    return Hotel.of_rooms(ROOMS, operators=0)


def wait_spoken(api: Api) -> None:
    """Until everything is made that is spoken: that is done once, before the first night."""

    def made() -> bool:
        return all(prompt["seconds"] is not None for prompt in api.get("/prompts?language=en")["items"])

    wait_for(made, PROMPTS_S, "all is spoken", 0.5)


def morning(product: Product, phones: Sequence[int]) -> Morning:
    """These telephones' rooms are woken at one second; all lift, hear the greeting, press 1, and are awake."""
    bench, api = product.bench, product.api
    rooms = {product.hotel.phones[phone - 1].number: phone for phone in phones}
    due = datetime.now(ZoneInfo("Europe/Warsaw")).replace(microsecond=0) + timedelta(seconds=AHEAD_S + 1)
    orders = api.call("POST", "/api/v1/wakeups", {"rooms": list(rooms), "at": due.strftime("%Y-%m-%dT%H:%M:%S")})
    planned = {rooms[one["room"]]: _instant(one["rings_at"]) for one in api.get("/wakeups/plan")["items"]}
    time.sleep(max(0.0, due.timestamp() - 1 - time.time()))
    with _cost(product) as cpu:
        time.sleep(max(0.0, max(planned.values()) + 0.5 - time.time()))
        rang = _rang(bench, phones)
        _everybody_gets_up(bench, phones)
    used = memory(product)
    _check_awake(api, orders["items"])
    _everybody_hangs_up(bench, api, phones)
    late = {phone: _late(planned[phone], rang[phone]) for phone in phones}
    last = max(planned, key=lambda phone: planned[phone])
    return Morning(list(late.values()), late[last], planned[last] - due.timestamp(), cpu, used)


def memory(product: Product) -> dict[str, float]:
    """Of each process in MiB."""
    return {role: memory_mib(product.pid(role)) for role in ROLES}


def _instant(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


def _late(planned: float, rang: float) -> Interval:
    """Both by the wall clock."""
    since = time.monotonic() - time.time()
    return Interval(1000 * (rang - planned), planned + since, rang + since)


def _rang(bench: Bench, phones: Sequence[int]) -> dict[int, float]:
    """When each bell began, by the wall clock."""
    zero = _highway_zero(bench)
    return {phone: zero + bench.wait_ringing(phone)["rang_ms"] / 1000 for phone in phones}


def _highway_zero(bench: Bench) -> float:
    """What the wall clock showed when the highway's time was 0: of several readings the one that took least."""
    return min(_block_began(bench) for _ in range(READINGS))


def _block_began(bench: Bench) -> float:
    """When this block had just begun."""
    before = blocks(bench)
    while (now := blocks(bench)) == before:
        pass
    return time.time() - now * BLOCK_MS / 1000


def _everybody_gets_up(bench: Bench, phones: Sequence[int]) -> None:
    for phone in phones:
        bench.off_hook(phone)
    time.sleep(GREETED_S)
    with ThreadPoolExecutor(len(phones)) as hands:
        list(hands.map(lambda phone: bench.dial(phone, "1", on_ms=100, off_ms=50), phones))


def _everybody_hangs_up(bench: Bench, api: Api, phones: Sequence[int]) -> None:
    for phone in phones:
        bench.on_hook(phone)
    ports = {bench.port(phone) for phone in phones}

    def idle() -> bool:
        return all(line["state"] == "idle" for port, line in api.lines().items() if port in ports)

    wait_for(idle, 60, "all are asleep again", 0.2)


def _check_awake(api: Api, orders: Sequence[Json]) -> None:
    def answered() -> bool:
        return all(api.get(f"/wakeups/{order['id']}")["state"] == "answered" for order in orders)

    wait_for(answered, 20, "everybody is awake", 0.2)


@contextmanager
def _cost(product: Product) -> Iterator[dict[str, float]]:
    """Load of each process in percent of one core inside the block; known after it."""
    found: dict[str, float] = {}
    pids = {role: product.pid(role) for role in ROLES}
    begin, before = time.monotonic(), {role: cpu_seconds(pid) for role, pid in pids.items()}
    yield found
    seconds = time.monotonic() - begin
    found |= {role: 100 * (cpu_seconds(pid) - before[role]) / seconds for role, pid in pids.items()}


@contextmanager
def talking(product: Product) -> Iterator[None]:
    """The first lines talk, two by two, while the rooms behind them are woken."""
    numbers = [phone.number for phone in product.hotel.phones]
    with standing_calls(product.bench, numbers, TALKING // 2):
        yield
