"""Two telephones through the exchange: both hybrids return echo, both cancellers work, 30 ms each way."""

import numpy as np
import pytest

from boardsupport.dsp import IDLE, PortBank
from tests.unit.dsp.signals import (
    BLOCK,
    RATE,
    Samples,
    hybrid,
    join,
    law_bytes,
    level_dbm0,
    linear,
    part,
    power_db,
    silence,
    sine,
    speech,
)

DELAY_BLOCKS = 3
DELAY_S = DELAY_BLOCKS * BLOCK / RATE


def call(*talk: Samples) -> list[Samples]:
    """What the two parties hear of each other."""
    responses = [hybrid(14, seed=3), hybrid(13, 5, seed=4)]
    bank = PortBank(2, 2, "alaw")
    for port in range(2):
        bank.place(port, port)
        bank.set_echo(port, True)
    queue = [bytes([IDLE["alaw"]]) * 2 * BLOCK] * DELAY_BLOCKS
    past = [np.zeros(63), np.zeros(63)]
    heard: list[list[Samples]] = [[], []]
    for at in range(0, len(talk[0]), BLOCK):
        played, capture, out = queue.pop(0), bytearray(2 * BLOCK), bytearray(2 * BLOCK)
        for port in range(2):
            ear = linear(played[port::2])
            heard[port].append(ear)
            line = np.concatenate([past[port], ear])
            past[port] = line[-63:]
            capture[port::2] = law_bytes(talk[port][at : at + BLOCK] + np.convolve(line, responses[port], "valid"))
        bank.receive(capture, played)
        bank.transmit(bytes(bank.clean[BLOCK:]) + bytes(bank.clean[:BLOCK]), out)
        queue.append(bytes(out))
    return [np.concatenate(pieces) for pieces in heard]


def test_a_conversation_is_clear_and_without_echo() -> None:
    one = join(speech(-12, 3), silence(3), speech(-12, 3, seed=2), silence(2))
    other = join(silence(3), speech(-14, 6, seed=7), silence(2))
    at_one, at_other = call(one, other)
    assert power_db(part(one, 1, 3)) - power_db(part(at_one, 1, 3)) > 40
    for talk, ear in ((other, at_one), (one, at_other)):
        # Both talk from 6 to 9 s; by then both cancellers have heard a voice.
        said, arrived = part(talk, 6, 8.9), part(ear, 6 + DELAY_S, 8.9 + DELAY_S)
        assert power_db(said) - power_db(arrived - said) > 25
    assert power_db(part(at_one, 9.2, 11)) < power_db(part(other, 6, 9)) - 40


def test_both_play_the_same_tone() -> None:
    """Where one begins before the other, neither is taken for the echo of the other."""
    one, other = sine(1000, -10, 4), join(silence(1), sine(1000, -10, 3))
    for ear in call(one, other):
        assert level_dbm0(part(ear, 1.5, 4)) == pytest.approx(-10, abs=1)
