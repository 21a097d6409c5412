"""The gateway's end of its channel: who is the agent, its commands in, replies and numbered events out."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from firmware.errors import OurFaultError, PeerError
from firmware.gateway.channel import FrameReader, command_number, decode_command, encode
from firmware.gateway.messages import Command, Error, Event, EventFrame, Hello, Limits, Ping, Reply, ReplyFrame, Welcome
from firmware.log import Log
from firmware.processes import unix_listener
from firmware.voice.commands import Answer
from firmware.voice.poller import Poller

SOCKET_NAME = "voice.sock"
READ_BYTES = 16 * 1024
"""Little at a time: the highway comes first again after each piece."""
UNSENT_BYTES = 4 * 1024 * 1024
STRANGERS = 4
"""Connections that have not greeted yet."""
PING_INTERVAL_NS = 250_000_000
AGENT_GONE_NS = 1_000_000_000
CURRENT_PINGS = AGENT_GONE_NS // PING_INTERVAL_NS
"""Those sent within the last second."""

log = Log("voice.channel")


@dataclass(slots=True)
class _Slot:
    """The place of a reply in the order of the commands."""

    number: int
    reply: Reply | None = None


class Channel:
    """One connection from an agent."""

    def __init__(self, connection: socket.socket, server: Server) -> None:
        self.connection = connection
        self.fd = connection.fileno()
        self.open = True
        self._server = server
        self._frames = FrameReader()
        self._slots: deque[_Slot] = deque()
        self._unsent = bytearray()
        self._waits_to_write = False
        self._serial = 0

    def ready(self) -> None:
        """Readable or writable."""
        self.flush()
        if not self.open:
            return
        try:
            data = self.connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._server.drop(self, error.strerror or str(error))
            return
        if not data:
            self._server.drop(self, "closed by the agent")
            return
        try:
            for payload in self._frames.feed(data):
                self._take(payload)
        except PeerError as error:
            self._server.drop(self, str(error))
        self.flush()

    def event(self, event: Event) -> None:
        """Send an event."""
        self._serial += 1
        self._send(encode(EventFrame(serial=self._serial, event=event)))

    def flush(self) -> None:
        """Send what the agent has room for."""
        if not self._unsent or not self.open:
            return
        try:
            sent = self.connection.send(self._unsent, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._server.drop(self, error.strerror or str(error))
            return
        del self._unsent[:sent]
        if self._waits_to_write != bool(self._unsent):
            self._waits_to_write = bool(self._unsent)
            self._server.poller.want_write(self.fd, self._waits_to_write)

    def _take(self, payload: bytes) -> None:
        if not self.open:
            return
        try:
            frame = decode_command(payload)
        except PeerError as error:
            self._refuse(payload, error)
            return
        slot = self._slot(frame.number)
        self._server.command(self, frame.command, lambda reply: self._answer(slot, reply))

    def _refuse(self, payload: bytes, error: PeerError) -> None:
        number = command_number(payload)
        if number is None:
            raise error
        log.warning("refused", number=number, why=error)
        self._answer(self._slot(number), Error(fault="agent", code="malformed", text=str(error)))

    def _slot(self, number: int) -> _Slot:
        """The next place in the order of the replies. Raises PeerError if too many commands wait for theirs."""
        if len(self._slots) >= Limits.UNANSWERED_COMMANDS:
            raise PeerError(f"{len(self._slots)} commands wait for their reply")
        slot = _Slot(number)
        self._slots.append(slot)
        return slot

    def _answer(self, slot: _Slot, reply: Reply) -> None:
        if slot.reply is not None:
            raise OurFaultError(f"a second reply to command {slot.number}")
        slot.reply = reply
        while self._slots and self._slots[0].reply is not None:
            done = self._slots.popleft()
            assert done.reply is not None
            self._send(_fitting(done.number, done.reply))

    def _send(self, data: bytes) -> None:
        if not self.open:
            return
        self._unsent += data
        if len(self._unsent) > UNSENT_BYTES:
            self._server.drop(self, f"{len(self._unsent)} bytes that it does not read")


class Server:
    """Listens for agents. The last one that greeted is the agent; one that is silent for a second is not."""

    def __init__(
        self,
        run_directory: Path,
        poller: Poller,
        execute: Callable[[Command, Answer], None],
        on_gone: Callable[[], None],
    ) -> None:
        self.poller = poller
        self.agent: Channel | None = None
        self._execute = execute
        self._on_gone = on_gone
        self._strangers: list[Channel] = []
        self._ping = 0
        self._ping_due_ns = 0
        self._answered_ns = 0
        self._now_ns = 0
        self._listener = unix_listener(run_directory / SOCKET_NAME, STRANGERS, 0o660)
        poller.add(self._listener.fileno(), self._accept)

    def command(self, channel: Channel, command: Command, answer: Answer) -> None:
        """A decoded command of one channel."""
        if isinstance(command, Hello):
            self._execute(command, lambda reply: self._greeted(channel, reply, answer))
        elif channel is not self.agent:
            answer(Error(fault="agent", code="hello", text="greet first"))
        else:
            self._execute(command, answer)

    def event(self, event: Event) -> None:
        """Send to the agent, if there is one."""
        if self.agent is not None:
            self.agent.event(event)

    def pong(self, number: int, now_ns: int) -> None:
        """The agent has answered a ping. An old one proves nothing: an agent so far behind counts as gone too."""
        if 0 <= self._ping - number < CURRENT_PINGS:
            self._answered_ns = now_ns
        else:
            log.warning("pong-stale", number=number, last=self._ping)

    def tick(self, now_ns: int) -> int | None:
        """Ping, or give the agent up; the number of a ping sent now."""
        self._now_ns = now_ns
        if self.agent is None:
            return None
        if now_ns - self._answered_ns > AGENT_GONE_NS:
            self.drop(self.agent, "no answer to a ping for a second")
            return None
        if now_ns < self._ping_due_ns:
            return None
        self._ping_due_ns = now_ns + PING_INTERVAL_NS
        self._ping += 1
        self.event(Ping(number=self._ping))
        return self._ping

    def flush(self) -> None:
        """Send what stands in the agent's buffer; the core calls this before it waits."""
        if self.agent is not None:
            self.agent.flush()

    def drop(self, channel: Channel, why: str) -> None:
        """End a channel."""
        if not channel.open:
            return
        channel.open = False
        self.poller.remove(channel.fd)
        channel.connection.close()
        if channel in self._strangers:
            self._strangers.remove(channel)
        if channel is self.agent:
            self.agent = None
            log.warning("agent-gone", why=why)
            self._on_gone()

    def close(self) -> None:
        for channel in [*self._strangers, *([self.agent] if self.agent else [])]:
            self.drop(channel, "the gateway ends")
        self.poller.remove(self._listener.fileno())
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # an agent that has left already, or no descriptor to be had: telephones go on
            connection, _ = self._listener.accept()
            connection.setblocking(False)
            if len(self._strangers) >= STRANGERS:
                self.drop(self._strangers[0], "others came")
            channel = Channel(connection, self)
            self._strangers.append(channel)
            self.poller.add(channel.fd, channel.ready)

    def _greeted(self, channel: Channel, reply: Reply, answer: Answer) -> None:
        if isinstance(reply, Welcome):
            if channel in self._strangers:
                self._strangers.remove(channel)
            if self.agent is not None and self.agent is not channel:
                self.drop(self.agent, "another agent took over")
            self.agent = channel
            self._answered_ns = self._now_ns
            self._ping_due_ns = 0
        answer(reply)


def _fitting(number: int, reply: Reply) -> bytes:
    """The reply's frame, or a refusal that fits where the reply is beyond what a frame may hold."""
    data = encode(ReplyFrame(number=number, reply=reply))
    if len(data) <= Limits.FRAME_BYTES:
        return data
    text = f"the reply has {len(data)} bytes; at most {Limits.FRAME_BYTES} are allowed"
    log.error("reply-too-large", number=number, bytes=len(data))
    return encode(ReplyFrame(number=number, reply=Error(fault="gateway", code="too-large", text=text)))
