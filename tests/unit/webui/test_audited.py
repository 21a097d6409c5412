"""Whatever is changed by the API is in the audit: who, through what; and what is refused is not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from firmware.billing.outputs.service import RecordOutputService
from firmware.exchange.decisions import CallView, Party
from firmware.ivr.menus.book import product_texts
from firmware.services.model import GuestRequest, VoiceMessage
from firmware.services.pins import MOST_WRONG
from firmware.store.model import AuditEntry
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.output_desk import OutputDesk
from firmware.supervisor.pms_links import PmsLinks
from tests.unit.supervisor.house import ZONE, House
from tests.unit.supervisor.telephone import Sound
from tests.unit.webui.program import ROLES, Program
from webui.api.billing import TARIFF_COLUMNS
from webui.routes import ROUTES

OUTPUT = '\n[[record_output]]\nformat = "csv"\nto = "tcp-server:127.0.0.1:1752"\n'
TABLE = f"{','.join(TARIFF_COLUMNS)}\n0,,,,,,60,1,,,,".encode()
KINDS = {
    "PUT /tariffs": "text/csv",
    "PUT /prompts/{language}/{name}": "audio/wav",
    "PUT /menus/{name}": "text/plain",
    "PUT /restore/upload": "application/octet-stream",
}
"""Of bodies that are no JSON."""
TELLS_NOBODY = {
    "POST /session": "the person who logs in is named by the entry itself",
    "DELETE /session": "a token has no session",
    "PUT /session/password": "a token has no password",
    "PUT /session/preferences": "a token has no account",
    "POST /session/second-factor": "nothing is changed until its first code is right",
    "PUT /session/second-factor": "a token has no account",
    "DELETE /session/second-factor": "a token has no account",
    "DELETE /session/mine/{id}": "a token has no account",
    "DELETE /users/{name}/second-factor": "nobody here has one",
    "DELETE /sessions/{id}": "there is no session here",
    "POST /emergency/dry-run": "there is no gateway here",
    "POST /lines/{kind}/{number}/test": "there is no gateway here",
    "POST /backups": "there is no database here to make one of",
    "DELETE /backups/{name}": "there is no backup here",
    "POST /restore": "a token has no password",
    "POST /system/restart": "there is nothing here to restart",
    "PUT /system/certificate": "there is no HTTPS here",
    "DELETE /system/certificate": "there is no HTTPS here",
}
"""Seen elsewhere: tests/unit/supervisor/test_access.py, test_account.py, test_dry_run.py, test_line_tests.py."""


class Hotel(Program):
    """With a PMS link and an output of call records; a click to dial, and a line's return, go well."""

    def __init__(self, data: Path) -> None:
        super().__init__(House(lambda text: text + OUTPUT, data=data))
        self.gone = ""
        house = self.house
        trail = AuditTrail(house.config, house.clock, house.store)
        house.desk.links = PmsLinks(
            house.config,
            house.hotel,
            house.store,
            house.alarms,
            house.clock,
            ZONE,
            house.billing.confirm,
            trail,
            lambda local: None,
        )
        outputs = RecordOutputService(house.config, house.store, house.alarms, house.clock, house.bus, Path())
        house.desk.outputs = OutputDesk(outputs, trail, ZONE)
        house.service.request = self._by_gateway  # type: ignore[assignment,method-assign]
        house.service.calls = lambda: [CallView("c1", "ringing", Party(), Party(), "102", 0)]  # type: ignore[method-assign]

    async def happen(self) -> None:
        """What comes from telephones: an alarm, a request, voice mail, and somebody who guesses PINs."""
        await self.house.alarms.raise_alarm("line-dead", "fxs/1", "no current")
        now, telephone = self.house.clock.utc(), self.house.telephone
        said = VoiceMessage(id="m1", room="101", guests=(), at=now, ms=2000, size=16_000, left=now)
        asked = GuestRequest(id="r1", kind="taxi", names={"en": "a taxi"}, room="101", left=now, by="101")
        await self.house.store.do(lambda kept: (kept.voice_mail.put(said), kept.requests.add(asked)))
        await telephone.mail.load()
        for _ in range(MOST_WRONG):
            await telephone.pins.check("d1", "100", "9999")

    async def _by_gateway(self, ask: Callable[..., Any]) -> Any:
        return "c1"

    @property
    def guest(self) -> str:
        return self.house.hotel.house.rooms["203"].guests[0].id

    @property
    def wakeup(self) -> str:
        return next(iter(self.house.hotel.house.wakeups))

    @property
    def message(self) -> str:
        return next(iter(self.house.hotel.house.messages))


