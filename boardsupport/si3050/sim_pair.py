"""The two wires of a company line: the exchange's feed at one end, the port and other telephones at the other."""

from __future__ import annotations

import math
from typing import NamedTuple

DEAD_VOLTS = 0.0


class RingSignal(NamedTuple):
    """Ringing voltage of the exchange, superimposed on its battery. `began`: the sample of its first zero crossing."""

    hz: float
    vrms: float
    began: float

    @property
    def peak_v(self) -> float:
        return self.vrms * math.sqrt(2)

    def phase(self, at: float) -> float:
        """Where in its cycle the voltage is at a sample, 0 to 1."""
        return (at - self.began) * self.hz / 8000.0 % 1.0

    def volts(self, at: float) -> float:
        """The voltage at a sample."""
        return self.peak_v * math.sin(2 * math.pi * self.phase(at))


class Termination(NamedTuple):
    """What a port is to the line while it is off-hook: a voltage that must be there, resistance above it, a limit."""

    volts: float
    ohms: float
    limit_ma: float = math.inf


class CompanyPair:
    """Setters mark the change. Voltages are tip against ring, at the customer's end."""

    def __init__(self, swapped: bool = False) -> None:
        self.version = 0
        self.swapped = swapped
        """The port's tip is on the pair's ring: whoever fitted the plug did not care."""
        self.loop_ohms = 1000.0
        """The exchange's feed bridge and the cable."""
        self.telephone_ohms = 250.0
        self.battery_v = DEAD_VOLTS
        """The exchange's open-circuit voltage; negative: reversed; 0: taken away."""
        self.ring: RingSignal | None = None
        self.plugged = True
        self.noise_dbm0: float | None = None
        """Of what the pair picks up; None: too little to matter."""
        self._lifted: set[str] = set()
        self.termination: Termination | None = None
        """The port's, while it is off-hook."""

    def set_battery(self, volts: float) -> None:
        self.battery_v = volts
        self.version += 1

    def set_ring(self, ring: RingSignal | None) -> None:
        self.ring = ring
        self.version += 1

    def set_noise(self, dbm0: float | None) -> None:
        self.noise_dbm0 = dbm0
        self.version += 1

    def set_plugged(self, plugged: bool) -> None:
        self.plugged = plugged
        self.version += 1

    def set_lifted(self, who: str, lifted: bool) -> None:
        """A telephone beside the port is lifted or replaced."""
        if lifted != (who in self._lifted):
            self._lifted ^= {who}
            self.version += 1

    def set_termination(self, termination: Termination | None) -> None:
        """The port goes off-hook so, or on-hook (None)."""
        if termination != self.termination:
            self.termination = termination
            self.version += 1

    def line_volts(self) -> float:
        """Direct voltage at the customer's end."""
        return math.copysign(self._solve()[0], self.battery_v)

    def loop_ma(self) -> float:
        """The current that the exchange delivers."""
        return 1000.0 * (abs(self.battery_v) - self._solve()[0]) / self.loop_ohms if self.plugged else 0.0

    def port_volts(self, at: float) -> float:
        """What the port has between its tip and ring at a sample, ringing voltage included."""
        if not self.plugged:
            return DEAD_VOLTS
        ring = self.ring
        volts = self.line_volts() + (ring.volts(at) if ring is not None else 0.0)
        return -volts if self.swapped else volts

    def port_ma(self) -> float:
        """Direct current through the port (magnitude)."""
        return self._solve()[1]

    def _solve(self) -> tuple[float, float]:
        """Voltage at the customer's end and mA through the port, both as magnitudes."""
        if not self.plugged:
            return DEAD_VOLTS, 0.0
        siemens = 1 / self.loop_ohms + len(self._lifted) / self.telephone_ohms
        short_circuit = abs(self.battery_v) / self.loop_ohms
        without_port = short_circuit / siemens
        port = self.termination
        if port is None or without_port <= port.volts:
            return without_port, 0.0
        volts = (short_circuit + port.volts / port.ohms) / (siemens + 1 / port.ohms)
        ma = 1000.0 * (volts - port.volts) / port.ohms
        if ma > port.limit_ma:
            return (short_circuit - port.limit_ma / 1000.0) / siemens, port.limit_ma
        return volts, ma
