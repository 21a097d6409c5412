"""The collection of an endpoint's digits as its user notices it: what asks for them, falls silent, and is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from firmware.gateway.messages import Collect, DigitMap, Digits, DigitsStarted, Signal
from firmware.voice.collect import Collection, Outcome

if TYPE_CHECKING:
    from firmware.voice.endpoint import Endpoint, EndpointHost

DIAL_TONE = Signal(tone="dial")


class Collector:
    """Of one endpoint. Times are monotonic nanoseconds."""

    def __init__(self, endpoint: Endpoint, host: EndpointHost) -> None:
        self.collection: Collection | None = None
        self.untaken = ""
        """A number of which nobody has taken note: nothing was done to the endpoint since its collection ended."""
        self.abandoned = ""
        """What had come of the collection that was ended last without an event."""
        self._endpoint = endpoint
        self._host = host
        self._owns_signal = False

    @property
    def digits(self) -> str:
        """For the audit."""
        return self.collection.digits if self.collection is not None else self.untaken

    def obey(self, command: Collect) -> None:
        """Begin what the agent asks for; a collection that goes on is replaced."""
        self._endpoint.tag = self._endpoint.tag if command.tag is None else command.tag
        if command.signal is not None:
            self._endpoint.hear(command.signal)
        self.begin(command.digit_map, own_signal=command.signal is not None)

    def begin(self, digit_map: DigitMap, own_signal: bool) -> None:
        """`own_signal`: what is heard now asks for the digits, and ends with the first one."""
        self.untaken, self.collection = "", Collection(digit_map, self._host.now_ns)
        self._owns_signal = own_signal
        self._host.receive_digits(self._endpoint, enabled=True, dial_tone=self._endpoint.signal is not None)

    def digit(self, digit: str, at_ns: int) -> bool:
        """Take a digit; whether the collection goes on."""
        collection = self._current()
        if collection.ends_nothing(digit):
            return True
        first, asked = not collection.digits, collection.asks_again
        outcome = collection.feed(digit, self._host.now_ns)
        if first or asked:
            self._hush()
        if first:
            self._host.emit(DigitsStarted(endpoint=self._endpoint.name, at_ns=at_ns, tag=self._endpoint.tag))
        if outcome is not None:
            self._conclude(collection, outcome, at_ns)
            return False
        if collection.asks_again:
            self._ask_again()
        return True

    def due(self) -> bool:
        """Whether its time is over. That for the first digit begins when a signal that ends by itself has ended."""
        collection = self.collection
        if collection is None:
            return False
        if not collection.digits and self._endpoint.signal_ends:
            collection.asked(self._host.now_ns)
        return self._host.now_ns >= collection.deadline_ns

    def deadline(self, at_ns: int) -> None:
        """Its time is over."""
        collection = self._current()
        self._conclude(collection, collection.expire(), at_ns)

    def end(self) -> None:
        """End it without an event; nothing is left of it to act on."""
        self.untaken = ""
        if self.collection is not None:
            self.abandoned, self.collection = self.collection.digits, None
            self._host.receive_digits(self._endpoint, enabled=False, dial_tone=False)

    def leave_signal(self) -> None:
        """What is heard from now on is the agent's, and goes on when digits come."""
        self.untaken, self._owns_signal = "", False

    def _hush(self) -> None:
        """The tone that asked for digits has done so."""
        if self._owns_signal:
            self._endpoint.hear(None)
        self._host.receive_digits(self._endpoint, enabled=True, dial_tone=False)

    def _ask_again(self) -> None:
        """The prefix is dialled: dial tone asks for the rest."""
        self._owns_signal = True
        self._endpoint.hear(DIAL_TONE)
        self._host.receive_digits(self._endpoint, enabled=True, dial_tone=True)

    def _conclude(self, collection: Collection, outcome: Outcome, at_ns: int) -> None:
        self.end()
        self.untaken = collection.digits
        if self._owns_signal:
            self._endpoint.hear(None)
        name, tag = self._endpoint.name, self._endpoint.tag
        self._host.emit(Digits(endpoint=name, digits=collection.digits, outcome=outcome, at_ns=at_ns, tag=tag))

    def _current(self) -> Collection:
        assert self.collection is not None, "digits without a collection"
        return self.collection
