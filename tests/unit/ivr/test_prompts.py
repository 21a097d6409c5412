"""Prompts: every text in every language, made once, and made again only when something changed."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import pkgutil
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from firmware.config.schema import Extension, Language
from firmware.ivr import prompts, sound
from firmware.ivr import texts as topics
from firmware.ivr.house_texts import WORDINGS, house_texts
from firmware.ivr.menus.book import MenuFaultsError, menus_of
from firmware.ivr.prompt_texts import TEXTS, VOICES, Texts
from firmware.ivr.texts import FRAGMENTS, PROMPTS, SPOKEN
from firmware.voice.checks import PROMPT_NAME
from tests.harness import wait_for

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def test_every_prompt_is_there_in_every_language() -> None:
    for name, texts in PROMPTS.items():
        assert set(texts) == set(VOICES), name
    assert all(PROMPT_NAME.fullmatch(name) for name in SPOKEN)
    assert set(WORDINGS) == set(VOICES) == set(get_args(Language))


def test_no_name_means_two_things() -> None:
    assert not set(PROMPTS) & set(FRAGMENTS)
    by_topic = [
        import_module(module.name).TEXTS for module in pkgutil.iter_modules(topics.__path__, f"{topics.__name__}.")
    ]
    assert len(PROMPTS) == len(TEXTS) + sum(map(len, by_topic))


@pytest.mark.parametrize("language", sorted(VOICES))
def test_each_language_says_everything_in_its_own_words(language: str) -> None:
    """No text is another prompt's or another language's, and each is written as its language is."""
    said = [texts[language] for texts in PROMPTS.values()]
    assert len(said) == len(set(said))
    elsewhere = {text for texts in PROMPTS.values() for other, text in texts.items() if other != language}
    assert not set(said) & elsewhere
    alphabet = {
        "zh": r"[\u4e00-\u9fff]",
        "ru": r"[а-яё]",
        "en": r"[a-z]",
        "vi": r"[a-zđà-ỹ]",
        "pl": r"[a-ząćęłńóśźż]",
    }[language]
    foreign = {"zh": r"[a-zа-я]", "ru": r"[a-z]"}.get(language, r"[а-яё\u4e00-\u9fff]")
    for text in said:
        assert re.search(alphabet, text, re.I) and not re.search(foreign, text, re.I), text


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


def house(floor: int) -> Texts:
    return house_texts([Extension(number="203", kind="room", port="fxs/1", floor=floor)], "en")


async def made(data: Path, library: Path, texts: Texts, failures: list[str | None]) -> bytes:
    """The sound of the house's prompt, as soon as the service has it; the service does not go on then."""
    service = asyncio.create_task(prompts.PromptService(data, "en", texts, failures.append, library).run())
    await asyncio.to_thread(wait_for, lambda: not prompts.missing(data / "prompts", texts), 60, "the house's prompt")
    service.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await service
    return prompts.path_of(data / "prompts", "en", "emergency-from-203").read_bytes()


@needs_espeak
async def test_the_house_s_own_prompts_are_made_first_and_again_when_they_change(tmp_path: Path) -> None:
    failures: list[str | None] = []
    first = await made(tmp_path, tmp_path / "library", house(2), failures)
    path = prompts.path_of(tmp_path / "prompts", "en", "emergency-from-203")
    written = path.stat().st_mtime_ns
    assert await made(tmp_path, tmp_path / "library", house(2), failures) == first
    assert path.stat().st_mtime_ns == written
    assert await made(tmp_path, tmp_path / "library", house(17), failures) != first
    assert not any(failures)


