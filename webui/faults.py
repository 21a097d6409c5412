"""Refusals as HTTP answers."""

from __future__ import annotations

from firmware.errors import NightPorterError, RefusedError, UnavailableError

_STATUS_OF_CODE = {
    "unknown-call": 404,
    "unknown-alarm": 404,
    "unknown-port": 404,
    "unknown-extension": 404,
    "unknown-room": 404,
    "unknown-number": 422,
    "own-number": 422,
    "bad-value": 422,
    "pattern": 422,
    "number": 422,
    "emergency-number": 422,
    "hours": 422,
    "password": 422,
    "expired": 410,
    "no-gateway": 503,
}
CONFLICT = 409


class ApiError(Exception):
    """An answer that is not a success."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field


def as_api_error(error: NightPorterError) -> ApiError:
    """What went wrong below, as an answer: refused 404, 409, 410 or 422; not there now 503; a mistake of ours 500."""
    if isinstance(error, RefusedError):
        return ApiError(_STATUS_OF_CODE.get(error.code, CONFLICT), error.code, str(error), error.field)
    if isinstance(error, UnavailableError):
        return ApiError(503, "unavailable", str(error))
    return ApiError(500, "internal", "something went wrong inside; it is in the log")
