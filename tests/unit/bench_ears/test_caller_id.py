"""Telephones show what is sent in FSK (Bell 202 and V.23) or DTMF while their line is in on-hook transmission."""

from __future__ import annotations

import time
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boardsupport.bench.caller_id import CallerId, CallerIdBank, MessageLamp, Received
from boardsupport.bench.dtmf_receiver import digits
from tests.unit.bench_ears.sound import Samples, alaw, amplitude, blocks, noise, silence, tone

TONES = {"bell202": (1200.0, 2200.0), "v23": (1300.0, 2100.0)}
DTMF = {key: (low, high) for low, row in zip((697, 770, 852, 941), ("123A", "456B", "789C", "*0#D"), strict=True)
        for key, high in zip(row, (1209, 1336, 1477, 1633), strict=True)}  # fmt: skip


def modulate(bits: Iterable[int], standard: str, dbm0: float = -16.0) -> Samples:
    """Phase-continuous FSK at 1200 baud; bit boundaries fall between samples."""
    mark, space = TONES[standard]
    sequence = np.array(list(bits))
    moments = np.arange(int(len(sequence) * 8000 / 1200))
    hz = np.where(sequence[np.minimum((moments * 1200 / 8000).astype(int), len(sequence) - 1)] == 1, mark, space)
    return np.asarray(amplitude(dbm0) * np.sin(2 * np.pi * np.cumsum(hz) / 8000))


