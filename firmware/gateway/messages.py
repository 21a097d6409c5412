"""The gateway protocol: the closed set of messages between the call agent and a media gateway (after MGCP, RFC 3435).

A gateway owns endpoints and obeys. The agent sends commands, each of which gets one reply or an `Error`; the gateway
sends events. Times are CLOCK_MONOTONIC in nanoseconds, which all processes of the box share. A `tag` is the agent's own
note (at most 1 KiB): it is set by the commands that carry one, comes back with events and in the audit, and means
nothing to the gateway. This file is the protocol's manual; what it does not name is refused.

Rules that hold for every endpoint:
- It has at most one signal (tone, prompt, howler) and takes part in at most one connection at a time. A signal is heard
  instead of the connection's audio unless it is an overlay, which is mixed into it.
- A digit collection ends its own signal at the first digit. To be joined into a connection ends a collection without an
  event.
- On-hook ends signal, ringing, collection and the endpoint's legs at once, inside the gateway; the agent is told after.
- A trunk endpoint is off-hook while its line is seized. One whose call rings in is answered by being put into a
  connection. Its far end's release ends signal and legs at once, like on-hook. Its tag ends with its call.
- A command is checked whole before anything changes; a refused one changes nothing.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

import msgspec

PROTOCOL_VERSION = 5
MAX_TAG_BYTES = 1024

Mode: TypeAlias = Literal["sendrecv", "recvonly", "sendonly", "inactive"]
"""A leg's part in a connection, seen from the endpoint: recvonly hears the others and is not heard."""

Tone: TypeAlias = Literal[
    "dial", "stutter", "ringback", "busy", "congestion", "unobtainable", "howler", "hold", "call-waiting",
    "confirmation", "recall", "warning", "end-of-period",
]  # fmt: skip
DIAL_TONES: frozenset[Tone] = frozenset({"dial", "stutter", "recall"})
"""The tones that ask for a number."""
RingKind: TypeAlias = Literal["internal", "external", "recall", "wake-up", "priority"]
HookState: TypeAlias = Literal["on-hook", "off-hook"]
ServiceState: TypeAlias = Literal["in-service", "out-of-service", "initialising"]
LampKind: TypeAlias = Literal["neon", "polarity", "fsk"]
AlarmKind: TypeAlias = Literal[
    "foreign-voltage", "power-alarm", "line-dead", "short-circuit", "overload", "chip-reset", "calibration",
    "no-supply", "leakage", "chip-absent", "no-clock", "isolation-link", "late-blocks", "no-real-time",
    "no-dial-tone", "line-in-use",
]  # fmt: skip
EndpointKind: TypeAlias = Literal["fxs", "fxo", "e1", "sip"]
TrunkStage: TypeAlias = Literal["idle", "ringing-in", "seizing", "dialling", "proceeding", "active", "guard"]
"""seizing: without digits the line is being probed; `Place` takes it over. guard: on-hook again, and not to be seized
before the exchange has noticed; also while a line that gave no dial tone is listened to, as a caller may be on it. A
line that rings for a call that the agent has released is idle, and refuses `Place` until it stops."""
AnsweredBy: TypeAlias = Literal["reversal", "ringback-end", "timer", "digital"]
"""How it is known that a call out was answered."""
ReleaseReason: TypeAlias = Literal[
    "reversal", "loop-break", "busy-tone", "congestion-tone", "special-information", "silence", "duration",
    "dial-tone", "abandoned", "no-dial-tone", "glare", "failed",
]  # fmt: skip
"""What told that a trunk's call is over. dial-tone: the exchange gave it again; abandoned: the caller gave up before an
answer; glare: a call came in on the line that was seized for a call out; failed: the port does not work any more."""


ReadingName: TypeAlias = Literal[
    "foreign-dc", "foreign-ac", "on-hook-voltage", "leak-current", "ringer-current", "ringer-load", "noise",
    "line-voltage", "loop-current", "dial-tone", "echo-return-loss",
]  # fmt: skip
"""What a line test measures. Volts of direct (both wires against ground, the higher) and alternating foreign voltage
with the feed off; volts between the wires, on-hook; mA that an idle pair draws; mA and REN of the bell; dBm0 of the
noise; volts and mA of a company's feed; milliseconds until dial tone; dB of what is sent and comes back."""
LineTestOutcome: TypeAlias = Literal[
    "done", "foreign-voltage", "off-hook", "dead", "no-dial-tone", "in-use", "aborted", "out-of-service", "absent"
]  # fmt: skip
"""How a line test has ended; all but "done" before its end. dead: no feed from the exchange; in-use: a telephone in
parallel, or a call, has the line; aborted: the line was wanted; absent: the chip does not answer."""


