"""Works on sound: speech of espeak-ng and WAV files to 8 kHz A-law at a telephone's level, and back.

It is imported by processes of their own only (`sound_worker`, `prompts`), so that the supervisor neither loads the
signal processing nor waits for it.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from array import array
from dataclasses import dataclass

from boardsupport import dsp
from firmware.details import Detail, DetailCode
from firmware.errors import RefusedError, UnavailableError

PROGRAM = "espeak-ng"
WORDS_PER_MINUTE = 145
PATIENCE_S = 60
PEAK = 0.5
"""Of full scale: speech about as loud as a talker on the line."""
MAX_GAIN = 10.0
"""20 dB: a whisper becomes speech; the noise of an empty recording does not."""
SILENT = 100
"""A recording whose loudest sample is below this has nothing to hear."""
RATE_HZ = 8_000
HEAD_MS = 30
PAUSE_MS, SENTENCE_PAUSE_MS = 60, 250
"""Silence that is left after a fragment, which another one follows, and after a sentence."""
EDGE = 0.01
"""Of the peak: quieter than this is silence before or after speech."""

MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 48_000
MIN_S = 0.1
PCM, A_LAW, U_LAW, EXTENSIBLE = 1, 6, 7, 0xFFFE
"""wFormatTag (RFC 2361); the last has the real one in its SubFormat."""
_FORMAT = struct.Struct("<HHIIHH")


def spoken(text: str, voice: str) -> bytes:
    """A text as A-law, without more silence around it than what follows needs. Raises UnavailableError."""
    rate, samples = speak(text, voice)
    pause = SENTENCE_PAUSE_MS if text.rstrip().endswith((".", "?", "!", "。", "？", "！")) else PAUSE_MS
    return _a_law(_trimmed(_levelled(_at_8_khz(samples, rate)), pause))


def speak(text: str, voice: str) -> tuple[int, array[int]]:
    """Sampling rate in Hz and 16-bit samples of a text spoken. Raises UnavailableError."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise UnavailableError(f"{PROGRAM} is not installed, so nothing can be spoken: install the package {PROGRAM}")
    command = [program, "-v", voice, "-s", str(WORDS_PER_MINUTE), "-z", "--stdout", "--stdin"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{PROGRAM} -v {voice} does not end") from None
    if done.returncode != 0 or not done.stdout:
        raise UnavailableError(f"{PROGRAM} -v {voice}: {done.stderr.decode(errors='replace').strip()}")
    try:
        wav = parse(done.stdout)
    except RefusedError as refusal:
        raise UnavailableError(f"{PROGRAM} -v {voice}: {refusal}") from None
    return wav.rate_hz, wav.samples


def from_wav(content: bytes, longest_s: float) -> bytes:
    """A recording as A-law. Raises RefusedError for what is no WAV file, or none that a telephone can play."""
    wav = parse(content)
    if not MIN_RATE_HZ <= wav.rate_hz <= MAX_RATE_HZ:
        text = f"its sampling rate is {wav.rate_hz} Hz; 8000 to 48000 Hz can be used"
        raise _refused("wav-rate", text, hz=str(wav.rate_hz))
    seconds = len(wav.samples) / wav.rate_hz
    if not MIN_S <= seconds <= longest_s:
        text = f"it is {seconds:.2f} s long; {MIN_S} to {longest_s:.0f} s can be used"
        raise _refused("wav-length", text, seconds=f"{seconds:.2f}", least=str(MIN_S), most=f"{longest_s:.0f}")
    samples = _at_8_khz(wav.samples, wav.rate_hz)
    if _loudest(samples) < SILENT:
        raise _refused("wav-silent", "there is nothing to hear in it")
    return _a_law(_levelled(samples))


def to_wav(a_law: bytes) -> bytes:
    """A-law as a WAV file of 16-bit samples, which every browser plays."""
    pcm = dsp.decode(a_law, "alaw")
    head = struct.pack("<4sI4s4sI", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16)
    return head + _FORMAT.pack(PCM, 1, RATE_HZ, 2 * RATE_HZ, 2, 16) + struct.pack("<4sI", b"data", len(pcm)) + pcm


# ------------------------------------------------------------------------------------------------------- WAV files


@dataclass(frozen=True, slots=True)
class Wav:
    """Sampling rate in Hz, and 16-bit samples of one channel."""

    rate_hz: int
    samples: array[int]


def parse(content: bytes) -> Wav:
    """A RIFF WAVE file: 8 or 16 bit PCM, A-law or u-law, one or two channels. Raises RefusedError.

    A file whose lengths were not known when its head was written (it came through a pipe) ends with its last byte.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise _refused("wav-head", "it does not begin as a WAV file does (RIFF, WAVE)")
    form, data = _chunks(content)
    tag, channels, rate, _, _, bits = _FORMAT.unpack_from(form)
    if tag == EXTENSIBLE and len(form) >= 26:
        (tag,) = struct.unpack_from("<H", form, 24)
    if channels not in (1, 2):
        raise _refused("wav-channels", f"it has {channels} channels; one or two can be used", channels=channels)
    samples = _samples(data[: len(data) // (channels * bits // 8 or 1) * (channels * bits // 8)], tag, bits)
    return Wav(rate, samples if channels == 1 else _one_channel(samples))


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    form: bytes | None = None
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + size]
        if name == b"fmt " and len(body) >= _FORMAT.size:
            form = body
        elif name == b"data" and form is not None:
            return form, body
        at += 8 + size + size % 2
    raise _refused("wav-empty", "it has no description of its format, or no samples")


def _samples(data: bytes, tag: int, bits: int) -> array[int]:
    if tag == PCM and bits == 16:
        samples = array("h", data)
        if sys.byteorder == "big":
            samples.byteswap()
        return samples
    if tag == PCM and bits == 8:  # unsigned, unlike the longer ones
        return array("h", ((byte - 128) * 256 for byte in data))
    if tag in (A_LAW, U_LAW) and bits == 8:
        return array("h", dsp.decode(data, "alaw" if tag == A_LAW else "ulaw"))
    text = f"its samples (format {tag}, {bits} bit) can't be used; PCM of 8 or 16 bit, A-law or u-law can"
    raise _refused("wav-samples", text, format=tag, bits=bits)


def _one_channel(samples: array[int]) -> array[int]:
    return array("h", ((left + right) // 2 for left, right in zip(samples[::2], samples[1::2], strict=True)))


def _refused(code: DetailCode, why: str, **facts: str | int) -> RefusedError:
    return RefusedError.of("not-a-recording", Detail(code, f"this file can't be used: {why}", facts), "wav")


# ----------------------------------------------------------------------------------------------------------- level


def _at_8_khz(samples: array[int], rate_hz: int) -> array[int]:
    return array("h", dsp.to_8_khz(samples.tobytes(), rate_hz))


def _a_law(samples: array[int]) -> bytes:
    return dsp.encode(samples.tobytes(), "alaw")


def _loudest(samples: array[int]) -> int:
    return max(max(samples, default=0), -min(samples, default=0))


def _levelled(samples: array[int]) -> array[int]:
    loudest = _loudest(samples)
    if not loudest:
        return samples
    factor = round(min(PEAK * 32767 / loudest, MAX_GAIN) * (1 << 12))  # whole numbers: a third of the time
    return array("h", [sample * factor >> 12 for sample in samples])


def _trimmed(samples: array[int], pause_ms: int) -> array[int]:
    """From a moment before speech begins until `pause_ms` after it has ended."""
    edge = EDGE * _loudest(samples)
    heard = (at for at, sample in enumerate(samples) if abs(sample) > edge)
    begin = next(heard, 0)
    end = next((at for at in range(len(samples), 0, -1) if abs(samples[at - 1]) > edge), 0)
    pause = array("h", bytes(2 * RATE_HZ * pause_ms // 1000))
    return samples[max(0, begin - RATE_HZ * HEAD_MS // 1000) : end] + pause
