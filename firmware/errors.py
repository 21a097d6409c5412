"""The family of errors: each says whose fault it was.

NightPorterError
├── ConfigError       the configuration file; the technician mends it
├── PeerError         what another program or machine sent us
├── RefusedError      a request that cannot be granted now, and why
├── UnavailableError  a part of our own that is not there at present (board, gateway, store)
└── OurFaultError     a mistake in this program
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from firmware.details import Detail

LimitKind: TypeAlias = Literal[
    "number", "whole-number", "yes-or-no", "choice", "entries", "characters", "digits", "dialled", "code", "name",
    "line", "id", "language", "time", "date", "date-time", "date-or-time", "days",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """What would have been taken instead of a value that was refused.

    `least` and `most`: of numbers (`number`, `whole-number`), of a list's `entries`, of characters in all other kinds;
    null: no bound. `one_of`: of a `choice`.
    """

    kind: LimitKind
    least: float | None = None
    most: float | None = None
    one_of: tuple[str, ...] | None = None


class NightPorterError(Exception):
    """Base of all errors that this program raises on purpose."""


class ConfigError(NightPorterError, ValueError):
    """A wrong configuration; the message names file, key path, line where known, and what is allowed."""


class PeerError(NightPorterError, ValueError):
    """Another party sent something that its protocol does not allow."""


class RefusedError(NightPorterError):
    """A well-formed request that cannot be granted in the present state.

    `code` is a short machine-readable word ("occupied", "unknown-room"), `field` the request's field at fault,
    `retry_s` after how many seconds it may be granted, `limit` what would be taken, where that is known; `details` are
    what the message says beyond what `code` does.
    """

    def __init__(
        self,
        code: str,
        message: str,
        field: str | None = None,
        retry_s: int | None = None,
        limit: Limit | None = None,
        details: Sequence[Detail] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.retry_s = retry_s
        self.limit = limit
        self.details = tuple(details)

    @classmethod
    def of(cls, code: str, detail: Detail, field: str | None = None) -> RefusedError:
        """Of one thing that is wrong."""
        return RefusedError(code, str(detail), field, details=(detail,))

    def at(self, field: str | None) -> RefusedError:
        """The same, of another field."""
        return RefusedError(self.code, str(self), field, self.retry_s, self.limit, self.details)


class UnavailableError(NightPorterError, ConnectionError):
    """A part of the product does not answer: board, gateway, store. `detail`: the message, where it has words."""

    detail: Detail | None = None

    @classmethod
    def of(cls, detail: Detail) -> UnavailableError:
        made = cls(str(detail))
        made.detail = detail
        return made


class OurFaultError(NightPorterError, RuntimeError):
    """A broken invariant of our own."""
