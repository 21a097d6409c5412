"""The agent's commands: each is checked whole, and only then carried out.

The checks stand in `checks.py`. `HANDLERS` has an entry for every command there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from firmware.gateway.messages import Answer as AnswerCall
from firmware.gateway.messages import (
    Apply,
    Arm,
    Audit,
    AuditReport,
    Collect,
    Connect,
    Disconnect,
    Done,
    Error,
    Figures,
    ForgetJournal,
    GetFigures,
    Hello,
    Indicate,
    Lamp,
    Lodge,
    LodgeWakeups,
    Place,
    Pong,
    ProbeTrunk,
    Record,
    Release,
    Reply,
    ResidentPlan,
    ReturnToService,
    Ring,
    SetGain,
    StopRecord,
    StopRing,
    StopTest,
    StopWake,
    Tag,
    TestLine,
    TryBell,
    TryTone,
    Wake,
    Welcome,
)
from firmware.voice.checks import (
    check_answer,
    check_apply,
    check_arm,
    check_collect,
    check_connect,
    check_endpoint,
    check_gain,
    check_hello,
    check_indicate,
    check_lodge,
    check_nothing,
    check_place,
    check_probe,
    check_record,
    check_ring,
    check_telephone,
    check_trunk,
)
from firmware.voice.endpoint import Endpoint
from firmware.voice.gateway import Gateway
from firmware.voice.line_test_checks import check_test, check_try
from firmware.voice.surroundings import Lines
from firmware.voice.telephone import Input, State, Telephone
from firmware.voice.trunk import Trunk
from firmware.voice.trunk_table import TABLE as TRUNK_TABLE
from firmware.voice.trunk_table import Input as TrunkInput
from firmware.voice.wakeup_checks import check_free, check_lodge_wakeups, check_stop_wake, check_wake

Answer: TypeAlias = Callable[[Reply], None]
"""Takes the reply, now or later; exactly once."""


class Services(Protocol):
    """What the core does for commands that are not about endpoints and connections."""

    def hello(self, command: Hello) -> Welcome: ...

    def pong(self, number: int) -> None: ...

    def audit(self) -> AuditReport: ...

    def forget(self, entries: tuple[str, ...]) -> None: ...

    def lodge(self, plan: ResidentPlan, answer: Answer) -> None: ...

    def wake(self, command: Wake) -> Error | None:
        """Why it cannot be; None: it rings."""
        ...

    def stop_wake(self, wakeup: str) -> None: ...

    def lodge_wakeups(self, command: LodgeWakeups, answer: Answer) -> None: ...

    def indicate(self, command: Indicate) -> None: ...

    def figures(self) -> Figures: ...

    def set_gain(self, index: int, receive_db: float, transmit_db: float) -> None: ...

    def record(self, index: int, command: Record, answer: Answer) -> None: ...

    def stop_record(self, index: int, answer: Answer) -> None: ...


@dataclass(frozen=True, slots=True)
class Floor:
    """Everything that a handler works on."""

    gateway: Gateway
    lines: Lines
    services: Services


Check: TypeAlias = Callable[[Gateway, Any], Error | None]
Act: TypeAlias = Callable[[Floor, Any, Answer], None]


def execute(floor: Floor, command: object, answer: Answer) -> None:
    """Check a command and carry it out; `answer` gets the reply."""
    check, act = HANDLERS[type(command)]
    refusal = check_free(floor.gateway, command) or check(floor.gateway, command)
    if refusal is not None:
        answer(refusal)
    else:
        act(floor, command, answer)


# ----------------------------------------------------------------------------------------------------------- actions


def _endpoint(floor: Floor, command: Any) -> Endpoint:
    return floor.gateway.endpoints[command.endpoint]


def _telephone(floor: Floor, command: Any) -> Telephone:
    return floor.gateway.telephones[command.endpoint]


def _trunk(floor: Floor, command: Any) -> Trunk:
    return floor.gateway.trunks[command.endpoint]


def _hello(floor: Floor, command: Hello, answer: Answer) -> None:
    answer(floor.services.hello(command))


def _pong(floor: Floor, command: Pong, answer: Answer) -> None:
    floor.services.pong(command.number)
    answer(Done())


def _audit(floor: Floor, command: Audit, answer: Answer) -> None:
    answer(floor.services.audit())


def _forget(floor: Floor, command: ForgetJournal, answer: Answer) -> None:
    floor.services.forget(command.entries)
    answer(Done())


def _arm(floor: Floor, command: Arm, answer: Answer) -> None:
    telephone = _telephone(floor, command)
    telephone.plan, telephone.reports_flash = command.plan, command.flash
    answer(Done())


def _tag(floor: Floor, command: Tag, answer: Answer) -> None:
    _endpoint(floor, command).tag = command.tag
    answer(Done())


def _collect(floor: Floor, command: Collect, answer: Answer) -> None:
    _endpoint(floor, command).collect(command)
    answer(Done())


def _connect(floor: Floor, command: Connect, answer: Answer) -> None:
    floor.gateway.connections.connect(command, floor.gateway.now_ns)
    answer(Done())


def _disconnect(floor: Floor, command: Disconnect, answer: Answer) -> None:
    floor.gateway.connections.disconnect(command.connection)
    answer(Done())


def _ring(floor: Floor, command: Ring, answer: Answer) -> None:
    _telephone(floor, command).machine.handle(Input.RING, command)
    answer(Done())


def _stop_ring(floor: Floor, command: StopRing, answer: Answer) -> None:
    telephone = _telephone(floor, command)
    if telephone.state is State.RINGING:
        telephone.machine.handle(Input.STOP_RING)
    answer(Done())


def _apply(floor: Floor, command: Apply, answer: Answer) -> None:
    endpoint = _endpoint(floor, command)
    if endpoint.off_hook:
        endpoint.apply(command.signal, command.tag)
    elif command.tag is not None:
        endpoint.tag = command.tag
    answer(Done())


def _lamp(floor: Floor, command: Lamp, answer: Answer) -> None:
    """Told to the port even if nothing changes here: a warm chip may have been found with its lamp lit."""
    floor.gateway.lamps.set(_telephone(floor, command), command.lit, command.kind, floor.gateway.now_ns)
    answer(Done())


def _set_gain(floor: Floor, command: SetGain, answer: Answer) -> None:
    floor.services.set_gain(_endpoint(floor, command).index, command.receive_db, command.transmit_db)
    answer(Done())


def _record(floor: Floor, command: Record, answer: Answer) -> None:
    floor.services.record(_endpoint(floor, command).index, command, answer)


def _stop_record(floor: Floor, command: StopRecord, answer: Answer) -> None:
    floor.services.stop_record(_endpoint(floor, command).index, answer)


def _place(floor: Floor, command: Place, answer: Answer) -> None:
    _trunk(floor, command).do(TrunkInput.PLACE, command)
    answer(Done())


def _answer(floor: Floor, command: AnswerCall, answer: Answer) -> None:
    _trunk(floor, command).do(TrunkInput.ANSWER, command.tag)
    answer(Done())


def _release(floor: Floor, command: Release, answer: Answer) -> None:
    trunk = _trunk(floor, command)
    spared = command.unless_ringing and trunk.unanswered
    if not spared and (trunk.state, TrunkInput.RELEASE) in TRUNK_TABLE.transitions:
        trunk.do(TrunkInput.RELEASE)
    answer(Done())


def _probe(floor: Floor, command: ProbeTrunk, answer: Answer) -> None:
    _trunk(floor, command).do(TrunkInput.PROBE)
    answer(Done())


def _test(floor: Floor, command: TestLine, answer: Answer) -> None:
    gateway = floor.gateway
    gateway.tests.begin(gateway.trunks.get(command.endpoint) or gateway.telephones[command.endpoint], command)
    answer(Done())


def _try_bell(floor: Floor, command: TryBell, answer: Answer) -> None:
    floor.gateway.tests.ring(_telephone(floor, command), command)
    answer(Done())


def _try_tone(floor: Floor, command: TryTone, answer: Answer) -> None:
    floor.gateway.tests.tone(_telephone(floor, command), command)
    answer(Done())


def _stop_test(floor: Floor, command: StopTest, answer: Answer) -> None:
    floor.gateway.tests.give_way(command.endpoint)
    answer(Done())


def _return_to_service(floor: Floor, command: ReturnToService, answer: Answer) -> None:
    floor.lines.return_to_service(command.endpoint)
    answer(Done())


def _lodge(floor: Floor, command: Lodge, answer: Answer) -> None:
    floor.services.lodge(command.plan, answer)


def _wake(floor: Floor, command: Wake, answer: Answer) -> None:
    answer(floor.services.wake(command) or Done())


def _stop_wake(floor: Floor, command: StopWake, answer: Answer) -> None:
    floor.services.stop_wake(command.id)
    answer(Done())


def _lodge_wakeups(floor: Floor, command: LodgeWakeups, answer: Answer) -> None:
    floor.services.lodge_wakeups(command, answer)


def _indicate(floor: Floor, command: Indicate, answer: Answer) -> None:
    floor.services.indicate(command)
    answer(Done())


def _figures(floor: Floor, command: GetFigures, answer: Answer) -> None:
    answer(floor.services.figures())


HANDLERS: Mapping[type, tuple[Check, Act]] = {
    Hello: (check_hello, _hello),
    Pong: (check_nothing, _pong),
    Audit: (check_nothing, _audit),
    ForgetJournal: (check_nothing, _forget),
    Arm: (check_arm, _arm),
    Tag: (check_endpoint, _tag),
    Collect: (check_collect, _collect),
    Connect: (check_connect, _connect),
    Disconnect: (check_nothing, _disconnect),
    Ring: (check_ring, _ring),
    StopRing: (check_telephone, _stop_ring),
    Apply: (check_apply, _apply),
    Lamp: (check_telephone, _lamp),
    SetGain: (check_gain, _set_gain),
    Record: (check_record, _record),
    StopRecord: (check_endpoint, _stop_record),
    Place: (check_place, _place),
    AnswerCall: (check_answer, _answer),
    Release: (check_trunk, _release),
    ProbeTrunk: (check_probe, _probe),
    TestLine: (check_test, _test),
    TryBell: (check_try, _try_bell),
    TryTone: (check_try, _try_tone),
    StopTest: (check_endpoint, _stop_test),
    ReturnToService: (check_endpoint, _return_to_service),
    Lodge: (check_lodge, _lodge),
    Wake: (check_wake, _wake),
    StopWake: (check_stop_wake, _stop_wake),
    LodgeWakeups: (check_lodge_wakeups, _lodge_wakeups),
    Indicate: (check_indicate, _indicate),
    GetFigures: (check_nothing, _figures),
}
