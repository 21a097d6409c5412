"""A PMS link at work in the demonstration hotel: its connection is in this process, and its PMS is the test."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

from firmware.details import Detail, DetailCode
from firmware.hotel.model import Room
from firmware.hotel.service import By, HotelService
from firmware.pms.fias.machine import FiasMachine
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.link import Around, PmsLink
from firmware.pms.machine import PmsMachine
from firmware.pms.outbox import ChargeOutbox
from firmware.pms.reconcile import Reconciler
from firmware.pms.rooms import RoomNames
from firmware.store import Repositories, StorageError, in_memory
from tests.unit.supervisor.house import ZONE, House

T = TypeVar("T")
DESK = By("anna", "desk")
ALARM_AFTER_S = 60.0


def framed(*records: str) -> bytes:
    return b"".join(b"\x02" + record.encode() + b"\x03" for record in records)


class Line:
    """In place of `firmware.links.Link`."""

    def __init__(self, user: PmsLink) -> None:
        self.user = user
        self.standing = Detail("connected", "a test's", {"place": "a test"})
        self.why = self.standing.text
        self.sent = b""
        self.reading = True
        self.drops: list[str] = []

    async def run(self) -> None:
        await asyncio.Event().wait()

    def send(self, data: bytes) -> bool:
        self.sent += data
        return True

    def pause(self) -> None:
        self.reading = False

    def resume(self) -> None:
        self.reading = True

    def drop(self, why: str, code: DetailCode = "no-answer") -> None:
        self.drops.append(why)

    async def drained(self) -> bool:
        return True


class Alarms:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def raise_alarm(self, kind: str, subject: str, text: str) -> None:
        self.told.append(("raised", subject))

    async def clear(self, kind: str, subject: str) -> None:
        self.told.append(("cleared", subject))


class Site:
    """`refusing`: the disk takes nothing and gives nothing."""

    def __init__(
        self,
        make: Callable[[], Repositories] = in_memory,
        machine: Callable[[], PmsMachine] = lambda: FiasMachine(FiasSettings(lr_pace_ms=0), bytes),
    ) -> None:
        self.house = House(make=make)
        self.clock = self.house.clock
        self.refusing = False
        self.make_machine = machine
        self.rooms = {room: [room] for room in ("101", "102", "103", "201")}
        self.alarms = Alarms()
        self.changes: list[list[str]] = []
        self.begin()

    def begin(self) -> None:
        """The supervisor starts: nothing is known but what is on disk."""
        agent: Any = self.house.service
        self.hotel = HotelService(self.rooms, ["front", "back"], self, agent, self.clock)
        self.hotel.on_changed = lambda before, after, rooms: self.changes.append(list(rooms))
        around = Around(self.hotel, self, self.alarms, self.clock, ZONE, lambda name: None)
        ids = iter(range(1_000_000))
        self.link = PmsLink(
            name="front",
            protocol="fias",
            machine=self.make_machine(),
            reconciler=Reconciler("front", lambda: f"{time.monotonic_ns()}-{next(ids)}"),
            rooms=RoomNames({}, self.rooms),
            outbox=ChargeOutbox(self, self.house.billing.confirm, ZONE, {"front": 4}),
            alarm_after_s=ALARM_AFTER_S,
            around=around,
            make_link=Line,  # type: ignore[arg-type]
        )
        self.line: Line = self.link.link  # type: ignore[assignment]
        self.task = asyncio.ensure_future(self.link.run())

    async def open(self) -> Site:
        await self.house.store.open()
        return self

    async def close(self) -> None:
        await self.kill()
        await self.house.store.close()

    async def kill(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def do(self, work: Callable[[Repositories], T]) -> T:
        if self.refusing:
            raise StorageError("database or disk is full")
        return await self.house.store.do(work)

    # ------------------------------------------------------------------------------------------------------- the PMS

    def says(self, *records: str) -> None:
        """All in one read."""
        self.line.user.received(framed(*records))

    async def alive(self, resync: bool = True) -> None:
        """A connection, the start of the link, and the resync that it asks for."""
        self.line.user.opened()
        self.says("LS|DA261122|TI030000|")
        await self.until(lambda: bool(self.records("LA")))
        self.says("LA|DA261122|TI030000|")
        await self.until(lambda: self.link.state == "alive")
        if resync:
            await self.until(lambda: bool(self.records("DR")))
            self.says("DS|DA261122|TI030000|", "DE|DA261122|TI030000|")
            await self.until(lambda: self.link._reconciler.memory.resyncs > 0)
        await self.settled()
        self.line.sent = b""

    async def cut(self) -> None:
        self.line.user.lost("cut")
        await self.settled()

    def records(self, *kinds: str) -> list[str]:
        """What the PMS has heard, without its stamps."""
        found = [frame.decode() for frame in re.findall(rb"\x02([^\x03]*)\x03", self.line.sent)]
        return [re.sub(r"(DA|TI)\d{6}\|", "", record) for record in found if not kinds or record[:2] in kinds]

    def answers(self, status: str = "OK", number: int | None = None) -> None:
        """To the last PS."""
        said = number or int(re.findall(r"P#(\d+)", self.records("PS")[-1])[0])
        self.says(f"PA|AS{status}|RN101|P#{said}|DA261122|TI030000|")

    # --------------------------------------------------------------------------------------------------------- time

    async def until(self, happens: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not happens():
            assert time.monotonic() < end, "it does not happen"
            assert not self.task.done(), "the link has ended"
            await asyncio.sleep(0.001)

    async def settled(self) -> None:
        """Until the link has done all that it can do now."""
        for _ in range(2):
            done = asyncio.Event()
            self.link._notes.put_nowait(lambda now, done=done: done.set() or [])  # type: ignore[misc]
            await self.until(done.is_set)
            await self.until(lambda: len(self.link._notes._getters) > 0)  # type: ignore[attr-defined]
            await self.do(lambda kept: None) if not self.refusing else None

    async def passes(self, seconds: float) -> None:
        """On the clock; what is due then is done."""
        self.clock.advance(seconds)
        self.link._notes.put_nowait(lambda now: [])
        await self.settled()

    async def goes_on(self, seconds: float) -> None:
        """Time passes, and the PMS gives a sign of life now and then."""
        while seconds > 0:
            self.says("LA|")
            await self.passes(min(seconds, 100.0))
            seconds -= 100.0

    def room(self, room: str) -> Room:
        return self.hotel.house.rooms[room]
