"""What the supervisor's services publish on the bus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from firmware.exchange.decisions import CallView, LineView
from firmware.hotel.model import Message, WakeupOrder
from firmware.services.model import GuestRequest
from firmware.store.model import CallRecord, StoredAlarm
from webui.api.links import Link


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A call began, changed, or (`ended`) is over."""

    call: CallView
    ended: bool


@dataclass(frozen=True, slots=True)
class LineEvent:
    line: LineView


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """Something was said of a room."""

    room: str


@dataclass(frozen=True, slots=True)
class WakeupEvent:
    """A wake-up order is new or different; or it is over, and this is its last state."""

    order: WakeupOrder


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """A text for a guest is new or different, or (`gone`) withdrawn."""

    message: Message
    gone: bool


@dataclass(frozen=True, slots=True)
class VoiceMailEvent:
    """A room has other voice mail."""

    room: str


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """A guest has asked for something, or has got it."""

    request: GuestRequest


@dataclass(frozen=True, slots=True)
class TrunkTestEvent:
    """A company line was seized for a test and let go; `ms` until dial tone, or until it was given up."""

    port: str
    dial_tone: bool
    ms: int


@dataclass(frozen=True, slots=True)
class LinkEvent:
    """A PMS link looks different."""

    link: Link


@dataclass(frozen=True, slots=True)
class RecordEvent:
    """A call record is final."""

    record: CallRecord


@dataclass(frozen=True, slots=True)
class AlarmEvent:
    """An alarm was raised, cleared or acknowledged; or it is kept at last, and has another number than before."""

    alarm: StoredAlarm
    former: int | None = None


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """Somebody at the box asks for this by its button; the console acts on it."""

    wish: Literal["reset"]


@dataclass(frozen=True, slots=True)
class ResetUsedEvent:
    """The console has done what the button asked for, which is over with it."""


@dataclass(frozen=True, slots=True)
class HealthEvent:
    """Readiness, a process or a service changed."""
