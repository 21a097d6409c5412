"""What the PMS believes about the hotel: who stays where, and what it has told or heard about each room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from boardsupport.bench.station import WrongStateError

WakeUp = tuple[str, str]
"""Date YYMMDD and time HHMMSS, as records carry them."""
ORDERED = "ordered"
CLEARED = "cleared"


@dataclass
class Guest:
    """A guest's stay: its reservation number, and what is known by the API's names (name, first_name, vip, ...)."""

    key: str
    details: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.details.get("name", "")


@dataclass
class Message:
    """A text for a guest."""

    key: str
    text: str


@dataclass
class Room:
    """One room; None where nothing was ever said."""

    named: bool = False
    """This PMS has spoken of it, not the exchange alone: who is not in its guests is known not to be there."""
    guests: list[Guest] = field(default_factory=list)
    class_: str | None = None
    dnd: bool | None = None
    lamp: bool | None = None
    status: str | None = None
    """The housekeeping code that the telephone reported last."""
    voice_mail: str | None = None
    pulses: int = 0
    wake_ups: dict[WakeUp, str] = field(default_factory=dict)
    """What became of each: ordered, cleared, or the exchange's answer (OK, NR, BY, UR, DE)."""
    gone: set[WakeUp] = field(default_factory=set)
    """Those that were ordered when its guest left, or took them along: each may be answered DE, once."""
    messages: dict[str, Message] = field(default_factory=dict)

    def forget_guest(self) -> None:
        """The last guest has left: what was his goes; the housekeeping status stays."""
        self.class_ = self.dnd = self.lamp = self.voice_mail = None
        self.gone |= self.ordered
        self.wake_ups, self.messages = {}, {}

    @property
    def ordered(self) -> set[WakeUp]:
        """Wake-ups that are to ring still."""
        return {each for each, state in self.wake_ups.items() if state == ORDERED}

    def take_over(self, other: Room) -> None:
        """A guest has brought with him what the room that he left had for him."""
        self.class_, self.dnd, self.lamp, self.voice_mail = other.class_, other.dnd, other.lamp, other.voice_mail
        self.wake_ups, self.messages = other.wake_ups, other.messages

    def view(self) -> dict[str, Any]:
        """As the API gives it."""
        return {
            "guests": [{"key": guest.key, **guest.details} for guest in self.guests],
            "class": self.class_,
            "dnd": self.dnd,
            "lamp": self.lamp,
            "status": self.status,
            "voice_mail": self.voice_mail,
            "pulses": self.pulses,
            "wake_ups": [{"date": d, "time": t, "state": state} for (d, t), state in self.wake_ups.items()],
            "messages": [{"number": n, "key": m.key, "text": m.text} for n, m in self.messages.items()],
        }


class House:
    """The rooms that were ever spoken of, by what the PMS calls them. `first_key`: the next reservation number."""

    def __init__(self, first_key: int) -> None:
        self.rooms: dict[str, Room] = {}
        self._next_key = first_key
        self._next_message = 1

    def new_key(self) -> str:
        """A reservation number that nobody has."""
        self._next_key += 1
        return str(self._next_key - 1)

    def new_message(self) -> str:
        """A message number that none has."""
        self._next_message += 1
        return str(self._next_message - 1)

    def room(self, number: str) -> Room:
        """The room; it is named from now on."""
        room = self.reported(number)
        room.named = True
        return room

    def reported(self, number: str) -> Room:
        """The room of which the exchange speaks; that alone says nothing of who stays there."""
        return self.rooms.setdefault(number, Room())

    def named(self) -> list[str]:
        """The rooms of which this PMS has spoken."""
        return [number for number, room in self.rooms.items() if room.named]

    def differs_by_zeros(self, number: str) -> str | None:
        """The named room of which this one, not named, has more or fewer zeros before it."""
        rooms = self.named()
        if number in rooms:
            return None
        return next((known for known in rooms if known.lstrip("0") == number.lstrip("0")), None)

    def guest(self, number: str, key: str | None) -> Guest:
        """The guest of a room by reservation number, or the only one. Raises WrongStateError if there is none."""
        guests = self.rooms[number].guests if number in self.rooms else []
        found = [guest for guest in guests if key in (None, guest.key)]
        if len(found) != 1:
            whom = f"guest {key}" if key else "guest" if not found else "single guest: name the key"
            raise WrongStateError(f"room {number} has no {whom}")
        return found[0]

    def admit(self, number: str, guest: Guest) -> bool:
        """A guest moves in, or is already there under this number. Whether others are in the room."""
        room = self.room(number)
        others = [other for other in room.guests if other.key != guest.key]
        room.guests = [*others, guest]
        return bool(others)

    def release(self, number: str, guest: Guest) -> bool:
        """A guest leaves. Whether others stay."""
        room = self.room(number)
        room.guests = [other for other in room.guests if other is not guest]
        if not room.guests:
            room.forget_guest()
        return bool(room.guests)

    def transfer(self, source: str, target: str, guest: Guest) -> tuple[bool, bool]:
        """A guest moves to another room. Whether others stay in the old one, and whether others are in the new one."""
        old, new = self.room(source), self.room(target)
        if len(old.guests) == 1 and not new.guests:
            new.take_over(old)
        return self.release(source, guest), self.admit(target, guest)
