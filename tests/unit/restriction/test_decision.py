"""Verdicts: the site's lists and hours, emergency numbers, and what people try to get around them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firmware.errors import RefusedError
from firmware.restriction import LEVELS, TABLES, Hours, Restriction, Site
from tests.unit.restriction.numbers import EMERGENCY, NUMBERS, restriction

WEDNESDAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
DAY = (Hours(time(7), time(23)),)
_MOMENTS = st.integers(0, 400 * 24 * 60).map(lambda minutes: WEDNESDAY + timedelta(minutes=minutes))


def _reason(site: Restriction, digits: str, cls: str = "unrestricted", at: datetime = WEDNESDAY) -> str | None:
    return site.judge(digits, cls, at).reason  # type: ignore[arg-type]


class TestWhatIsNoNumber:
    def test_an_unfinished_number_is_incomplete_for_every_class(self) -> None:
        site = restriction("pl")
        for digits in ("", "0", "2", "22123456", "0049301"):
            assert {_reason(site, digits, cls) for cls in LEVELS[1:]} == {"incomplete"}, digits

    def test_an_unknown_number_is_for_the_unrestricted(self) -> None:
        site = restriction("pl")
        assert _reason(site, "971234567", "international") == "unknown-number"
        assert _reason(site, "971234567") is None

    def test_digits_too_many_do_not_make_a_number_cheaper(self) -> None:
        site = restriction("pl")
        assert _reason(site, "2212345678", "international") == "unknown-number"
        assert _reason(site, "9921", "international") == "unknown-number"
        assert _reason(site, "112112", "international") == "unknown-number"

    @pytest.mark.parametrize("digits", ["*21*701234567#", "22#1234567", "112*", "A12", "+48221234567", "22 1234567"])
    def test_only_digits_go_out_on_a_line(self, digits: str) -> None:
        assert {_reason(restriction("pl"), digits, cls) for cls in LEVELS[1:]} == {"unknown-number"}

    def test_the_verdict_names_kind_level_and_rule(self) -> None:
        verdict = restriction("pl").judge("701234567", "international", WEDNESDAY)
        assert (verdict.allowed, verdict.reason) == (False, "class")
        assert (verdict.kind, verdict.level, verdict.rule) == ("premium", "unrestricted", "70")


class TestLists:
    def test_what_is_allowed_may_be_called_from_local_up_at_any_hour(self) -> None:
        site = restriction("pl", allowed=("7012345xx", "971"), hours={"local": DAY})
        for digits in ("701234567", "971234567"):
            assert [_reason(site, digits, cls, NIGHT) for cls in LEVELS] == ["class", None, None, None, None, None]
        assert _reason(site, "701239999", "national") == "class"

    def test_what_is_forbidden_is_forbidden_to_everybody(self) -> None:
        site = restriction("pl", forbidden=("39", "00[78]"), allowed=("391",))
        assert _reason(site, "391234567") == "forbidden"
        assert _reason(site, "0074952234567") == "forbidden"
        assert _reason(site, "0049301234567") is None
        assert site.judge("391234567", "unrestricted", WEDNESDAY).rule == "39"

    def test_to_forbid_calls_abroad_forbids_no_others(self) -> None:
        site = restriction("pl", forbidden=("00",))
        assert _reason(site, "0049301234567") == _reason(site, "0048221234567") == "forbidden"
        assert _reason(site, "221234567") is _reason(site, "501234567") is None

    @pytest.mark.parametrize(
        ("country", "forbidden", "ways"),
        [
            ("pl", "701", ("701234567", "0048701234567", "1055701234567", "70123456799")),
            ("de", "0900", ("09001234567", "00499001234567", "0101309001234567", "01007909001234567")),
            ("de", "03023", ("03023125000", "23125000", "004930231250", "0101303023125000")),
            ("uk", "09", ("09061234567", "00449061234567", "14109061234567", "147009061234567", "128009061234567")),
            ("us", "1900", ("19002345678", "9002345678", "101028819002345678", "01119002345678", "09002345678")),
            ("cn", "0755", ("075582791234", "0086755827912", "17951075582791234", "12593075582791234")),
            ("ru", "8809", ("88095553535", "81078095553535", "8558095553535", "8518095553535")),
            ("vn", "028", ("02838251234", "00842838251234", "17102838251234", "17902838251234")),
        ],
    )
    def test_no_other_way_to_dial_a_forbidden_number(self, country: str, forbidden: str, ways: tuple[str, ...]) -> None:
        site = restriction(country, forbidden=(forbidden,))
        assert {digits: _reason(site, digits) for digits in ways} == dict.fromkeys(ways, "forbidden")

    def test_a_black_list_holds_however_the_number_is_written(self) -> None:
        ways = ("221234567", "0048221234567", "1055221234567", "2212345670")
        for entry in ("221234567", "+48 22 123-45-67", "0048221234567", "48221234567"):
            site = restriction("pl", black_out=(entry,))
            assert {_reason(site, digits) for digits in ways} == {"black-list"}
            assert site.judge("221234567", "local", WEDNESDAY).rule == entry
            assert _reason(site, "221234568") is None

    def test_calls_from_a_black_list_are_not_admitted(self) -> None:
        site = restriction("pl", black_in=("+48221234567", "0049301234567"))
        for presented in ("221234567", "0221234567", "48221234567", "+48221234567", "0048221234567", "+49301234567"):
            assert not site.admits(presented)
        for presented in ("", "221234568", "+48501234567", "112"):
            assert site.admits(presented)

    @pytest.mark.parametrize("country", TABLES)
    @pytest.mark.parametrize("field", ["black_out", "black_in"])
    def test_a_black_list_never_holds_an_emergency_number(self, country: str, field: str) -> None:
        for number in (*EMERGENCY[country], "7777"):
            site = Site(**{field: (number,)})
            with pytest.raises(RefusedError, match=rf"{number} is an emergency number") as refused:
                Restriction(TABLES[country], (*EMERGENCY[country], "7777"), site)
            assert (refused.value.code, refused.value.field) == ("emergency-number", f"{field}[0]")

    @pytest.mark.parametrize("entry", ["+48112", "0048112", "48 112", "11-2"])
    def test_nor_does_it_in_disguise(self, entry: str) -> None:
        with pytest.raises(RefusedError, match="112 is an emergency number"):
            restriction("pl", black_out=(entry,))


class TestSettings:
    @pytest.mark.parametrize(
        ("country", "settings", "field"),
        [
            ("pl", {"area_codes": ("222",)}, "area_codes"),
            ("pl", {"area_codes": ("70",)}, "area_codes"),
            ("pl", {"area_codes": ("2x",)}, "area_codes"),
            ("pl", {"local_digits": 7}, "local_digits"),
            ("uk", {"area_codes": ("1534",)}, "area_codes"),
            ("uk", {"local_digits": 9}, "local_digits"),
            ("us", {"area_codes": ("876",)}, "area_codes"),
            ("us", {"area_codes": ("900",)}, "area_codes"),
            ("us", {"local_digits": 10}, "local_digits"),
            ("uk", {"area_codes": ("12",)}, "area_codes"),
            ("ru", {"area_codes": ("49",)}, "area_codes"),
            ("vn", {"area_codes": ("23",)}, "area_codes"),
            ("cn", {"area_codes": ("75",)}, "area_codes"),
            ("de", {"area_codes": ("49",)}, "area_codes"),
            ("de", {"area_codes": ("3",)}, "area_codes"),
            ("de", {"area_codes": ("32",)}, "area_codes"),
            ("pl", {"allowed": ("70",)}, "allowed[0]"),
            ("pl", {"allowed": ("[78][0-9]",)}, "allowed[0]"),
            ("pl", {"allowed": ("70x.",)}, "allowed[0]"),
            ("pl", {"forbidden": ("",)}, "forbidden[0]"),
            ("pl", {"forbidden": ("*21",)}, "forbidden[0]"),
            ("pl", {"forbidden": ("[4-2]",)}, "forbidden[0]"),
            ("pl", {"forbidden": ("[12",)}, "forbidden[0]"),
            ("pl", {"black_out": ("",)}, "black_out[0]"),
            ("pl", {"black_in": ("abc",)}, "black_in[0]"),
            ("pl", {"black_in": ("22x123456",)}, "black_in[0]"),
            ("pl", {"hours": {"unrestricted": DAY}}, "hours"),
            ("pl", {"hours": {"internal": DAY}}, "hours"),
            ("pl", {"hours": {"local": (Hours(time(7), time(8), frozenset({0})),)}}, "hours"),
            ("pl", {"hours": {"local": (Hours(time(7), time(8), frozenset()),)}}, "hours"),
        ],
    )
    def test_settings_that_cannot_be_are_refused_by_field(self, country: str, settings: dict, field: str) -> None:  # type: ignore[type-arg]
        with pytest.raises(RefusedError) as refused:
            Restriction(TABLES[country], EMERGENCY[country], Site(**settings))
        assert refused.value.field == field

    def test_seven_digits_in_the_united_states(self) -> None:
        site = restriction("us", area_codes=("308",), local_digits=7)
        assert _reason(site, "4385555", "local") is None
        assert _reason(site, "13084385555", "local") is None
        assert _reason(site, "3084385555", "local") is None
        assert _reason(site, "9005555", "local") is None
        assert _reason(site, "9762345", "international") == "class"
        assert _reason(site, "5551212", "international") == "class"
        assert _reason(site, "8763922345", "international") == "unknown-number"
        assert _reason(site, "18763922345", "national") == "class"

    def test_without_an_area_every_number_with_area_code_is_national(self) -> None:
        site = restriction("pl", area_codes=())
        assert _reason(site, "221234567", "local") == "class"
        assert _reason(site, "221234567", "national") is None


class TestHours:
    def test_hours_bind_their_level_and_those_above(self) -> None:
        site = restriction("pl", hours={"national": DAY})
        assert _reason(site, "221234567", "international", NIGHT) is None
        for digits in ("121234567", "501234567", "0049301234567"):
            assert _reason(site, digits, "international", NIGHT) == "hours"
            assert _reason(site, digits, "international", WEDNESDAY) is None

    def test_they_do_not_bind_the_unrestricted(self) -> None:
        assert _reason(restriction("pl", hours={"local": DAY}), "221234567", "unrestricted", NIGHT) is None

    def test_no_hours_at_all_is_never(self) -> None:
        assert _reason(restriction("pl", hours={"international": ()}), "0049301234567", "international") == "hours"

    def test_over_midnight_they_belong_to_the_day_they_begin(self) -> None:
        friday_night = Hours(time(22), time(2), frozenset({5}))
        friday = datetime(2026, 3, 6, tzinfo=UTC)
        inside = [friday.replace(hour=22), friday.replace(hour=23, minute=59), friday + timedelta(hours=25)]
        outside = [friday.replace(hour=1), friday.replace(hour=21), friday + timedelta(hours=26), friday + timedelta(2)]
        assert [friday_night.cover(at) for at in inside] == [True] * 3
        assert [friday_night.cover(at) for at in outside] == [False] * 4

    def test_monday_follows_sunday(self) -> None:
        sunday_night = Hours(time(22), time(2), frozenset({7}))
        assert sunday_night.cover(datetime(2026, 3, 9, 1, 0, tzinfo=UTC))
        assert not sunday_night.cover(datetime(2026, 3, 10, 1, 0, tzinfo=UTC))

    @settings(deadline=None)
    @given(
        st.times(),
        st.times(),
        st.frozensets(st.integers(1, 7)),
        _MOMENTS,
    )
    def test_they_are_a_stretch_of_time_that_begins_each_day(
        self, begins: time, ends: time, days: frozenset[int], at: datetime
    ) -> None:
        today = datetime.combine(at, begins, UTC)
        length = (datetime.combine(at, ends, UTC) - today) % timedelta(days=1) or timedelta(days=1)
        starts = [today - timedelta(days=back) for back in (0, 1)]
        expected = any(start.isoweekday() in days and start <= at < start + length for start in starts)
        assert Hours(begins, ends, days).cover(at) == expected


_DIGITS = st.text("0123456789", max_size=14)
_PATTERNS = st.lists(st.text("0123456789x", min_size=3, max_size=5), max_size=2).map(tuple)
_COUNTRIES = st.sampled_from(list(TABLES))


@st.composite
def _number(draw: st.DrawFn, country: str) -> str:
    """Mostly something that begins like a row."""
    beginning = draw(st.sampled_from(["", *_PREFIXES[country]]))
    return beginning + draw(_DIGITS)


_PREFIXES = {country: tuple(restriction(country).plan.rows)[:: 20 if country == "us" else 1] for country in TABLES}


@st.composite
def _sites(draw: st.DrawFn) -> tuple[str, Restriction]:
    country = draw(_COUNTRIES)
    hours = {
        level: (Hours(draw(st.times()), draw(st.times())),)
        for level in draw(st.sets(st.sampled_from(LEVELS[1:5]), max_size=2))
    }
    return country, restriction(country, allowed=draw(_PATTERNS), forbidden=draw(_PATTERNS), hours=hours)


@settings(deadline=None)
@given(st.data(), _sites(), _MOMENTS)
def test_what_a_class_may_call_each_higher_one_may(
    data: st.DataObject, chosen: tuple[str, Restriction], at: datetime
) -> None:
    country, site = chosen
    digits = data.draw(_number(country))
    allowed = [site.judge(digits, cls, at).allowed for cls in LEVELS]
    assert all(higher or not lower for lower, higher in itertools.pairwise(allowed)), digits


@settings(deadline=None)
@given(_sites(), st.sampled_from(LEVELS), _MOMENTS)
def test_emergency_numbers_are_always_allowed(chosen: tuple[str, Restriction], cls: str, at: datetime) -> None:
    country, _ = chosen
    shut = restriction(country, forbidden=("x",), hours={"local": ()})
    for site in (chosen[1], shut):
        for number in EMERGENCY[country]:
            verdict = site.judge(number, cls, at)  # type: ignore[arg-type]
            assert (verdict.allowed, verdict.kind, verdict.level) == (True, "emergency", "internal")


@settings(deadline=None)
@given(st.data(), _COUNTRIES)
def test_a_number_is_never_cheaper_than_its_row(data: st.DataObject, country: str) -> None:
    plan = restriction(country).plan
    found = plan.classify(data.draw(_number(country)))
    assert found.row is None or LEVELS.index(found.level) >= LEVELS.index(found.row.level)


@settings(deadline=None)
@given(st.data(), st.sampled_from(list(NUMBERS)))
def test_a_code_before_a_number_makes_it_no_cheaper(data: st.DataObject, country: str) -> None:
    site = restriction(country)
    codes = [prefix for prefix, row in site.plan.rows.items() if row.kind in ("carrier", "feature")]
    digits = data.draw(st.sampled_from(codes)) + data.draw(_DIGITS)
    assume(site.plan.classify(digits).prefix in codes)
    for cls in LEVELS[:-1]:
        assert not site.judge(digits, cls, WEDNESDAY).allowed
