"""A guest who is woken: lifts and presses 1, lifts and presses nothing, or sleeps on; and what he has noticed."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress
from typing import Literal, TypeAlias

from tests.audio import RATE_HZ, likeness, read_wav
from tests.clients import Bench, RequestError

Manner: TypeAlias = Literal["presses", "lifts", "sleeps"]
MANNERS: tuple[Manner, ...] = ("presses", "presses", "presses", "lifts", "sleeps")
LOOK_EVERY_S = 0.15
"""A burst of the bell is longer by far."""
LIFTS_AFTER_S, PRESSES_AFTER_S, LIES_S = (0.1, 4.0), (0.2, 4.0), (0.5, 5.0)
LISTENS_S = 4.0
THANKED_S = 0.4
"""Who has heard so much of the thanks has been told."""
ALIKE = 0.9
EARLY_S = 0.3
"""The wall clock is read before the telephone is looked at."""


class Sleeper:
    """`thanks`: the WAV of what is spoken after key 1."""

    def __init__(self, bench: Bench, phone: int, manner: Manner, chance: random.Random, thanks: bytes) -> None:
        self.manner = manner
        self.rings = 0
        self.pressed = self.thanked = False
        self._bench = bench
        self._phone = phone
        self._chance = chance
        self._thanks = read_wav(thanks)[: round(THANKED_S * RATE_HZ)]
        self._events: list[str] = []

    def __str__(self) -> str:
        return f"{self.manner}: {' '.join(self._events)}"

    def live(self, due: float, end: threading.Event) -> list[str]:
        """Until `end`; what ought not to have been. `due`: by the wall clock."""
        faults: list[str] = []
        rang = False
        while not end.wait(LOOK_EVERY_S):
            now, rings = time.time(), bool(self._bench.phone(self._phone)["ringing"])
            if rings and not rang:
                self._note(now - due, "rings")
                self.rings += 1
                if self.thanked:
                    faults.append(f"telephone {self._phone} rings again, {self}")
                if now < due - EARLY_S:
                    faults.append(f"telephone {self._phone} rings before its time, {self}")
            rang = rings
            if rings and not self.thanked and self.manner != "sleeps":
                end.wait(self._chance.uniform(*LIFTS_AFTER_S))
                self._answer(due)
                rang = False
        return faults

    def _answer(self, due: float) -> None:
        """The bell may have fallen silent meanwhile: then nobody asks for a key."""
        self._bench.off_hook(self._phone)
        self._note(time.time() - due, "lifts")
        if self.manner == "presses":
            time.sleep(self._chance.uniform(*PRESSES_AFTER_S))  # the guest's own time
            self._press(due)
        else:
            time.sleep(self._chance.uniform(*LIES_S))
        self._bench.on_hook(self._phone)
        self._note(time.time() - due, "replaces")

    def _press(self, due: float) -> None:
        self.pressed = True
        self._note(time.time() - due, "presses")
        with suppress(RequestError):
            self._bench.dial(self._phone, "1", on_ms=100, off_ms=50)
        until = time.monotonic() + LISTENS_S
        while not self.thanked and time.monotonic() < until:
            time.sleep(LOOK_EVERY_S)
            self.thanked = self._hears_thanks()
        if self.thanked:
            self._note(time.time() - due, "is thanked")

    def _hears_thanks(self) -> bool:
        """Among what was heard since the key."""
        heard = self._bench.heard(self._phone, round(1000 * LISTENS_S))
        return likeness(self._thanks, heard) > ALIKE

    def _note(self, at: float, what: str) -> None:
        self._events.append(f"{at:+.1f} {what}")
