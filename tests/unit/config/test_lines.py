"""The line finder against documents that TOML allows."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config.lines import KeyPath, find_lines, line_of

TRICKY = '''\
# a comment = with an equals sign
top = """
[not.a.table]
x = 1"""
[ "odd name" . b ]
list = [ 1, # one ] here
  "two]",
  { deep = "}", "k.ey" = 4 }]
a.b.c = 5
[[t]]
x = 'C:\\'
[[t]]
x = 2
[t.sub]
y = 3
'''


def test_tricky_documents() -> None:
    tomllib.loads(TRICKY)
    lines = find_lines(TRICKY)
    assert lines[("top",)] == 2
    assert lines[("odd name", "b", "list", 1)] == 7
    assert lines[("odd name", "b", "list", 2, "k.ey")] == 8
    assert lines[("odd name", "b", "a", "b", "c")] == 9
    assert lines[("t", 0, "x")] == 11
    assert lines[("t", 1, "x")] == 13
    assert lines[("t", 1, "sub", "y")] == 15


def test_the_nearest_enclosing_line_stands_for_a_key_that_is_missing() -> None:
    lines = find_lines("[a]\nb = 1\n")
    assert line_of(lines, ("a", "missing")) == 1
    assert line_of(lines, ("nothing",)) is None


_values = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=6),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), _values, min_size=1, max_size=3), min_size=1, max_size=4))
def test_every_key_of_a_generated_document_is_found_where_it_was_written(tables: list[dict[str, Any]]) -> None:
    written: list[str] = []
    places: dict[KeyPath, int] = {}
    for index, table in enumerate(tables):
        written.append("[[t]]")
        for key, value in table.items():
            written.append(f"{key} = {json.dumps(value)}")
            places["t", index, key] = len(written)
    text = "\n".join(written)
    tomllib.loads(text)
    lines = find_lines(text)
    for path, line in places.items():
        assert lines[path] == line


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "a = 1", "\na = 1"])
def test_small_documents(text: str) -> None:
    assert find_lines(text).get(("a",)) == (text.count("\n") + 1 if "a = 1" in text else None)
