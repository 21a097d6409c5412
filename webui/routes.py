"""The API's routes as one table, from which both the application and the OpenAPI document are made."""

from __future__ import annotations

from typing import get_args

import msgspec

from firmware.audit import AuditFilter
from webui import types
from webui.api import (
    access,
    account,
    backups,
    billing,
    clock,
    codes,
    health,
    hotel,
    line_tests,
    links,
    outputs,
    plant,
    prompts,
    reports,
    requests,
    stays,
    system,
    wakeups,
)
from webui.faults import ApiError
from webui.route import EVERYBODY, FRONT, PART, PERIOD, READERS, TECHNICAL, Ask, Many, Route, part_of
from webui.services import Identity

TOPICS = {
    "room": "/rooms", "wakeup": "/wakeups", "request": "/requests", "call": "/calls",
    "call-record": "/call-records", "line": "/lines", "alarm": "/alarms", "health": "/health", "link": "/links",
    "message": "/rooms/{room}/messages", "voice-mail": "/rooms/{room}/voice-mail", "prompt": "/prompts",
    "menu": "/menus", "codes": "/settings/codes",
    "line-test": "/line-tests", "backup": "/backups/state",
}  # fmt: skip
"""The topics of the live feed, and where their objects can be had."""
ROOM_WITHOUT_GUESTS = "room-without-guests"
"""The topic of housekeeping, whose events are named `room` too."""
RECORD_COLUMNS = (
    "id", "call", "direction", "from", "to", "room", "trunk", "dialled", "started", "answered", "ended",
    "talk_seconds", "answered_by", "cause", "end", "complete", "emergency", "charge_amount", "charge_currency",
    "unpriced",
)  # fmt: skip


async def lines(ask: Ask) -> Many:
    return part_of(ask.services.lines(), ask.query.part())


async def calls(ask: Ask) -> Many:
    return part_of(ask.services.calls(), ask.query.part())


async def dial(ask: Ask) -> types.Call:
    return await ask.services.dial(ask.body.from_, ask.body.to, ask.who)


async def clear(ask: Ask) -> None:
    await ask.services.clear(ask.path["id"], ask.who)


async def call_records(ask: Ask) -> Many:
    query, room, number = ask.query, ask.query.text("room"), ask.query.text("number")
    direction: types.Direction | None = query.choice("direction", get_args(types.Direction))
    period = query.period(ask.services.local)
    found = await ask.services.call_records(period, room, number, query.part(), direction)
    await ask.services.readings.note(ask.who, room, number)
    return Many(*found)


async def alarms(ask: Ask) -> Many:
    return Many(*await ask.services.alarms(ask.query.flag("all"), ask.query.part()))


async def acknowledge(ask: Ask) -> types.Alarm:
    number = ask.path["id"]
    if not number.isascii() or not number.isdigit() or len(number) > 15:
        raise ApiError(404, "unknown-alarm", f"there is no alarm {number}", "id")
    return await ask.services.acknowledge(int(number), ask.who)


async def audit(ask: Ask) -> Many:
    query = ask.query
    period = query.period(ask.services.local)
    wanted = AuditFilter(
        since=period.since, until=period.until,
        room=query.text("room"), who=query.text("who"), action=query.text("action"),
    )  # fmt: skip
    return Many(*await ask.services.audit(wanted, query.part()))


async def return_to_service(ask: Ask) -> None:
    await ask.services.return_to_service(f"{ask.path['kind']}/{ask.path['number']}", ask.who)


async def emergency_dry_run(ask: Ask) -> types.EmergencyDryRun:
    return await ask.services.emergency_dry_run(ask.who)


async def rooms(ask: Ask) -> Many:
    return part_of([_for(ask.who, room) for room in ask.services.rooms.rooms()], ask.query.part())


async def room(ask: Ask) -> types.Room:
    return _for(ask.who, ask.services.rooms.room(ask.path["room"]))


async def change_room(ask: Ask) -> types.Room:
    if ask.who.role == "housekeeping":
        _check_housekeeping(ask.body)
    return _for(ask.who, await ask.services.rooms.change_room(ask.path["room"], ask.body, ask.who))


def _for(who: Identity, room: types.Room) -> types.Room:
    """Housekeeping need not know who lives there."""
    return types.without_guests(room) if who.role == "housekeeping" else room


def _check_housekeeping(wanted: types.RoomChange) -> None:
    others = [name for name in msgspec.to_builtins(wanted) if name != "housekeeping"]
    if others:
        raise ApiError(403, "not-allowed", "the role housekeeping may change the housekeeping status alone", others[0])


async def room_blocking(ask: Ask) -> types.RoomBlocking:
    return await ask.services.settings.room_blocking()


async def set_room_blocking(ask: Ask) -> types.RoomBlocking:
    return await ask.services.settings.set_room_blocking(ask.body, ask.who)


async def exchange_settings(ask: Ask) -> types.ExchangeSettings:
    return await ask.services.settings.exchange()


async def set_exchange_settings(ask: Ask) -> types.ExchangeSettings:
    return await ask.services.settings.set_exchange(ask.body, ask.who)


async def restriction(ask: Ask) -> types.Restriction:
    return await ask.services.settings.restriction()


async def set_restriction(ask: Ask) -> types.Restriction:
    return await ask.services.settings.set_restriction(ask.body, ask.who)


async def night_service(ask: Ask) -> types.NightService:
    return await ask.services.settings.night_service()


async def set_night_service(ask: Ask) -> types.NightService:
    return await ask.services.settings.set_night_service(ask.body, ask.who)


async def extension_settings(ask: Ask) -> types.ExtensionSettings:
    return ask.services.settings.extension(ask.path["number"])


