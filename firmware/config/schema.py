"""The shape of hotel.toml, as types: what a key may hold, and its default. What is not here is an unknown key.

Field names are the keys; the table arrays `extension`, `trunk`, `record_output` are named in the plural here.
"""

from __future__ import annotations

import hashlib
import ipaddress
from typing import Annotated, Literal, TypeAlias, get_args

import msgspec
from msgspec import Meta

from firmware.config.emergency import EMERGENCY_NUMBERS

CountryCode: TypeAlias = Literal["us", "uk", "de", "cn", "ru", "pl", "vn"]
Language: TypeAlias = Literal["en", "vi", "ru", "pl", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""What the product speaks."""
RestrictionClass: TypeAlias = Literal["internal", "local", "national", "mobile", "international", "unrestricted"]
LineChoice: TypeAlias = Literal[
    "us", "uk", "de", "cn", "ru", "pl", "vn", "default", "fcc", "tbr21", "tbr21-3ms", "cn-vendor"
]
"""Which row of the line chip's table sets up a company line."""
SocketKind: TypeAlias = Literal["fxs", "fxo", "none"]
Text = Annotated[
    str, Meta(pattern=r"^[^\x00-\x1f\x7f]{1,120}\Z", description="a text of 1 to 120 characters, in one line")
]
Number = Annotated[str, Meta(pattern=r"^[0-9]{1,16}\Z", description="1 to 16 digits")]
AreaCodes = Annotated[
    str, Meta(pattern=r"^[0-9]{1,8}(,[0-9]{1,8})*\Z", description="1 to 8 digits, or several with commas between")
]
Prefix = Annotated[str, Meta(pattern=r"^[0-9]{1,4}\Z", description="1 to 4 digits")]
Port = Annotated[str, Meta(pattern=r"^(fxs|fxo|e1)/[1-9][0-9]{0,2}\Z", description='a port such as "fxs/1"')]
ExtensionPort = Annotated[
    str, Meta(pattern=r"^(fxs/[1-9][0-9]{0,2}|sip)\Z", description='a telephone port such as "fxs/1", or "sip"')
]
OffHook = Annotated[
    str, Meta(pattern=r"^(howler|reception:[0-9]{1,3})\Z", description='"howler" or "reception:SECONDS" (0: at once)')
]
Address = Annotated[
    str, Meta(pattern=r"^\S{3,300}\Z", description="HOST:PORT, port 1 to 65535; IPv6 hosts in brackets")
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description="three capital letters of ISO 4217")]
TimeOfDay = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", description='a wall time as "03:15"')]
SILENCE = "0 (no limit), or 60 to 3600"
Positive = Annotated[int, Meta(ge=1, description="a whole number, 1 or more")]
Baud: TypeAlias = Literal[300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200]
Separator = Annotated[str, Meta(pattern=r"^[,;|\t]\Z", description='"," or ";" or "|" or a tab')]
SerialBits = Annotated[str, Meta(pattern=r"^[78][NEO][12]\Z", description='as "8N1": 7 or 8, N, E or O, 1 or 2')]


def first_spoken(*said: str | None) -> Language | None:
    """The first of these that the product speaks."""
    return next((language for each in said for language in LANGUAGES if language == each), None)


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Hotel(_Section, frozen=True, kw_only=True):
    """The house."""

    name: Text
    country: CountryCode
    time_zone: Text
    language: Language
    currency: Currency


class Board(_Section, frozen=True, kw_only=True):
    """The board and what its sockets hold; fxs/N and fxo/N count the sockets of their kind in order."""

    kind: Literal["sim", "hat"]
    revision: Text
    sockets: Annotated[tuple[SocketKind, ...], Meta(min_length=1)]
    lifeline: Port | None = None

    def ports(self, kind: Literal["fxs", "fxo"]) -> tuple[str, ...]:
        """The ports of one kind that the sockets give: fxs/1, fxs/2, ..."""
        return tuple(f"{kind}/{number}" for number in range(1, self.sockets.count(kind) + 1))


