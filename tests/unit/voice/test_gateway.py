"""What telephones and an agent notice of the gateway, block by block."""

from __future__ import annotations

import pytest

from boardsupport import dsp
from boardsupport.port import Fault, Flashed, InService, Lifted, OutOfService, PulseDigit, RingBurst
from firmware.gateway.messages import (
    Alarm,
    Apply,
    Arm,
    CallerId,
    Collect,
    Command,
    Connect,
    DigitMap,
    Digits,
    DigitsStarted,
    Disconnect,
    Error,
    Flash,
    Indicate,
    Leg,
    OffHook,
    OffHookPlan,
    OnHook,
    PlaybackDone,
    Ring,
    RingingStarted,
    Service,
    Signal,
    StopRing,
    Tag,
)
from tests.unit.voice.rig import DIAL_PLAN, SILENCE, Rig

TALK = dsp.tone([(1000.0, -10.0)], 80, "alaw")
OTHER = dsp.tone([(500.0, -16.0)], 80, "alaw")


def legs(*ports: str) -> tuple[Leg, ...]:
    return tuple(Leg(endpoint=port) for port in ports)


@pytest.fixture
def rig() -> Rig:
    return Rig()


def connected(rig: Rig, *ports: str) -> None:
    rig.lift(*ports)
    rig.do(Connect(connection="c1", legs=legs(*ports), tag=b"call"))
    rig.events()


