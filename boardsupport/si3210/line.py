"""What linefeed a telephone's line should have: hook, ringing, on-hook transmission and lamp put together. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from boardsupport.si3210.regs import LINEFEED_REVERSED, Linefeed


@dataclass(slots=True)
class LineWish:
    """All that has a say; `linefeed` is the outcome."""

    lifted: bool = False
    burst: bool = False
    """Ringing voltage belongs on the line."""
    ringing: bool = False
    """A ringing is under way, bursts and pauses."""
    testing: bool = False
    """The pair is being measured."""
    transmit: bool = False
    """On-hook transmission was asked for."""
    polarity_lamp: bool = False
    caller_id_reversal: bool = False
    neon_lamp: bool = False
    neon_ready: bool = False
    """The ringing generator is set up for the lamp."""

    @property
    def reversed(self) -> bool:
        return self.polarity_lamp != self.caller_id_reversal

    @property
    def idle(self) -> bool:
        """Nothing but a lamp uses the line."""
        return not (self.lifted or self.ringing or self.transmit)

    @property
    def neon_wanted(self) -> bool:
        """The generator should be the lamp's now."""
        return self.neon_lamp and self.idle and not self.testing

    @property
    def linefeed(self) -> Linefeed:
        if self.burst and not self.lifted:
            return Linefeed.RINGING
        if self.neon_wanted and self.neon_ready:
            return Linefeed.RINGING
        on_hook = not self.lifted and (self.ringing or self.transmit)
        state = Linefeed.FORWARD_ON_HOOK_TRANSMISSION if on_hook else Linefeed.FORWARD_ACTIVE
        return Linefeed(state | LINEFEED_REVERSED) if self.reversed else state
