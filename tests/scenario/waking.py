"""What scenarios of wake-ups do again and again: order them, hear what is spoken, press keys, see what came of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from firmware.ivr.phrases import Phrases
from tests.audio import RATE_HZ, Samples, read_wav
from tests.clients import Api, Bench, Json, Pms
from tests.harness import Product, wait_for
from tests.scenario.front_office import records

LANGUAGES = ("en", "vi", "ru", "pl", "zh")
ZONE = ZoneInfo("Europe/Warsaw")
RINGS_WITHIN_S = 0.5
"""On a machine that others use too; `make perf` wants 0.1 s."""
ALIKE = 0.8
"""Correlation of what is heard with what was said; another text's or language's stays far below."""
IN_PART = 0.4
"""Correlation with a long text in which the machine has left a gap: what follows the gap is behind its time."""
PIECE = RATE_HZ
"""A long text is listened to by the second, where it is not found as a whole."""
SLIP = RATE_HZ // 4
"""So far may one piece be behind or ahead of where another one puts it."""
LONGEST_MS = 59_000
MARGIN_MS = 2000
"""The highway goes on while one asks what was heard."""
OVERLAP_MS = 300
"""Listened to once more: what begins at once is not to be missed by the block that it takes to ask."""
SAMPLES_OF_MS = 8
OVER = ("answered", "not_answered", "busy", "error", "missed", "cancelled")


class Waking:
    """A house whose guests are woken: its API, the bench, and what is spoken in it, which is made by now."""

    def __init__(self, product: Product) -> None:
        self.bench: Bench = product.bench
        self.api: Api = product.api
        self._prompts: dict[str, Samples] = {}
        for language in LANGUAGES:
            wait_for(partial(self._is_made, language), 300, f"what is spoken in {language} is made", 0.5)

    def _is_made(self, language: str) -> bool:
        prompts = self.api.get(f"/prompts?language={language}&limit=1000")["items"]
        return all(prompt["seconds"] is not None for prompt in prompts)

    # ------------------------------------------------------------------------------------------------------- orders

    def order(self, *rooms: str, at: datetime | None = None, **more: Json) -> list[Json]:
        """At this time, or in three seconds; `more`: repeat, vip, ..."""
        at = at or soon()
        wanted = {"rooms": list(rooms), "at": f"{at:%Y-%m-%dT%H:%M:%S}", **more}
        return list(self.api.call("POST", "/api/v1/wakeups", wanted)["items"])

    def order_one(self, room: str, at: datetime | None = None, **more: Json) -> str:
        """Its id."""
        return str(self.order(room, at=at, **more)[0]["id"])

    def wakeup(self, wakeup: str) -> Json:
        return self.api.get(f"/wakeups/{wakeup}")

    def of_room(self, room: str, state: str = "waiting") -> list[Json]:
        """Those of a room that are in this state, the earliest first."""
        return list(self.api.get(f"/wakeups?room={room}&state={state}&limit=100")["items"])

    def wait(self, wakeup: str, *states: str, deadline_s: float = 20) -> Json:
        """Until it is in one of these states; the order."""
        return wait_for(
            lambda: seen if (seen := self.wakeup(wakeup))["state"] in states else None,
            deadline_s,
            f"wake-up {wakeup} is {' or '.join(states)}",
            every_s=0.1,
        )

    def outcomes(self, wakeup: str) -> list[str | None]:
        return [attempt["outcome"] for attempt in self.wakeup(wakeup)["attempts"]]

    # ----------------------------------------------------------------------------------------------------- telephones

    def rings_on_time(self, phone: int, due: datetime) -> None:
        """The bell begins within half a second of that time, and not before it."""
        self.bench.wait_ringing(phone, deadline_s=(due - now()).total_seconds() + 10)
        late_s = (now() - due).total_seconds()
        print(f"fxs/{phone} rings {1000 * late_s:.0f} ms after its time")
        assert 0 <= late_s <= RINGS_WITHIN_S, f"fxs/{phone} rings {late_s:.3f} s after its time"

    def lift(self, phone: int) -> Ear:
        """Lift the handset, and listen from then on."""
        ear = Ear(self, phone)
        self.bench.off_hook(phone)
        return ear

    # ---------------------------------------------------------------------------------------------------------- speech

    def prompt(self, name: str) -> Samples:
        """What is spoken for "en/wakeup-past", as the desk hears it."""
        if name not in self._prompts:
            answer = self.api.raw("GET", f"/api/v1/prompts/{name}")
            assert answer.status == 200, f"{name}: {answer.body!r}"
            self._prompts[name] = read_wav(answer.body)
        return self._prompts[name]

    # ---------------------------------------------------------------------------------------------------------- alarms

    def alarm(self, kind: str, room: str, deadline_s: float = 20) -> Json:
        """Until there is such an alarm about this room that nobody has acknowledged."""
        return wait_for(
            lambda: next((a for a in self._unacknowledged() if (a["kind"], a["subject"]) == (kind, room)), None),
            deadline_s,
            f"the alarm {kind} about {room}",
        )

    def alarms_of(self, room: str) -> list[str]:
        """The kinds of those about wake-ups that nobody has acknowledged."""
        standing = [alarm for alarm in self._unacknowledged() if alarm["subject"] == room]
        return [alarm["kind"] for alarm in standing if alarm["kind"].startswith("wakeup-")]

    def acknowledge(self, alarm: Json) -> None:
        self.api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge", {})

    def is_acknowledged(self, alarm: Json) -> bool:
        return alarm["id"] not in {each["id"] for each in self._unacknowledged()}

    def _unacknowledged(self) -> list[Json]:
        return [alarm for alarm in self.api.alarms() if alarm["acknowledged"] is None]

    def leave(self) -> None:
        """Nobody is to be woken any more, and nobody is to be told."""
        for order in self.api.get("/wakeups?limit=1000")["items"]:
            if order["state"] in ("waiting", "ringing"):
                self.api.raw("DELETE", f"/api/v1/wakeups/{order['id']}")
        for alarm in self._unacknowledged():
            if alarm["kind"].startswith("wakeup-"):
                self.acknowledge(alarm)


class Ear:
    """What is heard at a telephone, or at the far end of a company line, from now on."""

    def __init__(self, house: Waking, phone: int | str) -> None:
        self._house = house
        self._phone = phone
        self._since_ms = house.bench.heard_until(phone, 10)[1]

    def hears(self, *names: str, deadline_s: float = 20) -> None:
        """Until these prompts have been spoken whole and in this order; what comes next is listened to from there."""
        for name in names:
            self._hear(self._house.prompt(name), name, deadline_s)

    def begins(self, name: str, deadline_s: float = 20) -> None:
        """Until the beginning of this prompt has been spoken: a key can be pressed now."""
        self._hear(self._house.prompt(name)[:RATE_HZ], name, deadline_s)

    def _hear(self, said: Samples, name: str, deadline_s: float) -> None:
        end = time.monotonic() + deadline_s + len(said) / RATE_HZ
        while True:
            heard, until_ms = self._heard()
            likeness, at = best(said, heard)
            if likeness >= ALIKE or (likeness >= IN_PART and in_pieces(said, heard, at)):
                self._since_ms = until_ms - (len(heard) - at - len(said)) // SAMPLES_OF_MS
                return
            assert time.monotonic() < end, f"{self._phone} does not hear {name} ({likeness:.2f})"
            time.sleep(0.2)

    def _heard(self) -> tuple[Samples, int]:
        """The recording since what was heard last, and when it ends."""
        ms = MARGIN_MS
        while True:
            heard, until_ms = self._house.bench.heard_until(self._phone, min(ms, LONGEST_MS))
            wanted_ms = until_ms - self._since_ms + OVERLAP_MS
            if ms >= min(wanted_ms, LONGEST_MS):
                return heard[-wanted_ms * SAMPLES_OF_MS :], until_ms
            ms = wanted_ms + MARGIN_MS


def best(said: Samples, heard: Samples) -> tuple[float, int]:
    """The greatest normalised correlation, and where in `heard` it is."""
    if len(heard) < len(said):
        return 0.0, 0
    source, ear = said.astype(np.float64), heard.astype(np.float64)
    size = 1 << int(np.ceil(np.log2(len(source) + len(ear))))
    spectrum = np.fft.rfft(ear, size) * np.conj(np.fft.rfft(source, size))
    correlation = np.abs(np.fft.irfft(spectrum, size)[: len(ear) - len(source) + 1])
    energy = np.concatenate([[0.0], np.cumsum(np.square(ear))])
    local = np.sqrt(np.maximum(energy[len(source) :] - energy[: -len(source)], 1.0))
    likeness = correlation / (local * np.linalg.norm(source) + 1.0)
    at = int(np.argmax(likeness))
    return float(likeness[at]), at


def in_pieces(said: Samples, heard: Samples, at: int) -> bool:
    """Whether this was spoken whole from `at` on, but for a gap in at most a quarter of its seconds."""
    parts = max(1, len(said) // PIECE)
    damaged = 0
    for part in range(parts):
        begin, end = part * PIECE, (part + 1) * PIECE if part + 1 < parts else len(said)
        near = heard[max(0, at + begin - SLIP) : at + end + SLIP]
        damaged += best(said[begin:end], near)[0] < ALIKE
    return 4 * damaged <= parts


# ----------------------------------------------------------------------------------------------------------------- time


def now() -> datetime:
    """The hotel's clock."""
    return datetime.now(ZONE)


