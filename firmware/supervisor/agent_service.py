"""Runs the call agent on one gateway: audit, events, requests and timers in; decisions carried out in their order.

Everything the agent does goes through one queue, so its decisions never overtake one another. Whenever the channel is
lost, or was ours too late (a frozen process counts as gone), the agent begins again from the gateway's audit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from itertools import groupby
from typing import Any, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from firmware.clock import Clock
from firmware.errors import PeerError, RefusedError, UnavailableError
from firmware.events import EventBus
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import (
    CallChanged,
    CallView,
    ClearAlarm,
    CloseRecord,
    Decision,
    DialogueActs,
    FeatureChanged,
    LineChanged,
    LineView,
    Note,
    OpenRecord,
    PersonReport,
    RaiseAlarm,
    Send,
    TrunkTested,
    WakeupReport,
    WakeupRings,
)
from firmware.exchange.numbering import Instant
from firmware.gateway.channel import GatewayClient
from firmware.gateway.messages import (
    Audit,
    AuditReport,
    ButtonPressed,
    Command,
    Error,
    Event,
    Figures,
    ForgetJournal,
    Indicate,
    Lodge,
    Reply,
)
from firmware.log import Log
from firmware.processes import RunDirectory, Running
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.beside import Beside, patiently
from firmware.supervisor.bring_up import BringUp
from firmware.supervisor.dialogues import Perform, answer_to, nobody_acts
from firmware.supervisor.events import CallEvent, LineEvent, TrunkTestEvent
from firmware.supervisor.gateway_alarms import SETTLE_S, GatewayAlarms
from firmware.supervisor.gateway_tap import GatewayTap
from firmware.supervisor.record_keeper import PATIENCE_S, RecordKeeper

T = TypeVar("T")
Step: TypeAlias = Callable[[], list[Decision]]
CONNECT_EVERY_S = 0.1
SOCKET = "voice.sock"

log = Log("agent")


class AgentService:
    """The agent's life beside one gateway."""

    def __init__(
        self,
        agent: CallAgent,
        directory: RunDirectory,
        records: RecordKeeper,
        alarms: AlarmBoard,
        bus: EventBus,
        clock: Clock,
        zone: ZoneInfo,
    ) -> None:
        self._agent = agent
        self._directory = directory
        self._records = records
        self._alarms = alarms
        self._told = GatewayAlarms(alarms, clock, zone)
        self._bus = bus
        self._clock = clock
        self._zone = zone
        self._client: GatewayClient | None = None
        self._obeyed = False
        self._boot = ""
        self._holds_calls = False
        self._lodged = False
        self._process: Running | None = None
        self._bring_up = BringUp()
        self._withheld: list[ForgetJournal] = []
        """What this session's gateway may forget as soon as its records are on disk."""
        records.on_all_kept = self._forget_withheld
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self._beside = Beside()
        self.tap = GatewayTap()
        self.on_feature: Callable[[FeatureChanged], Coroutine[Any, Any, None]] = lambda change: asyncio.sleep(0)
        self.on_progress: Callable[[], None] = lambda: None
        self.on_connected: Callable[[], None] = lambda: None
        """The gateway obeys, and what was decided at its audit has been carried out."""
        self.on_lost: Callable[[], None] = lambda: None
        self.on_dialogue: Perform = nobody_acts
        self.on_wakeup: Callable[[WakeupRings | WakeupReport], None] = lambda event: None
        self.on_person: Callable[[PersonReport], None] = lambda report: None

    @property
    def connected(self) -> bool:
        """Whether the gateway obeys us now."""
        return self._obeyed

    @property
    def coming_up(self) -> frozenset[str]:
        """What the gateway is still bringing into service; after a while one that waits is no news."""
        return self._bring_up.coming_up()

    def calls(self) -> list[CallView]:
        return self._agent.calls()

    def lines(self) -> list[LineView]:
        return self._agent.lines()

    def features(self, number: str) -> tuple[bool, frozenset[str]]:
        """See `CallAgent.features`."""
        return self._agent.features(number)

    def room_class(self, room: str) -> str | None:
        """See `CallAgent.room_class`."""
        return self._agent.room_class(room)

    def class_of(self, number: str) -> str:
        """See `CallAgent.class_of`."""
        return self._agent.class_of(number)

    @property
    def lodged(self) -> bool:
        """Whether the gateway has the present resident plan, by which telephones work without us."""
        return self._obeyed and self._lodged

    async def change(self, how: Callable[[CallAgent, Instant], list[Decision]]) -> None:
        """Change a setting of the agent, between two of its steps; done when the telephones have been told.

        While the gateway is away no telephone needs to be told: it is armed by what holds when it comes back.
        """
        if not self._obeyed:
            for decision in how(self._agent, self._now()):
                if isinstance(decision, PersonReport):  # nobody can be called
                    self.on_person(decision)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def step() -> list[Decision]:
            try:
                decisions = how(self._agent, self._now())
            except Exception as error:
                if not done.cancelled():
                    done.set_exception(error)
                raise
            if not done.cancelled():
                done.set_result(None)
            return decisions

        self._steps.put_nowait(step)
        await done

    async def reachable(self) -> bool:
        """Whether the gateway answers now: a channel may be dead, and we not have noticed yet."""
        return self._obeyed and await self.figures() is not None

    def indicate(self, light: Indicate) -> None:
        """Drive a LED of the box, if the gateway is there; it forgets when it loses us."""
        if self._obeyed and self._client is not None:
            self._send(light)

    async def figures(self) -> Figures | None:
        """The gateway's counters, or None while it is away."""
        return await self.tap.figures()

    async def request(self, ask: Callable[[CallAgent, Instant], tuple[T, list[Decision]]]) -> T:
        """Ask the agent for something and carry it out. Raises RefusedError, or UnavailableError without a gateway."""
        if not self._obeyed:
            raise UnavailableError("the voice gateway is not there")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def step() -> list[Decision]:
            if done.cancelled():
                return []
            if not self._obeyed:
                done.set_exception(UnavailableError("the voice gateway is not there"))
                return []
            try:
                answer, decisions = ask(self._agent, self._now())
            except RefusedError as error:
                done.set_exception(error)
                return []
            except Exception as error:  # a bug: whoever asked is told before the service ends by it
                done.set_exception(error)
                raise
            done.set_result(answer)
            return decisions

        self._steps.put_nowait(step)
        return await done

    async def run(self) -> None:
        """Keep the agent on the gateway until cancelled."""
        while True:
            self.on_progress()
            try:
                self._client = self.tap.client = await GatewayClient.connect(
                    self._directory.place_of("voice") / SOCKET, "supervisor", self._event, self._closed
                )
            except (UnavailableError, PeerError) as error:
                self._drop_steps()
                await patiently(self._look_after_calls(), self.on_progress)
                await patiently(self._told.away(error), self.on_progress)
                await asyncio.sleep(CONNECT_EVERY_S)
                continue
            try:
                await self._session(self._client)
            except UnavailableError as error:
                log.warning("lost", gateway="voice", error=error)
            finally:
                await self._end_session()

    async def _session(self, client: GatewayClient) -> None:
        """One connection: begin from the audit, then step by step until the channel closes."""
        welcome = client.welcome
        log.info("connected", gateway=welcome.gateway, boot=welcome.boot)
        if welcome.boot != self._boot:
            await patiently(self._died(), self.on_progress)
        self._boot, self._process = welcome.boot, self._directory.running("voice")
        open_records = await patiently(self._records.begin(welcome.boot), self.on_progress)
        report = await client.call(Audit())
        if not isinstance(report, AuditReport):
            raise UnavailableError(f"the gateway refused the audit: {report}")
        known = await self._records.known([entry.entry for entry in report.journal])
        decisions = self._agent.begin(report, self._now(), open_records=open_records, known_entries=known)
        self._bring_up.begin(report)
        self._obeyed = self._holds_calls = self._lodged = True
        await self._carry_out(decisions)
        told = self._told.back(report, self._agent.lines(), self._records.lost)
        await asyncio.wait([self._beside(told)], timeout=SETTLE_S)  # the telephones are ours since the audit
        self.on_connected()
        while (step := await self._next_step()) is not None:
            self.on_progress()
            await self._carry_out(step())

    async def _next_step(self) -> Step | None:
        """What comes first: an event, a request, the agent's next deadline; None: the channel is closed."""
        while True:
            if not self._steps.empty():
                return self._steps.get_nowait()
            deadline = self._agent.next_deadline_ns()
            wait_s = 1.0 if deadline is None else min(1.0, max(0.0, (deadline - time.monotonic_ns()) / 1e9))
            try:
                async with asyncio.timeout(wait_s):  # wait_for would take no cancelling while a step comes
                    return await self._steps.get()
            except TimeoutError:
                self.on_progress()
                await asyncio.sleep(0)  # what has come while we slept goes before timers, the channel's end above all
                if not self._steps.empty():
                    continue
                if deadline is not None and deadline <= time.monotonic_ns():
                    return lambda: self._agent.tick(self._now())

    async def _end_session(self) -> None:
        client, self._client, self.tap.client, self._obeyed = self._client, None, None, False
        self._withheld = []  # the next audit tells of them again
        self.on_lost()
        if client is not None:
            await client.close()
        self._drop_steps()
        await patiently(self._records.beat(), self.on_progress)

    def _drop_steps(self) -> None:
        """What is left of a channel that is no more; requests that wait are answered: the gateway is not there."""
        while not self._steps.empty():
            if (step := self._steps.get_nowait()) is not None:
                step()

    async def _look_after_calls(self) -> None:
        """The channel is down. If the gateway's process has died, so have its calls; else it may be us who slept."""
        if (process := self._directory.running("voice")) is None or process != self._process:
            await self._died()

    async def _died(self) -> None:
        """The gateway that we had is no more: its calls are over, and the desk is told."""
        if self._holds_calls:
            self._holds_calls = False
            await self._carry_out(self._agent.lost(self._now()))
            await self._told.died()

    def _event(self, event: Event) -> None:
        self.tap.passes(event)
        if isinstance(event, ButtonPressed):  # no matter of calls
            self._bus.publish(event)
        else:
            self._steps.put_nowait(lambda: self._handle(event))

    def _handle(self, event: Event) -> list[Decision]:
        self._bring_up.note(event)
        return self._agent.handle(event, self._now()) if self._obeyed else []

    def _closed(self) -> None:
        self._steps.put_nowait(None)

    def _now(self) -> Instant:
        return Instant(time.monotonic_ns(), self._clock.utc().astimezone(self._zone))

    async def _carry_out(self, decisions: list[Decision]) -> None:
        """In their order. Where the channel breaks on the way, commands are lost, but no record and no alarm."""
        broken: UnavailableError | None = None
        for kind, run in groupby(decisions, type):
            if kind is CloseRecord:  # on disk as one: there may be many, and telephones wait
                await self._records.close(*(each.record for each in run if isinstance(each, CloseRecord)))
                continue
            for decision in run:
                self.on_progress()
                try:
                    await self._do(decision)
                except UnavailableError as error:
                    broken = error
        if broken is not None:
            raise broken

    async def _do(self, decision: Decision) -> None:
        match decision:
            case Send(command=command):
                self._send(command)
            case OpenRecord(record=record):
                await self._records.open(record)
            case CallChanged(call=call, ended=ended):
                self._bus.publish(CallEvent(call, ended))
            case LineChanged(line=line):
                self._bus.publish(LineEvent(line))
            case TrunkTested(port=port, dial_tone=dial_tone, ms=ms):
                self._bus.publish(TrunkTestEvent(port, dial_tone, ms))
            case RaiseAlarm(kind=kind, subject=subject, text=text, facts=facts):  # beside: 112 rings with a slow disk
                self._beside(self._alarms.raise_alarm(kind, subject, text, facts=facts))
            case ClearAlarm(kind=kind, subject=subject):
                self._beside(self._alarms.clear(kind, subject))
            case FeatureChanged():  # on disk before the tone that confirms it
                await asyncio.wait([self._beside(self.on_feature(decision))], timeout=PATIENCE_S)
            case DialogueActs():
                self._beside(self._act(decision))
            case WakeupRings() | WakeupReport():
                self.on_wakeup(decision)
            case PersonReport():
                self.on_person(decision)
            case Note(verb=verb, pairs=pairs):
                log.info(verb, **pairs)

    async def _act(self, asked: DialogueActs) -> None:
        """What a menu wants done; whoever waits at the telephone is told what has become of it."""
        answer = await answer_to(asked, self.on_dialogue)
        await self.change(lambda agent, now: agent.answer_dialogue(asked.dialogue, answer, now))

    def _send(self, command: Command) -> None:
        if self._client is None:
            return
        if isinstance(command, ForgetJournal) and not self._records.all_kept:  # we may die before they are
            self._withheld.append(command)
            return
        if isinstance(command, Lodge):
            self._lodged = False
        self.tap.passes(command)
        self._client.send(command).add_done_callback(lambda reply: self._replied(command, reply))

    def _forget_withheld(self) -> None:
        """All records are on disk, those of these entries, too."""
        withheld, self._withheld = self._withheld, []
        if withheld:
            self._steps.put_nowait(lambda: [Send(command) for command in withheld])

    def _replied(self, command: Command, reply: asyncio.Future[Reply]) -> None:
        if reply.cancelled() or reply.exception() is not None:
            return
        answer = reply.result()
        if isinstance(command, Lodge):
            self._lodged = not isinstance(answer, Error)
        if isinstance(answer, Error):
            log.info("refused", command=type(command).__name__, fault=answer.fault, code=answer.code, text=answer.text)
            self._steps.put_nowait(lambda: self._agent.refused(command, answer, self._now()) if self._obeyed else [])
