"""Recordings of endpoints: the core hands over blocks, the disk thread writes 16-bit WAV files.

The file's header is brought up to date every second, so that a recording is whole but for its last second if the power
goes.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from math import log10
from pathlib import Path
from typing import BinaryIO, Protocol

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from boardsupport.dsp import Law
from firmware.errors import UnavailableError
from firmware.gateway.messages import Done, Error, Record
from firmware.log import Log
from firmware.voice.commands import Answer
from firmware.voice.disk import Disk, sync_directory
from firmware.voice.trunk_ear import SilenceClock

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
FLUSH_BLOCKS = 100
MAX_RECORDINGS = 32
CUT_BYTES = 80 * SAMPLE_RATE_HZ // 1000
"""A digit is recognised up to 38 ms after its tone began: what it ends is cut so much earlier."""
NS_PER_SAMPLE = 1_000_000_000 // SAMPLE_RATE_HZ
NOTHING_DBM0 = -99.0

log = Log("voice.recorder")


class NameInUseError(OSError):
    """There is a recording of this name."""


class WavFile:
    """A WAV file that grows: 8 kHz, mono, 16 bit. Used by the disk thread. Raises OSError, NameInUseError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._file: BinaryIO = path.open("xb")
        except FileExistsError:
            raise NameInUseError(path.name) from None
        self.samples = 0
        self._write_header()

    def append(self, pcm16: bytes) -> None:
        """Add samples. Raises OSError."""
        self._file.write(pcm16)
        self.samples += len(pcm16) // 2
        self._write_header()

    def close(self) -> None:
        """Have it on the disk, whole and under its name. Raises OSError."""
        with self._file:
            os.fsync(self._file.fileno())
        sync_directory(self._path.parent)

    def _write_header(self) -> None:
        size = self.samples * 2
        header = HEADER.pack(
            b"RIFF", size + HEADER.size - 8, b"WAVE", b"fmt ", 16, 1, 1, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * 2, 2, 16,
            b"data", size,
        )  # fmt: skip
        self._file.seek(0)
        self._file.write(header)
        self._file.seek(0, 2)
        self._file.flush()


@dataclass
class _Recording:
    command: Record
    silence: SilenceClock | None
    file: WavFile | None = None
    said: bytearray = field(default_factory=bytearray)
    heard: bytearray = field(default_factory=bytearray)
    samples: int = 0
    failed: bool = False

    def add(self, said: bytes, heard: bytes) -> None:
        self.said += said
        self.heard += heard
        self.samples += len(said)

    def over(self, said_dbm0: float, heard: bytes, law: Law) -> bool:
        """Whether it is to end with this block: it is long enough, or nobody has spoken for long enough."""
        if self.samples >= self.command.limit_s * SAMPLE_RATE_HZ:
            return True
        if self.silence is None:
            return False
        what = self.command.what
        heard_dbm0 = NOTHING_DBM0 if what == "receive" else level_dbm0(heard, law)
        loudest = heard_dbm0 if what == "transmit" else max(said_dbm0, heard_dbm0)
        return self.silence.heard(loudest, self.samples * NS_PER_SAMPLE)

    def take(self, keep: int) -> tuple[bytes, bytes]:
        """What was said and heard and is not on the disk yet, but for the last `keep` bytes."""
        end = max(0, len(self.said) - keep)
        said, heard = bytes(self.said[:end]), bytes(self.heard[:end])
        del self.said[:end], self.heard[:end]
        return said, heard

    def cut(self) -> None:
        """Drop the digit that has ended it."""
        del self.said[-CUT_BYTES:], self.heard[-CUT_BYTES:]


class RecordingHost(Protocol):
    """What recordings ask of the gateway, by the index of their endpoint."""

    def recording_begins(self, index: int, until_digit: bool) -> None:
        """`until_digit`: the endpoint's digits are to be received, and told by `Recorder.digit`."""
        ...

    def level(self, index: int) -> float:
        """dBm0 of what the endpoint said in the last block."""
        ...

    def recording_over(self, index: int) -> bytes:
        """It takes no more; the endpoint's tag, which may be another one when the file is whole."""
        ...

    def recording_ended(self, index: int, name: str, seconds: float, digit: str, tag: bytes) -> None:
        """It has ended by itself, and its file is whole."""
        ...


