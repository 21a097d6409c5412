"""The menus of a house: the site's in the place of the product's, and what happens while somebody talks."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.__main__ import main
from firmware.errors import RefusedError, UnavailableError
from firmware.exchange.dialogue import Act, Answered, Finish, Opening, Say, Spoken
from firmware.exchange.service_codes import SERVICE_CODES
from firmware.ivr.menus.book import MenuBook, MenuFaultsError
from tests.unit.ivr_menus.talk import book

HELLO = "start:\n    say thank-you\n    say done\n    hang up\n"
SONG = "start:\n    say no-such-prompt\n    hang up\n"


def first(menus: MenuBook, menu: str, room: str | None = "203") -> tuple[str, ...]:
    """What is heard first."""
    talking = menus.begin(Opening(menu, extension="203", room=room))
    assert talking is not None
    step = talking.begin()
    assert isinstance(step, Say)
    return step.prompts


def test_every_service_code_that_has_a_menu_has_one(tmp_path: Path) -> None:
    menus = book(tmp_path)
    for code in SERVICE_CODES:
        assert code.menu is None or menus.begin(Opening(code.menu)) is not None


def test_the_sites_menu_is_used_in_the_place_of_the_products(tmp_path: Path) -> None:
    (tmp_path / "own-number.menu").write_text(HELLO)
    menus = book(tmp_path)
    menus.reload()
    assert first(menus, "own-number") == ("en/thank-you", "en/done")
    assert [(text.name, text.text) for text in menus.texts() if not text.own] == [("own-number", HELLO)]


def test_the_sites_own_menu_is_there_beside_them(tmp_path: Path) -> None:
    menus = book(tmp_path)
    assert menus.begin(Opening("spa")) is None
    menus.put("spa", HELLO)
    assert first(menus, "spa") == ("en/thank-you", "en/done")
    assert (tmp_path / "spa.menu").read_text() == HELLO


def test_a_wrong_file_changes_nothing_and_is_told(tmp_path: Path) -> None:
    menus = book(tmp_path)
    menus.put("spa", HELLO)
    (tmp_path / "spa.menu").write_text(SONG)
    (tmp_path / "Bad Name.menu").write_text(HELLO)
    (tmp_path / "binary.menu").write_bytes(b"start:\n\xff\n")
    with pytest.raises(MenuFaultsError) as told:
        menus.reload()
    assert [(fault.file, fault.line) for fault in told.value.faults] == [("Bad Name.menu", 1), ("binary.menu", 2)]
    (tmp_path / "Bad Name.menu").unlink()
    (tmp_path / "binary.menu").unlink()
    with pytest.raises(MenuFaultsError, match=r"spa\.menu:2: there is no prompt no-such-prompt"):
        menus.reload()
    assert first(menus, "spa") == ("en/thank-you", "en/done")


def test_at_the_start_the_menus_without_faults_are_used(tmp_path: Path) -> None:
    (tmp_path / "spa.menu").write_text(HELLO)
    (tmp_path / "pool.menu").write_text("start:\n    call sauna\n    hang up\n")
    (tmp_path / "sauna.menu").write_text(SONG)
    (tmp_path / "own-number.menu").write_bytes(b"\xff")
    menus = book(tmp_path)
    with pytest.raises(MenuFaultsError) as told:
        menus.load()
    assert [(fault.file, fault.line) for fault in told.value.faults] == [
        ("own-number.menu", 1), ("sauna.menu", 2), ("pool.menu", 2),
    ]  # fmt: skip
    assert first(menus, "spa") == ("en/thank-you", "en/done")
    assert first(menus, "own-number")[0] == "en/this-is-extension"
    assert menus.begin(Opening("pool")) is None


def test_a_wrong_file_of_the_site_can_be_removed(tmp_path: Path) -> None:
    (tmp_path / "sauna.menu").write_text(SONG)
    menus = book(tmp_path)
    with pytest.raises(MenuFaultsError):
        menus.load()
    menus.remove("sauna")
    menus.load()
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_text_is_not_written(tmp_path: Path) -> None:
    menus = book(tmp_path)
    with pytest.raises(MenuFaultsError):
        menus.put("spa", SONG)
    with pytest.raises(RefusedError):
        menus.put("../spa", HELLO)
    assert list(tmp_path.iterdir()) == []


def test_a_text_that_cannot_be_written_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "menus").write_text("a file in the way")
    menus = book(tmp_path / "menus")
    with pytest.raises(UnavailableError):
        menus.put("spa", HELLO)
    assert menus.begin(Opening("spa")) is None


def test_the_products_menu_is_back_when_the_sites_is_removed(tmp_path: Path) -> None:
    menus = book(tmp_path)
    before = first(menus, "own-number")
    menus.put("own-number", HELLO)
    menus.remove("own-number")
    assert first(menus, "own-number") == before
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RefusedError):
        menus.remove("own-number")


def test_a_menu_that_another_calls_cannot_be_removed(tmp_path: Path) -> None:
    menus = book(tmp_path)
    menus.put("spa", HELLO)
    menus.put("pool", "start:\n    call spa\n    hang up\n")
    with pytest.raises(MenuFaultsError, match=r"pool\.menu:2: there is no menu spa"):
        menus.remove("spa")


def test_who_talks_while_menus_are_changed_goes_on_with_the_old(tmp_path: Path) -> None:
    menus = book(tmp_path)
    menus.put("spa", "start:\n    say done\n    do night on=no\n    call own-number\n    hang up\n")
    talking = menus.begin(Opening("spa", extension="203"))
    assert talking is not None
    talking.begin()
    menus.put("spa", HELLO)
    menus.put("own-number", HELLO)
    assert talking.next(Spoken()) == Act("night", {"on": "no"})
    said = talking.next(Answered("ok"))
    assert isinstance(said, Say)
    assert said.prompts[0] == "en/this-is-extension"
    assert talking.next(Spoken()) == Finish("busy")


def test_a_room_is_spoken_to_in_its_language_and_others_in_the_hotels(tmp_path: Path) -> None:
    menus = book(tmp_path, "vi", {"203": "ru"})
    assert first(menus, "own-number", "203")[0].startswith("ru/")
    assert first(menus, "own-number", "204")[0].startswith("vi/")
    assert first(menus, "own-number", None)[0].startswith("vi/")


def test_files_are_checked_by_a_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "spa.menu", tmp_path / "pool.menu"
    good.write_text(HELLO)
    bad.write_text(SONG)
    assert main(["menus", "check", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: good\n"
    assert main(["menus", "check", str(good), str(bad), str(tmp_path / "none.menu")]) == 2
    assert capsys.readouterr().err == f"{tmp_path / 'none.menu'}:1: cannot be read: No such file or directory\n"
    assert main(["menus", "check", str(good), str(bad)]) == 2
    assert capsys.readouterr().err == f"{bad}:2: there is no prompt no-such-prompt\n"
