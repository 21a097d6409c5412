"""The lifeline: without voice or power, one telephone is on the company's line, past everything of the box."""

from __future__ import annotations

import pytest

from boardsupport.bench.sounds import Tone
from tests.unit.bench.rig import Rig
from tests.unit.bench.test_audio import fit


@pytest.fixture
def rig() -> Rig:
    """Two telephones, the second on the relay, and a line; no voice: the relay has fallen."""
    rig = Rig(2, lifeline="fxs/2", lines=1)
    rig.bring_up(2)
    rig.bring_up_line(1)
    rig.run(50)
    return rig


def beat(rig: Rig, ms: int) -> None:
    """Voice holds the relay for so long."""
    for n in range(ms // 100):
        rig.board.write_pin(rig.board.table.lifeline_pin, n % 2 == 0)
        rig.run(100)


def call_out(rig: Rig) -> None:
    rig.phone(2).lift()
    rig.until(lambda: rig.line_view(1)["state"] == "dial-tone", 1000)
    rig.phone(2).dial("112", 70, 70)
    rig.run(600)


@pytest.mark.parametrize("power", [True, False])
def test_who_lifts_hears_the_exchange_and_dials_it(rig: Rig, power: bool) -> None:
    rig.board.power(power)
    rig.run(20)
    rig.phone(2).lift()
    rig.run(700)
    assert rig.line_view(1)["seized"]
    assert rig.view(2)["hearing"]["signal"] == "dial"  # type: ignore[index]
    rig.phone(2).dial("112", 70, 70)
    rig.run(600)
    assert rig.line_view(1)["digits"] == "112"


def test_both_hear_each_other(rig: Rig) -> None:
    call_out(rig)
    rig.line(1).answer(reversal=True)
    rig.line(1).speak(Tone(1000, -10, 4000))
    rig.run(400)
    assert fit(rig.world.heard(rig.phone(2), 300), 1000)[0] == pytest.approx(-10, abs=0.5)
    rig.run(200)
    rig.phone(2).speak(Tone(700, -10, 4000))
    rig.run(400)
    assert fit(rig.world.heard(rig.line(1), 300), 700)[0] == pytest.approx(-10, abs=0.5)
    rig.phone(2).replace()
    rig.run(900)
    assert rig.line_view(1)["state"] == "idle"


def test_it_rings_when_the_exchange_rings_and_shows_who_calls(rig: Rig) -> None:
    rig.ring_in(1, caller="0224567890", caller_id="fsk-after", name="Jan")
    rig.run(500)
    assert rig.view(2)["ringing"]
    assert rig.view(2)["striking"]
    rig.run(2600)
    assert rig.view(2)["ringing"], "pauses included"
    caller = rig.view(2)["caller_id"]
    assert isinstance(caller, dict)
    assert (caller["number"], caller["name"]) == ("0224567890", "Jan")
    rig.phone(2).lift()
    rig.run(300)
    assert not rig.view(2)["ringing"]
    assert rig.line_view(1)["answered"]


def test_the_port_stays_across_the_line_meanwhile(rig: Rig) -> None:
    hand = rig.bring_up_line(1)
    assert abs(hand.volts()) > 40
    rig.phone(2).lift()
    rig.run(300)
    assert 3 < abs(hand.volts()) < 20, "in use by the telephone"
    rig.phone(2).replace()
    rig.run(900)
    rig.ring_in(1)
    rig.run(300)
    assert hand.read(5) & 0x64


def test_a_port_that_joins_in_holds_the_line_when_the_telephone_is_replaced(rig: Rig) -> None:
    call_out(rig)
    rig.line(1).answer(reversal=True)
    hand = rig.bring_up_line(1)
    hand.write(5, 0x01)
    rig.run(300)
    rig.phone(2).replace()
    rig.run(900)
    assert rig.line_view(1)["seized"], "the port holds it"


def test_the_telephone_s_own_port_sees_nothing_of_it(rig: Rig) -> None:
    rig.phone(2).lift()
    rig.run(300)
    assert not rig.phone(2).chip.pair.closed
    assert rig.world.view_lifeline() == {"port": "fxs/2", "held": False, "line": "fxo/1"}


def test_when_voice_is_back_the_telephone_is_the_box_s_again(rig: Rig) -> None:
    call_out(rig)
    beat(rig, 1200)
    assert rig.world.view_lifeline() == {"port": "fxs/2", "held": True, "line": None}
    assert rig.phone(2).chip.pair.closed, "still lifted, now on its port"
    assert rig.line_view(1)["state"] == "idle"
    assert abs(rig.bring_up_line(1).volts()) > 40


def test_while_voice_holds_the_relay_the_line_is_the_box_s(rig: Rig) -> None:
    beat(rig, 300)
    rig.phone(2).lift()
    beat(rig, 400)
    assert not rig.line_view(1)["seized"]
    rig.ring_in(1)
    beat(rig, 400)
    assert not rig.view(2)["ringing"]


def test_a_call_of_the_box_stays_with_the_port_when_the_relay_falls(rig: Rig) -> None:
    beat(rig, 300)
    hand = rig.bring_up_line(1)
    hand.write(5, 0x01)
    beat(rig, 500)
    rig.run(2000)
    assert rig.line_view(1)["seized"]
    rig.board.power(False)
    rig.run(900)
    assert not rig.line_view(1)["seized"]


def test_a_cut_pair_or_a_dead_line_is_no_lifeline(rig: Rig) -> None:
    rig.line(1).plug(False)
    rig.phone(2).lift()
    rig.run(500)
    assert not rig.line_view(1)["seized"]
    rig.phone(2).replace()
    rig.line(1).plug(True)
    rig.phone(2).lift()
    rig.run(500)
    assert rig.line_view(1)["seized"]
    rig.phone(2).chip.pair.set_fault("open")
    rig.run(900)
    assert not rig.line_view(1)["seized"]
