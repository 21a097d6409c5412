"""G.711 and sums of law-coded signals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardsupport.dsp import IDLE, Law, decode, encode, mix, overlay

laws = st.sampled_from(["alaw", "ulaw"])
linear_samples = st.integers(-32768, 32767)

# G.711 tables 1a and 2a, 16-bit scale: decision value at the foot of each segment and its step.
ALAW_SEGMENTS = [(0, 16), (256, 16), (512, 32), (1024, 64), (2048, 128), (4096, 256), (8192, 512), (16384, 1024)]
ULAW_SEGMENTS = [(0, 8), (124, 16), (380, 32), (892, 64), (1916, 128), (3964, 256), (8060, 512), (16252, 1024)]


def as_linear(byte: int, law: Law) -> int:
    return int(np.frombuffer(decode(bytes([byte]), law), np.int16)[0])


def as_byte(sample: int, law: Law) -> int:
    return encode(np.array([sample], np.int16).tobytes(), law)[0]


@pytest.mark.parametrize("law", ["alaw", "ulaw"])
def test_every_byte_survives_decode_and_encode(law: Law) -> None:
    every = bytes(range(256))
    again = encode(decode(every, law), law)
    # u-law's negative zero is the only code that no encoder sends.
    assert [byte for byte in every if again[byte] != byte] == ([0x7F] if law == "ulaw" else [])


def test_known_codes() -> None:
    assert [as_linear(byte, "alaw") for byte in (0xD5, 0x55, 0xAA, 0x2A, 0x80)] == [8, -8, 32256, -32256, 5504]
    assert [as_linear(byte, "ulaw") for byte in (0xFF, 0x7F, 0x80, 0x00)] == [0, 0, 32124, -32124]
    assert as_byte(0, "alaw") == IDLE["alaw"]
    assert as_byte(0, "ulaw") == IDLE["ulaw"]


@given(linear_samples, laws)
def test_the_error_stays_within_half_a_step(sample: int, law: Law) -> None:
    segments = ALAW_SEGMENTS if law == "alaw" else ULAW_SEGMENTS
    step = max(step for foot, step in segments if abs(sample) >= foot - 4)
    full_scale = 32256 if law == "alaw" else 32124
    error = abs(as_linear(as_byte(sample, law), law) - sample)
    assert error <= max(step / 2, abs(sample) - full_scale)


@given(linear_samples, laws)
def test_both_signs_are_treated_alike(sample: int, law: Law) -> None:
    if abs(sample) >= 16 and sample % 16 == 8:
        assert as_linear(as_byte(-sample, law), law) == -as_linear(as_byte(sample, law), law)


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        encode(b"\x00", "alaw")


@given(st.lists(st.binary(min_size=80, max_size=80), min_size=1, max_size=6), laws)
def test_a_conference_gives_each_the_sum_of_the_others(inputs: list[bytes], law: Law) -> None:
    levels = np.array([np.frombuffer(decode(one, law), np.int16).astype(int) for one in inputs])
    wanted = np.clip(levels.sum(axis=0) - levels, -32768, 32767).astype(np.int16)
    assert mix(inputs, law) == [encode(row.tobytes(), law) for row in wanted]


def test_a_conference_of_two_is_a_call() -> None:
    one, other = bytes(range(80)), bytes(range(100, 180))
    assert mix([one, other], "alaw") == [other, one]


def test_a_conference_of_nobody_and_of_unequal_blocks() -> None:
    assert mix([], "alaw") == []
    with pytest.raises(ValueError, match="equally long"):
        mix([b"\xd5" * 80, b"\xd5" * 79], "alaw")


def test_overlay_adds_and_saturates() -> None:
    loud = bytes([0xAA]) * 80
    assert overlay(loud, loud, "alaw") == loud
    speech = bytes(range(128, 208))
    assert overlay(speech, bytes([IDLE["ulaw"]]) * 80, "ulaw") == speech
