"""The gateway's end of the channel: what an agent may send, and what becomes of one that sends anything else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.gateway.channel import FrameReader, decode_from_gateway, encode
from firmware.gateway.messages import (
    PROTOCOL_VERSION,
    Audit,
    Command,
    CommandFrame,
    Done,
    Error,
    EventFrame,
    Hello,
    Limits,
    Ping,
    Pong,
    Record,
    Reply,
    ReplyFrame,
    Welcome,
)
from firmware.voice.commands import Answer
from firmware.voice.poller import Poller
from firmware.voice.server import AGENT_GONE_NS, PING_INTERVAL_NS, SOCKET_NAME, STRANGERS, Server

HELLO = Hello(protocol=PROTOCOL_VERSION, agent="test")
WELCOME = Welcome(protocol=PROTOCOL_VERSION, gateway="voice", boot="b", started_ns=0)
WAITS = Record(endpoint="fxs/1", name="one.wav")
"""The gateway of these tests does not answer it."""


class Gateway:
    """A server whose turns are taken by a test; `now_ns` is its time."""

    def __init__(self, directory: Path) -> None:
        self.now_ns = 0
        self.gone = 0
        self.poller = Poller()
        self.server = Server(directory, self.poller, self._execute, self._lost)
        self.path = directory / SOCKET_NAME
        self.agents: list[Agent] = []

    def connect(self) -> Agent:
        """Somebody comes, and has not said anything yet."""
        self.agents.append(Agent(self))
        self.turn()
        return self.agents[-1]

    def turn(self, pass_ns: int = 0) -> None:
        self.now_ns += pass_ns
        for _ in range(3):  # accept, read, and what follows from it
            self.poller.wait(0)
        self.server.tick(self.now_ns)
        self.server.flush()

    def close(self) -> None:
        for agent in self.agents:
            agent.close()
        self.server.close()
        self.poller.close()

    def _execute(self, command: Command, answer: Answer) -> None:
        if isinstance(command, Pong):
            self.server.pong(command.number, self.now_ns)
        if command != WAITS:
            answer(WELCOME if isinstance(command, Hello) else Done())

    def _lost(self) -> None:
        self.gone += 1


class Agent:
    """A connection to the gateway that sends what a test says, be it a command or not."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(gateway.path))
        self._socket.setblocking(False)
        self._frames = FrameReader()
        self._number = 0

    def send(self, *commands: Command) -> None:
        for command in commands:
            self._number += 1
            self._send(encode(CommandFrame(number=self._number, command=command)))

    def send_payload(self, payload: bytes, times: int = 1) -> None:
        for _ in range(times):
            self._send(len(payload).to_bytes(4, "big") + payload)

    def _send(self, data: bytes) -> None:
        """All of it, and the gateway reads it."""
        while data:
            data = data[self._socket.send(data[:8192]) :]
            self._gateway.turn()

    def received(self) -> list[Reply | Ping]:
        """Replies and pings that have come."""
        frames = [decode_from_gateway(payload) for payload in self._frames.feed(self._read())]
        contents = [frame.reply if isinstance(frame, ReplyFrame) else frame.event for frame in frames]
        assert all(isinstance(frame, ReplyFrame | EventFrame) for frame in frames)
        return contents  # type: ignore[return-value] - there are no other events here

    def ended(self) -> bool:
        """The gateway has closed the connection."""
        try:
            return self._socket.recv(1 << 20, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except ConnectionResetError:
            return True

    def _read(self) -> bytes:
        try:
            return self._socket.recv(1 << 20)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    gateway = Gateway(tmp_path)
    yield gateway
    gateway.close()


@pytest.fixture
def agent(gateway: Gateway) -> Agent:
    """The agent that the gateway obeys."""
    agent = gateway.connect()
    agent.send(HELLO)
    assert agent.received() == [WELCOME, Ping(number=1)]
    return agent


def refused(reply: Reply | Ping) -> tuple[str, str]:
    assert isinstance(reply, Error), reply
    return reply.fault, reply.code


def test_who_has_not_greeted_is_refused(gateway: Gateway) -> None:
    agent = gateway.connect()
    agent.send(Audit())
    (reply,) = agent.received()
    assert refused(reply) == ("agent", "hello")


def test_an_unknown_message_is_refused_by_its_number_and_the_channel_goes_on(agent: Agent) -> None:
    agent.send_payload(msgspec.msgpack.encode({"type": "command", "number": 9, "command": {"type": "dance"}}))
    agent.send(Audit())
    replies = agent.received()
    assert refused(replies[0]) == ("agent", "malformed")
    assert replies[1] == Done()


@pytest.mark.parametrize("payload", [b"", b"\xff" * 40, b"\x91" * 60_000, msgspec.msgpack.encode({"number": "x"})])
def test_noise_ends_the_channel_that_it_came_by_and_no_other(gateway: Gateway, agent: Agent, payload: bytes) -> None:
    stranger = gateway.connect()
    stranger.send_payload(payload)
    assert stranger.ended()
    agent.send(Audit())
    assert agent.received() == [Done()]
    assert gateway.gone == 0
    agent.send_payload(payload)
    assert agent.ended()
    assert gateway.gone == 1


def test_replies_come_in_the_order_of_the_commands(agent: Agent) -> None:
    agent.send(Audit(), WAITS, Audit())
    assert agent.received() == [Done()]


@pytest.mark.parametrize("malformed", [False, True])
def test_commands_that_pile_up_behind_one_that_waits_end_the_channel(agent: Agent, malformed: bool) -> None:
    command = {"type": "dance"} if malformed else {"type": "audit"}
    payload = msgspec.msgpack.encode({"type": "command", "number": 9, "command": command})
    agent.send(WAITS)
    agent.send_payload(payload, times=Limits.UNANSWERED_COMMANDS - 1)
    assert not agent.ended()
    agent.send_payload(payload)
    assert agent.ended()


def test_strangers_who_say_nothing_give_way_to_those_who_come(gateway: Gateway, agent: Agent) -> None:
    strangers = [gateway.connect() for _ in range(STRANGERS + 1)]
    assert [stranger.ended() for stranger in strangers] == [True] + [False] * STRANGERS
    assert not agent.ended()


def test_the_last_who_greets_is_the_agent(gateway: Gateway, agent: Agent) -> None:
    second = gateway.connect()
    second.send(HELLO)
    assert agent.ended()
    assert gateway.gone == 1
    second.send(Audit())
    assert Done() in second.received()


def test_an_agent_that_answers_no_ping_for_a_second_is_given_up(gateway: Gateway, agent: Agent) -> None:
    agent.send(Pong(number=1))
    for _ in range(4):
        gateway.turn(AGENT_GONE_NS // 4)
    assert gateway.gone == 0
    gateway.turn(1)
    assert gateway.gone == 1


def test_an_agent_that_answers_only_old_pings_is_given_up_too(gateway: Gateway, agent: Agent) -> None:
    for _ in range(8):
        if not gateway.gone:
            agent.send(Pong(number=1))
        gateway.turn(PING_INTERVAL_NS)
    assert gateway.gone == 1


def test_an_agent_that_is_half_a_second_behind_is_kept(gateway: Gateway, agent: Agent) -> None:
    for number in range(-1, 20):
        if number > 0:
            agent.send(Pong(number=number))
        gateway.turn(PING_INTERVAL_NS)
    assert gateway.gone == 0
