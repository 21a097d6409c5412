"""A country's value, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value, and the document that asks for it; None: common practice, or what a neighbour does."""

    value: T
    source: str | None
