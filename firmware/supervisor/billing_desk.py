"""The desk's tariffs and charges."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec

from firmware.billing import model
from firmware.billing.service import CHARGING, Billing
from firmware.billing.tariff_csv import days_text
from firmware.pms.said import detail_of
from firmware.store.model import Page
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.store_thread import StoreThread
from webui.api import billing as api
from webui.services import Identity, Part, Place
from webui.types import Acknowledgement, Money, stamp


class BillingDesk:
    """See `webui.api.billing.Billing`."""

    def __init__(self, billing: Billing, store: StoreThread, trail: AuditTrail, zone: ZoneInfo) -> None:
        self._billing = billing
        self._store = store
        self._trail = trail
        self._zone = zone

    def tariffs(self) -> Sequence[api.Tariff]:
        return [_tariff(row) for row in self._billing.table.rows]

    async def put_tariffs(self, table: bytes, who: Identity) -> api.TariffsTaken:
        rows = await self._billing.put_tariffs(table)
        await self._trail.note(who, "tariffs-changed", "tariffs", {"rows": rows})
        return api.TariffsTaken(rows=rows)

    def charging(self) -> api.Charging:
        return msgspec.convert(self._billing.charging, api.Charging, from_attributes=True)

    async def set_charging(self, wanted: api.Charging, who: Identity) -> api.Charging:
        await self._billing.set_charging(msgspec.convert(wanted, model.Charging, from_attributes=True))
        await self._trail.note(who, "setting-changed", CHARGING, msgspec.to_builtins(wanted))
        return wanted

    async def charges(
        self, state: api.State | None, room: str | None, part: Part
    ) -> tuple[list[api.Charge], Place | None]:
        wanted = model.ChargeFilter(state=state, room=room)
        page = Page(limit=part.limit + 1, after=part.after)
        found = await self._store.do(lambda kept: kept.charges.listed(wanted, page))
        shown = found[: part.limit]
        following = (shown[-1].id, 0) if len(found) > part.limit else None
        return [charge_view(charge, self._zone) for charge in shown], following

    async def settle(self, charge: int, who: Identity) -> api.Charge:
        settled = await self._billing.settle(charge, who.name)
        detail = {"guest": settled.guest, "number": settled.number, "amount": settled.amount, "status": settled.status}
        await self._trail.note(who, "charge-settled", str(charge), detail, room=settled.room)
        return charge_view(settled, self._zone)

    async def minibar(self, wanted: api.Minibar, who: Identity) -> api.Charge:
        items = [(item.article, item.count) for item in wanted.items]
        added = await self._billing.minibar(wanted.room, items, who.name)
        detail = {"guest": added.guest, "items": [list(item) for item in items]}
        await self._trail.note(who, "minibar-charged", str(added.id), detail, room=added.room)
        return charge_view(added, self._zone)


def charge_view(charge: model.Charge, zone: ZoneInfo) -> api.Charge:
    settled = None
    if charge.settled_at is not None:
        settled = Acknowledgement(by=charge.settled_by or "", at=stamp(charge.settled_at, zone))
    return api.Charge(
        id=charge.id, kind=charge.kind, state=charge.state, room=charge.room, guest=charge.guest,
        call_record=charge.leg, number=charge.number, trunk=charge.trunk, started=stamp(charge.started, zone),
        talk_seconds=charge.talk_seconds,
        charge=None if charge.amount is None else Money(amount=charge.amount, currency=charge.currency),
        items=[api.Article(article=article, count=count) for article, count in charge.items], by=charge.user,
        link=charge.link, posting=charge.posting, sends=charge.sends, status=charge.status, text=charge.text,
        text_detail=detail_of(charge.text),
        told=None if charge.told is None else stamp(charge.told, zone), settled=settled,
    )  # fmt: skip


def _tariff(row: model.Tariff) -> api.Tariff:
    hours = row.hours
    return api.Tariff(
        prefix=row.prefix, name=row.name, days=days_text(hours.days), from_=f"{hours.begins:%H:%M}",
        to=f"{hours.ends:%H:%M}", connection=row.connection, interval_s=row.interval_s, price=row.price,
        free_s=row.free_s, minimum=row.minimum, surcharge_percent=_number(row.surcharge_percent),
        tax_percent=_number(row.tax_percent),
    )  # fmt: skip


def _number(percent: Decimal) -> int | float:
    return int(percent) if percent == int(percent) else float(percent)
