"""The exchange itself calls somebody, in the house or outside, and he talks with a menu."""

from __future__ import annotations

import pytest

from firmware.exchange.dialogue import Act, Answered, Ask, Dial, Finish, Keyed, Opening, Say, Spoken, Step
from firmware.exchange.trunk_groups import TrunkGroup
from firmware.gateway.messages import Digits
from tests.unit.exchange.hotel import CITY, PORTS, Hotel
from tests.unit.exchange.menus import Menus, hotel_with
from tests.unit.exchange.outside import Judge

OPENING = Opening("alarm", values={"caller": "Wake-up 203", "alarm": "a1"})
SAY, ASK = Say(("not-answered",)), Ask(("press-one",), ("5",))


def house(*steps: Step, trunks: tuple[TrunkGroup, ...] = (), **more: object) -> tuple[Hotel, Menus]:
    return hotel_with(*(steps or (SAY, ASK)), menu="alarm", trunks=trunks, **more)


def summon(hotel: Hotel, number: str, name: str = "c1", ring_s: float = 30) -> None:
    hotel.carry_out(hotel.agent.call_person(name, number, OPENING, ring_s, hotel.now))
    hotel.pump()


def outcomes(hotel: Hotel) -> list[tuple[str, str]]:
    return [(report.call, report.outcome) for report in hotel.persons]


def heard(hotel: Hotel, port: str) -> None:
    hotel.gateway.played(port)
    hotel.pump()


def down(hotel: Hotel, *numbers: str) -> None:
    for number in numbers:
        hotel.hang_up(number)
    assert hotel.quiet() and hotel.refusals == []


def test_an_extension_hears_it_to_the_end() -> None:
    hotel, menus = house()
    hotel.carry_out(hotel.agent.set_dnd("110", True, hotel.now))
    summon(hotel, "110")
    assert hotel.rings("110") and hotel.shows("110") == ("", "Wake-up 203")
    hotel.lift("110")
    assert hotel.hears("110") == "not-answered" and menus.script.opening == OPENING
    hotel.played("110")
    hotel.dial("110", "5")
    assert menus.script.told == [Spoken(), Keyed("5", "complete")]
    assert outcomes(hotel) == [("c1", "done")] and hotel.hears("110") == "busy"
    down(hotel, "110")
    assert not hotel.records


def test_an_act_of_who_was_called() -> None:
    hotel, _ = house(Act("escalation-acknowledge", {"alarm": "a1"}), Finish(None))
    summon(hotel, "110")
    hotel.lift("110")
    assert hotel.acts[0].caller.extension == "110"
    hotel.carry_out(hotel.agent.answer_dialogue(hotel.acts[0].dialogue, Answered("ok"), hotel.now))
    assert hotel.hears("110") == "dial" and outcomes(hotel) == [("c1", "done")]
    hotel.dial("110", "111")
    assert hotel.rings("111")
    down(hotel, "110")


def test_he_is_put_through_by_the_menu() -> None:
    hotel, _ = house(Dial("101"))
    summon(hotel, "110")
    hotel.lift("110")
    assert hotel.rings("101") and outcomes(hotel) == [("c1", "done")]
    hotel.lift("101")
    assert hotel.talks("110", "101")
    down(hotel, "110", "101")


def test_he_hangs_up_too_soon() -> None:
    hotel, menus = house()
    summon(hotel, "110")
    hotel.lift("110")
    hotel.hang_up("110")
    assert outcomes(hotel) == [("c1", "hung-up")] and menus.script.gone
    down(hotel)


def test_nobody_answers() -> None:
    hotel, _ = house()
    summon(hotel, "110", ring_s=20)
    hotel.wait(19)
    assert hotel.rings("110")
    hotel.wait(2)
    assert not hotel.rings("110") and outcomes(hotel) == [("c1", "no-answer")]
    down(hotel)


