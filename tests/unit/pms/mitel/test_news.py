"""What the PMS is told, in every width and padding; what it cannot be told; and resyncs."""

from __future__ import annotations

from typing import get_args

import pytest

from firmware.errors import ConfigError, OurFaultError
from firmware.hotel.model import Housekeeping
from firmware.pms.mitel.settings import Dialect, MitelSettings
from firmware.pms.model import (
    DndNews,
    LampNews,
    MessageNews,
    MessagesWanted,
    News,
    Posting,
    ResyncBegun,
    ResyncEnded,
    ResyncWanted,
    RoomOpened,
    StatusNews,
    VoiceMailNews,
    WakeupClearedNews,
    WakeupNews,
    WakeupResult,
)
from tests.unit.pms.mitel.link import Link, wall

ROOM = "204"
LATER = wall("2026-06-01 15:30")


def status(status: Housekeeping, occupied: bool = False) -> StatusNews:
    return StatusNews(room=ROOM, status=status, occupied=occupied)


TEXTS: list[tuple[News, str]] = [
    (status("service"), "STS1 "),
    (status("clean"), "STS2 "),
    (status("inspected"), "STS2 "),
    (status("dirty"), "STS3 "),
    (status("make-up", occupied=True), "STS3 "),
    (status("out-of-order"), "STS4 "),
    (LampNews(room=ROOM, lit=True), "MW 1 "),
    (LampNews(room=ROOM, lit=False), "MW 0 "),
    (VoiceMailNews(room=ROOM, unheard=2, heard=0), "MW 1 "),
    (VoiceMailNews(room=ROOM, unheard=0, heard=2), "MW 0 "),
    (DndNews(room=ROOM, on=True), "DND1 "),
    (DndNews(room=ROOM, on=False), "DND0 "),
    (WakeupNews(room=ROOM, at=LATER), "WKP1530"),
    (WakeupClearedNews(room=ROOM, at=LATER), "WKP    "),
    (WakeupClearedNews(room=ROOM), "WKP    "),
]


def sent(link: Link, news: News) -> bytes | None:
    """The text that goes out for it, confirmed; None: it is not served."""
    link.tell(news)
    if link.outcomes() == ["not-served"]:
        assert link.sent == []
        return None
    link.receive(b"\x06")
    enq, text = link.sent
    link.sent.clear()
    link.receive(b"\x06")
    link.wait(0.1)
    assert (enq, link.outcomes()) == (b"\x05", ["done"])
    return text


@pytest.mark.parametrize("dialect", get_args(Dialect))
@pytest.mark.parametrize(
    ("width", "pad", "field"),
    [
        (5, "right", b"204  "),
        (5, "left", b"  204"),
        (7, "right", b"204    "),
        (7, "left", b"    204"),
        (3, "left", b"204"),
    ],
)
def test_every_message_in_every_width_and_padding(dialect: Dialect, width: int, pad: str, field: bytes) -> None:
    link = Link(dialect=dialect, extension_width=width, pad=pad)
    for news, head in TEXTS:
        assert sent(link, news) == b"\x02" + head.encode() + field + b"\x03"
    assert sent(link, ResyncWanted()) == b"\x02RQINZ" + b" " * width + b"\x03"


@pytest.mark.parametrize(
    ("news", "code"),
    [
        (status("clean", occupied=True), "6"),
        (status("dirty", occupied=True), "7"),
        (status("clean"), "8"),
        (status("dirty"), "9"),
        (status("inspected"), "8"),
        (status("make-up", occupied=True), "7"),
        (status("out-of-order"), "4"),
        (status("service", occupied=True), "1"),
    ],
)
def test_status_with_the_occupancy(news: StatusNews, code: str) -> None:
    assert sent(Link(occupancy_status=True), news) == f"\x02STS{code} 204  \x03".encode()


