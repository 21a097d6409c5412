"""The link of one FIAS connection: who is there, the records of its start and their pace, keep-alive, good-bye."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from enum import Enum
from typing import Protocol

from firmware.fsm import Machine
from firmware.pms.fias import authentication, records
from firmware.pms.fias.authentication import BLOCK
from firmware.pms.fias.line import Outgoing
from firmware.pms.fias.link_table import LINK_STATES, TABLE, X70, X71, X72, X73, X74, Input, State
from firmware.pms.fias.records import Record
from firmware.pms.fias.settings import FiasSettings
from firmware.pms.fias.turn import Turn
from firmware.pms.machine import LinkState, Noted, Reconnect, StateChanged
from firmware.timers import TimerSpec

_REPEAT_S = 3.0
"""The start is sent once in this time: some PMS say LS several times in a row."""
_MOMENT_DIGITS = 12
PACE, TIMER, CONFIRM, AGAIN = "pace", "fias link", "start confirmed", "start again"
_LOST_WITH_KEY = 2
"""So many connections in a row end while a key waits for its LA: then it is the key, not the network."""


class LinkHost(Protocol):
    """Who has the link."""

    def opened(self) -> None:
        """A connection begins, without anything of the one before."""
        ...

    def agreed(self) -> None:
        """The PMS has confirmed a start, or goes on as if there had been no need of one."""
        ...

    def dropped(self) -> None:
        """The connection is of no use any more."""
        ...


class Link:
    """Owns the state, and what the link itself has to send; `outbox` is sent before anything else."""

    def __init__(
        self, settings: FiasSettings, turn: Turn, host: LinkHost, random_bytes: Callable[[int], bytes]
    ) -> None:
        self.outbox: deque[Outgoing] = deque()
        self._settings = settings
        self._turn = turn
        self._host = host
        self._random_bytes = random_bytes
        self._machine = Machine(TABLE, TIMER, self, self)
        self._due = Input.SILENCE
        self._greeting: Record | None = None
        self._started: float | None = None
        self._unconfirmed = False
        self._key_sent = self._key_good = self._key_doubtful = False
        self._lost_with_key = 0
        self._never_confirms = False
        """This PMS says LS to ask whether we are there, and nothing when it has heard it."""
        start_s = settings.lr_pace_ms / 1000 * (1 + sum(1 for _ in records.requests()))
        self._seconds = {
            X70: X70.default,
            X71: max(X71.default, settings.answer_s) + start_s,
            X72: settings.keepalive_s,
            X73: settings.answer_s,
            X74: X74.default + start_s,
        }

    @property
    def state(self) -> LinkState:
        return LINK_STATES[self._machine.state]

    @property
    def open(self) -> bool:
        """Charges and news may go: alive, not in doubt, and a start is out and confirmed."""
        starts = self._turn.timers.running(CONFIRM) or self._turn.timers.running(AGAIN)
        return self._machine.state is State.ALIVE and not self.outbox and not starts

    def feed(self, happened: Input, why: str = "") -> bool:
        """False: it is not foreseen in this state, and nothing has changed."""
        before = self.state
        done = self._machine.handle(happened)
        if self.state != before:
            self._turn.put(StateChanged(self.state, why))
        return done

    def heard(self, record: Record) -> bool:
        """A valid record of the PMS; whether it is to be acted on."""
        if record.id not in ("LS", "LE", "LC"):
            self._turn.timers.disarm(CONFIRM)
        match record.id:
            case "LS":
                self._greeting = record
                return self.feed(Input.LS, "the PMS starts")
            case "LA":
                return self.feed(Input.LA, "the PMS is alive")
            case "LE":
                return self.feed(Input.LE, "the PMS says good-bye")
            case "LC":
                return True
        return self.feed(Input.DATA, "the PMS goes on")

    def expired(self, key: Hashable) -> None:
        """A timer of the link is due; when it is the pace, more may be sent."""
        if key == TIMER:
            self.feed(self._due, "no answer" if self._due is Input.NO_ANSWER else "silence")
        elif key == CONFIRM:
            self._never_confirms = True
        elif key == AGAIN:
            self.feed(Input.LS)

    def next_record(self) -> Outgoing | None:
        """What the link has to send now."""
        if not self.outbox or self._turn.timers.running(PACE):
            return None
        outgoing = self.outbox.popleft()
        if outgoing.paced and self._settings.lr_pace_ms:
            self._turn.after(PACE, self._settings.lr_pace_ms / 1000)
        return outgoing

    # ---- MachineHost

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        self._due = Input(event)
        self._turn.after(machine, self._seconds[spec])

    def disarm_timer(self, machine: str) -> None:
        self._turn.timers.disarm(machine)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        """The machine counts, and who fed it says so."""

    # ---- actions

    def connect(self) -> None:
        self._greeting = self._started = None
        self._key_sent = self._never_confirms = False
        self._turn.timers.disarm(CONFIRM)
        self._clear()
        self._host.opened()

    def start(self) -> None:
        """Say who we are and what we want, unless that has just been said, or is being said: a PMS that starts anew
        at once hears it again when it may, and when the start before is out.

        A PMS that starts anew on a link that is alive takes no data before its LA; one that only asks whether we are
        there may never say it, and is not waited for for ever.
        """
        now = self._turn.now.seconds
        again_at = now if self._started is None else self._started + _REPEAT_S
        if now < again_at or self._is_starting():
            self._turn.timers.arm(AGAIN, again_at if now < again_at else now + _REPEAT_S)
            return
        if self._settings.key is not None and not self._may_prove():
            return
        self._started = now
        self._unconfirmed = True
        self._clear()
        self._queue(self._description(), paced=True)
        for request in records.requests():
            self._queue(request, paced=True)
        self._queue(Record("LA"))
        if self.state == "alive" and not self._never_confirms and not self._turn.timers.running(CONFIRM):
            self._turn.after(CONFIRM, self._seconds[X71])

    def agree(self) -> None:
        self._key_good = self._key_good or self._key_sent
        if self._unconfirmed:
            self._unconfirmed = False
            self._turn.timers.disarm(AGAIN)
            self._host.agreed()

    def ask(self) -> None:
        self._queue(Record("LS"))

    def answer_good_bye(self) -> None:
        self._judge_key(rejected=True)
        self._clear()
        self._started = None
        self._queue(Record("LE"))

    def say_good_bye(self) -> None:
        self._clear()
        self._queue(Record("LE"))

    def drop(self) -> None:
        self._judge_key(rejected=False)
        self._leave()

    def give_up(self) -> None:
        self._judge_key(rejected=True)
        self._leave()
        self._turn.put(Reconnect("the PMS does not answer"))

    # ---- inside

    def _leave(self) -> None:
        self._clear()
        self._host.dropped()

    def _queue(self, record: Record, *, paced: bool = False) -> None:
        self.outbox.append(Outgoing(record, "link", paced))

    def _is_starting(self) -> bool:
        return any(outgoing.record.id == "LA" for outgoing in self.outbox)

    def _clear(self) -> None:
        self.outbox.clear()
        self._turn.timers.disarm(PACE)
        self._turn.timers.disarm(AGAIN)

    def _description(self) -> Record:
        fields = [("V#", self._settings.version), ("IF", "PB")]
        if self._settings.key is not None and self._greeting is not None:
            key = authentication.key_bytes(self._settings.key)
            proof = authentication.proof(key, _moment(self._greeting), self._random_bytes(BLOCK))
            fields += [("RT", "1"), ("CG", proof)]
            self._greeting = None
            self._key_sent = True
        return Record("LD", tuple(fields))

    def _may_prove(self) -> bool:
        """The proof is made of the LS just received; where there was none, we ask for it."""
        if self._key_doubtful:
            self._turn.put(Noted("key-doubtful", {"then": "not tried again until the link is set up anew"}))
            return False
        if self._greeting is None:
            self.ask()
            return False
        if len(_moment(self._greeting)) != _MOMENT_DIGITS:
            self._turn.put(Noted("key-useless", {"why": "LS without date and time"}))
            return False
        return True

    def _judge_key(self, *, rejected: bool) -> None:
        """A PMS stops for good at a wrong key, so a doubtful one is not tried again. `rejected`: it was answered by LE,
        or by silence; where the connection was lost, it may once have been the network."""
        if self._key_sent and not self._key_good and self.state == "starting":
            self._lost_with_key += 1
            self._key_doubtful |= rejected or self._lost_with_key >= _LOST_WITH_KEY


def _moment(record: Record) -> str:
    return (record.get("DA") or "") + (record.get("TI") or "")
