"""The line in service: ringing, polarity, feed, hook, parallel telephones, overload; and what looking at it costs."""

from __future__ import annotations

import dataclasses

import pytest

from boardsupport.fxo import (
    FeedBack,
    FeedLost,
    FxoEvent,
    InUse,
    PolarityChanged,
    Released,
    RingingStopped,
    Seized,
)
from boardsupport.port import Fault, InService, OutOfService, PortStateError, RingBurst
from boardsupport.si3050 import regs
from boardsupport.si3050.countries import fxo_settings
from tests.unit.si3050.rig import Rig

MS = 1_000_000


def told(rig: Rig, start_ns: int, port: str = "fxo/1") -> list[tuple[type, float]]:
    """Kinds and times in ms of what was told of a line since then."""
    return [(type(event), (event.at_ns - start_ns) / MS) for event in rig.events[port] if event.at_ns >= start_ns]


def bursts(rig: Rig, start_ns: int, port: str = "fxo/1") -> list[tuple[float, bool, int]]:
    return [
        ((event.at_ns - start_ns) / MS, event.on, event.number)
        for event in rig.events[port]
        if isinstance(event, RingBurst)
    ]


async def seized(rig: Rig) -> None:
    """A line that has been off-hook for a second."""
    await rig.start()
    rig.port.seize()
    await rig.run(1)


# --- ringing


