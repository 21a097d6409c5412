"""Voice mail: left, heard, following its guests, wiped behind them, bounded; the lamp and the PMS say so."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.errors import RefusedError
from firmware.exchange.dialogue import Answered
from firmware.hotel.draft import Draft
from firmware.hotel.model import Message
from firmware.pms.model import VoiceMailNews
from firmware.services import mail_files, voice_mail
from firmware.services.model import VoiceMailSettings
from firmware.store import StorageError
from tests.unit.services.rig import DESK, TELEPHONES, Hall, items

ON = VoiceMailSettings(cases=frozenset({"busy", "no_answer"}))


@pytest.fixture
async def mail(hall: Hall) -> Hall:
    """Two rooms with guests, and voice mail."""
    await hall.mail.load()
    await hall.mail.set_settings(ON)
    await hall.check_in("203", "g1", language="ru")
    await hall.check_in("305", "g2")
    await hall.owed()
    return hall


async def leave(hall: Hall, room: str = "203", caller: str = "100") -> str:
    """A caller speaks; what the menu is told."""
    opened = await hall.act(caller, "mail-open", room=room)
    if opened.result != "ok":
        return opened.result
    hall.sound.record(opened.values["file"])
    return (await hall.act(caller, "mail-keep", room=room, file=opened.values["file"])).result


def lit(hall: Hall) -> set[str]:
    return {room for room, found in hall.hotel.house.rooms.items() if "voice-mail" in found.lamp}


async def news(hall: Hall) -> list[tuple[str, int, int]]:
    return [(n.room, n.unheard, n.heard) for n in await hall.owed() if isinstance(n, VoiceMailNews)]


async def test_a_message_lights_the_lamp_until_it_is_heard(mail: Hall) -> None:
    told: list[str] = []
    mail.mail.on_changed = told.append
    assert await leave(mail) == "ok"
    assert (lit(mail), await news(mail), told) == ({"203"}, [("203", 1, 0)], ["203"])
    (listed,) = items(await mail.act("1203", "messages-list"), "id", "kind", "at")
    assert listed[1:] == ("voice", "2026-11-22T03:00")
    heard = await mail.act("1203", "message-prompt", id=listed[0])
    assert heard == Answered("ok", {"prompt": f"mail/{listed[0]}", "at": "2026-11-22T03:00"})
    assert mail.sound.kept() == {listed[0]} and not list(mail.data.glob("recordings/*"))
    assert (await mail.act("1203", "message-read", id=listed[0])).result == "ok"
    assert (lit(mail), await news(mail)) == (set(), [("203", 0, 1)])
    assert (await mail.act("1203", "message-delete", id=listed[0])).result == "ok"
    assert (await news(mail), mail.sound.kept()) == ([("203", 0, 0)], set())
    assert (await mail.act("1203", "messages-list")).result == "none"
    assert mail.mail.everything() == []


async def test_who_has_left_it_is_known(mail: Hall) -> None:
    await leave(mail, caller="305")
    await leave(mail, caller="0601234567")
    assert [(m.from_number, m.ms, m.guests) for m in mail.mail.messages_of("203")] == [
        ("305", 4200, ("g1",)),
        ("0601234567", 4200, ("g1",)),
    ]


async def test_another_room_s_messages_are_not_there_for_a_guest(mail: Hall) -> None:
    await leave(mail)
    key = mail.mail.messages_of("203")[0].id
    for number in ("305", "101", "100", "400"):
        for action in ("message-prompt", "message-read", "message-delete"):
            assert (await mail.act(number, action, id=key)).result in ("gone", "refused")
    assert mail.mail.messages_of("203")[0].heard is None


@pytest.mark.parametrize("seconds", [0, 0.9])
async def test_who_says_nothing_leaves_nothing(mail: Hall, seconds: float) -> None:
    mail.sound.seconds = seconds
    assert await leave(mail) == "empty"
    assert (lit(mail), mail.sound.kept(), mail.mail.everything()) == (set(), set(), [])


async def test_texts_and_voice_are_heard_unread_first(mail: Hall) -> None:
    await leave(mail)
    mail.clock.advance(60)
    text = Message(id="t1", room="203", text="Ring back", by="anna", created=mail.clock.utc())
    await mail.change(lambda draft: draft.leave_message(text))
    voice = mail.mail.messages_of("203")[0].id
    assert items(await mail.act("1203", "messages-list"), "id", "kind") == [(voice, "voice"), ("t1", "text")]
    await mail.act("1203", "message-read", id=voice)
    assert items(await mail.act("1203", "messages-list"), "id", "kind") == [("t1", "text"), (voice, "voice")]
    assert (await mail.act("1203", "message-prompt", id="t1")).values["prompt"] == "ru:Ring back"
    await mail.act("1203", "message-read", id="t1")
    assert mail.hotel.house.messages["t1"].read == mail.clock.utc()
    assert (await mail.act("305", "message-delete", id="t1")).result == "gone"
    assert (await mail.act("1203", "message-delete", id="t1")).result == "ok"
    assert mail.hotel.house.messages == {}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda draft: draft.move("203", "101"), "101"),
        (lambda draft: draft.swap("203", "305"), "305"),
        (lambda draft: draft.move("203", "305", join=True), "305"),
        (lambda draft: draft.check_out("305"), "203"),
        (lambda draft: draft.check_out("203"), None),
    ],
)
async def test_a_message_goes_where_its_guests_go(
    mail: Hall, change: Callable[[Draft], object], place: str | None
) -> None:
    await leave(mail)
    mail.sound.record(file := (await mail.act("1203", "greeting-open")).values["file"])
    assert (await mail.act("1203", "greeting-keep", file=file)).result == "ok"
    await mail.change(change)
    assert {message.room for message in mail.mail.everything()} == ({place} if place else set())
    assert lit(mail) == ({place} if place else set())
    assert [room for room in TELEPHONES if mail.mail.greeting(room)] == ([place] if place else [])
    assert len(mail.sound.kept()) == (2 if place else 0)
    again = mail.made_mail()
    await again.load()
    assert (again.everything(), again.greeting(place or "203")) == (
        mail.mail.everything(),
        mail.mail.greeting(place or "203"),
    )


async def test_two_greetings_change_places(mail: Hall) -> None:
    for number in ("1203", "305"):
        mail.sound.record(file := (await mail.act(number, "greeting-open")).values["file"])
        await mail.act(number, "greeting-keep", file=file)
    before = mail.mail.greeting("203"), mail.mail.greeting("305")
    await mail.change(lambda draft: draft.swap("203", "305"))
    after = mail.mail.greeting("305"), mail.mail.greeting("203")
    assert [g and g.id for g in after] == [g and g.id for g in before]


async def test_who_shares_a_room_keeps_its_messages_when_the_other_leaves(mail: Hall) -> None:
    await mail.check_in("203", "g3")
    await leave(mail)
    await mail.change(lambda draft: draft.check_out("203", "g1"))
    assert [message.room for message in mail.mail.everything()] == ["203"]
    await mail.change(lambda draft: draft.check_out("203"))
    assert mail.mail.everything() == []


async def test_the_next_guest_hears_nothing_of_it_although_everything_died_in_between(mail: Hall) -> None:
    await leave(mail)
    await mail.hotel.change(DESK, lambda draft: draft.check_out("203"))
    await mail.check_in("203", "g9")
    again = mail.made_mail()
    await again.load()
    assert (again.everything(), mail.sound.kept(), lit(mail)) == ([], set(), set())


async def test_a_copy_is_kept_where_the_site_wants_one_for_so_many_days(mail: Hall) -> None:
    await mail.mail.set_settings(VoiceMailSettings(cases=ON.cases, keeps_copy=True, copy_days=7))
    await leave(mail)
    await mail.change(lambda draft: draft.check_out("203"))
    (copy,) = mail.mail.everything()
    assert (copy.left, mail.mail.messages_of("203"), mail.sound.kept()) == (mail.clock.utc(), [], {copy.id})
    await mail.check_in("203", "g9")
    await mail.mail.follow()
    assert (await mail.act("1203", "messages-list")).result == "none"
    mail.clock.advance(7 * 86_400 + 1)
    await mail.mail.sweep()
    assert (mail.mail.everything(), mail.sound.kept()) == ([], set())


async def test_a_guest_s_copies_can_be_forgotten(mail: Hall) -> None:
    await mail.mail.set_settings(VoiceMailSettings(cases=ON.cases, keeps_copy=True))
    await leave(mail)
    await leave(mail, "305")
    await mail.change(lambda draft: draft.check_out("203"))
    assert (await mail.mail.forget_guest("g1"), await mail.mail.forget_guest("g2")) == (1, 0)
    assert [message.room for message in mail.mail.everything()] == ["305"]


async def test_a_mailbox_is_bounded(mail: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    await mail.mail.set_settings(VoiceMailSettings(cases=ON.cases, per_room=2))
    assert [await leave(mail) for _ in range(3)] == ["ok", "ok", "full"]
    assert (await mail.act("1203", "greeting-open")).result == "ok", "a greeting is no message"
    assert await leave(mail, "305") == "ok"
    monkeypatch.setattr(mail_files, "LEAST_FREE", 2**60)
    assert await leave(mail, "305") == "full"


async def test_copies_make_room_for_what_guests_are_to_hear(mail: Hall) -> None:
    mail.sound.seconds = 600
    await mail.mail.set_settings(VoiceMailSettings(cases=ON.cases, keeps_copy=True, total_mb=10))
    assert [await leave(mail), await leave(mail, "305")] == ["ok", "ok"]
    await mail.change(lambda draft: draft.check_out("203"))
    assert await leave(mail, "305") == "ok"
    assert await leave(mail, "305") == "full"
    assert [message.room for message in mail.mail.everything()] == ["305", "305"]


async def test_a_room_without_guests_or_a_house_without_voice_mail_takes_none(mail: Hall) -> None:
    assert (await leave(mail, "101"), await leave(mail, "999")) == ("refused", "no-room")
    await mail.mail.set_settings(VoiceMailSettings())
    assert await leave(mail) == "refused"


async def test_only_what_was_opened_is_kept_and_for_that_room(mail: Hall) -> None:
    opened = await mail.act("100", "mail-open", room="203")
    assert opened.values["limit"] == "120"
    mail.sound.record(file := opened.values["file"])
    for room, name in (("305", file), ("203", "../x.wav"), ("203", "other.wav")):
        assert (await mail.act("100", "mail-keep", room=room, file=name)).result == "refused"
    assert (await mail.act("100", "mail-keep", room="203", file=file)).result == "ok"
    assert (await mail.act("100", "mail-keep", room="203", file=file)).result == "refused"


async def test_who_was_checked_out_meanwhile_gets_no_message(mail: Hall) -> None:
    file = (await mail.act("100", "mail-open", room="203")).values["file"]
    mail.sound.record(file)
    await mail.change(lambda draft: draft.check_out("203"))
    await mail.check_in("203", "g9")
    assert (await mail.act("100", "mail-keep", room="203", file=file)).result == "empty"
    assert (mail.mail.everything(), mail.sound.kept()) == ([], set())


async def spoken(hall: Hall, ago_s: float = 60) -> str:
    """Somebody has spoken for 203, and nobody has come for it; the recording."""
    file = (await hall.act("305", "mail-open", room="203")).values["file"]
    hall.sound.record(file)
    _made_at(hall.data / "recordings" / file, hall.clock.utc().timestamp() - ago_s)
    return file


async def test_what_a_full_disk_refused_is_a_message_when_it_has_room_again(mail: Hall) -> None:
    mail.sound.works = False
    file = await spoken(mail)
    assert (await mail.act("305", "mail-keep", room="203", file=file)).result == "unavailable"
    await mail.mail.take_up()
    mail.sound.works, mail.refusing = True, True
    await mail.mail.take_up()
    mail.refusing = False
    assert (mail.mail.everything(), lit(mail)) == ([], set())
    await mail.mail.take_up()
    await mail.mail.sweep()
    (message,) = mail.mail.messages_of("203")
    assert (mail.sound.kept(), lit(mail)) == ({message.id}, {"203"})
    assert not list(mail.data.glob("recordings/*"))


async def test_what_was_said_as_the_supervisor_died_is_a_message_once_it_is_over(mail: Hall) -> None:
    file = await spoken(mail, ago_s=1)
    again = mail.made_mail()
    await again.load()
    await again.take_up()
    assert again.everything() == []
    ended = mail.clock.utc()
    _made_at(mail.data / "recordings" / file, ended.timestamp())
    mail.clock.advance(60)
    await again.take_up()
    assert [(m.room, m.from_number, m.at) for m in again.everything()] == [("203", "305", ended)]
    await again.take_up()
    assert len(again.everything()) == 1 and not list(mail.data.glob("recordings/*"))


async def test_the_next_guest_does_not_hear_what_was_said_as_the_supervisor_died(mail: Hall) -> None:
    await spoken(mail)
    await mail.change(lambda draft: draft.check_out("203"))
    await mail.check_in("203", "g9")
    again = mail.made_mail()
    await again.load()
    await again.take_up()
    assert (again.everything(), mail.sound.kept(), list(mail.data.glob("recordings/*"))) == ([], set(), [])


async def test_a_recording_that_can_be_a_message_still_is_not_swept(mail: Hall) -> None:
    file = await spoken(mail, ago_s=7200)
    forgotten = (await mail.act("305", "mail-open", room="203")).values["file"]  # hung up before the tone
    note = mail.data / "recordings" / forgotten.replace(".wav", ".json")
    _made_at(note, mail.clock.utc().timestamp() - 7200)
    await mail.mail.sweep()
    assert {path.suffix for path in mail.data.glob("recordings/*")} == {".wav", ".json"} and not note.exists()
    assert (await mail.act("305", "mail-keep", room="203", file=file)).result == "ok"


async def test_nobody_waits_for_another_s_message_to_be_converted(mail: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    await leave(mail)
    begun, converted = asyncio.Event(), asyncio.Event()
    keep = mail.sound.keep

    async def slow(key: str, recording: Path) -> float:
        begun.set()
        await converted.wait()
        return await keep(key, recording)

    monkeypatch.setattr(mail.sound, "keep", slow)
    leaving = asyncio.create_task(leave(mail, "305"))
    await begun.wait()
    async with asyncio.timeout(20):
        assert (await mail.act("100", "mail-open", room="203")).result == "ok"
        await mail.act("1203", "message-delete", id=mail.mail.messages_of("203")[0].id)
        await mail.mail.sweep()
    converted.set()
    assert (await leaving, len(mail.mail.messages_of("305")), len(mail.sound.kept())) == ("ok", 1, 1)


async def test_a_greeting_is_heard_before_a_message_is_left(mail: Hall) -> None:
    assert (await mail.act("100", "mail-open", room="203")).values["prompt"] == ""
    assert (await mail.act("1203", "greeting-remove")).result == "none"
    mail.sound.record(file := (await mail.act("1203", "greeting-open")).values["file"])
    kept = await mail.act("1203", "greeting-keep", file=file)
    assert kept.values["prompt"] == (await mail.act("100", "mail-open", room="203")).values["prompt"] != ""
    mail.sound.record(file := (await mail.act("1203", "greeting-open")).values["file"])
    other = await mail.act("1203", "greeting-keep", file=file)
    assert other.values["prompt"] != kept.values["prompt"] and len(mail.sound.kept()) == 1
    assert (await mail.act("1203", "greeting-remove")).result == "ok"
    assert ((await mail.act("100", "mail-open", room="203")).values["prompt"], mail.sound.kept()) == ("", set())
    assert (await mail.act("100", "greeting-open")).result == "refused"


async def test_what_a_guest_does_to_his_voice_mail_is_noted(mail: Hall) -> None:
    await leave(mail)
    await mail.act("1203", "message-delete", id=mail.mail.messages_of("203")[0].id)
    mail.sound.record(file := (await mail.act("1203", "greeting-open")).values["file"])
    await mail.act("1203", "greeting-keep", file=file)
    await mail.act("1203", "greeting-remove")
    await mail.act("1203", "greeting-remove")
    assert mail.noted == [
        ("1203", "keypad", action, "203") for action in ("voice-mail-deleted", "greeting-recorded", "greeting-removed")
    ]


async def test_what_is_nobody_s_is_swept_and_others_recordings_are_left_alone(mail: Hall) -> None:
    await leave(mail)
    mine = mail.sound.kept()
    (mail.data / "prompts" / "mail" / "stray.alaw").write_bytes(b"x")
    for name in ("voice-mail-old.wav", "voice-mail-new.wav", "greeting-of-the-house.wav"):
        mail.sound.record(name)
        age_s = 7200 if name != "voice-mail-new.wav" else 60
        _made_at(mail.data / "recordings" / name, mail.clock.utc().timestamp() - age_s)
    await mail.mail.sweep()
    assert mail.sound.kept() == mine
    assert {path.name for path in mail.data.glob("recordings/*")} == {
        "voice-mail-new.wav",
        "greeting-of-the-house.wav",
    }


def _made_at(path: Path, at: float) -> None:
    os.utime(path, (at, at))


async def test_settings_are_checked_kept_and_in_force(mail: Hall) -> None:
    for wrong in (
        VoiceMailSettings(longest_s=5),
        VoiceMailSettings(per_room=0),
        VoiceMailSettings(total_mb=1),
        VoiceMailSettings(copy_days=0),
    ):
        with pytest.raises(RefusedError):
            await mail.mail.set_settings(wrong)
    again = mail.made_mail()
    told: list[bool] = []
    again.on_settings = lambda: told.append(True)
    await again.load()
    assert (again.settings, told) == (ON, [True])


async def test_what_the_disk_refused_is_done_when_it_can_be(mail: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_mail, "LOOK_EVERY_S", 0.001)
    await leave(mail)
    begun, sweep = asyncio.Event(), mail.mail.sweep

    async def swept() -> None:
        await sweep()
        begun.set()

    monkeypatch.setattr(mail.mail, "sweep", swept)
    task = asyncio.create_task(mail.mail.run())
    async with asyncio.timeout(20):
        await begun.wait()
    await mail.hotel.change(DESK, lambda draft: draft.check_out("203"))
    mail.refusing = True
    with pytest.raises(StorageError):
        await mail.mail.follow()
    mail.refusing = False
    wiped = asyncio.Event()
    mail.mail.on_changed = lambda room: wiped.set()
    async with asyncio.timeout(20):
        await wiped.wait()
    task.cancel()
    assert (mail.mail.everything(), mail.sound.kept()) == ([], set())


async def test_nothing_is_wiped_while_the_house_could_not_be_read(mail: Hall) -> None:
    await leave(mail)
    mail.hotel = mail.made_hotel()
    mail.mail = mail.made_mail()
    with pytest.raises(StorageError):
        await mail.mail.load()
    await mail.mail.sweep()
    assert (len(mail.mail.messages_of("203")), len(mail.sound.kept())) == (1, 1)
    await mail.hotel.load()
    await mail.mail.follow()
    assert lit(mail) == {"203"}