async def test_a_disk_that_takes_no_prompts_is_told(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_bytes(b"")
    failures: list[str | None] = []
    await prompts.PromptService(tmp_path, "en", {}, failures.append).run()
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


LITTLE: Texts = {"yes": {"en": "yes", "pl": "tak"}, "also-yes": {"en": "yes"}}
ALL_LITTLE = [("en", "yes"), ("pl", "yes"), ("en", "also-yes")]


@needs_espeak
def test_what_the_library_has_is_not_spoken_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "library"
    library.mkdir()
    prompts.render(tmp_path / "a", ALL_LITTLE, LITTLE, library)
    assert len(list(library.iterdir())) == 2, "the same words in the same language are the same sound"
    monkeypatch.setattr(sound, "spoken", lambda text, voice: pytest.fail("spoken again"))
    for _ in range(2):  # the second time, the files are there
        prompts.render(tmp_path / "b", ALL_LITTLE, LITTLE, library)
    for language, name in ALL_LITTLE:
        first, second = (prompts.path_of(tmp_path / house, language, name) for house in "ab")
        assert first.read_bytes() == second.read_bytes() != b""
    assert {path.name for path in (tmp_path / "b").rglob("*") if path.is_file()} == {
        "made.json", "yes.alaw", "also-yes.alaw",
    }  # fmt: skip


def test_where_links_can_t_be_the_library_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(path: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    library = tmp_path / "library"
    library.mkdir()
    (library / f"{prompts.hash_of('pl', 'tak')}.alaw").write_bytes(b"sound")
    monkeypatch.setattr(Path, "hardlink_to", refuses)
    prompts.render(tmp_path / "a", [("pl", "yes")], LITTLE, library)
    copy = prompts.path_of(tmp_path / "a", "pl", "yes")
    assert copy.read_bytes() == b"sound" and copy.stat().st_nlink == 1


def test_each_prompt_is_spoken_by_the_voice_of_its_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "spoken", lambda text, voice: f"{voice}: {text}".encode())
    texts = {"wakeup-time-is": PROMPTS["wakeup-time-is"]}
    prompts.render(tmp_path, prompts.missing(tmp_path, texts), texts)
    heard = {language: prompts.path_of(tmp_path, language, "wakeup-time-is").read_text() for language in VOICES}
    assert heard == {
        "en": "en-gb: It is", "vi": "vi: Bây giờ là", "ru": "ru: Сейчас", "pl": "pl: Jest",
        "zh": "cmn-latn-pinyin: 现在是",
    }  # fmt: skip


def test_the_library_is_filled_once_and_what_is_obsolete_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    monkeypatch.setattr(sound, "spoken", lambda text, voice: (spoken.append(text), b"sound")[1])
    monkeypatch.setattr(prompts, "SPOKEN", LITTLE)
    library = tmp_path / "library"
    library.mkdir()
    (library / "obsolete.alaw").write_bytes(b"sound")
    for _ in range(2):
        assert prompts.library_command(library) == 0
    assert sorted(spoken) == ["tak", "yes"]
    assert {path.stem for path in library.iterdir()} == {prompts.hash_of("en", "yes"), prompts.hash_of("pl", "tak")}


@needs_espeak
def test_a_library_that_takes_nothing_is_not_needed(tmp_path: Path) -> None:
    prompts.render(tmp_path / "a", [("pl", "yes")], LITTLE, tmp_path / "nowhere")
    assert prompts.path_of(tmp_path / "a", "pl", "yes").stat().st_size > 1000


def test_the_product_s_menus_say_nothing_that_is_not_there() -> None:
    assert menus_of({}, PROMPTS)
    with pytest.raises(MenuFaultsError, match="wakeup-past"):
        menus_of({}, set(PROMPTS) - {"wakeup-past"})


async def test_one_language_after_the_other_can_be_spoken(tmp_path: Path) -> None:
    """The hotel's first; one of which a word is missing is not spoken yet."""
    ready: list[frozenset[str]] = []
    service = prompts.PromptService(tmp_path, "pl", {}, lambda text: None)
    service.on_ready = lambda: ready.append(service.ready)
    wanted = prompts.missing(tmp_path / "prompts", SPOKEN)
    service._look([prompt for prompt in wanted if prompt[0] != "pl"])
    service._look([("zh", "hour-07")])
    service._look([])
    assert ready == [{"pl"}, {"pl", "en", "ru", "vi"}, {"pl", "en", "ru", "vi", "zh"}]
