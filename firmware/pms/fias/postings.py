"""The one charge that is out: it waits for its PA, matched by P#; what the answer means, and when the next may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from firmware.pms.fias.orders import posting_number
from firmware.pms.fias.records import Record
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.fias.turn import Turn
from firmware.pms.machine import Noted, Outcome, Told
from firmware.pms.model import Posting

ANSWER, RETRY = "posting answer", "posting retry"

OUTCOMES: Mapping[str, Outcome] = {"OK": "done", "NA": "again", "RY": "again"}
"""AS of a PA; any other is final, and a person has to look at it."""
MEANINGS: Mapping[str, str] = {
    "NG": "no such guest, or the room is not occupied",
    "NP": "no posting allowed",
    "NA": "night audit",
    "RY": "to be tried again",
    "UR": "unprocessable",
    "FX": "the guest is not allowed this",
    "IA": "invalid account",
    "DN": "denied",
    "CO": "over the credit limit",
    "DM": "the sums do not add up",
}
GARBLED = "garbled in every transmission"
NO_NUMBER = "no number that the PMS could price"


@dataclass(slots=True)
class _Outstanding:
    number: int
    room: str
    gone: bool = False
    """It has left, wholly or in part."""

    def is_meant(self, answer: Record) -> bool:
        """By P#, which may have leading zeros; where there is none, no other room's."""
        number, room = (answer.get("P#") or "").strip(), (answer.get("RN") or "").strip()
        return _is_number(number, self.number) if number else not room or _same_room(room, self.room)


class Postings:
    """At most one is outstanding; none while the PMS has its night audit, or has asked for a while."""

    def __init__(self, settings: FiasSettings, turn: Turn) -> None:
        self._settings = settings
        self._turn = turn
        self._outstanding: _Outstanding | None = None
        self._unanswered: _Outstanding | None = None
        """What was given up last, and may still be answered."""
        self._late: Record | None = None
        self.audit = False

    @property
    def free(self) -> bool:
        return self._outstanding is None and not self.audit and not self._turn.timers.running(RETRY)

    def taken(self, posting: Posting) -> None:
        self._outstanding = self._made(posting)
        self._unanswered = self._late = None

    def answered_late(self, posting: Posting) -> bool:
        """Whether the answer has come after it was given up; then it is told, and need not be sent again."""
        late, meant = self._late, self._made(posting)
        if late is None or self._unanswered is None or self._unanswered.number != meant.number:
            return False
        self._unanswered = self._late = None
        self._judge(late)
        return True

    def _made(self, posting: Posting) -> _Outstanding:
        return _Outstanding(posting_number(posting, self._settings.posting_number_width), posting.room)

    def leaves(self) -> None:
        """It goes out now; the wait for its PA begins."""
        if self._outstanding is not None:
            self._outstanding.gone = True
            self.wait()

    def wait(self) -> None:
        """For the PA, from now on."""
        self._turn.after(ANSWER, self._settings.answer_s)

    def sent(self, *, taken: bool) -> None:
        """The line has done with a charge: it came through, or was garbled in every transmission. It may be one that
        was given up meanwhile."""
        if self._outstanding is None or not self._outstanding.gone:
            return
        if taken:
            self.wait()
        else:
            self._end("refused", "NAK", GARBLED)

    def answered(self, answer: Record) -> None:
        """PA, to the charge that is out, or late to the one before."""
        number, out = (answer.get("P#") or "").strip(), self._outstanding
        if out is not None and out.gone and out.is_meant(answer):
            self._judge(answer)
        elif out is None and number and self._unanswered is not None and self._unanswered.is_meant(answer):
            self._late = answer
            self._turn.put(Noted("answer-late", {"number": number[:10], "status": answer.get("AS")}))
        else:
            expected = out.number if out is not None else None
            self._turn.put(Noted("answer-unexpected", {"number": number[:10], "expected": expected}))

    def _judge(self, answer: Record) -> None:
        status = answer.get("AS") or ""
        outcome = OUTCOMES.get(status, "refused")
        if outcome == "again":
            self._turn.after(RETRY, self._settings.audit_wait_s if status == "NA" else self._settings.retry_s)
        self._end(outcome, status, answer.get("CT") or MEANINGS.get(status))

    def unanswered(self) -> None:
        """No PA came: nobody knows whether it was booked."""
        self._unanswered = self._outstanding
        self._end("unanswered")

    def lost(self) -> None:
        """The connection is gone."""
        if self._outstanding is not None and self._outstanding.gone:
            self.unanswered()
        elif self._outstanding is not None:
            self._end("again")

    def audit_begins(self) -> None:
        self.audit = True

    def audit_ends(self) -> None:
        """What was put off until then may go."""
        self.audit = False
        self._turn.timers.disarm(RETRY)

    def _end(self, outcome: Outcome, status: str | None = None, text: str | None = None) -> None:
        self._outstanding = None
        self._turn.timers.disarm(ANSWER)
        self._turn.put(Told("posting", outcome, status, text))


def _is_number(text: str, number: int) -> bool:
    """As numbers: some PMS pad with zeros."""
    return text.isascii() and text.isdigit() and len(text) <= 20 and int(text) == number


def _same_room(one: str, other: str) -> bool:
    """Leading zeros left out: it is only to tell whether an answer may be ours."""
    return one.lstrip("0") == other.lstrip("0")
