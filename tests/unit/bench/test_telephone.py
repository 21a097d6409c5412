"""Telephones on the bench: hook, dialling, bell, lamp, as the chip and the person see them."""

from __future__ import annotations

import pytest

from boardsupport.bench.sounds import Tone
from boardsupport.bench.telephone import WrongStateError
from tests.unit.bench.rig import Rig


@pytest.fixture
def rig() -> Rig:
    rig = Rig(2)
    rig.bring_up(1)
    rig.bring_up(2)
    return rig


def closed(rig: Rig, number: int) -> bool:
    return rig.phone(number).chip.pair.closed


def test_lifting_closes_the_loop_and_pulls_the_interrupt_line(rig: Rig) -> None:
    edges: list[tuple[int, bool, int]] = []
    rig.board.report_edges = lambda many: edges.extend((edge.pin, edge.level, edge.at_ns) for edge in many)
    rig.board.watch_pin(100)
    rig.hands["fxs/1"].write(22, 0x02)
    lifted_at = rig.board.ns_of(rig.board.ticked)
    rig.phone(1).lift()
    rig.run(30)
    assert rig.view(1)["hook"] == "off"
    assert rig.hands["fxs/1"].read(68) == 1
    assert [edge[:2] for edge in edges] == [(100, False)]
    assert edges[0][2] - lifted_at == pytest.approx(12_500_000, abs=200_000), "debounce of ten counts, stamped exactly"


def test_quick_hooks_within_a_block_end_as_the_last_one_says(rig: Rig) -> None:
    for _ in range(5):
        rig.phone(1).lift()
        rig.phone(1).replace()
    rig.phone(1).lift()
    rig.run(30)
    assert closed(rig, 1)


def test_a_flash_opens_the_loop_that_long(rig: Rig) -> None:
    rig.phone(1).lift()
    rig.run(100)
    rig.hands["fxs/1"].write(19, 0xFF)
    end = rig.phone(1).flash(300)
    assert end - rig.world.now == 2400
    rig.run(200)
    assert not closed(rig, 1)
    assert rig.view(1)["hook"] == "off", "the handset is in the hand all the while"
    rig.run(120)
    assert closed(rig, 1)


def test_pulses_open_the_loop_as_often_as_the_digit_says(rig: Rig) -> None:
    rig.phone(1).lift()
    rig.run(100)
    end = rig.phone(1).pulse("30", 60, 40, 800)
    assert end - rig.world.now == (3 * 100 + 800 + 10 * 100) * 8
    breaks, was = 0, True
    while rig.world.now < end:
        rig.run(10)
        breaks += was and not closed(rig, 1)
        was = closed(rig, 1)
    assert breaks == 13


def test_what_needs_a_lifted_handset_refuses_without(rig: Rig) -> None:
    phone = rig.phone(1)
    for verb in (
        lambda: phone.flash(300),
        lambda: phone.dial("1", 80, 80),
        lambda: phone.pulse("1", 60, 40, 800),
        lambda: phone.speak(Tone(1000, -10, 800)),
    ):
        with pytest.raises(WrongStateError):
            verb()


def test_one_dialling_at_a_time(rig: Rig) -> None:
    phone = rig.phone(1)
    phone.lift()
    phone.dial("12", 50, 50)
    with pytest.raises(WrongStateError, match="still dialling"):
        phone.dial("3", 50, 50)
    rig.run(150)
    phone.dial("3", 50, 50)


def test_the_bell_measures_the_cadence_that_it_gets(rig: Rig) -> None:
    hand = rig.hands["fxs/1"]
    assert rig.view(1)["rang_ms"] is None
    rig.run(10)
    began_ms = rig.world.now / 8
    for _ in range(2):
        hand.write(64, 4)
        rig.run(1000)
        assert rig.view(1)["striking"] and rig.view(1)["rang_ms"] == pytest.approx(began_ms, abs=10)
        hand.write(64, 2)
        rig.run(4000)
        assert rig.view(1)["ringing"], "pauses included"
    hand.write(64, 4)
    rig.run(100)
    assert rig.view(1)["ring_cadence_ms"] == [pytest.approx(1000, abs=1), pytest.approx(4000, abs=1)]
    hand.write(64, 1)
    assert 4000 <= rig.until(lambda: not rig.view(1)["ringing"]) <= 6000
    assert rig.view(1)["ring_cadence_ms"] is None


