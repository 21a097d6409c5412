"""A telephone's bell and message lamp: what it makes of the voltages on its pair."""

from __future__ import annotations

from typing import Final

from boardsupport.si3210.sim import RingVoltage

SAMPLES_PER_MS: Final = 8
BELL_HZ: Final = (15.0, 70.0)
BELL_PEAK_V: Final = 45.0
"""A bell of one REN strikes from about 32 V rms on."""
NEON_PEAK_V: Final = 75.0
NEON_HOLD_MS: Final = 600
POLARITY_STEADY_MS: Final = 1000
"""Shorter reversals are signals, not a lamp."""
SHORTEST_BURST_MS: Final = 40
UNKNOWN_PAUSE_MS: Final = 5500
"""How long a pause may last while only the first bursts are known; no country's cadence has a longer one."""
CADENCE_STEP_MS = 10
"""A telephone's bell does not tell a cadence more finely, and countries' tables don't either."""
LONG_PAUSE: Final = 0.7
CADENCES_KEPT: Final = 12


def rings_bell(voltage: RingVoltage | None) -> bool:
    """This voltage makes the bell strike."""
    return (
        voltage is not None
        and not voltage.trapezoid
        and BELL_HZ[0] <= voltage.hz <= BELL_HZ[1]
        and voltage.peak_v >= BELL_PEAK_V
    )


class Ringer:
    """Bursts as they come, the cadence that they make, and when the ringing is over. Times in samples."""

    def __init__(self) -> None:
        self.ringing = False
        self.began: float | None = None
        """When it last began to ring."""
        self._burst_at: float | None = None
        self._ended_at = 0.0
        self._bursts: list[tuple[float, float | None]] = []
        """Length of each burst and of the pause after it (None: it lasts)."""

    def strike(self, at: float) -> None:
        """Ringing voltage came on."""
        if self._burst_at is not None:
            return
        if not self.ringing:
            self.ringing = True
            self.began = at
            self._bursts.clear()
        elif self._bursts:
            self._bursts[-1] = (self._bursts[-1][0], at - self._ended_at)
        self._burst_at = at

    def fall_silent(self, at: float) -> None:
        """Ringing voltage went off."""
        if self._burst_at is None:
            return
        length = at - self._burst_at
        self._burst_at = None
        if length < SHORTEST_BURST_MS * SAMPLES_PER_MS and not self._bursts:
            self.ringing = False
            return
        self._bursts = [*self._bursts[-CADENCES_KEPT:], (length, None)]
        self._ended_at = at

    def stop(self) -> None:
        """The handset is up: no bell on the line."""
        self.ringing = False
        self._burst_at = None
        self._bursts.clear()

    def check(self, now: float) -> None:
        """A pause longer than any of this cadence ends the ringing."""
        if not self.ringing or self._burst_at is not None:
            return
        pauses = [pause for _, pause in self._bursts if pause is not None]
        limit = UNKNOWN_PAUSE_MS * SAMPLES_PER_MS if len(pauses) < 2 else 1.3 * max(pauses)
        if now - self._ended_at > limit:
            self.stop()

    @property
    def striking(self) -> bool:
        """Within a burst."""
        return self._burst_at is not None

    def cadence_ms(self) -> list[int] | None:
        """On, off, ... of one round of the cadence, ending with its longest pause; None before that is known."""
        finished = [(burst, pause) for burst, pause in self._bursts if pause is not None]
        if not self.ringing or not finished:
            return None
        longest = max(pause for _, pause in finished)
        ends = [n for n, (_, pause) in enumerate(finished) if pause > LONG_PAUSE * longest]
        first = ends[-2] + 1 if len(ends) > 1 else 0
        one_round = finished[first : ends[-1] + 1]
        step = CADENCE_STEP_MS * SAMPLES_PER_MS
        return [CADENCE_STEP_MS * round(length / step) for pair in one_round for length in pair]


class Lamp:
    """The message lamp of a telephone that knows all three ways; dark ones first: neon, polarity, FSK."""

    def __init__(self) -> None:
        self.message_waiting = False
        """What the last FSK message said."""
        self._neon_at: float | None = None
        self._reversed = False
        self._opposite_since: float | None = None

    def look(self, now: float, peak_v: float, line_volts: float) -> None:
        """The pair's voltages while the handset is down: alternating peak, direct (negative: reversed, 0: dead)."""
        if max(peak_v, abs(line_volts)) >= NEON_PEAK_V:
            self._neon_at = now
        if peak_v or (line_volts < 0) == self._reversed:
            self._opposite_since = None
        elif self._opposite_since is None:
            self._opposite_since = now
        elif now - self._opposite_since >= POLARITY_STEADY_MS * SAMPLES_PER_MS:
            self._reversed = line_volts < 0
            self._opposite_since = None

    def state(self, now: float) -> str:
        """off, neon, polarity or fsk."""
        if self._neon_at is not None and now - self._neon_at < NEON_HOLD_MS * SAMPLES_PER_MS:
            return "neon"
        if self._reversed:
            return "polarity"
        return "fsk" if self.message_waiting else "off"
