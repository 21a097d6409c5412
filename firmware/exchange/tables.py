"""Every state table of call control, for the diagrams in docs/."""

from __future__ import annotations

from typing import Any

from firmware.exchange.half_call import HALF_CALL
from firmware.exchange.trunk_half import TRUNK_CALL
from firmware.fsm import StateTable

TABLES: tuple[StateTable[Any, Any], ...] = (HALF_CALL, TRUNK_CALL)
