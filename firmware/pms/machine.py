"""The contract of a protocol's link machine: bytes, orders and the time in, decisions out. It does no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from firmware.pms.model import News, PmsEvent, Posting

LinkState: TypeAlias = Literal["down", "starting", "alive", "closed"]
"""down: no connection, or nobody answers on it; starting: connected, not agreed; closed: the PMS has said good-bye."""
Outcome: TypeAlias = Literal["done", "refused", "again", "unanswered", "not-served"]
"""done: sent, and confirmed where the protocol confirms; refused: the PMS will not have it, never to be repeated;
again: not now (night audit, retry), the machine itself waits before it takes the next; unanswered: nobody knows whether
it was taken; not-served: the protocol has no such thing."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Now: `seconds` on the monotonic clock, `local` the hotel's wall time (aware)."""

    seconds: float
    local: datetime


@dataclass(frozen=True, slots=True)
class Transmit:
    """Bytes for the PMS."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Deliver:
    """An event for the hotel. `handled` follows when it is on disk, or was refused; nothing is acknowledged before."""

    event: PmsEvent


@dataclass(frozen=True, slots=True)
class Told:
    """What has become of the order that was given to `post` or `tell`."""

    lane: Literal["posting", "news"]
    outcome: Outcome
    status: str | None = None
    """The PMS's own code, as AS of a PA."""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class StateChanged:
    state: LinkState
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """This connection is no good: close it and begin anew."""

    why: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A record came, went, or was not understood (`kind`: its id, or what was wrong with it)."""

    what: Literal["received", "sent", "refused"]
    kind: str


@dataclass(frozen=True, slots=True)
class Noted:
    """One line for the log."""

    verb: str
    pairs: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClockHeard:
    """The PMS has said what its clock shows: the hotel's wall time (naive), at the time that it was received."""

    local: datetime


Output: TypeAlias = Transmit | Deliver | Told | StateChanged | Reconnect | Counted | Noted | ClockHeard


class PmsMachine(Protocol):
    """One PMS at the other end of one connection at a time. Every method gives what is to be done, in order.

    It is never fed from within an output; who runs it carries the outputs out, gathers what was to be delivered, and
    calls `handled` with one answer for each `Deliver`, in their order, before it feeds anything else.
    """

    @property
    def state(self) -> LinkState: ...

    def connected(self, now: Moment) -> list[Output]: ...

    def lost(self, now: Moment) -> list[Output]:
        """The connection is gone: half a frame is forgotten. What was under way is `Told` as unanswered if it had gone
        out, or else as "again"."""
        ...

    def received(self, data: bytes, now: Moment) -> list[Output]: ...

    def handled(self, refusals: Sequence[str | None], now: Moment) -> list[Output]:
        """For each event that was delivered: None if it is done and on disk, or why it was refused."""
        ...

    def tick(self, now: Moment) -> list[Output]:
        """Let what is due happen."""
        ...

    def next_deadline(self) -> float | None:
        """On the scale of `Moment.seconds`; None: nothing runs."""
        ...

    def takes_posting(self) -> bool:
        """Whether `post` may be called now: one at a time, none in a resync or a night audit."""
        ...

    def post(self, posting: Posting, repeat: bool, now: Moment) -> list[Output]:
        """Send a charge; `repeat`: it may have been sent before, under the same number."""
        ...

    def takes_news(self) -> bool: ...

    def tell(self, news: News, now: Moment) -> list[Output]: ...

    def close(self, now: Moment) -> list[Output]:
        """We stop: say good-bye where the protocol has a word for it."""
        ...
