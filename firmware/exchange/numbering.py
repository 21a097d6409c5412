"""The numbers of the hotel: who has which, what may be dialled, and what a digit map makes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Literal, TypeAlias

from firmware.exchange.call_timers import FIRST_DIGIT, INTER_DIGIT
from firmware.exchange.dialogue import Dialogues, NoDialogues
from firmware.exchange.service_codes import SERVICE_CODES, ServiceCode
from firmware.exchange.trunk_groups import (
    Allowance,
    NightService,
    Restrictions,
    TrunkGroup,
    Unlimited,
    Unrestricted,
)
from firmware.gateway.digitmap import emergency_only
from firmware.gateway.messages import DigitMap

Kind: TypeAlias = Literal["room", "staff", "service"]
VoiceMailCase: TypeAlias = Literal["busy", "no-answer", "dnd"]
MAX_DIGITS = 32
_NO_DIALOGUES = NoDialogues()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Instant:
    """Now, for rules that need the hour as well: `local` is the hotel's wall time."""

    monotonic_ns: int
    local: datetime

    @property
    def seconds(self) -> float:
        """The monotonic time in seconds, the scale of `Timers`."""
        return self.monotonic_ns / 1e9

    def utc_ns_at(self, monotonic_ns: int) -> int:
        """Nanoseconds of UTC at an instant, on the microsecond."""
        now_us = (self.local.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
        return now_us * 1000 - (self.monotonic_ns - monotonic_ns)

    def local_at(self, monotonic_ns: int) -> datetime:
        """The wall time at an instant of before, also where the hour has been changed since."""
        ago = timedelta(microseconds=(self.monotonic_ns - monotonic_ns) // 1000)
        return (self.local.astimezone(UTC) - ago).astimezone(self.local.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """A number that rings a telephone. `port` is the gateway's endpoint ("fxs/3"); None: no telephone of this box."""

    number: str
    kind: Kind
    port: str | None = None
    room: str | None = None
    name: str | None = None
    operator: bool = False
    cor: str | None = None
    """Class of restriction; None: the default of the room's occupancy, or of staff."""
    off_hook: str = "howler"
    """"howler", or "reception:N": reception rings after N seconds off-hook without dialling (0: a hot line)."""
    profile: str | None = None
    """"data" for a fax or alarm dialler: no call waiting."""
    pickup_group: str | None = None
    floor: int | None = None
    flash: bool | None = None
    """Whether a hook flash counts; None: as the site has it for this kind."""
    language: str | None = None

    @property
    def guest_room(self) -> str | None:
        """The room whose guest has this telephone; None: it is no guest's."""
        return (self.room or self.number) if self.kind == "room" else None

    @property
    def reception_after_s(self) -> int | None:
        """Seconds off-hook until reception rings; None: never. Raises ValueError for a malformed `off_hook`."""
        if self.off_hook == "howler":
            return None
        word, _, seconds = self.off_hook.partition(":")
        if word != "reception" or not seconds.isdigit():
            raise ValueError(f"off_hook {self.off_hook!r}: allowed are 'howler' and 'reception:N'")
        return int(seconds)


def default_pickup_group(kind: Kind, room: str | None, floor: int | None) -> str | None:
    """The group whose calls `*8` takes, where the site names none: staff together, rooms of a floor together."""
    if kind == "staff":
        return "staff"
    if floor is not None:
        return f"floor {floor}"
    return None if room is None else f"room {room}"


@dataclass(frozen=True, slots=True)
class DefaultClasses:
    """Class of restriction where nothing else was said."""

    vacant: str = "internal"
    occupied: str = "national"
    staff: str = "unrestricted"
    service: str = "internal"
    """Telephones in halls and lifts, which anybody may use."""


@dataclass(frozen=True)
class NumberingPlan:
    """Everything that can be dialled."""

    extensions: tuple[Extension, ...]
    reception: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ()
    outside_prefix: str = "0"
    codes: tuple[ServiceCode, ...] = SERVICE_CODES
    trunks: tuple[TrunkGroup, ...] = ()
    """In the order in which they are tried for calls out."""
    outside: tuple[str, ...] = ()
    """Digit-map patterns of numbers outside, with the prefix; none where there are no trunks."""
    classes: DefaultClasses = DefaultClasses()

    @cached_property
    def by_number(self) -> Mapping[str, Extension]:
        return {extension.number: extension for extension in self.extensions}

    @cached_property
    def by_port(self) -> Mapping[str, Extension]:
        return {extension.port: extension for extension in self.extensions if extension.port is not None}

    @cached_property
    def operators(self) -> tuple[Extension, ...]:
        """Extensions with a telephone that ring for the reception's numbers."""
        return tuple(e for e in self.extensions if e.operator and e.port is not None)

    def class_of(self, extension: Extension, given: Mapping[str, str], occupied: Collection[str]) -> str:
        """The class of restriction: what its room was given, the extension's own, or the default. By room."""
        if (room := extension.guest_room) is not None:
            default = self.classes.occupied if room in occupied else self.classes.vacant
            return given.get(room) or extension.cor or default
        return extension.cor or (self.classes.staff if extension.kind == "staff" else self.classes.service)

    @cached_property
    def emergency_dialled(self) -> frozenset[str]:
        """Emergency numbers as people dial them: bare, and with the outside prefix out of habit."""
        return frozenset(self.emergency) | {self.outside_prefix + number for number in self.emergency}

    @cached_property
    def internal(self) -> tuple[str, ...]:
        """All numbers but the emergency numbers and the codes."""
        return (*self.by_number, *(n for n in self.reception if n not in self.by_number))

    @cached_property
    def dialable(self) -> tuple[str, ...]:
        """Every string that is a number, sorted; nothing in it lies behind an emergency number."""
        every = set(self.internal) | self.emergency_dialled
        return tuple(sorted(n for n in every if not self._shadowed(n)))

    @cached_property
    def emergency_dialable(self) -> tuple[str, ...]:
        return tuple(number for number in self.dialable if number in self.emergency_dialled)

    @cached_property
    def emergency_bare(self) -> tuple[str, ...]:
        """Without the prefix."""
        return tuple(number for number in self.emergency_dialable if number in self.emergency)

    @cached_property
    def code_patterns(self) -> tuple[str, ...]:
        """What is dialled for services."""
        return tuple(p for code in self.codes for p in code.patterns if not self._shadowed(p))

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        """What a digit map collects: every number of the house, services, and numbers outside."""
        return (*self.dialable, *self.code_patterns, *self.outside)

    def sent(self, emergency: str) -> str:
        """What goes out for an emergency number as dialled: it is known outside without the prefix."""
        return emergency if emergency in self.emergency else emergency.removeprefix(self.outside_prefix)

    def begins_something(self, digits: str) -> bool:
        """Whether these digits are the beginning of a number, and not one themselves."""
        return any(number.startswith(digits) and number != digits for number in self.dialable)

    def _shadowed(self, number: str) -> bool:
        return any(number != other and number.startswith(other) for other in self.emergency_dialled)


@dataclass(frozen=True, slots=True)
class RoomBlocking:
    """Calls from room to room are refused: all day, or from `begins` to `ends` (over midnight where ends < begins).

    Rooms of one set in `together` may call each other all the same.
    """

    enabled: bool = False
    begins: time | None = None
    ends: time | None = None
    together: tuple[frozenset[str], ...] = ()

    def blocks(self, from_room: str, to_room: str, local: datetime) -> bool:
        if not self.enabled or from_room == to_room:
            return False
        if any(from_room in rooms and to_room in rooms for rooms in self.together):
            return False
        return self._within_hours(local.time())

    def _within_hours(self, at: time) -> bool:
        if self.begins is None or self.ends is None or self.begins == self.ends:
            return True
        if self.begins < self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSettings:
    """What a site chooses. `timers`: seconds by timer number, see `call_timers.py`."""

    timers: Mapping[str, float] = field(default_factory=dict)
    rooms_see: Literal["number", "nothing"] = "number"
    """What a ringing room telephone shows of another room."""
    forward_no_answer: bool = False
    forward_busy: bool = False
    call_waiting: bool = True
    """Busy operators hear a second call."""
    room_flash: bool = False
    """Whether a hook flash counts on room telephones; off, as people tap the hook of old sets."""
    room_blocking: RoomBlocking = RoomBlocking()
    restrictions: Restrictions = field(default_factory=Unrestricted)
    """Who may call which number outside, and which callers are refused."""
    allowance: Allowance = field(default_factory=Unlimited)
    """How long the guests of a room may talk outside; `CallAgent.allowance_changed` is to be told of every change."""
    night: NightService = field(default_factory=NightService)
    dialogues: Dialogues = _NO_DIALOGUES
    voice_mail: frozenset[VoiceMailCase] = frozenset()
    """When a caller in the house may leave a message for the guest of a room."""
    trunk_transfer: bool = True
    """Whether staff may join two company lines, where one of them tells when its party has gone."""

    def flash_allowed(self, extension: Extension) -> bool:
        """Whether a hook flash of this extension counts: always for staff, unless it says otherwise itself."""
        if extension.flash is not None:
            return extension.flash
        return extension.kind == "staff" or (extension.kind == "room" and self.room_flash)


def digit_map(plan: NumberingPlan, extension: Extension | None, timers: Mapping[str, float] | None = None) -> DigitMap:
    """What may be dialled from this extension. Complete at once where nothing longer begins so.

    Where reception rings after a delay, that delay stands in place of the time for the first digit.
    """
    values = timers or {}
    first_s = FIRST_DIGIT.value(values)
    after_s = extension.reception_after_s if extension is not None else None
    return DigitMap(
        patterns=plan.patterns,
        at_once=plan.emergency_dialable,
        dial_tone_after=plan.outside_prefix if plan.outside else "",
        first_digit_ms=round(1000 * (after_s or first_s)),
        inter_digit_ms=round(1000 * INTER_DIGIT.value(values)),
        max_digits=MAX_DIGITS,
    )


def emergency_map(plan: NumberingPlan, timers: Mapping[str, float]) -> DigitMap:
    """What may be dialled from a telephone that is left off-hook."""
    return emergency_only(digit_map(plan, None, timers), plan.emergency_dialable)
