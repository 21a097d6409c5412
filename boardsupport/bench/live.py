"""The bench's server-sent events: what has changed, for every browser that listens, bounded for a slow one."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from microdot.sse import SSE

from boardsupport.bench.pms.office import Office
from boardsupport.bench.world import World

LOOK_EVERY_S: Final = 0.05
MOST_WAITING: Final = 256
"""A listener that far behind is let go; it comes back and gets everything anew."""
HEARTBEAT_LOOKS: Final = 300
PMS_LOOKS: Final = 5
"""A resync changes a PMS with each record; so often is enough to watch it."""


def _essence(view: dict[str, Any]) -> dict[str, Any]:
    """The view without what changes by itself all the time."""
    hearing = {key: value for key, value in view.get("hearing", {}).items() if key != "since_ms"}
    return {**view, "hearing": hearing}


async def send_changes(world: World, sse: SSE, office: Office | None = None) -> None:
    """Everything once, then what changes, until the listener is gone or too slow: events `phone`, `line`, `led`, `pms`,
    and `lit`, the colours in which each light shines at this moment."""
    seen: dict[str, Any] = {}
    looks = 0
    while len(sse.queue) < MOST_WAITING:
        views = [("phone", world.view(phone)) for phone in world.phones.values()]
        views += [("line", world.view_line(line)) for line in world.lines.values()]
        for event, view in views:
            essence = _essence(view)
            if seen.get(view["port"]) != essence:
                seen[view["port"]] = essence
                await sse.send(view, event=event)
        for event, view in (("led", world.board.leds()), ("lit", world.board.lit())):
            if seen.get(event) != view:
                seen[event] = view
                await sse.send(view, event=event)
        if office is not None and looks % PMS_LOOKS == 0:
            await _send_pms(office, sse, seen)
        looks += 1
        if looks % HEARTBEAT_LOOKS == 0:
            await sse.send("still here", comment=True)
        await asyncio.sleep(LOOK_EVERY_S)


async def _send_pms(office: Office, sse: SSE, seen: dict[str, Any]) -> None:
    for name, pms in office.all.items():
        place = f"pms {name}"
        if seen.get(place) != pms.journal.revision:
            seen[place] = pms.journal.revision
            await sse.send(pms.view(short=True), event="pms")
