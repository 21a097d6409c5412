"""What a site can set of its FIAS link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware.errors import ConfigError
from firmware.pms.fias import authentication
from firmware.restriction.model import Level

CLASSES: Mapping[str, Level] = {"0": "internal", "1": "local", "2": "national", "3": "unrestricted"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FiasSettings:
    """Times in seconds unless the name says otherwise. Raises ConfigError for a key or code page that cannot be."""

    lr_pace_ms: int = 200
    """From one record of the link's start to the next."""
    answer_s: float = 30
    """For an LA, and for a PA."""
    keepalive_s: float = 300
    """Without a word of the PMS, until it is asked."""
    posting_number_width: int = 4
    """Digits of P#: 4 before FIAS 2.20, else 8."""
    resync_silence_s: float = 30
    retry_s: float = 60
    """After AS=RY, until the next posting."""
    audit_wait_s: float = 300
    """After AS=NA, until the next posting, should no NE come."""
    serial: bool = False
    lrc: bool = True
    baud: int = 9600
    seven_bit: bool = False
    """The line has 7 data bits: only ASCII goes out."""
    encoding: str = "utf-8"
    key: str | None = None
    """As it is handed over: "FidCrypt0S|" and base64, or the base64 alone."""
    class_map: Mapping[str, Level] = field(default_factory=lambda: CLASSES)
    """CS to class of restriction."""
    sales_outlet: str | None = None
    version: str = "1"
    """Of this program, as LD tells it."""

    def __post_init__(self) -> None:
        if not _is_code_page(self.encoding):
            raise ConfigError(f"encoding {self.encoding!r}: no code page that holds ASCII")
        if self.key is not None:
            authentication.key_bytes(self.key)

    @property
    def code_page(self) -> str:
        """For what we send."""
        return "ascii" if self.seven_bit else self.encoding


def _is_code_page(encoding: str) -> bool:
    """ASCII is written as itself, and any bytes can be read."""
    try:
        bytes(range(256)).decode(encoding, "replace")
        return "AZ|09".encode(encoding) == b"AZ|09"
    except (LookupError, UnicodeError):
        return False
