"""A call: two half-calls joined, what is recorded of it, and what people see. A conference is two joined calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from firmware.exchange.causes import Cause
from firmware.exchange.decisions import (
    CallState,
    CallView,
    CloseRecord,
    LegRecord,
    OpenRecord,
    Party,
    PersonOutcome,
    PersonReport,
)
from firmware.exchange.half_call import TALKING, Event, State
from firmware.exchange.terminals import TrunkLine
from firmware.gateway.messages import AnsweredBy, Connect, Disconnect, Leg

if TYPE_CHECKING:
    from firmware.exchange.core import Core
    from firmware.exchange.dialogue import Dialogue
    from firmware.exchange.half import Half
    from firmware.exchange.telephone import HalfCall
    from firmware.exchange.trunk_half import TrunkHalf

End = Literal["released", "barred", "lost"]
Direction = Literal["internal", "outgoing", "incoming"]


@dataclass
class Summons:
    """Why the exchange itself calls somebody (see `features/summons.py`)."""

    person: str
    """Who asked for it knows it by this."""
    dialogue: Dialogue
    """What he who answers shall hear."""
    shown: str
    """What his telephone shows."""
    heard_out: bool = False
    """He has heard it to its end."""


class Call:
    """One leg of the records: who called whom. `id` is what people see; `root` is shared by the legs of a transfer."""

    def __init__(self, core: Core, call_id: str, leg: str, started_ns: int, root: str | None = None) -> None:
        self.core = core
        self.id = call_id
        self.root = root or call_id
        self.leg = leg
        self.connection = f"call/{leg}"
        self.started_ns = started_ns
        self.dialled = ""
        self.answered_ns: int | None = None
        self.from_endpoint: str | None = None
        self.to_endpoint: str | None = None
        self.emergency = False
        self.to_reception = False
        self.outside = False
        """`dialled` is a number outside the house, without the outside prefix."""
        self.answered_by: AnsweredBy | None = None
        self.calling: Half | None = None
        self.called: Half | None = None
        """Who answered."""
        self.placing: TrunkHalf | None = None
        """The company line on which the call is on its way out."""
        self.alerting: list[HalfCall] = []
        """Who rings, or hears that the call waits."""
        self.attending: list[Half] = []
        """Who has joined an emergency call that is to go out."""
        self.attended = False
        """Somebody at reception has joined it, and may have left it again."""
        self.call_back = False
        """A call in from an emergency service, or perhaps from one."""
        self.bridged_ns: int | None = None
        """Since when two company lines have been one another's parties."""
        self.paid_by: str | None = None
        """The room on whose credit it is (see `features/credit.py`)."""
        self.ends_ns: int | None = None
        """When that is used up, as far as is known now; None: never."""
        self.warned = False
        """The guest has been told that this is soon."""
        self.tried: set[str] = set()
        """Company lines that could not carry it, since the last try began."""
        self.cut_in = False
        """Of an emergency: a caller from outside was released for it."""
        self.no_line = False
        """Of an emergency: no company line has carried it so far."""
        self.joined: Call | None = None
        """The other call of a conference; `host` is the telephone that is in both."""
        self.host: str | None = None
        self.consult_for: Call | None = None
        """The held call that this one was begun beside."""
        self.recall_to: str | None = None
        """Who transferred the caller to a telephone that still rings, and has him back if nobody answers."""
        self.click_to: str | None = None
        """The number that the desk asked for, until the placing telephone is lifted."""
        self.journal: str | None = None
        """The gateway's journal entry, for a call that it made by itself."""
        self.cut_off = False
        """A party's port has failed."""
        self.summons: Summons | None = None
        """The exchange itself calls."""
        self.opened = False
        self.ended = False

    # ------------------------------------------------------------------------------------------------------ parties

    def other(self, half: Half) -> Half | None:
        """The party at the far side of an answered call."""
        return self.called if half is self.calling else self.calling

    def halves(self) -> Iterator[Half]:
        """Everyone who has a part in it."""
        for half in (self.calling, self.called, self.placing):
            if half is not None:
                yield half
        yield from (*self.alerting, *self.attending)

    def detach(self, half: Half) -> None:
        """The half-call has left; the call may go on."""
        if half is self.calling:
            self.calling = None
        if half is self.called:
            self.called = None
        if half is self.placing:
            self.placing = None
        self.alerting = [other for other in self.alerting if other is not half]
        self.attending = [other for other in self.attending if other is not half]

    def replace(self, leaving: Half, coming: Half) -> None:
        """Another party takes the place of one (transfer)."""
        if leaving is self.calling:
            self.calling, self.from_endpoint = coming, coming.endpoint
        else:
            self.called, self.to_endpoint = coming, coming.endpoint
        leaving.call = None
        coming.call = self
        self.core.touch(coming.terminal)

    # ------------------------------------------------------------------------------------------------------ gateway

    def legs(self) -> tuple[Leg, ...]:
        """Who is heard in the connection as the half-calls stand."""
        placing = self.placing if self.placing is not None and self.placing.through else None
        parties = (self.calling, self.called, placing, *self.attending)
        endpoints = [half.endpoint for half in parties if half is not None]
        if self.joined is not None:
            endpoints += [h.endpoint for h in (self.joined.calling, self.joined.called) if h is not None]
        return tuple(Leg(endpoint=endpoint) for endpoint in dict.fromkeys(endpoints))

    def connect_command(self, *endpoints: str) -> Connect:
        """Both ways between these endpoints; the tag is filled in when the decisions are complete."""
        return Connect(connection=self.connection, legs=tuple(Leg(endpoint=endpoint) for endpoint in endpoints))

    def join_all(self) -> None:
        """Everybody who has a part in it hears everybody else."""
        self.core.send(Connect(connection=self.connection, legs=self.legs()))

    def rejoin(self) -> None:
        """Somebody has left: the others go on hearing one another; an emergency caller who is alone hears ringback."""
        if len(self.legs()) > 1:
            self.join_all()
            return
        self.core.send(Disconnect(connection=self.connection))
        if self.emergency and self.calling is not None:
            self.core.play(self.calling.endpoint, "ringback")

    # ------------------------------------------------------------------------------------------------------ records

    def record(self) -> LegRecord:
        return LegRecord(
            leg=self.leg,
            call=self.root,
            direction=self.direction,
            from_party=self.core.party_at(self.from_endpoint),
            to_party=self.to_party(),
            dialled=self.dialled,
            started_ns=self.started_ns,
            answered_ns=self.answered_ns,
            emergency=self.emergency,
            trunk=self.trunk,
            answered_by=self.answered_by,
            outside=self.number_outside,
        )

    @property
    def direction(self) -> Direction:
        """As the house sees it: outgoing wherever a company line may cost something."""
        if self.outside or self.number_outside:
            return "outgoing"
        return "internal" if self._line(self.from_endpoint) is None else "incoming"

    @property
    def number_outside(self) -> str:
        """What was called out by the company line that somebody is at; empty: nothing."""
        if self.outside:
            return self.dialled
        caller = self._line(self.from_endpoint)
        return "" if caller is None else caller.number

    @property
    def trunk(self) -> str | None:
        """The group of the company line that it goes out through, else came in by."""
        line = self._line(self.to_endpoint) or self._line(self.from_endpoint)
        return None if line is None or line.group is None else line.group.name

    def _line(self, endpoint: str | None) -> TrunkLine | None:
        return self.core.trunks.get(endpoint or "")

    def to_party(self) -> Party:
        """Who was reached, or else who was dialled."""
        if self.outside and self.to_endpoint in self.core.trunks:  # whose line may have another call by now
            return Party(port=self.to_endpoint, number=self.dialled)
        if self.to_endpoint is not None:
            return self.core.party_at(self.to_endpoint)
        extension = self.core.plan.by_number.get(self.dialled)
        if extension is not None and not self.outside:
            return self.core.party_of(extension)
        return Party(number=self.dialled or None)

    def answer(self, half: Half, at_ns: int) -> None:
        """`half` has answered: the record is opened, the others stop ringing, the caller is through."""
        self.detach(half)
        self.called, self.recall_to = half, None
        self.note_answer(half.endpoint, at_ns)
        self.stop_alerting()

    def answered_outside(self, half: TrunkHalf, by: AnsweredBy, at_ns: int) -> None:
        """The far end has answered. Operators go on ringing for an emergency call, to join it."""
        self.detach(half)
        self.called, self.answered_by = half, by
        self.note_answer(half.endpoint, at_ns)
        if not self.emergency:
            self.stop_alerting()

    def note_answer(self, endpoint: str, at_ns: int) -> None:
        """Somebody is there: the record is opened, and the caller is through if he was not before."""
        self.to_endpoint, self.answered_ns = endpoint, self.answered_ns or at_ns
        self.open_record()
        if self.calling is not None and self.calling.state not in TALKING:
            self.core.post(self.calling, Event.CONNECTED)
        self.core.touch(self)

    def stop_alerting(self) -> None:
        for alerting in self.alerting:
            self.core.post(alerting, Event.RELEASED, None)

    def open_record(self) -> None:
        self.opened = True
        self.core.decide(OpenRecord(self.record()))

    def close_record(self, cause: Cause, end: End = "released", at_ns: int | None = None) -> None:
        """The leg is over. A call for which nothing was dialled leaves no record."""
        if self.ended:
            return
        self.ended = True
        if self.cut_off:
            cause, end = Cause.TEMPORARY_FAILURE, "lost"
        if self.opened or self.dialled or self.direction == "incoming":
            self.core.decide(CloseRecord(ended(self.record(), cause, end, at_ns or self.core.at_ns)))
        if self.journal is not None:
            self.core.forget_journal(self.journal)
        if self.emergency:
            self.core.emergency_over(self)
        if self.summons is not None:
            self.core.decide(PersonReport(self.summons.person, self._outcome(self.summons, cause)))
        self.core.calls.pop(self.leg, None)
        self.core.touch(self)

    def _outcome(self, summons: Summons, cause: Cause) -> PersonOutcome:
        if summons.heard_out:
            return "done"
        if self.calling is not None or self.answered_ns is not None:
            return "hung-up"
        if cause in (Cause.NO_ANSWER, Cause.NORMAL_CLEARING):
            return "no-answer"
        return "busy" if cause is Cause.USER_BUSY else "failed"

    # -------------------------------------------------------------------------------------------------------- ending

    def release(self, cause: Cause, by: Half | None = None, end: End = "released", at_ns: int | None = None) -> None:
        """End the call for everybody but `by`, who sees to himself; at this moment, or as the journal says."""
        if self.ended:
            return
        # of a call on its way out, the gateway may be making the connection at this moment
        conference, connected = self.joined, self.connected or self.placing is not None
        for half in self.halves():
            if half is not by:
                stays = conference is not None and half.endpoint == self.host
                self.core.post(half, Event.RELEASED, None if stays else cause)
        self.close_record(cause, end, at_ns)
        if conference is not None:
            self._leave_conference(conference)
        elif connected:
            self.core.send(Disconnect(connection=self.connection))

    def _leave_conference(self, conference: Call) -> None:
        """The other call of the conference goes on by itself."""
        unlink(self, conference)
        conference.join_all()

    # --------------------------------------------------------------------------------------------------------- views

    @property
    def connected(self) -> bool:
        """Its connection stands: somebody has answered, or the caller hears a company line or an operator."""
        return self.summons is None and (self.called is not None or self.through or bool(self.attending))

    @property
    def announced(self) -> bool:
        """Its caller hears an announcement, and talks to nobody."""
        return self.calling is not None and self.calling.state is State.ANNOUNCED

    @property
    def through(self) -> bool:
        """The digits are out: the caller hears the company line."""
        return self.placing is not None and self.placing.through

    def state(self) -> CallState:
        if self.answered_ns is None:
            return "ringing" if self.alerting or self.through or self.direction == "incoming" else "dialling"
        parties = (self.calling, self.called)
        return "held" if any(half is not None and half.state is State.HELD for half in parties) else "answered"

    def view(self) -> CallView:
        return CallView(
            id=self.id,
            state=self.state(),
            from_party=self.core.party_at(self.from_endpoint),
            to_party=self.to_party(),
            dialled=self.dialled,
            started_ns=self.started_ns,
            answered_ns=self.answered_ns,
            emergency=self.emergency,
            trunk=self.trunk,
        )


def unlink(one: Call, other: Call) -> None:
    """Two joined calls are no conference any more, and neither is the other's consultation."""
    for call in (one, other):
        call.joined = call.host = call.consult_for = None


def ended(record: LegRecord, cause: Cause, end: End, at_ns: int) -> LegRecord:
    """The record of a leg that is over; it ends no earlier than it was answered."""
    ended_ns = max(at_ns, record.answered_ns or 0, record.started_ns)
    return replace(record, ended_ns=ended_ns, cause=int(cause), end=end, complete=end != "lost")
