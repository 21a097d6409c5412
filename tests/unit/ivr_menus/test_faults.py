"""A wrong menu is told by file and line, with all that is wrong in it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from firmware.ivr.menus.book import MenuFaultsError, MenuText, menus_of
from firmware.ivr.texts import PROMPTS

END = "    hang up\n"


def faults(text: str, name: str = "mine", **others: str) -> list[str]:
    site = {each: MenuText(each, f"{each}.menu", dedent(own)) for each, own in {name: text, **others}.items()}
    try:
        menus_of(site, PROMPTS)
    except MenuFaultsError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "has no block"),
        ("    say done\nstart:\n    hang up\n", 1, "there is no block"),
        ("start\n", 1, "no name of a block"),
        ("start:\n", 1, "is empty"),
        ("start:\n    hang up\nstart:\n    hang up\n", 3, "a block start already"),
        ("start:\n        say done\n    hang up\n", 3, "indented less"),
        ("start:\n    say done\n        1 -> start\n    hang up\n", 3, "nothing can stand below 'say'"),
        ("start:\n    speak done\n    hang up\n", 2, "'speak' is no statement; allowed: again, ask, call, dial"),
        ("start:\n    say\n    hang up\n", 2, "needs what is to be said"),
        ("start:\n    say {room}\n    hang up\n", 2, "{room|digits}"),
        ("start:\n    say {room|loud}\n    hang up\n", 2, "cannot be said"),
        ("start:\n    ask done\n", 2, "nothing is asked"),
        ("start:\n    ask done\n        1 -> start\n        1 -> start\n", 4, "the key 1 is named twice"),
        ("start:\n    ask done\n        digits [9 as x\n    hang up\n", 3, "digit map pattern"),
        ("start:\n    ask done\n        digits xx\n    hang up\n", 3, "digits xxxx xxxxxxxx as time"),
        ("start:\n    ask done\n        1 -> start\n        tries 0\n", 4, "1 to 9"),
        ("start:\n    ask done\n        1 > start\n", 3, "needs ->"),
        ("start:\n    ask done\n        A -> start\n", 3, "allowed: a key 0 to 9 or *"),
        ("start:\n    if room is 1 -> start\n    hang up\n", 2, "if {room} is empty -> block"),
        ("start:\n    set room\n    hang up\n", 2, "allowed: room=203"),
        ("start:\n    set room=1 room=2\n    hang up\n", 2, "given twice"),
        ("start:\n    set room={\n    hang up\n", 2, "neither a word nor a value"),
        ("start:\n    each -> start\n    hang up\n", 2, "needs names"),
        ("start:\n    pick key id -> start\n    hang up\n", 2, "pick {key} id at"),
        ("start:\n    dial home\n", 2, "is no number"),
        ("start:\n    hang on\n", 2, "allowed: hang up"),
        ("start:\n    record\n    hang up\n", 2, "name of a file"),
        ("start:\n    record a long 3\n    hang up\n", 2, "limit SECONDS"),
        ("start:\n    record a limit x\n    hang up\n", 2, "1 to 3600"),
        ("start:\n    record a\n        later do night on=no\n    hang up\n", 3, "hung-up do ACTION"),
        ("start:\n    do\n    hang up\n", 2, "needs an action"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, says: str) -> None:
    found = faults(text)
    assert any(fault.startswith(f"mine.menu:{line}: ") and says in fault for fault in found), found


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("start:\n    say no-such-prompt\n    hang up\n", 2, "there is no prompt no-such-prompt"),
        ("start:\n    go away\n", 2, "there is no block away"),
        ("start:\n    ask done\n        1 -> away\n", 2, "there is no block away"),
        ("start:\n    call nobody\n    hang up\n", 2, "there is no menu nobody"),
        ("start:\n    do dance\n    hang up\n", 2, "there is no action dance"),
        ("start:\n    do night\n    hang up\n", 2, "night needs on="),
        ("start:\n    do night on=yes off=no\n    hang up\n", 2, "night takes no off=; allowed: on"),
        ("start:\n    do pin-check pin=1\n        wrong -> reception\n    hang up\n", 2, "can have the result locked"),
        ("start:\n    do night on=yes\n        late -> reception\n    hang up\n", 2, "never has the result late"),
        ("start:\n    say {nothing|digits}\n    hang up\n", 2, "nothing in this menu gives the value nothing"),
        ("start:\n    dial {nothing}\n", 2, "nothing in this menu gives the value nothing"),
        ("takes at\nstart:\n    say {at|number}\n    hang up\n", 3, "cannot be spoken as number; allowed: date, time"),
        ("start:\n    say {room|word}\n    hang up\n", 2, "cannot be spoken as word"),
        ("start:\n    each id -> start\n    hang up\n", 2, "no action in this menu gives a list of id"),
        ("start:\n    say done\n", 2, "the block start has no end"),
        ("start:\n    hang up\n    say done\n", 3, "never reached"),
        ("start:\n    hang up\nalone:\n    hang up\n", 3, "nothing leads to the block alone"),
        ("start:\n    again start\n", 2, "the block start asks nothing"),
        ("start:\n    go start\n", 1, "start can come back to itself"),
        ("start:\n    say done\n    go other\nother:\n    go start\n", 1, "start can come back to itself"),
        ("start:\n    ask done\n        1 -> reception\n        failed -> start\n", 1, "start can come back to itself"),
        ("start:\n    do night on=no\n        refused -> start\n    hang up\n", 1, "start can come back to itself"),
        ("start:\n    call wakeup-say\n    hang up\n", 2, "wakeup-say takes the value at"),
        ("start:\n    call mine\n    hang up\n", 2, "it would never end"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_is_told_with_its_line(text: str, line: int, says: str) -> None:
    found = faults(text)
    assert any(fault.startswith(f"mine.menu:{line}: ") and says in fault for fault in found), found


def test_all_faults_of_all_files_are_told_at_once() -> None:
    found = faults(
        "start:\n    say no-prompt {nothing|digits}\n    go away\n", other="start:\n    call nobody\n    hang up\n"
    )
    assert [fault.partition(": ")[0] for fault in found] == [
        "mine.menu:2", "mine.menu:2", "mine.menu:3", "other.menu:2",
    ]  # fmt: skip


def test_all_faults_of_one_statement_are_told_at_once() -> None:
    found = faults("start:\n    ask done\n        1 start\n        2 stop\n        tries many\n")
    assert [fault.partition(": ")[0] for fault in found] == ["mine.menu:3", "mine.menu:4", "mine.menu:5"]


def test_a_question_that_is_asked_again_because_of_a_key_is_no_circle() -> None:
    assert faults("start:\n    ask done\n        1 -> start\n") == []


def test_a_list_is_no_circle() -> None:
    text = """\
        start:
            do wakeup-list
                none no-room -> reception
            go next
        next:
            each id -> this
            hang up
        this:
            say {index|number}
            go next
        """
    assert faults(text) == []


def test_a_menu_in_the_place_of_the_products_is_given_no_more_than_that() -> None:
    assert faults("takes song\nstart:\n    hang up\n", name="own-number") == [
        "own-number.menu:1: nobody gives this menu the value song"
    ]


def test_menus_of_windows_editors_are_read() -> None:
    assert faults("\ufeff# hello\r\nstart:\r\n\thang up\r\n") == []