@pytest.fixture
async def hotel(tmp_path: Path) -> AsyncIterator[Hotel]:
    made = Hotel(tmp_path)
    await made.open()
    yield made
    await made.close()


STEPS: tuple[tuple[str, Callable[[Hotel], str], Any], ...] = (
    ("POST /rooms/{room}/check-in", lambda hotel: "/rooms/203/check-in", {"name": "Holm", "reservation": "7"}),
    ("PATCH /rooms/{room}/guests/{guest}", lambda hotel: f"/rooms/203/guests/{hotel.guest}", {"vip": True}),
    ("PATCH /rooms/{room}", lambda hotel: "/rooms/203", {"housekeeping": "clean"}),
    ("POST /rooms/{room}/messages", lambda hotel: "/rooms/203/messages", {"text": "call home"}),
    ("POST /rooms/{room}/messages/fetch", lambda hotel: "/rooms/203/messages/fetch", None),
    ("POST /messages/{id}/read", lambda hotel: f"/messages/{hotel.message}/read", {}),
    ("DELETE /messages/{id}", lambda hotel: f"/messages/{hotel.message}", None),
    ("POST /rooms/{room}/move", lambda hotel: "/rooms/203/move", {"to": "101"}),
    ("POST /check-ins", lambda hotel: "/check-ins", {"rooms": [{"room": "203"}]}),
    ("POST /rooms/{room}/swap", lambda hotel: "/rooms/203/swap", {"with": "101"}),
    ("POST /charges", lambda hotel: "/charges", {"room": "203", "items": [{"article": 1}]}),
    ("POST /charges/{id}/settle", lambda hotel: "/charges/1/settle", None),
    ("POST /rooms/{room}/check-out", lambda hotel: "/rooms/203/check-out", {}),
    ("POST /check-outs", lambda hotel: "/check-outs", {"rooms": ["101"]}),
    ("DELETE /stays/{guest}/data", lambda hotel: f"/stays/{hotel.gone}/data", None),
    ("PUT /tariffs", lambda hotel: "/tariffs", TABLE),
    ("PUT /settings/charging", lambda hotel: "/settings/charging", {"calls_priced_by": "pms"}),
    ("PUT /settings/exchange", lambda hotel: "/settings/exchange", {"call_waiting": False}),
    ("PUT /settings/restriction", lambda hotel: "/settings/restriction", {"forbidden": ["0700"]}),
    ("PUT /settings/night-service", lambda hotel: "/settings/night-service", {"mode": "on"}),
    ("PUT /settings/retention", lambda hotel: "/settings/retention", {"audit": 30}),
    ("PUT /settings/room-to-room-blocking", lambda hotel: "/settings/room-to-room-blocking", {"enabled": True}),
    (
        "PUT /settings/extensions/{number}", lambda hotel: "/settings/extensions/203",
        {"dnd": True, "forward": ["busy"]},
    ),
    ("POST /calls", lambda hotel: "/calls", {"from": "101", "to": "102"}),
    ("DELETE /calls/{id}", lambda hotel: "/calls/c1", None),
    ("POST /lines/{kind}/{number}/return-to-service", lambda hotel: "/lines/fxs/1/return-to-service", None),
    ("POST /links/{name}/resync", lambda hotel: "/links/front-office/resync", None),
    ("POST /record-outputs/{index}/test", lambda hotel: "/record-outputs/0/test", None),
    ("POST /alarms/{id}/acknowledge", lambda hotel: "/alarms/1/acknowledge", None),
    ("POST /wakeups", lambda hotel: "/wakeups", {"room": "203", "at": "2026-11-22T07:00", "vip": True}),
    ("PATCH /wakeups/{id}", lambda hotel: f"/wakeups/{hotel.wakeup}", {"at": "2026-11-22T08:00"}),
    ("POST /wakeups/{id}/outcome", lambda hotel: f"/wakeups/{hotel.wakeup}/outcome", {"outcome": "answered"}),
    ("POST /wakeups", lambda hotel: "/wakeups", {"rooms": ["203"], "at": "2026-11-22T07:00", "repeat": "daily"}),
    ("DELETE /wakeups/{id}", lambda hotel: f"/wakeups/{hotel.wakeup}", None),
    ("PUT /prompts/{language}/{name}", lambda hotel: "/prompts/en/goodbye", Sound.HEAD + bytes(8000)),
    ("DELETE /prompts/{language}/{name}", lambda hotel: "/prompts/en/goodbye", None),
    ("PUT /menus/{name}", lambda hotel: "/menus/own-number", product_texts()["own-number"].text.encode()),
    ("DELETE /menus/{name}", lambda hotel: "/menus/own-number", None),
    ("POST /menus/reload", lambda hotel: "/menus/reload", None),
    ("PUT /settings/codes", lambda hotel: "/settings/codes", {"digits": {"redial": "*60"}}),
    ("POST /pins", lambda hotel: "/pins", {"name": "Maria", "pin": "4711", "rights": ["stays"]}),
    ("DELETE /pins/{name}", lambda hotel: "/pins/Maria", None),
    ("PUT /settings/pins", lambda hotel: "/settings/pins", {"lock_minutes": 5}),
    ("POST /lines/{number}/unlock-staff-codes", lambda hotel: "/lines/100/unlock-staff-codes", None),
    ("POST /requests/{id}/done", lambda hotel: "/requests/r1/done", None),
    ("PUT /settings/requests", lambda hotel: "/settings/requests", {"kinds": []}),
    ("PUT /settings/minibar", lambda hotel: "/settings/minibar", {"articles": {"7": {"en": "water"}}}),
    ("POST /backups/key", lambda hotel: "/backups/key", {}),
    ("PUT /restore/upload", lambda hotel: "/restore/upload", b"encrypted"),
    ("POST /clock/vouch", lambda hotel: "/clock/vouch", None),
    ("DELETE /rooms/{room}/voice-mail/{id}", lambda hotel: "/rooms/101/voice-mail/m1", None),
    ("PUT /settings/voice-mail", lambda hotel: "/settings/voice-mail", {"keeps_copy": True}),
    ("POST /users", lambda hotel: "/users", {"name": "anna", "password": "long enough", "role": "desk"}),
    ("PATCH /users/{name}", lambda hotel: "/users/anna", {"role": "technician"}),
    ("DELETE /users/{name}", lambda hotel: "/users/anna", None),
    ("POST /tokens", lambda hotel: "/tokens", {"name": "till", "role": "desk"}),
    ("DELETE /tokens/{name}", lambda hotel: "/tokens/till", None),
)  # fmt: skip


