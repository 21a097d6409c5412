"""G.711 companding and sums of companded signals: everything works on bytes of 8 kHz law samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from boardsupport.bus import IDLE, Law
from boardsupport.dsp._dsp import ffi, lib

Buffer: TypeAlias = bytes | bytearray | memoryview

FULL_SCALE_DBM0: dict[Law, float] = {"alaw": 3.14, "ulaw": 3.17}
"""Level of a sine whose peak is 32767 (G.711, tables 5 and 6: the digital milliwatt is 0 dBm0)."""

LAW_NUMBER: dict[Law, int] = {"alaw": 0, "ulaw": 1}


def encode(pcm16: Buffer, law: Law) -> bytes:
    """Law bytes of native-endian 16-bit linear samples, saturated. ValueError: half a sample."""
    if len(pcm16) % 2:
        raise ValueError(f"16-bit samples need an even number of bytes, not {len(pcm16)}")
    samples = len(pcm16) // 2
    out = bytearray(samples)
    # Copied where it must be: a slice of bytes may stand at an odd address.
    linear = ffi.new("int16_t[]", samples)
    ffi.memmove(linear, pcm16, len(pcm16))
    lib.dsp_encode(LAW_NUMBER[law], linear, samples, ffi.from_buffer("uint8_t[]", out))
    return bytes(out)


def decode(law_bytes: Buffer, law: Law) -> bytes:
    """Native-endian 16-bit linear samples of law bytes; A-law reaches +-32256, u-law +-32124."""
    linear = ffi.new("int16_t[]", len(law_bytes))
    lib.dsp_decode(LAW_NUMBER[law], ffi.from_buffer("uint8_t[]", law_bytes), len(law_bytes), linear)
    return bytes(ffi.buffer(linear))


def mix(inputs: Sequence[Buffer], law: Law) -> list[bytes]:
    """A conference: for each input the saturated sum of all others, in one C call.

    ValueError: the inputs differ in length.
    """
    if not inputs:
        return []
    samples = len(inputs[0])
    if any(len(one) != samples for one in inputs):
        raise ValueError("the inputs of a conference are equally long")
    joined = b"".join(inputs)
    out = bytearray(len(joined))
    lib.dsp_mix(
        LAW_NUMBER[law],
        ffi.from_buffer("uint8_t[]", joined),
        len(inputs),
        samples,
        ffi.from_buffer("uint8_t[]", out),
    )
    return [bytes(out[at : at + samples]) for at in range(0, len(out), samples)] if samples else [b""] * len(inputs)


def overlay(a: Buffer, b: Buffer, law: Law) -> bytes:
    """The saturated sum of two equally long signals: what a third party hears of them."""
    silence = bytes([IDLE[law]]) * len(a)
    return mix((a, b, silence), law)[2]
