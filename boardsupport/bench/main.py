"""Starts the bench: wires, clock, world, API and page, in one process."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from boardsupport.bench import guard, page
from boardsupport.bench.api import BenchApi
from boardsupport.bench.clock import API_PRIORITY, HighwayClock, take_realtime
from boardsupport.bench.g711 import IDLE, LawName
from boardsupport.bench.pms.office import Office
from boardsupport.bench.pms.settings import PmsSettings
from boardsupport.bench.wire_server import WireServer
from boardsupport.bench.world import World
from boardsupport.tables import BOARDS

log = logging.getLogger(__name__)

SWITCH_INTERVAL_S: Final = 0.0005
"""How long the API's thread may keep the interpreter from the clock and the wires."""


def run(
    directory: Path,
    listen: str,
    revision: str,
    sockets: Sequence[str],
    country: str,
    law: LawName,
    lifeline: str | None,
    labels: Mapping[str, str] | None = None,
    pms: Sequence[PmsSettings] = (),
) -> int:
    """Run the bench until SIGTERM or SIGINT; the exit code.

    `directory` takes the wires' sockets, `listen` (HOST:PORT) the API and the page, `sockets` says what stands in the
    board's bays, `lifeline` which telephone the relay serves, `labels` what is written on the
    telephones and lines, `pms` which property management systems there are.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    world = World(BOARDS[revision], sockets, country, lifeline, labels)
    wire = WireServer(directory, world.board.table.slots, world.board)
    world.board.report_edges = wire.send_edges
    clock = HighwayClock(world, wire, IDLE[law])
    office = Office(pms)
    api = BenchApi(world, clock, office)
    guard.mount(api.app, listen)
    page.mount(api.app, world)
    gc.collect()
    gc.freeze()
    wire.start(on_thread_start=take_realtime)
    world.listening.start(on_thread_start=lambda: take_realtime(API_PRIORITY))
    clock.start()
    if not take_realtime(API_PRIORITY):
        log.warning("bench without real-time scheduling: not permitted; the highway may be late on a busy machine")
    try:
        return asyncio.run(_serve(api, listen, office))
    finally:
        clock.stop()
        world.listening.stop()
        wire.close()


async def _serve(api: BenchApi, listen: str, office: Office) -> int:
    try:
        await office.start()
    except OSError as refused:
        log.error("bench has no place for a PMS reason=%s", refused)
        return 1
    host, _, port = listen.rpartition(":")
    loop = asyncio.get_running_loop()
    server = asyncio.create_task(api.app.start_server(host=host.strip("[]"), port=int(port)))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    waiting = asyncio.create_task(stopped.wait())
    log.info("bench listens at=%s", listen)
    await asyncio.wait({server, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    office.stop()
    if server.done():
        try:
            server.result()
        except OSError as refused:
            log.error("bench cannot listen at=%s reason=%s", listen, refused)
            return 1
    server.cancel()
    return 0
