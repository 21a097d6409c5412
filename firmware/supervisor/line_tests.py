"""What the values of a line test are worth: by limits, and by what is usual of this very line; pure.

Limits: foreign voltage as in Telcordia GR-909; the feed of a telephone by what its chip is set to (48 V) and what an
idle telephone may draw; its bells by what the chip can ring (5 REN); a company's feed by what the port needs to work
(Si3050 data sheet, register 26: 10 to 16 mA). Those of dial tone, noise and echo are ours: beyond them people complain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from firmware.gateway.messages import LineTested, LineTestOutcome, Reading, ReadingName
from firmware.store.line_tests import Grade, StoredLineTest, StoredMeasurement, Verdict

USUAL_OF = 7
"""Good results that say what is usual of a line."""
USUAL_FROM = 3
"""Fewer say nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a value is judged. `rises`, `falls`: so much above or below the usual is worse; None: that is no matter."""

    unit: str
    low: float | None = None
    high: float | None = None
    rises: float | None = None
    falls: float | None = None
    too_low: str = ""
    too_high: str = ""
    """What a technician is told of a value below or above the limits."""


RULES: dict[ReadingName, Rule] = {
    "foreign-dc": Rule("V", high=6.4, rises=4.0, too_high="foreign voltage on the pair"),
    "foreign-ac": Rule("V", high=10.0, rises=5.0, too_high="foreign alternating voltage on the pair: the mains?"),
    "on-hook-voltage": Rule(
        "V", 43.0, 53.0, falls=3.0, too_low="the pair does not hold its voltage",
        too_high="more voltage on the pair than the port feeds",
    ),
    "leak-current": Rule("mA", high=2.5, rises=1.2, too_high="insulation of the cable: the idle pair draws current"),
    "ringer-current": Rule("mA"),
    "ringer-load": Rule(
        "REN", 0.2, 5.0, rises=1.0, falls=0.5, too_low="the bells: none (no telephone, or a broken pair)",
        too_high="the bells: too many telephones for this port; all of them ring weakly, or not at all",
    ),
    "noise": Rule("dBm0", high=-50.0, rises=8.0, too_high="noise on the line"),
    "line-voltage": Rule(
        "V", 20.0, 80.0, rises=12.0, falls=8.0, too_low="the exchange's feed is low: another telephone is lifted?",
        too_high="the exchange's feed is high: foreign voltage?",
    ),
    "loop-current": Rule(
        "mA", 15.0, 100.0, rises=15.0, falls=6.0, too_low="little loop current: a long line, or a bad contact",
        too_high="too much loop current",
    ),
    "dial-tone": Rule("ms", high=1500.0, rises=700.0, too_high="dial tone is late"),
    "echo-return-loss": Rule("dB", low=10.0, falls=5.0, too_low="echo: the line settings do not suit the cable"),
}  # fmt: skip
OUTCOMES: dict[LineTestOutcome, tuple[Verdict, str]] = {
    "done": ("good", ""),
    "foreign-voltage": ("bad", "foreign voltage: the pair was not fed, and nothing else measured"),
    "off-hook": ("busy", "the handset is lifted"),
    "dead": ("bad", "no voltage from the exchange: look at plug and cable, then ask the company"),
    "no-dial-tone": ("bad", "no dial tone"),
    "in-use": ("busy", "the line is in use"),
    "aborted": ("busy", "the line was wanted meanwhile"),
    "out-of-service": ("bad", "the port is out of service"),
    "absent": ("untestable", "the port's chip does not answer, or is just being set up"),
}


def judge(tested: LineTested, at: datetime, before: Sequence[StoredLineTest]) -> StoredLineTest:
    """`before`: the tests of this port, latest first."""
    found = tuple(_measurement(reading, usual(reading.name, before)) for reading in tested.readings)
    verdict, text = OUTCOMES[tested.outcome]
    if verdict == "good":
        verdict = _worst(one.verdict for one in found)
    words = [text, *(_words(one) for one in found if one.verdict != "good"), tested.text]
    told = "; ".join(word for word in words if word)
    return StoredLineTest(
        port=tested.endpoint, tested=at, verdict=verdict, measurements=found, text=told or "good",
        outcome=tested.outcome,
    )  # fmt: skip


def usual(name: ReadingName, before: Iterable[StoredLineTest]) -> float | None:
    """What this line had when it was good; None: that is not known yet."""
    good = [test for test in before if test.verdict == "good"]
    values = [one.value for test in good for one in test.measurements if one.name == name][:USUAL_OF]
    return median(values) if len(values) >= USUAL_FROM else None


def _measurement(reading: Reading, is_usual: float | None) -> StoredMeasurement:
    rule = RULES[reading.name]
    return StoredMeasurement(
        name=reading.name, value=reading.value, unit=rule.unit, low=rule.low, high=rule.high,
        verdict=_grade(reading.value, rule, is_usual),
    )  # fmt: skip


def _grade(value: float, rule: Rule, is_usual: float | None) -> Grade:
    if (rule.low is not None and value < rule.low) or (rule.high is not None and value > rule.high):
        return "bad"
    if is_usual is None:
        return "good"
    risen = rule.rises is not None and value > is_usual + rule.rises
    fallen = rule.falls is not None and value < is_usual - rule.falls
    return "worse" if risen or fallen else "good"


def _worst(grades: Iterable[Grade]) -> Grade:
    found = set(grades)
    return "bad" if "bad" in found else "worse" if "worse" in found else "good"


def _words(one: StoredMeasurement) -> str:
    value = f"{one.name} {one.value:g} {one.unit}"
    if one.verdict != "bad":
        return f"{value}: worse than usual"
    rule = RULES[one.name]  # type: ignore[index]
    low = one.low is not None and one.value < one.low
    return f"{rule.too_low if low else rule.too_high} ({value})"
