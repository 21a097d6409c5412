"""What a resync holds up, how long at most, and a PMS that has none."""

from __future__ import annotations

import pytest

from firmware.pms.model import CheckIn, GuestChange, ResyncEnded, ResyncWanted
from tests.unit.pms.fias.partner import Partner

LIVE = "GC|RN0101|G#88120|GSN|GNHolm|"


@pytest.fixture
def pms() -> Partner:
    partner = Partner()
    partner.start()
    return partner


def test_what_is_asked_for_holds_nothing_until_it_begins(pms: Partner) -> None:
    pms.tell(ResyncWanted())
    assert [record[:3] for record in pms.hears()] == ["DR|"]
    assert pms.machine.takes_posting()
    assert pms.machine.takes_news()
    pms.say("DS|")
    assert not pms.machine.takes_posting()
    assert not pms.machine.takes_news()
    pms.say("DE|")
    assert pms.machine.takes_posting()


def test_a_slow_one_is_waited_for(pms: Partner) -> None:
    pms.say("DS|")
    for number in range(100):
        pms.wait(20)
        pms.say(f"GI|RN{number}|G#88001|GSN|SF|")
    pms.say("DE|")
    assert pms.events[-1] == ResyncEnded(complete=True)


@pytest.mark.parametrize("sign", ["LA|DA260311|TI074500|", "LS|DA260311|TI074500|", "PA|ASOK|P#1|", "NE|"])
def test_signs_of_life_do_not_prolong_it(pms: Partner, sign: str) -> None:
    pms.say("DS|")
    for _ in range(3):
        pms.wait(15)
        pms.say(sign)
    assert ResyncEnded(complete=False) in pms.events


def test_a_busy_house_does_not_prolong_it_for_ever(pms: Partner) -> None:
    pms.say("DS|", "GI|RN0101|G#88001|GSN|SF|")
    for _ in range(19):
        pms.wait(20)
        pms.say(LIVE)
    assert ResyncEnded(complete=False) in pms.events
    assert pms.machine.takes_posting()


def test_a_pms_that_tells_everything_unasked_is_heard_and_holds_nothing_up(pms: Partner) -> None:
    pms.wait(10)
    pms.say("GI|RN0101|G#88001|GSN|GNBauer|SF|", "GC|RN0102|G#88002|GSN|GNOkafor|", "GO|RN0103|SF|")
    assert [type(event) for event in pms.events[:2]] == [CheckIn, GuestChange]
    assert pms.machine.takes_posting()
    assert pms.machine.takes_news()
