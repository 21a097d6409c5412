"""What the parts of the call agent's interface share: the state that outlives a gateway, and the way in and out."""

from __future__ import annotations

from collections.abc import Callable

from firmware.errors import RefusedError
from firmware.exchange.core import Core
from firmware.exchange.decisions import Decision
from firmware.exchange.features import credit, idle
from firmware.exchange.features.emergency import PastEmergency
from firmware.exchange.numbering import AgentSettings, Instant, NumberingPlan
from firmware.exchange.originate import arm
from firmware.exchange.resident import resident_plan
from firmware.exchange.terminals import Telephone
from firmware.gateway.messages import Lodge, Wakeup


class AgentBase:
    """See `CallAgent`."""

    def __init__(self, plan: NumberingPlan, settings: AgentSettings, new_id: Callable[[], str]) -> None:
        self._plan = plan
        self._settings = settings
        self._new_id = new_id
        self._core: Core | None = None
        self._guests: dict[str, str] = {}
        self._dnd: set[str] = set()
        self._lit: set[str] = set()
        self._forward: dict[str, frozenset[str]] = {}
        self._room_classes: dict[str, str] = {}
        self._occupied: set[str] = set()
        self._languages: dict[str, str] = {}
        self._calls_refused: set[str] = set()
        self._past_emergencies: list[PastEmergency] = []
        self._wakeups: tuple[str, tuple[Wakeup, ...]] | None = None
        """Revision and content of what is lodged."""
        self._wakeups_told: set[str] = set()
        """Journal entries of wake-ups of which reports have been made, and (`_noted`) are on disk."""
        self._noted: set[str] = set()

    def _enter(self, now: Instant) -> Core:
        if self._core is None:
            raise RefusedError("no-gateway", "the voice gateway is not there")
        self._core.now, self._core.at_ns = now, now.monotonic_ns
        return self._core

    def _finish(self) -> list[Decision]:
        assert self._core is not None
        self._core.settle()
        credit.look_round(self._core)
        idle.look_round(self._core)
        self._remember_features()
        return self._core.finish()

    def _remember_features(self) -> None:
        """What was changed from telephones, and who called for help, outlives the gateway."""
        assert self._core is not None
        on = {
            t.extension.number for t in self._core.telephones.values() if t.do_not_disturb and t.extension is not None
        }
        known = {t.extension.number for t in self._core.telephones.values() if t.extension is not None}
        self._dnd = (self._dnd - known) | on
        self._past_emergencies = list(self._core.past_emergencies)

    def _telephone(self, number: str, now: Instant) -> Telephone | None:
        """The telephone of an extension, while the gateway is there."""
        extension = self._plan.by_number.get(number)
        return None if self._core is None or extension is None else self._enter(now).telephone_of(extension)

    def _arm_all(self, core: Core, lodged: str) -> None:
        """What may be dialled has changed. `lodged`: the revision of the resident plan until now."""
        for telephone in core.telephones.values():
            arm(core, telephone)
        plan = resident_plan(core)
        if plan.revision != lodged:
            core.send(Lodge(plan=plan))
