"""Which verbs the port's hook allows."""

from __future__ import annotations

import pytest

from boardsupport.port import PortStateError
from boardsupport.si3050.hook import _TABLE, HookMachine, HookVerb, LineHook

CALL = (HookVerb.SEIZE, HookVerb.SETTLED, HookVerb.FLASH, HookVerb.RECLOSE, HookVerb.RELEASE, HookVerb.RELEASED)


def test_a_whole_call() -> None:
    hook, closed = HookMachine("fxo/1"), []
    for verb in CALL:
        hook.do(verb)
        closed.append(hook.closed)
    assert closed == [True, True, False, True, False, False]
    assert hook.idle


@pytest.mark.parametrize("steps", range(len(CALL)))
def test_the_line_can_be_released_at_any_time(steps: int) -> None:
    hook = HookMachine("fxo/1")
    for verb in CALL[:steps]:
        hook.do(verb)
    hook.do(HookVerb.RELEASE)
    assert not hook.closed


@pytest.mark.parametrize(
    ("off_hook", "verb"), [(True, HookVerb.SEIZE), (False, HookVerb.FLASH), (False, HookVerb.SETTLED)]
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(off_hook: bool, verb: HookVerb) -> None:
    hook = HookMachine("fxo/1", off_hook)
    with pytest.raises(PortStateError, match=f"fxo/1 is .*{verb.value}"):
        hook.do(verb)
    assert hook.state is (LineHook.OFF_HOOK if off_hook else LineHook.ON_HOOK)


def test_every_state_is_left_and_entered() -> None:
    assert {state for state, _ in _TABLE} == set(LineHook) == set(_TABLE.values())
    assert {verb for _, verb in _TABLE} == set(HookVerb)
