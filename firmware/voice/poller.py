"""The core's wait: one epoll, and who is to be called for each descriptor."""

from __future__ import annotations

import select
from collections.abc import Callable

_READ, _WRITE = select.EPOLLIN, select.EPOLLOUT


class Poller:
    """Calls the owner of each descriptor that is ready; the one registered as `first` before all others."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._owners: dict[int, Callable[[], None]] = {}
        self._first: int | None = None

    def add(self, fd: int, ready: Callable[[], None], first: bool = False) -> None:
        """Call `ready` whenever `fd` is readable (or writable, after `want_write`)."""
        self._owners[fd] = ready
        self._epoll.register(fd, _READ)
        if first:
            self._first = fd

    def want_write(self, fd: int, wanted: bool) -> None:
        if fd in self._owners:
            self._epoll.modify(fd, _READ | _WRITE if wanted else _READ)

    def remove(self, fd: int) -> None:
        """Before the descriptor is closed."""
        if self._owners.pop(fd, None) is not None:
            self._epoll.unregister(fd)

    def wait(self, timeout_s: float) -> None:
        """Wait for the next readiness, and call."""
        ready = [fd for fd, _ in self._epoll.poll(timeout_s)]
        if self._first in ready:
            ready.sort(key=lambda fd: fd != self._first)
        for fd in ready:
            owner = self._owners.get(fd)
            if owner is not None:
                owner()

    def close(self) -> None:
        self._epoll.close()
