"""How guests are woken, by their class."""

from __future__ import annotations

from dataclasses import dataclass, replace

from firmware.hotel.model import Room, WakeupOrder


@dataclass(frozen=True, slots=True)
class Rules:
    """Those of one class of guests. `by_person`: the desk is prompted to call, and no machine rings.

    `vip`: before all others that are due at the same moment.
    """

    attempts: int = 3
    ring_s: float = 45.0
    spacing_s: float = 120.0
    """From the end of one attempt to the beginning of the next."""
    key_needed: bool = True
    by_person: bool = False
    vip: bool = False
    late_s: float = 600.0
    """Overdue by more than this it is not rung any more."""
    snooze_s: float = 600.0
    snoozes: int = 3
    speak_name: bool = False


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of the house."""

    everybody: Rules = Rules()
    vip: Rules = Rules(by_person=True)

    def rules_of(self, order: WakeupOrder, room: Room | None) -> Rules:
        """Of an order for this room (None: it is not known any more).

        A VIP is woken by the rules of that class, but by a person only where the order itself says VIP. Who cannot hear
        a telephone is woken by a person, whatever his class.
        """
        woken = () if room is None else tuple(guest for guest in room.guests if order.guest in (None, guest.id))
        vip = order.vip or any(guest.vip for guest in woken)
        rules = self.vip if vip else self.everybody
        by_person = (order.vip and rules.by_person) or any(guest.needs_person for guest in woken)
        return replace(rules, vip=vip, by_person=by_person)
