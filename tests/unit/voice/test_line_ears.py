"""What is made of the sound on a company line, in each country: tones, caller ids, somebody who speaks."""

from __future__ import annotations

from datetime import datetime

import pytest

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES
from boardsupport.dsp import Absence, PortBank, ReceivedCallerId
from firmware.countries import COUNTRIES
from firmware.gateway.messages import CallerId, Tone
from firmware.trunk_countries import TRUNK_COUNTRIES
from firmware.voice.line_ears import LineEars, caller_of
from firmware.voice.media import said
from firmware.voice.speech_sense import SpeechSense
from firmware.voice.trunk_ear import LineTone, Phase, heard_tone
from firmware.voice.trunk_line import Receiver
from firmware.voice.trunk_table import Input
from tests.unit.dsp.progress_signals import played
from tests.unit.dsp.signals import Samples, join, law_bytes, noise, silence, sine, speech

WHEN = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - local time, as exchanges send it
each_country = pytest.mark.parametrize("country", COUNTRIES)


class Told:
    """What the gateway is told of port 0, with the block in which it was."""

    def __init__(self, country: str, receiver: Receiver = "tones") -> None:
        self.tones: list[tuple[LineTone, Phase, int]] = []
        self.callers: list[CallerId | None] = []
        self.blocks = 0
        self.spoken_s: float | None = None
        """After how many seconds somebody was known to speak."""
        self._sense = SpeechSense()
        self._law = COUNTRIES[country].law
        self._bank = PortBank(1, 1, self._law)
        self._bank.place(0, 0)
        self._ears = LineEars(self._bank, COUNTRIES[country])
        self._ears.receive(0, receiver)

    def tone(self, index: int, tone: LineTone, phase: Phase) -> None:
        self.tones.append((tone, phase, self.blocks))

    def caller_told(self, index: int, caller: CallerId | None) -> None:
        self.callers.append(caller)

    def hear(self, sound: Samples | bytes) -> Told:
        audio = sound if isinstance(sound, bytes) else law_bytes(sound, self._law)
        for at in range(0, len(audio) - BLOCK_SAMPLES + 1, BLOCK_SAMPLES):
            events = self._bank.receive(audio[at : at + BLOCK_SAMPLES], None)
            self._ears.tell(self, events)  # type: ignore[arg-type]
            self.blocks += 1
            if self._sense.heard(self._bank.level(0), said(self._bank, 0)) and self.spoken_s is None:
                self.spoken_s = self.blocks / 100
        return self

    @property
    def dial_tone_s(self) -> float | None:
        """After how many seconds a line that waits for dial tone has it."""
        heard = ((heard_tone(tone, phase), block) for tone, phase, block in self.tones)
        return next((block / 100 for news, block in heard if news == (Input.DIAL_TONE, ())), None)

    def first(self, tone: LineTone, phase: Phase) -> float:
        """Seconds until then."""
        return next(block for what, which, block in self.tones if (what, which) == (tone, phase)) / 100


@each_country
@pytest.mark.parametrize("name", ["dial", "stutter"])
def test_a_dial_tone_is_known_before_the_line_is_given_up(country: str, name: Tone) -> None:
    told = Told(country).hear(join(silence(0.3), played(country, name, 2.5, -15)))
    assert 0.3 < told.dial_tone_s < 1.7


@each_country
@pytest.mark.parametrize("name", ["busy", "congestion"])
def test_a_busy_line_is_certain_within_five_seconds(country: str, name: Tone) -> None:
    told = Told(country).hear(played(country, name, 6, -15))
    certain = [(tone, block / 100) for tone, phase, block in told.tones if phase == "certain"]
    assert certain[0][0] in ("busy", name) and certain[0][1] < 5
    assert told.dial_tone_s is None


@each_country
def test_ringback_begins_after_a_burst_and_is_over_when_somebody_speaks(country: str) -> None:
    told = Told(country).hear(join(played(country, "ringback", 6.5, -15), speech(-20, 2)))
    assert told.first("ringback", "began") < 3
    assert 6.4 < told.first("ringback", "ended") < 7


