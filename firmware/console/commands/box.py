"""The box itself: emergency, alarms, clock, address, passwords, backups, restarts."""

from __future__ import annotations

from datetime import datetime

from firmware.console.commands.choices import PROCESSES, services_of
from firmware.console.commands.tables import table, when
from firmware.console.contract import Argument, Call, Command, new_password
from firmware.errors import RefusedError
from webui.api.access import UserChange

CLOCK_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
MOST_NUMBER = 18
NAME = Argument("name")


async def emergency(call: Call) -> None:
    found = await call.services.emergency_dry_run(call.who)
    rows = [(one.port, one.state, "-" if one.ms is None else f"{one.ms} ms", one.fault) for one in found.lines]
    await call.talk.show(table(("line", "state", "dial tone", "fault"), rows))
    await call.talk.show(f"numbers: {', '.join(found.numbers)}; reception: {', '.join(found.reception) or 'NOBODY'}")
    await call.talk.show(f"the telephones know them without the supervisor: {'yes' if found.lodged else 'NO'}")
    await call.talk.show("good: an emergency call goes out" if found.ok else "FAILED: an emergency call may not go out")


async def acknowledge(call: Call) -> None:
    number = call.given["alarm"]
    if not number.isdecimal() or len(number) > MOST_NUMBER:
        raise RefusedError("unknown-alarm", f"{number} is no alarm's number; `show alarms` has them")
    seen = await call.services.acknowledge(int(number), call.who)
    await call.talk.show(f"{seen.kind} {seen.subject}: acknowledged")


async def set_clock(call: Call) -> None:
    at = call.services.local(_wall_time(call.given["time"]))
    call.box.check_clock()
    if await call.talk.confirm(f"It is {at.isoformat(' ', 'seconds')}, by a watch that is right?"):
        await call.box.set_clock(at, call.who)
        await call.talk.show("the clock is set, and counts as right until the box is switched off, at most 30 days")


async def vouch(call: Call) -> None:
    now = call.box.wall_time().isoformat(" ", "seconds")
    if await call.talk.confirm(f"The clock shows {now}. Does a watch that is right, too?"):
        vouched = await call.services.wall_clock.vouch(call.who)
        await call.talk.show(f"it counts as right until {when(vouched.until)}, but not beyond a restart of the box")


async def set_address(call: Call) -> None:
    wanted = call.given["address"].split()
    meant = call.box.check_address(wanted)
    await call.talk.show(f"now:    {await call.box.address()}\nwanted: {meant}")
    if await call.talk.confirm("Set it? Whoever works over the network may lose the box."):
        await call.talk.show(await call.box.set_address(wanted, call.who))


async def keep_address(call: Call) -> None:
    await call.box.keep_address(call.who)
    await call.talk.show("the address stays")


async def reset_password(call: Call) -> None:
    name = call.given["name"]
    if name not in [user.name for user in await call.services.access.users()]:
        raise RefusedError("unknown-user", f"there is no user {name}")
    await call.services.access.change_user(name, UserChange(password=await new_password(call.talk)), call.who)
    await call.talk.show(f"{name} has the new password, and is logged out everywhere")


async def reset_factor(call: Call) -> None:
    name = call.given["name"]
    if await call.talk.confirm(f"{name} will log in by the password alone, until a new second factor is set. Do it?"):
        await call.services.accounts.remove_factor(name, call.who)
        await call.talk.show(f"{name} has no second factor now")


async def backup(call: Call) -> None:
    await call.services.backups.begin(call.who)
    await call.talk.show("a backup is being made; `show backups` lists it when it is there, an alarm tells if it fails")


async def restart(call: Call) -> None:
    what = call.given["what"].lower()
    lost = len(call.services.calls()) if what == "voice" else 0
    effect = {
        "voice": f"{lost} calls will be cut off, and telephones are dead for some seconds.",
        "supervisor": "Calls go on; pages, consoles (this one, too) and the PMS are away for some seconds.",
    }.get(what, "Calls go on.")
    if await call.talk.confirm(f"{effect} Restart {what}?"):
        await call.services.box.restart(what, call.who)
        await call.talk.show(f"{what} ends and is started anew")


def _wall_time(text: str) -> datetime:
    for form in CLOCK_FORMATS:
        try:
            return datetime.strptime(text.replace("T", " "), form)  # noqa: DTZ007 - the hotel's wall time
        except ValueError:
            continue
    raise RefusedError("time", f'{text} is no time: say it as "2026-11-26 21:00" or "2026-11-26 21:00:30"')


COMMANDS: tuple[Command, ...] = (
    Command(
        ("emergency", "dry-run"),
        "prove that an emergency call would go out",
        emergency,
        more="Seizes each free company line until it hears dial tone; dials nobody.",
    ),
    Command(("acknowledge", Argument("alarm")), "say that an alarm was seen, by its number", acknowledge),
    Command(
        ("set", "clock", Argument("time", rest=True)),
        "set the clock, by the hotel's wall time",
        set_clock,
        more="As: set clock 2026-11-26 21:00, or with seconds. It vouches for the clock, too.",
    ),
    Command(("vouch", "clock"), "say that the clock is right, as it is", vouch),
    Command(
        ("set", "address", Argument("address", rest=True)),
        "set the box's own network address",
        set_address,
        more="As: set address dhcp\n    set address 192.0.2.10/24 gateway 192.0.2.1 dns 192.0.2.53\nThe former one "
        "comes back after 2 minutes unless `confirm address` is said meanwhile.",
    ),
    Command(("confirm", "address"), "keep the address that was just set", keep_address),
    Command(
        ("reset", "password", NAME),
        "give a person another password",
        reset_password,
        more="It is asked for twice and not shown. Ends all sessions of that person.",
    ),
    Command(("reset", "second-factor", NAME), "let a person log in by the password alone", reset_factor),
    Command(("backup",), "make a backup now", backup),
    Command(
        ("restart", Argument("what", services_of, strict=True)),
        "start a process or a service anew",
        restart,
        more=f"Processes: {', '.join(PROCESSES)}; services: see `show health`. It says first what is lost, and asks.",
    ),
)
