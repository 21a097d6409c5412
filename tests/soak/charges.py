"""`make soak N=200`: the control plane is killed N times while rooms make priced calls; no charge is lost or doubled.

The PMS of the bench counts what it books; it loses answers, gives them late, and its link is cut, while its guests
change rooms. What the far ends know of the calls, the call records, the charges and the PMS's book must agree.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from tests.clients import RequestError
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.conftest import settle
from tests.scenario.talking import hang_up, line_with
from tests.soak import ledger

CALLERS = 4
ROOMS = CALLERS + 2
"""The last two are those between which guests come, go and move; the callers' rooms are never empty."""
CONNECTION, PER_SECOND = 10, 5
TARIFFS = f"""\
prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent
22,city,1-7,00:00,24:00,{CONNECTION},1,{PER_SECOND},0,0,0,0
"""
LINK = PmsLink(link={"answer_s": 2, "lr_pace_ms": 0})
LATE_MS = 3000
"""More than the product waits for an answer."""
WAIT_S = 10.0
LAST_S = 120.0
"""For everything to be posted once all is well again."""
QUIET_S = (0.2, 3.5)
TELL_EVERY = 20
WITH_LAUNCHER_EVERY = 4
"""A launcher that has seen five deaths in 30 s waits; a new one does not."""


