"""One talk by a menu: what is said, asked and done next. Pure, and bounded: whatever is keyed, it ends.

What is said in front of a question is part of it, so that who knows the menu need not hear it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from firmware.exchange import dialogue
from firmware.exchange.dialogue import Act, Answered, Finish, Input, Keyed, Opening, Recorded, Step, TakeDown
from firmware.gateway import digitmap
from firmware.ivr.actions import ACTIONS, REFUSED, UNAVAILABLE
from firmware.ivr.menus import model
from firmware.ivr.menus.model import RECEPTION, Menu, Piece, Prompt, Spoken, Statement, Word
from firmware.ivr.phrases import Phrases

MOST_QUIET = 500
"""Statements in a row of which the caller hears nothing; a menu that has more is going in circles."""
MOST_STEPS = 500
"""Steps of one talk: with more, somebody has left the handset on a keypad. He is given to reception."""
MOST_CALLS = 8
FIELDS = 3
_HEARD_FIRST = (model.Do, model.Record, model.Dial, model.End)
"""Before these, what is still to be said is said."""


class MenuDialogue:
    """A `Dialogue`. `menus`: all that can be called; they stay as they are while it goes on."""

    def __init__(self, menus: Mapping[str, Menu], opening: Opening, phrases: Phrases) -> None:
        self._menus = menus
        self._phrases = phrases
        self._values = _opening_values(opening)
        self._menu = menus[opening.menu]
        self._rest: list[Statement] = list(self._menu.blocks[self._menu.first].statements)
        self._callers: list[tuple[Menu, str, list[Statement]]] = []
        self._waiting: Statement | None = None
        self._unsaid: list[str] = []
        self._tries: dict[tuple[str, str], int] = {}
        self._block = self._menu.first
        self._place = 0
        self._count = 0
        """Of the latest list; the place is that of the item which was taken last."""
        self._hung_up: Act | None = None
        self._steps = 0
        self._over: Step | None = None

    def begin(self) -> Step:
        return self._on()

    def next(self, happened: Input) -> Step:
        if self._over is not None:
            return self._over
        waiting, self._waiting = self._waiting, None
        match waiting, happened:
            case model.Ask(), Keyed():
                self._keyed(waiting, happened)
            case model.Do(), Answered():
                self._answered(waiting, happened)
            case (model.Record(), Recorded()) | (None, _):
                pass
            case _:
                self._go(RECEPTION)
        return self._on()

    def hung_up(self) -> Act | None:
        owed, self._hung_up = self._hung_up, None
        self._over = Finish()
        return owed

    # ------------------------------------------------------------------------------------------------- what is next

    def _on(self) -> Step:
        """The next step: statements are gone through until one needs somebody else."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            return self._end(dialogue.Dial(""))
        for _ in range(MOST_QUIET):
            statement = self._rest[0] if self._rest else model.Return(line=0)
            if self._unsaid and isinstance(statement, _HEARD_FIRST):
                return dialogue.Say(self._heard())
            self._rest = self._rest[1:]
            if (step := _DO[type(statement)](self, statement)) is not None:
                return step
        return self._end(dialogue.Dial(""))

    def _end(self, step: Step) -> Step:
        self._over = step
        return step

    def _heard(self) -> tuple[str, ...]:
        unsaid, self._unsaid = self._unsaid, []
        return tuple(unsaid)

    def _go(self, block: str, again: bool = False) -> None:
        """Goes on with a block; whoever comes anew has all tries."""
        self._block = block
        self._rest = list(self._menu.blocks[block].statements)
        if not again:
            self._tries[self._menu.name, block] = 0

    def _failed(self, block: str, ask: model.Ask) -> bool:
        """One more try at a question has failed: whether that was the last."""
        key = self._menu.name, block
        self._tries[key] = self._tries.get(key, 0) + 1
        return self._tries[key] >= ask.tries

    # ------------------------------------------------------------------------------------------- one for each statement

    def _say(self, say: model.Say) -> None:
        self._unsaid += self._prompts(say.pieces)

    def _ask(self, ask: model.Ask) -> Step:
        self._waiting = ask
        self._unsaid += self._prompts(ask.pieces)
        return dialogue.Ask(self._heard(), (*ask.keys, *ask.patterns), ask.first_ms, ask.next_ms)

    def _do(self, do: model.Do) -> Step:
        self._waiting = do
        self._hung_up = None
        return self._act(do)

    def _record(self, record: model.Record) -> Step:
        self._waiting = record
        self._hung_up = None if record.hung_up is None else self._act(record.hung_up)
        limit_s = min(record.limit_s, self._number("limit") or record.limit_s)
        return TakeDown(self._meant(record.file), limit_s, record.silence_s)

    def _if(self, test: model.If) -> None:
        value = self._values.get(test.value, "")
        if value in test.words if test.words else not value:
            self._go(test.block)

    def _set(self, statement: model.Set) -> None:
        self._values.update({name: self._meant(word) for name, word in statement.values.items()})

    def _take(self, take: model.Take) -> None:
        place = self._number(take.place) if take.place else self._place + 1
        if not 1 <= place <= self._count:
            self._place = 0
            return
        self._place = place
        self._values["index"] = str(place)
        for name in take.names:
            self._values[name] = self._values.get(f"{name}{place}", "")
        self._go(take.block)

    def _go_on(self, go: model.Go) -> None:
        if go.again:
            ask = next(each for each in self._menu.blocks[go.block].statements if isinstance(each, model.Ask))
            if self._failed(go.block, ask):
                self._go(ask.failed)
                return
        self._go(go.block, again=go.again)

    def _call(self, call: model.Call) -> None:
        if len(self._callers) == MOST_CALLS:
            self._go(RECEPTION)
            return
        self._callers.append((self._menu, self._block, self._rest))
        self._menu = self._menus[call.menu]
        self._go(self._menu.first)

    def _return(self, _: model.Return) -> None:
        if self._callers:
            self._menu, self._block, self._rest = self._callers.pop()
        else:
            self._rest = [model.End(line=0, tone="busy")]

    def _dial(self, dial: model.Dial) -> Step:
        return self._end(dialogue.Dial(self._meant(dial.number)))

    def _hang_up(self, end: model.End) -> Step:
        return self._end(Finish(end.tone))

    # ------------------------------------------------------------------------------------------------------- answers

    def _keyed(self, ask: model.Ask, keyed: Keyed) -> None:
        if keyed.digits in ask.keys:
            self._go(ask.keys[keyed.digits])
        elif digitmap.match(ask.patterns, keyed.digits) in ("complete", "complete-or-more"):
            self._values[ask.into] = keyed.digits
        elif self._failed(self._block, ask):
            self._go(ask.failed)
        else:
            self._unsaid += self._prompts(ask.wrong if keyed.digits else ask.silent)
            self._rest = [ask, *self._rest]

    def _answered(self, do: model.Do, answered: Answered) -> None:
        result = ACTIONS[do.action].results.get(answered.result)
        self._values.update(answered.values)
        if result is not None and result.items:
            self._place, self._count = 0, self._number("count")
        if answered.result in do.results:
            self._go(do.results[answered.result])
        elif answered.result != "ok":
            self._go(REFUSED if answered.result == REFUSED else do.results.get(UNAVAILABLE, UNAVAILABLE))

    # -------------------------------------------------------------------------------------------------------- values

    def _act(self, do: model.Do) -> Act:
        arguments = {name: self._meant(word) for name, word in do.arguments.items()}
        return Act(do.action, {name: text for name, text in arguments.items() if text})

    def _meant(self, word: Word) -> str:
        return self._values.get(word.text, "") if word.value else word.text

    def _number(self, name: str) -> int:
        text = self._values.get(name, "")
        return int(text) if text.isascii() and text.isdigit() else 0

    def _prompts(self, pieces: tuple[Piece, ...]) -> list[str]:
        return [prompt for piece in pieces for prompt in self._said(piece)]

    def _said(self, piece: Piece) -> tuple[str, ...]:
        if isinstance(piece, Prompt):
            return (self._phrases.prompt(piece.name),)
        if not (text := self._values.get(piece.value, "")):
            return ()
        try:
            return self._phrase(piece, text)
        except ValueError:
            return self._phrases.digits(text)

    def _phrase(self, piece: Spoken, text: str) -> tuple[str, ...]:
        """A value as its form wants it spoken. Raises ValueError where it has another form."""
        match piece.form:
            case "time":
                return self._phrases.time(datetime.fromisoformat(text).time())
            case "date":
                return self._phrases.date(datetime.fromisoformat(text).date())
            case "number":
                return self._phrases.number(int(text))
            case "digits":
                return self._phrases.digits(text)
            case "prompt":
                return tuple(text.split())
            case "word":
                return (self._phrases.prompt(f"{piece.value}-{text}"),)


_DO: Mapping[type[Statement], Callable[[MenuDialogue, Any], Step | None]] = {
    model.Say: MenuDialogue._say,
    model.Ask: MenuDialogue._ask,
    model.Do: MenuDialogue._do,
    model.Record: MenuDialogue._record,
    model.If: MenuDialogue._if,
    model.Set: MenuDialogue._set,
    model.Take: MenuDialogue._take,
    model.Go: MenuDialogue._go_on,
    model.Call: MenuDialogue._call,
    model.Return: MenuDialogue._return,
    model.Dial: MenuDialogue._dial,
    model.End: MenuDialogue._hang_up,
}


def _opening_values(opening: Opening) -> dict[str, str]:
    """What a menu can use from its beginning: "*203*0730" has the fields 203 and 0730."""
    fields = opening.values.get("digits", "").removeprefix("*").split("*")
    return {
        **{f"field{place}": text for place, text in enumerate(fields[:FIELDS], 1)},
        "extension": opening.extension or "",
        "room": opening.room or "",
        **opening.values,
    }
