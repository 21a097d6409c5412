"""What lies in the data directory, and which of it is in a backup: one table."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

Fate: TypeAlias = Literal["kept", "derived", "never"]
"""kept: in the backup; derived: the product makes it again; never: of this box and this moment, or a copy."""
Kind: TypeAlias = Literal["database", "file", "directory"]

CONFIGURATION = "hotel.toml"
"""In the backup; the data directory itself has only a copy, of the configuration in force, in `run`."""
RESTORED_CONFIGURATION = "restored-hotel.toml"
PUBLIC_KEY = "backup-key.pub"
BACKUPS, RESTORE = "backups", "restore"


@dataclass(frozen=True, slots=True)
class Place:
    """`path`: from the data directory, as fnmatch has it; a directory stands for all that is in it."""

    path: str
    kind: Kind
    fate: Fate
    what: str


PLACES: tuple[Place, ...] = (
    Place("nightporter.db", "database", "kept", "rooms, guests, wake-ups, charges, records, people, what is owed"),
    Place("audit.db", "database", "kept", "the audit"),
    Place(PUBLIC_KEY, "file", "kept", "to whom backups are encrypted"),
    Place("prompts/site", "directory", "kept", "the site's own recordings"),
    Place("prompts/mail", "directory", "kept", "voice mail and greetings"),
    Place("recordings", "directory", "kept", "voice mail that has just been spoken, with its notes"),
    Place("menus", "directory", "kept", "the site's own menus"),
    Place("tls", "directory", "kept", "certificates of the page, with their keys"),
    Place("prompts", "directory", "derived", "what is spoken is made of its texts, once for each data directory"),
    Place("voice", "directory", "derived", "plan and wake-ups are lodged anew, lines are calibrated anew; the journal "
          "is taken over by the supervisor at once, and one of another box would be of no use"),
    Place("copies", "directory", "derived", "the last good copies of the databases"),
    Place("*.db-wal", "file", "derived", "part of an open database, and in its snapshot"),
    Place("*.db-shm", "file", "derived", "part of an open database"),
    Place("run", "directory", "never", "who runs, sockets, state; the configuration in force is kept from here"),
    Place(BACKUPS, "directory", "never", "a backup has no backups in it"),
    Place(RESTORE, "directory", "never", "a backup on its way back"),
    Place(RESTORED_CONFIGURATION, "file", "never", "the configuration of the backup that was restored here"),
    Place("*.db.damaged-*", "file", "never", "a damaged database that was set aside for a person"),
    Place("*.again", "file", "never", "a database that was being replaced"),
)  # fmt: skip
"""The first that fits holds."""
KEPT = tuple(place for place in PLACES if place.fate == "kept")
UNITS = (*(place.path for place in KEPT), RESTORED_CONFIGURATION)
"""What a restore puts in place, each by a rename."""
GIVES_WAY = ("nightporter.db-wal", "nightporter.db-shm", "audit.db-wal", "audit.db-shm", "copies")
"""What belongs to the databases that a restore replaces."""


def place_of(path: str) -> Place | None:
    """The row of a file, its path as from the data directory; None: nobody knows it, and it is in no backup."""
    return next((place for place in PLACES if _fits(place, PurePosixPath(path))), None)


def may_be_in_backup(path: str) -> bool:
    """Whether a backup can have a file of this path: any other has been made by somebody else."""
    parts = path.split("/")
    if not path.isprintable() or "\\" in path or any(part in ("", ".", "..") for part in parts):
        return False
    place = place_of(path)
    is_kept = place is not None and place.fate == "kept" and (place.kind != "directory" or path != place.path)
    return path == CONFIGURATION or is_kept


def _fits(place: Place, path: PurePosixPath) -> bool:
    if place.kind == "directory":
        return path.is_relative_to(place.path)
    return fnmatchcase(str(path), place.path)
