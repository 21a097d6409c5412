"""The class of restriction of this house: the country's table, the configuration's area, the desk's lists and hours."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time

import msgspec

from firmware.config import Config
from firmware.config.area import site
from firmware.details import Detail
from firmware.errors import RefusedError
from firmware.exchange.trunk_groups import Allowed, Judgement
from firmware.restriction import LEVELS, TABLES, Hours, Restriction, Site
from webui import types

RESTRICTION = "restriction"


class HouseRestrictions:
    """See `firmware.exchange.trunk_groups.Restrictions`. `setting`: the desk's own; None: none.

    Raises RefusedError, with the field, for a setting that cannot be.
    """

    def __init__(self, config: Config, setting: types.Restriction | None = None) -> None:
        chosen = site(config) if setting is None else _with_lists(site(config), setting)
        self._restriction = Restriction(TABLES[config.hotel.country], config.emergency_numbers, chosen)

    def judge(self, digits: str, cor: str, local: datetime) -> Judgement:
        """A class that is none may call nobody outside."""
        level = next((level for level in LEVELS if level == cor), LEVELS[0])
        verdict = self._restriction.judge(digits, level, local)
        return Allowed(verdict.allowed, verdict.reason or "")

    def refuses_caller(self, number: str) -> bool:
        return not self._restriction.admits(number)

    def same_number(self, one: str, other: str) -> bool:
        return self._restriction.same(one, other)


def restrictions_that_fit(config: Config, setting: types.Restriction) -> tuple[HouseRestrictions, list[RefusedError]]:
    """The restrictions without those lists that the configuration does not allow, and what is wrong with each list."""
    refusals: list[RefusedError] = []
    while True:
        try:
            return HouseRestrictions(config, setting), refusals
        except RefusedError as refused:
            name = re.split(r"[.[]", refused.field or "")[0]
            if name not in setting.__struct_fields__:
                raise
            refusals.append(refused.at(name))
            usual = getattr(types.Restriction(), name)
            setting = msgspec.structs.replace(setting, **{name: usual})


def outside_patterns(config: Config) -> tuple[str, ...]:
    """Digit-map patterns of every number outside, with the prefix; the desk's lists do not change them."""
    restriction = Restriction(TABLES[config.hotel.country], config.emergency_numbers, site(config))
    return restriction.outside_patterns(config.numbers.outside_prefix)


def _with_lists(of_configuration: Site, setting: types.Restriction) -> Site:
    return replace(
        of_configuration,
        allowed=tuple(setting.allowed),
        forbidden=tuple(setting.forbidden),
        black_out=tuple(setting.black_out),
        black_in=tuple(setting.black_in),
        hours={level: (_hours(level, hours),) for level, hours in setting.hours.items()},
    )


def _hours(level: str, hours: types.CallHours) -> Hours:
    days = frozenset(_days(hours.days, f"hours.{level}.days"))
    return Hours(time.fromisoformat(hours.from_), time.fromisoformat(hours.to), days)


def _days(text: str, field: str) -> set[int]:
    """Of "1-5,7". Raises RefusedError."""
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if int(last or first) < int(first):
            detail = Detail("days-order", f"{part}: days begin with Monday, 1", {"days": part})
            raise RefusedError.of("hours", detail, field)
        days |= set(range(int(first), int(last or first) + 1))
    return days
