"""Has the journal written when it has changed, and says when what somebody waits for is on the disk."""

from __future__ import annotations

from collections.abc import Callable

from firmware.voice.journal import Journal
from firmware.voice.keeping import Keeping

KEEP_AGAIN_NS = 5_000_000_000
"""After the disk has refused the journal, until the next try."""


class JournalWriter:
    """One writing at a time, so that what follows it is known to be newer. Driven by the core's turns."""

    def __init__(self, journal: Journal, keeping: Keeping) -> None:
        self._journal = journal
        self._keeping = keeping
        self._waiting: list[Callable[[], None]] = []
        self._writing = False
        self._due_ns = 0
        self._forgotten = journal.forgotten()
        """As it is on the disk."""

    def when_kept(self, action: Callable[[], None]) -> None:
        """Have this called, in a later turn, when the journal as it is now is on the disk.

        A disk that refuses keeps nobody waiting: a guest is not left in silence for it.
        """
        self._waiting.append(action)

    def step(self, now_ns: int) -> None:
        """Write if there is something to write; a disk that is full may have room again later."""
        if self._writing:
            return
        if self._journal.changed and now_ns >= self._due_ns:
            self._write(now_ns)
        else:
            self._call(self._take())

    def close(self) -> None:
        """The process ends: what is not written yet is, without waiting for what the disk does now."""
        if self._journal.changed:
            self._write(0)

    def _write(self, now_ns: int) -> None:
        journal, waiting = self._journal, self._take()

        def done(kept: bool) -> None:
            self._writing = False
            if not kept:
                journal.changed, self._due_ns, self._forgotten = True, now_ns + KEEP_AGAIN_NS, ()
            self._call(waiting)

        journal.changed, self._writing = False, True
        if (forgotten := journal.forgotten()) != self._forgotten:
            self._forgotten = forgotten
            self._keeping.keep_forgotten(forgotten)
        self._keeping.keep_journal(journal.entries(), done)

    def _take(self) -> list[Callable[[], None]]:
        waiting, self._waiting = self._waiting, []
        return waiting

    def _call(self, actions: list[Callable[[], None]]) -> None:
        for action in actions:
            action()
