"""How a port comes into service, and what stops it."""

from __future__ import annotations

import pytest

from boardsupport.port import BreakBegan, Fault, FaultKind, InService, Lifted, OutOfService
from boardsupport.si3210 import bringup, regs, sim
from boardsupport.si3210.chip import Si3210
from boardsupport.si3210.regs import Linefeed
from tests.unit.si3210.rig import Rig


def raised(rig: Rig, port: str = "fxs/1") -> list[FaultKind]:
    """The faults that stand."""
    standing: list[FaultKind] = []
    for event in rig.events[port]:
        if isinstance(event, Fault):
            standing.append(event.kind) if event.raised else standing.remove(event.kind)
    return standing


async def test_cold_start_calibrates_and_feeds_the_line(rig: Rig) -> None:
    await rig.start()
    assert [(e.cold, e.off_hook) for e in rig.of(InService) if isinstance(e, InService)] == [(True, False)]
    model = rig.models[0]
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE
    assert model.line_volts() == pytest.approx(48, abs=1)
    assert model.pcm_map() == (0, 0, "alaw")
    assert model.impairment() == (0, 0), "calibrated: neither offset nor hum"
    assert model.register(regs.CAL_DC_PEAK_RESULT.address) in regs.DC_PEAK_SANE
    assert len(rig.kept["fxs/1"]) == 12
    assert rig.pins.resets == [(0, False), (0, True)]


async def test_thirty_two_ports_come_up_side_by_side() -> None:
    rig = Rig(ports=32)
    before = rig.now_ns
    await rig.start()
    assert (rig.now_ns - before) / 1e9 < 4
    assert all(isinstance(events[-1], InService) for events in rig.events.values())
    assert [model.pcm_map() for model in rig.models] == [(8 * n, 8 * n, "alaw") for n in range(32)]
    await rig.stop()


async def test_timeslots_beyond_the_low_byte_of_the_start_count() -> None:
    rig = Rig(ports=2, first_slot=38)
    await rig.start()
    assert [model.pcm_map() for model in rig.models] == [(304, 304, "alaw"), (312, 312, "alaw")]
    await rig.stop()


async def test_warm_chips_are_taken_over_as_they_are() -> None:
    rig = Rig(ports=32)
    await rig.start()
    rig.lift(3)
    await rig.run(0.5)
    kept = dict(rig.kept)
    for port in rig.ports:
        await port.stop()
    writes = [len(model.history) for model in rig.models]
    rig.make_ports(kept)
    before = rig.now_ns
    await rig.start()
    assert (rig.now_ns - before) / 1e9 < 0.1
    found = {name: event for name, events in rig.events.items() for event in events if isinstance(event, InService)}
    assert len(found) == 32
    assert [name for name, event in found.items() if event.off_hook] == ["fxs/4"]
    assert not any(event.cold for event in found.values())
    assert not any(isinstance(event, Lifted) for events in rig.events.values() for event in events)
    for model, count in zip(rig.models, writes, strict=True):
        written = {address for _, address, _ in list(model.history)[count:]}
        assert not written & {regs.CALIBRATION_1.address, regs.POWER_DOWN_1.address, regs.PCM_MODE.address}
    await rig.stop()


async def test_a_process_that_died_within_a_read_leaves_a_warm_chip(rig: Rig) -> None:
    await rig.start()
    await rig.ports[0].stop()
    rig.models[0].transfer(bytes([regs.READ | regs.LINEFEED.address]))
    rig.make_ports(dict(rig.kept))
    await rig.start()
    assert [event.cold for event in rig.of(InService) if isinstance(event, InService)] == [False]


async def test_what_a_warm_chip_has_signalled_does_not_hide_what_comes_next(rig: Rig) -> None:
    """Its interrupt line has been low since the handset was lifted, so there is no edge until it was served."""
    await rig.start()
    await rig.ports[0].stop()
    rig.lift()
    await rig.run(0.1)
    assert rig.pins.edges(), "which the next process does not get"
    rig.make_ports(dict(rig.kept))
    await rig.start()
    assert [event.off_hook for event in rig.of(InService) if isinstance(event, InService)] == [True]
    rig.replace()
    assert await rig.run(0.05, lambda: bool(rig.of(BreakBegan)))


