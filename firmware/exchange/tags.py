"""The notes that the agent leaves with the gateway, from which its successor rebuilds the calls. At most 1 KiB each.

The calling party's endpoint carries the whole call; other parties' endpoints name it by its leg. A connection carries
its call too, for a leg that leaves it while no agent is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from firmware.exchange.half_call import State
from firmware.gateway.messages import MAX_TAG_BYTES, AnsweredBy

if TYPE_CHECKING:
    from firmware.exchange.call import Call
    from firmware.exchange.half import Half
    from firmware.exchange.terminals import Terminal

VERSION = 2


class CallTag(msgspec.Struct, frozen=True, array_like=True):
    """A call as it stands."""

    id: str
    root: str
    leg: str
    connection: str
    started_ns: int
    dialled: str = ""
    answered_ns: int | None = None
    from_endpoint: str | None = None
    to_endpoint: str | None = None
    emergency: bool = False
    to_reception: bool = False
    opened: bool = False
    joined: str | None = None
    host: str | None = None
    consult_for: str | None = None
    recall_to: str | None = None
    click_to: str | None = None
    journal: str | None = None
    outside: bool = False
    answered_by: AnsweredBy | None = None
    no_line: bool = False
    attended: bool = False
    call_back: bool = False
    bridged_ns: int | None = None


class HalfTag(msgspec.Struct, frozen=True, array_like=True):
    """One half-call. `call` is the call itself at its calling party, else its leg; None after a call."""

    state: int
    call: CallTag | str | None = None


class EndpointTag(msgspec.Struct, frozen=True, array_like=True):
    """An endpoint: what a telephone dialled last, and its parts in calls."""

    version: int
    redial: str = ""
    halves: tuple[HalfTag, ...] = ()


_STATES = frozenset(state.value for state in State)
_ENCODER = msgspec.msgpack.Encoder()
_ENDPOINT = msgspec.msgpack.Decoder(EndpointTag)
_CALL = msgspec.msgpack.Decoder(CallTag)


def call_tag(call: Call) -> CallTag:
    return CallTag(
        id=call.id,
        root=call.root,
        leg=call.leg,
        connection=call.connection,
        started_ns=call.started_ns,
        dialled=call.dialled,
        answered_ns=call.answered_ns,
        from_endpoint=call.from_endpoint,
        to_endpoint=call.to_endpoint,
        emergency=call.emergency,
        to_reception=call.to_reception,
        opened=call.opened,
        joined=None if call.joined is None else call.joined.leg,
        host=call.host,
        consult_for=None if call.consult_for is None else call.consult_for.leg,
        recall_to=call.recall_to,
        click_to=call.click_to,
        journal=call.journal,
        outside=call.outside,
        answered_by=call.answered_by,
        no_line=call.no_line,
        attended=call.attended,
        call_back=call.call_back,
        bridged_ns=call.bridged_ns,
    )


def connection_tag(call: Call) -> bytes:
    return _bounded(_ENCODER.encode(call_tag(call)))


def endpoint_tag(terminal: Terminal) -> bytes:
    """Empty for an endpoint that has nothing to remember."""
    halves = tuple(_half_tag(half) for half in terminal.parts)
    if not halves and not terminal.redial:
        return b""
    return _bounded(_ENCODER.encode(EndpointTag(VERSION, terminal.redial, halves)))


def decode_endpoint(tag: bytes) -> EndpointTag | None:
    """None for an empty tag, or one of another version of this program; without states that only that one knows."""
    if not tag:
        return None
    try:
        found = _ENDPOINT.decode(tag)
    except ValueError:
        return None
    if found.version != VERSION:
        return None
    return msgspec.structs.replace(found, halves=tuple(half for half in found.halves if half.state in _STATES))


def decode_connection(tag: bytes) -> CallTag | None:
    if not tag:
        return None
    try:
        return _CALL.decode(tag)
    except ValueError:
        return None


def _half_tag(half: Half) -> HalfTag:
    call = half.call
    if call is None:
        return HalfTag(half.state.value)
    return HalfTag(half.state.value, call_tag(call) if half is call.calling else call.leg)


def _bounded(tag: bytes) -> bytes:
    """A tag that is too long would be refused with its command; without it the call is only not adopted."""
    return tag if len(tag) <= MAX_TAG_BYTES else b""
