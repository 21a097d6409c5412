"""What is known of the call at a company line."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.gateway.messages import AnsweredBy, CallerId, Place, ReleaseReason, TrunkStage, TrunkState

CAUSES: dict[ReleaseReason, int] = {
    "reversal": 16, "loop-break": 16, "busy-tone": 17, "congestion-tone": 34, "special-information": 1, "silence": 16,
    "duration": 16, "dial-tone": 16, "abandoned": 16, "no-dial-tone": 27, "glare": 44, "failed": 27,
}  # fmt: skip
"""Q.850's cause of each reason before an answer; after it all is normal clearing but a port that fails."""
NORMAL_CLEARING = 16

SETTLED_NS = 300_000_000
"""The exchange may turn the wires of a call in when it is answered; only later that is a clearing."""


@dataclass(slots=True)
class TrunkCall:
    """A call at a trunk. Instants are monotonic nanoseconds."""

    since_ns: int
    place: Place | None = None
    """What a call out is to be; None: a call in."""
    caller: CallerId | None = None
    alerting: bool = False
    dialled_ns: int = 0
    turned_ns: int | None = None
    """The wires have changed places while the digits went out, and have not changed back."""
    answered_ns: int | None = None
    answered_by: AnsweredBy | None = None
    far_end_rings: bool = False
    """Its ringback goes on, though the call counts as answered."""

    @property
    def incoming(self) -> bool:
        return self.place is None

    @property
    def emergency(self) -> bool:
        return self.place is not None and self.place.emergency

    def cause(self, reason: ReleaseReason) -> int:
        return NORMAL_CLEARING if self.answered_ns is not None and reason != "failed" else CAUSES[reason]

    def cleared_by_reversal(self, open_for_ns: int) -> bool:
        """Whether the wires, which have changed places after so long off-hook in a call that stands, tell its end."""
        if self.far_end_rings:  # the timer has taken it for answered too early
            return False
        return not self.incoming or open_for_ns >= SETTLED_NS

    def state(self, stage: TrunkStage, presented: bool) -> TrunkState:
        """For the audit."""
        return TrunkState(
            stage=stage,
            incoming=self.incoming,
            caller=self.caller,
            presented=presented,
            digits=self.place.digits if self.place is not None else "",
            emergency=self.emergency,
            alerting=self.alerting,
            since_ns=self.since_ns,
            answered_ns=self.answered_ns,
            answered_by=self.answered_by,
        )
