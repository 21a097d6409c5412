"""Speech between highway and stations (handsets, exchanges), for all ports in a few numpy calls per block.

Per port: highway -> law -> gain -> pair -> ear; mouth -> pair (+ what the hybrid returns of the other direction,
+ sidetone) -> gain -> law -> highway. Ports without an audio path cost nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench import g711
from boardsupport.bench.station import Station
from boardsupport.chip_model import PcmMap

BLOCK: Final = 80
ECHO_DELAYS: Final = (2, 4, 7, 11, 16, 22, 29, 37)
ECHO_SHAPE: Final = (0.62, 0.55, -0.36, -0.28, 0.22, 0.16, -0.12, 0.08)
"""What a telephone's hybrid and some cable return: spread over 5 ms; scaled to the station's return loss."""
FAR_ECHO_DELAYS: Final = (6, 11, 17, 24, 32, 41, 51, 62)
FAR_ECHO_SHAPE: Final = (0.30, 0.52, 0.58, -0.40, -0.26, 0.18, -0.12, 0.07)
"""The same of an exchange's hybrid behind some kilometres of cable: 8 ms."""
TAIL: Final = 64
SIDETONE_DELAY: Final = 6
HUM_HZ: Final = 50
RMS_0DBM0: Final = 32767 / 10 ** (3.14 / 20) / 2**0.5
"""Of 16-bit samples (ITU-T G.711: a sine wave at full scale has 3.14 dBm0)."""
FULL: Final = 32767.0
Floats = NDArray[np.float32]


