"""The table of service codes: what is dialled for each, by whom, and what carries it out.

Dial plan, spoken help and the guest card come from this one table; a site may give a code other digits (a setting).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Who: TypeAlias = Literal["guest", "staff", "operator"]
"""A room's telephone; a staff telephone; a staff telephone that is reception's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCode:
    """`arguments`: digit-map patterns of what may follow the digits; "" is nothing. `who`: whose telephones it is for.

    `menu`: the menu that carries it out, with the value `digits` (what followed, without its first star); None: call
    control does it itself.
    """

    name: str
    digits: str
    arguments: tuple[str, ...] = ("",)
    who: frozenset[Who] = frozenset({"guest", "staff", "operator"})
    menu: str | None = None

    @property
    def patterns(self) -> tuple[str, ...]:
        """All that can be dialled."""
        return tuple(self.digits + argument for argument in self.arguments)


_GUEST: frozenset[Who] = frozenset({"guest"})
_STAFF: frozenset[Who] = frozenset({"staff", "operator"})
_OPERATOR: frozenset[Who] = frozenset({"operator"})

SERVICE_CODES: tuple[ServiceCode, ...] = (
    ServiceCode(name="wakeup-set", digits="*55", arguments=("*xxxx", "*xxxxxxxx"), menu="wakeup-set"),
    ServiceCode(name="wakeup-cancel", digits="*56", menu="wakeup-cancel"),
    ServiceCode(name="wakeup-menu", digits="*57", menu="wakeup-main"),
    ServiceCode(
        name="wakeup-room", digits="*58", arguments=("*x.*xxxx", "*x.*xxxxxxxx"), who=_OPERATOR, menu="wakeup-room"
    ),
    ServiceCode(name="room-status", digits="*61", arguments=("x", "x*x."), who=_GUEST, menu="room-status"),
    ServiceCode(name="minibar", digits="*62", arguments=("*x.*x.",), who=_GUEST, menu="minibar"),
    ServiceCode(name="status-heard", digits="*63", arguments=("", "*x."), menu="status-heard"),
    ServiceCode(name="own-number", digits="*65", menu="own-number"),
    ServiceCode(name="redial", digits="*66"),
    ServiceCode(name="requests", digits="*67", who=_GUEST, menu="requests"),
    ServiceCode(name="dnd-on", digits="*78", menu="dnd-on"),
    ServiceCode(name="dnd-off", digits="*79", menu="dnd-off"),
    ServiceCode(name="blocking-on", digits="*76", who=_GUEST, menu="blocking-on"),
    ServiceCode(name="blocking-off", digits="*77", who=_GUEST, menu="blocking-off"),
    ServiceCode(name="pick-up", digits="*8"),
    ServiceCode(name="staff-menu", digits="*90", who=_STAFF, menu="staff-main"),
    ServiceCode(name="messages", digits="*98", menu="messages"),
)
