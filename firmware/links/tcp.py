"""Links over TCP: we connect, or we listen for the partner."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, Literal, TypeAlias

from firmware.details import Detail
from firmware.links.aside import aside
from firmware.links.connection import reason
from firmware.links.link import Link, LinkUser, Terms, log

CONNECT_S = 10.0
"""For each address that a name has."""
BACKLOG = 4
KEEP_IDLE_S, KEEP_INTERVAL_S, KEEP_COUNT = 15, 5, 3
"""A far end that is gone without a word (half-open) is noticed after idle + interval * count."""

Newcomer: TypeAlias = Literal["refused", "replaces", "shares"]
"""Who connects while a partner is there. refused: unless that one has hung up; replaces: it is the partner from now on;
shares: both are sent everything, as the collectors of a passive call-record output."""
_Address: TypeAlias = tuple[Any, ...]


class TcpClient(Link):
    """Connects to host and port; a name's addresses are tried in turn."""

    def __init__(self, name: str, host: str, port: int, user: LinkUser, terms: Terms | None = None) -> None:
        super().__init__(name, _place((host, port)), user, terms or Terms())
        self._host, self._port = host, port

    async def _reach(self) -> None:
        with await self._connect() as connected:
            self._reached()
            await self._talk(connected.fileno(), self.where)

    async def _connect(self) -> socket.socket:
        failure = OSError("the name has no address")
        for family, address in await _resolve(self._host, self._port):
            try:
                return await self._try(family, address)
            except OSError as error:
                failure = error
        raise failure

    async def _try(self, family: int, address: _Address) -> socket.socket:
        tried = _socket(family)
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.get_running_loop().sock_connect(tried, address)
            _prepare(tried, self._terms.gone_s)
        except BaseException:
            tried.close()
            raise
        return tried


class TcpServer(Link):
    """Listens on host and port (0: any free one); `address` is where in fact, or None while it cannot."""

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        user: LinkUser,
        terms: Terms | None = None,
        newcomer: Newcomer = "refused",
    ) -> None:
        super().__init__(name, _place((host, port)), user, terms or Terms())
        self.address: tuple[str, int] | None = None
        self._host, self._port = host, port
        self._newcomer = newcomer

    async def _reach(self) -> None:
        with await self._listen() as listener:
            self.address = listener.getsockname()[:2]
            at = _place(self.address)
            self.standing = Detail("waits-at", f"waits for a connection at {at}", {"place": at})
            log.info("listening", link=self.name, at=at)
            try:
                await self._accept(listener)
            finally:
                self.address = None

    async def _listen(self) -> socket.socket:
        family, address = (await _resolve(self._host, self._port, socket.AI_PASSIVE))[0]
        listener = _socket(family)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
        return listener

    async def _accept(self, listener: socket.socket) -> None:
        self._reached()
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    accepted, address = await asyncio.get_running_loop().sock_accept(listener)
                    _prepare(accepted, self._terms.gone_s)
                except OSError as error:  # no descriptors left, or it has gone again
                    log.warning("not-accepted", link=self.name, why=reason(error))
                    await self._terms.sleep(self._terms.back_off.soon)
                    continue
                group.create_task(self._serve(accepted, _place(address)))

    async def _serve(self, accepted: socket.socket, peer: str) -> None:
        with accepted:
            if await self._admit(peer):
                await self._talk(accepted.fileno(), peer)
            else:
                self.recorder.note(f"{peer} was refused")
                log.warning("refused", link=self.name, peer=peer, partner=self._talking[0].peer)

    async def _admit(self, peer: str) -> bool:
        while self._talking and self._newcomer != "shares":
            for partner in self._talking:
                if self._newcomer == "replaces" or partner.dead:
                    partner.end(Detail("replaced", f"replaced by {peer}", {"other": peer}))
            if self.connected:
                return False
            await self._vacant.wait()  # its end is told first
        return True


async def _resolve(host: str, port: int, flags: int = 0) -> list[tuple[int, _Address]]:
    """Families and addresses, in the order in which they are to be tried. Raises OSError."""

    def look_up() -> list[tuple[int, _Address]]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
        return [(family, address) for family, _, _, _, address in found]

    return await aside(look_up)


def _socket(family: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setblocking(False)
    return made


def _prepare(connected: socket.socket, gone_s: int) -> None:
    """No waiting for more bytes before a packet is sent (Nagle); a half-open connection is noticed."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        (socket.TCP_NODELAY, 1),
        (socket.TCP_KEEPIDLE, KEEP_IDLE_S),
        (socket.TCP_KEEPINTVL, KEEP_INTERVAL_S),
        (socket.TCP_KEEPCNT, KEEP_COUNT),
        (socket.TCP_USER_TIMEOUT, gone_s * 1000),
    ):
        connected.setsockopt(socket.IPPROTO_TCP, option, value)


def _place(address: _Address) -> str:
    """HOST:PORT, an IPv6 host in brackets."""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
