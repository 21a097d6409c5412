"""Prompts: every text in every language, made once, and made again only when something changed."""

from __future__ import annotations

import shutil
import subprocess
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
    wanted = [("en", "survival-warning"), ("pl", "survival-warning")]
    prompts.render(tmp_path, wanted)
    audio = prompts.path_of(tmp_path, "en", "survival-warning").read_bytes()
    assert 4000 < len(audio) < 200_000
    assert not set(wanted) & set(prompts.missing(tmp_path))
    monkeypatch.setitem(VOICES, "en", "en-us")  # type: ignore[arg-type]
    assert ("en", "survival-warning") in prompts.missing(tmp_path)
    assert ("pl", "survival-warning") not in prompts.missing(tmp_path)
    prompts.path_of(tmp_path, "pl", "survival-warning").write_bytes(b"")  # what a power cut may leave
    assert ("pl", "survival-warning") in prompts.missing(tmp_path)


@needs_espeak
@pytest.mark.parametrize("language", sorted(VOICES))
def test_every_language_has_a_voice(language: str) -> None:
    rate, samples = prompts.speak(TEXTS["survival-warning"][language], VOICES[language])
    assert len(samples) > rate / 2


def test_a_program_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def never_ends(command: list[str], timeout: float, **options: object) -> None:
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "run", never_ends)
    with pytest.raises(UnavailableError, match="does not end"):
        prompts.speak("hello", "en-gb")


def test_without_espeak_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UnavailableError, match="install the package espeak-ng"):
        prompts.speak("hello", "en-gb")
