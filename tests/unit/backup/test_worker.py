"""The process that works on backups."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pyrage
import pytest

from firmware.backup.worker import REFUSED
from firmware.backup.workers import MODULE
from firmware.details import Detail
from firmware.errors import RefusedError, UnavailableError
from firmware.worker_process import packed, unpacked


def test_it_ends_quietly_when_who_has_asked_is_gone(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", MODULE, "make", str(tmp_path), "1"],
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=30,
        )
    finally:
        os.close(writer)
    assert b"Traceback" not in ended.stderr and b"BrokenPipe" not in ended.stderr
    assert ended.returncode == REFUSED


ASKER = """
import subprocess, sys
worker = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
worker.stdin.write(sys.stdin.buffer.read())
worker.stdin.close()
print(worker.pid, flush=True)
worker.wait()
"""
END_S = 20


@pytest.mark.parametrize("is_at_work", [False, True])
def test_what_is_to_be_put_back_is_not_staged_when_who_has_asked_is_dead(tmp_path: Path, is_at_work: bool) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "hotel.toml").touch()
    endless = tmp_path / "endless.age"
    os.mkfifo(endless)
    stage = [sys.executable, "-m", MODULE, "stage", str(tmp_path), str(endless), "boss", "desk"]
    asker = subprocess.Popen([sys.executable, "-c", ASKER, *stage], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert asker.stdin is not None and asker.stdout is not None
    asker.stdin.write(str(pyrage.x25519.Identity.generate()).encode())
    asker.stdin.close()
    used = [os.pidfd_open(int(asker.stdout.readline()))]
    try:
        if is_at_work:
            used.append(os.open(endless, os.O_WRONLY))  # waits for who reads it
        asker.kill()
        asker.wait()
        assert select.select(used[:1], [], [], END_S)[0]
    finally:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(used[0], signal.SIGKILL)
        for each in used:
            os.close(each)
        asker.stdout.close()
    assert not (tmp_path / "restore" / "ready.json").exists()


def test_why_it_refuses_is_told_with_its_code_field_and_details(tmp_path: Path) -> None:
    stage = [sys.executable, "-m", MODULE, "stage", str(tmp_path), "backup.age", "boss", "desk"]
    ended = subprocess.run(stage, input=b"no key", capture_output=True, timeout=END_S)
    told = unpacked(ended.stdout)
    assert ended.returncode == REFUSED and isinstance(told, RefusedError)
    assert (told.code, told.field, [each.code for each in told.details]) == ("bad-key", "key", ["private-key"])


def test_why_it_cannot_is_told_with_its_details() -> None:
    told = unpacked(packed(UnavailableError.of(Detail("backup-room", "no room", {"place": "/data", "mib": 7}))))
    assert isinstance(told, UnavailableError) and str(told) == "no room"
    assert told.detail == Detail("backup-room", "no room", {"place": "/data", "mib": 7})


@pytest.mark.parametrize("noise", [b"", b"Killed", b"{}"])
def test_a_worker_that_has_died_has_told_nothing(noise: bytes) -> None:
    assert unpacked(noise) is None