def test_a_double_ring_is_one_cadence(rig: Rig) -> None:
    hand = rig.hands["fxs/1"]
    for _ in range(2):
        for on, off in ((400, 200), (400, 2000)):
            hand.write(64, 4)
            rig.run(on)
            hand.write(64, 2)
            rig.run(off)
    hand.write(64, 4)
    rig.run(50)
    assert rig.view(1)["ring_cadence_ms"] == pytest.approx([400, 200, 400, 2000], abs=1)


def test_a_bell_needs_its_voltage_and_frequency(rig: Rig) -> None:
    for amplitude, coefficient in ((0x0160 // 3, 0x7EF0), (0x0160 * 12, 0x4000)):
        hand = rig.bring_up(1)
        hand.store(21, amplitude)
        hand.store(20, coefficient)
        hand.write(64, 4)
        rig.run(500)
        assert not rig.view(1)["ringing"]


def test_lifting_stops_the_bell_and_trips_the_ring(rig: Rig) -> None:
    rig.hands["fxs/1"].write(64, 4)
    rig.run(500)
    rig.phone(1).lift()
    assert not rig.view(1)["ringing"]
    rig.run(150)
    assert rig.hands["fxs/1"].read(64) == 0x14
    assert not rig.view(1)["ringing"]


@pytest.mark.parametrize(("fault", "rings"), [("none", True), ("open", False), ("short", False)])
def test_a_broken_pair_does_not_ring(rig: Rig, fault: str, rings: bool) -> None:
    rig.phone(1).chip.pair.set_fault(fault)  # type: ignore[arg-type]
    rig.hands["fxs/1"].write(64, 4)
    rig.run(300)
    assert rig.view(1)["ringing"] is rings


def test_polarity_lamp_is_lit_by_steady_reversal_alone(rig: Rig) -> None:
    hand = rig.hands["fxs/1"]
    hand.write(64, 5)
    rig.run(500)
    assert (rig.view(1)["lamp"], rig.view(1)["polarity"]) == ("off", "reversed")
    rig.run(1000)
    assert rig.view(1)["lamp"] == "polarity"
    hand.write(64, 4)
    rig.run(1000)
    hand.write(64, 2)
    rig.run(900)
    hand.write(64, 5)
    rig.run(200)
    assert rig.view(1)["lamp"] == "polarity", "a ring does not put it out"
    hand.write(64, 1)
    rig.run(1500)
    assert (rig.view(1)["lamp"], rig.view(1)["polarity"]) == ("off", "normal")


def test_neon_lamp_does_not_ring_the_bell(rig: Rig) -> None:
    hand = rig.hands["fxs/1"]
    for address, value in ((22, 0x03E8), (21, 0x7BEF), (20, 0x009F), (29, 0x4600)):
        hand.store(address, value)
    for address, value in ((48, 0xE0), (49, 0x01), (50, 0xF0), (51, 0x05), (34, 0x19), (74, 0x3F)):
        hand.write(address, value)
    rig.settle()
    rig.run(100)
    hand.write(64, 4)
    for _ in range(20):
        rig.run(100)
        assert rig.view(1)["lamp"] == "neon"
        assert not rig.view(1)["ringing"]
    hand.write(64, 1)
    rig.run(800)
    assert rig.view(1)["lamp"] == "off"


def test_the_lifeline_telephone_is_off_its_chip_until_the_relay_is_held() -> None:
    rig = Rig(2, lifeline="fxs/2")
    rig.bring_up(2)
    rig.phone(2).lift()
    rig.run(100)
    assert not closed(rig, 2)
    for beat in range(10):
        rig.board.write_pin(rig.board.table.lifeline_pin, beat % 2 == 0)
        rig.run(100)
    assert closed(rig, 2)
    rig.run(rig.board.table.lifeline_hold_ms + 100)
    assert not closed(rig, 2), "the heartbeat has stopped: the relay has fallen"


def test_power_off_and_on_loses_the_chips_and_keeps_the_telephones(rig: Rig) -> None:
    rig.phone(1).lift()
    rig.run(100)
    rig.board.power(False)
    rig.run(100)
    assert rig.hands["fxs/1"].read(0) == 0xFF
    assert rig.view(1)["hook"] == "off"
    rig.board.power(True)
    rig.run(10)
    assert rig.hands["fxs/1"].read(64) == 0
    assert closed(rig, 1)


def test_power_that_is_on_already_disturbs_nothing() -> None:
    rig = Rig(2, lifeline="fxs/2")
    rig.bring_up(2)
    rig.board.write_pin(rig.board.table.lifeline_pin, True)
    rig.run(100)
    feed = rig.hands["fxs/2"].read(64)
    rig.board.power(True)
    rig.run(20)
    assert rig.board.lifeline_held()
    assert rig.hands["fxs/2"].read(64) == feed != 0


def test_too_many_ringing_at_once_overload_the_supply() -> None:
    rig = Rig(12)
    limit = rig.board.table.ringing_at_once
    for number in range(1, 13):
        rig.bring_up(number)
    for number in range(1, limit + 1):
        rig.hands[f"fxs/{number}"].write(64, 4)
    rig.run(500)
    assert all(rig.view(number)["striking"] for number in range(1, limit + 1))
    for number in range(limit + 1, 13):
        rig.hands[f"fxs/{number}"].write(64, 4)
    rig.run(500)
    assert not any(rig.view(number)["striking"] for number in range(1, 13))


def test_lights_are_what_the_pins_drive() -> None:
    rig = Rig(1)
    system = next(led for led in rig.board.table.leds if led.name == "system")
    green, red = system.colors["green"], system.colors["red"]
    assert rig.board.leds()["system"]["state"] == "off"
    rig.board.write_pin(green, True)
    rig.run(100)
    assert rig.board.leds()["system"] == {"color": "green", "state": "on", "hz": None}
    rig.board.write_pin(green, False)
    for beat in range(8):
        rig.board.write_pin(red, beat % 2 == 0)
        rig.run(250)
    assert rig.board.leds()["system"] == {"color": "red", "state": "blink", "hz": 2.0}
    rig.board.power(False)
    assert rig.board.leds()["system"]["state"] == "off", "at once"
    rig.board.power(True)
    assert rig.board.leds()["system"]["state"] == "off"


def test_a_light_that_changes_now_and_then_does_not_blink() -> None:
    rig = Rig(1)
    green = next(led for led in rig.board.table.leds if led.name == "system").colors["green"]
    for number, ms in enumerate((900, 300, 400, 1200, 200)):
        rig.board.write_pin(green, number % 2 == 0)
        rig.run(ms)
        assert rig.board.leds()["system"]["state"] == ("on" if number % 2 == 0 else "off")


def test_two_lights_in_a_period_are_one_blinking_of_that_period() -> None:
    rig = Rig(1)
    green = next(led for led in rig.board.table.leds if led.name == "lines").colors["green"]
    for _ in range(4):
        for level, ms in ((True, 200), (False, 200), (True, 200), (False, 1400)):
            rig.board.write_pin(green, level)
            rig.run(ms)
            assert rig.board.leds()["lines"]["hz"] in (None, 0.5)
    assert rig.board.leds()["lines"] == {"color": "green", "state": "blink", "hz": 0.5}


def test_the_button_draws_its_pin_to_ground() -> None:
    rig = Rig(1)
    pin = rig.board.table.button_pin
    assert rig.board.read_pin(pin).level
    rig.board.press(True)
    assert not rig.board.read_pin(pin).level
    rig.board.press(False)
    assert rig.board.read_pin(pin).level


def test_an_uneven_hand_on_the_pins_does_not_change_the_pace_of_a_blinking() -> None:
    rig = Rig(1)
    red = next(led for led in rig.board.table.leds if led.name == "alarm").colors["red"]
    paces = set()
    for beat in range(24):
        rig.board.write_pin(red, beat % 2 == 0)
        rig.run(270 if beat % 3 else 210)
        paces.add(rig.board.leds()["alarm"]["hz"])
    assert paces <= {None, 1.9, 2.0, 2.1}
    assert rig.board.leds()["alarm"] == {"color": "red", "state": "blink", "hz": 2.0}
