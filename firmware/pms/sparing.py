"""Few lines in the log, however much there is to be said: a noisy cable must not fill the disk."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 20
WITHIN_S = 60.0
"""So many of a kind are said in this time."""


@dataclass(slots=True)
class _Window:
    until: float
    said: int = 1
    left_out: int = 0


class Sparing:
    """What of each kind is said, and what is only counted."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}

    def passes(self, kind: str, now_s: float) -> int | None:
        """None: this one is left out; else how many were, of the same kind, in the time before."""
        window = self._windows.get(kind)
        if window is None or now_s >= window.until:
            self._windows[kind] = _Window(now_s + WITHIN_S)
            return 0 if window is None else window.left_out
        if window.said < MOST:
            window.said += 1
            return 0
        window.left_out += 1
        return None
