"""What staff do after a PIN: under whose name, and how guessing ends."""

from __future__ import annotations

import pytest

from firmware import passwords
from firmware.audit import AuditFilter
from firmware.errors import RefusedError
from firmware.exchange.dialogue import Answered
from firmware.hotel.service import By
from firmware.services.model import RIGHTS, PinSettings
from firmware.services.pins import SESSION_S
from firmware.store.model import Page, StoredAlarm
from tests.unit.services.rig import Hall

ANNA = By("Anna", "keypad")


async def standing(hall: Hall) -> list[StoredAlarm]:
    return await hall.alarms.standing()


async def say(hall: Hall, pin: str, number: str = "109", dialogue: str = "d") -> str:
    return (await hall.act(number, "pin-check", dialogue, pin=pin)).result


async def test_what_staff_do_stands_in_the_audit_under_the_pin_s_owner(hall: Hall) -> None:
    await hall.pins.put("Anna", "4711", RIGHTS)
    assert await say(hall, "4711") == "ok"
    assert await hall.act("109", "check-in", room="1203") == Answered("ok", {"room": "203"})
    assert (await hall.act("109", "check-in", room="203")).result == "occupied"
    assert (await hall.act("109", "check-in", room="999")).result == "no-room"
    assert (await hall.act("109", "class", room="203", class_="mobile")).result == "ok"
    assert (await hall.act("109", "class", room="203", class_="moon")).result == "wrong-class"
    assert hall.hotel.house.rooms["203"].cor == "mobile"
    await hall.act("1203", "wakeup-order", at="2026-11-22T07:00")
    assert await hall.act("109", "check-out", room="203") == Answered("ok", {"room": "203", "count": "1"})
    assert (await hall.act("109", "check-out", room="203")).result == "vacant"
    assert (await hall.act("109", "house-blocking", on="yes")).result == "ok"
    assert (await hall.act("109", "night", on="no")).result == "ok"
    assert hall.switches.done == [("blocking", True, ANNA), ("night", False, ANNA)]
    entries = await hall.store.do(lambda kept: kept.audit.entries(AuditFilter(room="203"), Page()))
    done = [(entry.action, entry.who, entry.through) for entry in reversed(entries) if entry.who == "Anna"]
    assert done == [(action, "Anna", "keypad") for action in ("check-in", "class", "wakeup-cancelled", "check-out")]


async def test_without_a_pin_nothing_is_done(hall: Hall) -> None:
    await hall.pins.put("Anna", "4711", RIGHTS)
    await say(hall, "4711", dialogue="another")
    for action, more in (
        ("check-in", {"room": "203"}),
        ("check-out", {"room": "203"}),
        ("class", {"room": "203", "class_": "mobile"}),
        ("house-blocking", {"on": "yes"}),
        ("night", {"on": "yes"}),
    ):
        assert (await hall.act("109", action, **more)).result == "refused"
    assert (hall.switches.done, hall.hotel.house.rooms["203"].guests) == ([], ())


async def test_a_pin_opens_what_its_owner_may_and_for_a_while(hall: Hall) -> None:
    await hall.pins.put("Bert", "0815", ["night"])
    await say(hall, "0815")
    assert (await hall.act("109", "check-in", room="203")).result == "refused"
    assert (await hall.act("109", "night", on="yes")).result == "ok"
    await hall.pins.put("Bert", None, ["stays"])
    assert (await hall.act("109", "night", on="yes")).result == "refused"
    assert (await hall.act("109", "check-in", room="203")).result == "ok"
    hall.clock.advance(SESSION_S)
    assert (await hall.act("109", "check-out", room="203")).result == "refused"
    await say(hall, "0815")
    await hall.pins.remove("Bert")
    assert (await hall.act("109", "check-out", room="203")).result == "refused"


async def test_no_pin_begins_with_an_emergency_number(hall: Hall) -> None:
    """Who pauses after 112 in a PIN would have called for help."""
    with pytest.raises(RefusedError, match="emergency"):
        await hall.pins.put("Anna", "1127", RIGHTS)


async def test_guests_and_callers_from_outside_have_no_use_for_a_pin(hall: Hall) -> None:
    await hall.pins.put("Anna", "4711", RIGHTS)
    for number in ("1203", "400", "0601234567"):
        assert await say(hall, "4711", number) == "refused"
        assert (await hall.act(number, "night", on="yes")).result == "refused"


async def test_three_wrong_pins_lock_that_telephone_and_tell_the_desk(hall: Hall) -> None:
    told: list[bool] = []
    hall.pins.on_changed = lambda: told.append(True)
    await hall.pins.put("Anna", "4711", RIGHTS)
    assert [await say(hall, pin) for pin in ("1111", "2222", "3333", "4711")] == ["wrong", "wrong", "locked", "locked"]
    assert [(alarm.kind, alarm.subject) for alarm in await standing(hall)] == [("pin-lock", "109")]
    assert await say(hall, "4711", "100") == "ok"
    assert [lock.extension for lock in await hall.pins.locks()] == ["109"]
    await hall.pins.unlock("109")
    assert (await say(hall, "4711"), await standing(hall), told) == ("ok", [], [True, True])
    assert hall.noted == [("109", "keypad", "staff-codes-locked", "109")]
    with pytest.raises(RefusedError):
        await hall.pins.unlock("109")