async def test_a_ring_is_told_within_100_ms(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.ring(True)
    assert await rig.run(0.2, lambda: bool(rig.of(RingBurst)))
    assert (rig.now_ns - start) / MS < 100
    assert rig.of(RingBurst) == [RingBurst(rig.of(RingBurst)[0].at_ns, True, 1)]


@pytest.mark.parametrize("hz", [16.7, 20.0, 25.0, 50.0])
@pytest.mark.parametrize("vrms", [40.0, 95.0])
async def test_bursts_and_the_end_of_ringing_at_every_frequency_and_phase(hz: float, vrms: float) -> None:
    rig = Rig(ports=5)
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    for n in range(5):
        rig.ring_cadence([7 * n + edge for edge in (0, 1000, 5000, 6000)], n, hz, vrms)
    await rig.run(14)
    for n, port in enumerate(rig.events):
        edges = bursts(rig, start + 7 * n * MS, port)
        assert [(on, number) for _, on, number in edges] == [(True, 1), (False, 1), (True, 2), (False, 2)]
        assert [at for at, _, _ in edges] == pytest.approx([0, 1000, 5000, 6000], abs=35)
        (stopped,) = (event for event in rig.events[port] if isinstance(event, RingingStopped))
        assert (stopped.at_ns - start) / MS == pytest.approx(13_000 + 7 * n, abs=60)
        assert {type(event) for event in rig.events[port]} == {InService, RingBurst, RingingStopped}
    await rig.stop()


async def test_the_two_rings_of_britain_are_one_burst(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.ring_cadence([0, 400, 600, 1000, 3000, 3400, 3600, 4000])
    await rig.run(5)
    edges = bursts(rig, start)
    assert [at for at, _, _ in edges] == pytest.approx([0, 1000, 3000, 4000], abs=30)


@pytest.mark.parametrize(("vrms", "rings"), [(13.0, False), (19.0, True)])
async def test_what_is_below_the_threshold_is_no_ringing(rig: Rig, vrms: float, rings: bool) -> None:
    await rig.start()
    rig.ring(True, vrms=vrms)
    await rig.run(1)
    assert bool(rig.of(RingBurst)) is rings


async def test_a_tick_of_ringing_voltage_is_none(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    rig.ring_cadence([0, 40])
    await rig.run(1)
    assert rig.events["fxo/1"] == rig.of(InService)


@pytest.mark.parametrize("vrms", [19.0, 75.0])
async def test_ringing_is_found_without_interrupts(rig: Rig, vrms: float) -> None:
    await rig.start()
    await rig.run(1)
    rig.pins.deaf = True
    rig.ring(True, vrms=vrms)
    assert await rig.run(0.4, lambda: bool(rig.of(RingBurst)))


async def test_a_call_that_comes_right_after_another(rig: Rig) -> None:
    """The chip's own detector is still latched from the first one."""
    await rig.start()
    await rig.run(1)
    rig.ring_cadence([0, 500])
    await rig.run(1)
    rig.port.seize()
    await rig.run(1)
    rig.port.release()
    await rig.run(0.2)
    start = rig.now_ns
    rig.ring(True)
    await rig.run(0.1)
    assert bursts(rig, start)[-1] == (pytest.approx(0, abs=35), True, 1)


async def test_ringing_is_no_reversal_no_loss_of_feed_and_no_parallel_telephone(rig: Rig) -> None:
    """Of 95 V ringing on 48 V battery the sign turns with every half-wave."""
    await rig.start()
    rig.ring_cadence([0, 2000, 6000, 8000], vrms=95.0)
    await rig.run(20)
    assert {type(event) for event in rig.events["fxo/1"]} == {InService, RingBurst, RingingStopped}


@pytest.mark.parametrize("volts", [0, 8, -48])
async def test_whatever_the_voltmeter_shows_while_it_rings(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, volts: int
) -> None:
    """The reference leaves open whether it follows ringing voltage or averages it."""
    line, pair = rig.model.line, rig.model.pair
    measured = line.line_voltage
    monkeypatch.setattr(line, "line_voltage", lambda: volts if pair.ring else measured())
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.ring_cadence([0, 1000])
    rig.after(1000, lambda: rig.parallel(1))
    await rig.run(2)
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, RingBurst, RingBurst, InUse]
    assert rig.events["fxo/1"][-1].at_ns - start >= 1000 * MS


# --- seizing, answering, releasing


async def test_seize_and_release(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.port.seize()
    assert rig.off_hook()
    await rig.run(0.1)
    assert not rig.of(Seized)
    assert not rig.model.audio_path()
    await rig.run(0.1)
    assert told(rig, start) == [(Seized, pytest.approx(138, abs=4))]
    assert rig.of(Seized) == [Seized(rig.of(Seized)[0].at_ns, ringing=False)]
    await rig.run(1)
    rig.port.release()
    assert not rig.off_hook()
    assert rig.port.access.read(regs.DAA_CONTROL_1) == [0x08], "the idle line is heard again"
    await rig.run(0.05)
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, Seized, Released]


async def test_audio_passes_when_seized_is_told(rig: Rig) -> None:
    await rig.start()
    heard: list[bool] = []

    def listener(event: FxoEvent) -> None:
        if isinstance(event, Seized):
            heard.append(rig.model.audio_path())

    rig.port.listen(listener)
    rig.port.seize()
    await rig.run(0.3)
    assert heard == [True]


async def test_a_ringing_line_is_answered(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    rig.ring_cadence([0, 1000])
    await rig.run(2)
    rig.port.seize()
    await rig.run(10)
    assert rig.of(Seized) == [Seized(rig.of(Seized)[0].at_ns, ringing=True)]
    assert not rig.of(RingingStopped)


@pytest.mark.parametrize("ms", range(4, 80, 3))
async def test_glare_the_line_begins_to_ring_in_as_it_is_seized(rig: Rig, ms: int) -> None:
    await rig.start()
    await rig.run(1)
    rig.ring(True)
    await rig.run(ms / 1000, step_ms=1)
    rig.port.seize()
    rig.ring(False)
    await rig.run(0.5)
    assert rig.of(Seized) == [Seized(rig.of(Seized)[0].at_ns, ringing=True)]


async def test_glare_that_no_interrupt_has_told_of_yet(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    rig.pins.deaf = True
    rig.ring(True)
    rig.model.advance(8 * 10)
    rig.port.seize()
    await rig.run(0.5)
    assert rig.of(Seized) == [Seized(rig.of(Seized)[0].at_ns, ringing=True)]


async def test_no_glare_after_an_earlier_call_in(rig: Rig) -> None:
    """The chip's own ring detector stays latched for seconds."""
    await rig.start()
    await rig.run(1)
    rig.ring_cadence([0, 300])
    await rig.run(7.4)
    assert rig.of(RingingStopped)
    rig.port.seize()
    await rig.run(0.2)
    assert rig.of(Seized) == [Seized(rig.of(Seized)[0].at_ns, ringing=False)]


async def test_verbs_that_the_line_does_not_allow(rig: Rig) -> None:
    with pytest.raises(PortStateError, match="out of service"):
        rig.port.seize()
    await rig.start()
    with pytest.raises(PortStateError, match="on-hook"):
        rig.port.flash(200)
    rig.port.seize()
    with pytest.raises(PortStateError, match="being seized"):
        rig.port.seize()
    await rig.run(0.2)
    with pytest.raises(ValueError, match="flash"):
        rig.port.flash(20)
    rig.port.release()
    with pytest.raises(PortStateError, match="being released"):
        rig.port.seize()
    await rig.run(0.05)
    rig.port.seize()


async def test_release_on_hook_is_no_matter_and_is_told(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    rig.port.release()
    await rig.run(0.1)
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, Released]


async def test_a_call_that_is_released_before_its_audio_passes(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(0.05)
    rig.port.release()
    await rig.run(1)
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, Released]
    assert not rig.off_hook()


async def test_a_flash_opens_the_loop_for_its_time_and_is_no_loss_of_feed(rig: Rig) -> None:
    await seized(rig)
    count, opened = len(rig.events["fxo/1"]), rig.now_ns
    rig.port.flash(300)
    assert not rig.off_hook()
    assert await rig.run(1, rig.off_hook, step_ms=1)
    assert (rig.now_ns - opened) / MS == pytest.approx(300, abs=2)
    await rig.run(0.012)
    assert rig.model.audio_path(), "what follows a recall may follow at once"
    await rig.run(2)
    assert rig.events["fxo/1"][count:] == []


async def test_a_line_released_in_a_flash_stays_on_hook(rig: Rig) -> None:
    await seized(rig)
    rig.port.flash(300)
    await rig.run(0.1)
    rig.port.release()
    await rig.run(1)
    assert not rig.off_hook()
    assert rig.of(Released)


async def test_the_next_call_settles_as_slowly_as_the_first_after_a_flash(rig: Rig) -> None:
    await seized(rig)
    rig.port.flash(100)
    await rig.run(0.5)
    rig.port.release()
    await rig.run(0.5)
    start = rig.now_ns
    rig.port.seize()
    await rig.run(0.2)
    assert told(rig, start) == [(Seized, pytest.approx(138, abs=4))]


# --- polarity


@pytest.mark.parametrize("swapped", [False, True])
async def test_reversals_of_an_idle_line_are_told_within_100_ms(swapped: bool) -> None:
    rig = Rig()
    rig.model.pair.swapped = swapped
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.battery(-48)
    assert await rig.run(0.2, lambda: bool(rig.of(PolarityChanged)))
    assert (rig.now_ns - start) / MS < 100
    (event,) = rig.of(PolarityChanged)
    assert event == PolarityChanged(event.at_ns, reversed=True)
    assert (event.at_ns - start) / MS < 3, "it has the interrupt's time"
    rig.battery(48)
    await rig.run(0.2)
    assert [event.reversed for event in rig.of(PolarityChanged) if isinstance(event, PolarityChanged)] == [True, False]
    await rig.stop()


async def test_a_reversal_is_found_without_interrupts(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    rig.pins.deaf = True
    rig.battery(-48)
    assert await rig.run(0.2, lambda: bool(rig.of(PolarityChanged)))


async def test_answer_and_clearing_by_reversal(rig: Rig) -> None:
    await seized(rig)
    start = rig.now_ns
    rig.after(500, lambda: rig.battery(-48))
    rig.after(5000, lambda: rig.battery(48))
    await rig.run(6)
    assert told(rig, start) == [
        (PolarityChanged, pytest.approx(510, abs=12)),
        (PolarityChanged, pytest.approx(5010, abs=12)),
    ]
    assert [event.reversed for event in rig.of(PolarityChanged) if isinstance(event, PolarityChanged)] == [True, False]


async def test_a_line_that_was_left_reversed_is_reversed_against_that_in_its_next_call(rig: Rig) -> None:
    await rig.start()
    rig.battery(-48)
    await rig.run(1)
    rig.port.seize()
    await rig.run(1)
    rig.battery(48)
    await rig.run(1)
    assert [event.reversed for event in rig.of(PolarityChanged) if isinstance(event, PolarityChanged)] == [True, True]


# --- feed


async def test_a_loop_break_off_hook_is_told_within_150_ms(rig: Rig) -> None:
    await seized(rig)
    count, start = len(rig.events["fxo/1"]), rig.now_ns
    rig.battery(0)
    assert await rig.run(0.3, lambda: bool(rig.of(FeedLost)))
    assert (rig.now_ns - start) / MS < 150
    rig.after(800 - (rig.now_ns - start) / MS, lambda: rig.battery(48))
    await rig.run(2)
    lost, back = rig.events["fxo/1"][count:]
    assert isinstance(lost, FeedLost)
    assert isinstance(back, FeedBack)
    assert (lost.at_ns - start) / MS == pytest.approx(10, abs=12)
    assert back.ms == pytest.approx(800, abs=20)
    assert not rig.standing(), "an open loop is no dead line"


async def test_a_break_of_50_ms_is_nothing(rig: Rig) -> None:
    await seized(rig)
    count = len(rig.events["fxo/1"])
    rig.after(5, lambda: rig.battery(0))
    rig.after(55, lambda: rig.battery(48))
    await rig.run(1)
    assert rig.events["fxo/1"][count:] == []


async def test_the_current_is_not_judged_right_after_seizing(rig: Rig) -> None:
    """An exchange may take its time to feed a seized line."""
    await rig.start()
    await rig.run(1)
    rig.port.seize()
    rig.battery(0)
    rig.after(600, lambda: rig.battery(48))
    await rig.run(2)
    assert not rig.of(FeedLost)


async def test_a_loss_of_battery_on_hook_is_told_within_170_ms_and_a_dead_line_after_a_second(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.plug(False)
    assert await rig.run(0.3, lambda: bool(rig.of(FeedLost)))
    assert (rig.now_ns - start) / MS < 170
    await rig.run(0.8)
    assert rig.standing() == []
    await rig.run(0.4)
    assert rig.standing() == ["line-dead"]
    assert not rig.of(OutOfService)
    rig.plug(True)
    await rig.run(0.3)
    assert rig.standing() == []
    assert rig.of(FeedBack)


async def test_a_line_that_is_dead_from_the_beginning(rig: Rig) -> None:
    rig.plug(False)
    await rig.start()
    assert rig.of(InService)
    await rig.run(2)
    assert rig.standing() == ["line-dead"]
    rig.port.seize()
    await rig.run(2)
    assert rig.of(Seized), "who asks for it gets it, and the feed was told as lost"
    assert len(rig.of(FeedLost)) == 1


async def test_a_line_that_was_seized_as_it_died_and_is_hung_up(rig: Rig) -> None:
    await seized(rig)
    rig.plug(False)
    await rig.run(2)
    assert rig.standing() == []
    rig.port.release()
    await rig.run(1.3)
    assert rig.standing() == ["line-dead"]


async def test_a_short_break_of_the_battery_before_a_ring_is_no_ring_and_the_ring_is_one(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.battery(0)
    rig.after(250, lambda: rig.battery(48))
    rig.ring_cadence([600, 1600])
    await rig.run(2.5)
    assert [kind for kind, _ in told(rig, start)] == [FeedLost, FeedBack, RingBurst, RingBurst]


# --- others on the line


async def test_a_parallel_telephone(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.parallel(1)
    rig.after(5000, lambda: rig.parallel(0))
    await rig.run(6)
    assert told(rig, start) == [(InUse, pytest.approx(30, abs=32)), (InUse, pytest.approx(5030, abs=32))]
    assert [event.in_use for event in rig.of(InUse) if isinstance(event, InUse)] == [True, False]


async def test_dial_pulses_of_a_parallel_telephone_do_not_free_the_line_and_are_no_ringing(rig: Rig) -> None:
    await rig.start()
    rig.parallel(1)
    await rig.run(1)
    for pulse in range(10):
        rig.after(100 * pulse, lambda: rig.parallel(0))
        rig.after(100 * pulse + 60, lambda: rig.parallel(1))
    await rig.run(2)
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, InUse]


async def test_a_telephone_beside_the_port_answers(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    rig.ring_cadence([0, 700])
    rig.after(700, lambda: rig.parallel(1))
    await rig.run(2)
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, RingBurst, RingBurst, InUse]


# --- overload


async def test_too_much_current_makes_the_port_hang_up_and_the_line_rests() -> None:
    rig = Rig(settings=fxo_settings("us"))
    rig.model.pair.loop_ohms = 100.0
    await rig.start()
    rig.port.seize()
    assert await rig.run(0.15, lambda: not rig.off_hook())
    await rig.run(0.1)
    assert rig.standing() == ["overload"]
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, Fault, Released]
    rig.model.pair.loop_ohms = 1000.0
    await rig.run(31)
    assert rig.standing() == []
    rig.port.seize()
    await rig.run(1)
    assert rig.off_hook()
    await rig.stop()


async def test_a_surge_of_current_is_no_overload() -> None:
    rig = Rig(settings=fxo_settings("us"))
    await seized(rig)
    rig.battery(300)
    rig.after(30, lambda: rig.battery(48))
    await rig.run(1)
    assert rig.off_hook()
    assert not rig.of(Fault)
    await rig.stop()


# --- measuring


async def test_voltage_and_current(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    reading = rig.port.measure()
    assert reading.volts == pytest.approx(48, rel=0.1)
    assert reading.milliamperes == 0
    rig.battery(-48)
    assert rig.port.measure().volts == pytest.approx(-48, rel=0.1)
    rig.battery(48)
    rig.port.seize()
    await rig.run(1)
    reading = rig.port.measure()
    assert 3 <= reading.volts <= 12
    assert reading.milliamperes == pytest.approx(rig.model.pair.loop_ma(), abs=1.1)


# --- cost


async def test_eight_idle_lines_cost_a_short_message_every_56_ms() -> None:
    rig = Rig(ports=8)
    await rig.start()
    await rig.run(1)
    before = rig.spi.messages
    await rig.run(60)
    assert rig.spi.messages - before <= 60_000 / 56 + 1
    await rig.stop()


async def test_a_dead_line_costs_no_more_than_another(rig: Rig) -> None:
    rig.plug(False)
    await rig.start()
    await rig.run(3)
    before = rig.spi.messages
    await rig.run(10)
    assert rig.spi.messages - before <= 180


async def test_a_ringing_line_is_polled_and_does_not_interrupt() -> None:
    rig = Rig(ports=8)
    await rig.start()
    await rig.run(1)
    rig.ring(True)
    await rig.run(0.2)
    before = rig.spi.messages
    await rig.run(1)
    assert rig.spi.messages - before <= 1000 / 16 + 1000 / 56 + 2
    assert rig.register(regs.INTERRUPT_MASK) == 0
    assert rig.register(regs.INTERRUPT_MASK, 1) != 0
    await rig.stop()


async def test_one_line_is_idle_while_others_are_busy() -> None:
    rig = Rig(ports=8)
    await rig.start()
    await rig.run(1)
    for port in rig.ports[1:]:
        port.seize()
    rig.ring(True, 2)
    await rig.run(1)
    assert rig.events["fxo/1"] == rig.of(InService)
    assert all(rig.of(Seized, port.socket) for port in rig.ports[1:])
    await rig.stop()


async def test_country_limits_are_used() -> None:
    line = fxo_settings("de")
    times = dataclasses.replace(line.times, feed_lost=300, ring_pause_max=3000)
    rig = Rig(settings=dataclasses.replace(line, times=times, in_use_volts=5.0))
    await rig.start()
    await rig.run(1)
    start = rig.now_ns
    rig.battery(0)
    rig.after(250, lambda: rig.battery(48))
    rig.after(1000, lambda: rig.parallel(1))
    rig.after(2000, lambda: rig.parallel(0))
    rig.ring_cadence([3000, 4000])
    await rig.run(8)
    assert [kind for kind, _ in told(rig, start)] == [RingBurst, RingBurst, RingingStopped]
    await rig.stop()
