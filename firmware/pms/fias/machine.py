"""The FIAS machine: line, link, charges and records under the contract of `firmware.pms.machine`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Literal

from firmware.errors import OurFaultError
from firmware.pms.fias import link as links
from firmware.pms.fias import postings as charges
from firmware.pms.fias.codec import NotARecordError, decode, encode
from firmware.pms.fias.events import Reading, moment_of
from firmware.pms.fias.line import Line, Outgoing, Sent, TcpLine
from firmware.pms.fias.link import Link
from firmware.pms.fias.link_table import Input
from firmware.pms.fias.orders import moment_fields, news_record, posting_record, wakeup_answer
from firmware.pms.fias.postings import Postings
from firmware.pms.fias.records import STAMPED, Record, is_of_room
from firmware.pms.fias.serial_line import SerialLine
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.fias.turn import Turn
from firmware.pms.machine import ClockHeard, Counted, Deliver, LinkState, Moment, Noted, Output, Told
from firmware.pms.model import News, NightAudit, PmsEvent, Posting, ResyncBegun, ResyncEnded

_RESYNC = "resync silence"
_UNMARKED_S = 360.0
"""So long live records may prolong a resync in which none is marked as its own (SF)."""
_WAITING_ANSWERS = 200
"""So many answers of ours to records are kept while none may be sent."""


class FiasMachine:
    """A `PmsMachine`. `random_bytes` gives so many unpredictable bytes; it is asked only where the site has a key."""

    def __init__(self, settings: FiasSettings, random_bytes: Callable[[int], bytes]) -> None:
        self._settings = settings
        self._turn = Turn()
        self._link = Link(settings, self._turn, self, random_bytes)
        self._line = self._make_line()
        self._postings = Postings(settings, self._turn)
        self._queue: deque[Outgoing] = deque()
        self._news: Literal["none", "waits", "gone"] = "none"
        self._delivered: list[Record | None] = []
        self._in_resync = False
        self._marked = 0.0
        """When the resync had its last record that said so, or began."""

    def _make_line(self) -> Line:
        if not self._settings.serial:
            return TcpLine(self._turn, self._sent)
        return SerialLine(self._turn, self._settings.baud, self._sent, self._deaf, checked=self._settings.lrc)

    # ---- PmsMachine

    @property
    def state(self) -> LinkState:
        return self._link.state

    def connected(self, now: Moment) -> list[Output]:
        self._turn.begin(now)
        self._link.feed(Input.CONNECT, "connected")
        return self._done()

    def lost(self, now: Moment) -> list[Output]:
        self._turn.begin(now)
        self._link.feed(Input.LOSE, "the connection is gone")
        return self._done()

    def received(self, data: bytes, now: Moment) -> list[Output]:
        self._turn.begin(now)
        if self.state == "down":
            return []
        for frame in self._line.feed(data):
            before = len(self._delivered)
            self._take(frame)
            self._line.received(kept=len(self._delivered) == before)
            self._flush()
        return self._done()

    def handled(self, refusals: Sequence[str | None], now: Moment) -> list[Output]:
        self._turn.begin(now)
        delivered, self._delivered = self._delivered, []
        if len(refusals) != len(delivered):
            raise OurFaultError(f"fias: {len(delivered)} events were delivered, and {len(refusals)} answers given")
        for record, refusal in zip(delivered, refusals, strict=True):
            if record is not None and refusal is not None:
                self._refused(record, "hotel refused", f"{record.id}: {refusal}")
        self._line.release()
        return self._done()

    def tick(self, now: Moment) -> list[Output]:
        self._turn.begin(now)
        for key in self._turn.timers.due(now.seconds):
            self._expired(key)
        return self._done()

    def next_deadline(self) -> float | None:
        return self._turn.timers.next_deadline()

    def takes_posting(self) -> bool:
        return self._link.open and not self._in_resync and self._postings.free

    def post(self, posting: Posting, repeat: bool, now: Moment) -> list[Output]:
        """A repeat is the same record once more: its P# says so. None is sent if the answer has come meanwhile.

        Raises OurFaultError where none is taken.
        """
        self._turn.begin(now)
        if not self.takes_posting():
            raise OurFaultError("fias: a posting while none is taken")
        record = posting_record(posting, self._settings)
        if repeat and self._postings.answered_late(posting):
            return self._done()
        if record is None:
            self._turn.put(Told("posting", "refused", None, charges.NO_NUMBER))
        else:
            self._postings.taken(posting)
            self._queue.appendleft(Outgoing(record, "posting"))
        return self._done()

    def takes_news(self) -> bool:
        return self._link.open and not self._in_resync and self._news == "none"

    def tell(self, news: News, now: Moment) -> list[Output]:
        """Raises OurFaultError where none is taken."""
        self._turn.begin(now)
        if not self.takes_news():
            raise OurFaultError("fias: news while none is taken")
        record = news_record(news, now.local)
        if record is None:
            self._turn.put(Told("news", "not-served"))
        else:
            self._news = "waits"
            self._queue.append(Outgoing(record, "news"))
        return self._done()

    def close(self, now: Moment) -> list[Output]:
        self._turn.begin(now)
        self._link.feed(Input.CLOSE, "we say good-bye")
        return self._done()

    # ---- LinkHost

    def opened(self) -> None:
        self._line.reset()

    def agreed(self) -> None:
        """A PMS that starts anew has no night audit any more, whether its NE was lost or not."""
        audit = self._postings.audit
        self._postings.audit_ends()
        if audit:
            self._deliver(NightAudit(begins=False))

    def dropped(self) -> None:
        self._postings.lost()
        if self._news != "none":
            self._told_news("unanswered" if self._news == "gone" else "again")
        self._queue = deque(outgoing for outgoing in self._queue if outgoing.lane == "own")
        self._end_resync(None, complete=False)
        self._line.reset()

    # ---- from the PMS

    def _take(self, frame: bytes) -> None:
        try:
            record = decode(frame, self._settings.encoding)
        except NotARecordError as error:
            self._turn.refuse(error.reason, error.detail)
            return
        self._turn.put(Counted("received", record.id))
        if not self._link.heard(record):
            self._turn.refuse("out of place", f"{record.id} while the link is {self.state}")
            return
        if self._in_resync:
            self._prolong_resync(record)
        self._act_on(record)

    def _act_on(self, record: Record) -> None:
        match record.id:
            case "LS" | "LA":
                moment = moment_of(record.get("DA") or "", record.get("TI") or "")
                if moment is not None:
                    self._turn.put(ClockHeard(moment))
            case "LE" | "LC":
                return
            case "PA":
                self._postings.answered(record)
            case "DS":
                self._begin_resync(record)
            case "DE" if not self._in_resync:
                self._turn.refuse("out of place", "DE without DS")
            case "DE":
                self._end_resync(record, complete=True)
            case _:
                self._read(record)

    def _read(self, record: Record) -> None:
        reading = Reading(record, self._settings.class_map)
        try:
            event = reading.event()
        except NotARecordError as error:
            self._refused(record, error.reason, error.detail)
            return
        for note in reading.notes:
            self._turn.put(Noted("meaningless", {"record": record.id, "field": note}))
        if isinstance(event, NightAudit):
            (self._postings.audit_begins if event.begins else self._postings.audit_ends)()
        if event is not None:
            self._deliver(event, record)

    def _deliver(self, event: PmsEvent, record: Record | None = None) -> None:
        self._turn.put(Deliver(event))
        self._delivered.append(record)

    def _refused(self, record: Record, reason: str, detail: str) -> None:
        """A wake-up that cannot be is answered, with the date and time as they stood in it."""
        self._turn.refuse(reason, detail)
        if record.id == "WR" and len(self._queue) < _WAITING_ANSWERS:
            moment = (("DA", record.get("DA") or ""), ("TI", record.get("TI") or ""))
            self._queue.append(Outgoing(wakeup_answer(record.get("RN") or "", moment, "UR"), "own"))

    def _begin_resync(self, record: Record) -> None:
        self._end_resync(None, complete=False)
        self._in_resync = True
        self._marked = self._turn.now.seconds
        self._turn.after(_RESYNC, self._settings.resync_silence_s)
        self._deliver(ResyncBegun(), record)

    def _prolong_resync(self, record: Record) -> None:
        """One whose end was lost must end by itself, however busy the house and the link are: charges wait for it."""
        now = self._turn.now.seconds
        if record.get("SF") is not None:
            self._marked = now
        if is_of_room(record):
            self._turn.after(_RESYNC, min(self._settings.resync_silence_s, self._marked + _UNMARKED_S - now))

    def _end_resync(self, record: Record | None, *, complete: bool) -> None:
        if self._in_resync:
            self._in_resync = False
            self._turn.timers.disarm(_RESYNC)
            self._deliver(ResyncEnded(complete=complete), record)

    # ---- to the PMS

    def _flush(self) -> None:
        while self._line.ready():
            outgoing = self._next()
            if outgoing is None:
                return
            self._send(outgoing)

    def _next(self) -> Outgoing | None:
        """The link's own records first; in a resync nothing else."""
        outgoing = self._link.next_record()
        if outgoing is None and self._queue and self._link.open and not self._in_resync:
            return self._queue.popleft()
        return outgoing

    def _send(self, outgoing: Outgoing) -> None:
        record = outgoing.record
        if record.id in STAMPED:
            record = Record(record.id, (*moment_fields(self._turn.now.local), *record.fields))
        if outgoing.lane == "posting":
            self._postings.leaves()
        elif outgoing.lane == "news":
            self._news = "gone"
        self._turn.put(Counted("sent", record.id))
        self._line.send(outgoing, encode(record, self._settings.code_page))

    def _sent(self, sent: Sent) -> None:
        """The line has done with a record: it is at the other end, or was garbled in every transmission."""
        record, lane = sent.outgoing.record, sent.outgoing.lane
        if not sent.taken:
            self._turn.refuse("NAK", f"{record.id}: garbled in every transmission")
        if lane == "posting":
            self._postings.sent(taken=sent.taken)
        elif lane == "news":
            self._told_news("done" if sent.taken else "refused")

    def _told_news(self, outcome: Literal["done", "refused", "again", "unanswered"]) -> None:
        self._news = "none"
        self._turn.put(Told("news", outcome))

    def _deaf(self) -> None:
        self._link.feed(Input.NO_ANSWER, "nobody answers on the line")

    # ---- inside

    def _expired(self, key: Hashable) -> None:
        if key == charges.ANSWER:
            self._no_answer_to_charge()
        elif key == _RESYNC:
            self._end_resync(None, complete=False)
        elif key in (links.TIMER, links.PACE, links.CONFIRM, links.AGAIN, charges.RETRY):
            self._link.expired(key)
        else:
            self._line.expired(key)

    def _no_answer_to_charge(self) -> None:
        """In a resync the PMS has other things to do, and may not be asked."""
        if self._in_resync:
            self._postings.wait()
        else:
            self._postings.unanswered()
            self._link.feed(Input.DOUBT)

    def _done(self) -> list[Output]:
        self._flush()
        return self._turn.take()
