"""A telephone, reception, and one company line of the rig, whose exchange does what a test says."""

from __future__ import annotations

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.fxo import PolarityChanged
from boardsupport.port import RingBurst
from firmware.gateway.messages import (
    CallerId,
    Connect,
    Event,
    Leg,
    Place,
    TrunkProgress,
    TrunkReleased,
    TrunkStage,
)
from firmware.voice.trunk_ear import LineTone, Phase
from firmware.voice.trunk_profile import AnswerMode, TrunkProfile
from firmware.voice.trunk_table import X41
from tests.unit.dsp.signals import law_bytes, speech
from tests.unit.voice.rig import PROFILE, Rig

LINE = "fxo/1"
LISTENS_MS = int(X41.default * 1000)
NUMBER = "0222123456"
CALLER = CallerId(number="0601234567", name="A. Guest")
VOICE = law_bytes(speech(-20, 2))
TALK = dsp.tone([(1000.0, -10.0)], 80, "alaw")
BOTH = Connect(connection="c1", legs=(Leg(endpoint="fxs/1"), Leg(endpoint=LINE)), tag=b"call")


def profile(answer: AnswerMode = "reversal", **changes: object) -> TrunkProfile:
    return TrunkProfile(PROFILE.dtmf, answer, **changes)  # type: ignore[arg-type]


class Line(Rig):
    """A telephone, reception, and one company line, whose exchange does what the test says."""

    def __init__(self, profile: TrunkProfile = PROFILE) -> None:
        super().__init__(ports=2, trunks=[profile])

    @property
    def stage(self) -> TrunkStage:
        state = self.state(LINE).trunk
        assert state is not None
        return state.stage

    @property
    def seized(self) -> bool:
        return LINE in self.lines.seized

    def hears(self, tone: LineTone, phase: Phase = "began") -> None:
        self.gateway.tone(self.gateway.trunks[LINE].index, tone, phase)

    def place(self, emergency: bool = False) -> None:
        """fxs/1 calls out, and the line is open."""
        if self.state("fxs/1").hook != "off-hook":
            self.lift("fxs/1")
        self.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, emergency=emergency, tag=b"out"))
        if self.seized:
            self.open_line(LINE)
        self.events()

    def dialled(self, emergency: bool = False) -> None:
        """As far as the last digit."""
        self.place(emergency)
        self.hears("dial")
        self.until(TrunkProgress, stage="dialled")

    def talk(self, emergency: bool = False) -> None:
        """A call out that the far end has answered by reversal."""
        self.dialled(emergency)
        self.line(LINE, PolarityChanged(self.now, True))
        self.events()

    def ring(self, on: bool = True, number: int = 1) -> None:
        self.line(LINE, RingBurst(self.now, on, number))

    def ring_once(self) -> list[Event]:
        """A burst of a second; what was reported until its end."""
        self.ring()
        for _ in range(100):
            self.block()
        self.ring(on=False)
        return self.events()

    def told(self, caller: CallerId | None = CALLER) -> None:
        self.gateway.caller_told(self.gateway.trunks[LINE].index, caller)

    def answer(self) -> None:
        """A call in, connected with fxs/1."""
        self.ring_once()
        self.told()
        self.lift("fxs/1")
        self.do(BOTH)
        self.open_line(LINE, ringing=True)
        self.events()

    def until(self, kind: type[Event], limit_ms: int = 30_000, **fields: object) -> Event:
        """Let time pass until this is reported."""
        for _ in range(limit_ms // 10):
            self.block()
            for event in self.events():
                if isinstance(event, kind) and all(getattr(event, key) == want for key, want in fields.items()):
                    return event
        raise AssertionError(f"no {kind.__name__} {fields} within {limit_ms} ms")

    def rest(self) -> None:
        """Until the line may be seized again."""
        self.wait(1010)


def released(events: list[Event]) -> TrunkReleased:
    (event,) = [event for event in events if isinstance(event, TrunkReleased)]
    return event


def speak(line: Line, ms: int) -> None:
    for at in range(0, ms * 8, BLOCK_SAMPLES):
        line.block({LINE: VOICE[at : at + BLOCK_SAMPLES]})