class Recorder:
    """All recordings, by the index of their endpoint."""

    def __init__(self, directory: Path, law: Law, disk: Disk, host: Callable[[], RecordingHost]) -> None:
        self._directory = directory
        self._law: Law = law
        self._disk = disk
        self._host = host
        self._running: dict[int, _Recording] = {}

    def start(self, index: int, command: Record, answer: Answer) -> None:
        """Begin; the reply comes when the file is open."""
        if index in self._running:
            answer(Error(fault="state", code="recording", text=f"{command.endpoint} is being recorded already"))
            return
        if len(self._running) >= MAX_RECORDINGS:
            answer(Error(fault="gateway", code="recordings", text=f"{MAX_RECORDINGS} recordings run already"))
            return
        silence = SilenceClock(command.silence_s, 0) if command.silence_s else None
        recording = _Recording(command, silence)
        path = self._directory / command.name

        def open_file() -> None:
            recording.file = WavFile(path)

        def opened(result: object) -> None:
            if not isinstance(result, Exception):
                answer(Done())
                return
            recording.failed = True
            if self._running.get(index) is recording:
                del self._running[index]
                self._host().recording_over(index)
            answer(_refusal(command.name, result))

        try:
            self._disk.submit(open_file, opened)
        except UnavailableError as error:
            answer(Error(fault="gateway", code="disk", text=str(error)))
            return
        self._running[index] = recording
        self._host().recording_begins(index, command.until_digit)

    def after_block(self, clean: memoryview, audio: bytearray) -> None:
        """Take this block of every endpoint that is recorded."""
        for index, recording in list(self._running.items()):
            place = slice(index * BLOCK_SAMPLES, (index + 1) * BLOCK_SAMPLES)
            said, heard = bytes(clean[place]), bytes(audio[place])
            recording.add(said, heard)
            if recording.over(self._host().level(index), heard, self._law):
                self._end(index, None)
            elif len(recording.said) >= FLUSH_BLOCKS * BLOCK_SAMPLES + CUT_BYTES:
                self._hand_over(recording, keep=CUT_BYTES)

    def digit(self, index: int, digit: str) -> None:
        """See `surroundings.Recordings.digit`."""
        recording = self._running.get(index)
        if recording is not None and recording.command.until_digit:
            recording.cut()
            self._end(index, None, digit)

    def stop(self, index: int, answer: Answer | None = None) -> None:
        """End a recording; the reply comes when the file is whole. One that does not run is no error."""
        if index in self._running:
            self._end(index, answer)
        elif answer is not None:
            answer(Done())

    def close(self) -> None:
        """End all of them."""
        for index in list(self._running):
            self._end(index, None)

    def _end(self, index: int, answer: Answer | None, digit: str = "") -> None:
        recording = self._running.pop(index)
        name, tag = recording.command.name, self._host().recording_over(index)
        self._hand_over(recording)

        def close_file() -> None:
            if recording.file is not None:
                recording.file.close()

        def closed(result: object) -> None:
            if answer is not None:
                whole = not recording.failed and not isinstance(result, Exception)
                text = f"{name} could not be written whole"
                answer(Done() if whole else Error(fault="gateway", code="disk", text=text))
            else:
                written = recording.file.samples if recording.file is not None else 0
                self._host().recording_ended(index, name, written / SAMPLE_RATE_HZ, digit, tag)

        try:
            self._disk.submit(close_file, closed)
        except UnavailableError as error:
            closed(error)

    def _hand_over(self, recording: _Recording, keep: int = 0) -> None:
        said, heard = recording.take(keep)
        name, what = recording.command.name, recording.command.what

        def append() -> None:
            audio = {"receive": said, "transmit": heard}.get(what) or dsp.overlay(said, heard, self._law)
            if recording.file is not None:
                recording.file.append(dsp.decode(audio, self._law))

        def appended(result: object) -> None:
            if isinstance(result, Exception) and not recording.failed:
                recording.failed = True
                log.error("failed", name=name, why=result)

        try:
            if said:
                self._disk.submit(append, appended)
        except UnavailableError as error:
            recording.failed = True
            log.error("failed", name=name, why=error)


def level_dbm0(block: bytes, law: Law) -> float:
    """How loud a block of law bytes is; of digital silence `NOTHING_DBM0`."""
    samples = memoryview(dsp.decode(block, law)).cast("h")
    power = 2.0 * sum(sample * sample for sample in samples) / len(samples) / 32767.0**2
    return 10.0 * log10(power) + dsp.FULL_SCALE_DBM0[law] if power else NOTHING_DBM0


def _refusal(name: str, why: Exception) -> Error:
    """A name that is taken is the agent's fault; what is recorded already stays as it is."""
    if isinstance(why, NameInUseError):
        return Error(fault="agent", code="name-in-use", text=f"there is a recording {name} already")
    text = why.strerror if isinstance(why, OSError) else None
    return Error(fault="gateway", code="disk", text=f"{name}: {text or why}")
