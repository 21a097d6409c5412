"""A Mitel PMS that says nothing by itself: that it is there shows when it is asked for a resync."""

from __future__ import annotations

from firmware.pms.link import RESYNC_EVERY_S, PmsLink
from firmware.pms.mitel.machine import MitelMachine
from firmware.pms.mitel.settings import MitelSettings
from tests.unit.pms.site import ALARM_AFTER_S, Site


async def test_it_is_asked_when_the_connection_is_there_and_is_alive_by_its_answer() -> None:
    site = await Site(machine=lambda: MitelMachine(MitelSettings())).open()
    user: PmsLink = site.line.user
    user.opened()
    await site.until(lambda: site.line.sent.endswith(b"\x05"))
    user.received(b"\x06")
    await site.until(lambda: site.line.sent.endswith(b"\x02RQINZ     \x03"))
    user.received(b"\x06")
    await site.until(lambda: site.link.state == "alive")
    await site.close()


async def test_one_that_is_back_and_says_nothing_is_asked_too_after_a_while() -> None:
    site = await Site(machine=lambda: MitelMachine(MitelSettings())).open()
    user: PmsLink = site.line.user
    user.opened()
    await site.until(lambda: site.line.sent.endswith(b"\x05"))
    for confirms in (b"\x02RQINZ     \x03", b""):
        user.received(b"\x06")
        await site.until(lambda confirms=confirms: site.line.sent.endswith(confirms))  # type: ignore[misc]
    await site.until(lambda: site.link.state == "alive")
    await site.passes(RESYNC_EVERY_S)
    user.lost("a cable")
    site.line.sent = b""
    user.opened()
    await site.settled()
    assert site.link.state == "starting" and site.line.sent == b""
    await site.passes(ALARM_AFTER_S)
    await site.until(lambda: site.line.sent == b"\x05")
    user.received(b"\x06")
    await site.until(lambda: site.link.state == "alive")
    await site.settled()
    assert site.alarms.told[-2:] == [("raised", "front"), ("cleared", "front")]
    await site.close()
