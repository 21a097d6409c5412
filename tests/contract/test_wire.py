"""The wire between the bench and whoever drives its board: both ends, over real sockets."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boardsupport.adapters import wire_format
from boardsupport.adapters.wire import WireHighway, WirePins, WireSpi
from boardsupport.adapters.wire_format import PANEL_SOCKET
from boardsupport.bench.wire_server import WireServer
from boardsupport.bus import BLOCK_SAMPLES, BusError, Edge, Window

SLOTS = 8
DEADLINE_S = 20.0


class Echo:
    """A board whose chips answer with the complement of what they are sent."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        self.written: list[tuple[int, bool]] = []
        self.watched: set[int] = set()

    def spi(self, windows: Sequence[Window]) -> bytes:
        return bytes(byte ^ 0xFF for window in windows for byte in window.data)

    def write_pin(self, pin: int, level: bool) -> None:
        self.written.append((pin, level))
        assert self.free.wait(DEADLINE_S)

    def read_pin(self, pin: int) -> Edge:
        return Edge(pin, pin % 2 == 1, 77)

    def watch_pin(self, pin: int) -> None:
        self.watched.add(pin)

    def unwatch_pins(self) -> None:
        self.watched.clear()


@pytest.fixture
def board() -> Echo:
    return Echo()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / ("a-long-name-" * 8) / "run"


@pytest.fixture
def server(directory: Path, board: Echo) -> Iterator[WireServer]:
    server = WireServer(directory, SLOTS, board)
    server.start()
    yield server
    server.close()


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "the deadline is over"
        time.sleep(0.001)


@pytest.fixture
def highway(server: WireServer, directory: Path) -> Iterator[WireHighway]:
    highway = open_highway(server, directory)
    yield highway
    highway.close()


def open_highway(server: WireServer, directory: Path) -> WireHighway:
    """The hello comes with the bench's next tick, which a test makes itself."""
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(WireHighway, directory, SLOTS)
        until(lambda: server.take_block() is None and opening.done())
        return opening.result()


def block(value: int) -> bytes:
    return bytes([value]) * (SLOTS * BLOCK_SAMPLES)


def test_spi_answers_window_by_window(server: WireServer, directory: Path) -> None:
    spi = WireSpi(directory)
    assert spi.transfer([Window(0, b"\x01"), Window(3, b""), Window(39, b"\x02\x03")]) == [b"\xfe", b"", b"\xfd\xfc"]
    assert spi.transfer([]) == []
    spi.close()


