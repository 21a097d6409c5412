"""What was said before holds again, before the first call: settings, features, rooms, emergencies of late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from firmware.clock import Clock
from firmware.config import Config
from firmware.errors import UnavailableError
from firmware.exchange.agent import CallAgent
from firmware.exchange.decisions import Decision
from firmware.exchange.features.emergency import CALL_BACK_NS
from firmware.exchange.numbering import Instant
from firmware.hotel.service import HotelService, Telephones
from firmware.log import Log
from firmware.supervisor import views
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.numbering import (
    EXCHANGE,
    NIGHT_SERVICE,
    ROOM_BLOCKING,
    agent_settings,
    night_service,
    room_blocking,
)
from firmware.supervisor.restriction import RESTRICTION, restrictions_that_fit
from firmware.supervisor.store_thread import StoreThread

log = Log("supervisor")


class Restore:
    """Gives the call agent what the store holds; a step that the store refuses is left out, and logged.

    At the start, and when the store can be kept again.
    """

    def __init__(
        self,
        config: Config,
        agent: Telephones,
        hotel: HotelService,
        store: StoreThread,
        clock: Clock,
        alarms: AlarmBoard,
    ) -> None:
        self._config = config
        self._hotel = hotel
        self._agent = agent
        self._store = store
        self._clock = clock
        self._alarms = alarms

    async def run(self) -> None:
        for step in (
            self._features, self._house, self._room_blocking, self._exchange, self._night_service,
            self._restriction, self._emergencies,
        ):  # fmt: skip
            try:
                await step()
            except UnavailableError as error:
                log.error("not-restored", what=step.__name__.strip("_"), error=error)

    async def _features(self) -> None:
        """What was set for single extensions."""
        features = await self._store.do(lambda kept: kept.settings.features())
        for (extension, feature), value in features.items():
            if feature == "dnd":
                await self._agent.change(partial(_set_dnd, extension, bool(value)))
            elif feature == "forward":
                await self._agent.change(partial(_set_forward, extension, str(value).split()))

    async def _house(self) -> None:
        """Who lives where; where the store cannot say, every room is vacant."""
        await self._hotel.load()
        await self._agent.change(self._hotel.put_on_telephones)

    async def _room_blocking(self) -> None:
        setting = views.room_blocking(await self._store.do(lambda kept: kept.settings.get(ROOM_BLOCKING)))
        blocking = room_blocking(setting)
        await self._agent.change(lambda agent, now: agent.set_room_blocking(blocking))

    async def _exchange(self) -> None:
        setting = views.exchange_settings(await self._store.do(lambda kept: kept.settings.get(EXCHANGE)))
        await self._agent.change(lambda agent, now: agent.set_settings(agent_settings(setting, agent.settings), now))

    async def _night_service(self) -> None:
        setting = views.night_service(await self._store.do(lambda kept: kept.settings.get(NIGHT_SERVICE)))
        night = night_service(setting)
        await self._agent.change(lambda agent, now: agent.set_settings(replace(agent.settings, night=night), now))

    async def _restriction(self) -> None:
        """What does not go with the configuration any more, such as another country's, is left out and told of."""
        setting = views.restriction(await self._store.do(lambda kept: kept.settings.get(RESTRICTION)))
        fitting, refusals = restrictions_that_fit(self._config, setting)
        await self._agent.change(
            lambda agent, now: agent.set_settings(replace(agent.settings, restrictions=fitting), now)
        )
        if refusals:
            text = "; ".join(f"`{refused.field}` is not in force: {refused}" for refused in refusals)
            await self._alarms.raise_alarm(RESTRICTION, RESTRICTION, text)
        else:
            await self._alarms.clear(RESTRICTION, RESTRICTION)

    async def _emergencies(self) -> None:
        """Counted from the end of each call, or from now where it may still stand."""
        now, now_ns = self._clock.utc(), round(self._clock.monotonic() * 1e9)
        since = now - timedelta(seconds=CALL_BACK_NS / 1e9)
        past = await self._store.do(lambda kept: kept.call_records.emergencies(since))

        def remember(agent: CallAgent, _: Instant) -> list[Decision]:
            for record in past:
                ago = now - (record.ended or now)
                agent.remember_emergency(record.from_number, record.dialled, now_ns - round(ago.total_seconds() * 1e9))
            return []

        await self._agent.change(remember)


def _set_dnd(extension: str, on: bool, agent: CallAgent, now: Instant) -> list[Decision]:
    return agent.set_dnd(extension, on, now)


def _set_forward(extension: str, cases: Sequence[str], agent: CallAgent, _: Instant) -> list[Decision]:
    return agent.set_forward(extension, cases)
