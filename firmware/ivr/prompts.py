"""Prompts are spoken by espeak-ng and kept as prepared audio: DATA/prompts/LANGUAGE/NAME.alaw, 8 kHz A-law.

A file is made again only when its text, voice or recipe changes: DATA/prompts/made.json has the hash of each. It is
the work of a process of its own, at low priority, so that neither telephony nor pages feel it; what this house needs
beside the prompts of all is told to it by DATA/prompts/house.json.

What all houses need is spoken once per installation: the library has it by hash, and DATA/prompts gets links to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from firmware.config.schema import LANGUAGES, Language
from firmware.errors import UnavailableError
from firmware.ivr.prompt_texts import VOICES, Texts
from firmware.ivr.texts import SPOKEN
from firmware.log import Log
from firmware.processes import replace_file

RECIPE = "3"
"""Part of each hash; to be raised when the same text shall sound otherwise."""
HOUSE = "house.json"
LOOK_EVERY_S = 2.0
BATCH = 100
"""Prompts after which it is written down that they are made."""
CHECKOUT = Path(__file__).resolve().parents[2]
LIBRARY = (
    CHECKOUT / "build/prompts" if (CHECKOUT / "pyproject.toml").exists() else Path("/usr/share/nightporter/prompts")
)

log = Log("prompts")


class House(msgspec.Struct, frozen=True):
    """What is peculiar to a house: the language that it needs first, and texts of its own."""

    language: Language
    texts: dict[str, dict[str, str]]


def missing(directory: Path, texts: Texts) -> list[tuple[str, str]]:
    """(language, name) of each prompt whose file is not there, is empty, or was made from something else."""
    made = _made(directory)
    return [
        (language, name)
        for name, said in texts.items()
        for language, text in said.items()
        if made.get(f"{language}/{name}") != hash_of(language, text) or not _bytes(path_of(directory, language, name))
    ]


def path_of(directory: Path, language: str, name: str) -> Path:
    return directory / language / f"{name}.alaw"


def keep(path: Path, audio: bytes) -> None:
    """A recording that people have made. Raises UnavailableError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, audio)
    except OSError as error:
        raise UnavailableError(f"the recording cannot be kept: {error.strerror}") from error


def hash_of(language: str, text: str) -> str:
    """The same for the same sound."""
    recipe = "\0".join((RECIPE, VOICES[language], text))
    return hashlib.sha256(recipe.encode()).hexdigest()[:24]


def render(directory: Path, wanted: list[tuple[str, str]], texts: Texts, library: Path | None = None) -> None:
    """Make these prompts, or link to those of the library. Raises UnavailableError if espeak-ng can't speak them."""
    made = _made(directory)
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        for language in {language for language, _ in batch}:
            (directory / language).mkdir(mode=0o700, parents=True, exist_ok=True)
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            making = (threads.submit(_make, directory, one, texts, library) for one in batch)
            for made_one in list(making):
                made_one.result()
        made |= {f"{language}/{name}": hash_of(language, texts[name][language]) for language, name in batch}
        replace_file(directory / "made.json", msgspec.json.encode(made, order="sorted"))
        log.info("rendered", prompts=start + len(batch), of=len(wanted))


def _make(directory: Path, prompt: tuple[str, str], texts: Texts, library: Path | None) -> None:
    language, name = prompt
    path, text = path_of(directory, language, name), texts[name][language]
    if library is not None and (kept := _in_library(library, language, text)) is not None:
        _link(kept, path)
    else:
        replace_file(path, _spoken(language, text))


def _in_library(library: Path, language: str, text: str) -> Path | None:
    """Where the library has this sound, if need be from now on; None: it does not, and takes nothing more."""
    kept = library / f"{hash_of(language, text)}.alaw"
    if _bytes(kept):
        return kept
    if not os.access(library, os.W_OK):
        return None
    replace_file(kept, _spoken(language, text))
    return kept


