"""The launcher with small programs in place of the product's processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from firmware.launcher import DEATHS_BEFORE_PAUSE, PAUSE_S, Child, Deaths, Launcher
from firmware.processes import InUseError, RunDirectory, replace_file, start_time
from tests import reaper

T = TypeVar("T")
ROOT = Path(__file__).parents[3]

CHILD = """
import signal, sys, time
from pathlib import Path
from firmware.processes import RunDirectory
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
run = RunDirectory(Path(sys.argv[1]))
run.hold(sys.argv[2], sys.argv[3])
with (run.path / f"{sys.argv[2]}.starts").open("a") as log:
    log.write("started\\n")
time.sleep(3600)
"""

LAUNCHER = """
import sys
from pathlib import Path
from firmware.launcher import Child, Launcher
from firmware.processes import RunDirectory
data, digest, program = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
run = RunDirectory(data).make()
run.hold("launcher", digest)
def child(role):
    return Child(role, [sys.executable, "-c", program, str(data), role, digest], urgent=role == "voice")
sys.exit(Launcher(run, [child("bench"), child("voice")], digest, lambda: True).run())
"""


class Product:
    """A launcher process on a directory."""

    def __init__(self, data: Path) -> None:
        self.run = RunDirectory(data).make()
        self.launchers: list[subprocess.Popen[bytes]] = []

    def launch(self, digest: str = "d1") -> subprocess.Popen[bytes]:
        arguments = [sys.executable, "-c", LAUNCHER, str(self.run.data), digest, CHILD]
        launcher = subprocess.Popen(arguments, cwd=ROOT, start_new_session=True)
        self.launchers.append(launcher)
        return launcher

    def pid(self, role: str, unlike: int | None = None) -> int:
        """The process that has the role, once it is another than `unlike`."""

        def found() -> int | None:
            running = self.run.running(role)  # type: ignore[arg-type]
            return None if running is None or running.pid == unlike else running.pid

        return until(found)

    def starts(self, role: str) -> int:
        return len((self.run.path / f"{role}.starts").read_text().splitlines())

    def close(self) -> None:
        for launcher in self.launchers:
            launcher.kill()
            launcher.wait()
        for pid, arguments in reaper.processes():  # also one that had not taken its role yet
            if str(self.run.data).encode() in arguments:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def until(condition: Callable[[], T | None]) -> T:
    end = time.monotonic() + 15
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    made = Product(tmp_path / "data")
    yield made
    made.close()


def test_a_process_that_dies_is_started_at_once(product: Product) -> None:
    product.launch()
    bench, voice = product.pid("bench"), product.pid("voice")
    os.kill(voice, signal.SIGKILL)
    product.pid("voice", unlike=voice)
    running = product.run.running("voice")
    assert running is not None and running.restarts == 1
    assert product.pid("bench") == bench


def test_what_was_asked_to_end_has_not_died(product: Product) -> None:
    product.launch()
    voice = product.pid("voice")
    os.kill(voice, signal.SIGTERM)
    product.pid("voice", unlike=voice)
    running = product.run.running("voice")
    assert running is not None and running.restarts == 0


def test_each_process_has_a_session_of_its_own(product: Product) -> None:
    launcher = product.launch()
    sessions = {os.getsid(product.pid("bench")), os.getsid(product.pid("voice")), os.getsid(launcher.pid)}
    assert len(sessions) == 3


def _granted() -> int:
    """The scheduling that this machine grants to who asks for real time."""
    with subprocess.Popen(["sleep", "60"]) as asks:
        with contextlib.suppress(OSError):
            os.sched_setscheduler(asks.pid, os.SCHED_FIFO, os.sched_param(1))
        policy = os.sched_getscheduler(asks.pid)
        asks.kill()
    return policy


def test_only_an_urgent_process_starts_with_real_time_scheduling_where_that_is_granted(product: Product) -> None:
    product.launch()
    assert os.sched_getscheduler(product.pid("voice")) == _granted()
    assert os.sched_getscheduler(product.pid("bench")) == os.SCHED_OTHER


def test_a_process_that_is_quicker_than_the_launcher_keeps_the_priority_that_it_took(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if _granted() != os.SCHED_FIFO:
        pytest.skip("this machine grants no real-time scheduling")
    taken = tmp_path / "taken"
    takes = "import os, sys, time; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(2)); "
    child = Child(
        "voice", [sys.executable, "-c", takes + "open(sys.argv[1], 'w'); time.sleep(3600)", str(taken)], urgent=True
    )
    start = subprocess.Popen

    def start_slowly(*arguments: Any, **settings: Any) -> subprocess.Popen[bytes]:
        process = start(*arguments, **settings)
        until(taken.exists)
        return process

    monkeypatch.setattr(subprocess, "Popen", start_slowly)
    launcher = Launcher(RunDirectory(tmp_path / "data").make(), [child], "d1", lambda: True)
    launcher._start_due()
    assert child.pid is not None
    try:
        assert os.sched_getparam(child.pid).sched_priority == 2
        assert os.sched_getscheduler(0) == os.SCHED_OTHER
    finally:
        launcher._end_all()


def test_processes_outlive_a_killed_launcher_and_are_adopted(product: Product) -> None:
    first = product.launch()
    pids = product.pid("bench"), product.pid("voice")
    first.kill()
    first.wait()
    assert all(start_time(pid) is not None for pid in pids)
    second = product.launch()
    product.pid("launcher", unlike=first.pid)
    os.kill(pids[1], signal.SIGKILL)  # an adopted one is watched as well
    product.pid("voice", unlike=pids[1])
    assert product.pid("bench") == pids[0]
    assert product.starts("bench") == 1
    second.send_signal(signal.SIGINT)
    assert second.wait(20) == 0
    assert product.run.running("bench") is None and product.run.running("voice") is None


def test_processes_of_another_configuration_are_replaced(product: Product) -> None:
    first = product.launch("d1")
    pids = product.pid("bench"), product.pid("voice")
    first.kill()
    first.wait()
    product.launch("d2")
    product.pid("bench", unlike=pids[0])
    product.pid("voice", unlike=pids[1])


def test_all_end_on_sigterm_even_a_frozen_one(product: Product) -> None:
    launcher = product.launch()
    voice = product.pid("voice")
    product.pid("bench")
    os.kill(voice, signal.SIGSTOP)
    launcher.terminate()
    assert launcher.wait(20) == 0
    assert start_time(voice) is None


def test_five_deaths_within_thirty_seconds_make_it_wait() -> None:
    deaths = Deaths()
    for second in range(DEATHS_BEFORE_PAUSE - 1):
        assert deaths.next_start(float(second)) == second
    assert deaths.next_start(10.0) == 10.0 + PAUSE_S
    assert deaths.next_start(20.0) == 20.0 + PAUSE_S
    assert deaths.next_start(100.0) == 100.0


def test_a_process_that_cannot_be_started_now_is_started_later(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "data").make()
    child = Child("voice", [str(tmp_path / "no such program")])
    launcher = Launcher(run, [child], "d1", lambda: True)
    for _ in range(DEATHS_BEFORE_PAUSE):
        launcher._start_due()
    launcher._end_all()
    assert child.pid is None
    assert child.start_at > time.monotonic()


def test_a_role_is_held_by_one_process_and_the_other_is_told_by_whom(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path).make()
    held = run.hold("launcher", "d")
    with pytest.raises(InUseError, match=f"in use by launcher, process {held.pid}"):
        RunDirectory(tmp_path).hold("launcher", "d")


def test_a_stale_process_file_is_nobody(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path).make()
    gone = subprocess.Popen(["true"])
    gone.wait()
    for pid, start in ((gone.pid, 1), (os.getpid(), 1)):  # dead; alive, but started at another time
        text = (
            f'{{"role":"voice","pid":{pid},"start":{start},"since":"2026-11-22T00:00:00Z","restarts":0,"digest":"d"}}'
        )
        replace_file(run.path / "voice.pid", text.encode())
        assert run.running("voice") is None


def test_the_status_is_never_seen_half_written(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path).make()
    assert run.status() == {}
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            run.write_status({"text": "x" * 20_000, "end": True})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        until(lambda: run.status() or None)
        assert all(run.status()["end"] for _ in range(200))
    finally:
        stop.set()
        writer.join()
