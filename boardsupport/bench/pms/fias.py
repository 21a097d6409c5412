"""A PMS that speaks FIAS, as an IFC8 interface program of 2009 and later does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from boardsupport.bench.pms import fias_garbage, fias_words
from boardsupport.bench.pms.fias_frames import Framing, SerialFrames, TcpFrames
from boardsupport.bench.pms.fias_link import FiasLink
from boardsupport.bench.pms.fias_posting import Till
from boardsupport.bench.pms.fias_record import Record, encode
from boardsupport.bench.pms.house import CLEARED, ORDERED, Guest, Message
from boardsupport.bench.pms.pms import Answers, How, Pms
from boardsupport.bench.pms.settings import PmsSettings, Schedule
from boardsupport.bench.pms.wires import Wire

LATE_S: Final = 1.0
"""What the exchange sends that long after DS it sends in a resync; before, it can't have known."""


class FiasPms(Pms):
    """Records go out only while the link is alive; what is done meanwhile is believed all the same, and told by the
    next resync."""

    def __init__(
        self, settings: PmsSettings, wire: Wire, schedule: Schedule, now: Callable[[], datetime], first_key: int
    ) -> None:
        super().__init__(settings, wire, schedule, now, first_key)
        self._link = FiasLink(settings, self.journal, schedule, now, self._handle)
        self._framing: Framing
        if settings.pty is None:
            self._framing = TcpFrames(wire.send, self._link.deliver, self.journal)
        else:
            self._framing = SerialFrames(
                wire.send, self._link.deliver, self._link.lost, self.journal, schedule, settings.lrc
            )
        self._link.framing = self._framing
        self._till = Till(self, self._link)
        self._resync_since = now()

    @property
    def state(self) -> str:
        return self._link.state

    def opened(self) -> None:
        self._till.forget_connection()
        self._link.opened()

    def received(self, data: bytes) -> None:
        self._framing.received(data)

    def closed(self) -> None:
        super().closed()
        self._link.closed()

    # --- what a clerk does

    def check_in(self, room: str, guest: Guest, shared: bool | None) -> None:
        others = self.house.admit(room, guest)
        self._link.say(fias_words.check_in(room, guest, others if shared is None else shared))

    def check_out(self, room: str, key: str | None, shared: bool | None, with_sf: bool) -> None:
        if key is None and not self.house.room(room).guests:
            self._link.say(fias_words.check_out(room, None, bool(shared), with_sf))
            return
        guest = self.house.guest(room, key)
        others = self.house.release(room, guest)
        self._link.say(fias_words.check_out(room, guest.key, others if shared is None else shared, with_sf))

    def change(self, room: str, key: str | None, details: Mapping[str, str]) -> None:
        guest = self.house.guest(room, key)
        guest.details.update(details)
        shared = len(self.house.room(room).guests) > 1
        self._link.say(fias_words.change(room, guest.key, shared, details))

    def move(self, source: str, target: str, key: str | None, how: How | None) -> None:
        guest = self.house.guest(source, key)
        stay, joined = self.house.transfer(source, target, guest)
        if how in (None, "gc"):
            self._link.say(fias_words.move(source, target, guest, stay, joined))
            return
        steps = [fias_words.check_out(source, guest.key, stay), fias_words.check_in(target, guest, joined)]
        for step in steps if how == "go-gi" else reversed(steps):
            self._link.say(step)

    def swap(self, one: str, other: str, how: How | None) -> None:
        first, second = self.house.guest(one, None), self.house.guest(other, None)
        rooms = self.house.rooms
        rooms[one], rooms[other] = rooms[other], rooms[one]
        rooms[one].status, rooms[other].status = rooms[other].status, rooms[one].status
        for room in (rooms[one], rooms[other]):
            room.gone |= room.ordered
        rooms[one].gone, rooms[other].gone = rooms[other].gone, rooms[one].gone
        if how in (None, "gc"):  # in between both are in the one room
            self._link.say(fias_words.move(one, other, first, stay=False, joined=True))
            self._link.say(fias_words.move(other, one, second, stay=True, joined=False))
            return
        outs = [fias_words.check_out(one, first.key, False), fias_words.check_out(other, second.key, False)]
        ins = [fias_words.check_in(other, first, False), fias_words.check_in(one, second, False)]
        if how == "gi-go":  # each comes while the other is there still
            ins = [fias_words.check_in(other, first, True), fias_words.check_in(one, second, True)]
            outs = [fias_words.check_out(one, first.key, True), fias_words.check_out(other, second.key, True)]
        for record in outs + ins if how == "go-gi" else ins + outs:
            self._link.say(record)

    def equip(self, room: str, class_: str | None, dnd: bool | None, lamp: bool | None) -> None:
        known = self.house.room(room)
        known.class_ = known.class_ if class_ is None else class_
        known.dnd = known.dnd if dnd is None else dnd
        known.lamp = known.lamp if lamp is None else lamp
        self._link.say(fias_words.equipment(room, class_, dnd, lamp))

    def wake_up(self, room: str, date: str, time: str) -> None:
        self.house.room(room).wake_ups[date, time] = ORDERED
        self._link.say(fias_words.wake_up("WR", room, (date, time)))

    def clear_wake_up(self, room: str, date: str | None, time: str | None) -> None:
        order = None if date is None or time is None else (date, time)
        self._cleared(room, order)
        self._link.say(fias_words.wake_up("WC", room, order))

    def message(self, room: str, key: str | None, text: str) -> None:
        guest = self.house.guest(room, key)
        number = self.house.new_message()
        self.house.room(room).messages[number] = Message(guest.key, text)
        self._link.say(fias_words.text("XL", room, guest.key, number, text, self._link.stamp()))

    def delete_message(self, room: str, number: str) -> None:
        message = self.house.room(room).messages.pop(number, None)
        if message is None:
            self.refuse(f"message {number} for room {room}")
        self._link.say(Record("XD", (("RN", room), ("G#", message.key), ("MI", number))))

    def night_audit(self, begins: bool) -> None:
        self._till.audit = begins
        self._link.say(Record("NS" if begins else "NE", self._link.stamp()))

    def tell_room(self, room: str) -> None:
        for record in fias_words.room_state(room, self.house.room(room)):
            self._link.say(record)

    def begin_resync(self) -> None:
        self._resync_since = self.now()
        self._link.say(Record("DS", self._link.stamp()))

    def end_resync(self) -> None:
        self._link.say(Record("DE", self._link.stamp()))

    def end(self) -> None:
        self._link.end()

    def start(self) -> None:
        if self.wire.connected:
            self._link.start()

    def set_answers(self, answers: Answers) -> None:
        if isinstance(self._framing, SerialFrames):
            self._framing.answers.clear()
            self._framing.answers.extend(answers.line)
        elif answers.line:
            self.refuse("answers of a serial line over TCP")
        self.plan = answers
        self._till.set_plan(answers)

    def say_text(self, text: str) -> None:
        self.said_nonsense = True
        self._link.put(text[:2], text)

    def garbage(self, seed: int, frames: int, longest: int) -> int:
        rooms = [encode(room, self.settings.encoding, self.settings.seven_bit) for room in self.house.rooms] or [b"101"]
        data = fias_garbage.make(seed, frames, longest, rooms, serial=self.settings.pty is not None)
        self.send_raw(data)
        return len(data)

    # --- what the exchange says

    def _handle(self, record: Record) -> None:
        if self.in_resync and (self.now() - self._resync_since).total_seconds() > LATE_S:
            self.journal.blame("data between DS and DE", record.text)
        take = _HANDLERS.get(record.id)
        room = record.get("RN") or ""
        self.watch_zeros(room, record.text)
        if take is not None:
            take(self, record, room)
            self.journal.touch()

    def _charge(self, record: Record, room: str) -> None:
        self._till.take(record)

    def _room_reported(self, record: Record, room: str) -> None:
        known = self.house.reported(room)
        known.status = record.get("RS") or known.status
        known.voice_mail = record.get("VM") or known.voice_mail
        known.lamp = {"Y": True, "N": False}.get(record.get("ML") or "", known.lamp)

    def _wake_up_was_set(self, record: Record, room: str) -> None:
        order = record.get("DA") or "", record.get("TI") or ""
        self.house.reported(room).wake_ups[order] = ORDERED
        if self.plan.echo:
            self._link.say(fias_words.wake_up("WR", room, order))

    def _wake_up_was_cleared(self, record: Record, room: str) -> None:
        date, time = record.get("DA"), record.get("TI")
        self._cleared(room, (date, time) if date and time else None)

    def _cleared(self, room: str, order: tuple[str, str] | None) -> None:
        wake_ups = self.house.reported(room).wake_ups
        for each, state in wake_ups.items():
            if order in (None, each) and state == ORDERED:
                wake_ups[each] = CLEARED

    def _wake_up_was_rung(self, record: Record, room: str) -> None:
        order = record.get("DA") or "", record.get("TI") or ""
        known = self.house.reported(room)
        if order in known.gone and record.get("AS") == "DE":
            known.gone.discard(order)
            return
        wake_ups = known.wake_ups
        if order not in wake_ups and self.said_nonsense and record.get("AS") == "UR":
            return
        if order not in wake_ups:
            self.journal.blame("WA for a wake-up that nobody has ordered for this room and time", record.text)
        elif wake_ups[order] not in (ORDERED, CLEARED):
            self.journal.blame("a second WA for one wake-up", record.text)
        else:
            wake_ups[order] = record.get("AS") or ""

    def _messages_are_asked_for(self, record: Record, room: str) -> None:
        key = record.get("G#") or ""
        asked = self.house.reported(room).messages.items()
        found = [(number, message) for number, message in asked if key in ("", message.key)]
        for number, message in found:
            self._link.say(fias_words.text("XT", room, message.key, number, message.text, ()))
        if not found:
            self._link.say(Record("XT", (("RN", room), ("G#", key))))

    def _message_was_left(self, record: Record, room: str) -> None:
        number = record.get("MI") or self.house.new_message()
        self.house.reported(room).messages[number] = Message(record.get("G#") or "", record.get("MT") or "")

    def _message_was_read(self, record: Record, room: str) -> None:
        self.house.reported(room).messages.pop(record.get("MI") or "", None)

    def _resync_is_asked_for(self, record: Record, room: str) -> None:
        if self.asked_resync is not None:
            self.resync(self.asked_resync)


_HANDLERS: Final[dict[str, Callable[[FiasPms, Record, str], None]]] = {
    "PS": FiasPms._charge,
    "RE": FiasPms._room_reported,
    "WR": FiasPms._wake_up_was_set,
    "WC": FiasPms._wake_up_was_cleared,
    "WA": FiasPms._wake_up_was_rung,
    "XM": FiasPms._messages_are_asked_for,
    "XL": FiasPms._message_was_left,
    "XD": FiasPms._message_was_read,
    "DR": FiasPms._resync_is_asked_for,
}
"""What else an exchange may send (bills, check-out by the guest, ...) is noted and otherwise left alone."""
