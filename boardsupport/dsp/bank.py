"""All ports of a highway in one C call per tick."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Literal, TypeAlias

from boardsupport.bus import BLOCK_SAMPLES, Law
from boardsupport.dsp._dsp import ffi, lib
from boardsupport.dsp.caller_id_parse import MessageError, ReceivedCallerId, parse_dtmf, parse_fsk
from boardsupport.dsp.events import (
    BankEvent,
    CallerIdReceived,
    DtmfBegan,
    DtmfEnded,
    ToneBegan,
    ToneCycle,
    ToneEnded,
)
from boardsupport.dsp.law import LAW_NUMBER, Buffer
from boardsupport.dsp.progress import DetectorSet

CallerIdFormat: TypeAlias = Literal["fsk", "dtmf"]

ECHO_TAPS = 64
GAIN_LIMIT_DB = 24.0
EVENTS_OF_A_PORT: Final = 40
"""More than a block can hold: two of a digit, three of each of eight tones, two of each caller-id receiver."""
_FORMATS: Final[dict[CallerIdFormat, int]] = {"fsk": lib.DSP_FSK, "dtmf": lib.DSP_DTMF}


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
        self._event_room = EVENTS_OF_A_PORT * ports
        self._events = ffi.new("dsp_event[]", self._event_room)
        self._detectors: list[DetectorSet | None] = [None] * ports
        self._broken = [0] * ports
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

        Switching off drops a digit that is being pressed (no DtmfEnded); if it still is when the receiver is on again,
        it is no new one. The filter alone can be switched at any time.
        """
        if lib.dsp_bank_set_dtmf(self._bank, self._checked(port), enabled, dial_tone_filter):
            raise MemoryError("no memory for a DTMF receiver")

    def set_progress(self, port: int, detectors: DetectorSet | None) -> None:
        """Listen for the tones of a set, from their beginning, or for none (as at first); what was heard is forgotten.

        Heard is what the line says after echo cancelling, before suppression and gain. No tone that was there is
        reported as ended.
        """
        handle = ffi.NULL if detectors is None else detectors.handle
        if lib.dsp_bank_set_progress(self._bank, self._checked(port), handle):
            raise MemoryError("no memory for detectors of call-progress tones")
        self._detectors[port] = detectors

    def set_caller_id(self, port: int, formats: Collection[CallerIdFormat]) -> None:
        """Switch the receivers of an on-hook line (off at first); a message that is arriving is dropped.

        "fsk" takes Bell 202 and V.23 alike, down to -36 dBm0.
        """
        wanted = sum(_FORMATS[one] for one in set(formats))
        if lib.dsp_bank_set_caller_id(self._bank, self._checked(port), wanted):
            raise MemoryError("no memory for caller-id receivers")

    def caller_id_broken(self, port: int) -> int:
        """How many messages have arrived with a wrong checksum or malformed, or have broken off."""
        return self._broken[self._checked(port)]

    def set_gain(self, port: int, receive_db: float, transmit_db: float) -> None:
        """Gain of what the port says and of what it is sent; 0 dB leaves bytes as they are. At most +-24 dB."""
        if not (abs(receive_db) <= GAIN_LIMIT_DB and abs(transmit_db) <= GAIN_LIMIT_DB):
            raise ValueError(f"gains of {receive_db} and {transmit_db} dB are beyond {GAIN_LIMIT_DB} dB")
        lib.dsp_bank_set_gain(self._bank, self._checked(port), receive_db, transmit_db)

    def receive(self, capture: Buffer, played: Buffer | None) -> list[BankEvent]:
        """Take a block of the highway: fills `clean` and the levels, returns what was heard on the lines.

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
        events = (self._event(self._events[i]) for i in range(count))
        return [event for event in events if event is not None] if count else []

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

    def _event(self, event: Any) -> BankEvent | None:
        port: int = event.port
        if event.kind == lib.DSP_DIGIT_BEGAN:
            return DtmfBegan(port, chr(event.code), event.at_sample)
        if event.kind == lib.DSP_DIGIT_ENDED:
            return DtmfEnded(port, chr(event.code), event.at_sample, event.value)
        if event.kind == lib.DSP_MESSAGE:
            return self._message(event)
        if event.kind == lib.DSP_MESSAGE_BROKEN:
            self._broken[port] += 1
            return None
        return self._tone(event)

    def _tone(self, event: Any) -> BankEvent | None:
        detectors = self._detectors[event.port]
        if detectors is None:
            return None
        name = detectors.tones[event.code].name
        if event.kind == lib.DSP_TONE_BEGAN:
            return ToneBegan(event.port, name, event.at_sample)
        if event.kind == lib.DSP_TONE_CYCLE:
            return ToneCycle(event.port, name, event.at_sample, event.value)
        return ToneEnded(event.port, name, event.at_sample, event.value, event.kind == lib.DSP_TONE_COVERED)

    def _message(self, event: Any) -> CallerIdReceived | None:
        message = bytes(ffi.buffer(lib.dsp_bank_message(self._bank, event.port, event.code), event.value))
        caller: ReceivedCallerId | None
        try:
            caller = parse_fsk(message) if event.code == lib.DSP_FSK else parse_dtmf(message.decode("ascii"))
        except MessageError:
            self._broken[event.port] += 1
            return None
        return None if caller is None else CallerIdReceived(event.port, event.at_sample, caller)
