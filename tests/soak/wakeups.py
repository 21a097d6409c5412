"""`make soak N=200`: around the due second of eight wake-ups something of the product dies or freezes, N times.

Guests lift and press 1, lift and press nothing, or sleep on, each at his own random instants. Every wake-up must have
rung or be told to the desk; one whose guest has heard the thanks for his key never rings again, and is `answered`; the
PMS of the bench hears of each exactly once.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.clients import RequestError
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.scenario.conftest import settle
from tests.soak.sleeper import MANNERS, Sleeper

ROOMS = 8
ATTEMPTS, RING_S, SPACING_S = 2, 5, 1
WAKEUP = f"""\
[wakeup]
attempts = {ATTEMPTS}
ring_seconds = {RING_S}
spacing_seconds = {SPACING_S}
reception_every_seconds = 3600
"""
LINK = PmsLink(link={"lr_pace_ms": 0})
ZONE = ZoneInfo("Europe/Warsaw")
BEFORE_S, AFTER_S = 2.0, 10.0
"""From so long before the due second until so long after it something happens."""
AHEAD_S = 4.0
OVER_S = 90.0
"""Until every order is settled, recovery and all attempts included."""
QUIET_S = SPACING_S + 2.0
FROZEN_S = (1.0, 8.0)
DISTURBANCES = ("supervisor", "voice", "both", "launcher", "all", "supervisor frozen", "voice frozen")
ANSWERS = {"answered": "OK", "not_answered": "NR", "busy": "BY", "error": "UR", "missed": "NR"}
"""What the PMS is told of each state in which a wake-up ends."""
TELL_EVERY = 10


@dataclass(frozen=True)
class Order:
    """A wake-up of this turn."""

    id: str
    room: str
    sleeper: Sleeper


class Wakeups:
    """One product of which something dies again and again while guests are woken."""

    def __init__(self, product: Product, seed: int, tell: Callable[[str], None]) -> None:
        self.product = product
        self._tell = tell
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._pms = product.bench.pms()
        self._chance = random.Random(seed)

    def run(self, turns: int) -> None:
        """So many disturbances, and what must hold after each."""
        self._pms.wait_alive()
        for phone in self.product.hotel.phones[:ROOMS]:
            self._pms.check_in(phone.number, name=f"Guest {phone.number}", language="en")
        wait_for(self._everybody_is_in, 10, "the guests are in")
        thanks = self._thanks()
        for turn in range(turns):
            what = self._chance.choice(DISTURBANCES)
            faults = [f"turn {turn}, {what}: {fault}" for fault in self._turn(what, thanks)]
            for fault in faults:
                self._tell(f"FAULT {fault}")
            self.faults += faults
            self.counts[what] += 1
            if turn % TELL_EVERY == TELL_EVERY - 1:
                print(f"{time.strftime('%H:%M:%S')} {dict(self.counts)}, faults {len(self.faults)}", flush=True)

    def _everybody_is_in(self) -> bool:
        rooms = self.product.api.get("/rooms?limit=1000")["items"]
        return sum(bool(room["guests"]) for room in rooms) >= ROOMS

    def _thanks(self) -> bytes:
        """What a guest hears after his key, once it is made."""
        path = "/api/v1/prompts/en/wakeup-confirmed"
        wait_for(lambda: self.product.api.raw("GET", path).status == 200, 120, "the thanks are spoken")
        return self.product.api.raw("GET", path).body

    # -------------------------------------------------------------------------------------------------------- a turn

    def _turn(self, what: str, thanks: bytes) -> list[str]:
        """Order, disturb, wait until all is over; the faults."""
        self._pms.do("reset-counts")
        due = datetime.now(ZONE).replace(microsecond=0) + timedelta(seconds=AHEAD_S)
        orders = self._order(due, thanks)
        end = threading.Event()
        with ThreadPoolExecutor(ROOMS) as people:
            lives = [people.submit(order.sleeper.live, due.timestamp(), end) for order in orders]
            try:
                self._disturb(what, due.timestamp() + self._chance.uniform(-BEFORE_S, AFTER_S))
                self._wait_over(orders)
                time.sleep(QUIET_S)  # who is rung again without need would be so within this time
            finally:
                end.set()
        faults = [fault for life in lives for fault in life.result()]
        faults += [fault for order in orders for fault in self._faults_of(order, due)]
        faults += [f"violates the protocol: {each}" for each in self._pms.view()["violations"]]
        self._come_to_rest()
        return faults

    def _order(self, due: datetime, thanks: bytes) -> list[Order]:
        phones = self.product.hotel.phones[:ROOMS]
        rooms, at = [phone.number for phone in phones], due.strftime("%Y-%m-%dT%H:%M:%S")
        made = self.product.api.call("POST", "/api/v1/wakeups", {"rooms": rooms, "at": at})["items"]
        ids = {order["room"]: order["id"] for order in made}
        return [Order(ids[room], room, self._sleeper(number, thanks)) for number, room in enumerate(rooms, 1)]

    def _sleeper(self, phone: int, thanks: bytes) -> Sleeper:
        chance = random.Random(self._chance.random())
        return Sleeper(self.product.bench, phone, chance.choice(MANNERS), chance, thanks)

    def _disturb(self, what: str, at: float) -> None:
        time.sleep(max(0.0, at - time.time()))
        role, _, freezes = what.partition(" ")
        if freezes:
            with self.product.frozen(role):
                time.sleep(self._chance.uniform(*FROZEN_S))
            return
        roles = {"both": ("supervisor", "voice"), "all": ("launcher", "supervisor", "voice")}
        for each in roles.get(what, (what,)):
            self.product.kill(each)
        if "launcher" in roles.get(what, (what,)):
            time.sleep(self._chance.uniform(0.0, 2.0))
            self.product.start(wait=False)

    def _wait_over(self, orders: list[Order]) -> None:
        """Every wake-up has come to its end, and the PMS was told."""
        self.product.wait_ready()
        with suppress(AssertionError):  # told by what differs
            wait_for(lambda: all(self._state(order) in ANSWERS for order in orders), OVER_S, "all is over", 0.3)
            wait_for(lambda: not self.product.api.get("/links")["items"][0]["outbox"], 20, "the PMS is told", 0.3)

    def _state(self, order: Order) -> str:
        with suppress(OSError, RequestError):
            return str(self.product.api.get(f"/wakeups/{order.id}")["state"])
        return ""

    def _come_to_rest(self) -> None:
        """Nobody is asked for any more, and everything is as before."""
        for alarm in self.product.api.alarms():
            if alarm["acknowledged"] is None:
                self.product.api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge")
        settle(self.product, 60)
        self._pms.wait_alive(60)

    # ------------------------------------------------------------------------------------------------ what must hold

    def _faults_of(self, order: Order, due: datetime) -> list[str]:
        found = self.product.api.get(f"/wakeups/{order.id}")
        state, sleeper = found["state"], order.sleeper
        self.counts[f"state {state}"] += 1
        self.counts["thanked"] += sleeper.thanked
        faults = []
        if state not in ANSWERS:
            faults.append("is not over")
        if sleeper.thanked and state != "answered":
            faults.append("was confirmed")
        if state == "answered" and not sleeper.pressed:
            faults.append("nobody has pressed a key")
        if state != "answered" and not self._is_told(order.room):
            faults.append("nobody was told")
        if state == "answered" and not sleeper.rings:
            faults.append("has not rung")
        if not all(attempt["ended"] for attempt in found["attempts"]):
            faults.append("an attempt has no end")
        told = self._told_to_the_pms(order.room, due)
        if told != [ANSWERS.get(state)]:
            faults.append(f"the PMS was told {told}")
        return [f"room {order.room} {state}, {fault}: {sleeper}, {found['attempts']}" for fault in faults]

    def _is_told(self, room: str) -> bool:
        alarms = self.product.api.standing_alarms("wakeup-failed")
        return any(alarm["subject"] == room and alarm["acknowledged"] is None for alarm in alarms)

    def _told_to_the_pms(self, room: str, due: datetime) -> list[str]:
        """The answers of the WAs of this wake-up."""
        marks = {f"RN{room}", f"DA{due:%y%m%d}", f"TI{due:%H%M%S}"}
        records = [entry["text"].split("|") for entry in self._pms.view()["records"] if entry["way"] == "in"]
        answers = [fields for fields in records if fields[0] == "WA" and marks <= set(fields)]
        return [field[2:] for fields in answers for field in fields if field.startswith("AS")]


def hotel() -> Hotel:
    """Rooms with a telephone each, a desk, and a PMS that wants to know."""
    return replace(Hotel.of_rooms(ROOMS, operators=1), pms=(LINK,), more=WAKEUP)


def run(turns: int, seed: int, tell: Callable[[str], None] = print) -> list[str]:
    """The faults."""
    with Product(hotel()) as product:
        wakeups = Wakeups(product, seed, tell)
        wakeups.run(turns)
        tell(f"{dict(wakeups.counts)}")
        if wakeups.faults:
            product.print_log()
    return wakeups.faults