def test_a_reply_that_comes_too_late_is_not_taken_for_the_next_one_s(
    server: WireServer, directory: Path, board: Echo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boardsupport.adapters.wire.REPLY_TIMEOUT_S", 1.0)
    spi = WireSpi(directory)
    answers, free = board.spi, threading.Event()

    def frozen(windows: Sequence[Window]) -> bytes:
        assert free.wait(DEADLINE_S)
        return answers(windows)

    monkeypatch.setattr(board, "spi", frozen)
    with pytest.raises(BusError):
        spi.transfer([Window(0, b"\x01")])
    free.set()
    pins = WirePins(directory)
    assert not pins.read(2)  # the one thread that serves both has sent the late reply by now
    pins.close()
    assert spi.transfer([Window(0, b"\x02")]) == [b"\xfd"]
    spi.close()


def test_a_new_client_takes_the_place_of_the_old(server: WireServer, directory: Path) -> None:
    old, new = WireSpi(directory), WireSpi(directory)
    assert new.transfer([Window(0, b"\x0f")]) == [b"\xf0"]
    with pytest.raises(BusError):
        old.transfer([Window(0, b"\x0f")])
    old.close()
    new.close()


def test_a_client_that_goes_in_the_round_in_which_its_successor_comes(
    server: WireServer, directory: Path, board: Echo
) -> None:
    old, pins = WireSpi(directory), WirePins(directory)
    old.transfer([Window(0, b"x")])
    board.free.clear()
    pins.write(1, True)
    until(lambda: board.written)
    new = WireSpi(directory)
    old.close()
    board.free.set()
    assert new.transfer([Window(0, b"\x0f")]) == [b"\xf0"]
    assert new.transfer([Window(0, b"\x0f")]) == [b"\xf0"]
    for wire in (new, pins):
        wire.close()


def test_a_bench_that_goes_raises_bus_errors(directory: Path, board: Echo) -> None:
    server = WireServer(directory, SLOTS, board)
    server.start()
    spi, pins, highway = WireSpi(directory), WirePins(directory), open_highway(server, directory)
    server.close()
    for use in (lambda: spi.transfer([Window(0, b"x")]), lambda: pins.read(1), lambda: pins.edges(), highway.read):
        with pytest.raises(BusError):
            use()
    with pytest.raises(BusError):
        highway.write(block(0))
    for wire in (spi, pins, highway):
        wire.close()


def test_where_no_bench_is_opening_is_a_bus_error(tmp_path: Path) -> None:
    for adapter in (WireSpi, WirePins):
        with pytest.raises(BusError, match="does not answer"):
            adapter(tmp_path)
    with pytest.raises(BusError, match="does not answer"):
        WireHighway(tmp_path, SLOTS)


def test_blocks_are_played_in_order_and_told_by_serial(server: WireServer, highway: WireHighway) -> None:
    assert [highway.write(block(n)) for n in range(2)] == [0, 1]
    for index, expected in ((7, 0), (8, 1)):
        taken = server.take_block()
        assert taken == (expected, block(expected))
        server.send_block(index, expected, block(0x40 + index))
        assert select.select([highway], [], [], DEADLINE_S)[0]
        read = highway.read()
        assert read is not None
        assert (read.index, read.played, read.capture) == (index, expected, block(0x40 + index))
    assert server.take_block() is None
    assert highway.read() is None


def test_the_playout_holds_40_ms(server: WireServer, highway: WireHighway) -> None:
    for n in range(4):
        highway.write(block(n))
    with pytest.raises(BlockingIOError):
        highway.write(block(4))
    server.take_block()
    server.send_block(0, 0, block(0))
    assert select.select([highway], [], [], DEADLINE_S)[0]
    highway.read()
    assert highway.write(block(4)) == 4


def test_only_a_client_that_has_begun_to_write_can_underrun(server: WireServer, highway: WireHighway) -> None:
    server.take_block()
    assert not server.is_fed
    highway.write(block(0))
    assert server.take_block() is not None
    assert server.is_fed
    assert server.take_block() is None


def test_a_client_that_does_not_read_misses_blocks_and_sees_it_by_the_index(
    server: WireServer, highway: WireHighway
) -> None:
    for index in range(2000):
        server.send_block(index, None, block(0))
    seen = []
    while (read := highway.read()) is not None:
        seen.append(read.index)
    assert seen == list(range(len(seen)))
    assert len(seen) < 2000
    server.send_block(2000, None, block(0))
    assert select.select([highway], [], [], DEADLINE_S)[0]
    read = highway.read()
    assert read is not None
    assert read.index == 2000


def test_a_highway_of_other_slots_is_refused(server: WireServer, directory: Path) -> None:
    with pytest.raises(BusError, match="8 slots"), ThreadPoolExecutor(1) as pool:
        opening = pool.submit(WireHighway, directory, 64)
        until(lambda: server.take_block() is None and opening.done())
        opening.result()


def test_blocks_of_another_length_are_refused(highway: WireHighway) -> None:
    with pytest.raises(ValueError, match="640 bytes"):
        highway.write(b"\x00" * 639)
    assert highway.offset_of(7) == 7
    with pytest.raises(ValueError, match="no slot"):
        highway.offset_of(8)


def test_pins(server: WireServer, directory: Path, board: Echo) -> None:
    pins = WirePins(directory)
    pins.write(200, True)
    pins.write(200, False)
    pins.watch(100)
    assert (pins.read(7), pins.read(8)) == (True, False)
    assert board.written == [(200, True), (200, False)]
    assert board.watched == {100}
    pins.close()


def test_edges_wake_the_poller_also_when_they_come_during_a_read(
    server: WireServer, directory: Path, board: Echo
) -> None:
    pins = WirePins(directory)
    pins.watch(100)
    pins.read(1)
    edges = [Edge(100, False, 123_456_789_012), Edge(100, True, 123_456_999_999)]
    server.send_edges(edges)
    pins.read(1)
    assert select.select([pins], [], [], DEADLINE_S)[0]
    assert pins.edges() == edges
    assert not select.select([pins], [], [], 0)[0]
    assert pins.edges() == []
    pins.close()


def test_a_new_pins_client_begins_without_watches(server: WireServer, directory: Path, board: Echo) -> None:
    first = WirePins(directory)
    first.watch(100)
    first.read(1)
    second = WirePins(directory)
    second.read(1)
    assert board.watched == set()
    first.close()
    second.close()


def test_who_drives_the_panel_is_there_beside_who_has_the_board(
    server: WireServer, directory: Path, board: Echo
) -> None:
    pins, panel = WirePins(directory), WirePins(directory, PANEL_SOCKET)
    pins.watch(100)
    panel.write(5, True)
    assert (panel.read(13), pins.read(8)) == (True, False)
    assert board.written == [(5, True)]
    panel.close()
    again = WirePins(directory, PANEL_SOCKET)
    assert again.read(13)
    assert board.watched == {100}, "the board's client has lost nothing by that"
    again.close()
    pins.close()


@given(st.lists(st.builds(Window, st.integers(0, 255), st.binary(max_size=9))))
def test_windows_survive_the_wire(windows: list[Window]) -> None:
    message = wire_format.pack_windows(windows)
    assert wire_format.unpack_windows(message) == windows
    data = b"".join(window.data for window in windows)
    assert wire_format.unpack_replies(data, windows) == [window.data for window in windows]


@given(st.binary(max_size=40))
def test_nonsense_is_refused_not_believed(message: bytes) -> None:
    for unpack in (
        wire_format.unpack_windows,
        wire_format.unpack_hello,
        wire_format.unpack_pin_request,
        wire_format.unpack_pin_report,
        lambda each: wire_format.unpack_capture(each, SLOTS),
        lambda each: wire_format.unpack_playback(each, SLOTS),
    ):
        try:
            unpack(message)
        except wire_format.WireFormatError:
            continue
