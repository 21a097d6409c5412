"""The process of LEDs and button. It owns their pins, so that they tell the truth also when voice is dead or frozen.

It is small, so that it does not die; while it is dead or frozen itself, the LED `system` stands still.
"""

from __future__ import annotations

import ipaddress
import signal
import socket
import time
from pathlib import Path

from boardsupport.board import BoardAbsentError, Panel, open_panel
from boardsupport.bus import BusError
from boardsupport.button import Button
from boardsupport.leds import STEP_S, Leds
from firmware.config import Config, split_address
from firmware.indicators.front import Front
from firmware.indicators.link import SOCKET, FrontEnd
from firmware.log import Log
from firmware.processes import RunDirectory
from firmware.watchdog import Beat

EXIT_NO_PANEL = 70
"""The launcher tries again: people telephone without LEDs."""
SOMEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737): the way there is the default route. Nothing is sent."""

log = Log("indicators")


def run(config: Config, data: Path) -> int:
    """Drive the LEDs until SIGTERM; the exit status."""
    directory = RunDirectory(data)
    try:
        panel = open_panel(config.board.kind, config.board.revision, directory.place_of("bench"))
    except BoardAbsentError as error:
        log.error("no-panel", why=error)
        return EXIT_NO_PANEL
    host, _ = split_address(config.web.listen)
    voice = FrontEnd(directory.place_of("indicators") / SOCKET)
    try:
        return Process(panel, voice, host).run()
    finally:
        voice.close()
        panel.pins.close()


class Process:
    """One loop: look at the button, hear voice, drive the LEDs."""

    def __init__(self, panel: Panel, voice: FrontEnd, listen: str) -> None:
        self._leds = Leds(panel.pins, panel.table.leds)
        self._button = Button(panel.pins, panel.table.button_pin)
        self._voice = voice
        self._front = Front(lambda: address_of(listen), time.monotonic())
        self._beat = Beat()
        self._ends = False

    def run(self) -> int:
        """Until a signal or the board ends it; then all is dark."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        try:
            while not self._ends:
                self._step(time.monotonic())
                self._beat.progress(time.monotonic())
                time.sleep(STEP_S)
            self._leds.drive({}, time.monotonic())
        except BusError as error:
            log.error("panel-gone", why=error)
            return EXIT_NO_PANEL
        return 0

    def _end(self, number: int, frame: object) -> None:
        self._ends = True

    def _step(self, now_s: float) -> None:
        press = self._button.look(now_s)
        if press is not None:
            self._front.press(press, now_s)
        held_s = self._button.held_s(now_s)
        if self._front.hold(held_s) == "reset":
            log.warning("held", seconds=round(held_s))
            self._voice.tell(held_s)
        told = self._voice.heard()
        if told is not None:
            self._front.hear(told, now_s)
        shown = self._front.shown(held_s, now_s)
        if shown is None:
            self._leds.light_all()
        else:
            self._leds.drive(shown, now_s)


def address_of(listen: str) -> str | None:
    """The IPv4 address at which the pages are found: where they listen, or the default route's; None: there is none."""
    try:
        chosen = ipaddress.ip_address(listen)
    except ValueError:
        chosen = None
    if isinstance(chosen, ipaddress.IPv4Address) and not chosen.is_unspecified:
        return str(chosen)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE)
        except OSError:
            return None
        return str(probe.getsockname()[0])
