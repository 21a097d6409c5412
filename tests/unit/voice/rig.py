"""A gateway without a board: real switching and signal processing, lines that only note what they were told."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from boardsupport import dsp
from boardsupport.bus import BLOCK_NS, BLOCK_SAMPLES
from boardsupport.dsp import DtmfBegan, PortBank
from boardsupport.fxo import Released, Seized
from boardsupport.port import InService, Lifted, PulseDigit, Replaced
from firmware.countries import COUNTRIES
from firmware.gateway.messages import (
    Command,
    DigitMap,
    EndpointState,
    Error,
    Event,
    LampKind,
    OffHookPlan,
    Reply,
    Ring,
    Signal,
)
from firmware.trunk_countries import TRUNK_COUNTRIES, DtmfSpec
from firmware.voice import tones
from firmware.voice.commands import Floor, execute
from firmware.voice.fabric import Fabric, Source
from firmware.voice.gateway import Gateway
from firmware.voice.line_ears import LineEars
from firmware.voice.line_events import LineEvent
from firmware.voice.media import endless_tone, said
from firmware.voice.prompt_files import Found, Prompt, Stamp, Wanted
from firmware.voice.signals import Playback, Signals
from firmware.voice.surroundings import SignalSource
from firmware.voice.tones import Prepared
from firmware.voice.trunk_line import Receiver
from firmware.voice.trunk_profile import TrunkProfile

IDLE = dsp.IDLE["alaw"]
SILENCE = bytes([IDLE]) * BLOCK_SAMPLES
LAMP_ON, LAMP_OFF, LAMP_BLOCKS = 0x11, 0x22, 5
"""Lamp messages of the rig: law bytes that nothing else sends."""
DIAL_PLAN = OffHookPlan(signal=Signal(tone="dial"), digit_map=DigitMap(patterns=("1xx", "8", "8888")))


class NotedLines:
    """Lines that note their orders."""

    def __init__(self) -> None:
        self.ringing: dict[str, Ring] = {}
        self.lamps: dict[tuple[str, LampKind], bool] = {}
        self.transmissions: list[tuple[str, int]] = []
        self.seized: set[str] = set()
        self.returned: list[str] = []
        self.tested: dict[str, bool] = {}
        """Pairs that are being measured; with a burst of ringing?"""
        self.reports: list[str] = []

    def ring(self, port: str, ring: Ring) -> None:
        self.ringing[port] = ring

    def stop_ring(self, port: str) -> None:
        self.ringing.pop(port, None)

    def set_lamp(self, port: str, kind: LampKind, lit: bool) -> None:
        self.lamps[port, kind] = lit

    def transmit_on_hook(self, port: str, ms: int) -> None:
        self.transmissions.append((port, ms))

    def seize(self, port: str) -> None:
        self.seized.add(port)

    def release(self, port: str) -> None:
        self.seized.discard(port)

    def return_to_service(self, port: str) -> None:
        self.returned.append(port)

    def test_pair(self, port: str, ring: bool) -> None:
        self.tested[port] = ring

    def end_test(self, port: str) -> None:
        self.tested.pop(port, None)

    def report(self, port: str) -> None:
        self.reports.append(port)


class NotedRecordings:
    def __init__(self) -> None:
        self.stopped: list[int] = []

    def stop(self, index: int) -> None:
        self.stopped.append(index)

    def digit(self, index: int, digit: str) -> None: ...


class PromptFiles:
    """Prompts by file name, handed over when `arrive` is called."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._asked: list[tuple[Sequence[Wanted], Callable[[Found | None], None]]] = []

    def find(self, wanted: Sequence[Wanted], limit: int, done: Callable[[Found | None], None]) -> None:
        self._asked.append((wanted, done))

    def arrive(self) -> None:
        asked, self._asked = self._asked, []
        for wanted, done in asked:
            done([self._prompt(one.places[-1]) for one in wanted])

    def fail(self) -> None:
        """The disk is too far behind to be asked."""
        asked, self._asked = self._asked, []
        for _, done in asked:
            done(None)

    def _prompt(self, path: Path) -> Prompt | None:
        audio = self.files.get(path.name)
        return None if audio is None else Prompt(Stamp(path, 0, len(audio), 0), audio)


class RigMedia:
    def __init__(self, bank: PortBank, signals: Signals) -> None:
        self._bank = bank
        self._signals = signals
        self.ears = LineEars(bank, COUNTRIES["pl"])
        self.receivers: dict[int, Receiver | None] = {}

    def source(self, signal: Signal) -> SignalSource:
        return self._signals.source(signal)

    def receive_digits(self, index: int, enabled: bool, dial_tone: bool) -> None:
        self._bank.set_dtmf(index, enabled, dial_tone)

    def digits(self, digits: str, speed: DtmfSpec) -> Source:
        audio = dsp.dtmf(digits, speed.on_ms, speed.off_ms, speed.dbm0, "alaw")
        return Playback(Prepared(audio, b""), IDLE)

    def receive_line(self, index: int, receiver: Receiver | None) -> None:
        self.receivers[index] = receiver
        self.ears.receive(index, receiver)

    def level(self, index: int) -> float:
        return self._bank.level(index)

    def samples(self, index: int) -> Sequence[int]:
        return said(self._bank, index)

    def cancel_echo(self, index: int, enabled: bool) -> None:
        self._bank.set_echo(index, enabled)

    def test_tone(self, hz: float, dbm0: float) -> Source:
        return endless_tone(hz, dbm0, "alaw")

    def caller_id(self, port: str) -> Source | None:
        return None

    @property
    def lamp_kind(self) -> LampKind:
        return "neon"

    def lamp_message(self, lit: bool) -> tuple[Source, int]:
        audio = bytes([LAMP_ON if lit else LAMP_OFF]) * BLOCK_SAMPLES * LAMP_BLOCKS
        return Playback(Prepared(audio, b""), IDLE), 10 * LAMP_BLOCKS


