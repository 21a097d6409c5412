"""Company lines through the wires: the gateway alone with the bench, driven by a script in place of the supervisor."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from boardsupport import dsp
from firmware.gateway.messages import (
    Alarm,
    Answer,
    Apply,
    CallerId,
    Collect,
    Connect,
    DigitMap,
    Digits,
    Error,
    IncomingCall,
    Leg,
    Lodge,
    OffHook,
    Place,
    PlaybackDone,
    ProbeTrunk,
    Record,
    RecordingEnded,
    Release,
    ResidentPlan,
    Ring,
    Signal,
    TrunkAnswered,
    TrunkProbed,
    TrunkProgress,
    TrunkReleased,
)
from firmware.processes import replace_file
from tests import audio
from tests.harness import wait_for
from tests.hotel import Hotel
from tests.scenario.conftest import settle_line
from tests.scenario.gateway_box import Agent, Box
from tests.scenario.talking import connected

LINE, RINGBACK_END, TIMER = LINES = ("fxo/1", "fxo/2", "fxo/3")
NUMBER = "0222123456"
CALLER = "0601234567"
FREED_WITHIN_S = 5.0
MACHINE_S = 2.0
"""What a busy machine may add."""
BETWEEN_CALLS_MS = 8000
"""Who rings sooner than after the longest pause of a cadence is taken for the same caller."""
PLAN = ResidentPlan(
    revision="test-1",
    digit_map=DigitMap(patterns=("10x", "8", "112"), at_once=("112",)),
    routes={"101": ("fxs/1",), "8": ("fxs/7", "fxs/8")},
    reception=("fxs/7", "fxs/8"),
    emergency=("112",),
    caller_ids={"fxs/1": CallerId(number="101")},
    trunks=(LINE, RINGBACK_END),
    emergency_digits={"112": "112"},
)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    answers = {RINGBACK_END: "ringback-end", TIMER: "timer"}
    box = Box(Hotel.demonstration(fxo=len(LINES), answers=answers))
    try:
        yield box
    finally:
        print(box.log("voice")[-8000:])
        print(box.log("bench")[-2000:])
        box.close()


@pytest.fixture
def agent(box: Box) -> Iterator[Agent]:
    agent = Agent(box)
    agent.take_command()
    agent.events.clear()
    yield agent
    if not agent.closed.is_set():
        agent.do(*(Release(endpoint=line) for line in LINES))
    agent.close()


@pytest.fixture(autouse=True)
def quiet(box: Box) -> Iterator[None]:
    """Every handset replaced, every line idle, and nobody rings."""
    yield
    for port, phone in box.bench.world()["phones"].items():
        if phone["hook"] == "off":
            box.bench.on_hook(port)
    rang = any(box.bench.phone(line)["ringing"] for line in LINES)
    for line in LINES:
        settle_line(box.bench, line)
    box.bench.wait_audio(BETWEEN_CALLS_MS if rang else 1500)


def lift(box: Box, agent: Agent, phone: int = 1) -> None:
    box.bench.off_hook(phone)
    agent.wait_event(OffHook, endpoint=f"fxs/{phone}")
    agent.do(Apply(endpoint=f"fxs/{phone}", signal=None))


def joined(line: str, phone: int = 1) -> Connect:
    return Connect(connection="c1", legs=(Leg(endpoint=f"fxs/{phone}"), Leg(endpoint=line)), tag=b"call")


def call_out(box: Box, agent: Agent, line: str = LINE, emergency: bool = False) -> None:
    """fxs/1 calls out, and the exchange has the number."""
    lift(box, agent)
    agent.do(Place(endpoint=line, digits=NUMBER, on_dialled=joined(line), emergency=emergency, tag=b"out"))
    agent.wait_event(TrunkProgress, endpoint=line, stage="dialled", connection="c1")
    box.bench.wait_digits(line, NUMBER)


def answered(box: Box, agent: Agent, line: str = LINE) -> None:
    call_out(box, agent, line)
    box.bench.company(line, "answer", reversal=True)
    agent.wait_event(TrunkAnswered, endpoint=line, by="reversal")


def write_prompt(box: Box, name: str, alaw: bytes) -> None:
    prompts = box.data / "prompts" / "en"
    prompts.mkdir(parents=True, exist_ok=True)
    replace_file(prompts / f"{name}.alaw", alaw)


def send_keys(box: Box, keys: str) -> None:
    """The far end presses them."""
    tones = dsp.decode(dsp.dtmf(keys, 100, 100, -10.0, "alaw"), "alaw")
    box.bench.speak(LINE, np.frombuffer(tones, np.int16))


def rings_in(box: Box, agent: Agent, line: str = LINE, **call: object) -> IncomingCall:
    box.bench.company(line, "ring", **call)
    return agent.wait_event(IncomingCall, endpoint=line)


class TestCallOut:
    def test_the_exchange_has_the_digits_and_the_caller_hears_what_follows(self, box: Box, agent: Agent) -> None:
        call_out(box, agent)
        box.bench.company(LINE, "alert")
        assert box.bench.wait_signal(1, "ringback") == "ringback"
        agent.wait_event(TrunkProgress, endpoint=LINE, stage="alerting")
        box.bench.company(LINE, "answer", reversal=True)
        agent.wait_event(TrunkAnswered, endpoint=LINE, by="reversal")
        connected(box.bench, 1, LINE)
        agent.do(Release(endpoint=LINE))
        box.bench.wait_line(LINE, seized=False)

    def test_the_end_of_ringback_is_an_answer(self, box: Box, agent: Agent) -> None:
        call_out(box, agent, RINGBACK_END)
        box.bench.company(RINGBACK_END, "alert")
        agent.wait_event(TrunkProgress, endpoint=RINGBACK_END, stage="alerting")
        box.bench.company(RINGBACK_END, "answer", reversal=False)
        box.bench.speak(RINGBACK_END, audio.speech(-18))
        agent.wait_event(TrunkAnswered, endpoint=RINGBACK_END, by="ringback-end")

    def test_the_end_of_ringback_that_busy_tone_follows_is_none(self, box: Box, agent: Agent) -> None:
        call_out(box, agent, RINGBACK_END)
        box.bench.company(RINGBACK_END, "alert")
        agent.wait_event(TrunkProgress, endpoint=RINGBACK_END, stage="alerting")
        box.bench.company(RINGBACK_END, "alert", tone="busy")
        event = agent.wait_event(TrunkReleased, endpoint=RINGBACK_END)
        assert (event.reason, event.cause) == ("busy-tone", 17)

    def test_twenty_seconds_are_an_answer_where_nothing_tells_it(self, box: Box, agent: Agent) -> None:
        call_out(box, agent, TIMER)
        agent.wait_event(TrunkAnswered, deadline_s=30, endpoint=TIMER, by="timer")

    def test_a_line_without_dial_tone_is_not_dialled_into_and_raises_an_alarm_until_it_has_it(
        self, box: Box, agent: Agent
    ) -> None:
        box.bench.company(LINE, "exchange", dial_tone=False)
        agent.do(Place(endpoint=LINE, digits=NUMBER, tag=b"out"))
        assert agent.wait_event(TrunkReleased, endpoint=LINE).reason == "no-dial-tone"
        agent.wait_event(Alarm, deadline_s=40, endpoint=LINE, kind="no-dial-tone", raised=True)
        assert box.bench.phone(LINE)["digits"] == ""
        box.bench.company(LINE, "exchange", dial_tone=True)
        wait_for(lambda: not isinstance(agent.call(ProbeTrunk(endpoint=LINE)), Error), 15, "the line can be tried")
        assert agent.wait_event(TrunkProbed, endpoint=LINE).dial_tone
        assert LINE not in {state.endpoint for state in agent.audit().endpoints if state.alarms}

    def test_a_dead_line_is_refused_and_comes_back_by_itself(self, box: Box, agent: Agent) -> None:
        box.bench.company(LINE, "unplug")
        agent.wait_event(Alarm, endpoint=LINE, kind="line-dead", raised=True)
        refusal = agent.call(Place(endpoint=LINE, digits=NUMBER))
        assert isinstance(refusal, Error) and (refusal.fault, refusal.code) == ("state", "dead")
        box.bench.company(LINE, "plug")
        agent.wait_event(Alarm, endpoint=LINE, kind="line-dead", raised=False)
        call_out(box, agent)


class TestClearing:
    @pytest.mark.parametrize("how", ["reversal", "loop-break", "busy-tone"])
    def test_of_the_far_end_frees_the_line_in_time(self, box: Box, agent: Agent, how: str) -> None:
        answered(box, agent)
        box.bench.wait_audio(1000)
        began_s = time.monotonic()
        box.bench.company(LINE, "hang-up", how=how)
        event = agent.wait_event(TrunkReleased, endpoint=LINE)
        box.bench.wait_line(LINE, seized=False)
        assert time.monotonic() - began_s < FREED_WITHIN_S + MACHINE_S
        assert (event.reason, event.cause, event.connection, event.tag) == (how, 16, "c1", b"out")

    @pytest.mark.parametrize("how", ["reversal", "loop-break", "busy-tone"])
    def test_of_a_call_in_too(self, box: Box, agent: Agent, how: str) -> None:
        rings_in(box, agent)
        lift(box, agent)
        agent.do(joined(LINE))
        box.bench.wait_line(LINE, answered=True)
        connected(box.bench, 1, LINE)
        box.bench.wait_audio(1000)
        box.bench.company(LINE, "hang-up", how=how)
        assert agent.wait_event(TrunkReleased, endpoint=LINE).reason == how
        box.bench.wait_line(LINE, seized=False)

    def test_by_dial_tone_lets_nobody_dial_on(self, box: Box, agent: Agent) -> None:
        answered(box, agent)
        box.bench.wait_audio(1000)
        box.bench.company(LINE, "hang-up", how="dial-tone")
        box.bench.wait_signal(1, "dial")
        box.bench.wait_audio(1000)
        box.bench.dial(1, "900")
        assert agent.wait_event(TrunkReleased, endpoint=LINE, deadline_s=20).reason == "dial-tone"
        assert box.bench.phone(LINE)["digits"] == ""
        box.bench.wait_line(LINE, seized=False)

    def test_does_not_touch_an_emergency_call(self, box: Box, agent: Agent) -> None:
        call_out(box, agent, emergency=True)
        box.bench.company(LINE, "alert", tone="busy")
        box.bench.wait_audio(6000)
        assert box.bench.phone(LINE)["seized"]
        agent.do(Release(endpoint=LINE))
        box.bench.wait_line(LINE, seized=False)


class TestCallIn:
    @pytest.mark.parametrize("kind", ["fsk-before", "fsk-after", "dtmf"])
    def test_shows_its_caller(self, box: Box, agent: Agent, kind: str) -> None:
        event = rings_in(box, agent, number=CALLER, caller_id=kind)
        assert event.caller is not None and event.caller.number == CALLER and not event.answered
        assert not box.bench.phone(LINE)["answered"]

    @pytest.mark.parametrize("kind", ["fsk-before", "fsk-after", "dtmf"])
    def test_says_that_its_caller_withholds_his_number(self, box: Box, agent: Agent, kind: str) -> None:
        event = rings_in(box, agent, number=CALLER, private=True, caller_id=kind)
        assert event.caller == CallerId(private=True)

    def test_has_no_caller_where_none_is_sent(self, box: Box, agent: Agent) -> None:
        assert rings_in(box, agent).caller is None

    def test_is_answered_by_who_lifts_for_it(self, box: Box, agent: Agent) -> None:
        event = rings_in(box, agent, number=CALLER)
        agent.do(Ring(endpoint="fxs/8", kind="external", caller=event.caller, on_answer=joined(LINE, 8)))
        box.bench.wait_ringing(8)
        wait_for(lambda: box.bench.phone(8)["caller_id"], 10, "the number on the display")
        assert box.bench.phone(8)["caller_id"]["number"] == CALLER
        box.bench.off_hook(8)
        agent.wait_event(OffHook, endpoint="fxs/8", answered=True, connection="c1")
        connected(box.bench, 8, LINE)

    def test_is_abandoned(self, box: Box, agent: Agent) -> None:
        rings_in(box, agent, number=CALLER, rings=2)
        event = agent.wait_event(TrunkReleased, deadline_s=30, endpoint=LINE)
        assert (event.reason, event.cause) == ("abandoned", 16)

    def test_hears_what_is_played_to_it(self, box: Box, agent: Agent) -> None:
        rings_in(box, agent)
        agent.do(Answer(endpoint=LINE))
        box.bench.wait_line(LINE, answered=True)
        agent.do(Apply(endpoint=LINE, signal=Signal(tone="ringback")))
        assert box.bench.wait_signal(LINE, "ringback") == "ringback"
        agent.do(Release(endpoint=LINE))
        box.bench.wait_line(LINE, seized=False)

    def test_answers_a_spoken_question_by_keys(self, box: Box, agent: Agent) -> None:
        """Speech is no key, though the line echoes it; the time to think begins at its end; a key interrupts a tone."""
        write_prompt(box, "question", dsp.encode(audio.speech(-16).tobytes(), "alaw"))
        write_prompt(box, "music", dsp.tone([(800.0, -14.0)], 20 * audio.RATE_HZ, "alaw"))
        rings_in(box, agent)
        agent.do(Answer(endpoint=LINE))
        box.bench.wait_line(LINE, answered=True)
        keys = DigitMap(patterns=("305",), first_digit_ms=2000)
        agent.do(Collect(endpoint=LINE, digit_map=keys, signal=Signal(prompts=("question",)), tag=b"menu"))
        asked = agent.wait_event(PlaybackDone, deadline_s=30, endpoint=LINE, failed=False)
        assert audio.level_dbm0(box.bench.heard(LINE, 3000)) > -40
        silent = agent.wait_event(Digits, endpoint=LINE)
        assert (silent.outcome, silent.digits) == ("silent", "")
        assert silent.at_ns - asked.at_ns == pytest.approx(2e9, abs=0.1e9)
        agent.do(Collect(endpoint=LINE, digit_map=keys, signal=Signal(prompts=("music",)), tag=b"menu"))
        box.bench.wait_now(LINE, "tone:800")
        send_keys(box, "305")
        told = agent.wait_event(Digits, endpoint=LINE)
        assert (told.outcome, told.digits, told.tag) == ("complete", "305", b"menu")
        box.bench.wait_now(LINE, "silence")

    def test_leaves_a_message_that_a_key_ends_or_its_clearing(self, box: Box, agent: Agent) -> None:
        rings_in(box, agent)
        agent.do(Answer(endpoint=LINE, tag=b"mail"))
        box.bench.wait_line(LINE, answered=True)
        agent.do(Record(endpoint=LINE, name="key.wav", what="receive", until_digit=True))
        box.bench.play_tone(LINE, 1000, -12, 1500, wait=True)
        box.bench.wait_audio(300)
        send_keys(box, "#")
        ended = agent.wait_event(RecordingEnded, endpoint=LINE, name="key.wav")
        assert (ended.digit, ended.tag) == ("#", b"mail")
        said = audio.read_wav((box.data / "recordings" / "key.wav").read_bytes())
        assert len(said) / audio.RATE_HZ == ended.seconds > 1.4
        assert audio.level_dbm0(said[-160:]) < -40, "the key is not in it"
        loudest = int(audio.levels_dbm0(said, 100).argmax()) * audio.RATE_HZ // 10
        assert audio.fit_tone(said[loudest : loudest + 800], 1000).dbm0 > -30
        agent.do(Record(endpoint=LINE, name="clearing.wav", what="receive"))
        box.bench.play_tone(LINE, 1000, -12, 1000, wait=True)
        box.bench.company(LINE, "hang-up", how="reversal")
        agent.wait_event(TrunkReleased, endpoint=LINE)
        ended = agent.wait_event(RecordingEnded, endpoint=LINE, name="clearing.wav")
        assert (ended.digit, ended.tag) == ("", b"mail")
        said = audio.read_wav((box.data / "recordings" / "clearing.wav").read_bytes())
        assert len(said) / audio.RATE_HZ == ended.seconds > 0.9

    def test_that_comes_as_the_line_is_seized_is_not_lost(self, box: Box, agent: Agent) -> None:
        lift(box, agent)
        box.bench.company(LINE, "exchange", delay_ms=1500)
        agent.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=joined(LINE), tag=b"out"))
        box.bench.wait_line(LINE, seized=True)
        box.bench.company(LINE, "ring", number=CALLER)
        box.bench.speak(LINE, audio.speech(-18))
        out = agent.wait_event(TrunkReleased, endpoint=LINE)
        assert (out.reason, out.tag) == ("glare", b"out")
        assert agent.wait_event(IncomingCall, endpoint=LINE).answered
        agent.do(joined(LINE))
        box.bench.play_tone(LINE, 1000, -12, 8000)
        box.bench.wait_now(1, "tone:1000")

    def test_that_rings_as_the_line_is_seized_is_not_lost(self, box: Box, agent: Agent) -> None:
        box.bench.company(LINE, "ring", number=CALLER, caller_id="none")
        reply = agent.call(Place(endpoint=LINE, digits=NUMBER, tag=b"out"))
        if not isinstance(reply, Error):  # the caller hears that somebody has answered, and says something
            box.bench.wait_line(LINE, seized=True)
            box.bench.speak(LINE, audio.speech(-18))
        event = agent.wait_event(IncomingCall, endpoint=LINE)
        if not isinstance(reply, Error):
            assert event.answered
            assert box.bench.phone(LINE)["answered"]
        assert box.bench.phone(LINE)["digits"] == ""


class TestVoiceAlone:
    def test_an_emergency_call_gets_out_while_no_agent_answers(self, box: Box, agent: Agent) -> None:
        agent.do(Lodge(plan=PLAN))
        with agent.frozen():
            box.bench.off_hook(1)
            box.bench.wait_signal(1, "dial")
            box.bench.dial(1, "112")
            dialled_s = time.monotonic()
            box.bench.wait_digits(LINE, "112")
            assert time.monotonic() - dialled_s < 4 + MACHINE_S
            box.bench.wait_ringing(7)
            box.bench.company(LINE, "answer", reversal=True)
            box.bench.off_hook(7)
            connected(box.bench, 1, LINE, 7)
            box.bench.on_hook(7)
            connected(box.bench, 1, LINE)
            box.bench.on_hook(1)
            box.bench.wait_line(LINE, seized=False)
        second = Agent(box)
        (entry,) = second.audit().journal
        assert (entry.dialled, entry.trunk, entry.emergency, entry.answered_by) == ("112", LINE, True, "reversal")
        second.close()

    def test_a_line_found_seized_after_a_death_is_put_down(self, box: Box, agent: Agent) -> None:
        answered(box, agent)
        agent.close()
        box.kill("voice")
        assert box.bench.phone(LINE)["seized"]
        box.start("voice")
        box.bench.wait_line(LINE, deadline_s=20, seized=False)
