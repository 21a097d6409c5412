"""Audio sources for the fabric: tones, prompts, bursts. Files are read by the disk thread, never in the audio path."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from boardsupport.bus import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from firmware.gateway.messages import Signal, Tone
from firmware.voice.tones import Prepared

MAX_PROMPT_BYTES = 600 * SAMPLE_RATE_HZ
"""Ten minutes."""
CACHED_BYTES = 32 * 1024 * 1024


class Playback:
    """Plays prepared audio in blocks; the last block is filled up with idle code."""

    __slots__ = ("_at", "_audio", "_idle", "_loop")

    failed = False

    def __init__(self, prepared: Prepared, idle: int) -> None:
        self._audio = prepared.once or prepared.loop
        self._loop = prepared.loop
        self._at = 0
        self._idle = idle

    @property
    def endless(self) -> bool:
        """See `surroundings.SignalSource.endless`."""
        return bool(self._loop)

    def block(self) -> bytes | None:
        end = self._at + BLOCK_SAMPLES
        if end <= len(self._audio):
            block = self._audio[self._at : end]
            self._at = end
            return block
        return self._turn()

    def _turn(self) -> bytes | None:
        """The block in which the material ends and its loop, if any, begins."""
        block = self._audio[self._at :]
        if not self._loop:
            self._at = len(self._audio)
            return block + bytes([self._idle]) * (BLOCK_SAMPLES - len(block)) if block else None
        self._audio = self._loop
        self._at = 0
        while len(block) < BLOCK_SAMPLES:
            missing = BLOCK_SAMPLES - len(block)
            block += self._audio[self._at : self._at + missing]
            self._at = (self._at + missing) if self._at + missing < len(self._audio) else 0
        return block


class PromptPlayback:
    """A prompt: silence until its file is there, then the file; `failed` if it is not to be had."""

    def __init__(self, repeat: bool, idle: int) -> None:
        self.failed = False
        self._repeat = repeat
        self._idle = idle
        self._silence = bytes([idle]) * BLOCK_SAMPLES
        self._playback: Playback | None = None

    @property
    def endless(self) -> bool:
        """See `surroundings.SignalSource.endless`."""
        return self._repeat

    def loaded(self, audio: bytes | None) -> None:
        """The disk thread's answer."""
        if audio is None:
            self.failed = True
            return
        prepared = Prepared(b"", audio) if self._repeat else Prepared(audio, b"")
        self._playback = Playback(prepared, self._idle)

    def block(self) -> bytes | None:
        if self.failed:
            return None
        return self._silence if self._playback is None else self._playback.block()


class Loader(Protocol):
    """Reads a file on the disk thread; `done` is called in the core with its bytes, or None."""

    def read(self, path: Path, limit: int, done: Callable[[bytes | None], None]) -> None: ...


class Signals:
    """Makes the source for a signal. Prompts stay in memory, the longest unused ones go first."""

    def __init__(self, tones: Mapping[Tone, Prepared], prompts: Path, language: str, loader: Loader, idle: int) -> None:
        self._tones = tones
        self._prompts = prompts
        self._language = language
        self._loader = loader
        self._idle = idle
        self._cache: OrderedDict[str, bytes] = OrderedDict()

    def source(self, signal: Signal) -> Playback | PromptPlayback:
        """What plays the signal from its beginning. A prompt that is not there fails when it is played."""
        if signal.tone is not None:
            tone = self._tones[signal.tone]
            again = signal.repeat and not tone.loop
            return Playback(Prepared(b"", tone.once) if again else tone, self._idle)
        return self._prompt(signal.prompts[0], signal.repeat)

    def _prompt(self, name: str, repeat: bool) -> PromptPlayback:
        playback = PromptPlayback(repeat, self._idle)
        held = self._cache.get(name)
        if held is not None:
            self._cache.move_to_end(name)
            playback.loaded(held)
        else:
            self._loader.read(self.path_of(name), MAX_PROMPT_BYTES, lambda audio: self._arrived(name, playback, audio))
        return playback

    def path_of(self, name: str) -> Path:
        """Where a prompt lies: `name`, or `language/name` for another language than the hotel's."""
        within = name if "/" in name else f"{self._language}/{name}"
        return self._prompts / f"{within}.alaw"

    def _arrived(self, name: str, playback: PromptPlayback, audio: bytes | None) -> None:
        playback.loaded(audio or None)
        if audio:
            self._cache[name] = audio
            while sum(map(len, self._cache.values())) > CACHED_BYTES:
                self._cache.popitem(last=False)
