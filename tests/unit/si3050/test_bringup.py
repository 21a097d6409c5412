"""Into service and back into it: cold chips, warm ones, and all that can be in the way."""

from __future__ import annotations

import dataclasses
import math

import pytest

from boardsupport.bus import Window
from boardsupport.fxo import FeedLost, Released
from boardsupport.port import Fault, InService, OutOfService, PortStateError
from boardsupport.si3050 import regs
from boardsupport.si3050.countries import LINE_CHOICES, fxo_settings
from tests.unit.si3050.rig import Rig


def writes(rig: Rig, since: int = 0) -> list[tuple[int, int]]:
    return [(address, value) for _, address, value in list(rig.model.history)[since:]]


async def lose_link(rig: Rig) -> None:
    """The isolation link breaks down and stays away."""
    rig.model._state.silicon.link_samples = math.inf
    rig.model.line.reset()


# --- cold


async def test_a_cold_chip_comes_into_service_with_the_countrys_values(rig: Rig) -> None:
    await rig.start()
    assert rig.events["fxo/1"] == [InService(rig.now_ns, off_hook=False, cold=True)]
    assert not rig.off_hook()
    for register, value in (
        (regs.INTERNATIONAL_1, 0x00), (regs.DC_TERMINATION, 0xC2), (regs.AC_TERMINATION, 0x03),
        (regs.DAA_CONTROL_1, 0x08), (regs.DAA_CONTROL_2, 0x00), (regs.PCM_MODE, 0x20),
    ):  # fmt: skip
        assert rig.register(register) == value, register
    # full wave, and no validation by the chip
    assert (rig.register(regs.INTERNATIONAL_3), rig.register(regs.RING_VALIDATION_3)) == (0x02, 0x00)


@pytest.mark.parametrize("country", ["us", "cn"])
async def test_highway_law_timeslot_and_level(country: str) -> None:
    rig = Rig(settings=fxo_settings(country), first_slot=37)
    await rig.start()
    place = rig.model.pcm_map()
    assert place == (296, 296, "ulaw" if country == "us" else "alaw")
    rig.port.seize()
    await rig.run(0.5)
    assert rig.model.gains() == pytest.approx((1.0, 1.0), abs=0.01)
    await rig.stop()


@pytest.mark.parametrize("choice", sorted(LINE_CHOICES))
async def test_every_row_is_in_the_chip_as_it_stands_in_the_table_and_draws_current(choice: str) -> None:
    line = fxo_settings("vn", choice)
    rig = Rig(settings=line)
    await rig.start()
    chip = (regs.INTERNATIONAL_1, regs.DC_TERMINATION, regs.AC_TERMINATION, regs.CONTROL_5)
    row = (line.international_1, line.dc_termination, line.ac_termination, line.control_5)
    assert tuple(rig.register(register) for register in chip) == row
    rig.port.seize()
    await rig.run(0.5)
    assert rig.port.measure().milliamperes > 15
    await rig.stop()


async def test_an_idle_line_is_heard_and_a_seized_one_both_ways(rig: Rig) -> None:
    await rig.start()
    assert rig.model.audio_path()
    assert rig.model.gains()[0] == 0
    assert rig.model.gains()[1] > 0
    rig.port.seize()
    await rig.run(0.2)
    assert rig.model.audio_path()
    assert min(rig.model.gains()) > 0


async def test_the_registers_are_written_in_the_data_sheets_order(rig: Rig) -> None:
    await rig.start()
    order = [address for address, _ in writes(rig)]
    first = {
        register: order.index(register.address)
        for register in (regs.CONTROL_1, regs.PCM_MODE, regs.DAA_CONTROL_2, regs.DAA_CONTROL_1)
    }
    assert list(first.values()) == sorted(first.values())
    assert (regs.CONTROL_1.address, 0x80) in writes(rig)


async def test_eight_ports_come_up_side_by_side() -> None:
    rig = Rig(ports=8)
    await rig.start(limit_s=1.2)
    assert all(isinstance(events[0], InService) for events in rig.events.values())
    await rig.stop()


# --- failure exits


async def test_an_empty_socket(rig: Rig) -> None:
    rig.model.power(False)
    await rig.start()
    assert rig.standing() == ["chip-absent"]
    assert [type(event) for event in rig.events["fxo/1"]] == [Fault, OutOfService]
    with pytest.raises(PortStateError):
        rig.port.seize()
    rig.model.power(True)
    assert await rig.run(3, lambda: bool(rig.of(InService)))
    assert rig.standing() == []


async def test_a_chip_of_another_kind_is_refused(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rig.model, "_read", lambda address: 0x42)
    await rig.start()
    assert rig.standing() == ["chip-absent"]


