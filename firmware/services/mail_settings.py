"""What the site says of voice mail, checked."""

from __future__ import annotations

from typing import Any

import msgspec

from firmware.errors import Limit, RefusedError
from firmware.services.model import VoiceMailSettings
from firmware.store import StorageError

BOUNDS = {"longest_s": (10, 600), "per_room": (1, 99), "total_mb": (10, 20_000), "copy_days": (1, 366)}


def check_settings(wanted: VoiceMailSettings) -> None:
    """Raises RefusedError (bad-value)."""
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(wanted, name) <= most:
            raise RefusedError("bad-value", f"{least} to {most}", name, limit=Limit("whole-number", least, most))


def read_settings(kept: Any) -> VoiceMailSettings:
    """As the store has it. Raises StorageError."""
    try:
        return msgspec.convert(kept or {}, VoiceMailSettings)
    except msgspec.ValidationError as error:
        raise StorageError(f"the stored setting of voice mail is not usable: {error}") from error