WakeupOutcome: TypeAlias = Literal[
    "confirmed", "snoozed", "reception", "emergency", "answered", "no-key", "no-answer", "busy", "failed", "missed",
    "stopped",
]  # fmt: skip
"""How an attempt of a wake-up has ended. answered: lifted, where no key is needed; no-key: lifted, and replaced or left
without one; emergency: an emergency number was dialled instead; busy: no telephone of the room was on-hook in all the
time for which it would have rung; failed: none is in service, or the
lines are dead, as their bells have shown; missed: overdue for too long; stopped: by the agent."""


class _Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


# ---------------------------------------------------------------------------------------------------- parts of messages


class DigitMap(_Base, frozen=True, kw_only=True):
    """Which strings of digits are complete, in MGCP's notation (see `digitmap.py`), and how long to wait."""

    patterns: tuple[str, ...]
    first_digit_ms: int = 15_000
    """Counted from the end of a signal that ends by itself."""
    inter_digit_ms: int = 4_000
    terminator: str = "#"
    max_digits: int = 32
    at_once: tuple[str, ...] = ()
    """Numbers that are complete as soon as they are dialled, whatever longer number might begin so: emergencies."""
    dial_tone_after: str = ""
    """After exactly these digits (the outside prefix) dial tone sounds again, until the next digit."""


class CallerId(_Base, frozen=True, kw_only=True):
    """What a ringing telephone shows; `number` is empty where it must show nothing."""

    number: str = ""
    name: str = ""
    private: bool = False


class Leg(_Base, frozen=True, kw_only=True):
    """An endpoint's part in a connection. `inactive` keeps a held endpoint's place: neither heard nor hearing."""

    endpoint: str
    mode: Mode = "sendrecv"


class Signal(_Base, frozen=True, kw_only=True):
    """A tone of the country, or up to 64 prepared prompts, one after the other, of ten minutes in all: NAME, or
    FOLDER/NAME for another language than the hotel's, for voice mail (`mail`), and for what was spoken on demand
    (`said`). A prompt that is not there is left out.
    """

    tone: Tone | None = None
    prompts: tuple[str, ...] = ()
    overlay: bool = False
    repeat: bool = False


class OffHookPlan(_Base, frozen=True, kw_only=True):
    """What an idle endpoint does by itself when it is lifted: hear `signal`, and collect by `digit_map`.

    Without a digit map the endpoint hears the signal (or nothing) and the agent decides: a hot line.
    """

    signal: Signal | None
    digit_map: DigitMap | None


class TrunkState(_Base, frozen=True, kw_only=True):
    """The call at a trunk endpoint; instants are monotonic nanoseconds."""

    stage: TrunkStage
    incoming: bool = False
    caller: CallerId | None = None
    """Of a call in: None where nothing is known of the caller."""
    presented: bool = False
    """Of a call in: `IncomingCall` has been told, to this agent or to nobody."""
    digits: str = ""
    """Of a call out: what is sent to the exchange."""
    emergency: bool = False
    alerting: bool = False
    """The far end's ringback has been heard."""
    since_ns: int = 0
    answered_ns: int | None = None
    answered_by: AnsweredBy | None = None


class EndpointState(_Base, frozen=True, kw_only=True):
    """One endpoint in the audit. `trunk`: of trunk endpoints alone.

    digits: what was dialled in the collection that goes on, or in one that has ended and was not acted upon since.
    lamp: None where no agent has said so since the gateway began; a telephone may show what it was told before that.
    """

    endpoint: str
    kind: EndpointKind
    service: ServiceState
    hook: HookState
    tag: bytes = b""
    armed: bool = False
    ringing: bool = False
    collecting: bool = False
    digits: str = ""
    signal: Signal | None = None
    connection: str | None = None
    lamp: bool | None = None
    off_hook_since_ns: int | None = None
    alarms: tuple[AlarmKind, ...] = ()
    trunk: TrunkState | None = None
    wakeup: str | None = None
    """The id of the wake-up that rings here, or is being spoken."""


