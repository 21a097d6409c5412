"""Caller id as the company's exchange sends it: FSK messages and DTMF, as sound. From the standards, for the bench
alone: ETSI EN 300 659-1 and -3, Bellcore GR-30 and GR-31."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np

from boardsupport.bench.exchange_countries import ExchangeCountry, Modem
from boardsupport.bench.g711 import peak_of
from boardsupport.bench.sounds import RATE, Dtmf, Floats, Recording

Withheld: TypeAlias = Literal["private", "unavailable"]
_BAUD: Final = 1200
_MARK_SPACE_HZ: Final[dict[Modem, tuple[int, int]]] = {"bell202": (1200, 2200), "v23": (1300, 2100)}
_LEVEL_DBM0: Final = -13.5
_SEIZURE: Final = (0, 1) * 150
"""300 bits, beginning with a space."""
_MARK: Final = (1,) * 180
_STUFFING: Final = (1,) * 10
"""Mark after the message, so that its last bit is whole."""
_CALL_SETUP: Final = 0x80
_P_TIME, _P_NUMBER, _P_NO_NUMBER, _P_NAME, _P_NO_NAME = 0x01, 0x02, 0x04, 0x07, 0x08
_ABSENCE: Final[dict[Withheld, str]] = {"private": "P", "unavailable": "O"}
_ALERT_HZ: Final = (2130, 2750)
_ALERT_MS: Final = 100
_ALERT_PAUSE_MS: Final = 60
"""From the end of the alerting tone to the data (ETSI EN 300 659-1: 45 ms at least)."""
_DTMF_MS: Final = 70
_DTMF_WITHHELD: Final[dict[Withheld, str]] = {"private": "B10C", "unavailable": "B00C"}


class Caller:
    """Who calls. No number: `withheld` says why."""

    def __init__(self, number: str | None, name: str | None, private: bool = False) -> None:
        self.number = None if private else number
        self.name = None if private else name
        self.withheld: Withheld | None = "private" if private else None if number else "unavailable"


def setup_message(caller: Caller, time: str) -> bytes:
    """The call set-up message (EN 300 659-3, 5.2.1) with its checksum; `time` is MMDDHHMM."""
    parts = [(_P_TIME, time)]
    if caller.withheld is None:
        parts.append((_P_NUMBER, caller.number or ""))
    else:
        parts.append((_P_NO_NUMBER, _ABSENCE[caller.withheld]))
    if caller.name is not None:
        parts.append((_P_NAME, caller.name))
    elif caller.withheld == "private":
        parts.append((_P_NO_NAME, _ABSENCE["private"]))
    body = b"".join(bytes([kind, len(text)]) + text.encode("latin-1") for kind, text in parts)
    message = bytes([_CALL_SETUP, len(body)]) + body
    return message + bytes([-sum(message) % 256])


def fsk(message: bytes, modem: Modem) -> Floats:
    """Channel seizure, mark and the message's bytes with start and stop bits, as one phase-continuous signal."""
    data = [bit for byte in message for bit in (0, *(byte >> n & 1 for n in range(8)), 1)]
    bits = np.array([*_SEIZURE, *_MARK, *data, *_STUFFING])
    which = np.arange(len(bits) * RATE // _BAUD) * _BAUD // RATE
    mark, space = _MARK_SPACE_HZ[modem]
    phase = np.cumsum(2 * np.pi / RATE * np.where(bits[which] == 1, mark, space))
    signal: Floats = (peak_of(_LEVEL_DBM0) * np.sin(phase)).astype(np.float32)
    return signal


def alerting_tone() -> Floats:
    """The dual tone that tells terminals to listen (DT-AS), and the pause after it."""
    at = 2 * np.pi / RATE * np.arange(_ALERT_MS * RATE // 1000)
    tone = peak_of(_LEVEL_DBM0) * sum(np.sin(hz * at) for hz in _ALERT_HZ)
    return np.append(tone, np.zeros(_ALERT_PAUSE_MS * RATE // 1000)).astype(np.float32)


def fsk_announcement(caller: Caller, country: ExchangeCountry, time: str, alert: bool) -> Recording:
    """FSK in the country's modem, after an alerting tone where nothing else has woken the terminals."""
    data = fsk(setup_message(caller, time), country.modem)
    return Recording(np.concatenate([alerting_tone(), data]) if alert else data)


def dtmf_announcement(caller: Caller, country: ExchangeCountry) -> Dtmf:
    """The number between its start and end characters, or the code for its absence."""
    if caller.withheld is not None:
        return Dtmf(_DTMF_WITHHELD[caller.withheld], _DTMF_MS, _DTMF_MS)
    return Dtmf(f"{country.dtmf_start}{caller.number}C", _DTMF_MS, _DTMF_MS)
