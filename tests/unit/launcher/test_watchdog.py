"""Who stands still is killed and started again; who never said that he lives, or was not listened to, is not."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware import watchdog
from firmware.launcher import LOOKS, LOOKS_STOPPING, Child, Launcher
from firmware.processes import RunDirectory
from firmware.supervisor.loop_watch import LoopWatch
from firmware.supervisor.tree import ChildSpec, Tree
from firmware.voice.life import Life
from firmware.watchdog import ADDRESS, PATIENCE, SIGNS_WITHIN, Beat, Ear, notify

ROOT = Path(__file__).parents[3]
LIVES = """
import time
from firmware.watchdog import Beat
beat = Beat()
while True:
    beat.progress(time.monotonic())
    time.sleep(0.02)
"""
ENDS_SLOWLY = """
import signal, time
from firmware import watchdog
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
watchdog.notify(watchdog.READY)
signal.sigwait([signal.SIGUSR1])
watchdog.notify(watchdog.STOPPING)
time.sleep(3600)
"""
STOPS_ALIVE = """
import time
from firmware import watchdog
for state in (watchdog.STOPPING, watchdog.ALIVE):
    watchdog.notify(state)
time.sleep(3600)
"""
SAYS_NOTHING = "import time; time.sleep(3600)"
PATIENCE_S = 1.5


def child(role: str, program: str) -> Child:
    return Child(role, [sys.executable, "-c", program])  # type: ignore[arg-type]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    monkeypatch.chdir(ROOT)
    return [child("bench", SAYS_NOTHING), child("voice", LIVES)]


@pytest.fixture
def launcher(tmp_path: Path, children: list[Child]) -> Iterator[Launcher]:
    made = Launcher(RunDirectory(tmp_path / "data").make(), children, "d1", lambda: True, PATIENCE_S)
    yield made
    made._end_all()


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    made = Ear(deep)
    for name, value in made.environment(PATIENCE_S).items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


def turn(launcher: Launcher) -> None:
    launcher._start_due()
    launcher._wait()


def until_heard(launcher: Launcher, one: Child) -> int:
    """Its process, once it has said that it lives."""
    end = time.monotonic() + 15
    while one.silent is None:
        assert time.monotonic() < end, "nothing was heard of it"
        turn(launcher)
    assert one.pid is not None
    return one.pid


def test_one_that_stands_still_is_killed_and_started_again(launcher: Launcher, children: list[Child]) -> None:
    bench, voice = children
    frozen = until_heard(launcher, voice)
    os.kill(frozen, signal.SIGSTOP)
    end = time.monotonic() + 15
    while voice.restarts == 0:
        assert time.monotonic() < end, "it was left standing"
        turn(launcher)
    assert until_heard(launcher, voice) != frozen
    assert (bench.restarts, bench.silent) == (0, None), "who never spoke is not listened for"


def test_a_launcher_that_slept_itself_kills_nobody(launcher: Launcher, children: list[Child]) -> None:
    _, voice = children
    pid = until_heard(launcher, voice)
    os.kill(pid, signal.SIGSTOP)
    assert voice.handle is not None
    dies = select.poll()
    dies.register(voice.handle, select.POLLIN)
    now = time.monotonic()
    for looks in range(LOOKS - 1):
        launcher._look(now + 3600.0 * (looks + 1))
    assert not dies.poll(0)
    for looks in range(LOOKS, LOOKS + 3):
        launcher._look(now + 3600.0 * (looks + 1))
    assert dies.poll(10_000), "a frozen one is killed all the same"


def test_one_that_ends_may_take_its_time_but_not_for_ever(launcher: Launcher, children: list[Child]) -> None:
    _, voice = children
    voice.arguments = [sys.executable, "-c", ENDS_SLOWLY]
    os.kill(until_heard(launcher, voice), signal.SIGUSR1)
    end = time.monotonic() + 15
    while voice.patience == LOOKS:
        assert time.monotonic() < end, "nobody has heard that it stops"
        turn(launcher)
    dies = select.poll()
    assert voice.handle is not None
    dies.register(voice.handle, select.POLLIN)
    now = time.monotonic()
    for looks in range(1, LOOKS_STOPPING):
        launcher._look(now + 3600.0 * looks)
    assert voice.silent is not None, "it was killed as one that stands still"
    for looks in range(LOOKS_STOPPING, LOOKS_STOPPING + 3):
        launcher._look(now + 3600.0 * looks)
    assert dies.poll(10_000), "it was left standing"
    turn(launcher)
    assert (voice.restarts, voice.patience) == (1, LOOKS), "the next one has no more time than others"


def test_one_that_ends_may_go_on_saying_that_it_lives(launcher: Launcher, children: list[Child]) -> None:
    _, voice = children
    voice.arguments = [sys.executable, "-c", STOPS_ALIVE]
    pid = until_heard(launcher, voice)
    end = time.monotonic() + 15
    while select.select([launcher._ear], [], [], 0)[0] or voice.patience == LOOKS:
        assert time.monotonic() < end
        turn(launcher)
    assert (voice.pid, voice.patience) == (pid, LOOKS_STOPPING)


def test_it_is_known_who_speaks_however_deep_the_directory_lies(ear: Ear) -> None:
    notify(watchdog.READY)
    program = "from firmware import watchdog; watchdog.notify(watchdog.ALIVE)"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
    (mine, ready), (others, alive) = ear.heard()
    assert (mine, ready, alive) == (os.getpid(), watchdog.READY, watchdog.ALIVE)
    assert others != mine


def test_a_sign_of_life_waits_for_nobody(ear: Ear) -> None:
    for _ in range(2000):  # more than the kernel keeps for one who does not listen
        notify(watchdog.ALIVE)
    heard = list(ear.heard())
    assert 0 < len(heard) < 2000
    ear.close()
    notify(watchdog.ALIVE)


def test_who_comes_after_hears_those_that_were_there_before(ear: Ear, tmp_path: Path) -> None:
    again = Ear(ear._path.parent)
    notify(watchdog.ALIVE)
    assert list(again.heard()) == [(os.getpid(), watchdog.ALIVE)]
    again.close()


def test_signs_come_often_enough_that_a_few_may_be_lost(ear: Ear) -> None:
    beat = Beat()
    for step in range(1, 1001):
        beat.progress(PATIENCE_S * step / 1000)
    assert len(list(ear.heard())) in (SIGNS_WITHIN - 1, SIGNS_WITHIN, SIGNS_WITHIN + 1)


def test_who_is_not_watched_says_nothing(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PATIENCE)
    Beat().progress(1.0)
    monkeypatch.delenv(ADDRESS)
    notify(watchdog.ALIVE)
    assert list(ear.heard()) == []


def test_systemd_is_told_by_the_name_that_it_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"nightporter-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name)
        monkeypatch.setenv(ADDRESS, "@" + name)
        notify(watchdog.READY)
        assert systemd.recv(100) == b"READY=1"


def test_a_voice_whose_core_stands_still_does_not_live(ear: Ear) -> None:
    blocks = 0
    life = Life(lambda: blocks, Beat())
    life.step(1.0)
    assert list(ear.heard()) == [], "nothing has been played yet"
    for now, blocks in ((2.0, 5), (4.0, 10), (6.0, 10)):  # noqa: B007
        life.step(now)
    assert len(list(ear.heard())) == 2


async def test_a_supervisor_with_a_service_that_is_stuck_does_not_live(ear: Ear) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(LoopWatch(lambda: "agent").run(), 0.25)
    assert list(ear.heard()) == []
    well = asyncio.ensure_future(LoopWatch(lambda: None).run())
    async with asyncio.timeout(15):
        while not (heard := list(ear.heard())):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    well.cancel()
    assert heard[0][1] == watchdog.ALIVE


async def test_a_supervisor_that_stops_says_so_before_its_services_take_their_time(ear: Ear) -> None:
    heard: list[str] = []

    async def service() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            heard.extend(said for _, said in ear.heard())

    tree = Tree([ChildSpec("a", service)])
    running = asyncio.create_task(tree.run())
    await asyncio.sleep(0)
    tree.stop()
    await running
    assert heard == [watchdog.STOPPING]
