"""The CG field of LD: proof that we have the site's key. AES-128-CBC over date and time of the LS just received."""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from firmware.errors import ConfigError

BLOCK = 16
_KEY_HEAD, _HEAD = "FidCrypt0S|", "FidCryptAB;"


def key_bytes(key: str) -> bytes:
    """The key as the PMS's vendor hands it over. Raises ConfigError."""
    try:
        raw = base64.b64decode(key.strip().removeprefix(_KEY_HEAD), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != BLOCK:
        raise ConfigError(f"key: it is {_KEY_HEAD} and {BLOCK} bytes in base64")
    return raw


def proof(key: bytes, moment: str, iv: bytes) -> str:
    """CG for an LS of this moment (YYMMDDHHMMSS); `iv`: 16 bytes that were never used before."""
    padder = PKCS7(BLOCK * 8).padder()
    plain = padder.update(moment.encode("ascii", "replace")) + padder.finalize()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    secret = encryptor.update(plain) + encryptor.finalize()
    return _HEAD + base64.b64encode(iv).decode() + base64.b64encode(secret).decode()
