"""Passwords: the least that is accepted, and their Argon2id hashes (RFC 9106, second recommended option)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from firmware.errors import RefusedError

LEAST_CHARACTERS = 8
MOST_CHARACTERS = 200

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def digest(password: str) -> str:
    """The hash to keep; takes a tenth of a second and 64 MiB. Raises RefusedError for a password that is no good."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        text = f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters"
        raise RefusedError("password", text, "password")
    return _hasher.hash(password)


def matches(kept: str, password: str) -> bool:
    """Whether this is the password; takes as long as `digest`."""
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
