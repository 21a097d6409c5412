"""A caller-id receiver of its own: correlation at mark and space, start-stop words, sum check. Nothing of spandsp."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.unit.dsp.signals import RATE, Samples

BAUD = 1200
MODEMS = {"bellcore": (1200.0, 2200.0), "etsi": (1300.0, 2100.0)}
"""Mark and space, in Hz: Bell 202 and V.23."""


@dataclass
class Burst:
    seizure_bits: int
    mark_bits: int
    kind: int
    fields: list[tuple[int, bytes]]
    body: bytes


def discriminate(samples: Samples, standard: str) -> Samples:
    """Positive at mark, negative at space."""
    window = RATE // BAUD
    time = np.arange(len(samples)) / RATE
    powers = []
    for hz in MODEMS[standard]:
        turned = samples * np.exp(-2j * np.pi * hz * time)
        powers.append(np.abs(np.convolve(turned, np.ones(window), "same")) ** 2)
    return powers[0] - powers[1]


def receive(samples: Samples, standard: str) -> Burst:
    marks = discriminate(samples, standard) > 0
    changes = np.flatnonzero(np.diff(marks.astype(int))) + 1
    bit = RATE / BAUD
    # The longest mark of the burst's first half ends the seizure; the first start bit ends it.
    lengths = np.diff(changes) / bit
    longest = int(np.argmax(lengths[: int(len(lengths) * 0.95)]))
    words = _words(marks, int(changes[longest + 1]))
    kind, length = words[0], words[1]
    assert sum(words[: length + 3]) % 256 == 0, "sum check"
    body = bytes(words[2 : 2 + length])
    return Burst(longest, round(float(lengths[longest])), kind, _fields(body) if kind & 0x80 else [], body)


def _words(marks: np.ndarray, start: int) -> list[int]:
    bit = RATE / BAUD
    words: list[int] = []
    at = float(start)
    while at + 10 * bit < len(marks):
        cells = [bool(marks[int(at + (number + 0.5) * bit)]) for number in range(10)]
        if cells[0] or not cells[9]:
            break
        words.append(sum(cell << number for number, cell in enumerate(cells[1:9])))
        # Each word is timed from its own start bit.
        later = np.flatnonzero(~marks[int(at + 9.3 * bit) :])
        if not len(later):
            break
        at = int(at + 9.3 * bit) + float(later[0])
    return words


def _fields(body: bytes) -> list[tuple[int, bytes]]:
    fields = []
    while body:
        kind, length = body[0], body[1]
        fields.append((kind, body[2 : 2 + length]))
        body = body[2 + length :]
    return fields
