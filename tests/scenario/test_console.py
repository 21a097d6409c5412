"""The technician's console of the whole product: on a serial line at two speeds, and as `nightporter console`."""

from __future__ import annotations

import os
import random
import select
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients import Api, Bench
from tests.harness import ROOT, Product, nightporter, wait_for
from tests.hotel import Hotel, PmsLink

PASSWORD = "correct horse"
PROMPT, NAME = "night porter> ", "name: "
SPEEDS = {115200: termios.B115200, 9600: termios.B9600}
also_slow = pytest.mark.parametrize("port", SPEEDS, indirect=True, scope="module")
"""For what depends on the speed; all else is looked at with the faster."""
BITS_A_BYTE = 10
WAIT_S = 30.0
BACK_S = 60.0
"""An adapter is found again, and a supervisor has started anew."""
HELD_MS = 11_000
NOISE_S, AT_A_TIME = 3, 400
SLICE_S = 0.02


class Terminal:
    """A terminal at one end of a pair; what it shows since it was last asked for something."""

    def __init__(self, baud: int | None = None) -> None:
        self._baud = baud
        self.ours, self.theirs = os.openpty()
        tty.setraw(self.theirs)
        self.shown = ""

    def type(self, text: str | bytes) -> None:
        """As fast as the line carries it."""
        data = text.encode() if isinstance(text, str) else text
        at_once = len(data) if self._baud is None else max(1, int(self._baud / BITS_A_BYTE * SLICE_S))
        for start in range(0, len(data), at_once):
            os.write(self.ours, data[start : start + at_once])
            self._read(SLICE_S if len(data) > at_once else 0)

    def until(self, text: str, deadline_s: float = WAIT_S) -> str:
        """What was shown up to this text, and it."""
        end = time.monotonic() + deadline_s
        while text not in self.shown:
            assert time.monotonic() < end, f"not within {deadline_s} s: {text!r}; shown: {self.shown!r}"
            self._read(0.1)
        before, found, self.shown = self.shown.partition(text)
        return before + found

    def _read(self, wait_s: float) -> None:
        if select.select([self.ours], [], [], wait_s)[0]:
            self.shown += os.read(self.ours, 4096).decode(errors="replace").replace("\r\n", "\n")

    def log_in(self, name: str = "tom", password: str = PASSWORD) -> None:
        self.type("\x03")
        self.until(NAME)
        self.type(f"{name}\r")
        self.until("password: ")
        self.type(f"{password}\r")
        self.until(PROMPT)

    def do(self, command: str, *answers: str) -> str:
        """A command, the answers to what it asks, and what it has shown."""
        self.type(f"{command}\r")
        seen = ""
        for answer in answers:
            seen += self.until("(y/N) ")
            self.type(f"{answer}\r")
        return seen + self.until("\n" + PROMPT)

    def log_out(self) -> str:
        self.type("logout\r")
        return self.until(NAME)

    def close(self) -> None:
        os.close(self.ours)
        os.close(self.theirs)


class Port:
    """A serial port of the box with a terminal on its cable; it has the same name when it was pulled out and put in."""

    def __init__(self, directory: Path, baud: int) -> None:
        self.device = directory / "console-port"
        self.baud = baud
        self.plug()

    def plug(self) -> None:
        self.terminal = Terminal(self.baud)
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(self.terminal.theirs))

    def pull(self) -> None:
        self.device.unlink()
        self.terminal.close()


@pytest.fixture(scope="module", params=[115200])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Port]:
    made = Port(tmp_path_factory.mktemp("port"), request.param)
    yield made
    made.pull()


@pytest.fixture(scope="module")
def hotel(port: Port) -> Hotel:
    return Hotel.demonstration(pms=(PmsLink(),), more=f'[console]\ndevice = "{port.device}"\nbaud = {port.baud}')


@pytest.fixture(scope="module")
def product(hotel: Hotel) -> Iterator[Product]:
    with Product(hotel) as running:
        for name, role in (("tom", "technician"), ("boss", "manager"), ("anna", "desk")):
            made = nightporter(
                "user", "add", name, "--role", role, "--password-stdin", "--data", str(running.data), stdin=PASSWORD
            )
            assert made.returncode == 0, made.stderr
        yield running


@pytest.fixture
def serial(port: Port, product: Product) -> Iterator[Terminal]:
    """Somebody is logged in at the serial port."""
    port.terminal.log_in()
    yield port.terminal
    port.terminal.log_out()


@pytest.fixture
def command(product: Product) -> Iterator[Terminal]:
    """`nightporter console`, before the log-in."""
    terminal = Terminal()
    program = [sys.executable, "-m", "firmware", "console", "--data", str(product.data)]
    running = subprocess.Popen(program, cwd=ROOT, stdin=terminal.theirs, stdout=terminal.theirs)
    yield terminal
    terminal.type("\x03\x04")
    assert running.wait(WAIT_S) == 0
    terminal.close()


@also_slow
def test_the_line_has_the_speed_of_the_configuration_and_lines_are_shown(port: Port, serial: Terminal) -> None:
    assert termios.tcgetattr(port.terminal.theirs)[4:6] == [SPEEDS[port.baud]] * 2
    screen = serial.do("show lines")
    rows = {row.split()[0]: row.split() for row in screen.splitlines() if row.startswith("fx")}
    assert rows["fxs/3"][1:3] == ["103", "idle"]
    assert len(rows) == 10
    assert all(len(row) < 80 for row in screen.splitlines())


