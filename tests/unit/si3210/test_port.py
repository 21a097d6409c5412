"""The line in service: hook, ringing, caller-id windows, lamps, alarms."""

from __future__ import annotations

import pytest

from boardsupport.port import (
    BreakBegan,
    CallerIdPlace,
    CallerIdWindow,
    Fault,
    Flashed,
    InService,
    Lifted,
    OutOfService,
    PortEvent,
    PortStateError,
    PulseDigit,
    Replaced,
    RingBurst,
    RingPlan,
)
from boardsupport.si3210 import regs
from boardsupport.si3210.regs import Linefeed
from tests.unit.si3210.rig import Rig

NORMAL = RingPlan((1000, 4000))


def since(rig: Rig, count: int, port: str = "fxs/1") -> list[PortEvent]:
    """The events after the first `count`, without the beginnings of breaks."""
    return [event for event in rig.events[port][count:] if not isinstance(event, BreakBegan)]


def bursts(rig: Rig, start_ns: int, port: str = "fxs/1") -> list[tuple[int, bool, int]]:
    return [
        (round((event.at_ns - start_ns) / 1e6), event.on, event.number)
        for event in rig.events[port]
        if isinstance(event, RingBurst)
    ]


def faults(rig: Rig) -> list[tuple[str, bool]]:
    return [(event.kind, event.raised) for event in rig.of(Fault) if isinstance(event, Fault)]


# --- hook


async def test_lift_is_told_within_the_chips_debounce(rig: Rig) -> None:
    await rig.start()
    at = rig.now_ns
    rig.lift()
    assert await rig.run(0.1, lambda: bool(rig.of(Lifted)))
    assert (rig.now_ns - at) / 1e6 <= 15
    assert since(rig, 1) == [Lifted(rig.of(Lifted)[0].at_ns, ringing=False)]


async def test_hang_up_flash_and_pulses(rig: Rig) -> None:
    await rig.start()
    rig.lift()
    await rig.run(0.5)
    count = len(rig.events["fxs/1"])
    for start, length in ((0, 300), (1000, 60), (1100, 60), (1200, 60), (2000, 1000)):
        rig.after(start, rig.replace)
        rig.after(start + length, rig.lift)
    await rig.run(4)
    told = since(rig, count)
    assert [type(event) for event in told] == [Flashed, PulseDigit, Replaced, Lifted]
    flash, digit = told[:2]
    assert isinstance(flash, Flashed)
    assert flash.ms == pytest.approx(300, abs=4)
    assert isinstance(digit, PulseDigit)
    assert digit.digit == "3"


async def test_an_interrupt_that_was_lost_is_found_by_the_poll(rig: Rig) -> None:
    await rig.start()
    rig.pins.deaf = True
    rig.lift()
    assert await rig.run(0.4, lambda: bool(rig.of(Lifted)))


async def test_eight_telephones_lifted_at_the_same_moment() -> None:
    rig = Rig(ports=8)
    await rig.start()
    for n in range(8):
        rig.after(n * 6, lambda n=n: rig.lift(n))
    await rig.run(0.2)
    assert all(isinstance(events[-1], Lifted) for events in rig.events.values())
    await rig.stop()


# --- ringing


async def test_rings_at_once_with_the_countrys_voltage_and_cadence(rig: Rig) -> None:
    await rig.start()
    start = rig.now_ns
    rig.ports[0].ring(NORMAL)
    await rig.run(0.05)
    voltage = rig.models[0].ringing()
    assert voltage is not None
    assert voltage.hz == pytest.approx(25, abs=0.2)
    assert voltage.peak_v == pytest.approx(65, abs=1.5)
    await rig.run(11)
    assert bursts(rig, start) == [
        (0, True, 1), (1000, False, 1), (5000, True, 2), (6000, False, 2), (10000, True, 3), (11000, False, 3),
    ]  # fmt: skip
    assert rig.linefeed() == Linefeed.FORWARD_ON_HOOK_TRANSMISSION
    rig.ports[0].stop_ring()
    await rig.run(0.1)
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE
    await rig.run(8)
    assert len(bursts(rig, start)) == 6


async def test_two_bursts_as_in_britain(rig: Rig) -> None:
    await rig.start()
    start = rig.now_ns
    rig.ports[0].ring(RingPlan((400, 2000, 400, 200)))
    await rig.run(5.9)
    assert [at for at, on, _ in bursts(rig, start) if on] == [0, 2400, 3000, 5400]


@pytest.mark.parametrize("when_s", [0.3, 0.95, 1.02, 2.0])
async def test_answer_in_burst_or_pause(rig: Rig, when_s: float) -> None:
    await rig.start()
    rig.ports[0].ring(NORMAL)
    await rig.run(when_s)
    rig.lift()
    assert await rig.run(0.25, lambda: bool(rig.of(Lifted)))
    assert [event.ringing for event in rig.of(Lifted) if isinstance(event, Lifted)] == [True]
    assert rig.models[0].ringing() is None
    await rig.run(6)
    assert len(rig.of(Lifted)) == 1
    assert not rig.of(Replaced)
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE
    bursts_told = [event.on for event in rig.of(RingBurst) if isinstance(event, RingBurst)]
    assert bursts_told == [True, False]


