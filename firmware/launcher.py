"""`nightporter run`: starts the processes, each in a session of its own, and starts again what died, for ever.

One that has said that it lives (`watchdog.py`) and then says nothing for long, being stuck or frozen, is killed; one
that has said that it stops has longer. The launcher is small so that it does not die; if it does, the processes go on,
and the next launcher adopts them: they hold their process files locked (see `processes.py`). On an appliance systemd
has this part.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from firmware import watchdog
from firmware.log import Log
from firmware.processes import RESTARTS_VARIABLE, Role, RunDirectory, start_time

WIRE_SOCKETS = ("spi.sock", "pcm.sock", "pins.sock")
PANEL_SOCKET = "panel.sock"
DEATHS_BEFORE_PAUSE = 5
DEATHS_WITHIN_S = 30.0
PAUSE_S = 10.0
STOP_S = 8.0
AFTER_BENCH_S = 30.0
PATIENCE_S = 30.0
"""With one that lives and says nothing. A voice that stands still for less goes on with its calls."""
LOOKS = 30
"""Within the patience. They are counted, not the time: while the launcher or the whole box slept, nobody was silent."""
LOOKS_STOPPING = 10 * LOOKS
"""With one that has said that it stops, five minutes: what it still writes to a slow disk may be charges."""
REFUSALS = ("2", "69")
"""Statuses that another try would not change, while the product is not up yet: wrong configuration, absent board."""
START_PRIORITY = 1
"""Of SCHED_FIFO: before everything ordinary on the box, and in the way of nobody else's real time."""

log = Log("launcher")


@dataclass
class Deaths:
    """When to start a process again: at once; after five deaths in 30 s every 10 s."""

    at: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_BEFORE_PAUSE))

    def next_start(self, now: float) -> float:
        """The process died at `now`; the instant at which it may start again."""
        self.at.append(now)
        crowded = len(self.at) == DEATHS_BEFORE_PAUSE and now - self.at[0] <= DEATHS_WITHIN_S
        return now + PAUSE_S if crowded else now


@dataclass
class Child:
    """One process of the product. `needs`: the bench's files that must be there before it starts.

    `urgent`: real-time scheduling from the first instruction on, where permitted: a busy box does not delay its start.
    """

    role: Role
    arguments: Sequence[str]
    needs: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    urgent: bool = False
    deaths: Deaths = field(default_factory=Deaths)
    restarts: int = 0
    silent: int | None = None
    """Looks since it was heard; None: not to be heard."""
    patience: int = LOOKS
    """Looks for which it may be silent."""
    start_at: float = 0.0
    pid: int | None = None
    handle: int | None = None


