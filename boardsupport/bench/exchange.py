"""One subscriber's line at the company's exchange: a table of states; time in samples, nothing waits.

It knows the pair only: it feeds it, rings it, turns its polarity, sees whether current flows, speaks into it, and is
told the digits that came. Whose telephone is at the other end it can't know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from boardsupport.bench.call_tones import CallTone, ToneName
from boardsupport.bench.exchange_countries import ExchangeCountry
from boardsupport.bench.exchange_states import COLLECTING, TAKES_TONE, Event, HangUp, State
from boardsupport.bench.sounds import Playing, Sound
from boardsupport.chip_model import SAMPLES_PER_MS, Timers
from boardsupport.si3050.sim_pair import CompanyPair, RingSignal

BATTERY_V: Final = 48.0
SENSE_MA: Final = 8.0
"""Less current than this is an open loop."""
SEIZE_MS: Final = 25
"""How long current must flow before the exchange takes it for a seizure."""
TRIP_MS: Final = 60
"""The same while it rings."""
SHORTEST_FLASH_MS: Final = 50
RELEASE_MS: Final = 800
"""How long the loop must be open before the call is released; less is a register recall."""
DIAL_TONE_MS: Final = 200
"""From the seizure to dial tone, unless told otherwise."""
NO_DIGIT_MS: Final = 20_000
MARK_MS: Final = 150
"""From the polarity reversal to what it announces (ETSI EN 300 659-1: 100 ms at least)."""
BEFORE_RING_MS: Final = 300
"""From the end of that to the first ring (200 to 500 ms)."""
AFTER_RING_MS: Final = 500
"""From the end of the first ring to the caller id in the pause (Bellcore GR-30: 500 ms at least)."""
LONGEST_RINGING_MS: Final = 180_000
LOOP_BREAK_MS: Final = 800
HOLD_MS: Final = 20_000
"""How long a call that came in is kept after the called side alone has hung up."""


class ExchangeStateError(Exception):
    """The line can't do this now."""


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call that comes in. `rings`: after so many its caller gives up; None: only when the exchange does."""

    rings: int | None = None
    before: Sound | None = None
    """What is sent before the first ring."""
    after: Sound | None = None
    """What is sent in the pause after the first ring."""


class Exchange:
    """The line card of one pair."""

    def __init__(self, pair: CompanyPair, country: ExchangeCountry, tones: dict[ToneName, CallTone]) -> None:
        self.state = State.IDLE
        self.seized = False
        """The exchange takes the other end to be off-hook."""
        self.turns = 0
        """Counts seizures and releases."""
        self.digits = ""
        self.flashes = 0
        """Register recalls since the seizure."""
        self.reversed = False
        self.incoming = False
        """The call on the line came in."""
        self.tone: ToneName | None = None
        self.saying: Playing | None = None
        """What the exchange itself sends: a tone, a caller id."""
        self.gives_dial_tone = True
        self.delay_ms = DIAL_TONE_MS
        self._pair = pair
        self._country = country
        self._tones = tones
        self._timers = Timers()
        self._call = IncomingCall()
        self._rung = 0
        self._flows = False
        self._opened_at = 0.0
        self._feed()

    # --- time and the loop ---

    @property
    def next_due(self) -> float:
        """The sample at which something happens by itself."""
        return self._timers.next_due

    def run_until(self, sample: float) -> None:
        """Time passes."""
        self._timers.run_until(sample)

    def sense(self) -> None:
        """Look whether current flows; not while the exchange itself has taken its feed away."""
        flows = self._pair.loop_ma() > SENSE_MA
        if flows == self._flows or not self._pair.battery_v:
            return
        self._flows = flows
        if flows:
            self._closed()
        else:
            self._timers.clear_timer("closed")
            if self.seized:
                self._opened_at = self._timers.now
                self._after("open", RELEASE_MS, self._release)

    def _closed(self) -> None:
        if self._timers.has_timer("open"):
            self._timers.clear_timer("open")
            self.flashes += self._timers.now - self._opened_at >= SHORTEST_FLASH_MS * SAMPLES_PER_MS
        elif not self.seized:
            self._after("closed", TRIP_MS if self._pair.ring else SEIZE_MS, self._seize)

    def _seize(self) -> None:
        self.seized = True
        self.turns += 1
        self.digits, self.flashes = "", 0
        self._take(Event.SEIZE)

    def _release(self) -> None:
        self.seized = False
        self.turns += 1
        self._take(Event.RELEASE)

    # --- what the far end and the tester do; each raises ExchangeStateError ---

    def ring(self, call: IncomingCall) -> None:
        """A call comes in."""
        before = self._call
        self._call = call
        try:
            self._must_take(Event.RING if call.before is None else Event.MARK)
        except ExchangeStateError:
            self._call = before
            raise
        self.incoming = True

    def answer(self, reversal: bool) -> None:
        """The called side of a call that was placed here answers."""
        self._must_take(Event.ANSWER)
        if reversal:
            self._reverse()

    def hang_up(self, how: HangUp) -> None:
        """The far end has gone; `how` is what the line shows of it."""
        self._must_take(Event(f"hang-up {how}"))

    def alert(self, tone: ToneName | None) -> None:
        """Play a tone of the network instead of what is played, or none."""
        if self.state not in TAKES_TONE:
            raise ExchangeStateError(f"no tone while the line is {self.state.value}")
        self._say_tone(tone)

    def hear(self, digits: str) -> None:
        """Digits have come while the exchange collects them."""
        self._take(Event.DIGIT)
        self.digits += digits

    @property
    def collecting(self) -> bool:
        """Digits are looked for in what comes."""
        return self.state in COLLECTING

    @property
    def ringing(self) -> bool:
        """A call is coming in, not answered yet."""
        return self.state in (State.MARKED, State.RINGING)

    # --- the table's engine ---

    def _must_take(self, event: Event) -> None:
        if not self._take(event):
            raise ExchangeStateError(f"no {event.value} while the line is {self.state.value}")

    def _take(self, event: Event) -> bool:
        """Do what the table says; False if it says nothing."""
        row = _TABLE.get((self.state, event))
        if row is None:
            return False
        for name in ("next", "ring", "announce"):
            self._timers.clear_timer(name)
        action, self.state = row
        action(self)
        return True

    def _after(self, name: str, ms: float, action: Callable[[], object]) -> None:
        self._timers.set_timer(name, ms * SAMPLES_PER_MS, action)

    def _next(self, ms: float, event: Event) -> None:
        """This event comes by itself, unless another comes before."""
        self._after("next", ms, lambda: self._take(event))

    # --- actions ---

    def _rest(self) -> None:
        """As an idle line is: fed, normal polarity, no ringing, no sound."""
        self._quiet()
        self.incoming = False
        if self.reversed or not self._pair.battery_v:
            self.reversed = False
            self._feed()

    def _quiet(self) -> None:
        self._say_tone(None)
        if self._pair.ring is not None:
            self._pair.set_ring(None)

    def _begin(self) -> None:
        if self.gives_dial_tone:
            self._next(self.delay_ms, Event.TONE_DUE)

    def _dial_tone(self) -> None:
        self._say_tone("dial")
        self._next(NO_DIGIT_MS, Event.NO_DIGIT)

    def _begin_again(self) -> None:
        """As some exchanges do: whoever is left on the line may dial another number."""
        self.digits = ""
        self.incoming = False
        self._dial_tone()

    def _mark(self) -> None:
        self._reverse()
        sound = self._call.before
        if sound is not None:
            self._after("announce", MARK_MS, lambda: self._say(sound))
            self._next(MARK_MS + BEFORE_RING_MS + sound.length / SAMPLES_PER_MS, Event.RING)

    def _first_ring(self) -> None:
        self._quiet()
        self._rung = 0
        self._next(LONGEST_RINGING_MS, Event.GIVE_UP)
        self._burst(0)

    def _burst(self, place: int) -> None:
        """A burst of the cadence (even places) or a pause begins."""
        cadence = self._country.cadence_ms
        pause = bool(place % 2)
        now = self._timers.now
        self._pair.set_ring(None if pause else RingSignal(self._country.ring_hz, self._country.ring_vrms, now))
        last = place == len(cadence) - 1
        sound = self._call.after
        if last and not self._rung and sound is not None:
            self._after("announce", AFTER_RING_MS, lambda: self._say(sound))
        self._after("ring", cadence[place], self._rung_once if last else lambda: self._burst(place + 1))

    def _rung_once(self) -> None:
        self._rung += 1
        if self._rung == self._call.rings:
            self._take(Event.GIVE_UP)
        else:
            self._burst(0)

    def _hold(self) -> None:
        self._quiet()
        self._next(HOLD_MS, Event.HOLD_OVER)

    def _break(self) -> None:
        self._quiet()
        self._pair.set_battery(0.0)
        self._next(LOOP_BREAK_MS, Event.BREAK_OVER)

    def _feed(self) -> None:
        self._pair.set_battery(-BATTERY_V if self.reversed else BATTERY_V)
        self.sense()

    def _reverse(self) -> None:
        self.reversed = not self.reversed
        self._feed()

    def _turn(self) -> None:
        self._quiet()
        self._reverse()

    def _busy(self) -> None:
        self._say_tone("busy")

    def _say_tone(self, tone: ToneName | None) -> None:
        self.tone = tone
        self._say(None if tone is None else self._tones[tone])

    def _say(self, sound: Sound | None) -> None:
        self.saying = None if sound is None else Playing(int(self._timers.now), sound)


_Row: TypeAlias = "tuple[Callable[[Exchange], None], State]"
_TABLE: dict[tuple[State, Event], _Row] = {
    (State.IDLE, Event.SEIZE): (Exchange._begin, State.SEIZED),
    (State.IDLE, Event.MARK): (Exchange._mark, State.MARKED),
    (State.IDLE, Event.RING): (Exchange._first_ring, State.RINGING),
    (State.SEIZED, Event.TONE_DUE): (Exchange._dial_tone, State.DIAL_TONE),
    # glare: seized a moment before it would have rung, the line has its caller at once
    (State.SEIZED, Event.MARK): (Exchange._quiet, State.TALKING_IN),
    (State.SEIZED, Event.RING): (Exchange._quiet, State.TALKING_IN),
    (State.DIAL_TONE, Event.DIGIT): (Exchange._quiet, State.DIALLED),
    (State.DIAL_TONE, Event.NO_DIGIT): (Exchange._busy, State.CLEARED),
    (State.DIALLED, Event.ANSWER): (Exchange._quiet, State.TALKING_OUT),
    (State.MARKED, Event.RING): (Exchange._first_ring, State.RINGING),
    (State.MARKED, Event.SEIZE): (Exchange._quiet, State.TALKING_IN),
    (State.RINGING, Event.SEIZE): (Exchange._quiet, State.TALKING_IN),
    (State.RINGING, Event.GIVE_UP): (Exchange._rest, State.IDLE),
    (State.TALKING_IN, Event.RELEASE): (Exchange._hold, State.HELD),
    (State.HELD, Event.SEIZE): (Exchange._quiet, State.TALKING_IN),
    (State.HELD, Event.HOLD_OVER): (Exchange._rest, State.IDLE),
    (State.LOOP_BREAK, Event.BREAK_OVER): (Exchange._feed, State.CLEARED),
}
_HANG_UPS: Final[dict[Event, _Row]] = {
    Event.HANG_UP_LOOP_BREAK: (Exchange._break, State.LOOP_BREAK),
    Event.HANG_UP_BUSY_TONE: (Exchange._busy, State.CLEARED),
    Event.HANG_UP_REVERSAL: (Exchange._turn, State.CLEARED),
    Event.HANG_UP_DIAL_TONE: (Exchange._begin_again, State.DIAL_TONE),
    Event.HANG_UP_SILENT: (Exchange._quiet, State.CLEARED),
}
for _state in (State.SEIZED, State.DIAL_TONE, State.DIALLED, State.TALKING_OUT, State.TALKING_IN, State.CLEARED):
    _TABLE |= {(_state, _event): _row for _event, _row in _HANG_UPS.items()}
for _state in (State.MARKED, State.RINGING, State.HELD):
    _TABLE |= {(_state, _event): (Exchange._rest, State.IDLE) for _event in _HANG_UPS}
for _state in (State.SEIZED, State.DIAL_TONE, State.DIALLED, State.TALKING_OUT, State.CLEARED, State.LOOP_BREAK):
    _TABLE[_state, Event.RELEASE] = (Exchange._rest, State.IDLE)
