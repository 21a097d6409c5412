"""`nightporter run` and `status`: the product as a whole, seen by the person who starts it."""

from __future__ import annotations

import socket
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from firmware import config as configuration
from firmware.config import AnalogTrunk, Config
from firmware.errors import NightPorterError
from firmware.host import reached_at
from firmware.launcher import Launcher, product
from firmware.log import write_aside
from firmware.processes import Role, RunDirectory, replace_file

ROLES: tuple[Role, ...] = ("launcher", "bench", "indicators", "voice", "supervisor")


def run(path: Path, data: Path) -> int:
    """Start everything and stay; the exit status. Raises ConfigError and InUseError."""
    settings = configuration.load(path)
    directory = RunDirectory(data).make()
    directory.hold("launcher", settings.digest())
    _check_addresses(settings, directory)
    if directory.in_memory:
        _say(f"{data}: notice: the disk is full or can only be read: people telephone, but nothing new is kept")
    for notice in configuration.notices(settings):
        _say(f"{path}: notice: {notice}")
    # The processes read this copy: an edit of the file while the product runs waits for the next start.
    copy = directory.path / "hotel.toml"
    replace_file(copy, path.read_bytes())
    children = product(copy, data, settings.board.kind == "sim")

    def tell() -> bool:
        status = directory.status()
        supervisor = directory.running("supervisor")
        if supervisor is None or status.get("pid") != supervisor.pid or not status.get("ready"):
            return False
        for line in [*greeting(settings, status), *_key_of_backups(data)]:
            _say(line)
        return True

    write_aside()
    return Launcher(directory, children, settings.digest(), tell).run()


def _check_addresses(settings: Config, directory: RunDirectory) -> None:
    """Nobody else listens where we shall. Raises NightPorterError; what is ours already is adopted or restarted."""
    wanted: list[tuple[Role, str, str]] = [("supervisor", "web.listen", settings.web.listen)]
    if settings.bench is not None and settings.board.kind == "sim":
        wanted.append(("bench", "bench.listen", settings.bench.listen))
    for role, key, address in wanted:
        if directory.running(role) is None and (why := unavailable(address)):
            raise NightPorterError(f"{key}: {address} cannot be listened on: {why}")


def unavailable(address: str) -> str | None:
    """Why nobody can listen there now, or None."""
    host, port = configuration.split_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            return error.strerror or str(error)
    return None


def status(data: Path) -> int:
    """Print what runs; 0 if a lifted telephone gets dial tone and every service runs, else 1."""
    directory = RunDirectory(data)
    seen = directory.status()
    for role in ROLES:
        running = directory.running(role)
        if running is None:
            _say(f"{role:<11} -")
        else:
            since = local_time(running.since, seen.get("zone"))
            _say(f"{role:<11} process {running.pid}, since {since}, restarted {running.restarts} times")
    supervisor = directory.running("supervisor")
    if supervisor is None or seen.get("pid") != supervisor.pid:
        _say("not ready: the supervisor does not run")
        return 1
    _say("ready" if seen["ready"] else f"not ready: {seen['why']}")
    for alarm in seen.get("alarms", ()):
        _say(f"alarm: {alarm}")
    return 0 if seen["ready"] else 1


def local_time(instant: datetime, zone: str | None) -> str:
    """Day, time and offset in the hotel's zone; before the zone is known, in the zone of this machine."""
    local = instant.astimezone(None if zone is None else ZoneInfo(zone))
    return local.isoformat(" ", "seconds")


def greeting(settings: Config, status: dict[str, Any]) -> list[str]:
    """What is printed when the product is ready."""
    lines = [f"{settings.hotel.name} is ready."]
    if settings.bench is not None and settings.board.kind == "sim":
        bench = reached_at(settings.bench.listen)
        lines += [f"  bench (telephones to lift and dial): http://{at}/" for at in bench]
    scheme, desk = settings.web.scheme, reached_at(settings.web.listen)
    lines += [f"  front desk:                          {scheme}://{at}/" for at in desk]
    if link := status.get("first_manager_link"):
        expires = datetime.fromisoformat(status["first_manager_link_expires"])
        until = local_time(expires, settings.hotel.time_zone)
        lines.append(f"  nobody can log in yet; set the first manager's password (once, until {until}): {link}")
    lines += ["Things to try:", *(f"  {number}. {what}" for number, what in enumerate(_to_try(settings), 1))]
    lines += [f"Not served yet: {item}" for item in configuration.not_served(settings)]
    return lines


def _key_of_backups(data: Path) -> list[str]:
    """Made at the first start, and shown to who sits at a terminal: into a log it must not go."""
    from firmware.backup import commands

    return commands.first_key(data) if sys.stdout.isatty() else []


def _to_try(settings: Config) -> list[str]:
    rooms = [entry.number for entry in settings.extensions if entry.kind == "room" and entry.port]
    first, second = ([*rooms, "a room"])[0], ([*rooms, "a room", "another room"])[1]
    between = f"lift {first}, dial {second}, lift {second}, and hear one in the other"
    emergency = f"lift {first} and dial {settings.emergency_numbers[0]}: "
    if not any(isinstance(trunk, AnalogTrunk) for trunk in settings.trunks):
        return [
            between,
            f"lift {first} and dial {settings.numbers.reception[0]}: reception rings and shows who calls",
            emergency + "reception rings at once, and the desk has an alarm",
            _wakeup_to_try(first),
        ]
    staff = ([entry.number for entry in settings.extensions if entry.operator and entry.port] + ["reception"])[0]
    return [
        between,
        f"lift {staff}, dial {settings.numbers.outside_prefix} and a number: a company line has its digits",
        emergency + "a company line has it at once, reception rings, and the desk has an alarm",
        *_pms_to_try(settings, first),
        _wakeup_to_try(first),
    ]


def _wakeup_to_try(room: str) -> str:
    return f"lift {room} and dial *55*HHMM# with a time soon: it is read back, and {room} rings then; press 1"


def _pms_to_try(settings: Config, room: str) -> list[str]:
    """Where the bench has a PMS and a link leads to one."""
    if settings.bench is None or not settings.bench.pms or not settings.pms:
        return []
    return [f"on the bench's PMS, check a guest into {room}: it may call outside, and the PMS gets the charge"]


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201