class Launcher:
    """Runs the children until it is told to stop. `tell` is called once, when the product is ready."""

    def __init__(
        self,
        run: RunDirectory,
        children: Sequence[Child],
        digest: str,
        tell: Callable[[], bool],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._run = run
        self._children = children
        self._digest = digest
        self._tell = tell
        self._told = False
        self._stopping = False
        self._status = 0
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._ear = watchdog.Ear(run.path)
        self._beat = watchdog.Beat()
        self._environment = self._ear.environment(patience_s)
        self._look_s, self._next_look = patience_s / LOOKS, 0.0
        self._launched: dict[int, subprocess.Popen[bytes]] = {}

    def run(self) -> int:
        """Until SIGINT or SIGTERM, or until a process refuses the first start; then end every process.

        The exit status: 0, or that of the process that refused.
        """
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for child in self._children:
            child.start_at = time.monotonic()
            self._adopt(child)
        while not self._stopping:
            self._start_due()
            self._wait()
        self._end_all()
        return self._status

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _adopt(self, child: Child) -> None:
        """Take over a process that runs already with this configuration; end one that has another.

        It is listened for once it has spoken, as any: one of an older version may never do. So one that stood still
        before is left standing.
        """
        running = self._run.running(child.role)
        if running is None:
            return
        child.restarts = running.restarts
        if not self._watch(child, running.pid, running.start):
            return
        if running.digest == self._digest:
            log.info("adopted", role=child.role, pid=running.pid)
            return
        log.info("ends", role=child.role, pid=running.pid, why="another configuration")
        self._end(child)

    def _watch(self, child: Child, pid: int, start: int | None) -> bool:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        if start is not None and start_time(pid) != start:  # the id went to another process meanwhile
            os.close(handle)
            return False
        child.pid, child.handle = pid, handle
        return True

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.pid is None and now >= child.start_at and self._may_start(child, now):
                self._start(child)

    def _may_start(self, child: Child, now: float) -> bool:
        """What it needs is there, or has been waited for long enough: then its own message says what is missing."""
        there = all(self._run.has("bench", name) for name in child.needs)
        return there or now - child.start_at > AFTER_BENCH_S

    def _start(self, child: Child) -> None:
        for name in child.clears:
            self._run.clear(name)
        environment = {**self._environment, RESTARTS_VARIABLE: str(child.restarts)}
        try:
            with _real_time(child.urgent):
                process = subprocess.Popen(
                    child.arguments, stdin=subprocess.DEVNULL, start_new_session=True, env=environment
                )
        except OSError as error:  # no memory or no process is left: as if it had died at once
            child.start_at = child.deaths.next_start(time.monotonic())
            log.error("not-started", role=child.role, error=error)
            return
        self._launched[process.pid] = process
        self._watch(child, process.pid, None)
        log.info("started", role=child.role, pid=process.pid, restarts=child.restarts)

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.register(self._ear, select.POLLIN)
        by_handle = {child.handle: child for child in self._children if child.handle is not None}
        for handle in by_handle:
            poll.register(handle, select.POLLIN)
        for ready, _ in poll.poll(self._patience_ms()):
            if ready == self._wake:
                os.read(self._wake, 4096)
            elif ready in by_handle:
                self._died(by_handle[ready])
        self._listen()
        self._look(time.monotonic())
        if not self._told and self._tell():
            self._told = True
            watchdog.notify(watchdog.READY)

    def _patience_ms(self) -> int:
        """Short while something is awaited: a start that is due, a file, the product's readiness."""
        if self._told and all(child.pid is not None for child in self._children):
            return round(1000 * self._look_s)
        return 50

    def _listen(self) -> None:
        by_pid = {child.pid: child for child in self._children if child.pid is not None}
        for pid, said in self._ear.heard():
            if pid in by_pid:
                by_pid[pid].silent = 0
                if said == watchdog.STOPPING:
                    by_pid[pid].patience = LOOKS_STOPPING

    def _look(self, now: float) -> None:
        """Kill who has been silent for too long: it is started again as one that died."""
        if now < self._next_look:
            return
        self._next_look = now + self._look_s
        self._beat.progress(now)
        for child in self._children:
            if child.silent is None or child.handle is None:
                continue
            child.silent += 1
            if child.silent > child.patience:
                log.error("stands-still", role=child.role, pid=child.pid)
                child.silent = None
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(child.handle, signal.SIGKILL)

    def _died(self, child: Child) -> None:
        status = self._reap(child)
        if status in REFUSALS and not self._told:
            log.error("refused-to-start", role=child.role, status=status)
            self._status, self._stopping = int(status), True
            return
        child.start_at = child.deaths.next_start(time.monotonic())
        if status == "0":  # somebody wanted it to begin anew
            log.info("ended", role=child.role)
            return
        child.restarts += 1
        log.error("died", role=child.role, status=status, again_in_s=round(child.start_at - time.monotonic()))

    def _reap(self, child: Child) -> str:
        assert child.pid is not None and child.handle is not None
        os.close(child.handle)
        process = self._launched.pop(child.pid, None)
        child.pid = child.handle = child.silent = None
        child.patience = LOOKS
        if process is None:
            return "unknown"
        code = process.wait()
        return signal.Signals(-code).name if code < 0 else str(code)

    def _end_all(self) -> None:
        """Ask all in the reverse order of their start, then insist."""
        for child in reversed(self._children):
            if child.pid is not None:
                self._end(child)
        self._ear.close()

    def _end(self, child: Child) -> None:
        assert child.handle is not None
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                signal.pidfd_send_signal(child.handle, number)
                signal.pidfd_send_signal(child.handle, signal.SIGCONT)  # a frozen process would not see the first
            except ProcessLookupError:
                break
            if select.select([child.handle], [], [], STOP_S)[0]:
                break
            log.warning("does-not-end", role=child.role, pid=child.pid, signal=number.name)
        log.info("ended", role=child.role, status=self._reap(child))


@contextmanager
def _real_time(wanted: bool) -> Iterator[None]:
    """What is started within inherits it: set from outside, it could come after what the process has set itself."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    if wanted:
        with suppress(OSError):  # not permitted: what needs real time says so itself
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(START_PRIORITY))
    try:
        yield
    finally:
        os.sched_setscheduler(0, *before)


def product(config: Path, data: Path, simulated: bool) -> list[Child]:
    """The processes in the order of their start, as the command lines that a technician could type."""

    def command(role: Role) -> list[str]:
        return [sys.executable, "-m", "firmware", role, "--config", str(config), "--data", str(data)]

    bench = [Child("bench", command("bench"), clears=(*WIRE_SOCKETS, PANEL_SOCKET))] if simulated else []
    indicators = Child("indicators", command("indicators"), needs=(PANEL_SOCKET,) if simulated else ())
    voice = Child("voice", command("voice"), needs=WIRE_SOCKETS if simulated else (), urgent=True)
    return [*bench, indicators, voice, Child("supervisor", command("supervisor"))]
