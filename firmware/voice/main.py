"""The voice process: the one place that opens a board and builds the gateway around it."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from boardsupport import dsp
from boardsupport.board import Board, BoardAbsentError, BoardPorts, make_ports, open_board
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.dsp import Law, PortBank
from boardsupport.leds import LifelineRelay
from boardsupport.ringing import RingScheduler
from boardsupport.si3050.countries import fxo_settings
from boardsupport.si3210.countries import line_settings
from firmware.config import Config
from firmware.config.schema import AnalogTrunk
from firmware.countries import COUNTRIES
from firmware.gateway.messages import ButtonPressed, Command, Error, Event, Lodge, LodgeWakeups, Reply, ResidentPlan
from firmware.indicators.link import SOCKET as INDICATORS_SOCKET
from firmware.indicators.link import VoiceEnd
from firmware.log import Log, write_aside
from firmware.processes import RunDirectory
from firmware.voice import realtime, tones
from firmware.voice.checks import check_lodge
from firmware.voice.commands import Answer, Floor, execute
from firmware.voice.core import Core, Parts
from firmware.voice.disk import Disk
from firmware.voice.fabric import Fabric
from firmware.voice.figures import TickFigures
from firmware.voice.gateway import Gateway
from firmware.voice.inbox import Inbox
from firmware.voice.journal import Journal
from firmware.voice.journal_writer import JournalWriter
from firmware.voice.keeping import Keeping
from firmware.voice.life import Life
from firmware.voice.lifeline import LINE, LifelineHold, LineUse
from firmware.voice.lights import STARTS_WITHIN_S, Lights, lines_state, trunk_state
from firmware.voice.line_ears import LineEars
from firmware.voice.line_events import LineEvent
from firmware.voice.line_thread import LineThread
from firmware.voice.media import CountryLines, CountryMedia, PromptLoader
from firmware.voice.playout import Playout
from firmware.voice.poller import Poller
from firmware.voice.recorder import Recorder
from firmware.voice.resident_wakeups import ResidentWakeups
from firmware.voice.server import Server
from firmware.voice.services import GatewayServices, kernel_boot
from firmware.voice.signals import Signals
from firmware.voice.survival import Survival, of_this_board
from firmware.voice.telephone import State as TelephoneState
from firmware.voice.trunk_profile import trunk_profiles
from firmware.voice.trunk_table import State as TrunkState
from firmware.voice.wakeup_checks import usable
from firmware.voice.wakeups import Wakeups
from firmware.watchdog import Beat

EXIT_NO_BOARD = 69

log = Log("voice")


def run(config: Config, data: Path) -> int:
    """Serve the telephones of this configuration until SIGTERM; the exit status."""
    real_time = realtime.use_real_time(realtime.CORE_PRIORITY)
    write_aside(partial(realtime.take_priority, realtime.DISK_PRIORITY))
    realtime.lock_memory()
    try:
        law = COUNTRIES[config.hotel.country].law
        board = open_board(config.board.kind, config.board.revision, law, RunDirectory(data).place_of("bench"))
    except BoardAbsentError as error:
        log.error("no-board", why=error)
        return EXIT_NO_BOARD
    try:
        return Process(config, data, board, real_time).run()
    finally:
        board.close()


class Process:
    """Everything of one run of voice, joined together."""

    def __init__(self, config: Config, data: Path, board: Board, real_time: bool) -> None:
        self._board = board
        self._real_time = real_time
        self._country = COUNTRIES[config.hotel.country]
        self._inbox = Inbox()
        self._poller = Poller()
        self._disk = Disk(self._inbox)
        self._keeping = Keeping(data / "voice", self._disk)
        self._figures = TickFigures()
        self._calibrations = self._keeping.load_calibration()
        self._ringing = RingScheduler(board.table.ringing_at_once)
        self._ports = self._make_ports(config)
        self._names = [*self._ports.fxs, *self._ports.fxo]
        self._bank = _bank(board, self._ports, self._country.law)
        self._ears = LineEars(self._bank, self._country)
        self._lights = self._make_lights(config, RunDirectory(data))
        self._lines = LineThread(
            self._ports.fxs,
            self._ports.fxo,
            [self._lights, Life(lambda: self._figures.blocks, Beat())],
            self._inbox,
            self._line_event,
            lambda why: self._core.board_gone(why),
        )
        self._gateway, self._fabric, self._recorder = self._make_gateway(config, data)
        self._journal = Journal(
            kernel_boot(), _new_id, self._keeping.load_journal(), time.time_ns, self._keeping.load_forgotten()
        )
        self._writer = JournalWriter(self._journal, self._keeping)
        self._wakeups = Wakeups(self._gateway, self._journal, self._writer.when_kept)
        self._lodged = ResidentWakeups(self._gateway, self._wakeups, self._journal, self._kept_wakeups())
        self._survival = self._make_survival()
        self._server = Server(RunDirectory(data).place_of("voice"), self._poller, self._execute, self._agent_gone)
        self._floor = Floor(self._gateway, self._country_lines, self._make_services())
        self._core = self._make_core()

    def run(self) -> int:
        """Until a signal or the board ends it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._core.stop())
        self._journal.close_orphans(time.monotonic_ns())
        self._gateway.now_ns = time.monotonic_ns()
        self._gateway.box_alarm("no-real-time", not self._real_time, "the system grants no real-time scheduling")
        self._disk.start()
        self._lines.start()
        realtime.settle()
        counts = {"telephones": len(self._ports.fxs), "lines": len(self._ports.fxo)}
        log.info("serves", board=self._board.table.revision, **counts, law=self._country.law)
        status = self._core.run()
        for name in self._ports.fxs:
            self._lines.stop_ring(name)
        for name in self._ports.fxo:
            self._lines.release(name)
        self._recorder.close()
        self._server.close()
        self._lines.stop()
        self._writer.close()
        self._disk.stop()
        log.info("ends", status=status)
        return status

    # ---- building

    def _make_ports(self, config: Config) -> BoardPorts:
        known = {port: bytes(results) for port, results in self._calibrations.items()}
        settings = line_settings(config.hotel.country)
        sockets = list(config.board.sockets)
        trunks = [trunk for trunk in config.trunks if isinstance(trunk, AnalogTrunk)]
        chosen = {port: trunk.line for trunk in trunks for port in trunk.ports}
        lines = {port: fxo_settings(config.hotel.country, chosen.get(port)) for port in config.board.ports("fxo")}
        return make_ports(self._board, sockets, settings, lines, known, self._calibrated, scheduler=self._ringing)

    def _make_lights(self, config: Config, directory: RunDirectory) -> Lights:
        lifeline = config.board.lifeline
        relay = LifelineRelay(self._board.pins, self._board.table.lifeline_pin)
        served = lifeline is not None and LINE in self._ports.fxo
        hold = LifelineHold(lambda: self._lifeline_use(lifeline)) if served else None
        front = VoiceEnd(directory.place_of("indicators") / INDICATORS_SOCKET)
        own = partial(self._own_lights, "down" if config.pms else "none", time.monotonic())
        return Lights(front, relay, hold, lambda: self._figures.blocks, own, partial(self._inbox.post, self._button))

    def _make_gateway(self, config: Config, data: Path) -> tuple[Gateway, Fabric, Recorder]:
        law = self._country.law
        idle = dsp.IDLE[law]
        prepared = tones.prepare(self._country, partial(_tone, law=law), idle)
        loader = PromptLoader(self._disk, law)
        signals = Signals(prepared, data / "prompts", config.hotel.language, loader, idle)
        media = CountryMedia(
            self._country, self._bank, self._ears, signals, partial(datetime.now, ZoneInfo(config.hotel.time_zone))
        )
        fabric = Fabric(len(self._names), idle, partial(dsp.mix, law=law), partial(dsp.overlay, law=law))
        recorder = Recorder(data / "recordings", law, self._disk, lambda: self._gateway)
        self._country_lines = CountryLines(media, self._lines)
        profiles = trunk_profiles(self._ports.fxo, config.trunks, self._country)
        gateway = Gateway(self._names, fabric, media, self._country_lines, recorder, profiles)
        return gateway, fabric, recorder

    def _kept_plan(self) -> ResidentPlan | None:
        """The plan on the disk, as far as it fits the board of today's configuration."""
        kept = self._keeping.load_plan()
        if kept is None:
            return None
        plan = of_this_board(kept, self._gateway.endpoints)
        refusal = check_lodge(self._gateway, Lodge(plan=plan))
        if refusal is not None:
            log.error("plan-unusable", why=refusal.text)
            return None
        return plan

    def _kept_wakeups(self) -> LodgeWakeups | None:
        """The wake-ups on the disk, as far as today's board can ring them."""
        kept = self._keeping.load_wakeups()
        return None if kept is None else usable(kept, self._gateway)

    def _make_survival(self) -> Survival:
        return Survival(
            self._gateway,
            self._journal,
            self._kept_plan(),
            self._wakeups,
            self._lodged,
            self._order,
            self._tell,
            _new_id,
        )

    def _make_services(self) -> GatewayServices:
        return GatewayServices(
            self._gateway,
            self._survival,
            self._wakeups,
            self._lodged,
            self._journal,
            self._keeping,
            self._bank,
            self._recorder,
            self._figures,
            show=self._lights.show,
            pong=lambda number: self._server.pong(number, self._gateway.now_ns),
            started_ns=time.monotonic_ns(),
            real_time=self._real_time,
            ringing_waits=lambda: self._ringing.waits,
        )

    def _make_core(self) -> Core:
        block_bytes = self._bank.stride * BLOCK_SAMPLES
        parts = Parts(
            highway=self._board.highway,
            bank=self._bank,
            ears=self._ears,
            gateway=self._gateway,
            fabric=self._fabric,
            playout=Playout(block_bytes, dsp.IDLE[self._country.law]),
            recorder=self._recorder,
            figures=self._figures,
            inbox=self._inbox,
            poller=self._poller,
            writer=self._writer,
        )
        return Core(parts, self._server, self._survival)

    # ---- what the parts tell one another

    def _line_event(self, port: str, event: LineEvent) -> None:
        self._core.line_event(port, event)

    def _execute(self, command: Command, answer: Answer) -> None:
        execute(self._floor, command, answer)

    def _order(self, command: Command) -> None:
        """A command of the resident plan."""

        def answered(reply: Reply) -> None:
            if isinstance(reply, Error):
                log.warning("resident-refused", command=type(command).__name__, code=reply.code, text=reply.text)

        execute(self._floor, command, answered)

    def _tell(self, event: Event) -> None:
        """An event for the agent."""
        self._server.event(event)

    def _agent_gone(self) -> None:
        self._survival.agent_gone()
        self._lights.agent_gone()

    def _calibrated(self, port: str, results: bytes) -> None:
        """From the line thread: keep what a chip's calibration gave."""
        self._inbox.post(self._keep_calibration, port, results)

    def _keep_calibration(self, port: str, results: bytes) -> None:
        self._calibrations[port] = list(results)
        self._keeping.keep_calibration(dict(self._calibrations))

    def _lifeline_use(self, lifeline: str | None) -> LineUse:
        """On the line thread: whether somebody is on the company line past the box."""
        trunk, telephone = self._gateway.trunks[LINE], self._gateway.telephones.get(lifeline or "")
        failed = telephone is None or telephone.state is TelephoneState.OUT_OF_SERVICE
        if trunk.state is TrunkState.OUT_OF_SERVICE and failed:
            return "lost"
        if trunk.state in (TrunkState.INITIALISING, TrunkState.OUT_OF_SERVICE):
            return "unknown"
        return "in-use" if trunk.health.in_use else "idle"

    def _button(self, held_s: float) -> None:
        """Somebody wants something of the agent; without one nothing happens, and no LED says that anything did."""
        if self._survival.agent_commands:
            self._tell(ButtonPressed(held_s=held_s, at_ns=time.monotonic_ns()))

    def _own_lights(self, pms: str, started_s: float) -> Mapping[str, str]:
        """What voice knows by itself; on the line thread. Without an agent nobody speaks to a PMS (`pms`)."""
        gateway = self._gateway
        faults = any(endpoint.alarms for endpoint in gateway.endpoints.values()) or bool(gateway.box_alarms)
        awaited = self._survival.agent_commands or (
            self._survival.no_agent_yet and time.monotonic() - started_s < STARTS_WITHIN_S
        )
        return {
            "power": "on",
            "system": "starting" if awaited else "survival",
            "alarm": "waiting" if faults or not awaited else "none",
            "pms": pms,
            "trunk": trunk_state((one.state, bool(one.alarms)) for one in gateway.trunks.values()),
            "lines": lines_state((one.state, bool(one.alarms)) for one in gateway.telephones.values()),
        }


def _bank(board: Board, ports: BoardPorts, law: Law) -> PortBank:
    """One bank for telephones and company lines, each at its timeslot, with its canceller."""
    slots = [port.timeslot for port in ports.fxs.values()] + [port.timeslot for port in ports.fxo.values()]
    bank = PortBank(max(1, len(slots)), board.highway.slots, law)
    for index, slot in enumerate(slots):
        bank.place(index, board.highway.offset_of(slot))
        bank.set_echo(index, True)
    return bank


def _tone(frequencies: Sequence[tuple[float, float]], samples: int, law: Law) -> bytes:
    return dsp.tone(frequencies, samples, law)


def _new_id() -> str:
    return uuid.uuid4().hex
