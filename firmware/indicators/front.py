"""What the front of the box shows: what voice says, what the button wants, or that voice is dead. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from boardsupport.button import Press
from boardsupport.leds import Light
from firmware.indicators.address_code import AddressCode
from firmware.indicators.table import ADDRESS_LED, Shown, light_of

Wish: TypeAlias = Literal["reset"]
"""What the button asks of others."""

VOICE_SILENT_S = 1.0
"""Voice speaks four times a second while it serves."""
STARTS_WITHIN_S = 30.0
"""After the start voice may be awaited for so long, until it has spoken once."""
TEST_S = 2.0
ADDRESS_AFTER_S = 3.0
RESET_AFTER_S = 10.0
STARTING: Shown = {"power": "on", "system": "starting"}
VOICE_DEAD: Shown = {"power": "on", "system": "voice-dead", "alarm": "waiting"}


class Front:
    """Takes what is heard of voice and of the button. `address`: the box's IPv4 address now, if it has one."""

    def __init__(self, address: Callable[[], str | None], now_s: float) -> None:
        self._address = address
        self._began_s = now_s
        self._told: Shown = {}
        self._told_s: float | None = None
        self._test_until_s = 0.0
        self._code: AddressCode | None = None
        self._press_ends_code = False
        self._reset_told = False

    def hear(self, told: Shown, now_s: float) -> None:
        """Voice lives, and wants this shown."""
        self._told, self._told_s = told, now_s

    def press(self, press: Press, now_s: float) -> None:
        """The button: down lights all LEDs for two seconds; up after three ends in the address, unless it was read."""
        if press.change == "down":
            self._press_ends_code, self._code = self._code is not None, None
            self._reset_told = False
            self._test_until_s = 0.0 if self._press_ends_code else now_s + TEST_S
        elif not self._press_ends_code and ADDRESS_AFTER_S <= press.held_s < RESET_AFTER_S:
            self._code = AddressCode(self._address(), now_s)

    def hold(self, held_s: float) -> Wish | None:
        """The button is down for so long; what it asks, once for each press."""
        if held_s < RESET_AFTER_S or self._reset_told:
            return None
        self._reset_told = True
        return "reset"

    def shown(self, held_s: float, now_s: float) -> Mapping[str, Light] | None:
        """Each LED's light; None: every LED in all its colours."""
        if now_s < self._test_until_s:
            return None
        if ADDRESS_AFTER_S <= held_s < RESET_AFTER_S and not self._press_ends_code:
            return {}  # all dark says: let go now
        lights = {led: light for led, state in self._state(now_s).items() if (light := light_of(led, state))}
        lit = None if self._code is None else self._code.lit(now_s)
        if lit is None:
            self._code = None
            return lights
        return {**lights, ADDRESS_LED: Light("green", "on" if lit else "off")}

    def _state(self, now_s: float) -> Shown:
        if self._told_s is None:
            return STARTING if now_s - self._began_s < STARTS_WITHIN_S else VOICE_DEAD
        return self._told if now_s - self._told_s < VOICE_SILENT_S else VOICE_DEAD
