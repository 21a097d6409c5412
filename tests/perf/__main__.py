"""`make perf`: the table of figures, with what is aimed at beside each."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable
from functools import partial

from tests.clients import Bench
from tests.harness import Product
from tests.host_stalls import HostStalls
from tests.hotel import Hotel
from tests.perf import backup, house, measure, outside, page, wakeups
from tests.scenario.backing_up import new_key
from tests.scenario.conftest import settle
from tests.scenario.talking import may_call_out

PHONES, LINES = 32, 8
CALLER_IDS = {
    "fsk-before": "message and pause before the ring included",
    "dtmf": "message and pause before the ring included",
    "fsk-after": "first ring and message included",
    "none": "first ring included, and 2.5 s in which one may come",
}
FEWER = 10
"""What takes many seconds each time is measured so much more seldom."""


class Table:
    """Prints rows as they come."""

    def row(self, what: str, value: str, aim: str = "") -> None:
        print(f"{what:<52} {value:<34} {aim}".rstrip(), flush=True)

    def delays(self, what: str, values: list[float], aim: str = "") -> None:
        p50, p99 = measure.percentile(values, 50), measure.percentile(values, 99)
        self.row(what, f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, n {len(values)}", aim)

    def stalls(self, host: HostStalls) -> None:
        stalls = f"{len(host.stalls)} over 5 ms, longest {host.longest_ms:.0f} ms"
        self.row("stalls of the host meanwhile (subtracted above)", stalls)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make perf", description=__doc__)
    parser.add_argument("--samples", type=int, default=100, help="how often each delay is measured")
    parser.add_argument("--rounds", type=int, default=5, help="calls of each of the 16 pairs for the set-up rate")
    groups = ("starts", *MEASURED, "wakeups", "page", "house", "backup")
    named = f"these groups of rows alone: {', '.join(groups)}"
    parser.add_argument("--only", nargs="+", choices=groups, default=groups, metavar="GROUP", help=named)
    arguments = parser.parse_args()
    table = Table()
    table.row("machine", f"{os.cpu_count()} x {platform.machine()}, Python {platform.python_version()}")
    table.row("ports", f"{PHONES} telephones, {LINES} company lines")
    hotel = Hotel.of_rooms(PHONES - 1, operators=1, fxo=LINES)
    if "starts" in arguments.only:
        cold_starts(table, hotel)
    if chosen := [work for group, work in MEASURED.items() if group in arguments.only]:
        with Product(hotel) as product:
            for phone in hotel.phones[: LINES + 1]:
                may_call_out(product.api, phone.number)
            for work in chosen:
                work(table, product, arguments)
    if "wakeups" in arguments.only:
        mornings(table, arguments.samples)
    if "page" in arguments.only:
        pages(table, arguments.samples)
    if "house" in arguments.only:
        full_house(table, arguments.samples)
    if "backup" in arguments.only:
        backups(table, arguments.samples)
    return 0


def warm_start(table: Table, product: Product) -> None:
    table.row("start to dial tone, warm", f"{measure.warm_start(product):.1f} s", "aim 3 s")


def full_house(table: Table, samples: int) -> None:
    """A hotel of many rooms with its PMS, and a table of all its calls that is fetched while people telephone."""
    table.row("rooms, and call records", f"{house.ROOMS}, {house.RECORDS}")
    with Product(house.hotel(), start=False) as product:
        house.fill(product)
        product.start()
        export_beside(table, product, samples)
        late_ms, rooms = house.resync(product)
        table.row(f"resync of {rooms} rooms, all new: after the last record", f"{late_ms:.0f} ms", "aim 2000 ms")
        table.row("lateness of the event loop, resync included", f"at most {house.loop_lag_ms(product):.0f} ms")
        table.row("FIAS records taken, each a change", f"{house.records_per_second(product):.0f} a second")
        pms = product.bench.pms()
        with HostStalls() as host:
            opened = measure.repeat(samples, lambda turn: house.gi_to_open_line(product, pms))
        table.delays("GI to open line", measure.without_stalls(opened, host), "aim 200 ms")
        table.row("memory of supervisor, full house", f"{measure.memory_mib(product.pid('supervisor')):.0f} MiB")


def backups(table: Table, samples: int) -> None:
    """What a backup of a full house costs, what people notice of it, and of its being put back."""
    with Product(house.hotel(), start=False) as product:
        house.fill(product)
        product.start()
        wakeups.wait_spoken(product.api)
        key = new_key(product)
        with HostStalls() as host, backup.making(product):
            tone = dial_tones(product, samples)
        what = "off-hook to dial tone, backups being made"
        table.delays(what, measure.without_stalls(tone, host), "aim p50 90 ms, p99 150 ms")
        table.row("lateness of the event loop meanwhile", f"at most {house.loop_lag_ms(product):.0f} ms")
        table.stalls(host)
        settle(product)
        with HostStalls() as host, backup.noticing(product) as noticed:
            made = backup.make(product)
        table.row(f"a backup with {house.RECORDS} call records", f"{made.seconds:.1f} s, {made.size / 2**20:.1f} MiB")
        table.row("memory of the process that makes it", f"at most {made.peak_mib:.0f} MiB")
        pauses(table, noticed, host)
        settle(product)
        with HostStalls() as host, backup.noticing(product) as noticed:
            seconds = backup.restore(product, key, made.name)
        table.row("restore of it, until people are served again", f"{seconds:.1f} s")
        pauses(table, noticed, host)


def pauses(table: Table, noticed: backup.Noticed, host: HostStalls) -> None:
    """Nothing is subtracted: the machine's own are beside them."""
    table.row(
        "the API's longest pause, and a call's, meanwhile",
        f"{noticed.api_ms:.0f} ms, {noticed.sound_ms} ms",
        f"stalls of the host at most {host.longest_ms:.0f} ms",
    )


