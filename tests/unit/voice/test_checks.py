"""What is refused before anything changes, so that survival can rely on its plan and the audio path on short work."""

from __future__ import annotations

import msgspec
import pytest

from firmware.gateway.messages import (
    Arm,
    CallerId,
    Collect,
    Command,
    DigitMap,
    Error,
    Lodge,
    OffHookPlan,
    Record,
    ResidentPlan,
    Ring,
)
from firmware.voice.checks import MAX_RECORDING_S, check_lodge
from tests.unit.voice.rig import DIAL_PLAN, PROFILE, Rig

LONG = "1" * 201
PLAN = ResidentPlan(
    revision="r1",
    digit_map=DigitMap(patterns=("10[1-4]", "112")),
    routes={"101": ("fxs/1",)},
    reception=("fxs/3",),
    emergency=("112",),
    caller_ids={"fxs/1": CallerId(number="101", name="Room 101")},
    hot_lines={"fxs/2": 0},
    trunks=("fxo/1",),
    emergency_digits={"112": "112"},
    incoming={"fxo/1": ("fxs/2",)},
)


@pytest.fixture
def rig() -> Rig:
    """All telephones are lifted but fxs/4; there is a company line."""
    rig = Rig(trunks=[PROFILE])
    rig.lift("fxs/1", "fxs/2", "fxs/3")
    rig.events()
    return rig


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Arm(endpoint="fxs/9", plan=DIAL_PLAN), "endpoint"),
        (Arm(endpoint="fxs/1", plan=OffHookPlan(signal=None, digit_map=DigitMap(patterns=("1[",)))), "digit-map"),
        (Collect(endpoint="fxs/1", digit_map=DigitMap(patterns=("x." * 101,))), "digit-map"),
        (Collect(endpoint="fxs/1", digit_map=DigitMap(patterns=("1",), max_digits=0)), "digit-map"),
        (Collect(endpoint="fxs/4", digit_map=DigitMap(patterns=("1",))), "on-hook"),
        (Ring(endpoint="fxs/4", caller=CallerId(name=LONG)), "caller"),
        (Ring(endpoint="fxs/1"), "off-hook"),
        (Record(endpoint="fxs/1", name="../one.wav"), "recording"),
        (Record(endpoint="fxs/1", name="one.wav", limit_s=MAX_RECORDING_S + 1), "recording"),
    ],
)
def test_a_refused_command_says_why_and_changes_nothing(rig: Rig, command: Command, code: str) -> None:
    before = [rig.state(name) for name in rig.gateway.endpoints]
    reply = rig.reply(command)
    assert isinstance(reply, Error) and reply.code == code and reply.text
    assert [rig.state(name) for name in rig.gateway.endpoints] == before
    assert rig.events() == []


def test_the_longest_texts_of_a_configuration_can_be_shown(rig: Rig) -> None:
    text = "n" * 120  # of a name and of a room, in the configuration
    rig.do(Ring(endpoint="fxs/4", caller=CallerId(number=text, name=text)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reception": ("fxs/9",)}, "endpoint"),
        ({"revision": LONG}, "revision"),
        ({"hot_lines": {"fxs/1": -1}}, "hot-lines"),
        ({"caller_ids": {"fxs/1": CallerId(number=LONG)}}, "caller"),
        ({"digit_map": DigitMap(patterns=("[",))}, "digit-map"),
        ({"emergency": ("11(2)",)}, "digit-map"),
        ({"digit_map": DigitMap(patterns=("112",), dial_tone_after="x")}, "digit-map"),
        ({"digit_map": DigitMap(patterns=("112",), at_once=("",))}, "digit-map"),
        ({"trunks": ("fxo/9",)}, "endpoint"),
        ({"trunks": ("fxs/1",)}, "kind"),
        ({"reception": ("fxo/1",)}, "kind"),
        ({"incoming": {"fxs/1": ("fxs/2",)}}, "kind"),
        ({"incoming": {"fxo/1": ("fxo/1",)}}, "kind"),
        ({"emergency_digits": {"112": ""}}, "emergency-digits"),
        ({"emergency_digits": {"112": "1" * 65}}, "emergency-digits"),
    ],
)
def test_a_plan_that_survival_could_not_carry_out_is_refused(rig: Rig, change: dict[str, object], code: str) -> None:
    assert check_lodge(rig.gateway, Lodge(plan=PLAN)) is None
    refusal = check_lodge(rig.gateway, Lodge(plan=msgspec.structs.replace(PLAN, **change)))
    assert refusal is not None and (refusal.fault, refusal.code) == ("agent", code)
