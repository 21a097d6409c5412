"""What an audit says: endpoints, connections, the agent's own tags, and the journal, by name."""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware.exchange.call import Call
from firmware.exchange.half_call import BACKGROUND, State
from firmware.exchange.tags import CallTag, EndpointTag, decode_connection, decode_endpoint
from firmware.gateway.messages import AuditReport, ConnectionState, EndpointState, JournalEntry


@dataclass
class Findings:
    """What the audit says, by name; and what has been made of it so far."""

    states: dict[str, EndpointState]
    connections: dict[str, ConnectionState]
    tags: dict[str, EndpointTag]
    call_tags: dict[str, CallTag]
    left_at: dict[str, int]
    """Leg to the instant at which the journal says that a party left."""
    answers: dict[str, JournalEntry]
    """Leg to what the journal says of the far end's answer."""
    cut_off: set[str]
    """The legs whose party did not hang up: its port had failed."""
    resident: dict[str, str]
    """Endpoint to the call that the gateway has made for it by itself: older tags of that endpoint are history."""
    calls: dict[str, Call] = field(default_factory=dict)
    in_menu: set[str] = field(default_factory=set)
    """Telephones that talked with a menu, which is no more."""

    def mode(self, endpoint: str, connection: str) -> str | None:
        """The endpoint's mode in a connection; None: it is not in it."""
        standing = self.connections.get(connection)
        legs = () if standing is None else standing.legs
        return next((leg.mode for leg in legs if leg.endpoint == endpoint), None)


def read(audit: AuditReport) -> Findings:
    tags = {state.endpoint: tag for state in audit.endpoints if (tag := decode_endpoint(state.tag)) is not None}
    call_tags: dict[str, CallTag] = {}
    for connection in audit.connections:
        call_tag = decode_connection(connection.tag)
        if call_tag is not None:
            call_tags[call_tag.leg] = call_tag
    for endpoint_tag in tags.values():
        call_tags.update({half.call.leg: half.call for half in endpoint_tag.halves if isinstance(half.call, CallTag)})
    left_at: dict[str, int] = {}
    cut_off: set[str] = set()
    for entry in audit.journal:
        for leg in _legs_left(entry):
            if entry.lost and leg not in left_at:
                cut_off.add(leg)
            left_at.setdefault(leg, entry.ended_ns or entry.started_ns)
    return Findings(
        states={state.endpoint: state for state in audit.endpoints},
        connections={connection.connection: connection for connection in audit.connections},
        tags=tags,
        call_tags=call_tags,
        left_at=left_at,
        answers={leg: entry for entry in audit.journal if entry.kind == "answered" for leg in _legs_at(entry.tag)},
        cut_off=cut_off,
        resident=_resident(audit),
    )


def _legs_left(entry: JournalEntry) -> list[str]:
    """The calls that lost a party: that of the connection it was in, else those its telephone had in the foreground.

    A call of the plan's own that an agent had adopted has no tag at its connection: its own entry tells of its end.
    """
    if entry.kind == "call":
        return [] if entry.ended_ns is None else [entry.entry]
    if entry.kind in ("answered", "wakeup"):
        return []
    connected = decode_connection(entry.tag)
    if connected is not None:
        return _legs_of(connected, entry.endpoints[0])
    return _legs_at(entry.tag)


def _legs_at(endpoint_tag: bytes) -> list[str]:
    """The calls that an endpoint has in the foreground, by its tag."""
    tag = decode_endpoint(endpoint_tag)
    front = [half for half in tag.halves if State(half.state) not in BACKGROUND] if tag is not None else []
    legs = [half.call.leg if isinstance(half.call, CallTag) else half.call for half in front]
    return [leg for leg in legs if leg is not None]


def _legs_of(connected: CallTag, endpoint: str) -> list[str]:
    """In a conference everybody but its host is in one of the two calls."""
    if connected.joined is None:
        return [connected.leg]
    if endpoint == connected.host:
        return [connected.leg, connected.joined]
    return [connected.leg if endpoint in (connected.from_endpoint, connected.to_endpoint) else connected.joined]


def _resident(audit: AuditReport) -> dict[str, str]:
    """Who is in a call of the resident plan that stands: the caller, and who has answered."""
    made: dict[str, str] = {}
    for entry in audit.journal:
        if entry.kind == "call" and entry.ended_ns is None:
            parties = entry.endpoints[: 1 if entry.answered_ns is None else 2]
            made.update(dict.fromkeys(parties, entry.entry))
    return made
