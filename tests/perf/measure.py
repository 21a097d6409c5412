"""The measurements, each taken through the bench and the API of a running product."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests import audio
from tests.clients import Bench
from tests.harness import Product
from tests.host_stalls import HostStalls
from tests.scenario.talking import hang_up

ROLES = ("launcher", "bench", "voice", "supervisor")
TONE_DBM0 = -35.0
BLOCK_MS = 10


@dataclass(frozen=True)
class Interval:
    """A delay in milliseconds, and the stretch of the monotonic clock in which it was measured."""

    ms: float
    begin: float
    end: float


def without_stalls(intervals: Sequence[Interval], host: HostStalls) -> list[float]:
    """The delays in milliseconds, less what the host itself stood still meanwhile."""
    return [interval.ms - host.within_ms(interval.begin, interval.end) for interval in intervals]


def percentile(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(np.asarray(values), percent))


# ------------------------------------------------------------------------------------------------ the highway's time


def blocks(bench: Bench) -> int:
    """The highway's time in blocks of 10 ms."""
    return int(bench.highway()["blocks"])


def heard_until(bench: Bench, phone: int | str, ms: int) -> tuple[audio.Samples, int]:
    """What was heard there, and the block at which it ends: asked again until no block passed meanwhile."""
    while True:
        before = blocks(bench)
        heard = bench.heard(phone, ms)
        if blocks(bench) == before:
            return heard, before


