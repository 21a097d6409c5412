"""Guests, messages and wake-up orders of a small house."""

from __future__ import annotations

from datetime import UTC, datetime

from firmware.hotel.draft import Draft
from firmware.hotel.house import House
from firmware.hotel.model import Guest, Message, Room, WakeupOrder

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ROOMS = ("101", "102", "103")
HOLM = Guest(id="g1", name="Holm", reservation="1")
BAUER = Guest(id="g2", name="Bauer", reservation="2")
RASK = Guest(id="g3", name="Rask", reservation="3")


def wall(text: str) -> datetime:
    """The hotel's wall time."""
    return datetime.fromisoformat(text)


def message(
    key: str, room: str, guest: str | None = None, text: str = "Ring back", number: str | None = None
) -> Message:
    return Message(id=key, room=room, guest=guest, text=text, number=number, by="anna", created=NOON)


def wakeup(
    key: str, room: str, guest: str | None = None, at: str = "2026-11-23T07:00", link: str | None = None
) -> WakeupOrder:
    return WakeupOrder(
        id=key, room=room, guest=guest, at=wall(at), by=link or "anna", through="pms" if link else "desk", ordered=NOON,
        link=link,
    )  # fmt: skip


def draft(house: House | None = None, keeps_wakeups: bool = False) -> Draft:
    return Draft(house or House({room: Room(room=room) for room in ROOMS}), keeps_wakeups)


def lived_in() -> Draft:
    """Holm and Bauer share 101, which has everything that a room can have; 102 and 103 are vacant."""
    made = draft()
    made.check_in("101", HOLM, cor="mobile")
    made.check_in("101", BAUER, share=True)
    made.set_dnd("101", True)
    made.set_lamp("101", True)
    made.set_lamp("101", True, "voice-mail")
    made.leave_message(message("m0", "101"))
    made.leave_message(message("m1", "101", "g1"))
    made.leave_message(message("m2", "101", "g2"))
    made.order_wakeup(wakeup("w0", "101"))
    made.order_wakeup(wakeup("w1", "101", "g1", "2026-11-23T07:10"))
    made.order_wakeup(wakeup("w2", "101", "g2", "2026-11-23T07:20"))
    return draft(made.house())
