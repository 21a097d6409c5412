"""The line editor, seen on the terminal."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware.console.keys import Key, Keys, columns
from firmware.console.terminal import LONGEST_LINE, Line, Offer, Terminal
from tests.unit.console.screen import Glass

PROMPT = "night porter> "


class Desk:
    """A terminal with somebody before it."""

    def __init__(self, **begin: object) -> None:
        self.glass = Glass()
        self.written = ""
        self.terminal = Terminal(self._write)
        self.keys = Keys()
        self.terminal.begin(PROMPT, **begin)  # type: ignore[arg-type]

    def _write(self, text: str) -> None:
        self.written += text
        self.glass.write(text)

    def type(self, data: bytes | str) -> list[Line]:
        said = data.encode() if isinstance(data, str) else data
        return [line for key in self.keys.take(said) if (line := self._stroke(key))]

    def _stroke(self, key: Key | str) -> Line | None:
        line = self.terminal.stroke(key, keep=True)
        if line is not None:
            self.terminal.begin(PROMPT)
        return line


def test_what_is_typed_is_seen_and_entered() -> None:
    desk = Desk()
    assert desk.type("show lines\r") == [Line("show lines", False)]


def test_typing_at_the_end_costs_no_more_bytes_than_were_typed() -> None:
    desk = Desk()
    before = len(desk.written)
    desk.type("show lines")
    assert desk.written[before:] == "show lines"


def test_a_line_is_mended_in_its_middle() -> None:
    desk = Desk()
    assert desk.type("show lnes\x1b[D\x1b[D\x1b[Di\x01\x1b[3~S\x05\x17links\r") == [Line("Show links", False)]


def test_a_password_is_not_seen_nor_kept() -> None:
    desk = Desk(secret=True)
    assert desk.type("top secret\r") == [Line("top secret", False)]
    assert "secret" not in desk.written
    desk.type("\x1b[A")
    assert desk.glass.line == PROMPT.rstrip()


def test_earlier_lines_come_back_and_what_was_begun_is_not_lost() -> None:
    desk = Desk()
    desk.type("one\rtwo\rdraft\x1b[A\x1b[A")
    assert desk.glass.line == PROMPT + "one"
    desk.type("\x1b[B\x1b[B")
    assert desk.glass.line == PROMPT + "draft"


def test_tab_completes_as_far_as_is_clear_and_then_shows_what_may_follow() -> None:
    desk = Desk(complete=lambda line: Offer(("lines", "links"), len(line)))
    desk.type("l\t")
    assert desk.glass.line == PROMPT + "lin"
    desk.type("\t")
    assert "lines  links" in desk.glass.text
    assert desk.glass.line == PROMPT + "lin"


def test_a_line_that_is_too_long_rings_the_bell() -> None:
    desk = Desk()
    (line,) = desk.type("x" * (LONGEST_LINE + 5) + "\r")
    assert len(line.text) == LONGEST_LINE
    assert desk.glass.bells == 5


def test_a_prompt_as_wide_as_the_terminal_leaves_room_all_the_same() -> None:
    terminal = Terminal(lambda text: None)
    terminal.begin("?" * 100)
    for char in "an answer":
        terminal.stroke(char)
    assert terminal.stroke(Key.ENTER) == Line("an answer", False)


def test_noise_within_a_line_is_told() -> None:
    assert Desk().type(b"sho\xffw\r") == [Line("show", True)]


KEYS = st.sampled_from(
    [b"a", b"b ", "ł".encode(), "房".encode(), b"\x7f", b"\x1b[D", b"\x1b[C", b"\x1b[A", b"\x1b[B", b"\x1b[H",
     b"\x1b[F", b"\x1b[3~", b"\x15", b"\x17", b"\x0b", b"\r", b"\x0c", b"word " * 20]
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(KEYS, max_size=60))
@example([b"a", b"\r", b"word " * 20, b"\x1b[A"])
def test_the_screen_always_shows_the_line_and_the_cursor_in_it(typed: list[bytes]) -> None:
    desk = Desk()
    desk.type(b"".join(typed))
    terminal = desk.terminal
    shown = desk.glass.line[len(PROMPT) :]
    assert desk.glass.line.startswith(PROMPT.rstrip())
    assert terminal.line.rstrip()[terminal._left :].startswith(shown)
    assert desk.glass.column == columns(PROMPT + "".join(terminal._text[terminal._left : terminal._cursor]))
    if columns(PROMPT + terminal.line) < 80:
        assert shown == terminal.line.rstrip()


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_harm_the_terminal(data: bytes) -> None:
    desk = Desk()
    desk.type(data)
    assert len(desk.terminal.line) <= LONGEST_LINE
