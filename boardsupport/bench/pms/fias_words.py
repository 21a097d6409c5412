"""The records that this PMS makes of what it knows, with every field that they may have; the link leaves out of them
what the exchange has not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from boardsupport.bench.pms.fias_record import Fields, Record
from boardsupport.bench.pms.house import Guest, Room, WakeUp

DETAILS: Final[Mapping[str, str]] = {
    "name": "GN", "first_name": "GF", "title": "GT", "language": "GL", "vip": "GV", "group": "GG", "arrival": "GA",
    "departure": "GD", "class": "CS", "no_post": "NP",
} | {f"a{n}": f"A{n}" for n in range(10)}  # fmt: skip
"""What the API calls each field about a guest."""


def flag(value: bool) -> str:
    """Y or N."""
    return "Y" if value else "N"


def details(known: Mapping[str, str]) -> Fields:
    """What is known of a guest."""
    return tuple((DETAILS[name], data) for name, data in known.items())


def check_in(room: str, guest: Guest, shared: bool, resync: bool = False) -> Record:
    """GI."""
    end: Fields = (("SF", ""),) if resync else ()
    return Record("GI", (("RN", room), ("G#", guest.key), ("GS", flag(shared)), *details(guest.details), *end))


def check_out(room: str, key: str | None, shared: bool, resync: bool = False) -> Record:
    """GO; in a resync it names no guest."""
    whom: Fields = () if key is None else (("G#", key),)
    end: Fields = (("SF", ""),) if resync else ()
    return Record("GO", (("RN", room), *whom, ("GS", flag(shared)), *end))


def change(room: str, key: str, shared: bool, known: Mapping[str, str]) -> Record:
    """GC of a guest who stays where he is."""
    return Record("GC", (("RN", room), ("G#", key), ("GS", flag(shared)), *details(known)))


def move(source: str, target: str, guest: Guest, stay: bool, joined: bool) -> Record:
    """GC with the old room; each GS belongs to the room before it."""
    places: Fields = (("RN", target), ("GS", flag(joined)), ("RO", source), ("GS", flag(stay)))
    return Record("GC", (*places, ("G#", guest.key), *details(guest.details)))


def equipment(room: str, class_: str | None, dnd: bool | None, lamp: bool | None) -> Record:
    """RE."""
    fields: list[tuple[str, str]] = [("RN", room)]
    fields += [] if class_ is None else [("CS", class_)]
    fields += [] if dnd is None else [("DN", flag(dnd))]
    fields += [] if lamp is None else [("ML", flag(lamp))]
    return Record("RE", tuple(fields))


def wake_up(kind: str, room: str, order: WakeUp | None) -> Record:
    """WR or WC; without an order, of all."""
    date, time = order or ("", "")
    return Record(kind, (("RN", room), ("DA", date), ("TI", time)))


def text(kind: str, room: str, key: str, number: str, words: str, stamp: Fields) -> Record:
    """XL, or XT in answer to a request."""
    return Record(kind, (("RN", room), ("G#", key), ("MI", number), ("MT", words), *stamp))


def room_state(number: str, room: Room) -> list[Record]:
    """What a resync says of a room."""
    if not room.guests:
        return [check_out(number, None, False, resync=True)]
    return [check_in(number, guest, at > 0, resync=True) for at, guest in enumerate(room.guests)]
