"""Keeps one port in service: takes a warm chip over as it is, brings a cold one up, and begins again after trouble.

What helps by itself is tried again by itself; after some troubles only a person's word helps. How a chip is taken over
and brought up is its own keeper's, in the chip's folder.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Protocol

from boardsupport.bus import BusError
from boardsupport.chores import Sleep
from boardsupport.faults import ChipFaultError, FaultLog, NoClockError, Trouble
from boardsupport.port import FaultKind, InService, OutOfService

RETRY_S = 5.0
"""How long until the next attempt after a trouble that the chip's keeper has no time for."""


class KeptPort(Protocol):
    """What the keeper tells its port."""

    def left_service(self) -> None:
        """The chip is not usable now."""
        ...

    def emit(self, event: InService | OutOfService) -> None: ...


class PortKeeper(ABC):
    """The life of one port between start and stop."""

    retry_s: Mapping[FaultKind, float | None]
    """How long until the next attempt, by what went wrong; None: when a person says so."""

    def __init__(self, port: KeptPort, faults: FaultLog, clock: Callable[[], int], sleep: Sleep) -> None:
        self._port = port
        self._faults = faults
        self._clock = clock
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._recalled = asyncio.Event()
        self._trouble: asyncio.Future[Trouble] | None = None
        self._thorough = True
        """Begin with a reset, if that disturbs no other chip: at the start, and after a person's word."""

    async def start(self) -> None:
        """Until the first outcome."""
        if self._task is None:
            self._settled.clear()
            self._task = asyncio.get_running_loop().create_task(self._live())
        settled = asyncio.get_running_loop().create_task(self._settled.wait())
        await asyncio.wait((self._task, settled), return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            settled.cancel()
            self._task.result()

    async def stop(self) -> None:
        """The chip stays as it is."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def trouble(self, trouble: Trouble) -> None:
        """The port has found that it can't work."""
        if self._trouble is not None and not self._trouble.done():
            self._trouble.set_result(trouble)

    def recall(self) -> None:
        """A person wants the port back in service."""
        self._thorough = True
        self._recalled.set()

    # --- the chip's part ---

    @abstractmethod
    async def _take_over(self) -> bool:
        """Enter service with a chip that kept its state while our process was away; False if it did not.

        What others must know of it (`ResetLine.hold`) is said before the first wait. Raises ChipError, BusError.
        """

    @abstractmethod
    async def _bring_up(self) -> None:
        """Set the chip up from any state and enter service. Raises ChipError, BusError."""

    @abstractmethod
    def _troubled(self, trouble: Trouble) -> None:
        """The port is out of service: end what must not go on meanwhile."""

    # --- life ---

    async def _live(self) -> None:
        may_be_warm, was_up = True, True
        while True:
            self._trouble = asyncio.get_running_loop().create_future()
            trouble = await self._attempt(may_be_warm)
            may_be_warm = False
            if trouble is None:
                was_up = True
                self._settled.set()
                trouble = await self._trouble
            self._tell(trouble, was_up)
            was_up = False
            await self._wait(trouble)

    async def _attempt(self, may_be_warm: bool) -> Trouble | None:
        """One try to get into service; what was in the way, or None."""
        try:
            if not (may_be_warm and await self._take_over()):
                await self._bring_up()
        except ChipFaultError as fault:
            return Trouble(fault.kind, str(fault))
        except NoClockError as missing:
            return Trouble("no-clock", str(missing))
        except BusError as failure:
            return Trouble("chip-absent", str(failure))
        return None

    def _entered(self, off_hook: bool, cold: bool) -> None:
        """The port is in service: tell it."""
        self._port.emit(InService(self._clock(), off_hook=off_hook, cold=cold))

    def _tell(self, trouble: Trouble, was_up: bool) -> None:
        self._port.left_service()
        if trouble.kind != "overload":
            self._faults.clear_all("something else is wrong", but=trouble.kind)
        self._faults.set(trouble.kind, True, trouble.text)
        self._troubled(trouble)
        if was_up:
            self._port.emit(OutOfService(self._clock(), trouble.text))

    async def _wait(self, trouble: Trouble) -> None:
        """Until the next attempt."""
        if trouble.kind != "chip-reset":
            self._settled.set()
        self._recalled.clear()
        delay = self.retry_s.get(trouble.kind, RETRY_S)
        recalled = asyncio.get_running_loop().create_task(self._wait_recall())
        if delay is None:
            await recalled
            return
        slept = asyncio.ensure_future(self._sleep(delay))
        try:
            await asyncio.wait((recalled, slept), return_when=asyncio.FIRST_COMPLETED)
        finally:
            recalled.cancel()
            slept.cancel()

    async def _wait_recall(self) -> None:
        await self._recalled.wait()
