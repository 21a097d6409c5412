"""From the bus to the browsers: each domain event becomes the GET object of the API on the live feed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from firmware.clock import Clock
from firmware.events import EventBus
from firmware.supervisor import views
from firmware.supervisor.desk import Desk
from firmware.supervisor.events import (
    AlarmEvent,
    CallEvent,
    HealthEvent,
    LineEvent,
    LinkEvent,
    MessageEvent,
    RecordEvent,
    RequestEvent,
    RoomEvent,
    VoiceMailEvent,
    WakeupEvent,
)
from firmware.supervisor.stay_desk import message_view
from webui import types
from webui.routes import ROOM_WITHOUT_GUESTS
from webui.types import stamp


class Feed:
    """Subscribes once, for good."""

    def __init__(self, bus: EventBus, desk: Desk, clock: Clock, zone: ZoneInfo) -> None:
        self._desk = desk
        self._clock = clock
        self._zone = zone
        self._rooms: dict[tuple[str, str], bytes] = {}
        """As each was sent last under a topic."""
        bus.subscribe(CallEvent, self._call)
        bus.subscribe(LineEvent, self._line)
        bus.subscribe(RoomEvent, self._room)
        bus.subscribe(RecordEvent, self._record)
        bus.subscribe(AlarmEvent, self._alarm)
        bus.subscribe(HealthEvent, self._health)
        bus.subscribe(LinkEvent, self._link)
        bus.subscribe(WakeupEvent, self._wakeup)
        bus.subscribe(RequestEvent, self._request)
        bus.subscribe(MessageEvent, self._message)
        bus.subscribe(VoiceMailEvent, self._voice_mail)
        desk.prompts.on_changed = lambda prompt: self._send("prompt", prompt)
        desk.menus.on_changed = lambda menus: self._send("menu", {"items": menus, "next": None})
        desk.backups.on_changed = lambda state: self._send("backup", state)
        desk.line_tests.on_changed = lambda test: self._send("line-test", test)
        desk.codes.on_changed = lambda codes: self._send("codes", codes)

    def _call(self, event: CallEvent) -> None:
        """A call that is over is sent once more, with `ended`."""
        shown = views.builtins(views.call(event.call, self._clock, self._zone))
        self._send("call", shown | {"ended": event.ended})

    def _line(self, event: LineEvent) -> None:
        self._send("line", views.line(event.line))
        if (room := self._desk.rooms.at(event.line.port)) is not None:
            self._room(RoomEvent(room))

    def _room(self, event: RoomEvent) -> None:
        """If it looks different: a room shows only some of what its telephones do."""
        room = self._desk.rooms.room(event.room)
        shown_as = {"room": room, ROOM_WITHOUT_GUESTS: types.without_guests(room)}
        for topic, view in shown_as.items():
            shown = msgspec.json.encode(view)
            if self._rooms.get((topic, event.room)) != shown:
                self._rooms[topic, event.room] = shown
                self._desk.hub.publish(topic, shown, "room")

    def _record(self, event: RecordEvent) -> None:
        self._send("call-record", views.call_record(event.record, self._zone))

    def _alarm(self, event: AlarmEvent) -> None:
        """One that has another number now is over under the one that it had."""
        shown = views.alarm(event.alarm, self._zone)
        self._send("alarm", shown)
        if event.former is not None:
            now = stamp(self._clock.utc(), self._zone)
            seen = shown.acknowledged or types.Acknowledgement(by="", at=now)
            self._send("alarm", replace(shown, id=event.former, cleared=shown.cleared or now, acknowledged=seen))

    def _link(self, event: LinkEvent) -> None:
        self._send("link", event.link)

    def _wakeup(self, event: WakeupEvent) -> None:
        self._send("wakeup", self._desk.wakeups.view(event.order))

    def _request(self, event: RequestEvent) -> None:
        self._send("request", self._desk.requests.view(event.request))

    def _message(self, event: MessageEvent) -> None:
        """One that is withdrawn is sent once more, with `withdrawn`."""
        self._send("message", views.builtins(message_view(event.message, self._zone)) | {"withdrawn": event.gone})

    def _voice_mail(self, event: VoiceMailEvent) -> None:
        """All that the room has now."""
        items = self._desk.voice_mail.of_room(event.room)
        self._send("voice-mail", {"room": event.room, "items": items, "next": None})

    def _health(self, event: HealthEvent) -> None:
        self._send("health", self._desk.health())

    def _send(self, topic: str, value: object) -> None:
        self._desk.hub.publish(topic, msgspec.json.encode(value))
