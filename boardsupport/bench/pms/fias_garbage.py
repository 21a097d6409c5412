"""Broken FIAS frames, reproducible by their seed: none of them is a record that would change anything.

Every frame that is closed also has a beginning of its own, so what was left open before it never becomes a record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from boardsupport.bench.pms.fias_frames import ETX, STX, check_byte

UNKNOWN_IDS: Final = (b"ZZ", b"Q1", b"gi", b"??", b"G", b"", b"MW", b"WK")
WRONG: Final = (
    b"GI|RN%s", b"GI||||", b"GI|G#1|GNX|", b"GI|RN|G#1|GSN|GNX|", b"WR|RN%s|DA269931|TI070000|", b"WR|RN%s|DA260312|",
    b"WR|RN%s|DA260312|TI256100|", b"WR|RN%s|", b"RE|RN|MLY|", b"RE|MLY|", b"GC|GSN|GNX|", b"GO|GSN|", b"PA|ASOK|P#0|",
    b"PA|", b"XL|MTtext|", b"LR|RIGI|FLRN|", b"GI|RN%s|G#", b"R|E|RN%s|",
)  # fmt: skip
"""Records that lack what they need, or hold what can't be. Those that end in a room are cut off inside their frame."""
CUT: Final = frozenset({b"GI|RN%s", b"GI|RN%s|G#"})


def make(seed: int, frames: int, longest: int, rooms: Sequence[bytes], serial: bool) -> bytes:
    """So many broken frames of up to `longest` bytes; `rooms` are named in some of them."""
    chance = Random(seed)
    kinds: list[Callable[[Random, int, Sequence[bytes]], bytes]] = [_noise, _framed_noise, _truncated, _wrong, _unknown]
    out = bytearray()
    for _ in range(frames):
        piece = chance.choice(kinds)(chance, longest, rooms)
        out += piece
        if serial and piece.endswith(bytes([ETX])):
            good = check_byte(piece[1:-1])
            out.append(good if chance.random() < 0.5 else good ^ chance.randrange(1, 128))
    return bytes(out)


def _noise(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    """Bytes between frames."""
    data = chance.randbytes(chance.randint(1, longest))
    return data.translate(None, delete=bytes([STX, ETX]))


def _framed_noise(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    return bytes([STX]) + _noise(chance, longest, rooms) + bytes([ETX])


def _truncated(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    """The beginning of a good record; the next frame begins before it has ended."""
    record = b"GI|RN%s|G#88120|GSN|GNGarbage|" % chance.choice(rooms)
    return bytes([STX]) + record[: chance.randint(1, min(longest, len(record)))] + bytes([STX])


def _wrong(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    text = chance.choice(WRONG)
    body = text % chance.choice(rooms) if b"%s" in text else text
    return bytes([STX]) + body + (b"" if text in CUT else bytes([ETX]))


def _unknown(chance: Random, longest: int, rooms: Sequence[bytes]) -> bytes:
    kind = chance.choice(UNKNOWN_IDS)
    return bytes([STX]) + kind + b"|RN" + chance.choice(rooms) + b"|GNGarbage|" + bytes([ETX])
