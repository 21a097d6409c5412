"""Hotels for tests: configuration files of the shape of examples/hotel.toml."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Phone:
    """An extension on the FXS port of the same place in the list."""

    number: str
    kind: str = "room"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PmsLink:
    """A PMS link, and the PMS of the bench at its other end. `way` is the product's: tcp-client, tcp-server, serial."""

    protocol: str = "fias"
    way: str = "tcp-client"
    name: str = "front-office"
    link: dict[str, Any] = field(default_factory=dict)
    """Further keys of [[pms]]."""
    system: dict[str, Any] = field(default_factory=dict)
    """Further keys of the bench's PMS."""

    def toml(self, place: str) -> list[str]:
        """The table [[pms]]; `place` is HOST:PORT or the terminal's path."""
        key = "device" if self.way == "serial" else "address"
        lines = ["[[pms]]", _pair("name", self.name), _pair("protocol", self.protocol), _pair("transport", self.way)]
        return [*lines, _pair(key, place), *(_pair(key, value) for key, value in self.link.items())]

    def bench(self, place: str) -> str:
        """The bench's entry for its other end."""
        key = {"tcp-client": "listen", "tcp-server": "connect", "serial": "pty"}[self.way]
        place = place.rpartition("/")[2] if self.way == "serial" else place
        pairs = {"name": self.name, "protocol": self.protocol, key: place, **self.system}
        return "{ " + ", ".join(_pair(key, value) for key, value in pairs.items()) + " }"


BOTH_PROTOCOLS = (PmsLink(link={"lr_pace_ms": 0}), PmsLink(protocol="mitel", way="tcp-server", name="annex"))


@dataclass(frozen=True)
class Hotel:
    """What differs from one test's hotel to another's."""

    phones: tuple[Phone, ...]
    name: str = "Test"
    country: str = "pl"
    reception: tuple[str, ...] = ("8", "8888")
    emergency: tuple[str, ...] = ("112", "997", "998", "999")
    lifeline: str | None = None
    fxo: int = 2
    answers: dict[str, str] = field(default_factory=dict)
    """How lines tell an answer, where it is not by reversal; those of one kind are a trunk."""
    targets: dict[str, str] = field(default_factory=dict)
    """Lines whose calls in go to this extension, not to reception."""
    more: str = ""
    """TOML text at the end of the file."""
    hotel: dict[str, Any] = field(default_factory=dict)
    """Further keys of [hotel]."""
    pms: tuple[PmsLink, ...] = ()
    line_tests: str | None = None
    """The wall time of the nightly line tests; None: none, so that they meet no other test."""

    @staticmethod
    def demonstration(**changes: Any) -> Hotel:
        """The demonstration hotel's telephones: six rooms on fxs/1..6, reception on fxs/7, housekeeping on fxs/8."""
        rooms = [Phone(number, more={"floor": int(number[0])}) for number in ("101", "102", "103", "201", "202", "203")]
        staff = [
            Phone("100", "staff", {"name": "Reception", "operator": True}),
            Phone("110", "staff", {"name": "Housekeeping"}),
        ]
        return replace(Hotel((*rooms, *staff), lifeline="fxs/7"), **changes)

    @staticmethod
    def of_rooms(rooms: int, operators: int = 1, **changes: Any) -> Hotel:
        """Rooms 301, 302, ... on fxs/1 onwards, then the operators 100, 101, ..."""
        phones = [Phone(str(301 + i)) for i in range(rooms)]
        phones += [Phone(str(100 + i), "staff", {"name": f"Desk {i + 1}", "operator": True}) for i in range(operators)]
        return replace(Hotel(tuple(phones)), **changes)

    def with_phone(self, index: int, **more: Any) -> Hotel:
        """The same with further keys for the telephone on fxs/`index`."""
        phones = list(self.phones)
        phones[index - 1] = replace(phones[index - 1], more={**phones[index - 1].more, **more})
        return replace(self, phones=tuple(phones))

    def toml(self, web_port: int, bench_port: int, pms_places: Sequence[str] = ()) -> str:
        """The file; `pms_places`: HOST:PORT, or the terminal's path in the data directory, for each of `pms`."""
        sockets = ["fxs"] * len(self.phones) + ["fxo"] * self.fxo
        lines = ["[hotel]", _pair("name", self.name), _pair("country", self.country), 'time_zone = "Europe/Warsaw"']
        lines += ['language = "en"', 'currency = "EUR"', *(_pair(key, value) for key, value in self.hotel.items())]
        lines += ["[board]", 'kind = "sim"', 'revision = "sim-64"', _pair("sockets", sockets)]
        lines += [_pair("lifeline", self.lifeline)] if self.lifeline else []
        lines += ["[numbers]", 'outside_prefix = "0"', _pair("reception", list(self.reception))]
        lines += [_pair("emergency", list(self.emergency))]
        lines += ["[classes]", 'vacant = "internal"', 'occupied = "national"', 'staff = "unrestricted"']
        for index, phone in enumerate(self.phones, 1):
            lines += ["[[extension]]", _pair("number", phone.number), _pair("kind", phone.kind)]
            lines += [_pair("port", f"fxs/{index}"), *(_pair(key, value) for key, value in phone.more.items())]
        answers = {port: self.answers.get(port, "reversal") for port in (f"fxo/{i + 1}" for i in range(self.fxo))}
        for answer in dict.fromkeys(answers.values()):
            name = "city" if answer == "reversal" else answer
            ports = [port for port in answers if answers[port] == answer]
            lines += ["[[trunk]]", _pair("name", name), _pair("ports", ports)]
            lines += ['incoming = "reception"', _pair("answer", answer)]
            lines += [_pair(f'targets."{port}"', self.targets[port]) for port in ports if port in self.targets]
        lines += ["[web]", _pair("listen", f"127.0.0.1:{web_port}")]
        lines += [line for link, place in zip(self.pms, pms_places, strict=True) for line in link.toml(place)]
        lines += ["[bench]", _pair("listen", f"127.0.0.1:{bench_port}")]
        systems = [link.bench(place) for link, place in zip(self.pms, pms_places, strict=True)]
        lines += [f"pms = [{', '.join(systems)}]"] if systems else []
        at = [_pair("at", self.line_tests)] if self.line_tests else []
        lines += ["[line_tests]", _pair("nightly", bool(at)), *at]
        return "\n".join([*lines, self.more, ""])


def _pair(key: str, value: Any) -> str:
    """A key and its value in TOML, whose strings, numbers, booleans and arrays of these are written as JSON's."""
    return f"{key} = {json.dumps(value)}"
