"""The key of backups: an X25519 key of age (https://age-encryption.org/v1), of which the box keeps the public half."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyrage

from firmware.backup.layout import PUBLIC_KEY
from firmware.details import Detail
from firmware.errors import RefusedError, UnavailableError
from firmware.processes import replace_file

PRIVATE_PREFIX = "AGE-SECRET-KEY-1"


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """Both halves. The private one is shown once, and written nowhere."""

    public: str
    private: str


def public_key(data: Path) -> str | None:
    """To whom this hotel's backups are encrypted; None: no key was made. Raises UnavailableError."""
    try:
        text = (data / PUBLIC_KEY).read_text(encoding="ascii").strip()
        recipient(text)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RefusedError) as error:
        text = f"{data / PUBLIC_KEY} cannot be used: {error}"
        raise UnavailableError.of(Detail("failed", text, {"place": PUBLIC_KEY, "reason": str(error)})) from error
    return text


def make_key(data: Path, replace: bool = False) -> KeyPair:
    """A new pair, the public half of it on disk. Raises RefusedError (exists) and UnavailableError."""
    identity = pyrage.x25519.Identity.generate()
    pair = KeyPair(str(identity.to_public()), str(identity))
    try:
        with _alone(data):
            if not replace and (data / PUBLIC_KEY).exists():
                text = "there is a key of backups already: whoever has its private half goes on using it"
                raise RefusedError("exists", text)
            replace_file(data / PUBLIC_KEY, f"{pair.public}\n".encode())
            sync_directory(data)
    except OSError as error:
        raise UnavailableError(f"the key cannot be kept: {error.strerror}") from error
    return pair


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Of two who make a key at the same moment one is shown it, and the other that there is one. Raises OSError."""
    directory = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def recipient(public: str) -> pyrage.x25519.Recipient:
    """Raises RefusedError (bad-key)."""
    try:
        return pyrage.x25519.Recipient.from_str(public)
    except pyrage.RecipientError as error:
        detail = Detail("public-key", f"this is no public key of age: {error}", {"reason": str(error)})
        raise RefusedError.of("bad-key", detail, "key") from error


def identity(text: str) -> pyrage.x25519.Identity:
    """The private half, of a text as age-keygen writes it, or of itself alone. Raises RefusedError (bad-key)."""
    words = (line.strip().upper() for line in text.splitlines() if not line.startswith("#"))
    private = next((word for word in words if word.startswith(PRIVATE_PREFIX)), "")
    try:
        return pyrage.x25519.Identity.from_str(private)
    except pyrage.IdentityError:
        text = f"this is no private key of backups, which begins with {PRIVATE_PREFIX}, or a letter of it is wrong"
        raise RefusedError.of("bad-key", Detail("private-key", text, {"prefix": PRIVATE_PREFIX}), "key") from None


def sync_directory(path: Path) -> None:
    """What was renamed in it stays so after a power cut. Raises OSError."""
    directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
