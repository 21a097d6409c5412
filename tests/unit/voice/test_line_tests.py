"""Line tests in voice: what they find, and that the line is everybody else's at once."""

from __future__ import annotations

import pytest

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.fxo import LineMeasured, LineReading, Released
from boardsupport.port import OutOfService, PairInUse, PairReading, PairTested, RingBurst
from firmware.gateway.messages import (
    Arm,
    Error,
    IncomingCall,
    LineTested,
    Place,
    Release,
    Ring,
    StopTest,
    TestLine,
    TrunkProgress,
    TryBell,
    TryTone,
)
from firmware.voice.line_test_sound import NoiseMeter, ToneMeter
from tests.unit.voice.line import BOTH, LINE, NUMBER, Line
from tests.unit.voice.rig import DIAL_PLAN, SILENCE, Rig

PHONE = "fxs/1"
GOOD = PairReading(0.0, 0.0, 48.0, 0.0)
NOISE = dsp.tone([(1000.0, -40.0)], BLOCK_SAMPLES, "alaw")
DIAL_TONE = dsp.tone([(425.0, -10.0)], 6400, "alaw")


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.do(*(Arm(endpoint=f"fxs/{n}", plan=DIAL_PLAN) for n in range(1, 5)))
    return made


def outcome(rig: Rig) -> LineTested:
    (event,) = [event for event in rig.events() if isinstance(event, LineTested)]
    return event


def values(tested: LineTested) -> dict[str, float]:
    return {reading.name: reading.value for reading in tested.readings}


class TestTelephone:
    def test_what_the_port_measures_and_the_noise_on_its_line(self, rig: Rig) -> None:
        rig.do(TestLine(endpoint=PHONE, ring=True))
        assert rig.lines.tested == {PHONE: True}
        rig.line(PHONE, PairTested(rig.now, PairReading(0.1, 0.2, 48.0, 1.25, 9.0, 1.0), True))
        assert rig.lines.transmissions == [(PHONE, 450)]
        for _ in range(50):
            rig.block({PHONE: NOISE})
        found = outcome(rig)
        assert found.outcome == "done"
        assert values(found) == {
            "foreign-dc": 0.1, "foreign-ac": 0.2, "on-hook-voltage": 48.0, "leak-current": 1.25,
            "ringer-current": 9.0, "ringer-load": 1.0, "noise": pytest.approx(-40, abs=0.5),
        }  # fmt: skip
        assert not rig.lines.tested

    def test_foreign_voltage_ends_it(self, rig: Rig) -> None:
        rig.do(TestLine(endpoint=PHONE))
        rig.line(PHONE, PairTested(rig.now, PairReading(60.0, 0.0), False))
        found = outcome(rig)
        assert found.outcome == "foreign-voltage" and not rig.lines.transmissions

    @pytest.mark.parametrize(("reading", "found"), [(None, "absent"), (PairReading(0.0, 0.0), "out-of-service")])
    def test_a_port_out_of_service(self, rig: Rig, reading: PairReading | None, found: str) -> None:
        rig.line(PHONE, OutOfService(rig.now, "gone"))
        rig.do(TestLine(endpoint=PHONE))
        rig.line(PHONE, PairTested(rig.now, reading, False))
        assert outcome(rig).outcome == found

    def test_lifted_it_has_dial_tone_in_that_block(self, rig: Rig) -> None:
        rig.do(TestLine(endpoint=PHONE))
        rig.block()
        rig.lift(PHONE)
        assert rig.block()[PHONE] != SILENCE
        assert outcome(rig).outcome == "aborted"
        assert rig.state(PHONE).collecting

    def test_a_call_rings_it_and_the_test_is_over(self, rig: Rig) -> None:
        rig.do(TestLine(endpoint=PHONE))
        rig.do(Ring(endpoint=PHONE, kind="internal"))
        assert outcome(rig).outcome == "aborted" and PHONE in rig.lines.ringing
        rig.line(PHONE, PairTested(rig.now, GOOD, True))
        assert not rig.events()

    def test_one_that_is_lifted_rings_or_is_being_tested_is_refused(self, rig: Rig) -> None:
        rig.lift("fxs/2")
        rig.do(Ring(endpoint="fxs/3", kind="internal"), TestLine(endpoint="fxs/4"))
        for port in ("fxs/2", "fxs/3", "fxs/4"):
            refusal = rig.reply(TestLine(endpoint=port))
            assert isinstance(refusal, Error) and refusal.code == "in-use"

    def test_a_port_that_says_nothing_is_given_up(self, rig: Rig) -> None:
        rig.do(TestLine(endpoint=PHONE))
        for _ in range(2510):
            rig.block()
        assert outcome(rig).outcome == "absent" and not rig.lines.tested

    def test_a_port_that_refuses_it_is_in_use_and_keeps_what_it_does(self, rig: Rig) -> None:
        rig.do(TestLine(endpoint=PHONE))
        rig.line(PHONE, PairInUse(rig.now))
        assert outcome(rig).outcome == "in-use"
        assert PHONE in rig.lines.tested  # nobody has told the port to end what it does
        rig.do(TestLine(endpoint=PHONE))
        rig.line(PHONE, PairTested(rig.now, GOOD, True))
        assert rig.lines.transmissions


