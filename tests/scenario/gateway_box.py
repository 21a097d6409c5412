"""The box without its supervisor: bench and voice alone, and a small agent that a test speaks through."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

from firmware.errors import UnavailableError
from firmware.gateway.channel import GatewayClient
from firmware.gateway.messages import (
    Arm,
    Audit,
    AuditReport,
    Command,
    DigitMap,
    Error,
    Event,
    ForgetJournal,
    OffHookPlan,
    Reply,
    Signal,
)
from tests import reaper
from tests.clients import Bench
from tests.harness import ROOT, free_port, wait_for
from tests.hotel import Hotel

T = TypeVar("T")
E = TypeVar("E")
PATTERNS = ("10x", "8", "112")
DIAL = OffHookPlan(signal=Signal(tone="dial"), digit_map=DigitMap(patterns=PATTERNS))


class Box:
    """Bench, LEDs and voice on a data directory of their own."""

    def __init__(self, hotel: Hotel | None = None) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="np-gateway-"))
        reaper.watch(self.directory)
        self.data = self.directory / "data"
        bench_port = free_port()
        self.config = self.directory / "hotel.toml"
        self.config.write_text((hotel or Hotel.demonstration()).toml(free_port(), bench_port), encoding="utf-8")
        self.bench = Bench("127.0.0.1", bench_port)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.start_bench()
        self.start("indicators")
        self.start("voice")
        wait_for(lambda: (self.data / "run" / "voice.sock").exists(), 30, "voice listens")

    def start_bench(self) -> None:
        """Start it and wait for its wires, as the launcher does."""
        for name in ("spi.sock", "pcm.sock", "pins.sock", "panel.sock"):
            (self.data / "run" / name).unlink(missing_ok=True)
        self.start("bench")
        wait_for(self._bench_there, 30, "the bench listens")

    def start(self, role: str) -> None:
        with (self.directory / f"{role}.log").open("ab") as log:
            self.processes[role] = subprocess.Popen(
                [sys.executable, "-m", "firmware", role, "--config", str(self.config), "--data", str(self.data)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self, role: str) -> None:
        """As the kernel would."""
        self.processes[role].kill()
        self.processes[role].wait(10)

    def end(self, role: str, deadline_s: float = 15) -> int:
        """SIGTERM; the exit status."""
        self.processes[role].send_signal(signal.SIGTERM)
        return self.processes[role].wait(deadline_s)

    def log(self, role: str) -> str:
        return (self.directory / f"{role}.log").read_text(encoding="utf-8")

    def close(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait(10)
        shutil.rmtree(self.directory, ignore_errors=True)

    def _bench_there(self) -> bool:
        try:
            return bool(self.bench.world()) and (self.data / "run" / "panel.sock").exists()
        except OSError:
            return False


class Agent:
    """A call agent that does only what the test says, on an event loop of its own."""

    def __init__(self, box: Box) -> None:
        self.events: list[Event] = []
        self._box = box
        self.closed = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._client = wait_for(lambda: self._connect(box), 20, "the gateway takes an agent")

    def call(self, command: Command) -> Reply:
        return self._wait(self._client.call(command))

    def do(self, *commands: Command) -> None:
        for command in commands:
            reply = self.call(command)
            assert not isinstance(reply, Error), (command, reply)

    def audit(self) -> AuditReport:
        report = self.call(Audit())
        assert isinstance(report, AuditReport)
        return report

    def take_command(self) -> None:
        """Audit until all are in service, arm the telephones, and forget what happened while nobody was in command."""
        report = wait_for(self._all_in_service, 30, "all telephones are in service")
        wait_for(lambda: self._box.bench.world()["lifeline"]["held"], 10, "the lifeline telephone is the box's")
        self.do(*(Arm(endpoint=state.endpoint, plan=DIAL) for state in report.endpoints if state.kind == "fxs"))
        if report.journal:
            self.do(ForgetJournal(entries=tuple(entry.entry for entry in report.journal)))

    def wait_event(self, kind: type[E], /, deadline_s: float = 15, **fields: Any) -> E:
        """The first event of this kind, with these values, that has come or comes; those before it are dropped."""

        def found() -> E | None:
            for index, event in enumerate(self.events):
                if isinstance(event, kind) and all(getattr(event, key) == value for key, value in fields.items()):
                    del self.events[: index + 1]
                    return event
            return None

        return wait_for(lambda: found() or None, deadline_s, f"{kind.__name__} {fields}; events: {self.events}")

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """The agent stands still inside the block, as if by SIGSTOP."""
        thaw = threading.Event()
        self._loop.call_soon_threadsafe(thaw.wait)
        try:
            yield
        finally:
            thaw.set()

    def close(self) -> None:
        if self._loop.is_closed():
            return
        if not self.closed.is_set():
            self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _all_in_service(self) -> AuditReport | None:
        report = self.audit()
        return report if all(endpoint.service == "in-service" for endpoint in report.endpoints) else None

    def _connect(self, box: Box) -> GatewayClient | None:
        path = box.data / "run" / "voice.sock"
        try:
            return self._wait(GatewayClient.connect(path, "script", self.events.append, self.closed.set))
        except UnavailableError:
            return None

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)
