"""How this PMS takes charges (PS) and answers them (PA), among it how it is told to fail."""

from __future__ import annotations

from collections import deque
from typing import Final

from boardsupport.bench.pms.fias_link import FiasLink
from boardsupport.bench.pms.fias_record import Fields, Record
from boardsupport.bench.pms.pms import Answers, Pms
from boardsupport.bench.pms.postings import Posting

BOOKED: Final = frozenset({"OK", "lose", "late", "cut"})
"""Answers to a charge that has been booked: at once, never, later, or never since the link is cut."""
REASONS: Final = {
    "NG": "No such guest", "NA": "Night audit", "NP": "No posting allowed", "RY": "Try again", "UR": "Unprocessable",
}  # fmt: skip
ECHOED: Final = ("RN", "WS", "ID", "SO")


class Till:
    """Where charges of a PMS are booked; what is answered goes out by its link."""

    def __init__(self, pms: Pms, link: FiasLink) -> None:
        self._pms, self._link = pms, link
        self.audit = False
        """The day is being closed."""
        self._waiting: int | None = None
        """The number of the charge that this connection brought last and that was not answered yet."""
        self.set_plan(Answers())

    def set_plan(self, plan: Answers) -> None:
        """How the next charges are answered."""
        self._plan = plan
        self._next = deque(plan.next)

    def forget_connection(self) -> None:
        """What was to be answered was of another connection."""
        self._waiting = None

    def take(self, record: Record) -> None:
        """A PS has come."""
        number = int(data) if (data := record.get("P#") or "").isdigit() else None
        self._watch_turn(number, record)
        answer = self._answer_for(record)
        if answer not in BOOKED:
            self._pms.book.refused[answer] += 1
            self._reply(record, number, answer)
            return
        posting = self._booked(record, number)
        posting.answer = answer
        if answer == "OK":
            self._reply(record, number, "OK")
        elif answer == "late":
            self._pms.schedule(self._plan.delay_ms / 1000, lambda: self._reply(record, number, "OK"))
        elif answer == "cut":
            self._pms.wire.cut()

    def _watch_turn(self, number: int | None, record: Record) -> None:
        """One charge at a time: another one may come only when the first was answered, or was asked for in vain.

        An earlier connection may have brought it too.
        """
        before = self._waiting
        if before is not None and before != number and self._pms.book.times(before) == 1:
            self._pms.journal.blame(f"a charge while the answer to P#{before} was to come", record.text)
        self._waiting = number

    def _booked(self, record: Record, number: int | None) -> Posting:
        content = {name: data for name, data in record.fields if name != "P#"}
        if record.get("PT") == "M":  # articles may repeat; all of them are the content
            content["MA"] = " ".join(f"{name}{data}" for name, data in record.fields if name in ("MA", "M#"))
        posting, verdict = self._pms.book.take(number, content, self._pms.now().isoformat(timespec="milliseconds"))
        if verdict == "conflict":
            self._pms.journal.blame(f"P#{number} was booked before, for something else", record.text)
        return posting

    def _answer_for(self, record: Record) -> str:
        """As planned; else by the room and the time of the day. A room that was never named is taken as occupied."""
        if self._next:
            return self._next.popleft()
        if self.audit:
            return "NA"
        room = self._pms.house.rooms.get(record.get("RN") or "")
        return "NG" if room is not None and room.named and not room.guests and not self._known(record) else "OK"

    def _known(self, record: Record) -> bool:
        """A repeat of a charge that was booked while the guest was there still."""
        number = record.get("P#") or ""
        return number.isdigit() and self._pms.book.has(int(number))

    def _reply(self, record: Record, number: int | None, status: str) -> None:
        if self._waiting == number:
            self._waiting = None
        echoed = tuple((name, data) for name, data in record.fields if name in ECHOED)
        numbered: Fields = () if number is None else (("P#", str(number).zfill(self._plan.pad)),)
        reason: Fields = () if status == "OK" else (("CT", REASONS.get(status, "Refused")),)
        self._link.say(Record("PA", (("AS", status), *echoed, *numbered, *reason, *self._link.stamp())))
