"""The supervision tree: services declared with their start order, restart kind, budget and time to stop (after OTP).

A service that ends when it should not is started again; a vital one that does so more often than its budget allows
ends the whole tree, and whoever started this process starts it afresh. One that is not vital waits instead: the
telephones shall not suffer from it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from firmware import watchdog
from firmware.log import Log

RestartKind: TypeAlias = Literal["permanent", "transient", "temporary"]
"""permanent: always started again; transient: only after a failure; temporary: never."""
ServiceState: TypeAlias = Literal["stopped", "running", "waiting", "ended"]
RESTART_PAUSE_S = 0.2
LONG_PAUSE_S = 60.0
"""Before a service that is not vital is tried again, its budget being spent."""

log = Log("supervisor")


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """One service. `run` works until it is cancelled; a budget is so many restarts within so many seconds."""

    name: str
    run: Callable[[], Awaitable[None]]
    restart: RestartKind = "permanent"
    budget: tuple[int, float] = (10, 60.0)
    vital: bool = True
    stop_s: float = 3.0
    progress_s: float | None = None
    """How old the service's last `progress` may be before it counts as stuck; None: not watched."""


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service as `/health` shows it."""

    name: str
    state: ServiceState
    restarts: int


class BudgetError(RuntimeError):
    """A service was restarted too often."""


@dataclass
class _Child:
    spec: ChildSpec
    state: ServiceState = "stopped"
    restarts: int = 0
    task: asyncio.Task[None] | None = None
    asked: bool = False
    """Somebody wants it to begin anew, and it has been cancelled for that."""
    progressed: float = 0.0
    times: deque[float] = field(default_factory=deque)


class Tree:
    """Runs the services in order; `run` returns when told to stop, or raises BudgetError."""

    def __init__(self, specs: Sequence[ChildSpec]) -> None:
        self._children = {spec.name: _Child(spec) for spec in specs}
        self._stop = asyncio.Event()
        self._failed: BaseException | None = None

    def stop(self) -> None:
        """Ask for an orderly end."""
        self._stop.set()

    def progress(self, name: str) -> None:
        """A service says that it goes on."""
        self._children[name].progressed = time.monotonic()

    def restart(self, name: str) -> None:
        """Somebody wants it to begin anew; that is no failure. Raises KeyError."""
        child = self._children[name]
        if child.state == "running" and child.task is not None:
            child.asked = True
            child.task.cancel()
        elif child.state == "ended":
            child.task = asyncio.create_task(self._keep(child), name=name)

    def views(self) -> list[ServiceView]:
        return [ServiceView(child.spec.name, child.state, child.restarts) for child in self._children.values()]

    def stuck(self) -> str | None:
        """The name of a service that has made no progress for too long, or None."""
        now = time.monotonic()
        for child in self._children.values():
            limit = child.spec.progress_s
            if limit is not None and child.state == "running" and now - child.progressed > limit:
                return child.spec.name
        return None

    async def run(self) -> None:
        """Start all in order, restart as declared, stop all in reverse. Raises BudgetError."""
        for child in self._children.values():
            child.task = asyncio.create_task(self._keep(child), name=child.spec.name)
        await self._stop.wait()
        watchdog.notify(watchdog.STOPPING)  # one of the services says that we live, and ends among the first
        for child in reversed(self._children.values()):
            await self._end(child)
        if self._failed is not None:
            raise self._failed

    async def _keep(self, child: _Child) -> None:
        while True:
            child.progressed = time.monotonic()
            child.state = "running"
            failed = await self._once(child)
            if child.asked:
                child.asked, child.restarts = False, child.restarts + 1
                continue
            if child.spec.restart == "temporary" or (child.spec.restart == "transient" and not failed):
                child.state = "ended"
                return
            affordable = self._affordable(child)
            if not affordable and child.spec.vital:
                self._escalate(child)
                return
            child.restarts += 1
            child.state = "waiting"
            await asyncio.sleep(RESTART_PAUSE_S if affordable else LONG_PAUSE_S)

    async def _once(self, child: _Child) -> bool:
        """Run the service; whether it failed."""
        try:
            await child.spec.run()
        except asyncio.CancelledError:
            if not child.asked or child.task is None or child.task.uncancel():
                raise
            log.info("service-restarted", name=child.spec.name)
            return False
        except Exception:
            log.exception("service-failed", name=child.spec.name)
            return True
        log.info("service-ended", name=child.spec.name)
        return False

    def _affordable(self, child: _Child) -> bool:
        most, seconds = child.spec.budget
        now = time.monotonic()
        child.times.append(now)
        while child.times and now - child.times[0] > seconds:
            child.times.popleft()
        return len(child.times) <= most

    def _escalate(self, child: _Child) -> None:
        most, seconds = child.spec.budget
        child.state = "ended"
        self._failed = BudgetError(f"{child.spec.name}: more than {most} restarts in {seconds:.0f} s")
        log.error("escalates", name=child.spec.name, restarts=len(child.times), seconds=seconds)
        self._stop.set()

    async def _end(self, child: _Child) -> None:
        task, child.asked = child.task, False
        if task is None or task.done():
            return
        task.cancel()
        await asyncio.wait([task], timeout=child.spec.stop_s)
        if not task.done():
            log.error("does-not-stop", name=child.spec.name, after_s=child.spec.stop_s)
        child.state = "stopped"
