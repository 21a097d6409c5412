"""The link machine of the Mitel protocol, on the side of the telephone exchange.

Charges do not go by this link: they are call records on a line of their own. The protocol has no keep-alive of ours: a
connection that has died unseen shows when we have something to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from firmware.errors import OurFaultError
from firmware.pms.machine import (
    Counted,
    Deliver,
    LinkState,
    Moment,
    Noted,
    Outcome,
    Output,
    Reconnect,
    StateChanged,
    Told,
    Transmit,
)
from firmware.pms.mitel.frames import ACK, ENQ, NAK, STX, FrameCutter, TelnetFilter
from firmware.pms.mitel.line import X64, Event, Line, State
from firmware.pms.mitel.messages import Message, NotAMessageError, UnknownFunctionError, read, readable
from firmware.pms.mitel.news import write
from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import News, PmsEvent, Posting, ResyncBegun, ResyncEnded, ResyncWanted
from firmware.timers import Timers, TimerSpec

X67 = TimerSpec("X67", 3.0, 1.0, 30.0, "A text has begun and does not end.")
X68 = TimerSpec("X68", 300.0, 10.0, 3600.0, "A resync has fallen silent.")
X69 = TimerSpec("X69", 60.0, 60.0, 3600.0, "The PMS was asked for a resync, until it may be asked again.")

REPEAT_S = 15.0
"""A text that comes once more until then may be a repeat whose answer was lost; there are three, 3 s apart."""

_SIGNS = {ENQ: Event.ENQ, ACK: Event.ACK, NAK: Event.NAK, STX: Event.STX}
_AWAITING = (State.ASKING, State.SENDING)


def by_chance() -> Iterator[float]:
    """Seconds within X64's range, spread evenly: without a chance generator, and never twice the same in a row."""
    share = 0.0
    while True:
        share = (share + 0.618034) % 1
        yield X64.minimum + share * (X64.maximum - X64.minimum)


