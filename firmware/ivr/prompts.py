"""Prompts are spoken by espeak-ng and kept as prepared audio: DATA/prompts/LANGUAGE/NAME.alaw, 8 kHz A-law.

A file is made again only when its text, voice or recipe changes: DATA/prompts/made.json has the hash of each. It is
the work of a process of its own, at low priority, so that neither telephony nor pages feel it; what this house needs
beside the prompts of all is told to it by DATA/prompts/house.json.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import shutil
import subprocess
import sys
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.errors import UnavailableError
from firmware.ivr.prompt_texts import TEXTS, VOICES, Texts
from firmware.log import Log
from firmware.processes import replace_file

PROGRAM = "espeak-ng"
WORDS_PER_MINUTE = 145
RECIPE = "2"
"""Part of each hash; to be raised when the same text shall sound otherwise."""
HOUSE = "house.json"
PATIENCE_S = 60
PEAK = 0.5
"""Of full scale: speech about as loud as a talker on the line."""

log = Log("prompts")


def missing(directory: Path, texts: Texts) -> list[tuple[str, str]]:
    """(language, name) of each prompt whose file is not there, is empty, or was made from something else."""
    made = _made(directory)
    return [
        (language, name)
        for name, said in texts.items()
        for language, text in said.items()
        if made.get(f"{language}/{name}") != _hash(language, text) or not _bytes(path_of(directory, language, name))
    ]


def path_of(directory: Path, language: str, name: str) -> Path:
    return directory / language / f"{name}.alaw"


def render(directory: Path, wanted: list[tuple[str, str]], texts: Texts) -> None:
    """Make these prompts. Raises UnavailableError if espeak-ng is not installed or fails."""
    from boardsupport import dsp  # here, so that the supervisor, which only starts this, does not load it

    made = _made(directory)
    for language, name in wanted:
        text = texts[name][language]
        rate, samples = speak(text, VOICES[language])
        audio = dsp.encode(_levelled(array("h", dsp.to_8_khz(samples.tobytes(), rate))).tobytes(), "alaw")
        path = path_of(directory, language, name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, audio)
        made[f"{language}/{name}"] = _hash(language, text)
        replace_file(directory / "made.json", msgspec.json.encode(made, order="sorted"))
        log.info("rendered", prompt=f"{language}/{name}", seconds=round(len(audio) / 8000, 1))


def speak(text: str, voice: str) -> tuple[int, array[int]]:
    """Sampling rate in Hz and 16-bit samples of a text spoken. Raises UnavailableError."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise UnavailableError(f"{PROGRAM} is not installed, so nothing can be spoken: install the package {PROGRAM}")
    command = [program, "-v", voice, "-s", str(WORDS_PER_MINUTE), "--stdout", "--stdin"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{PROGRAM} -v {voice} does not end") from None
    if done.returncode != 0 or not done.stdout:
        raise UnavailableError(f"{PROGRAM} -v {voice}: {done.stderr.decode(errors='replace').strip()}")
    return _samples(done.stdout)


def render_command(data: Path) -> int:
    """`nightporter prompts render`: make what is missing, after everything else that wants the processor."""
    os.nice(19)
    directory = data / "prompts"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    texts = {**TEXTS, **_house(directory)}
    render(directory, missing(directory, texts), texts)
    return 0


class PromptService:
    """Has the missing prompts made, and tells the desk if they cannot be. `house`: what this house needs besides."""

    def __init__(self, data: Path, house: Texts, failed: Callable[[str | None], None]) -> None:
        self._data = data
        self._house = house
        self._failed = failed

    async def run(self) -> None:
        """Once; a temporary service."""
        try:
            wanted = await asyncio.to_thread(self._prepare)
        except OSError as refusal:
            self._failed(f"the prompts cannot be kept: {refusal}")
            return
        if not wanted:
            self._failed(None)
            return
        log.info("renders", prompts=len(wanted))
        command = [sys.executable, "-m", "firmware", "prompts", "render", "--data", str(self._data)]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        try:
            _, error = await process.communicate()
        except asyncio.CancelledError:
            process.terminate()
            raise
        text = error.decode(errors="replace").strip().splitlines()
        self._failed(None if process.returncode == 0 else (text[-1] if text else "the rendering failed"))

    def _prepare(self) -> list[tuple[str, str]]:
        """What is missing; the house's own texts lie where the rendering finds them."""
        directory = self._data / "prompts"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _house(directory) != self._house:
            replace_file(directory / HOUSE, msgspec.json.encode(self._house))
        return missing(directory, {**TEXTS, **self._house})


def _house(directory: Path) -> Texts:
    try:
        return msgspec.json.decode((directory / HOUSE).read_bytes(), type=dict[str, dict[str, str]])
    except (OSError, ValueError):
        return {}


def _hash(language: str, text: str) -> str:
    recipe = "\0".join((RECIPE, VOICES[language], str(WORDS_PER_MINUTE), text))
    return hashlib.sha256(recipe.encode()).hexdigest()[:24]


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _made(directory: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((directory / "made.json").read_bytes(), type=dict[str, str])
    except (OSError, ValueError):
        return {}


def _samples(wav: bytes) -> tuple[int, array[int]]:
    """espeak-ng writes a WAV whose lengths are not known at its start; the samples go to the end of the data."""
    with wave.open(io.BytesIO(wav)) as reader:
        rate, width = reader.getframerate(), reader.getsampwidth()
    if width != 2:
        raise UnavailableError(f"{PROGRAM} gave {8 * width}-bit audio")
    start = wav.index(b"data") + 8
    samples = array("h")
    samples.frombytes(wav[start : start + (len(wav) - start) // 2 * 2])
    return rate, samples


def _levelled(samples: array[int]) -> array[int]:
    loudest = max((abs(sample) for sample in samples), default=0)
    if not loudest:
        return samples
    factor = PEAK * 32767 / loudest
    return array("h", (round(sample * factor) for sample in samples))
