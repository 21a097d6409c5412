"""What we say ourselves of a charge that a PMS has not taken; whatever else its text is, is the PMS's own word."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.details import Detail, DetailCode
from firmware.pms.fias.postings import GARBLED, MEANINGS, NO_NUMBER

NO_ANSWER = "no answer"
NUMBER_TOO_LONG = "sent under a number that has too many digits by now"
GUEST_HAS_LEFT = "not posted: its guest has left, and who lives there now came after it"

_OF_STATUS: Mapping[str, DetailCode] = {
    "NG": "pms-no-guest", "NP": "pms-no-posting", "NA": "pms-night-audit", "RY": "pms-again", "UR": "pms-unprocessable",
    "FX": "pms-not-allowed", "IA": "pms-account", "DN": "pms-denied", "CO": "pms-credit", "DM": "pms-sums",
}  # fmt: skip
_CODES: Mapping[str, DetailCode] = {
    NO_ANSWER: "charge-unanswered", NUMBER_TOO_LONG: "charge-number-long", GUEST_HAS_LEFT: "charge-guest-left",
    NO_NUMBER: "charge-no-number", GARBLED: "charge-garbled",
    **{MEANINGS[status]: code for status, code in _OF_STATUS.items()},
}  # fmt: skip


def detail_of(text: str | None) -> Detail | None:
    """Of a charge's text as it is kept; None: there is none, or the PMS's words are not ours."""
    code = _CODES.get(text or "")
    return None if code is None or text is None else Detail(code, text)
