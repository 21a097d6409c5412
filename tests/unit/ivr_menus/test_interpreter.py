"""How a menu talks: what is said together, what counts as a try, and that every talk ends."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.exchange.dialogue import (
    Answered,
    Ask,
    Dial,
    Dialogue,
    Finish,
    Input,
    Keyed,
    Opening,
    Recorded,
    Say,
    Spoken,
)
from firmware.ivr.actions import ACTIONS
from firmware.ivr.menus.interpreter import MOST_STEPS, MenuDialogue
from firmware.ivr.menus.model import Menu
from firmware.ivr.phrases import Phrases
from tests.unit.ivr_menus.talk import Talk, menus, talk

PRODUCT = menus()
RECEPTION = Dial("")
ASKED = ["menu-reception"]


def mine(text: str) -> dict[str, Menu]:
    return menus(mine=dedent(text))


QUESTION = mine("""\
    start:
        say done
        ask menu-reception
            1 -> one
            digits 2xx as amount
            wrong code-wrong
            first 7
            next 3
        say {amount|number}
        hang up
    one:
        say thank-you
        dial 100
    """)


def test_what_is_said_in_front_of_a_question_can_be_keyed_over() -> None:
    step = MenuDialogue(QUESTION, Opening("mine"), Phrases("pl")).begin()
    assert step == Ask(("pl/done", "pl/menu-reception"), ("1", "2xx"), 7_000, 3_000)


@pytest.mark.parametrize(
    ("keys", "heard", "end"),
    [
        (["1"], ["thank-you"], Dial("100")),
        (["200"], ["number-200"], Finish("busy")),
        (["3", "1"], ["code-wrong", *ASKED, "thank-you"], Dial("100")),
        (["20", "", "1"], ["code-wrong", *ASKED, "nothing-heard", *ASKED, "thank-you"], Dial("100")),
        (["3", "", "4"], ["code-wrong", *ASKED, "nothing-heard", *ASKED, "goes-to-reception"], RECEPTION),
    ],
)
def test_keys_lead_on_and_three_wrong_ones_to_reception(keys: list[str], heard: list[str], end: Dial | Finish) -> None:
    spoken = talk("mine", keys, among=QUESTION)
    assert spoken.heard[2:] == heard
    assert spoken.end == end


def test_a_number_is_complete_when_its_digits_fit_whatever_ended_it() -> None:
    for outcome in ("complete", "terminated", "timeout"):
        talking = MenuDialogue(QUESTION, Opening("mine"), Phrases("en"))
        talking.begin()
        assert talking.next(Keyed("200", outcome)) == Say(("en/number-200",))  # type: ignore[arg-type]


def test_who_comes_back_to_a_question_has_all_tries_again() -> None:
    asking = mine("""\
        start:
            ask menu-reception
                1 -> start
        """)
    assert talk("mine", ["9", "9", "1", "9", "9", "1", "9", "9"], among=asking).end == RECEPTION
    assert len(talk("mine", ["9", "9", "1", "9", "9", "9"], among=asking).asked) == 6


def test_a_menu_that_is_called_returns_to_where_it_was_called() -> None:
    calling = mine("""\
        start:
            set at=2026-03-29T07:30 repeat=daily
            call wakeup-say
            say done
            hang up
        """)
    assert talk("mine", among=calling).heard_in_order("wakeup-order", "wakeup-daily", "done")


def test_a_value_that_is_empty_is_neither_said_nor_an_argument() -> None:
    quiet = mine("""\
        start:
            say {room|digits} done
            do wakeup-list room={room}
                none no-room -> reception
            hang up
        """)
    heard = talk("mine", [], {"wakeup-list": Answered("ok", {"count": "0"})}, phone=None, among=quiet)
    assert heard.heard == ["done"]
    assert heard.done == [("wakeup-list", {})]


def test_values_that_are_not_as_they_should_be_are_spelled() -> None:
    odd = mine("""\
        takes at count
        start:
            say {at|date} {count|number}
            hang up
        """)
    assert talk("mine", among=odd, at="soon", count="1000").heard_in_order("digit-1", "digit-0", "digit-0", "digit-0")


def test_a_language_is_spoken_throughout() -> None:
    for language in ("en", "vi", "ru", "pl", "zh"):
        talking = MenuDialogue(PRODUCT, Opening("own-number", extension="203"), Phrases(language))
        step = talking.begin()
        assert isinstance(step, Say)
        assert all(prompt.startswith(f"{language}/") for prompt in step.prompts)


def test_a_circle_in_which_keys_are_pressed_for_ever_ends_at_reception() -> None:
    asking = mine("""\
        start:
            ask menu-reception
                1 -> start
        """)
    heard = talk("mine", ["1"] * (2 * MOST_STEPS), among=asking)
    assert heard.end == RECEPTION
    assert len(heard.asked) == MOST_STEPS


def test_a_list_that_is_read_anew_for_each_of_its_items_ends_at_reception() -> None:
    circle = mine("""\
        start:
            do wakeup-list
                none no-room -> reception
            each id -> this
            hang up
        this:
            go start
        """)
    assert talk("mine", [], {"wakeup-list": Answered("ok", {"count": "3"})}, among=circle).end == RECEPTION


def test_a_list_goes_on_though_an_action_has_counted_something_else() -> None:
    cancelling = mine("""\
        start:
            do wakeup-list
                none no-room -> reception
            go next
        next:
            each id -> this
            hang up
        this:
            do wakeup-cancel id={id}
                none -> next
            go next
        """)
    listed = Answered("ok", {"count": "3", "id1": "a", "id2": "b", "id3": "c"})
    answers = {"wakeup-list": listed, "wakeup-cancel": Answered("ok", {"count": "1"})}
    heard = talk("mine", [], answers, among=cancelling)
    assert [arguments["id"] for name, arguments in heard.done if name == "wakeup-cancel"] == ["a", "b", "c"]


def test_nothing_follows_the_end() -> None:
    talking = MenuDialogue(PRODUCT, Opening("own-number", extension="203"), Phrases("en"))
    talking.begin()
    assert talking.next(Spoken()) == talking.next(Spoken()) == Finish("busy")


KEYS = st.lists(st.sampled_from([*"0123456789*", "", "#", "203#", "0730", "03290730", "4711#", "99"]), max_size=40)
RESULTS = st.sampled_from(
    sorted({word for action in ACTIONS.values() for word in action.results} | {"unavailable", "?"})
)
VALUES = st.dictionaries(
    st.sampled_from(["at", "count", "room", "prompt", "id1", "id2", "at1", "file", "status", "number"]),
    st.sampled_from(["", "0", "2", "999999", "2026-03-29T07:30", "clean", "en/x"]),
)
ANSWERS = st.lists(st.builds(Answered, RESULTS, VALUES), min_size=1, max_size=12)


@settings(deadline=None)
@given(st.sampled_from(sorted(PRODUCT)), KEYS, ANSWERS, st.sampled_from(["", "*0730", "*203*0730", "3*12", "**", "*"]))
def test_no_keys_and_no_answers_keep_a_call_for_ever(
    menu: str, keys: list[str], answers: list[Answered], digits: str
) -> None:
    talking = MenuDialogue(PRODUCT, Opening(menu, "203", "203", {"digits": digits}), Phrases("en"))
    heard = Talk(talking, keys, dict.fromkeys(ACTIONS, answers))
    assert isinstance(heard.end, Dial | Finish)
    assert len(heard.asked) + len(heard.acts) <= MOST_STEPS


INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.just(Spoken()),
    st.builds(
        Keyed, st.text("0123456789*", max_size=9), st.sampled_from(["complete", "no-match", "timeout", "silent"])
    ),
    st.builds(Answered, RESULTS, VALUES),
    st.builds(Recorded, st.floats(0, 120)),
)


@settings(deadline=None)
@given(st.sampled_from(sorted(PRODUCT)), st.lists(INPUTS, max_size=30))
def test_whatever_is_told_a_menu_has_a_next_step(menu: str, inputs: list[Input]) -> None:
    talking: Dialogue = MenuDialogue(PRODUCT, Opening(menu, "203", "203"), Phrases("en"))
    step = talking.begin()
    for happened in inputs:
        assert not isinstance(step, Say) or step.prompts
        step = talking.next(happened)
    talking.hung_up()
    assert isinstance(talking.next(Spoken()), Dial | Finish)
