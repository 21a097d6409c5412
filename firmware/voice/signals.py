"""Audio sources for the fabric: tones, prompts, bursts. Files are read by the disk thread, never in the audio path."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path

from boardsupport.bus import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from firmware.gateway.messages import Signal, Tone
from firmware.voice.prompt_files import Found, Loader, Prompt, Wanted
from firmware.voice.tones import Prepared

MAX_PROMPT_BYTES = 600 * SAMPLE_RATE_HZ
"""Ten minutes: of the prompts of one signal together."""
CACHED_BYTES = 32 * 1024 * 1024
PATIENCE_BLOCKS = 200
"""Two seconds: a disk that is busy with other things answers sooner."""


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
    """Prompts, one after the other: silence until all are there, then all without a gap; `failed` if none is.

    `held`: what is in memory of them, which is better than nothing where the disk does not answer.
    """

    def __init__(self, repeat: bool, idle: int, held: Sequence[bytes] = ()) -> None:
        self.failed = False
        self._repeat = repeat
        self._idle = idle
        self._held = held
        self._silence = bytes([idle]) * BLOCK_SAMPLES
        self._waited = 0
        self._playback: Playback | None = None

    @property
    def endless(self) -> bool:
        """See `surroundings.SignalSource.endless`."""
        return self._repeat

    def loaded(self, prompts: Sequence[bytes]) -> None:
        """The disk thread's answer, or what must do instead; the first one counts."""
        if self._playback is not None or self.failed:
            return
        audio = b"".join(prompts)
        if not audio:
            self.failed = True
            return
        prepared = Prepared(b"", audio) if self._repeat else Prepared(audio, b"")
        self._playback = Playback(prepared, self._idle)

    def block(self) -> bytes | None:
        if self._playback is None:
            self._waited += 1
            if self._waited > PATIENCE_BLOCKS:
                self.loaded(self._held)
        if self.failed:
            return None
        return self._silence if self._playback is None else self._playback.block()


class Signals:
    """Makes the source for a signal. Prompts stay in memory, the longest unused ones go first.

    What is in memory is heard only if its file is still the same: a prompt that was replaced is heard the next time.
    """

    def __init__(self, tones: Mapping[Tone, Prepared], prompts: Path, language: str, loader: Loader, idle: int) -> None:
        self._tones = tones
        self._prompts = prompts
        self._language = language
        self._loader = loader
        self._idle = idle
        self._cache: OrderedDict[str, Prompt] = OrderedDict()
        self._cached_bytes = 0

    def source(self, signal: Signal) -> Playback | PromptPlayback:
        """What plays the signal from its beginning. Prompts of which none is there fail when they are played."""
        if signal.tone is not None:
            tone = self._tones[signal.tone]
            again = signal.repeat and not tone.loop
            return Playback(Prepared(b"", tone.once) if again else tone, self._idle)
        return self._sequence([self._full_name(prompt) for prompt in signal.prompts], signal.repeat)

    def _sequence(self, names: Sequence[str], repeat: bool) -> PromptPlayback:
        held = [self._cache.get(name) for name in names]
        playback = PromptPlayback(repeat, self._idle, [prompt.audio for prompt in held if prompt is not None])
        wanted = [Wanted(self.places(name), prompt) for name, prompt in zip(names, held, strict=True)]

        def done(found: Found | None) -> None:
            there = [prompt for prompt in found or held if prompt is not None]
            playback.loaded([prompt.audio for prompt in there])
            if found is not None:
                self._keep(names, found)

        self._loader.find(wanted, MAX_PROMPT_BYTES, done)
        return playback

    def _full_name(self, prompt: str) -> str:
        return prompt if "/" in prompt else f"{self._language}/{prompt}"

    def places(self, full_name: str) -> tuple[Path, ...]:
        """Where a prompt lies: a site's own replaces the one of that name."""
        return self._prompts / "site" / f"{full_name}.alaw", self._prompts / f"{full_name}.alaw"

    def _keep(self, names: Sequence[str], found: Found) -> None:
        for name, prompt in zip(names, found, strict=True):
            if (old := self._cache.pop(name, None)) is not None:
                self._cached_bytes -= len(old.audio)
            if prompt is not None:
                self._cache[name] = prompt
                self._cached_bytes += len(prompt.audio)
        while self._cached_bytes > CACHED_BYTES:
            self._cached_bytes -= len(self._cache.popitem(last=False)[1].audio)
