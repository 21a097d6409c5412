"""A cable full of noise: the log keeps a few lines of it, and their number."""

from firmware.pms.sparing import MOST, WITHIN_S, Sparing


def test_the_first_of_a_kind_are_said_and_the_others_counted() -> None:
    sparing = Sparing()
    answers = [sparing.passes("not-taken", 0.001 * at) for at in range(10_000)]
    assert answers == [0] * MOST + [None] * (10_000 - MOST)
    assert sparing.passes("state", 10.0) == 0, "another kind has lines of its own"
    assert sparing.passes("not-taken", WITHIN_S) == 10_000 - MOST
    assert sparing.passes("not-taken", WITHIN_S + 1) == 0


def test_what_comes_now_and_then_is_always_said() -> None:
    sparing = Sparing()
    assert {sparing.passes("not-taken", at * WITHIN_S / MOST) for at in range(1000)} == {0}
