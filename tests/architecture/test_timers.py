"""A timer's number means one thing in the whole product."""

import importlib
import pkgutil

import firmware
from firmware.timers import TimerSpec


def test_every_timer_has_a_number_of_its_own() -> None:
    found: dict[int, TimerSpec] = {}
    for module in pkgutil.walk_packages(firmware.__path__, "firmware."):
        if not module.name.endswith("__main__"):
            named = vars(importlib.import_module(module.name)).values()
            found |= {id(value): value for value in named if isinstance(value, TimerSpec)}
    numbers = sorted(spec.number for spec in found.values())
    assert {"T301", "X1", "X21"} <= set(numbers)
    assert [number for number in set(numbers) if numbers.count(number) > 1] == []