async def test_right_after_ring_trip_an_open_loop_is_not_believed(rig: Rig) -> None:
    """The loop detector has not had its time yet when a poll comes."""
    await rig.start()
    rig.ports[0].ring(NORMAL)
    await rig.run(0.3)
    rig.lift()
    assert await rig.run(0.25, lambda: bool(rig.of(Lifted)), step_ms=1)
    assert not rig.models[0].register(regs.LOOP_STATUS.address)
    rig.service.poll()
    await rig.run(1)
    assert not rig.of(BreakBegan)


async def test_lifted_and_replaced_at_once(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].ring(NORMAL)
    await rig.run(0.3)
    rig.lift()
    assert await rig.run(0.25, lambda: bool(rig.of(Lifted)), step_ms=1)
    rig.after(30, rig.replace)
    assert await rig.run(2, lambda: bool(rig.of(Replaced)))


async def test_a_lifted_telephone_is_not_rung(rig: Rig) -> None:
    await rig.start()
    rig.lift()
    await rig.run(0.2)
    with pytest.raises(PortStateError):
        rig.ports[0].ring(NORMAL)
    with pytest.raises(PortStateError):
        rig.ports[0].transmit_on_hook(500)


async def test_no_more_bursts_at_once_than_the_board_allows() -> None:
    rig = Rig(ports=8, ringing_at_once=2)
    await rig.start()
    start = rig.now_ns
    most = 0
    for port in rig.ports:
        port.ring(NORMAL)

    def watch() -> bool:
        nonlocal most
        most = max(most, sum(model.ringing() is not None for model in rig.models))
        return False

    await rig.run(21, watch)
    assert most == 2
    rung = [sum(on for _, on, _ in bursts(rig, start, port.socket)) for port in rig.ports]
    assert min(rung) >= 4, rung
    assert max(rung) - min(rung) <= 1
    await rig.stop()


async def test_a_new_call_waits_for_no_repeated_burst() -> None:
    rig = Rig(ports=5, ringing_at_once=1)
    await rig.start()
    for port in rig.ports[:4]:
        port.ring(RingPlan((1000, 1000)))
    await rig.run(10)
    start = rig.now_ns
    rig.ports[4].ring(NORMAL)
    assert await rig.run(1.2, lambda: bool(bursts(rig, start, "fxs/5")))
    await rig.stop()


async def test_a_burst_that_a_failing_chip_cuts_off_is_told_to_be_over(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].ring(NORMAL)
    await rig.run(0.5)
    rig.models[0].upset()
    assert await rig.run(1, lambda: bool(rig.of(OutOfService)))
    assert [event.on for event in rig.of(RingBurst) if isinstance(event, RingBurst)] == [True, False]


async def test_stopped_while_waiting_for_a_place() -> None:
    rig = Rig(ports=3, ringing_at_once=1)
    await rig.start()
    start = rig.now_ns
    for port in rig.ports:
        port.ring(NORMAL)
    await rig.run(0.5)
    rig.ports[1].stop_ring()
    await rig.run(3)
    assert bursts(rig, start, "fxs/2") == []
    assert bursts(rig, start, "fxs/3")[0][:2] == (1000, True)
    await rig.stop()


# --- caller id


async def test_window_after_the_first_burst_delays_the_second_if_it_must(rig: Rig) -> None:
    await rig.start()
    start = rig.now_ns
    rig.ports[0].ring(RingPlan((1000, 1000), "after-first-ring", 800))
    assert await rig.run(3, lambda: bool(rig.of(CallerIdWindow)))
    assert round((rig.now_ns - start) / 1e6) == 1500
    assert rig.linefeed() == Linefeed.FORWARD_ON_HOOK_TRANSMISSION
    await rig.run(3)
    assert [at for at, on, _ in bursts(rig, start) if on][1] == 2600


@pytest.mark.parametrize(
    ("place", "window_ms", "linefeed"),
    [
        ("before-ring", 0, Linefeed.FORWARD_ON_HOOK_TRANSMISSION),
        ("before-ring-reversal", 150, Linefeed.REVERSE_ON_HOOK_TRANSMISSION),
        ("before-ring-pulse", 850, Linefeed.FORWARD_ON_HOOK_TRANSMISSION),
    ],
)
async def test_window_before_ringing(rig: Rig, place: CallerIdPlace, window_ms: int, linefeed: Linefeed) -> None:
    await rig.start()
    start = rig.now_ns
    rig.ports[0].ring(RingPlan((1000, 4000), place, 700))
    assert await rig.run(2, lambda: bool(rig.of(CallerIdWindow)))
    assert round((rig.now_ns - start) / 1e6) == window_ms
    await rig.run(0.01)
    assert rig.linefeed() == linefeed
    await rig.run(3)
    assert bursts(rig, start)[0] == (window_ms + 1000, True, 1)
    rig.ports[0].stop_ring()
    await rig.run(0.1)
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE


