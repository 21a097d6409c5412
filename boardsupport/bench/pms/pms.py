"""A PMS whatever its protocol: what a clerk can have it do, and how it shows itself to the bench's API."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NoReturn, TypeAlias

from boardsupport.bench.pms.house import Guest, House
from boardsupport.bench.pms.journal import Journal
from boardsupport.bench.pms.postings import PAGE, Book
from boardsupport.bench.pms.settings import PmsSettings, Schedule, Timer
from boardsupport.bench.pms.wires import Wire
from boardsupport.bench.station import WrongStateError

SHORT: Final = 20
"""So many records and postings are shown where the whole bench is."""
MOST_REMEMBERED: Final = 500
How: TypeAlias = Literal["gc", "go-gi", "gi-go"]


@dataclass(frozen=True)
class Resync:
    """How the next resync goes: which rooms (None: all that were named), with how long a pause between them, whether
    the link is cut before its end, or the end left out.
    """

    rooms: tuple[str, ...] | None = None
    pace_ms: int = 0
    cut_before_end: bool = False
    no_end: bool = False


@dataclass(frozen=True)
class Answers:
    """How the next charges are answered, and the next frames on a serial or Mitel line; each word is used once.

    `delay_ms`: of each "late". `pad`: digits of a posting number in an answer. `echo`: a wake-up that was set at the
    telephone is sent back.
    """

    next: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    delay_ms: int = 2000
    pad: int = 0
    echo: bool = False


class Pms(ABC):
    """Verbs raise WrongStateError, and change nothing, where the protocol has no such thing or the guest is unknown."""

    def __init__(
        self, settings: PmsSettings, wire: Wire, schedule: Schedule, now: Callable[[], datetime], first_key: int
    ) -> None:
        self.settings, self.wire, self.schedule, self.now = settings, wire, schedule, now
        self.journal = Journal(now)
        self.house = House(first_key)
        self.book = Book()
        self.plan = Answers()
        self.in_resync = False
        self.asked_resync: Resync | None = Resync()
        """How the exchange is answered when it asks for a resync; None: not at all."""
        self._resyncing: Timer | None = None
        self.said_nonsense = False
        """Something was sent that no PMS would say; the exchange may answer it."""
        wire.end = self

    @property
    @abstractmethod
    def state(self) -> str:
        """The link: down (no connection), starting, alive, ended (said good-bye)."""

    @abstractmethod
    def opened(self) -> None:
        """The wire has a connection."""

    @abstractmethod
    def received(self, data: bytes) -> None:
        """Bytes of the wire."""

    def closed(self) -> None:
        """The wire has lost its connection."""
        self._stop_resync()

    # --- what a clerk does

    @abstractmethod
    def check_in(self, room: str, guest: Guest, shared: bool | None) -> None:
        """A guest moves in; `shared`: others are in the room (None: as it is known here)."""

    @abstractmethod
    def check_out(self, room: str, key: str | None, shared: bool | None, with_sf: bool) -> None:
        """A guest leaves; without a guest that is known here, the room is told to be empty."""

    @abstractmethod
    def change(self, room: str, key: str | None, details: Mapping[str, str]) -> None:
        """Something about a guest is corrected."""

    @abstractmethod
    def move(self, source: str, target: str, key: str | None, how: How | None) -> None:
        """A guest moves to another room."""

    @abstractmethod
    def swap(self, one: str, other: str, how: How | None) -> None:
        """The only guests of two rooms change places."""

    @abstractmethod
    def equip(self, room: str, class_: str | None, dnd: bool | None, lamp: bool | None) -> None:
        """What the telephone of a room may, and shows; None: nothing is said."""

    @abstractmethod
    def wake_up(self, room: str, date: str, time: str) -> None:
        """A wake-up is ordered; `date` YYMMDD, `time` HHMMSS."""

    @abstractmethod
    def clear_wake_up(self, room: str, date: str | None, time: str | None) -> None:
        """One wake-up is cancelled, or all of the room's (None)."""

    def message(self, room: str, key: str | None, text: str) -> None:
        """A text for a guest."""
        self.refuse("messages")

    def delete_message(self, room: str, number: str) -> None:
        """A text has been given to the guest."""
        self.refuse("messages")

    def night_audit(self, begins: bool) -> None:
        """The day is closed: no charge is taken until the end."""
        self.refuse("night audit")

    @abstractmethod
    def tell_room(self, room: str) -> None:
        """Say everything that is known about a room, as a part of a resync."""

    @abstractmethod
    def begin_resync(self) -> None:
        """Say that a resync begins."""

    @abstractmethod
    def end_resync(self) -> None:
        """Say that it is over."""

    def end(self) -> None:
        """Say good-bye."""
        self.refuse("good-bye")

    @abstractmethod
    def start(self) -> None:
        """Greet the exchange that is connected, also after a good-bye."""

    @abstractmethod
    def set_answers(self, answers: Answers) -> None:
        """How the next charges and frames are answered. Raises WrongStateError for what the link does not have."""

    def send_raw(self, data: bytes) -> None:
        """Send bytes past the protocol."""
        self.said_nonsense = True
        self.wire.send(data)

    @abstractmethod
    def say_text(self, text: str) -> None:
        """Send a text as a record or message, whatever it is, in a good frame."""

    @abstractmethod
    def garbage(self, seed: int, frames: int, longest: int) -> int:
        """Send so many broken frames of up to so many bytes. How many bytes that were."""

    def watch_zeros(self, room: str, text: str) -> None:
        """Zeros before a room's number count: an exchange says it as it was told."""
        if (known := self.house.differs_by_zeros(room)) is not None:
            self.journal.blame(f"room {room} is {known} here", text)

    def refuse(self, what: str) -> NoReturn:
        """The protocol has no such thing."""
        raise WrongStateError(f"{self.settings.protocol} has no {what}")

    def next_date(self, time: str) -> str:
        """The date (YYMMDD) on which the clock shows a time (HHMMSS) next."""
        now = self.now()
        day = now if time > now.strftime("%H%M%S") else now + timedelta(days=1)
        return day.strftime("%y%m%d")

    # --- resync

    def resync(self, how: Resync) -> None:
        """Tell the exchange about rooms from begin to end; a resync that is going on is begun anew."""
        self._stop_resync()
        rooms = list(self.house.named() if how.rooms is None else how.rooms)
        self.in_resync = True
        self.begin_resync()
        self._resync_on(how, rooms)

    def _resync_on(self, how: Resync, rooms: list[str]) -> None:
        while rooms:
            self.tell_room(rooms.pop(0))
            if how.pace_ms and rooms:
                self._resyncing = self.schedule(how.pace_ms / 1000, lambda: self._resync_on(how, rooms))
                return
        self.in_resync = False
        if how.cut_before_end:
            self.wire.cut()
        elif not how.no_end:
            self.end_resync()

    def _stop_resync(self) -> None:
        self.in_resync = False
        if self._resyncing is not None:
            self._resyncing.cancel()
            self._resyncing = None

    # --- how it is seen

    def view(self, short: bool = False) -> dict[str, Any]:
        """As the API gives it; `short`: with the last few records and postings alone."""
        return {
            **self.view_link(),
            "rooms": {number: room.view() for number, room in self.house.rooms.items()},
            **self.book.view(SHORT if short else PAGE),
            **self.journal.view(SHORT if short else MOST_REMEMBERED),
        }

    def view_link(self) -> dict[str, Any]:
        """The link alone."""
        settings = self.settings
        return {
            "name": settings.name,
            "protocol": settings.protocol,
            "address": settings.listen or settings.connect or str(settings.pty),
            "state": self.state,
            "connected": self.wire.connected,
            "wire": self.wire.state,
        }

    def reset_counts(self) -> None:
        """Forget what was counted, noted and booked; guests stay."""
        self.journal.reset()
        self.book.reset()
