"""The world outside the box, in blocks of 10 ms: telephones and company lines on the ports, what they hear, and what
is kept of it.

`World.tick` is the only place where time passes. It is called by the clock's thread; the API calls the telephones'
methods under `world.lock`. For a page or another listener:

* `world.phones["fxs/1"]` is a `Telephone`; its verbs (`lift`, `replace`, `flash`, `dial`, `pulse`, `speak`) are called
  with `world.lock` held. `phone.listeners` is a list of functions that the tick calls with each block of the earpiece
  (160 bytes of PCM16, 8 kHz): hand them over to the event loop with `call_soon_threadsafe`.
  `phone.microphone.push(pcm16)` speaks.
* `world.lines["fxo/1"]` is a `CompanyLine`, likewise; its ear is the exchange's: what comes from the box.
* `world.audio.earpiece` is int16 (n, 80): what each ear received in the last block; `world.audio.on_hook` is the
  same for telephones whose handset is down, and `on_hook_open` (n) says whose line passes audio then. The row of a
  telephone or line is its `index`.
* `world.listening` has the ears and the caller-id receivers, in a thread of its own.
* `world.view(phone)` and `world.view_line(line)` are what the API gives.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from boardsupport.bench.board import SimulatedBoard
from boardsupport.bench.caller_id import Received
from boardsupport.bench.company_line import CompanyLine
from boardsupport.bench.dtmf_receiver import DigitBank
from boardsupport.bench.line_audio import BLOCK, LineAudio
from boardsupport.bench.listening import HeardBlock, Listening
from boardsupport.bench.station import Station
from boardsupport.bench.telephone import Telephone
from boardsupport.chip_model import SAMPLES_PER_MS
from boardsupport.tables import BoardTable

LIFELINE_LINE: Final = "fxo/1"
"""Where the relay leads."""
HISTORY_SAMPLES: Final = 60_000 * SAMPLES_PER_MS


class World:
    """Everything on the bench. `labels`: what stands on each telephone (its number) and line (its trunk), by port."""

    def __init__(
        self,
        table: BoardTable,
        sockets: Sequence[str],
        country: str,
        lifeline: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.board = SimulatedBoard(table, sockets)
        self.lock = self.board.lock
        self.labels = dict(labels or {})
        self.lifeline = lifeline
        self.phones = {
            port: Telephone(port, index, self.board, chip)
            for index, (port, chip) in enumerate(self.board.chips.items())
        }
        self.lines = {
            port: CompanyLine(port, index, self.board, daa, country)
            for index, (port, daa) in enumerate(self.board.daas.items(), len(self.phones))
        }
        self._phones, self._lines = list(self.phones.values()), list(self.lines.values())
        self._all: list[Station] = [*self._phones, *self._lines]
        self._digits = DigitBank(len(self._all))
        self._collecting: set[int] = set()
        self.audio = LineAudio(self._all, table.slots)
        self.listening = Listening(len(self._all), country, self._received)
        self._history: NDArray[np.int16] = np.zeros((len(self._all), HISTORY_SAMPLES + BLOCK), np.int16)
        self._hook_changes = [0] * len(self._all)
        self.now = 0
        """Samples since the bench began that the earpieces have received and the history holds."""
        self.tick_ms = 0.0
        """Running mean of what a tick costs."""
        self.tick_ms_worst = 0.0

    def tick(self, playback: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Live one block: frames (80, slots) towards the chips in, frames from the chips out."""
        began = time.perf_counter()
        start = self.board.ticked
        end = start + BLOCK
        for phone in self._phones:
            with self.lock:
                phone.bring_forward(end)
                phone.observe(end)
        for line in self._lines:
            with self.lock:
                line.bring_forward(end)
        with self.lock:
            self.board.weigh_ringing()
            self._relay()
            self.audio.prepare(start)
            self.board.ticked = end  # under the lock: what is said from here on belongs to the next block
        capture = self.audio.run(playback, start)
        self._hear(start)
        self.now = end
        cost = (time.perf_counter() - began) * 1000
        self.tick_ms += (cost - self.tick_ms) / 128
        self.tick_ms_worst = max(self.tick_ms_worst, cost)
        return capture

    def heard(self, station: Station, ms: int) -> NDArray[np.int16]:
        """The last `ms` (0..60000) of what an ear received; shorter only if the bench is younger."""
        size = self._history.shape[1]
        end = self.now
        places = np.arange(max(0, end - ms * SAMPLES_PER_MS), end) % size
        kept: NDArray[np.int16] = self._history[station.index, places]
        return kept

    def view(self, phone: Telephone) -> dict[str, Any]:
        """The telephone as the API gives it."""
        with self.lock:
            return {
                "label": self.labels.get(phone.port),
                **phone.view(self.listening.hearing(phone.index), self.board.ticked),
            }

    def view_lifeline(self) -> dict[str, Any]:
        """The relay: whose telephone it serves, whether it is held, and the line that the telephone is on if not."""
        joined = self.audio.copper
        return {
            "port": self.lifeline,
            "held": self.board.lifeline_held(),
            "line": None if joined is None else joined[1].port,
        }

    def view_line(self, line: CompanyLine) -> dict[str, Any]:
        """The company line as the API gives it."""
        with self.lock:
            return {"label": self.labels.get(line.port), **line.view(self.listening.hearing(line.index))}

    def _relay(self) -> None:
        """The lifeline telephone is the box's while the relay is held, else on the first company line's pair.

        The port is bridged across that pair whatever the relay does.
        """
        phone = self.phones.get(self.lifeline or "")
        if phone is None:
            return
        held, line = self.board.lifeline_held(), self.lines.get(LIFELINE_LINE)
        phone.join(held, None if line is None else line.chip.pair)
        if line is not None:
            self.audio.copper = None if held else (phone, line)

    def _received(self, row: int, messages: list[Received], sample: int) -> None:
        with self.lock:
            self._phones[row].receive(messages, sample)

    def _hear(self, start: int) -> None:
        """Ears, history and listeners take the block."""
        moved = [n for n, phone in enumerate(self._all) if phone.hook_changes != self._hook_changes[n]]
        for n in moved:
            self._hook_changes[n] = self._all[n].hook_changes
        audio = self.audio
        lifted = [n for n in moved if self._all[n].lifted]
        self.listening.take(
            HeardBlock(start, audio.earpiece.copy(), audio.on_hook.copy(), audio.on_hook_open.copy(), moved, lifted)
        )
        place = start % self._history.shape[1]
        self._history[:, place : place + BLOCK] = audio.earpiece
        self._collect_digits()
        for station in self._all:
            for listener in tuple(station.listeners):
                listener(audio.earpiece[station.index].tobytes())

    def _collect_digits(self) -> None:
        """The exchange takes digits from the block, on the lines where it looks for them."""
        if not self._lines:
            return
        with self.lock:
            least_ms = {line.index: ms for line in self._lines if (ms := line.digit_ms()) is not None}
            for row in least_ms.keys() - self._collecting:
                self._digits.reset(row)
            self._collecting = set(least_ms)
            if least_ms:
                for row, digits in self._digits.feed(self.audio.earpiece, least_ms).items():
                    self._lines[row - len(self._phones)].exchange.hear(digits)
