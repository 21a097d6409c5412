"""`make soak`: guests who telephone all the time, processes that are killed at random, and what must hold meanwhile.

An act that a kill has spoilt is forgiven; what must hold is that a while after each kill everything works again:
dial tone on every telephone and company line, no ringing, no call, no line that is stuck, and no process that grows
without end. With `--listen` nobody is killed: calls outside must stand whatever is heard on them (`listening.py`).
With `--kills` the control plane dies so often while calls are charged: each charge must reach the PMS (`charges.py`);
and as often something dies while guests are woken (`wakeups.py`). The others of `--of` kill nobody.
"""

from __future__ import annotations

import argparse
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from tests.harness import Product
from tests.hotel import Hotel
from tests.perf.measure import ROLES, memory_mib
from tests.scenario.conftest import settle
from tests.scenario.talking import may_call_out
from tests.soak import charges, fuzz, listening, pages, properties, tour, tour_outside, wakeups
from tests.soak.tour import Guests

ACTS = (*tour.ACTS, *tour_outside.ACTS)
GROUPS = 4
ROOMS = 3 * GROUPS
LINES = 2 * GROUPS
"""One for each group's calls in, and as many for calls out, which take the last ones first."""
RECOVERY_S = 60.0
GROWTH_MIB = 32.0
QUIET_S = (5.0, 30.0)
KILLS = {"charges": charges.run, "wakeups": wakeups.run}
WITHOUT_KILLS: dict[str, Callable[[argparse.Namespace], list[str]]] = {
    "fuzz": lambda arguments: fuzz.run(arguments.examples, arguments.seed),
    "pages": lambda arguments: pages.run(),
    "properties": lambda arguments: properties.run(arguments.minutes),
}


class Soak:
    """One product under load."""

    def __init__(self, product: Product, seed: int) -> None:
        self.product = product
        self.chance = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._pause = threading.Event()
        self._idle = threading.Barrier(GROUPS + 1)
        self._end = threading.Event()
        self._disturbed = threading.Event()

    def run(self, minutes: float) -> None:
        """Rounds of load, a kill in the middle of it, rest and inspection."""
        threads = [threading.Thread(target=self._guests, args=(group,), daemon=True) for group in range(GROUPS)]
        for thread in threads:
            thread.start()
        end, sizes = time.monotonic() + 60 * minutes, self._sizes()
        while time.monotonic() < end:
            self._round()
            sizes = {role: min(size, self._sizes()[role]) for role, size in sizes.items()}
        self._end.set()
        self._pause.set()
        self._idle.wait(120)
        for role, size in self._sizes().items():
            if size > sizes[role] + GROWTH_MIB:
                self.faults.append(f"{role} has grown from {sizes[role]:.0f} to {size:.0f} MiB")

    def _round(self) -> None:
        self._end.wait(self.chance.uniform(*QUIET_S))
        what = self.chance.choice(["supervisor", "voice", "launcher", "power", "freeze", "nothing"])
        self.counts[f"disturbed: {what}"] += 1
        self._disturbed.set()
        self._disturb(what)
        self._pause.set()
        self._idle.wait(120)
        self._inspect(what)
        self._disturbed.clear()
        self._pause.clear()  # before the guests are let go, or they would pause again
        self._idle.wait(10)

    def _disturb(self, what: str) -> None:
        if what in ("supervisor", "voice"):
            self.product.kill(what)
        elif what == "launcher":
            self.product.kill("launcher")
            self.product.start()
        elif what == "power":
            self.product.bench.power(False)
            self.product.bench.power(True)
        elif what == "freeze":
            with self.product.frozen("supervisor"):
                self._end.wait(self.chance.uniform(0.5, 5.0))

    def _inspect(self, what: str) -> None:
        """Everything works again, or it is a fault."""
        try:
            self.product.wait_ready(RECOVERY_S)
            settle(self.product, RECOVERY_S)
            for phone in range(1, ROOMS + 1):
                self.product.bench.off_hook(phone)
            for phone in range(1, ROOMS + 1):
                self.product.bench.wait_signal(phone, "dial", deadline_s=20)
            self._inspect_lines()
            settle(self.product, RECOVERY_S)
        except (AssertionError, OSError) as error:
            self._fault(f"after {what}: {error}")
        self.counts["inspected"] += 1
        print(f"{time.strftime('%H:%M:%S')} after {what}: {dict(self.counts)}", flush=True)

    def _inspect_lines(self) -> None:
        """The box hears dial tone on every company line; nothing is dialled."""
        lines = self.product.api.call("POST", "/api/v1/emergency/dry-run")["lines"]
        heard = {line["port"] for line in lines if line["state"] == "dial-tone"}
        assert len(heard) == LINES, f"company lines without dial tone: {lines}"

    def _sizes(self) -> dict[str, float]:
        return {role: memory_mib(self.product.pid(role)) for role in ROLES}

    def _guests(self, group: int) -> None:
        """One group's life: acts while there is no pause; in a pause it waits for the inspection."""
        first = 3 * group
        phones = (first + 1, first + 2, first + 3)
        numbers = tuple(self.product.hotel.phones[phone - 1].number for phone in phones)
        line = line_of(group)
        guests = Guests(self.product.bench, phones, numbers, line, random.Random(self.chance.random()))  # type: ignore[arg-type]
        while not self._end.is_set():
            if self._pause.is_set():
                self._idle.wait(120)
                if self._end.is_set():
                    return
                self._idle.wait(300)
                continue
            self._act(guests)
        self._idle.wait(120)

    def _act(self, guests: Guests) -> None:
        act = guests.chance.choice(ACTS)
        try:
            act(guests)
            self.counts[act.__name__] += 1
        except (AssertionError, OSError) as error:
            self.counts[f"spoilt {act.__name__}"] += 1
            if not self._disturbed.is_set():
                self._fault(f"{act.__name__} with nothing killed: {error}")
        finally:
            guests.leave()

    def _fault(self, what: str) -> None:
        self.faults.append(what)
        print(f"FAULT {what}\n{self.product.log_end(60)}", flush=True)