def onset_ms(samples: audio.Samples, end_block: int, *, after_block: int) -> float | None:
    """When the first 2 ms louder than TONE_DBM0 began, in milliseconds of the highway after `after_block`."""
    skipped = max(0, len(samples) - (end_block - after_block) * BLOCK_MS * audio.RATE_HZ // 1000)
    size = 16
    for at in range(skipped, len(samples) - size, size):
        if audio.level_dbm0(samples[at : at + size]) > TONE_DBM0:
            return (at - len(samples)) * 1000 / audio.RATE_HZ + (end_block - after_block) * BLOCK_MS
    return None


# ------------------------------------------------------------------------------------------------------------- delays


def off_hook_to_dial_tone(bench: Bench, phone: int) -> Interval:
    """From the moment before the handset is lifted to the first tone at the ear."""
    begin, start = time.monotonic(), blocks(bench)
    bench.off_hook(phone)
    bench.wait_now(phone, "tone:425")
    heard, end = heard_until(bench, phone, 3000)
    delay = onset_ms(heard, end, after_block=start)
    assert delay is not None, "no dial tone in the recording"
    stop = time.monotonic()
    bench.on_hook(phone)
    return Interval(delay, begin, stop)


def last_digit_to_ringing(bench: Bench, caller: int, digits: str, callee: int) -> Interval:
    """From the end of the last digit, as the bench reports it, until the other telephone has ringing voltage."""
    bench.off_hook(caller)
    bench.wait_now(caller, "tone:425")
    bench.dial(caller, digits, on_ms=60, off_ms=60)
    begin = time.monotonic()
    while not bench.phone(callee)["ringing"]:
        assert time.monotonic() < begin + 10, "it does not ring"
    end = time.monotonic()
    bench.on_hook(caller)
    bench.wait_quiet(callee)
    return Interval((end - begin) * 1000, begin, end)


def one_way_delay(bench: Bench, talker: int | str, listener: int | str) -> float:
    """From mouth to ear in milliseconds: when a noise began to be said, and where it begins in what was heard."""
    said = audio.noise(0.3, -12, seed=int(time.monotonic() * 1000) % 100_000)
    ended_ms = bench.speak(talker, said, wait=True)["ends_at_ms"]
    bench.wait_audio(200)
    heard, end_block = heard_until(bench, listener, 1000)
    begins_ms = end_block * BLOCK_MS + (audio.delay_samples(said, heard) - len(heard)) * 1000 / audio.RATE_HZ
    return begins_ms - (float(ended_ms) - len(said) * 1000 / audio.RATE_HZ)


def cold_start(product: Product) -> float:
    """From the command, with chips that have lost their state, to the first tone at the ear, in seconds.

    The telephone is lifted when the product says that it is ready: calibration wants it on-hook.
    """
    begin = time.monotonic()
    product.start()
    product.bench.off_hook(1)
    product.bench.wait_now(1, "tone:425", deadline_s=60)
    seconds = time.monotonic() - begin
    product.bench.on_hook(1)
    return seconds


def warm_start(product: Product) -> float:
    """From the command to the first tone at the ear of a telephone that is lifted already; the chips kept their power.

    Launcher, supervisor and voice are killed first; the board (the bench) is left as it is, and is found so.
    """
    for role in ("launcher", "supervisor", "voice"):
        product.kill(role)
    product.bench.off_hook(1)
    begin = time.monotonic()
    product.start(wait=False)
    product.bench.wait_now(1, "tone:425", deadline_s=60)
    seconds = time.monotonic() - begin
    product.bench.on_hook(1)
    product.wait_ready()
    return seconds


# ---------------------------------------------------------------------------------------------------- load and cost


def calls_per_second(bench: Bench, numbers: Sequence[str], rounds: int) -> tuple[float, int]:
    """Every odd telephone calls its neighbour, who answers; both hang up, and again; all pairs at once.

    Set-ups per second, dial tone, dialling at 10 digits a second and the second on-hook between calls included.
    """
    pairs = [(phone, phone + 1, numbers[phone]) for phone in range(1, len(numbers), 2)]

    def talk(pair: tuple[int, int, str]) -> None:
        caller, callee, number = pair
        for _ in range(rounds):
            bench.off_hook(caller)
            bench.wait_now(caller, "tone:425", deadline_s=30)
            bench.dial(caller, number, on_ms=50, off_ms=50)
            bench.wait_ringing(callee, deadline_s=30)
            bench.off_hook(callee)
            bench.wait_quiet(callee, deadline_s=30)
            hang_up(bench, caller, callee)

    begin = time.monotonic()
    with ThreadPoolExecutor(len(pairs)) as hands:
        list(hands.map(talk, pairs))
    made = len(pairs) * rounds
    return made / (time.monotonic() - begin), made


def memory_mib(pid: int) -> float:
    """Proportional share of memory of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no Pss in smaps_rollup")


def cpu_seconds(pid: int) -> float:
    """Processor time of all threads of a process (proc(5): utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_percent(product: Product, blocks_long: int = 1000) -> dict[str, float]:
    """Load of each process in percent of one core, over that many blocks, while nobody asks anything."""
    pids = {role: product.pid(role) for role in ROLES}
    begin, before = time.monotonic(), {role: cpu_seconds(pid) for role, pid in pids.items()}
    _pass(blocks_long * BLOCK_MS / 1000)
    seconds = time.monotonic() - begin
    return {role: 100 * (cpu_seconds(pid) - before[role]) / seconds for role, pid in pids.items()}


def _pass(seconds: float) -> None:
    """Let time pass without a request to anybody: requests are what must not be measured here."""
    time.sleep(seconds)


@contextmanager
def standing_calls(bench: Bench, numbers: Sequence[str], count: int) -> Iterator[None]:
    """So many answered calls, between neighbours."""
    pairs = [(phone, phone + 1) for phone in range(1, 2 * count, 2)]
    for caller, callee in pairs:
        bench.off_hook(caller)
        bench.wait_now(caller, "tone:425")
        bench.dial(caller, numbers[callee - 1], on_ms=50, off_ms=50)
        bench.wait_ringing(callee)
        bench.off_hook(callee)
        bench.wait_quiet(callee)
    yield
    for caller, callee in pairs:
        bench.on_hook(caller)
        bench.on_hook(callee)


def repeat(count: int, measurement: Callable[[int], Interval]) -> list[Interval]:
    """The measurement with 0, 1, 2, ..."""
    return [measurement(turn) for turn in range(count)]
