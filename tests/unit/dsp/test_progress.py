"""Call-progress tones of a company line: which are heard, when, and what ends them."""

import pytest

from boardsupport.dsp import BankEvent, DetectorSet, PortBank, ToneBegan, ToneCycle, ToneEnded, call_progress_tone
from boardsupport.dsp.progress import CallProgressTone, Element
from firmware.countries import COUNTRIES
from firmware.gateway.messages import Tone
from tests.unit.dsp.progress_signals import (
    CLEARING,
    DIALLING,
    began,
    cycles,
    described,
    detectors,
    ended,
    played,
)
from tests.unit.dsp.signals import RATE, Line, Samples, hybrid, join, law_bytes, noise, part, silence, sine, speech

each_country = pytest.mark.parametrize("country", COUNTRIES)
each_clearing = pytest.mark.parametrize("name", ["busy", "congestion"])


def hear(
    country: str, near: Samples, far: Samples | None = None, names: tuple[Tone, ...] = CLEARING
) -> list[BankEvent]:
    line = Line(hybrid(11), COUNTRIES[country].law, progress=detectors(country, names))
    return line.talk(silence(len(near) / RATE) if far is None else far, near).events


def trusted_after_s(country: str, name: Tone, near: Samples, far: Samples | None = None) -> float:
    """When, in seconds, so many cycles have been heard that the line may be cleared."""
    if name not in {tone.name for tone in detectors(country, CLEARING).tones}:
        name = "busy"
    heard = cycles(hear(country, near, far), name)
    return next(e.at_sample for e in heard if e.cycles >= described(country, name).cycles_to_trust) / RATE


# --- busy and congestion


@each_country
@each_clearing
@pytest.mark.parametrize("dbm0", [-35.0, -20.0, 0.0])
@pytest.mark.parametrize(("slower", "higher"), [(1, 1), (0.9, 0.985), (1.1, 1.015), (1.1, 0.985)])
def test_a_line_can_be_cleared_within_5_s(country: str, name: Tone, dbm0: float, slower: float, higher: float) -> None:
    near = join(silence(0.04), played(country, name, 6, dbm0, slower, higher))
    assert trusted_after_s(country, name, near + noise(-45, len(near) / RATE)) < 5


@each_country
@each_clearing
@pytest.mark.parametrize("begins_s", [0.13, 0.37, 0.61, 0.9, 1.2])
def test_and_if_the_tone_comes_in_the_middle_of_a_cycle(country: str, name: Tone, begins_s: float) -> None:
    tone = played(country, name, 8, -15, slower=1.1)
    assert trusted_after_s(country, name, part(tone, begins_s, 7)) < 5


@each_country
@each_clearing
@pytest.mark.parametrize("dbm0", [-30.0, -15.0])
def test_and_while_our_party_talks_into_it(country: str, name: Tone, dbm0: float) -> None:
    near = join(speech(-20, 2, seed=4), silence(0.5), played(country, name, 6, dbm0))
    assert trusted_after_s(country, name, near, speech(-15, 8.5, seed=3)) < 2.5 + 5


@each_country
@each_clearing
def test_at_least_two_cycles_are_waited_for(country: str, name: Tone) -> None:
    assert described(country, name).cycles_to_trust >= 2
    two_cycles_ms = sum(segment.ms for segment in COUNTRIES[country].tones[name].repeat) * 2
    assert trusted_after_s(country, name, played(country, name, 6, -15)) > two_cycles_ms / 1000


def test_cycles_are_counted_as_they_are_completed() -> None:
    events = hear("de", join(played("de", "busy", 3.84, -15), silence(1)))
    assert events[0] == ToneBegan(0, "busy", events[0].at_sample)
    assert [(e.cycles, e.at_sample / RATE) for e in events[1:-1]] == [
        (number, pytest.approx(0.96 * number, abs=0.05)) for number in (1, 2, 3)
    ]
    # The fourth pause lasts for longer than that of busy tone.
    assert events[-1] == ToneEnded(0, "busy", events[-1].at_sample, 3, covered=False)
    assert events[-1].at_sample / RATE == pytest.approx(3.36 + 0.48 * 1.15, abs=0.2)


