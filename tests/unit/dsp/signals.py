"""Test signals as float arrays on the 16-bit scale, the line that returns an echo, and a port on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boardsupport.dsp import (
    FULL_SCALE_DBM0,
    BankEvent,
    CallerIdFormat,
    DetectorSet,
    Law,
    PortBank,
    decode,
    encode,
)

Samples = NDArray[np.float64]
RATE = 8000
BLOCK = 80


def peak_of(dbm0: float, law: Law = "alaw") -> float:
    return 32767 * 10 ** ((dbm0 - FULL_SCALE_DBM0[law]) / 20)


def sine(hz: float, dbm0: float, seconds: float) -> Samples:
    return peak_of(dbm0) * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE))


def noise(dbm0: float, seconds: float, seed: int = 1) -> Samples:
    samples = np.random.default_rng(seed).standard_normal(int(seconds * RATE))
    return samples * peak_of(dbm0) / np.sqrt(2)


def speech(dbm0: float, seconds: float, seed: int = 1) -> Samples:
    """Like speech: syllables of 120 ms, voiced through moving formants or hissed, with pauses; level while active."""
    random = np.random.default_rng(seed)
    syllable = RATE * 120 // 1000
    time = np.arange(syllable) / RATE
    pitch = random.uniform(100, 180)
    pieces = []
    for _ in range(int(seconds * RATE) // syllable + 1):
        hz = pitch * random.uniform(0.85, 1.2)
        formants = random.uniform([300, 900, 2300], [800, 2200, 3000])
        partials = hz * np.arange(1, int(3400 / hz))
        gains = sum(1 / (1 + ((partials - formant) / 120) ** 2) for formant in formants)
        voiced = (gains[:, None] * np.sin(2 * np.pi * partials[:, None] * (time + random.random()))).sum(axis=0)
        hiss = np.diff(random.standard_normal(syllable + 1)) * 0.3
        kind = random.random()
        piece = silence(0.12) if kind > 0.85 else hiss if kind > 0.7 else voiced
        pieces.append(piece * np.hanning(syllable) ** 0.5)
    samples = np.concatenate(pieces)[: int(seconds * RATE)]
    active = samples[np.abs(samples) > 0.02 * np.abs(samples).max()]
    return samples * peak_of(dbm0) / np.sqrt(2) / np.sqrt(np.mean(active**2))


def join(*parts: Samples) -> Samples:
    return np.concatenate(parts)


def law_bytes(samples: Samples, law: Law = "alaw") -> bytes:
    return encode(np.clip(np.rint(samples), -32768, 32767).astype(np.int16).tobytes(), law)


def linear(data: bytes, law: Law = "alaw") -> Samples:
    """A-law has no zero: its least value is taken for silence."""
    samples = np.frombuffer(decode(data, law), np.int16).astype(np.float64)
    samples[np.abs(samples) <= 8] = 0
    return samples


def power_db(samples: Samples) -> float:
    return 10 * float(np.log10(np.mean(samples**2) + 1e-6))


def level_dbm0(samples: Samples, law: Law = "alaw") -> float:
    return power_db(samples) + 10 * float(np.log10(2)) - 20 * float(np.log10(32767)) + FULL_SCALE_DBM0[law]


def part(samples: Samples, begin_s: float, end_s: float) -> Samples:
    return samples[int(begin_s * RATE) : int(end_s * RATE)]


def hybrid(return_loss_db: float, delay: int = 2, spread: float = 8.0, seed: int = 1) -> Samples:
    """Impulse response of a far hybrid within 64 taps; the loss is that of white noise."""
    response = np.zeros(64)
    tail = np.arange(64 - delay)
    response[delay:] = np.random.default_rng(seed).standard_normal(len(tail)) * np.exp(-tail / spread)
    return response / np.sqrt(np.sum(response**2)) * 10 ** (-return_loss_db / 20)


@dataclass
class Outcome:
    clean: bytes
    captured: bytes
    played: bytes
    events: list[BankEvent]
    law: Law

    @property
    def out(self) -> Samples:
        return linear(self.clean, self.law)

    def echo_loss_db(self, begin_s: float, end_s: float) -> float:
        """How much weaker what comes back is than what was sent, in a stretch where only the far party talks."""
        sent = part(linear(self.played, self.law), begin_s, end_s)
        return power_db(sent) - power_db(part(self.out, begin_s, end_s))

    def distortion_db(self, near: Samples, begin_s: float, end_s: float) -> float:
        """Signal to distortion of the near party."""
        wanted = part(near, begin_s, end_s)
        return power_db(wanted) - power_db(part(self.out, begin_s, end_s)[: len(wanted)] - wanted)


@dataclass
class Line:
    """A bank of one port on a pair whose hybrid returns an echo."""

    response: Samples = field(default_factory=lambda: hybrid(12))
    law: Law = "alaw"
    echo: bool = True
    dtmf: bool = False
    dial_tone_filter: bool = False
    progress: DetectorSet | None = None
    caller_id: Sequence[CallerIdFormat] = ()

    def __post_init__(self) -> None:
        self.bank = PortBank(1, 1, self.law)
        self.bank.place(0, 0)
        self.bank.set_echo(0, self.echo)
        self.bank.set_dtmf(0, self.dtmf, self.dial_tone_filter)
        self.bank.set_progress(0, self.progress)
        self.bank.set_caller_id(0, self.caller_id)

    def talk(self, far: Samples, near: Samples) -> Outcome:
        length = max(len(far), len(near)) // BLOCK * BLOCK
        far, near = (np.pad(one[:length], (0, length - len(one[:length]))) for one in (far, near))
        played = law_bytes(far, self.law)
        heard = np.frombuffer(decode(played, self.law), np.int16).astype(np.float64)
        captured = law_bytes(np.convolve(heard, self.response)[:length] + near, self.law)
        clean = bytearray()
        events: list[BankEvent] = []
        for at in range(0, length, BLOCK):
            events += self.bank.receive(captured[at : at + BLOCK], played[at : at + BLOCK])
            clean += self.bank.clean
        return Outcome(bytes(clean), captured, played, events, self.law)
