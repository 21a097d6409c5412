"""Caller-id receivers of many on-hook telephones: only those are fed whose line is in on-hook transmission.

Sound is kept while it lasts, and understood when it has ended (a pause, or the end of transmission); at most one burst
is decoded per block, so that many telephones at once do not delay the bench's clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.dtmf_receiver import receive_dtmf
from boardsupport.bench.fsk_receiver import CallerId, MessageLamp, Received, receive_fsk

__all__ = ["CallerId", "CallerIdBank", "MessageLamp", "Received"]

_BLOCK: Final = 80
_SOUND: Final = 50.0**2  # mean square of int16 samples, about -50 dBm0
_PAUSE_BLOCKS: Final = 12  # DTMF digits of one message are nearer to each other
_LONGEST_BLOCKS: Final = 400
_SHORTEST_BLOCKS: Final = 10


@dataclass(slots=True)
class _Burst:
    blocks: list[NDArray[np.float32]] = field(default_factory=list)
    quiet: int = 0


class CallerIdBank:
    """Receivers of `n` telephones. Not thread-safe."""

    def __init__(self, n: int) -> None:
        self._bursts: list[_Burst | None] = [None] * n
        self._received: list[list[Received]] = [[] for _ in range(n)]
        self._ended: deque[tuple[int, NDArray[np.float32]]] = deque()
        self.not_understood = [0] * n

    def feed(self, samples: NDArray[np.int16], listening: NDArray[np.bool_]) -> None:
        """Take 10 ms of all telephones: int16 (n, 80), and whose line is in on-hook transmission (n)."""
        for i in np.flatnonzero(listening).tolist():
            self._listen(i, samples[i].astype(np.float32))
        for i, burst in enumerate(self._bursts):
            if burst is not None and (not listening[i] or burst.quiet >= _PAUSE_BLOCKS):
                self._end(i, burst)
        if self._ended:
            self._decode(*self._ended.popleft())

    def take(self, i: int) -> list[Received]:
        """What telephone `i` received since the last call."""
        received, self._received[i] = self._received[i], []
        return received

    def reset(self, i: int) -> None:
        """Forget a burst that lasts (the handset was lifted)."""
        self._bursts[i] = None
        self._received[i] = []
        self._ended = deque(item for item in self._ended if item[0] != i)

    def _listen(self, i: int, block: NDArray[np.float32]) -> None:
        burst = self._bursts[i]
        sounds = float(block @ block) > _SOUND * _BLOCK
        if burst is None:
            if not sounds:
                return
            burst = self._bursts[i] = _Burst()
        burst.blocks.append(block)
        burst.quiet = 0 if sounds else burst.quiet + 1
        if len(burst.blocks) > _LONGEST_BLOCKS:
            self._end(i, burst)

    def _end(self, i: int, burst: _Burst) -> None:
        self._bursts[i] = None
        if len(burst.blocks) - burst.quiet >= _SHORTEST_BLOCKS:
            self._ended.append((i, np.concatenate(burst.blocks)))

    def _decode(self, i: int, samples: NDArray[np.float32]) -> None:
        received = receive_fsk(samples) or receive_dtmf(samples)
        if received is None:
            self.not_understood[i] += 1
        else:
            self._received[i].append(received)
