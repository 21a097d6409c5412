"""What the chip's own measurements say about the pair, looked at once a second. Pure: readings in, verdicts out.

A verdict needs several readings in a row, in both directions, so that a hook flash or a dial pulse is no fault.
"""

from __future__ import annotations

from dataclasses import dataclass

from boardsupport.port import FaultKind
from boardsupport.si3210 import regs
from boardsupport.si3210.chip import COMMON_MODE_VALUE, LineReading

SHORT_VOLTS = 1.5
"""A closed loop with less than this (one count) has no telephone in it: 20 mA through one leave 4 V and more."""
LEAK_MA = 2.5
"""What an idle telephone never draws, and what is too little to be a lifted handset."""
FOREIGN_DEVIATION_V = 15.0
ON_HOOK_VOLTS = regs.ON_HOOK_VOLTAGE.reset * regs.SETTING_VOLTS
COMMON_MODE_VOLTS = COMMON_MODE_VALUE * regs.SETTING_VOLTS
DEAD_BURSTS = 1
"""A burst is looked at several times: one without any current is enough."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fault that the readings show now, or no longer."""

    kind: FaultKind
    raised: bool
    text: str


class _Vote:
    """A condition that must hold for so many readings before it is believed, true or false."""

    def __init__(self, needed: int) -> None:
        self._needed = needed
        self._streak = 0
        self.standing = False

    def changed(self, holds: bool) -> bool:
        """Count a reading; whether the verdict has turned."""
        if holds == self.standing:
            self._streak = 0
            return False
        self._streak += 1
        if self._streak < self._needed:
            return False
        self.standing, self._streak = holds, 0
        return True


class LineWatch:
    """The verdicts about one pair."""

    def __init__(self) -> None:
        self._short = _Vote(2)
        self._leak = _Vote(3)
        self._dead = _Vote(DEAD_BURSTS)
        self._odd = _Vote(2)

    def closed(self, reading: LineReading) -> list[Verdict]:
        """A reading of the fed line with the loop closed."""
        return [
            *self._turn(self._leak, False, "leakage", "no leakage any more"),
            *self._turn(
                self._short, reading.loop_v <= SHORT_VOLTS, "short-circuit",
                f"tip and ring touch: {reading.loop_ma:.0f} mA at {reading.loop_v:.1f} V",
            ),
        ]  # fmt: skip

    def idle(self, reading: LineReading) -> list[Verdict]:
        """A reading of the fed line with the loop open."""
        return [
            *self._turn(self._short, False, "short-circuit", "tip and ring apart again"),
            *self._turn(
                self._leak, reading.loop_ma >= LEAK_MA, "leakage",
                f"{reading.loop_ma:.1f} mA flow on the idle pair: insulation of the cable",
            ),
        ]  # fmt: skip

    def unlike_ours(self, reading: LineReading, reversed_: bool) -> bool:
        """The idle line shows for the second time voltages that this port doesn't feed."""
        tip, ring = (reading.ring_v, reading.tip_v) if reversed_ else (reading.tip_v, reading.ring_v)
        odd = (
            abs(tip - COMMON_MODE_VOLTS) > FOREIGN_DEVIATION_V
            or abs(ring - COMMON_MODE_VOLTS - ON_HOOK_VOLTS) > FOREIGN_DEVIATION_V
        )
        self._odd.changed(odd)
        return self._odd.standing

    def burst(self, milliamperes: list[float]) -> list[Verdict]:
        """Currents sampled over one burst of ringing: not one above zero means that nothing rings."""
        dead = bool(milliamperes) and not any(milliamperes)
        return self._turn(self._dead, dead, "line-dead", "no ringing current: pair broken, or no telephone on it")

    def lifted(self) -> list[Verdict]:
        """Somebody lifted a handset, so there is one."""
        was, self._dead = self._dead.standing, _Vote(DEAD_BURSTS)
        return [Verdict("line-dead", False, "a handset was lifted")] if was else []

    @staticmethod
    def _turn(vote: _Vote, holds: bool, kind: FaultKind, text: str) -> list[Verdict]:
        return [Verdict(kind, vote.standing, text)] if vote.changed(holds) else []
