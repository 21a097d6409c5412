"""What dialled digits mean, by the numbering plan alone; whether the call is allowed and possible comes after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from firmware.exchange.causes import Cause
from firmware.exchange.numbering import Extension, NumberingPlan
from firmware.exchange.service_codes import ServiceCode
from firmware.gateway.digitmap import match


@dataclass(frozen=True, slots=True)
class ToEmergency:
    number: str


@dataclass(frozen=True, slots=True)
class ToReception:
    pass


@dataclass(frozen=True, slots=True)
class ToExtension:
    extension: Extension


@dataclass(frozen=True, slots=True)
class ToOutside:
    """`number` is what the company's exchange is sent."""

    number: str


@dataclass(frozen=True, slots=True)
class ToFeature:
    """`arguments`: what was dialled behind the code."""

    code: ServiceCode
    arguments: str


@dataclass(frozen=True, slots=True)
class WrongCode:
    """Something that only a service code begins with, and that is none, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Nowhere:
    cause: Cause


Destination: TypeAlias = ToEmergency | ToReception | ToExtension | ToOutside | ToFeature | WrongCode | Nowhere


def _service(plan: NumberingPlan, digits: str) -> ToFeature | WrongCode | None:
    """The code with the most digits is meant."""
    codes = [code for code in plan.codes if digits.startswith(code.digits)]
    for code in sorted(codes, key=lambda code: len(code.digits), reverse=True):
        if match(code.patterns, digits).startswith("complete"):
            return ToFeature(code, digits.removeprefix(code.digits))
    return WrongCode() if codes or digits[0] in "*#" else None


def resolve(plan: NumberingPlan, digits: str, outcome: str) -> Destination:
    """Where these digits lead. `outcome` is that of the event `Digits`."""
    if digits in plan.emergency_dialled:
        return ToEmergency(digits)
    if digits in plan.reception:
        return ToReception()
    if digits in plan.by_number:
        return ToExtension(plan.by_number[digits])
    if not digits:
        return Nowhere(Cause.NORMAL_UNSPECIFIED)
    service = _service(plan, digits)
    if service is not None:
        return service
    outside = digits.removeprefix(plan.outside_prefix)
    if plan.outside and outside and outside != digits:
        return ToOutside(outside)
    if outcome in ("timeout", "terminated") and plan.begins_something(digits):
        return Nowhere(Cause.INVALID_NUMBER_FORMAT)
    return Nowhere(Cause.UNALLOCATED_NUMBER)
