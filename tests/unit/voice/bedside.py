"""A gateway with wake-ups, turned as the core turns it: an agent that may be there, and a disk that a test holds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, cast

from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.port import Lifted
from firmware.gateway.messages import (
    CallerId,
    Command,
    DigitMap,
    Event,
    JournalEntry,
    LodgeWakeups,
    Reply,
    ResidentPlan,
    Wake,
    Wakeup,
    WakeupOutcome,
)
from firmware.voice.commands import Floor, execute
from firmware.voice.journal import Journal
from firmware.voice.journal_writer import JournalWriter
from firmware.voice.resident_wakeups import ResidentWakeups
from firmware.voice.services import GatewayServices
from firmware.voice.survival import Survival
from firmware.voice.telephone import Telephone
from firmware.voice.wakeups import Wakeups
from tests.unit.voice.rig import Rig

SECOND_NS = 1_000_000_000
UTC_NS = 1_800_000_000 * SECOND_NS
"""The wall clock when the monotonic one stands at 0."""
GREETING_BLOCKS = 30
PLAN = ResidentPlan(
    revision="r1",
    digit_map=DigitMap(patterns=("10[1-4]", "112")),
    routes={"101": ("fxs/1",), "103": ("fxs/3",)},
    reception=("fxs/4",),
    emergency=("112",),
    caller_ids={"fxs/1": CallerId(number="101")},
)


def wakeup(name: str = "w1", due_s: float = 60, **fields: Any) -> Wakeup:
    """Of the room with fxs/1 and fxs/2; due so many seconds after the beginning."""
    values: dict[str, Any] = {
        "endpoints": ("fxs/1", "fxs/2"),
        "due_utc_ns": UTC_NS + int(due_s * SECOND_NS),
        "greetings": (("good-morning", "seven"), ("again",)),
        "keys": {"1": "confirmed", "2": "snoozed", "0": "reception"},
        "emergency": ("112",),
        "thanks": {"confirmed": ("thanks",), "reception": ("thanks",)},
        "attempts": 3,
    }
    return Wakeup(id=name, **{**values, **fields})


class HeldDisk:
    """The files of a gateway; while it is `held`, what is written is not on it yet."""

    def __init__(self) -> None:
        self.journal: tuple[JournalEntry, ...] = ()
        self.forgotten: tuple[JournalEntry, ...] = ()
        self.wakeups: LodgeWakeups | None = None
        self.held = self.full = False
        self._waiting: list[Callable[[], None]] = []

    def keep_journal(self, entries: tuple[JournalEntry, ...], done: Callable[[bool], None]) -> None:
        def write() -> None:
            if not self.full:
                self.journal = entries
            done(not self.full)

        self._submit(write)

    def keep_forgotten(self, entries: tuple[JournalEntry, ...]) -> None:
        def write() -> None:
            self.forgotten = entries

        self._submit(write)

    def keep_wakeups(self, wakeups: LodgeWakeups, done: Callable[[str | None], None]) -> None:
        def write() -> None:
            if not self.full:
                self.wakeups = wakeups
            done("no space left" if self.full else None)

        self._submit(write)

    def step(self) -> None:
        while self._waiting and not self.held:
            self._waiting.pop(0)()

    def _submit(self, write: Callable[[], None]) -> None:
        self._waiting.append(write)


class Bedside:
    """Telephones fxs/1 to fxs/4, wake-ups, and survival by PLAN where `agent_comes` has not been called."""

    def __init__(self, *lodged: Wakeup) -> None:
        self.disk = HeldDisk()
        if lodged:
            self.disk.wakeups = LodgeWakeups(revision="w", wakeups=lodged)
        self.told: list[Event] = []
        self.clock_error_ns = 0
        self._start(SECOND_NS)

    def _start(self, now_ns: int) -> None:
        self.rig = Rig(ports=4)
        self.rig.gateway.now_ns = now_ns
        for name in ("good-morning", "seven", "again", "thanks"):
            self.rig.prompts.files[f"{name}.alaw"] = bytes([0x55]) * (GREETING_BLOCKS // 2 * BLOCK_SAMPLES)
        gateway, keeping = self.rig.gateway, cast(Any, self.disk)
        ids = count(1)
        names = f"{self.rig.now}-"
        self.journal = Journal(
            "boot", lambda: f"{names}{next(ids)}", self.disk.journal, lambda: self.utc_ns, self.disk.forgotten
        )
        self.writer = JournalWriter(self.journal, keeping)
        self.wakeups = Wakeups(gateway, self.journal, self.writer.when_kept)
        self.lodged = ResidentWakeups(gateway, self.wakeups, self.journal, self.disk.wakeups)
        self.survival = Survival(
            gateway,
            self.journal,
            PLAN,
            self.wakeups,
            self.lodged,
            self.rig.do,
            self.told.append,
            lambda: f"{next(ids)}",
        )
        nothing = cast(Any, None)
        services = GatewayServices(
            gateway, self.survival, self.wakeups, self.lodged, self.journal, keeping, self.rig.bank, nothing, nothing,
            show=nothing, pong=nothing, started_ns=0, real_time=False, ringing_waits=nothing,
        )  # fmt: skip
        self.rig.floor = Floor(gateway, self.rig.lines, services)

    @property
    def utc_ns(self) -> int:
        return UTC_NS + self.rig.now + self.clock_error_ns

    def turn(self) -> None:
        """What the core does in each turn."""
        self.survival.dispatch(self.rig.now)
        self.survival.tick(self.rig.now, self.utc_ns)
        self.survival.dispatch(self.rig.now)
        self.disk.step()
        self.writer.step(self.rig.now)
        self.disk.step()
        self.rig.prompts.arrive()

    def wait(self, seconds: float) -> None:
        """By blocks as long as a prompt is heard or a key is waited for, else in steps of a tenth of a second."""
        until_ns = self.rig.now + int(seconds * SECOND_NS)
        while self.rig.now < until_ns:
            if any(_listens(telephone) for telephone in self.rig.gateway.telephones.values()):
                self.rig.block()
            else:
                self.rig.gateway.now_ns += SECOND_NS // 10
                self.rig.gateway.expire()
            self.turn()

    def wait_until(self, seconds: float) -> None:
        """By the monotonic clock."""
        self.wait(seconds - self.rig.now / SECOND_NS)

    def settle(self) -> None:
        """Some blocks, in which the disk does what it has."""
        for _ in range(5):
            self.rig.block()
            self.turn()

    def die(self) -> None:
        """The process is killed, and started again: the telephones that are lifted are found so."""
        self.disk = _survived(self.disk)
        lifted = [name for name, one in self.rig.gateway.telephones.items() if one.off_hook]
        self._start(self.rig.now)
        self.rig.lift(*lifted)

    # ---- the agent

    def agent_comes(self) -> None:
        self.told.clear()
        self.survival.agent_takes_command(self.rig.now)

    def agent_dies(self) -> None:
        self.survival.agent_gone()

    def reply(self, command: Command) -> Reply:
        replies = self.ask(command)
        self.settle()
        (reply,) = replies
        return reply

    def ask(self, command: Command) -> list[Reply]:
        """Where the reply will be."""
        replies: list[Reply] = []
        execute(self.rig.floor, command, replies.append)
        return replies

    def wake(self, one: Wakeup, attempt: int = 1) -> None:
        self.rig.do(Wake(wakeup=one, attempt=attempt))
        self.settle()

    # ---- the guest

    def lift(self, port: str) -> None:
        self.rig.line(port, Lifted(self.rig.now, ringing=self.rig.state(port).ringing))
        self.settle()

    def replace(self, port: str) -> None:
        self.rig.replace(port)
        self.settle()

    def press(self, port: str, digits: str) -> None:
        self.rig.line_digits(port, digits)
        self.settle()

    # ---- what is seen

    @property
    def ringing(self) -> list[str]:
        """The telephones that ring for a wake-up."""
        return sorted(name for name, ring in self.rig.lines.ringing.items() if ring.kind == "wake-up")

    def prompts(self, port: str) -> tuple[str, ...]:
        signal = self.rig.state(port).signal
        return signal.prompts if signal is not None else ()

    def tone(self, port: str) -> str | None:
        signal = self.rig.state(port).signal
        return signal.tone if signal is not None else None

    def outcomes(self, name: str = "w1") -> list[WakeupOutcome | None]:
        return [entry.outcome for entry in self.journal.wakeups().get(name, [])]


def _listens(telephone: Telephone) -> bool:
    signal = telephone.signal
    return (telephone.wakeup is not None and telephone.off_hook) or (signal is not None and bool(signal.prompts))


def _survived(disk: HeldDisk) -> HeldDisk:
    """What is on the disk, without what was still to be written."""
    after = HeldDisk()
    after.journal, after.forgotten, after.wakeups = disk.journal, disk.forgotten, disk.wakeups
    return after
