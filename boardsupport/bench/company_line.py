"""A company line on the bench: the exchange at the far end of an FXO port, and the person who works it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import localtime, strftime
from typing import Any, Final, Literal, TypeAlias

from boardsupport.bench.board import SimulatedBoard
from boardsupport.bench.call_tones import ToneName, call_tones
from boardsupport.bench.caller_id_sender import Caller, dtmf_announcement, fsk_announcement
from boardsupport.bench.exchange import Exchange, ExchangeStateError, IncomingCall
from boardsupport.bench.exchange_countries import exchange_country
from boardsupport.bench.exchange_states import TALKING, HangUp
from boardsupport.bench.sounds import Floats, Microphone, Playing, Sound
from boardsupport.bench.station import UNCONNECTED_LOSS_DB, Coupling, Listener, WrongStateError
from boardsupport.si3050.sim import Si3050Model

RETURN_LOSS_DB: Final = 16.0
POOR_RETURN_LOSS_DB: Final = 8.0
"""With a termination that does not suit the country's cables."""
DIGIT_MS: Final = 20
"""Of pure tone, measured in frames; a digit of 40 ms has that (ITU-T Q.24)."""
CALL_DIGIT_MS: Final = 40
"""In a conversation, where voices come near to digits."""
CallerIdKind: TypeAlias = Literal["fsk-before", "fsk-after", "dtmf", "none"]


@dataclass(frozen=True, slots=True)
class RingIn:
    """What POST .../ring asks for. `private` withholds number and name."""

    number: str | None
    name: str | None
    private: bool
    caller_id: CallerIdKind
    rings: int | None


