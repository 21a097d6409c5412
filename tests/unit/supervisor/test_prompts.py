"""Prompts: every text in every language, made once, and made again only when something changed."""

from __future__ import annotations

import math
import shutil
from array import array
from pathlib import Path

import pytest

from firmware.errors import UnavailableError
from firmware.supervisor import prompts
from firmware.supervisor.prompt_texts import TEXTS, VOICES
from firmware.supervisor.resample import to_8_khz

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def sine(hz: float, rate: int, seconds: float = 0.5) -> array[int]:
    return array("h", (round(10_000 * math.sin(2 * math.pi * hz * n / rate)) for n in range(round(rate * seconds))))


def level(samples: array[int]) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return math.sqrt(sum(sample * sample for sample in middle) / len(middle))


def test_every_prompt_is_there_in_every_language() -> None:
    for name, texts in TEXTS.items():
        assert set(texts) == set(VOICES), name


@pytest.mark.parametrize("rate", [22_050, 16_000, 44_100])
def test_speech_passes_and_what_would_alias_does_not(rate: int) -> None:
    assert level(to_8_khz(sine(1000, rate), rate)) == pytest.approx(10_000 / math.sqrt(2), rel=0.02)
    assert level(to_8_khz(sine(4700, rate), rate)) < 10_000 / math.sqrt(2) / 100


def test_the_length_is_kept() -> None:
    assert len(to_8_khz(sine(300, 22_050, 1.0), 22_050)) == 8000


@needs_espeak
def test_a_prompt_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [("en", "dnd-off"), ("pl", "dnd-off")]
    prompts.render(tmp_path, wanted)
    audio = prompts.path_of(tmp_path, "en", "dnd-off").read_bytes()
    assert 4000 < len(audio) < 40_000
    assert not set(wanted) & set(prompts.missing(tmp_path))
    monkeypatch.setitem(VOICES, "en", "en-us")  # type: ignore[arg-type]
    assert ("en", "dnd-off") in prompts.missing(tmp_path)
    assert ("pl", "dnd-off") not in prompts.missing(tmp_path)


@needs_espeak
@pytest.mark.parametrize("language", sorted(VOICES))
def test_every_language_has_a_voice(language: str) -> None:
    rate, samples = prompts.speak(TEXTS["dnd-off"][language], VOICES[language])
    assert len(samples) > rate / 2


def test_without_espeak_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UnavailableError, match="install the package espeak-ng"):
        prompts.speak("hello", "en-gb")
