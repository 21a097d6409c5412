"""A talk with a menu, for tests: whoever is at the telephone keys, and a fake of the hotel answers actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from firmware.config.schema import Language
from firmware.exchange.dialogue import (
    Act,
    Answered,
    Ask,
    Dial,
    Dialogue,
    Finish,
    Keyed,
    Opening,
    Recorded,
    Say,
    Spoken,
    Step,
    TakeDown,
)
from firmware.gateway import digitmap
from firmware.ivr.menus.book import MenuBook, MenuText, menus_of
from firmware.ivr.menus.interpreter import MenuDialogue
from firmware.ivr.menus.model import Menu
from firmware.ivr.phrases import Phrases
from firmware.ivr.texts import PROMPTS

Answers = Mapping[str, "Answered | Sequence[Answered]"]


def book(directory: Path, language: Language = "en", rooms: Mapping[str, Language] | None = None) -> MenuBook:
    return MenuBook(directory, lambda: PROMPTS, (rooms or {}).get, language)


def menus(**texts: str) -> dict[str, Menu]:
    """The product's menus, and these."""
    return menus_of({name: MenuText(name, f"{name}.menu", text) for name, text in texts.items()}, PROMPTS)


class Talk:
    """`keys`: what is keyed at each question, "" is silence; after the last of them there is only silence."""

    def __init__(
        self,
        dialogue: Dialogue,
        keys: Sequence[str] = (),
        answers: Answers | None = None,
        hang_up_at: int | None = None,
    ) -> None:
        self._dialogue = dialogue
        self._keys = list(keys)
        self._answers = {name: [a] if isinstance(a, Answered) else list(a) for name, a in (answers or {}).items()}
        self.heard: list[str] = []
        """All prompts, without the language."""
        self.acts: list[Act] = []
        self.asked: list[Ask] = []
        self.recorded: list[TakeDown] = []
        self.end = self._run(dialogue.begin())

    def _run(self, step: Step) -> Dial | Finish:
        for _ in range(2000):
            match step:
                case Dial() | Finish():
                    return step
                case Say(prompts=prompts):
                    assert prompts
                    self._hear(prompts)
                    step = self._dialogue.next(Spoken())
                case Ask():
                    self.asked.append(step)
                    self._hear(step.prompts)
                    step = self._dialogue.next(keyed(step, self._keys.pop(0) if self._keys else ""))
                case Act():
                    self.acts.append(step)
                    step = self._dialogue.next(self._answer(step.action))
                case TakeDown():
                    self.recorded.append(step)
                    step = self._dialogue.next(Recorded(12.0))
        raise AssertionError("the talk has no end")

    def _answer(self, action: str) -> Answered:
        answers = self._answers.get(action, [Answered("unavailable")])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _hear(self, prompts: Sequence[str]) -> None:
        self.heard += [prompt.partition("/")[2] for prompt in prompts]

    @property
    def done(self) -> list[tuple[str, dict[str, str]]]:
        return [(act.action, dict(act.arguments)) for act in self.acts]

    def heard_in_order(self, *names: str) -> bool:
        """Whether these were heard, one after the other, whatever was heard between them."""
        rest = iter(self.heard)
        return all(name in rest for name in names)


def keyed(ask: Ask, digits: str) -> Keyed:
    """What the gateway makes of the keys."""
    if not digits:
        return Keyed("", "silent")
    if digits.endswith("#"):
        return Keyed(digits[:-1], "terminated")
    match digitmap.match(ask.patterns, digits):
        case "complete" | "complete-or-more":
            return Keyed(digits, "complete")
        case "partial":
            return Keyed(digits, "timeout")
        case _:
            return Keyed(digits, "no-match")


def talk(
    menu: str,
    keys: Sequence[str] = (),
    answers: Answers | None = None,
    *,
    phone: str | None = "203",
    among: Mapping[str, Menu] | None = None,
    **values: str,
) -> Talk:
    """A talk with one of the product's menus, or of others; `phone`: a room, or None: reception's."""
    return Talk(dialogue(menu, phone=phone, among=among, **values), keys, answers)


def dialogue(
    menu: str, *, phone: str | None = "203", among: Mapping[str, Menu] | None = None, **values: str
) -> MenuDialogue:
    opening = Opening(menu, extension=phone or "100", room=phone, values=values)
    return MenuDialogue(among or menus(), opening, Phrases("en"))
