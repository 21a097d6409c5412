"""`make soak SOAK_ARGS="--listen 10"`: calls outside that must stand, whatever is heard on them, and must end in time.

Two company lines of each way to tell an answer carry calls out. For so many minutes the far end, the guest, or both at
once speak, make music, or send a fax's tones (`programme.py`); no call may end. Then each way of clearing must free
each line in its time.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from tests.harness import Product, wait_for
from tests.hotel import Hotel
from tests.scenario.conftest import settle
from tests.scenario.talking import connected, hang_up, lift_and_dial, line_with, may_call_out
from tests.soak.programme import Programme

COUNTRIES = {"pl": "2212345", "us": "121266401"}
"""With the beginning of a number there, to which two digits are added."""
ANSWERS = ("reversal", "ringback-end", "timer")
LINES = 2 * len(ANSWERS)
SCENE_S = 20
CLEARED_WITHIN_S = {"reversal": 5.0, "loop-break": 5.0, "busy-tone": 5.0, "congestion-tone": 5.0, "dial-tone": 12.0}
"""Ways in which an exchange tells that the far end has gone, and how soon each must free the line."""
RELEASE_S = 0.8
"""So long after the line is on-hook the exchange takes it to be free."""
LATEST_S = 40.0


@dataclass(frozen=True)
class Standing:
    """A call out of a telephone, by a line that tells the answer so."""

    phone: int
    number: str
    line: str
    answer: str


class Listening:
    """The calls of one country's hotel."""

    def __init__(self, product: Product) -> None:
        self.faults: list[str] = []
        self._product = product
        self._bench = product.bench
        self._country = product.hotel.country
        self._calls: list[Standing] = []

    def run(self, minutes: float) -> None:
        """Listen, then clear in each way."""
        self._place()
        self._listen(max(1, round(minutes * 60 / SCENE_S)))
        for way, within_s in CLEARED_WITHIN_S.items():
            if not self._calls:
                self._place()
            self._clear(way, within_s)

    # ---- the calls

    def _place(self) -> None:
        """Everybody calls out and is answered."""
        with ThreadPoolExecutor(LINES) as hands:
            self._calls = list(hands.map(self._call_out, range(1, LINES + 1)))
        wait_for(lambda: len(self._answered()) == LINES, LATEST_S, "all calls count as answered")

    def _call_out(self, phone: int) -> Standing:
        bench, number = self._bench, f"{COUNTRIES[self._country]}{phone:02}"
        lift_and_dial(bench, phone, f"0{number}#")
        line = line_with(bench, number, LATEST_S)
        bench.wait_digits(line, number)
        answer = self._product.hotel.answers[line]
        if answer == "ringback-end":
            bench.company(line, "alert")
            bench.wait_signal(phone, "ringback", deadline_s=LATEST_S)
        bench.company(line, "answer", reversal=answer == "reversal")
        return Standing(phone, number, line, answer)

    def _answered(self) -> set[str]:
        """Telephones whose calls count as answered."""
        return {str(call["from"]["port"]) for call in self._product.api.calls() if call["state"] == "answered"}

    # ---- listening

    def _listen(self, scenes: int) -> None:
        programme = Programme(self._country, SCENE_S)
        for scene in range(scenes):
            for place, call in enumerate(self._calls):
                far_end, guest = programme.of(scene, place)
                self._bench.speak(call.line, far_end)
                self._bench.speak(call.phone, guest)
            self._bench.wait_audio(1000 * SCENE_S)
            self._inspect(scene, programme)
            if scene % 3 == 2 or scene == scenes - 1:
                self._say(f"{len(self._calls)} of {LINES} calls stand after {(scene + 1) * SCENE_S} s")
        for call in self._calls:
            connected(self._bench, call.phone, call.line)

    def _inspect(self, scene: int, programme: Programme) -> None:
        """A call that has ended is a fault, and is listened to no more."""
        answered, lines = self._answered(), self._bench.world()["lines"]
        for place, call in enumerate(list(self._calls)):
            if f"fxs/{call.phone}" in answered and lines[call.line]["seized"]:
                continue
            self._calls.remove(call)
            self._fault(call, f"the call has ended; far end and guest: {programme.names(scene, place)}")

    # ---- clearing

    def _clear(self, way: str, within_s: float) -> None:
        """The far ends hang up in this way; everything is idle afterwards."""
        took = self._time_clearing(way)
        for call in self._calls:
            if took[call.line] > within_s:
                self._fault(call, f"{way} has freed the line after {took[call.line]:.1f} s; allowed: {within_s:g} s")
        self._say(f"{way}: " + ", ".join(f"{line} {seconds:.1f} s" for line, seconds in sorted(took.items())))
        hang_up(self._bench, *(call.phone for call in self._calls))
        settle(self._product)
        for call in self._calls:
            record = self._product.api.records("&number=" + call.number)[0]
            if (record["answered_by"], record["end"]) != (call.answer, "released"):
                self._fault(call, f"recorded as {record}")
        self._calls = []

    def _time_clearing(self, way: str) -> dict[str, float]:
        """Seconds from each hang-up until its line was on-hook."""
        gone = {call.line: self._far_end_goes(call.line, way) for call in self._calls}
        took: dict[str, float] = {}
        latest = time.monotonic() + LATEST_S
        while len(took) < len(gone) and time.monotonic() < latest:
            lines, now = self._bench.world()["lines"], time.monotonic()
            took = {line: now - at - RELEASE_S for line, at in gone.items() if not lines[line]["seized"]} | took
        return {line: took.get(line, math.inf) for line in gone}

    def _far_end_goes(self, line: str, way: str) -> float:
        """When."""
        if way == "congestion-tone":
            self._bench.company(line, "hang-up", how="silent")
            self._bench.company(line, "alert", tone="congestion")
        else:
            self._bench.company(line, "hang-up", how=way)
        return time.monotonic()

    # ---- telling

    def _fault(self, call: Standing, what: str) -> None:
        self.faults.append(f"{self._country} {call.line} ({call.answer}): {what}")
        print(f"FAULT {self.faults[-1]}\n{self._product.log_end(60)}", flush=True)

    def _say(self, what: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {self._country} {what}", flush=True)


def run(country: str, minutes: float) -> list[str]:
    """The faults of one country."""
    answers = {f"fxo/{place + 1}": ANSWERS[place % len(ANSWERS)] for place in range(LINES)}
    with Product(replace(Hotel.of_rooms(LINES, country=country, fxo=LINES), answers=answers)) as product:
        for phone in product.hotel.phones[:LINES]:
            may_call_out(product.api, phone.number)
        listening = Listening(product)
        listening.run(minutes)
    return listening.faults
