"""Every message of the PMS, in every dialect, width and padding, and what the hotel is told of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import product
from typing import get_args

import pytest

from firmware.pms.mitel.messages import MESSAGES
from firmware.pms.mitel.settings import Dialect
from firmware.pms.model import (
    Equipment,
    GuestData,
    GuestDetail,
    NameGiven,
    PmsEvent,
    RoomClosed,
    RoomData,
    RoomOpened,
    WakeupCleared,
    WakeupSet,
)
from tests.unit.pms.mitel.link import Link, frame, wall

DIALECTS = get_args(Dialect)
ROOM = "4711"
NAME = "DOE,JANE".ljust(21)


def equipment(**data: object) -> Equipment:
    return Equipment(room=ROOM, equipment=RoomData(**data))  # type: ignore[arg-type]


def wakeup(hour: int, minute: int, days: int = 0) -> WakeupSet:
    return WakeupSet(room=ROOM, at=wall(f"2026-06-0{1 + days} {hour:02}:{minute:02}"))


def detail(**data: object) -> GuestDetail:
    return GuestDetail(room=ROOM, guest=GuestData(**data))  # type: ignore[arg-type]


def named(how: str, name: str | None = "DOE", first_name: str | None = "JANE") -> NameGiven:
    return NameGiven(room=ROOM, how=how, name=name, first_name=first_name)  # type: ignore[arg-type]


MEANINGS: list[tuple[str, PmsEvent]] = [
    ("CHK1 {ext}", RoomOpened(room=ROOM)),
    ("CHK0 {ext}", RoomClosed(room=ROOM)),
    (f"NAM1 {NAME}{{ext}}", named("add")),
    (f"NAM2 {NAME}{{ext}}", named("replace")),
    (f"NAM3 {NAME}{{ext}}", named("delete")),
    (f"NAM3 {' ' * 21}{{ext}}", named("delete", None, None)),
    ("MW 1 {ext}", equipment(lamp=True)),
    ("MW 0 {ext}", equipment(lamp=False)),
    ("WKP1530{ext}", wakeup(15, 30)),
    ("WKP1530 {ext}", wakeup(15, 30)),
    ("WKP0700{ext}", wakeup(7, 0, 1)),
    ("WKP0000{ext}", wakeup(0, 0, 1)),
    ("WKP    {ext}", WakeupCleared(room=ROOM)),
    ("WKP9999{ext}", WakeupCleared(room=ROOM)),
    ("MW 1530 {ext}", wakeup(15, 30)),
    ("MW 9999 {ext}", WakeupCleared(room=ROOM)),
    ("DND1 {ext}", equipment(dnd=True)),
    ("DND0 {ext}", equipment(dnd=False)),
    ("LMT {ext} 25.00", detail(limit=2500)),
    ("LMT{ext} 25.00", detail(limit=2500)),
    ("LNGde{ext}", detail(language="de")),
    ("LNGEN{ext}", detail(language="en")),
    ("LNGGE{ext}", detail(language="de")),
    ("LNGea{ext}", detail(language="en")),
    ("LNGSP{ext}", detail(language="es")),
    ("LNGIT{ext}", detail(language="it")),
    ("LNG  {ext}", detail(language=None)),
]
RESTRICTIONS: list[tuple[str, PmsEvent]] = [
    ("RST0 {ext}", equipment(cor="internal")),
    ("RST1 {ext}", equipment(cor="local")),
    ("RST2 {ext}", equipment(cor="international")),
]
PADDINGS = {
    "right": ROOM.ljust(5),
    "left": ROOM.rjust(5),
    "right of 7": ROOM.ljust(7),
    "left of 7": ROOM.rjust(7),
    "both": f" {ROOM} ",
    "none": ROOM,
}


@pytest.mark.parametrize("width", [5, 7])
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_message_in_every_dialect_and_padding(dialect: str, padding: str, width: int) -> None:
    link = Link(dialect=dialect, extension_width=width)
    for text, event in MEANINGS + (RESTRICTIONS if dialect != "sx200" else []):
        written = text.format(ext=PADDINGS[padding])
        assert link.message(written) == event, written
        assert link.message(written.rstrip()) == event, written
        assert link.message(written.lower()[:3] + written[3:]) == event, written


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_of_20_characters(dialect: str, padding: str) -> None:
    link = Link(dialect=dialect)
    assert link.message(f"NAM1 {NAME[:20]}{PADDINGS[padding]}") == named("add")


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        *product(["VAN DER MEULENX,ANNEK", "ABCDEFGHIJKLMNOPQRSTU"], ["101  ", "  101", "101", "10101", "1010101"]),
        *product(["CONFERENCE NUMBER 123"], ["101  ", "  101", "10101"]),
    ],
)
def test_a_name_that_fills_its_field_touches_the_room(name: str, extension: str) -> None:
    event = Link().message(f"NAM1 {name}{extension}")
    assert isinstance(event, NameGiven)
    assert event.room == extension.strip()
    assert ",".join(filter(None, (event.name, event.first_name))) == name


def test_the_bytes_of_a_name_as_the_reference_gives_them() -> None:
    link = Link()
    link.receive(bytes.fromhex("05 02 4E 41 4D 31 20 44 4F 45 2C 4A 41 4E 45") + b" " * 13 + b"\x20\x20101\x03")
    assert link.events == [NameGiven(room="101", how="add", name="DOE", first_name="JANE")]


@pytest.mark.parametrize(
    ("field", "name", "first_name"),
    [
        ("DOE,JANE", "DOE", "JANE"),
        ("DOE, JANE", "DOE", "JANE"),
        ("DOE", "DOE", None),
        ("Doe  Smith,Jane", "Doe Smith", "Jane"),
        ("DOE,", "DOE", None),
        (",JANE", "JANE", None),
        (",", None, None),
        ("0" * 21, None, None),
        ("", None, None),
    ],
)
def test_how_names_are_read(field: str, name: str | None, first_name: str | None) -> None:
    assert Link().message(f"NAM2 {field:21}4711 ") == named("replace", name, first_name)


def test_nothing_in_a_name_turns_its_direction() -> None:
    text = f"NAM1 {chr(0x202E) + 'DOE,JANE' + chr(0x2066):21}4711 "
    assert Link().message(text, "utf-8") == named("add", "DOE", "JANE")


def test_names_in_the_code_page_of_the_site() -> None:
    text = f"NAM1 {'MÜLLER,JÖRG':21}4711 "
    wanted = named("add", "MÜLLER", "JÖRG")
    assert Link(encoding="cp1252").message(text, "cp1252") == wanted
    assert Link().message(text, "utf-8") == wanted
    padded_by_bytes = f"NAM1 {'MÜLLER,JÖRG':19}4711 "
    assert Link().message(padded_by_bytes, "utf-8") == wanted
    wrong = Link().message(text, "cp1252")
    assert isinstance(wrong, NameGiven) and wrong.room == ROOM


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("CHK1 101  DOE,JANE            ", ("DOE", "JANE")),
        ("CHK1  101 DOE,JANE", ("DOE", "JANE")),
        ("CHK1 101  DOE", ("DOE", None)),
        ("CHK1 101", None),
        (f"CHK1 101  {'0' * 20}", None),
    ],
)
def test_room_first_brings_the_name_with_the_check_in(text: str, name: tuple[str, str | None] | None) -> None:
    guest = GuestData() if name is None else GuestData(name=name[0], first_name=name[1])
    assert Link(dialect="room-first").message(text) == RoomOpened(room="101", guest=guest)
    assert Link().message(text) == RoomOpened(room="101")


def test_room_first_with_rooms_of_the_full_width() -> None:
    link = Link(dialect="room-first")
    guest, company = GuestData(name="DOE", first_name="JANE"), GuestData(name="3M COMPANY", first_name=None)
    assert link.message("CHK1 10101DOE,JANE            ") == RoomOpened(room="10101", guest=guest)
    assert link.message("CHK1   101DOE,JANE") == RoomOpened(room="101", guest=guest)
    assert link.message("CHK1 101013M COMPANY") == RoomOpened(room="10101", guest=company)
    assert link.message("CHK1 SUITEDOE,JANE") == RoomOpened(room="SUITE", guest=guest)
    assert link.message("CHK0 10101") == RoomClosed(room="10101")


def test_room_first_may_have_the_room_first_in_all_messages_of_names() -> None:
    link = Link(dialect="room-first")
    assert link.message(f"NAM2 4711 {NAME[:20]}") == named("replace")
    assert link.message(f"NAM3 {NAME[:20]}4711 ") == named("delete")
    assert link.message("NAM3 4711 ") == named("delete", None, None)


def test_zeros_in_front_are_another_extension() -> None:
    assert Link().message("CHK1 00101") == RoomOpened(room="00101")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "field", [f"{NAME}A12  ", f"{NAME}  A12", f"{NAME[:20]}A12  ", f"{NAME[:20]}A12", f"{NAME}A12"]
)
def test_rooms_may_have_letters(field: str, dialect: str) -> None:
    link = Link(dialect=dialect)
    assert link.message("CHK1 A12  ") == RoomOpened(room="A12")
    assert link.message(f"NAM1 {field}") == NameGiven(room="A12", how="add", name="DOE", first_name="JANE")


def test_a_room_with_letters_may_touch_a_name_that_fills_its_field() -> None:
    event = Link().message("NAM1 ABCDEFGHIJKLMNOPQRSTUA12  ")
    assert event == NameGiven(room="A12", how="add", name="ABCDEFGHIJKLMNOPQRSTU")


@pytest.mark.parametrize(
    ("amount", "decimals", "limit"),
    [("25", 2, 2500), ("25.5", 2, 2550), ("25,50", 2, 2550), ("0", 2, 0), ("25.00", 0, 25), ("25.125", 3, 25125),
     ("25.", 2, 2500)],
)  # fmt: skip
def test_amounts_are_in_minor_units(amount: str, decimals: int, limit: int) -> None:
    assert Link(decimals=decimals).message(f"LMT 4711 {amount}") == detail(limit=limit)


def test_the_map_of_restrictions_is_the_sites() -> None:
    link = Link(class_map={"0": "internal", "5": "unrestricted"})
    assert link.message("RST5 4711 ") == equipment(cor="unrestricted")
    link.talk("""
        < RST1_4711_
        > NAK
    """)


@pytest.mark.parametrize("hour", [-5, 0, 2])
def test_a_wakeup_is_at_the_next_such_hour_of_the_wall(hour: int) -> None:
    start = datetime(2026, 12, 31, 23, 59, 30, tzinfo=timezone(timedelta(hours=hour)))
    link = Link(start=start)
    assert link.message("WKP2359101  ") == WakeupSet(room="101", at=wall("2027-01-01 23:59"))
    assert link.message("WKP0000101  ") == WakeupSet(room="101", at=wall("2027-01-01 00:00"))


def test_a_wakeup_whose_answer_was_lost_is_not_set_for_tomorrow() -> None:
    link = Link(start=datetime(2026, 6, 1, 6, 59, 58, tzinfo=UTC))
    assert link.message("WKP0700101  ") == WakeupSet(room="101", at=wall("2026-06-01 07:00"))
    link.wait(3)
    assert link.message("WKP0700101  ") is None
    assert link.message("WKP0701101  ") == WakeupSet(room="101", at=wall("2026-06-01 07:01"))
    link.wait(16)
    assert link.message("WKP0700101  ") == WakeupSet(room="101", at=wall("2026-06-02 07:00"))


@pytest.mark.parametrize("text", ["AREYUTHERE", "areyuthere", "ARE"])
def test_are_you_there(text: str) -> None:
    link = Link()
    assert link.message(text) is None
    assert (link.counted, link.notes) == ([("received", "ARE")], [])


@pytest.mark.parametrize("function", ["MOV", "GRP", "VIP", "STE", "LOC", "AFF"])
def test_what_only_some_products_know_is_acknowledged_and_noted(function: str) -> None:
    link = Link(ack_unknown=False)
    assert link.message(f"{function}1 101  ") is None
    assert [note.verb for note in link.notes] == ["not-served"]


@pytest.mark.parametrize("text", ["XYZ1_101__", "STS1_101__", "RQINZ_____", "CH", "MW1__101__"])
def test_what_nobody_knows_is_answered_as_the_site_says(text: str) -> None:
    for acknowledge in (True, False):
        link = Link(ack_unknown=acknowledge)
        link.talk(f"< ENQ\n> ACK\n< {text}\n> {'ACK' if acknowledge else 'NAK'}")
        assert link.counted == [("refused", "unknown message")]
        assert [note.verb for note in link.notes] == ["not-understood"]
        assert link.events == []


def test_sx200_knows_no_restrictions() -> None:
    link = Link(dialect="sx200")
    assert link.message("RST0 101  ") is None
    assert link.counted == [("refused", "unknown message")]


WRONG = [
    ("CHK3_101__", "unknown status"), ("CHK__101__", "unknown status"), ("CHK1", "no extension"),
    ("CHK1______", "no extension"), ("NAM4_DOE,JANE_____________101__", "unknown status"), ("NAM1", "no extension"),
    ("MW_2_101__", "unknown status"), ("MW_", "no extension"), ("MW_1_", "no extension"),
    ("RST9_101__", "unknown status"),
    ("WKP2400101", "unknown status"), ("WKP0760101", "unknown status"), ("WKP07", "no extension"),
    ("WKP", "no extension"), ("WKP____", "no extension"), ("WKP0700", "no extension"), ("WKP_0700_101", "no extension"),
    ("DND2_101__", "unknown status"), ("LMT_101", "unknown status"), ("LMT_101_-5", "unknown status"),
    ("LMT_101_1.234", "unknown status"), ("LMT_101_9999999999", "unknown status"), ("LMT", "no extension"),
    ("LNGd1101__", "unknown status"), ("LNGde", "no extension"),
]  # fmt: skip


@pytest.mark.parametrize("acknowledge", [True, False])
@pytest.mark.parametrize(("text", "reason"), WRONG)
def test_what_is_wrong_is_refused_whatever_the_site_says_of_the_unknown(
    text: str, reason: str, acknowledge: bool
) -> None:
    link = Link(ack_unknown=acknowledge)
    link.talk(f"< ENQ\n> ACK\n< {text}\n> NAK")
    assert (link.events, link.counted) == ([], [("refused", reason)])


@pytest.mark.parametrize(
    ("frame", "reason"),
    [(b"\x02\x03", "unknown message"), (b"\x02CHK1 1\x0601 \x03", "not a text"),
     (b"\x02CHK1 101" + b" " * 300 + b"\x03", "too long"), (b"\x02" + b"\x00" * 9999 + b"\x03", "too long")],
)  # fmt: skip
def test_frames_that_are_no_text(frame: bytes, reason: str) -> None:
    link = Link(ack_unknown=False)
    link.receive(frame)
    assert (link.sent, link.events, link.counted) == ([b"\x15"], [], [("refused", reason)])


def test_twice_is_no_error() -> None:
    link = Link()
    for text in ("CHK1 101  ", f"NAM1 {NAME}101  ", "CHK0 101  "):
        assert link.message(text) == link.message(text)


def test_telnet_in_between() -> None:
    link = Link(telnet_filter=True)
    noise = b"\xff\xfb\x01\xff\xfd\x05\xff\xf1\xff\xfa\x18\x02\xff\xff\x03\xff\xf0"
    name = f"NAM1 {'DOE':21}101  ".encode().replace(b"DOE", b"DO\xff\xffE")
    received = noise + b"\x05" + noise + b"\x02" + name[:9] + noise + name[9:] + b"\x03" + noise
    for byte in received:
        link.receive(bytes((byte,)))
    assert link.sent == [b"\x06", b"\x06"]
    assert link.events == [NameGiven(room="101", how="add", name="DO�E")]


def test_without_the_filter_telnet_is_junk_between_frames() -> None:
    link = Link()
    link.receive(b"\xff\xfb\x01\x05\xff\xfd\x01\x02CHK1 101  \x03")
    assert link.events == [RoomOpened(room="101")]


def test_parity_in_the_eighth_bit() -> None:
    link = Link(seven_bit=True)
    link.receive(bytes(byte | (byte.bit_count() & 1) << 7 for byte in b"\x05" + frame("CHK1   101")))
    assert link.events == [RoomOpened(room="101")]


def test_the_table_has_every_message_of_the_reference() -> None:
    served = {text.format(ext="")[:3].rstrip() for text, _ in MEANINGS + RESTRICTIONS}
    others = {"ARE", "GRS", "END", "MOV", "GRP", "VIP", "STE", "LOC", "AFF"}
    assert {name for name, kind in MESSAGES.items() if kind.direction != "out"} == served | others
