"""The numbers that people dial: which collide, and which must wait because another begins with them."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.decode import Fault
from firmware.config.lines import KeyPath
from firmware.config.schema import Config
from firmware.timers import T302


def faults(config: Config) -> Iterator[Fault]:
    """Duplicates, and collisions with emergency numbers and the outside prefix."""
    taken: dict[str, str] = {}
    for path, number, what in _numbers(config):
        if number in taken:
            yield Fault(path, f'"{number}" is used twice: {taken[number]} has it already', "a number of its own")
        taken.setdefault(number, what)
        yield from _emergency(config, path, number, what)
        if number.startswith(config.numbers.outside_prefix):
            prefix = config.numbers.outside_prefix
            yield Fault(path, f'{what} begins with the outside prefix "{prefix}"', "a number that does not")
    prefix = config.numbers.outside_prefix
    if emergency := next((number for number in config.emergency_numbers if prefix.startswith(number)), None):
        text = f"the outside prefix {prefix} begins with the emergency number {emergency}, which never waits"
        yield Fault(("numbers", "outside_prefix"), text, "a prefix that does not")
    yield from _room_telephones(config)


def _emergency(config: Config, path: KeyPath, number: str, what: str) -> Iterator[Fault]:
    for emergency in config.emergency_numbers:
        if number == emergency:
            text = f"{what} is the emergency number {emergency}"
        elif emergency.startswith(number):
            text = f"{what} is the beginning of the emergency number {emergency}, which never waits"
        elif number.startswith(emergency):
            text = f"{what} begins with the emergency number {emergency}, which never waits: it could not be dialled"
        else:
            continue
        yield Fault(path, text, _instead(config, path, number))
        return


def _instead(config: Config, path: KeyPath, number: str) -> str:
    emergency = ", ".join(config.emergency_numbers)
    example = f'; for room {number}, number = "2{number}" and room = "{number}"' if path[0] == "extension" else ""
    return f"a number that does not begin, equal or continue one of {emergency}{example}"


def _room_telephones(config: Config) -> Iterator[Fault]:
    """`room` may not be the number of another room's telephone: people would ring the wrong one."""
    owner = {extension.number: extension for extension in config.extensions}
    for index, extension in enumerate(config.extensions):
        other = owner.get(extension.room or "")
        if other is not None and other.kind == "room" and other.room_number != extension.room:
            text = f'room "{extension.room}" is the number of the telephone of room {other.room_number}'
            yield Fault(("extension", index, "room"), text, "a room number that is nobody else's extension")


def notices(config: Config) -> Iterator[str]:
    """Each number that begins another, with the time it must wait."""
    numbers = [(number, what) for _, number, what in _numbers(config)]
    for number, what in numbers:
        longer = sorted({other for other, _ in numbers if other != number and other.startswith(number)})
        if longer:
            yield f"{what} begins {', '.join(longer)}: after {number} one waits {T302.default:g} s, or ends with #"


def _numbers(config: Config) -> Iterator[tuple[KeyPath, str, str]]:
    """Every number inside the house: key path, number, and what it is in words."""
    for index, number in enumerate(config.numbers.reception):
        yield ("numbers", "reception", index), number, f"reception's number {number}"
    for index, extension in enumerate(config.extensions):
        yield ("extension", index, "number"), extension.number, f"extension {extension.number}"
