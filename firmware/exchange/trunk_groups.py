"""Company lines in groups: where their calls go, and what the site says about calls out and in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal, Protocol

RECEPTION = "reception"
"""Where a trunk's calls go, if to no single extension."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkGroup:
    """Lines that are alike: a call out takes any that is free, the last first, as calls in take the first."""

    name: str
    ports: tuple[str, ...]
    incoming: str = RECEPTION
    """`RECEPTION`, or the number of an extension."""
    targets: Mapping[str, str] = field(default_factory=dict)
    """Port to what `incoming` is for that line alone."""
    did: Mapping[str, str] = field(default_factory=dict)
    """Called number to extension, for trunks that tell which number was called."""
    supervised: bool = False
    """Its lines tell for certain when the far party has gone (reversal, or signalling)."""

    def target(self, port: str, called: str) -> str:
        """Where a call in at this line goes: by the called number, else by the line, else by the group."""
        return self.did.get(called) or self.targets.get(port) or self.incoming


@dataclass(frozen=True, slots=True)
class NightService:
    """Where calls to reception go while it is not attended: to an extension, or (None) to an announcement.

    "auto": from `begins` to `ends` by the hotel's wall time, over midnight where `ends` is earlier.
    """

    mode: Literal["off", "on", "auto"] = "off"
    begins: time | None = None
    ends: time | None = None
    target: str | None = None

    def active(self, local: datetime) -> bool:
        if self.mode != "auto" or self.begins is None or self.ends is None:
            return self.mode == "on"
        at = local.time()
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


class Judgement(Protocol):
    """Whether a call out may be; `reason` is a word for the log and the audit."""

    @property
    def allowed(self) -> bool: ...

    @property
    def reason(self) -> str: ...


class Restrictions(Protocol):
    """The class of restriction of a site (see `firmware/restriction/`)."""

    def judge(self, digits: str, cor: str, local: datetime) -> Judgement:
        """May an extension of this class call this number, which is without the outside prefix?"""
        ...

    def refuses_caller(self, number: str) -> bool:
        """The number is on the black list of calls in."""
        ...

    def same_number(self, one: str, other: str) -> bool:
        """Whether two numbers are the same subscriber, however each is written."""
        ...


class Allowance(Protocol):
    """What guests may still spend on calls (see `firmware/billing/`)."""

    def seconds(self, room: str, number: str, local: datetime) -> float | None:
        """How long a call from this room to this number may last that began at this wall time.

        None: without end; 0 or less: not at all. By what the room has left but for its calls that still stand: call
        control has those use it up together.
        """
        ...


@dataclass(frozen=True, slots=True)
class Unlimited:
    """Nobody's credit is limited."""

    def seconds(self, room: str, number: str, local: datetime) -> float | None:
        return None


@dataclass(frozen=True, slots=True)
class Allowed:
    allowed: bool = True
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unrestricted:
    """No restrictions at all."""

    def judge(self, digits: str, cor: str, local: datetime) -> Judgement:
        return Allowed()

    def refuses_caller(self, number: str) -> bool:
        return False

    def same_number(self, one: str, other: str) -> bool:
        return one == other
