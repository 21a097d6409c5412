"""What the ports report, as inputs of the endpoints' machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from boardsupport.fxo import (
    FeedBack,
    FeedLost,
    FxoEvent,
    InUse,
    PolarityChanged,
    Released,
    RingingStopped,
    Seized,
)
from boardsupport.port import (
    BreakBegan,
    CallerIdWindow,
    Fault,
    Flashed,
    InService,
    Lifted,
    OutOfService,
    PortEvent,
    PulseDigit,
    Replaced,
    RingBurst,
)
from firmware.log import Log
from firmware.voice.endpoint import Endpoint
from firmware.voice.telephone import Input, Telephone
from firmware.voice.trunk import Trunk
from firmware.voice.trunk_table import Input as TrunkInput

LineEvent: TypeAlias = PortEvent | FxoEvent

log = Log("voice")


def telephone_event(telephone: Telephone, event: LineEvent) -> None:
    """Hand an event of a telephone's port to its machine."""
    action = _TELEPHONE.get(type(event))
    if action is not None:
        action(telephone, event)


def trunk_event(trunk: Trunk, event: LineEvent) -> None:
    """Hand an event of a company line's port to its machine."""
    action = _TRUNK.get(type(event))
    if action is not None:
        action(trunk, event)


def _in_service(endpoint: Endpoint, event: InService) -> None:
    log.info("in-service", endpoint=endpoint.name, cold=event.cold, off_hook=event.off_hook)


def _out_of_service(endpoint: Endpoint, event: OutOfService) -> None:
    log.warning("out-of-service", endpoint=endpoint.name, why=event.text)


def _fault(endpoint: Endpoint, event: Fault) -> None:
    endpoint.set_alarm(event.kind, event.raised, event.text, event.at_ns)


# -------------------------------------------------------------------------------------------------------- telephones


def _lifted(telephone: Telephone, event: Lifted) -> None:
    telephone.machine.handle(Input.LIFTED, event.at_ns)


def _replaced(telephone: Telephone, event: Replaced) -> None:
    telephone.machine.handle(Input.REPLACED, event.at_ns)


def _flashed(telephone: Telephone, event: Flashed) -> None:
    telephone.machine.handle(Input.FLASHED, event.at_ns)


def _pulses(telephone: Telephone, event: PulseDigit) -> None:
    telephone.machine.handle(Input.DIGIT, event.digit, event.at_ns)


def _break_began(telephone: Telephone, event: BreakBegan) -> None:
    """Flash, pulse or hang-up: which of them is told by the event that follows."""


def _burst(telephone: Telephone, event: RingBurst) -> None:
    telephone.machine.handle(Input.BURST, event.at_ns, event.on, event.number)


def _window(telephone: Telephone, event: CallerIdWindow) -> None:
    telephone.machine.handle(Input.WINDOW, event.at_ns)


def _telephone_serves(telephone: Telephone, event: InService) -> None:
    _in_service(telephone, event)
    telephone.machine.handle(Input.FOUND_OFF_HOOK if event.off_hook else Input.FOUND_ON_HOOK, event.at_ns)


def _telephone_fails(telephone: Telephone, event: OutOfService) -> None:
    _out_of_service(telephone, event)
    telephone.machine.handle(Input.FAILED, event.at_ns)


_TELEPHONE: Mapping[type, Callable[[Telephone, Any], None]] = {
    Lifted: _lifted,
    Replaced: _replaced,
    Flashed: _flashed,
    PulseDigit: _pulses,
    BreakBegan: _break_began,
    RingBurst: _burst,
    CallerIdWindow: _window,
    Fault: _fault,
    InService: _telephone_serves,
    OutOfService: _telephone_fails,
}


# ------------------------------------------------------------------------------------------------------------ trunks


def _ringing(trunk: Trunk, event: RingBurst) -> None:
    trunk.news(TrunkInput.RING_ON if event.on else TrunkInput.RING_OFF, event.at_ns)


def _ringing_stopped(trunk: Trunk, event: RingingStopped) -> None:
    trunk.news(TrunkInput.RING_STOPPED, event.at_ns)


def _reversed(trunk: Trunk, event: PolarityChanged) -> None:
    trunk.news(TrunkInput.REVERSED, event.at_ns)


def _feed_lost(trunk: Trunk, event: FeedLost) -> None:
    trunk.news(TrunkInput.FEED_LOST, event.at_ns)


def _feed_back(trunk: Trunk, event: FeedBack) -> None:
    """Its loss has told all that there is to know."""


def _seized(trunk: Trunk, event: Seized) -> None:
    trunk.news(TrunkInput.SEIZED, event.at_ns, event.ringing)


def _released(trunk: Trunk, event: Released) -> None:
    trunk.news(TrunkInput.LINE_DOWN, event.at_ns)


def _in_use(trunk: Trunk, event: InUse) -> None:
    trunk.health.in_use = event.in_use
    trunk.news(TrunkInput.LINE_CHANGED, event.at_ns)


def _line_fault(trunk: Trunk, event: Fault) -> None:
    _fault(trunk, event)
    trunk.news(TrunkInput.LINE_CHANGED, event.at_ns)


def _trunk_serves(trunk: Trunk, event: InService) -> None:
    _in_service(trunk, event)
    trunk.health.in_use = False  # the port tells it anew
    trunk.news(TrunkInput.FOUND_OFF_HOOK if event.off_hook else TrunkInput.FOUND_ON_HOOK, event.at_ns)


def _trunk_fails(trunk: Trunk, event: OutOfService) -> None:
    _out_of_service(trunk, event)
    trunk.news(TrunkInput.FAILED, event.at_ns)


_TRUNK: Mapping[type, Callable[[Trunk, Any], None]] = {
    RingBurst: _ringing,
    RingingStopped: _ringing_stopped,
    PolarityChanged: _reversed,
    FeedLost: _feed_lost,
    FeedBack: _feed_back,
    Seized: _seized,
    Released: _released,
    InUse: _in_use,
    Fault: _line_fault,
    InService: _trunk_serves,
    OutOfService: _trunk_fails,
}