class CompanyLine:
    """One line. All methods are called under the board's lock. Verbs raise WrongStateError, and nothing changes."""

    far = True

    def __init__(self, port: str, index: int, board: SimulatedBoard, chip: Si3050Model, country: str) -> None:
        self.port = port
        self.index = index
        self.chip = chip
        self.listeners: list[Listener] = []
        self.microphone = Microphone()
        self.exchange = Exchange(chip.pair, exchange_country(country), call_tones(country))
        self._board = board
        self._country = exchange_country(country)
        self._caller = Caller(None, None)
        self._playing: Playing | None = None
        self._seen_pair = -1
        self._parallel = False
        self._return_loss_db: float | None = None
        board.outside[chip] = self.bring_forward

    # --- what happens at the company's side ---

    def ring(self, asked: RingIn) -> None:
        """A call comes in."""
        if not self.chip.pair.plugged:
            raise WrongStateError(f"{self.port}: the line is dead")
        caller = Caller(asked.number, asked.name, asked.private)
        before: Sound | None = None
        after: Sound | None = None
        if asked.caller_id == "dtmf":
            before = dtmf_announcement(caller, self._country)
        elif asked.caller_id != "none":
            alert = asked.caller_id == "fsk-before"
            fsk = fsk_announcement(caller, self._country, strftime("%m%d%H%M", localtime()), alert)
            before, after = (fsk, None) if alert else (None, fsk)
        self._do(lambda: self.exchange.ring(IncomingCall(asked.rings, before, after)))
        self._caller = caller

    def answer(self, reversal: bool) -> None:
        """The called side answers."""
        self._do(lambda: self.exchange.answer(reversal))

    def hang_up(self, how: HangUp) -> None:
        """The far end hangs up."""
        self._do(lambda: self.exchange.hang_up(how))
        self._playing = None

    def alert(self, tone: ToneName | None) -> None:
        """The network plays this tone, or none."""
        self._do(lambda: self.exchange.alert(tone))

    def set_exchange(self, dial_tone: bool | None, delay_ms: int | None) -> None:
        """Whether and when there is dial tone from the next seizure on; None: as before."""
        if dial_tone is not None:
            self.exchange.gives_dial_tone = dial_tone
        if delay_ms is not None:
            self.exchange.delay_ms = delay_ms

    def speak(self, sound: Sound) -> float:
        """Speak from the far end instead of what was spoken; the sample at which it ends."""
        self._now()
        if not self.seized:
            raise WrongStateError(f"{self.port}: nobody is on the line")
        self._playing = Playing(self._board.ticked, sound)
        return float(self._board.ticked + sound.length)

    # --- what happens to the pair ---

    def plug(self, plugged: bool) -> None:
        """The line works, or is dead."""
        self._now()
        self.chip.pair.set_plugged(plugged)
        self._now()

    def put_parallel(self, lifted: bool) -> None:
        """A telephone of somebody's on the same pair is lifted or replaced."""
        self._now()
        self._parallel = lifted
        self.chip.pair.set_lifted("parallel", lifted)
        self._now()

    def spoil(self, noise_dbm0: float | None, return_loss_db: float | None) -> None:
        """What the pair picks up, and how much of what the port sends comes back; None: as usual."""
        self._now()
        self._return_loss_db = return_loss_db
        self.chip.pair.set_noise(noise_dbm0)

    # --- what the bench does ---

    @property
    def seized(self) -> bool:
        """The exchange takes the line to be off-hook."""
        return self.exchange.seized

    @property
    def hook_changes(self) -> int:
        """See `Station.hook_changes`."""
        return self.exchange.turns

    @property
    def lifted(self) -> bool:
        """See `Station.lifted`."""
        return self.exchange.seized

    def bring_forward(self, sample: float) -> None:
        """Let exchange and chip live until a sample, in step."""
        exchange = self.exchange
        while exchange.next_due <= sample:
            due = exchange.next_due
            self._board.advance(self.chip, due)
            exchange.run_until(due)
            self._sense()
        self._board.advance(self.chip, sample)
        exchange.run_until(sample)
        self._sense()
        if self._playing is not None and not self.seized:
            self._playing = None

    def digit_ms(self) -> int | None:
        """How long a digit must last to be taken now; None: none is looked for."""
        if not self.exchange.collecting:
            return None
        return CALL_DIGIT_MS if self.exchange.state in TALKING else DIGIT_MS

    def audio_state(self) -> Hashable:
        """See `Station.audio_state`."""
        pair = self.chip.pair
        return self.chip.audio_version, pair.plugged, self._speaks(), pair.noise_dbm0, self._return_loss_db

    def sounds(self) -> bool:
        """See `Station.sounds`. An idle line is listened to by the port all the time, but little is on it."""
        chip = self.chip
        sounds = chip.off_hook or self._speaks() or chip.pair.noise_dbm0 is not None
        return chip.audio_path() and chip.pair.plugged and sounds

    def coupling(self) -> Coupling:
        """See `Station.coupling`."""
        if not self.chip.pair.plugged:
            return Coupling(0.0, 0.0, 0.0, 0.0, UNCONNECTED_LOSS_DB)
        suits = self.chip.ac_impedance() in self._country.impedances
        loss = RETURN_LOSS_DB if suits else POOR_RETURN_LOSS_DB
        if self._return_loss_db is not None:
            loss = self._return_loss_db
        return Coupling(1.0, 0.0, 1.0, 0.0, loss, self.chip.pair.noise_dbm0)

    def mouth(self, start: int, count: int) -> Floats | None:
        """See `Station.mouth`: the exchange's own signal and the far end's voice."""
        said = [self.microphone.pull(count)]
        if self.exchange.saying is not None:
            said.append(self.exchange.saying.block(start, count))
            if said[-1] is None:
                self.exchange.saying = None
        if self._playing is not None:
            said.append(self._playing.block(start, count))
            if said[-1] is None:
                self._playing = None
        heard = [piece for piece in said if piece is not None]
        return sum(heard[1:], heard[0]) if heard else None

    def view(self, hearing: dict[str, Any]) -> dict[str, Any]:
        """The line as `GET /bench/lines/...` gives it."""
        exchange, pair, caller = self.exchange, self.chip.pair, self._caller
        return {
            "port": self.port,
            "seized": self.seized,
            "digits": exchange.digits,
            "ringing": exchange.ringing,
            "striking": pair.ring is not None,
            "voltage": round(pair.line_volts(), 1),
            "polarity": "reversed" if exchange.reversed else "normal",
            "current_ma": round(pair.loop_ma(), 1),
            "state": exchange.state.value,
            "caller": {"number": caller.number, "name": caller.name} if exchange.incoming else None,
            "answered": exchange.state in TALKING,
            "tone": exchange.tone,
            "flashes": exchange.flashes,
            "plugged": pair.plugged,
            "parallel": self._parallel,
            "dial_tone": exchange.gives_dial_tone,
            "delay_ms": exchange.delay_ms,
            "hearing": hearing,
        }

    def _speaks(self) -> bool:
        return self.exchange.saying is not None or self._playing is not None

    def _now(self) -> None:
        """Bring the line up to this moment."""
        self.bring_forward(self._board.sample_now())

    def _do(self, verb: Callable[[], None]) -> None:
        self._now()
        try:
            verb()
        except ExchangeStateError as wrong:
            raise WrongStateError(f"{self.port}: {wrong}") from wrong
        self._now()

    def _sense(self) -> None:
        exchange, pair = self.exchange, self.chip.pair
        if pair.version == self._seen_pair:
            return
        self._seen_pair = pair.version
        exchange.sense()
