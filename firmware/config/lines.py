"""Finds the line of each key of a TOML document that tomllib has already accepted (tomllib itself does not tell)."""

from __future__ import annotations

from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]

_BARE_END = set(" \t.=]}\n,#")


def find_lines(text: str) -> dict[KeyPath, int]:
    """Line numbers (from 1) of tables, keys and array elements by key path, as `("extension", 2, "port")`."""
    finder = _Finder(text)
    finder.document()
    return finder.lines


def line_of(lines: dict[KeyPath, int], path: KeyPath) -> int | None:
    """The line of a path, or of the nearest enclosing one that has a line."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


class _Finder:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n") + "\n"
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self._arrays: dict[KeyPath, int] = {}

    def document(self) -> None:
        prefix: KeyPath = ()
        while self._skip_blank():
            if self.text.startswith("[[", self.at):
                prefix = self._header(2)
            elif self.text[self.at] == "[":
                prefix = self._header(1)
            else:
                self._pair(prefix)

    def _header(self, brackets: int) -> KeyPath:
        line = self._line()
        self.at += brackets
        names = self._key()
        self.at += brackets
        path = self._resolve(names if brackets == 1 else names[:-1])
        if brackets == 2:
            array = (*path, names[-1])
            index = self._arrays.get(array, -1) + 1
            self._arrays[array] = index
            self.lines.setdefault(array, line)
            path = (*array, index)
        self.lines.setdefault(path, line)
        return path

    def _resolve(self, names: tuple[str, ...]) -> KeyPath:
        """A header's names with the index of the latest element put after each table array's name."""
        path: KeyPath = ()
        for name in names:
            path = (*path, name)
            if path in self._arrays:
                path = (*path, self._arrays[path])
        return path

    def _pair(self, prefix: KeyPath) -> None:
        line = self._line()
        names = self._key()
        self.at += 1  # the "="
        self._skip_spaces()
        for depth in range(1, len(names) + 1):
            self.lines.setdefault((*prefix, *names[:depth]), line)
        self._value((*prefix, *names))

    def _value(self, path: KeyPath) -> None:
        opening = self.text[self.at]
        if opening in "\"'":
            self._string()
        elif opening == "[":
            self._array(path)
        elif opening == "{":
            self._inline_table(path)
        else:
            while self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while self._skip_blank(",") and self.text[self.at] != "]":
            self.lines[(*path, index)] = self._line()
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while self._skip_blank(",") and self.text[self.at] != "}":
            self._pair(path)
        self.at += 1

    def _key(self) -> tuple[str, ...]:
        names: list[str] = []
        while True:
            self._skip_spaces()
            if self.text[self.at] in "\"'":
                names.append(self._string())
            else:
                start = self.at
                while self.text[self.at] not in _BARE_END:
                    self.at += 1
                names.append(self.text[start : self.at])
            self._skip_spaces()
            if self.text[self.at] != ".":
                return tuple(names)
            self.at += 1

    def _string(self) -> str:
        """Step over a string of any of the four kinds; its raw content (escapes stay as written)."""
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        start = self.at = self.at + len(mark)
        while not self.text.startswith(mark, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        content = self.text[start : self.at]
        self.at += len(mark)
        while len(mark) == 3 and self.text[self.at] == quote:  # up to two quotes may stand before the closing mark
            self.at += 1
        return content

    def _skip_spaces(self) -> None:
        while self.text[self.at] in " \t":
            self.at += 1

    def _skip_blank(self, also: str = "") -> bool:
        """Step over spaces, ends of lines, comments; False at the end of the document."""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "#":
                self.at = self.text.index("\n", self.at)
            elif character in " \t\n" or character in also:
                self.at += 1
            else:
                return True
        return False

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1
