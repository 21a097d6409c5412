"""Menus of a test: each says and asks what it is given, and keeps what it was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from firmware.exchange.dialogue import Act, Dialogue, Finish, Input, Opening, Step
from firmware.exchange.numbering import AgentSettings
from tests.unit.exchange.hotel import Hotel


@dataclass
class Script:
    """Takes one step after the other, whatever happens; then it is over."""

    opening: Opening
    steps: Sequence[Step]
    last: Act | None = None
    told: list[Input] = field(default_factory=list)
    gone: bool = False

    def begin(self) -> Step:
        return self._step(0)

    def next(self, happened: Input) -> Step:
        self.told.append(happened)
        return self._step(len(self.told))

    def hung_up(self) -> Act | None:
        self.gone = True
        return self.last

    def _step(self, number: int) -> Step:
        return self.steps[number] if number < len(self.steps) else Finish()


@dataclass
class Menus:
    """The house's menus by name: their steps, and their last action."""

    steps: dict[str, Sequence[Step]] = field(default_factory=dict)
    last: Act | None = None
    begun: list[Script] = field(default_factory=list)

    def begin(self, opening: Opening) -> Dialogue | None:
        if opening.menu not in self.steps:
            return None
        self.begun.append(Script(opening, self.steps[opening.menu], self.last))
        return self.begun[-1]

    @property
    def script(self) -> Script:
        return self.begun[-1]


def hotel_with(*steps: Step, last: Act | None = None, menu: str = "wakeup-main", **more: object) -> tuple[Hotel, Menus]:
    """A hotel whose *57, or another menu, has these steps."""
    menus = Menus({menu: steps}, last)
    fields = {name: more.pop(name) for name in ("trunks", "extensions") if name in more}
    return Hotel(AgentSettings(dialogues=menus, **more), **fields), menus  # type: ignore[arg-type]
