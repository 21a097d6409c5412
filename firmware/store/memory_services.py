"""The in-memory twins of guest requests, staff PINs and voice mail."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from msgspec.structs import replace

from firmware.services.model import Greeting, GuestRequest, PinLock, StaffPin, VoiceMessage
from firmware.store.services import taken, unknown_request


class MemoryRequests:
    """See `firmware.store.services.Requests`."""

    def __init__(self) -> None:
        self._requests: dict[str, GuestRequest] = {}

    def add(self, request: GuestRequest) -> None:
        self._requests[request.id] = request

    def get(self, request_id: str) -> GuestRequest | None:
        return self._requests.get(request_id)

    def listed(self, everything: bool, limit: int) -> list[GuestRequest]:
        every = list(self._requests.values())
        found = sorted((each for each in every if each.state == "open"), key=lambda each: each.left)
        if everything:
            over = [(each.done, place, each) for place, each in enumerate(every) if each.done is not None]
            found += [each for *_, each in sorted(over, key=lambda item: item[:2], reverse=True)]
        return found[:limit]

    def finish(self, request_id: str, who: str, at: datetime) -> GuestRequest:
        found = self._requests.get(request_id)
        if found is None:
            raise unknown_request(request_id)
        if found.state == "open":
            found = self._requests[request_id] = replace(found, state="done", done=at, done_by=who)
        return found

    def forget(self, before: datetime) -> int:
        gone = [key for key, each in self._requests.items() if each.done is not None and each.done < before]
        for key in gone:
            del self._requests[key]
        return len(gone)


class MemoryPins:
    """See `firmware.store.services.Pins`."""

    def __init__(self) -> None:
        self._pins: dict[str, StaffPin] = {}
        self._tries: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
        """When, and whether a right one has followed."""
        self._locks: dict[str, PinLock] = {}

    def all(self) -> list[StaffPin]:
        return [pin for _, pin in sorted(self._pins.items())]

    def put(self, pin: StaffPin) -> None:
        if any(other.digest == pin.digest and other.name != pin.name for other in self._pins.values()):
            raise taken()
        self._pins[pin.name] = pin

    def remove(self, name: str) -> bool:
        return self._pins.pop(name, None) is not None

    def of(self, digest: str) -> StaffPin | None:
        return next((pin for pin in self._pins.values() if pin.digest == digest), None)

    def try_begins(self, extension: str, at: datetime, since: datetime) -> tuple[int, int]:
        tries = [*(each for each in self._tries[extension] if each[0] >= since), (at, False)]
        self._tries[extension] = tries
        return sum(1 for _, forgiven in tries if not forgiven), len(tries)

    def try_was_right(self, extension: str) -> None:
        self._tries[extension] = [(at, True) for at, _ in self._tries[extension][:-1]]

    def lock(self, lock: PinLock) -> None:
        self._tries.pop(lock.extension, None)
        self._locks[lock.extension] = lock

    def unlock(self, extension: str) -> bool:
        return self._locks.pop(extension, None) is not None

    def locks(self) -> list[PinLock]:
        return [lock for _, lock in sorted(self._locks.items())]


class MemoryVoiceMail:
    """See `firmware.store.voice_mail.VoiceMail`."""

    def __init__(self) -> None:
        self._messages: dict[str, VoiceMessage] = {}
        self._greetings: dict[str, Greeting] = {}

    def messages(self) -> list[VoiceMessage]:
        return sorted(self._messages.values(), key=lambda message: message.at)

    def put(self, message: VoiceMessage) -> None:
        self._messages[message.id] = message

    def remove(self, message_id: str) -> None:
        self._messages.pop(message_id, None)

    def greetings(self) -> dict[str, Greeting]:
        return dict(sorted(self._greetings.items()))

    def put_greeting(self, greeting: Greeting) -> None:
        self._greetings[greeting.room] = greeting

    def remove_greeting(self, room: str) -> None:
        self._greetings.pop(room, None)
