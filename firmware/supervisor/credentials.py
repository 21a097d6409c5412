"""Whether somebody is who he says: his password, then his second factor; neither may be tried at will."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from firmware import passwords, second_factor
from firmware.clock import Clock
from firmware.errors import RefusedError
from firmware.store import Repositories
from firmware.store.model import User
from firmware.supervisor.alarm_board import AlarmBoard
from firmware.supervisor.audit_trail import AuditTrail
from firmware.supervisor.login_guard import Attempt, Hashing, LoginWatch
from firmware.supervisor.store_thread import StoreThread
from webui.services import Identity


class Credentials:
    """`clock_trusted`: whether codes by time can be checked."""

    def __init__(
        self, clock: Clock, store: StoreThread, trail: AuditTrail, alarms: AlarmBoard, clock_trusted: Callable[[], bool]
    ) -> None:
        self._clock = clock
        self._store = store
        self._trail = trail
        self._watch = LoginWatch(clock, trail, alarms)
        self._clock_trusted = clock_trusted
        self.hash = Hashing()

    @property
    def clock_trusted(self) -> bool:
        return self._clock_trusted()

    async def is_password(self, user: User | None, password: str, attempt: Attempt) -> bool:
        """Takes the same time whether there is such a user or not. Raises RefusedError (too-many-tries)."""
        await self._watch.begin(attempt)
        if await self._matches(user, password, attempt):
            self._watch.right(attempt)
            return True
        return False

    async def prove(self, user: User | None, password: str, code: str | None, attempt: Attempt) -> User:
        """Who it is. Until the code is right as well, the try counts as one that was not.

        `code` None: it is not asked for. Raises RefusedError (bad-login, code-needed, bad-code, clock-untrusted,
        too-many-tries).
        """
        await self._watch.begin(attempt)
        if not await self._matches(user, password, attempt) or user is None:
            raise bad_login()
        if user.second_factor and code is not None:
            await self._check_code(user, code, attempt)
        self._watch.right(attempt)
        return user

    async def _matches(self, user: User | None, password: str, attempt: Attempt) -> bool:
        if await self.hash(passwords.matches, user and user.password, password):
            return True
        await self._watch.wrong(attempt)
        return False

    async def _check_code(self, user: User, code: str, attempt: Attempt) -> None:
        if not code.strip():
            raise RefusedError("code-needed", "say the code of the second factor, too", "code")
        if second_factor.is_by_time(code):
            if not self.clock_trusted:
                raise clock_untrusted()
            is_right = await self._store.do(partial(self._use_step, user.name, code))
        else:
            is_right = await self._use_recovery(user, code)
        if not is_right:
            await self._watch.wrong(attempt)
            raise bad_code()

    def _use_step(self, name: str, code: str, kept: Repositories) -> bool:
        """Whether it is a code of now that nobody has used."""
        with kept.together():
            secret = kept.access.factor_secret(name)
            step = None if secret is None else second_factor.step_of(secret, code, self._clock.utc())
            return step is not None and kept.access.use_step(name, step)

    async def _use_recovery(self, user: User, code: str) -> bool:
        digest = second_factor.recovery_digest(code)
        if not await self._store.do(lambda kept: kept.access.use_recovery(user.name, digest)):
            return False
        left = await self._store.do(lambda kept: kept.access.recovery_left(user.name))
        who = Identity(user.name, user.role, "desk")
        await self._trail.note(who, "recovery-code-used", user.name, {"left": left})
        return True


def bad_login() -> RefusedError:
    """What a log-in is told, whatever of it was wrong."""
    return RefusedError("bad-login", "this name and this password do not belong together")


def bad_code() -> RefusedError:
    """What a code is told that is none, or was used."""
    return RefusedError("bad-code", "this code is wrong, too old, or was used already", "code")


def clock_untrusted() -> RefusedError:
    """What a code by time is told while nobody vouches for the clock."""
    text = "nobody vouches for the clock, so codes by time cannot be checked: use a recovery code, or the console"
    return RefusedError("clock-untrusted", text, "code")
