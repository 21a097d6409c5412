"""Who vouches for the wall clock. The box has no clock of its own that outlasts a power cut, unless it has an RTC.

Nobody does: wake-ups ring by what is known all the same, and the desk is told.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.errors import UnavailableError
from firmware.log import Log

Source: TypeAlias = Literal["ntp", "rtc", "technician", "pms", "none"]
UNTRUSTED = "clock-untrusted"
LOOK_EVERY_S = 2.0
GRACE_S = 90.0
"""After a start: a time service takes that long to find its servers, a PMS to begin its link."""
AGREES_S = 120.0
HEARD_FOR_S = 24 * 3600.0
"""A PMS's clock vouches for ours so long after it was heard."""
TECHNICIAN_FOR = timedelta(days=30)
TIME_ERROR = 5
"""adjtimex(2): nobody keeps the clock right."""
SYNCHRONISED = Path("/run/systemd/timesync/synchronized")
RTCS = Path("/sys/class/rtc")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
STEP_S = 1.0
"""The wall clock against the monotonic one: more than this at once is a step, and is told in the log."""

_libc = ctypes.CDLL(None)
log = Log("clock")


class Alarms(Protocol):
    async def raise_alarm(self, kind: str, subject: str, text: str) -> None: ...

    async def clear(self, kind: str, subject: str) -> None: ...


class Vouching(Protocol):
    """Keeps the technician's word: until when, and for which boot."""

    async def load(self) -> tuple[datetime, str] | None: ...

    async def keep(self, until: datetime, boot: str) -> None: ...


class ClockKeeper:
    """Looks at all that may vouch for the clock, every two seconds. `on_step`: told when the wall clock was set."""

    def __init__(self, clock: Clock, zone: ZoneInfo, alarms: Alarms, vouching: Vouching) -> None:
        self._clock = clock
        self._zone = zone
        self._alarms = alarms
        self._vouching = vouching
        self._heard: float | None = None
        self._vouched: tuple[datetime, str] | None = None
        self._began = clock.monotonic()
        self._relation: float | None = None
        self.source: Source = "none"
        self.on_step: Callable[[float], None] = lambda seconds: None

    @property
    def trusted(self) -> bool:
        return self.source != "none"

    @property
    def by_network(self) -> bool:
        """A time service keeps it."""
        return self.source == "ntp"

    def now(self) -> datetime:
        """What the wall clock shows, right or wrong."""
        return self._clock.utc().astimezone(self._zone)

    def heard(self, local: datetime) -> None:
        """A PMS's clock shows this wall time (naive); one that differs says nothing, as either may be wrong."""
        ours = self._clock.utc().astimezone(self._zone).replace(tzinfo=None)
        differs = abs((ours - local).total_seconds())
        if differs <= AGREES_S:
            self._heard = self._clock.monotonic()
        elif self._heard is None or self._clock.monotonic() - self._heard > LOOK_EVERY_S:
            log.warning("pms-differs", ours=ours.isoformat(timespec="seconds"), pms=local.isoformat())

    async def vouch(self) -> datetime:
        """The technician says that the clock is right; until when that counts. Not beyond this boot. StorageError."""
        until = self._clock.utc() + TECHNICIAN_FOR
        await self._vouching.keep(until, _boot())
        self._vouched = (until, _boot())
        await self._look()
        return until

    async def run(self) -> None:
        """Until cancelled."""
        try:
            self._vouched = await self._vouching.load()
        except UnavailableError as error:
            log.error("word-not-read", error=error)
        while True:
            self._watch_steps()
            await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        before, self.source = self.source, self._find()
        if before != self.source:
            log.info("source", source=self.source)
        if self.trusted:
            await self._alarms.clear(UNTRUSTED, "clock")
        elif self._clock.monotonic() - self._began > GRACE_S:
            text = (
                "nobody vouches for the clock (no time service, no clock chip, no PMS that agrees): "
                "wake-ups ring by what it shows; compare it with a watch"
            )
            await self._alarms.raise_alarm(UNTRUSTED, "clock", text)

    def _find(self) -> Source:
        if SYNCHRONISED.exists() or _kernel_synchronised():
            return "ntp"
        if _rtc_has_set_it():
            return "rtc"
        if self._vouched is not None and self._vouched[1] == _boot() and self._clock.utc() < self._vouched[0]:
            return "technician"
        if self._heard is not None and self._clock.monotonic() - self._heard < HEARD_FOR_S:
            return "pms"
        return "none"

    def _watch_steps(self) -> None:
        """What a PMS has confirmed, or the technician, was the clock before the step."""
        relation = self._clock.utc().timestamp() - self._clock.monotonic()
        before, self._relation = self._relation, relation
        if before is not None and abs(relation - before) > STEP_S:
            log.warning("stepped", seconds=round(relation - before, 1))
            self._heard = None
            self.on_step(relation - before)


def _boot() -> str:
    with suppress(OSError):
        return BOOT_ID.read_text().strip()
    return ""


def _rtc_has_set_it() -> bool:
    """Whether the kernel took the time from a clock chip at boot."""
    for chip in sorted(RTCS.glob("rtc*")):
        with suppress(OSError):
            if (chip / "hctosys").read_text().strip() == "1":
                return True
    return False


class _Timex(ctypes.Structure):
    """The parameter of adjtimex(2); with `modes` 0 the kernel changes nothing and fills in the rest, at most this."""

    _fields_ = (("modes", ctypes.c_uint), ("rest", ctypes.c_char * 320))


def _kernel_synchronised() -> bool:
    """Whether a time service disciplines the kernel's clock."""
    return _libc.adjtimex(ctypes.byref(_Timex())) not in (-1, TIME_ERROR)