def line_of(group: int) -> str:
    """The company line whose calls in are the group's."""
    return f"fxo/{group + 1}"


def hotel() -> Hotel:
    """A company line for each group's calls in, which ring the first of its telephones."""
    rooms = Hotel.of_rooms(ROOMS, operators=1, fxo=LINES)
    return replace(rooms, targets={line_of(group): rooms.phones[3 * group].number for group in range(GROUPS)})


def load(minutes: float, seed: int) -> list[str]:
    """Guests and kills; the faults."""
    with Product(hotel()) as product:
        for phone in product.hotel.phones[:ROOMS]:
            may_call_out(product.api, phone.number)
        soak = Soak(product, seed)
        soak.run(minutes)
    for what, count in sorted(soak.counts.items()):
        print(f"{what:<40} {count}")
    return soak.faults


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of load and kills, or of `--of properties`")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--listen", type=float, metavar="MINUTES", help="in each country, instead of load and kills")
    parser.add_argument("--kills", type=int, metavar="N", help="while calls are charged, and while guests are woken")
    which = (
        "which of --kills, if not both; or: odd requests (fuzz), every page in every language, properties of new data"
    )
    parser.add_argument("--of", nargs="+", choices=[*KILLS, *WITHOUT_KILLS], default=list(KILLS), help=which)
    parser.add_argument("--examples", type=int, default=50, help="of each route, for `--of fuzz`")
    arguments = parser.parse_args()
    without = [what for what in arguments.of if what in WITHOUT_KILLS]
    if without and (arguments.kills is not None or without != arguments.of):
        parser.error(f"{', '.join(without)}: nobody is killed then; run it without --kills, charges and wakeups")
    if without:
        print(f"seed {arguments.seed}, {', '.join(without)}", flush=True)
        faults = [fault for what in without for fault in WITHOUT_KILLS[what](arguments)]
    elif arguments.kills is not None:
        faults = []
        for what in (what for what in arguments.of if what in KILLS):
            print(f"seed {arguments.seed}, {arguments.kills} kills, {what}", flush=True)
            faults += KILLS[what](arguments.kills, arguments.seed)
    elif arguments.listen is None:
        print(f"seed {arguments.seed}, {arguments.minutes:g} minutes", flush=True)
        faults = load(arguments.minutes, arguments.seed)
    else:
        print(f"listening for {arguments.listen:g} minutes in each country", flush=True)
        faults = [fault for country in listening.COUNTRIES for fault in listening.run(country, arguments.listen)]
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
