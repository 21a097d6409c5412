"""Prompts: every text in every language, made once, and made again only when something changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from firmware.config.schema import Extension, Language
from firmware.errors import UnavailableError
from firmware.ivr import prompts
from firmware.ivr.house_texts import WORDINGS, house_texts
from firmware.ivr.prompt_texts import TEXTS, VOICES
from firmware.voice.checks import PROMPT_NAME

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def test_every_prompt_is_there_in_every_language() -> None:
    for name, texts in TEXTS.items():
        assert set(texts) == set(VOICES), name
        assert PROMPT_NAME.fullmatch(name)
    assert set(WORDINGS) == set(VOICES) == set(get_args(Language))


@pytest.mark.parametrize(
    ("extension", "language", "said"),
    [
        (Extension(number="203", kind="room", floor=2), "en", "Emergency call from room 2 0 3, floor 2."),
        (Extension(number="2112", kind="room", room="112"), "en", "Emergency call from room 1 1 2."),
        (Extension(number="7", kind="room", room="12A", floor=-1), "pl",
         "Połączenie alarmowe z pokoju 1 2 A, piętro minus 1."),
        (Extension(number="110", kind="staff", name="Housekeeping"), "en", "Emergency call from Housekeeping."),
        (Extension(number="110", kind="service", floor=0), "ru", "Экстренный вызов с телефона 1 1 0, этаж 0."),
        (Extension(number="203", kind="room", floor=2), "zh", "紧急呼叫，来自2 0 3号房，2楼。"),
        (Extension(number="203", kind="room", floor=-2), "vi", "Cuộc gọi khẩn cấp từ phòng 2 0 3, tầng hầm 2."),
    ],
)  # fmt: skip
def test_an_emergency_call_is_announced_by_where_it_comes_from(
    extension: Extension, language: Language, said: str
) -> None:
    there = msgspec.structs.replace(extension, port="fxs/1")
    texts = house_texts([there], language)
    assert texts == {f"emergency-from-{extension.number}": {language: said}}
    assert all(PROMPT_NAME.fullmatch(name) for name in texts)
    assert house_texts([extension], language) == {}, "nobody calls from there"


@needs_espeak
async def test_the_house_s_own_prompts_are_made_by_the_process_and_again_when_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures: list[str | None] = []
    path = prompts.path_of(tmp_path / "prompts", "en", "emergency-from-203")
    sounds = []
    for floor in (2, 2, 17):
        house = house_texts([Extension(number="203", kind="room", port="fxs/1", floor=floor)], "en")
        await prompts.PromptService(tmp_path, house, failures.append).run()
        sounds.append((path.read_bytes(), path.stat().st_mtime_ns))
    assert sounds[0] == sounds[1] and sounds[0][0] != sounds[2][0]
    assert failures == [None, None, None]


async def test_a_disk_that_takes_no_prompts_is_told(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_bytes(b"")
    failures: list[str | None] = []
    await prompts.PromptService(tmp_path, {}, failures.append).run()
    (text,) = failures
    assert text is not None and "prompts" in text


@needs_espeak
def test_a_prompt_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [("en", "survival-warning"), ("pl", "survival-warning")]
    prompts.render(tmp_path, wanted, TEXTS)
    audio = prompts.path_of(tmp_path, "en", "survival-warning").read_bytes()
    assert 4000 < len(audio) < 200_000
    assert not set(wanted) & set(prompts.missing(tmp_path, TEXTS))
    monkeypatch.setitem(VOICES, "en", "en-us")  # type: ignore[arg-type]
    assert ("en", "survival-warning") in prompts.missing(tmp_path, TEXTS)
    assert ("pl", "survival-warning") not in prompts.missing(tmp_path, TEXTS)
    prompts.path_of(tmp_path, "pl", "survival-warning").write_bytes(b"")  # what a power cut may leave
    assert ("pl", "survival-warning") in prompts.missing(tmp_path, TEXTS)


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
