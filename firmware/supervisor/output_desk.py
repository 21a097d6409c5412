"""The desk's view of the call-record outputs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from firmware.billing.outputs.service import RecordOutputService
from firmware.supervisor.audit_trail import AuditTrail
from webui.api import outputs as api
from webui.services import Identity
from webui.types import stamp


class OutputDesk:
    """See `webui.api.outputs.Outputs`."""

    def __init__(self, service: RecordOutputService, trail: AuditTrail, zone: ZoneInfo) -> None:
        self._service = service
        self._trail = trail
        self._zone = zone

    async def outputs(self) -> list[api.Output]:
        return [
            api.Output(
                name=view.name,
                format=view.format,
                to=view.to,
                connected=view.connected,
                why=view.why,
                why_detail=view.standing,
                waiting=view.waiting,
                oldest=stamp(view.oldest, self._zone) if view.oldest else None,
                lost=view.lost,
            )
            for view in await self._service.views()
        ]

    async def test(self, index: int, who: Identity) -> api.Tried:
        line = await self._service.test(index)
        await self._trail.note(who, "record-output-tested", str(index))
        return api.Tried(line=line)