class TestBellAndTone:
    def test_a_bell_rings_and_stops(self, rig: Rig) -> None:
        rig.do(TryBell(endpoint=PHONE, ms=500))
        rig.line(PHONE, RingBurst(rig.now, True, 1))
        assert PHONE in rig.lines.ringing
        for _ in range(51):
            rig.block()
        assert PHONE not in rig.lines.ringing and not rig.events()

    def test_lifted_it_has_dial_tone(self, rig: Rig) -> None:
        rig.do(TryBell(endpoint=PHONE, ms=5000))
        rig.lift(PHONE)
        assert rig.state(PHONE).collecting and PHONE not in rig.lines.ringing

    def test_a_call_takes_the_bell_over(self, rig: Rig) -> None:
        rig.do(TryBell(endpoint=PHONE, ms=100), Ring(endpoint=PHONE, kind="external"))
        for _ in range(20):
            rig.block()
        assert rig.lines.ringing[PHONE].kind == "external"

    def test_a_tone_is_on_the_idle_pair(self, rig: Rig) -> None:
        rig.do(TryTone(endpoint=PHONE, tone="busy", ms=200))
        assert rig.lines.transmissions == [(PHONE, 200)]
        assert rig.block()[PHONE] != SILENCE
        for _ in range(21):
            rig.block()
        assert rig.block()[PHONE] == SILENCE

    def test_a_tone_gives_way_to_silence_where_nothing_is_armed(self) -> None:
        rig = Rig()
        rig.do(TryTone(endpoint=PHONE, tone="dial", ms=5000))
        rig.lift(PHONE)
        assert rig.block()[PHONE] == SILENCE

    def test_stopped(self, rig: Rig) -> None:
        rig.do(TryTone(endpoint=PHONE, tone="dial", ms=5000), StopTest(endpoint=PHONE))
        assert rig.block()[PHONE] == SILENCE

    def test_only_an_idle_telephone(self, rig: Rig) -> None:
        rig.lift(PHONE)
        for command in (TryBell(endpoint=PHONE, ms=100), TryTone(endpoint=PHONE, tone="dial", ms=100)):
            refusal = rig.reply(command)
            assert isinstance(refusal, Error) and refusal.code == "in-use"
        assert isinstance(rig.reply(TryBell(endpoint="fxs/2", ms=0)), Error)