class ConnectionState(_Base, frozen=True, kw_only=True):
    """One connection in the audit."""

    connection: str
    tag: bytes
    legs: tuple[Leg, ...]
    since_ns: int


class JournalEntry(_Base, frozen=True, kw_only=True):
    """What happened while no agent was there, by the gateway's resident plan or not. `entry` is unique for ever.

    kind "call": a call made by the gateway itself; ended_ns None: it stands (in `connection`, between `endpoints`).
    `trunk` is the trunk endpoint of a call in or out, of an emergency call the last one that was tried; of a call in it
    is the first of the `endpoints`.
    kind "left": an endpoint in an agent's call went on-hook; `tag` is its connection's, or its own if it was in none.
    kind "answered": the far end has answered an agent's call out by the trunk in `endpoints`; `tag` is the trunk's.
    kind "wakeup": an attempt of the wake-up `wakeup` has ended with `outcome`, whoever began it; it is on disk before
    its guest hears that his key was understood, and before the agent is told. `endpoints`: the telephone that was
    lifted, else all; `dialled`: the emergency number. An attempt that survival could not begin has an entry, too.
    Instants are monotonic nanoseconds of this boot; `boot` tells them from those before a power cut.
    """

    entry: str
    boot: str
    kind: Literal["call", "left", "answered", "wakeup"]
    endpoints: tuple[str, ...]
    dialled: str = ""
    connection: str | None = None
    tag: bytes = b""
    started_ns: int
    answered_ns: int | None = None
    ended_ns: int | None = None
    no_answer: bool = False
    """The call was given up because nobody answered, not by its caller."""
    lost: bool = False
    """The call was cut off: its port failed, or the gateway died, and `ended_ns` is when that was found."""
    utc_ns: int = 0
    """The wall clock at `started_ns`: what is left of the instants after another boot."""
    emergency: bool = False
    trunk: str | None = None
    caller: CallerId | None = None
    """Who called in."""
    answered_by: AnsweredBy | None = None
    wakeup: str = ""
    outcome: WakeupOutcome | None = None


class Wakeup(_Base, frozen=True, kw_only=True):
    """One occurrence of a wake-up order, as the gateway carries it out.

    `id` is unique for each occurrence, also for each time that it is put off. All `endpoints` (a room's telephones)
    ring together; the first that is lifted has the call. An attempt is the ringing, and what the guest hears and
    presses: the greeting, up to three times, with a pause for a key after each. `keys`: what each digit means; none: to
    have lifted the handset is enough, and the greeting is heard once. Emergency numbers are collected all the same.
    """

    id: str
    endpoints: tuple[str, ...]
    due_utc_ns: int
    ring_ms: int = 45_000
    greetings: tuple[tuple[str, ...], ...]
    """Prompts for the first attempt, the second, ...; the last one is for all that follow, too."""
    keys: dict[str, Literal["confirmed", "snoozed", "reception"]] = {}
    emergency: tuple[str, ...] = ()
    """Numbers that are complete at once."""
    thanks: dict[Literal["confirmed", "snoozed", "reception"], tuple[str, ...]] = {}
    """What is heard after a key in survival; else the agent has it played."""
    attempts: int = 1
    """How many the gateway makes by itself when no agent is there; an agent asks for each."""
    spacing_ms: int = 120_000
    """From the end of one attempt to the beginning of the next."""
    snooze_ms: int = 600_000
    """So long after "snoozed" it begins again by itself, when no agent is there."""
    late_ms: int = 600_000
    """When no agent is there: overdue by more than this it is not rung any more, and journalled as "missed"."""


class ResidentPlan(_Base, frozen=True, kw_only=True):
    """What the gateway does by itself when no agent has answered a ping for one second; kept on its disk."""

    revision: str
    digit_map: DigitMap
    routes: dict[str, tuple[str, ...]]
    """Dialled number to the endpoints that ring for it, together."""
    reception: tuple[str, ...]
    """Endpoints of the operators: for emergency numbers, hot lines and the spoken warning."""
    emergency: tuple[str, ...]
    caller_ids: dict[str, CallerId]
    """Endpoint to what its calls show."""
    hot_lines: dict[str, int] = {}
    """Endpoint to the seconds off-hook without dialling after which reception rings; 0 is at once."""
    trunks: tuple[str, ...] = ()
    """Trunk endpoints for emergency calls, in the order in which they are tried."""
    emergency_digits: dict[str, str] = {}
    """Emergency number as dialled to what is sent to the exchange (without the outside prefix)."""
    incoming: dict[str, tuple[str, ...]] = {}
    """Trunk endpoint to the endpoints that ring for its calls in; one that is not named rings reception."""


