"""The API's objects: they check requests, make answers, and the OpenAPI document is drawn from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, UnsetType

from firmware.details import Detail
from firmware.errors import Limit, LimitKind
from firmware.exchange import call_timers
from firmware.passwords import LEAST_CHARACTERS, MOST_CHARACTERS
from firmware.restriction import Level
from firmware.timers import TimerSpec
from webui.limits import TOLD_AS

Stamp = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""ISO 8601 with offset and milliseconds."""
PATTERNS = {
    r"^[0-9*#]+(?!\n)$": "digits, * and #",
    r"^([01][0-9]|2[0-3]):[0-5][0-9](?!\n)$": "hours and minutes, as 22:00",
    r"^[1-7](-[1-7])?(,[1-7](-[1-7])?)*(?!\n)$": "days of the week as 1-7 or 6,7 (Monday is 1)",
    r"^(?!\s)[^\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+(?<!\s)(?!\n)$": "characters "
    "that can be seen, without space around",
}
"""What texts may look like, and how that is said in words. (In Python a `$` alone lets a line's end pass.)"""
_DIALLED, _HOUR_MINUTE, _DAYS, _NAME = PATTERNS


def told_as(kind: LimitKind) -> dict[str, LimitKind]:
    """The `extra` of a text that is more than so many characters."""
    return {TOLD_AS: kind}


def looks_like(pattern: str, kind: LimitKind, least: int | None = None, most: int | None = None) -> Meta:
    """Of a text of one of PATTERNS, and of so many characters."""
    words = PATTERNS[pattern]
    return Meta(pattern=pattern, min_length=least, max_length=most, description=words, extra=told_as(kind))


def name_of(most: int) -> Meta:
    """Of a name of a person or program, up to so many characters: in the audit it must not look like another's."""
    return looks_like(_NAME, "name", 1, most)


Dialled = Annotated[str, looks_like(_DIALLED, "dialled", 1, 32)]
HourMinute = Annotated[str, looks_like(_HOUR_MINUTE, "time")]
Days = Annotated[str, looks_like(_DAYS, "days")]
NewName = Annotated[str, name_of(64)]
"""Of a person or program that may come in."""
ListedNumber = Annotated[str, Meta(min_length=1, max_length=40)]
ForwardCase: TypeAlias = Literal["no-answer", "busy"]
FORWARD_CASES: tuple[ForwardCase, ...] = get_args(ForwardCase)
LineState: TypeAlias = Literal["idle", "off-hook", "dialling", "ringing", "talking", "howler", "out-of-service"]
Housekeeping: TypeAlias = Literal["dirty", "clean", "inspected", "out-of-order", "make-up", "service"]
Direction: TypeAlias = Literal["internal", "outgoing", "incoming"]
Role: TypeAlias = Literal["desk", "housekeeping", "manager", "technician"]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the API says."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it is told; a member that it does not know is refused."""


class Fault(Answer, frozen=True, kw_only=True):
    """What was wrong with a request; `field` is the part at fault, `limit` what is taken there, where that is known.

    `details`: each thing that is wrong, where `code` does not say all that `message` does.
    """

    code: str
    message: str
    field: str | None = None
    limit: Limit | None = None
    details: list[Detail] = []


class ErrorAnswer(Answer, frozen=True, kw_only=True):
    """Every answer that is not a success."""

    error: Fault


class Party(Answer, frozen=True, kw_only=True):
    """One side of a call; what is not known is null."""

    port: str | None = None
    extension: str | None = None
    room: str | None = None
    number: str | None = None
    name: str | None = None


class Call(Answer, frozen=True, kw_only=True):
    """A call that stands now."""

    id: str
    state: Literal["dialling", "ringing", "answered", "held"]
    from_: Party = msgspec.field(name="from")
    to: Party
    trunk: str | None
    started: Stamp
    answered: Stamp | None
    emergency: bool


class Money(Answer, frozen=True, kw_only=True):
    """An amount in minor units."""

    amount: int
    currency: str


class CallRecord(Answer, frozen=True, kw_only=True):
    """One leg of a finished call; a transfer gives two with the same `call`."""

    id: str
    call: str
    direction: Direction
    from_: str = msgspec.field(name="from")
    to: str
    room: str | None
    trunk: str | None
    dialled: str
    started: Stamp
    answered: Stamp | None
    ended: Stamp | None
    talk_seconds: int
    answered_by: Literal["reversal", "ringback-end", "timer", "digital"] | None
    cause: int | None
    end: Literal["released", "barred", "lost"] | None
    complete: bool
    emergency: bool
    charge: Money | None = None
    unpriced: bool = False


