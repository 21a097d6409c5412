"""Sample dialogues of a FIAS link for docs/pms.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from firmware.pms.model import (
    DndNews,
    LampNews,
    MessageNews,
    Posting,
    ResyncWanted,
    StatusNews,
    WakeupNews,
    WakeupResult,
)
from tests.unit.pms.dialogue import ACK, ENQ, Dialogue, checked, fias, record

CALL = Posting(
    id=1,
    number=317,
    room="0412",
    kind="call",
    amount=240,
    started=datetime.fromisoformat("2026-03-11 07:41:15"),
    talk_seconds=186,
    dialled="0046855512",
    trunk="fxo/2",
)
MINIBAR = Posting(
    id=2,
    number=318,
    room="0412",
    kind="minibar",
    amount=None,
    started=datetime.fromisoformat("2026-03-11 07:44:00"),
    items=((11, 2), (4, 1)),
    user="27",
)
NEXT_DAY = datetime.fromisoformat("2026-03-12 06:45:00")


def alive(**settings: object) -> Dialogue:
    """What was said until then is not shown."""
    dialogue = fias(lr_pace_ms=0, **settings)
    dialogue.connect()
    dialogue.pms(record("LS|DA260311|TI074500|"), record("LA|DA260311|TI074500|"))
    dialogue.lines.clear()
    return dialogue


def without_requests(dialogue: Dialogue) -> Dialogue:
    """One line for all LRs."""
    requests = [line for line in dialogue.lines if "  LR|" in line]
    dialogue.lines[dialogue.lines.index(requests[0])] = requests[0].partition("LR|")[0] + "(the LR records)"
    dialogue.lines[:] = [line for line in dialogue.lines if line not in requests]
    return dialogue


def start() -> Dialogue:
    dialogue = fias()
    dialogue.connect()
    dialogue.pms(record("LS|DA260311|TI074500|"))
    dialogue.wait(8)
    dialogue.pms(record("LA|DA260311|TI074508|"))
    return dialogue


def resuming() -> Dialogue:
    dialogue = fias(lr_pace_ms=0)
    dialogue.connect()
    dialogue.wait(3)
    dialogue.pms(record("LA|DA260311|TI074503|"))
    dialogue.wait(3.2)
    dialogue.pms(record("LA|DA260311|TI074506|"))
    return without_requests(dialogue)


def stay() -> Dialogue:
    dialogue = alive()
    dialogue.pms(
        record("GI|RN0412|G#88120|GSN|GNHolm|GFAstrid|GLSV|CS2|"),
        record("GI|RN0412|G#88121|GSY|GNRask|"),
        record("GC|RN0412|G#88120|GSY|GNHolm-Rask|"),
        record("GO|RN0412|G#88121|GSY|"),
        record("GO|RN0412|G#88120|GSN|"),
    )
    return dialogue


def moves() -> Dialogue:
    dialogue = alive()
    dialogue.pms(
        record("GC|RN0533|GSN|RO0412|GSN|G#88120|GNHolm|"),
        record("GC|RN0533|GSY|RO0414|GSN|G#88130|GNLind|"),
    )
    return dialogue


def equipment() -> Dialogue:
    dialogue = alive()
    dialogue.pms(record("RE|RN0412|CS1|"), record("RE|RN0412|DNY|"), record("RE|RN0412|MLY|"))
    dialogue.tell(
        StatusNews(room="0412", status="clean", occupied=False, user="27"),
        LampNews(room="0412", lit=False),
        DndNews(room="0412", on=True),
        DndNews(room="0412", on=False, status="dirty", occupied=True),
    )
    return dialogue


def texts() -> Dialogue:
    dialogue = alive()
    dialogue.pms(record("XL|RN0412|G#88120|MI31|MTPlease call reception.|DA260311|TI074500|"))
    dialogue.tell(MessageNews(room="0412", key="88120", number="31", gone=True))
    dialogue.pms(record("XD|RN0412|G#88120|MI32|"))
    return dialogue


def wakeups() -> Dialogue:
    dialogue = alive()
    dialogue.pms(record("WR|RN0412|DA260312|TI064500|"))
    dialogue.refusals["0999"] = "there is no room 0999"
    dialogue.pms(record("WR|RN0999|DA260312|TI064500|"), record("WC|RN0412|DA|TI|"))
    dialogue.tell(WakeupResult(room="0412", at=NEXT_DAY, outcome="DE"))
    dialogue.tell(WakeupNews(room="0412", at=NEXT_DAY), WakeupResult(room="0412", at=NEXT_DAY, outcome="OK"))
    return dialogue


def charges() -> Dialogue:
    dialogue = alive()
    dialogue.post(CALL)
    dialogue.wait(0.4)
    dialogue.pms(record("PA|ASOK|RN0412|P#0317|DA260311|TI074500|"))
    dialogue.post(MINIBAR)
    dialogue.wait(0.4)
    dialogue.pms(record("PA|ASNG|RN0412|P#0318|CTnot checked in|DA260311|TI074501|"))
    return dialogue


def no_answer() -> Dialogue:
    dialogue = alive()
    dialogue.post(CALL)
    dialogue.wait(30)
    dialogue.held()
    dialogue.wait(0.2)
    dialogue.pms(record("LA|DA260311|TI074530|"))
    dialogue.post(CALL, repeat=True)
    dialogue.wait(0.4)
    dialogue.pms(record("PA|ASOK|RN0412|P#0317|DA260311|TI074530|"))
    return dialogue


def night_audit() -> Dialogue:
    dialogue = alive()
    dialogue.pms(record("NS|DA260311|TI074500|"))
    dialogue.held()
    dialogue.pms(record("RE|RN0412|MLN|"))
    dialogue.wait(240)
    dialogue.pms(record("NE|DA260311|TI074900|"))
    dialogue.post(CALL)
    return dialogue


def resync() -> Dialogue:
    dialogue = alive()
    dialogue.tell(ResyncWanted())
    dialogue.pms(record("DS|DA260311|TI074500|"))
    dialogue.held()
    dialogue.pms(record("GI|RN0411|G#88001|GSN|GNBauer|SF|"), record("GO|RN0412|SF|"), record("DE|DA260311|TI074500|"))
    return dialogue


def broken_resync() -> Dialogue:
    dialogue = alive()
    dialogue.pms(record("DS|DA260311|TI074500|"), record("GI|RN0411|G#88001|GSN|GNBauer|SF|"))
    dialogue.wait(30)
    return dialogue


def silence() -> Dialogue:
    dialogue = alive()
    dialogue.wait(300.2)
    dialogue.pms(record("LA|DA260311|TI075000|"))
    dialogue.wait(330)
    return dialogue


def good_bye() -> Dialogue:
    dialogue = alive()
    dialogue.pms(record("LE|DA260311|TI074500|"))
    dialogue.held()
    dialogue.wait(60)
    dialogue.pms(record("LS|DA260311|TI074600|"))
    dialogue.pms(record("LA|DA260311|TI074600|"))
    return without_requests(dialogue)


def cable() -> Dialogue:
    dialogue = alive_by_cable()
    dialogue.pms(checked("GI|RN0412|G#88120|GSN|GNHolm|"), checked("WR|RN1000|DA260311|TI080000|"))
    dialogue.tell(StatusNews(room="0412", status="dirty", occupied=True))
    dialogue.wait(3.2)
    dialogue.pms(ACK, ENQ)
    return dialogue


def alive_by_cable() -> Dialogue:
    dialogue = fias(serial=True, lr_pace_ms=0)
    dialogue.connect()
    dialogue.pms(checked("LS|DA260311|TI074500|"), *[ACK] * 17)
    dialogue.pms(checked("LA|DA260311|TI074500|"))
    dialogue.lines.clear()
    return dialogue


SCRIPTS: Mapping[str, Callable[[], Dialogue]] = {
    "start": start,
    "resuming": resuming,
    "stay": stay,
    "moves": moves,
    "equipment": equipment,
    "texts": texts,
    "wakeups": wakeups,
    "charges": charges,
    "no-answer": no_answer,
    "night-audit": night_audit,
    "resync": resync,
    "broken-resync": broken_resync,
    "silence": silence,
    "good-bye": good_bye,
    "cable": cable,
}
