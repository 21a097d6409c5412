"""Service codes: one table for all that is dialled, who may dial what, and what is said where it is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.errors import RefusedError
from firmware.exchange import decisions as d
from firmware.exchange.dialogue import Act, Answered, Finish, Say
from firmware.exchange.numbering import Extension
from firmware.exchange.service_codes import SERVICE_CODES, ServiceCode
from tests.unit.exchange.hotel import EXTENSIONS, PORTS, Hotel
from tests.unit.exchange.menus import Menus, hotel_with


def every_menu() -> tuple[Hotel, Menus]:
    hotel, menus = hotel_with()
    menus.steps = {code.menu: (Say((code.menu,)),) for code in SERVICE_CODES if code.menu is not None}
    return hotel, menus


@pytest.mark.parametrize(
    ("number", "dialled", "menu", "digits"),
    [
        ("101", "*55*0730", "wakeup-set", "0730"),
        ("101", "*55*12240730", "wakeup-set", "12240730"),
        ("101", "*56", "wakeup-cancel", ""),
        ("101", "*57", "wakeup-main", ""),
        ("100", "*58*203*0730", "wakeup-room", "203*0730"),
        ("101", "*613", "room-status", "3"),
        ("101", "*613*17", "room-status", "3*17"),
        ("101", "*62*4*2", "minibar", "4*2"),
        ("101", "*63", "status-heard", ""),
        ("110", "*63*203", "status-heard", "203"),
        ("110", "*90", "staff-main", ""),
        ("101", "*76", "blocking-on", ""),
        ("101", "*98", "messages", ""),
    ],
)
def test_what_is_dialled_opens_its_menu(number: str, dialled: str, menu: str, digits: str) -> None:
    hotel, menus = every_menu()
    hotel.call(number, dialled)
    hotel.pause(number)
    assert hotel.hears(number) == menu and menus.script.opening.values == {"digits": digits}
    hotel.hang_up(number)
    assert hotel.quiet() and not hotel.records


@pytest.mark.parametrize(
    ("number", "dialled"), [("101", "*90"), ("110", "*58*203*0730"), ("110", "*613"), ("100", "*76")]
)
def test_who_may_not_dial_a_code_is_told(number: str, dialled: str) -> None:
    hotel, menus = every_menu()
    hotel.call(number, dialled)
    hotel.pause(number)
    assert hotel.hears(number) == "code-not-here" and not menus.begun
    hotel.played(number, failed=True)
    assert hotel.hears(number) == "unobtainable"
    hotel.hang_up(number)
    assert hotel.quiet() and hotel.last().dialled == dialled


def test_no_menu_is_for_telephones_in_halls() -> None:
    hall = Extension(number="130", kind="service", port="fxs/9", pickup_group="staff")
    hotel, _ = hotel_with(Say(("x",)), extensions=(*EXTENSIONS, hall))
    PORTS["130"] = "fxs/9"
    try:
        hotel.call("130", "*57")
        assert hotel.hears("130") == "code-not-here"
        hotel.hang_up("130")
        hotel.call("101", "110")
        hotel.call("130", "*8")
        assert hotel.talks("130", "101")
    finally:
        del PORTS["130"]


@pytest.mark.parametrize("dialled", ["*55*07", "*5", "*61", "*62*4", "*44", "*", "*58*203"])
def test_a_wrong_or_incomplete_code_is_explained(dialled: str) -> None:
    hotel, menus = every_menu()
    hotel.call("101", dialled)
    hotel.pause("101")
    assert hotel.hears("101") == "code-wrong" and not menus.begun
    hotel.played("101", failed=True)
    assert hotel.hears("101") == "congestion"
    hotel.hang_up("101")
    assert hotel.quiet() and hotel.refusals == []


def test_what_is_said_of_codes_is_in_the_guest_s_language() -> None:
    hotel, _ = every_menu()
    hotel.agent.set_language("101", "vi")
    hotel.call("101", "*44")
    assert hotel.hears("101") == "vi/code-wrong"
    hotel.hang_up("101")
    hotel.agent.set_language("101", None)
    hotel.call("101", "*90")
    assert hotel.hears("101") == "code-not-here"


def test_do_not_disturb_is_confirmed_by_voice_and_the_stutter_says_it() -> None:
    hotel, _ = hotel_with(Act("dnd", {"on": "1"}), Say(("dnd-is-on",)), Finish(None), menu="dnd-on")
    hotel.call("102", "*78")
    [act] = hotel.acts
    hotel.carry_out(hotel.agent.set_dnd("102", True, hotel.now))  # the hotel does it
    hotel.carry_out(hotel.agent.answer_dialogue(act.dialogue, Answered("ok"), hotel.now))
    assert hotel.hears("102") == "dnd-is-on" and hotel.line("102").dnd
    hotel.played("102")
    assert hotel.hears("102") == "stutter"
    assert not any(isinstance(decision, d.FeatureChanged) for decision in hotel.decided)


def test_the_site_gives_a_code_other_digits() -> None:
    hotel, menus = every_menu()
    before = hotel.lodged().plan.revision
    table = tuple(replace(c, digits="*1") if c.name == "wakeup-menu" else c for c in SERVICE_CODES)
    hotel.carry_out(hotel.agent.set_codes(table, hotel.now))
    hotel.call("101", "*1")
    assert hotel.hears("101") == "wakeup-main"
    hotel.hang_up("101")
    hotel.call("101", "*57")
    assert hotel.hears("101") == "code-wrong"
    hotel.hang_up("101")
    assert hotel.lodged().plan.revision == before, "the gateway by itself knows no codes"
    hotel.restart()
    hotel.agent.set_codes(table, hotel.now)
    hotel.call("101", "*1")
    assert menus.script.opening.menu == "wakeup-main"


def test_no_code_lies_behind_an_emergency_number() -> None:
    plan = replace(Hotel().plan, codes=(ServiceCode(name="x", digits="1123", menu="x"), *SERVICE_CODES))
    assert "1123" not in plan.patterns and "112" in plan.patterns


def test_click_to_dial_calls_no_codes() -> None:
    hotel, _ = every_menu()
    for code in ("*57", "*44"):
        with pytest.raises(RefusedError, match="cannot be dialled"):
            hotel.agent.dial("101", code, hotel.now)


def test_a_guest_wants_no_calls_from_other_rooms() -> None:
    hotel = Hotel()
    hotel.carry_out(hotel.agent.set_calls_refused("102", True, hotel.now))
    hotel.call("101", "102")
    assert hotel.hears("101") == "congestion" and not hotel.rings("102")
    hotel.hang_up("101")
    hotel.restart()
    hotel.carry_out(hotel.agent.set_calls_refused("102", True, hotel.now))
    hotel.call("110", "102")
    assert hotel.rings("102")
    hotel.hang_up("110")
    hotel.carry_out(hotel.agent.set_calls_refused("102", False, hotel.now))
    hotel.call("101", "102")
    assert hotel.rings("102")
