"""Clients of the bench and of the front desk's API, over the standard library alone."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.audio import RATE_HZ, Samples, read_wav, write_wav

Json = Any


@dataclass(frozen=True)
class Answer:
    """An HTTP answer as it came."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Json:
        return json.loads(self.body)


class RequestError(AssertionError):
    """The server refused a request that the test expected to succeed."""

    def __init__(self, what: str, answer: Answer) -> None:
        super().__init__(f"{what}: {answer.status} {answer.body[:400]!r}")
        self.status = answer.status


class Http:
    """JSON over HTTP, a connection for each request."""

    def __init__(self, host: str, port: int, headers: dict[str, str] | None = None) -> None:
        self._host, self._port, self._headers = host, port, headers or {}

    def raw(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/json",
        timeout_s: float = 60,
        accept: str | None = None,
    ) -> Answer:
        """One request on a connection of its own. Raises OSError if nobody listens."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=timeout_s)
        try:
            headers = dict(self._headers) if accept is None else {**self._headers, "Accept": accept}
            if body is not None:
                headers["Content-Type"] = kind
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.read(), {k.lower(): v for k, v in response.getheaders()})
        except http.client.HTTPException as error:
            raise ConnectionError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()

    def call(self, method: str, path: str, value: Json = None, timeout_s: float = 60) -> Json:
        """A request with a JSON body that must succeed; the JSON of its answer, or None where there is none."""
        body = None if value is None else json.dumps(value).encode()
        answer = self.raw(method, path, body, timeout_s=timeout_s)
        if not 200 <= answer.status < 300:
            raise RequestError(f"{method} {path}", answer)
        return answer.json if answer.body else None


class Bench(Http):
    """The world outside the box. Telephones by port ("fxs/1"), or by their number alone (1); company lines by port."""

    @staticmethod
    def port(phone: str | int) -> str:
        return f"fxs/{phone}" if isinstance(phone, int) else phone

    def _phone(self, phone: str | int, verb: str = "") -> str:
        port = self.port(phone)
        place = "lines" if port.startswith("fxo/") else "phones"
        return f"/bench/{place}/{port}" + (f"/{verb}" if verb else "")

    def world(self) -> Json:
        return self.call("GET", "/bench")

    def phone(self, phone: str | int) -> Json:
        return self.call("GET", self._phone(phone))

    def off_hook(self, phone: str | int) -> None:
        self.call("POST", self._phone(phone, "off-hook"))

    def on_hook(self, phone: str | int) -> None:
        self.call("POST", self._phone(phone, "on-hook"))

    def flash(self, phone: str | int, ms: int = 300) -> None:
        self.call("POST", self._phone(phone, "flash"), {"ms": ms})

    def dial(self, phone: str | int, digits: str, **how: Json) -> None:
        """Answers when the last digit is out."""
        self.call("POST", self._phone(phone, "dial"), {"digits": digits, **how}, timeout_s=120)

    def play_tone(self, phone: str | int, hz: float, dbm0: float, ms: int, wait: bool = False) -> Json:
        path = self._phone(phone, "play") + ("?wait=1" if wait else "")
        return self.call("POST", path, {"tone_hz": hz, "dbm0": dbm0, "ms": ms}, timeout_s=30 + ms / 1000)

    def speak(self, phone: str | int, samples: Samples, wait: bool = False) -> Json:
        """Speak recorded samples into the handset."""
        path = self._phone(phone, "play") + ("?wait=1" if wait else "")
        answer = self.raw("POST", path, write_wav(samples), "audio/wav", timeout_s=30 + len(samples) / RATE_HZ)
        if answer.status != 200:
            raise RequestError(path, answer)
        return answer.json

    def heard(self, phone: str | int, ms: int) -> Samples:
        """What the earpiece received in the last `ms`."""
        return self.heard_until(phone, ms)[0]

    def heard_until(self, phone: str | int, ms: int) -> tuple[Samples, int]:
        """The same, and when it ends by the highway's time, in milliseconds, to a block."""
        answer = self.raw("GET", self._phone(phone, "audio.wav") + f"?ms={ms}")
        if answer.status != 200:
            raise RequestError("audio.wav", answer)
        return read_wav(answer.body), int(answer.headers["ends-at-ms"])

    def hearing(self, phone: str | int) -> Json:
        return self.phone(phone)["hearing"]

    def power(self, on: bool) -> None:
        self.call("POST", "/bench/power", {"state": "on" if on else "off"})

    def fault(self, phone: str | int, kind: str) -> None:
        self.call("POST", f"/bench/ports/{self.port(phone)}/fault", {"kind": kind})

    def company(self, line: str, verb: str, **fields: Json) -> Json:
        """What the telephone company's side does at its end of "fxo/1"; the line."""
        return self.call("POST", self._phone(line, verb), fields)

    def wait_line(self, line: str, deadline_s: float = 10, **fields: Json) -> Json:
        """Until the company line's fields have these values; the line."""
        return self.wait_phone(line, deadline_s, **fields)

    def wait_digits(self, line: str, digits: str, deadline_s: float = 10) -> Json:
        """Until the exchange has exactly these digits, and none after them for a second; the line. Those of a call that
        is over stand there until the line is seized again."""
        self.wait_line(line, deadline_s, seized=True, digits=digits)
        self.wait_audio(1000)
        seen = self.phone(line)
        assert seen["digits"] == digits, seen
        return seen

    def leds(self) -> Json:
        return self.call("GET", "/bench/leds")

    def press_button(self, ms: int) -> None:
        """The button of the box; answers when it is let go."""
        self.call("POST", "/bench/button", {"press_ms": ms}, timeout_s=30 + ms / 1000)

    def wait_led(self, led: str, color: str, state: str, hz: float | None = None, deadline_s: float = 15) -> Json:
        """Until the LED has this colour and state, and blinks about so often each second."""
        end = time.monotonic() + deadline_s
        while True:
            seen = self.leds()[led]
            paced = hz is None or (seen["hz"] is not None and abs(seen["hz"] - hz) <= hz / 4)
            if (seen["color"], seen["state"]) == (color, state) and paced:
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"{led}: not within {deadline_s} s: {color} {state} {hz}; it is {seen}")
            time.sleep(0.05)

    def pms(self, name: str | int = 0) -> Pms:
        """One of the bench's PMS, by name or by its place in the configuration."""
        return Pms(self, name)

    def highway(self) -> Json:
        return self.world()["highway"]

    # ---------------------------------------------------------------------------------- waiting, with a deadline

    def wait_phone(self, phone: str | int, deadline_s: float = 10, **fields: Json) -> Json:
        """Until the telephone's fields have these values; the telephone."""
        return self._wait(phone, deadline_s, lambda seen: all(seen[k] == v for k, v in fields.items()), str(fields))

    def wait_signal(self, phone: str | int, *signals: str, deadline_s: float = 20) -> str:
        """Until the telephone hears one of these signals; which."""
        seen = self._wait(phone, deadline_s, lambda seen: seen["hearing"]["signal"] in signals, f"hears {signals}")
        return str(seen["hearing"]["signal"])

    def wait_now(self, phone: str | int, sound: str, deadline_s: float = 10) -> None:
        """Until the last 200 ms are this sound."""
        self._wait(phone, deadline_s, lambda seen: seen["hearing"]["now"] == sound, f"now hears {sound}")

    def wait_ringing(self, phone: str | int, deadline_s: float = 10) -> Json:
        return self.wait_phone(phone, deadline_s, ringing=True)

    def wait_quiet(self, phone: str | int, deadline_s: float = 30) -> None:
        """Until it rings no more, which a telephone knows after the longest pause of a cadence (5.5 s of audio)."""
        self.wait_phone(phone, deadline_s, ringing=False)

    def wait_audio(self, ms: int) -> None:
        """Until the highway has moved on by that much audio."""
        start = self.highway()["blocks"]
        end = time.monotonic() + 5 * ms / 1000 + 10
        while self.highway()["blocks"] < start + ms / 10:
            assert time.monotonic() < end, "the highway stands still"
            time.sleep(0.02)

    def _wait(self, phone: str | int, deadline_s: float, wanted: Any, what: str) -> Json:
        end = time.monotonic() + deadline_s
        while True:
            seen = self.phone(phone)
            if wanted(seen):
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"{self.port(phone)}: not within {deadline_s} s: {what}; it is {seen}")
            time.sleep(0.02)


