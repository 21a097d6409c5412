"""What can be spoken into a handset: a tone, DTMF digits, a recording, a live microphone; 8 kHz, by blocks."""

from __future__ import annotations

import io
import wave
from collections import deque
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.g711 import peak_of

RATE: Final = 8000
DTMF_LOW_HZ: Final = (697, 770, 852, 941)
DTMF_HIGH_HZ: Final = (1209, 1336, 1477, 1633)
DTMF_DIGITS: Final = "123A456B789C*0#D"
DTMF_LOW_DBM0: Final = -9.0
DTMF_HIGH_DBM0: Final = -7.0
"""Levels of a common telephone: the high group 2 dB above the low one (ITU-T Q.23 leaves them to the country)."""
LONGEST_WAV_S: Final = 600
LIVE_BLOCKS: Final = 20
"""A live microphone may be this much ahead (200 ms); older sound is dropped."""
Floats = NDArray[np.float32]


class SoundError(ValueError):
    """What was to be played is no sound that we can play."""


class Sound(Protocol):
    """Something with a length in samples, heard block by block."""

    length: int

    def block(self, start: int, count: int) -> Floats:
        """Samples from `start` on, in 16-bit steps."""
        ...


class Playing(NamedTuple):
    """A sound and the sample at which it began."""

    began: int
    sound: Sound

    def block(self, start: int, count: int) -> Floats | None:
        """What of it falls into the block that begins at a sample, silence around it; None when it is over."""
        offset = start - self.began
        if offset >= self.sound.length:
            return None
        lead = min(count, max(0, -offset))
        at = max(0, offset)
        piece = self.sound.block(at, max(0, min(count - lead, self.sound.length - at)))
        return piece if len(piece) == count else np.pad(piece, (lead, count - lead - len(piece)))


class Tone:
    """A sine of a level for so many samples."""

    def __init__(self, hz: float, dbm0: float, length: int) -> None:
        self.length = length
        self._step = 2 * np.pi * hz / RATE
        self._peak = peak_of(dbm0)

    def block(self, start: int, count: int) -> Floats:
        """See `Sound.block`."""
        sine: Floats = (self._peak * np.sin(self._step * np.arange(start, start + count))).astype(np.float32)
        return sine


class Recording:
    """Samples that stand ready."""

    def __init__(self, samples: Floats) -> None:
        self.length = len(samples)
        self._samples = samples

    def block(self, start: int, count: int) -> Floats:
        """See `Sound.block`."""
        return self._samples[start : start + count]


class Dtmf:
    """Digits as a keypad sends them; ends with the last digit, without its pause. Raises ValueError for no digit."""

    def __init__(self, digits: str, on_ms: int, off_ms: int) -> None:
        self._on = on_ms * RATE // 1000
        self._round = self._on + off_ms * RATE // 1000
        self.length = (len(digits) - 1) * self._round + self._on
        rows, columns = np.divmod([DTMF_DIGITS.index(digit) for digit in digits], len(DTMF_HIGH_HZ))
        self._low = 2 * np.pi / RATE * np.take(DTMF_LOW_HZ, rows)
        self._high = 2 * np.pi / RATE * np.take(DTMF_HIGH_HZ, columns)

    def block(self, start: int, count: int) -> Floats:
        """See `Sound.block`."""
        digit, at = np.divmod(np.arange(start, start + count), self._round)
        low = peak_of(DTMF_LOW_DBM0) * np.sin(self._low[digit] * at)
        high = peak_of(DTMF_HIGH_DBM0) * np.sin(self._high[digit] * at)
        keyed: Floats = np.where(at < self._on, low + high, 0).astype(np.float32)
        return keyed


def from_wav(body: bytes) -> Recording:
    """A WAV file of any rate, 8 or 16 bits, its channels mixed. Raises SoundError."""
    try:
        with wave.open(io.BytesIO(body)) as file:
            rate, width, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
            if file.getnframes() > rate * LONGEST_WAV_S:
                raise SoundError(f"a recording longer than {LONGEST_WAV_S} s")
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as wrong:
        raise SoundError(f"no WAV file: {wrong}") from wrong
    if width == 2:
        samples = np.frombuffer(frames, "<i2").astype(np.float32)
    elif width == 1:
        samples = (np.frombuffer(frames, np.uint8).astype(np.float32) - 128) * 256
    else:
        raise SoundError(f"samples of {8 * width} bits; allowed: 8 or 16")
    usable = len(samples) // channels * channels
    return Recording(_at_8khz(samples[:usable].reshape(-1, channels).mean(axis=1), rate))


def _at_8khz(samples: Floats, rate: int) -> Floats:
    if rate == RATE or not len(samples):
        return samples.astype(np.float32)
    if rate > RATE:
        # low-pass at 3.6 kHz before samples are left out
        taps = np.arange(-32, 33)
        kernel = np.sinc(2 * 3600 / rate * taps) * np.hamming(len(taps))
        samples = np.convolve(samples, kernel / kernel.sum(), mode="same")
    places = np.arange(0, len(samples) - 1, rate / RATE)
    resampled: Floats = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    return resampled


class Microphone:
    """Live sound from a browser, as it comes."""

    def __init__(self) -> None:
        self._waiting: deque[Floats] = deque()
        self._count = 0

    def push(self, pcm16: bytes) -> None:
        """16-bit samples at 8 kHz, little-endian."""
        piece = np.frombuffer(pcm16[: len(pcm16) // 2 * 2], "<i2").astype(np.float32)
        self._waiting.append(piece)
        self._count += len(piece)
        while self._count > LIVE_BLOCKS * 80 and len(self._waiting) > 1:
            self._count -= len(self._waiting.popleft())

    def pull(self, count: int) -> Floats | None:
        """The next `count` samples, padded with silence; None if there is nothing."""
        if not self._count:
            return None
        block = np.zeros(count, np.float32)
        filled = 0
        while filled < count and self._waiting:
            piece = self._waiting.popleft()
            taken = min(len(piece), count - filled)
            block[filled : filled + taken] = piece[:taken]
            filled += taken
            if taken < len(piece):
                self._waiting.appendleft(piece[taken:])
        self._count -= filled
        return block
