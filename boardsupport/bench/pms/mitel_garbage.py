"""Broken Mitel frames, reproducible by their seed: none of them is a message that would change anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from boardsupport.bench.pms.mitel_turns import ENQ, ETX, STX

WRONG: Final = (
    b"CHK3 %5b", b"CHK  %5b", b"CHK", b"CHK1", b"NAM9 GARBAGE              %5b", b"NAM1 ", b"RSTX %5b", b"MW 5 %5b",
    b"MW  %5b", b"WKP2561%5b", b"WKP07%%%5b", b"DND7 %5b", b"STS", b"ZZZ1 %5b", b"?", b"",
)  # fmt: skip


def make(seed: int, frames: int, longest: int, rooms: Sequence[bytes]) -> bytes:
    """So many broken frames, noise up to `longest` bytes long; `rooms` are named in some of them."""
    chance = Random(seed)
    kinds: list[Callable[[Random, int, Sequence[bytes]], bytes]] = [_noise, _framed_noise, _truncated, _wrong]
    return b"".join(chance.choice(kinds)(chance, longest, rooms) for _ in range(frames))


def _noise(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    """Bytes between frames, control characters among them."""
    return chance.randbytes(chance.randint(1, longest)).translate(None, delete=bytes([STX, ETX]))


def _framed_noise(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    return bytes([ENQ, STX]) + _noise(chance, longest, rooms) + bytes([ETX])


def _truncated(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    """The beginning of a good message; the next frame begins before it has ended."""
    text = b"CHK1 %5b" % chance.choice(rooms)
    return bytes([ENQ, STX]) + text[: chance.randint(1, len(text))] + bytes([STX])


def _wrong(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    text = chance.choice(WRONG)
    body = text % chance.choice(rooms) if b"%" in text else text
    return bytes([ENQ, STX]) + body + bytes([ETX])
