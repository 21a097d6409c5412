"""Guests who want no calls from other rooms: a feature of their telephones, for as long as they stay."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from firmware.hotel.house import House
from firmware.services.model import place_of
from firmware.services.ports import Store, Telephones
from firmware.store import Repositories

FEATURE = "calls-refused"


class Refusals:
    """`telephones_of`: the extensions of each room. Raises StorageError."""

    def __init__(self, store: Store, telephones: Telephones, telephones_of: Mapping[str, Sequence[str]]) -> None:
        self._store = store
        self._telephones = telephones
        self._telephones_of = telephones_of
        self._turn = asyncio.Lock()
        self.rooms: frozenset[str] = frozenset()
        """Whose guests want none."""

    async def load(self, house: House) -> None:
        """What the store knows is in force; where nobody lives any more nothing is refused."""
        async with self._turn:
            features = await self._store.do(lambda kept: kept.settings.features())
            refusing = {number for (number, feature), value in features.items() if feature == FEATURE and value}
            self.rooms = frozenset(
                room for room, numbers in self._telephones_of.items() if not refusing.isdisjoint(numbers)
            )
            for room in sorted(self.rooms):
                found = house.rooms.get(room)
                await self._set(room, found is not None and found.occupied)

    async def set(self, room: str, on: bool) -> None:
        """On disk when it comes back, and in force."""
        async with self._turn:
            await self._set(room, on)

    async def _set(self, room: str, on: bool) -> None:
        numbers = self._telephones_of[room]

        def work(kept: Repositories) -> None:
            with kept.together():
                for number in numbers:
                    kept.settings.put_features(number, {FEATURE: on})

        await self._store.do(work)
        self.rooms = self.rooms | {room} if on else self.rooms - {room}
        await self._telephones.change(
            lambda agent, now: [each for number in numbers for each in agent.set_calls_refused(number, on, now)]
        )

    async def follow(self, before: House, after: House) -> None:
        """Who moves takes it along; it ends with the last of those who lived there."""
        async with self._turn:
            stay: set[str] = set()
            for room in self.rooms:
                place = place_of(after, room, [guest.id for guest in before.rooms[room].guests])
                stay |= set() if place is None else {place}
            for room in sorted(self.rooms - stay):
                await self._set(room, False)
            for room in sorted(stay - self.rooms):
                await self._set(room, True)
