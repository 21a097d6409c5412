"""The desk's service codes: the site's digits, the guest card, PINs and the telephones they have locked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from zoneinfo import ZoneInfo

from firmware.config.schema import Language
from firmware.errors import RefusedError
from firmware.services.card_texts import Card
from firmware.services.codes import CodeService
from firmware.services.guest_card import card
from firmware.services.model import RIGHTS, StaffPin
from firmware.services.model import PinSettings as LockSettings
from firmware.services.pins import PinService
from firmware.supervisor.audit_trail import AuditTrail
from webui.api import codes as api
from webui.services import Identity
from webui.types import stamp


class CodeDesk:
    """See `webui.api.codes.Codes`. `language`: the hotel's."""

    def __init__(
        self,
        codes: CodeService,
        pins: PinService,
        trail: AuditTrail,
        extensions: Collection[str],
        zone: ZoneInfo,
        language: Language,
    ) -> None:
        self._codes = codes
        self._pins = pins
        self._trail = trail
        self._extensions = extensions
        self._zone = zone
        self._language = language
        self.on_changed: Callable[[api.ServiceCodes], None] = lambda codes: None
        """Also where the house's numbers have brought back the product's own."""
        codes.on_changed = lambda: self.on_changed(self._in_force())

    # ---------------------------------------------------------------------------------------------------------- codes

    async def codes(self) -> api.ServiceCodes:
        return self._in_force()

    async def set_codes(self, wanted: api.ServiceCodes, who: Identity) -> api.ServiceCodes:
        try:
            await self._codes.set_digits(wanted.digits)
        except RefusedError as error:
            raise error.at(f"digits.{error.field}") from None
        await self._trail.note(who, "setting-changed", "service-codes", {"digits": wanted.digits})
        return self._in_force()

    async def card(self, which: Card, language: Language | None) -> list[api.CardRow]:
        rows = card(which, language or self._language, self._codes.codes())
        return [api.CardRow(service=row.service, dial=row.dial, does=row.does) for row in rows]

    # ----------------------------------------------------------------------------------------------------------- PINs

    async def pins(self) -> list[api.Pin]:
        return [self._pin(pin) for pin in await self._pins.people()]

    async def add_pin(self, wanted: api.NewPin, who: Identity) -> api.Pin:
        """Who has one has this one, and these rights, from now on."""
        given = await self._pins.put(wanted.name, wanted.pin, wanted.rights)
        await self._trail.note(who, "pin-given", wanted.name, {"rights": sorted(given.rights)})
        return self._pin(given)

    async def remove_pin(self, name: str, who: Identity) -> None:
        await self._pins.remove(name)
        await self._trail.note(who, "pin-removed", name)

    async def pin_settings(self) -> api.PinSettings:
        return api.PinSettings(lock_minutes=(await self._pins.settings()).lock_minutes)

    async def set_pin_settings(self, wanted: api.PinSettings, who: Identity) -> api.PinSettings:
        await self._pins.set_settings(LockSettings(lock_minutes=wanted.lock_minutes))
        await self._trail.note(who, "setting-changed", "staff-pins", {"lock_minutes": wanted.lock_minutes})
        return wanted

    async def pin_locks(self) -> list[api.PinLock]:
        return [
            api.PinLock(
                extension=lock.extension, since=stamp(lock.since, self._zone),
                until=None if lock.until is None else stamp(lock.until, self._zone),
            )
            for lock in await self._pins.locks()
        ]  # fmt: skip

    async def unlock(self, number: str, who: Identity) -> None:
        if number not in self._extensions:
            raise RefusedError("unknown-extension", f"there is no extension {number}", "number")
        await self._pins.unlock(number)
        await self._trail.note(who, "staff-codes-unlocked", number)

    def _in_force(self) -> api.ServiceCodes:
        return api.ServiceCodes(digits={code.name: code.digits for code in self._codes.codes()})

    def _pin(self, pin: StaffPin) -> api.Pin:
        rights = [right for right in RIGHTS if right in pin.rights]
        return api.Pin(name=pin.name, rights=rights, created=stamp(pin.created, self._zone))