def test_all_of_reception_rings_and_the_first_hears_it() -> None:
    hotel, _ = house()
    summon(hotel, "8888")
    assert hotel.rings("100") and hotel.rings("109")
    hotel.lift("109")
    assert not hotel.rings("100") and hotel.hears("109") == "not-answered"
    down(hotel, "109")


@pytest.mark.parametrize(
    ("number", "outcome"), [("110", "busy"), ("555", "failed"), ("112", "failed"), ("0", "failed")]
)
def test_who_cannot_be_called(number: str, outcome: str) -> None:
    hotel, _ = house()
    hotel.lift("110")
    summon(hotel, number)
    assert outcomes(hotel) == [("c1", outcome)]


def test_a_menu_that_there_is_not() -> None:
    hotel = Hotel()
    summon(hotel, "110")
    assert outcomes(hotel) == [("c1", "failed")] and not hotel.rings("110")


def test_lifted_just_before_it_rings() -> None:
    hotel, _ = house()
    hotel.gateway.lift(PORTS["110"])
    summon(hotel, "110")
    assert outcomes(hotel) == [("c1", "busy")] and hotel.hears("110") == "dial"
    hotel.dial("110", "111")
    assert hotel.rings("111")
    down(hotel, "110")


def test_it_is_stopped() -> None:
    hotel, _ = house()
    summon(hotel, "110")
    hotel.carry_out(hotel.agent.stop_person("c1", hotel.now))
    assert outcomes(hotel) == [("c1", "no-answer")] and not hotel.rings("110")
    hotel.carry_out(hotel.agent.stop_person("c1", hotel.now))
    assert len(hotel.persons) == 1
    down(hotel)


def test_who_has_answered_hears_what_came_of_his_key_although_he_need_not_be_told_any_more() -> None:
    hotel, _ = house(Act("escalation-acknowledge", {"alarm": "a1"}), SAY, Finish("busy"))
    summon(hotel, "110")
    hotel.lift("110")
    hotel.carry_out(hotel.agent.stop_person("c1", hotel.now))
    hotel.carry_out(hotel.agent.answer_dialogue(hotel.acts[-1].dialogue, Answered("ok"), hotel.now))
    assert hotel.hears("110") == "not-answered" and not outcomes(hotel)
    hotel.played("110")
    assert outcomes(hotel) == [("c1", "done")]
    down(hotel, "110")


def test_an_emergency_goes_before_it() -> None:
    hotel, _ = house()
    hotel.lift("109")
    summon(hotel, "100")
    hotel.call("101", "112")
    assert outcomes(hotel) == [("c1", "busy")] and hotel.rings("100") and hotel.shows("100")[0] == "101"
    hotel.lift("100")
    assert hotel.talks("101", "100")
    down(hotel, "101", "100", "109")


def test_somebody_outside_is_called_as_reception_would() -> None:
    hotel, menus = house(SAY, ASK, trunks=(CITY,), restrictions=Judge({"unrestricted": ("none",)}))
    summon(hotel, "0221234567")
    hotel.go_on("fxo/2")
    assert not menus.script.told and hotel.line("fxo/2").state == "dialling"
    hotel.far_end_answers("fxo/2")
    assert hotel.hears("fxo/2") == "not-answered"
    heard(hotel, "fxo/2")
    assert hotel.hears("fxo/2") == "press-one"
    hotel.gateway.dial("fxo/2", "5")
    hotel.pump()
    assert menus.script.told == [Spoken(), Keyed("5", "complete")] and outcomes(hotel) == [("c1", "done")]
    assert hotel.gateway.trunk("fxo/2").stage == "guard"
    record = hotel.last()
    assert (record.direction, record.from_party.extension, record.outside) == ("outgoing", "100", "221234567")
    assert record.answered_ns is not None and record.trunk == "city"
    down(hotel)


def test_he_hangs_up_outside() -> None:
    hotel, menus = house(SAY, trunks=(CITY,))
    summon(hotel, "0221234567")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.far_end_releases("fxo/2")
    assert outcomes(hotel) == [("c1", "hung-up")] and menus.script.gone
    down(hotel)