class Numbers(_Section, frozen=True, kw_only=True):
    """What one dials beside extensions. `emergency` is what this hotel adds to the country's own list.

    `area_code`: the hotel's own, or all that are charged as local, without the digit that leads to other areas; it
    tells local calls from others. `local_digits`: the length of numbers without area code, where they all have one.
    """

    outside_prefix: Prefix
    reception: Annotated[tuple[Number, ...], Meta(min_length=1)]
    emergency: tuple[Number, ...]
    area_code: AreaCodes | None = None
    local_digits: Annotated[int, Meta(ge=1, le=10, description="1 to 10")] | None = None

    @property
    def area_codes(self) -> tuple[str, ...]:
        """Each of `area_code`."""
        return () if self.area_code is None else tuple(self.area_code.split(","))


class Classes(_Section, frozen=True, kw_only=True):
    """Classes of restriction where nothing else was said."""

    vacant: RestrictionClass
    occupied: RestrictionClass
    staff: RestrictionClass


Attempts = Annotated[int, Meta(ge=1, le=10, description="1 to 10")]
RingSeconds = Annotated[int, Meta(ge=5, le=300, description="5 to 300")]
SpacingSeconds = Annotated[int, Meta(ge=0, le=3600, description="0 to 3600")]
Dialled = Annotated[str, Meta(pattern=r"^[0-9*#]{1,32}\Z", description="1 to 32 digits as they are dialled")]


class WakeupClass(_Section, frozen=True, kw_only=True):
    """How guests of a class are woken, where that is not as for all."""

    attempts: Attempts | None = None
    ring_seconds: RingSeconds | None = None
    spacing_seconds: SpacingSeconds | None = None
    key_needed: bool | None = None
    by_person: bool = False
    """The desk is prompted to call, instead of a machine."""


class Wakeup(_Section, frozen=True, kw_only=True):
    """Wake-up calls; the rules stand in docs/wakeup.md.

    `late_minutes`: nothing rings at the very instant, so that with none nothing would ring at all.
    `ringing_at_once`: rooms whose bells begin at the same moment; None: as many as the board can feed.
    `keep_at_check_out`: orders for once outlive their guest's check-out.
    `escalation`: numbers as reception dials them, called in turn while nobody acknowledges a failed wake-up.
    """

    attempts: Attempts = 3
    ring_seconds: RingSeconds = 45
    spacing_seconds: SpacingSeconds = 120
    key_needed: bool = True
    late_minutes: Annotated[int, Meta(ge=1, le=120, description="1 to 120")] = 10
    snooze_minutes: Annotated[int, Meta(ge=1, le=60, description="1 to 60")] = 10
    snoozes: Annotated[int, Meta(ge=0, le=20, description="0 to 20")] = 3
    speak_name: bool = False
    ringing_at_once: Annotated[int, Meta(ge=1, le=32, description="1 to 32")] | None = None
    reception_every_seconds: Annotated[int, Meta(ge=15, le=3600, description="15 to 3600")] = 60
    keep_at_check_out: bool = False
    escalation: tuple[Dialled, ...] = ()
    escalation_after_seconds: Annotated[int, Meta(ge=0, le=3600, description="0 to 3600")] = 180
    vip: WakeupClass = WakeupClass(by_person=True)


class Extension(_Section, frozen=True, kw_only=True):
    """One extension: what one dials, and where it rings."""

    number: Number
    kind: Literal["room", "staff", "service"]
    room: Text | None = None
    port: ExtensionPort | None = None
    floor: Annotated[int, Meta(ge=-9, le=200, description="-9 to 200")] | None = None
    name: Text | None = None
    operator: bool = False
    class_: RestrictionClass | None = msgspec.field(name="class", default=None)
    off_hook: OffHook = "howler"
    profile: Literal["voice", "data"] = "voice"

    @property
    def room_number(self) -> str | None:
        """What people and the PMS call the room; None where it is not a room's extension."""
        return (self.room or self.number) if self.kind == "room" else self.room


