"""Message lamps: the lines' own kinds at once, FSK messages when the line is idle and until one got through."""

from __future__ import annotations

import pytest

from boardsupport.port import CallerIdWindow, InService
from firmware.gateway.messages import Lamp, Ring, StopRing
from tests.unit.voice.rig import LAMP_BLOCKS, LAMP_OFF, LAMP_ON, Rig

PORT = "fxs/1"


@pytest.fixture
def rig() -> Rig:
    return Rig()


def told(rig: Rig) -> list[int]:
    """Open the line, and give what was sent on it: LAMP_ON or LAMP_OFF for each block of a message."""
    rig.line(PORT, CallerIdWindow(rig.now))
    heard = [rig.block()[PORT] for _ in range(LAMP_BLOCKS + 2)]
    return [byte for block in heard for byte in set(block) if byte in (LAMP_ON, LAMP_OFF)]


def test_a_lamp_is_what_is_usual_until_the_agent_says_otherwise(rig: Rig) -> None:
    rig.do(Lamp(endpoint=PORT, lit=True))
    assert rig.lines.lamps == {(PORT, "neon"): True}
    rig.do(Lamp(endpoint=PORT, lit=True, kind="polarity"))
    assert rig.lines.lamps == {(PORT, "neon"): False, (PORT, "polarity"): True}
    rig.do(Lamp(endpoint=PORT, lit=False))
    assert rig.lines.lamps == {(PORT, "neon"): False, (PORT, "polarity"): False}


def test_an_fsk_lamp_is_told_once_in_a_window_of_its_own(rig: Rig) -> None:
    rig.do(Lamp(endpoint=PORT, lit=True, kind="fsk"))
    rig.wait(20)
    assert rig.lines.transmissions == [(PORT, 10 * LAMP_BLOCKS)]
    assert told(rig) == [LAMP_ON] * LAMP_BLOCKS
    rig.wait(5000)
    assert len(rig.lines.transmissions) == 1 and told(rig) == []
    assert rig.lines.lamps == {}


def test_a_telephone_in_use_is_told_when_it_has_been_idle_for_a_moment(rig: Rig) -> None:
    rig.lift(PORT)
    rig.do(Lamp(endpoint=PORT, lit=False, kind="fsk"))
    rig.wait(3000)
    rig.replace(PORT)
    rig.wait(500)
    assert rig.lines.transmissions == []
    rig.wait(1000)
    assert rig.lines.transmissions
    assert told(rig) == [LAMP_OFF] * LAMP_BLOCKS


def test_a_message_that_was_disturbed_is_broken_off_and_sent_again(rig: Rig) -> None:
    rig.do(Lamp(endpoint=PORT, lit=True, kind="fsk"))
    rig.wait(20)
    rig.line(PORT, CallerIdWindow(rig.now))
    rig.block()
    rig.lift(PORT)
    assert LAMP_ON not in rig.block()[PORT]
    rig.replace(PORT)
    rig.wait(1500)
    assert len(rig.lines.transmissions) == 2
    assert told(rig) == [LAMP_ON] * LAMP_BLOCKS
    rig.do(Lamp(endpoint=PORT, lit=False))
    rig.do(Ring(endpoint=PORT))
    rig.wait(2000)
    assert len(rig.lines.transmissions) == 2
    rig.do(StopRing(endpoint=PORT))
    rig.wait(1500)
    assert told(rig) == [LAMP_OFF] * LAMP_BLOCKS


def test_a_line_that_did_not_open_is_tried_again(rig: Rig) -> None:
    rig.do(Lamp(endpoint=PORT, lit=True, kind="fsk"))
    rig.wait(5000)
    assert len(rig.lines.transmissions) > 1


def test_a_line_that_comes_into_service_as_it_was_found_is_told_how_its_lamp_is(rig: Rig) -> None:
    rig.line(PORT, InService(rig.now, off_hook=False, cold=False))
    assert rig.lines.lamps == {} and rig.state(PORT).lamp is None
    rig.do(Lamp(endpoint=PORT, lit=False))
    rig.lines.lamps.clear()
    rig.line(PORT, InService(rig.now, off_hook=False, cold=False))
    assert rig.lines.lamps == {(PORT, "neon"): False} and rig.state(PORT).lamp is False
