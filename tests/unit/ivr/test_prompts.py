"""Prompts: every text in every language, made once, and made again only when something changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from firmware.errors import UnavailableError
from firmware.ivr import prompts
from firmware.ivr.prompt_texts import TEXTS, VOICES

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def test_every_prompt_is_there_in_every_language() -> None:
    for name, texts in TEXTS.items():
        assert set(texts) == set(VOICES), name


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