async def test_a_chip_that_does_not_obey_its_reset_is_not_used(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    await rig.start()
    await rig.ports[0].stop()
    rig.models[0].transfer(bytes([regs.TX_START_LOW.address]))
    rig.models[0].transfer(bytes([64]))
    monkeypatch.setattr(rig.models[0], "reset_pin", lambda asserted: None)
    rig.make_ports(dict(rig.kept))
    await rig.start()
    assert raised(rig) == ["chip-absent"]


async def test_another_law_or_slot_is_no_warm_start(rig: Rig) -> None:
    await rig.start()
    await rig.ports[0].stop()
    rig.models[0].transfer(bytes([regs.TX_START_LOW.address]))
    rig.models[0].transfer(bytes([64]))
    rig.make_ports(dict(rig.kept))
    await rig.start()
    assert [event.cold for event in rig.of(InService) if isinstance(event, InService)] == [True]


async def test_empty_socket(rig: Rig) -> None:
    rig.models[0].power(False)
    await rig.start()
    assert raised(rig) == ["chip-absent"]
    assert len(rig.of(OutOfService)) == 1
    rig.models[0].power(True)
    assert await rig.run(10, lambda: bool(rig.of(InService)))
    assert raised(rig) == []


async def test_no_twelve_volts_and_then_there_are(rig: Rig) -> None:
    rig.models[0].set_supply(False)
    await rig.start()
    assert raised(rig) == ["no-supply"]
    rig.models[0].set_supply(True)
    assert await rig.run(20, lambda: bool(rig.of(InService)))


async def test_no_pcm_clock(rig: Rig) -> None:
    rig.models[0].set_clock(None)
    await rig.start()
    assert raised(rig) == ["no-clock"]
    rig.models[0].set_clock(4_096_000)
    assert await rig.run(20, lambda: bool(rig.of(InService)))


async def test_a_clock_that_stops_during_bring_up_leaves_no_line_under_power(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_line = bringup.start_line

    async def without_clock(chip: Si3210) -> None:
        rig.models[0].set_clock(None)
        await start_line(chip)

    monkeypatch.setattr(bringup, "start_line", without_clock)
    await rig.start()
    assert raised(rig) == ["no-clock"]
    assert rig.models[0].register(regs.POWER_DOWN_1.address) == regs.DCDC_OFF.mask


async def test_a_chip_that_forgets_what_is_written_to_it_is_not_used(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    threshold = 33
    monkeypatch.setattr(sim, "INDIRECT_PRESENT", sim.INDIRECT_PRESENT - {threshold})
    await rig.start()
    assert raised(rig) == ["chip-absent"]
    assert any(str(threshold) in event.text for event in rig.of(OutOfService) if isinstance(event, OutOfService))
    assert rig.linefeed() == Linefeed.OPEN


async def test_leakage_is_found_before_calibration(rig: Rig) -> None:
    rig.models[0].pair.leaky = True
    await rig.start()
    assert raised(rig) == ["leakage"]
    assert rig.linefeed() == Linefeed.OPEN
    rig.models[0].pair.leaky = False
    assert await rig.run(30, lambda: bool(rig.of(InService)))


async def test_foreign_voltage_keeps_the_port_off_until_it_is_gone(rig: Rig) -> None:
    model = rig.models[0]
    model.pair.set_fault("foreign-voltage")
    await rig.start()
    assert raised(rig) == ["foreign-voltage"]
    await rig.run(20)
    assert rig.linefeed() == Linefeed.OPEN
    assert not any(address == 14 and value == 0 for _, address, value in model.history), "never powered"
    model.pair.set_fault("none")
    assert await rig.run(20, lambda: bool(rig.of(InService)))
    assert raised(rig) == []


async def test_lifted_at_power_up_without_a_calibration(rig: Rig) -> None:
    """It serves with default gains, and calibrates when the handset has been down for a while."""
    rig.lift()
    await rig.start()
    assert [(e.cold, e.off_hook) for e in rig.of(InService) if isinstance(e, InService)] == [(True, True)]
    assert rig.kept == {}
    rig.replace()
    assert await rig.run(20, lambda: "fxs/1" in rig.kept)
    await rig.run(1)
    assert rig.models[0].impairment() == (0, 0)
    assert rig.linefeed() == Linefeed.FORWARD_ACTIVE
    rig.lift()
    assert await rig.run(1, lambda: len(rig.of(Lifted)) == 1)


async def test_lifted_at_power_up_with_a_calibration() -> None:
    rig = Rig()
    await rig.start()
    kept = dict(rig.kept)
    for port in rig.ports:
        await port.stop()
    rig.models[0].power(False)
    rig.models[0].power(True)
    rig.lift()
    rig.kept.clear()
    rig.make_ports(kept)
    await rig.start()
    assert [(e.cold, e.off_hook) for e in rig.of(InService) if isinstance(e, InService)] == [(True, True)]
    assert rig.models[0].impairment() == (0, 0), "the saved results are in the chip"
    await rig.stop()


async def test_a_kept_calibration_that_is_damaged_counts_as_none(rig: Rig) -> None:
    rig.make_ports({"fxs/1": b"\x00" * 5})
    rig.lift()
    await rig.start()
    assert [event.off_hook for event in rig.of(InService) if isinstance(event, InService)] == [True]
    rig.replace()
    assert await rig.run(20, lambda: len(rig.kept.get("fxs/1", b"")) == 12)


async def test_a_pair_that_cannot_be_calibrated_on_says_what_to_do(rig: Rig) -> None:
    rig.models[0].pair.set_fault("overload")
    await rig.start()
    assert raised(rig) == ["calibration"]
    assert [e.text for e in rig.of(OutOfService) if isinstance(e, OutOfService) and "take the pair off" in e.text]
    rig.models[0].pair.set_fault("none")
    assert await rig.run(30, lambda: bool(rig.of(InService)))
    assert raised(rig) == []


async def test_a_process_that_died_before_the_late_calibration_leaves_it_to_the_next(rig: Rig) -> None:
    rig.lift()
    await rig.start()
    await rig.ports[0].stop()
    rig.replace()
    rig.make_ports()
    await rig.start()
    assert [event.cold for event in rig.of(InService) if isinstance(event, InService)] == [False]
    assert await rig.run(20, lambda: "fxs/1" in rig.kept)


async def test_a_warm_calibrated_chip_is_not_calibrated_again_for_want_of_a_file(rig: Rig) -> None:
    await rig.start()
    await rig.ports[0].stop()
    rig.kept.clear()
    rig.make_ports()
    await rig.start()
    await rig.run(20)
    assert rig.kept == {}


async def test_chip_that_resets_itself_is_back_quickly(rig: Rig) -> None:
    await rig.start()
    before = rig.now_ns
    rig.models[0].upset()
    assert await rig.run(5, lambda: len(rig.of(InService)) == 2)
    assert (rig.now_ns - before) / 1e9 < 1.5
    kinds = [(e.kind, e.raised) for e in rig.of(Fault) if isinstance(e, Fault)]
    assert kinds == [("chip-reset", True), ("chip-reset", False)]
    assert rig.models[0].impairment() == (0, 0)


async def test_chip_that_resets_itself_after_it_was_taken_over(rig: Rig) -> None:
    await rig.start()
    await rig.ports[0].stop()
    rig.make_ports()
    await rig.start()
    rig.lift()
    await rig.run(0.5)
    before = rig.now_ns
    rig.models[0].upset()
    assert await rig.run(5, lambda: len(rig.of(InService)) == 2)
    assert (rig.now_ns - before) / 1e9 < 1.5
    assert [event.off_hook for event in rig.of(InService) if isinstance(event, InService)] == [False, True]


async def test_power_off_and_on_while_the_process_lives() -> None:
    rig = Rig(ports=3)
    await rig.start()
    for model in rig.models:
        model.power(False)
    assert await rig.run(2, lambda: all(raised(rig, port.socket) == ["chip-absent"] for port in rig.ports))
    for model in rig.models:
        model.power(True)
    assert await rig.run(6, lambda: all(isinstance(events[-1], InService) for events in rig.events.values()))
    await rig.stop()


async def test_a_torn_wire_is_an_absent_chip(rig: Rig) -> None:
    await rig.start()
    rig.spi.broken = True
    assert await rig.run(2, lambda: raised(rig) == ["chip-absent"])
    rig.spi.broken = False
    assert await rig.run(5, lambda: len(rig.of(InService)) == 2)
    kinds = [(e.kind, e.raised) for e in rig.of(Fault) if isinstance(e, Fault)]
    assert kinds == [("chip-absent", True), ("chip-absent", False)], (
        "what it fed itself meanwhile is no foreign voltage"
    )


async def test_automatic_calibration_that_fails_is_done_by_hand(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(chip: object) -> bool:
        return False

    monkeypatch.setattr(bringup, "calibrate_once", never)
    await rig.start()
    assert rig.of(InService)
    model = rig.models[0]
    for register in (regs.CAL_RING_GAIN_RESULT, regs.CAL_TIP_GAIN_RESULT, regs.CAL_BALANCE_RESULT):
        assert model.register(register.address) == model._state.trims.true[register.address]