# ---------------------------------------------------------------------------------------------------------- commands


class Hello(_Base, frozen=True, kw_only=True, tag="hello"):
    """First command on a channel. Reply `Welcome`. A second agent takes the gateway over from the first."""

    protocol: int
    agent: str


class Pong(_Base, frozen=True, kw_only=True, tag="pong"):
    """Answers the event `Ping`."""

    number: int


class Audit(_Base, frozen=True, kw_only=True, tag="audit"):
    """Asks for everything that stands now. Reply `AuditReport`; ends survival: from here on the agent has command."""


class ForgetJournal(_Base, frozen=True, kw_only=True, tag="forget-journal"):
    """The agent has these entries on disk; those that have ended are dropped."""

    entries: tuple[str, ...]


class Arm(_Base, frozen=True, kw_only=True, tag="arm"):
    """Say what an idle endpoint does when lifted. Holds until replaced; an endpoint in use takes it up when on-hook."""

    endpoint: str
    plan: OffHookPlan
    flash: bool = False
    """Whether an off-hook endpoint's hook flash is reported (else it is nothing)."""


class Tag(_Base, frozen=True, kw_only=True, tag="tag"):
    """Set an endpoint's tag and nothing else."""

    endpoint: str
    tag: bytes


class Collect(_Base, frozen=True, kw_only=True, tag="collect"):
    """Play `signal` (it stops at the first digit) and collect digits from an off-hook endpoint; event `Digits`.

    Of a trunk endpoint: the digits that its far end sends.
    """

    endpoint: str
    digit_map: DigitMap
    signal: Signal | None = None
    tag: bytes | None = None


class Connect(_Base, frozen=True, kw_only=True, tag="connect"):
    """The connection has exactly these legs from now on: made, changed or (no legs) ended. Two-party or conference.

    An endpoint that is in another connection is refused; end or change that one first.
    """

    connection: str
    legs: tuple[Leg, ...]
    tag: bytes = b""


class Disconnect(_Base, frozen=True, kw_only=True, tag="disconnect"):
    """End a connection; the endpoints stay off-hook and hear their signal, or nothing. Unknown: no error."""

    connection: str


class Ring(_Base, frozen=True, kw_only=True, tag="ring"):
    """Ring an on-hook endpoint with the country's cadence until answered or stopped.

    When it is lifted, `on_answer` is made inside the gateway in the same block, before `OffHook` is reported; other
    endpoints that ring for the same connection stop ringing in that same block, and signals of its legs end. Legs that
    stand in that connection already stay in it (an emergency call that reception joins), and a trunk endpoint among the
    legs whose call rings in is answered.
    """

    endpoint: str
    kind: RingKind = "internal"
    caller: CallerId | None = None
    on_answer: Connect | None = None
    tag: bytes = b""


class StopRing(_Base, frozen=True, kw_only=True, tag="stop-ring"):
    """End ringing. An endpoint that does not ring is no error."""

    endpoint: str


class Apply(_Base, frozen=True, kw_only=True, tag="apply"):
    """Apply a signal to an off-hook endpoint in place of the present one; None ends it. `PlaybackDone` when it ends."""

    endpoint: str
    signal: Signal | None
    tag: bytes | None = None


class Lamp(_Base, frozen=True, kw_only=True, tag="lamp"):
    """Message lamp on or off; kept by the gateway through calls.

    neon: bursts of high voltage light a neon lamp across the pair; polarity: the line is reversed; fsk: the telephone
    is told by a message (visual indicator, ETSI EN 300 659-3 or GR-1401-CORE) as soon as its line is idle.
    """

    endpoint: str
    lit: bool
    kind: LampKind | None = None
    """How this telephone's lamp is lit, from now on; None: as before, at first as is usual in the country."""