class Charges:
    """One product whose control plane dies again and again."""

    def __init__(self, product: Product, seed: int) -> None:
        self.product = product
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self.answered: dict[str, int] = {}
        """Numbers whose far end has answered, with the telephone that called."""
        self._pms = product.bench.pms()
        self._chance = random.Random(seed)
        self._end = threading.Event()

    def run(self, kills: int) -> None:
        """Kill so often, let everything come to rest, and compare."""
        self._open_house()
        with ThreadPoolExecutor(CALLERS + 1) as people:
            works = [people.submit(self._call, phone, self._own_chance()) for phone in range(1, CALLERS + 1)]
            works.append(people.submit(self._keep_desk, self._own_chance()))
            try:
                for turn in range(kills - 1):
                    time.sleep(self._chance.uniform(*QUIET_S))
                    self._kill(turn)
            finally:
                self._end.set()
        for work in works:
            work.result()
        self._kill(kills - 1)  # nobody waits for a link then that has been cut too often
        self._come_to_rest()
        self.faults += ledger.differences(self.product, self.answered, price)

    def _open_house(self) -> None:
        answer = self.product.api.raw("PUT", "/api/v1/tariffs", TARIFFS.encode(), "text/csv")
        assert answer.status == 200, answer
        self._pms.wait_alive()
        for phone in range(1, CALLERS + 1):
            self._pms.check_in(self._room(phone), name=f"Guest {phone}")
        wait_for(lambda: all(self._occupied(phone) for phone in range(1, CALLERS + 1)), WAIT_S, "the guests are in")

    def _own_chance(self) -> random.Random:
        return random.Random(self._chance.random())

    def _room(self, phone: int) -> str:
        return self.product.hotel.phones[phone - 1].number

    def _occupied(self, phone: int) -> bool:
        return bool(self.product.api.get(f"/rooms/{self._room(phone)}")["guests"])

    # ------------------------------------------------------------------------------------------------------- killing

    def _kill(self, turn: int) -> None:
        """At this instant; what is on disk then must be whole."""
        with_launcher = turn % WITH_LAUNCHER_EVERY == WITH_LAUNCHER_EVERY - 1
        with self.product.frozen("supervisor"):
            booked = self._pms.postings()
            self.faults += [f"kill {turn}: {fault}" for fault in ledger.faults_on_disk(self.product, booked)]
            for role in ("launcher", "supervisor") if with_launcher else ("supervisor",):
                self.product.kill(role)
        if with_launcher:
            self.product.start(wait=False)
        self.product.wait_ready()
        self.counts["killed"] += 1
        if turn % TELL_EVERY == TELL_EVERY - 1:
            print(f"{time.strftime('%H:%M:%S')} {dict(self.counts)}, faults {len(self.faults)}", flush=True)

    # -------------------------------------------------------------------------------------------------- rooms that call

    def _call(self, phone: int, chance: random.Random) -> None:
        """One call after another; what a kill has spoilt is forgiven."""
        turn = 0
        while not self._end.is_set():
            turn += 1
            try:
                self._call_out(phone, f"22{phone:02}{turn:05}", chance)
                self.counts["called"] += 1
            except (AssertionError, OSError):
                self.counts["spoilt"] += 1
            hang_up(self.product.bench, phone)

    def _call_out(self, phone: int, number: str, chance: random.Random) -> None:
        bench = self.product.bench
        bench.off_hook(phone)
        bench.wait_signal(phone, "dial", deadline_s=WAIT_S)
        bench.dial(phone, f"0{number}", on_ms=50, off_ms=50)
        line = line_with(bench, number, WAIT_S / 2)
        bench.company(line, "answer", reversal=True)
        self.answered[number] = phone
        bench.wait_audio(round(chance.uniform(600, 2500)))
        if chance.random() < 0.3:
            with suppress(RequestError):  # the call has ended meanwhile
                bench.company(line, "hang-up", how="reversal")

    # --------------------------------------------------------------------------------------------------------- the PMS

    def _keep_desk(self, chance: random.Random) -> None:
        """What else happens at the PMS meanwhile."""
        acts = (self._lose, self._lose, self._cut, self._swap, self._come_or_go)
        while not self._end.is_set():
            act = chance.choice(acts)
            act(chance)
            self.counts[act.__name__.strip("_")] += 1
            self._end.wait(chance.uniform(0.2, 2.0))

    def _lose(self, chance: random.Random) -> None:
        self._pms.answers(chance.choice(["lose", "late", "cut"]), delay_ms=LATE_MS)

    def _cut(self, chance: random.Random) -> None:
        self._pms.link("cut")

    def _swap(self, chance: random.Random) -> None:
        one, other = chance.sample(range(1, CALLERS + 1), 2)
        self._pms.do("swap", room=self._room(one), other=self._room(other), how=chance.choice(["gc", "go-gi"]))

    def _come_or_go(self, chance: random.Random) -> None:
        rooms = [self._room(phone) for phone in range(CALLERS + 1, ROOMS + 1)]
        chance.shuffle(rooms)
        here = [room for room in rooms if self._pms.view()["rooms"].get(room, {"guests": []})["guests"]]
        if not here:
            self._pms.check_in(rooms[0], name=f"Passing {chance.randrange(1000)}")
        elif len(here) < len(rooms) and chance.random() < 0.6:
            self._pms.move(here[0], next(room for room in rooms if room not in here))
        else:
            self._pms.check_out(here[0])

    # ------------------------------------------------------------------------------------------------------------ rest

    def _come_to_rest(self) -> None:
        """The link is up, the PMS answers, and is asked to tell everything anew."""
        self._pms.answers()
        settle(self.product)
        self._pms.wait_alive(60)
        wait_for(lambda: not ledger.charges(self.product.api, "pending"), LAST_S, "nothing is left to be posted", 0.2)
        self.product.api.call("POST", f"/api/v1/links/{LINK.name}/resync")
        with suppress(AssertionError):  # told by what differs
            wait_for(lambda: not ledger.strangers(self.product), WAIT_S, "the rooms are as the PMS says")


def price(talk_seconds: int) -> int:
    """By the tariffs above."""
    return CONNECTION + PER_SECOND * talk_seconds


def hotel() -> Hotel:
    """Each room that calls has a company line, and there are two more: a line rests after a call."""
    return replace(Hotel.of_rooms(ROOMS, operators=1, fxo=CALLERS + 2), pms=(LINK,))


def run(kills: int, seed: int, tell: Callable[[str], None] = print) -> list[str]:
    """The faults."""
    with Product(hotel()) as product:
        charges = Charges(product, seed)
        charges.run(kills)
        for fault in charges.faults:
            tell(f"FAULT {fault}")
        states = Counter(charge["state"] for charge in ledger.charges(product.api))
        tell(f"{dict(charges.counts)}; {len(charges.answered)} answered outside; charges: {dict(states)}")
        if charges.faults:
            product.print_log()
    return charges.faults
