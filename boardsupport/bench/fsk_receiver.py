"""FSK caller id as a telephone receives it: demodulator, framing and messages, over one whole burst.

Physical layer ETSI EN 300 659-1 / Bellcore GR-30 (1200 baud; marks 1300 or 1200 Hz, spaces 2100 or 2200 Hz; channel
seizure, mark, then bytes with start and stop bit, least significant bit first); messages ETSI EN 300 659-3 and Bellcore
GR-31. Written for the bench from these documents, apart from the product's transmitter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE: Final = 8000
BAUD: Final = 1200
_BIT: Final = RATE / BAUD  # samples
_MARK_HZ: Final = 1250.0  # between the two standards: the filters are far wider than their difference
_SPACE_HZ: Final = 2150.0
_TAPS: Final = 7  # one bit
_MARK_BITS: Final = 20  # that many bits of mark, at least, stand before the message
_MAXIMUM_BYTES: Final = 258
_QUIET: Final = 0.1  # of the loudest: a pause is no mark

_CALL_SETUP: Final = 0x80
_CALL_SETUP_SDMF: Final = 0x04
_WAITING: Final = 0x82
_WAITING_SDMF: Final = 0x06
_P_TIME: Final = 0x01
_P_NUMBER: Final = 0x02
_P_NO_NUMBER: Final = 0x04
_P_NAME: Final = 0x07
_P_NO_NAME: Final = 0x08
_P_LAMP: Final = 0x0B

Standard: TypeAlias = Literal["bell202", "v23", "dtmf"]
Absence: TypeAlias = Literal["private", "unavailable"]
_ABSENCES: Final[dict[str, Absence]] = {"P": "private", "O": "unavailable"}


@dataclass(frozen=True, slots=True)
class CallerId:
    """What a telephone shows. `time` is "MM-DD HH:MM"; None: not sent. `absence` says why there is no number."""

    number: str | None
    name: str | None
    time: str | None
    standard: Standard
    absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class MessageLamp:
    """A message-waiting indication (VMWI): the lamp goes on or off."""

    lit: bool


Received: TypeAlias = CallerId | MessageLamp


def receive_fsk(samples: NDArray[np.float32]) -> Received | None:
    """The message in a burst; None if there is none, or its checksum is wrong."""
    soft = _demodulate(samples)
    start = _message_start(soft)
    if start is None:
        return None
    message = _bytes_from(soft, start)
    if len(message) < 3 or len(message) < message[1] + 3 or sum(message[: message[1] + 3]) % 256:
        return None
    return _understand(message[0], bytes(message[2 : 2 + message[1]]), _standard(samples, start))


def _demodulate(samples: NDArray[np.float32]) -> NDArray[np.floating]:
    """Per sample: positive for mark, negative for space, and where there is little of either."""
    n = np.arange(len(samples))
    window = np.ones(_TAPS)

    def energy(hz: float) -> NDArray[np.floating]:
        mixed = samples * np.exp(-2j * np.pi * hz / RATE * n)
        return np.asarray(np.abs(np.convolve(mixed, window, "same")))

    mark, space = energy(_MARK_HZ), energy(_SPACE_HZ)
    loudest = np.maximum(mark, space)
    return np.where(loudest > _QUIET * loudest.max(initial=0.0), mark - space, -loudest)


def _message_start(soft: NDArray[np.floating]) -> int | None:
    """First sample of the start bit after the (last long) mark that precedes the message."""
    space = np.flatnonzero(soft <= 0)
    if not len(space):
        return None
    gaps = np.diff(space)
    long_marks = np.flatnonzero(gaps >= _MARK_BITS * _BIT)
    return int(space[long_marks[0] + 1]) if len(long_marks) else None


def _bytes_from(soft: NDArray[np.floating], start: int) -> list[int]:
    """Bytes as a UART takes them, until a stop bit is missing, the mark lasts, or the message is complete."""
    found: list[int] = []
    at = start
    while len(found) < _MAXIMUM_BYTES:
        centres = [round(at + (k + 0.5) * _BIT) for k in range(10)]
        if centres[9] >= len(soft) or soft[centres[9]] <= 0:
            break
        bits = [soft[c] > 0 for c in centres]
        found.append(sum(1 << k for k in range(8) if bits[k + 1]))
        if len(found) >= 2 and len(found) == found[1] + 3:
            break
        edge = np.flatnonzero(soft[centres[9] : centres[9] + round(12 * _BIT)] <= 0)
        if not len(edge):
            break
        at = centres[9] + int(edge[0])
    return found


def _standard(samples: NDArray[np.float32], start: int) -> Standard:
    """Bell 202 or V.23, by the frequency of the mark before the message."""
    mark = samples[max(0, start - round(18 * _BIT)) : start - round(2 * _BIT)]
    spectrum = np.abs(np.fft.rfft(mark * np.hanning(len(mark)), 4096))
    return "bell202" if spectrum.argmax() * RATE / 4096 < _MARK_HZ else "v23"


def _understand(kind: int, body: bytes, standard: Standard) -> Received | None:
    if kind == _CALL_SETUP_SDMF:
        return _caller(body[8:].decode("latin-1"), None, body[:8].decode("latin-1"), standard)
    if kind == _WAITING_SDMF:
        return MessageLamp(body[:1] == b"\x42")
    parameters = _parameters(body)
    if parameters is None:
        return None
    if kind == _WAITING and _P_LAMP in parameters:
        return MessageLamp(parameters[_P_LAMP][:1] != b"\x00")
    if kind != _CALL_SETUP:
        return None
    text = {key: value.decode("latin-1") for key, value in parameters.items()}
    number = text.get(_P_NUMBER, text.get(_P_NO_NUMBER, ""))
    name = text.get(_P_NAME)
    return _caller(number, name, text.get(_P_TIME, ""), standard)


def _caller(number: str, name: str | None, time: str, standard: Standard) -> CallerId:
    absence = _ABSENCES.get(number)
    stamp = f"{time[0:2]}-{time[2:4]} {time[4:6]}:{time[6:8]}" if len(time) == 8 else None
    return CallerId(None if absence or not number else number, name or None, stamp, standard, absence)


def _parameters(body: bytes) -> dict[int, bytes] | None:
    """Type, length, value; None if a length leads outside the message."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 2 <= len(body):
        kind, length = body[at], body[at + 1]
        if at + 2 + length > len(body):
            return None
        found[kind] = body[at + 2 : at + 2 + length]
        at += 2 + length
    return found
