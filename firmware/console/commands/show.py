"""What there is and how it is: `show ...`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from firmware.audit import AuditFilter
from firmware.console.commands.tables import pairs, table, when
from firmware.console.contract import Call, Command
from webui import types
from webui.services import Part

FIRST = Part(limit=200, after=None)
LATEST = Part(limit=50, after=None)


async def lines(call: Call) -> None:
    rows = [
        (line.port, line.extension, line.state, "dnd" if line.dnd else None, line.fault)
        for line in call.services.lines()
    ]
    await call.talk.show(table(("port", "extension", "state", "dnd", "fault"), rows))


async def calls(call: Call) -> None:
    rows = [
        (_party(one.from_), _party(one.to), one.trunk, one.state, when(one.started)[11:], "yes" * one.emergency)
        for one in call.services.calls()
    ]
    await call.talk.show(table(("from", "to", "trunk", "state", "since", "emergency"), rows))


async def links(call: Call) -> None:
    rows = [
        (link.name, link.protocol, link.state, link.counters.received, link.counters.sent, link.outbox)
        for link in call.services.links.links()
    ]
    await call.talk.show(table(("link", "protocol", "state", "received", "sent", "waiting"), rows))
    for link in call.services.links.links():
        await call.talk.show(f"{link.name} since {when(link.since)}: {link.why}")


async def wakeups(call: Call) -> None:
    """Of the coming 24 hours."""
    rows = [
        (when(ring.rings_at), ring.room, "VIP" if ring.vip else None, "by a person" if ring.by_person else "by bell")
        for ring in call.services.wakeups.plan(None)
    ]
    await call.talk.show(table(("rings at", "room", "", "how"), rows))


async def alarms(call: Call) -> None:
    found, _ = await call.services.alarms(False, FIRST)
    rows = [
        (alarm.id, when(alarm.raised)[5:16], _alarm_state(alarm), f"{alarm.kind} {alarm.subject}: {alarm.text}")
        for alarm in found
    ]
    if not rows:
        await call.talk.show("none")
    for number, at, state, text in rows:  # whole, however long: it says what to do
        await call.talk.show(f"{number:>5}  {at}  {state:<12}  {text}")


async def health(call: Call) -> None:
    seen = call.services.health()
    voice, lag = seen.voice, f"{seen.loop_lag_ms:.0f} ms"
    await call.talk.show(
        pairs(
            [
                ("ready", "yes" if seen.ready else f"no: {seen.why}"),
                ("sound", f"{voice.late_blocks} of {voice.blocks} blocks late, {voice.underruns} underruns"),
                ("real-time priority", "yes" if voice.real_time else "no"),
                ("tick", f"50 % {voice.tick_p50_us} us, 99 % {voice.tick_p99_us} us, most {voice.tick_max_us} us"),
                ("supervisor's lag", lag),
            ]
        )
    )
    processes = [(role, one.pid, when(one.since), one.restarts) for role, one in seen.processes.items()]
    await call.talk.show(" \n" + table(("process", "id", "since", "restarts"), processes))
    services = [(one.name, one.state, one.restarts) for one in seen.services]
    await call.talk.show(" \n" + table(("service", "state", "restarts"), services))


async def clock(call: Call) -> None:
    seen = call.services.health().clock
    now = call.box.wall_time()
    trusted = f"yes, by {seen.source}" if seen.trusted else "no: nobody vouches for it (`vouch clock`, `set clock`)"
    rows = [("now", now.isoformat(" ", "seconds")), ("zone", seen.zone), ("trusted", trusted)]
    await call.talk.show(pairs(rows))


async def versions(call: Call) -> None:
    system = await call.services.box.system()
    found = system.versions
    await call.talk.show(
        pairs(
            [
                ("Night Porter", found.nightporter),
                ("Python", found.python),
                ("SQLite", found.sqlite),
                ("kernel", found.kernel),
                ("zone data", found.zone_data),
                ("board", system.board),
                ("host", system.host),
            ]
        )
    )


async def rooms(call: Call) -> None:
    rows = [
        (room.room, " ".join(room.extensions), room.occupancy, room.housekeeping, room.effective_class, room.line_state)
        for room in call.services.rooms.rooms()
    ]
    await call.talk.show(table(("room", "extensions", "occupancy", "housekeeping", "class", "line"), rows))


async def audit(call: Call) -> None:
    found, _ = await call.services.audit(AuditFilter(), LATEST)
    rows = [(when(one.at)[5:], one.who, one.through, one.action, one.subject) for one in found]
    await call.talk.show(table(("at", "who", "through", "action", "what"), rows))


async def backups(call: Call) -> None:
    found = await call.services.backups.backups()
    rows = [(when(one.made), one.name, f"{one.bytes / 1e6:.1f} MB") for one in found]
    await call.talk.show(table(("made", "file", "size"), rows))


async def address(call: Call) -> None:
    await call.talk.show(await call.box.address())


async def consoles(call: Call) -> None:
    rows = [(seat.name, seat.place, seat.since and seat.since.isoformat(" ", "seconds")) for seat in call.box.seats()]
    await call.talk.show(table(("who", "where", "since"), rows))


def _party(party: types.Party) -> str:
    return party.extension or party.number or party.port or "-"


def _alarm_state(alarm: types.Alarm) -> str:
    if alarm.acknowledged is not None:
        return f"seen {when(alarm.acknowledged.at)[11:16]}"
    return "stands" if alarm.cleared is None else "is over"


def _show(word: str, text: str, run: Callable[[Call], Awaitable[None]]) -> Command:
    return Command(("show", word), text, run)


COMMANDS: tuple[Command, ...] = (
    _show("lines", "every line: its state, and its fault", lines),
    _show("calls", "the calls that stand", calls),
    _show("links", "the hotel's computers, and what waits for them", links),
    _show("wakeups", "who is woken within 24 hours", wakeups),
    _show("alarms", "what nobody has acknowledged, or what still stands", alarms),
    _show("health", "readiness, processes, services, the audio path", health),
    _show("clock", "what the clock shows, and who vouches for it", clock),
    _show("versions", "of the product and of what it stands on", versions),
    _show("rooms", "every room, without its guests", rooms),
    _show("audit", "the last 50 changes, and who made them", audit),
    _show("backups", "the backups on this box", backups),
    _show("address", "the box's own network address", address),
    Command(("who",), "who sits at a console", consoles),
)
