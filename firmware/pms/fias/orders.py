"""What the hotel tells the PMS, as records; None: FIAS has no such thing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from firmware.hotel.model import Housekeeping
from firmware.pms.fias.records import Field, Record
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.model import (
    DndNews,
    LampNews,
    MessageNews,
    MessagesWanted,
    News,
    Posting,
    ResyncWanted,
    StatusNews,
    VoiceMailNews,
    WakeupClearedNews,
    WakeupNews,
    WakeupResult,
)

STATUS: Mapping[Housekeeping, tuple[str, str]] = {
    "dirty": ("1", "2"), "clean": ("3", "4"), "inspected": ("5", "6"), "make-up": ("9", "9"),
}  # fmt: skip
"""RS of a vacant and of an occupied room. A telephone never sets a room out of order, the PMS does."""
DISTURB_NOT, SERVICE_OFF = "8", "10"
_DIALLED_DIGITS = 20
_COUNT = 99


def moment_fields(at: datetime) -> tuple[Field, ...]:
    """DA and TI."""
    return ("DA", f"{at:%y%m%d}"), ("TI", f"{at:%H%M%S}")


def posting_number(posting: Posting, width: int) -> int:
    """P#: 1 to the highest of this width, and 1 again."""
    highest = int("9" * width)
    return (posting.number - 1) % highest + 1


def posting_record(posting: Posting, settings: FiasSettings) -> Record | None:
    """PS; what is not known is left out rather than sent empty. None: the PMS could not price it."""
    what = _minibar(posting) if posting.items else _call(posting)
    if what is None:
        return None
    number = str(posting_number(posting, settings.posting_number_width))
    details = _known(
        CT=posting.text,
        SO=settings.sales_outlet,
        PX="".join(filter(_is_digit, posting.trunk or "")),
        ID=posting.user,
    )
    return Record("PS", (("RN", posting.room), ("P#", number), *what, *moment_fields(posting.started), *details))


def _call(posting: Posting) -> tuple[Field, ...] | None:
    dialled = "".join(filter(_is_digit, posting.dialled))[:_DIALLED_DIGITS]
    seconds = min(posting.talk_seconds, 100 * 3600 - 1)
    talk = f"{seconds // 3600:02}{seconds // 60 % 60:02}{seconds % 60:02}"
    if posting.amount is not None:
        timed = (("DU", talk),) if posting.kind == "call" else ()
        return (("PT", "C"), ("TA", str(posting.amount)), *_known(DD=dialled), *timed)
    return (("PT", "T"), ("DD", dialled), ("DU", talk)) if dialled else None


def _minibar(posting: Posting) -> tuple[Field, ...]:
    fields: list[Field] = [("PT", "M")]
    for article, count in posting.items:
        for part in (*[_COUNT] * (count // _COUNT), count % _COUNT):
            if part:
                fields += [("MA", str(article)), ("M#", str(part))]
    return tuple(fields)


def _is_digit(char: str) -> bool:
    return char in "0123456789"


def _known(**fields: str | None) -> tuple[Field, ...]:
    """Those that have data."""
    return tuple((name, data) for name, data in fields.items() if data)


def news_record(news: News, now: datetime) -> Record | None:
    """`now`: the hotel's wall time."""
    match news:
        case StatusNews() | DndNews() | VoiceMailNews():
            return _equipment(news)
        case LampNews():  # a PMS that does not take it leaves an unknown field out
            return Record("RE", (("RN", news.room), ("ML", "Y" if news.lit else "N")))
        case WakeupNews():
            return Record("WR", (("RN", news.room), *moment_fields(news.at)))
        case WakeupClearedNews():
            time = moment_fields(news.at) if news.at else (("DA", ""), ("TI", ""))
            return Record("WC", (("RN", news.room), *time))
        case WakeupResult():
            return wakeup_answer(news.room, moment_fields(news.at), news.outcome)
        case MessageNews():
            return _message(news, now)
        case MessagesWanted():
            return Record("XM", (("RN", news.room), *_numbered(news.key, None)))
        case ResyncWanted():
            return Record("DR")


def wakeup_answer(room: str, moment: tuple[Field, ...], status: str) -> Record:
    """WA, with date and time as they stood in the order."""
    return Record("WA", (("RN", room), *moment, ("AS", status)))


def _equipment(news: StatusNews | DndNews | VoiceMailNews) -> Record | None:
    match news:
        case VoiceMailNews():
            fields: tuple[Field, ...] = (("VM", f"{min(news.unheard, 99):02}{min(news.heard, 99):02}"),)
        case StatusNews():
            code = _status_code(news.status, news.occupied)
            if code is None:
                return None
            fields = (("RS", code), *_known(ID=news.user))
        case DndNews():
            code = news.status and _status_code(news.status, news.occupied)
            fields = (("RS", DISTURB_NOT if news.on else code or SERVICE_OFF),)
    return Record("RE", (("RN", news.room), *fields))


def _status_code(status: Housekeeping, occupied: bool) -> str | None:
    codes = STATUS.get(status)
    return codes[occupied] if codes else None


def _message(news: MessageNews, now: datetime) -> Record | None:
    """XD without a number would delete all of a guest's texts; XL needs to know whose it is."""
    if news.gone:
        return Record("XD", (("RN", news.room), *_numbered(news.key, news.number))) if news.number else None
    if news.key is None:
        return None
    fields = (("RN", news.room), *_numbered(news.key, news.number), ("MT", news.text))
    return Record("XL", (*fields, *moment_fields(now)))


def _numbered(key: str | None, number: str | None) -> tuple[Field, ...]:
    return tuple((name, data) for name, data in (("G#", key), ("MI", number)) if data)
