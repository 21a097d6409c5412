"""Wake-ups by the gateway alone with the bench: nobody is there but the box, and who is to be woken confirms it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from boardsupport import dsp
from firmware.gateway.messages import (
    DigitMap,
    JournalEntry,
    Lodge,
    LodgeWakeups,
    ResidentPlan,
    Wakeup,
    WakeupAnswered,
    WakeupEnded,
)
from tests.audio import RATE_HZ
from tests.harness import wait_for
from tests.scenario.gateway_box import PATTERNS, Agent, Box

PLAN = ResidentPlan(
    revision="test-1",
    digit_map=DigitMap(patterns=PATTERNS),
    routes={"101": ("fxs/1",)},
    reception=("fxs/8",),
    emergency=("112",),
    caller_ids={},
)


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    box = Box()
    prompts = box.data / "prompts" / "en"
    prompts.mkdir(parents=True, exist_ok=True)
    for name, hz in (("greeting", 800.0), ("thanks", 1200.0)):
        (prompts / f"{name}.alaw").write_bytes(dsp.tone([(hz, -10.0)], 3 * RATE_HZ, "alaw"))
    try:
        yield box
    finally:
        print(box.log("voice")[-6000:])
        box.close()


@pytest.fixture
def agent(box: Box) -> Iterator[Agent]:
    agent = Agent(box)
    agent.take_command()
    yield agent
    agent.close()


def lodge(agent: Agent, name: str, due_s: float) -> Wakeup:
    """One of the room with telephones 1 and 2, for when the agent is gone."""
    wakeup = Wakeup(
        id=name, endpoints=("fxs/1", "fxs/2"), due_utc_ns=time.time_ns() + int(due_s * 1e9),
        greetings=(("en/greeting",),), keys={"1": "confirmed"}, emergency=("112",),
        thanks={"confirmed": ("en/thanks",)},
    )  # fmt: skip
    agent.do(Lodge(plan=PLAN), LodgeWakeups(revision=name, wakeups=(wakeup,)))
    return wakeup


def entries(agent: Agent, name: str) -> list[JournalEntry]:
    return [entry for entry in agent.audit().journal if entry.wakeup == name]


def test_without_an_agent_it_rings_greets_and_takes_the_key_once(box: Box, agent: Agent) -> None:
    lodge(agent, "alone", due_s=3)
    agent.close()
    for port in (1, 2):
        box.bench.wait_ringing(port)
    box.bench.off_hook(2)
    box.bench.wait_now(2, "tone:800")
    box.bench.wait_quiet(1)
    box.bench.dial(2, "1")
    box.bench.wait_now(2, "tone:1200")
    box.bench.on_hook(2)
    box.kill("voice")
    box.start("voice")
    second = Agent(box)
    (entry,) = entries(second, "alone")
    assert (entry.kind, entry.outcome, entry.endpoints) == ("wakeup", "confirmed", ("fxs/2",))
    assert second.audit().wakeups == "alone"
    second.close()
    box.bench.wait_audio(5000)
    assert not box.bench.phone(1)["ringing"], "it is over, also for a gateway that was started again"


def test_an_attempt_that_stands_is_told_to_the_agent_that_comes(box: Box, agent: Agent) -> None:
    lodge(agent, "adopted", due_s=2)
    agent.close()
    box.bench.wait_ringing(1)
    second = Agent(box)
    states = {state.endpoint: state.wakeup for state in second.audit().endpoints}
    assert (states["fxs/1"], states["fxs/2"], states["fxs/3"]) == ("adopted", "adopted", None)
    box.bench.off_hook(1)
    assert second.wait_event(WakeupAnswered).endpoint == "fxs/1"
    box.bench.wait_now(1, "tone:800")
    box.bench.dial(1, "1")
    ended = second.wait_event(WakeupEnded)
    assert (ended.id, ended.outcome, ended.endpoint) == ("adopted", "confirmed", "fxs/1")
    assert ended.entry in {entry.entry for entry in entries(second, "adopted")}
    box.bench.on_hook(1)
    second.close()


def test_it_rings_again_after_a_death_of_the_gateway_in_the_middle(box: Box, agent: Agent) -> None:
    lodge(agent, "killed", due_s=2)
    agent.close()
    box.bench.wait_ringing(1)
    box.kill("voice")
    box.start("voice")
    wait_for(lambda: box.log("voice").count("rings wakeup=killed") == 2, 20, "the new gateway rings it")
    box.bench.wait_ringing(1)
    box.bench.off_hook(1)
    box.bench.wait_now(1, "tone:800")
    box.bench.on_hook(1)
    second = Agent(box)
    (entry,) = wait_for(lambda: entries(second, "killed"), 10, "the journal has it")
    assert entry.outcome == "no-key"
    second.close()
