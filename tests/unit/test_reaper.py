"""What ends the processes of a test whose own process was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.harness import ROOT, wait_for
from tests.reaper import processes

STARTER = """
import subprocess, sys
from pathlib import Path
from tests import reaper
reaper.watch(Path(sys.argv[1]))
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", sys.argv[1] + "/data"], start_new_session=True)
print("started", flush=True)
sys.stdin.read()
"""
WATCHED = """
import sys
from pathlib import Path
from tests import reaper
from tests.host_stalls import HostStalls
reaper.watch(Path(sys.stdin.read()))
with HostStalls():
    pass
"""


def test_what_a_killed_test_has_left_running_ends(tmp_path: Path) -> None:
    directory = tmp_path / "product"
    directory.mkdir()

    def left() -> list[int]:
        mark = str(directory / "data").encode()
        return [pid for pid, arguments in processes() if mark in arguments]

    test = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(directory)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert test.stdin is not None and test.stdout is not None
    try:
        assert test.stdout.readline() == b"started\n"
        wait_for(lambda: len(left()) == 1, 10, "it shows its arguments, which come a moment after it")
    finally:
        test.kill()
        test.communicate()
    wait_for(lambda: not left() and not directory.exists(), 10, "what the test had started is gone, and its directory")


def test_who_ends_by_himself_leaves_neither_the_watcher_nor_witnesses_of_stalls(tmp_path: Path) -> None:
    directory = tmp_path / "product"
    directory.mkdir()
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED],
        cwd=ROOT, input=str(directory), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 0 and "Warning" not in ended.stderr, ended.stderr
    assert not directory.exists()
