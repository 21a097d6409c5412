"""A telephone on a pair: handset, contact, keypad, bell, lamp, and the person who holds it."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.board import RING_STATE, SimulatedBoard
from boardsupport.bench.caller_id import CallerId, MessageLamp, Received
from boardsupport.bench.ringer import Lamp, Ringer, rings_bell
from boardsupport.bench.sounds import Dtmf, Microphone, Playing, Sound
from boardsupport.bench.station import Coupling, Listener, WrongStateError
from boardsupport.chip_model import SAMPLES_PER_MS
from boardsupport.si3050.sim_pair import CompanyPair
from boardsupport.si3210.sim import Si3210Model

__all__ = ["Telephone", "WrongStateError"]

CALLER_ID_BEFORE_RING_MS: Final = 4000
"""A caller's number that came this long before the first burst belongs to that ringing."""
LOOK_EVERY_SAMPLES: Final = 100 * SAMPLES_PER_MS
RETURN_LOSS_DB: Final = 14.0
POOR_RETURN_LOSS_DB: Final = 7.0
"""With the port's impedance synthesis off or its hybrid set wrong."""
SIDETONE: Final = 0.2


class Telephone:
    """One telephone. All times are samples; all methods are called under the board's lock."""

    far = False

    def __init__(self, port: str, index: int, board: SimulatedBoard, chip: Si3210Model) -> None:
        self.port = port
        self.index = index
        self.chip = chip
        self.lifted = False
        self.joined = True
        """False while the lifeline relay has taken the telephone off its chip."""
        self.copper: CompanyPair | None = None
        """The company's pair that the relay has put it on meanwhile."""
        self.ringer = Ringer()
        self.lamp = Lamp()
        self.caller_id: CallerId | None = None
        self.listeners: list[Listener] = []
        """Called by the tick with each 10 ms of the earpiece, 160 bytes of PCM16."""
        self.microphone = Microphone()
        self.hook_changes = 0
        self._caller_id_at = 0.0
        self._board = board
        self._contact: deque[tuple[float, bool]] = deque()
        self._closed = False
        self._dialling: Playing | None = None
        self._dialling_until = 0.0
        self._playing: Playing | None = None
        self._reversed = False
        self._look_at = 0.0
        self._seen_chip = -1
        board.outside[chip] = self.bring_forward

    # --- what a person does ---

    def lift(self) -> None:
        """Lift the handset; lifted already is no matter."""
        if self.lifted:
            return
        self.lifted = True
        self.hook_changes += 1
        self._switch_now(True)
        self.ringer.stop()

    def replace(self) -> None:
        """Put the handset down; what was being dialled or said ends."""
        if not self.lifted:
            return
        self.lifted = False
        self.hook_changes += 1
        self._dialling = self._playing = None
        self._dialling_until = 0.0
        self._switch_now(False)

    def flash(self, ms: int) -> float:
        """Open the loop that long; the sample at which it is closed again. Raises WrongStateError."""
        self._must_be_free()
        now = self._switch_now(False)
        end = now + ms * SAMPLES_PER_MS
        self._contact.append((end, True))
        self._dialling_until = end
        return end

    def dial(self, digits: str, on_ms: int, off_ms: int) -> float:
        """DTMF digits; the sample at which the last is out. Raises WrongStateError."""
        self._must_be_free()
        sound = Dtmf(digits, on_ms, off_ms)
        self._dialling = Playing(self._board.ticked, sound)
        self._dialling_until = self._board.ticked + sound.length
        return self._dialling_until

    def pulse(self, digits: str, break_ms: int, make_ms: int, gap_ms: int) -> float:
        """Digits as loop-disconnect pulses; the sample at which the last is out. Raises WrongStateError."""
        self._must_be_free()
        at = self._board.sample_now()
        for digit in digits:
            for _ in range(int(digit) or 10):
                self._contact.append((at, False))
                self._contact.append((at + break_ms * SAMPLES_PER_MS, True))
                at += (break_ms + make_ms) * SAMPLES_PER_MS
            at += gap_ms * SAMPLES_PER_MS
        self._dialling_until = at - gap_ms * SAMPLES_PER_MS
        return self._dialling_until

    def speak(self, sound: Sound) -> float:
        """Speak into the handset instead of what was spoken; the sample at which it ends. Raises WrongStateError."""
        self._must_be_lifted()
        self._playing = Playing(self._board.ticked, sound)
        return float(self._board.ticked + sound.length)

    # --- what the bench does ---

    def bring_forward(self, sample: float) -> None:
        """Move the contact when its time has come, and let the chip live until `sample`."""
        while self._contact and self._contact[0][0] <= sample:
            at, closed = self._contact.popleft()
            self._board.advance(self.chip, at)
            self._close(closed)
        self._board.advance(self.chip, sample)

    def join(self, joined: bool, copper: CompanyPair | None) -> None:
        """The lifeline relay: the telephone is on its chip's pair, or on the company's (None: on none)."""
        if joined != self.joined:
            if self.copper is not None:
                self.copper.set_lifted(self.port, False)
            self.joined, self.copper = joined, None if joined else copper
            self._close(self._closed)

    def mouth(self, start: int, count: int) -> NDArray[np.float32] | None:
        """See `Station.mouth`."""
        if not self._closed:
            return None
        sound = self._dialling or self._playing
        block = None
        if sound is not None:
            block = sound.block(start, count)
            if block is None:
                self._over(sound)
        live = self.microphone.pull(count)
        if live is None:
            return block
        return live if block is None else block + live

    def audio_state(self) -> Hashable:
        """See `Station.audio_state`."""
        return self.chip.audio_version, self.chip.pair.closed, self.joined, self.chip.pair.noise_dbm0

    def sounds(self) -> bool:
        """See `Station.sounds`."""
        return self.chip.audio_path()

    def coupling(self) -> Coupling:
        """See `Station.coupling`."""
        chip = self.chip
        connected, closed = self.joined and chip.pair.intact, chip.pair.closed
        talks = float(connected and closed)
        good = chip.impedance() is not None and chip.hybrid_is_default()
        loss = RETURN_LOSS_DB if good else POOR_RETURN_LOSS_DB
        return Coupling(talks, float(connected and not closed), talks, SIDETONE, loss, chip.pair.noise_dbm0)

    def observe(self, now: float) -> None:
        """Look at the pair's voltages, once a block."""
        if self.copper is not None:
            self._observe_company(self.copper, now)
            return
        chip = self.chip
        ringing = chip.linefeed == RING_STATE or bool(chip.line.ring_edges)
        due = now >= self._look_at or chip.audio_version != self._seen_chip
        if not ringing and not due:
            return  # nothing can have changed: idle telephones cost next to nothing
        self._look_at, self._seen_chip = now + LOOK_EVERY_SAMPLES, chip.audio_version
        connected = self.joined and chip.pair.intact
        peak = self._hear_bell(chip.take_ring_edges(), connected) if ringing else 0.0
        self.ringer.check(now)
        self._note_polarity(now, peak, chip.line_volts() if connected else 0.0)

    def _observe_company(self, pair: CompanyPair, now: float) -> None:
        """The same on the company's pair, where the relay has put the telephone."""
        connected = pair.plugged and self.chip.pair.intact
        pair.set_lifted(self.port, self._closed and connected)
        ring = pair.ring if connected else None
        if ring is not None and not self._closed:
            self._strike(ring.began)
        else:
            self.ringer.fall_silent(now)
        self.ringer.check(now)
        if ring is None:
            self._note_polarity(now, 0.0, pair.line_volts() if connected else 0.0)

    def _note_polarity(self, now: float, peak: float, volts: float) -> None:
        if not self._closed:
            self.lamp.look(now, peak, volts)
        if volts:
            self._reversed = volts < 0

    def receive(self, messages: list[Received], now: float) -> None:
        """The caller-id receiver understood something."""
        for message in messages:
            if isinstance(message, MessageLamp):
                self.lamp.message_waiting = message.lit
            else:
                self.caller_id, self._caller_id_at = message, now

    def view(self, hearing: dict[str, Any], now: float) -> dict[str, Any]:
        """The telephone as `GET /bench/phones/...` gives it."""
        caller, began = self.caller_id, self.ringer.began
        return {
            "port": self.port,
            "hook": "off" if self.lifted else "on",
            "ringing": self.ringer.ringing,
            "striking": self.ringer.striking,
            "rang_ms": None if began is None else round(began / SAMPLES_PER_MS),
            "ring_cadence_ms": self.ringer.cadence_ms(),
            "lamp": self.lamp.state(now),
            "polarity": "reversed" if self._reversed else "normal",
            "caller_id": None
            if caller is None
            else {"number": caller.number, "name": caller.name, "time": caller.time},
            "fault": self.chip.pair.fault,
            "hearing": hearing,
        }

    def _hear_bell(self, bursts: list[tuple[float, bool]], connected: bool) -> float:
        voltage = self.chip.ringing() if connected else None
        began = self.chip.now
        for at, on in bursts:
            if on:
                began = at
            else:
                self.ringer.fall_silent(at)
        if rings_bell(voltage) and not self._closed:
            self._strike(began)
        else:
            self.ringer.fall_silent(self.chip.now)
        return 0.0 if voltage is None else voltage.peak_v

    def _strike(self, at: float) -> None:
        if not self.ringer.ringing and at - self._caller_id_at > CALLER_ID_BEFORE_RING_MS * SAMPLES_PER_MS:
            self.caller_id = None
        self.ringer.strike(at)

    def _over(self, sound: Playing) -> None:
        if sound is self._dialling:
            self._dialling = None
        else:
            self._playing = None

    def _must_be_lifted(self) -> None:
        if not self.lifted:
            raise WrongStateError(f"{self.port}: the handset is down")

    def _must_be_free(self) -> None:
        self._must_be_lifted()
        if self._board.sample_now() < self._dialling_until:
            raise WrongStateError(f"{self.port}: it is still dialling")

    def _switch_now(self, closed: bool) -> float:
        now = self._board.sample_now()
        self.bring_forward(now)
        self._contact.clear()
        self._contact.append((now, closed))
        return now

    def _close(self, closed: bool) -> None:
        self._closed = closed
        self.chip.pair.set_closed(closed and self.joined)
        if self.copper is not None:
            self.copper.set_lifted(self.port, closed and self.chip.pair.intact)
