"""Speech between highway and handsets, for all ports in a few numpy calls per block.

Per port: highway -> law -> receive gain -> pair -> earpiece; microphone -> pair (+ what the hybrid returns of the other
direction, + sidetone) -> transmit gain -> law -> highway. Ports without an audio path cost nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench import g711
from boardsupport.bench.telephone import Telephone
from boardsupport.si3210.sim import PcmMap

BLOCK: Final = 80
ECHO_DELAYS: Final = (2, 4, 7, 11, 16, 22, 29, 37)
ECHO_SHAPE: Final = (0.62, 0.55, -0.36, -0.28, 0.22, 0.16, -0.12, 0.08)
"""What a telephone's hybrid and some cable return: spread over 5 ms; scaled to the return loss below."""
RETURN_LOSS_DB: Final = 14.0
POOR_RETURN_LOSS_DB: Final = 7.0
"""With the port's impedance synthesis off or its hybrid set wrong."""
TAIL: Final = 40
SIDETONE: Final = 0.2
SIDETONE_DELAY: Final = 6
HUM_HZ: Final = 50
FULL: Final = 32767.0
Floats = NDArray[np.float32]


class LineAudio:
    """The audio of `phones`, which share a highway of `slots`."""

    def __init__(self, phones: Sequence[Telephone], slots: int) -> None:
        self._phones = phones
        self._slots = slots
        count = len(phones)
        self.earpiece: NDArray[np.int16] = np.zeros((count, BLOCK), np.int16)
        """What each telephone's earpiece received in the last block."""
        self.on_hook: NDArray[np.int16] = np.zeros((count, BLOCK), np.int16)
        """What arrived at each telephone whose handset is down."""
        self.on_hook_open: NDArray[np.bool_] = np.zeros(count, np.bool_)
        """Whose line passes audio although the handset is down (on-hook transmission)."""
        self._seen = [(-1, False, False)] * count
        self._variety = 1.0 + 0.1 * np.random.default_rng(7).standard_normal((count, len(ECHO_DELAYS)))
        self._tail: Floats = np.zeros((count, TAIL), np.float32)
        self._mouth_tail: Floats = np.zeros((count, SIDETONE_DELAY), np.float32)
        self._said: list[Floats | None] = []
        self._unaligned: list[tuple[int, PcmMap]] = []
        self._loops: list[PcmMap] = []
        self._active: NDArray[np.int64] = np.zeros(0, np.int64)
        self._idle_frame: NDArray[np.uint8] = np.full((BLOCK, slots), 0xFF, np.uint8)

    def prepare(self, start: int) -> None:
        """Look at chips and mouths for the block that begins at sample `start`. Under the board's lock."""
        self._refresh()
        self._said = [self._phones[n].mouth(start, BLOCK) for n in self._active.tolist()]

    def run(self, frames: NDArray[np.uint8], start: int) -> NDArray[np.uint8]:
        """The block that was prepared: frames (80, slots) towards the chips; returns those from the chips."""
        self.earpiece[:] = 0
        self.on_hook[:] = 0
        capture = self._idle_frame.copy()
        if len(self._active):
            self._speech(frames, capture, start)
        for pcm in self._loops:
            capture[:, pcm.transmit_bit // 8] = frames[:, pcm.receive_bit // 8]
        return capture

    def _refresh(self) -> None:
        """Look again at the chips whose audio path may have changed."""
        changed = False
        for n, phone in enumerate(self._phones):
            now = (phone.chip.audio_version, phone.chip.pair.closed, phone.joined)
            if now != self._seen[n]:
                self._seen[n] = now
                changed = True
        if changed:
            self._rebuild()

    def _rebuild(self) -> None:
        maps = {n: pcm for n, phone in enumerate(self._phones) if (pcm := phone.chip.pcm_map()) is not None}
        chips = [phone.chip for phone in self._phones]
        self._loops = [
            pcm for n, pcm in maps.items() if chips[n].digital_loopback() and self._fits(pcm) and not _shifted(pcm)
        ]
        active = [n for n, pcm in maps.items() if chips[n].audio_path() and self._fits(pcm)]
        self._idle_frame = np.full((BLOCK, self._slots), 0xFF, np.uint8)
        for n, pcm in maps.items():
            if n not in active:
                self._place(self._idle_frame, pcm, np.full(BLOCK, g711.IDLE[pcm.law], np.uint8))
        self._unaligned = [(row, maps[n]) for row, n in enumerate(active) if _shifted(maps[n])]
        self._active = np.array(active, np.int64)
        self._maps = [maps[n] for n in active]
        self._receive_slots = np.array([pcm.receive_bit // 8 for pcm in self._maps], np.int64)
        self._transmit_slots = np.array([pcm.transmit_bit // 8 for pcm in self._maps], np.int64)
        self._contended = len({pcm.transmit_bit for pcm in maps.values()}) < len(maps)
        self._rows = np.array([[g711.ROW[pcm.law]] for pcm in self._maps], np.int32)
        gains = [chips[n].gains() for n in active]
        self._receive_gain = _column([receive for receive, _ in gains])
        self._transmit_gain = _column([transmit for _, transmit in gains])
        connected = [self._phones[n].joined and chips[n].pair.intact for n in active]
        closed = [chips[n].pair.closed for n in active]
        self._earpiece_gain = _column([float(joined and up) for joined, up in zip(connected, closed, strict=True)])
        self._on_hook_gain = _column([float(joined and not up) for joined, up in zip(connected, closed, strict=True)])
        self.on_hook_open[:] = False
        self.on_hook_open[self._active] = self._on_hook_gain[:, 0] > 0
        self._echo_gain = self._echo_of(active)
        impaired = [chips[n].impairment() for n in active]
        self._offset = _column([offset for offset, _ in impaired])
        self._hum = _column([hum for _, hum in impaired])
        self._clean = not any(offset or hum for offset, hum in impaired)

    def _echo_of(self, active: list[int]) -> Floats:
        """Gain of each echo tap of each active port (n, taps)."""
        shape = np.array(ECHO_SHAPE) * self._variety[active]
        shape /= np.sqrt((shape**2).sum(axis=1, keepdims=True)) if len(active) else 1.0
        losses = []
        for n in active:
            chip = self._phones[n].chip
            good = chip.impedance() is not None and chip.hybrid_is_default()
            losses.append(RETURN_LOSS_DB if good else POOR_RETURN_LOSS_DB)
        return (shape * _column([10 ** (-loss / 20) for loss in losses])).astype(np.float32)

    def _speech(self, frames: NDArray[np.uint8], capture: NDArray[np.uint8], start: int) -> None:
        active = self._active
        codes = np.ascontiguousarray(frames[:, self._receive_slots].T)
        for row, pcm in self._unaligned:
            codes[row] = _shifted_out(frames, pcm.receive_bit)
        down = g711.decode(codes, self._rows) * self._receive_gain
        past = np.concatenate([self._tail[active], down], axis=1)
        self._tail[active] = past[:, -TAIL:]
        up = np.zeros_like(down)
        for tap, delay in enumerate(ECHO_DELAYS):
            up += self._echo_gain[:, tap : tap + 1] * past[:, TAIL - delay : TAIL - delay + BLOCK]
        heard = down * self._earpiece_gain
        self._speak(up, heard)
        if not self._clean:
            phase = 2 * np.pi * HUM_HZ / 8000 * np.arange(start, start + BLOCK)
            up += self._offset + self._hum * np.sin(phase)
        self.earpiece[active] = _pcm16(heard)
        if self.on_hook_open.any():
            self.on_hook[active] = _pcm16(down * self._on_hook_gain)
        sent = g711.encode(_pcm16(up * self._transmit_gain), self._rows)
        if self._unaligned or self._contended:
            for row, pcm in enumerate(self._maps):
                self._place(capture, pcm, sent[row])
        else:
            capture[:, self._transmit_slots] = sent.T

    def _speak(self, up: Floats, heard: Floats) -> None:
        """Add what is said into the handsets: to the line, and a little of it to the own ear."""
        rows = [row for row, said in enumerate(self._said) if said is not None]
        tails = self._mouth_tail[self._active]
        own = np.zeros_like(up)
        if rows:
            own[rows] = [said for said in self._said if said is not None]
            own *= self._earpiece_gain
            up += own
        elif not tails.any():
            return
        heard[:, :SIDETONE_DELAY] += SIDETONE * tails
        heard[:, SIDETONE_DELAY:] += SIDETONE * own[:, :-SIDETONE_DELAY]
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
