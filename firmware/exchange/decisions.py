"""What the call agent decides: plain values that the supervisor carries out, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from firmware.gateway.messages import Command, WakeupOutcome

CallState: TypeAlias = Literal["dialling", "ringing", "answered", "held"]
PersonOutcome: TypeAlias = Literal["done", "no-answer", "busy", "failed", "hung-up"]
LineState: TypeAlias = Literal["idle", "off-hook", "dialling", "ringing", "talking", "howler", "out-of-service"]


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a call as people see it; what is not known is None."""

    port: str | None = None
    extension: str | None = None
    room: str | None = None
    number: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class CallView:
    """A call that stands now. Instants are monotonic nanoseconds."""

    id: str
    state: CallState
    from_party: Party
    to_party: Party
    dialled: str
    started_ns: int
    answered_ns: int | None = None
    emergency: bool = False
    trunk: str | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as the desk sees it."""

    port: str
    state: LineState
    extension: str | None
    fault: str | None
    dnd: bool = False


@dataclass(frozen=True, slots=True)
class LegRecord:
    """A call record, one per leg (`leg` is its key). Instants are monotonic nanoseconds of this boot."""

    leg: str
    call: str
    direction: Literal["internal", "outgoing", "incoming"]
    from_party: Party
    to_party: Party
    dialled: str
    started_ns: int
    answered_ns: int | None = None
    ended_ns: int | None = None
    cause: int | None = None
    """Q.850."""
    end: Literal["released", "barred", "lost"] | None = None
    complete: bool = True
    emergency: bool = False
    trunk: str | None = None
    answered_by: Literal["reversal", "ringback-end", "timer", "digital"] | None = None
    outside: str = ""
    """The number that was called outside; `dialled` is an extension if the call was given there."""


@dataclass(frozen=True, slots=True)
class Send:
    """Give a gateway a command. A refusal comes back to `CallAgent.refused` with the same `command`."""

    command: Command
    gateway: str = "voice"


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """Write this record as open: it must be on disk before anything that follows is done (a call was answered)."""

    record: LegRecord


@dataclass(frozen=True, slots=True)
class CloseRecord:
    """The leg has ended: the record is final. Also for a call that was never answered (then it was not opened)."""

    record: LegRecord


@dataclass(frozen=True, slots=True)
class CallChanged:
    """A call began, changed or (`ended`) is over."""

    call: CallView
    ended: bool = False


@dataclass(frozen=True, slots=True)
class LineChanged:
    line: LineView


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """Tell the desk; it stays until acknowledged. The same kind and subject is raised once while it stands."""

    kind: str
    subject: str
    text: str
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the text says that other languages have to say, by name."""


@dataclass(frozen=True, slots=True)
class ClearAlarm:
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class FeatureChanged:
    """A guest or staff member changed something from a telephone; kept by the supervisor (setting, audit)."""

    extension: str
    feature: Literal["dnd", "forward"]
    value: str | bool


@dataclass(frozen=True, slots=True)
class DialogueActs:
    """Somebody at a telephone wants something done; the answer goes to `CallAgent.answer_dialogue`.

    `dialogue`: unique for ever, and of this one action. Nobody waits for the answer where he has hung up.
    `caller`: who he is, as call control knows; it is what he may do that counts, never what he says he is.
    """

    dialogue: str
    action: str
    arguments: Mapping[str, str]
    caller: Party


@dataclass(frozen=True, slots=True)
class WakeupRings:
    """The first bell of a wake-up's attempt is on the line (`answered`: its telephone has been lifted).

    `at_ns`: monotonic nanoseconds.
    """

    id: str
    at_ns: int
    answered: bool = False


@dataclass(frozen=True, slots=True)
class WakeupReport:
    """An attempt of a wake-up is over. When this is on disk, `CallAgent.wakeup_noted` is to be told of the `entry`.

    `entry`: the gateway's journal entry; None: the gateway has made no attempt, or has died with it ("stopped").
    Instants are nanoseconds of UTC.
    """

    id: str
    outcome: WakeupOutcome
    started_utc_ns: int
    ended_utc_ns: int
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class PersonReport:
    """What has become of `CallAgent.call_person`.

    done: the menu came to its end; hung-up: somebody answered, and it did not; no-answer: also where it was stopped.
    """

    call: str
    outcome: PersonOutcome


@dataclass(frozen=True, slots=True)
class TrunkTested:
    """A company line has been tried for the technician: whether it gives dial tone, and how soon."""

    port: str
    dial_tone: bool
    ms: int


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the log."""

    verb: str
    pairs: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EmergencyCheck:
    """What a dry run of an emergency call found at once; each line of `probed` is told by a `TrunkTested`."""

    probed: tuple[str, ...]
    busy: tuple[str, ...]
    """Lines with a call, which an emergency call would take."""
    faulty: tuple[tuple[str, str], ...]
    """Lines that do not work, and why."""
    reception: tuple[str, ...]
    """The extensions that would ring."""
    numbers: tuple[str, ...]


Decision: TypeAlias = (
    Send
    | OpenRecord
    | CloseRecord
    | CallChanged
    | LineChanged
    | RaiseAlarm
    | ClearAlarm
    | FeatureChanged
    | DialogueActs
    | WakeupRings
    | WakeupReport
    | PersonReport
    | TrunkTested
    | Note
)
