"""What the types cannot say: numbers that collide, ports used twice, sockets that are not there, addresses, zones."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import zoneinfo
from collections.abc import Callable, Iterator

from boardsupport.tables import BOARDS
from firmware.config import area, bench, dialling, outputs, trunks
from firmware.config.decode import Fault, nearest
from firmware.config.lines import KeyPath
from firmware.config.schema import Config, FiasLink, SipTrunk

_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(\.(?!-)[A-Za-z0-9-]{1,63})*\.?")


def split_address(address: str) -> tuple[str, int]:
    """HOST and PORT of "HOST:PORT"; raises ValueError for anything else."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        raise ValueError(address)
    if host.startswith("[") and host.endswith("]"):
        return str(ipaddress.IPv6Address(host[1:-1])), int(port)
    if re.fullmatch(r"[0-9.]+", host):
        return str(ipaddress.IPv4Address(host)), int(port)
    if not _HOST_NAME.fullmatch(host):
        raise ValueError(address)
    return host, int(port)


def _zone(config: Config) -> Iterator[Fault]:
    name = config.hotel.time_zone
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = nearest(name, zoneinfo.available_timezones())
        hint = f" (did you mean {near}?)" if near else ""
        yield Fault(("hotel", "time_zone"), f'"{name}" is no time zone', f"a name as Europe/Warsaw{hint}")


def _board(config: Config) -> Iterator[Fault]:
    board = config.board
    fitting = [name for name, there in BOARDS.items() if there.kind == board.kind]  # none: the kind is the fault
    if fitting and board.revision not in fitting:
        yield Fault(("board", "revision"), f'"{board.revision}" is no {board.kind} board', " | ".join(fitting))
    elif refusal := BOARDS[board.revision].refusal(board.sockets):
        there = BOARDS[board.revision]
        yield Fault(("board", "sockets"), refusal, f"at most {there.max_fxs} fxs and {there.max_fxo} fxo")
    if board.lifeline is not None and board.lifeline not in board.ports("fxs"):
        yield Fault(("board", "lifeline"), f'"{board.lifeline}" is not there', _range(board.ports("fxs")))
    if board.kind == "sim" and config.bench is None:
        yield Fault(("bench",), 'is missing: the board kind is "sim"', 'a table with listen = "HOST:PORT"')


def _ports(config: Config) -> Iterator[Fault]:
    used: dict[str, str] = {}
    for path, port, user in _uses_of_ports(config):
        kind = port.partition("/")[0]
        there = config.board.ports("fxs" if kind == "fxs" else "fxo")
        if kind != "e1" and port not in there:
            yield Fault(path, f'"{port}" is not there: the board has no such socket', _range(there))
        elif port in used:
            yield Fault(path, f'"{port}" is used twice: {used[port]} has it already', "a port of its own")
        used.setdefault(port, user)


def _uses_of_ports(config: Config) -> Iterator[tuple[KeyPath, str, str]]:
    for index, extension in enumerate(config.extensions):
        if extension.port not in (None, "sip"):
            yield ("extension", index, "port"), extension.port or "", f"extension {extension.number}"
    for index, trunk in enumerate(config.trunks):
        if not isinstance(trunk, SipTrunk):
            for place, port in enumerate(trunk.ports):
                yield ("trunk", index, "ports", place), port, f'trunk "{trunk.name}"'


def _rooms(config: Config) -> Iterator[Fault]:
    for index, extension in enumerate(config.extensions):
        path: KeyPath = ("extension", index)
        if extension.operator and extension.kind == "room":
            yield Fault((*path, "operator"), "a room's telephone cannot be an operator's", "kind staff or service")
        if extension.port == "sip" and config.sip is None:
            yield Fault((*path, "port"), '"sip" needs the table [sip]', "a [sip] table, or a port of the board")


def _links(config: Config) -> Iterator[Fault]:
    names: set[str] = set()
    rooms = {extension.room_number for extension in config.extensions}
    for index, link in enumerate(config.pms):
        path: KeyPath = ("pms", index)
        if link.name in names:
            yield Fault((*path, "name"), f'"{link.name}" is used twice', "a name of its own")
        names.add(link.name)
        wanted = "device" if link.transport == "serial" else "address"
        if getattr(link, wanted) is None:
            yield Fault((*path, wanted), f'is missing: the transport is "{link.transport}"', _link_place(wanted))
        other = "address" if wanted == "device" else "device"
        if getattr(link, other) is not None:
            yield Fault((*path, other), f'does not go with transport "{link.transport}"', f"{wanted} instead")
        try:
            "".encode(link.encoding)
        except (LookupError, ValueError):
            yield Fault((*path, "encoding"), f'"{link.encoding}" is no encoding', "utf-8, cp1250, iso8859-2, ...")
        for theirs, ours in link.room_map.items():
            if ours not in rooms:
                yield Fault((*path, "room_map", theirs), f'"{ours}" is no room', "the room number of an extension")
        if isinstance(link, FiasLink) and link.key is not None and not link.key.isascii():
            yield Fault((*path, "key"), "holds other than ASCII characters", "ASCII text")


