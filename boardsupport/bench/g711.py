"""G.711 by tables, for arrays of all telephones at once. From ITU-T G.711, apart from the product's."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

LawName: TypeAlias = Literal["alaw", "ulaw"]
Samples: TypeAlias = NDArray[np.int16]

IDLE: Final[dict[str, int]] = {"alaw": 0xD5, "ulaw": 0xFF}
SILENT_ROW, ALAW_ROW, ULAW_ROW = range(3)
ROW: Final[dict[str, int]] = {"alaw": ALAW_ROW, "ulaw": ULAW_ROW}
FULL_SCALE_DBM0: Final = 3.14
"""Of a sine with the peak 32767 (A-law, G.711 clause 4)."""


def peak_of(dbm0: float) -> float:
    """Peak in 16-bit steps of a sine of that level."""
    return float(32767 * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20))


def _alaw_levels() -> Samples:
    code = np.arange(256) ^ 0x55
    exponent, mantissa = code >> 4 & 7, code & 15
    magnitude = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_levels() -> Samples:
    code = ~np.arange(256) & 0xFF
    magnitude = (((code & 15) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _nearest_codes(levels: Samples, zero_code: int) -> NDArray[np.uint8]:
    """The code of the nearest level for every 16-bit sample, indexed by the sample taken as unsigned."""
    order = np.argsort(levels, kind="stable")
    ordered = levels[order].astype(np.int32)
    samples = np.arange(-32768, 32768)
    above = np.clip(np.searchsorted(ordered, samples), 1, 255)
    nearer_below = samples - ordered[above - 1] < ordered[above] - samples
    codes = order[np.where(nearer_below, above - 1, above)].astype(np.uint8)
    codes[32768] = zero_code
    return np.roll(codes, 32768)


_ALAW, _ULAW = _alaw_levels(), _ulaw_levels()
_DECODE: Final = np.concatenate([np.zeros(256, np.int16), _ALAW, _ULAW])
_ENCODE: Final = np.concatenate(
    [np.full(65536, 0xFF, np.uint8), _nearest_codes(_ALAW, 0xD5), _nearest_codes(_ULAW, 0xFF)]
)


def decode(codes: NDArray[np.uint8], rows: NDArray[np.int32]) -> Samples:
    """Codes (n, 80) to samples; `rows` (n, 1) says each line's law as a ROW (SILENT_ROW: zeros)."""
    return np.take(_DECODE, rows * 256 + codes)


def encode(samples: Samples, rows: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Samples (n, 80) to codes by each line's law (SILENT_ROW: 0xFF)."""
    return np.take(_ENCODE, rows * 65536 + samples.view(np.uint16))
