"""Voice and the front of the box: neither waits for the other, and each finds the other again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from boardsupport.adapters import unix_path
from firmware.indicators.link import SOCKET, TRY_EVERY_S, FrontEnd, Held, VoiceEnd


@pytest.fixture
def front(tmp_path: Path) -> Iterator[FrontEnd]:
    front = FrontEnd(tmp_path / SOCKET)
    yield front
    front.close()


@pytest.fixture
def voice(tmp_path: Path) -> Iterator[VoiceEnd]:
    voice = VoiceEnd(tmp_path / SOCKET)
    yield voice
    voice.close()


def test_states_go_one_way_and_the_button_the_other(front: FrontEnd, voice: VoiceEnd) -> None:
    assert front.heard() is None
    voice.tell({"system": "starting"}, 1.0)
    voice.tell({"system": "running"}, 1.25)
    assert front.heard() == {"system": "running"}, "the last counts"
    assert front.heard() is None
    assert voice.heard() == []
    front.tell(10.1)
    assert voice.heard() == [Held(10.1)]


def test_a_new_voice_takes_the_place_of_the_dead_one(front: FrontEnd, voice: VoiceEnd, tmp_path: Path) -> None:
    voice.tell({"system": "running"}, 1.0)
    assert front.heard() == {"system": "running"}
    voice.close()
    assert front.heard() is None
    front.tell(10.0)  # nobody is there, and nothing happens
    other = VoiceEnd(tmp_path / SOCKET)
    other.tell({"system": "survival"}, 2.0)
    assert front.heard() == {"system": "survival"}
    other.close()


def test_voice_finds_a_front_that_was_started_again(voice: VoiceEnd, tmp_path: Path) -> None:
    voice.tell({"system": "running"}, 0.0)
    assert voice.heard() == []
    first = FrontEnd(tmp_path / SOCKET)
    voice.tell({"system": "running"}, TRY_EVERY_S)
    assert first.heard() == {"system": "running"}
    first.close()
    second = FrontEnd(tmp_path / SOCKET)
    voice.tell({"system": "running"}, 2 * TRY_EVERY_S)  # finds that the first has gone
    voice.tell({"system": "running"}, 3 * TRY_EVERY_S)
    assert second.heard() == {"system": "running"}
    second.close()


def test_a_front_that_does_not_read_holds_nobody_up(front: FrontEnd, voice: VoiceEnd) -> None:
    for number in range(2000):
        voice.tell({"system": "running"}, number * 0.25)
    assert front.heard() == {"system": "running"}


def test_what_is_no_message_is_passed_over(front: FrontEnd, tmp_path: Path) -> None:
    stranger = unix_path.connect(tmp_path / SOCKET, socket.SOCK_SEQPACKET)
    stranger.send(b"\xff{")
    stranger.send(b'{"states": {"system": "running"}}')
    assert front.heard() == {"system": "running"}
    stranger.close()
