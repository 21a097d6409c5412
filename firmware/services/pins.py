"""Staff PINs: who may do what from a telephone, and the telephones at which somebody has been guessing."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Literal, Protocol

import msgspec
from msgspec.structs import replace

from firmware import passwords
from firmware.clock import Clock
from firmware.errors import Limit, RefusedError
from firmware.hotel.service import By
from firmware.log import Log
from firmware.services.model import (
    LEAST_PIN,
    MOST_LOCK_MINUTES,
    MOST_PIN,
    MOST_STAFF_NAME,
    PinLock,
    PinSettings,
    Right,
    StaffPin,
)
from firmware.services.ports import Alarms, Store
from firmware.store import Repositories, StorageError

MOST_WRONG, MOST_WRONG_AT_ALL = 3, 10
"""So many wrong PINs in a row lock a telephone, and so many with right ones between: somebody guesses another's."""
WITHIN = timedelta(hours=1)
SESSION_S = 900.0
MOST_SESSIONS = 200
LOOK_EVERY_S = 20.0
SYSTEM = By("staff PINs", "system")
"""Who unlocks a telephone when its time is over."""
PIN_LOCK = "pin-lock"
"""Alarm kind; the subject is the telephone's extension."""
SETTINGS, SALT = "staff-pins", "staff-pin-salt"
_PIN = re.compile(rf"[0-9]{{{LEAST_PIN},{MOST_PIN}}}\Z")
_NAME = re.compile(rf"[^\x00-\x1f\x7f]{{1,{MOST_STAFF_NAME}}}\Z")
_DIGITS = Limit("digits", LEAST_PIN, MOST_PIN)

log = Log("pins")


class Hashing(Protocol):
    """Does work that takes long in a thread."""

    def __call__(self, work: Callable[[str, bytes], str], pin: str, salt: bytes, /) -> Awaitable[str]: ...


class LockNote(Protocol):
    async def __call__(self, by: By, action: str, extension: str, /) -> None:
        """Into the audit."""
        ...


