"""Message lamps of all three kinds: which is lit how, and who is still to be told by an FSK message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from firmware.gateway.messages import LampKind
from firmware.voice.fsk_lamps import FskLamps
from firmware.voice.telephone import State, Telephone


class LampLines(Protocol):
    """What lamps ask of the lines."""

    def set_lamp(self, port: str, kind: LampKind, lit: bool) -> None:
        """Neon or polarity."""
        ...

    def transmit_on_hook(self, port: str, ms: int) -> None:
        """Let an idle telephone hear audio for so long, from its CallerIdWindow on."""
        ...


class MessageLamps:
    """`usual`: the kind of lamp where the agent has named none; `message_ms`: how long an FSK message lasts."""

    def __init__(self, lines: LampLines, usual: LampKind, message_ms: int) -> None:
        self._lines = lines
        self._usual = usual
        self._message_ms = message_ms
        self._fsk = FskLamps()

    def set(self, telephone: Telephone, lit: bool, kind: LampKind | None, now_ns: int) -> None:
        """Light or put out; a lamp of the kind that it was before goes out."""
        before = telephone.lamp_kind or self._usual
        if kind not in (None, before) and telephone.lamp:
            self._show(telephone.name, before, False, now_ns)
        telephone.lamp, telephone.lamp_kind = lit, kind or telephone.lamp_kind
        self._show(telephone.name, telephone.lamp_kind or self._usual, lit, now_ns)

    def restore(self, telephone: Telephone, now_ns: int) -> None:
        """The line has come into service, perhaps as it was found: its lamp is as the agent said."""
        if telephone.lamp is not None:
            self._show(telephone.name, telephone.lamp_kind or self._usual, telephone.lamp, now_ns)

    def step(self, telephones: Iterable[Telephone], now_ns: int) -> None:
        """Begin the messages whose time has come."""
        if not self._fsk:
            return
        idle = {telephone.name for telephone in telephones if telephone.state is State.ON_HOOK}
        for port in self._fsk.look(idle, self._message_ms * 1_000_000, now_ns):
            self._lines.transmit_on_hook(port, self._message_ms)

    def opened(self, port: str) -> bool | None:
        """The line is in on-hook transmission: whether its message says lit; None: it did not open for a message."""
        return self._fsk.opened(port)

    def sounds(self, port: str) -> bool:
        """Whether a message may be on the line."""
        return self._fsk.sounds(port)

    def _show(self, port: str, kind: LampKind, lit: bool, now_ns: int) -> None:
        if kind == "fsk":
            self._fsk.tell(port, lit, now_ns)
        else:
            self._lines.set_lamp(port, kind, lit)
