"""A disk thread whose results come when a test lets them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from firmware.voice.disk import Disk
from firmware.voice.inbox import Inbox


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture
def disk(inbox: Inbox) -> Iterator[Disk]:
    disk = Disk(inbox)
    disk.start()
    yield disk
    disk.stop()


@pytest.fixture
def settle(disk: Disk, inbox: Inbox) -> Callable[[], None]:
    """Let the disk thread finish what it has, and the core take its results."""

    def run() -> None:
        reached = threading.Event()
        disk.submit(reached.set)
        assert reached.wait(10)
        done = threading.Event()
        disk.submit(lambda: None, lambda result: done.set())
        while not done.is_set():
            inbox.run()

    return run