class AnalogTrunk(_Section, frozen=True, kw_only=True, tag_field="kind", tag="analog"):
    """Lines of a telephone company on FXO ports.

    `incoming`, or of one line `targets`: "reception" or the number of an extension. `silence_s`, `max_minutes`: after
    how long a silent call, or any, is released (0: never). `line`: how the line is set up; None: as the country has it.
    """

    name: Text
    ports: Annotated[tuple[Port, ...], Meta(min_length=1)]
    incoming: Text
    answer: Literal["reversal", "ringback-end", "timer"]
    targets: dict[Port, Text] = {}
    silence_s: Annotated[int, Meta(ge=0, le=3600, description=SILENCE)] = 600
    max_minutes: Annotated[int, Meta(ge=0, le=1440, description="0 (no limit) to 1440")] = 240
    caller_id: Literal["auto", "none"] = "auto"
    line: LineChoice | None = None


class SipTrunk(_Section, frozen=True, kw_only=True, tag_field="kind", tag="sip"):
    """A SIP provider; its secret is in the database."""

    name: Text
    server: Address
    register: bool = False
    user: Text | None = None
    incoming: Text = "reception"
    did: dict[Number, Number] = {}


class E1Trunk(_Section, frozen=True, kw_only=True, tag_field="kind", tag="e1"):
    """A primary-rate or channel-associated line on an E1 span."""

    name: Text
    ports: Annotated[tuple[Port, ...], Meta(min_length=1)]
    incoming: Text = "reception"
    did: dict[Number, Number] = {}


Trunk: TypeAlias = AnalogTrunk | SipTrunk | E1Trunk


class _PmsLink(_Section, frozen=True, kw_only=True, tag_field="protocol"):
    name: Text
    transport: Literal["tcp-client", "tcp-server", "serial"]
    address: Address | None = None
    device: Text | None = None
    baud: Baud = 9600
    bits: SerialBits = "8N1"
    encoding: Text = "utf-8"
    decimals: Annotated[int, Meta(ge=0, le=4, description="0 to 4")] = 2
    room_map: dict[Text, Text] = {}
    class_map: dict[Text, RestrictionClass] = {}
    alarm_after_s: Positive = 60
    unseen_after_resync: Literal["leave", "check-out"] = "leave"


class FiasLink(_PmsLink, frozen=True, kw_only=True, tag="fias"):
    """A FIAS link to a property management system."""

    lr_pace_ms: Annotated[int, Meta(ge=0, le=10_000, description="0 to 10000")] = 200
    answer_s: Positive = 30
    keepalive_s: Positive = 300
    posting_number_width: Positive = 4
    lrc: bool = True
    key: Text | None = None


class MitelLink(_PmsLink, frozen=True, kw_only=True, tag="mitel"):
    """A link that speaks a Mitel dialect."""

    dialect: Literal["sx200", "sx2000", "room-first"] = "sx2000"
    extension_width: Annotated[int, Meta(ge=3, le=8, description="3 to 8")] = 5
    pad: Literal["left", "right"] = "right"
    ack_unknown: bool = True
    telnet_filter: bool = False


PmsLink: TypeAlias = FiasLink | MitelLink


class Web(_Section, frozen=True, kw_only=True):
    """The front desk's pages and API.

    `tls`: HTTPS; None: unless `listen` is a loopback address. `redirect`: an address for plain HTTP, which sends every
    browser on to `listen`.
    """

    listen: Address
    tls: bool | None = None
    redirect: Address | None = None

    @property
    def is_local(self) -> bool:
        """Whether nobody but this machine reaches it."""
        host = self.listen.rpartition(":")[0].strip("[]")
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def scheme(self) -> str:
        return "https" if self.is_secure else "http"

    @property
    def is_secure(self) -> bool:
        """Whether it is served over HTTPS."""
        return not self.is_local if self.tls is None else self.tls


