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

_OUTCOMES: Mapping[str, Outcome] = {"OK": "done", "NA": "again", "RY": "again"}
"""AS of a PA; any other is final, and a person has to look at it."""
_MEANINGS: Mapping[str, str] = {
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


@dataclass(slots=True)
class _Outstanding:
    number: int
    gone: bool = False
    """It has left, wholly or in part."""


class Postings:
    """At most one is outstanding; none while the PMS has its night audit, or has asked for a while."""

    def __init__(self, settings: FiasSettings, turn: Turn) -> None:
        self._settings = settings
        self._turn = turn
        self._outstanding: _Outstanding | None = None
        self.audit = False

    @property
    def free(self) -> bool:
        return self._outstanding is None and not self.audit and not self._turn.timers.running(RETRY)

    def taken(self, posting: Posting) -> None:
        self._outstanding = _Outstanding(posting_number(posting, self._settings.posting_number_width))

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
            self._end("refused", "NAK", "garbled in every transmission")

    def answered(self, answer: Record) -> None:
        """PA. One without P# is for the charge that is out; P# may have leading zeros."""
        number = (answer.get("P#") or "").strip()
        out = self._outstanding
        if out is None or not out.gone or (number and not _is_number(number, out.number)):
            expected = out.number if out is not None else None
            self._turn.put(Noted("answer-unexpected", {"number": number[:10], "expected": expected}))
            return
        status = answer.get("AS") or ""
        outcome = _OUTCOMES.get(status, "refused")
        if outcome == "again":
            self._turn.after(RETRY, self._settings.audit_wait_s if status == "NA" else self._settings.retry_s)
        self._end(outcome, status, answer.get("CT") or _MEANINGS.get(status))

    def unanswered(self) -> None:
        """No PA came: nobody knows whether it was booked."""
        self._end("unanswered")

    def lost(self) -> None:
        """The connection is gone."""
        if self._outstanding is not None:
            self._end("unanswered" if self._outstanding.gone else "again")

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
