"""The core: one thread that answers each block of the highway, and in the same turn obeys, reports and keeps time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from boardsupport.bus import Block, BusError, PcmHighway
from boardsupport.dsp import DtmfBegan, PortBank
from firmware.log import Log
from firmware.voice.fabric import Fabric
from firmware.voice.figures import TickFigures
from firmware.voice.gateway import Gateway
from firmware.voice.inbox import Inbox
from firmware.voice.journal_writer import JournalWriter
from firmware.voice.line_ears import LineEars
from firmware.voice.line_events import LineEvent
from firmware.voice.playout import Playout
from firmware.voice.poller import Poller
from firmware.voice.realtime import Sweeper
from firmware.voice.recorder import Recorder
from firmware.voice.server import Server
from firmware.voice.survival import Survival

EXIT_STOPPED = 0
EXIT_BOARD_GONE = 70
"""The launcher starts voice again, and finds the board as it is then."""
NO_CLOCK_NS = 5_000_000_000
STOOD_STILL_NS = 1_000_000_000
WAIT_S = 0.02
LATE_ALARM_BLOCKS = 10
"""Blocks too late within the seconds of LATE_WINDOW_NS that are worth an alarm."""
LATE_WINDOW_NS = 10_000_000_000

log = Log("voice")


@dataclass(slots=True)
class Parts:
    """What the core drives; made by `main.py`."""

    highway: PcmHighway
    bank: PortBank
    ears: LineEars
    gateway: Gateway
    fabric: Fabric
    playout: Playout
    recorder: Recorder
    figures: TickFigures
    inbox: Inbox
    poller: Poller
    writer: JournalWriter


class Core:
    """Runs until it is stopped or the board is gone."""

    def __init__(self, parts: Parts, server: Server, survival: Survival) -> None:
        self._parts = parts
        self._server = server
        self._survival = survival
        self._sweeper = Sweeper()
        self._silence = memoryview(bytes(parts.fabric.audio))
        self._ended: int | None = None
        self._last_block_ns = self._last_turn_ns = time.monotonic_ns()
        self._late_since_ns = 0
        self._late_before = 0

    def stop(self) -> None:
        """End after this turn; also from a signal handler."""
        self._ended = EXIT_STOPPED

    def board_gone(self, why: str) -> None:
        """The wires to the board have failed: nothing can be served until a new start."""
        if self._ended is None:
            log.error("board-gone", why=why)
            self._ended = EXIT_BOARD_GONE

    def line_event(self, port: str, event: LineEvent) -> None:
        """From the line thread's inbox."""
        self._parts.gateway.line_event(port, event)

    def run(self) -> int:
        """Serve; the exit status."""
        parts = self._parts
        parts.poller.add(parts.highway.fileno(), self._guarded_blocks, first=True)
        parts.poller.add(parts.inbox.fileno(), parts.inbox.run)
        self._guard(self._begin)
        while self._ended is None:
            parts.poller.wait(WAIT_S)
            self._duties()
        return self._ended

    # ---- audio

    def _guarded_blocks(self) -> None:
        self._guard(self._blocks)

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BusError as error:
            self.board_gone(str(error))

    def _blocks(self) -> None:
        """Answer every block that is there; all but the last have waited for longer than a block lasts."""
        parts = self._parts
        block = parts.highway.read()
        while block is not None:
            began_ns = time.monotonic_ns()
            self._block(block, began_ns)
            parts.figures.tick(time.monotonic_ns() - began_ns)
            block = parts.highway.read()
            if block is not None:
                parts.figures.late_blocks += 1
        self._sweeper.after_block()

    def _block(self, block: Block, now_ns: int) -> None:
        parts = self._parts
        self._last_block_ns = now_ns
        parts.gateway.now_ns = now_ns
        events = parts.bank.receive(block.capture, parts.playout.take(block))
        parts.figures.underruns = parts.playout.underruns
        for event in events:
            if isinstance(event, DtmfBegan):
                parts.gateway.digit(event.port, event.digit)
        parts.ears.tell(parts.gateway, events)
        parts.gateway.listen()
        # What the lines report now is heard in this very block.
        parts.inbox.run()
        self._survival.dispatch(now_ns)
        self._write(parts.bank.clean)

    def _write(self, said: memoryview) -> None:
        """Keep the playout at its depth: one block as a rule, none or two after an underrun."""
        parts = self._parts
        for _ in range(parts.playout.missing()):
            ended = parts.fabric.compose(said)
            out = parts.playout.buffer()
            parts.bank.transmit(parts.fabric.audio, out)
            try:
                parts.playout.written(parts.highway.write(out))
            except BlockingIOError:
                return
            parts.recorder.after_block(said, parts.fabric.audio)
            parts.gateway.signals_ended(ended)
            said = self._silence

    def _begin(self) -> None:
        """What the highway has gathered since it was opened is history."""
        while self._parts.highway.read() is not None:
            pass
        self._write(self._silence)

    # ---- the rest of the turn

    def _duties(self) -> None:
        parts = self._parts
        now_ns = time.monotonic_ns()
        parts.gateway.now_ns = now_ns
        parts.gateway.expire()
        parts.gateway.lamps.step(parts.gateway.telephones.values(), now_ns)
        ping = self._server.tick(now_ns)
        if ping is not None:
            self._survival.ping_sent(ping)
        self._survival.tick(now_ns, time.time_ns())
        self._survival.dispatch(now_ns)
        parts.writer.step(now_ns)
        self._server.flush()
        self._watch(now_ns)

    def _watch(self, now_ns: int) -> None:
        """The clock itself, and too many late blocks."""
        if now_ns - self._last_turn_ns > STOOD_STILL_NS:  # it was we who gave the highway no look
            self._last_block_ns = now_ns
        self._last_turn_ns = now_ns
        if now_ns - self._last_block_ns > NO_CLOCK_NS:
            self.board_gone("the highway has given no block for 5 s")
        if now_ns - self._late_since_ns < LATE_WINDOW_NS:
            return
        figures = self._parts.figures
        late = figures.underruns + figures.late_blocks
        recent, self._late_before, self._late_since_ns = late - self._late_before, late, now_ns
        text = f"{recent} blocks of audio came too late within 10 s"
        self._parts.gateway.box_alarm("late-blocks", recent >= LATE_ALARM_BLOCKS, text)
