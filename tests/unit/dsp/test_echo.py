"""The line echo canceller, by what the parties hear."""

import numpy as np
import pytest

from boardsupport.dsp import Law
from tests.unit.dsp.signals import (
    Line,
    Samples,
    hybrid,
    join,
    law_bytes,
    level_dbm0,
    noise,
    part,
    power_db,
    silence,
    sine,
    speech,
)

HYBRIDS = {
    "12 dB": hybrid(12, 2, 6, 1),
    "12 dB, late": hybrid(12, 20, 15, 4),
    "15 dB": hybrid(15, 10, 8, 2),
    "18 dB, long": hybrid(18, 0, 25, 3),
}
each_hybrid = pytest.mark.parametrize("response", HYBRIDS.values(), ids=list(HYBRIDS))


@each_hybrid
@pytest.mark.parametrize("law", ["alaw", "ulaw"])
def test_a_talkers_echo_is_40_db_down_after_a_second(response: Samples, law: Law) -> None:
    outcome = Line(response, law).talk(speech(-15, 3), silence(3))
    assert outcome.echo_loss_db(1, 3) > 40


@each_hybrid
def test_the_filter_alone_gains_22_db_in_a_second(response: Samples) -> None:
    line = Line(response)
    line.talk(speech(-15, 1), silence(1))
    taps = np.frombuffer(line.bank.echo_taps(0), np.float32)[::-1]
    more = speech(-15, 3, seed=8)
    echo = np.convolve(more, response)
    assert power_db(echo) - power_db(echo - np.convolve(more, taps)) > 22


@each_hybrid
@pytest.mark.parametrize("tones", [[425], [350, 440]], ids=["de", "us"])
def test_dial_tone_before_the_talk_does_no_harm(response: Samples, tones: list[float]) -> None:
    far = join(sum(sine(hz, -12, 2) for hz in tones), silence(0.5), speech(-15, 3))
    near = join(silence(1), speech(-18, 1, seed=5), silence(3.5))
    assert Line(response).talk(far, near).echo_loss_db(3.5, 5.5) > 40


@each_hybrid
@pytest.mark.parametrize(("relative_db", "least_db"), [(0, 30), (-6, 27), (-12, 22)])
def test_double_talk_is_not_distorted(response: Samples, relative_db: float, least_db: float) -> None:
    far = speech(-15, 7)
    near = join(silence(2), speech(-15 + relative_db, 3, seed=5), silence(2))
    outcome = Line(response).talk(far, near)
    assert outcome.distortion_db(near, 2, 5) > least_db
    assert outcome.echo_loss_db(5.1, 7) > 40


@each_hybrid
def test_double_talk_is_not_clipped(response: Samples) -> None:
    """In every 20 ms in which the near party says something, it is heard with its level."""
    far = speech(-15, 5)
    near = join(silence(2), speech(-18, 3, seed=5))
    out = Line(response).talk(far, near).out
    for at in range(2 * 8000, 5 * 8000 - 160, 160):
        said, heard = near[at : at + 160], out[at : at + 160]
        if level_dbm0(said) > -32:
            assert abs(level_dbm0(heard) - level_dbm0(said)) < 1.5


@each_hybrid
def test_who_speaks_alone_passes_byte_by_byte(response: Samples) -> None:
    line = Line(response)
    line.talk(speech(-15, 2), silence(2))
    taps = line.bank.echo_taps(0)
    near = join(silence(0.1), speech(-12, 2, seed=5), sine(1000, -10, 2))
    outcome = line.talk(silence(4.1), near)
    assert outcome.clean[400:] == outcome.captured[400:]
    assert line.bank.echo_taps(0) == taps
    assert line.talk(speech(-15, 1, seed=6), silence(1)).echo_loss_db(0.1, 1) > 40


@each_hybrid
def test_a_tone_passes_though_the_same_tone_is_sent(response: Samples) -> None:
    """Both parties play 1 kHz: what comes out must not be cancelled as the echo of the other."""
    tone = sine(1000, -10, 4)
    line = Line(response)
    line.talk(speech(-15, 2), silence(2))
    out = line.talk(tone, np.roll(tone, 3)).out
    assert level_dbm0(part(out, 0.1, 4)) == pytest.approx(-10, abs=0.3)
    assert power_db(part(tone, 0.1, 4)) - power_db(part(out - np.roll(tone, 3), 0.1, 4)) > 30


def test_a_tone_keeps_level_and_purity_under_the_other_partys_noise() -> None:
    near = sine(1000, -10, 3)
    outcome = Line().talk(noise(-50, 3), near)
    assert level_dbm0(part(outcome.out, 0.2, 3)) == pytest.approx(-10, abs=0.3)
    assert outcome.distortion_db(near, 0.2, 3) > 33