@pytest.mark.parametrize("place", ["after-first-ring", "before-ring", "before-ring-reversal"])
async def test_lifted_during_the_caller_id_burst(rig: Rig, place: CallerIdPlace) -> None:
    await rig.start()
    rig.ports[0].ring(RingPlan((1000, 4000), place, 700))
    assert await rig.run(3, lambda: bool(rig.of(CallerIdWindow)))
    await rig.run(0.3)
    rig.lift()
    assert await rig.run(0.2, lambda: bool(rig.of(Lifted)))
    await rig.run(3)
    assert [event.ringing for event in rig.of(Lifted) if isinstance(event, Lifted)] == [True]
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE
    assert rig.models[0].ringing() is None


async def test_the_alert_before_the_caller_id_is_no_burst_of_the_ringing(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].ring(RingPlan((1000, 4000), "before-ring-pulse", 700))
    await rig.run(0.1)
    assert rig.models[0].ringing() is not None
    rig.ports[0].stop_ring()
    await rig.run(1)
    assert rig.models[0].ringing() is None
    assert rig.of(RingBurst) == []


async def test_on_hook_transmission_for_a_message(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].transmit_on_hook(500)
    assert await rig.run(0.2, lambda: bool(rig.of(CallerIdWindow)))
    assert rig.linefeed() == Linefeed.FORWARD_ON_HOOK_TRANSMISSION
    await rig.run(1)
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE


# --- faults


async def test_short_circuit_is_told_and_told_when_over(rig: Rig) -> None:
    await rig.start()
    rig.models[0].pair.set_fault("short")
    assert await rig.run(5, lambda: ("short-circuit", True) in faults(rig))
    rig.models[0].pair.set_fault("none")
    assert await rig.run(5, lambda: ("short-circuit", False) in faults(rig))


async def test_a_talking_telephone_is_no_fault(rig: Rig) -> None:
    await rig.start()
    rig.lift()
    await rig.run(10)
    assert faults(rig) == []


async def test_a_broken_pair_is_found_by_ringing_it(rig: Rig) -> None:
    await rig.start()
    rig.ports[0].ring(NORMAL)
    await rig.run(12)
    assert faults(rig) == []
    rig.models[0].pair.set_fault("open")
    assert await rig.run(12, lambda: faults(rig) == [("line-dead", True)])
    rig.models[0].pair.set_fault("none")
    assert await rig.run(12, lambda: faults(rig)[1:] == [("line-dead", False)])


async def test_foreign_voltage_in_service(rig: Rig) -> None:
    await rig.start()
    rig.models[0].pair.set_fault("foreign-voltage")
    assert await rig.run(5, lambda: ("foreign-voltage", True) in faults(rig))
    assert rig.linefeed() == Linefeed.OPEN
    assert len(rig.of(OutOfService)) == 1
    await rig.run(20)
    assert rig.linefeed() == Linefeed.OPEN
    rig.models[0].pair.set_fault("none")
    assert await rig.run(8, lambda: len(rig.of(InService)) == 2)
    assert faults(rig)[-1] == ("foreign-voltage", False)


async def test_a_power_alarm_is_recovered_from(rig: Rig) -> None:
    await rig.start()
    rig.models[0].pair.set_fault("overload")
    await rig.run(0.1)
    rig.models[0].pair.set_fault("none")
    await rig.run(1)
    assert faults(rig) == [("power-alarm", True)]
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE
    await rig.run(12)
    assert faults(rig) == [("power-alarm", True), ("power-alarm", False)]
    rig.lift()
    assert await rig.run(0.5, lambda: bool(rig.of(Lifted)))


async def test_after_ten_power_alarms_only_a_person_helps(rig: Rig) -> None:
    await rig.start()
    with pytest.raises(PortStateError):
        rig.ports[0].return_to_service()
    rig.models[0].pair.set_fault("overload")
    assert await rig.run(10, lambda: bool(rig.of(OutOfService)))
    assert ("overload", True) in faults(rig)
    rig.models[0].pair.set_fault("none")
    await rig.run(120)
    assert rig.linefeed() == Linefeed.OPEN
    with pytest.raises(PortStateError):
        rig.ports[0].ring(NORMAL)
    rig.ports[0].return_to_service()
    assert await rig.run(10, lambda: len(rig.of(InService)) == 2)
    assert [fault for fault in faults(rig) if not fault[1]] == [("overload", False), ("power-alarm", False)]


async def test_one_alarm_in_ten_seconds_is_forgiven(rig: Rig) -> None:
    await rig.start()
    for _ in range(15):
        rig.models[0].pair.set_fault("overload")
        await rig.run(0.1)
        rig.models[0].pair.set_fault("none")
        await rig.run(11)
    assert not rig.of(OutOfService)


async def test_power_alarm_while_talking_is_no_hang_up(rig: Rig) -> None:
    await rig.start()
    rig.lift()
    await rig.run(0.5)
    rig.models[0].pair.set_fault("overload")
    await rig.run(0.1)
    rig.models[0].pair.set_fault("none")
    await rig.run(3)
    assert not rig.of(Replaced)
    assert len(rig.of(Lifted)) == 1
    rig.replace()
    assert await rig.run(2, lambda: bool(rig.of(Replaced)))
