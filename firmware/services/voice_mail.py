"""Voice mail: callers leave messages for the guests of a room, who hear them by a code while its lamp is lit.

A message is of those who lived in the room when it was left: it goes where they go, and is wiped when the last of them
has left. What follows from a change of the house is made so again at every start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from firmware.clock import Clock
from firmware.errors import RefusedError, UnavailableError
from firmware.hotel.draft import Draft
from firmware.hotel.service import By, HotelService
from firmware.log import Log
from firmware.pms.model import VoiceMailNews
from firmware.services.mail_files import BYTES_A_SECOND, PREFIX, MailFiles
from firmware.services.mail_settings import check_settings, read_settings
from firmware.services.model import Greeting, Opened, VoiceMailSettings, VoiceMessage, place_of
from firmware.services.ports import Store
from firmware.store import Repositories, StorageError

SETTINGS = "voice-mail"
LEAST_MS = 1000
"""A shorter message says nothing: the caller has hung up."""
MOST_OPEN = 100
SWEEP_EVERY_S = 3600.0
LOOK_EVERY_S = 30.0
TRY_AGAIN_S = 5.0
MEGABYTE = 1_000_000
SYSTEM = By("voice mail", "system")

log = Log("voice-mail")


class VoiceMailService:
    """`new_id`: unique for ever, letters and digits. Raises StorageError."""

    def __init__(
        self, store: Store, hotel: HotelService, files: MailFiles, clock: Clock, new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._hotel = hotel
        self._files = files
        self._clock = clock
        self._new_id = new_id
        self._turn = asyncio.Lock()
        self._messages: dict[str, VoiceMessage] = {}
        self._greetings: dict[str, Greeting] = {}
        self._opened: dict[str, Opened] = {}
        self._making: dict[str, str] = {}
        """Recordings of which a prompt is being made, and its key."""
        self._told: dict[str, tuple[int, int]] = {}
        """What the PMS knows of each room: how many are not heard, how many are."""
        self._behind = False
        """The house has changed, and not everything that follows from it is done."""
        self.settings = VoiceMailSettings()
        self.on_settings: Callable[[], None] = lambda: None
        self.on_changed: Callable[[str], None] = lambda room: None
        """Told of a room with other messages."""

    # ------------------------------------------------------------------------------------------------------ from main

    async def run(self) -> None:
        """Until cancelled: take up what is kept and what was being said, do again what the store did not do, and once
        an hour delete what is nobody's."""
        await self._begin()
        swept = self._clock.monotonic()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                if self._behind:
                    await self.follow()
                await self.take_up()
                if self._clock.monotonic() - swept >= SWEEP_EVERY_S:
                    await self.sweep()
                    swept = self._clock.monotonic()
            except StorageError as error:
                log.error("behind", error=error)

    async def _begin(self) -> None:
        while True:
            try:
                await self.load()
                await self.sweep()
                return
            except StorageError as error:
                log.error("not-loaded", error=error)
                await asyncio.sleep(TRY_AGAIN_S)

    async def load(self) -> None:
        """What the store knows; then what has happened in the house meanwhile is done."""
        async with self._turn:
            self.settings = await self._store.do(lambda kept: read_settings(kept.settings.get(SETTINGS)))
            self._messages = {m.id: m for m in await self._store.do(lambda kept: kept.voice_mail.messages())}
            self._greetings = await self._store.do(lambda kept: kept.voice_mail.greetings())
            self._told = {room: self._counts(room) for room in self._hotel.house.rooms}
        self.on_settings()
        await self.follow()

    async def sweep(self) -> None:
        """Copies that are too old go, and files that are no message's."""
        async with self._turn:
            oldest = self._clock.utc() - timedelta(days=self.settings.copy_days)
            for message in [m for m in self._messages.values() if m.left is not None and m.left < oldest]:
                await self._wipe(message)
            greetings = (greeting.id for greeting in self._greetings.values())
            await self._files.sweep([*self._messages, *greetings, *self._making.values()])

    async def set_settings(self, wanted: VoiceMailSettings) -> None:
        """Raises RefusedError (bad-value)."""
        check_settings(wanted)
        await self._store.do(lambda kept: kept.settings.put(SETTINGS, msgspec.to_builtins(wanted)))
        self.settings = wanted
        self.on_settings()

    async def follow(self) -> None:
        """The house has changed: messages go with their guests, or are wiped; lamps and the PMS say so."""
        self._behind = True
        async with self._turn:
            for message in [each for each in self._messages.values() if each.left is None]:
                place = await self._place_of(message)
                if place is None:
                    await self._let_go(message)
                elif place != message.room:
                    await self._put(replace(message, room=place))
            await self._move_greetings()
        self._behind = not await self._tell()

    # --------------------------------------------------------------------------------------------------------- callers

    async def open(self, room: str, from_number: str | None) -> Opened:
        """A caller is about to speak. Raises RefusedError (unknown-room, vacant, off, full)."""
        if not self.settings.cases:
            raise RefusedError("off", "there is no voice mail in this house")
        if len(self.messages_of(room)) >= self.settings.per_room:
            raise RefusedError("full", f"room {room} can have no more messages")
        greeting = self._greetings.get(room)
        opened = await self._open(room, from_number, "" if greeting is None else f"mail/{greeting.id}")
        await self._files.note(opened)
        return opened

    async def keep(self, room: str, file: str) -> VoiceMessage | None:
        """He has spoken; on disk when it comes back. None: he has said nothing.

        Raises RefusedError (unknown-recording), and UnavailableError where the disk takes it not: `take_up` does it.
        """
        return await self._keep(self._take(room, file), self._clock.utc())

    async def take_up(self) -> None:
        """What was said as the supervisor died, or could not be kept then, is a message now."""
        for opened, ended in await self._files.left():
            if opened.file in self._opened or opened.file in self._making:
                continue
            try:
                message = await self._keep(opened, ended)
                log.info("taken-up", file=opened.file, id=None if message is None else message.id)
            except UnavailableError as error:
                log.error("not-taken-up", file=opened.file, error=error)

    async def _keep(self, opened: Opened, at: datetime) -> VoiceMessage | None:
        message = None
        with self._prompt_of(opened) as key:
            ms = await self._files.take(opened.file, key)
            async with self._turn:
                place = await self._place_of(opened)
                if place is not None and ms >= LEAST_MS:
                    message = VoiceMessage(
                        id=key, room=place, guests=opened.guests, from_number=opened.from_number, at=at, ms=ms,
                        size=_size(ms),
                    )  # fmt: skip
                    await self._put(message)
        await self._files.drop(opened.file)
        if message is None:
            await self._files.remove(key)
        await self._tell()
        return message

    # ---------------------------------------------------------------------------------------------------------- guests

    def messages_of(self, room: str) -> list[VoiceMessage]:
        """Oldest first."""
        return [message for message in self.everything() if message.room == room and message.left is None]

    async def hear(self, message_id: str, heard: bool = True) -> VoiceMessage:
        """Raises RefusedError (unknown-message)."""
        async with self._turn:
            message = self._found(message_id)
            changed = replace(message, heard=(message.heard or self._clock.utc()) if heard else None)
            if changed != message:
                await self._put(changed)
        await self._tell()
        return changed

    async def remove(self, message_id: str) -> None:
        """Raises RefusedError (unknown-message)."""
        async with self._turn:
            await self._wipe(self._found(message_id))
        await self._tell()

    def greeting(self, room: str) -> Greeting | None:
        return self._greetings.get(room)

    async def open_greeting(self, room: str) -> Opened:
        """A guest is about to record his own. Raises RefusedError (unknown-room, vacant, full)."""
        greeting = self._greetings.get(room)
        return await self._open(room, None, "" if greeting is None else f"mail/{greeting.id}")

    async def keep_greeting(self, room: str, file: str) -> Greeting | None:
        """As `keep`."""
        opened, made = self._take(room, file), None
        with self._prompt_of(opened) as key:
            try:
                ms = await self._files.take(opened.file, key)
            finally:
                await self._files.drop(opened.file)
            async with self._turn:
                if place_of(self._hotel.house, room, opened.guests) == room and ms >= LEAST_MS:
                    made = Greeting(id=key, room=room, guests=opened.guests, at=self._clock.utc(), size=_size(ms))
                    former = await self._put_greeting(made)
        for gone in (key,) if made is None else () if former is None else (former.id,):
            await self._files.remove(gone)
        return made

    async def remove_greeting(self, room: str) -> bool:
        """Whether there was one."""
        async with self._turn:
            former = self._greetings.get(room)
            if former is not None:
                await self._store.do(lambda kept: kept.voice_mail.remove_greeting(room))
                del self._greetings[room]
                await self._files.remove(former.id)
        return former is not None

    # -------------------------------------------------------------------------------------------------------- the desk

    def everything(self) -> list[VoiceMessage]:
        """Copies of the house's too; oldest first."""
        return sorted(self._messages.values(), key=lambda message: message.at)

    async def forget_guest(self, guest: str) -> int:
        """Wipe the copies of what was left for this guest; how many."""
        async with self._turn:
            theirs = [m for m in self._messages.values() if m.left is not None and guest in m.guests]
            for message in theirs:
                await self._wipe(message)
        return len(theirs)

    # --------------------------------------------------------------------------------------------------------- private

    async def _open(self, room: str, from_number: str | None, prompt: str) -> Opened:
        found = self._hotel.house.rooms.get(room)
        if found is None:
            raise RefusedError("unknown-room", f"there is no room {room}", "room")
        if not found.occupied:
            raise RefusedError("vacant", f"nobody lives in room {room}", "room")
        if not await self._has_space():
            raise RefusedError("full", "nothing more can be recorded now")
        guests = tuple(guest.id for guest in found.guests)
        file = f"{PREFIX}{self._new_id()}.wav"
        opened = Opened(file=file, room=room, guests=guests, from_number=from_number, prompt=prompt)
        self._opened[opened.file] = opened
        while len(self._opened) > MOST_OPEN:
            del self._opened[next(iter(self._opened))]
        return opened

    async def _has_space(self) -> bool:
        """The oldest copies of the house's make room for what guests are to hear."""
        wanted = self.settings.longest_s * BYTES_A_SECOND
        async with self._turn:
            for copy in [message for message in self.everything() if message.left is not None]:
                if self._size() + wanted <= self.settings.total_mb * MEGABYTE:
                    break
                await self._wipe(copy)
        fits = self._size() + wanted <= self.settings.total_mb * MEGABYTE
        return fits and await self._files.has_room(self.settings.longest_s)

    def _size(self) -> int:
        kept: Collection[VoiceMessage | Greeting] = [*self._messages.values(), *self._greetings.values()]
        return sum(each.size for each in kept)

    def _take(self, room: str, file: str) -> Opened:
        opened = self._opened.get(file)
        if opened is None or opened.room != room:
            raise RefusedError("unknown-recording", f"there is no recording {file} for room {room}")
        return self._opened.pop(file)

    def _found(self, message_id: str) -> VoiceMessage:
        if message_id not in self._messages:
            raise RefusedError("unknown-message", f"there is no voice message {message_id}", "id")
        return self._messages[message_id]

    @contextmanager
    def _prompt_of(self, opened: Opened) -> Iterator[str]:
        """The key of a prompt that is nobody's until it is on disk whose."""
        key = self._making[opened.file] = self._new_id()
        try:
            yield key
        finally:
            del self._making[opened.file]

    async def _place_of(self, kept: VoiceMessage | Greeting | Opened) -> str | None:
        """The room where it belongs now; None: all whose it was have left, and the disk says so, too.

        Raises StorageError where the house could not be read at the start, and is empty for that.
        """
        place = place_of(self._hotel.house, kept.room, kept.guests)
        if place is not None:
            return place
        rooms = await self._store.do(lambda store: [store.rooms.room_of(guest) for guest in kept.guests])
        if any(room in self._hotel.house.rooms for room in rooms):
            raise StorageError("what is known of the rooms has not been read yet")
        return kept.room if any(rooms) else None  # a room that is not configured any more

    async def _let_go(self, message: VoiceMessage) -> None:
        """Those whom it was for have left."""
        if self.settings.keeps_copy:
            await self._put(replace(message, left=self._clock.utc()))
        else:
            await self._wipe(message)

    async def _put(self, message: VoiceMessage) -> None:
        await self._store.do(lambda kept: kept.voice_mail.put(message))
        self._messages[message.id] = message

    async def _put_greeting(self, greeting: Greeting) -> Greeting | None:
        """The former one."""
        await self._store.do(lambda kept: kept.voice_mail.put_greeting(greeting))
        former, self._greetings[greeting.room] = self._greetings.get(greeting.room), greeting
        return former

    async def _wipe(self, message: VoiceMessage) -> None:
        await self._store.do(lambda kept: kept.voice_mail.remove(message.id))
        del self._messages[message.id]
        await self._files.remove(message.id)

    async def _move_greetings(self) -> None:
        """Two may change places."""
        before = self._greetings
        places = {room: await self._place_of(greeting) for room, greeting in before.items()}
        after = {place: replace(before[room], room=place) for room, place in places.items() if place is not None}
        if after == before:
            return

        def work(kept: Repositories) -> None:
            with kept.together():
                for room in before:
                    kept.voice_mail.remove_greeting(room)
                for greeting in after.values():
                    kept.voice_mail.put_greeting(greeting)

        await self._store.do(work)
        self._greetings = after
        stay = {greeting.id for greeting in after.values()}
        for greeting in before.values():
            if greeting.id not in stay:
                await self._files.remove(greeting.id)

    def _counts(self, room: str) -> tuple[int, int]:
        mine = self.messages_of(room)
        heard = sum(1 for message in mine if message.heard is not None)
        return len(mine) - heard, heard

    async def _tell(self) -> bool:
        """Lamps, and the PMS: one change of the house for all rooms. Whether they know."""
        rooms = self._hotel.house.rooms
        counts = {room: self._counts(room) for room in rooms}
        new = {room: count for room, count in counts.items() if count != self._told.get(room, (0, 0))}
        dark = [room for room in rooms if ("voice-mail" in rooms[room].lamp) != (counts[room][0] > 0)]
        if not new and not dark:
            return True

        def work(draft: Draft) -> None:
            for room, (unheard, heard) in counts.items():
                draft.set_lamp(room, unheard > 0, "voice-mail")
                if room in new and draft.room(room).occupied:
                    draft.news.append(VoiceMailNews(room=room, unheard=unheard, heard=heard))

        try:
            await self._hotel.change(SYSTEM, work)
        except StorageError as error:  # `run` does it again
            log.error("not-told", error=error)
            self._behind = True
            return False
        self._told = counts
        for room in new:
            self.on_changed(room)
        return True


def _size(ms: int) -> int:
    return ms * BYTES_A_SECOND // 1000