@each_hybrid
@pytest.mark.parametrize("tones", [[425], [440, 480], [697, 1209]], ids=["busy", "ringback", "digit"])
def test_tones_do_not_spoil_what_was_learnt(response: Samples, tones: list[float]) -> None:
    line = Line(response)
    line.talk(speech(-15, 2), silence(2))
    tone = sum(sine(hz, -13, 4) for hz in tones)
    line.talk(tone, join(silence(1), speech(-15, 1, seed=5), silence(2)))
    assert line.talk(speech(-15, 1, seed=6), silence(1)).echo_loss_db(0.1, 1) > 40


def test_another_telephone_on_the_line_is_learnt_within_a_second() -> None:
    line = Line(hybrid(12))
    line.talk(speech(-15, 3), silence(3))
    line.response = hybrid(14, 6, 7, seed=9)
    outcome = line.talk(speech(-15, 3, seed=6), silence(3))
    assert outcome.echo_loss_db(0, 0.5) > 10
    assert outcome.echo_loss_db(1, 3) > 35


@pytest.mark.parametrize("dbm0", [-62.0, -52.0])
def test_background_noise_does_not_come_and_go_with_the_other_party(dbm0: float) -> None:
    far = join(silence(1.5), speech(-15, 4))
    out = Line().talk(far, noise(dbm0, 5.5)).out
    assert level_dbm0(part(out, 2.5, 5.5)) == pytest.approx(dbm0, abs=2.5)


def test_switched_off_it_lets_everything_pass() -> None:
    line = Line(echo=False)
    outcome = line.talk(speech(-15, 1), speech(-18, 1, seed=5))
    assert outcome.clean == outcome.captured


def test_an_underrun_counts_as_silence() -> None:
    line = Line()
    line.talk(speech(-15, 1), silence(1))
    near = law_bytes(speech(-18, 0.5, seed=5))
    for at in range(0, len(near), 80):
        line.bank.receive(near[at : at + 80], None)
        if at > 160:
            assert line.bank.clean == near[at : at + 80]


def rectangle(hz: float, seconds: float) -> Samples:
    return 32000 * np.sign(sine(hz, 0, seconds) + 1)


@pytest.mark.parametrize(
    ("far", "near"),
    [
        (noise(3, 1), noise(3, 1, seed=2)),
        (rectangle(50, 1), rectangle(51, 1)),
        (np.eye(1, 8000, 4000)[0] * 32000, noise(-20, 1)),
        (np.repeat([0.0, 32000.0], 4000), np.repeat([32000.0, 0.0], 4000)),
        (np.exp(np.arange(8000) / 400.0 - 10) % 32000, -np.exp(np.arange(8000) / 400.0 - 10) % 32000),
        (join(*(np.concatenate([noise(0, 0.01, n), silence(0.03)]) for n in range(25))), noise(-30, 1)),
    ],
    ids=["overload", "rectangles", "click", "steps", "chirp", "bursts"],
)
def test_nothing_breaks_it_for_long(far: Samples, near: Samples) -> None:
    for cold in (True, False):
        line = Line()
        if not cold:
            line.talk(speech(-15, 2), silence(2))
        line.talk(far, near)
        assert np.abs(np.frombuffer(line.bank.echo_taps(0), np.float32)).max() < 1
        assert line.talk(speech(-15, 3, seed=6), silence(3)).echo_loss_db(1, 3) > 40


def answer_tone(dbm0: float, seconds: float, reversals: bool) -> Samples:
    tone = sine(2100, dbm0, seconds)
    # V.25: the phase is reversed every 450 ms.
    return tone * (-1) ** (np.arange(len(tone)) // 3600 % 2) if reversals else tone


@pytest.mark.parametrize("reversals", [True, False], ids=["modem", "fax"])
@pytest.mark.parametrize("answers_here", [True, False])
def test_fax_and_modem_get_a_clear_line(reversals: bool, answers_here: bool) -> None:
    line = Line()
    line.talk(speech(-15, 2), silence(2))
    tone, data = answer_tone(-13, 2.5, reversals), noise(-13, 2, seed=4)
    here, there = (tone, silence(2.5)) if answers_here else (silence(2.5), tone)
    line.talk(there, here)
    outcome = line.talk(data, noise(-13, 2, seed=9))
    assert outcome.clean == outcome.captured
    line.talk(silence(0.3), silence(0.3))
    assert line.talk(speech(-15, 1, seed=6), silence(1)).echo_loss_db(0.1, 1) > 40


@pytest.mark.parametrize("hz", [1000.0, 2000.0, 2225.0])
def test_other_tones_do_not_switch_the_canceller_off(hz: float) -> None:
    line = Line()
    line.talk(speech(-15, 2), silence(2))
    line.talk(sine(hz, -13, 2), silence(2))
    assert line.talk(speech(-15, 1, seed=6), silence(1)).echo_loss_db(0.1, 1) > 40
