"""The caller-id burst of a ringing telephone, as its country sends it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from boardsupport import dsp
from boardsupport.bus import SAMPLE_RATE_HZ
from boardsupport.dsp.caller_id import NUMBER_CHARACTERS, NUMBER_LENGTH
from boardsupport.port import RingPlan
from firmware.countries import CallerIdSpec, Law, RingSpec
from firmware.gateway.messages import CallerId


def burst(caller: CallerId, spec: CallerIdSpec, when: datetime, law: Law) -> bytes:
    """Law-coded audio of the burst. `when` is the hotel's local time. What cannot be sent counts as not known."""
    number = _number(caller)
    if spec.kind == "dtmf":
        return dsp.caller_id_dtmf(number, law)
    name = dsp.Absence.PRIVATE if caller.private else caller.name or None
    return dsp.caller_id_fsk(number, name, when, _standard(spec), law)


def lamp_message(lit: bool, spec: CallerIdSpec, law: Law) -> bytes:
    """Law-coded audio that tells a telephone about its message lamp. DTMF has none: its countries' sets take ETSI's."""
    return dsp.vmwi_fsk(lit, _standard(spec), law)


def length_ms(audio: bytes) -> int:
    """How long law-coded audio lasts, in milliseconds that have begun."""
    return -(-len(audio) * 1000 // SAMPLE_RATE_HZ)


def _standard(spec: CallerIdSpec) -> Literal["bellcore", "etsi"]:
    return "bellcore" if spec.kind == "fsk-bellcore" else "etsi"


def ring_plan(ring: RingSpec, spec: CallerIdSpec, audio: bytes) -> RingPlan:
    """The cadence, with room for the burst if there is one."""
    if not audio:
        return RingPlan(ring.cadence_ms)
    return RingPlan(ring.cadence_ms, spec.place, length_ms(audio))


def _number(caller: CallerId) -> str | dsp.Absence:
    if caller.private:
        return dsp.Absence.PRIVATE
    sendable = "".join(char for char in caller.number if char in NUMBER_CHARACTERS)
    return sendable[-NUMBER_LENGTH:] or dsp.Absence.UNAVAILABLE
