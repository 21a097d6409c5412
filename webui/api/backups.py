"""Backups: made nightly and on demand, encrypted to a key whose private half the manager keeps; and put back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Literal, Protocol, TypeAlias

from msgspec import Meta

from firmware.details import Detail
from webui.api.access import GivenPassword
from webui.route import MANAGER, PART, READERS, TECHNICAL, Ask, Download, Many, Route, part_of
from webui.services import Identity, Source
from webui.types import Answer, Request, Stamp

MOST_UPLOADED = 64 << 30
Work: TypeAlias = Literal["backup", "restore"]
PrivateKey = Annotated[str, Meta(max_length=200, description="the private half: AGE-SECRET-KEY-1...")]


class Backup(Answer, frozen=True, kw_only=True):
    """A backup on this box. `on_stick`: the USB stick that is in now has a copy of it."""

    name: str
    made: Stamp
    bytes: int
    on_stick: bool


class Backups(Answer, frozen=True, kw_only=True):
    """How backups stand. `key`: the public half, null: none was made yet, and without it there is no backup.

    `work`: what is being done now; `trouble`: why the last attempt failed, null: it went well; `stick`: whether one is
    in, and `stick_trouble` why it has no copy of the last backup; their details say the same for other languages.
    """

    key: str | None
    at: str
    next: Stamp
    last: Backup | None
    work: Work | None
    trouble: str | None
    trouble_detail: Detail | None = None
    stick: bool
    stick_trouble: str | None
    stick_trouble_detail: Detail | None = None


class NewKey(Request, frozen=True, kw_only=True):
    """`replace`: the key that there is; older backups go on needing the older one. It asks for one's own password."""

    replace: bool = False
    password: GivenPassword | None = None


class KeyPair(Answer, frozen=True, kw_only=True):
    """`private` is told this once, and kept nowhere on the box."""

    public: str
    private: str


class PublicKey(Answer, frozen=True, kw_only=True):
    """To which backups are encrypted; null: no key was made yet."""

    public: str | None


class Uploaded(Answer, frozen=True, kw_only=True):
    """A backup that has arrived, and waits for its key."""

    bytes: int


class Restoring(Request, frozen=True, kw_only=True):
    """`backup`: one on this box; null: what was uploaded last. `password`: one's own, of now."""

    key: PrivateKey
    password: GivenPassword
    backup: str | None = None


class Restored(Answer, frozen=True, kw_only=True):
    """What was found good, and is in force when the supervisor has started again, in some seconds.

    `configuration`: where the backup's is, if it differs from the one in force, which stays; null: it is the same.
    """

    hotel: str
    made: Stamp
    version: str
    configuration: str | None


class BackupService(Protocol):
    """Raises RefusedError and UnavailableError."""

    async def backups(self) -> Sequence[Backup]:
        """The latest first."""
        ...

    async def state(self) -> Backups: ...

    async def begin(self, who: Identity) -> Backups:
        """Make one now; how it ends is told on the feed. Raises RefusedError (no-key, busy)."""
        ...

    async def open(self, name: str, who: Identity) -> tuple[int, AsyncIterator[bytes]]:
        """Its size and its bytes. Raises RefusedError (unknown-backup)."""
        ...

    async def remove(self, name: str, who: Identity) -> None:
        """Raises RefusedError (unknown-backup)."""
        ...

    async def public_key(self) -> str | None: ...

    async def make_key(self, wanted: NewKey, source: Source, who: Identity) -> KeyPair:
        """Raises RefusedError (exists, no-session, wrong-password, too-many-tries)."""
        ...

    async def first_key(self, who: Identity) -> KeyPair | None:
        """For the first manager, who has just set a password; None: there is a key already."""
        ...

    async def upload(self, pieces: AsyncIterator[bytes], who: Identity) -> Uploaded:
        """Raises RefusedError (busy, too-large)."""
        ...

    async def restore(self, wanted: Restoring, source: Source, who: Identity) -> Restored:
        """Raises RefusedError (busy, no-session, wrong-password, too-many-tries, unknown-backup, bad-key, bad-backup).

        Refused, it has changed nothing.
        """
        ...


async def backups(ask: Ask) -> Many:
    return part_of(await ask.services.backups.backups(), ask.query.part())


async def state(ask: Ask) -> Backups:
    return await ask.services.backups.state()


async def make_backup(ask: Ask) -> Backups:
    return await ask.services.backups.begin(ask.who)


async def download_backup(ask: Ask) -> Download:
    name = ask.path["name"]
    return Download(name, *await ask.services.backups.open(name, ask.who))


async def remove_backup(ask: Ask) -> None:
    await ask.services.backups.remove(ask.path["name"], ask.who)


async def backup_key(ask: Ask) -> PublicKey:
    return PublicKey(public=await ask.services.backups.public_key())


async def make_backup_key(ask: Ask) -> KeyPair:
    return await ask.services.backups.make_key(ask.body, ask.source, ask.who)


async def upload_backup(ask: Ask) -> Uploaded:
    return await ask.services.backups.upload(ask.body, ask.who)


async def restore(ask: Ask) -> Restored:
    return await ask.services.backups.restore(ask.body, ask.source, ask.who)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/backups", backups, "The backups on this box, latest first", TECHNICAL, Backup, True, query=PART),
    Route(
        "POST", "/backups", make_backup, "Make a backup now; the feed's topic `backup` tells how it ends", TECHNICAL,
        Backups, status=202, refusals=(409,),
    ),
    Route("GET", "/backups/state", state, "Key, last and next backup, USB stick, what is being done", READERS, Backups),
    Route("GET", "/backups/key", backup_key, "The public half of the key of backups", TECHNICAL, PublicKey),
    Route(
        "POST", "/backups/key", make_backup_key, "Make the key of backups; its private half is answered this once",
        MANAGER, KeyPair, body=NewKey, status=201, refusals=(409,),
    ),
    Route(
        "GET", "/backups/{name}", download_backup, "A backup, as it is: encrypted", TECHNICAL,
        gives="application/octet-stream", refusals=(404,),
    ),
    Route(
        "DELETE", "/backups/{name}", remove_backup, "Delete a backup of this box", MANAGER, status=204,
        refusals=(404,),
    ),
    Route(
        "PUT", "/restore/upload", upload_backup, "Bring a backup to this box, to be restored", MANAGER, Uploaded,
        takes="application/octet-stream", streamed=True, most_bytes=MOST_UPLOADED, refusals=(409,),
    ),
    Route(
        "POST", "/restore", restore,
        "Check a backup through and put it in force: all is as it was then, and everybody logs in again", MANAGER,
        Restored, body=Restoring, status=202, refusals=(404, 409),
    ),
)  # fmt: skip
