"""Trunks: where their calls go, what may be said of their lines, and whether there is a way outside at all."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.decode import Fault
from firmware.config.lines import KeyPath
from firmware.config.schema import SILENCE, AnalogTrunk, Config, E1Trunk, SipTrunk

RECEPTION = "reception"
LEAST_SILENCE_S = 60
_KINDS = {AnalogTrunk: "fxo", E1Trunk: "e1"}
_TARGETS = "reception, or the number of an extension with a telephone"


def faults(config: Config) -> Iterator[Fault]:
    """Names used twice, ports of another kind, calls that would ring nowhere."""
    names: set[str] = set()
    for index, trunk in enumerate(config.trunks):
        path: KeyPath = ("trunk", index)
        if trunk.name in names:
            yield Fault((*path, "name"), f'"{trunk.name}" is used twice', "a name of its own")
        names.add(trunk.name)
        kind = _KINDS.get(type(trunk))
        for place, port in enumerate(() if isinstance(trunk, SipTrunk) else trunk.ports):
            if not port.startswith(f"{kind}/"):
                yield Fault((*path, "ports", place), f'"{port}" is of another kind', f"ports as {kind}/1")
        yield from _targets(config, path, trunk)
        if isinstance(trunk, AnalogTrunk):
            yield from _lines(path, trunk)


def _targets(config: Config, path: KeyPath, trunk: AnalogTrunk | E1Trunk | SipTrunk) -> Iterator[Fault]:
    telephones = {extension.number: extension.port is not None for extension in config.extensions}
    wanted = [((*path, "incoming"), trunk.incoming)]
    if isinstance(trunk, AnalogTrunk):
        wanted += [((*path, "targets", port), target) for port, target in trunk.targets.items()]
    for place, target in wanted:
        if target != RECEPTION and not telephones.get(target):
            what = "has no telephone" if target in telephones else "is no extension"
            yield Fault(place, f'"{target}" {what}', _TARGETS)
    for number, target in ({} if isinstance(trunk, AnalogTrunk) else trunk.did).items():
        if target not in telephones:
            yield Fault((*path, "did", number), f'"{target}" is no extension', "an extension's number")


def _lines(path: KeyPath, trunk: AnalogTrunk) -> Iterator[Fault]:
    for port in trunk.targets:
        if port not in trunk.ports:
            yield Fault((*path, "targets", port), "is none of this trunk's ports", ", ".join(trunk.ports))
    if 0 < trunk.silence_s < LEAST_SILENCE_S:
        yield Fault((*path, "silence_s"), f"is {trunk.silence_s}", SILENCE)


def notices(config: Config) -> Iterator[str]:
    """A house that cannot be reached or cannot reach out, and lines that nobody uses."""
    lines = [trunk for trunk in config.trunks if isinstance(trunk, AnalogTrunk)]
    if not lines:
        yield "no trunk with company lines: no calls outside, and emergency calls reach reception only"
    used = {port for trunk in lines for port in trunk.ports}
    if idle := [port for port in config.board.ports("fxo") if port not in used]:
        yield f"no trunk uses {', '.join(idle)}"
