"""Guest requests, staff PINs and voice mail: the database and its twin keep the same contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware.errors import RefusedError
from firmware.services.model import Greeting, GuestRequest, PinLock, StaffPin, VoiceMessage
from firmware.store import Repositories, in_memory, open_repositories

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA = StaffPin(name="Anna", digest="d1", rights=frozenset({"stays", "night"}), created=NOON)
MAIL = VoiceMessage(id="m1", room="203", guests=("g1", "g2"), from_number="0601", at=NOON, ms=4200, size=33_600)


@pytest.fixture(params=["memory", "sqlite"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Repositories]:
    repositories = in_memory() if request.param == "memory" else open_repositories(tmp_path)
    yield repositories
    repositories.close()


def request(key: str, minutes: int = 0) -> GuestRequest:
    left = NOON + timedelta(minutes=minutes)
    return GuestRequest(id=key, kind="taxi", names={"en": "a taxi"}, room="203", guest="g1", left=left, by="203")


def test_requests_are_open_until_somebody_has_seen_to_them(kept: Repositories) -> None:
    for key, minutes in (("r2", 2), ("r1", 1), ("r3", 3)):
        kept.requests.add(request(key, minutes))
    done = kept.requests.finish("r1", "anna", NOON + HOUR)
    assert done == replace(request("r1", 1), state="done", done=NOON + HOUR, done_by="anna")
    assert kept.requests.finish("r1", "bert", NOON + 2 * HOUR) == done == kept.requests.get("r1")
    kept.requests.finish("r3", "anna", NOON + 2 * HOUR)
    assert [each.id for each in kept.requests.listed(False, 10)] == ["r2"]
    assert [each.id for each in kept.requests.listed(True, 10)] == ["r2", "r3", "r1"]
    assert [each.id for each in kept.requests.listed(True, 2)] == ["r2", "r3"]
    assert (kept.requests.forget(NOON + 2 * HOUR), kept.requests.get("r1")) == (1, None)
    with pytest.raises(RefusedError, match="r1"):
        kept.requests.finish("r1", "anna", NOON)


def test_a_pin_is_one_person_s(kept: Repositories) -> None:
    kept.pins.put(ANNA)
    with pytest.raises(RefusedError) as refused:
        kept.pins.put(replace(ANNA, name="Bert"))
    assert refused.value.code == "taken"
    kept.pins.put(replace(ANNA, rights=frozenset({"class"})))
    kept.pins.put(replace(ANNA, name="Bert", digest="d2"))
    found = kept.pins.of("d1")
    assert found is not None and found.rights == {"class"} and kept.pins.of("d3") is None
    assert [pin.name for pin in kept.pins.all()] == ["Anna", "Bert"]
    assert (kept.pins.remove("Anna"), kept.pins.remove("Anna"), kept.pins.of("d1")) == (True, False, None)


def test_wrong_tries_count_for_an_hour_by_telephone(kept: Repositories) -> None:
    assert kept.pins.try_begins("100", NOON, NOON - HOUR) == (1, 1)
    assert kept.pins.try_begins("109", NOON, NOON - HOUR) == (1, 1)
    assert kept.pins.try_begins("100", NOON + HOUR, NOON) == (2, 2)
    assert kept.pins.try_begins("100", NOON + 2 * HOUR, NOON + HOUR) == (2, 2)
    kept.pins.try_was_right("100")
    assert kept.pins.try_begins("100", NOON + 2 * HOUR, NOON + HOUR) == (1, 2)


def test_a_lock_stands_until_it_is_taken_away(kept: Repositories) -> None:
    kept.pins.try_begins("100", NOON, NOON - HOUR)
    lock = PinLock(extension="100", since=NOON, until=NOON + HOUR)
    kept.pins.lock(lock)
    kept.pins.lock(replace(lock, extension="099", until=None))
    assert kept.pins.locks() == [replace(lock, extension="099", until=None), lock]
    assert kept.pins.try_begins("100", NOON, NOON - HOUR) == (1, 1)
    assert (kept.pins.unlock("099"), kept.pins.unlock("099"), kept.pins.locks()) == (True, False, [lock])


def test_voice_mail_is_found_as_it_was_left_and_as_it_is_now(kept: Repositories) -> None:
    kept.voice_mail.put(MAIL)
    kept.voice_mail.put(replace(MAIL, id="m0", at=NOON - HOUR, from_number=None))
    moved = replace(MAIL, room="305", heard=NOON + HOUR, left=NOON + 2 * HOUR)
    kept.voice_mail.put(moved)
    assert kept.voice_mail.messages() == [replace(MAIL, id="m0", at=NOON - HOUR, from_number=None), moved]
    kept.voice_mail.remove("m0")
    assert kept.voice_mail.messages() == [moved]


def test_a_room_has_one_greeting(kept: Repositories) -> None:
    greeting = Greeting(id="a", room="203", guests=("g1",), at=NOON, size=8000)
    kept.voice_mail.put_greeting(greeting)
    kept.voice_mail.put_greeting(replace(greeting, id="b"))
    kept.voice_mail.put_greeting(replace(greeting, room="101"))
    assert kept.voice_mail.greetings() == {"101": replace(greeting, room="101"), "203": replace(greeting, id="b")}
    kept.voice_mail.remove_greeting("203")
    assert list(kept.voice_mail.greetings()) == ["101"]