async def test_a_lock_survives_a_restart_and_runs_out(hall: Hall) -> None:
    for pin in ("1111", "2222", "3333"):
        await say(hall, pin)
    hall.pins = hall.made_pins()
    hall.actions = hall.made_actions()
    await hall.pins.put("Anna", "4711", RIGHTS)
    hall.clock.advance(3599)
    await hall.pins.end_locks()
    assert (await say(hall, "4711"), len(await standing(hall))) == ("locked", 1)
    hall.clock.advance(1)
    await hall.pins.end_locks()
    assert (await standing(hall), await say(hall, "4711")) == ([], "ok")
    assert hall.noted[-1] == ("staff PINs", "system", "staff-codes-unlocked", "109")


async def test_a_lock_can_stand_until_somebody_unlocks_it(hall: Hall) -> None:
    await hall.pins.set_settings(PinSettings(lock_minutes=None))
    for pin in ("1111", "2222", "3333"):
        await say(hall, pin)
    hall.clock.advance(400 * 24 * 3600)
    await hall.pins.end_locks()
    assert await say(hall, "4711") == "locked"


async def test_wrong_pins_count_in_a_row_within_an_hour(hall: Hall) -> None:
    await hall.pins.put("Anna", "4711", RIGHTS)
    for pin in ("1111", "2222", "4711", "1111", "2222"):
        assert await say(hall, pin) == ("ok" if pin == "4711" else "wrong")
    hall.clock.advance(3601)
    assert [await say(hall, "1111"), await say(hall, "12")] == ["wrong", "wrong"]


async def test_who_has_a_pin_cannot_guess_another_s_for_long(hall: Hall) -> None:
    """His own, between two guesses, ends the row of wrong ones."""
    await hall.pins.put("Anna", "4711", RIGHTS)
    await hall.pins.put("Bert", "0815", ["night"])
    tried = [pin for guess in range(1, 11) for pin in (f"10{guess:02}", "0815")]
    heard = [await say(hall, pin) for pin in tried]
    assert heard == [*["wrong", "ok"] * 9, "locked", "locked"]
    assert [(alarm.kind, alarm.subject) for alarm in await standing(hall)] == [("pin-lock", "109")]


async def test_wrong_pins_before_a_restart_count(hall: Hall) -> None:
    await say(hall, "1111")
    await say(hall, "2222")
    hall.pins = hall.made_pins()
    hall.actions = hall.made_actions()
    assert await say(hall, "3333") == "locked"


async def test_nobody_gets_in_while_tries_cannot_be_counted(hall: Hall) -> None:
    await hall.pins.put("Anna", "4711", RIGHTS)
    hall.refusing = True
    assert await say(hall, "4711") == "unavailable"
    hall.refusing = False
    assert (await hall.act("109", "night", on="yes")).result == "refused"


async def test_pins_are_digits_and_no_two_alike(hall: Hall) -> None:
    for name, pin, code in (("Anna", "123", "bad-value"), ("Anna", "123456789", "bad-value"), ("", "1234", "bad-value"),
                            ("Anna", "12a4", "bad-value"), ("Anna", None, "bad-value")):  # fmt: skip
        with pytest.raises(RefusedError) as refused:
            await hall.pins.put(name, pin, RIGHTS)
        assert refused.value.code == code
    await hall.pins.put("Anna", "4711", RIGHTS)
    with pytest.raises(RefusedError, match="another"):
        await hall.pins.put("Bert", "4711", RIGHTS)
    kept = await hall.pins.people()
    assert [pin.name for pin in kept] == ["Anna"] and "4711" not in kept[0].digest
    with pytest.raises(RefusedError):
        await hall.pins.remove("Bert")


def test_a_kept_pin_does_not_tell_what_it_was() -> None:
    salt = b"0123456789abcdef"
    kept = passwords.pin_digest("4711", salt)
    assert kept.startswith("$argon2id$") and kept == passwords.pin_digest("4711", salt)
    assert kept != passwords.pin_digest("4712", salt)


async def test_an_alarm_is_taken_notice_of_by_staff_and_outside_alone(hall: Hall) -> None:
    assert (await hall.act("109", "escalation-acknowledge", alarm="7")).result == "ok"
    assert (await hall.act("0601234567", "escalation-acknowledge", alarm="7")).result == "ok"
    for number, alarm in (("1203", "7"), ("109", "8"), ("109", "x")):
        assert (await hall.act(number, "escalation-acknowledge", alarm=alarm)).result == "gone"
