"""Fragments that numbers, times and dates are put together from: a table for each language."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.config.schema import Language
from firmware.ivr.fragments import en, pl, ru, vi, zh
from firmware.ivr.fragments.grammar import Grammar

GRAMMARS: Mapping[Language, Grammar] = {
    "en": en.GRAMMAR,
    "vi": vi.GRAMMAR,
    "ru": ru.GRAMMAR,
    "pl": pl.GRAMMAR,
    "zh": zh.GRAMMAR,
}
