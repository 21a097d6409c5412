"""Whatever comes: nothing is raised, nothing is believed that is no text, and a good message right after is handled."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.pms.mitel.settings import MitelSettings
from firmware.pms.model import LampNews, RoomOpened
from tests.unit.pms.mitel.link import Link, frame

CONTROL = st.sampled_from([b"\x02", b"\x03", b"\x05", b"\x06", b"\x15", b"\x11", b"\xff"])
HEADS = ["CHK1 ", "CHK0 ", "NAM1 ", "NAM3 ", "MW 1 ", "MW 0700", "RST2 ", "WKP0700", "WKP    ", "DND1 ", "LMT", "LNGde",
         "GRS", "END", "ARE", "VIP", "XYZ"]  # fmt: skip
TEXT = st.builds(
    lambda head, rest: frame(head + rest, "utf-8"),
    st.sampled_from(HEADS),
    st.text(st.characters(exclude_characters="\x02\x03", exclude_categories=("Cs",)), max_size=40),
)
NOISE = st.lists(st.one_of(CONTROL, TEXT, st.binary(max_size=40)), max_size=12).map(b"".join)
SITES = st.builds(
    MitelSettings,
    dialect=st.sampled_from(["sx200", "sx2000", "room-first"]),
    extension_width=st.integers(3, 8),
    ack_unknown=st.booleans(),
    telnet_filter=st.booleans(),
    seven_bit=st.booleans(),
    encoding=st.sampled_from(["utf-8", "cp1252", "ascii"]),
    decimals=st.integers(0, 4),
)


@given(SITES, NOISE, st.booleans(), st.sampled_from([0.0, 0.1, 3.0]))
@settings(max_examples=100, deadline=None)
def test_after_any_noise_a_good_message_is_handled(
    site: MitelSettings, noise: bytes, asking: bool, pause: float
) -> None:
    link = Link(site)
    if asking:
        link.tell(LampNews(room="1", lit=True))
    link.receive(noise)
    link.wait(pause)
    link.receive(b"\x03\xff\xf0" if site.telnet_filter else b"")
    link.events.clear()
    link.sent.clear()
    link.receive(frame("CHK1 101  "))
    assert link.events[-1:] == [RoomOpened(room="101")]
    assert link.sent[-1] == b"\x06"


@given(SITES, st.binary(max_size=200).map(lambda noise: noise.replace(b"\x03", b"").replace(b"\x83", b"")))
@settings(max_examples=100, deadline=None)
def test_without_the_end_of_a_text_there_is_no_event(site: MitelSettings, noise: bytes) -> None:
    link = Link(site)
    link.receive(noise)
    link.wait(1000)
    assert link.events == []


@given(SITES, NOISE, st.lists(st.integers(0, 200), max_size=6), st.booleans())
@settings(max_examples=100, deadline=None)
def test_it_does_not_matter_how_the_bytes_are_cut(
    site: MitelSettings, noise: bytes, cuts: list[int], asking: bool
) -> None:
    whole, parts = Link(site), Link(site)
    if asking:
        for link in (whole, parts):
            link.tell(LampNews(room="1", lit=True))
    whole.receive(noise)
    edges = [0, *sorted(cut for cut in cuts if cut < len(noise)), len(noise)]
    for begin, end in pairwise(edges):
        parts.receive(noise[begin:end])
    for link in (whole, parts):
        link.wait(20)
    for what in ("sent", "events", "told", "states", "counted", "notes"):
        assert getattr(whole, what) == getattr(parts, what)


def test_a_dialogue_byte_by_byte() -> None:
    link = Link()
    for byte in b"\x05" + frame("CHK1 101  ") + b"\x05" + frame(f"NAM1 {'DOE,JANE':21}  101"):
        link.receive(bytes((byte,)))
    assert link.sent == [b"\x06"] * 4
    assert len(link.events) == 2