@each_country
def test_a_number_that_is_not_in_service_is_told(country: str) -> None:
    told = Told(country).hear(played(country, "unobtainable", 6, -15))
    assert "special-information" in {tone for tone, _, _ in told.tones}


def test_the_first_cycle_is_no_second_one() -> None:
    told = Told("pl").hear(join(played("pl", "unobtainable", 1.99, -15), silence(1)))
    assert [phase for tone, phase, _ in told.tones if tone == "special-information"] == ["began", "ended"]


@pytest.mark.parametrize(
    ("burst", "caller"),
    [
        (dsp.caller_id_fsk("0601", "Guest", WHEN, "bellcore", "alaw"),
         CallerId(number="0601", name="Guest")),
        (dsp.caller_id_fsk("0601", None, WHEN, "etsi", "alaw"), CallerId(number="0601")),
        (dsp.caller_id_dtmf("0601", "alaw"), CallerId(number="0601")),
        (dsp.caller_id_fsk(Absence.PRIVATE, Absence.PRIVATE, WHEN, "etsi", "alaw"), CallerId(private=True)),
        (dsp.caller_id_dtmf(Absence.PRIVATE, "alaw"), CallerId(private=True)),
        (dsp.caller_id_fsk(Absence.UNAVAILABLE, None, WHEN, "etsi", "alaw"), None),
    ],
)  # fmt: skip
def test_a_caller_id_of_each_kind(burst: bytes, caller: CallerId | None) -> None:
    idle = bytes([dsp.IDLE["alaw"]]) * 8 * BLOCK_SAMPLES
    assert Told("pl", "caller-id").hear(idle + burst + idle * 4).callers == [caller]


def test_a_withheld_number_is_private_whatever_the_name() -> None:
    assert caller_of(ReceivedCallerId(Absence.PRIVATE, "Guest")) == CallerId(private=True)
    assert caller_of(ReceivedCallerId(Absence.UNAVAILABLE, "Guest")) == CallerId(name="Guest")


@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("dbm0", [-15.0, -30.0])
def test_somebody_who_speaks_is_noticed_at_once(dbm0: float, seed: int) -> None:
    told = Told("pl").hear(join(silence(0.2), speech(dbm0, 2, seed)))
    assert told.spoken_s is not None and told.spoken_s < 1


@each_country
@pytest.mark.parametrize("name", ["dial", "stutter", "ringback", "busy", "congestion"])
@pytest.mark.parametrize("dbm0", [-10.0, -30.0])
def test_a_tone_is_nobody_who_speaks(country: str, name: Tone, dbm0: float) -> None:
    sound = join(silence(0.203), played(country, name, 4, dbm0))
    assert Told(country).hear(sound + noise(-45, len(sound) / 8000)).spoken_s is None


@pytest.mark.parametrize("hz", [(440.0, 480.0), (480.0, 620.0), (600.0,), (350.0, 440.0), (400.0, 425.0)])
def test_nor_is_that_of_another_country(hz: tuple[float, ...]) -> None:
    assert Told("pl").hear(sum((sine(each, -18, 2) for each in hz), silence(2))).spoken_s is None


@pytest.mark.parametrize("hz", [(700.0,), (1000.0,), (1100.0,), (697.0, 1477.0)])
def test_a_note_above_all_dial_tones_is_somebody(hz: tuple[float, ...]) -> None:
    told = Told("pl").hear(sum((sine(each, -18, 2) for each in hz), silence(2)))
    assert told.spoken_s is not None and told.spoken_s < 0.5


def test_every_country_says_how_its_exchanges_want_digits() -> None:
    assert set(TRUNK_COUNTRIES) == set(COUNTRIES)
    for country in TRUNK_COUNTRIES.values():
        assert country.dtmf.on_ms >= 50 and country.dtmf.off_ms >= 50 and 500 <= country.guard_ms <= 1200