class MitelMachine:
    """One PMS; see `PmsMachine`. `waits` are the seconds that are waited after repeated collisions."""

    def __init__(self, settings: MitelSettings, waits: Iterator[float] | None = None) -> None:
        self.state: LinkState = "down"
        self._settings = settings
        self._waits = waits if waits is not None else by_chance()
        self._line = Line(self)
        self._out: list[Output] = []
        self._asked_s: float | None = None
        """When the PMS was asked for a resync."""
        self._begin()

    def _begin(self) -> None:
        self._timers = Timers()
        self._frames = FrameCutter()
        self._telnet = TelnetFilter()
        self._input = bytearray()
        self._in_hand: tuple[bytes, Message] | None = None
        """What the hotel is at."""
        self._last: tuple[float, bytes, Message] | None = None
        """What was accepted last, and when."""
        self._news: News | None = None
        self._held: bytes | None = None
        """A request for a resync that comes too early."""
        self._resync = False

    # ---- PmsMachine

    def connected(self, now: Moment) -> list[Output]:
        self._now = now
        self._begin()
        self._line.machine.handle(Event.CONNECTED)
        self._change("starting")
        return self._outputs()

    def lost(self, now: Moment) -> list[Output]:
        return self._end(now, "connection lost")

    def close(self, now: Moment) -> list[Output]:
        return self._end(now, "closed")

    def received(self, data: bytes, now: Moment) -> list[Output]:
        self._now = now
        if self._line.state is State.CLOSED:
            return []
        if self._settings.telnet_filter:
            data = self._telnet.feed(data)
        if self._settings.seven_bit:
            data = bytes(byte & 0x7F for byte in data)
        self._input += data
        self._read()
        return self._outputs()

    def handled(self, refusals: Sequence[str | None], now: Moment) -> list[Output]:
        self._now = now
        if self._in_hand is not None:
            (data, message), self._in_hand = self._in_hand, None
            (refusal,) = refusals
            self._answer(data, message, refusal)
            self._read()
        return self._outputs()

    def tick(self, now: Moment) -> list[Output]:
        self._now = now
        for key in self._timers.due(now.seconds):
            if key is X67:
                self._frames.reset()
                self._refuse("no end of text")
            elif key is X68:
                self._resync = False
                self._out.append(Deliver(ResyncEnded(complete=False)))
            elif key is X69 and self._held is not None:
                held, self._held = self._held, None
                self._line.order(held)
            elif key is Event.TIME_OVER:
                self._line.machine.handle(Event.TIME_OVER)
        return self._outputs()

    def next_deadline(self) -> float | None:
        return self._timers.next_deadline()

    def takes_posting(self) -> bool:
        return False

    def post(self, posting: Posting, repeat: bool, now: Moment) -> list[Output]:
        return [Told("posting", "not-served")]

    def takes_news(self) -> bool:
        return self._line.takes_message and self._held is None

    def tell(self, news: News, now: Moment) -> list[Output]:
        if not self.takes_news():
            raise OurFaultError("mitel: news while there is no connection, or another is under way")
        self._now = now
        text = write(news, self._settings, now.local)
        if text is None:
            return [Told("news", "not-served")]
        self._news = news
        again_s = self._may_ask_s()
        if isinstance(news, ResyncWanted) and now.seconds < again_s:
            self._held = text
            self._timers.arm(X69, again_s)
        else:
            self._line.order(text)
        return self._outputs()

    # ---- what the line asks for

    def arm_timer(self, machine: str, spec: TimerSpec, event: Enum) -> None:
        self._start(event, next(self._waits) if spec is X64 else spec.default)

    def disarm_timer(self, machine: str) -> None:
        self._timers.disarm(Event.TIME_OVER)

    def refused(self, machine: str, state: Enum, event: Enum) -> None:
        self._out.append(Counted("refused", f"{event.name} out of turn"))

    def transmit(self, data: bytes) -> None:
        self._out.append(Transmit(data))

    def note(self, verb: str, **pairs: object) -> None:
        self._out.append(Noted(verb, pairs))

    def settled(self, outcome: Outcome, text: bytes) -> None:
        function = text[:3].decode("ascii").rstrip()
        if outcome == "done":
            self._out.append(Counted("sent", function))
        elif outcome == "refused":
            self.note("refused-by-pms", text=readable(text.decode("ascii")))
        if isinstance(self._news, ResyncWanted) and outcome != "again":
            self._asked_s = self._now.seconds
        self._news = None
        self._out.append(Told("news", outcome))

    def silent(self, why: str, *, deaf: bool) -> None:
        """Whoever answered before and does not answer an ENQ any more may be at the end of a dead connection."""
        was_alive = self.state == "alive"
        self._change("down", why)
        if deaf and was_alive:
            self._out.append(Reconnect(why))

    # ---- reading

    def _read(self) -> None:
        """As far as the hotel has kept up: what stands behind a text in its hands waits."""
        while self._input and self._in_hand is None:
            sign = self._frames.feed(self._input.pop(0))
            if isinstance(sign, bytes):
                self._timers.disarm(X67)
                self._understand(sign)
            elif sign is not None:
                self._signed(sign)

    def _signed(self, sign: int) -> None:
        if sign == STX:
            self._start(X67, X67.default)
        elif sign != NAK or self._line.state in _AWAITING:
            self._change("alive")
        self._line.machine.handle(_SIGNS[sign])

    def _understand(self, data: bytes) -> None:
        self._change("alive")
        try:
            message = read(data, self._settings, self._now.local)
        except UnknownFunctionError as error:
            self._not_understood(error, acknowledge=self._settings.ack_unknown)
        except NotAMessageError as error:
            self._not_understood(error, acknowledge=False)
        else:
            self._take(data, message)

    def _not_understood(self, error: NotAMessageError, *, acknowledge: bool) -> None:
        self.note("not-understood", error=str(error), answer="ACK" if acknowledge else "NAK")
        if acknowledge:
            self._out.append(Counted("refused", error.reason))
            self._line.machine.handle(Event.ACCEPTED)
        else:
            self._refuse(error.reason)

    def _take(self, data: bytes, message: Message) -> None:
        if message.event is None:
            if not message.served:
                self.note("not-served", text=readable(data.decode(self._settings.encoding, "replace")))
            self._accept(message)
        elif self._is_settled(data, message.event):
            self._accept(message)
        else:
            self._in_hand = data, message
            self._out.append(Deliver(message.event))

    def _is_settled(self, data: bytes, event: PmsEvent) -> bool:
        """An END of nothing; a repeated wake-up whose time has come meanwhile, and which would be tomorrow's."""
        if isinstance(event, ResyncEnded):
            return not self._resync
        if self._last is None:
            return False
        then_s, before, message = self._last
        return before == data and message.event != event and self._now.seconds - then_s <= REPEAT_S

    def _answer(self, data: bytes, message: Message, refusal: str | None) -> None:
        if isinstance(message.event, ResyncBegun | ResyncEnded) and refusal is None:
            self._resync = isinstance(message.event, ResyncBegun)
        if self._resync:
            self._start(X68, X68.default)
        else:
            self._timers.disarm(X68)
        if refusal is None:
            self._last = self._now.seconds, data, message
            self._accept(message)
        else:
            self.note("refused", message=message.function, why=refusal)
            self._refuse(message.function)

    def _accept(self, message: Message) -> None:
        self._out.append(Counted("received", message.function))
        self._line.machine.handle(Event.ACCEPTED)

    def _refuse(self, kind: str) -> None:
        self._out.append(Counted("refused", kind))
        self._line.machine.handle(Event.REFUSED)

    # ---- the rest

    def _end(self, now: Moment, why: str) -> list[Output]:
        self._now = now
        if self._line.state is State.CLOSED:
            return []
        if self._held is not None:
            self._out.append(Told("news", "again"))
        self._line.machine.handle(Event.LOST)
        if self._resync:
            self._out.append(Deliver(ResyncEnded(complete=False)))
        self._begin()
        self._change("down", why)
        return self._outputs()

    def _may_ask_s(self) -> float:
        """When the PMS may be asked for a resync."""
        return self._now.seconds if self._asked_s is None else self._asked_s + X69.default

    def _start(self, key: TimerSpec | Enum, seconds: float) -> None:
        self._timers.arm(key, self._now.seconds + seconds)

    def _change(self, state: LinkState, why: str = "") -> None:
        if state != self.state:
            self.state = state
            self._out.append(StateChanged(state, why))

    def _outputs(self) -> list[Output]:
        out, self._out = self._out, []
        return out
