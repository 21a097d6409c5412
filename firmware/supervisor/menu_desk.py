"""The desk's spoken menus: read, replaced by the site's own, taken anew from the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from firmware.details import Detail
from firmware.errors import RefusedError
from firmware.ivr.menus.book import MenuBook, MenuFaultsError, MenuText
from firmware.ivr.menus.model import Fault
from firmware.supervisor.audit_trail import AuditTrail
from webui.api import prompts as api
from webui.services import Identity

T = TypeVar("T")
MOST_FAULTS = 20


class MenuDesk:
    """See `webui.api.prompts.Menus`."""

    def __init__(self, book: MenuBook, trail: AuditTrail) -> None:
        self._book = book
        self._trail = trail
        self._turn = asyncio.Lock()
        self.on_changed: Callable[[list[api.Menu]], None] = lambda menus: None

    async def menus(self) -> list[api.Menu]:
        return [_view(text) for text in await asyncio.to_thread(self._book.texts)]

    async def text(self, name: str) -> str:
        return (await self._found(name)).text

    async def replace(self, name: str, text: bytes, who: Identity) -> api.Menu:
        try:
            written = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = text[: error.start].count(b"\n") + 1
            detail = Detail("not-utf8", "this is not UTF-8", line=line)
            raise RefusedError.of("menu", detail, f"line {line}") from None
        await self._do(lambda: self._book.put(name, written))
        await self._trail.note(who, "menu-replaced", name, {"bytes": len(text)})
        self.on_changed(await self.menus())
        return _view(await self._found(name))

    async def restore(self, name: str, who: Identity) -> None:
        await self._do(lambda: self._book.remove(name))
        await self._trail.note(who, "menu-restored", name)
        self.on_changed(await self.menus())

    async def reload(self, who: Identity) -> list[api.Menu]:
        await self._do(self._book.reload)
        await self._trail.note(who, "menus-reloaded", "menus")
        menus = await self.menus()
        self.on_changed(menus)
        return menus

    async def _found(self, name: str) -> MenuText:
        found = next((text for text in await asyncio.to_thread(self._book.texts) if text.name == name), None)
        if found is None:
            raise RefusedError("unknown-menu", f"there is no menu {name}", "name")
        return found

    async def _do(self, work: Callable[[], T]) -> T:
        """One after the other, beside the calls. Raises RefusedError (menu) with every fault and its line."""
        async with self._turn:
            try:
                return await asyncio.to_thread(work)
            except MenuFaultsError as error:
                faults = error.faults[:MOST_FAULTS]
                shown, field = "\n".join(map(str, faults)), f"line {faults[0].line}"
                raise RefusedError("menu", shown, field, details=[_detail(fault) for fault in faults]) from None


def _detail(fault: Fault) -> Detail:
    """What is wrong with a menu is said in the words of menus, which are English, and their file."""
    return Detail("menu", fault.text, {"file": fault.file, "said": fault.text}, fault.line)


def _view(text: MenuText) -> api.Menu:
    return api.Menu(name=text.name, source="product" if text.own else "site")
