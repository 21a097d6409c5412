"""The gateway alone with the bench: tones, calls and survival, driven by a script in place of the supervisor."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from boardsupport import dsp
from firmware.gateway.messages import (
    Apply,
    Arm,
    CallerId,
    Connect,
    ConnectionState,
    DigitMap,
    Digits,
    DigitsStarted,
    Figures,
    ForgetJournal,
    GetFigures,
    Indicate,
    Lamp,
    LampKind,
    Leg,
    Lodge,
    OffHook,
    OnHook,
    PlaybackDone,
    Record,
    ResidentPlan,
    Ring,
    RingingStarted,
    Signal,
    StopRecord,
)
from firmware.processes import replace_file
from tests.audio import RATE_HZ, fit_tone, levels_dbm0, longest_gap_ms, read_wav
from tests.harness import wait_for
from tests.scenario.gateway_box import DIAL, PATTERNS, Agent, Box
from tests.scenario.talking import check_speech_path

PLAN = ResidentPlan(
    revision="test-1",
    digit_map=DigitMap(patterns=PATTERNS),
    routes={"101": ("fxs/1",), "102": ("fxs/2",), "103": ("fxs/3",), "8": ("fxs/7", "fxs/8")},
    reception=("fxs/7", "fxs/8"),
    emergency=("112",),
    caller_ids={"fxs/1": CallerId(number="101"), "fxs/2": CallerId(number="102")},
)
BOTH = (Leg(endpoint="fxs/1"), Leg(endpoint="fxs/2"))


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    box = Box()
    try:
        yield box
    finally:
        print(box.log("voice")[-6000:])
        print(box.log("bench")[-2000:])
        box.close()


@pytest.fixture
def agent(box: Box) -> Iterator[Agent]:
    agent = Agent(box)
    agent.take_command()
    agent.events.clear()
    yield agent
    agent.close()


@pytest.fixture(autouse=True)
def replaced(box: Box) -> Iterator[None]:
    yield
    for port, phone in box.bench.world()["phones"].items():
        if phone["hook"] == "off":
            box.bench.on_hook(port)
    box.bench.wait_audio(1200)


def talk(box: Box, agent: Agent) -> None:
    """fxs/1 and fxs/2 in a connection."""
    box.bench.off_hook(1)
    box.bench.off_hook(2)
    agent.wait_event(OffHook, endpoint="fxs/1")
    agent.wait_event(OffHook, endpoint="fxs/2")
    agent.do(Apply(endpoint="fxs/1", signal=None), Apply(endpoint="fxs/2", signal=None))
    agent.do(Connect(connection="c1", legs=BOTH, tag=b"call"))


def write_prompt(box: Box, name: str, hz: float, ms: int) -> None:
    """A tone in place of words."""
    prompts = box.data / "prompts" / "en"
    prompts.mkdir(parents=True, exist_ok=True)
    replace_file(prompts / f"{name}.alaw", dsp.tone([(hz, -10.0)], ms * RATE_HZ // 1000, "alaw"))


def test_dial_tone_waits_for_nobody_and_a_number_is_reported(box: Box, agent: Agent) -> None:
    box.bench.off_hook(1)
    assert box.bench.wait_signal(1, "dial") == "dial"
    agent.wait_event(OffHook, endpoint="fxs/1", answered=False)
    box.bench.dial(1, "102")
    agent.wait_event(DigitsStarted, endpoint="fxs/1")
    assert agent.wait_event(Digits, endpoint="fxs/1").digits == "102"
    box.bench.wait_now(1, "silence")
    box.bench.on_hook(1)
    agent.wait_event(OnHook, endpoint="fxs/1")


def test_pulses_are_taken_too(box: Box, agent: Agent) -> None:
    box.bench.off_hook(1)
    box.bench.wait_signal(1, "dial")
    box.bench.dial(1, "102", pulse=True)
    assert agent.wait_event(Digits, endpoint="fxs/1").digits == "102"


def test_a_ringing_telephone_shows_the_number_and_is_connected_when_lifted(box: Box, agent: Agent) -> None:
    box.bench.off_hook(1)
    agent.wait_event(OffHook, endpoint="fxs/1")
    answer = Connect(connection="c1", legs=BOTH, tag=b"call")
    agent.do(
        Ring(endpoint="fxs/2", caller=CallerId(number="101", name="Room 101"), on_answer=answer),
        Apply(endpoint="fxs/1", signal=Signal(tone="ringback")),
    )
    agent.wait_event(RingingStarted, endpoint="fxs/2")
    box.bench.wait_signal(1, "ringback")
    phone = box.bench.wait_phone(2, ringing=True)
    wait_for(lambda: box.bench.phone(2)["caller_id"], 10, "caller id on the display")
    assert box.bench.phone(2)["caller_id"]["number"] == "101"
    assert phone["hook"] == "on"
    box.bench.off_hook(2)
    event = agent.wait_event(OffHook, endpoint="fxs/2")
    assert (event.answered, event.connection) == (True, "c1")
    box.bench.wait_quiet(2)


def test_a_tone_crosses_at_its_level_and_undistorted(box: Box, agent: Agent) -> None:
    talk(box, agent)
    check_speech_path(box.bench, 1, 2)
    check_speech_path(box.bench, 2, 1)


def test_who_remains_hears_what_the_agent_says(box: Box, agent: Agent) -> None:
    talk(box, agent)
    box.bench.on_hook(2)
    assert agent.wait_event(OnHook, endpoint="fxs/2").connection == "c1"
    agent.do(Apply(endpoint="fxs/1", signal=Signal(tone="busy")))
    assert box.bench.wait_signal(1, "busy", "congestion")
    agent.do(Apply(endpoint="fxs/1", signal=Signal(tone="howler")))
    assert box.bench.wait_signal(1, "howler") == "howler"


def test_a_prompt_is_played_from_the_data_directory(box: Box, agent: Agent) -> None:
    write_prompt(box, "tone-prompt", 800, 4000)
    box.bench.off_hook(1)
    agent.wait_event(OffHook, endpoint="fxs/1")
    agent.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("tone-prompt",))))
    box.bench.wait_now(1, "tone:800")
    assert not agent.wait_event(PlaybackDone, endpoint="fxs/1").failed


def test_prompts_follow_one_another_and_one_that_was_replaced_is_heard_the_next_time(box: Box, agent: Agent) -> None:
    write_prompt(box, "first", 800, 600)
    box.bench.off_hook(1)
    agent.wait_event(OffHook, endpoint="fxs/1")
    for second_hz in (1200, 1600):
        write_prompt(box, "second", second_hz, 400)
        agent.do(Apply(endpoint="fxs/1", signal=None))
        box.bench.wait_audio(1000)
        agent.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("first", "absent", "second"))))
        assert not agent.wait_event(PlaybackDone, endpoint="fxs/1").failed
        box.bench.wait_audio(300)
        heard = box.bench.heard(1, 2000)
        loud = [at for at, level in enumerate(levels_dbm0(heard, 10)) if level > -30]
        sounded = heard[loud[0] * RATE_HZ // 100 : (loud[-1] + 1) * RATE_HZ // 100]
        assert len(sounded) / RATE_HZ == pytest.approx(1.0, abs=0.03)
        assert longest_gap_ms(sounded, -30) <= 10
        assert fit_tone(sounded[800:4000], 800).dbm0 == pytest.approx(-17, abs=8)
        assert fit_tone(sounded[-2800:-400], second_hz).dbm0 == pytest.approx(-17, abs=8)


def test_a_recording_is_whole_when_the_reply_comes(box: Box, agent: Agent) -> None:
    talk(box, agent)
    agent.do(Record(endpoint="fxs/1", name="talk.wav", what="receive"))
    box.bench.play_tone(1, 1000, -10, 1000, wait=True)
    agent.do(StopRecord(endpoint="fxs/1"))
    samples = read_wav((box.data / "recordings" / "talk.wav").read_bytes())
    assert len(samples) >= RATE_HZ
    assert fit_tone(samples[-RATE_HZ // 2 : -RATE_HZ // 10], 1000).dbm0 == pytest.approx(-10, abs=1.5)


def test_leds_show_what_the_agent_asks_for(box: Box, agent: Agent) -> None:
    agent.do(Indicate(led="alarm", state="standing"))
    wait_for(lambda: box.bench.leds()["alarm"]["state"] == "on", 5, "the alarm LED is on")
    agent.do(Indicate(led="alarm", state="none"))
    wait_for(lambda: box.bench.leds()["alarm"]["state"] == "off", 5, "the alarm LED is off")


def test_figures_are_told(box: Box, agent: Agent) -> None:
    figures = agent.call(GetFigures())
    assert isinstance(figures, Figures)
    assert figures.blocks > 100
    assert figures.tick_p50_us > 0


def test_a_second_agent_takes_over(box: Box, agent: Agent) -> None:
    second = Agent(box)
    assert agent.closed.wait(10)
    second.take_command()
    second.close()


def test_a_call_outlives_its_agent_without_a_gap(box: Box, agent: Agent) -> None:
    talk(box, agent)
    box.bench.play_tone(1, 1000, -10, 6000)
    box.bench.wait_now(2, "tone:1000")
    agent.close()
    box.bench.wait_audio(3000)
    assert longest_gap_ms(box.bench.heard(2, 2500), -30) <= 40
    second = Agent(box)
    report = second.audit()
    (standing,) = report.connections
    assert isinstance(standing, ConnectionState)
    assert (standing.connection, standing.tag, standing.legs) == ("c1", b"call", BOTH)
    second.close()


class TestSurvival:
    def test_a_frozen_agent_is_replaced_by_the_resident_plan_and_its_calls_are_told(
        self, box: Box, agent: Agent
    ) -> None:
        agent.do(Lodge(plan=PLAN))
        with agent.frozen():
            box.bench.off_hook(1)
            box.bench.wait_signal(1, "dial")
            box.bench.dial(1, "102")
            box.bench.wait_ringing(2)
            box.bench.wait_signal(1, "ringback")
            box.bench.off_hook(2)
            box.bench.play_tone(1, 1000, -10, 3000)
            box.bench.wait_now(2, "tone:1000")
            second = Agent(box)
            report = second.audit()
            (entry,) = report.journal
            assert (entry.dialled, entry.endpoints) == ("102", ("fxs/1", "fxs/2"))
            assert entry.answered_ns is not None and entry.ended_ns is None
            (standing,) = report.connections
            assert standing.connection == entry.connection
            box.bench.on_hook(2)
            second.wait_event(OnHook, endpoint="fxs/2", connection=entry.connection)
            second.do(ForgetJournal(entries=(entry.entry,)))
            assert second.audit().journal == ()
            second.close()

    def test_a_telephone_found_lifted_after_a_kill_hears_dial_tone_and_can_call(self, box: Box, agent: Agent) -> None:
        agent.do(Lodge(plan=PLAN))
        box.bench.off_hook(1)
        box.bench.wait_signal(1, "dial")
        agent.do(Ring(endpoint="fxs/3"))
        box.bench.wait_ringing(3)
        box.kill("voice")
        box.start("voice")
        assert agent.closed.wait(10)
        box.bench.wait_quiet(3, deadline_s=15)
        wait_for(lambda: box.bench.hearing(1)["now"] == "tone:425", 15, "dial tone is back")
        box.bench.dial(1, "102")
        box.bench.wait_ringing(2)

    def test_voice_ends_when_told_and_says_so_when_the_board_is_gone(self) -> None:
        box = Box()
        try:
            agent = Agent(box)
            agent.take_command()
            agent.do(Arm(endpoint="fxs/1", plan=DIAL))
            agent.close()
            box.kill("bench")
            assert box.processes["voice"].wait(15) == 70
            assert "board-gone" in box.log("voice")
            box.start_bench()
            box.start("voice")
            wait_for(lambda: "serves" in box.log("voice").rsplit("board-gone", 1)[1], 30, "voice serves again")
            assert box.end("voice") == 0
        finally:
            box.close()


@pytest.mark.parametrize("kind", ["neon", "polarity", "fsk"])
def test_a_message_lamp_of_each_kind(box: Box, agent: Agent, kind: LampKind) -> None:
    agent.do(Lamp(endpoint="fxs/3", lit=True, kind=kind))
    box.bench.wait_phone(3, deadline_s=20, lamp=kind)
    box.bench.off_hook(3)
    agent.wait_event(OffHook, endpoint="fxs/3")
    box.bench.on_hook(3)
    agent.wait_event(OnHook, endpoint="fxs/3")
    box.bench.wait_phone(3, deadline_s=20, lamp=kind)
    agent.do(Lamp(endpoint="fxs/3", lit=False))
    box.bench.wait_phone(3, deadline_s=20, lamp="off")