def burst(message: bytes, standard: str, mark_bits: int = 180, seizure_bits: int = 300) -> Samples:
    """Channel seizure, mark, message with checksum, a few bits of mark."""
    whole = message + bytes([-sum(message) % 256])
    framed = [bit for byte in whole for bit in (0, *((byte >> k) & 1 for k in range(8)), 1)]
    return modulate([*([0, 1] * (seizure_bits // 2)), *([1] * mark_bits), *framed, *([1] * 10)], standard)


def mdmf(kind: int, *parameters: tuple[int, bytes]) -> bytes:
    body = b"".join(bytes([key, len(value)]) + value for key, value in parameters)
    return bytes([kind, len(body)]) + body


def dtmf(text: str, on_ms: int = 70, off_ms: int = 70, dbm0: float = -12.0) -> Samples:
    return np.concatenate([np.concatenate([tone(DTMF[key], on_ms, dbm0), silence(off_ms)]) for key in text])


def receive(sound: Samples) -> list[Received]:
    """What one telephone, second of two, makes of it."""
    bank = CallerIdBank(2)
    for block in blocks(np.concatenate([silence(137), sound, silence(400)])):
        bank.feed(np.stack([block * 0, block]), np.array([True, True]))
    assert bank.take(0) == []
    return bank.take(1)


@pytest.mark.parametrize("standard", ["bell202", "v23"])
def test_mdmf_with_number_name_and_time(standard: str) -> None:
    sound = burst(mdmf(0x80, (1, b"11221530"), (2, b"101"), (7, b"Kowalski")), standard)
    assert receive(alaw(sound)) == [CallerId("101", "Kowalski", "11-22 15:30", standard)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("letter", "why"), [(b"P", "private"), (b"O", "unavailable")])
def test_absent_number(letter: bytes, why: str) -> None:
    received = receive(alaw(burst(mdmf(0x80, (1, b"11221530"), (4, letter), (8, letter)), "v23")))
    assert received == [CallerId(None, None, "11-22 15:30", "v23", why)]  # type: ignore[arg-type]


def test_sdmf() -> None:
    body = b"01020304" + b"5551234"
    assert receive(alaw(burst(bytes([4, len(body)]) + body, "bell202"))) == [
        CallerId("5551234", None, "01-02 03:04", "bell202")
    ]


@pytest.mark.parametrize(("message", "lit"), [
    (mdmf(0x82, (0x0B, b"\xff")), True), (mdmf(0x82, (0x0B, b"\x00")), False),
    (b"\x06\x03\x42\x42\x42", True), (b"\x06\x03\x6f\x6f\x6f", False),
])  # fmt: skip
def test_message_lamp(message: bytes, lit: bool) -> None:
    assert receive(alaw(burst(message, "v23"))) == [MessageLamp(lit)]


def test_wrong_checksum_is_not_shown_but_counted() -> None:
    message = mdmf(0x80, (2, b"101"))
    sound = burst(message + b"\x01", "v23")  # the length leaves the checksum to the byte that does not fit
    bank = CallerIdBank(1)
    for block in blocks(alaw(np.concatenate([sound, silence(400)]))):
        bank.feed(block[None, :], np.array([True]))
    assert bank.take(0) == []
    assert bank.not_understood == [1]


@pytest.mark.parametrize("text", ["A101C", "D0123456789C", "A88#"])
def test_dtmf_caller_id(text: str) -> None:
    assert receive(alaw(dtmf(text))) == [CallerId(text[1:-1], None, None, "dtmf")]


def test_dtmf_of_all_keys() -> None:
    assert digits(alaw(dtmf("1234567890*#ABCD", 50, 50)).astype(np.float32)) == "1234567890*#ABCD"


def test_nothing_is_heard_outside_on_hook_transmission() -> None:
    bank = CallerIdBank(1)
    for block in blocks(alaw(np.concatenate([burst(mdmf(0x80, (2, b"101")), "v23"), silence(400)]))):
        bank.feed(block[None, :], np.array([False]))
    assert bank.take(0) == []


def test_burst_ends_with_the_transmission() -> None:
    """Ringing follows at once: the telephone needs no pause after the message."""
    bank = CallerIdBank(1)
    for block in blocks(alaw(burst(mdmf(0x80, (2, b"101")), "bell202"))):
        bank.feed(block[None, :], np.array([True]))
    for _ in range(2):
        bank.feed(np.zeros((1, 80), np.int16), np.array([False]))
    assert bank.take(0) == [CallerId("101", None, None, "bell202")]


def test_lifting_forgets_a_burst() -> None:
    bank = CallerIdBank(1)
    for block in blocks(alaw(burst(mdmf(0x80, (2, b"101")), "bell202")))[:40]:
        bank.feed(block[None, :], np.array([True]))
    bank.reset(0)
    for _ in range(20):
        bank.feed(np.zeros((1, 80), np.int16), np.array([False]))
    assert bank.take(0) == []
    assert bank.not_understood == [0]


@settings(max_examples=25, deadline=None)
@given(
    number=st.text("0123456789", min_size=1, max_size=20),
    name=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30),
    standard=st.sampled_from(["bell202", "v23"]),
    gain_db=st.floats(-12.0, 6.0),
    mark_bits=st.integers(60, 200),
)
def test_any_caller_through_noise(number: str, name: str, standard: str, gain_db: float, mark_bits: int) -> None:
    message = mdmf(0x80, (1, b"12312359"), (2, number.encode()), (7, name.encode()))
    sound = burst(message, standard, mark_bits) * 10 ** (gain_db / 20)
    received = receive(alaw(sound + noise(len(sound) // 8 + 1, -46.0)[: len(sound)]))
    assert received == [CallerId(number, name, "12-31 23:59", standard)]  # type: ignore[arg-type]


def test_many_telephones_at_once_take_turns() -> None:
    bank = CallerIdBank(8)
    sound = blocks(alaw(np.concatenate([burst(mdmf(0x80, (2, b"101")), "v23"), silence(400)])))
    longest = 0.0
    for block in sound:
        began = time.process_time()
        bank.feed(np.tile(block, (8, 1)), np.ones(8, dtype=np.bool_))
        longest = max(longest, time.process_time() - began)
    assert [len(bank.take(i)) for i in range(8)] == [1] * 8
    assert longest < 0.05
