"""The measurements of backups in a full house: what they cost, and what people notice of them."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests import audio
from tests.clients import Api, RequestError
from tests.harness import Product, wait_for
from tests.perf import measure
from tests.perf.house import GUEST_ROOM
from tests.scenario.backing_up import begin, logged_in, made, restored
from tests.scenario.talking import stop_talking

WORKER = "firmware.backup.worker"
WITHIN_S = 300.0
LOOK_EVERY_S = 0.1
ASK_EVERY_S = 0.05
"""Together fewer than a program may ask the API."""
HEARD_AT_MOST_MS = 60_000
"""So much of what a telephone has heard is kept by the bench."""
SILENCE_DBM0 = -30


@dataclass
class Made:
    """How long it took in seconds, its name, its size in bytes, and the most memory of the process that made it."""

    seconds: float = 0.0
    name: str = ""
    size: int = 0
    peak_mib: float = 0.0


@dataclass
class Noticed:
    """The longest time without an answer of the API, and without the sound of a call that stands."""

    api_ms: float = 0.0
    sound_ms: int = 0


def make(product: Product) -> Made:
    """A backup, now."""
    api, backup = product.api, Made()
    before, begun = begin(api), time.monotonic()

    def is_made() -> bool:
        backup.peak_mib = max(backup.peak_mib, _peak_mib(product))
        last = made(api, before)
        backup.seconds = time.monotonic() - begun
        if last is not None:
            backup.name, backup.size = last["name"], last["bytes"]
        return last is not None

    wait_for(is_made, WITHIN_S, "a backup is made", LOOK_EVERY_S)
    return backup


def _peak_mib(product: Product) -> float:
    """Of the process that makes a backup; 0 while there is none."""
    with suppress(AssertionError, OSError):
        status = Path(f"/proc/{product.pid(WORKER)}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
    return 0.0


def restore(product: Product, key: str, name: str) -> float:
    """Put it back; seconds from the request until the product serves people again."""
    manager, begun = logged_in(product), time.monotonic()
    restored(product, manager, key, name)
    return time.monotonic() - begun


@contextmanager
def making(product: Product) -> Iterator[None]:
    """Inside the block backups are made, one after the other."""
    end = threading.Event()

    def make_all() -> None:
        while not end.is_set():
            make(product)

    with _beside(make_all, end):
        yield


@contextmanager
def noticing(product: Product) -> Iterator[Noticed]:
    """Inside the block, of up to a minute, a room is asked for again and again, and somebody talks to a neighbour."""
    noticed, end, bench = Noticed(), threading.Event(), product.bench
    talker, listener = 1, 2
    with measure.standing_calls(bench, [phone.number for phone in product.hotel.phones], 1):
        bench.play_tone(talker, 1000, -10, 2 * HEARD_AT_MOST_MS)
        bench.wait_now(listener, "tone:1000")
        first = measure.blocks(bench)
        with _beside(lambda: _ask(product.api, noticed, end), end):
            yield noticed
        spent_ms = (measure.blocks(bench) - first) * measure.BLOCK_MS
        assert spent_ms <= HEARD_AT_MOST_MS, f"{spent_ms} ms: not all is known of what was heard"
        noticed.sound_ms = audio.longest_gap_ms(bench.heard(listener, spent_ms), SILENCE_DBM0)
        stop_talking(bench, talker)


def _ask(api: Api, noticed: Noticed, end: threading.Event) -> None:
    """The last time after the end."""
    since: float | None = None
    while True:
        last, since = end.is_set(), since or time.monotonic()
        answered = _answers(api)
        noticed.api_ms = max(noticed.api_ms, (time.monotonic() - since) * 1000)
        if last:
            return
        if answered:
            since = None
        end.wait(ASK_EVERY_S)


def _answers(api: Api) -> bool:
    with suppress(OSError, http.client.HTTPException, RequestError):
        return bool(api.get(f"/rooms/{GUEST_ROOM}"))
    return False


@contextmanager
def _beside(work: Callable[[], None], end: threading.Event) -> Iterator[None]:
    """It is done by another thread, until `end` is set after the block."""
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
        assert thread.is_alive(), "it has failed"
    finally:
        end.set()
        thread.join()
