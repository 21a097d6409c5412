"""What is kept of secrets: passwords as Argon2id hashes (RFC 9106, second recommended option), tokens as plain ones."""

from __future__ import annotations

import hashlib

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from firmware.errors import RefusedError

LEAST_CHARACTERS = 8
MOST_CHARACTERS = 200

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def token_digest(token: str) -> bytes:
    """What is kept of a token or of a one-time link. They are random enough that a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).digest()


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