class Line(Answer, frozen=True, kw_only=True):
    """A line as the desk sees it."""

    port: str
    kind: Literal["fxs", "fxo", "e1", "sip"]
    state: LineState
    extension: str | None
    fault: str | None
    dnd: bool = False


class Guest(Answer, frozen=True, kw_only=True):
    """Somebody who lives in a room. `departure`: a date or a time. `deposit`: what calls may cost; null: no limit."""

    id: str
    name: str
    first_name: str | None
    language: str | None
    vip: bool
    needs_person: bool
    reservation: str | None
    arrival: Stamp | None
    departure: str | None
    deposit: Money | None
    deposit_left: Money | None


class MessageLamp(Answer, frozen=True, kw_only=True):
    """Whether the telephones' lamp is lit, and why."""

    lit: bool
    reasons: list[Literal["desk", "voice-mail", "text"]]


class Room(Answer, frozen=True, kw_only=True):
    """A room; what is not known is null.

    `class` is its own class of restriction, null where it has that of its occupancy; `effective_class` is the one that
    holds. `dnd`: one of its telephones does not ring. `line_state` is that of its first telephone.
    """

    room: str
    floor: int | None
    extensions: list[str]
    occupancy: Literal["vacant", "occupied"]
    guests: list[Guest]
    housekeeping: Housekeeping
    dnd: bool
    message_lamp: MessageLamp
    class_: Level | None = msgspec.field(name="class")
    effective_class: Level
    next_wakeup: Stamp | None
    line_state: LineState | None


def without_guests(room: Room) -> Room:
    """As those see it who need not know who lives there."""
    return msgspec.structs.replace(room, guests=[])


class RoomChange(Request, frozen=True, kw_only=True):
    """Any subset. `class` null: the default of the occupancy; `dnd` and the lamp are for all telephones of the room.

    `message_lamp` is the desk's reason only: a text that waits keeps the lamp lit. Housekeeping's own may change the
    status alone.
    """

    class_: Level | UnsetType | None = msgspec.field(name="class", default=UNSET)
    dnd: bool | UnsetType = UNSET
    housekeeping: Housekeeping | UnsetType = UNSET
    message_lamp: bool | UnsetType = UNSET


class Acknowledgement(Answer, frozen=True, kw_only=True):
    """Who has seen an alarm, and when."""

    by: str
    at: Stamp


class Alarm(Answer, frozen=True, kw_only=True):
    """An alarm; it stays in the list until it is acknowledged and its cause is gone.

    `facts`: what the text says, for one who says it in another language: number (called), time (a wake-up's, the
    hotel's), why (not_answered, busy, no_key, error, missed), from (a room or number), address. Any may be missing.
    """

    id: int
    kind: str
    subject: str
    text: str
    facts: dict[str, str]
    raised: Stamp
    cleared: Stamp | None
    acknowledged: Acknowledgement | None


class AuditEntry(Answer, frozen=True, kw_only=True):
    """Who changed what, through what."""

    id: int
    at: Stamp
    who: str
    through: str
    action: str
    subject: str
    room: str | None
    detail: dict[str, Any]


class RoomBlocking(Request, frozen=True, kw_only=True):
    """Calls from room to room are refused; calls to reception and to emergency numbers never are.

    `from` and `to` are the hotel's wall time, over midnight where `to` is earlier; both null: all day. Rooms of one
    list in `exceptions` may call each other all the same.
    """

    enabled: bool
    from_: HourMinute | None = msgspec.field(name="from", default=None)
    to: HourMinute | None = None
    exceptions: list[list[str]] = []


class CallHours(Request, frozen=True, kw_only=True):
    """By the hotel's wall time, over midnight where `to` is earlier; all day where both are the same."""

    from_: HourMinute = msgspec.field(name="from")
    to: HourMinute
    days: Days = "1-7"


class Restriction(Request, frozen=True, kw_only=True):
    """What the site says of calls outside, beyond the classes of restriction.

    `allowed` (from class local up, at any hour) and `forbidden` (to nobody): beginnings of numbers as dialled behind
    the outside prefix; x is any digit, [2-47] one of these. `black_out`, `black_in`: numbers that nobody calls, and
    whose calls are refused; also as +48... . `hours`: when calls of a class, and of those above it, may be made.
    """

    allowed: list[ListedNumber] = []
    forbidden: list[ListedNumber] = []
    black_out: list[ListedNumber] = []
    black_in: list[ListedNumber] = []
    hours: dict[Level, CallHours] = {}