def _link(kept: Path, path: Path) -> None:
    """In one step, or a copy where links can't be."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.unlink(missing_ok=True)
        partial.hardlink_to(kept)
    except OSError:
        replace_file(path, kept.read_bytes())
        return
    partial.replace(path)
    partial.unlink(missing_ok=True)  # rename(2) leaves it where `path` was the same file


def _spoken(language: str, text: str) -> bytes:
    from firmware.ivr import sound  # here, so that the supervisor, which only starts this, does not load it

    return sound.spoken(text, VOICES[language])


# -------------------------------------------------------------------------------------------------------- commands


def render_command(data: Path, library: Path = LIBRARY) -> int:
    """`nightporter prompts render`: make what is missing, after everything else that wants the processor."""
    os.nice(19)
    directory = data / "prompts"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _open_library(library)
    house = _house(directory) or House("en", {})
    render(directory, missing(directory, house.texts), house.texts)
    wanted = sorted(missing(directory, SPOKEN), key=lambda prompt: (prompt[0] != house.language, prompt[0]))
    render(directory, wanted, SPOKEN, library)
    return 0


def library_command(library: Path = LIBRARY) -> int:
    """`nightporter prompts library`: fill this installation's library, with all processors; what is obsolete goes."""
    library.mkdir(parents=True, exist_ok=True)
    sounds = {prompt for texts in SPOKEN.values() for prompt in texts.items()}
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        kept = set(threads.map(lambda sound: _in_library(library, *sound), sounds))
    for path in set(library.glob("*.alaw")) - kept:
        path.unlink(missing_ok=True)
    return 0


def _open_library(library: Path) -> None:
    """On an appliance it can only be read, and may be missing."""
    with contextlib.suppress(OSError):
        library.mkdir(parents=True, exist_ok=True)


# ------------------------------------------------------------------------------------------------------- the service


class PromptService:
    """Has the missing prompts made, and tells the desk if they cannot be.

    `language`: the hotel's, made first; `house`: what this house needs besides.
    """

    def __init__(
        self,
        data: Path,
        language: Language,
        house: Texts,
        failed: Callable[[str | None], None],
        library: Path = LIBRARY,
    ) -> None:
        self._data = data
        self._house = House(language, {name: dict(texts) for name, texts in house.items()})
        self._failed = failed
        self._library = library
        self.ready: frozenset[Language] = frozenset()
        """Languages in which everything can be said; in another one a sentence might lack its words."""
        self.on_ready: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Once; a temporary service."""
        try:
            wanted = await asyncio.to_thread(self._prepare)
        except OSError as refusal:
            self._failed(f"the prompts cannot be kept: {refusal}")
            return
        self._look(wanted)
        if not wanted:
            self._failed(None)
            return
        log.info("renders", prompts=len(wanted))
        process = await asyncio.create_subprocess_exec(
            *self._command(), stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        watching = asyncio.ensure_future(self._watch())
        try:
            _, error = await process.communicate()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.communicate()
            raise
        finally:
            watching.cancel()
        self._look(await asyncio.to_thread(self._prepare))
        text = error.decode(errors="replace").strip().splitlines()
        self._failed(None if process.returncode == 0 else (text[-1] if text else "the rendering failed"))

    async def _watch(self) -> None:
        """One language after the other comes to be spoken."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self._look(await asyncio.to_thread(self._prepare))

    def _look(self, wanted: list[tuple[str, str]]) -> None:
        ready = frozenset(LANGUAGES) - {language for language, _ in wanted}
        if ready != self.ready:
            self.ready = ready
            log.info("ready", languages=" ".join(sorted(ready)))
            self.on_ready()

    def _command(self) -> Iterable[str]:
        places = ("--data", str(self._data), "--library", str(self._library))
        return sys.executable, "-m", "firmware", "prompts", "render", *places

    def _prepare(self) -> list[tuple[str, str]]:
        """What is missing; the house's own texts lie where the rendering finds them."""
        directory = self._data / "prompts"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _house(directory) != self._house:
            replace_file(directory / HOUSE, msgspec.json.encode(self._house))
        return missing(directory, {**SPOKEN, **self._house.texts})


def _house(directory: Path) -> House | None:
    try:
        return msgspec.json.decode((directory / HOUSE).read_bytes(), type=House)
    except (OSError, ValueError):
        return None


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