@pytest.mark.parametrize(
    "news",
    [
        WakeupResult(room=ROOM, at=LATER, outcome="OK"),
        MessageNews(room=ROOM, text="hello"),
        MessagesWanted(room=ROOM),
        LampNews(room="204204", lit=True),
        LampNews(room="2 4", lit=True),
        LampNews(room="é4", lit=True),
        LampNews(room="2\x03", lit=True),
        WakeupNews(room=ROOM, at=wall("2026-06-03 15:30")),
        WakeupNews(room=ROOM, at=wall("2026-06-02 15:30")),
        WakeupNews(room=ROOM, at=wall("2026-06-01 11:30")),
    ],
)
def test_what_the_protocol_cannot_say(news: News) -> None:
    link = Link()
    assert sent(link, news) is None
    assert link.machine.takes_news()


def test_a_wakeup_of_tomorrow_that_is_the_next_of_its_hour() -> None:
    assert sent(Link(), WakeupNews(room=ROOM, at=wall("2026-06-02 07:00:20"))) == b"\x02WKP0700204  \x03"


def test_charges_go_by_another_line() -> None:
    link = Link()
    posting = Posting(id=1, number=1, room=ROOM, kind="call", amount=120, started=LATER)
    assert not link.machine.takes_posting()
    link.do(link.machine.post(posting, False, link.now))
    assert [(told.lane, told.outcome) for told in link.told] == [("posting", "not-served")]
    assert link.sent == []


def test_one_message_at_a_time() -> None:
    link = Link()
    link.tell(LampNews(room=ROOM, lit=True))
    with pytest.raises(OurFaultError):
        link.machine.tell(LampNews(room=ROOM, lit=False), link.now)


@pytest.mark.parametrize("encoding", ["no-such-page", "utf-16", "hex", "cp037"])
def test_a_code_page_that_cannot_be(encoding: str) -> None:
    with pytest.raises(ConfigError, match="encoding"):
        MitelSettings(encoding=encoding)


# ------------------------------------------------------------------------------------------------------------- resync

BEGUN, ENDED, BROKEN = ResyncBegun(), ResyncEnded(), ResyncEnded(complete=False)
OPEN = RoomOpened(room="101")


def begun() -> Link:
    link = Link()
    assert link.message("GRS       ") == BEGUN
    link.events.clear()
    return link


def test_a_resync() -> None:
    link = begun()
    assert link.message("CHK1 101  ") == OPEN
    assert link.message("END       ") == ENDED
    link.wait(1000)
    assert link.events == [OPEN, ENDED]


def test_a_resync_that_falls_silent_is_over_after_five_minutes() -> None:
    link = begun()
    link.wait(200)
    link.message("CHK1 101  ")
    for _ in range(29):
        link.wait(9.9)
        assert link.message("AREYUTHERE") is None
    assert link.events == [OPEN]
    link.wait(20)
    assert link.events == [OPEN, BROKEN]
    assert link.message("END") is None
    link.wait(1000)
    assert link.events == [OPEN, BROKEN]


def test_a_resync_ends_with_the_connection() -> None:
    link = begun()
    link.lose()
    assert link.events == [BROKEN]
    link.connect()
    link.wait(1000)
    assert link.message("END       ") is None
    assert link.events == [BROKEN]


def test_a_resync_may_begin_again_and_end_twice() -> None:
    link = begun()
    assert link.message("GRS       ") == BEGUN
    assert link.message("END       ") == ENDED
    assert link.message("END       ") is None


def test_an_end_that_the_hotel_could_not_keep_is_refused_and_may_be_repeated() -> None:
    link = begun()
    link.refusals[""] = "database full"
    link.talk("""
        < END_______
        > NAK
    """)
    del link.refusals[""]
    link.events.clear()
    assert link.message("END       ") == ENDED


def test_the_silence_is_told_and_the_link_goes_on() -> None:
    link = begun()
    link.wait(301)
    assert link.events == [BROKEN]
    assert link.message("CHK1 101  ") == OPEN
