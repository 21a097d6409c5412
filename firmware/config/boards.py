"""How many sockets of each kind a board revision has, as `boardsupport.board` builds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class BoardSockets:
    """What may be plugged into one board revision."""

    kind: Literal["sim", "hat"]
    fxs: int
    fxo: int

    def refusal(self, sockets: Sequence[str]) -> str | None:
        """Why these sockets do not fit the board, or None."""
        for kind, limit in (("fxs", self.fxs), ("fxo", self.fxo)):
            if sockets.count(kind) > limit:
                return f"{sockets.count(kind)} {kind} sockets, and the board has {limit}"
        return None


BOARD_SOCKETS: dict[str, BoardSockets] = {"sim-64": BoardSockets("sim", 32, 8)}
