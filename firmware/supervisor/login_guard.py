"""How often passwords may be tried: each wrong one makes the next wait longer, up to minutes, and never for ever."""

from __future__ import annotations

import asyncio
import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.log import Log
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from webui.services import NOBODY

T = TypeVar("T")
WAITS_S = (0, 0, 0, 0, 2, 5, 15, 60, 300)
"""What the next try waits after the first wrong one, the second, ...; after all others as long as after the last."""
FORGET_S = 3600.0
MOST_KEYS = 10_000
ATTACK = 20
"""So many wrong or refused tries within FORGET_S are an alarm."""
LOGIN_ATTACK = "login-attack"
AT_ONCE = 2
MOST_WAITING = 8

log = Log("login")


class LoginGuard:
    """Pure; the caller brings the time in seconds. A key is what wrong tries are counted for."""

    def __init__(self) -> None:
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """How many in a row were not right, and when the last began."""
        self._since = -math.inf
        self._noted = 0

    def wait_s(self, keys: Collection[str], now: float) -> float:
        """How long the next try of any of the keys has to wait; 0: it may be made."""
        return max((self._wait_s(key, now) for key in keys), default=0.0)

    def count(self, keys: Collection[str], now: float) -> None:
        """A try begins; it counts as wrong until it is forgiven, so that many at once are many."""
        for key in keys:
            self._tries[key] = (self._in_a_row(key, now) + 1, now)
            self._tries.move_to_end(key)
        while len(self._tries) > MOST_KEYS:
            self._tries.popitem(last=False)

    def forgive(self, keys: Collection[str]) -> None:
        """The try was right."""
        for key in keys:
            self._tries.pop(key, None)

    def is_attack(self, now: float) -> bool:
        """One more try was wrong or refused: whether there have been so many that somebody should know."""
        if now - self._since > FORGET_S:
            self._since, self._noted = now, 0
        self._noted += 1
        if self._noted < ATTACK:
            return False
        self._since = -math.inf
        return True

    def _wait_s(self, key: str, now: float) -> float:
        if not (count := self._in_a_row(key, now)):
            return 0.0
        return max(0.0, self._tries[key][1] + WAITS_S[min(count, len(WAITS_S)) - 1] - now)

    def _in_a_row(self, key: str, now: float) -> int:
        count, last = self._tries.get(key, (0, now))
        return 0 if now - last > FORGET_S else count


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody says a password. `user`: for whom, if there is such a user (people type passwords as names, too)."""

    user: str | None
    address: str
    keys: tuple[str, ...]


class LoginWatch:
    """Lets attempts begin, and tells of those that go wrong: the log, the audit, the desk."""

    def __init__(self, clock: Clock, trail: AuditTrail, alarms: AlarmBoard) -> None:
        self._guard = LoginGuard()
        self._clock = clock
        self._trail = trail
        self._alarms = alarms

    async def begin(self, attempt: Attempt) -> None:
        """Raises RefusedError (too-many-tries)."""
        now = self._clock.monotonic()
        if wait := math.ceil(self._guard.wait_s(attempt.keys, now)):
            await self._tell_attack(attempt, now)
            text = f"too many wrong passwords: wait {wait} seconds before the next"
            raise RefusedError("too-many-tries", text, retry_s=wait)
        self._guard.count(attempt.keys, now)

    def right(self, attempt: Attempt) -> None:
        self._guard.forgive(attempt.keys)

    async def wrong(self, attempt: Attempt) -> None:
        now, user = self._clock.monotonic(), attempt.user or "(unknown)"
        wait = math.ceil(self._guard.wait_s(attempt.keys, now))
        log.warning("wrong-password", user=user, address=attempt.address, wait_s=wait)
        if wait:
            await self._trail.note(NOBODY, "log-in-held", user, {"address": attempt.address, "wait_s": wait})
        await self._tell_attack(attempt, now)

    async def _tell_attack(self, attempt: Attempt, now: float) -> None:
        if not self._guard.is_attack(now):
            return
        whom = f"for {attempt.user}" if attempt.user else "for a name that is not known"
        text = f"{ATTACK} log-ins within an hour failed; the last {whom}, from {attempt.address}"
        await self._alarms.raise_alarm(LOGIN_ATTACK, "log-in", text, facts={"address": attempt.address})


class Hashing:
    """Argon2 in threads of its own, so many at once: each takes 64 MiB and a tenth of a second."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._begun = 0

    @property
    def is_full(self) -> bool:
        """Whether so many wait that one more should come again later."""
        return self._begun >= AT_ONCE + MOST_WAITING

    async def __call__(self, work: Callable[..., T], *arguments: object) -> T:
        self._begun += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *arguments))
        finally:
            self._begun -= 1


def network(address: str) -> str:
    """What one party has at hand: an IPv4 address, or the 64 bits that a network of IPv6 begins with."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