class Exchange:
    """The line's far end: dial tone while seized, and an echo of what the port sends."""

    def __init__(self, line: Line, part: float = 0.2, dial_tone: bool = True) -> None:
        self.line, self.part, self.dial_tone = line, part, dial_tone
        self._at = 0
        self._sent = SILENCE
        self.told = False

    def block(self) -> None:
        line = self.line
        said = SILENCE
        if line.seized:
            tone = DIAL_TONE[self._at : self._at + BLOCK_SAMPLES] if self.dial_tone else SILENCE
            self._at = (self._at + BLOCK_SAMPLES) % len(DIAL_TONE)
            pairs = zip(_linear(tone), _linear(self._sent), strict=True)
            linear = b"".join(round(a + self.part * b).to_bytes(2, "little", signed=True) for a, b in pairs)
            said = dsp.encode(linear, "alaw")
        self._sent = line.block({LINE: said})[LINE]
        if line.lines.reports:
            line.lines.reports.clear()
            reading = LineReading(9.0, 25.0) if line.seized else LineReading(48.0, 0.0)
            line.line(LINE, LineMeasured(line.now, reading, True))
        if line.seized and line.stage == "seizing" and not self.told:
            line.open_line(LINE)
            self.told = True

    def run(self, ms: int) -> list[LineTested]:
        found = []
        for _ in range(ms // 10):
            self.block()
            found += [event for event in self.line.events() if isinstance(event, LineTested)]
        return found


def _linear(law: bytes) -> memoryview:
    return memoryview(dsp.decode(law, "alaw")).cast("h")


@pytest.fixture
def line() -> Line:
    return Line()


class TestCompanyLine:
    def test_feed_dial_tone_current_and_echo(self, line: Line) -> None:
        line.do(TestLine(endpoint=LINE))
        (found,) = Exchange(line, part=0.1).run(5000)
        assert found.outcome == "done"
        seen = values(found)
        assert seen["line-voltage"] == 48 and seen["loop-current"] == 25
        assert seen["noise"] == -90
        assert 50 < seen["dial-tone"] < 1500
        assert seen["echo-return-loss"] == pytest.approx(20, abs=1)
        assert not line.seized

    @pytest.mark.parametrize(("part", "loss"), [(0.5, 6), (0.25, 12)])
    def test_echo_is_measured_beside_the_dial_tone(self, line: Line, part: float, loss: float) -> None:
        line.do(TestLine(endpoint=LINE))
        (found,) = Exchange(line, part=part).run(5000)
        assert values(found)["echo-return-loss"] == pytest.approx(loss, abs=0.5)

    def test_a_dead_line_is_not_seized(self, line: Line) -> None:
        line.do(TestLine(endpoint=LINE))
        line.line(LINE, LineMeasured(line.now, LineReading(0.0, 0.0), True))
        assert outcome(line).outcome == "dead" and not line.seized

    def test_no_dial_tone(self, line: Line) -> None:
        line.do(TestLine(endpoint=LINE))
        (found,) = Exchange(line, dial_tone=False).run(5000)
        assert found.outcome == "no-dial-tone" and values(found)["loop-current"] == 25

    @pytest.mark.parametrize("dial_tone", [True, False])
    def test_the_next_one_waits_until_the_line_has_rested(self, line: Line, dial_tone: bool) -> None:
        exchange = Exchange(line, dial_tone=dial_tone)
        line.do(TestLine(endpoint=LINE))
        exchange.run(5000)
        exchange.dial_tone, exchange.told = True, False
        line.line(LINE, Released(line.now))
        line.do(TestLine(endpoint=LINE))
        (found,) = exchange.run(12_000)
        assert found.outcome == "done" and values(found)["loop-current"] == 25

    def test_a_port_whose_chip_is_gone(self, line: Line) -> None:
        line.line(LINE, OutOfService(line.now, "gone"))
        line.do(TestLine(endpoint=LINE))
        line.line(LINE, LineMeasured(line.now, None, False))
        assert outcome(line).outcome == "absent"

    @pytest.mark.parametrize("ms", [100, 400, 1300, 1700])
    def test_an_emergency_call_has_the_line_at_once(self, line: Line, ms: int) -> None:
        line.do(TestLine(endpoint=LINE))
        exchange = Exchange(line)
        assert not exchange.run(ms)
        line.lift("fxs/1")
        line.do(Place(endpoint=LINE, digits=NUMBER, on_dialled=BOTH, emergency=True, tag=b"112"))
        tested, progress = [], []
        for _ in range(300):
            exchange.block()
            events = line.events()
            tested += [event for event in events if isinstance(event, LineTested)]
            progress += [event.stage for event in events if isinstance(event, TrunkProgress)]
        assert [event.outcome for event in tested] == ["aborted"]
        assert progress[:2] == ["dial-tone", "dialled"] and line.seized

    def test_a_call_in_ends_it_and_rings(self, line: Line) -> None:
        line.do(TestLine(endpoint=LINE))
        exchange = Exchange(line)
        exchange.run(100)
        events = line.ring_once()
        line.told()
        events += line.events()
        assert [event.outcome for event in events if isinstance(event, LineTested)] == ["aborted"]
        assert any(isinstance(event, IncomingCall) for event in events) and not line.seized

    def test_released_by_the_agent_it_is_over(self, line: Line) -> None:
        line.do(TestLine(endpoint=LINE))
        exchange = Exchange(line)
        exchange.run(1300)
        line.do(Release(endpoint=LINE))
        (found,) = exchange.run(100)
        assert found.outcome in ("aborted", "no-dial-tone") and not line.seized

    def test_a_line_with_a_call_is_refused(self, line: Line) -> None:
        line.place()
        refusal = line.reply(TestLine(endpoint=LINE))
        assert isinstance(refusal, Error) and refusal.code == "in-use"


def test_noise_has_no_direct_part() -> None:
    meter = NoiseMeter()
    for _ in range(10):
        meter.take([5000 + (100 if n % 2 else -100) for n in range(80)])
    assert meter.dbm0 == pytest.approx(-44.2, abs=0.2)


def test_a_tone_is_told_from_a_louder_one() -> None:
    meter = ToneMeter(1060.0, 16)
    mixed = _linear(dsp.tone([(1060.0, -30.0), (425.0, -6.0)], 1280, "alaw"))
    for at in range(0, 1280, 80):
        meter.take(mixed[at : at + 80])
    assert meter.full and meter.dbm0 == pytest.approx(-30, abs=0.5)
