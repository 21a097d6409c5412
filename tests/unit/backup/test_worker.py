"""The process that works on backups."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from firmware.backup.worker import REFUSED
from firmware.backup.workers import MODULE


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