async def test_every_change_says_who_and_through_what(hotel: Hotel) -> None:
    await hotel.happen()
    for name, path, body in STEPS:
        before = len(await hotel.house.audit())
        headers = {"Content-Type": kind} if (kind := KINDS.get(name)) else {}
        if name == "POST /rooms/{room}/check-out":
            hotel.gone = hotel.guest
        answer = await hotel.ask(name.partition(" ")[0], path(hotel), body, "manager", **headers)
        assert answer.status_code < 300, f"{name}: {answer.text}"
        added = (await hotel.house.audit())[: -before or None]
        assert added, f"{name} is not in the audit"
        assert {(entry.who, entry.through) for entry in added} == {("a-manager", "api")}, name
    changing = {f"{route.method} {route.path}" for route in ROUTES if route.method != "GET"}
    assert {name for name, _, _ in STEPS} | set(TELLS_NOBODY) == changing


@pytest.mark.parametrize(
    "query", ["from=2026-11-26T12:00:00Z", "to=2026-11-26T13:00:00Z", "room=203", "who=anna", "action=room-moved"]
)
async def test_the_audit_is_found_by_when_where_who_and_what(hotel: Hotel, query: str) -> None:
    noon = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
    wanted = AuditEntry(at=noon, who="anna", through="api", action="room-moved", subject="wanted", room="203")
    other = {
        "from": replace(wanted, at=noon - timedelta(hours=1)), "to": replace(wanted, at=noon + timedelta(hours=1)),
        "room": replace(wanted, room="101"), "who": replace(wanted, who="203"),
        "action": replace(wanted, action="anna"),
    }[query.partition("=")[0]]  # fmt: skip
    await hotel.house.store.do(lambda kept: (kept.audit.add(wanted), kept.audit.add(replace(other, subject="other"))))
    for asked, subjects in (("", {"wanted", "other"}), (f"?{query}", {"wanted"})):
        found = (await hotel.done("GET", f"/audit{asked}", role="manager"))["items"]
        assert {entry["subject"] for entry in found} == subjects


async def test_each_route_is_for_its_roles_alone(hotel: Hotel) -> None:
    for route in (route for route in ROUTES if route.roles):
        path = route.path.replace("{kind}", "fxs").replace("{", "").replace("}", "")
        assert (await hotel.ask(route.method, path, None, "nobody")).status_code == 401, path
        for role in set(ROLES) - route.roles:
            answer = await hotel.ask(route.method, path, None, role)
            refusal = (answer.status_code, answer.json["error"]["code"])
            assert refusal == (403, "not-allowed"), f"{role}: {route.method} {path}"
    assert await hotel.house.audit() == []
