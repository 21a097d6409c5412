"""The box's own network address, by NetworkManager's `nmcli` (nmcli(1), nm-settings-nmcli(5)).

A wrong address cuts off whoever sets it over the network: the former one comes back unless the new one is confirmed.
It stands in a file meanwhile, so that it comes back though the supervisor dies.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from firmware.errors import RefusedError, UnavailableError
from firmware.log import Log
from firmware.processes import replace_file

KEPT_S = 120.0
NMCLI = "nmcli"
NMCLI_S = 30.0
"""A DHCP server may take its time."""
FILE = "former-address.json"
KINDS = ("802-3-ethernet", "802-11-wireless")
"""Of NetworkManager's connections: by cable first."""
FIELDS = ("ipv4.method", "ipv4.addresses", "ipv4.gateway", "ipv4.dns")
ASKED = "say `dhcp`, or ADDRESS/LENGTH [gateway ADDRESS] [dns ADDRESS]"

log = Log("address")


@dataclass(frozen=True, slots=True)
class Setting:
    """How a connection gets its IPv4 address; the values are nmcli's, in the order of FIELDS."""

    method: str
    addresses: str = ""
    gateway: str = ""
    dns: str = ""

    @property
    def text(self) -> str:
        if self.method == "auto":
            return "by DHCP"
        more = [f"gateway {self.gateway}"] * bool(self.gateway) + [f"dns {self.dns}"] * bool(self.dns)
        return " ".join([self.addresses or self.method, *more])

    def arguments(self) -> list[str]:
        values = (self.method, self.addresses, self.gateway, self.dns)
        return [part for pair in zip(FIELDS, values, strict=True) for part in pair]


class Former(msgspec.Struct, frozen=True):
    """What comes back."""

    connection: str
    setting: Setting


def parse(words: Sequence[str]) -> Setting:
    """`dhcp`, or an address with its length, and maybe a gateway and a name server. Raises RefusedError (address)."""
    if [word.lower() for word in words] == ["dhcp"]:
        return Setting("auto")
    if not words or len(words) % 2 == 0:
        raise _bad(ASKED)
    more = {word.lower(): value for word, value in zip(words[1::2], words[2::2], strict=True)}
    if len(more) * 2 != len(words) - 1 or more.keys() - {"gateway", "dns"}:
        raise _bad(ASKED)
    own = _own(words[0])
    gateway, dns = more.get("gateway"), more.get("dns")
    if gateway is not None and (_address(gateway) not in own.network or _address(gateway) == own.ip):
        raise _bad(f"the gateway {gateway} is no other host of {own.network}")
    return Setting("manual", str(own), gateway or "", str(_address(dns)) if dns else "")


