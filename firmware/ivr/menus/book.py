"""All menus of the house: the product's own, and those of the site, DATA/menus/NAME.menu, which replace or add to them.

They are taken anew as a whole or not at all; who talks with a menu just then goes on with that as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from firmware.config.schema import Language
from firmware.errors import ConfigError, RefusedError, UnavailableError
from firmware.exchange.dialogue import Dialogue, Opening
from firmware.ivr.menus.check import check
from firmware.ivr.menus.interpreter import MenuDialogue
from firmware.ivr.menus.model import Fault, Menu
from firmware.ivr.menus.parser import parse
from firmware.ivr.menus.statements import is_name
from firmware.ivr.phrases import Phrases
from firmware.processes import replace_file

SUFFIX = ".menu"
MOST_BYTES = 200_000


class MenuFaultsError(ConfigError):
    """Every fault of some menus; the text has one line for each: file:line: what."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, faults)))


@dataclass(frozen=True, slots=True)
class MenuText:
    """A menu as it is written. `file`: for messages; `own`: the product's, and not the site's."""

    name: str
    file: str
    text: str
    own: bool = False


def product_texts() -> dict[str, MenuText]:
    """The product's own menus, by name."""
    files = sorted(resources.files("firmware.ivr.menus.product").iterdir(), key=lambda file: file.name)
    texts = [(file.name, file.read_text(encoding="utf-8")) for file in files if file.name.endswith(SUFFIX)]
    return {_name(file): MenuText(_name(file), file, text, own=True) for file, text in texts}


def read_text(path: Path, file: str) -> MenuText:
    """A menu's file; its name is the menu's. Raises MenuFaultsError."""
    name = _name(path.name)
    if not is_name(name) or path.suffix != SUFFIX:
        raise MenuFaultsError([Fault(file, 1, "a menu's file is called as the menu: small letters, digits, -, .menu")])
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise MenuFaultsError([Fault(file, 1, f"a menu has at most {MOST_BYTES} bytes")])
        return MenuText(name, file, content.decode("utf-8-sig"))
    except OSError as error:
        raise MenuFaultsError([Fault(file, 1, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise MenuFaultsError([Fault(file, line, "is not UTF-8")]) from error


def menus_of(site: Mapping[str, MenuText], prompts: Collection[str]) -> dict[str, Menu]:
    """The product's menus with the site's in their place or beside them. Raises MenuFaultsError with all faults."""
    own = product_texts()
    parsed = {name: parse(name, text.file, text.text) for name, text in {**own, **site}.items()}
    faults = [fault for _, wrong in parsed.values() for fault in wrong]
    menus = {name: menu for name, (menu, _) in parsed.items()}
    if not faults:
        faults = check(menus, prompts)
        for name in own.keys() & site.keys():
            faults += _not_given(menus[name], parse(name, "", own[name].text)[0])
    if faults:
        raise MenuFaultsError(sorted(faults, key=lambda fault: (fault.file, fault.line)))
    return menus


def check_files(paths: Sequence[Path], prompts: Collection[str]) -> None:
    """Raises MenuFaultsError with all that would be wrong if these were the site's menus."""
    menus_of(_read_all([(path, str(path)) for path in paths]), prompts)


class MenuBook:
    """`Dialogues` of the house. At first it has the product's menus; `load` takes the site's.

    `prompts`: the names of all that can be said; `language_of`: a room's language, None: the hotel's.
    """

    def __init__(
        self,
        directory: Path,
        prompts: Callable[[], Collection[str]],
        language_of: Callable[[str], Language | None],
        language: Language,
    ) -> None:
        self._directory = directory
        self._prompts = prompts
        self._language_of = language_of
        self._language = language
        self._site: Mapping[str, MenuText] = {}
        self._menus: Mapping[str, Menu] = menus_of({}, prompts())

    def begin(self, opening: Opening) -> Dialogue | None:
        if opening.menu not in self._menus:
            return None
        spoken = self._language_of(opening.room) if opening.room is not None else None
        return MenuDialogue(self._menus, opening, Phrases(spoken or self._language))

    def texts(self) -> tuple[MenuText, ...]:
        """The menus that are in use, by name."""
        return tuple(text for _, text in sorted({**product_texts(), **self._site}.items()))

    def load(self) -> None:
        """At the start: the site's menus, without those that have faults, or call one that has.

        Raises MenuFaultsError with these faults when the others are in use.
        """
        site, faults = _read_good([(path, path.name) for path in self._files()])
        while True:
            try:
                self._use(site)
                break
            except MenuFaultsError as error:
                faults += error.faults
                wrong = {fault.file for fault in error.faults}
                left = {name: text for name, text in site.items() if text.file not in wrong}
                site = left if len(left) < len(site) else {}  # the product's own does not go with one of the site's
        if faults:
            raise MenuFaultsError(faults)

    def reload(self) -> None:
        """Take the site's files as they are now. Raises MenuFaultsError; then all stays as it was."""
        self._use(_read_all([(path, path.name) for path in self._files()]))

    def put(self, name: str, text: str) -> None:
        """Write a menu of the site, and use it. Raises MenuFaultsError, UnavailableError; then nothing has changed."""
        if not is_name(name):
            raise RefusedError("wrong-name", "a menu's name has small letters, digits and -, at most 60", "name")
        site = {**self._site, name: MenuText(name, name + SUFFIX, text)}
        menus = menus_of(site, self._prompts())
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._directory / (name + SUFFIX), text.encode())
        except OSError as error:
            raise UnavailableError(f"{name}{SUFFIX} cannot be written: {error.strerror}") from error
        self._site, self._menus = site, menus

    def remove(self, name: str) -> None:
        """Take a menu of the site away; the product's of that name is used again. Raises as `put`, RefusedError."""
        if name not in self._site and not (is_name(name) and (self._directory / (name + SUFFIX)).is_file()):
            raise RefusedError("unknown-menu", f"there is no menu {name} of the site", "name")
        site = {other: text for other, text in self._site.items() if other != name}
        menus = menus_of(site, self._prompts())
        try:
            (self._directory / (name + SUFFIX)).unlink(missing_ok=True)
        except OSError as error:
            raise UnavailableError(f"{name}{SUFFIX} cannot be removed: {error.strerror}") from error
        self._site, self._menus = site, menus

    def _use(self, site: Mapping[str, MenuText]) -> None:
        self._menus = menus_of(site, self._prompts())
        self._site = site

    def _files(self) -> list[Path]:
        return sorted(self._directory.glob(f"[!.]*{SUFFIX}"))


def _read_good(paths: Sequence[tuple[Path, str]]) -> tuple[dict[str, MenuText], list[Fault]]:
    """Menus by name, of files and what these are called in messages; and the faults of those that cannot be read."""
    texts: dict[str, MenuText] = {}
    faults: list[Fault] = []
    for path, file in paths:
        try:
            text = read_text(path, file)
            texts[text.name] = text
        except MenuFaultsError as error:
            faults += error.faults
    return texts, faults


def _read_all(paths: Sequence[tuple[Path, str]]) -> dict[str, MenuText]:
    """Raises MenuFaultsError where one of them cannot be read."""
    texts, faults = _read_good(paths)
    if faults:
        raise MenuFaultsError(faults)
    return texts


def _not_given(menu: Menu, own: Menu) -> list[Fault]:
    """A menu in the place of the product's is given what that is given."""
    wrong = [name for name in menu.takes if name not in own.takes]
    return [Fault(menu.file, 1, f"nobody gives this menu the value {name}") for name in wrong]


def _name(file: str) -> str:
    return file.removesuffix(SUFFIX)
