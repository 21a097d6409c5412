"""Words of hotel systems for a guest's language."""

from __future__ import annotations

from collections.abc import Mapping

_OWN: Mapping[str, str] = {"EA": "en", "GE": "de", "SP": "es"}
"""Those that are not ISO 639-1; no language has such a code there."""


def iso_639_1(word: str) -> str:
    """Of two letters in either case (EA, GE, fr, ...), in lower case."""
    return _OWN.get(word.upper(), word.lower())
