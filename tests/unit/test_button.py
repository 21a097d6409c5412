"""The button: what bounces is no press, and how long one lasted."""

from __future__ import annotations

import pytest

from boardsupport.button import Button, Press

LOOK_S = 0.05


class Contact:
    """The button's pin, pulled up; a string has its level at each look: "#" drawn to ground."""

    def __init__(self) -> None:
        self.down = False

    def read(self, pin: int) -> bool:
        return not self.down


def presses(looks: str) -> list[Press]:
    contact = Contact()
    button = Button(contact, 13)  # type: ignore[arg-type]
    found: list[Press] = []
    for number, look in enumerate(looks):
        contact.down = look == "#"
        press = button.look(100 + number * LOOK_S)
        found += [] if press is None else [press]
    return found


def test_a_press_and_its_length() -> None:
    down, up = presses("..########....")
    assert down == Press("down")
    assert (up.change, up.held_s) == ("up", pytest.approx(8 * LOOK_S))


@pytest.mark.parametrize("looks", [".#.......", "..#.#.#..", "#.#......"])
def test_what_bounces_is_no_press(looks: str) -> None:
    assert presses(looks) == []


def test_a_contact_that_opens_for_a_moment_is_held_all_the_same() -> None:
    down, up = presses("..###.####.###....")
    assert (down.change, up.change) == ("down", "up")
    assert up.held_s == pytest.approx(12 * LOOK_S)


def test_it_can_be_seen_for_how_long_it_is_held() -> None:
    contact = Contact()
    button = Button(contact, 13)  # type: ignore[arg-type]
    contact.down = True
    button.look(10.0)
    assert button.held_s(10.0) == 0, "not yet sure"
    button.look(10.05)
    assert button.held_s(13.0) == pytest.approx(3.0)
    contact.down = False
    button.look(13.05)
    button.look(13.10)
    assert button.held_s(14.0) == 0
