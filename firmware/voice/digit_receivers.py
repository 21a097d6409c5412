"""The DTMF receivers: each is on for a collection, for a recording that any digit ends, or for both."""

from __future__ import annotations

from typing import Protocol


class ReceiverMedia(Protocol):
    """What is asked of `surroundings.Media`."""

    def receive_digits(self, index: int, enabled: bool, dial_tone: bool) -> None: ...


class DigitReceivers:
    """Of all endpoints, by index."""

    def __init__(self, media: ReceiverMedia) -> None:
        self._media = media
        self._collecting: dict[int, bool] = {}
        """With whether dial tone is on the line."""
        self._recording: set[int] = set()

    def collect(self, index: int, enabled: bool, dial_tone: bool) -> None:
        """A collection begins, or goes on; not `enabled`: it is over."""
        if enabled:
            self._collecting[index] = dial_tone
        else:
            self._collecting.pop(index, None)
        self._switch(index)

    def record(self, index: int, enabled: bool) -> None:
        """A recording that a digit ends begins, or is over."""
        if enabled:
            self._recording.add(index)
        else:
            self._recording.discard(index)
        self._switch(index)

    def _switch(self, index: int) -> None:
        wanted = index in self._collecting or index in self._recording
        self._media.receive_digits(index, wanted, self._collecting.get(index, False))
