"""The bill of a stay: from the records and charges that name its guest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from firmware.billing.model import Charge
from firmware.store.model import CallRecord
from webui.api.stays import Bill, BillLine, Stay
from webui.types import Money, stamp


class BillMaker:
    """`hidden_digits`: so many last digits of a number are left out."""

    def __init__(self, zone: ZoneInfo, currency: str, hidden_digits: int) -> None:
        self._zone = zone
        self._currency = currency
        self._hidden = hidden_digits

    def bill(
        self, stay: Stay, records: Iterable[CallRecord], charges: Sequence[Charge], internal: Iterable[CallRecord]
    ) -> Bill:
        """A charge whose record is not kept any more has a line all the same."""
        charge_of = {charge.leg: charge for charge in charges if charge.kind == "call"}
        lines = [self._call(record, charge_of.pop(record.leg, None)) for record in records if record.answered]
        lines += map(self._charged_call, charge_of.values())
        lines += [line for charge in charges if charge.kind == "minibar" for line in self._articles(charge)]
        lines += [self._internal(record) for record in internal if record.answered]
        sums = {kind: self._sum(line for line in lines if line.kind == kind) for kind in ("call", "minibar")}
        return Bill(
            stay=stay,
            items=sorted(lines, key=lambda line: line.started),
            calls=self._money(sums["call"]),
            minibar=self._money(sums["minibar"]),
            total=self._money(sum(sums.values())),
            priced=all(self._is_priced(line) for line in lines if line.kind != "internal"),
        )

    def _call(self, record: CallRecord, charge: Charge | None) -> BillLine:
        amount, currency = record.charge_amount, record.charge_currency
        number = record.outside or record.dialled
        return BillLine(
            kind="call", started=stamp(record.started, self._zone), room=record.paying_room or "",
            number=number[: max(0, len(number) - self._hidden)], talk_seconds=record.talk_ms // 1000,
            charge=None if amount is None or currency is None else Money(amount=amount, currency=currency),
            unpriced=record.unpriced, state=None if charge is None else charge.state,
        )  # fmt: skip

    def _charged_call(self, charge: Charge) -> BillLine:
        """Its number was cut short when it was written."""
        return BillLine(
            kind="call", started=stamp(charge.started, self._zone), room=charge.room, number=charge.number,
            talk_seconds=charge.talk_seconds, charge=_price(charge), state=charge.state,
        )  # fmt: skip

    def _articles(self, charge: Charge) -> list[BillLine]:
        """A line each; a price that the charge has is that of all, and stands with the first."""
        lines = [
            BillLine(
                kind="minibar", started=stamp(charge.started, self._zone), room=charge.room, article=article,
                count=count, state=charge.state,
            )
            for article, count in charge.items
        ]  # fmt: skip
        price = _price(charge)
        free = price and Money(amount=0, currency=price.currency)
        return [replace(line, charge=free if place else price) for place, line in enumerate(lines)]

    def _internal(self, record: CallRecord) -> BillLine:
        return BillLine(
            kind="internal", started=stamp(record.started, self._zone), room=record.from_room or "",
            number=record.to_number, talk_seconds=record.talk_ms // 1000,
        )  # fmt: skip

    def _is_priced(self, line: BillLine) -> bool:
        return line.charge is not None and line.charge.currency == self._currency

    def _sum(self, lines: Iterable[BillLine]) -> int:
        return sum(line.charge.amount for line in lines if line.charge and self._is_priced(line))

    def _money(self, amount: int) -> Money:
        return Money(amount=amount, currency=self._currency)


def _price(charge: Charge) -> Money | None:
    return None if charge.amount is None else Money(amount=charge.amount, currency=charge.currency)