class Pms:
    """The hotel's system at the far end of a PMS link, worked by its clerk; verbs answer with what was sent."""

    def __init__(self, bench: Bench, name: str | int) -> None:
        self._bench, self._path = bench, f"/bench/pms/{name}"

    def view(self) -> Json:
        return self._bench.call("GET", self._path)

    def do(self, verb: str, **fields: Json) -> Json:
        """Any verb of the bench's API, as `do("wake-up", room="203", time="06:45")`; its answer."""
        return self._bench.call("POST", f"{self._path}/{verb}", fields)

    def check_in(self, room: str, **guest: Json) -> Json:
        """`guest`: key, name, first_name, language, vip, class, shared, ..."""
        return self.do("check-in", room=room, **guest)

    def check_out(self, room: str, **more: Json) -> Json:
        return self.do("check-out", room=room, **more)

    def move(self, source: str, target: str, **more: Json) -> Json:
        return self.do("move", **{"from": source, "to": target, **more})

    def answers(self, *following: str, **more: Json) -> None:
        """How the next charges are answered: "lose", "late", "cut", "OK", "NG", ..."""
        self.do("answers", next=list(following), **more)

    def link(self, state: str) -> Json:
        """cut, refuse, open, silent, end."""
        return self.do("link", state=state)

    def room(self, room: str) -> Json:
        return self.view()["rooms"][room]

    def postings(self) -> list[Json]:
        """Every charge that was booked."""
        found: list[Json] = []
        while page := self._bench.call("GET", f"{self._path}/postings?after={len(found)}")["items"]:
            found += page
        return found

    def assert_no_violations(self) -> None:
        """The product has kept to the protocol."""
        assert self.view()["violations"] == []

    def wait(self, wanted: Callable[[Json], Any], deadline_s: float = 10, what: str = "the PMS") -> Json:
        """Until its view is as wanted; the view."""
        end = time.monotonic() + deadline_s
        while True:
            seen = self.view()
            if wanted(seen):
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"not within {deadline_s} s: {what}; it is {seen}")
            time.sleep(0.02)

    def wait_alive(self, deadline_s: float = 15) -> Json:
        return self.wait(lambda seen: seen["state"] == "alive", deadline_s, "the PMS link is alive")

    def wait_booked(self, count: int, deadline_s: float = 15) -> list[Json]:
        """Until so many charges are booked; all of them."""
        self.wait(lambda seen: seen["booked"] >= count, deadline_s, f"{count} charges are booked")
        return self.postings()


class Api(Http):
    """The front desk's API, with a program's token."""

    def __init__(self, host: str, port: int, token: str) -> None:
        super().__init__(host, port, {"Authorization": f"Bearer {token}"})

    def get(self, path: str) -> Json:
        return self.call("GET", f"/api/v1{path}")

    def health(self) -> Json:
        return self.get("/health")

    def lines(self) -> dict[str, Json]:
        """The lines by port."""
        return {line["port"]: line for line in self.get("/lines?limit=1000")["items"]}

    def line(self, phone: str | int) -> Json:
        return self.lines()[Bench.port(phone)]

    def calls(self) -> list[Json]:
        items: list[Json] = self.get("/calls?limit=1000")["items"]
        return items

    def records(self, query: str = "") -> list[Json]:
        items: list[Json] = self.get("/call-records?limit=1000" + query)["items"]
        return items

    def alarms(self) -> list[Json]:
        items: list[Json] = self.get("/alarms?limit=1000")["items"]
        return items

    def standing_alarms(self, kind: str) -> list[Json]:
        """Alarms of that kind whose cause is still there."""
        return [alarm for alarm in self.alarms() if alarm["kind"] == kind and alarm["cleared"] is None]
