"""How a company line is worked: what the installer says of it, and what its country asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from boardsupport.dsp.progress import CONTINUOUS_MS, GRAIN_MS, TOLERANCE
from firmware.config.schema import AnalogTrunk
from firmware.countries import Country
from firmware.timers import TimerSpec
from firmware.trunk_countries import TRUNK_COUNTRIES, DtmfSpec
from firmware.voice.trunk_table import X31, X32, X40

AnswerMode: TypeAlias = Literal["reversal", "ringback-end", "timer"]
DEFAULT_SILENCE_S = 600
_SECONDS_PER_MINUTE = 60


@dataclass(frozen=True, slots=True)
class TrunkProfile:
    """One line. `timers` are seconds by a timer's number, where they are not the default."""

    dtmf: DtmfSpec
    answer: AnswerMode = "reversal"
    caller_id: bool = True
    """The exchange may send the caller's number: a call is not told before it is clear that none comes."""
    silence_s: float | None = DEFAULT_SILENCE_S
    """After how long a call in which nobody speaks is released; None: never."""
    limited: bool = True
    """A call ends when X40 is over."""
    timers: Mapping[str, float] = field(default_factory=dict)

    def seconds(self, spec: TimerSpec) -> float:
        return spec.value(self.timers)


def continuous_ms(country: Country) -> int:
    """How long a note must last to be none of the country's busy or congestion tone."""
    cadences = (country.tones["busy"].repeat, country.tones["congestion"].repeat)
    longest = max(segment.ms for cadence in cadences for segment in cadence if segment.hz)
    return max(CONTINUOUS_MS, round(longest * (1 + TOLERANCE)) + GRAIN_MS)


def trunk_profiles(ports: Iterable[str], trunks: Iterable[object], country: Country) -> dict[str, TrunkProfile]:
    """A profile for each of these ports; one that no trunk of the configuration names has the country's."""
    national = TRUNK_COUNTRIES[country.code]
    dial_tone_s = X31.default + (continuous_ms(country) - CONTINUOUS_MS) / 1000
    timers = {X31.number: dial_tone_s, X32.number: national.guard_ms / 1000}
    profiles = {port: TrunkProfile(national.dtmf, timers=timers) for port in ports}
    for trunk in trunks:
        if isinstance(trunk, AnalogTrunk):
            profile = TrunkProfile(
                national.dtmf,
                trunk.answer,
                caller_id=trunk.caller_id != "none",
                silence_s=trunk.silence_s or None,
                limited=trunk.max_minutes > 0,
                timers={**timers, X40.number: (trunk.max_minutes or 1) * _SECONDS_PER_MINUTE},
            )
            profiles.update((port, profile) for port in trunk.ports if port in profiles)
    return profiles