@each_country
def test_each_tone_is_known_for_itself_only(country: str) -> None:
    for name in ("busy", "congestion", "ringback", "unobtainable"):
        tones = {tone.name for tone in detectors(country, CLEARING).tones}
        events = hear(country, played(country, name, 13, -15))
        heard = {event.name for event in events if isinstance(event, ToneCycle) and event.cycles >= 2}
        if described(country, name).elements[0].max_ms is None:
            assert began(events) == [name]
        else:
            assert heard == ({name} if name in tones else {"busy"})


def test_tones_that_sound_alike_are_one() -> None:
    pl = detectors("pl", ("busy", "congestion"))
    assert [tone.name for tone in pl.tones] == ["busy"]
    assert {event.name for event in hear("pl", played("pl", "congestion", 5, -15))} == {"busy"}
    assert len(detectors("de", ("busy", "congestion")).tones) == 2


@pytest.mark.parametrize("spoils", ["noise", "level", "pitch", "voice"])
def test_what_is_not_only_the_tone_is_none(spoils: str) -> None:
    """425 Hz, half a second on and half a second off: but hissing, unequal, sliding, or with a voice in the pauses."""
    one, rest = sine(425, -15, 0.5), silence(0.5)
    if spoils == "noise":
        near = join(*(join(one + noise(-22, 0.5, n), rest) for n in range(12)))
    elif spoils == "level":
        near = join(*(join(sine(425, -10 - 8 * (n % 2), 0.5), rest) for n in range(12)))
    elif spoils == "pitch":
        near = join(*(join(sine(hz, -15, 0.25), sine(hz + 30, -15, 0.25), rest) for hz in [410] * 12))
    else:
        near = join(*(join(one, speech(-25, 0.5, n)) for n in range(12)))
    # A burst alone may be taken for the first of a tone.
    assert not any(event.cycles > 1 for event in cycles(hear("pl", near), "busy"))


# --- dial tone


@each_country
def test_dial_tone_is_heard_within_half_a_second(country: str) -> None:
    events = hear(country, join(silence(0.7), played(country, "dial", 2, -15)), names=DIALLING)
    assert (began(events)[0], events[0].at_sample / RATE) == ("dial", pytest.approx(1.15, abs=0.1))


@each_country
def test_dial_tone_that_stutters_is_heard_in_time(country: str) -> None:
    """A line without dial tone is given up after 2 s: what stutters must be known before."""
    events = hear(country, join(silence(0.3), played(country, "stutter", 4, -15)), names=DIALLING)
    first = next(e for e in events if isinstance(e, ToneBegan) or (isinstance(e, ToneCycle) and e.cycles >= 2))
    assert first.at_sample / RATE < 0.3 + 1


def test_the_end_of_dial_tone_is_told_at_once() -> None:
    events = hear("us", join(played("us", "dial", 1.5, -13), silence(0.5)), names=DIALLING)
    (end,) = ended(events, "dial")
    assert end.at_sample / RATE == pytest.approx(1.5, abs=0.07)


# --- ringback


def ringback(seconds: float, country: str = "de") -> Samples:
    return played(country, "ringback", seconds, -15)


@each_country
def test_ringback_is_known_after_its_first_burst(country: str) -> None:
    events = hear(country, join(silence(0.4), ringback(9, country)))
    first = next(event for event in events if event.name == "ringback")
    burst_ms = sum(segment.ms for segment in COUNTRIES[country].tones["ringback"].repeat[:-1])
    assert first.at_sample / RATE == pytest.approx(0.4 + burst_ms / 1000 + 0.3, abs=0.1)
    assert [event.cycles for event in cycles(events, "ringback")][:1] == [1]
    assert not any(event.at_sample / RATE < 9 for event in ended(events, "ringback"))


