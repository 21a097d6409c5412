"""Brings recorded or synthesised speech to the telephone's 8 kHz, with libspeexdsp's resampler."""

from __future__ import annotations

from boardsupport.bus import SAMPLE_RATE_HZ
from boardsupport.dsp._dsp import ffi, lib
from boardsupport.dsp.law import Buffer

_QUALITY = 8
"""Of 0..10: the pass band reaches past 3.4 kHz and nothing audible folds back."""


def to_8_khz(pcm16: Buffer, rate_hz: int) -> bytes:
    """Native-endian 16-bit samples at `rate_hz` as the same at 8 kHz, equally long in time.

    ValueError: half a sample, or a rate that is none.
    """
    if len(pcm16) % 2:
        raise ValueError(f"16-bit samples need an even number of bytes, not {len(pcm16)}")
    if rate_hz <= 0:
        raise ValueError(f"{rate_hz} Hz is no sampling rate")
    if rate_hz == SAMPLE_RATE_HZ:
        return bytes(pcm16)
    samples = len(pcm16) // 2
    wanted = samples * SAMPLE_RATE_HZ // rate_hz
    state = ffi.gc(
        lib.speex_resampler_init(1, rate_hz, SAMPLE_RATE_HZ, _QUALITY, ffi.NULL), lib.speex_resampler_destroy
    )
    if state == ffi.NULL:
        raise MemoryError("no room for a resampler")
    lib.speex_resampler_skip_zeros(state)
    # Silence after the end pushes out what the filter still holds.
    tail = lib.speex_resampler_get_input_latency(state) + 1
    source = ffi.new("int16_t[]", samples + tail)
    ffi.memmove(source, pcm16, len(pcm16))
    out = ffi.new("int16_t[]", max(1, wanted))
    taken, made = ffi.new("uint32_t *", samples + tail), ffi.new("uint32_t *", wanted)
    lib.speex_resampler_process_int(state, 0, source, taken, out, made)
    return bytes(ffi.buffer(out, 2 * made[0]))