def pages(table: Table, samples: int) -> None:
    """The desk's page in a browser, in the hotel of the example and in one of many rooms."""
    first_look(table, Hotel.demonstration(), 6, "101", samples)
    first_look(table, house.hotel(), house.ROOMS, house.GUEST_ROOM, samples)


def first_look(table: Table, hotel: Hotel, rooms: int, room: str, samples: int) -> None:
    with Product(hotel) as product, page.desk(product) as desk:
        loads = [page.first_load(desk) for _ in range(max(3, samples // FEWER))]
        desk.find(f'.tile[data-room="{room}"]')
        with HostStalls() as host:
            seen = measure.repeat(samples, lambda turn: page.change_to_tile(desk, product, room, turn))
    load = loads[-1]
    size = f"{load.wire / 1000:.0f} kB, unpacked {load.plain / 1000:.0f} kB"
    table.row(f"first load of the desk's page, {rooms} rooms", size, f"limit {page.MOST_KB} kB in all")
    table.row("requests for it, and to the API until it is drawn", f"{load.requests}, {load.asked}")
    table.delays(f"first paint, {rooms} rooms", [each.paint for each in loads])
    table.delays(f"until the rooms are drawn, {rooms} rooms", [each.drawn for each in loads])
    table.delays(f"a room's change to its tile, {rooms} rooms", measure.without_stalls(seen, host), "aim 200 ms")
    table.stalls(host)


def mornings(table: Table, samples: int) -> None:
    """How late bells are, with one room, some and all due at the same second, and while others talk."""
    with Product(wakeups.hotel()) as product:
        wakeups.wait_spoken(product.api)
        table.row("memory of voice and supervisor, nobody due", _memory(wakeups.memory(product)))
        for rooms in (1, 20, wakeups.ROOMS):
            wake(table, product, range(1, rooms + 1), samples, f"{rooms} due")
        with wakeups.talking(product):
            for rooms in (1, 20):
                first = wakeups.FIRST_FREE
                wake(table, product, range(first, first + rooms), samples, f"{rooms} due, {wakeups.TALKING} lines talk")


def wake(table: Table, product: Product, phones: range, samples: int, who: str) -> None:
    """One room ten times by default, many rooms three times."""
    with HostStalls() as host:
        seen = [wakeups.morning(product, phones) for _ in range(max(3, samples // FEWER // len(phones)))]
    late = measure.without_stalls([one for each in seen for one in each.late], host)
    last = measure.without_stalls([each.last for each in seen], host)
    table.delays(f"first ring after its time, {who}", late, "aim p99 100 ms")
    if len(phones) > 1:
        table.delays(f"of the last room, planned {seen[0].spread_s:.0f} s after the first", last, "aim 2000 ms")
    cpu = {role: max(each.cpu_percent[role] for each in seen) for role in wakeups.ROLES}
    table.row("CPU meanwhile", ", ".join(f"{role} {percent:.0f} %" for role, percent in cpu.items()))
    table.row("memory meanwhile", _memory(seen[-1].memory_mib))
    table.stalls(host)


def _memory(mib: dict[str, float]) -> str:
    return ", ".join(f"{role} {size:.0f} MiB" for role, size in mib.items())


def export_beside(table: Table, product: Product, samples: int) -> None:
    """What somebody who telephones notices of it."""
    with HostStalls() as host, house.exporting(product) as export:
        tone = dial_tones(product, samples)
    what = "off-hook to dial tone, records going out as CSV"
    table.delays(what, measure.without_stalls(tone, host), "aim p50 90 ms, p99 150 ms")
    table.delays("a thousand records as CSV", export.page_ms, f"{export.rows} rows")
    table.row("lateness of the event loop meanwhile", f"at most {house.loop_lag_ms(product):.0f} ms")


def dial_tones(product: Product, samples: int) -> list[measure.Interval]:
    """By the telephones of a full house in turn."""
    return measure.repeat(
        samples, lambda turn: measure.off_hook_to_dial_tone(product.bench, 1 + turn % house.TELEPHONES)
    )


def cold_starts(table: Table, hotel: Hotel) -> None:
    """Two ways to start with chips that know nothing: with nothing else either, and with what a power cut leaves."""
    with Product(hotel, start=False) as fresh:
        table.row("start to dial tone, cold and for the first time", f"{measure.cold_start(fresh):.1f} s", "aim 8 s")
        fresh.stop()
        table.row("start to dial tone, chips cold, data there", f"{measure.cold_start(fresh):.1f} s", "aim 8 s")


def delays(table: Table, product: Product, samples: int) -> None:
    bench, numbers = product.bench, [phone.number for phone in product.hotel.phones]
    with HostStalls() as host:
        tone = measure.repeat(samples, lambda turn: measure.off_hook_to_dial_tone(bench, 1 + turn % PHONES))
        settle(product)
        ringing = measure.repeat(samples, lambda turn: ring_one(bench, numbers, turn % 8))
        settle(product)
        with measure.standing_calls(bench, numbers, 1):
            ways = [measure.one_way_delay(bench, *pair) for _ in range(10) for pair in ((1, 2), (2, 1))]
    settle(product)
    table.delays("off-hook to dial tone at the ear", measure.without_stalls(tone, host), "aim p50 90 ms, p99 150 ms")
    table.delays("last digit to ringing voltage", measure.without_stalls(ringing, host), "aim p99 100 ms")
    table.delays("one-way audio delay, port to port", ways, "aim 40 ms, canceller on")
    table.stalls(host)


def ring_one(bench: Bench, numbers: list[str], pair: int) -> measure.Interval:
    """One of the first eight telephones calls one of the second eight."""
    return measure.last_digit_to_ringing(bench, 1 + pair, numbers[8 + pair], 9 + pair)


def calls_out(table: Table, product: Product, samples: int) -> None:
    """What a guest waits for who calls outside, and how the two then hear each other."""
    with HostStalls() as host:
        calls = [outside.call_out(product, 1 + turn % LINES) for turn in range(samples)]
        with outside.standing_calls_outside(product) as callers:
            line, phone = next(iter(callers.items()))
            there = [measure.one_way_delay(product.bench, phone, line) for _ in range(10)]
            back = [measure.one_way_delay(product.bench, line, phone) for _ in range(10)]
    settle(product)
    seizures = measure.without_stalls([call.to_seizure for call in calls], host)
    digits_out = measure.without_stalls([call.to_digits for call in calls], host)
    digits = measure.without_stalls([call.digits for call in calls], host)
    table.delays("last digit dialled to seizure of a line", seizures)
    table.delays("seizure to digits out, at the exchange", digits_out, "dial tone after 200 ms included")
    table.delays("of it, from the first digit to the last", digits, f"{len(outside.NUMBER)} digits")
    table.delays("one-way audio delay, telephone to company line", there, "aim 40 ms, canceller on")
    table.delays("one-way audio delay, company line to telephone", back, "aim 40 ms, canceller on")
    table.stalls(host)


def calls_in(table: Table, product: Product, samples: int) -> None:
    """How long a caller waits until reception rings."""
    for kind, note in CALLER_IDS.items():
        with HostStalls() as host:
            rings = measure.repeat(samples, partial(ring_in, product, kind))
        table.delays(f"ring-in to operator ringing, caller id {kind}", measure.without_stalls(rings, host), note)
    settle(product)


def ring_in(product: Product, kind: str, turn: int) -> measure.Interval:
    """By each line in turn."""
    return outside.ring_in(product, f"fxo/{1 + turn % LINES}", kind, PHONES)


def emergencies(table: Table, product: Product, samples: int) -> None:
    """After everything else: for half an hour a call in may be one back."""
    with HostStalls() as host, outside.standing_calls_outside(product) as callers:
        calls = measure.repeat(samples, lambda turn: outside.emergency(product, LINES + 1, callers))
    settle(product, 60)
    what = "112 with every line busy: last digit to the exchange"
    table.delays(what, measure.without_stalls(calls, host), "aim 4000 ms")


def load(table: Table, product: Product, rounds: int) -> None:
    rate, made = measure.calls_per_second(product.bench, [p.number for p in product.hotel.phones], rounds)
    table.row("calls set up per second, 32 ports", f"{rate:.1f} (of {made})")
    settle(product, 60)


def standing_cost(table: Table, product: Product) -> None:
    """Load of each process when idle, and what each standing call adds."""
    settle(product)
    idle = measure.cpu_percent(product)
    numbers, count = [phone.number for phone in product.hotel.phones], PHONES // 2
    with measure.standing_calls(product.bench, numbers, count):
        busy = measure.cpu_percent(product)
    settle(product)
    with outside.standing_calls_outside(product):
        busy_outside = measure.cpu_percent(product)
    settle(product)
    for role in measure.ROLES:
        note = "the simulated world's own" if role == "bench" else ""
        per_call = (busy[role] - idle[role]) / count
        table.row(f"CPU of {role}", f"{idle[role]:.1f} % idle, {per_call:+.2f} % a call", note)
        table.row(f"CPU of {role}, calls outside", f"{(busy_outside[role] - idle[role]) / LINES:+.2f} % a call", note)


def sizes(table: Table, product: Product) -> None:
    for role in measure.ROLES:
        table.row(f"memory of {role}", f"{measure.memory_mib(product.pid(role)):.0f} MiB")
    voice, highway = product.api.health()["voice"], product.bench.highway()
    table.row("blocks, and late ones of voice", f"{voice['blocks']}, late {voice['late_blocks']}")
    ticks = {key: value for key, value in voice.items() if key.startswith("tick_")}
    if ticks:
        table.row("tick of voice over the last minute", ", ".join(f"{k[5:-3]} {v} us" for k, v in ticks.items()))
    table.row("underruns at the highway; the bench's own late blocks", f"{highway['underruns']}, {highway['own_late']}")


def _fewer(arguments: argparse.Namespace) -> int:
    return max(1, arguments.samples // FEWER)


MEASURED: dict[str, Callable[[Table, Product, argparse.Namespace], None]] = {
    "warm": lambda table, product, _: warm_start(table, product),
    "standing": lambda table, product, _: standing_cost(table, product),
    "delays": lambda table, product, arguments: delays(table, product, arguments.samples),
    "out": lambda table, product, arguments: calls_out(table, product, arguments.samples),
    "in": lambda table, product, arguments: calls_in(table, product, _fewer(arguments)),
    "load": lambda table, product, arguments: load(table, product, arguments.rounds),
    "emergencies": lambda table, product, arguments: emergencies(table, product, _fewer(arguments)),
    "memory": lambda table, product, _: sizes(table, product),
}
"""What is measured in one house of telephones, in this order."""

if __name__ == "__main__":
    sys.exit(main())
