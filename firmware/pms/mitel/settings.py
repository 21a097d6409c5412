"""What a site can set of its Mitel link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from firmware.errors import ConfigError
from firmware.restriction.model import Level

Dialect: TypeAlias = Literal["sx200", "sx2000", "room-first"]
"""sx200: no RST; room-first: CHK1 brings a name, behind the room."""
CLASSES: Mapping[str, Level] = {"0": "internal", "1": "local", "2": "international"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MitelSettings:
    """`extension_width` and `pad` (the side of the blanks) are of what we send; what we read may be padded anyhow.

    Raises ConfigError for a code page that cannot be.
    """

    dialect: Dialect = "sx2000"
    extension_width: int = 5
    pad: Literal["left", "right"] = "right"
    ack_unknown: bool = True
    """A message that we do not know is acknowledged: some PMS would repeat it for ever, and everything behind it."""
    occupancy_status: bool = False
    """STS tells clean and dirty with the occupancy (6 to 9), which not every PMS knows."""
    telnet_filter: bool = False
    """A serial-to-LAN converter speaks Telnet in between."""
    seven_bit: bool = False
    """The eighth bit of what comes is parity."""
    encoding: str = "utf-8"
    decimals: int = 2
    """Of the hotel's currency, for LMT."""
    class_map: Mapping[str, Level] = field(default_factory=lambda: CLASSES)
    """Digit of RST to class of restriction."""

    def __post_init__(self) -> None:
        try:
            plain = "AZ,09".encode(self.encoding) == b"AZ,09"
        except LookupError:
            plain = False
        if not plain:
            raise ConfigError(f"encoding {self.encoding!r}: no code page that holds ASCII")
