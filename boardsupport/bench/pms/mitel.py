"""A PMS that speaks the Mitel hospitality protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from boardsupport.bench.pms import mitel_garbage, mitel_texts
from boardsupport.bench.pms.house import CLEARED, ORDERED, Guest
from boardsupport.bench.pms.mitel_texts import Message, Writer
from boardsupport.bench.pms.mitel_turns import Turns
from boardsupport.bench.pms.pms import Answers, How, Pms
from boardsupport.bench.pms.settings import PmsSettings, Schedule, Timer
from boardsupport.bench.pms.wires import Wire

ASK_S: Final = 60.0
"""Between two AREYUTHERE on an idle link."""
LINE_WORDS: Final = frozenset({"ACK", "NAK", "lose", "busy"})


class MitelPms(Pms):
    """What is said while nobody is connected is believed, but not sent; a message that waits for its ACK is kept."""

    def __init__(
        self, settings: PmsSettings, wire: Wire, schedule: Schedule, now: Callable[[], datetime], first_key: int
    ) -> None:
        super().__init__(settings, wire, schedule, now, first_key)
        self._writer = Writer(settings)
        self._turns = Turns(wire.send, self._take, self.journal, schedule)
        self._asking: Timer | None = None

    @property
    def state(self) -> str:
        if not self.wire.connected:
            return "down"
        return "alive" if self._turns.heard else "starting"

    def opened(self) -> None:
        self.journal.touch()
        self._turns.opened()
        self._ask_whether_there()

    def received(self, data: bytes) -> None:
        before = self._turns.heard
        self._turns.received(data)
        if not before:
            self.journal.touch()

    def closed(self) -> None:
        super().closed()
        self._turns.closed()
        if self._asking is not None:
            self._asking.cancel()
        self.journal.touch()

    def _ask_whether_there(self) -> None:
        if not self._turns.waiting:
            self._send(self._writer.other("AREYUTHERE"))
        self._asking = self.schedule(ASK_S, self._ask_whether_there)

    def _send(self, *texts: bytes) -> None:
        for text in texts if self.wire.connected else ():
            shown = text.decode(self.settings.encoding, "replace")
            self.journal.note("out", shown[:3], shown)
            self._turns.send(text)

    # --- what a clerk does

    def check_in(self, room: str, guest: Guest, shared: bool | None) -> None:
        class_ = guest.details.get("class")
        self._restricts(class_)
        others = self.house.admit(room, guest)
        if others if shared is None else shared:
            self._send(self._writer.name(1, room, guest.name))
            return
        self._send(*self._writer.check_in(room, guest.name))
        if class_ is not None:
            self.equip(room, class_, None, None)

    def _restricts(self, class_: str | None) -> None:
        if class_ is not None and self.settings.dialect == "sx200":
            self.refuse("call restriction in this dialect (sx200)")

    def check_out(self, room: str, key: str | None, shared: bool | None, with_sf: bool) -> None:
        if key is None and not self.house.room(room).guests:
            self._send(self._writer.check_out(room))
            return
        guest = self.house.guest(room, key)
        others = self.house.release(room, guest)
        stay = others if shared is None else shared
        self._send(self._writer.name(3, room, guest.name) if stay else self._writer.check_out(room))

    def change(self, room: str, key: str | None, details: Mapping[str, str]) -> None:
        guest = self.house.guest(room, key)
        before = guest.name
        guest.details.update(details)
        if guest.name != before and self.house.room(room).guests[0] is guest:
            self._send(self._writer.name(2, room, guest.name))
        elif guest.name != before:
            self._send(self._writer.name(3, room, before), self._writer.name(1, room, guest.name))

    def move(self, source: str, target: str, key: str | None, how: How | None) -> None:
        if how == "gc":
            self.refuse("move in one message")
        guest = self.house.guest(source, key)
        stay, joined = self.house.transfer(source, target, guest)
        out = [self._writer.name(3, source, guest.name) if stay else self._writer.check_out(source)]
        in_ = [self._writer.name(1, target, guest.name)] if joined else self._writer.check_in(target, guest.name)
        self._send(*(in_ + out if how == "gi-go" else out + in_))

    def swap(self, one: str, other: str, how: How | None) -> None:
        if how == "gc":
            self.refuse("swap in one message")
        first, second = self.house.guest(one, None), self.house.guest(other, None)
        rooms = self.house.rooms
        rooms[one].guests, rooms[other].guests = [second], [first]
        out = [self._writer.check_out(one), self._writer.check_out(other)]
        in_ = self._writer.check_in(other, first.name) + self._writer.check_in(one, second.name)
        self._send(*(in_ + out if how == "gi-go" else out + in_))

    def equip(self, room: str, class_: str | None, dnd: bool | None, lamp: bool | None) -> None:
        self._restricts(class_)
        known = self.house.room(room)
        if lamp is not None:
            known.lamp = lamp
            self._send(self._writer.lamp(room, lamp))
        if class_ is not None:
            known.class_ = class_
            self._send(self._writer.restriction(room, class_))
        if dnd is not None:
            known.dnd = dnd
            self._send(self._writer.disturb(room, dnd))

    def wake_up(self, room: str, date: str, time: str) -> None:
        if date != self.next_date(time):
            self.refuse("wake-up by date: it rings when the clock shows that time next")
        self.house.room(room).wake_ups = {(date, time): ORDERED}
        self._send(self._writer.wake_up(room, time))

    def clear_wake_up(self, room: str, date: str | None, time: str | None) -> None:
        self._cleared(room)
        self._send(self._writer.wake_up(room, ""))

    def _cleared(self, room: str) -> None:
        wake_ups = self.house.reported(room).wake_ups
        for order in wake_ups:
            wake_ups[order] = CLEARED

    def tell_room(self, room: str) -> None:
        known = self.house.room(room)
        if not known.guests:
            self._send(self._writer.check_out(room))
            return
        self._send(*self._writer.check_in(room, known.guests[0].name))
        self._send(*(self._writer.name(1, room, guest.name) for guest in known.guests[1:]))
        self.equip(room, known.class_, known.dnd, bool(known.lamp))
        ordered = [time for (_, time), state in known.wake_ups.items() if state == ORDERED]
        self._send(*(self._writer.wake_up(room, time) for time in ordered))

    def begin_resync(self) -> None:
        self._send(self._writer.other("GRS       "))

    def end_resync(self) -> None:
        self._send(self._writer.other("END       "))

    def start(self) -> None:
        self._send(self._writer.other("AREYUTHERE"))

    def set_answers(self, answers: Answers) -> None:
        if answers.next or answers.pad:
            self.refuse("charges to answer")
        if wrong := set(answers.line) - LINE_WORDS:
            self.refuse(f"such answers on the line: {', '.join(sorted(wrong))}")
        self._turns.answers.clear()
        self._turns.answers.extend(answers.line)
        self.plan = answers

    def say_text(self, text: str) -> None:
        self._send(self._writer.other(text))

    def garbage(self, seed: int, frames: int, longest: int) -> int:
        rooms = list(self.house.rooms) or ["101"]
        data = mitel_garbage.make(seed, frames, longest, [self._writer.other(room) for room in rooms])
        self.send_raw(data)
        return len(data)

    # --- what the exchange says

    def _take(self, raw: bytes) -> bool:
        text = raw.decode(self.settings.encoding, "replace")
        message = mitel_texts.read(text)
        self.journal.note("in", text[:3], text)
        wrong = list(mitel_texts.faults(text, message, self.settings.extension_width))
        for fault in wrong:
            self.journal.blame(fault, text)
        if message is None or wrong:
            return False
        self.watch_zeros(message.extension, text)
        _HANDLERS[message.function](self, message)
        return True

    def _room_reported(self, message: Message) -> None:
        self.house.reported(message.extension).status = message.status.strip()

    def _pulses_were_counted(self, message: Message) -> None:
        """Message registration: the pulses of a room's calls, booked as a charge without a number."""
        self.house.reported(message.extension).pulses += int(message.status)
        content = {"RN": message.extension, "PT": "T", "MP": message.status}
        self.book.take(None, content, self.now().isoformat(timespec="milliseconds"))

    def _lamp_was_changed(self, message: Message) -> None:
        self.house.reported(message.extension).lamp = message.status[0] == "1"

    def _disturb_was_changed(self, message: Message) -> None:
        self.house.reported(message.extension).dnd = message.status[0] == "1"

    def _wake_up_was_set(self, message: Message) -> None:
        if not message.status.strip():
            self._cleared(message.extension)
            return
        time = message.status + "00"
        self.house.reported(message.extension).wake_ups = {(self.next_date(time), time): ORDERED}
        if self.plan.echo:
            self._send(self._writer.wake_up(message.extension, time))

    def _resync_is_asked_for(self, message: Message) -> None:
        if self.asked_resync is not None:
            self.resync(self.asked_resync)


_HANDLERS: Final[dict[str, Callable[[MitelPms, Message], None]]] = {
    "STS": MitelPms._room_reported,
    "MR ": MitelPms._pulses_were_counted,
    "MW ": MitelPms._lamp_was_changed,
    "DND": MitelPms._disturb_was_changed,
    "WKP": MitelPms._wake_up_was_set,
    "RQI": MitelPms._resync_is_asked_for,
}
