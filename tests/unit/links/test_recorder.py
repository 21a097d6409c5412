"""What the technician can read of a link's traffic."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from firmware.clock import VirtualClock
from firmware.links import Recorder
from firmware.links.recorder import readable

MORNING = datetime(2026, 11, 22, 6, 45, 1, 123000, tzinfo=UTC)


def test_a_line_shows_local_time_direction_and_control_characters_by_name() -> None:
    clock = VirtualClock(MORNING)
    recorder = Recorder(clock)
    recorder.note("connected to 10.0.0.5:5010")
    recorder.received(b"\x02LS|DA260311|TI074500|\x03")
    clock.advance(1)
    recorder.sent(b"\x06\xe4\x7f\\<\r\n")
    assert [entry.line(ZoneInfo("Europe/Warsaw")) for entry in recorder.entries()] == [
        "2026-11-22 07:45:01.123 * connected to 10.0.0.5:5010",
        "2026-11-22 07:45:01.123 < <STX>LS|DA260311|TI074500|<ETX>",
        "2026-11-22 07:45:02.123 > <ACK>\\xe4<DEL>\\\\\\x3c<CR><LF>",
    ]


def test_every_byte_can_be_told_from_every_other() -> None:
    shown = [readable(bytes([code])) for code in range(256)]
    assert len(set(shown)) == 256
    assert all(text.isascii() and text.isprintable() for text in shown)


def test_bytes_that_come_one_by_one_are_one_line_and_those_after_a_pause_another() -> None:
    clock = VirtualClock()
    recorder = Recorder(clock)
    for code in b"\x02LA|\x03":
        recorder.received(bytes([code]))
        clock.advance(0.001)
    clock.advance(0.2)
    recorder.received(b"\x05")
    recorder.sent(b"\x06")
    assert [(entry.direction, entry.data) for entry in recorder.entries()] == [
        ("<", b"\x02LA|\x03"),
        ("<", b"\x05"),
        (">", b"\x06"),
    ]


def test_who_reads_on_misses_nothing_and_gets_nothing_twice() -> None:
    clock = VirtualClock()
    recorder = Recorder(clock)
    seen, number = b"", 0
    for code in b"one by one, read in between":
        recorder.received(bytes([code]))
        for entry in recorder.entries(after=number):
            seen, number = seen + entry.data, entry.number
    assert seen == b"one by one, read in between"


def test_the_newest_are_given_when_fewer_are_asked_for() -> None:
    clock = VirtualClock()
    recorder = Recorder(clock)
    for code in b"abc":
        recorder.received(bytes([code]))
        clock.advance(1)
    assert [entry.data for entry in recorder.entries(limit=2)] == [b"b", b"c"]
    assert [entry.data for entry in recorder.entries(after=2, limit=2)] == [b"c"]
    assert recorder.entries(limit=0) == []


@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=1500), st.sampled_from([0.0, 1.0]))))
def test_the_newest_bytes_stay_in_order_and_the_memory_is_bounded(
    pieces: list[tuple[bool, bytes, float]],
) -> None:
    size, clock = 4096, VirtualClock()
    recorder = Recorder(clock, size)
    streams = {"<": b"", ">": b""}
    for inward, data, pause in pieces:
        (recorder.received if inward else recorder.sent)(data)
        streams["<" if inward else ">"] += data
        clock.advance(pause)
    kept = recorder.entries()
    assert sum(len(entry.data) for entry in kept) <= size
    for direction, stream in streams.items():
        assert stream.endswith(b"".join(entry.data for entry in kept if entry.direction == direction))


def test_single_bytes_for_weeks_do_not_fill_the_memory() -> None:
    clock = VirtualClock()
    recorder = Recorder(clock, 64 * 1024)
    for _ in range(10_000):
        recorder.received(b"\x05")
        clock.advance(10)
    kept = recorder.entries()
    assert 100 < len(kept) < 1000
    assert sum(sys.getsizeof(entry) + sys.getsizeof(entry.data) + sys.getsizeof(entry.at) for entry in kept) < 80_000
