"""Whether the exchange feeds the line: battery while on-hook, loop current while off-hook, and a line that is dead.

Pure and driven by one table; samples come with their time stamps, and so do the events' edges.

    PRESENT --unseen--> FADING --long enough--> LOST --on-hook, for a second--> DEAD
    FADING --seen--> PRESENT; LOST and DEAD --seen--> RETURNING --long enough--> PRESENT, or --unseen--> LOST
"""

from __future__ import annotations

from enum import Enum, auto

from boardsupport.fxo import FeedBack, FeedLost, FxoEvent, FxoTimes
from boardsupport.si3050.rules import RuledMachine, Rules

NS_PER_MS = 1_000_000
HOOK_BLIND_MS = 100
"""After going on-hook, until the line has its voltage again."""


class FeedState(Enum):
    PRESENT = auto()
    """The exchange feeds the line."""
    FADING = auto()
    """It does not, for so short a time that it may be a glitch."""
    LOST = auto()
    """It does not; the listener knows."""
    DEAD = auto()
    """It has not for long, and nobody holds the line: a broken pair, or the plug is out."""
    RETURNING = auto()
    """It does again, for so short a time that it may be nothing."""


class FeedInput(Enum):
    SEEN = auto()
    UNSEEN = auto()
    EXPIRED = auto()


_TABLE: Rules[FeedState, FeedInput] = {
    (FeedState.PRESENT, FeedInput.UNSEEN): ("_fade", FeedState.FADING),
    (FeedState.FADING, FeedInput.SEEN): ("_nothing", FeedState.PRESENT),
    (FeedState.FADING, FeedInput.EXPIRED): ("_lose", FeedState.LOST),
    (FeedState.LOST, FeedInput.SEEN): ("_return", FeedState.RETURNING),
    (FeedState.LOST, FeedInput.EXPIRED): ("_nothing", FeedState.DEAD),
    (FeedState.DEAD, FeedInput.SEEN): ("_return", FeedState.RETURNING),
    (FeedState.RETURNING, FeedInput.UNSEEN): ("_nothing", FeedState.LOST),
    (FeedState.RETURNING, FeedInput.EXPIRED): ("_back", FeedState.PRESENT),
}


class FeedMachine(RuledMachine[FeedState, FeedInput]):
    """The feed of one line, which is on-hook at first."""

    def __init__(self, times: FxoTimes) -> None:
        super().__init__(_TABLE, FeedState.PRESENT)
        self._times = times
        self._off_hook = False
        self._blind_until_ns = 0
        self._hook_ns = 0
        self._lost_ns = 0
        """The last moment at which there was none for the first time."""
        self._seen_ns = 0

    @property
    def steady(self) -> bool:
        """Nothing is to be decided soon."""
        return self.state in (FeedState.PRESENT, FeedState.DEAD)

    @property
    def present(self) -> bool:
        """Fed, as far as the listener was told."""
        return self.state in (FeedState.PRESENT, FeedState.FADING)

    def hook(self, off_hook: bool, at_ns: int) -> None:
        """The port has closed or opened the loop: what it measures means something else, and nothing for a while."""
        self._off_hook = off_hook
        self._hook_ns = at_ns
        blind_ms = self._times.feed_blind if off_hook else HOOK_BLIND_MS
        self._blind_until_ns = at_ns + round(blind_ms * NS_PER_MS)
        if self.state is FeedState.FADING:
            self.state = FeedState.PRESENT
        elif self.state is FeedState.RETURNING:
            self.state = FeedState.LOST

    def sample(self, fed: bool, at_ns: int) -> list[FxoEvent]:
        """The line at that moment: battery, or loop current."""
        if at_ns < self._blind_until_ns:
            return []
        events = self._handle(FeedInput.SEEN if fed else FeedInput.UNSEEN, at_ns)
        while (deadline := self._deadline_ns) is not None and at_ns >= deadline:
            events += self._handle(FeedInput.EXPIRED, at_ns)
        return events

    @property
    def _deadline_ns(self) -> int | None:
        """When the present state has lasted long enough, if it can."""
        if self.state is FeedState.FADING:
            return self._lost_ns + round(self._times.feed_lost * NS_PER_MS)
        if self.state is FeedState.RETURNING:
            return self._seen_ns + round(self._times.feed_back * NS_PER_MS)
        if self.state is FeedState.LOST and not self._off_hook:
            return max(self._lost_ns, self._hook_ns) + round(self._times.dead_after * NS_PER_MS)
        return None

    def _fade(self, at_ns: int) -> list[FxoEvent]:
        self._lost_ns = at_ns
        return []

    def _lose(self, _at_ns: int) -> list[FxoEvent]:
        return [FeedLost(self._lost_ns)]

    def _return(self, at_ns: int) -> list[FxoEvent]:
        self._seen_ns = at_ns
        return []

    def _back(self, _at_ns: int) -> list[FxoEvent]:
        return [FeedBack(self._seen_ns, round((self._seen_ns - self._lost_ns) / NS_PER_MS))]
