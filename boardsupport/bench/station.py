"""What stands at the far end of a pair, a telephone or the company's exchange, as the bench's audio sees it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple, Protocol, TypeAlias

from boardsupport.bench.sounds import Floats, Microphone
from boardsupport.chip_model import ChipModel

Listener: TypeAlias = Callable[[bytes], None]
UNCONNECTED_LOSS_DB: Final = 60.0


class WrongStateError(Exception):
    """The telephone or the line can't do this now (dialling with the handset down, answering an idle line, ...)."""


class Coupling(NamedTuple):
    """How a station hangs on its chip's pair: linear gains, and what its end returns of what it is sent."""

    ear: float
    """Highway to the ear."""
    on_hook: float
    """The same while nobody listens, but the line passes audio (a telephone's display)."""
    mouth: float
    sidetone: float
    return_loss_db: float
    noise_dbm0: float | None = None
    """Of what the pair picks up."""


class Station(Protocol):
    """One of them. `index` is its row in everything that the bench keeps per station."""

    port: str
    index: int
    listeners: list[Listener]
    """Called by the tick with each 10 ms that the ear receives, 160 bytes of PCM16."""
    microphone: Microphone
    far: bool
    """Behind a long cable: its echo comes later."""

    @property
    def chip(self) -> ChipModel: ...

    @property
    def hook_changes(self) -> int:
        """With each change its ears begin anew."""
        ...

    @property
    def lifted(self) -> bool:
        """The handset is up, the line seized."""
        ...

    def audio_state(self) -> Hashable:
        """Differs whenever `sounds` or `coupling` may have changed."""
        ...

    def sounds(self) -> bool:
        """There is something to carry between the highway and this station."""
        ...

    def coupling(self) -> Coupling: ...

    def mouth(self, start: int, count: int) -> Floats | None:
        """What it says in this block; None: nothing. Called once a block."""
        ...
