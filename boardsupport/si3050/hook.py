"""The port's own hook: which verb the line's state allows, and what it leads to. Pure.

ON_HOOK --seize--> SETTLING --settled--> OFF_HOOK --flash--> FLASH --reclose--> OFF_HOOK
any --release--> RELEASING --released--> ON_HOOK
"""

from __future__ import annotations

from enum import Enum

from boardsupport.port import PortStateError


class LineHook(Enum):
    ON_HOOK = "on-hook"
    SETTLING = "being seized"
    """The loop is closed; its audio does not pass yet."""
    OFF_HOOK = "off-hook"
    FLASH = "opened for a flash"
    RELEASING = "being released"
    """The loop opens, which takes the line side some milliseconds."""


class HookVerb(Enum):
    SEIZE = "seize"
    SETTLED = "settled"
    FLASH = "flash"
    RECLOSE = "reclose"
    RELEASE = "release"
    RELEASED = "released"


_TABLE: dict[tuple[LineHook, HookVerb], LineHook] = {
    (LineHook.ON_HOOK, HookVerb.SEIZE): LineHook.SETTLING,
    (LineHook.ON_HOOK, HookVerb.RELEASE): LineHook.RELEASING,
    (LineHook.SETTLING, HookVerb.SETTLED): LineHook.OFF_HOOK,
    (LineHook.SETTLING, HookVerb.RELEASE): LineHook.RELEASING,
    (LineHook.OFF_HOOK, HookVerb.FLASH): LineHook.FLASH,
    (LineHook.OFF_HOOK, HookVerb.RELEASE): LineHook.RELEASING,
    (LineHook.FLASH, HookVerb.RECLOSE): LineHook.OFF_HOOK,
    (LineHook.FLASH, HookVerb.RELEASE): LineHook.RELEASING,
    (LineHook.RELEASING, HookVerb.RELEASE): LineHook.RELEASING,
    (LineHook.RELEASING, HookVerb.RELEASED): LineHook.ON_HOOK,
}
"""Every rule; what is not in it is refused."""

CLOSED = frozenset((LineHook.SETTLING, LineHook.OFF_HOOK))


class HookMachine:
    """The hook of one port; `name` is for the errors."""

    def __init__(self, name: str, off_hook: bool = False) -> None:
        self._name = name
        self.state = LineHook.OFF_HOOK if off_hook else LineHook.ON_HOOK

    @property
    def closed(self) -> bool:
        """The chip is told to be off-hook."""
        return self.state in CLOSED

    @property
    def idle(self) -> bool:
        """On-hook, and not just becoming so."""
        return self.state is LineHook.ON_HOOK

    def do(self, verb: HookVerb) -> None:
        """Go to what follows. Raises PortStateError."""
        following = _TABLE.get((self.state, verb))
        if following is None:
            raise PortStateError(f"{self._name} is {self.state.value}: no {verb.value}")
        self.state = following
