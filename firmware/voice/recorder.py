"""Recordings of endpoints: the core hands over blocks, the disk thread writes 16-bit WAV files.

The file's header is brought up to date every second, so that a recording is whole but for its last second if the power
goes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from boardsupport.dsp import Law
from firmware.errors import UnavailableError
from firmware.gateway.messages import Done, Error, Record
from firmware.log import Log
from firmware.voice.commands import Answer
from firmware.voice.disk import Disk

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
FLUSH_BLOCKS = 100
MAX_RECORDINGS = 32

log = Log("voice.recorder")


class NameInUseError(OSError):
    """There is a recording of this name."""


class WavFile:
    """A WAV file that grows: 8 kHz, mono, 16 bit. Used by the disk thread. Raises OSError, NameInUseError."""

    def __init__(self, path: Path) -> None:
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
        self._file.close()

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
    name: str
    what: str
    limit_samples: int
    file: WavFile | None = None
    said: bytearray = field(default_factory=bytearray)
    heard: bytearray = field(default_factory=bytearray)
    samples: int = 0
    failed: bool = False


class Recorder:
    """All recordings, by the index of their endpoint."""

    def __init__(self, directory: Path, law: Law, disk: Disk, on_ended: Callable[[int, str, float], None]) -> None:
        self._directory = directory
        self._law: Law = law
        self._disk = disk
        self._on_ended = on_ended
        self._running: dict[int, _Recording] = {}

    def start(self, index: int, command: Record, answer: Answer) -> None:
        """Begin; the reply comes when the file is open."""
        if index in self._running:
            answer(Error(fault="state", code="recording", text=f"{command.endpoint} is being recorded already"))
            return
        if len(self._running) >= MAX_RECORDINGS:
            answer(Error(fault="gateway", code="recordings", text=f"{MAX_RECORDINGS} recordings run already"))
            return
        recording = _Recording(command.name, command.what, command.limit_s * SAMPLE_RATE_HZ)
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
            answer(_refusal(command.name, result))

        try:
            self._disk.submit(open_file, opened)
        except UnavailableError as error:
            answer(Error(fault="gateway", code="disk", text=str(error)))
            return
        self._running[index] = recording

    def after_block(self, clean: memoryview, audio: bytearray) -> None:
        """Take this block of every endpoint that is recorded."""
        for index, recording in list(self._running.items()):
            place = slice(index * BLOCK_SAMPLES, (index + 1) * BLOCK_SAMPLES)
            recording.said += clean[place]
            recording.heard += audio[place]
            recording.samples += BLOCK_SAMPLES
            if recording.samples >= recording.limit_samples:
                self._end(index, None)
            elif len(recording.said) >= FLUSH_BLOCKS * BLOCK_SAMPLES:
                self._hand_over(recording)

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

    def _end(self, index: int, answer: Answer | None) -> None:
        recording = self._running.pop(index)
        self._hand_over(recording)

        def close_file() -> None:
            if recording.file is not None:
                recording.file.close()

        def closed(result: object) -> None:
            if answer is not None:
                whole = not recording.failed and not isinstance(result, Exception)
                text = f"{recording.name} could not be written whole"
                answer(Done() if whole else Error(fault="gateway", code="disk", text=text))
            else:
                written = recording.file.samples if recording.file is not None else 0
                self._on_ended(index, recording.name, written / SAMPLE_RATE_HZ)

        try:
            self._disk.submit(close_file, closed)
        except UnavailableError as error:
            closed(error)

    def _hand_over(self, recording: _Recording) -> None:
        said, heard, what = bytes(recording.said), bytes(recording.heard), recording.what
        recording.said.clear()
        recording.heard.clear()

        def append() -> None:
            audio = {"receive": said, "transmit": heard}.get(what) or dsp.overlay(said, heard, self._law)
            if recording.file is not None:
                recording.file.append(dsp.decode(audio, self._law))

        def appended(result: object) -> None:
            if isinstance(result, Exception) and not recording.failed:
                recording.failed = True
                log.error("failed", name=recording.name, why=result)

        try:
            if said:
                self._disk.submit(append, appended)
        except UnavailableError as error:
            recording.failed = True
            log.error("failed", name=recording.name, why=error)


def _refusal(name: str, why: Exception) -> Error:
    """A name that is taken is the agent's fault; what is recorded already stays as it is."""
    if isinstance(why, NameInUseError):
        return Error(fault="agent", code="name-in-use", text=f"there is a recording {name} already")
    text = why.strerror if isinstance(why, OSError) else None
    return Error(fault="gateway", code="disk", text=f"{name}: {text or why}")