def test_a_line_is_measured_and_a_good_one_is_called_good(serial: Terminal, bench: Bench) -> None:
    screen = serial.do("line fxs/3 test", "n")
    assert "fxs/3: good" in screen
    assert "hold its wires" in screen


def test_a_bell_rings_after_a_yes_only(serial: Terminal, bench: Bench) -> None:
    assert "not rung" in serial.do("ring fxs/3 5", "")
    assert not bench.phone(3)["ringing"]
    serial.do("ring fxs/3 5", "y")
    bench.wait_ringing(3)
    bench.off_hook(3)
    bench.wait_phone(3, ringing=False)


def test_the_dry_run_finds_the_way_of_an_emergency_call(serial: Terminal, bench: Bench) -> None:
    screen = serial.do("emergency dry-run")
    assert "fxo/1  dial-tone" in screen
    assert "good: an emergency call goes out" in screen


def test_a_new_password_is_good_for_the_page(serial: Terminal, product: Product) -> None:
    serial.type("reset password anna\r")
    serial.until("new password: ")
    serial.type("another horse\r")
    serial.until("once more: ")
    serial.type("another horse\r")
    assert "horse" not in serial.until(PROMPT)
    login = Api("127.0.0.1", product.web_port, "")
    body = b'{"name": "anna", "password": "another horse"}'
    assert login.raw("POST", "/api/v1/session", body).status == 200


def test_a_telephone_and_the_pms_are_traced_until_a_key_is_pressed(serial: Terminal, bench: Bench) -> None:
    serial.type("trace fxs/3\r")
    serial.until("any key ends it")
    bench.off_hook(3)
    serial.until("off-hook")
    serial.type("x")
    serial.until(PROMPT)
    bench.pms("front-office").wait_alive(30)
    serial.type("trace pms front-office\r")
    serial.until("any key ends it")
    bench.pms("front-office").check_in("203", name="Lund")
    assert "GNLund" in serial.until("GNLund")
    serial.type("x")
    serial.until(PROMPT)


def test_two_work_at_once_and_each_is_seen_by_the_other(serial: Terminal, command: Terminal) -> None:
    command.log_in("boss")
    screen = serial.do("who")
    rows = [row.split()[:4] for row in screen.splitlines()]
    assert ["tom", "(technician)", "serial", "port"] in rows
    assert ["boss", "(manager)", "command", "line"] in rows
    assert "serial port" in command.do("who")


def test_the_desk_does_not_get_in_and_nobody_is_named_by_the_refusal(command: Terminal) -> None:
    command.until(NAME)
    command.type("anna\r")
    command.until("password: ")
    command.type("wrong horse\r")
    assert "do not belong together" in command.until(NAME)


def test_logging_out_leaves_nothing_on_the_screen(port: Port, product: Product) -> None:
    port.terminal.log_in()
    port.terminal.do("show lines")
    assert "\n" * 24 in port.terminal.log_out()


@also_slow
def test_seconds_of_noise_do_no_harm(port: Port, product: Product, api: Api) -> None:
    noise, told = random.Random(port.baud), said_of_the_console(product)
    newest = api.get("/audit")["items"][0]["id"]
    for _ in range(NOISE_S * port.baud // BITS_A_BYTE // AT_A_TIME):  # by its length: the same wherever it is run
        port.terminal.type(noise.randbytes(AT_A_TIME))
    port.terminal.shown = ""
    port.terminal.log_in()
    port.terminal.do("show lines")
    port.terminal.log_out()
    assert said_of_the_console(product) - told < 10
    seen = [entry["action"] for entry in api.get("/audit")["items"] if entry["id"] > newest]
    assert seen == ["logged-out", "logged-in"]


def said_of_the_console(product: Product) -> int:
    """Lines of the log, which somebody else may write to as well."""
    lines = product.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum(line.split()[2] in ("console", "login") for line in lines if len(line.split()) > 2)


def test_the_button_lets_who_stands_there_set_a_password_and_the_desk_hears_of_it(
    port: Port, product: Product, bench: Bench, api: Api
) -> None:
    terminal = port.terminal
    bench.press_button(HELD_MS)
    terminal.until("asks for a new password")
    terminal.type("reset\r")
    terminal.until("whose password")
    terminal.type("boss\r")
    for asked in ("new password: ", "once more: "):
        terminal.until(asked)
        terminal.type("a third horse\r")
    terminal.until("boss has the new password")
    assert "password-reset" in [alarm["kind"] for alarm in api.call("GET", "/api/v1/alarms")["items"]]
    terminal.log_in("boss", "a third horse")
    terminal.log_out()


def test_an_adapter_that_was_pulled_out_logs_out_and_works_again(port: Port, product: Product, api: Api) -> None:
    port.terminal.log_in()
    port.pull()

    def last() -> bool:
        newest = api.call("GET", "/api/v1/audit")["items"][0]
        return bool(newest["action"] == "logged-out")

    wait_for(last, BACK_S, "the log-in has ended")
    port.plug()
    port.terminal.until(NAME, BACK_S)
    port.terminal.log_in()
    port.terminal.log_out()


def test_a_restart_of_the_supervisor_ends_the_consoles_and_they_come_back(serial: Terminal, product: Product) -> None:
    before = product.pid("supervisor")
    serial.type("restart supervisor\r")
    serial.until("(y/N) ")
    serial.type("y\r")
    serial.until(NAME, BACK_S)
    wait_for(product.ready, BACK_S, "the product is ready again")
    assert product.pid("supervisor") != before
    serial.log_in()
