"""Commands that are about the gateway as a whole: greeting, audit, plan, wake-ups, lights, figures, recordings."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from boardsupport.dsp import PortBank
from firmware.gateway.messages import (
    PROTOCOL_VERSION,
    AuditReport,
    Done,
    Error,
    Figures,
    Hello,
    Indicate,
    LodgeWakeups,
    Record,
    ResidentPlan,
    Wake,
    Welcome,
)
from firmware.log import Log
from firmware.voice.commands import Answer
from firmware.voice.figures import TickFigures
from firmware.voice.gateway import Gateway
from firmware.voice.journal import Journal
from firmware.voice.keeping import Keeping
from firmware.voice.recorder import Recorder
from firmware.voice.resident_wakeups import ResidentWakeups
from firmware.voice.survival import Survival
from firmware.voice.wakeup_checks import refused
from firmware.voice.wakeups import Wakeups

GATEWAY_NAME = "voice"

log = Log("voice")


def kernel_boot() -> str:
    """The id of this boot of the box."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


class GatewayServices:
    """See `commands.Services`."""

    def __init__(
        self,
        gateway: Gateway,
        survival: Survival,
        wakeups: Wakeups,
        lodged: ResidentWakeups,
        journal: Journal,
        keeping: Keeping,
        bank: PortBank,
        recorder: Recorder,
        figures: TickFigures,
        show: Callable[[Indicate], None],
        pong: Callable[[int], None],
        started_ns: int,
        real_time: bool,
        ringing_waits: Callable[[], int],
    ) -> None:
        self._gateway = gateway
        self._survival = survival
        self._wakeups = wakeups
        self._lodged = lodged
        self._journal = journal
        self._keeping = keeping
        self._bank = bank
        self._recorder = recorder
        self._figures = figures
        self._show = show
        self._pong = pong
        self._started_ns = started_ns
        self._real_time = real_time
        self._boot = uuid.uuid4().hex
        self._ringing_waits = ringing_waits

    def hello(self, command: Hello) -> Welcome:
        log.info("agent", name=command.agent)
        return Welcome(protocol=PROTOCOL_VERSION, gateway=GATEWAY_NAME, boot=self._boot, started_ns=self._started_ns)

    def pong(self, number: int) -> None:
        self._pong(number)
        self._survival.ping_answered(number, self._gateway.now_ns)

    def audit(self) -> AuditReport:
        """Everything that stands; alarms about the box itself follow as events, as they have no place in it."""
        alone_since_ns = self._survival.agent_takes_command(self._gateway.now_ns)
        plan, lodged = self._survival.plan, self._lodged.lodged
        report = AuditReport(
            endpoints=tuple(endpoint.audit() for endpoint in self._gateway.endpoints.values()),
            connections=self._gateway.connections.states(),
            journal=self._journal.entries(),
            plan=plan.revision if plan is not None else None,
            wakeups=lodged.revision if lodged is not None else None,
            alone_since_ns=alone_since_ns,
        )
        self._gateway.repeat_box_alarms()
        return report

    def forget(self, entries: tuple[str, ...]) -> None:
        self._journal.forget(entries)

    def lodge(self, plan: ResidentPlan, answer: Answer) -> None:
        """The plan is in force, and the reply comes, when it is on the disk; one that was not kept changes nothing."""

        def kept(why: str | None) -> None:
            if why is not None:
                answer(Error(fault="gateway", code="disk", text=why))
                return
            self._survival.lodge(plan)
            answer(Done())

        self._keeping.keep_plan(plan, kept)

    def wake(self, command: Wake) -> Error | None:
        """What has happened at the telephones so far is no event of the attempt."""
        self._survival.dispatch(self._gateway.now_ns)
        refusal = self._wakeups.begin(command.wakeup, command.attempt)
        return refused(command, refusal) if refusal is not None else None

    def stop_wake(self, wakeup: str) -> None:
        self._wakeups.stop(wakeup)

    def lodge_wakeups(self, command: LodgeWakeups, answer: Answer) -> None:
        """As with a plan: in force, and answered, when they are on the disk."""

        def kept(why: str | None) -> None:
            if why is not None:
                answer(Error(fault="gateway", code="disk", text=why))
                return
            self._lodged.lodge(command)
            answer(Done())

        self._keeping.keep_wakeups(command, kept)

    def indicate(self, command: Indicate) -> None:
        self._show(command)

    def figures(self) -> Figures:
        p50, p99, most = self._figures.percentiles_us()
        return Figures(
            blocks=self._figures.blocks,
            late_blocks=self._figures.late_blocks,
            underruns=self._figures.underruns,
            tick_p50_us=p50,
            tick_p99_us=p99,
            tick_max_us=most,
            real_time=self._real_time,
            ringing_waits=self._ringing_waits(),
        )

    def set_gain(self, index: int, receive_db: float, transmit_db: float) -> None:
        self._bank.set_gain(index, receive_db, transmit_db)

    def record(self, index: int, command: Record, answer: Answer) -> None:
        self._recorder.start(index, command, answer)

    def stop_record(self, index: int, answer: Answer) -> None:
        self._recorder.stop(index, answer)
