"""What happened while no agent was there, kept until an agent has it on its own disk.

An entry that stands is followed also after an agent has come: if that agent is gone again before it could write the
call down, the next one still learns how the call ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from firmware.gateway.messages import (
    CallerId,
    Event,
    JournalEntry,
    OffHook,
    OnHook,
    TrunkAnswered,
    TrunkReleased,
    WakeupOutcome,
)
from firmware.log import Log

MAX_BYTES = 96 * 1024
"""The journal travels within one frame of the audit, with everything else."""
_ENTRY_BYTES = 400
"""What an entry takes besides its tag, at most."""
FORGOTTEN_NS = 24 * 3600 * 1_000_000_000
"""So long the outcome of a wake-up is known after an agent has it: longer than any wake-up is lodged beforehand."""
MOST_FORGOTTEN = 512
_NEVER_AGAIN: frozenset[WakeupOutcome | None] = frozenset({"confirmed", "answered"})

log = Log("voice.journal")


class Journal:
    """Entries by their id, oldest first. Times are monotonic nanoseconds of this boot."""

    def __init__(
        self,
        boot: str,
        new_id: Callable[[], str],
        entries: Iterable[JournalEntry] = (),
        utc_ns: Callable[[], int] = lambda: 0,
        forgotten: Iterable[JournalEntry] = (),
    ) -> None:
        """`forgotten`: outcomes of wake-ups which an agent has, and that must not be rung again all the same."""
        self._boot = boot
        self._new_id = new_id
        self._utc_ns = utc_ns
        self._entries = {entry.entry: entry for entry in entries}
        self._forgotten = {entry.entry: entry for entry in forgotten}
        self._over = self._find_over()
        self.changed = False
        self.wakeup_changes = 0
        """Rises with each outcome of a wake-up that is noted."""

    def entries(self) -> tuple[JournalEntry, ...]:
        return tuple(self._entries.values())

    def forgotten(self) -> tuple[JournalEntry, ...]:
        return tuple(self._forgotten.values())

    def wakeups(self) -> dict[str, list[JournalEntry]]:
        """What is known of each wake-up, oldest first: also what an agent has already."""
        found: dict[str, list[JournalEntry]] = {}
        for entry in {**self._forgotten, **self._entries}.values():
            if entry.kind == "wakeup":
                found.setdefault(entry.wakeup, []).append(entry)
        for entries in found.values():
            entries.sort(key=lambda entry: entry.started_ns)
        return found

    def wakeup_over(self, wakeup: str) -> bool:
        """It has been confirmed or answered, and is not rung again."""
        return wakeup in self._over

    def close_orphans(self, now_ns: int) -> None:
        """After a start: calls that stood when the gateway died are lost. What is of another boot ended in it."""
        for entry in self.entries():
            if entry.boot != self._boot:
                entry = self._of_this_boot(entry, now_ns)
            if entry.ended_ns is None:
                entry = msgspec.structs.replace(entry, ended_ns=now_ns, lost=True)
            if entry is not self._entries[entry.entry]:
                self._put(entry)
        for entry in self.forgotten():
            if entry.boot != self._boot:
                self._forgotten[entry.entry] = self._of_this_boot(entry, now_ns)
                self.changed = True

    def _of_this_boot(self, entry: JournalEntry, now_ns: int) -> JournalEntry:
        """Its instants as this boot's monotonic clock would have them: before it began. A call that stood is lost."""
        shift = now_ns - (self._utc_ns() - entry.utc_ns) - entry.started_ns if entry.utc_ns else 0
        last = entry.answered_ns or entry.started_ns
        return msgspec.structs.replace(
            entry,
            boot=self._boot,
            started_ns=entry.started_ns + shift,
            answered_ns=None if entry.answered_ns is None else entry.answered_ns + shift,
            ended_ns=(last if entry.ended_ns is None else entry.ended_ns) + shift,
            lost=entry.lost or entry.ended_ns is None,
        )

    def call_begins(
        self, caller: str, targets: Iterable[str], dialled: str, connection: str, emergency: bool, now_ns: int
    ) -> str:
        """A telephone calls others by the resident plan; the entry's id."""
        return self._add(
            JournalEntry(
                entry=self._new_id(), boot=self._boot, kind="call", endpoints=(caller, *targets), dialled=dialled,
                connection=connection, started_ns=now_ns, emergency=emergency,
            )
        )  # fmt: skip

    def call_in(self, trunk: str, targets: Iterable[str], caller: CallerId | None, connection: str, now_ns: int) -> str:
        """A call comes in on a trunk, and telephones ring for it; the entry's id."""
        return self._add(
            JournalEntry(
                entry=self._new_id(), boot=self._boot, kind="call", endpoints=(trunk, *targets),
                connection=connection, started_ns=now_ns, trunk=trunk, caller=caller,
            )
        )  # fmt: skip

    def placed(self, entry: str, trunk: str) -> None:
        """An emergency call goes out on this trunk, the last one that was tried."""
        known = self._entries.get(entry)
        if known is not None:
            self._put(msgspec.structs.replace(known, trunk=trunk))

    def trunk_taken(self, trunk: str, connection: str | None, tag: bytes, now_ns: int) -> None:
        """A trunk was released for an emergency: its call is over, be it the gateway's own or an agent's."""
        own = [entry for entry in self._standing() if entry.trunk == trunk and not entry.emergency]
        for entry in own:
            self._put(msgspec.structs.replace(entry, ended_ns=now_ns))
        if tag and not own:
            self.left(trunk, connection, tag, now_ns)

    def call_ends(self, entry: str, now_ns: int, no_answer: bool) -> None:
        """The call was given up before anyone answered: by the caller, or because it rang for too long."""
        known = self._entries.get(entry)
        if known is not None and known.ended_ns is None:
            self._put(msgspec.structs.replace(known, ended_ns=now_ns, no_answer=no_answer))

    def left(self, endpoint: str, connection: str | None, tag: bytes, now_ns: int, lost: bool = False) -> None:
        """An endpoint that was in a call of an agent's went on-hook. `tag`: of the connection, or else the endpoint's.

        An endpoint keeps its tag: what it does later, still with the same one, is no news.
        """
        known = ("left", (endpoint,), tag)
        if any((entry.kind, entry.endpoints, entry.tag) == known for entry in self.entries()):
            return
        self._add(
            JournalEntry(
                entry=self._new_id(), boot=self._boot, kind="left", endpoints=(endpoint,), connection=connection,
                tag=tag, started_ns=now_ns, ended_ns=now_ns, lost=lost,
            )
        )  # fmt: skip

    def hung_up(self, event: OnHook | TrunkReleased, connection_tag: bytes) -> None:
        """Note who was in a call of an agent's, where no agent may have seen it.

        A caller whom nobody has answered yet, and a party on hold, may be in no connection: their own tag tells it.
        """
        tag = event.tag if event.connection is None else connection_tag
        if tag:
            self.left(event.endpoint, event.connection, tag, event.at_ns, _failed(event))

    def answered(self, event: TrunkAnswered) -> None:
        """Note who has answered a call out of an agent's, where no agent may have seen it: it may be over by then."""
        if event.tag and not any(entry.trunk == event.endpoint for entry in self._standing()):
            self._add(
                JournalEntry(
                    entry=self._new_id(), boot=self._boot, kind="answered", endpoints=(event.endpoint,), tag=event.tag,
                    started_ns=event.at_ns, answered_ns=event.at_ns, ended_ns=event.at_ns, answered_by=event.by,
                )
            )  # fmt: skip

    def wakeup_ended(
        self,
        wakeup: str,
        endpoints: Iterable[str],
        outcome: WakeupOutcome,
        began_ns: int,
        now_ns: int,
        answered_ns: int | None = None,
        dialled: str = "",
    ) -> str:
        """An attempt of a wake-up has ended, or could not be made; the entry's id."""
        utc_ns = self._utc_ns() - (now_ns - began_ns)
        entry = JournalEntry(
            entry=self._new_id(), boot=self._boot, kind="wakeup", endpoints=tuple(endpoints), dialled=dialled,
            started_ns=began_ns, answered_ns=answered_ns, ended_ns=now_ns, utc_ns=utc_ns, wakeup=wakeup,
            outcome=outcome,
        )  # fmt: skip
        self._put(entry)
        if outcome in _NEVER_AGAIN:
            self._over.add(wakeup)
        self._make_room()
        self.wakeup_changes += 1
        return entry.entry

    def follow(self, event: Event) -> None:
        """Keep the standing calls up to date, whoever has command."""
        if isinstance(event, OffHook) and event.connection is not None:
            for entry in self._standing():
                if entry.connection == event.connection and entry.answered_ns is None:
                    both = (entry.endpoints[0], event.endpoint)
                    self._put(msgspec.structs.replace(entry, answered_ns=event.at_ns, endpoints=both))
        elif isinstance(event, OnHook | TrunkReleased):
            for entry in self._standing():
                if self._ends(entry, event):
                    self._put(msgspec.structs.replace(entry, ended_ns=event.at_ns, lost=_failed(event)))
        elif isinstance(event, TrunkAnswered):
            for entry in self._standing():
                if entry.trunk == event.endpoint:
                    answered_ns = entry.answered_ns or event.at_ns
                    self._put(msgspec.structs.replace(entry, answered_ns=answered_ns, answered_by=event.by))

    def forget(self, entries: Iterable[str]) -> None:
        """An agent has these; those that have ended go."""
        for name in entries:
            entry = self._entries.get(name)
            if entry is not None and entry.ended_ns is not None:
                self._take_out(entry)
                self.changed = True
        self._prune_forgotten()

    def _ends(self, entry: JournalEntry, event: OnHook | TrunkReleased) -> bool:
        """An emergency that goes outside is its caller's to end: another line or reception may take over."""
        outside = entry.emergency and entry.trunk is not None
        if entry.answered_ns is None or outside:
            return event.endpoint == entry.endpoints[0]
        return event.endpoint in entry.endpoints and event.connection == entry.connection

    def _standing(self) -> list[JournalEntry]:
        return [entry for entry in self._entries.values() if entry.kind == "call" and entry.ended_ns is None]

    def _add(self, entry: JournalEntry) -> str:
        self._put(msgspec.structs.replace(entry, utc_ns=self._utc_ns()))
        self._make_room()
        return entry.entry

    def _make_room(self) -> None:
        """The oldest entries that have ended go first; an agent that never comes back must not fill the memory."""
        excess = sum(_ENTRY_BYTES + len(entry.tag) for entry in self._entries.values()) - MAX_BYTES
        for entry in self.entries():
            if excess <= 0:
                return
            if entry.ended_ns is not None:
                self._take_out(entry)
                excess -= _ENTRY_BYTES + len(entry.tag)
                log.error("dropped", entry=entry.entry, kind=entry.kind, began_utc_ns=entry.utc_ns)
                self._prune_forgotten()

    def _take_out(self, entry: JournalEntry) -> None:
        """No agent needs it any more; of a wake-up it is still known whether it may ring."""
        del self._entries[entry.entry]
        if entry.kind == "wakeup":
            self._forgotten[entry.entry] = entry

    def _prune_forgotten(self) -> None:
        newest_ns = max((one.started_ns for one in self._forgotten.values()), default=0)
        oldest_ns = newest_ns - FORGOTTEN_NS
        recent = [one for one in self._forgotten.values() if one.started_ns >= oldest_ns][-MOST_FORGOTTEN:]
        self._forgotten = {one.entry: one for one in recent}
        self._over = self._find_over()

    def _find_over(self) -> set[str]:
        known = (*self._entries.values(), *self._forgotten.values())
        return {entry.wakeup for entry in known if entry.outcome in _NEVER_AGAIN}

    def _put(self, entry: JournalEntry) -> None:
        self._entries[entry.entry] = entry
        self.changed = True


def _failed(event: OnHook | TrunkReleased) -> bool:
    """Nobody has hung up: a port does not work any more."""
    return event.reason == "failed" if isinstance(event, TrunkReleased) else event.failed