PROFILE = TrunkProfile(TRUNK_COUNTRIES["pl"].dtmf)


class Rig:
    """A gateway with `ports` telephones on-hook and lines of these profiles, in service, and time passing by blocks."""

    def __init__(self, ports: int = 4, in_service: bool = True, trunks: Sequence[TrunkProfile] = ()) -> None:
        profiles = {f"fxo/{number}": profile for number, profile in enumerate(trunks, 1)}
        names = [*(f"fxs/{number}" for number in range(1, ports + 1)), *profiles]
        self.bank = PortBank(len(names), len(names), "alaw")
        for index in range(len(names)):
            self.bank.place(index, index)
            self.bank.set_echo(index, False)
        self.lines = NotedLines()
        self.recordings = NotedRecordings()
        self.prompts = PromptFiles()
        prepared = tones.prepare(COUNTRIES["pl"], partial(_make, law="alaw"), IDLE)
        signals = Signals(prepared, Path("prompts"), "en", self.prompts, IDLE)
        self.fabric = Fabric(len(names), IDLE, partial(dsp.mix, law="alaw"), partial(dsp.overlay, law="alaw"))
        self.media = RigMedia(self.bank, signals)
        self.gateway = Gateway(names, self.fabric, self.media, self.lines, self.recordings, profiles)
        self.gateway.now_ns = 1_000_000_000
        self.floor = Floor(self.gateway, self.lines, services=None)  # type: ignore[arg-type]
        if in_service:
            for name in names:
                self.line(name, InService(self.now, off_hook=False, cold=False))
            self.events()

    @property
    def now(self) -> int:
        return self.gateway.now_ns

    def state(self, port: str) -> EndpointState:
        return self.gateway.endpoints[port].audit()

    def line(self, port: str, event: LineEvent) -> None:
        self.gateway.line_event(port, event)

    def open_line(self, port: str, ringing: bool = False) -> None:
        """The port has done what it was told: its line is seized."""
        assert port in self.lines.seized
        self.line(port, Seized(self.now, ringing))

    def close_line(self, port: str) -> None:
        """The port has done what it was told: its line is on-hook."""
        assert port not in self.lines.seized
        self.line(port, Released(self.now))

    def lift(self, *ports: str) -> None:
        for port in ports:
            self.line(port, Lifted(self.now))

    def replace(self, *ports: str) -> None:
        for port in ports:
            self.line(port, Replaced(self.now))

    def events(self) -> list[Event]:
        """What was reported since the last call."""
        return [occurrence.event for occurrence in self.gateway.occurrences()]

    def reply(self, command: Command) -> Reply:
        replies: list[Reply] = []
        execute(self.floor, command, replies.append)
        assert len(replies) == 1
        return replies[0]

    def do(self, *commands: Command) -> None:
        for command in commands:
            reply = self.reply(command)
            assert not isinstance(reply, Error), reply

    def block(self, said: dict[str, bytes] | None = None, played: bytes | None = None) -> dict[str, bytes]:
        """Let 10 ms pass in which the telephones say this, and were sent `played`; what each of them hears."""
        said = said or {}
        capture = bytearray([IDLE]) * (self.bank.stride * BLOCK_SAMPLES)
        for name, audio in said.items():
            capture[self.gateway.endpoints[name].index :: self.bank.stride] = audio
        self.gateway.now_ns += BLOCK_NS
        events = self.bank.receive(bytes(capture), played)
        for event in events:
            if isinstance(event, DtmfBegan):
                self.gateway.digit(event.port, event.digit)
        self.media.ears.tell(self.gateway, events)
        self.gateway.listen()
        self.gateway.expire()
        self.gateway.lamps.step(self.gateway.telephones.values(), self.now)
        self.gateway.signals_ended(self.fabric.compose(self.bank.clean))
        audio = bytes(self.fabric.audio)
        return {
            name: audio[endpoint.index * BLOCK_SAMPLES :][:BLOCK_SAMPLES]
            for name, endpoint in self.gateway.endpoints.items()
        }

    def echo(self, port: str, part: float) -> None:
        """Let 10 ms pass in which the line gives back this part of what it was sent in the last block."""
        sent = bytearray([IDLE]) * (self.bank.stride * BLOCK_SAMPLES)
        self.bank.transmit(self.fabric.audio, sent)
        samples = memoryview(dsp.decode(sent[self.gateway.endpoints[port].index :: self.bank.stride], "alaw")).cast("h")
        returned = struct.pack(f"={BLOCK_SAMPLES}h", *(round(sample * part) for sample in samples))
        self.block({port: dsp.encode(returned, "alaw")}, bytes(sent))

    def wait(self, ms: int) -> list[Event]:
        """Let time pass in silence; what was reported."""
        for _ in range(ms // 10):
            self.block()
        return self.events()

    def line_digits(self, port: str, digits: str) -> None:
        """Dial by pulses, all at once."""
        for digit in digits:
            self.line(port, PulseDigit(self.now, digit))

    def dial(self, port: str, digits: str, on_ms: int = 80, off_ms: int = 80) -> list[Event]:
        """Send DTMF; what was reported."""
        audio = dsp.dtmf(digits, on_ms, off_ms, -10.0, "alaw")
        for at in range(0, len(audio), BLOCK_SAMPLES):
            block = audio[at : at + BLOCK_SAMPLES]
            self.block({port: block.ljust(BLOCK_SAMPLES, bytes([IDLE]))})
        return self.events()


def _make(frequencies, samples, law):  # type: ignore[no-untyped-def]
    return dsp.tone(frequencies, samples, law)
