"""What the gateway asks of audio and of lines, by the rules of the country."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.dsp import PortBank
from boardsupport.port import LampKind
from firmware.countries import Country, Law
from firmware.errors import UnavailableError
from firmware.gateway.messages import Ring, Signal
from firmware.trunk_countries import DtmfSpec
from firmware.voice.callerid import burst, lamp_message, length_ms, ring_plan
from firmware.voice.disk import Disk
from firmware.voice.fabric import Source
from firmware.voice.line_ears import LineEars
from firmware.voice.line_thread import LineThread
from firmware.voice.prompt_files import Convert, Found, Wanted, find_prompts
from firmware.voice.signals import Playback, Signals
from firmware.voice.surroundings import SignalSource
from firmware.voice.tones import Prepared
from firmware.voice.trunk_line import Receiver

TONE_LOOP_SAMPLES = 400
TAIL_MS = 200
"""On-hook transmission outlasts its message by this: the playout, and the switch back are not to cut it."""


class PromptLoader:
    """Reads prompts, which are A-law wherever the hotel stands, as the highway's law; see `prompt_files.Loader`."""

    def __init__(self, disk: Disk, law: Law) -> None:
        self._disk = disk
        self._convert: Convert = bytes if law == "alaw" else lambda audio: dsp.encode(dsp.decode(audio, "alaw"), law)

    def find(self, wanted: Sequence[Wanted], limit: int, done: Callable[[Found | None], None]) -> None:
        def finished(result: object) -> None:
            done(result if isinstance(result, list) else None)

        try:
            self._disk.submit(lambda: find_prompts(wanted, limit, self._convert), finished)
        except UnavailableError:
            done(None)


def said(bank: PortBank, index: int) -> Sequence[int]:
    """The linear samples of what a port said in the last block."""
    return memoryview(dsp.decode(bank.clean[index * BLOCK_SAMPLES :][:BLOCK_SAMPLES], bank.law)).cast("h")


def endless_tone(hz: float, dbm0: float, law: Law) -> Source:
    """Whole cycles of a tone, over and over: its frequency is a multiple of 20 Hz."""
    return Playback(Prepared(b"", dsp.tone([(hz, dbm0)], TONE_LOOP_SAMPLES, law)), dsp.IDLE[law])


class CountryMedia:
    """Signals, digit receivers and caller-id bursts of one site."""

    def __init__(
        self, country: Country, bank: PortBank, ears: LineEars, signals: Signals, local_time: Callable[[], datetime]
    ) -> None:
        self.country = country
        self._bank = bank
        self._ears = ears
        self._signals = signals
        self._local_time = local_time
        self._bursts: dict[str, bytes] = {}
        self._lamp_messages = {lit: lamp_message(lit, country.caller_id, country.law) for lit in (False, True)}

    def source(self, signal: Signal) -> SignalSource:
        """See `surroundings.Media.source`."""
        return self._signals.source(signal)

    def receive_digits(self, index: int, enabled: bool, dial_tone: bool) -> None:
        """See `surroundings.Media.receive_digits`."""
        self._bank.set_dtmf(index, enabled, dial_tone)

    def digits(self, digits: str, speed: DtmfSpec) -> Source:
        """See `surroundings.Media.digits`."""
        law = self.country.law
        return Playback(Prepared(dsp.dtmf(digits, speed.on_ms, speed.off_ms, speed.dbm0, law), b""), dsp.IDLE[law])

    def receive_line(self, index: int, receiver: Receiver | None) -> None:
        """See `surroundings.Media.receive_line`."""
        self._ears.receive(index, receiver)

    def level(self, index: int) -> float:
        """See `surroundings.Media.level`."""
        return self._bank.level(index)

    def samples(self, index: int) -> Sequence[int]:
        """See `surroundings.Media.samples`."""
        return said(self._bank, index)

    def cancel_echo(self, index: int, enabled: bool) -> None:
        """See `surroundings.Media.cancel_echo`."""
        self._bank.set_echo(index, enabled)

    def test_tone(self, hz: float, dbm0: float) -> Source:
        """See `surroundings.Media.test_tone`."""
        return endless_tone(hz, dbm0, self.country.law)

    def prepare_burst(self, port: str, ring: Ring) -> bytes:
        """Make the burst that this ringing will send; empty if nothing is to be shown."""
        shown = ring.caller
        audio = b""
        if shown is not None and (shown.number or shown.name or shown.private):
            audio = burst(shown, self.country.caller_id, self._local_time(), self.country.law)
        self._bursts[port] = audio
        return audio

    def caller_id(self, port: str) -> Source | None:
        """See `surroundings.Media.caller_id`."""
        audio = self._bursts.get(port)
        return Playback(Prepared(audio, b""), dsp.IDLE[self.country.law]) if audio else None

    @property
    def lamp_kind(self) -> LampKind:
        """See `surroundings.Media.lamp_kind`."""
        return self.country.lamp

    def lamp_message(self, lit: bool) -> tuple[Source, int]:
        """See `surroundings.Media.lamp_message`."""
        audio = self._lamp_messages[lit]
        return Playback(Prepared(audio, b""), dsp.IDLE[self.country.law]), length_ms(audio)


class CountryLines:
    """The lines' verbs with the country's cadences and caller id; see `surroundings.Lines`."""

    def __init__(self, media: CountryMedia, lines: LineThread) -> None:
        self._media = media
        self._lines = lines

    def ring(self, port: str, ring: Ring) -> None:
        country = self._media.country
        audio = self._media.prepare_burst(port, ring)
        self._lines.ring(port, ring_plan(country.rings[ring.kind], country.caller_id, audio))

    def stop_ring(self, port: str) -> None:
        self._lines.stop_ring(port)

    def seize(self, port: str) -> None:
        self._lines.seize(port)

    def release(self, port: str) -> None:
        self._lines.release(port)

    def set_lamp(self, port: str, kind: LampKind, lit: bool) -> None:
        self._lines.set_lamp(port, kind, lit)

    def transmit_on_hook(self, port: str, ms: int) -> None:
        self._lines.transmit_on_hook(port, ms + TAIL_MS)

    def return_to_service(self, port: str) -> None:
        self._lines.return_to_service(port)

    def test_pair(self, port: str, ring: bool) -> None:
        self._lines.test_pair(port, ring)

    def end_test(self, port: str) -> None:
        self._lines.end_test(port)

    def report(self, port: str) -> None:
        self._lines.report(port)