class TestDialTone:
    def test_is_heard_in_the_block_after_lifting(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        assert rig.block()["fxs/1"] == SILENCE
        rig.lift("fxs/1")
        assert rig.block()["fxs/1"] == dsp.tone([(425.0, -10.0)], 80, "alaw")

    def test_is_continuous_over_its_seam(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        heard = b"".join(rig.block()["fxs/1"] for _ in range(250))
        assert heard == dsp.tone([(425.0, -10.0)], 250 * 80, "alaw")

    def test_ends_with_the_first_digit_and_the_number_is_reported(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN), Tag(endpoint="fxs/1", tag=b"t"))
        rig.lift("fxs/1")
        rig.wait(300)
        events = rig.dial("fxs/1", "1")
        assert [type(event) for event in events] == [DigitsStarted]
        assert rig.block()["fxs/1"] == SILENCE
        (number,) = rig.dial("fxs/1", "02")
        assert isinstance(number, Digits)
        assert (number.digits, number.outcome, number.tag) == ("102", "complete", b"t")

    @pytest.mark.parametrize(("on_ms", "off_ms"), [(50, 50), (80, 80), (250, 250)])
    def test_digits_of_any_pace_are_taken(self, rig: Rig, on_ms: int, off_ms: int) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        rig.wait(200)
        reported = rig.dial("fxs/1", "102", on_ms, off_ms)
        assert [event.digits for event in reported if isinstance(event, Digits)] == ["102"]

    def test_pulses_count_as_digits(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        rig.events()
        for digit in "102":
            rig.line("fxs/1", PulseDigit(rig.now, digit))
        assert [event.digits for event in rig.events() if isinstance(event, Digits)] == ["102"]

    def test_nothing_dialled_for_15_seconds_is_silent(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        rig.events()
        assert rig.wait(14_900) == []
        (end,) = rig.wait(200)
        assert isinstance(end, Digits) and end.outcome == "silent"
        assert rig.block()["fxs/1"] == SILENCE

    def test_half_a_number_times_out_4_seconds_after_its_last_digit(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        rig.dial("fxs/1", "10")
        (end,) = rig.wait(4_200)
        assert isinstance(end, Digits) and (end.digits, end.outcome) == ("10", "timeout")

    def test_a_number_that_begins_another_is_complete_after_the_wait(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        rig.dial("fxs/1", "8")
        (end,) = rig.wait(4_200)
        assert isinstance(end, Digits) and (end.digits, end.outcome) == ("8", "complete")

    def test_the_hash_key_ends_the_wait(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        end = rig.dial("fxs/1", "8#")[-1]
        assert isinstance(end, Digits) and (end.digits, end.outcome) == ("8", "terminated")

    def test_a_wrong_number_is_told_at_once(self, rig: Rig) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        end = rig.dial("fxs/1", "2")[-1]
        assert isinstance(end, Digits) and (end.digits, end.outcome) == ("2", "no-match")

    def test_forty_digits_end_at_the_limit(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        rig.do(Collect(endpoint="fxs/1", digit_map=DigitMap(patterns=("x.",))))
        for _ in range(40):
            rig.line("fxs/1", PulseDigit(rig.now, "5"))
        (end,) = [event for event in rig.events() if isinstance(event, Digits)]
        assert (len(end.digits), end.outcome) == (32, "complete")

    @pytest.mark.parametrize(
        "then", [Apply(endpoint="fxs/1", signal=None), Connect(connection="c1", legs=legs("fxs/1")), "replaced"]
    )
    def test_a_number_is_in_the_audit_until_it_is_acted_upon(self, rig: Rig, then: Command | str) -> None:
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.lift("fxs/1")
        rig.dial("fxs/1", "102")
        assert (rig.state("fxs/1").digits, rig.state("fxs/1").collecting) == ("102", False)
        if isinstance(then, str):
            rig.replace("fxs/1")
        else:
            rig.do(then)
        assert rig.state("fxs/1").digits == ""

    def test_sounds_again_after_the_prefix_until_the_next_digit(self, rig: Rig) -> None:
        outside = DigitMap(patterns=("0xxx", "102"), dial_tone_after="0")
        rig.do(Arm(endpoint="fxs/1", plan=OffHookPlan(signal=Signal(tone="dial"), digit_map=outside)))
        rig.lift("fxs/1")
        rig.wait(300)
        rig.dial("fxs/1", "0")
        assert rig.state("fxs/1").signal == Signal(tone="dial") and rig.block()["fxs/1"] != SILENCE
        rig.dial("fxs/1", "1")
        assert rig.block()["fxs/1"] == SILENCE
        (number,) = rig.dial("fxs/1", "12")
        assert isinstance(number, Digits) and (number.digits, number.outcome) == ("0112", "complete")

    def test_after_the_prefix_ends_with_the_wait_for_more(self, rig: Rig) -> None:
        outside = DigitMap(patterns=("0xxx",), dial_tone_after="0")
        rig.do(Arm(endpoint="fxs/1", plan=OffHookPlan(signal=Signal(tone="dial"), digit_map=outside)))
        rig.lift("fxs/1")
        rig.dial("fxs/1", "0")
        (end,) = rig.wait(4_200)
        assert isinstance(end, Digits) and (end.digits, end.outcome) == ("0", "timeout")
        assert rig.block()["fxs/1"] == SILENCE

    def test_does_not_sound_again_within_a_number_that_begins_alike(self, rig: Rig) -> None:
        outside = DigitMap(patterns=("0xxx", "102"), dial_tone_after="0")
        rig.do(Arm(endpoint="fxs/1", plan=OffHookPlan(signal=Signal(tone="dial"), digit_map=outside)))
        rig.lift("fxs/1")
        rig.dial("fxs/1", "10")
        assert rig.block()["fxs/1"] == SILENCE

    def test_a_telephone_found_lifted_hears_it(self) -> None:
        rig = Rig(in_service=False)
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN))
        rig.line("fxs/1", InService(rig.now, off_hook=True, cold=False))
        assert [type(event) for event in rig.events()] == [Service, OffHook]
        assert rig.block()["fxs/1"] != SILENCE


class TestConnections:
    def test_two_parties_hear_each_other_bit_by_bit(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2")
        heard = rig.block({"fxs/1": TALK, "fxs/2": OTHER})
        assert (heard["fxs/2"], heard["fxs/1"]) == (TALK, OTHER)
        assert heard["fxs/3"] == SILENCE

    def test_a_listener_is_not_heard(self, rig: Rig) -> None:
        rig.lift("fxs/1", "fxs/2")
        listening = (Leg(endpoint="fxs/1"), Leg(endpoint="fxs/2", mode="recvonly"))
        rig.do(Connect(connection="c1", legs=listening))
        heard = rig.block({"fxs/1": TALK, "fxs/2": OTHER})
        assert (heard["fxs/2"], heard["fxs/1"]) == (TALK, SILENCE)

    def test_a_held_party_neither_hears_nor_is_heard(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2")
        rig.do(Connect(connection="c1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint="fxs/2", mode="inactive"))))
        heard = rig.block({"fxs/1": TALK, "fxs/2": OTHER})
        assert (heard["fxs/1"], heard["fxs/2"]) == (SILENCE, SILENCE)

    def test_in_a_conference_each_hears_the_sum_of_the_others(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2", "fxs/3")
        third = dsp.tone([(700.0, -20.0)], 80, "alaw")
        heard = rig.block({"fxs/1": TALK, "fxs/2": OTHER, "fxs/3": third})
        assert heard["fxs/3"] == dsp.overlay(TALK, OTHER, "alaw")
        assert heard["fxs/1"] == dsp.overlay(OTHER, third, "alaw")

    def test_a_listener_to_a_conference_hears_all(self, rig: Rig) -> None:
        rig.lift("fxs/1", "fxs/2", "fxs/3")
        rig.do(Connect(connection="c1", legs=(*legs("fxs/1", "fxs/2"), Leg(endpoint="fxs/3", mode="recvonly"))))
        heard = rig.block({"fxs/1": TALK, "fxs/2": OTHER})
        assert heard["fxs/3"] == dsp.overlay(TALK, OTHER, "alaw")
        assert (heard["fxs/1"], heard["fxs/2"]) == (OTHER, TALK)

    def test_on_hook_takes_the_leg_and_is_reported_with_the_connection(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2")
        rig.replace("fxs/2")
        (event,) = rig.events()
        assert isinstance(event, OnHook) and event.connection == "c1"
        assert rig.block({"fxs/2": TALK})["fxs/1"] == SILENCE
        (standing,) = rig.gateway.connections.states()
        assert standing.legs == legs("fxs/1")

    @pytest.mark.parametrize("answered", [False, True])
    def test_who_is_joined_has_dialled_enough(self, rig: Rig, answered: bool) -> None:
        rig.lift("fxs/1")
        left = DigitMap(patterns=("112",))
        rig.do(Collect(endpoint="fxs/1", digit_map=left, signal=Signal(tone="ringback")))
        rig.line_digits("fxs/1", "1")
        both = Connect(connection="c1", legs=legs("fxs/1", "fxs/2"))
        if answered:
            rig.do(Ring(endpoint="fxs/2", on_answer=both))
            rig.line("fxs/2", Lifted(rig.now, ringing=True))
        else:
            rig.lift("fxs/2")
            rig.do(both)
        rig.events()
        rig.line_digits("fxs/1", "12")
        assert not rig.state("fxs/1").collecting and rig.events() == []
        assert rig.wait(5000) == []

    def test_an_endpoint_in_another_connection_is_refused_and_nothing_changes(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2")
        rig.lift("fxs/3")
        reply = rig.reply(Connect(connection="c2", legs=legs("fxs/2", "fxs/3")))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("state", "connected")
        assert len(rig.gateway.connections.states()) == 1
        assert rig.state("fxs/3").connection is None

    def test_an_on_hook_endpoint_cannot_be_connected(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        reply = rig.reply(Connect(connection="c1", legs=legs("fxs/1", "fxs/2")))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("state", "on-hook")

    def test_a_signal_replaces_the_connection_and_an_overlay_is_mixed_in(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2")
        rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="dial")))
        assert rig.block({"fxs/2": TALK})["fxs/1"] == dsp.tone([(425.0, -10.0)], 80, "alaw")
        rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="call-waiting", overlay=True)))
        mixed = rig.block({"fxs/2": TALK})["fxs/1"]
        assert mixed == dsp.overlay(TALK, dsp.tone([(425.0, -13.0)], 80, "alaw"), "alaw")
        rig.do(Apply(endpoint="fxs/1", signal=None))
        assert rig.block({"fxs/2": TALK})["fxs/1"] == TALK

    def test_disconnecting_what_is_not_there_is_no_error(self, rig: Rig) -> None:
        rig.do(Disconnect(connection="never"))


class TestRinging:
    def ring(self, rig: Rig, target: str = "fxs/2", caller: str = "fxs/1", tag: bytes = b"r") -> None:
        answer = Connect(connection="c1", legs=legs(caller, target), tag=b"call")
        rig.do(Ring(endpoint=target, caller=CallerId(number="101"), on_answer=answer, tag=tag))

    def test_the_first_burst_is_reported_once(self, rig: Rig) -> None:
        self.ring(rig)
        assert rig.lines.ringing["fxs/2"].caller == CallerId(number="101")
        rig.line("fxs/2", RingBurst(rig.now, True, 1))
        rig.line("fxs/2", RingBurst(rig.now, False, 1))
        rig.line("fxs/2", RingBurst(rig.now, True, 2))
        (event,) = rig.events()
        assert isinstance(event, RingingStarted) and event.tag == b"r"

    def test_the_answer_connects_at_once_and_ends_the_ringback(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="ringback")))
        self.ring(rig)
        rig.events()
        rig.line("fxs/2", Lifted(rig.now, ringing=True))
        heard = rig.block({"fxs/1": TALK, "fxs/2": OTHER})
        assert (heard["fxs/2"], heard["fxs/1"]) == (TALK, OTHER)
        (event,) = rig.events()
        assert isinstance(event, OffHook)
        assert (event.answered, event.connection) == (True, "c1")
        assert "fxs/2" not in rig.lines.ringing

    def test_others_that_ring_for_the_same_call_stop(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        self.ring(rig, "fxs/2")
        self.ring(rig, "fxs/3")
        rig.line("fxs/2", Lifted(rig.now, ringing=True))
        assert rig.lines.ringing == {}
        assert not rig.state("fxs/3").ringing

    def test_a_caller_who_is_gone_at_that_moment_is_not_connected(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        self.ring(rig)
        rig.replace("fxs/1")
        rig.events()
        rig.line("fxs/2", Lifted(rig.now, ringing=True))
        (event,) = rig.events()
        assert isinstance(event, OffHook) and (event.answered, event.connection) == (True, None)
        assert rig.gateway.connections.states() == ()

    def test_a_lifted_telephone_cannot_be_rung(self, rig: Rig) -> None:
        rig.lift("fxs/2")
        reply = rig.reply(Ring(endpoint="fxs/2"))
        assert isinstance(reply, Error) and reply.fault == "state"

    def test_stopping_what_does_not_ring_is_no_error(self, rig: Rig) -> None:
        rig.do(StopRing(endpoint="fxs/2"))


class TestSignals:
    def test_a_tone_that_ends_by_itself_is_reported(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        rig.events()
        rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="confirmation"), tag=b"t"))
        (event,) = rig.wait(700)
        assert isinstance(event, PlaybackDone) and (event.failed, event.tag) == (False, b"t")

    def test_a_warning_amid_a_call_is_heard_by_one_party_and_ends_by_itself(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2")
        rig.events()
        rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="end-of-period", overlay=True)))
        note = dsp.tone([(1400.0, -16.0)], 80, "alaw")
        heard = rig.block({"fxs/1": OTHER, "fxs/2": TALK})
        assert heard["fxs/1"] == dsp.overlay(TALK, note, "alaw") and heard["fxs/2"] == OTHER
        (event,) = rig.wait(1000)
        assert isinstance(event, PlaybackDone) and event.signal.tone == "end-of-period"
        assert rig.block({"fxs/2": TALK})["fxs/1"] == TALK

    def test_a_prompt_plays_when_it_has_been_read(self, rig: Rig) -> None:
        rig.prompts.files["hello.alaw"] = TALK + OTHER
        rig.lift("fxs/1")
        rig.events()
        rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("hello",))))
        assert rig.block()["fxs/1"] == SILENCE
        rig.prompts.arrive()
        assert [rig.block()["fxs/1"] for _ in range(3)] == [TALK, OTHER, SILENCE]
        assert [type(event) for event in rig.events()] == [PlaybackDone]

    def test_a_prompt_that_is_not_there_fails_aloud(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        rig.events()
        rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("absent",))))
        rig.prompts.arrive()
        (event,) = rig.wait(20)
        assert isinstance(event, PlaybackDone) and event.failed

    @pytest.mark.parametrize("name", ["../../etc/passwd", "en/../x", "", "x" * 65])
    def test_what_is_no_prompt_s_name_is_refused_and_the_tone_goes_on(self, rig: Rig, name: str) -> None:
        rig.lift("fxs/1")
        rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="busy")))
        reply = rig.reply(Apply(endpoint="fxs/1", signal=Signal(prompts=(name,))))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("agent", "signal")
        assert rig.state("fxs/1").signal == Signal(tone="busy")

    def test_a_prompt_that_repeats_goes_on(self, rig: Rig) -> None:
        rig.prompts.files["hello.alaw"] = TALK + OTHER[:40]
        rig.lift("fxs/1")
        rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("hello",), repeat=True)))
        rig.prompts.arrive()
        heard = b"".join(rig.block()["fxs/1"] for _ in range(30))
        assert heard == ((TALK + OTHER[:40]) * 20)[: len(heard)]

    def test_on_hook_ends_it(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        rig.do(Apply(endpoint="fxs/1", signal=Signal(tone="howler")))
        rig.replace("fxs/1")
        assert rig.block()["fxs/1"] == SILENCE
        assert rig.state("fxs/1").signal is None


@pytest.mark.parametrize(("led", "state", "code"), [("roof", "on", "led"), ("alarm", "running", "state")])
def test_a_light_shows_what_stands_in_the_table_alone(rig: Rig, led: str, state: str, code: str) -> None:
    reply = rig.reply(Indicate(led=led, state=state))
    assert isinstance(reply, Error) and (reply.fault, reply.code) == ("agent", code)


class TestLine:
    def test_a_flash_is_reported_only_where_it_was_asked_for(self, rig: Rig) -> None:
        rig.lift("fxs/1")
        rig.events()
        rig.line("fxs/1", Flashed(rig.now, 300))
        assert rig.events() == []
        rig.do(Arm(endpoint="fxs/1", plan=DIAL_PLAN, flash=True))
        rig.line("fxs/1", Flashed(rig.now, 300))
        assert [type(event) for event in rig.events()] == [Flash]

    def test_a_fault_is_an_alarm_until_it_is_gone(self, rig: Rig) -> None:
        rig.line("fxs/1", Fault(rig.now, "foreign-voltage", True, "60 V"))
        (event,) = rig.events()
        assert isinstance(event, Alarm) and event.raised
        assert rig.state("fxs/1").alarms == ("foreign-voltage",)
        rig.line("fxs/1", Fault(rig.now, "foreign-voltage", False, ""))
        assert rig.state("fxs/1").alarms == ()

    def test_a_port_that_fails_in_a_call_hangs_up_first(self, rig: Rig) -> None:
        connected(rig, "fxs/1", "fxs/2")
        rig.line("fxs/2", OutOfService(rig.now, "chip gone"))
        left, gone = rig.events()
        assert isinstance(left, OnHook) and left.failed and isinstance(gone, Service)
        assert rig.state("fxs/2").service == "out-of-service"
        assert rig.state("fxs/2").connection is None

    def test_recording_ends_with_on_hook(self, rig: Rig) -> None:
        rig.lift("fxs/2")
        rig.replace("fxs/2")
        assert rig.recordings.stopped == [1]


class TestAlarmsOfTheBox:
    def test_a_new_agent_hears_also_of_those_that_are_over(self, rig: Rig) -> None:
        """A process that has died since may have told it of one."""
        rig.gateway.box_alarm("late-blocks", True, "many")
        rig.events()
        rig.gateway.repeat_box_alarms()
        told = [(event.kind, event.raised, event.text) for event in rig.events() if isinstance(event, Alarm)]
        assert sorted(told) == [("late-blocks", True, "many"), ("no-real-time", False, "")]