async def set_extension_settings(ask: Ask) -> types.ExtensionSettings:
    return await ask.services.settings.set_extension(ask.path["number"], ask.body, ask.who)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/lines", lines, "The lines, and what each is doing", EVERYBODY, types.Line, True, query=PART),
    Route(
        "POST", "/lines/{kind}/{number}/return-to-service", return_to_service,
        "A person says that a line which was taken out of service may be tried again", READERS,
        status=204, refusals=(404,),
    ),
    Route("GET", "/calls", calls, "The calls that stand now", READERS, types.Call, True, query=PART),
    Route(
        "POST", "/calls", dial, "Click to dial", READERS, types.Call,
        body=types.NewCall, status=201, refusals=(409,),
    ),
    Route("DELETE", "/calls/{id}", clear, "Clear a call", READERS, status=204, refusals=(404, 409)),
    Route(
        "GET", "/call-records", call_records, "Finished calls, latest first", READERS, types.CallRecord, True,
        query={
            **PERIOD, "room": "of either side", "number": "of either side, or dialled",
            "direction": ", ".join(get_args(types.Direction)), **PART,
        },
        csv=RECORD_COLUMNS,
    ),
    Route("GET", "/rooms", rooms, "The rooms; housekeeping sees no guests", EVERYBODY, types.Room, True, query=PART),
    Route(
        "GET", "/rooms/{room}", room, "One room; housekeeping sees no guests", EVERYBODY, types.Room,
        refusals=(404,),
    ),
    Route(
        "PATCH", "/rooms/{room}", change_room,
        "Change a room's class of restriction, do-not-disturb, lamp or housekeeping status (housekeeping: that alone)",
        FRONT | {"housekeeping"}, types.Room, body=types.RoomChange, refusals=(404,),
    ),
    Route(
        "POST", "/emergency/dry-run", emergency_dry_run,
        "Try what an emergency call would find, without dialling: takes some seconds", TECHNICAL, types.EmergencyDryRun,
    ),
    *health.ROUTES,
    Route(
        "GET", "/alarms", alarms, "Alarms that are not acknowledged, or whose cause still stands; latest first",
        READERS, types.Alarm, True, query={"all": "true: those of the past too", **PART},
    ),
    Route(
        "POST", "/alarms/{id}/acknowledge", acknowledge, "A person has seen an alarm", READERS, types.Alarm,
        refusals=(404,),
    ),
    Route(
        "GET", "/audit", audit, "Who changed what, through what; latest first", TECHNICAL, types.AuditEntry, True,
        query={
            **PERIOD, "room": "a room number", "who": "a name", "action": "what was done, as `check-in`", **PART,
        },
    ),
    Route(
        "GET", "/settings/room-to-room-blocking", room_blocking, "Whether rooms may call each other", READERS,
        types.RoomBlocking,
    ),
    Route(
        "PUT", "/settings/room-to-room-blocking", set_room_blocking,
        "Refuse calls from room to room, all day or by hours, with exceptions", READERS, types.RoomBlocking,
        body=types.RoomBlocking,
    ),
    Route(
        "GET", "/settings/exchange", exchange_settings, "What the house chooses of its exchange", READERS,
        types.ExchangeSettings,
    ),
    Route(
        "PUT", "/settings/exchange", set_exchange_settings,
        "Forwarding, what rooms see of a caller, call waiting, hook flash of rooms, timers; in force at once",
        TECHNICAL, types.ExchangeSettings, body=types.ExchangeSettings,
    ),
    Route(
        "GET", "/settings/restriction", restriction, "Lists and hours of calls outside, beyond the classes", READERS,
        types.Restriction,
    ),
    Route(
        "PUT", "/settings/restriction", set_restriction,
        "Numbers allowed and forbidden, black lists (which never hold an emergency number), hours of calls outside",
        TECHNICAL, types.Restriction, body=types.Restriction,
    ),
    Route(
        "GET", "/settings/night-service", night_service, "Where calls in go while reception is not attended", READERS,
        types.NightService,
    ),
    Route(
        "PUT", "/settings/night-service", set_night_service, "Switch the night service, or have its hours switch it",
        READERS, types.NightService, body=types.NightService,
    ),
    Route(
        "GET", "/settings/extensions/{number}", extension_settings, "Do-not-disturb and forwarding of an extension",
        READERS, types.ExtensionSettings, refusals=(404,),
    ),
    Route(
        "PUT", "/settings/extensions/{number}", set_extension_settings,
        "Do-not-disturb and forwarding of an extension, set by the desk; in force at once", READERS,
        types.ExtensionSettings, body=types.ExtensionSettings, refusals=(404,),
    ),
    *hotel.ROUTES,
    *stays.ROUTES,
    *billing.ROUTES,
    *links.ROUTES,
    *outputs.ROUTES,
    *plant.ROUTES,
    *line_tests.ROUTES,
    *access.ROUTES,
    *account.ROUTES,
    *clock.ROUTES,
    *wakeups.ROUTES,
    *prompts.ROUTES,
    *codes.ROUTES,
    *requests.ROUTES,
    *reports.ROUTES,
    *system.ROUTES,
    *backups.ROUTES,
)  # fmt: skip


def topics_of(role: str) -> frozenset[str]:
    """What somebody of this role hears on the live feed: what he may also GET."""
    readers = {route.path: route.roles for route in ROUTES if route.method == "GET"}
    heard = frozenset(topic for topic, path in TOPICS.items() if role in readers[path])
    return heard - {"room"} | {ROOM_WITHOUT_GUESTS} if role == "housekeeping" else heard
