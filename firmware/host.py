"""The machine that we run on: its name, addresses, memory, warmth."""

from __future__ import annotations

import fcntl
import socket
import struct
from contextlib import suppress
from pathlib import Path

SIOCGIFADDR = 0x8915
THERMAL = Path("/sys/class/thermal")
MEMORY = Path("/proc/meminfo")
UPTIME = Path("/proc/uptime")
EVERYWHERE = ("0.0.0.0", "[::]")


def name() -> str:
    return socket.gethostname()


def addresses() -> tuple[str, ...]:
    """The IPv4 address of each interface that has one, in their order, without loopback (netdevice(7))."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, interface in socket.if_nameindex():
            request = struct.pack("256s", interface.encode()[:15])
            with suppress(OSError):  # one that has none
                found.append(socket.inet_ntoa(fcntl.ioctl(asked.fileno(), SIOCGIFADDR, request)[20:24]))
    return tuple(address for address in found if not address.startswith("127."))


def reached_at(listen: str) -> tuple[str, ...]:
    """HOST:PORT where others reach who listens at HOST:PORT; each of our addresses if that is everywhere."""
    host, _, port = listen.rpartition(":")
    if host not in EVERYWHERE:
        return (listen,)
    return tuple(f"{address}:{port}" for address in addresses() or ("127.0.0.1",))


def temperature_c() -> float | None:
    """Of the processor, in degrees Celsius; None: it does not say."""
    for zone in sorted(THERMAL.glob("thermal_zone*")):
        with suppress(OSError, ValueError):
            return int((zone / "temp").read_text()) / 1000
    return None


def memory_bytes() -> tuple[int, int]:
    """All there is, and what is available without swapping (proc(5))."""
    values = dict(line.split(":", 1) for line in MEMORY.read_text().splitlines())
    return _kibibytes(values["MemTotal"]), _kibibytes(values["MemAvailable"])


def uptime_s() -> float:
    return float(UPTIME.read_text().split()[0])


def _kibibytes(text: str) -> int:
    return int(text.split()[0]) * 1024
