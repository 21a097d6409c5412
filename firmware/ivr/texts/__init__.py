"""All that can be spoken: the prompts by topic, and the fragments of each language."""

from __future__ import annotations

from firmware.ivr.fragments import GRAMMARS
from firmware.ivr.prompt_texts import TEXTS, Texts
from firmware.ivr.texts import wakeup, wakeup_desk, wakeup_menu

PROMPTS: Texts = {**TEXTS, **wakeup.TEXTS, **wakeup_menu.TEXTS, **wakeup_desk.TEXTS}
"""Prompts that are there in every language."""

FRAGMENTS: Texts = {
    name: {language: grammar.fragments[name] for language, grammar in GRAMMARS.items() if name in grammar.fragments}
    for name in sorted({name for grammar in GRAMMARS.values() for name in grammar.fragments})
}
"""Fragments; some are needed by one language alone."""

SPOKEN: Texts = {**PROMPTS, **FRAGMENTS}
