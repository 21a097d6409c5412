"""The bank's bookkeeping: slots, gains, levels, refusals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardsupport.dsp import PortBank, decode, encode, tone


def block(stride: int, **of_offset: bytes) -> bytes:
    frames = np.full((80, stride), 0xD5, np.uint8)
    for offset, data in of_offset.items():
        frames[:, int(offset[1:])] = np.frombuffer(data, np.uint8)
    return frames.tobytes()


@given(st.permutations(range(8)), st.binary(min_size=640, max_size=640))
def test_every_port_gets_the_bytes_of_its_slot(offsets: list[int], capture: bytes) -> None:
    bank = PortBank(8, 8, "alaw")
    for port, offset in enumerate(offsets):
        bank.place(port, offset)
    bank.receive(capture, None)
    assert [bytes(bank.clean[port * 80 : port * 80 + 80]) for port in range(8)] == [
        capture[offset::8] for offset in offsets
    ]
    out = bytearray(640)
    bank.transmit(bank.clean, out)
    assert out == capture


def test_a_port_without_a_slot_is_silent_and_leaves_the_block_alone() -> None:
    bank = PortBank(2, 8, "alaw")
    bank.place(1, 3)
    bank.receive(bytes(640), None)
    assert bytes(bank.clean[:80]) == b"\xd5" * 80
    assert bank.level(0) == -99
    bank.place(1, None)
    out = bytearray(b"\x11" * 640)
    bank.transmit(bytes(160), out)
    assert out == b"\x11" * 640


def test_levels_and_gains() -> None:
    bank = PortBank(1, 8, "alaw")
    bank.place(0, 2)
    sent = tone([(1000, -10)], 80, "alaw")
    bank.receive(block(8, o2=sent), None)
    assert bank.level(0) == pytest.approx(-10, abs=0.2)
    bank.set_gain(0, receive_db=-6, transmit_db=3)
    bank.receive(block(8, o2=sent), None)
    assert bank.level(0) == pytest.approx(-16, abs=0.2)
    out = bytearray(block(8))
    bank.transmit(sent, out)
    louder = np.frombuffer(decode(sent, "alaw"), np.int16) * 10 ** (3 / 20)
    assert bytes(out[2::8]) == encode(np.rint(louder).astype(np.int16).tobytes(), "alaw")


def test_wrong_use_is_refused() -> None:
    bank = PortBank(2, 8, "alaw")
    with pytest.raises(IndexError, match="port 2"):
        bank.set_echo(2, True)
    with pytest.raises(IndexError, match="port -1"):
        bank.level(-1)
    with pytest.raises(ValueError, match="offset 8"):
        bank.place(0, 8)
    with pytest.raises(ValueError, match="640 bytes"):
        bank.receive(bytes(639), None)
    with pytest.raises(ValueError, match="640 bytes"):
        bank.receive(bytes(640), bytes(80))
    with pytest.raises(ValueError, match="160 bytes"):
        bank.transmit(bytes(80), bytearray(640))
    with pytest.raises(ValueError, match="24"):
        bank.set_gain(0, 60, 0)
    with pytest.raises(ValueError, match="0 ports"):
        PortBank(0, 8, "alaw")


def test_what_was_said_outlives_the_bank() -> None:
    bank = PortBank(1, 1, "alaw")
    bank.place(0, 0)
    bank.receive(bytes(range(80)), None)
    said = bank.clean
    del bank
    assert said == bytes(range(80))