class NightService(Request, frozen=True, kw_only=True):
    """Where calls in that are reception's go while it is not attended: to an extension, or (`target` null) to an
    announcement.

    "auto": from `from` to `to` by the hotel's wall time, over midnight where `to` is earlier.
    """

    mode: Literal["off", "on", "auto"]
    from_: HourMinute | None = msgspec.field(name="from", default=None)
    to: HourMinute | None = None
    target: str | None = None


class EmergencyLine(Answer, frozen=True, kw_only=True):
    """A company line in the dry run; `ms` is how long its dial tone took, of a line that was tried."""

    port: str
    state: Literal["dial-tone", "no-dial-tone", "busy", "fault"]
    ms: int | None = None
    fault: str | None = None


class EmergencyDryRun(Answer, frozen=True, kw_only=True):
    """What an emergency call would find now.

    `reception`: extensions that would ring. `numbers`: the emergency numbers. `lodged`: the telephones know what to do
    without the exchange, too. `ok`: a line gives dial tone, and somebody at reception would hear of it.
    """

    lines: list[EmergencyLine]
    reception: list[str]
    numbers: list[str]
    lodged: bool
    ok: bool


def _seconds(timer: TimerSpec) -> Meta:
    return Meta(ge=timer.minimum, le=timer.maximum, description=f"{timer.number}, seconds: {timer.sentence}")


class CallTimers(Request, frozen=True, kw_only=True):
    """The timers of call control, in seconds."""

    first_digit: Annotated[float, _seconds(call_timers.FIRST_DIGIT)] = call_timers.FIRST_DIGIT.default
    inter_digit: Annotated[float, _seconds(call_timers.INTER_DIGIT)] = call_timers.INTER_DIGIT.default
    no_answer: Annotated[float, _seconds(call_timers.NO_ANSWER)] = call_timers.NO_ANSWER.default
    release_tone: Annotated[float, _seconds(call_timers.RELEASE_TONE)] = call_timers.RELEASE_TONE.default
    howler: Annotated[float, _seconds(call_timers.HOWLER)] = call_timers.HOWLER.default
    hold: Annotated[float, _seconds(call_timers.HOLD)] = call_timers.HOLD.default
    recall: Annotated[float, _seconds(call_timers.RECALL)] = call_timers.RECALL.default
    click: Annotated[float, _seconds(call_timers.CLICK)] = call_timers.CLICK.default
    confirmation: Annotated[float, _seconds(call_timers.CONFIRMATION)] = call_timers.CONFIRMATION.default


class ExchangeSettings(Request, frozen=True, kw_only=True):
    """What the house chooses of its exchange; a member that is not given has its default.

    `rooms_see`: what a ringing room telephone shows of another room. `forward_no_answer`, `forward_busy`: calls to any
    extension come to reception then. `call_waiting`: operators who talk hear a second call. `room_flash`: a hook flash
    on room telephones counts. `trunk_transfer`: staff may join two calls outside, where one of the lines tells when
    its party has gone.
    """

    rooms_see: Literal["number", "nothing"] = "number"
    forward_no_answer: bool = False
    forward_busy: bool = False
    call_waiting: bool = True
    room_flash: bool = False
    trunk_transfer: bool = True
    timers: CallTimers = CallTimers()


class ExtensionSettings(Request, frozen=True, kw_only=True):
    """`forward`: when its calls come to reception, beyond what the exchange's settings say for all extensions."""

    dnd: bool
    forward: list[ForwardCase]


class NewCall(Request, frozen=True, kw_only=True):
    """Click to dial: the telephone of `from` rings; when it is lifted, `to` is called."""

    from_: Dialled = msgspec.field(name="from")
    to: Dialled


class Enrolment(Request, frozen=True, kw_only=True):
    """The first manager's name and password, with the secret of the one-time link."""

    secret: str
    name: NewName
    password: Annotated[str, Meta(min_length=LEAST_CHARACTERS, max_length=MOST_CHARACTERS)]


def stamp(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as the API writes it: the hotel's time with its offset, and milliseconds."""
    return instant.astimezone(zone).isoformat(timespec="milliseconds")
