"""Lines: tested, rung, traced."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from firmware.console.commands.choices import LINK, PORT, TELEPHONE, TONES
from firmware.console.commands.tables import table, when
from firmware.console.contract import Argument, Call, Command
from firmware.errors import RefusedError
from webui.api.line_tests import LineTest

RING_S, TONE_S = 3, 10
FOLLOW_EVERY_S = 0.2
FOLLOWED = 100
VOLTAGE = (
    "Ringing voltage is dangerous: about 70 V on the pair.\n"
    "Nobody may hold its wires, and whoever sleeps beside the telephone wakes up."
)
SECONDS = Argument("seconds", optional=True)
TONE = Argument("tone", lambda services: TONES, strict=True)


async def test(call: Call) -> None:
    """Without the bell first; the ringer's load only when nobody can come to harm."""
    port = call.given["port"].lower()
    ring = port.startswith("fxs/") and await _may_ring(call, f"Measure {port}'s ringer, too?")
    await call.talk.show(f"{port}: measuring, this takes some seconds ...")
    found = await call.services.line_tests.test(port, ring, call.who)
    rows = [
        (one.name, f"{one.value:g} {one.unit}", _limits(one.low, one.high), one.verdict) for one in found.measurements
    ]
    if rows:
        await call.talk.show(table(("measured", "value", "limits", "verdict"), rows))
    await call.talk.show(f"{port}: {_verdict(found)}")


async def history(call: Call) -> None:
    found = await call.services.line_tests.history(call.given["port"].lower())
    rows = [(when(one.tested), one.verdict, one.text) for one in found]
    await call.talk.show(table(("tested", "verdict", "what was found"), rows))


async def back(call: Call) -> None:
    port = call.given["port"].lower()
    await call.services.return_to_service(port, call.who)
    await call.talk.show(f"{port} is initialised anew; `show lines` tells whether it serves")


async def ring(call: Call) -> None:
    port, seconds = call.given["port"].lower(), _seconds(call, RING_S)
    if not await _may_ring(call, f"Ring {port} for {seconds} s?"):
        await call.talk.show("not rung")
        return
    await call.services.line_tests.ring(port, seconds, call.who)
    await call.talk.show(f"{port} rings; it ends when the telephone is lifted")


async def tone(call: Call) -> None:
    port, name, seconds = call.given["port"].lower(), call.given["tone"].lower(), _seconds(call, TONE_S)
    await call.services.line_tests.tone(port, name, seconds, call.who)
    await call.talk.show(f"{name} for {seconds} s on {port}")


async def trace_line(call: Call) -> None:
    port = call.given["port"].lower()
    await call.box.note(call.who, "line-traced", port)

    async def follow(say: Callable[[str], None]) -> None:
        async with aclosing(call.services.line_tests.trace(port)) as events:
            async for event in events:
                say(f"{event.at[11:23]} {event.text}")

    await call.talk.watch(follow)


async def trace_link(call: Call) -> None:
    name = call.given["link"]
    await call.box.note(call.who, "link-traced", name)

    async def follow(say: Callable[[str], None]) -> None:
        after, most = 0, 10
        while True:
            for entry in call.services.links.trace(name, after, most):
                after, most = entry.id, FOLLOWED
                say(entry.line[11:])
            await asyncio.sleep(FOLLOW_EVERY_S)

    await call.talk.watch(follow)


async def _may_ring(call: Call, question: str) -> bool:
    await call.talk.show(VOLTAGE)
    return await call.talk.confirm(question)


def _verdict(found: LineTest) -> str:
    """What was found is told with it; of a good line there is nothing to tell."""
    return found.verdict if found.text == found.verdict else f"{found.verdict}. {found.text}"


def _seconds(call: Call, default: int) -> int:
    said = call.given.get("seconds", str(default))
    if not said.isdecimal() or len(said) > 4:
        raise RefusedError("seconds", f"{said} is no number of seconds")
    return int(said)


def _limits(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "-"
    return f"{'' if low is None else f'{low:g}'} .. {'' if high is None else f'{high:g}'}".strip()


COMMANDS: tuple[Command, ...] = (
    Command(
        ("line", PORT, "test"),
        "measure a line that is not in use",
        test,
        more="Of a telephone's line: foreign voltage first, then voltage on-hook, loop current, noise, and (asked "
        "for) the ringer's load. Of a company line: voltage, dial tone, echo return.",
    ),
    Command(("line", PORT, "tests"), "what earlier tests of a line have found", history),
    Command(("line", PORT, "return"), "initialise a line that was taken out of service", back),
    Command(
        ("ring", TELEPHONE, SECONDS),
        f"ring a telephone that is on-hook ({RING_S} s)",
        ring,
        more="It asks first: ringing voltage hurts who holds the pair.",
    ),
    Command(
        ("tone", TELEPHONE, TONE, SECONDS),
        f"put a tone on a telephone's pair ({TONE_S} s)",
        tone,
        more=f"Tones: {', '.join(TONES)}.",
    ),
    Command(
        ("trace", PORT),
        "what happens at a line, as it happens",
        trace_line,
        more="State, hook, digits, bell and signals, until a key is pressed. That it was traced is in the audit: "
        "what guests dial is seen.",
    ),
    Command(
        ("trace", "pms", LINK),
        "what is said on a PMS link, as it is said",
        trace_link,
        more="The last ten frames first. < comes from the PMS, > goes to it, * is the connection's. Until a key is "
        "pressed. That it was traced is in the audit: guests' names are seen.",
    ),
)
