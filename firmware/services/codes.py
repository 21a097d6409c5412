"""Service codes with the site's own digits: checked against everything else that can be dialled, kept, in force."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from firmware.details import Detail, DetailCode
from firmware.errors import Limit, RefusedError
from firmware.exchange.numbering import NumberingPlan
from firmware.exchange.service_codes import SERVICE_CODES, ServiceCode
from firmware.gateway.digitmap import match
from firmware.services.model import MOST_CODE
from firmware.services.ports import Alarms, Store, Telephones
from firmware.store import StorageError

CODES = "service-codes"
"""The setting's name: the site's digits by code."""
_DIGITS = re.compile(rf"[0-9*]{{1,{MOST_CODE}}}\Z")


class CodeService:
    """`plan`: what else can be dialled in this house."""

    def __init__(self, store: Store, telephones: Telephones, alarms: Alarms, plan: NumberingPlan) -> None:
        self._store = store
        self._alarms = alarms
        self._telephones = telephones
        self._plan = plan
        self.table: tuple[ServiceCode, ...] = SERVICE_CODES
        """The codes in force."""
        self.on_changed: Callable[[], None] = lambda: None

    def codes(self) -> tuple[ServiceCode, ...]:
        return self.table

    async def load(self) -> None:
        """What the store knows is in force; if it does not fit the numbers of the house any more, the product's own
        codes are, and the desk is told. Raises StorageError."""
        kept = await self._store.do(lambda kept: kept.settings.get(CODES)) or {}
        if not isinstance(kept, dict):
            raise StorageError(f"the stored setting {CODES} is not usable")
        try:
            await self._take(with_digits(self._plan, kept))
        except RefusedError as error:
            await self._take(SERVICE_CODES)
            text = f"the site's service codes do not fit its numbers, so the product's own are in force: {error}"
            await self._alarms.raise_alarm(CODES, CODES, text)

    async def set_digits(self, digits: Mapping[str, str]) -> tuple[ServiceCode, ...]:
        """Other digits for these codes, by name; those that are not named have the product's. The whole table.

        Raises RefusedError (unknown-code, bad-value, emergency, taken) and StorageError, and has changed nothing then.
        """
        table = with_digits(self._plan, digits)
        await self._store.do(lambda kept: kept.settings.put(CODES, dict(digits)))
        await self._take(table)
        await self._alarms.clear(CODES, CODES)
        return table

    async def _take(self, table: tuple[ServiceCode, ...]) -> None:
        self.table = table
        await self._telephones.change(lambda agent, now: agent.set_codes(table, now))
        self.on_changed()


def with_digits(plan: NumberingPlan, digits: Mapping[str, str]) -> tuple[ServiceCode, ...]:
    """The table with other digits for some codes. Raises RefusedError where it does not fit the house's numbers."""
    known = {code.name for code in SERVICE_CODES}
    for name, wanted in digits.items():
        if name not in known:
            raise RefusedError("unknown-code", f"there is no service code {name}", name)
        if not isinstance(wanted, str) or not _DIGITS.match(wanted):
            raise RefusedError("bad-value", f"1 to {MOST_CODE} of 0-9 and *", name, limit=Limit("code", 1, MOST_CODE))
    table = tuple(replace(code, digits=digits.get(code.name, code.digits)) for code in SERVICE_CODES)
    for code in table:
        if code.name in digits:
            _check_numbers(plan, code)
    _check_each_other(table, digits)
    return table


def _check_numbers(plan: NumberingPlan, code: ServiceCode) -> None:
    """Nothing that begins as the code does may be a number, nor the other way about; emergency numbers first of all."""
    for number in sorted(plan.emergency_dialled):
        if code.digits.startswith(number) or number.startswith(code.digits):
            raise RefusedError("emergency", f"{code.digits} would stand in the way of {number}", code.name)
    own = [number for number in (*plan.by_number, *plan.reception) if number.startswith(code.digits)]
    before = [number for number in (*plan.by_number, *plan.reception) if code.digits.startswith(number)]
    if own or before:
        number = (own + before)[0]
        text = f"{code.digits} and the number {number} begin alike"
        raise _taken("code-number", text, code.name, digits=code.digits, number=number)
    if plan.outside and match(plan.outside, code.digits) != "none":
        raise _taken(
            "code-outside", f"{code.digits} is the beginning of numbers outside", code.name, digits=code.digits
        )


def _check_each_other(table: Sequence[ServiceCode], changed: Mapping[str, str]) -> None:
    """What is dialled for one code is never what is dialled for another, nor the way there; one that is only the
    beginning of another counts when the time for the next digit is over."""
    for one, other in combinations(table, 2):
        if not changed.keys() & {one.name, other.name}:
            continue
        name = one.name if one.name in changed else other.name
        if one.digits == other.digits:
            text = f"{one.digits} is the code {one.name} and {other.name}"
            raise _taken("code-twice", text, name, digits=one.digits)
        short, long = sorted((one, other), key=lambda code: len(code.digits))
        if long.digits.startswith(short.digits) and match(short.patterns, long.digits) != "none":
            text = f"{long.digits} ({long.name}) begins as {short.digits} ({short.name}) does"
            raise _taken("codes-alike", text, name, digits=long.digits, other=short.digits)


def _taken(code: DetailCode, text: str, name: str, **facts: str | int) -> RefusedError:
    return RefusedError.of("taken", Detail(code, text, facts), name)