class LineAudio:
    """The audio of `stations`, which share a highway of `slots`; those behind long cables come last."""

    def __init__(self, stations: Sequence[Station], slots: int) -> None:
        self._stations = stations
        self._slots = slots
        count = len(stations)
        self.earpiece: NDArray[np.int16] = np.zeros((count, BLOCK), np.int16)
        """What each earpiece, or the exchange behind a line, received in the last block."""
        self.on_hook: NDArray[np.int16] = np.zeros((count, BLOCK), np.int16)
        """What arrived at each telephone whose handset is down."""
        self.on_hook_open: NDArray[np.bool_] = np.zeros(count, np.bool_)
        """Whose line passes audio although the handset is down (on-hook transmission)."""
        self._seen: list[Hashable] = [None] * count
        self._variety = 1.0 + 0.1 * np.random.default_rng(7).standard_normal((count, len(ECHO_DELAYS)))
        self._tail: Floats = np.zeros((count, TAIL), np.float32)
        self._mouth_tail: Floats = np.zeros((count, SIDETONE_DELAY), np.float32)
        self._said: list[Floats | None] = []
        self._random = np.random.default_rng(11)
        self._unaligned: list[tuple[int, PcmMap]] = []
        self._loops: list[PcmMap] = []
        self.copper: tuple[Station, Station] | None = None
        """A telephone and the company line that its wires lead to, past all chips but that line's own."""
        self._copper_said: list[Floats | None] = []
        self._active: NDArray[np.int64] = np.zeros(0, np.int64)
        self._idle_frame: NDArray[np.uint8] = np.full((BLOCK, slots), 0xFF, np.uint8)

    def prepare(self, start: int) -> None:
        """Look at chips and mouths for the block that begins at sample `start`. Under the board's lock."""
        self._refresh()
        copper = self.copper or ()
        self._copper_said = [station.mouth(start, BLOCK) for station in copper]
        active = [self._stations[n] for n in self._active.tolist()]
        self._said = [
            self._on_copper(station) if station in copper else station.mouth(start, BLOCK) for station in active
        ]

    def _on_copper(self, station: Station) -> Floats | None:
        """What the line's port hears of both who speak on its wires; the telephone is off its own port."""
        said = [piece for piece in self._copper_said if piece is not None]
        return sum(said[1:], said[0]) if said and station.far else None

    def run(self, frames: NDArray[np.uint8], start: int) -> NDArray[np.uint8]:
        """The block that was prepared: frames (80, slots) towards the chips; returns those from the chips."""
        self.earpiece[:] = 0
        self.on_hook[:] = 0
        capture = self._idle_frame.copy()
        if len(self._active):
            self._speech(frames, capture, start)
        if self.copper is not None:
            self._carry_copper(*self.copper)
        for pcm in self._loops:
            capture[:, pcm.transmit_bit // 8] = frames[:, pcm.receive_bit // 8]
        return capture

    def _carry_copper(self, phone: Station, line: Station) -> None:
        """Speech between a telephone and the exchange over their wires alone, and what the line's port adds to it."""
        voice, company = (np.zeros(BLOCK, np.float32) if said is None else said for said in self._copper_said)
        self.on_hook_open[phone.index] = not phone.lifted
        if phone.lifted:
            port = self.earpiece[line.index].astype(np.float32)
            self.earpiece[phone.index] = _pcm16(company + port + phone.coupling().sidetone * voice)
            self.earpiece[line.index] = _pcm16(port + voice)
        else:
            self.on_hook[phone.index] = _pcm16(company)

    def _refresh(self) -> None:
        """Look again at the stations if the audio path of one may have changed."""
        now = [station.audio_state() for station in self._stations]
        if now != self._seen:
            self._seen = now
            self._rebuild()

    def _rebuild(self) -> None:
        chips = [station.chip for station in self._stations]
        maps = {n: pcm for n, chip in enumerate(chips) if (pcm := chip.pcm_map()) is not None}
        self._loops = [
            pcm for n, pcm in maps.items() if chips[n].digital_loopback() and self._fits(pcm) and not _shifted(pcm)
        ]
        active = [n for n, pcm in maps.items() if self._stations[n].sounds() and self._fits(pcm)]
        self._idle_frame = np.full((BLOCK, self._slots), 0xFF, np.uint8)
        for n, pcm in maps.items():
            if n not in active:
                self._place(self._idle_frame, pcm, np.full(BLOCK, g711.IDLE[pcm.law], np.uint8))
        self._unaligned = [(row, maps[n]) for row, n in enumerate(active) if _shifted(maps[n])]
        self._active = np.array(active, np.int64)
        self._near = sum(not self._stations[n].far for n in active)
        self._maps = [maps[n] for n in active]
        self._receive_slots = np.array([pcm.receive_bit // 8 for pcm in self._maps], np.int64)
        self._transmit_slots = np.array([pcm.transmit_bit // 8 for pcm in self._maps], np.int64)
        self._contended = len({pcm.transmit_bit for pcm in maps.values()}) < len(maps)
        self._rows = np.array([[g711.ROW[pcm.law]] for pcm in self._maps], np.int32)
        self._couple([self._stations[n] for n in active])

    def _couple(self, active: list[Station]) -> None:
        """Gains and impairments of the active stations, as columns."""
        gains = [station.chip.gains() for station in active]
        self._receive_gain = _column([receive for receive, _ in gains])
        self._transmit_gain = _column([transmit for _, transmit in gains])
        couplings = [station.coupling() for station in active]
        self._ear_gain = _column([each.ear for each in couplings])
        self._on_hook_gain = _column([each.on_hook for each in couplings])
        self._mouth_gain = _column([each.mouth for each in couplings])
        self._sidetone = _column([each.sidetone for each in couplings])
        self.on_hook_open[:] = False
        self.on_hook_open[self._active] = self._on_hook_gain[:, 0] > 0
        self._echo_gain = self._echo_of(_column([10 ** (-each.return_loss_db / 20) for each in couplings]))
        noises = [0.0 if each.noise_dbm0 is None else RMS_0DBM0 * 10 ** (each.noise_dbm0 / 20) for each in couplings]
        self._noise = _column(noises) if any(noises) else None
        impaired = [station.chip.impairment() for station in active]
        self._offset = _column([offset for offset, _ in impaired])
        self._hum = _column([hum for _, hum in impaired])
        self._clean = not any(offset or hum for offset, hum in impaired)

    def _echo_of(self, strength: Floats) -> Floats:
        """Gain of each echo tap of each active port (n, taps)."""
        shape = np.where(np.arange(len(self._active))[:, None] < self._near, ECHO_SHAPE, FAR_ECHO_SHAPE)
        shape = shape * self._variety[self._active]
        shape /= np.sqrt((shape**2).sum(axis=1, keepdims=True)) if len(shape) else 1.0
        gains: Floats = (shape * strength).astype(np.float32)
        return gains

    def _speech(self, frames: NDArray[np.uint8], capture: NDArray[np.uint8], start: int) -> None:
        active = self._active
        codes = np.ascontiguousarray(frames[:, self._receive_slots].T)
        for row, pcm in self._unaligned:
            codes[row] = _shifted_out(frames, pcm.receive_bit)
        down = g711.decode(codes, self._rows) * self._receive_gain
        past = np.concatenate([self._tail[active], down], axis=1)
        self._tail[active] = past[:, -TAIL:]
        up = np.zeros_like(down)
        for rows, delays in ((slice(self._near), ECHO_DELAYS), (slice(self._near, None), FAR_ECHO_DELAYS)):
            if len(up[rows]):
                self._echo(up[rows], past[rows], self._echo_gain[rows], delays)
        heard = down * self._ear_gain
        self._speak(up, heard)
        if not self._clean:
            phase = 2 * np.pi * HUM_HZ / 8000 * np.arange(start, start + BLOCK)
            up += self._offset + self._hum * np.sin(phase)
        if self._noise is not None:
            up += self._noise * self._random.standard_normal(up.shape, np.float32)
        self.earpiece[active] = _pcm16(heard)
        if self.on_hook_open.any():
            self.on_hook[active] = _pcm16(down * self._on_hook_gain)
        sent = g711.encode(_pcm16(up * self._transmit_gain), self._rows)
        if self._unaligned or self._contended:
            for row, pcm in enumerate(self._maps):
                self._place(capture, pcm, sent[row])
        else:
            capture[:, self._transmit_slots] = sent.T

    def _echo(self, up: Floats, past: Floats, gains: Floats, delays: tuple[int, ...]) -> None:
        """Add what the far ends return."""
        for tap, delay in enumerate(delays):
            up += gains[:, tap : tap + 1] * past[:, TAIL - delay : TAIL - delay + BLOCK]

    def _speak(self, up: Floats, heard: Floats) -> None:
        """Add what is said: to the line, and a little of it to the own ear."""
        rows = [row for row, said in enumerate(self._said) if said is not None]
        tails = self._mouth_tail[self._active]
        own = np.zeros_like(up)
        if rows:
            own[rows] = [said for said in self._said if said is not None]
            own *= self._mouth_gain
            up += own
        elif not tails.any():
            return
        heard[:, :SIDETONE_DELAY] += self._sidetone * tails
        heard[:, SIDETONE_DELAY:] += self._sidetone * own[:, :-SIDETONE_DELAY]
        self._mouth_tail[self._active] = own[:, -SIDETONE_DELAY:]

    def _fits(self, pcm: PcmMap) -> bool:
        frame_bits = self._slots * 8
        return pcm.transmit_bit + 8 <= frame_bits and pcm.receive_bit + 8 <= frame_bits

    def _place(self, capture: NDArray[np.uint8], pcm: PcmMap, codes: NDArray[np.uint8]) -> None:
        """Drive the codes onto the bus from a bit offset on; where two chips drive, a low bit wins."""
        if not self._fits(pcm):
            return
        slot, shift = divmod(pcm.transmit_bit, 8)
        word = codes.astype(np.uint16) << (8 - shift) | np.uint16(0xFFFF & ~(0xFF << (8 - shift)))
        capture[:, slot] &= (word >> 8).astype(np.uint8)
        if shift:
            capture[:, slot + 1] &= (word & 0xFF).astype(np.uint8)


def _shifted(pcm: PcmMap) -> bool:
    return bool(pcm.transmit_bit % 8 or pcm.receive_bit % 8)


def _shifted_out(frames: NDArray[np.uint8], bit: int) -> NDArray[np.uint8]:
    """Eight bits of each frame from a bit offset on."""
    slot, shift = divmod(bit, 8)
    if not shift:
        return frames[:, slot]
    pair = frames[:, slot].astype(np.uint16) << 8 | frames[:, slot + 1]
    return (pair >> (8 - shift) & 0xFF).astype(np.uint8)


def _column(values: list[float]) -> Floats:
    return np.array(values, np.float32).reshape(-1, 1)


def _pcm16(samples: Floats) -> NDArray[np.int16]:
    return np.rint(np.clip(samples, -FULL, FULL)).astype(np.int16)
