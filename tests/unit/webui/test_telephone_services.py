"""By the API: service codes and the guest card, PINs, requests, voice mail, prompts and menus."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from firmware.exchange.service_codes import SERVICE_CODES
from firmware.services.model import VoiceMessage
from tests.unit.supervisor.house import House
from tests.unit.supervisor.telephone import Sound
from tests.unit.webui.program import Program
from webui.api.prompts import MOST_MENU_BYTES

GREETING = "/prompts/en/goodbye"


@pytest.fixture
async def hotel(tmp_path: Path) -> AsyncIterator[Program]:
    made = Program(House(data=tmp_path))
    await made.open()
    yield made
    await made.close()


async def last_audit(hotel: Program) -> tuple[str, str, str, str]:
    entry = (await hotel.house.audit())[0]
    return entry.who, entry.through, entry.action, entry.subject


class TestCodes:
    async def test_they_are_the_table_s_until_the_site_has_its_own(self, hotel: Program) -> None:
        usual = {code.name: code.digits for code in SERVICE_CODES}
        assert (await hotel.done("GET", "/settings/codes"))["digits"] == usual
        taken = await hotel.done("PUT", "/settings/codes", {"digits": {"wakeup-set": "*12"}}, "technician")
        assert taken["digits"] == usual | {"wakeup-set": "*12"}
        assert await hotel.done("GET", "/settings/codes") == taken
        assert await last_audit(hotel) == ("a-technician", "api", "setting-changed", "service-codes")
        card = (await hotel.done("GET", "/guest-card?language=en"))["items"]
        assert card[0]["dial"] == "*12*HHMM"
        assert hotel.house.sent("codes") == [taken]
        back = await hotel.done("PUT", "/settings/codes", {}, "technician")
        assert back["digits"] == usual

    async def test_pages_see_that_the_house_s_numbers_have_brought_back_the_product_s(self, hotel: Program) -> None:
        await hotel.house.store.do(lambda kept: kept.settings.put("service-codes", {"redial": "203"}))
        await hotel.house.telephone.codes.load()
        assert hotel.house.sent("codes") == [await hotel.done("GET", "/settings/codes")]

    @pytest.mark.parametrize(
        ("digits", "status", "code", "field"),
        [
            ({"wakeup-set": "*56"}, 409, "taken", "digits.wakeup-set"),
            ({"wakeup-set": "203"}, 409, "taken", "digits.wakeup-set"),
            ({"wakeup-set": "112"}, 422, "emergency", "digits.wakeup-set"),
            ({"coffee": "*12"}, 422, "unknown-code", "digits.coffee"),
            ({"wakeup-set": "star"}, 422, "bad-value", "digits.wakeup-set"),
        ],
    )
    async def test_what_would_be_in_the_way_is_refused(
        self, hotel: Program, digits: dict[str, str], status: int, code: str, field: str
    ) -> None:
        assert await hotel.refused("PUT", "/settings/codes", {"digits": digits}, "technician") == (status, code, field)

    async def test_the_card_is_in_the_language_that_is_asked_for(self, hotel: Program) -> None:
        rows = (await hotel.done("GET", "/guest-card?language=pl"))["items"]
        assert rows[0]["dial"] == "*55*GGMM"
        assert "wakeup-room" not in {row["service"] for row in rows}
        staff = (await hotel.done("GET", "/guest-card?for=staff&language=en"))["items"]
        assert "wakeup-room" in {row["service"] for row in staff}
        assert (await hotel.refused("GET", "/guest-card?language=de"))[1:] == ("bad-value", "language")


class TestPins:
    async def test_a_pin_is_never_shown(self, hotel: Program) -> None:
        answer = await hotel.ask("POST", "/pins", {"name": "Maria", "pin": "4711", "rights": ["night"]}, "manager")
        assert answer.status_code == 201
        listed = await hotel.ask("GET", "/pins", role="manager")
        assert [(pin["name"], pin["rights"]) for pin in listed.json["items"]] == [("Maria", ["night"])]
        assert "4711" not in answer.text + listed.text
        assert all("4711" not in str(entry.detail) for entry in await hotel.house.audit())

    async def test_two_people_never_have_the_same(self, hotel: Program) -> None:
        await hotel.done("POST", "/pins", {"name": "Maria", "pin": "4711", "rights": ["night"]}, "manager")
        wanted = {"name": "Jan", "pin": "4711", "rights": ["night"]}
        assert await hotel.refused("POST", "/pins", wanted, "manager") == (409, "taken", "pin")
        await hotel.done("DELETE", "/pins/Maria", role="manager")
        await hotel.done("POST", "/pins", wanted, "manager")
        assert (await hotel.refused("DELETE", "/pins/Maria", role="manager"))[:2] == (404, "unknown-name")

    async def test_a_telephone_that_wrong_pins_have_locked_is_unlocked(self, hotel: Program) -> None:
        for _ in range(3):
            await hotel.house.telephone.pins.check("d1", "100", "9999")
        (lock,) = (await hotel.done("GET", "/settings/pins/locks", role="technician"))["items"]
        assert lock["extension"] == "100" and lock["since"] < lock["until"]
        await hotel.done("POST", "/lines/100/unlock-staff-codes", role="technician")
        assert await last_audit(hotel) == ("a-technician", "api", "staff-codes-unlocked", "100")
        assert (await hotel.done("GET", "/settings/pins/locks", role="technician"))["items"] == []
        refusal = await hotel.refused("POST", "/lines/100/unlock-staff-codes", role="technician")
        assert refusal[:2] == (409, "not-locked")
        refusal = await hotel.refused("POST", "/lines/999/unlock-staff-codes", role="technician")
        assert refusal == (404, "unknown-extension", "number")

    async def test_how_long_they_lock(self, hotel: Program) -> None:
        await hotel.done("PUT", "/settings/pins", {"lock_minutes": None}, "manager")
        assert (await hotel.done("GET", "/settings/pins", role="manager"))["lock_minutes"] is None


class TestRequests:
    async def test_one_waits_until_somebody_has_seen_to_it(self, hotel: Program) -> None:
        await hotel.house.telephone.requests.leave("203", None, "towels", "203")
        waiting = (await hotel.done("GET", "/requests?state=open", role="housekeeping"))["items"]
        assert [(each["room"], each["kind"], each["done"]) for each in waiting] == [("203", "towels", None)]
        done = await hotel.done("POST", f"/requests/{waiting[0]['id']}/done", role="housekeeping")
        assert (done["state"], done["done"]["by"]) == ("done", "a-housekeeping")
        assert await last_audit(hotel) == ("a-housekeeping", "api", "request-done", done["id"])
        assert (await hotel.done("GET", "/requests?state=open"))["items"] == []
        assert (await hotel.done("GET", "/requests"))["items"] == [done]
        assert hotel.house.sent("request") == [waiting[0], done]
        assert (await hotel.refused("POST", "/requests/x/done"))[:2] == (404, "unknown-request")

    async def test_the_list_is_the_site_s(self, hotel: Program) -> None:
        wanted = {"kinds": [{"id": "ice", "names": {"en": "ice", "pl": "lód"}}]}
        assert await hotel.done("PUT", "/settings/requests", wanted) == wanted
        assert await hotel.done("GET", "/settings/requests") == wanted
        twice = {"kinds": wanted["kinds"] * 2}
        assert (await hotel.refused("PUT", "/settings/requests", twice))[1:] == ("exists", "kinds[1].id")
        nameless = {"kinds": [{"id": "ice", "names": {}}]}
        assert (await hotel.refused("PUT", "/settings/requests", nameless))[1:] == ("nameless", "kinds[0].names")

    async def test_so_is_the_minibar(self, hotel: Program) -> None:
        wanted = {"articles": {"7": {"en": "water", "pl": "woda"}}}
        assert await hotel.done("PUT", "/settings/minibar", wanted) == wanted
        assert await hotel.done("GET", "/settings/minibar") == wanted
        refusal = await hotel.refused("PUT", "/settings/minibar", {"articles": {"x": {"en": "water"}}})
        assert refusal == (422, "bad-value", "articles.x")


async def test_texts_for_guests_are_events(hotel: Program) -> None:
    await hotel.done("POST", "/rooms/203/check-in", {"name": "Holm"})
    left = await hotel.done("POST", "/rooms/203/messages", {"text": "call home"})
    read = await hotel.done("POST", f"/messages/{left['id']}/read")
    await hotel.done("DELETE", f"/messages/{left['id']}")
    assert hotel.house.sent("message") == [
        left | {"withdrawn": False}, read | {"withdrawn": False}, read | {"withdrawn": True},
    ]  # fmt: skip


async def test_a_technician_says_that_the_clock_is_right(hotel: Program) -> None:
    said = await hotel.done("POST", "/clock/vouch", role="technician")
    assert (said["now"], said["until"]) == ("2026-11-22T03:00:00.000+01:00", "2026-11-23T03:00:00.000+01:00")


class TestVoiceMail:
    async def leave(self, hotel: Program, tmp_path: Path) -> None:
        """Somebody has said something for room 203."""
        house = hotel.house
        room = await hotel.done("POST", "/rooms/203/check-in", {"name": "Holm"})
        guests = tuple(guest["id"] for guest in room["guests"])
        message = VoiceMessage(id="m1", room="203", guests=guests, at=house.clock.utc(), ms=4200, size=4)
        await house.store.do(lambda kept: kept.voice_mail.put(message))
        await house.telephone.mail.load()
        (tmp_path / "prompts" / "mail").mkdir(parents=True)
        (tmp_path / "prompts" / "mail" / "m1.alaw").write_bytes(b"abcd")

    async def test_who_listens_and_who_deletes_is_in_the_audit(self, hotel: Program, tmp_path: Path) -> None:
        await self.leave(hotel, tmp_path)
        (found,) = (await hotel.done("GET", "/rooms/203/voice-mail"))["items"]
        assert (found["id"], found["seconds"], found["heard"]) == ("m1", 4.2, None)
        assert (await hotel.done("GET", "/rooms/203"))["message_lamp"] == {"lit": True, "reasons": ["voice-mail"]}
        guest = (await hotel.done("GET", "/rooms/203"))["guests"][0]["id"]
        asked = await hotel.house.telephone.requests.leave("203", guest, "taxi", "203")
        kept = await hotel.done("GET", f"/stays/{guest}/data", role="manager")
        assert (kept["voice_mail"], [each["id"] for each in kept["requests"]]) == ([found], [asked.id])
        heard = await hotel.ask("GET", "/rooms/203/voice-mail/m1")
        assert (heard.headers["Content-Type"], heard.body) == ("audio/wav", Sound.HEAD + b"abcd")
        assert await last_audit(hotel) == ("a-desk", "api", "voice-mail-heard", "m1")
        assert (await hotel.refused("GET", "/rooms/101/voice-mail/m1"))[:2] == (404, "unknown-message")
        await hotel.done("DELETE", "/rooms/203/voice-mail/m1", role="manager")
        assert ("a-manager", "voice-mail-deleted") in [(e.who, e.action) for e in await hotel.house.audit()]
        assert (await hotel.done("GET", "/rooms/203/voice-mail"))["items"] == []
        assert hotel.house.sent("voice-mail")[-1] == {"room": "203", "items": [], "next": None}
        assert (await hotel.refused("GET", "/rooms/999/voice-mail"))[:2] == (404, "unknown-room")

    async def test_settings(self, hotel: Program) -> None:
        wanted = {"cases": ["no_answer"], "longest_seconds": 60}
        kept = await hotel.done("PUT", "/settings/voice-mail", wanted, "manager")
        assert kept | wanted == kept == await hotel.done("GET", "/settings/voice-mail")
        assert hotel.house.telephone.mail.settings.cases == {"no_answer"}


class TestPrompts:
    async def test_the_site_speaks_its_own_and_the_product_s_again(self, hotel: Program) -> None:
        wav = {"role": "technician", "Content-Type": "audio/wav"}
        put = await hotel.ask("PUT", GREETING, Sound.HEAD + bytes(16000), **wav)
        assert (put.status_code, put.json["source"], put.json["seconds"]) == (200, "site", 2.0)
        assert await last_audit(hotel) == ("a-technician", "api", "prompt-replaced", "en/goodbye")
        listed = (await hotel.done("GET", "/prompts?language=en&limit=1000"))["items"]
        assert [each["name"] for each in listed if each["source"] == "site"] == ["goodbye"]
        assert {each["language"] for each in listed} == {"en"}
        assert (await hotel.ask("GET", GREETING)).body == Sound.HEAD + bytes(16000)
        await hotel.done("DELETE", GREETING, role="technician")
        assert [(each["name"], each["source"]) for each in hotel.house.sent("prompt")] == [
            ("goodbye", "site"), ("goodbye", "product"),
        ]  # fmt: skip
        assert (await hotel.refused("DELETE", GREETING, role="technician"))[:2] == (409, "not-replaced")

    async def test_what_is_no_recording_is_refused(self, hotel: Program) -> None:
        for kind, body, refusal in (
            ("audio/wav", b"noise", (422, "not-a-recording")),
            ("audio/mpeg", Sound.HEAD, (415, "not-wav")),
            ("audio/wav", bytes((8 << 20) + 1), (413, "too-large")),
        ):
            answer = await hotel.ask("PUT", GREETING, body, "manager", **{"Content-Type": kind})
            assert (answer.status_code, answer.json["error"]["code"]) == refusal
        assert await hotel.house.audit() == []
        answer = await hotel.ask("PUT", "/prompts/en/no-such", Sound.HEAD, "manager", **{"Content-Type": "audio/wav"})
        assert answer.json["error"]["code"] == "unknown-prompt"


class TestMenus:
    async def put(self, hotel: Program, name: str, text: bytes) -> Any:
        return await hotel.ask("PUT", f"/menus/{name}", text, "technician", **{"Content-Type": "text/plain"})

    async def test_the_product_s_own_are_replaced_and_come_back(self, hotel: Program) -> None:
        own = (await hotel.ask("GET", "/menus/own-number")).text
        changed = f"# of this house\n{own}".encode()
        answer = await self.put(hotel, "own-number", changed)
        assert (answer.status_code, answer.json) == (200, {"name": "own-number", "source": "site"})
        assert (await hotel.ask("GET", "/menus/own-number")).body == changed
        assert await last_audit(hotel) == ("a-technician", "api", "menu-replaced", "own-number")
        await hotel.done("DELETE", "/menus/own-number", role="technician")
        assert (await hotel.ask("GET", "/menus/own-number")).text == own
        sources = {each["source"] for each in (await hotel.done("GET", "/menus"))["items"]}
        assert sources == {"product"}
        assert len(hotel.house.sent("menu")) == 2
        assert hotel.house.sent("menu")[-1] == await hotel.done("GET", "/menus")

    async def test_a_fault_is_told_with_its_line_and_changes_nothing(self, hotel: Program) -> None:
        own = (await hotel.ask("GET", "/menus/own-number")).body
        answer = await self.put(hotel, "own-number", own + b"\nfrobnicate\n")
        line = own.count(b"\n") + 2
        assert (answer.status_code, answer.json["error"]["code"]) == (422, "menu")
        assert answer.json["error"]["field"] == f"line {line}"
        assert f":{line}: " in answer.json["error"]["message"]
        assert (await hotel.ask("GET", "/menus/own-number")).body == own
        assert (await self.put(hotel, "own-number", b"\n\xff")).json["error"]["field"] == "line 2"
        assert (await self.put(hotel, "own-number", bytes(MOST_MENU_BYTES + 1))).status_code == 413
        assert await hotel.house.audit() == []

    async def test_a_name_is_no_path_and_fits_on_a_disk(self, hotel: Program) -> None:
        for name in ("..%2fown-number", "Own-Number", "-", "a" * 300):
            answer = await self.put(hotel, name, b"start:\n    hang up\n")
            assert (answer.status_code, answer.json["error"]["code"]) == (422, "wrong-name")

    async def test_what_was_changed_on_disk_holds_when_it_is_taken_anew(self, hotel: Program, tmp_path: Path) -> None:
        own = (await hotel.ask("GET", "/menus/own-number")).body
        (tmp_path / "menus").mkdir()
        (tmp_path / "menus" / "own-number.menu").write_bytes(b"# by hand\n" + own)
        taken = (await hotel.done("POST", "/menus/reload", role="technician"))["items"]
        assert {"name": "own-number", "source": "site"} in taken
        (tmp_path / "menus" / "own-number.menu").write_bytes(b"nonsense\n")
        assert (await hotel.refused("POST", "/menus/reload", role="technician"))[:2] == (422, "menu")
        assert (await hotel.ask("GET", "/menus/own-number")).body == b"# by hand\n" + own

    async def test_one_that_is_not_there(self, hotel: Program) -> None:
        assert (await hotel.refused("GET", "/menus/nothing"))[:2] == (404, "unknown-menu")
        assert (await hotel.refused("DELETE", "/menus/own-number", role="manager"))[:2] == (404, "unknown-menu")
