"""Line tests: what values are worth, what is kept and told of them, and the tests of the night."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from firmware.errors import RefusedError, UnavailableError
from firmware.gateway.messages import (
    Command,
    Connect,
    Done,
    Error,
    Leg,
    LineTested,
    LineTestOutcome,
    OffHook,
    Reading,
    ReadingName,
    Reply,
    Ring,
    TestLine,
    TryBell,
    TryTone,
)
from firmware.store.line_tests import StoredLineTest, StoredMeasurement
from firmware.supervisor import line_test_nights
from firmware.supervisor.line_test_nights import NightlyLineTests
from firmware.supervisor.line_tests import RULES, judge, usual
from tests.unit.supervisor.house import House
from webui.services import Identity

TECHNICIAN = Identity("tom", "technician")
ZONE = ZoneInfo("Europe/Warsaw")
NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
GOOD_PAIR: dict[ReadingName, float] = {
    "foreign-dc": 0.0, "foreign-ac": 0.0, "on-hook-voltage": 48.0, "leak-current": 0.0, "noise": -80.0,
}  # fmt: skip
GOOD_LINE: dict[ReadingName, float] = {
    "line-voltage": 48.0, "noise": -80.0, "dial-tone": 300.0, "loop-current": 25.0, "echo-return-loss": 16.0,
}  # fmt: skip


def told(values: dict[ReadingName, float], outcome: LineTestOutcome = "done", port: str = "fxs/1") -> LineTested:
    readings = tuple(Reading(name=name, value=value) for name, value in values.items())
    return LineTested(endpoint=port, outcome=outcome, readings=readings, at_ns=0)


def nights(name: ReadingName, *values: float) -> list[StoredLineTest]:
    """Good tests, latest first."""
    return [
        StoredLineTest(
            port="fxs/1", tested=NIGHT - timedelta(days=day), verdict="good",
            measurements=(StoredMeasurement(name=name, value=value, unit=RULES[name].unit),),
        )
        for day, value in enumerate(values, 1)
    ]  # fmt: skip


class TestJudging:
    @pytest.mark.parametrize("values", [GOOD_PAIR, GOOD_LINE, GOOD_PAIR | {"ringer-load": 1.0, "ringer-current": 9.0}])
    def test_what_is_within_the_limits_is_good(self, values: dict[ReadingName, float]) -> None:
        found = judge(told(values), NIGHT, [])
        assert found.verdict == "good" and found.text == "good"
        assert {one.name: one.unit for one in found.measurements} == {name: RULES[name].unit for name in values}

    @pytest.mark.parametrize(
        ("name", "value", "means"),
        [
            ("foreign-dc", 30.0, "foreign"), ("foreign-ac", 20.0, "mains"), ("on-hook-voltage", 30.0, "not hold"),
            ("on-hook-voltage", 60.0, "more voltage"), ("leak-current", 4.0, "insulation"),
            ("ringer-load", 0.0, "no telephone"), ("ringer-load", 6.03, "too many"), ("noise", -30.0, "noise"),
            ("line-voltage", 12.0, "low"), ("line-voltage", 90.0, "high"), ("loop-current", 8.0, "little"),
            ("loop-current", 120.0, "much"), ("dial-tone", 1900.0, "late"), ("echo-return-loss", 4.0, "echo"),
        ],
    )  # fmt: skip
    def test_what_is_beyond_them_is_bad_and_says_what_it_means(
        self, name: ReadingName, value: float, means: str
    ) -> None:
        found = judge(told({name: value}), NIGHT, [])
        assert found.verdict == "bad"
        assert means in found.text and f"{value:g}" in found.text

    @pytest.mark.parametrize("name", RULES)
    def test_each_limit_has_its_own_meaning(self, name: ReadingName) -> None:
        rule = RULES[name]
        assert bool(rule.too_low) == (rule.low is not None) and bool(rule.too_high) == (rule.high is not None)
        assert rule.low is None or rule.too_low != rule.too_high

    @pytest.mark.parametrize(
        ("outcome", "verdict"),
        [
            ("foreign-voltage", "bad"), ("dead", "bad"), ("no-dial-tone", "bad"), ("out-of-service", "bad"),
            ("absent", "untestable"), ("in-use", "busy"), ("aborted", "busy"), ("off-hook", "busy"),
        ],
    )  # fmt: skip
    def test_a_test_that_ended_early(self, outcome: LineTestOutcome, verdict: str) -> None:
        found = judge(told({}, outcome), NIGHT, [])
        assert found.verdict == verdict and found.text and found.outcome == outcome

    def test_worse_than_usual_is_told_though_it_is_within_the_limits(self) -> None:
        before = nights("noise", -80, -79, -81, -80)
        assert judge(told({"noise": -78.0}), NIGHT, before).verdict == "good"
        found = judge(told({"noise": -60.0}), NIGHT, before)
        assert found.verdict == "worse" and "worse than usual" in found.text
        assert judge(told({"noise": -90.0}), NIGHT, before).verdict == "good"

    def test_one_odd_night_does_not_make_what_is_usual(self) -> None:
        assert usual("noise", nights("noise", -51, -80, -80)) == -80

    def test_usual_are_the_last_seven_good_ones(self) -> None:
        assert usual("noise", nights("noise", *[-80.0] * 7, *[-60.0] * 20)) == -80

    def test_bad_ones_do_not_count_and_two_are_too_few(self) -> None:
        bad = [StoredLineTest(port="fxs/1", tested=NIGHT, verdict="bad", measurements=each.measurements)
               for each in nights("noise", -30, -30, -30)]  # fmt: skip
        assert usual("noise", bad) is None
        assert usual("noise", nights("noise", -80, -80)) is None


class Gateway:
    """Tests lines as the test says; what is `busy` is refused."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.values: dict[str, dict[ReadingName, float]] = {}
        self.busy: set[str] = set()
        self.away = False
        self.hangs = False
        """Tests begin, and end when the test says so."""
        self.ordered: list[Command] = []

    async def order(self, command: Command) -> Reply:
        if self.away:
            raise UnavailableError("the voice gateway is not there")
        self.ordered.append(command)
        if getattr(command, "endpoint", "") in self.busy:
            return Error(fault="state", code="in-use", text="in use")
        if isinstance(command, TestLine) and not self.hangs:
            port = command.endpoint
            event = told(self.values.get(port, GOOD_PAIR if port.startswith("fxs/") else GOOD_LINE), port=port)
            asyncio.get_running_loop().call_soon(self.house.service.tap.passes, event)
        return Done()

    @property
    def ports(self) -> list[str]:
        return [command.endpoint for command in self.ordered if isinstance(command, TestLine)]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.store.open()
    yield made
    await made.store.close()


