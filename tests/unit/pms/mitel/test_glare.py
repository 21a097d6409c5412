"""Both sides at once: who goes first, who waits, and what comes where an answer is waited for."""

from __future__ import annotations

from firmware.pms.model import LampNews, RoomOpened, StatusNews
from tests.unit.pms.mitel.link import Link

CLEAN_204 = StatusNews(room="204", status="clean", occupied=False)
LAMP_318 = LampNews(room="318", lit=True)


def test_glare_is_ours_and_the_pms_has_its_turn_then() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ENQ
        < ACK
        > MW_1_318__
        < ACK
    """)
    link.tell(CLEAN_204)
    link.talk("""
        6 s
        < ENQ
        > ACK
        < CHK1___415
        > ACK
        0.1 s
        > ENQ
        < ACK
        > STS2_204__
    """)
    assert link.events == [RoomOpened(room="415")]


def test_a_pms_that_gave_way_and_says_nothing_holds_us_up_for_a_moment_only() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ENQ+ACK
        > MW_1_318__
        < ACK
    """)
    link.tell(CLEAN_204)
    link.talk("""
        6.4 s
        0.1 s
        > ENQ
    """)


def test_who_does_not_yield_is_met_again_after_a_while_of_chance() -> None:
    link = Link(waits=[0.7, 1.9])
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ENQ
        2.9 s
        0.1 s
        > ENQ
        < ENQ
        0.6 s
        0.1 s
        > ENQ
        < ENQ
        1.8 s
        < ENQ
        > ACK
        < CHK1___101
        > ACK
        0.1 s
        > ENQ
        < ACK
        > MW_1_318__
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_the_time_of_chance_is_between_half_a_second_and_two() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.receive(b"\x05")
    waits = []
    for _ in range(50):
        link.receive(b"\x05")
        deadline = link.machine.next_deadline()
        assert deadline is not None
        waits.append(deadline - link.seconds)
        link.wait(waits[-1])
    assert min(waits) >= 0.5 and max(waits) <= 2.0
    assert len(set(waits)) == 50 and max(waits) - min(waits) > 1


def test_a_text_that_comes_while_we_ask_is_taken_and_we_go_on_waiting() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < CHK1___101
        > ACK
        < ACK
        > MW_1_318__
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_a_text_that_comes_while_ours_waits_for_its_answer_is_taken() -> None:
    link = Link()
    link.refusals["999"] = "unknown room"
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ACK
        > MW_1_318__
        < CHK1___101
        > ACK
        < CHK1___999
        > NAK
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_a_request_instead_of_the_answer_to_a_text_is_served_and_ours_begins_again() -> None:
    link = Link()
    link.tell(LAMP_318)
    link.talk("""
        > ENQ
        < ACK
        > MW_1_318__
        < ENQ
        > ACK
        < CHK1___101
        > ACK
        0.1 s
        > ENQ
        < ACK
        > MW_1_318__
        < ACK
    """)
    assert link.outcomes() == ["done"]


def test_an_answer_that_nobody_waits_for_is_none() -> None:
    link = Link()
    link.talk("""
        < ACK
        < NAK
        < ENQ
        > ACK
        < ACK
        < NAK
    """)
    assert link.counted == [
        ("refused", "ACK out of turn"), ("refused", "NAK out of turn"),
        ("refused", "ACK out of turn"), ("refused", "NAK out of turn"),
    ]  # fmt: skip


def test_a_pms_that_leaves_no_pause_waits_for_us_after_twenty_messages() -> None:
    link = Link()
    link.talk("< ENQ\n> ACK\n< CHK1___100\n> ACK")
    link.tell(CLEAN_204)
    for number in range(20):
        link.talk(f"< ENQ\n> ACK\n< CHK1___{101 + number}\n> ACK")
    link.talk("""
        < ENQ
        > NAK
        > ENQ
        < ACK
        > STS2_204__
        < ACK
        < ENQ
        > ACK
    """)
    assert link.outcomes() == ["done"]


def test_a_pms_that_has_asked_again_and_gives_its_text_unasked_is_served_in_our_turn_too() -> None:
    link = Link()
    link.talk("< ENQ\n> ACK\n< CHK1___100\n> ACK")
    link.tell(CLEAN_204)
    for number in range(20):
        link.talk(f"< ENQ\n> ACK\n< CHK1___{101 + number}\n> ACK")
    link.talk("""
        < ENQ+CHK1___121
        > NAK
        > ENQ
        > ACK
        < ACK
        > STS2_204__
    """)
    assert link.events[-1] == RoomOpened(room="121")