class PinService:
    """Raises StorageError where the store cannot do what it must: nobody gets in then.

    `emergency`: numbers that are dialled at any moment, so that no PIN may begin with one.
    """

    def __init__(
        self,
        store: Store,
        alarms: Alarms,
        clock: Clock,
        note: LockNote,
        hashing: Hashing = asyncio.to_thread,
        emergency: Collection[str] = (),
    ) -> None:
        self._emergency = tuple(emergency)
        self._store = store
        self._alarms = alarms
        self._clock = clock
        self._note = note
        self._hash = hashing
        self._turn = asyncio.Lock()
        """One PIN at a time: each counts before the next is looked at."""
        self._sessions: OrderedDict[str, tuple[str, float]] = OrderedDict()
        """Dialogue to who has said his PIN in it, and until when that counts."""
        self.on_changed: Callable[[], None] = lambda: None
        """Told when a telephone has been locked or unlocked."""

    # -------------------------------------------------------------------------------------------------------- people

    async def people(self) -> list[StaffPin]:
        """By name."""
        return await self._store.do(lambda kept: kept.pins.all())

    async def put(self, name: str, pin: str | None, rights: Collection[Right]) -> StaffPin:
        """A person, new or as he is from now on; `pin` None: he keeps his.

        Raises RefusedError (bad-value, emergency, taken).
        """
        if not _NAME.match(name):
            text, limit = f"a name has 1 to {MOST_STAFF_NAME} characters", Limit("name", 1, MOST_STAFF_NAME)
            raise RefusedError("bad-value", text, "name", limit=limit)
        if pin is not None and not _PIN.match(pin):
            raise RefusedError("bad-value", f"a PIN has {LEAST_PIN} to {MOST_PIN} digits", "pin", limit=_DIGITS)
        if pin is not None and pin.startswith(self._emergency):
            raise RefusedError("emergency", "a PIN does not begin with an emergency number", "pin")
        digest = None if pin is None else await self._hash(passwords.pin_digest, pin, await self._salt())
        fresh = StaffPin(name=name, digest=digest or "", rights=frozenset(rights), created=self._clock.utc())

        def work(kept: Repositories) -> StaffPin:
            former = next((other for other in kept.pins.all() if other.name == name), None)
            if digest is None and former is None:
                raise RefusedError("bad-value", f"{name} has no PIN yet", "pin", limit=_DIGITS)
            wanted = fresh if former is None else replace(fresh, created=former.created)
            wanted = wanted if digest is not None or former is None else replace(wanted, digest=former.digest)
            kept.pins.put(wanted)
            return wanted

        return await self._store.do(work)

    async def remove(self, name: str) -> None:
        """Raises RefusedError (unknown-name)."""
        if not await self._store.do(lambda kept: kept.pins.remove(name)):
            raise RefusedError("unknown-name", f"nobody of the name {name} has a PIN", "name")

    async def settings(self) -> PinSettings:
        return await self._store.do(_settings)

    async def set_settings(self, wanted: PinSettings) -> None:
        """Counts for locks to come. Raises RefusedError (bad-value)."""
        if wanted.lock_minutes is not None and not 1 <= wanted.lock_minutes <= MOST_LOCK_MINUTES:
            text = f"1 to {MOST_LOCK_MINUTES} minutes, or null: until it is unlocked"
            raise RefusedError("bad-value", text, "lock_minutes", limit=Limit("whole-number", 1, MOST_LOCK_MINUTES))
        await self._store.do(lambda kept: kept.settings.put(SETTINGS, msgspec.to_builtins(wanted)))

    # --------------------------------------------------------------------------------------------------------- locks

    async def locks(self) -> list[PinLock]:
        """Telephones whose staff codes are locked now, by extension."""
        now = self._clock.utc()
        return [lock for lock in await self._store.do(lambda kept: kept.pins.locks()) if lock.stands(now)]

    async def unlock(self, extension: str) -> None:
        """Raises RefusedError (not-locked)."""
        if not await self._store.do(lambda kept: kept.pins.unlock(extension)):
            raise RefusedError("not-locked", f"the staff codes of {extension} are not locked", "extension")
        await self._alarms.clear(PIN_LOCK, extension)
        log.info("unlocked", extension=extension)
        self.on_changed()

    async def run(self) -> None:
        """End the locks that have run out, until cancelled."""
        while True:
            try:
                await self.end_locks()
            except StorageError as error:
                log.error("locks-not-ended", error=error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def end_locks(self) -> None:
        now = self._clock.utc()
        for lock in await self._store.do(lambda kept: kept.pins.locks()):
            if not lock.stands(now):
                await self.unlock(lock.extension)
                await self._note(SYSTEM, "staff-codes-unlocked", lock.extension)

    # ---------------------------------------------------------------------------------------------------------- calls

    async def check(self, dialogue: str, extension: str, pin: str) -> Literal["ok", "wrong", "locked"]:
        """Somebody has said a PIN at this telephone; a right one counts for the rest of that dialogue."""
        async with self._turn:
            if extension in [lock.extension for lock in await self.locks()]:
                return "locked"
            now = self._clock.utc()
            in_a_row, at_all = await self._store.do(lambda kept: kept.pins.try_begins(extension, now, now - WITHIN))
            may = in_a_row <= MOST_WRONG and at_all <= MOST_WRONG_AT_ALL
            found = await self._find(pin) if may else None
            if found is not None:
                await self._store.do(lambda kept: kept.pins.try_was_right(extension))
                self._open(dialogue, found.name)
                return "ok"
            log.warning("wrong-pin", extension=extension, in_a_row=in_a_row, at_all=at_all)
            if in_a_row < MOST_WRONG and at_all < MOST_WRONG_AT_ALL:
                return "wrong"
            await self._lock(extension)
            return "locked"

    async def who(self, dialogue: str, right: Right) -> StaffPin | None:
        """Who has said his PIN in this dialogue, if he may do this still."""
        name, until = self._sessions.get(dialogue, ("", 0.0))
        if self._clock.monotonic() >= until:
            return None
        pin = next((pin for pin in await self.people() if pin.name == name), None)
        return pin if pin is not None and right in pin.rights else None

    async def _find(self, pin: str) -> StaffPin | None:
        if not _PIN.match(pin):
            return None
        digest = await self._hash(passwords.pin_digest, pin, await self._salt())
        return await self._store.do(lambda kept: kept.pins.of(digest))

    async def _lock(self, extension: str) -> None:
        now = self._clock.utc()

        def work(kept: Repositories) -> None:
            minutes = _settings(kept).lock_minutes
            until = None if minutes is None else now + timedelta(minutes=minutes)
            kept.pins.lock(PinLock(extension=extension, since=now, until=until))

        await self._store.do(work)
        text = f"wrong PINs at telephone {extension}: its staff codes are locked"
        await self._alarms.raise_alarm(PIN_LOCK, extension, text)
        await self._note(By(extension, "keypad"), "staff-codes-locked", extension)
        self.on_changed()

    def _open(self, dialogue: str, name: str) -> None:
        self._sessions[dialogue] = (name, self._clock.monotonic() + SESSION_S)
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)

    async def _salt(self) -> bytes:
        fresh = secrets.token_hex(16)

        def work(kept: Repositories) -> str:
            salt = kept.settings.get(SALT)
            if salt is None:
                kept.settings.put(SALT, fresh)
            return str(salt or fresh)

        return bytes.fromhex(await self._store.do(work))


def _settings(kept: Repositories) -> PinSettings:
    try:
        return msgspec.convert(kept.settings.get(SETTINGS) or {}, PinSettings)
    except msgspec.ValidationError as error:
        raise StorageError(f"the stored setting {SETTINGS} is not usable: {error}") from error
