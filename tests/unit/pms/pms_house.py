"""A house of four rooms under a Reconciler; each event is a change of its own, and time goes on when a test says so."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from firmware.errors import RefusedError
from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Room
from firmware.pms.machine import Moment
from firmware.pms.model import (
    CheckIn,
    CheckOut,
    Equipment,
    GuestChange,
    GuestData,
    News,
    PmsEvent,
    RoomData,
    WakeupSet,
)
from firmware.pms.reconcile import Reconciler
from firmware.restriction.model import Level

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Warsaw")
ROOMS = ("101", "102", "103", "104")
NO_SUCH = {"Y": True, "N": False, "-": None}


def gi(
    room: str, key: str | None, name: str | None = None, gs: str = "N", sf: bool = False, cor: Level | None = None
) -> CheckIn:
    """`gs` "-": the field is not there."""
    return CheckIn(
        room=room, key=key, shared=NO_SUCH[gs], resync=sf, guest=_named(name),
        equipment=RoomData(cor=cor) if cor else RoomData(),
    )  # fmt: skip


def go(room: str, key: str | None = None, gs: str = "N", sf: bool = False) -> CheckOut:
    return CheckOut(room=room, key=key, shared=NO_SUCH[gs], resync=sf)


def gc(
    room: str, key: str | None, name: str | None = None, gs: str = "N", ro: str | None = None, old_gs: str = "N"
) -> GuestChange:
    return GuestChange(
        room=room, key=key, shared=NO_SUCH[gs], old_room=ro, old_shared=NO_SUCH[old_gs] if ro else None,
        guest=_named(name),
    )  # fmt: skip


def wr(room: str, time: str) -> WakeupSet:
    return WakeupSet(room=room, at=datetime.fromisoformat(f"2026-11-23T{time}"))


def equip(room: str, **what: object) -> Equipment:
    return Equipment(room=room, equipment=RoomData(**what))  # type: ignore[arg-type]


def _named(name: str | None) -> GuestData:
    return GuestData(name=name) if name else GuestData()


class Hotel:
    """`house` is what has come of it; `refused` the codes of what could not be."""

    def __init__(
        self, unseen: Literal["leave", "check-out"] = "leave", late: timedelta = timedelta(minutes=10)
    ) -> None:
        ids = itertools.count(1)
        self.reconciler = Reconciler("fias", lambda: f"id{next(ids)}", unseen, late)
        self.house = House({room: Room(room=room) for room in ROOMS})
        self.seconds = 1000.0
        self.refused: list[str] = []
        self.noted: list[str] = []
        self.moved: dict[str, str] = {}
        self.on_changed: Callable[[Draft, list[News]], None] = lambda draft, news: None
        """Told of each change, with what the PMS is told."""

    def says(self, *events: PmsEvent) -> Hotel:
        for event in events:
            self.together(event)
        return self

    def together(self, *events: PmsEvent) -> Hotel:
        """In one change."""
        draft = Draft(self.house)
        for event in events:
            try:
                self.reconciler.apply(event, draft, self.now())
            except RefusedError as refused:
                self.refused.append(refused.code)
        self._keep(draft, by="fias")
        self.moved |= draft.moved_guests()
        self.noted += [verb for verb, _ in self.reconciler.take_notes()]
        guests = [guest.id for room in self.house.rooms.values() for guest in room.guests]
        assert len(guests) == len(set(guests)), "a guest is in two rooms"
        return self

    def desk(self) -> Draft:
        """A change by the desk: `keep` it."""
        return Draft(self.house)

    def keep(self, draft: Draft) -> None:
        self._keep(draft, by=None)

    def _keep(self, draft: Draft, by: str | None) -> None:
        self.house = draft.house()
        self.on_changed(draft, draft.news_for("fias", by))

    def now(self) -> Moment:
        return Moment(self.seconds, (NOON + timedelta(seconds=self.seconds - 1000)).astimezone(ZONE))

    def passes(self, seconds: float) -> Hotel:
        self.seconds += seconds
        return self

    def room(self, room: str) -> Room:
        return self.house.rooms[room]

    def lives(self) -> str:
        """The reservations in each room that is occupied: 101:1 102:2,3."""
        return " ".join(
            f"{room.room}:{','.join(guest.reservation or '?' for guest in room.guests)}"
            for room in self.house.rooms.values()
            if room.occupied
        )

    def names(self, room: str) -> Sequence[str | None]:
        return [guest.name for guest in self.room(room).guests]

    def wakeups(self) -> dict[str, list[str]]:
        """Hours and minutes of what is to ring, by room."""
        found = {room: [f"{o.at:%H:%M}" for o in self.house.wakeups_of(room)] for room in ROOMS}
        return {room: times for room, times in found.items() if times}