class SetGain(_Base, frozen=True, kw_only=True, tag="set-gain"):
    """Gain of an endpoint in dB, -12 to +6, towards the fabric (`receive`) and towards the line (`transmit`)."""

    endpoint: str
    receive_db: float = 0.0
    transmit_db: float = 0.0


class Record(_Base, frozen=True, kw_only=True, tag="record"):
    """Record what an endpoint says ("receive"), hears ("transmit") or both, to a WAV file in the data directory.

    `name` is a file name without directories, refused if there is one; ended by `StopRecord`, on-hook, a trunk's
    release, `limit_s`, `silence_s` without speech (0: never), or (`until_digit`) any digit; `RecordingEnded` says so.
    """

    endpoint: str
    name: str
    what: Literal["receive", "transmit", "both"] = "both"
    limit_s: int = 3600
    silence_s: int = 0
    until_digit: bool = False


class StopRecord(_Base, frozen=True, kw_only=True, tag="stop-record"):
    """End a recording; the file is whole when the reply comes."""

    endpoint: str


class Place(_Base, frozen=True, kw_only=True, tag="place"):
    """Call out: seize an idle trunk endpoint (one that rests, when its rest is over), hear dial tone, send `digits`.

    Refused (fault "state") where the line is dead, in use by another telephone, or has a call.

    When the last digit is out, `on_dialled` is made inside the gateway in the same block, and signals of its legs end;
    legs that stand in that connection already stay in it, and telephones that ring for it ring on.
    Events: `TrunkProgress`, `TrunkAnswered`, or `TrunkReleased` where it cannot be.
    `emergency`: once the digits are out, nothing but `Release` or the port's failure ends the call.
    """

    endpoint: str
    digits: str
    on_dialled: Connect | None = None
    emergency: bool = False
    tag: bytes = b""


class Wake(_Base, frozen=True, kw_only=True, tag="wake"):
    """Make one attempt of a wake-up now; event `WakeupEnded`. It goes on when the agent is gone.

    Whatever endpoint of it is on-hook and does not ring for anything else rings, kind "wake-up", and shows no caller;
    `RingingStarted` is told. One that is replaced, or comes into service, meanwhile rings too. None: refused (fault
    "state", code "busy", or "failed" where none is in service). Refused (code "standing") where it rings already, and
    (code "over") where this id has been confirmed or answered, also if the journal's entry is forgotten (for a day).
    `attempt` counts from 1, and chooses the greeting.

    Until the attempt is over its telephones are its own (`EndpointState.wakeup`): hook, digits and the end of signals
    are not told, and `Ring`, `StopRing`, `Collect`, `Apply` and `Connect` for them are refused (fault "state", code
    "wakeup"): `StopWake` first. Their tags stay as they are.

    After each greeting a key is waited for, for 6 s; one that may begin an emergency number counts after 1.5 s, or at
    once with #. A wrong key has the greeting heard again, at most three times in all.
    """

    wakeup: Wakeup
    attempt: int = 1


class StopWake(_Base, frozen=True, kw_only=True, tag="stop-wake"):
    """End a wake-up's attempt; `WakeupEnded` follows with "stopped", or with the outcome that was journalled already
    ("answered", while the greeting is heard). One that does not stand is no error.
    """

    id: str


class LodgeWakeups(_Base, frozen=True, kw_only=True, tag="lodge-wakeups"):
    """Keep these, on disk, instead of those before: the wake-ups of the next 12 hours, for when no agent is there.

    The reply means that they are there. One whose attempt stands goes on. Survival rings what is due, each id until it
    is confirmed, or its attempts are used up; an id that the journal says is over is left alone, as is one that has
    ended with "reception" or "emergency". The attempts of agents count, also if they were stopped. While no telephone
    of it is on-hook (who talks hears a call-waiting tone) it waits for as long as it would ring, and is then journalled
    as "busy"; after that it rings as soon as one is on-hook, without its spacing. After "snoozed" its attempts begin
    anew, under the same id.
    """

    revision: str
    wakeups: tuple[Wakeup, ...]


class Answer(_Base, frozen=True, kw_only=True, tag="answer"):
    """Answer the call that rings in at a trunk endpoint, without connecting it: for an announcement."""

    endpoint: str
    tag: bytes | None = None


