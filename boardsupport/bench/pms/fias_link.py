"""The life of a FIAS link at the PMS's end: LS, then the exchange's LD, LRs and LA, and from then on data both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal, TypeAlias

from boardsupport.bench.pms import fias_record
from boardsupport.bench.pms.fias_checks import LINK_RECORDS, WITHOUT_LR, faults
from boardsupport.bench.pms.fias_frames import Framing
from boardsupport.bench.pms.fias_record import Fields, Record
from boardsupport.bench.pms.journal import Journal
from boardsupport.bench.pms.settings import PmsSettings, Schedule, Timer

CALL_AGAIN_S: Final = 15.0
"""After so long a silence of the exchange that has not agreed yet, LS is said again."""
LinkState: TypeAlias = Literal["down", "starting", "alive", "ended"]


class FiasLink:
    """Once the frames are there (`framing`), what arrives is read, checked, and what is data given to `handle`."""

    framing: Framing

    def __init__(
        self,
        settings: PmsSettings,
        journal: Journal,
        schedule: Schedule,
        now: Callable[[], datetime],
        handle: Callable[[Record], None],
    ) -> None:
        self._settings, self._journal, self._schedule, self._now = settings, journal, schedule, now
        self._handle = handle
        self.state: LinkState = "down"
        self.asked: dict[str, frozenset[str]] = {}
        """The fields that the exchange's LRs named, by record."""
        self._described = False
        """An LD has come, and no LA after it."""
        self._new: dict[str, frozenset[str]] = {}
        """What the LRs after it ask for."""
        self._ended_by_us = False
        self._calling: Timer | None = None

    # --- the connection

    def opened(self) -> None:
        """Somebody is connected: the PMS speaks first."""
        self.framing.reset()
        self.asked, self._described = {}, False
        self.start()

    def closed(self) -> None:
        """The connection has gone."""
        self.framing.reset()
        self._to("down")

    def start(self) -> None:
        """Say LS, and again until the exchange has agreed."""
        self._ended_by_us = False
        self._to("starting")
        self._call()

    def end(self) -> None:
        """Say LE: nothing is said or heard until `start`."""
        self._ended_by_us = True
        self._say_with_time("LE")
        self._to("ended")

    def lost(self) -> None:
        """Nobody answers on a serial line."""
        if self.state == "alive":
            self._to("starting")
        self._call()

    def _call(self) -> None:
        if self.state == "starting":
            if not self.framing.busy:
                self._say_with_time("LS")
            self._call_later()

    def _call_later(self) -> None:
        self._stop_calling()
        self._calling = self._schedule(CALL_AGAIN_S, self._call)

    def _stop_calling(self) -> None:
        if self._calling is not None:
            self._calling.cancel()
            self._calling = None

    def _to(self, state: LinkState) -> None:
        self._stop_calling()
        self.state = state
        self._journal.touch()

    # --- out

    def stamp(self) -> Fields:
        """DA and TI of this moment."""
        now = self._now()
        return ("DA", now.strftime("%y%m%d")), ("TI", now.strftime("%H%M%S"))

    def say(self, record: Record) -> None:
        """Send a record if the exchange is alive and has asked for it, with the fields that it asked for."""
        if self.state != "alive":
            return
        if record.id not in WITHOUT_LR:
            if record.id not in self.asked:
                return
            record = self._stamped(record).only(self.asked[record.id])
        self.put(record.id, record.text)

    def _stamped(self, record: Record) -> Record:
        """With the present time, which an exchange may ask for in any record."""
        return record if record.get("DA") is not None else Record(record.id, record.fields + self.stamp())

    def put(self, kind: str, text: str) -> None:
        """Send a text as a record, whatever it is."""
        self._journal.note("out", kind, text)
        self.framing.send(fias_record.encode(text, self._settings.encoding, self._settings.seven_bit))

    def _say_with_time(self, kind: str) -> None:
        self.put(kind, Record(kind, self.stamp()).text)

    # --- in

    def deliver(self, body: bytes) -> None:
        """A frame has come."""
        text = body.decode(self._settings.encoding, "replace")
        record = fias_record.read(text)
        self._journal.note("in", record.id[:2], text)
        if self._ended_by_us:
            return  # the interface has been stopped; it hears nothing
        if self.state == "starting":
            self._call_later()  # it is at work
        for fault in faults(record, text, self.asked):
            self._journal.blame(fault, text)
        if record.id in LINK_RECORDS:
            _LINK[record.id](self, record)
        elif self.state == "alive":
            self._handle(record)
        elif self.state == "ended":
            self.start()  # whoever says something after his LE lives again
        elif not self.asked:  # else it had been alive before and could not know better
            self._journal.blame("data before the link was alive", text)

    def _asks_for_start(self, record: Record) -> None:
        if self.state == "alive":
            self._say_with_time("LA")
        else:
            self.start()

    def _describes(self, record: Record) -> None:
        """A new set of LD and LRs; what the old one asked for holds until it is complete."""
        if self.state == "ended":
            self.state = "starting"
        self._described, self._new = True, {}

    def _requests(self, record: Record) -> None:
        kind, fields = record.get("RI") or "", record.get("FL") or ""
        if not self._described:
            self._journal.blame("LR without an LD before it", record.text)
            return
        if kind in self._new:
            self._journal.blame(f"a second LR for {kind}: one LR names the fields of both directions", record.text)
        pairs = frozenset(fields[at : at + 2] for at in range(0, len(fields), 2))
        self._new[kind] = self._new.get(kind, frozenset()) | pairs

    def _is_alive(self, record: Record) -> None:
        """LA ends a set of LD and LRs and is answered by LA; of an exchange that was alive it says that it still is."""
        if self._described and self._new:
            self._described = False
            self.asked = self._new
            self._say_with_time("LA")
            self._to("alive")
        elif self._described:
            self._journal.blame("LA without any LR", record.text)
            self.start()
        elif self.state == "ended":
            self.start()
        elif self.state == "starting" and self.asked:
            self._to("alive")

    def _ends(self, record: Record) -> None:
        if self.state != "ended":
            self._say_with_time("LE")
        self._to("ended")


_LINK: Final[dict[str, Callable[[FiasLink, Record], None]]] = {
    "LS": FiasLink._asks_for_start,
    "LD": FiasLink._describes,
    "LR": FiasLink._requests,
    "LA": FiasLink._is_alive,
    "LE": FiasLink._ends,
}
