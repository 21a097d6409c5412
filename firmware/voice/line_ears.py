"""What is listened for on company lines: the country's call-progress tones, and caller id of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from boardsupport.dsp import (
    Absence,
    BankEvent,
    CallerIdReceived,
    CallProgressTone,
    DetectorSet,
    Element,
    PortBank,
    ReceivedCallerId,
    ToneBegan,
    ToneCycle,
    ToneEnded,
    call_progress_tone,
)
from firmware.countries import E180, Country, Segment, ToneSpec, special_information
from firmware.gateway.messages import CallerId, Tone
from firmware.voice.gateway import Gateway
from firmware.voice.trunk_ear import LineTone, Phase
from firmware.voice.trunk_line import Receiver
from firmware.voice.trunk_profile import continuous_ms

RINGBACK_KNOWN_MS = 300
"""So early in its pause ringback is told from a single note."""
_LINE_TONES: Mapping[Tone, LineTone] = {
    "dial": "dial", "stutter": "stutter", "ringback": "ringback", "busy": "busy", "congestion": "congestion",
    "unobtainable": "special-information",
}  # fmt: skip
_SPECIAL: LineTone = "special-information"


class LineEars:
    """Switches the bank's receivers, and tells the gateway what they hear."""

    def __init__(self, bank: PortBank, country: Country) -> None:
        self._bank = bank
        tones = line_tones(country)
        self._detectors = DetectorSet(list(tones))
        self._tones = {tone.name: (line_tone, tone.cycles_to_trust) for tone, line_tone in tones.items()}

    def receive(self, index: int, receiver: Receiver | None) -> None:
        """See `surroundings.Media.receive_line`."""
        self._bank.set_progress(index, self._detectors if receiver == "tones" else None)
        self._bank.set_caller_id(index, ("fsk", "dtmf") if receiver == "caller-id" else ())

    def tell(self, gateway: Gateway, events: Sequence[BankEvent]) -> None:
        """Hand on what concerns company lines."""
        for event in events:
            if isinstance(event, CallerIdReceived):
                gateway.caller_told(event.port, caller_of(event.caller))
            elif isinstance(event, ToneBegan | ToneCycle | ToneEnded):
                tone, enough = self._tones[event.name]
                phase = _phase(event, enough)
                if phase is not None:
                    gateway.tone(event.port, tone, phase)


def line_tones(country: Country) -> dict[CallProgressTone, LineTone]:
    """The tones of the country's exchanges, as detectors know them, and what each means.

    Of two that sound alike the first one is heard.
    """
    least_ms = continuous_ms(country)
    specs = {name: country.tones[name] for name in get_args(Tone) if name in _LINE_TONES}
    tones = {_described(name, spec, least_ms): _LINE_TONES[name] for name, spec in specs.items()}
    tones = {tone: "dial" if meaning == "stutter" and _endless(tone) else meaning for tone, meaning in tones.items()}
    return {**tones, _described(_SPECIAL, special_information(E180), least_ms): _SPECIAL}


def caller_of(received: ReceivedCallerId) -> CallerId | None:
    """Who calls; None: the exchange says that it does not know."""
    if received.number is Absence.PRIVATE:
        return CallerId(private=True)
    number = received.number if isinstance(received.number, str) else ""
    name = received.name if isinstance(received.name, str) else ""
    return CallerId(number=number, name=name) if number or name else None


def _endless(tone: CallProgressTone) -> bool:
    return tone.elements[0].max_ms is None


def _described(name: str, spec: ToneSpec, least_ms: int) -> CallProgressTone:
    """A stuttering dial tone is known by its stutter, which does not last."""
    segments: Sequence[Segment] = spec.once[:2] if name == "stutter" and spec.once else spec.repeat
    if len(segments) == 1 and not segments[0].ms:
        hz = tuple(round(each) for each in segments[0].hz)
        return CallProgressTone(name, (Element(hz, least_ms, None),))
    parts = [(segment.hz, segment.ms) for segment in segments]
    return call_progress_tone(name, parts, RINGBACK_KNOWN_MS if name == "ringback" else None)


def _phase(event: ToneBegan | ToneCycle | ToneEnded, enough: int) -> Phase | None:
    """The first cycle is no news: it was recognised before its end."""
    if isinstance(event, ToneBegan):
        return "began"
    if isinstance(event, ToneEnded):
        return "ended"
    if event.cycles >= enough:
        return "certain"
    return "goes-on" if event.cycles > 1 else None
