"""Why a call ended: the cause values of ITU-T Q.850 that we use, and the tone that each gives a waiting telephone."""

from __future__ import annotations

from enum import IntEnum

from firmware.gateway.messages import Signal, Tone


class Cause(IntEnum):
    """Q.850 cause values, by the names of the recommendation."""

    UNALLOCATED_NUMBER = 1
    PRE_EMPTION = 8
    NORMAL_CLEARING = 16
    USER_BUSY = 17
    NO_ANSWER = 19
    CALL_REJECTED = 21
    DESTINATION_OUT_OF_ORDER = 27
    INVALID_NUMBER_FORMAT = 28
    NORMAL_UNSPECIFIED = 31
    NO_CIRCUIT = 34
    TEMPORARY_FAILURE = 41
    SWITCHING_CONGESTION = 42
    REQUESTED_CIRCUIT_NOT_AVAILABLE = 44
    FACILITY_NOT_SUBSCRIBED = 50
    OUTGOING_CALLS_BARRED = 52
    BEARER_CAPABILITY_NOT_AUTHORIZED = 57
    """Of a call outside: the credit is used up."""


TONES: dict[Cause, Tone] = {
    Cause.UNALLOCATED_NUMBER: "unobtainable",
    Cause.PRE_EMPTION: "congestion",
    Cause.NORMAL_CLEARING: "busy",
    Cause.USER_BUSY: "busy",
    Cause.NO_ANSWER: "congestion",
    Cause.CALL_REJECTED: "busy",
    Cause.DESTINATION_OUT_OF_ORDER: "unobtainable",
    Cause.INVALID_NUMBER_FORMAT: "congestion",
    Cause.NORMAL_UNSPECIFIED: "busy",
    Cause.NO_CIRCUIT: "congestion",
    Cause.TEMPORARY_FAILURE: "congestion",
    Cause.SWITCHING_CONGESTION: "congestion",
    Cause.REQUESTED_CIRCUIT_NOT_AVAILABLE: "congestion",
    Cause.FACILITY_NOT_SUBSCRIBED: "congestion",
    Cause.OUTGOING_CALLS_BARRED: "congestion",
    Cause.BEARER_CAPABILITY_NOT_AUTHORIZED: "congestion",
}
PROMPTS: dict[Cause, str] = {
    Cause.OUTGOING_CALLS_BARRED: "call-barred",
    Cause.BEARER_CAPABILITY_NOT_AUTHORIZED: "credit-used-up",
    Cause.NO_CIRCUIT: "all-lines-busy",
}
"""What is said where a tone would leave a guest guessing; the tone stands in while a prompt is missing."""


def signal_of(cause: Cause) -> Signal:
    """What a telephone hears that is left with this cause."""
    prompt = PROMPTS.get(cause)
    return Signal(tone=TONES[cause]) if prompt is None else Signal(prompts=(prompt,), repeat=True)


def cause_of(value: int) -> Cause:
    """A cause from outside; one that we have no name for is a normal end."""
    try:
        return Cause(value)
    except ValueError:
        return Cause.NORMAL_UNSPECIFIED
