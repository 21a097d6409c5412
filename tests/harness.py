"""Starts the product as a stranger would, and works it through the bench and the API alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from tests import reaper
from tests.clients import Api, Bench, RequestError
from tests.hotel import Hotel

T = TypeVar("T")
ROOT = reaper.ROOT
READY_S = 60.0
_KEPT_PORTS: list[socket.socket] = []


def wait_for(condition: Callable[[], T], deadline_s: float, what: str, every_s: float = 0.03) -> T:
    """Ask until the answer is true and return it, no oftener than a program may ask the API.

    Raises AssertionError with `what` and the last answer.
    """
    end = time.monotonic() + deadline_s
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {deadline_s} s: {what} (last answer: {answer!r})")
        time.sleep(every_s)


def free_port() -> int:
    """A TCP port of the loopback address for one of our servers, which nobody else is given while this process lives.

    It stays bound, and nobody listens there: a server that binds with SO_REUSEADDR, as all do, may have it, and again
    after a restart; the system chooses it neither for who asks for any port nor for a connection.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    _KEPT_PORTS.append(kept)
    return int(kept.getsockname()[1])


def nightporter(*arguments: str, timeout_s: float = 60, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "firmware", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        **({"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}),
    )


class Product:
    """One running product with a data directory, addresses and a log of its own.

    `with Product(Hotel.rooms(8)) as product:` starts it and waits until it is ready; leaving ends all its processes.
    With `start=False` the block calls `start` itself.
    The log is printed if the block ends with an exception.
    """

    def __init__(self, hotel: Hotel | None = None, *, start: bool = True) -> None:
        self.hotel = hotel or Hotel.demonstration()
        self.directory = Path(tempfile.mkdtemp(prefix="np-test-"))
        reaper.watch(self.directory)
        self.data = self.directory / "data"
        self.config = self.directory / "hotel.toml"
        self.log = self.directory / "log"
        self.web_port, self.bench_port = free_port(), free_port()
        self.config.write_text(self.hotel.toml(self.web_port, self.bench_port, self._pms_places()), encoding="utf-8")
        self.launcher: subprocess.Popen[bytes] | None = None
        self._start_at_once = start
        self._token: str | None = None
        self.bench = Bench("127.0.0.1", self.bench_port)

    def _pms_places(self) -> list[str]:
        """Where each PMS link meets its PMS."""
        serial = [link.way == "serial" for link in self.hotel.pms]
        return [
            str(self.data / f"pms-{index}") if is_serial else f"127.0.0.1:{free_port()}"
            for index, is_serial in enumerate(serial)
        ]

    # ------------------------------------------------------------------------------------------------ start and end

    def __enter__(self) -> Product:
        try:
            if self._start_at_once:
                self.start()
        except BaseException:
            self.print_log()
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.print_log()
        self.close()

    def start(self, *, wait: bool = True, under: Sequence[str] = ()) -> None:
        """Start the launcher, maybe by another program; `wait` until health says ready."""
        if self.launcher is not None:
            self.launcher.wait(10)  # of an earlier start, ended by now
        program = [*under, sys.executable, "-m", "firmware", "run"]
        with self.log.open("ab") as log:
            self.launcher = subprocess.Popen(
                [*program, "--config", str(self.config), "--data", str(self.data)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait:
            self.wait_ready()

    def wait_ready(self, deadline_s: float = READY_S) -> None:
        wait_for(self._ready_or_dead, deadline_s, "the product is ready", every_s=0.05)

    def _ready_or_dead(self) -> bool:
        assert self.launcher is not None
        assert self.launcher.poll() is None, f"the launcher ended with status {self.launcher.returncode}"
        return self.ready()

    def ready(self) -> bool:
        with contextlib.suppress(OSError, RequestError):
            return bool(self.api.health()["ready"])
        return False

    def stop(self, deadline_s: float = 20.0) -> int:
        """Ctrl-C for the launcher; its exit status. Raises AssertionError if a process of the product stays."""
        assert self.launcher is not None
        self.launcher.send_signal(signal.SIGINT)
        status = self.launcher.wait(deadline_s)
        wait_for(lambda: not self.pids(), deadline_s, "no process of the product is left")
        return status

    def close(self) -> None:
        """End every process of this product, by force if need be, and remove its directory."""
        if self.launcher is not None and self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.launcher.wait(10)
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.launcher is not None:
            self.launcher.wait(10)
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_end(self, count: int) -> str:
        """The last lines of the product's log."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])

    def print_log(self) -> None:
        print(f"--- the end of the product's log\n{self.log_end(300)}", file=sys.stderr)

    # ---------------------------------------------------------------------------------------------------- the clients

    @property
    def api(self) -> Api:
        return Api("127.0.0.1", self.web_port, self.token("manager"))

    def token(self, role: str) -> str:
        """A token of the front desk's API; made once."""
        if self._token is None:
            made = nightporter("token", "create", "tests", "--role", role, "--data", str(self.data))
            assert made.returncode == 0, made.stderr
            self._token = made.stdout.strip()
        return self._token

    # --------------------------------------------------------------------------------------------- the processes

    def pids(self) -> list[int]:
        """Every process that was started with this product's data directory, whoever is its parent."""
        mark = str(self.data).encode()
        return [pid for pid, arguments in reaper.processes() if mark in arguments]

    def pid(self, role: str) -> int:
        """The process of that role (launcher, bench, voice, supervisor) as the system lists it.

        Raises AssertionError unless there is exactly one.
        """
        mark, word = str(self.data).encode(), b"run" if role == "launcher" else role.encode()
        alike = {pid for pid, arguments in reaper.processes() if mark in arguments and word in arguments}
        # What one of them starts looks like it until it has become another program.
        found = [pid for pid in alike if reaper.parent(pid) not in alike]
        assert len(found) == 1, f"{role}: {found}"
        return found[0]

    def kill(self, role: str) -> int:
        """kill -9; the process id that died."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: pid not in self.pids(), 10, f"{role} {pid} is dead")
        return pid

    @contextlib.contextmanager
    def frozen(self, *roles: str) -> Iterator[None]:
        """The processes are stopped (SIGSTOP) inside the block, the last one first to go on.

        Without the launcher among them they are killed after half a minute.
        """
        with contextlib.ExitStack() as stopped:
            for pid in [self.pid(role) for role in roles]:
                os.kill(pid, signal.SIGSTOP)
                stopped.callback(_go_on, pid)
            yield


def _go_on(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGCONT)