@pytest.mark.parametrize(("cause", "outcome"), [(17, "busy"), (19, "no-answer"), (1, "failed")])
def test_he_cannot_be_reached_outside(cause: int, outcome: str) -> None:
    hotel, _ = house(trunks=(CITY,))
    summon(hotel, "0221234567")
    hotel.go_on("fxo/2")
    hotel.far_end_releases("fxo/2", "busy-tone", cause)
    assert outcomes(hotel) == [("c1", outcome)]
    down(hotel)


def test_nobody_answers_outside() -> None:
    hotel, _ = house(trunks=(CITY,))
    summon(hotel, "0221234567", ring_s=40)
    hotel.go_on("fxo/2")
    hotel.wait(41)
    assert outcomes(hotel) == [("c1", "no-answer")] and hotel.gateway.trunk("fxo/2").stage == "guard"
    down(hotel)


def test_a_line_without_dial_tone_and_the_next_one() -> None:
    hotel, _ = house(trunks=(CITY,))
    hotel.gateway.trunk("fxo/2").deaf = True
    summon(hotel, "0221234567")
    hotel.go_on("fxo/2")
    hotel.go_on("fxo/1")
    hotel.far_end_answers("fxo/1")
    assert hotel.hears("fxo/1") == "not-answered"


def test_no_line_is_free() -> None:
    hotel, _ = house(trunks=(CITY,))
    for port in CITY.ports:
        hotel.ring_in(port)
    summon(hotel, "0221234567")
    assert outcomes(hotel) == [("c1", "failed")]


def test_an_emergency_takes_the_line() -> None:
    hotel, menus = house(SAY, trunks=(CITY,))
    hotel.ring_in("fxo/1", "600700800")
    hotel.lift("100")
    summon(hotel, "0221234567")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    hotel.call("101", "112")
    assert outcomes(hotel) == [("c1", "hung-up")] and menus.script.gone
    assert hotel.gateway.trunk("fxo/2").placed is not None
    assert hotel.talks("100", "fxo/1")


def test_late_digits_of_the_far_end_are_nothing() -> None:
    hotel, _ = house(SAY, trunks=(CITY,))
    summon(hotel, "0221234567")
    hotel.go_on("fxo/2")
    hotel.far_end_answers("fxo/2")
    late = Digits(endpoint="fxo/2", digits="1", outcome="complete", at_ns=hotel.gateway.now_ns)
    hotel.carry_out(hotel.agent.handle(late, hotel.now))
    assert hotel.refusals == []


@pytest.mark.parametrize("number", ["110", "0221234567"])
@pytest.mark.parametrize("answered", [False, True])
def test_after_a_restart_nothing_of_it_stands(number: str, answered: bool) -> None:
    hotel, _ = house(SAY, trunks=(CITY,))
    summon(hotel, number)
    outside = number.startswith("0")
    if outside:
        hotel.go_on("fxo/2")
    if answered and outside:
        hotel.far_end_answers("fxo/2")
    elif answered:
        hotel.lift("110")
    hotel.restart()
    hotel.pump()
    hotel.go_on("fxo/2")
    assert hotel.gateway.trunk("fxo/2").stage == "idle" and not hotel.rings("110")
    if answered and not outside:
        assert hotel.hears("110") == "dial"
        hotel.hang_up("110")
    down(hotel)


@pytest.mark.parametrize("gone", [True, False])
def test_whoever_asked_is_told_when_the_gateway_is_lost(gone: bool) -> None:
    hotel, _ = house(SAY)
    summon(hotel, "110")
    if gone:
        hotel.carry_out(hotel.agent.lost(hotel.now))
        hotel.carry_out(hotel.agent.call_person("c2", "110", OPENING, 30, hotel.now))
        assert outcomes(hotel) == [("c1", "failed"), ("c2", "failed")]
        return
    hotel.begin()
    assert outcomes(hotel) == [("c1", "failed")]
