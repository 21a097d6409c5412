"""The thread that owns the chips: an asyncio loop with all ports, apart from the audio so that SPI never holds it up.

The core calls in from its own thread; every call returns at once. What the ports report goes to the core's inbox.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

from boardsupport.bus import BusError
from boardsupport.fxo import FxoPort
from boardsupport.port import FxsPort, LampKind, OutOfService, PairInUse, PortStateError, RingPlan
from firmware.log import Log
from firmware.voice.inbox import Inbox
from firmware.voice.line_events import LineEvent
from firmware.voice.realtime import LINE_PRIORITY, take_priority

log = Log("voice.lines")


class Attendant(Protocol):
    """Something else that lives on the line thread's loop: the lights, the relay."""

    async def run(self) -> None: ...


class LineThread:
    """Runs the ports. `on_event` is called in the core with a port's name and its event; `on_dead` if the bus fails."""

    def __init__(
        self,
        telephones: Mapping[str, FxsPort],
        trunks: Mapping[str, FxoPort],
        attendants: list[Attendant],
        inbox: Inbox,
        on_event: Callable[[str, LineEvent], None],
        on_dead: Callable[[str], None],
    ) -> None:
        self._telephones = telephones
        self._trunks = trunks
        self._ports: dict[str, FxsPort | FxoPort] = {**telephones, **trunks}
        self._attendants = attendants
        self._inbox = inbox
        self._on_event = on_event
        self._on_dead = on_dead
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._main, name="lines", daemon=True)

    def start(self) -> None:
        """Begin to bring all ports into service."""
        self._thread.start()
        self._ready.wait()

    def stop(self, patience_s: float = 2.0) -> None:
        """Leave the lines as they are, and end."""
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(patience_s)

    def ring(self, port: str, plan: RingPlan) -> None:
        self._call(port, "ring", lambda: self._telephones[port].ring(plan))

    def stop_ring(self, port: str) -> None:
        self._call(port, "stop-ring", lambda: self._telephones[port].stop_ring())

    def set_lamp(self, port: str, kind: LampKind, lit: bool) -> None:
        self._call(port, "lamp", lambda: self._telephones[port].set_lamp(kind, lit))

    def transmit_on_hook(self, port: str, ms: int) -> None:
        self._call(port, "transmit-on-hook", lambda: self._telephones[port].transmit_on_hook(ms))

    def seize(self, port: str) -> None:
        self._call(port, "seize", lambda: self._trunks[port].seize())

    def release(self, port: str) -> None:
        self._call(port, "release", lambda: self._trunks[port].release())

    def return_to_service(self, port: str) -> None:
        self._call(port, "return-to-service", lambda: self._ports[port].return_to_service())

    def test_pair(self, port: str, ring: bool) -> None:
        self._call(port, "test-pair", lambda: self._test_pair(port, ring))

    def end_test(self, port: str) -> None:
        self._call(port, "end-test", lambda: self._telephones[port].end_test())

    def report(self, port: str) -> None:
        self._call(port, "report", lambda: self._trunks[port].report())

    def run(self, call: Callable[[], None]) -> None:
        """Run something else on the line thread's loop."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended; so will this process
                self._loop.call_soon_threadsafe(call)

    def _test_pair(self, port: str, ring: bool) -> None:
        """A refusal is an answer: somebody waits for what is found."""
        try:
            self._telephones[port].test_pair(ring)
        except PortStateError:
            self._inbox.post(self._on_event, port, PairInUse(time.monotonic_ns()))

    def _call(self, port: str, verb: str, call: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                call()
            except PortStateError as error:
                # The line moved on meanwhile, and its own event says how.
                log.info("overtaken", port=port, order=verb, why=error)
            except BusError as error:
                self._dead(error)
            except Exception as error:  # noqa: BLE001 - one port's mistake must not end the loop of all
                self._report(error, port)

        self.run(guarded)

    def _main(self) -> None:
        take_priority(LINE_PRIORITY)
        try:
            asyncio.run(self._serve())
        except BusError as error:
            self._dead(error)
        except Exception as error:
            log.exception("died", error=error)
            self._dead(error)
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._loop.set_exception_handler(self._failed)
        for name, port in self._ports.items():
            port.listen(lambda event, name=name: self._inbox.post(self._on_event, name, event))  # type: ignore[misc]
        self._ready.set()
        tasks = [asyncio.create_task(attendant.run()) for attendant in self._attendants]
        tasks += [asyncio.create_task(port.start(), name=name) for name, port in self._ports.items()]
        for task in tasks:
            task.add_done_callback(self._done)
        await self._stop.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(port.stop() for port in self._ports.values()), return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error, task.get_name())

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._report(error, "callback")
        else:
            log.error("loop", message=context.get("message"))

    def _report(self, error: BaseException, where: str) -> None:
        """The wires' end is everybody's; a mistake in one port's code takes that port alone out of service."""
        if isinstance(error, BusError):
            self._dead(error)
            return
        log.error("failed", where=where, error=repr(error))
        if where in self._ports:
            self._inbox.post(self._on_event, where, OutOfService(time.monotonic_ns(), repr(error)))

    def _dead(self, error: BaseException) -> None:
        self._inbox.post(self._on_dead, str(error) or repr(error))