class Release(_Base, frozen=True, kw_only=True, tag="release"):
    """End the call at a trunk endpoint, in whatever stage; no event follows. Without a call: no error.

    A call that rings in on an analog line cannot be refused: it rings on unheard, and is not told again.
    `unless_ringing`: one that has rung in meanwhile, and that nobody has answered, is left as it is.
    """

    endpoint: str
    cause: int = 16
    unless_ringing: bool = False


class ProbeTrunk(_Base, frozen=True, kw_only=True, tag="probe-trunk"):
    """Seize an idle trunk endpoint, wait for dial tone, and release it; nothing is dialled. Event `TrunkProbed`."""

    endpoint: str


class TestLine(_Base, frozen=True, kw_only=True, tag="test-line"):
    """Measure the line of an endpoint that does nothing, in service or not; event `LineTested`, after 1 to 6 s.

    Foreign voltage comes first, with the feed off; if there is some, nothing is fed and the test ends. `ring`: ringing
    voltage is put on a telephone's pair for half a second, and rings its bell. A company line is seized, and released
    before anything is dialled. Refused (fault "state", code "in-use") where the endpoint is not idle.

    The endpoint stays what it is: lifted, rung, or placed a call on, it is so at once; the test is over ("aborted").
    """

    __test__: ClassVar[bool] = False
    endpoint: str
    ring: bool = False


class TryBell(_Base, frozen=True, kw_only=True, tag="try-bell"):
    """Ring an idle telephone for that long, for a person who listens; nobody calls. Lifted, it has dial tone.

    Refused as `TestLine` is; ended by anything that needs the line, and by `StopTest`.
    """

    endpoint: str
    ms: int


class TryTone(_Base, frozen=True, kw_only=True, tag="try-tone"):
    """Put a tone on the pair of an idle telephone for that long (it stays on-hook), to find the pair; as `TryBell`."""

    endpoint: str
    tone: Tone
    ms: int


class StopTest(_Base, frozen=True, kw_only=True, tag="stop-test"):
    """End what `TestLine`, `TryBell` or `TryTone` do on this endpoint; nothing does: no error."""

    endpoint: str


class ReturnToService(_Base, frozen=True, kw_only=True, tag="return-to-service"):
    """A person says that a port which was taken out of service may be initialised again."""

    endpoint: str


class Lodge(_Base, frozen=True, kw_only=True, tag="lodge"):
    """Keep this resident plan, on disk, instead of the one before. The reply means that it is there."""

    plan: ResidentPlan


class Indicate(_Base, frozen=True, kw_only=True, tag="indicate"):
    """Have a LED of the box show this state of `firmware.indicators.table`; None: what the gateway knows by itself.

    That is what all show when the agent is gone.
    """

    led: str
    state: str | None


class GetFigures(_Base, frozen=True, kw_only=True, tag="get-figures"):
    """Asks for `Figures`."""


# ----------------------------------------------------------------------------------------------------------- replies


class Done(_Base, frozen=True, kw_only=True, tag="done"):
    """The command was carried out."""


class Error(_Base, frozen=True, kw_only=True, tag="error"):
    """The command was refused, and whose fault it was."""

    fault: Literal["agent", "gateway", "state"]
    """agent: a malformed or impossible command; gateway: it cannot now; state: the endpoint moved on meanwhile."""
    code: str
    text: str


class Welcome(_Base, frozen=True, kw_only=True, tag="welcome"):
    """Who answers, and since when."""

    protocol: int
    gateway: str
    boot: str
    """Unique for each start of the gateway's process."""
    started_ns: int


class AuditReport(_Base, frozen=True, kw_only=True, tag="audit-report"):
    """Everything that stands now."""

    endpoints: tuple[EndpointState, ...]
    connections: tuple[ConnectionState, ...]
    journal: tuple[JournalEntry, ...]
    plan: str | None
    """Revision of the resident plan."""
    wakeups: str | None = None
    """Revision of the lodged wake-ups."""
    alone_since_ns: int | None = None
    """Since when the gateway served by its resident plan until this audit; None: it did not."""


class Figures(_Base, frozen=True, kw_only=True, tag="figures"):
    """Counters since start. Times in microseconds over the last minute."""

    blocks: int
    late_blocks: int
    underruns: int
    tick_p50_us: int
    tick_p99_us: int
    tick_max_us: int
    real_time: bool
    ringing_waits: int


# ------------------------------------------------------------------------------------------------------------- events


