"""What a bank of ports reports of a block; `at_sample` counts the samples since the bank was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from boardsupport.dsp.caller_id_parse import ReceivedCallerId


@dataclass(frozen=True, slots=True)
class DtmfBegan:
    """A digit is being pressed; recognised at `at_sample`, 13 to 38 ms after its tone began."""

    port: int
    digit: str
    at_sample: int


@dataclass(frozen=True, slots=True)
class DtmfEnded:
    """The digit was released; `ms` from recognition to release, in steps of 12.75 ms."""

    port: int
    digit: str
    at_sample: int
    ms: int


DtmfEvent: TypeAlias = DtmfBegan | DtmfEnded


@dataclass(frozen=True, slots=True)
class ToneBegan:
    """A call-progress tone is recognised: its cadence was there once, but for the end of its last element.

    A continuous tone has lasted for its least time. To clear a line, wait for cycles.
    """

    port: int
    name: str
    at_sample: int


@dataclass(frozen=True, slots=True)
class ToneCycle:
    """The tone goes on: so many complete cycles of the right durations and of one level, and nothing but the tone."""

    port: int
    name: str
    at_sample: int
    cycles: int


@dataclass(frozen=True, slots=True)
class ToneEnded:
    """The tone is over: its cadence was broken, or (`covered`) another sound has lasted for 40 ms.

    After ringback `covered` is speech, an announcement, a fax: an answer, as silence at once after a short burst is.
    """

    port: int
    name: str
    at_sample: int
    cycles: int
    covered: bool


ToneEvent: TypeAlias = ToneBegan | ToneCycle | ToneEnded


@dataclass(frozen=True, slots=True)
class CallerIdReceived:
    """A caller id has arrived whole at an on-hook line."""

    port: int
    at_sample: int
    caller: ReceivedCallerId


BankEvent: TypeAlias = DtmfEvent | ToneEvent | CallerIdReceived
