"""What a terminal sends, and what is made of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.console.keys import Key, Keys, columns


def keys(data: bytes) -> list[Key | str]:
    return list(Keys().take(data))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\x7f", ["a", Key.BACKSPACE]),
        (b"\x1b[A\x1b[D\x1bOC\x1bOB", [Key.UP, Key.LEFT, Key.RIGHT, Key.DOWN]),
        (b"\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[3~", [Key.HOME, Key.END, Key.HOME, Key.END, Key.DELETE]),
        (b"\x03\x04\x0c\x15\x17\t", [Key.INTERRUPT, Key.LEAVE, Key.REDRAW, Key.KILL_LINE, Key.KILL_WORD, Key.TAB]),
        ("Zażółć 房".encode(), list("Zażółć 房")),
        (b"\x1b[200;5Rx\x1bOP", ["x"]),
        (b"\x1bq", []),
        (b"\xff\xfea", [Key.NOISE, Key.NOISE, "a"]),
        (b"\x1b[\ra", [Key.ENTER, "a"]),
    ],
)
def test_a_key_is_known_by_what_terminals_send_for_it(data: bytes, expected: list[Key | str]) -> None:
    assert keys(data) == expected


@pytest.mark.parametrize("ending", [b"\r", b"\n", b"\r\n", b"\r\0"])
def test_however_a_terminal_ends_its_lines_each_is_one(ending: bytes) -> None:
    assert keys(b"a" + ending + b"b" + ending) == ["a", Key.ENTER, "b", Key.ENTER]


def test_an_endless_escape_sequence_does_not_swallow_what_follows() -> None:
    assert keys(b"\x1b[" + b"0" * 40 + b"\rshow")[-5:] == [Key.ENTER, *"show"]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=8), max_size=12))
def test_it_makes_no_difference_how_the_bytes_are_cut(pieces: list[bytes]) -> None:
    whole, bit_by_bit = Keys(), Keys()
    assert list(whole.take(b"".join(pieces))) == [key for piece in pieces for key in bit_by_bit.take(piece)]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_only_keys_and_printable_characters_come_out(data: bytes) -> None:
    assert all(isinstance(stroke, Key) or (len(stroke) == 1 and stroke.isprintable()) for stroke in keys(data))


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert columns("房a") == 3
    assert columns("e\u0301") == 1
