"""The files of prompts: a site's own goes before the product's, and what lies there unchanged is not read again."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

from firmware.log import Log

log = Log("voice.prompts")


@dataclass(frozen=True, slots=True)
class Stamp:
    """By what a file that was replaced is known."""

    path: Path
    inode: int
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as it was read."""

    stamp: Stamp
    audio: bytes
    """Law bytes of the highway."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A prompt that is to be heard: the places where it may lie, the first of which counts, and what is held of it."""

    places: tuple[Path, ...]
    held: Prompt | None


Convert: TypeAlias = Callable[[bytes], bytes]
Found: TypeAlias = Sequence[Prompt | None]
"""For each prompt that was wanted what lies there now, which is `held` itself if that is the same; None: nothing."""


class Loader(Protocol):
    """Has prompts looked up on the disk thread; `done` is called in the core, with None if it cannot be done at all."""

    def find(self, wanted: Sequence[Wanted], limit: int, done: Callable[[Found | None], None]) -> None:
        """`limit`: so many bytes in all; a prompt that would be too much is left out."""
        ...


def find_prompts(wanted: Sequence[Wanted], limit: int, convert: Convert) -> list[Prompt | None]:
    """See `Loader`. What is not there, or cannot be read, is left out and logged."""
    found: list[Prompt | None] = []
    for one in wanted:
        prompt = _find(one, limit, convert)
        limit -= len(prompt.audio) if prompt is not None else 0
        found.append(prompt)
    return found


def _find(wanted: Wanted, limit: int, convert: Convert) -> Prompt | None:
    for path in wanted.places:
        try:
            return _read(path, wanted.held, limit, convert)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning("unreadable", path=path, why=error)
    log.warning("missing", path=wanted.places[-1])
    return None


def _read(path: Path, held: Prompt | None, limit: int, convert: Convert) -> Prompt:
    """Raises OSError, also for a file that is empty or too large."""
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        stamp = Stamp(path, facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if not 0 < facts.st_size <= limit:
            raise OSError(f"{facts.st_size} bytes; 1 to {limit} can be played")
        return held if held is not None and held.stamp == stamp else Prompt(stamp, convert(file.read(limit)))
