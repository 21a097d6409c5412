"""Sample dialogues of a Mitel link for docs/pms.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from firmware.pms.model import DndNews, LampNews, ResyncWanted, StatusNews, WakeupClearedNews, WakeupNews
from tests.unit.pms.dialogue import ACK, ENQ, NAK, Dialogue, mitel
from tests.unit.pms.mitel.link import frame


def alive() -> Dialogue:
    """What was said until then is not shown."""
    dialogue = mitel()
    dialogue.connect()
    dialogue.pms(ENQ, frame("AREYUTHERE"))
    dialogue.wait(1)
    dialogue.lines.clear()
    return dialogue


def says(dialogue: Dialogue, *texts: str) -> Dialogue:
    """The PMS, one message after the other."""
    for text in texts:
        dialogue.pms(ENQ, frame(text))
        dialogue.wait(0.2)
    return dialogue


def start() -> Dialogue:
    dialogue = mitel()
    dialogue.connect()
    return says(dialogue, "AREYUTHERE")


def stay() -> Dialogue:
    name, other = "NAM1 " + "DOE,JANE".ljust(21), "NAM1 " + "ROE,RICHARD".ljust(21)
    gone = "NAM3 " + "ROE,RICHARD".ljust(21)
    texts = ("CHK1   101", name + "  101", "RST2   101", other + "  101", gone + "  101", "CHK0   101")
    return says(alive(), *texts).without_signs()


def room() -> Dialogue:
    texts = ("MW 1   101", "WKP0645  101", "WKP      101", "DND1   101", "LNGFR  101", "LMT  101 25.00", "VIP1   101")
    return says(alive(), *texts).without_signs()


def refused() -> Dialogue:
    dialogue = alive()
    dialogue.refusals["999"] = "there is no room 999"
    says(dialogue, "CHK1   999")
    dialogue.pms(frame("CHK1   999"))
    return dialogue


def ours() -> Dialogue:
    dialogue = alive()
    for news in (
        StatusNews(room="204", status="clean", occupied=False),
        LampNews(room="204", lit=True),
        DndNews(room="204", on=True),
        WakeupNews(room="204", at=datetime.fromisoformat("2026-03-12 06:45:00")),
        WakeupClearedNews(room="204"),
    ):
        dialogue.tell(news)
        dialogue.pms(ACK, ACK)
        dialogue.wait(0.2)
    return dialogue.without_signs()


def glare() -> Dialogue:
    dialogue = alive()
    dialogue.tell(LampNews(room="318", lit=True))
    dialogue.pms(ENQ, ACK, ACK)
    dialogue.wait(6)
    return says(dialogue, "CHK1   415")


def busy() -> Dialogue:
    dialogue = alive()
    dialogue.tell(LampNews(room="318", lit=True))
    dialogue.pms(NAK)
    dialogue.wait(3)
    dialogue.pms(ACK)
    dialogue.wait(3)
    dialogue.pms(ACK, ACK)
    return dialogue


def resync() -> Dialogue:
    dialogue = alive()
    dialogue.tell(ResyncWanted())
    dialogue.pms(ACK, ACK)
    dialogue.wait(0.2)
    texts = ("GRS       ", "CHK1   101", "NAM1 " + "DOE,JANE".ljust(21) + "  101", "CHK0   102", "END       ")
    return says(dialogue, *texts).without_signs()


SCRIPTS: Mapping[str, Callable[[], Dialogue]] = {
    "start": start,
    "stay": stay,
    "room": room,
    "refused": refused,
    "ours": ours,
    "glare": glare,
    "busy": busy,
    "resync": resync,
}
