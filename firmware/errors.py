"""The family of errors: each says whose fault it was.

NightPorterError
├── ConfigError       the configuration file; the technician mends it
├── PeerError         what another program or machine sent us
├── RefusedError      a request that cannot be granted now, and why
├── UnavailableError  a part of our own that is not there at present (board, gateway, store)
└── OurFaultError     a mistake in this program
"""

from __future__ import annotations


class NightPorterError(Exception):
    """Base of all errors that this program raises on purpose."""


class ConfigError(NightPorterError, ValueError):
    """A wrong configuration; the message names file, key path, line where known, and what is allowed."""


class PeerError(NightPorterError, ValueError):
    """Another party sent something that its protocol does not allow."""


class RefusedError(NightPorterError):
    """A well-formed request that cannot be granted in the present state.

    `code` is a short machine-readable word ("occupied", "unknown-room"), `field` the request's field at fault,
    `retry_s` after how many seconds it may be granted, where that is known.
    """

    def __init__(self, code: str, message: str, field: str | None = None, retry_s: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.retry_s = retry_s


class UnavailableError(NightPorterError, ConnectionError):
    """A part of the product does not answer: board, gateway, store."""


class OurFaultError(NightPorterError, RuntimeError):
    """A broken invariant of our own."""
