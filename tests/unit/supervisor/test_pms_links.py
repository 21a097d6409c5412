"""The PMS links of a configuration over real sockets: they begin, and they end with a good-bye."""

from __future__ import annotations

import asyncio

from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.pms_links import PmsLinks
from tests.unit.supervisor.house import ZONE, House

DEADLINE_S = 5.0


async def test_a_pms_hears_a_good_bye_when_the_box_stops() -> None:
    heard = asyncio.Queue[bytes]()

    async def pms(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x02LS|DA261122|TI030000|\x03")
        while data := await reader.read(4096):
            heard.put_nowait(data)
        heard.put_nowait(b"")
        writer.close()

    server = await asyncio.start_server(pms, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    house = House(lambda text: text.replace('address = "127.0.0.1:5010"', f'address = "127.0.0.1:{port}"'))
    await house.store.open()
    trail = AuditTrail(house.config, house.clock, house.store)
    links = PmsLinks(
        house.config,
        house.hotel,
        house.store,
        house.alarms,
        house.clock,
        ZONE,
        house.billing.confirm,
        trail,
        lambda local: None,
    )
    running = asyncio.ensure_future(links.run())
    async with asyncio.timeout(DEADLINE_S):
        assert (await heard.get()).startswith(b"\x02LD|")
        running.cancel()
        said = b""
        while piece := await heard.get():
            said += piece
        assert b"\x02LE|" in said
        await asyncio.wait([running])
    server.close()
    await house.store.close()
