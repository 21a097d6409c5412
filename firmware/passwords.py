"""What is kept of secrets: passwords and PINs as Argon2id hashes (RFC 9106, second recommended option), tokens as plain
ones."""

from __future__ import annotations

import hashlib
import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from firmware.errors import RefusedError

LEAST_CHARACTERS = 8
MOST_CHARACTERS = 200

NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$bmlnaHRwb3J0ZXIgc2FsdA$" + "A" * 43
"""A hash of no password, made as costly as the others."""

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def token_digest(token: str) -> bytes:
    """What is kept of a token or of a one-time link. They are random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()


def csrf_of(session: str) -> str:
    """What proves that a change comes from a page of ours: only who reads our answers knows it, for one session."""
    return hmac.new(session.encode(), b"csrf", hashlib.sha256).hexdigest()


def digest(password: str) -> str:
    """The hash to keep; takes a tenth of a second and 64 MiB. Raises RefusedError for a password that is no good."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        text = f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters"
        raise RefusedError("password", text, "password")
    return _hasher.hash(password)


def pin_digest(pin: str, salt: bytes) -> str:
    """What is kept of a staff PIN. The house has one salt: a PIN is all that is dialled and must be found by itself."""
    return _hasher.hash(pin, salt=salt)


def matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; takes as long as `digest`, also where none is kept (None)."""
    try:
        return _hasher.verify(kept or NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
