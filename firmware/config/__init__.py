"""The configuration file: `load(path)` gives a checked `Config`, or raises one error that names every fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from firmware.config import dialling, trunks
from firmware.config.check import CHECKS, split_address
from firmware.config.decode import Fault, decode
from firmware.config.lines import KeyPath, find_lines, line_of
from firmware.config.schema import AnalogTrunk, Config, SipTrunk
from firmware.errors import ConfigError

__all__ = [
    "AnalogTrunk", "Config", "ConfigFaultsError", "SipTrunk", "load", "loads", "not_served", "notices", "split_address",
]  # fmt: skip


class ConfigFaultsError(ConfigError):
    """Every fault of one file; the text has one line for each: file:line: key: what; allowed: what instead."""

    def __init__(self, file: str, faults: Sequence[Fault], lines: dict[KeyPath, int]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(_sentence(file, fault, lines) for fault in faults))


def load(path: Path) -> Config:
    """Read and check a file. Raises ConfigError with all of its faults."""
    try:
        text = path.read_bytes().decode("utf-8-sig")  # some editors begin a file with a byte order mark
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8: byte {error.start} is wrong") from error
    return loads(text, str(path))


def loads(text: str, file: str = "hotel.toml") -> Config:
    """Check a document; `file` is only for the messages. Raises ConfigError with all of its faults."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        raise ConfigError(f"{file}{':' + place[1] if place else ''}: is not TOML: {error}") from error
    except RecursionError:
        raise ConfigError(f"{file}: is nested far too deeply") from None
    faults: list[Fault] = []
    config = decode(Config, raw, faults)
    if config is not None:
        faults.extend(_further_faults(config, faults))
    if faults or config is None:
        lines = find_lines(text)
        raise ConfigFaultsError(file, sorted(faults, key=lambda fault: line_of(lines, fault.path) or 0), lines)
    return config


def _further_faults(config: Config, found: Sequence[Fault]) -> list[Fault]:
    """What the shape does not tell. Where it has faults itself, each check goes as far as it can."""
    further: list[Fault] = []
    known = {fault.path for fault in found}
    for look in CHECKS:
        try:
            further.extend(fault for fault in look(config) if fault.path not in known)
        except (TypeError, AttributeError, KeyError, ValueError):
            if not found:
                raise
    return further


def notices(config: Config) -> Iterator[str]:
    """What is allowed but should be known: numbers that must wait, a lifeline that leads nowhere, no way outside."""
    yield from dialling.notices(config)
    yield from trunks.notices(config)
    if config.board.lifeline is not None and not config.board.ports("fxo"):
        yield f"board.lifeline: {config.board.lifeline} would be joined to fxo/1, and the board has no fxo socket"
    yield from _nobody_rings(config)
    used = {extension.port for extension in config.extensions}
    idle = [port for port in config.board.ports("fxs") if port not in used]
    if idle:
        yield f"no extension uses {', '.join(idle)}"


def _nobody_rings(config: Config) -> Iterator[str]:
    telephones = [extension for extension in config.extensions if extension.port is not None]
    if any(extension.operator for extension in telephones):
        return
    for_emergency = "the staff's telephones ring for an emergency"
    if not any(extension.kind == "staff" for extension in telephones):
        for_emergency = "nobody for an emergency either: there is only an alarm"
    yield f"no telephone has operator = true: nobody rings for the reception's number, and {for_emergency}"


def not_served(config: Config) -> tuple[str, ...]:
    """What this file asks for and this version only decodes; the start says so."""
    others = [trunk for trunk in config.trunks if not isinstance(trunk, AnalogTrunk)]
    found = [f'trunk "{trunk.name}" ({trunk.__struct_config__.tag} trunks)' for trunk in others]
    found += [f"extension {entry.number} (SIP telephones)" for entry in config.extensions if entry.port == "sip"]
    found += ["sip (the SIP edge)"] if config.sip else []
    return tuple(found)


def _sentence(file: str, fault: Fault, lines: dict[KeyPath, int]) -> str:
    line = line_of(lines, fault.path)
    place = f"{file}:{line}" if line else file
    allowed = f"; allowed: {fault.allowed}" if fault.allowed else ""
    return f"{place}: {fault.key}: {fault.text}{allowed}"
