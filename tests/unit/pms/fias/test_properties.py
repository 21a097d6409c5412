"""Whatever comes in, in whatever pieces: nothing is raised, nothing is made up, and what is good is taken."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.pms.model import CheckIn, Equipment
from tests.unit.pms.fias.partner import ACK, Partner, checked, framed

GOOD = "GI|RN0412|G#88120|GSN|GNHolm|"
_RECORDS = st.sampled_from(
    [
        "LS|DA260311|TI074500|", "LA|DA260311|TI074507|", "LE|", "GO|RN0412|G#88120|GSN|", "RE|RN1|MLY|", "NS|", "NE|",
        "WR|RN1000|DA260311|TI010000|", "WR|RN1000|DA260231|TI010000|", "WR|RN1000|DA260311|TI070000|", "DS|", "DE|",
        "GC|RN0533|GSY|RO0412|GSN|G#88120|", "PA|ASOK|P#1|", "XL|RN1|MTa\r\nb|", "ZZ|RN1|", "WC|RN1|",
    ]
)  # fmt: skip
_MARKS = [b"\x02", b"\x03", b"\x05", b"\x06", b"\x15", b"|", b"\x02\x02", b"\r\n", b"\x02GI|RN", b"\x02WR|"]
_NAMES = ["GI", "GO", "GC", "RE", "WR", "WC", "XL", "XT", "XD", "PA"]
_PIECES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(_MARKS),
    st.text(max_size=40).map(framed),
    st.builds("{}|{}".format, st.sampled_from(_NAMES), st.text("RNGSDATICM#|0129YX", max_size=40)).map(framed),
    _RECORDS.map(framed),
    _RECORDS.map(checked),
)
_NOISE = (
    st.binary(max_size=40)
    .map(lambda data: data.translate(None, b"\x02\x03"))
    .filter(lambda data: not re.match(rb"[A-Z]{2}(\||\Z)", data))
)
"""Whatever does not even begin as a record does."""
_STREAMS = st.lists(_PIECES, max_size=12)


def alive(serial: bool) -> Partner:
    partner = Partner(serial=serial)
    (partner.start_serial if serial else partner.start)()
    return partner


def make_alive_again(pms: Partner, serial: bool) -> None:
    """Whatever was said, half a frame among it, is over."""
    pms.lose()
    pms.wait(20)
    (pms.start_serial if serial else pms.start)()


@settings(max_examples=60, deadline=None)
@given(_STREAMS, st.booleans())
def test_no_bytes_are_too_strange_and_a_good_record_right_after_is_taken(stream: list[bytes], serial: bool) -> None:
    pms = alive(serial)
    for piece in stream:
        pms.give(piece)
        pms.wait(1)
    pms.events.clear()
    make_alive_again(pms, serial)
    pms.give(checked(GOOD) if serial else framed(GOOD))
    assert [event.room for event in pms.events if isinstance(event, CheckIn)] == ["0412"]


@settings(max_examples=60, deadline=None)
@given(st.lists(_NOISE, max_size=8))
def test_noise_on_a_live_link_is_counted_and_the_next_record_is_taken(noise: list[bytes]) -> None:
    pms = alive(serial=False)
    for piece in noise:
        pms.give(b"\x02" + piece + b"\x03")
    events = len(pms.events)
    assert sum(count for kind, count in pms.counted.items() if kind[0] == "refused") == len(noise)
    assert events == 0
    pms.give(framed(GOOD))
    assert len(pms.events) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(_RECORDS, max_size=8), st.data())
def test_it_does_not_matter_where_a_stream_is_cut(records: list[str], data: st.DataObject) -> None:
    stream = b"\r\n".join(framed(record) for record in records)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    whole, cut = alive(serial=False), alive(serial=False)
    whole.give(stream)
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        cut.give(stream[start:end])
    assert cut.outputs == whole.outputs


@settings(max_examples=60, deadline=None)
@given(st.lists(_RECORDS, max_size=6))
def test_over_a_cable_byte_by_byte_is_the_same_as_at_once(records: list[str]) -> None:
    stream = b"".join(checked(record) for record in records)
    whole, cut = alive(serial=True), alive(serial=True)
    whole.give(stream)
    for byte in stream:
        cut.give(bytes((byte,)))
    assert cut.events == whole.events
    assert cut.counted == whole.counted
    assert sorted(cut.bytes) == sorted(whole.bytes)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("0123456789AZ-", min_size=1, max_size=8), unique=True, max_size=8))
def test_every_good_frame_over_a_cable_has_one_answer(rooms: list[str]) -> None:
    pms = alive(serial=True)
    for room in rooms:
        pms.give(checked(f"RE|RN{room}|MLY|"))
    assert pms.hears_bytes() == ACK * len(rooms)
    assert [event.room for event in pms.events if isinstance(event, Equipment)] == rooms
