"""Every way to dial, right and wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.scenario.talking import answer, call, connected, hang_up, lift, ring_up


def hears_refusal(bench: Bench, phone: int, deadline_s: float = 20) -> None:
    """Whatever the country says to a number that cannot be had; never dial tone or ringback."""
    wait_for(
        lambda: (
            (heard := bench.hearing(phone))["now"] != "silence" and heard["signal"] not in (None, "dial", "ringback")
        ),
        deadline_s,
        "the caller is told",
    )


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"on_ms": 50, "off_ms": 50}, id="fast-dtmf"),
        pytest.param({"on_ms": 100, "off_ms": 400}, id="two-digits-a-second"),
        pytest.param({"pulse": True, "break_ms": 60, "make_ms": 40, "gap_ms": 800}, id="pulse-60-40"),
        pytest.param({"pulse": True, "break_ms": 67, "make_ms": 33, "gap_ms": 400}, id="pulse-67-33"),
        pytest.param({"pulse": True, "break_ms": 33, "make_ms": 17, "gap_ms": 400}, id="pulse-20-a-second"),
    ],
)
def test_a_number_is_dialled(bench: Bench, how: dict[str, object]) -> None:
    lift(bench, 1)
    bench.dial(1, "203", **how)
    bench.wait_ringing(6)
    answer(bench, 6, 1)


def test_dialling_needs_no_dial_tone_first(bench: Bench) -> None:
    bench.off_hook(1)
    bench.wait_now(1, "tone:425")
    bench.dial(1, "102", on_ms=50, off_ms=50)
    bench.wait_ringing(2)
    answer(bench, 2, 1)


def test_dial_tone_ends_at_the_first_digit(bench: Bench) -> None:
    lift(bench, 1)
    bench.dial(1, "1")
    bench.wait_now(1, "silence", deadline_s=2.5)


def test_a_wrong_number_is_told(bench: Bench, api: Api) -> None:
    lift(bench, 1)
    bench.dial(1, "555")
    hears_refusal(bench, 1)
    hang_up(bench, 1)
    lift(bench, 1)


def test_a_half_dialled_number_ends_in_congestion(bench: Bench) -> None:
    lift(bench, 1)
    bench.dial(1, "10")
    bench.wait_signal(1, "congestion", "busy", deadline_s=20)


def test_a_short_number_is_ended_by_the_square_key(bench: Bench) -> None:
    lift(bench, 1)
    bench.dial(1, "8#")
    bench.wait_ringing(7, deadline_s=3)
    answer(bench, 7, 1)


def test_a_number_that_begins_another_rings_after_the_time_between_digits(bench: Bench) -> None:
    lift(bench, 1)
    bench.dial(1, "8")
    bench.wait_audio(2000)
    assert not bench.phone(7)["ringing"]
    bench.wait_ringing(7, deadline_s=12)
    answer(bench, 7, 1)


def test_forty_digits_do_no_harm(bench: Bench) -> None:
    lift(bench, 1)
    bench.dial(1, "1234567890" * 4, on_ms=50, off_ms=50)
    hears_refusal(bench, 1)
    hang_up(bench, 1)
    call(bench, 1, "102", 2)


def test_ones_own_number_is_busy(bench: Bench) -> None:
    lift(bench, 1)
    bench.dial(1, "101")
    bench.wait_signal(1, "busy")


def test_lifted_at_the_first_stroke_of_the_bell(bench: Bench) -> None:
    ring_up(bench, 1, "102", 2)
    answer(bench, 2, 1)


def test_lifted_during_its_caller_id_burst(bench: Bench) -> None:
    """In Poland the number comes half a second after the first ring; in the midst of it the handset is lifted."""
    ring_up(bench, 1, "102", 2)
    wait_for(lambda: not bench.phone(2)["striking"], 5, "the first ring is over")
    bench.wait_audio(700)
    bench.off_hook(2)
    assert bench.phone(2)["caller_id"] is None, "the number was there already"
    connected(bench, 1, 2)


def test_two_rooms_that_call_each_other_at_the_same_moment(bench: Bench) -> None:
    lift(bench, 1)
    lift(bench, 2)
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda pair: bench.dial(*pair), [(1, "102"), (2, "101")]))
    bench.wait_signal(1, "busy")
    bench.wait_signal(2, "busy")


def test_a_caller_who_hangs_up_as_the_callee_answers(bench: Bench, api: Api) -> None:
    for _ in range(5):
        ring_up(bench, 1, "102", 2)
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda act: act(), [lambda: bench.on_hook(1), lambda: bench.off_hook(2)]))
        bench.wait_quiet(2)
        wait_for(lambda: api.line(1)["state"] == "idle", 5, "the caller's line is idle")
        bench.wait_signal(2, "dial", "busy", "congestion")
        hang_up(bench, 2)
        wait_for(lambda: api.line(2)["state"] == "idle" and not api.calls(), 5, "all is idle")


def test_eight_telephones_lifted_within_50_ms(bench: Bench) -> None:
    phones = range(1, 9)
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(bench.off_hook, phones))
    for phone in phones:
        bench.wait_signal(phone, "dial", deadline_s=5)
    for phone in phones:
        bench.on_hook(phone)


@pytest.mark.timeout(240)
def test_three_hundred_quick_hooks(bench: Bench, api: Api) -> None:
    for _ in range(300):
        bench.off_hook(1)
        bench.on_hook(1)
    wait_for(lambda: api.line(1)["state"] == "idle" and not api.calls(), 15, "the line is idle")
    call(bench, 1, "102", 2)


def test_a_pulse_is_no_hang_up_and_a_tap_is_nothing(bench: Bench) -> None:
    """A room's hook flash is off by default: old sets tap the hook."""
    call(bench, 1, "102", 2)
    bench.flash(1, 60)
    connected(bench, 1, 2)
    bench.flash(1, 300)
    connected(bench, 1, 2)


def test_who_lifts_again_at_once_after_a_call_can_call_again(bench: Bench) -> None:
    """Both hang up, and one is up again before a hang-up can be told from a hook flash."""
    call(bench, 1, "102", 2)
    bench.on_hook(1)
    bench.on_hook(2)
    bench.wait_audio(400)
    lift(bench, 1)
    bench.wait_audio(1500)  # longer than the hang-up of the other takes to be told, and a cadence to be known
    bench.wait_signal(1, "dial")
    bench.dial(1, "102")
    bench.wait_ringing(2)
    answer(bench, 2, 1)


def test_the_bench_refuses_what_cannot_be(bench: Bench) -> None:
    on_hook = bench.raw("POST", "/bench/phones/fxs/1/dial", b'{"digits": "102"}')
    assert on_hook.status == 409
    assert on_hook.json["error"]
    assert bench.raw("GET", "/bench/phones/fxs/99").status == 404
    bench.off_hook(1)
    bench.off_hook(1)
    assert bench.raw("POST", "/bench/phones/fxs/1/dial", b'{"digits": "1x"}').status == 422
