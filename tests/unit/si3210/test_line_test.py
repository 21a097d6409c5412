"""Measuring the pair of a telephone: what the port reads of it, and that nobody is kept from dial tone by it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from boardsupport.port import Lifted, OutOfService, PairReading, PairTested, PortStateError, RingBurst, RingPlan
from boardsupport.si3210.regs import Linefeed
from tests.unit.si3210.rig import Rig


@pytest.fixture
async def idle(rig: Rig) -> AsyncIterator[Rig]:
    """One port in service, and nothing going on."""
    await rig.start()
    await rig.run(1)
    rig.events["fxs/1"].clear()
    yield rig


async def measured(rig: Rig, ring: bool = False) -> PairTested:
    rig.ports[0].test_pair(ring)
    assert await rig.run(20, lambda: bool(rig.of(PairTested)))
    (event,) = rig.of(PairTested)
    assert isinstance(event, PairTested)
    return event


async def reading(rig: Rig, ring: bool = False) -> PairReading:
    event = await measured(rig, ring)
    assert event.fed and event.reading is not None
    return event.reading


async def test_a_good_pair(idle: Rig) -> None:
    found = await reading(idle)
    assert found.foreign_dc < 1 and found.foreign_ac < 1
    assert found.on_hook_v == pytest.approx(48, abs=1.5) and found.leak_ma == 0
    assert found.ring_ma is None and not idle.of(RingBurst)
    assert idle.linefeed() == Linefeed.FORWARD_ACTIVE


@pytest.mark.parametrize(("ohms", "milliamperes"), [(8_000, 5.8), (20_000, 2.4)])
async def test_bad_insulation_draws_current(idle: Rig, ohms: float, milliamperes: float) -> None:
    idle.models[0].pair.set_load(1.0, ohms)
    found = await reading(idle)
    assert found.leak_ma == pytest.approx(milliamperes, abs=0.7)
    assert found.on_hook_v is not None and found.on_hook_v < 48


@pytest.mark.parametrize("ren", [0.5, 1.0, 3.0])
async def test_bells_are_counted_by_their_current(idle: Rig, ren: float) -> None:
    idle.models[0].pair.set_load(ren, float("inf"))
    found = await reading(idle, ring=True)
    assert found.ringers == pytest.approx(ren, rel=0.2)
    assert [event.on for event in idle.of(RingBurst) if isinstance(event, RingBurst)] == [True, False]


async def test_no_telephone_draws_no_ringing_current(idle: Rig) -> None:
    idle.models[0].pair.set_load(0, float("inf"))
    found = await reading(idle, ring=True)
    assert found.ring_ma == 0 and found.ringers == 0


@pytest.mark.parametrize(("dc", "ac"), [(20.0, 0.0), (-20.0, 0.0), (0.0, 40.0)])
async def test_foreign_voltage_is_met_first_and_nothing_is_fed(idle: Rig, dc: float, ac: float) -> None:
    fed_before = len(idle.models[0].history)
    idle.models[0].pair.set_foreign(dc, ac, None)
    event = await measured(idle, ring=True)
    assert not event.fed and event.reading is not None
    assert event.reading.foreign_dc == pytest.approx(abs(dc), abs=1)
    assert event.reading.foreign_ac == pytest.approx(ac, rel=0.1, abs=1)
    assert event.reading.on_hook_v is None
    written = [value for _, address, value in list(idle.models[0].history)[fed_before:] if address == 64]
    assert Linefeed.RINGING not in written and idle.linefeed() == Linefeed.OPEN
    assert idle.of(OutOfService)


async def test_lifted_in_the_middle_it_is_a_lifted_telephone(idle: Rig) -> None:
    for at_ms in (5, 30, 50, 70, 150, 300):
        idle.events["fxs/1"].clear()
        idle.ports[0].test_pair(False)
        idle.after(at_ms, idle.lift)
        began = idle.now_ns
        assert await idle.run(2, lambda: bool(idle.of(Lifted)))
        assert (idle.now_ns - began) / 1e6 < at_ms + 100
        await idle.run(1)
        assert not idle.of(PairTested)
        assert idle.linefeed() == Linefeed.FORWARD_ACTIVE
        idle.replace()
        await idle.run(2)


async def test_lifted_while_the_test_rings_it_is_lifted(idle: Rig) -> None:
    idle.ports[0].test_pair(True)
    assert await idle.run(5, lambda: bool(idle.of(RingBurst)))
    idle.lift()
    assert await idle.run(0.3, lambda: bool(idle.of(Lifted)))
    await idle.run(2)
    assert not idle.of(PairTested) and idle.linefeed() == Linefeed.FORWARD_ACTIVE


async def test_a_call_that_comes_rings_at_once(idle: Rig) -> None:
    idle.ports[0].test_pair(True)
    await idle.run(0.3)
    idle.ports[0].ring(RingPlan((1000, 4000)))
    assert await idle.run(0.2, lambda: bool(idle.of(RingBurst)))
    await idle.run(5.5)
    assert not idle.of(PairTested)
    assert [event.on for event in idle.of(RingBurst) if isinstance(event, RingBurst)] == [True, False, True]


async def test_a_telephone_in_use_is_not_tested(idle: Rig) -> None:
    idle.lift()
    await idle.run(0.2)
    with pytest.raises(PortStateError):
        idle.ports[0].test_pair(False)


async def test_after_its_noise_was_heard_the_next_test_begins_at_once(idle: Rig) -> None:
    await reading(idle)
    idle.ports[0].transmit_on_hook(450)
    await idle.run(0.1)
    idle.ports[0].end_test()
    assert idle.linefeed() == Linefeed.FORWARD_ACTIVE
    idle.events["fxs/1"].clear()
    assert (await measured(idle)).fed


async def test_a_test_that_is_ended_leaves_the_line_as_it_was(idle: Rig) -> None:
    idle.ports[0].set_lamp("polarity", True)
    await idle.run(0.1)
    for stop_after in (0.01, 0.04, 0.2):
        idle.ports[0].test_pair(True)
        await idle.run(stop_after)
        idle.ports[0].end_test()
        await idle.run(0.5)
        assert idle.linefeed() == Linefeed.REVERSE_ACTIVE
        assert idle.models[0].line_volts() == pytest.approx(-48, abs=1.5)
    assert not idle.of(PairTested)


async def test_a_neon_lamp_rests_meanwhile(idle: Rig) -> None:
    idle.ports[0].set_lamp("neon", True)
    assert await idle.run(1, lambda: idle.linefeed() == Linefeed.RINGING)
    found = await reading(idle, ring=True)
    assert found.on_hook_v == pytest.approx(48, abs=1.5)
    assert found.ringers == pytest.approx(1.0, rel=0.2)
    assert await idle.run(1, lambda: idle.linefeed() == Linefeed.RINGING)


async def test_a_port_out_of_service_is_looked_at_without_feeding_it(idle: Rig) -> None:
    idle.models[0].pair.set_fault("foreign-voltage")
    assert await idle.run(5, lambda: bool(idle.of(OutOfService)))
    await idle.run(0.5)
    event = await measured(idle)
    assert not event.fed and event.reading is not None
    assert event.reading.foreign_dc == pytest.approx(60, abs=1)


async def test_a_chip_that_is_gone_has_no_reading(idle: Rig) -> None:
    idle.models[0].power(False)
    assert await idle.run(5, lambda: bool(idle.of(OutOfService)))
    event = await measured(idle)
    assert event.reading is None and not event.fed