class Ping(_Base, frozen=True, kw_only=True, tag="ping"):
    """Sent every 250 ms; an agent that has not answered for one second counts as gone, and is disconnected."""

    number: int


class OffHook(_Base, frozen=True, kw_only=True, tag="off-hook"):
    """A telephone was lifted; `answered`: it was ringing. `connection`: what was made at once by `on_answer`."""

    endpoint: str
    at_ns: int
    answered: bool = False
    connection: str | None = None
    tag: bytes = b""


class OnHook(_Base, frozen=True, kw_only=True, tag="on-hook"):
    """A telephone was replaced. `connection` is the one that its leg was taken from."""

    endpoint: str
    at_ns: int
    connection: str | None = None
    failed: bool = False
    """Nobody has hung up: the port has failed, or lost its power."""
    tag: bytes = b""


class Flash(_Base, frozen=True, kw_only=True, tag="flash"):
    """A hook flash, where `Arm` asked for it. It asks for something now: without an agent it is nothing, also later."""

    endpoint: str
    at_ns: int
    tag: bytes = b""


class DigitsStarted(_Base, frozen=True, kw_only=True, tag="digits-started"):
    """The first digit of a collection."""

    endpoint: str
    at_ns: int
    tag: bytes = b""


class Digits(_Base, frozen=True, kw_only=True, tag="digits"):
    """A collection ended. `digits` without the terminator.

    complete: the map is satisfied; terminated: by the terminator; no-match: the map can no longer be satisfied;
    timeout: too long between digits; silent: no first digit.
    """

    endpoint: str
    digits: str
    outcome: Literal["complete", "terminated", "no-match", "timeout", "silent"]
    at_ns: int
    tag: bytes = b""


class PlaybackDone(_Base, frozen=True, kw_only=True, tag="playback-done"):
    """A signal that ends by itself has ended (`failed`: none of its prompts is there)."""

    endpoint: str
    signal: Signal
    at_ns: int
    failed: bool = False
    tag: bytes = b""


class RingingStarted(_Base, frozen=True, kw_only=True, tag="ringing-started"):
    """The first burst of ringing voltage is on the line (the board may have made it wait its turn)."""

    endpoint: str
    at_ns: int
    tag: bytes = b""
    wakeup: str | None = None
    """The id of the wake-up that it rings for."""


class IncomingCall(_Base, frozen=True, kw_only=True, tag="incoming-call"):
    """A call rings in at a trunk endpoint; told when its caller is known, or it is known that he will not be.

    `at_ns`: when it began to ring. `caller` None: nothing is known; `private`: withheld. `answered`: the line is
    off-hook already (glare), so that the caller hears what he is given.
    """

    endpoint: str
    at_ns: int
    caller: CallerId | None = None
    called: str = ""
    """The called number, where the trunk tells it."""
    answered: bool = False
    tag: bytes = b""


class TrunkProgress(_Base, frozen=True, kw_only=True, tag="trunk-progress"):
    """A call out gets on. dialled: the digits are out, and `connection` was made; alerting: ringback is heard."""

    endpoint: str
    stage: Literal["dial-tone", "dialled", "alerting"]
    at_ns: int
    connection: str | None = None
    tag: bytes = b""


class TrunkAnswered(_Base, frozen=True, kw_only=True, tag="trunk-answered"):
    """The far end has answered a call out."""

    endpoint: str
    by: AnsweredBy
    at_ns: int
    tag: bytes = b""


class TrunkReleased(_Base, frozen=True, kw_only=True, tag="trunk-released"):
    """A trunk's call is over, by the far end or because it could not be; the gateway has put the line on-hook.

    `connection` is the one that its leg was taken from. `cause` is Q.850's.
    """

    endpoint: str
    cause: int
    reason: ReleaseReason
    at_ns: int
    connection: str | None = None
    tag: bytes = b""


class TrunkProbed(_Base, frozen=True, kw_only=True, tag="trunk-probed"):
    """The outcome of `ProbeTrunk`: whether dial tone was heard, and after how many milliseconds."""

    endpoint: str
    dial_tone: bool
    ms: int
    at_ns: int


class Reading(_Base, frozen=True, kw_only=True):
    """One value of a line test."""

    name: ReadingName
    value: float