def soon(seconds: float = 3) -> datetime:
    """A full second of the hotel's clock, that many or a little less from now."""
    return (now() + timedelta(seconds=seconds)).replace(microsecond=0)


def next_minute(ahead_s: float) -> datetime:
    """The first full minute that is at least so far ahead."""
    return (now() + timedelta(seconds=ahead_s + 60)).replace(second=0, microsecond=0)


def await_one_day(seconds: float = 90) -> None:
    """Until so many seconds are left of the hotel's day: today and tomorrow are the same ones throughout a test."""
    wait_for(lambda: now().date() == (now() + timedelta(seconds=seconds)).date(), seconds + 10, "midnight is over", 0.5)


# --------------------------------------------------------------------------------------------------------------- words


def date_and_time(language: str, at: datetime) -> list[str]:
    """How it is read back."""
    phrases = Phrases(language)  # type: ignore[arg-type]
    return [*phrases.date(at.date()), *phrases.time(at.time())]


def greeting(language: str, at: datetime, keys: str = "wakeup-keys-later") -> list[str]:
    """What a guest hears who is woken at this time."""
    phrases = Phrases(language)  # type: ignore[arg-type]
    time_is, asked = phrases.prompt("wakeup-time-is"), phrases.prompt(keys)
    return [phrases.greeting(at.time()), time_is, *phrases.time(at.time()), asked]


def digits(language: str, number: str) -> list[str]:
    return list(Phrases(language).digits(number))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------------- the PMS


def wake_records(pms: Pms, way: str, room: str, *kinds: str) -> list[str]:
    """WR, WC and WA of a room that have passed; "in" came from the product."""
    return [text for text in records(pms, way, *kinds) if f"|RN{room}|" in text]


def fias(kind: str, room: str, at: datetime, status: str | None = None) -> str:
    """A record about a wake-up."""
    end = "" if status is None else f"AS{status}|"
    return f"{kind}|RN{room}|DA{at:%y%m%d}|TI{at:%H%M%S}|{end}"


def wait_answered(pms: Pms, room: str, wanted: Iterable[str], deadline_s: float = 15) -> None:
    """Until the PMS has had exactly these answers about the room's wake-ups."""
    expected = list(wanted)
    wait_for(lambda: wake_records(pms, "in", room, "WA") == expected, deadline_s, f"{expected} is told")
