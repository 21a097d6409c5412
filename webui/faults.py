"""Refusals as HTTP answers."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.details import Detail
from firmware.errors import Limit, NightPorterError, RefusedError, UnavailableError

_STATUS_OF_CODE = {
    "unknown-call": 404,
    "unknown-alarm": 404,
    "unknown-port": 404,
    "unknown-line": 404,
    "unknown-extension": 404,
    "unknown-room": 404,
    "unknown-user": 404,
    "unknown-token": 404,
    "unknown-session": 404,
    "unknown-charge": 404,
    "tariff": 422,
    "unknown-guest": 404,
    "unknown-message": 404,
    "unknown-link": 404,
    "unknown-output": 404,
    "unknown-wakeup": 404,
    "unknown-prompt": 404,
    "unknown-backup": 404,
    "unknown-menu": 404,
    "no-audio": 404,
    "too-large": 413,
    "unknown-request": 404,
    "unknown-name": 404,
    "unknown-service": 404,
    "no-https": 404,
    "no-certificate": 404,
    "bad-certificate": 422,
    "unknown-code": 422,
    "emergency": 422,
    "past": 422,
    "bad-until": 422,
    "not-a-recording": 422,
    "bad-backup": 422,
    "bad-key": 422,
    "menu": 422,
    "wrong-name": 422,
    "same-room": 422,
    "unknown-number": 422,
    "own-number": 422,
    "bad-value": 422,
    "nameless": 422,
    "no-such-room": 422,
    "same-hours": 422,
    "pattern": 422,
    "number": 422,
    "emergency-number": 422,
    "hours": 422,
    "password": 422,
    "wrong-password": 422,
    "bad-login": 401,
    "code-needed": 401,
    "bad-code": 422,
    "not-allowed": 403,
    "too-many-tries": 429,
    "expired": 410,
    "no-gateway": 503,
}
CONFLICT = 409


class ApiError(Exception):
    """An answer that is not a success; see RefusedError. `retry_s`: after how many seconds one may ask again."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        retry_s: int | None = None,
        limit: Limit | None = None,
        details: Sequence[Detail] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.retry_s = retry_s
        self.limit = limit
        self.details = tuple(details)


def as_api_error(error: NightPorterError) -> ApiError:
    """What went wrong below, as an answer: refused 4xx; not there now 503; a mistake of ours 500."""
    if isinstance(error, RefusedError):
        status = _STATUS_OF_CODE.get(error.code, CONFLICT)
        return ApiError(status, error.code, str(error), error.field, error.retry_s, error.limit, error.details)
    if isinstance(error, UnavailableError):
        return ApiError(503, "unavailable", str(error))
    return ApiError(500, "internal", "something went wrong inside; it is in the log")
