"""The PMS links of a configuration over real sockets: they begin, and they end with a good-bye."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.pms_links import PmsLinks
from tests.unit.supervisor.house import ZONE, House

DEADLINE_S = 20.0


def _hotel(port: int, more: str = "") -> House:
    address = f'address = "127.0.0.1:{port}"\nlr_pace_ms = 0'
    return House(lambda text: text.replace('address = "127.0.0.1:5010"', address) + more)


def _links(house: House) -> PmsLinks:
    trail = AuditTrail(house.config, house.clock, house.store)
    return PmsLinks(
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


@pytest.mark.parametrize(("more", "becomes"), [("", "refused"), ("\n[wakeup]\nlate_minutes = 30\n", "kept")])
async def test_a_wakeup_of_a_pms_is_past_as_late_as_the_configuration_says(more: str, becomes: str) -> None:
    became = asyncio.Queue[str]()

    async def pms(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x02LS|DA261122|TI030000|\x03")
        await reader.readuntil(b"\x02LA|")
        for record in ("LA|DA261122|TI030000|", "GI|RN101|G#1|GSN|", f"WR|RN101|{wake}"):
            writer.write(f"\x02{record}\x03".encode())
        heard = b""
        while data := await reader.read(4096):
            heard += data
            if f"\x02WA|RN101|{wake}ASUR|".encode() in heard:
                became.put_nowait("refused")
        writer.close()

    server = await asyncio.start_server(pms, "127.0.0.1", 0)
    house = _hotel(server.sockets[0].getsockname()[1], more)
    house.hotel.on_changed = lambda before, after, rooms: became.put_nowait("kept") if after.wakeups else None
    wake = f"{house.clock.utc().astimezone(ZONE) - timedelta(minutes=20):DA%y%m%d|TI%H%M%S|}"
    await house.store.open()
    running = asyncio.ensure_future(_links(house).run())
    async with asyncio.timeout(DEADLINE_S):
        assert await became.get() == becomes
    running.cancel()
    await asyncio.wait([running])
    server.close()
    await house.store.close()


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
    house = _hotel(port)
    await house.store.open()
    running = asyncio.ensure_future(_links(house).run())
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
