"""The key of backups is made once, whoever asks, and however many at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from firmware.backup import keys
from firmware.errors import RefusedError


def made(data: Path) -> keys.KeyPair | None:
    try:
        return keys.make_key(data)
    except RefusedError:
        return None


def test_of_many_who_make_it_at_once_one_is_shown_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as people:
        pairs = [pair for pair in people.map(made, [tmp_path] * 8) if pair is not None]
    assert [pair.public for pair in pairs] == [keys.public_key(tmp_path)]


def test_it_is_replaced_only_on_purpose(tmp_path: Path) -> None:
    first = keys.make_key(tmp_path)
    with pytest.raises(RefusedError, match="already"):
        keys.make_key(tmp_path)
    second = keys.make_key(tmp_path, replace=True)
    assert keys.public_key(tmp_path) == second.public != first.public
