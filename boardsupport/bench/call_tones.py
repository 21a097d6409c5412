"""The tones of the company's exchange: the country's signals made from the bench's own table of them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np

from boardsupport.bench.g711 import peak_of
from boardsupport.bench.sounds import RATE, Floats
from boardsupport.bench.tone_zones import Cadence, zone

ToneName: TypeAlias = Literal["dial", "ringback", "busy", "congestion"]
LEVEL_DBM0: Final = -13.0
"""Of each frequency (ITU-T Q.35 and the national specifications are around it)."""
ENDLESS: Final = 1 << 40
_E180_HZ: Final = (425,)
_E180_MS: Final[dict[ToneName, tuple[int, ...]]] = {
    "dial": (), "ringback": (1000, 4000), "busy": (500, 500), "congestion": (250, 250),
}  # fmt: skip
"""Where the bench's table gives limits only (ITU-T E.180)."""


class CallTone:
    """A tone that goes on until it is stopped; `ms` is on, off, ... of one cycle, empty: continuous."""

    length = ENDLESS

    def __init__(self, hz: tuple[int, ...], ms: tuple[int, ...]) -> None:
        self._steps = np.array([[2 * np.pi * f / RATE] for f in hz])
        self._edges = np.cumsum(ms) * RATE // 1000
        self._peak = peak_of(LEVEL_DBM0)

    def block(self, start: int, count: int) -> Floats:
        """See `Sound.block`."""
        at = np.arange(start, start + count)
        if len(self._edges):
            at %= self._edges[-1]
        tone = self._peak * np.sin(self._steps * at).sum(axis=0)
        if len(self._edges):
            tone *= np.searchsorted(self._edges, at, side="right") % 2 == 0
        heard: Floats = tone.astype(np.float32)
        return heard


def call_tones(country: str) -> dict[ToneName, CallTone]:
    """The signals of a country; where one sound serves for busy and congestion, both are it."""
    found = zone(country)
    cadences: dict[str, Cadence] = {}
    for cadence in found.cadences:
        if cadence.hz:
            cadences.setdefault(cadence.name, cadence)
    tones: dict[ToneName, CallTone] = {"dial": CallTone(found.dial or _E180_HZ, ())}
    names: tuple[ToneName, ...] = ("ringback", "busy", "congestion")
    for name in names:
        known = cadences.get(name) or (cadences.get("busy") if name == "congestion" else None)
        tones[name] = CallTone(known.hz, known.ms) if known else CallTone(_E180_HZ, _E180_MS[name])
    return tones
