"""A condition of the line that is believed, true or false, once it has held so long; pure and driven by one table.

NO --true--> RISING --long enough--> YES --false--> FALLING --long enough--> NO; RISING --false--> NO and so on
"""

from __future__ import annotations

from enum import Enum, auto

NS_PER_MS = 1_000_000


class HeldState(Enum):
    NO = auto()
    RISING = auto()
    """True, but not for long."""
    YES = auto()
    FALLING = auto()
    """False, but not for long."""


class HeldInput(Enum):
    TRUE = auto()
    FALSE = auto()
    EXPIRED = auto()


_TABLE: dict[tuple[HeldState, HeldInput], HeldState] = {
    (HeldState.NO, HeldInput.TRUE): HeldState.RISING,
    (HeldState.RISING, HeldInput.FALSE): HeldState.NO,
    (HeldState.RISING, HeldInput.EXPIRED): HeldState.YES,
    (HeldState.YES, HeldInput.FALSE): HeldState.FALLING,
    (HeldState.FALLING, HeldInput.TRUE): HeldState.YES,
    (HeldState.FALLING, HeldInput.EXPIRED): HeldState.NO,
}
"""Every rule; what is not in it changes nothing."""


class Held:
    """One condition, which does not hold at first."""

    def __init__(self, ms: float) -> None:
        self._needed_ns = round(ms * NS_PER_MS)
        self.state = HeldState.NO
        self.edge_ns = 0
        """When the last change began."""

    @property
    def value(self) -> bool:
        """What is believed."""
        return self.state in (HeldState.YES, HeldState.FALLING)

    @property
    def steady(self) -> bool:
        """Nothing is to be decided soon."""
        return self.state in (HeldState.NO, HeldState.YES)

    def sample(self, holds: bool, at_ns: int) -> bool:
        """The condition at that moment; whether what is believed has changed."""
        if self._handle(HeldInput.TRUE if holds else HeldInput.FALSE) and not self.steady:
            self.edge_ns = at_ns
        return not self.steady and at_ns - self.edge_ns >= self._needed_ns and self._handle(HeldInput.EXPIRED)

    def drop(self) -> None:
        """Forget a change that is under way."""
        self._handle(HeldInput.TRUE if self.value else HeldInput.FALSE)

    def _handle(self, happened: HeldInput) -> bool:
        """Whether the state has changed."""
        before = self.state
        self.state = _TABLE.get((before, happened), before)
        return self.state is not before
