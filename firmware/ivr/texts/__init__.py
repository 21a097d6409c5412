"""All that can be spoken: the prompts by topic, and the fragments of each language."""

from __future__ import annotations

from firmware.ivr.fragments import GRAMMARS
from firmware.ivr.prompt_texts import TEXTS, Texts
from firmware.ivr.texts import entries, general, messages, rooms, staff, wakeup, wakeup_desk, wakeup_menu

_WAKEUP: Texts = {**wakeup.TEXTS, **wakeup_menu.TEXTS, **wakeup_desk.TEXTS}

PROMPTS: Texts = {**TEXTS, **_WAKEUP, **general.TEXTS, **rooms.TEXTS, **entries.TEXTS, **messages.TEXTS, **staff.TEXTS}
"""Prompts that are there in every language."""

FRAGMENTS: Texts = {
    name: {language: grammar.fragments[name] for language, grammar in GRAMMARS.items() if name in grammar.fragments}
    for name in dict.fromkeys(name for grammar in GRAMMARS.values() for name in grammar.fragments)
}
"""Fragments; some are needed by one language alone."""

SPOKEN: Texts = {**TEXTS, **_WAKEUP, **FRAGMENTS, **PROMPTS}
"""What is needed most is first, and so made first."""
