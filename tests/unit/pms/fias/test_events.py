"""What records of the PMS mean for the hotel."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec import UNSET

from firmware.pms.model import (
    CheckIn,
    CheckOut,
    Equipment,
    GuestChange,
    GuestData,
    MessageGiven,
    MessageWithdrawn,
    NightAudit,
    PmsEvent,
    RoomData,
    WakeupCleared,
    WakeupSet,
)
from tests.unit.pms.fias.partner import Partner, framed, wall

WAKE = wall("2026-03-12 06:45")


@pytest.fixture
def pms() -> Partner:
    partner = Partner()
    partner.start()
    return partner


@pytest.mark.parametrize(
    ("record", "event"),
    [
        (
            "GI|RN0412|G#88120|GSN|GNHolm|GFAstrid|GTMs|GLSV|GV2|GGTour|GA260311|GD260314|CS2|NPN|SF|",
            CheckIn(
                room="0412",
                key="88120",
                shared=False,
                resync=True,
                guest=GuestData(
                    name="Holm",
                    first_name="Astrid",
                    title="Ms",
                    language="sv",
                    vip=True,
                    group="Tour",
                    arrival=date(2026, 3, 11),
                    departure=date(2026, 3, 14),
                    no_post=False,
                ),
                equipment=RoomData(cor="national"),
            ),
        ),
        ("GI|RN0101|", CheckIn(room="0101")),
        ("GI|RN0101|GN\u202eHolm\u2066|", CheckIn(room="0101", guest=GuestData(name="Holm"))),
        ("GI|GNBauer|RN101|GSY|", CheckIn(room="101", shared=True, guest=GuestData(name="Bauer"))),
        ("GO|RN0412|G#88120|GSN|", CheckOut(room="0412", key="88120", shared=False)),
        ("GO|RN0102|SF|", CheckOut(room="0102", resync=True)),
        (
            "GC|RN0412|G#88120|GSN|GNHolm-Rask|GF|GV|NP|CS|",
            GuestChange(
                room="0412",
                key="88120",
                shared=False,
                guest=GuestData(name="Holm-Rask", first_name=None, vip=False, no_post=False),
                equipment=RoomData(cor=None),
            ),
        ),
        (
            "GC|RN0533|GSY|RO0412|GSN|G#88120|",
            GuestChange(room="0533", key="88120", shared=True, old_room="0412", old_shared=False),
        ),
        (
            "GC|RO0412|GSN|G#88120|RN0533|GSY|",
            GuestChange(room="0533", key="88120", shared=True, old_room="0412", old_shared=False),
        ),
        ("GC|RN0533|RO0412|GSY|", GuestChange(room="0533", old_room="0412", old_shared=True)),
        ("GC|RN0412|GSN|RO0412|GSN|", GuestChange(room="0412", shared=False)),
        ("GC|RN0412|GSN|RO|GSN|", GuestChange(room="0412", shared=False)),
        ("RE|RN0412|MLY|", Equipment(room="0412", equipment=RoomData(lamp=True))),
        ("RE|RN0412|DNY|CS|ML|", Equipment(room="0412", equipment=RoomData(dnd=True))),
        ("RE|RN0412|CS1|DNN|", Equipment(room="0412", equipment=RoomData(cor="local", dnd=False))),
        ("WR|RN0412|DA260312|TI064500|", WakeupSet(room="0412", at=WAKE)),
        ("WC|RN0412|DA260312|TI064500|", WakeupCleared(room="0412", at=WAKE)),
        ("WC|RN0412|DA|TI|", WakeupCleared(room="0412")),
        ("WC|RN0412|", WakeupCleared(room="0412")),
        (
            "XL|RN0412|G#88120|MI7|MTCall home\r\nat nine|",
            MessageGiven(room="0412", key="88120", number="7", text="Call home\nat nine"),
        ),
        ("XT|RN0412|MI8|MTHello|", MessageGiven(room="0412", number="8", text="Hello")),
        ("XD|RN0412|G#88120|MI7|", MessageWithdrawn(room="0412", key="88120", number="7")),
        ("NS|DA990231|TI250000|", NightAudit(begins=True)),
        ("NE|", NightAudit(begins=False)),
    ],
)
def test_a_record_is_an_event(pms: Partner, record: str, event: PmsEvent) -> None:
    pms.say(record)
    assert pms.events == [event]
    assert not [kind for kind in pms.counted if kind[0] == "refused"]


@pytest.mark.parametrize("record", ["RE|RN0412|RS3|", "XT|RN0412|", "LC|A0x|", "RE|RN0412|CS|DN|ML|"])
def test_a_record_that_asks_for_nothing_changes_nothing(pms: Partner, record: str) -> None:
    pms.say(record)
    assert pms.events == []
    assert not [kind for kind in pms.counted if kind[0] == "refused"]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ("GI|RN1|GNHolm|CS9|", "CS 9"),
        ("GI|RN1|GNHolm|NPmaybe|", "NP maybe"),
        ("GI|RN1|GNHolm|GA260230|", "GA 260230"),
        ("GI|RN1|GNHolm|GDsoon|", "GD soon"),
        ("GI|RN1|GNHolm|GLKlingon|", "GL Klingon"),
    ],
)
def test_a_field_that_means_nothing_is_noted_and_the_rest_counts(pms: Partner, record: str, field: str) -> None:
    pms.say(record)
    assert pms.events == [CheckIn(room="1", guest=GuestData(name="Holm"))]
    assert [note.pairs["field"] for note in pms.notes] == [field]


@pytest.mark.parametrize(
    ("code", "language"),
    [("EA", "en"), ("GE", "de"), ("FR", "fr"), ("IT", "it"), ("JA", "ja"), ("SP", "es"), ("pt-BR", "pt"), ("", None)],
)
def test_languages_are_those_of_fias_or_of_iso(pms: Partner, code: str, language: str | None) -> None:
    pms.say(f"GI|RN1|GL{code}|")
    (event,) = pms.events
    assert isinstance(event, CheckIn)
    assert event.guest.language == language


def test_the_site_says_what_a_class_of_service_means() -> None:
    pms = Partner(class_map={"7": "international"})
    pms.start()
    pms.say("RE|RN1|CS7|", "RE|RN1|CS1|DNY|")
    assert pms.events == [
        Equipment(room="1", equipment=RoomData(cor="international")),
        Equipment(room="1", equipment=RoomData(dnd=True)),
    ]


def test_events_of_one_read_come_in_their_order(pms: Partner) -> None:
    rooms = [str(room) for room in range(100, 140)]
    pms.give(b"".join(framed(f"RE|RN{room}|MLY|") for room in rooms))
    assert [event.room for event in pms.events if isinstance(event, Equipment)] == rooms


@pytest.mark.parametrize(
    ("encoding", "raw", "name"),
    [
        ("cp850", b"M\x81ller", "Müller"),
        ("cp1252", b"M\xfcller", "Müller"),
        ("iso8859-2", b"Wa\xb3\xeasa", "Wałęsa"),
        ("utf-8", "Žižek".encode(), "Žižek"),
        ("utf-8", b"M\xfcller", "M\N{REPLACEMENT CHARACTER}ller"),
        ("shift_jis", "表".encode("shift_jis"), "表"),
        ("shift_jis", b"\x83|", "ポ"),
    ],
)
def test_names_are_in_the_sites_code_page_and_never_lose_a_check_in(encoding: str, raw: bytes, name: str) -> None:
    pms = Partner(encoding=encoding)
    pms.start()
    pms.give(b"\x02GI|RN1|GN" + raw + b"|G#5|\x03")
    (event,) = pms.events
    assert isinstance(event, CheckIn)
    assert (event.guest.name, event.key) == (name, "5")


def test_control_characters_in_a_name_are_blanks(pms: Partner) -> None:
    pms.give(b"\x02GI|RN1|GNHo\x00l\x7fm|GF\x05|\x03")
    assert pms.events == [CheckIn(room="1", guest=GuestData(name="Ho l m", first_name=None))]


def test_what_is_not_there_is_unset(pms: Partner) -> None:
    pms.say("GC|RN1|")
    (event,) = pms.events
    assert isinstance(event, GuestChange)
    assert event.guest.name is UNSET
    assert event.equipment.cor is UNSET


# ---------------------------------------------------------------------------------------------------------- wake-ups


def test_a_wakeup_that_cannot_be_is_answered_by_the_machine(pms: Partner) -> None:
    pms.say("WR|RN0412|DA260230|TI064500|")
    assert pms.events == []
    assert pms.hears() == ["WA|RN0412|DA260230|TI064500|ASUR|"]
    assert pms.counted["refused", "bad value"] == 1


def test_a_wakeup_that_the_hotel_refuses_is_answered_as_it_came(pms: Partner) -> None:
    pms.refuse = lambda event: "unknown room" if isinstance(event, WakeupSet) and event.room == "0999" else None
    pms.give(framed("WR|RN0412|DA260312|TI064500|") + framed("WR|RN0999|DA260312|TI070007|"))
    assert pms.hears() == ["WA|RN0999|DA260312|TI070007|ASUR|"]
    assert pms.counted["refused", "hotel refused"] == 1


def test_other_refusals_of_the_hotel_are_counted_and_told(pms: Partner) -> None:
    pms.refuse = lambda event: "unknown room"
    pms.say("GI|RN0999|")
    assert pms.hears() == []
    assert pms.counted["refused", "hotel refused"] == 1
    assert pms.notes[0].pairs == {"why": "hotel refused", "what": "GI: unknown room"}
