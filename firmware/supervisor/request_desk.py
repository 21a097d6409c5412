"""The desk's guest requests: what rooms have asked for by telephone, and what they may ask for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from firmware.config.schema import Language
from firmware.services import model
from firmware.services.offers import Offers, name_in
from firmware.services.requests import RequestService
from firmware.supervisor import views
from firmware.supervisor.audit_trail import AuditTrail
from webui.api import requests as api
from webui.services import Identity, Part, Place
from webui.types import Acknowledgement, stamp


class RequestDesk:
    """See `webui.api.requests.GuestRequests`. `language`: the hotel's."""

    def __init__(
        self, requests: RequestService, offers: Offers, trail: AuditTrail, zone: ZoneInfo, language: Language
    ) -> None:
        self._requests = requests
        self._offers = offers
        self._trail = trail
        self._zone = zone
        self._language = language

    async def requests(self, state: api.State | None, part: Part) -> tuple[list[api.GuestRequest], Place | None]:
        found = await self._requests.listed(everything=state != "open")
        return views.part([self.view(each) for each in found if state in (None, each.state)], part)

    async def done(self, request: str, who: Identity) -> api.GuestRequest:
        """Who comes second has done nothing."""
        done = await self._requests.finish(request, who.name)
        if done.done_by == who.name:
            await self._trail.note(who, "request-done", request, {"kind": done.kind}, room=done.room)
        return self.view(done)

    async def of_guest(self, guest: str) -> list[api.GuestRequest]:
        return [self.view(each) for each in await self._requests.listed(everything=True) if each.guest == guest]

    async def kinds(self) -> api.RequestSettings:
        kinds = await self._offers.request_kinds()
        return api.RequestSettings(kinds=[api.RequestKind(id=kind.id, names=views.names(kind.names)) for kind in kinds])

    async def set_kinds(self, wanted: api.RequestSettings, who: Identity) -> api.RequestSettings:
        kinds = [
            model.RequestKind(id=kind.id, names={str(of): name for of, name in kind.names.items()})
            for kind in wanted.kinds
        ]
        await self._offers.set_request_kinds(kinds)
        await self._trail.note(who, "setting-changed", "guest-requests", views.builtins(wanted))
        return wanted

    async def minibar(self) -> api.MinibarSettings:
        articles = await self._offers.articles()
        return api.MinibarSettings(articles={article: views.names(names) for article, names in articles.items()})

    async def set_minibar(self, wanted: api.MinibarSettings, who: Identity) -> api.MinibarSettings:
        value = views.builtins(wanted)
        await self._offers.set_articles(value["articles"])
        await self._trail.note(who, "setting-changed", "minibar-articles", value)
        return wanted

    def view(self, request: model.GuestRequest) -> api.GuestRequest:
        done = None
        if request.done is not None:
            done = Acknowledgement(by=request.done_by or "", at=stamp(request.done, self._zone))
        return api.GuestRequest(
            id=request.id, room=request.room, kind=request.kind, text=name_in(request.names, self._language),
            by=request.by, left=stamp(request.left, self._zone), state=request.state, done=done,
        )  # fmt: skip
