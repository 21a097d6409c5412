"""Which command was meant: words may be shortened as long as they mean one thing."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from firmware.console.contract import Argument, Command, Part
from firmware.console.terminal import Offer
from firmware.errors import RefusedError
from webui.services import Services


def split(line: str) -> list[str]:
    """Words; what is in quotes is one. Raises RefusedError."""
    try:
        return shlex.split(line)
    except ValueError:
        raise RefusedError("quotes", "a quotation mark has no partner") from None


def find(commands: Sequence[Command], words: Sequence[str], services: Services) -> tuple[Command, dict[str, str]]:
    """The command, and its arguments. Raises RefusedError (unknown-command, ambiguous, incomplete)."""
    left = list(commands)
    for place, word in enumerate(words):
        if not (fitting := _narrowed(left, place, word, services)):
            raise RefusedError("unknown-command", _unknown(left, place, word))
        left = fitting
        if len(meant := {part for command in left if isinstance(part := _at(command, place), str)}) > 1:
            raise RefusedError("ambiguous", f"{word}: {' or '.join(sorted(meant))}?")
    if not (whole := [command for command in left if _is_whole(command, len(words))]):
        raise RefusedError("incomplete", "\n".join(["there is more to say:", *(f"  {one.usage}" for one in left)]))
    return whole[0], _arguments(whole[0], words)


def matching(commands: Sequence[Command], words: Sequence[str]) -> list[Command]:
    """Those whose own words begin so, for `help`."""
    found = [command for command in commands if _starts(command, words, exactly=True)]
    return found or [command for command in commands if _starts(command, words, exactly=False)]


def offer(commands: Sequence[Command], line: str, services: Services) -> Offer:
    """What may stand where the line ends."""
    try:
        words = split(line)
    except RefusedError:
        return Offer()
    typed = words.pop() if words and not line.endswith(" ") else ""
    left = list(commands)
    for place, word in enumerate(words):
        left = _narrowed(left, place, word, services)
    place = len(words)
    found = {word for command in left for word in _words(_at(command, place), services) if word.startswith(typed)}
    return Offer(tuple(sorted(found, key=_natural)), len(typed))


def _narrowed(commands: list[Command], place: int, word: str, services: Services) -> list[Command]:
    """Exact words go before shortened ones, and these before what an argument may be."""
    at = [(command, _at(command, place)) for command in commands]
    for exact in (True, False):
        if found := [
            command
            for command, part in at
            if isinstance(part, str) and (part == word.lower() if exact else part.startswith(word.lower()))
        ]:
            return found
    return [command for command, part in at if isinstance(part, Argument) and _accepts(part, word, services)]


def _accepts(argument: Argument, word: str, services: Services) -> bool:
    return not argument.strict or argument.choices is None or word.lower() in argument.choices(services)


def _at(command: Command, place: int) -> Part | None:
    """The part of the command that the word at this place belongs to."""
    if place < len(command.pattern):
        return command.pattern[place]
    last = command.pattern[-1]
    return last if isinstance(last, Argument) and last.rest else None


def _words(part: Part | None, services: Services) -> Sequence[str]:
    if isinstance(part, Argument):
        return () if part.choices is None else part.choices(services)
    return () if part is None else (part,)


def _is_whole(command: Command, count: int) -> bool:
    return all(isinstance(part, Argument) and part.optional for part in command.pattern[count:])


def _arguments(command: Command, words: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for place, part in enumerate(command.pattern[: len(words)]):
        if isinstance(part, Argument):
            given[part.name] = " ".join(words[place:]) if part.rest else words[place]
    return given


def _starts(command: Command, words: Sequence[str], *, exactly: bool) -> bool:
    own = [part for part in command.pattern if isinstance(part, str)]
    if len(words) > len(own):
        return False
    pairs = zip(own, words, strict=False)
    return all(part == word.lower() if exactly else part.startswith(word.lower()) for part, word in pairs)


def _unknown(commands: list[Command], place: int, word: str) -> str:
    if place == 0:
        return f"{word}: there is no such command; `help` shows all"
    parts = {part if isinstance(part, str) else part.shown for c in commands if (part := _at(c, place)) is not None}
    if not parts:
        return f"{word}: nothing more is expected there"
    return f"{word} is none of: {', '.join(sorted(parts))}"


def _natural(word: str) -> tuple[str, int, str]:
    """fxs/2 before fxs/10."""
    head, slash, number = word.partition("/")
    return head + slash, int(number) if number.isdecimal() else 0, word
