"""The log of a process whose terminal takes nothing any more."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
TALKATIVE = """
import sys, time
from firmware import log
log.configure()
log.write_aside()
for number in range(int(sys.argv[1])):
    log.Log("test").info("line", number=number, text="x" * 100)
print(time.monotonic(), flush=True)
sys.stdin.read()
"""


def talkative(lines: int, stderr: int, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """A process that logs so many lines, says on standard output when it has, and ends with its standard input."""
    command = [sys.executable, "-c", TALKATIVE, str(lines)]
    return subprocess.Popen(command, cwd=ROOT, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, text=True)


def test_who_logs_into_a_pipe_that_nobody_empties_does_not_wait_and_ends() -> None:
    reader, writer = os.pipe()
    began = time.monotonic()
    with talkative(20_000, writer) as process:
        assert process.stdout is not None
        assert float(process.stdout.readline()) - began < 20
        assert process.wait(20) == 0
    os.close(writer)
    os.close(reader)


def test_lines_that_nobody_has_taken_in_time_are_counted() -> None:
    reader, writer = os.pipe()
    with talkative(20_000, writer, subprocess.PIPE) as process, os.fdopen(reader) as log:
        os.close(writer)
        assert process.stdout is not None and process.stdin is not None
        process.stdout.readline()
        taken = lost = 0
        while taken + lost < 20_000:
            line = log.readline()
            assert line, f"{taken} lines, and {lost} that are said to be lost"
            if " warning log lost " in line:
                lost += int(line.split("lines=")[1])
            else:
                taken += 1
        assert lost > 0 and taken + lost == 20_000
        process.stdin.close()
        assert process.wait(20) == 0


def test_who_logs_to_a_terminal_that_is_gone_goes_on() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with talkative(10, writer) as process:
        assert process.wait(20) == 0
    os.close(writer)


def test_every_line_is_there_in_order_when_the_process_has_ended(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file, talkative(2000, file.fileno()) as process:
        assert process.wait(20) == 0
    numbers = [line.split("number=")[1].split()[0] for line in (tmp_path / "log").read_text().splitlines()]
    assert numbers == [str(number) for number in range(2000)]
