"""The second factor: codes by time (TOTP, RFC 6238, as telephones' authenticators make them) and recovery codes."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from io import BytesIO

import pyotp
import segno

from firmware.passwords import token_digest

STEP_S = 30
BESIDE = 1
"""A telephone's clock may be so many steps off (RFC 6238, 5.2)."""
RECOVERY_CODES = 10
ISSUER = "Night Porter"
_A_CODE = re.compile(r"[0-9]{6}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for others on paper."""
_GROUPS, _GROUP = 4, 4


def new_secret() -> str:
    """160 random bits in Base32 (RFC 4226, 4, R6)."""
    return pyotp.random_base32()


def uri_of(secret: str, name: str) -> str:
    """What an authenticator reads: `otpauth://totp/...`."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def qr_of(uri: str) -> str:
    """The same as a picture: SVG, black on white whatever the page's colours are."""
    picture = BytesIO()
    segno.make(uri, micro=False).save(picture, kind="svg", scale=5, dark="#000", light="#fff", xmldecl=False)
    return picture.getvalue().decode()


def is_by_time(code: str) -> bool:
    """Whether it looks like a code by time; recovery codes have letters and are longer."""
    return _A_CODE.fullmatch(_bare(code)) is not None


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is, of the present one and those beside it; None: of none."""
    present = int(now.timestamp()) // STEP_S
    made = pyotp.TOTP(secret)
    # All are compared, so that the time it takes does not tell which one it was.
    right = [
        step for step in range(present - BESIDE, present + BESIDE + 1)
        if secrets.compare_digest(made.generate_otp(step).encode(), _bare(code).encode())
    ]  # fmt: skip
    return max(right, default=None)


def new_recovery_codes() -> list[str]:
    """79 random bits each: so many that a plain hash cannot be turned back."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_digest(code: str) -> bytes:
    """What is kept of a recovery code, however it is written."""
    return token_digest(_bare(code).lower())


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _bare(code: str) -> str:
    return re.sub(r"[\s-]", "", code)
