"""Two telephones: dial tone, ringing, talking, the tones for what goes wrong, and a handset left off the hook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.exchange import decisions as d
from firmware.exchange.numbering import AgentSettings
from tests.unit.exchange.hotel import EXTENSIONS, PORTS, Hotel


@pytest.fixture
def hotel() -> Hotel:
    return Hotel()


def test_a_call_from_room_to_room(hotel: Hotel) -> None:
    hotel.lift("101")
    assert hotel.hears("101") == "dial"
    hotel.dial("101", "102")
    assert hotel.hears("101") == "ringback"
    assert hotel.rings("102") and hotel.shows("102") == ("101", "")
    hotel.lift("102")
    assert hotel.talks("101", "102") and hotel.talks("102", "101")
    assert [call.state for call in hotel.agent.calls()] == ["answered"]
    assert len(hotel.open) == 1
    hotel.hang_up("102")
    assert hotel.hears("101") == "busy"
    hotel.hang_up("101")
    assert hotel.quiet()
    record = hotel.last()
    assert (record.from_party.extension, record.to_party.extension) == ("101", "102")
    assert record.end == "released" and record.cause == 16 and record.complete
    assert hotel.refusals == []


def test_the_record_is_open_before_anything_else_follows_an_answer(hotel: Hotel) -> None:
    hotel.call("101", "102")
    hotel.decided.clear()
    hotel.lift("102")
    assert isinstance(hotel.decided[0], d.OpenRecord)


@pytest.mark.parametrize(
    ("digits", "tone"),
    [("105", "unobtainable"), ("3", "unobtainable"), ("2" * 40, "unobtainable"), ("101", "busy"), ("1#", "congestion"),
     ("109999", "ringback"), ("#", "busy")],
)  # fmt: skip
def test_what_is_heard_after_dialling(hotel: Hotel, digits: str, tone: str) -> None:
    hotel.call("101", digits)
    assert hotel.hears("101") == tone


def test_a_half_dialled_number_is_heard_as_congestion(hotel: Hotel) -> None:
    hotel.call("101", "10")
    hotel.pause("101")
    assert hotel.hears("101") == "congestion"
    hotel.hang_up("101")
    assert hotel.last().cause == 28 and hotel.quiet()


def test_a_number_that_begins_another_waits_for_the_pause(hotel: Hotel) -> None:
    hotel.call("101", "8")
    assert hotel.hears("101") is None and not hotel.rings("100")
    hotel.pause("101")
    assert hotel.rings("100") and hotel.rings("109")


def test_a_busy_telephone(hotel: Hotel) -> None:
    hotel.lift("102")
    hotel.call("101", "102")
    assert hotel.hears("101") == "busy"
    hotel.hang_up("101")
    assert hotel.last().cause == 17


def test_two_rooms_that_call_one_another_at_the_same_moment_hear_busy(hotel: Hotel) -> None:
    for number in ("101", "102"):
        hotel.gateway.lift(PORTS[number])
    hotel.gateway.dial(PORTS["101"], "102")
    hotel.gateway.dial(PORTS["102"], "101")
    hotel.pump()
    assert hotel.hears("101") == hotel.hears("102") == "busy"
    hotel.hang_up("101")
    hotel.hang_up("102")
    assert hotel.quiet()


def test_a_telephone_that_is_lifted_before_its_ringing_arrives_has_dial_tone(hotel: Hotel) -> None:
    hotel.lift("101")
    hotel.gateway.dial(PORTS["101"], "102")
    hotel.gateway.lift(PORTS["102"])
    hotel.pump()
    assert hotel.hears("101") == "busy" and hotel.hears("102") == "dial"
    hotel.hang_up("101")
    hotel.hang_up("102")
    assert hotel.quiet() and hotel.refusals == []


def test_a_caller_who_hangs_up_as_the_other_answers(hotel: Hotel) -> None:
    hotel.call("101", "102")
    hotel.gateway.replace(PORTS["101"])
    hotel.gateway.lift(PORTS["102"])
    hotel.pump()
    assert hotel.hears("102") == "dial"
    hotel.hang_up("102")
    assert hotel.quiet() and hotel.last().answered_ns is None


def test_an_answer_in_the_moment_before_the_caller_hangs_up(hotel: Hotel) -> None:
    hotel.call("101", "102")
    hotel.gateway.lift(PORTS["102"])
    hotel.gateway.replace(PORTS["101"])
    hotel.pump()
    assert hotel.hears("102") == "busy"
    hotel.hang_up("102")
    assert hotel.quiet() and hotel.last().answered_ns is not None


def test_nobody_answers(hotel: Hotel) -> None:
    hotel.call("101", "102")
    hotel.wait(59)
    assert hotel.rings("102")
    hotel.wait(2)
    assert not hotel.rings("102") and hotel.hears("101") == "congestion"
    hotel.hang_up("101")
    assert hotel.last().cause == 19 and hotel.quiet()


def test_a_handset_left_off_the_hook(hotel: Hotel) -> None:
    hotel.lift("101")
    assert hotel.line("101").state == "off-hook"
    hotel.wait(15)
    hotel.pause("101")
    assert hotel.hears("101") == "busy"
    hotel.wait(30.1)
    assert hotel.hears("101") == "howler" and hotel.line("101").state == "howler"
    hotel.wait(60.1)
    assert hotel.hears("101") is None and hotel.line("101").state == "out-of-service"
    assert hotel.line("101").fault == "off-hook" and ("off-hook", "fxs/1") in hotel.alarms
    hotel.call("102", "101")
    assert hotel.hears("102") == "busy"
    hotel.hang_up("101")
    assert hotel.line("101").state == "idle" and not hotel.alarms
    hotel.lift("101")
    assert hotel.hears("101") == "dial"


@pytest.mark.parametrize(("seconds", "heard"), [(0, "busy"), (31, "howler"), (92, None)])
def test_an_emergency_number_goes_through_however_long_the_handset_has_been_left_off(
    hotel: Hotel, seconds: float, heard: str | None
) -> None:
    hotel.connect("101", "102")
    hotel.hang_up("102")
    hotel.wait(seconds)
    for other in ("5", "#", "*8", "10", "9#"):
        hotel.dial("101", other)
        assert hotel.hears("101") == heard
    hotel.dial("101", "11")
    hotel.pause("101")
    assert hotel.hears("101") == heard
    hotel.dial("101", "112")
    assert hotel.hears("101") == "ringback" and hotel.rings("100")
    assert ("emergency-call", "101") in hotel.alarms and ("off-hook", "fxs/1") not in hotel.alarms
    hotel.lift("100")
    assert hotel.talks("101", "100")
    hotel.hang_up("101")
    hotel.hang_up("100")
    assert hotel.quiet() and hotel.last().emergency and hotel.refusals == []


@pytest.mark.parametrize("caller", ["101", "103"])
def test_an_emergency_number_goes_through_while_another_rings(caller: str) -> None:
    hotel = with_off_hook(n103="reception:0")
    hotel.lift(caller)
    hotel.dial(caller, "8888" if caller == "101" else "5")
    assert hotel.hears(caller) == "ringback" and hotel.rings("100")
    hotel.dial(caller, "112")
    assert hotel.hears(caller) == "ringback" and ("emergency-call", caller) in hotel.alarms
    ring = hotel.gateway.lines["fxs/5"].ring
    assert ring is not None and ring.kind == "priority" and len(hotel.agent.calls()) == 1
    hotel.lift("100")
    assert hotel.talks(caller, "100") and hotel.gateway.lines[PORTS[caller]].collecting is None


def test_a_digit_at_ringback_in_the_moment_of_the_answer(hotel: Hotel) -> None:
    hotel.call("101", "102")
    hotel.gateway.dial("fxs/1", "5")
    event = hotel.gateway.events.pop()
    hotel.gateway.now_ns += 5_000_000
    hotel.gateway.lift("fxs/2")
    hotel.gateway.events.appendleft(event)
    hotel.gateway.now_ns += 5_000_000
    hotel.pump()
    assert hotel.talks("101", "102") and hotel.gateway.lines["fxs/1"].collecting is None
    assert hotel.refusals == []


def test_an_emergency_number_after_a_wrong_one(hotel: Hotel) -> None:
    hotel.call("101", "105")
    assert hotel.hears("101") == "unobtainable"
    hotel.dial("101", "7")
    assert hotel.hears("101") == "unobtainable"
    hotel.dial("101", "0112")
    assert hotel.rings("100")


def with_off_hook(**settings: str) -> Hotel:
    """A hotel in which the rooms named have this `off_hook`."""
    changed = {number.removeprefix("n"): how for number, how in settings.items()}
    return Hotel(AgentSettings(), [replace(e, off_hook=changed.get(e.number, "howler")) for e in EXTENSIONS])


def test_reception_looks_after_a_handset_left_off_after_a_call_once() -> None:
    hotel = with_off_hook(n101="reception:20")
    hotel.connect("101", "102")
    hotel.hang_up("102")
    assert hotel.hears("101") == "busy"
    hotel.wait(31)
    assert hotel.hears("101") == "ringback" and hotel.rings("100")
    hotel.lift("100")
    assert hotel.talks("101", "100")
    hotel.hang_up("100")
    hotel.wait(31)
    assert hotel.hears("101") == "howler" and not hotel.rings("100")
    hotel.wait(61)
    assert ("off-hook", "fxs/1") in hotel.alarms
    hotel.hang_up("101")
    hotel.connect("101", "102")
    hotel.hang_up("102")
    hotel.wait(31)
    assert hotel.rings("100")


def test_a_handset_left_off_howls_where_reception_does_not_answer() -> None:
    hotel = with_off_hook(n101="reception:5")
    hotel.lift("101")
    hotel.wait(5)
    hotel.pause("101")
    assert hotel.rings("100")
    hotel.wait(61)
    assert hotel.hears("101") == "congestion"
    hotel.wait(31)
    assert hotel.hears("101") == "howler" and not hotel.rings("100")


def test_a_hot_line_whose_held_party_has_gone_calls_reception_with_a_flash() -> None:
    hotel = with_off_hook(n110="reception:0")
    hotel.connect("101", "110")
    hotel.flash("110")
    assert hotel.hears("110") == "recall"
    hotel.hang_up("101")
    hotel.flash("110")
    assert hotel.hears("110") == "ringback" and hotel.rings("100")
    hotel.dial("110", "102")
    assert hotel.hears("110") == "ringback" and not hotel.rings("102")


def test_a_record_ends_when_the_hook_opened_and_not_when_that_was_known_to_be_no_flash(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    opened_ns = hotel.gateway.now_ns
    hotel.gateway.now_ns += 900_000_000
    hotel.hang_up("102", opened_ns)
    assert hotel.last().ended_ns == opened_ns


def test_a_hot_line_and_reception_after_a_delay() -> None:
    hotel = with_off_hook(n103="reception:0", n2112="reception:20")
    hotel.lift("103")
    assert hotel.rings("100") and hotel.hears("103") == "ringback"
    hotel.hang_up("103")
    hotel.lift("2112")
    assert hotel.hears("2112") == "dial"
    line = hotel.gateway.lines["fxs/4"]
    assert line.collecting is not None and line.collecting.first_digit_ms == 20_000
    hotel.pause("2112")
    assert hotel.rings("100") and hotel.hears("2112") == "ringback"
    hotel.lift("109")
    assert hotel.talks("2112", "109") and not hotel.rings("100")


def test_a_port_that_fails_ends_its_call_and_comes_back(hotel: Hotel) -> None:
    hotel.connect("101", "102")
    hotel.gateway.fail("fxs/2", "out-of-service")
    hotel.pump()
    assert hotel.hears("101") == "busy" and hotel.line("102").state == "out-of-service"
    hotel.hang_up("101")
    hotel.call("101", "102")
    assert hotel.hears("101") == "unobtainable"
    hotel.hang_up("101")
    hotel.gateway.fail("fxs/2", "in-service")
    hotel.pump()
    hotel.call("101", "102")
    assert hotel.hears("101") == "ringback"


def test_a_port_that_fails_while_it_rings(hotel: Hotel) -> None:
    hotel.call("101", "102")
    hotel.gateway.fail("fxs/2", "out-of-service")
    hotel.pump()
    assert hotel.hears("101") == "unobtainable"
    hotel.hang_up("101")
    assert hotel.quiet()
