"""Message lamps on the pair: neon and polarity, through rings, calls, alarms and restarts."""

from __future__ import annotations

import pytest

from boardsupport.port import CallerIdWindow, Lifted, RingPlan
from boardsupport.si3210 import regs
from boardsupport.si3210.regs import Linefeed
from tests.unit.si3210.rig import Rig

NORMAL = RingPlan((1000, 4000))


async def test_polarity_lamp_through_ring_and_call(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].set_lamp("polarity", True)
    assert rig.models[0].line_volts() < -40
    rig.ports[0].ring(NORMAL)
    await rig.run(0.5)
    rig.lift()
    await rig.run(0.5)
    rig.replace()
    await rig.run(1.5)
    assert rig.models[0].line_volts() < -40
    rig.ports[0].set_lamp("polarity", False)
    assert rig.models[0].line_volts() > 40


async def test_neon_lamp_flashes_and_gives_way_to_the_bell(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].set_lamp("neon", True)
    flashes = 0

    def count() -> bool:
        nonlocal flashes
        voltage = rig.models[0].ringing()
        flashes += voltage is not None and voltage.trapezoid and voltage.peak_v > 85
        return False

    await rig.run(2, count, step_ms=1)
    assert 300 < flashes < 700, "60 ms in every 250"
    rig.ports[0].ring(NORMAL)
    await rig.run(0.5)
    voltage = rig.models[0].ringing()
    assert voltage is not None
    assert not voltage.trapezoid
    assert voltage.hz == pytest.approx(25, abs=0.2)
    rig.lift()
    await rig.run(0.5)
    assert len(rig.of(Lifted)) == 1
    rig.replace()
    await rig.run(1.5)
    flashes = 0
    await rig.run(1, count, step_ms=1)
    assert flashes > 150, "the lamp is lit again after the call"
    rig.lift()
    assert await rig.run(0.4, lambda: len(rig.of(Lifted)) == 2)
    assert rig.of(Lifted)[1] == Lifted(rig.of(Lifted)[1].at_ns, ringing=False)


@pytest.mark.parametrize("kind", ["neon", "polarity"])
async def test_lamps_survive_the_process_and_ringing_does_not(kind: str) -> None:
    rig = Rig(ports=2)
    await rig.start()
    rig.ports[0].set_lamp("neon" if kind == "neon" else "polarity", True)
    rig.ports[1].ring(NORMAL)
    await rig.run(0.5)
    for port in rig.ports:
        await port.stop()
    rig.make_ports(dict(rig.kept))
    await rig.start()
    await rig.run(0.1)
    assert rig.models[1].ringing() is None
    lit = rig.models[0].line_volts() < -40 if kind == "polarity" else False
    seen = await rig.run(0.5, lambda: rig.models[0].ringing() is not None)
    assert lit or seen
    assert not rig.of(Lifted)
    await rig.stop()


async def lamp_is_lit(rig: Rig) -> bool:
    """The neon flashes within the next half second."""

    def flashing() -> bool:
        voltage = rig.models[0].ringing()
        return voltage is not None and voltage.trapezoid

    return await rig.run(0.5, flashing)


async def test_a_lamp_that_is_switched_while_the_line_is_taken_away_is_lit_afterwards(rig: Rig) -> None:
    await rig.start()
    rig.models[0].pair.set_fault("overload")
    await rig.run(0.1)
    assert rig.linefeed() == Linefeed.OPEN
    rig.models[0].pair.set_fault("none")
    rig.ports[0].set_lamp("neon", True)
    await rig.run(0.5)
    assert await lamp_is_lit(rig)


async def test_nothing_feeds_the_line_while_its_drivers_cool_down(rig: Rig) -> None:
    """Not even a ringing that takes the generator from the lamp."""
    await rig.start()
    rig.ports[0].set_lamp("neon", True)
    assert await lamp_is_lit(rig)
    rig.models[0].pair.set_fault("overload")
    assert await rig.run(0.1, lambda: rig.linefeed() == Linefeed.OPEN, step_ms=1)
    rig.models[0].pair.set_fault("none")
    rig.ports[0].ring(NORMAL)
    assert not await rig.run(0.2, lambda: rig.linefeed() != Linefeed.OPEN, step_ms=1)
    assert await rig.run(0.2, lambda: rig.models[0].ringing() is not None)


async def test_the_generator_changes_hands_in_an_active_state_only(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].set_lamp("neon", True)
    assert await lamp_is_lit(rig)
    rig.ports[0].transmit_on_hook(2000)
    assert await rig.run(1, lambda: bool(rig.of(CallerIdWindow)))
    rig.ports[0].ring(NORMAL)
    await rig.run(0.5)
    linefeed, changed_in = Linefeed.OPEN, set()
    for _, address, value in rig.models[0].history:
        if address == regs.LINEFEED.address:
            linefeed = Linefeed(value)
        elif address == regs.RING_OSC.address:
            changed_in.add(linefeed)
    assert changed_in <= {Linefeed.OPEN, Linefeed.FORWARD_ACTIVE}
