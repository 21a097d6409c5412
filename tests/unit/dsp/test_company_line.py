"""A call out by a company line from dial tone to talk: the canceller, the detectors and the keys beside one another."""

import pytest

from boardsupport.dsp import dtmf
from boardsupport.dsp.tones import DTMF_LINE_DBM0
from tests.unit.dsp.progress_signals import CLEARING, began, cycles, detectors, ended, played
from tests.unit.dsp.signals import RATE, Line, Samples, hybrid, join, linear, noise, silence, sine, speech

LINES = {
    "near hybrid": hybrid(10, 4, 6, 3),
    "behind filters": hybrid(10, 36, 10, 3),
    "badly matched": hybrid(7, 24, 12, 3),
}
each_line = pytest.mark.parametrize("response", LINES.values(), ids=list(LINES))
DIALLED = linear(dtmf("0301234567", 70, 70, DTMF_LINE_DBM0, "alaw"))


@each_line
def test_a_call_from_dial_tone_to_busy(response: Samples) -> None:
    """Neither the digits nor the caller's voice, nor their echoes, hide a tone or end it."""
    dialled_s = 0.6 + len(DIALLED) / RATE
    near = join(played("de", "dial", 0.7, -12), silence(dialled_s + 0.4 - 0.7), played("de", "ringback", 12, -15))
    rung_s = len(near) / RATE
    near = join(near, silence(0.6), played("de", "busy", 5, -15))
    far = join(silence(0.6), DIALLED, silence(3), speech(-15, rung_s + 5.6 - dialled_s - 3, seed=3))
    events = Line(response, progress=detectors("de", CLEARING)).talk(far, near).events
    assert began(events) == ["ringback", "busy"]
    (end,) = ended(events, "ringback")
    assert end.at_sample / RATE == pytest.approx(rung_s + 0.6, abs=0.1)
    assert cycles(events, "busy")[2].at_sample / RATE < rung_s + 0.6 + 4


@each_line
def test_the_caller_hears_no_echo_of_himself(response: Samples) -> None:
    assert Line(response).talk(speech(-15, 4), silence(4)).echo_loss_db(1, 4) > 30


@each_line
def test_a_fax_gets_a_clear_line(response: Samples) -> None:
    line = Line(response, progress=detectors("de", CLEARING))
    line.talk(join(DIALLED, silence(2.5)), join(silence(len(DIALLED) / RATE), sine(2100, -13, 2.5)))
    outcome = line.talk(noise(-13, 2, seed=4), noise(-13, 2, seed=9))
    assert outcome.clean == outcome.captured
    assert outcome.events == []
