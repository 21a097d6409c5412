"""Extensions and company lines at the desk."""

from __future__ import annotations

from firmware.config import AnalogTrunk, Config, SipTrunk
from firmware.config.schema import Extension, Trunk
from firmware.supervisor.agent_service import AgentService
from webui.api import plant as api
from webui.types import FORWARD_CASES


class PlantDesk:
    """See `webui.api.plant.Plant`."""

    def __init__(self, config: Config, agent: AgentService) -> None:
        self._config = config
        self._agent = agent

    def extensions(self) -> list[api.Extension]:
        return [self._extension(entry) for entry in self._config.extensions]

    def trunks(self) -> list[api.Trunk]:
        return [_trunk(entry) for entry in self._config.trunks]

    def _extension(self, entry: Extension) -> api.Extension:
        dnd, forward = self._agent.features(entry.number)
        return api.Extension(
            number=entry.number,
            kind=entry.kind,
            room=entry.room_number,
            floor=entry.floor,
            name=entry.name,
            port=entry.port,
            operator=entry.operator,
            class_=self._agent.class_of(entry.number),
            off_hook=entry.off_hook,
            profile=entry.profile,
            dnd=dnd,
            forward=[case for case in FORWARD_CASES if case in forward],
        )


def _trunk(entry: Trunk) -> api.Trunk:
    """This version serves analog lines alone; the others are shown as what the configuration asks for."""
    analog = entry if isinstance(entry, AnalogTrunk) else None
    return api.Trunk(
        name=entry.name,
        kind="analog" if analog else "sip" if isinstance(entry, SipTrunk) else "e1",
        ports=[] if isinstance(entry, SipTrunk) else list(entry.ports),
        incoming=entry.incoming,
        targets=dict(analog.targets) if analog else dict(entry.did) if not isinstance(entry, AnalogTrunk) else {},
        answer=analog.answer if analog else None,
        silence_s=analog.silence_s if analog else None,
        max_minutes=analog.max_minutes if analog else None,
        served=analog is not None,
    )