async def test_a_chip_that_forgets_what_is_written_to_it(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    write = rig.model._write
    forgotten = regs.AC_TERMINATION.address
    monkeypatch.setattr(rig.model, "_write", lambda address, value: address == forgotten or write(address, value))
    await rig.start()
    assert rig.standing() == ["chip-absent"]
    assert "[30]" in next(event.text for event in rig.of(Fault) if isinstance(event, Fault))


async def test_an_isolation_link_that_does_not_come_up_is_waited_for_two_seconds(rig: Rig) -> None:
    usual = rig.model._state.silicon.link_samples
    rig.model._state.silicon.link_samples = math.inf
    begun = rig.now_ns
    await rig.start()
    assert 2.0 < (rig.now_ns - begun) / 1e9 < 3.0
    assert rig.standing() == ["isolation-link"]
    assert len(rig.of(OutOfService)) == 1
    await rig.run(20)
    assert len(rig.of(Fault)) == 1, "it is told once"
    rig.model._state.silicon.link_samples = usual
    assert await rig.run(6, lambda: bool(rig.of(InService)))
    assert rig.standing() == []


async def test_a_slow_link_is_awaited(rig: Rig) -> None:
    rig.model._state.silicon.link_samples = 1.9 * 8000
    await rig.start()
    assert rig.of(InService)


async def test_no_pcm_clock(rig: Rig) -> None:
    rig.model.set_clock(None)
    await rig.start()
    assert rig.standing() == ["no-clock"]
    rig.model.set_clock(4_096_000)
    assert await rig.run(3, lambda: bool(rig.of(InService)))
    assert rig.standing() == []


async def test_no_pcm_clock_at_a_chip_that_was_set_up_before_for_another_country(rig: Rig) -> None:
    await rig.start()
    await rig.die()
    rig.model.set_clock(None)
    rig.settings = dataclasses.replace(rig.settings, ac_termination=2)
    rig.make_ports()
    await rig.start()
    assert rig.standing() == ["no-clock"]


async def test_a_chip_that_was_left_in_the_midst_of_an_access(rig: Rig) -> None:
    rig.spi.transfer([Window(0, bytes([regs.WRITE]))])
    await rig.start()
    assert rig.of(InService)


async def test_a_persons_word_shortens_the_wait_and_pulls_the_reset_line(rig: Rig) -> None:
    rig.model.power(False)
    await rig.start()
    rig.pins.resets.clear()
    rig.model.power(True)
    rig.port.return_to_service()
    await rig.run(1.5)
    assert (0, False) in rig.pins.resets
    assert rig.of(InService)
    with pytest.raises(PortStateError):
        rig.port.return_to_service()


# --- warm


async def test_a_new_process_finds_the_line_seized_and_leaves_it_so(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(1)
    written, pulled = len(rig.model.history), len(rig.pins.resets)
    await rig.die()
    await rig.run(3)
    rig.make_ports()
    await rig.start()
    assert rig.of(InService) == [InService(rig.now_ns, off_hook=True, cold=False)]
    assert rig.off_hook()
    assert all(level for _, level in rig.pins.resets[pulled:])
    assert not [address for address, _ in writes(rig, written) if address == regs.DAA_CONTROL_1.address]
    await rig.run(2)
    assert len(rig.events["fxo/1"]) == 1, "its feed and polarity are as they should be"
    rig.port.release()
    await rig.run(0.1)
    assert rig.of(Released)
    assert not rig.off_hook()


async def test_a_line_that_no_process_serves_any_more_is_hung_up_by_its_chip(rig: Rig) -> None:
    """Else nobody could use it, the lifeline telephone beside it included."""
    await rig.start()
    rig.port.seize()
    await rig.run(10)
    assert rig.off_hook()
    await rig.die()
    await rig.run(5)
    assert not rig.off_hook()
    rig.make_ports()
    await rig.start()
    assert rig.of(InService) == [InService(rig.now_ns, off_hook=False, cold=False)]


async def test_a_new_process_finds_the_line_seized_after_a_flash(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(0.2)
    rig.port.flash(100)
    await rig.run(0.5)
    await rig.restart()
    assert rig.of(InService) == [InService(rig.now_ns, off_hook=True, cold=False)]


async def test_a_new_process_that_finds_the_line_seized_takes_a_loop_break_for_what_it_is(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(1)
    await rig.restart()
    await rig.run(1)
    rig.battery(0)
    await rig.run(2)
    assert [type(event) for event in rig.events["fxo/1"]] == [InService, FeedLost]


async def test_a_process_that_died_in_the_midst_of_an_access_costs_no_call(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(1)
    await rig.die()
    rig.spi.transfer([Window(0, bytes([regs.READ])), Window(0, bytes([5]))])
    rig.make_ports()
    await rig.start()
    assert rig.of(InService) == [InService(rig.now_ns, off_hook=True, cold=False)]


async def test_a_new_process_finds_an_idle_line_at_once(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    at = rig.now_ns
    await rig.restart()
    assert rig.of(InService) == [InService(rig.now_ns, off_hook=False, cold=False)]
    assert (rig.now_ns - at) / 1e6 < 100
    rig.port.seize()
    await rig.run(0.2)
    assert rig.off_hook()


async def test_a_chip_set_up_for_another_country_is_set_up_anew(rig: Rig) -> None:
    await rig.start()
    rig.settings = fxo_settings("uk")
    await rig.restart()
    assert rig.of(InService) == [InService(rig.now_ns, off_hook=False, cold=True)]
    assert rig.register(regs.AC_TERMINATION) == 0x05


# --- trouble at run time


async def test_a_chip_that_resets_itself_is_set_up_again_and_the_line_is_on_hook(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(0.5)
    rig.model.upset()
    assert await rig.run(0.1, lambda: bool(rig.of(OutOfService)))
    assert rig.standing() == ["chip-reset"]
    assert await rig.run(1, lambda: len(rig.of(InService)) == 2)
    assert rig.of(InService)[-1] == InService(rig.now_ns, off_hook=False, cold=True)
    assert rig.standing() == []
    assert not rig.off_hook()
    rig.port.seize()
    await rig.run(0.3)
    assert rig.off_hook()


async def test_an_idle_chip_that_resets_itself_is_found_as_well(rig: Rig) -> None:
    await rig.start()
    await rig.run(1)
    rig.model.upset()
    assert await rig.run(0.1, lambda: bool(rig.of(OutOfService)))
    assert await rig.run(1, lambda: len(rig.of(InService)) == 2)


@pytest.mark.parametrize("seized", [False, True])
async def test_a_chip_that_is_gone(rig: Rig, seized: bool) -> None:
    await rig.start()
    if seized:
        rig.port.seize()
    await rig.run(0.5)
    rig.model.power(False)
    assert await rig.run(0.1, lambda: bool(rig.of(OutOfService)))
    assert rig.standing() == ["chip-absent"]
    rig.model.power(True)
    assert await rig.run(3, lambda: len(rig.of(InService)) == 2)


@pytest.mark.parametrize("seized", [False, True])
async def test_a_link_that_breaks_down(rig: Rig, seized: bool) -> None:
    await rig.start()
    if seized:
        rig.port.seize()
    await rig.run(0.5)
    await lose_link(rig)
    assert await rig.run(0.4, lambda: bool(rig.of(OutOfService)))
    assert rig.standing() == ["isolation-link"]


async def test_a_link_that_comes_back_by_itself_does_not_take_the_line_again(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(0.5)
    rig.model.line.reset()
    rig.after(300, rig.model.line.power)
    assert await rig.run(0.4, lambda: bool(rig.of(OutOfService)))
    assert not await rig.run(1, rig.off_hook)
    assert rig.model.line.linked


async def test_the_clock_stops_while_the_line_is_dead(rig: Rig) -> None:
    rig.plug(False)
    await rig.start()
    await rig.run(3)
    rig.model.set_clock(None)
    assert await rig.run(0.3, lambda: bool(rig.of(OutOfService)))
    assert rig.standing() == ["no-clock"]


async def test_a_link_that_is_lost_for_50_ms_ends_no_call(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(1)
    line = rig.model.line
    line.linked = False
    rig.after(50, lambda: setattr(line, "linked", True))
    await rig.run(1)
    assert not rig.of(OutOfService)
    assert rig.off_hook()


async def test_the_clock_stops(rig: Rig) -> None:
    await rig.start()
    rig.port.seize()
    await rig.run(0.5)
    rig.model.set_clock(None)
    assert await rig.run(0.3, lambda: bool(rig.of(OutOfService)))
    assert rig.standing() == ["no-clock"]


async def test_a_hook_bit_that_was_lost_is_written_again(rig: Rig) -> None:
    await rig.start()
    await rig.run(0.5)
    rig.model._write(regs.DAA_CONTROL_1.address, 0)
    await rig.run(0.2)
    assert rig.register(regs.DAA_CONTROL_1) == 0x08
    assert not rig.of(OutOfService)


async def test_a_hook_bit_that_does_not_stay_takes_the_port_out_of_service(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.start()
    await rig.run(0.5)
    write = rig.model._write
    lost = regs.DAA_CONTROL_1.address
    monkeypatch.setattr(rig.model, "_write", lambda address, value: address == lost or write(address, value))
    write(lost, 0)
    assert await rig.run(0.4, lambda: bool(rig.of(OutOfService)))
    assert rig.standing() == ["chip-absent"]


async def test_a_bus_that_is_torn_off(rig: Rig) -> None:
    await rig.start()
    rig.spi.broken = True
    assert await rig.run(0.1, lambda: bool(rig.of(OutOfService)))
    assert rig.standing() == ["chip-absent"]
    rig.spi.broken = False
    assert await rig.run(3, lambda: len(rig.of(InService)) == 2)


async def test_a_bus_that_is_torn_off_when_the_line_is_seized(rig: Rig) -> None:
    await rig.start()
    rig.spi.broken = True
    rig.port.seize()
    assert await rig.run(0.01, lambda: bool(rig.of(OutOfService)))