class LineTested(_Base, frozen=True, kw_only=True, tag="line-tested"):
    """A line test is over. `readings`: what was measured until then; `text`: for a technician, beyond the outcome."""

    endpoint: str
    outcome: LineTestOutcome
    readings: tuple[Reading, ...]
    at_ns: int
    text: str = ""


class WakeupAnswered(_Base, frozen=True, kw_only=True, tag="wakeup-answered"):
    """A telephone of a wake-up was lifted (instead of `OffHook`); its guest hears the greeting, the others are silent.

    Where no key is needed the outcome "answered" is in the journal from here on.
    """

    id: str
    endpoint: str
    at_ns: int
    tag: bytes = b""


class WakeupEnded(_Base, frozen=True, kw_only=True, tag="wakeup-ended"):
    """An attempt is over, and in the journal as `entry`. `endpoint`: the telephone that is still off-hook after it, in
    silence, for the agent to say what it hears; None: none is. `digits`: the emergency number that was dialled (with
    "emergency", or with "answered", which is journalled when the handset is lifted and told after the greeting).

    It began at `started_ns`, with the first bell on the line.

    A guest who replaces the handset during the greeting ends the attempt ("no-key"); no `OnHook` follows. The journal
    is on disk before; only where the disk refuses it the event comes all the same. An agent that comes between the two
    finds the entry in its audit, and is told an attempt that still stood then as well: the entry's id tells.
    """

    id: str
    entry: str
    outcome: WakeupOutcome
    endpoint: str | None
    started_ns: int
    at_ns: int
    digits: str = ""


class RecordingEnded(_Base, frozen=True, kw_only=True, tag="recording-ended"):
    """A recording ended by itself; `seconds` of audio are in the file.

    The file is on the disk by then, so this comes after the `OnHook` or `TrunkReleased` of its endpoint; `tag` is the
    endpoint's tag of the moment at which it ended.
    """

    endpoint: str
    name: str
    seconds: float
    digit: str = ""
    """By which it was ended."""
    tag: bytes = b""


class Alarm(_Base, frozen=True, kw_only=True, tag="alarm"):
    """Something is wrong with an endpoint, or no longer."""

    endpoint: str
    kind: AlarmKind
    raised: bool
    text: str
    at_ns: int


class ButtonPressed(_Base, frozen=True, kw_only=True, tag="button-pressed"):
    """The button of the box is held so long that a person must want something. Without an agent nobody is told."""

    held_s: float
    at_ns: int


class Service(_Base, frozen=True, kw_only=True, tag="service"):
    """An endpoint came into service or went out of it."""

    endpoint: str
    state: ServiceState
    at_ns: int


Command: TypeAlias = (
    Hello | Pong | Audit | ForgetJournal | Arm | Tag | Collect | Connect | Disconnect | Ring | StopRing
    | Apply | Lamp | SetGain | Record | StopRecord | Place | Answer | Release | ProbeTrunk | ReturnToService | Lodge
    | TestLine | TryBell | TryTone | StopTest | Wake | StopWake | LodgeWakeups | Indicate | GetFigures
)  # fmt: skip
Reply: TypeAlias = Done | Error | Welcome | AuditReport | Figures
Event: TypeAlias = (
    Ping | OffHook | OnHook | Flash | DigitsStarted | Digits | PlaybackDone | RingingStarted | IncomingCall
    | TrunkProgress | TrunkAnswered | TrunkReleased | TrunkProbed | LineTested | WakeupAnswered | WakeupEnded
    | RecordingEnded | Alarm | ButtonPressed | Service
)  # fmt: skip


class CommandFrame(_Base, frozen=True, kw_only=True, tag="command"):
    """A command on the wire; `number` is chosen by the agent and comes back in the reply."""

    number: int
    command: Command


class ReplyFrame(_Base, frozen=True, kw_only=True, tag="reply"):
    """The reply to the command of that number. Replies come in the order of the commands."""

    number: int
    reply: Reply


class EventFrame(_Base, frozen=True, kw_only=True, tag="event"):
    """An event; `serial` rises by one, so a gap shows."""

    serial: int
    event: Event


class Limits:
    """Bounds that both sides keep."""

    FRAME_BYTES: ClassVar[int] = 1024 * 1024
    UNANSWERED_COMMANDS: ClassVar[int] = 1024
    UNSENT_EVENTS: ClassVar[int] = 4096