class OwnAddress:
    """`directory`: where the former setting is kept; `on_back` is told it when it is in force again."""

    def __init__(self, directory: Callable[[], Path], on_back: Callable[[str], object], kept_s: float = KEPT_S) -> None:
        self._directory = directory
        self._on_back = on_back
        self._kept_s = kept_s
        self._deadline: float | None = None
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Bring the former setting back where nobody has confirmed the new one, until cancelled."""
        if self._former() is not None:  # the supervisor was started anew in between: nobody can say when that was
            self._deadline = time.monotonic() + self._kept_s
        while True:
            self._changed.clear()
            wait_s = None if self._deadline is None else self._deadline - time.monotonic()
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                await self._bring_back()

    async def now(self) -> str:
        """Raises UnavailableError."""
        return (await self._setting(await self._connection())).text

    async def put(self, wanted: Setting) -> str:
        """The setting before. Raises UnavailableError, and RefusedError (address) for what NetworkManager refuses."""
        async with self._turn:
            connection = await self._connection()
            before = await self._setting(connection)
            if self._former() is None:
                self._keep(Former(connection, before))
            try:
                await self._apply(connection, wanted)
            finally:
                self._deadline = time.monotonic() + self._kept_s
                self._changed.set()
            return before.text

    def keep(self) -> None:
        """The new one stays. Raises RefusedError (not-asked)."""
        if self._former() is None:
            raise RefusedError("not-asked", "no address waits to be confirmed")
        self._forget()

    async def _bring_back(self) -> None:
        async with self._turn:
            former = self._former()
            self._forget()
            if former is None:
                return
            try:
                await self._apply(former.connection, former.setting)
            except (UnavailableError, RefusedError) as error:
                log.error("not-brought-back", setting=former.setting.text, error=error)
            else:
                log.warning("brought-back", setting=former.setting.text)
                self._on_back(former.setting.text)

    async def _connection(self) -> str:
        """The id of the one in use."""
        listed = await _nmcli("--terse", "--fields", "UUID,TYPE,DEVICE", "connection", "show", "--active")
        found = [line.split(":") for line in listed.splitlines() if line.count(":") >= 2]
        for kind in KINDS:
            for uuid, has, *_ in found:
                if has == kind:
                    return uuid
        raise UnavailableError("NetworkManager has no connection by cable or radio that is in use")

    async def _setting(self, connection: str) -> Setting:
        said = await _nmcli("--get-values", ",".join(FIELDS), "connection", "show", "uuid", connection)
        lines = said.split("\n") + [""] * len(FIELDS)  # what is not set is an empty line
        method, addresses, gateway, dns = (line.replace("\\", "").strip() for line in lines[: len(FIELDS)])
        return Setting(method, addresses, gateway, dns)

    async def _apply(self, connection: str, setting: Setting) -> None:
        await _nmcli("connection", "modify", "uuid", connection, *setting.arguments())
        await _nmcli("connection", "up", "uuid", connection)

    @property
    def _file(self) -> Path:
        return self._directory() / FILE

    def _former(self) -> Former | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Former)
        except (OSError, ValueError):
            return None

    def _keep(self, former: Former) -> None:
        try:
            replace_file(self._file, msgspec.json.encode(former))
        except OSError as error:
            raise UnavailableError(f"the former address cannot be kept, so none is set: {error.strerror}") from error

    def _forget(self) -> None:
        self._deadline = None
        self._file.unlink(missing_ok=True)
        self._changed.set()


async def _nmcli(*arguments: str) -> str:
    """What it prints. Raises UnavailableError where it is not there, and RefusedError with its own words."""
    try:
        process = await asyncio.create_subprocess_exec(
            NMCLI, *arguments, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
    except OSError as error:
        text = "this machine has no NetworkManager (nmcli): set its address by the system's own means"
        raise UnavailableError(text) from error
    try:
        async with asyncio.timeout(NMCLI_S):
            said, complaint = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise UnavailableError(f"NetworkManager has not answered within {NMCLI_S:.0f} s") from None
    if process.returncode:
        raise RefusedError("address", f"NetworkManager: {complaint.decode(errors='replace').strip()}")
    return said.decode(errors="replace")


def _own(text: str) -> ipaddress.IPv4Interface:
    try:
        own = ipaddress.IPv4Interface(text)
    except ValueError:
        raise _bad(f"{text} is no IPv4 address with a length, as 192.0.2.10/24") from None
    network = own.network
    if "/" not in text or network.prefixlen == 0:
        raise _bad(f"{text}: the length of the network is missing, as 192.0.2.10/24")
    if network.prefixlen < 31 and own.ip in (network.network_address, network.broadcast_address):
        raise _bad(f"{own.ip} is the address of {network} itself or of all its hosts")
    if own.ip.is_multicast or own.ip.is_loopback or own.ip.is_unspecified:
        raise _bad(f"{own.ip} is no address for a host")
    return own


def _address(text: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        raise _bad(f"{text} is no IPv4 address") from None


def _bad(text: str) -> RefusedError:
    return RefusedError("address", text, "address")
