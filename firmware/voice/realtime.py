"""Real time as far as the system permits it: scheduling class, memory, and the garbage collector's place."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

from firmware.log import Log

CORE_PRIORITY = 20
LINE_PRIORITY = 18
DISK_PRIORITY = 5
"""The disk thread may hold the interpreter's lock, so it must not starve behind the rest of the box either."""
SWITCH_INTERVAL_S = 0.0005
"""How long another thread of ours may keep the interpreter's lock while the core waits for it; 5 ms by default."""
_MCL_CURRENT_AND_FUTURE = 3

log = Log("voice")


def use_real_time(priority: int) -> bool:
    """Put the calling thread into SCHED_FIFO; threads that it starts inherit. False if that is not permitted."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except OSError as error:
        log.warning("no-real-time", why=error.strerror)
        return False
    return True


def take_priority(priority: int) -> None:
    """Give the calling thread its own place below the core, where the process has real-time scheduling at all."""
    if os.sched_getscheduler(0) == os.SCHED_FIFO:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))


def lock_memory() -> bool:
    """Keep our pages in memory. False if that is not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mlockall(_MCL_CURRENT_AND_FUTURE) == 0:
        return True
    log.info("memory-not-locked", why=os.strerror(ctypes.get_errno()))
    return False


def settle() -> None:
    """After start: what stands now is for ever, and the collector runs only when `Sweeper` says so."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    gc.collect()
    gc.freeze()
    gc.disable()


class Sweeper:
    """Collects garbage cycles in the slack right after a block was written: young ones each second, all each minute.

    All is little: what stood when `settle` was called is not looked at.
    """

    YOUNG_BLOCKS = 100
    OLD_BLOCKS = 6000

    def __init__(self) -> None:
        self._blocks = 0

    def after_block(self) -> None:
        self._blocks += 1
        if self._blocks % self.OLD_BLOCKS == 0:
            gc.collect()
        elif self._blocks % self.YOUNG_BLOCKS == 0:
            gc.collect(0)