class RecordOutput(_Section, frozen=True, kw_only=True):
    """Call records for an accounting system; what each key does stands in docs/record-outputs.md.

    `name`: what the output is called, and its waiting lines belong to; None: as `to`. `fields` (csv, free): NAME or
    NAME:WIDTH; none: those of the format. `alarm_after_s`: how long a line may wait before the desk is told.
    """

    format: Literal["smdr", "csv", "free"]
    to: Text
    name: Text | None = None
    fields: tuple[Text, ...] = ()
    separator: Separator = ","
    prefix: Text | None = None
    extended: bool = False
    answered_only: bool = True
    minimum_seconds: Annotated[int, Meta(ge=0, le=3600, description="0 to 3600")] = 0
    incoming: bool = False
    utc: bool = False
    most_lines: Annotated[int, Meta(ge=100, le=1_000_000, description="100 to 1000000")] = 100_000
    alarm_after_s: Positive = 3600

    @property
    def key(self) -> str:
        """By which it is told from the others."""
        return self.name or self.to


class Console(_Section, frozen=True, kw_only=True):
    """The technician's serial console, 8N1."""

    device: Text
    baud: Baud = 115200


class Backup(_Section, frozen=True, kw_only=True):
    """The nightly backup: at which wall time, how many are kept, and whether a USB stick gets a copy."""

    at: TimeOfDay = "03:15"
    keep: Annotated[int, Meta(ge=1, le=366, description="1 to 366")] = 14
    usb: bool = True


class LineTests(_Section, frozen=True, kw_only=True):
    """The nightly test of the lines, one after the other, never of one in use."""

    nightly: bool = True
    at: TimeOfDay = "04:00"


class Sip(_Section, frozen=True, kw_only=True):
    """The SIP edge."""

    domain: Text
    udp: Address | None = None
    tcp: Address | None = None
    tls: Address | None = None
    provisioning: Address | None = None


class BenchPms(_Section, frozen=True, kw_only=True):
    """A simulated property management system, by TCP (`listen`, or `connect` to a Mitel link that listens) or on a pty
    in the data directory (`pty`). `lrc` is of a serial FIAS link; `dialect` and what follows are Mitel's.
    """

    protocol: Literal["fias", "mitel"]
    name: Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,39}\Z", description="a name")] | None = None
    listen: Address | None = None
    connect: Address | None = None
    pty: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,64}\Z", description="a file name")] | None = None
    encoding: Text = "utf-8"
    seven_bit: bool = False
    lrc: bool = True
    dialect: Literal["sx200", "sx2000", "room-first"] = "sx2000"
    extension_width: Annotated[int, Meta(ge=3, le=8, description="3 to 8")] = 5
    pad: Literal["left", "right"] = "left"


class Bench(_Section, frozen=True, kw_only=True):
    """The simulated world outside the box; needed with board kind "sim"."""

    listen: Address
    pms: tuple[BenchPms, ...] = ()


class Config(_Section, frozen=True, kw_only=True):
    """The whole file, decoded and checked."""

    hotel: Hotel
    board: Board
    numbers: Numbers
    classes: Classes
    web: Web
    wakeup: Wakeup = Wakeup()
    extensions: tuple[Extension, ...] = msgspec.field(name="extension", default=())
    trunks: tuple[Trunk, ...] = msgspec.field(name="trunk", default=())
    pms: tuple[PmsLink, ...] = ()
    record_outputs: tuple[RecordOutput, ...] = msgspec.field(name="record_output", default=())
    console: Console | None = None
    backup: Backup = Backup()
    line_tests: LineTests = LineTests()
    sip: Sip | None = None
    bench: Bench | None = None

    @property
    def emergency_numbers(self) -> tuple[str, ...]:
        """The country's own list and the hotel's, each once."""
        own = EMERGENCY_NUMBERS[self.hotel.country].numbers
        return tuple(dict.fromkeys((*own, *self.numbers.emergency)))

    def digest(self) -> str:
        """Says whether two files mean the same; comments and order of keys do not count."""
        return hashlib.sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:16]
