"""All ports of a highway in one C call per tick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from boardsupport.bus import BLOCK_SAMPLES, Law
from boardsupport.dsp._dsp import ffi, lib
from boardsupport.dsp.law import LAW_NUMBER, Buffer

ECHO_TAPS = 64
GAIN_LIMIT_DB = 24.0


@dataclass(frozen=True, slots=True)
class DtmfBegan:
    """A digit is being pressed; recognised at `at_sample`, 13 to 38 ms after its tone began."""

    port: int
    digit: str
    at_sample: int


@dataclass(frozen=True, slots=True)
class DtmfEnded:
    """The digit was released; `ms` from recognition to release, in steps of 12.75 ms."""

    port: int
    digit: str
    at_sample: int
    ms: int


DtmfEvent: TypeAlias = DtmfBegan | DtmfEnded


class PortBank:
    """Everything that works on the samples of `ports` ports, 0 .. ports - 1; used by one thread at a time.

    A port on no timeslot is silent. `at_sample` of events counts the samples since the bank was made.
    """

    clean: memoryview
    """ports * 80 law bytes: what each port said in the last block, after echo cancelling and gain."""

    def __init__(self, ports: int, stride: int, law: Law) -> None:
        """`stride` is the number of bytes in a frame of the highway."""
        if ports < 1 or stride < 1:
            raise ValueError(f"a bank of {ports} ports on frames of {stride} bytes")
        self.ports = ports
        self.stride = stride
        self.law: Law = law
        # Held here, as whoever keeps a view of them may outlive the bank.
        clean = ffi.new("uint8_t[]", ports * BLOCK_SAMPLES)
        levels = ffi.new("float[]", ports)
        self._memory = (clean, levels)
        bank = lib.dsp_bank_new(ports, stride, LAW_NUMBER[law], clean, levels)
        if bank == ffi.NULL:
            raise MemoryError("no memory for a bank of ports")
        self._bank = ffi.gc(bank, lib.dsp_bank_free)
        # A digit can end and the next begin in one decision, of which a block holds at most one.
        self._events = ffi.new("dsp_event[]", 4 * ports)
        self._event_room = 4 * ports
        self._block_bytes = stride * BLOCK_SAMPLES
        self.clean = memoryview(ffi.buffer(clean)).toreadonly()
        self._levels = memoryview(ffi.buffer(levels)).cast("f")

    def place(self, port: int, offset: int | None) -> None:
        """Where the port's byte stands in a frame (`highway.offset_of(slot)`); None: nowhere."""
        if offset is not None and not 0 <= offset < self.stride:
            raise ValueError(f"offset {offset} is not in a frame of {self.stride} bytes")
        lib.dsp_bank_place(self._bank, self._checked(port), -1 if offset is None else offset)

    def set_echo(self, port: int, enabled: bool) -> None:
        """Switch the port's canceller (off at first); what it has learnt stays.

        It rests by itself after 0.4 s of a fax's or modem's answer tone, until there is silence both ways.
        """
        lib.dsp_bank_set_echo(self._bank, self._checked(port), enabled)

    def echo_taps(self, port: int) -> bytes:
        """What the canceller has learnt of the line: 64 native floats, the impulse response backwards."""
        return bytes(ffi.buffer(lib.dsp_bank_echo_taps(self._bank, self._checked(port)), ECHO_TAPS * 4))

    def set_dtmf(self, port: int, enabled: bool, dial_tone_filter: bool) -> None:
        """Switch the port's DTMF receiver; the filter is for as long as dial tone is on the line.

        Switching off drops a digit that is being pressed (no DtmfEnded); the filter alone can be switched at any time.
        """
        if lib.dsp_bank_set_dtmf(self._bank, self._checked(port), enabled, dial_tone_filter):
            raise MemoryError("no memory for a DTMF receiver")

    def set_gain(self, port: int, receive_db: float, transmit_db: float) -> None:
        """Gain of what the port says and of what it is sent; 0 dB leaves bytes as they are. At most +-24 dB."""
        if not (abs(receive_db) <= GAIN_LIMIT_DB and abs(transmit_db) <= GAIN_LIMIT_DB):
            raise ValueError(f"gains of {receive_db} and {transmit_db} dB are beyond {GAIN_LIMIT_DB} dB")
        lib.dsp_bank_set_gain(self._bank, self._checked(port), receive_db, transmit_db)

    def receive(self, capture: Buffer, played: Buffer | None) -> list[DtmfEvent]:
        """Take a block of the highway: fills `clean` and the levels, returns what was dialled.

        `played` is the block that the ports received while they sent `capture`; None: idle code.
        """
        if len(capture) != self._block_bytes or (played is not None and len(played) != self._block_bytes):
            raise ValueError(f"a block of this highway has {self._block_bytes} bytes")
        count = lib.dsp_bank_receive(
            self._bank,
            ffi.from_buffer("uint8_t[]", capture),
            ffi.NULL if played is None else ffi.from_buffer("uint8_t[]", played),
            self._events,
            self._event_room,
        )
        return [_event(self._events[i]) for i in range(count)] if count else []

    def transmit(self, audio: Buffer, out: bytearray) -> None:
        """Lay ports * 80 law bytes out as a block of the highway, with transmit gain; other bytes of `out` stay."""
        if len(audio) != self.ports * BLOCK_SAMPLES or len(out) != self._block_bytes:
            raise ValueError(f"needs {self.ports * BLOCK_SAMPLES} bytes of audio and a block of {self._block_bytes}")
        lib.dsp_bank_transmit(self._bank, ffi.from_buffer("uint8_t[]", audio), ffi.from_buffer("uint8_t[]", out))

    def level(self, port: int) -> float:
        """dBm0 of what the port said in the last block (`clean`); -99 is silence."""
        return float(self._levels[self._checked(port)])

    def _checked(self, port: int) -> int:
        if not 0 <= port < self.ports:
            raise IndexError(f"port {port} of a bank of {self.ports}")
        return port


def _event(event: Any) -> DtmfEvent:
    digit = event.digit.decode("ascii")
    if event.ms < 0:
        return DtmfBegan(event.port, digit, event.at_sample)
    return DtmfEnded(event.port, digit, event.at_sample, event.ms)
