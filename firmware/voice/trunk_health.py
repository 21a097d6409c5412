"""Whether a company line can be trusted: seizures without dial tone, a telephone in parallel, and when to try again."""

from __future__ import annotations

from firmware.gateway.messages import AlarmKind
from firmware.voice.endpoint import Endpoint
from firmware.voice.trunk_profile import TrunkProfile
from firmware.voice.trunk_table import X37, X38, X43, State

UNUSABLE: frozenset[AlarmKind] = frozenset({"line-dead", "overload"})
"""No battery; or so much current that the port has hung up, and lets the line rest."""
DEAD_AFTER_MISSES = 2
HELD_NS = 21_000_000_000
"""The exchange holds a call in for 20 s after we alone have hung up: no dial tone is no fault then."""
MOST_HOLDS = 3
"""After so many in a row it is the line that is at fault."""
_NS = 1_000_000_000


class LineHealth:
    """Alarms of one line, and what they rest on. Times are monotonic nanoseconds."""

    def __init__(self, line: Endpoint, profile: TrunkProfile) -> None:
        self.in_use = False
        """A telephone in parallel is off-hook, as far as the port has told."""
        self._line = line
        self._profile = profile
        self._misses = 0
        """Seizures in a row without dial tone."""
        self._held_until_ns = 0
        self._holds = 0
        """Seizures in a row that have found the released caller."""

    def rest(self, at_ns: int) -> State:
        """On-hook with nothing to do: which of the three states that is."""
        if not self.in_use:
            self._line.set_alarm("line-in-use", False, "", at_ns)
        if UNUSABLE & self._line.alarms.keys():
            return State.DEAD
        return State.IN_USE if self.in_use else State.IDLE

    def in_use_for_long(self, at_ns: int) -> None:
        self._line.set_alarm("line-in-use", True, "a telephone in parallel holds the line", at_ns)

    def works(self, at_ns: int) -> None:
        """Dial tone was heard, or a call has rung in."""
        self._misses = self._holds = self._held_until_ns = 0
        self._line.set_alarm("no-dial-tone", False, "", at_ns)

    def no_dial_tone(self, at_ns: int) -> None:
        if at_ns < self._held_until_ns:
            return
        self._misses += 1
        if self._misses >= DEAD_AFTER_MISSES:
            self._line.set_alarm("no-dial-tone", True, f"no dial tone at {self._misses} seizures in a row", at_ns)

    def left_a_caller(self, now_ns: int) -> None:
        """We have hung up on a call in, whose caller may still be there."""
        self._held_until_ns, self._holds = now_ns + HELD_NS, 0

    def held(self, at_ns: int) -> bool:
        """Whether he is there, where dial tone should be: then the line is left alone, each time twice as long."""
        if at_ns >= self._held_until_ns or self._holds == MOST_HOLDS:
            return False
        self._holds += 1
        self._held_until_ns = at_ns + int(self.hold_s() * _NS) + HELD_NS
        return True

    def hold_s(self) -> float:
        return self._profile.seconds(X43) * 2.0 ** (self._holds - 1)

    def try_again_s(self) -> float | None:
        """After what rest the line is to be tried; None: it is not suspect."""
        if not self._misses:
            return None
        return self._profile.seconds(X37 if self._misses == 1 else X38)