def _link_place(key: str) -> str:
    return "HOST:PORT" if key == "address" else 'a device such as "/dev/ttyUSB0"'


def _addresses(config: Config) -> Iterator[Fault]:
    listening: list[tuple[str, str, int, str]] = []
    for path, address, protocol in _uses_of_addresses(config):
        try:
            host, port = split_address(address)
        except ValueError:
            yield Fault(path, f'"{address}" is no address', "HOST:PORT, port 1 to 65535; IPv6 hosts in brackets")
            continue
        if not protocol:
            continue
        for other_protocol, other_host, other_port, user in listening:
            if (other_protocol, other_port) == (protocol, port) and _meet(host, other_host):
                yield Fault(path, f'"{address}" is used twice: {user} has it already', "an address of its own")
                break
        listening.append((protocol, host, port, Fault(path, "").key))


def _meet(one: str, other: str) -> bool:
    """Whether two hosts that are listened on with the same port are in each other's way."""
    return one == other or bool({one, other} & {"0.0.0.0", "::"})


def _uses_of_addresses(config: Config) -> Iterator[tuple[KeyPath, str, str]]:
    """Path, address, and the protocol that is listened on there ("" for an address that we call)."""
    yield ("web", "listen"), config.web.listen, "tcp"
    if config.web.redirect is not None:
        yield ("web", "redirect"), config.web.redirect, "tcp"
    if config.bench is not None:
        yield ("bench", "listen"), config.bench.listen, "tcp"
        for index, pms in enumerate(config.bench.pms):
            if pms.listen is not None:
                yield ("bench", "pms", index, "listen"), pms.listen, "tcp"
            if pms.connect is not None:
                yield ("bench", "pms", index, "connect"), pms.connect, ""
    for index, link in enumerate(config.pms):
        if link.address is not None:
            yield ("pms", index, "address"), link.address, "tcp" if link.transport == "tcp-server" else ""
    for index, output in enumerate(config.record_outputs):
        kind, _, place = output.to.partition(":")
        if kind in ("tcp-server", "tcp-client") and place:
            yield ("record_output", index, "to"), place, "tcp" if kind == "tcp-server" else ""
    for index, trunk in enumerate(config.trunks):
        if isinstance(trunk, SipTrunk):
            yield ("trunk", index, "server"), trunk.server, ""
    if config.sip is not None:
        for key, protocol in (("udp", "udp"), ("tcp", "tcp"), ("tls", "tcp"), ("provisioning", "tcp")):
            address = getattr(config.sip, key)
            if address is not None:
                yield ("sip", key), address, protocol


def _devices(config: Config) -> Iterator[Fault]:
    """A serial line has one user."""
    used: dict[str, str] = {}
    for path, device in _uses_of_devices(config):
        if device in used:
            yield Fault(path, f'"{device}" is used twice: {used[device]} has it already', "a device of its own")
        used.setdefault(device, Fault(path, "").key)


def _uses_of_devices(config: Config) -> Iterator[tuple[KeyPath, str]]:
    for index, link in enumerate(config.pms):
        if link.device is not None:
            yield ("pms", index, "device"), link.device
    for index, output in enumerate(config.record_outputs):
        with contextlib.suppress(ValueError):
            if (place := outputs.destination(output.to)).kind == "serial":
                yield ("record_output", index, "to"), place.place
    if config.console is not None:
        yield ("console", "device"), config.console.device


def _range(ports: tuple[str, ...]) -> str:
    if not ports:
        return "no socket of that kind is configured"
    return ports[0] if len(ports) == 1 else f"{ports[0]} to {ports[-1]}"


def _web(config: Config) -> Iterator[Fault]:
    if config.web.redirect is not None and not config.web.is_secure:
        yield Fault(("web", "redirect"), "needs HTTPS to send browsers on to", "tls = true, or no redirect")


CHECKS: tuple[Callable[[Config], Iterator[Fault]], ...] = (
    _zone, _board, _ports, dialling.faults, area.faults, _rooms, trunks.faults, _links, _addresses, _devices, _web,
    outputs.faults, bench.faults,
)  # fmt: skip
"""Everything that can be wrong with a document whose shape is right."""
