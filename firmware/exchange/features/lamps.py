"""Message lamps: the gateway keeps them, and is told only what it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.gateway.messages import Lamp

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.terminals import Telephone


def light(core: Core, telephone: Telephone, lit: bool) -> None:
    """Light the telephone's message lamp, or put it out."""
    if telephone.lamp is not lit:
        telephone.lamp = lit
        core.send(Lamp(endpoint=telephone.endpoint, lit=lit))
