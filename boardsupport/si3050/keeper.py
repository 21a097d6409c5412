"""Keeps one company-line port in service: see `boardsupport.keeper`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from boardsupport.bus import BusError
from boardsupport.faults import FaultLog, Trouble
from boardsupport.keeper import KeptPort, PortKeeper
from boardsupport.port import FaultKind
from boardsupport.reset import ResetLine
from boardsupport.si3050.bringup import bring_up
from boardsupport.si3050.chip import Si3050

RETRY_S: dict[FaultKind, float | None] = {
    "chip-absent": 1.0,
    "chip-reset": 0.0,
    "no-clock": 1.0,
    "isolation-link": 2.0,
}


class KeptLine(KeptPort, Protocol):
    """What the keeper tells a company-line port."""

    def entered_service(self, off_hook: bool) -> None:
        """The chip works; `off_hook`: it was found so."""
        ...


class Keeper(PortKeeper):
    """The life of one company-line port between start and stop."""

    retry_s = RETRY_S

    def __init__(
        self,
        socket: str,
        chip: Si3050,
        reset: ResetLine,
        faults: FaultLog,
        port: KeptLine,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(port, faults, clock, chip.sleep)
        self._socket = socket
        self._chip = chip
        self._reset = reset
        self._line = port

    async def _take_over(self) -> bool:
        """A chip that kept its state while our process was away goes on as it is, also with its line seized."""
        self._chip.access.synchronise()
        off_hook = self._chip.warm_hook()
        if off_hook is None:
            return False
        self._reset.hold(self._socket)
        self._thorough = False
        self._enter(off_hook, cold=False)
        return True

    async def _bring_up(self) -> None:
        if self._thorough:
            await self._reset.reset(self._socket)
        await bring_up(self._chip)
        self._thorough = False
        self._enter(off_hook=False, cold=True)

    def _enter(self, off_hook: bool, cold: bool) -> None:
        self._faults.clear_all("in service again")
        self._line.entered_service(off_hook)
        self._entered(off_hook, cold)

    def _troubled(self, trouble: Trouble) -> None:
        """Hang up, so that the exchange does not hold a line that nobody serves."""
        try:
            self._chip.silence()
        except BusError as failure:
            self._faults.set("chip-absent", True, str(failure))