@pytest.fixture
def gateway(house: House, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    made = Gateway(house)
    monkeypatch.setattr(house.service.tap, "order", made.order)
    return made


async def alarms(house: House) -> list[tuple[str, str]]:
    return [(alarm.kind, alarm.subject) for alarm in await house.alarms.standing()]


class TestDesk:
    async def test_a_test_is_answered_kept_and_in_the_audit(self, house: House, gateway: Gateway) -> None:
        found = await house.desk.line_tests.test("fxs/1", False, TECHNICIAN)
        assert (found.port, found.verdict) == ("fxs/1", "good")
        assert [one.name for one in found.measurements] == list(GOOD_PAIR)
        assert await house.desk.line_tests.history("fxs/1") == [found]
        (entry,) = await house.audit()
        assert (entry.who, entry.action, entry.subject) == ("tom", "line-tested", "fxs/1")

    async def test_an_alarm_stands_until_the_line_is_good_again(self, house: House, gateway: Gateway) -> None:
        gateway.values["fxs/1"] = GOOD_PAIR | {"leak-current": 5.0}
        assert (await house.desk.line_tests.test("fxs/1", False, TECHNICIAN)).verdict == "bad"
        assert ("line-worse", "fxs/1") in await alarms(house)
        house.clock.advance(60)
        del gateway.values["fxs/1"]
        await house.desk.line_tests.test("fxs/1", False, TECHNICIAN)
        assert ("line-worse", "fxs/1") not in await alarms(house)

    async def test_one_in_use_is_busy_and_nothing_is_kept(self, house: House, gateway: Gateway) -> None:
        gateway.busy.add("fxs/1")
        assert (await house.desk.line_tests.test("fxs/1", False, TECHNICIAN)).verdict == "busy"
        assert await house.desk.line_tests.history("fxs/1") == [] and await alarms(house) == []

    async def test_a_line_that_is_being_tested_is_busy_at_once(self, house: House, gateway: Gateway) -> None:
        gateway.hangs = True
        first = asyncio.ensure_future(house.desk.line_tests.test("fxs/1", False, TECHNICIAN))
        await asyncio.sleep(0)
        second = await house.desk.line_tests.test("fxs/1", False, TECHNICIAN)
        assert (second.verdict, second.outcome) == ("busy", "in-use")
        assert "being tested" in second.text and not first.done()
        house.service.tap.passes(told(GOOD_PAIR))
        assert (await first).verdict == "good"
        gateway.hangs = False
        assert (await house.desk.line_tests.test("fxs/1", False, TECHNICIAN)).verdict == "good"

    async def test_the_report_has_the_latest_of_each_and_who_was_never_tested(
        self, house: House, gateway: Gateway
    ) -> None:
        gateway.values["fxs/2"] = GOOD_PAIR | {"noise": -20.0}
        await house.desk.line_tests.test("fxs/1", False, TECHNICIAN)
        await house.desk.line_tests.test("fxs/2", False, TECHNICIAN)
        report = await house.desk.line_tests.report()
        assert {test.port: test.verdict for test in report.items} == {"fxs/1": "good", "fxs/2": "bad"}
        assert (report.good, report.bad, report.nightly) == (1, 1, "04:00")
        assert "fxs/3" in report.untested and "fxs/1" not in report.untested

    async def test_what_cannot_be_is_refused(self, house: House, gateway: Gateway) -> None:
        desk = house.desk.line_tests
        with pytest.raises(RefusedError, match="fxs/99"):
            await desk.test("fxs/99", False, TECHNICIAN)
        with pytest.raises(RefusedError, match="bell"):
            await desk.test("fxo/1", True, TECHNICIAN)
        with pytest.raises(RefusedError, match="company line"):
            await desk.ring("fxo/1", 3, TECHNICIAN)
        with pytest.raises(RefusedError, match="30 s"):
            await desk.ring("fxs/1", 31, TECHNICIAN)
        with pytest.raises(RefusedError, match="tone"):
            await desk.tone("fxs/1", "yodel", 3, TECHNICIAN)
        gateway.busy.add("fxs/1")
        with pytest.raises(RefusedError, match="in use"):
            await desk.ring("fxs/1", 3, TECHNICIAN)

    async def test_bell_and_tone_are_ordered_and_in_the_audit(self, house: House, gateway: Gateway) -> None:
        await house.desk.line_tests.ring("fxs/1", 3, TECHNICIAN)
        await house.desk.line_tests.tone("fxs/1", "busy", 10, TECHNICIAN)
        assert gateway.ordered == [
            TryBell(endpoint="fxs/1", ms=3000), TryTone(endpoint="fxs/1", tone="busy", ms=10_000),
        ]  # fmt: skip
        assert {entry.action for entry in await house.audit()} == {"line-rung", "line-tone"}

    async def test_a_trace_leaves_the_agents_tags_out(self, house: House) -> None:
        trace = house.desk.line_tests.trace("fxs/1")
        first = asyncio.ensure_future(anext(trace))
        await asyncio.sleep(0)
        answer = Connect(connection="c1", legs=(Leg(endpoint="fxs/1"),), tag=b"\x93call")
        house.service.tap.passes(Ring(endpoint="fxs/1", kind="internal", on_answer=answer, tag=b"\x93ring"))
        text = (await first).text
        assert text.startswith("> ring") and "c1" in text and "tag" not in text and "x93" not in text
        await trace.aclose()

    async def test_a_trace_shows_what_happens_at_that_port(self, house: House) -> None:
        trace = house.desk.line_tests.trace("fxs/1")
        first = asyncio.ensure_future(anext(trace))
        await asyncio.sleep(0)
        for port in ("fxs/2", "fxs/1"):
            house.service.tap.passes(OffHook(endpoint=port, at_ns=0, answered=True))
        assert (await first).text == "< off-hook answered=True"
        await trace.aclose()
        house.service.tap.passes(OffHook(endpoint="fxs/1", at_ns=0))


class TestNights:
    @pytest.fixture
    def night(self, house: House, monkeypatch: pytest.MonkeyPatch) -> NightlyLineTests:
        """A minute after its time."""
        monkeypatch.setattr(line_test_nights, "PAUSE_S", 0.0)
        at = house.clock.utc().astimezone(ZONE) - timedelta(minutes=1)
        return self.made(house, at)

    def made(self, house: House, at: datetime) -> NightlyLineTests:
        return NightlyLineTests(f"{at:%H:%M}", house.desk.line_tests, house.store, house.clock, ZONE)

    async def test_every_line_once_without_its_bell(
        self, house: House, gateway: Gateway, night: NightlyLineTests
    ) -> None:
        await night.look()
        assert gateway.ports == list(house.desk.line_tests.ports)
        assert not any(command.ring for command in gateway.ordered if isinstance(command, TestLine))
        await night.look()
        assert len(gateway.ports) == len(house.desk.line_tests.ports)

    async def test_a_line_in_use_has_its_turn_later(
        self, house: House, gateway: Gateway, night: NightlyLineTests
    ) -> None:
        gateway.busy.add("fxs/1")
        await night.look()
        gateway.busy.clear()
        gateway.ordered.clear()
        assert (await house.desk.line_tests.report()).running
        house.clock.advance(600)
        await night.look()
        assert gateway.ports == ["fxs/1"] and not (await house.desk.line_tests.report()).running

    async def test_after_an_hour_it_is_left_for_the_next_night(
        self, house: House, gateway: Gateway, night: NightlyLineTests
    ) -> None:
        house.clock.advance(3600)
        await night.look()
        assert gateway.ports == []

    async def test_a_restart_goes_on_where_it_was(
        self, house: House, gateway: Gateway, night: NightlyLineTests
    ) -> None:
        await house.desk.line_tests.measure("fxs/1")
        gateway.ordered.clear()
        await night.look()
        assert "fxs/1" not in gateway.ports and "fxs/2" in gateway.ports

    async def test_without_a_gateway_it_is_tried_again(
        self, house: House, gateway: Gateway, night: NightlyLineTests
    ) -> None:
        gateway.away = True
        await night.look()
        gateway.away = False
        await night.look()
        assert gateway.ports == list(house.desk.line_tests.ports)
