"""The switching fabric: what each endpoint hears in a block, from what the others said in it.

Audio is law-coded, 80 bytes for each endpoint and block of 10 ms. Between two endpoints bytes are copied as they are;
only conferences and overlays are computed, each in one C call. Nothing here waits or allocates beyond a block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from boardsupport.bus import BLOCK_SAMPLES
from firmware.gateway.messages import Mode

Block: TypeAlias = bytes | bytearray | memoryview
Mix: TypeAlias = Callable[[Sequence[Block]], Sequence[Block]]
Overlay: TypeAlias = Callable[[Block, Block], Block]

SPEAKS: frozenset[Mode] = frozenset({"sendrecv", "sendonly"})
HEARS: frozenset[Mode] = frozenset({"sendrecv", "recvonly"})


class Source(Protocol):
    """Something that is heard: a tone, a prompt, a caller-id burst."""

    def block(self) -> bytes | None:
        """The next 80 bytes, or None when it has ended."""
        ...


@dataclass(slots=True)
class _Conference:
    talkers: list[slice]
    places: list[slice | None]
    """Where the sum without talker n goes; None: that talker hears nothing."""
    listeners: list[slice]


@dataclass(slots=True)
class _Routes:
    """A connection, worked out for the tick."""

    straight: list[tuple[slice, slice]] = field(default_factory=list)
    conference: _Conference | None = None


class Fabric:
    """Connections and signals of `ports` endpoints, known here by index."""

    def __init__(self, ports: int, idle: int, mix: Mix, overlay: Overlay) -> None:
        self.audio = bytearray([idle]) * (ports * BLOCK_SAMPLES)
        """What each endpoint hears: 80 bytes for endpoint n at n * 80."""
        self._silence = bytes(self.audio)
        self._idle = bytes([idle]) * BLOCK_SAMPLES
        self._slices = [slice(port * BLOCK_SAMPLES, (port + 1) * BLOCK_SAMPLES) for port in range(ports)]
        self._routes: dict[str, _Routes] = {}
        self._signals: dict[int, tuple[Source, bool]] = {}
        self._muted: set[int] = set()
        self._mix = mix
        self._overlay = overlay

    def connect(self, connection: str, legs: Sequence[tuple[int, Mode]]) -> None:
        """The connection joins exactly these endpoints from the next block on."""
        self._routes[connection] = self._route(legs)

    def disconnect(self, connection: str) -> None:
        self._routes.pop(connection, None)

    def play(self, port: int, source: Source | None, overlay: bool = False) -> None:
        """Let an endpoint hear a source instead of its connection, or mixed into it; None ends it."""
        if source is None:
            self._signals.pop(port, None)
        else:
            self._signals[port] = (source, overlay)

    def mute(self, port: int, muted: bool) -> None:
        """Whether an endpoint hears silence instead of anything else."""
        if muted:
            self._muted.add(port)
        else:
            self._muted.discard(port)

    def compose(self, clean: memoryview) -> list[tuple[int, Source]]:
        """Fill `audio` from what the endpoints said (laid out alike); the signals that have ended now."""
        audio = self.audio
        audio[:] = self._silence
        for routes in self._routes.values():
            for source, place in routes.straight:
                audio[place] = clean[source]
            if routes.conference is not None:
                self._confer(routes.conference, clean)
        ended = self._sound()
        for port in self._muted:
            audio[self._slices[port]] = self._idle
        return ended

    def _sound(self) -> list[tuple[int, Source]]:
        ended = []
        for port, (source, overlay) in self._signals.items():
            block = source.block()
            if block is None:
                ended.append((port, source))
                continue
            place = self._slices[port]
            self.audio[place] = self._overlay(self.audio[place], block) if overlay else block
        for port, _ in ended:
            del self._signals[port]
        return ended

    def _confer(self, conference: _Conference, clean: memoryview) -> None:
        inputs: list[Block] = [clean[talker] for talker in conference.talkers]
        if any(conference.places):
            for place, heard in zip(conference.places, self._mix(inputs), strict=True):
                if place is not None:
                    self.audio[place] = heard
        if conference.listeners:
            # Who does not talk hears the sum of all: as a talker who is silent would.
            everyone = self._mix([*inputs, self._idle])[-1]
            for place in conference.listeners:
                self.audio[place] = everyone

    def _route(self, legs: Sequence[tuple[int, Mode]]) -> _Routes:
        talkers = [port for port, mode in legs if mode in SPEAKS]
        hearing = [port for port, mode in legs if mode in HEARS]
        others = {port: [talker for talker in talkers if talker != port] for port in hearing}
        single = {port: heard[0] for port, heard in others.items() if len(heard) == 1}
        straight = [(self._slices[talker], self._slices[port]) for port, talker in single.items()]
        summed = [port for port, heard in others.items() if len(heard) > 1]
        if not summed:
            return _Routes(straight)
        conference = _Conference(
            talkers=[self._slices[port] for port in talkers],
            places=[self._slices[port] if port in summed else None for port in talkers],
            listeners=[self._slices[port] for port in summed if port not in talkers],
        )
        return _Routes(straight, conference)
