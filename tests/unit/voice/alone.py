"""A gateway that serves by its resident plan: the rig's events go there, and its orders come back."""

from __future__ import annotations

from itertools import count

from boardsupport.port import Lifted
from firmware.gateway.messages import Event, JournalEntry, ResidentPlan
from firmware.voice.journal import Journal
from firmware.voice.resident import Resident
from firmware.voice.survival import GatewayView
from firmware.voice.wakeups import Wakeups
from tests.unit.voice.rig import Rig


class Alone:
    """A rig whose events go to the resident plan."""

    def __init__(self, plan: ResidentPlan, rig: Rig) -> None:
        ids = count(1)
        self.rig = rig
        self.journal = Journal("boot", lambda: f"e{next(ids)}")
        wakeups = Wakeups(self.rig.gateway, self.journal, lambda action: None)
        self.view = GatewayView(self.rig.gateway, wakeups)
        self.resident = Resident(plan, self.view, self.journal, lambda: f"id{next(ids)}")

    def begin(self, lost: tuple[tuple[Event, bytes], ...] = ()) -> None:
        self.rig.do(*self.resident.begin(self.view.found(), lost, self.rig.now))
        self.settle()

    def settle(self) -> None:
        for occurrence in self.rig.gateway.occurrences():
            self.journal.follow(occurrence.event)
            self.rig.do(*self.resident.handle(occurrence.event, occurrence.connection_tag, self.rig.now))

    def lift(self, port: str) -> None:
        self.rig.line(port, Lifted(self.rig.now, ringing=self.rig.state(port).ringing))
        self.settle()

    def replace(self, port: str) -> None:
        self.rig.replace(port)
        self.settle()

    def dial(self, port: str, digits: str) -> None:
        self.rig.line_digits(port, digits)
        self.settle()

    def wait(self, seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            self.rig.gateway.now_ns += 100_000_000
            self.rig.gateway.expire()
            self.settle()
            self.rig.do(*self.resident.tick(self.rig.now))
        self.settle()

    def tone(self, port: str) -> str | None:
        signal = self.rig.state(port).signal
        return signal.tone if signal is not None else None

    def entry(self) -> JournalEntry:
        (entry,) = self.journal.entries()
        return entry