@pytest.mark.parametrize(
    ("rings_s", "then", "ends_s", "covered"),
    [
        (7, speech(-22, 3, seed=8), 7.0, True),
        (5.5, speech(-22, 3, seed=8), 5.5, True),
        (7, sine(2100, -15, 3), 7.0, True),
        (5.4, silence(6), 5.4, False),
        (7, silence(6), 6 + 4.6, False),
        (7, played("de", "busy", 3, -15), 7.0, False),
    ],
    ids=["voice in a pause", "voice in a burst", "fax", "burst cut", "silence", "busy"],
)
def test_the_end_of_ringback_is_told(rings_s: float, then: Samples, ends_s: float, covered: bool) -> None:
    (end,) = ended(hear("de", join(ringback(rings_s), then)), "ringback")
    assert end.at_sample / RATE == pytest.approx(ends_s + 0.08, abs=0.08)
    assert end.covered is covered


def test_the_callers_own_voice_does_not_end_ringback() -> None:
    """Not even before its echo has been learnt."""
    far = join(silence(1.7), speech(-12, 12, seed=3))
    assert ended(hear("de", ringback(13), far), "ringback") == []


def test_a_voice_under_the_callers_ends_ringback() -> None:
    near = join(ringback(7), speech(-18, 2, seed=8))
    (end,) = ended(hear("de", near, join(silence(0.5), speech(-15, 8, seed=3))), "ringback")
    assert end.at_sample / RATE < 7.5


# --- sets


def test_detectors_are_switched_between_calls() -> None:
    busy = law_bytes(played("de", "busy", 2.5, -15))
    bank = PortBank(2, 1, "alaw")
    bank.place(1, 0)

    def listen() -> list[str]:
        return began([event for at in range(0, len(busy), 80) for event in bank.receive(busy[at : at + 80], None)])

    assert listen() == []
    bank.set_progress(1, detectors("de", CLEARING))
    assert listen() == ["busy"]
    bank.set_progress(1, detectors("us", CLEARING))
    assert listen() == []
    bank.set_progress(1, detectors("de", CLEARING))
    assert listen() == ["busy"]
    bank.set_progress(1, None)
    assert listen() == []


def test_a_set_can_be_forgotten_while_ports_use_it() -> None:
    line = Line(progress=DetectorSet([described("ru", "busy")]))
    line.progress = None
    assert began(line.talk(silence(3), played("ru", "busy", 3, -15)).events) == ["busy"]


def test_order_of_frequencies_and_elements_does_not_matter() -> None:
    parts = [((440.0,), 300), ((440.0, 350.0), 300), ((), 300)]
    line = Line(progress=DetectorSet([call_progress_tone("odd", parts)]))
    pair = sine(440, -18, 0.3) + sine(350, -18, 0.3)
    near = join(*[join(sine(440, -18, 0.3), pair, silence(0.3))] * 4)
    assert [e.cycles for e in cycles(line.talk(silence(0), join(near, silence(0.2))).events, "odd")] == [1, 2, 3]


def test_what_no_detector_can_hear_is_refused() -> None:
    with pytest.raises(ValueError, match="one or two frequencies"):
        call_progress_tone("howler", [((1400.0, 2060.0, 2450.0), 100), ((), 100)])
    with pytest.raises(ValueError, match="one or two frequencies"):
        Element((60,), 100, 200)
    with pytest.raises(ValueError, match="too near"):
        Element((425, 430), 100, 200)
    with pytest.raises(ValueError, match="no duration"):
        Element((425,), 200, 200)
    with pytest.raises(ValueError, match="no cadence"):
        CallProgressTone("pause first", (Element((), 100, 200), Element((425,), 100, 200)))
    with pytest.raises(ValueError, match="no cadence"):
        CallProgressTone("endless", (Element((425,), 100, 200), Element((), 100, None)))
    with pytest.raises(ValueError, match="no cadence"):
        CallProgressTone("nothing", ())
    with pytest.raises(ValueError, match="no room"):
        DetectorSet([call_progress_tone(str(n), [((425.0,), 2**n), ((), 2**n)]) for n in range(5, 14)])
    with pytest.raises(ValueError, match="no room"):
        DetectorSet([call_progress_tone("scale", [((400.0 + 50 * n,), 200) for n in range(9)])])
