"""Recordings: what is in the file, what ends them, and what is told of their end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boardsupport import dsp
from boardsupport.bus import BLOCK_SAMPLES, SAMPLE_RATE_HZ
from firmware.gateway.messages import (
    Collect,
    DigitMap,
    Digits,
    Done,
    Error,
    Event,
    OnHook,
    Record,
    RecordingEnded,
    Release,
    Reply,
    Tag,
    TrunkReleased,
)
from firmware.voice import recorder as recorder_module
from firmware.voice.disk import Disk
from firmware.voice.recorder import Recorder, RecordingHost, level_dbm0
from tests.audio import fit_tone, read_wav
from tests.unit.dsp.signals import law_bytes, speech
from tests.unit.voice.line import LINE, TALK, Line
from tests.unit.voice.rig import SILENCE

VOICE = law_bytes(speech(-20, 4))
HISS = dsp.tone([(300.0, -52.0)], 80, "alaw")


class Booth:
    """A rig whose recordings are real."""

    def __init__(self, directory: Path, disk: Disk, settle: Callable[[], None]) -> None:
        self.directory = directory
        self.line = Line()
        self.recorder = Recorder(directory, "alaw", disk, lambda: self.line.gateway)
        self.line.gateway._recordings = self.recorder
        self._settle = settle

    def record(self, endpoint: str, **what: object) -> list[Reply]:
        """The replies: one when the file is open."""
        replies: list[Reply] = []
        index = self.line.gateway.endpoints[endpoint].index
        command = Record(endpoint=endpoint, name="one.wav", **what)  # type: ignore[arg-type]
        self.recorder.start(index, command, replies.append)
        self._settle()
        return replies

    def say(self, endpoint: str, audio: bytes) -> list[Event]:
        """Whole blocks of it; what was reported, also by the disk."""
        for at in range(0, len(audio) // BLOCK_SAMPLES * BLOCK_SAMPLES, BLOCK_SAMPLES):
            self.line.block({endpoint: audio[at : at + BLOCK_SAMPLES]})
            self.recorder.after_block(self.line.bank.clean, self.line.fabric.audio)
        return self.events()

    def events(self) -> list[Event]:
        self._settle()
        return self.line.events()

    def seconds(self) -> float:
        return len(read_wav((self.directory / "one.wav").read_bytes())) / SAMPLE_RATE_HZ


@pytest.fixture
def booth(tmp_path: Path, disk: Disk, settle: Callable[[], None]) -> Iterator[Booth]:
    """fxs/1 is lifted, and its tag is `mail`."""
    booth = Booth(tmp_path, disk, settle)
    booth.line.lift("fxs/1")
    booth.line.do(Tag(endpoint="fxs/1", tag=b"mail"))
    booth.line.events()
    yield booth
    booth.recorder.close()
    settle()


class Host:
    """A gateway that notes what it was told."""

    def __init__(self) -> None:
        self.receives: set[int] = set()
        self.ended: list[tuple[int, str, float, str, bytes]] = []

    def recording_begins(self, index: int, until_digit: bool) -> None:
        if until_digit:
            self.receives.add(index)

    def level(self, index: int) -> float:
        return -99.0

    def recording_over(self, index: int) -> bytes:
        self.receives.discard(index)
        return b"tag"

    def recording_ended(self, index: int, name: str, seconds: float, digit: str, tag: bytes) -> None:
        self.ended.append((index, name, seconds, digit, tag))


def recorder_in(directory: Path, disk: Disk, host: RecordingHost | None = None) -> Recorder:
    noted = host or Host()
    return Recorder(directory, "alaw", disk, lambda: noted)


class TestFile:
    def record(self, recorder: Recorder, **what: object) -> list[Reply]:
        replies: list[Reply] = []
        recorder.start(0, Record(endpoint="fxs/1", name="one.wav", **what), replies.append)  # type: ignore[arg-type]
        return replies

    def test_says_and_hears_are_both_in_the_file(self, tmp_path: Path, disk: Disk, settle: Callable[[], None]) -> None:
        recorder = recorder_in(tmp_path, disk)
        replies = self.record(recorder, what="both")
        said, heard = dsp.tone([(1000.0, -10.0)], 80, "alaw"), dsp.tone([(400.0, -10.0)], 80, "alaw")
        for _ in range(250):
            recorder.after_block(memoryview(said), bytearray(heard))
        recorder.stop(0, replies.append)
        settle()
        assert replies == [Done(), Done()]
        samples = read_wav((tmp_path / "one.wav").read_bytes())
        assert samples.tobytes() == dsp.decode(dsp.overlay(said, heard, "alaw") * 250, "alaw")

    def test_the_limit_ends_it_and_is_told(self, tmp_path: Path, disk: Disk, settle: Callable[[], None]) -> None:
        host = Host()
        recorder = recorder_in(tmp_path, disk, host)
        self.record(recorder, limit_s=1)
        for _ in range(150):
            recorder.after_block(memoryview(b"\xd5" * 80), bytearray(80))
        settle()
        assert host.ended == [(0, "one.wav", 1.0, "", b"tag")]

    def test_a_name_that_is_taken_is_refused_and_what_it_names_stays(
        self, tmp_path: Path, disk: Disk, settle: Callable[[], None]
    ) -> None:
        (tmp_path / "one.wav").write_bytes(b"of last night")
        host = Host()
        recorder = recorder_in(tmp_path, disk, host)
        replies = self.record(recorder, until_digit=True)
        assert host.receives == {0}
        settle()
        assert host.receives == set()
        recorder.start(0, Record(endpoint="fxs/1", name="two.wav"), replies.append)
        recorder.start(1, Record(endpoint="fxs/2", name="two.wav"), replies.append)
        settle()
        recorder.close()
        settle()
        faults = [(reply.fault, reply.code) if isinstance(reply, Error) else None for reply in replies]
        assert faults == [("agent", "name-in-use"), None, ("agent", "name-in-use")]
        assert (tmp_path / "one.wav").read_bytes() == b"of last night"

    def test_a_second_recording_and_a_bad_disk_are_refused(
        self, tmp_path: Path, disk: Disk, settle: Callable[[], None]
    ) -> None:
        (tmp_path / "no").write_text("")
        recorder = recorder_in(tmp_path / "no", disk)
        replies = self.record(recorder)
        replies += self.record(recorder)
        settle()
        assert [reply.fault for reply in replies if isinstance(reply, Error)] == ["state", "gateway"]

    def test_it_is_on_the_disk_before_its_end_is_told(
        self, tmp_path: Path, disk: Disk, settle: Callable[[], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        host, synced = Host(), list[str]()

        def fsync(descriptor: int) -> None:
            assert host.ended == []
            synced.append(Path(f"/proc/self/fd/{descriptor}").resolve().name)

        monkeypatch.setattr(os, "fsync", fsync)
        recorder = recorder_in(tmp_path / "recordings", disk, host)
        self.record(recorder)
        recorder.after_block(memoryview(TALK), bytearray(80))
        recorder.stop(0)
        settle()
        assert synced == ["one.wav", "recordings"]
        assert host.ended == [(0, "one.wav", 0.01, "", b"tag")]


class TestDigit:
    @pytest.mark.parametrize("said_ms", [300, 990, 1050, 2010])
    def test_any_digit_ends_it_and_is_not_in_it(self, booth: Booth, said_ms: int) -> None:
        """Wherever it falls between what the disk has already, and what it has not."""
        assert booth.record("fxs/1", what="receive", until_digit=True) == [Done()]
        booth.say("fxs/1", TALK * (said_ms // 10))
        (event,) = booth.say("fxs/1", dsp.dtmf("#", 100, 0, -10.0, "alaw"))
        assert isinstance(event, RecordingEnded)
        assert (event.endpoint, event.name, event.digit, event.tag) == ("fxs/1", "one.wav", "#", b"mail")
        samples = read_wav((booth.directory / "one.wav").read_bytes())
        assert event.seconds == len(samples) / SAMPLE_RATE_HZ
        assert said_ms / 1000 - 0.08 <= event.seconds <= said_ms / 1000
        assert samples.tobytes() == dsp.decode(TALK * (said_ms // 10), "alaw")[: len(samples) * 2]

    def test_a_dial_s_digit_ends_it_too(self, booth: Booth) -> None:
        booth.record("fxs/1", until_digit=True)
        booth.say("fxs/1", TALK * 30)
        booth.line.line_digits("fxs/1", "1")
        (event,) = booth.events()
        assert isinstance(event, RecordingEnded) and event.digit == "1"

    def test_one_at_once_leaves_nothing(self, booth: Booth) -> None:
        booth.record("fxs/1", until_digit=True)
        (event,) = booth.say("fxs/1", dsp.dtmf("1", 100, 0, -10.0, "alaw"))
        assert isinstance(event, RecordingEnded) and event.seconds == 0.0
        assert booth.seconds() == 0.0

    def test_digits_are_audio_where_they_end_nothing(self, booth: Booth) -> None:
        booth.record("fxs/1")
        assert booth.say("fxs/1", dsp.dtmf("123", 100, 100, -10.0, "alaw")) == []

    def test_a_collection_has_it_as_well_and_goes_on_receiving_afterwards(self, booth: Booth) -> None:
        booth.line.do(Collect(endpoint="fxs/1", digit_map=DigitMap(patterns=("12",))))
        booth.record("fxs/1", until_digit=True)
        told = booth.say("fxs/1", dsp.dtmf("12", 100, 100, -10.0, "alaw"))
        assert {type(event) for event in told} >= {RecordingEnded, Digits}
        assert [event.digits for event in told if isinstance(event, Digits)] == ["12"]

    def test_a_collection_that_ends_leaves_it_listening(self, booth: Booth) -> None:
        booth.line.do(Collect(endpoint="fxs/1", digit_map=DigitMap(patterns=("1",), first_digit_ms=100)))
        booth.record("fxs/1", until_digit=True)
        assert [type(event) for event in booth.say("fxs/1", SILENCE * 20)] == [Digits]
        (event,) = booth.say("fxs/1", dsp.dtmf("5", 100, 100, -10.0, "alaw"))
        assert isinstance(event, RecordingEnded) and event.digit == "5"


class TestSilence:
    def test_ends_it_when_it_has_lasted(self, booth: Booth) -> None:
        booth.record("fxs/1", what="receive", silence_s=2)
        assert booth.say("fxs/1", HISS * 190 + VOICE[: 80 * 100] + HISS * 190) == []
        (event,) = booth.say("fxs/1", HISS * 15)
        assert isinstance(event, RecordingEnded) and (event.digit, event.tag) == ("", b"mail")
        assert event.seconds == booth.seconds() == pytest.approx(4.85, abs=0.1)

    @pytest.mark.parametrize("what", ["receive", "transmit", "both"])
    def test_is_that_of_what_is_recorded(self, booth: Booth, what: str) -> None:
        """Somebody talks to fxs/1, who says nothing; then it is he who talks."""
        booth.line.answer()
        booth.record("fxs/1", what=what, silence_s=1)
        assert (booth.say(LINE, TALK * 110) == []) is (what != "receive")
        assert (booth.say("fxs/1", TALK * 110) == []) is (what != "transmit")

    def test_does_not_matter_unless_asked_for(self, booth: Booth) -> None:
        booth.record("fxs/1")
        assert booth.say("fxs/1", SILENCE * 1000) == []

    def test_cannot_be_less_than_none(self) -> None:
        line = Line()
        line.lift("fxs/1")
        reply = line.reply(Record(endpoint="fxs/1", name="one.wav", silence_s=-1))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("agent", "recording")

    @pytest.mark.parametrize("law", ["alaw", "ulaw"])
    def test_loudness_is_measured_as_everywhere(self, law: recorder_module.Law) -> None:
        assert level_dbm0(dsp.tone([(1000.0, -20.0)], 80, law), law) == pytest.approx(-20, abs=0.1)
        assert level_dbm0(bytes([dsp.IDLE[law]]) * 80, law) < -60


class TestEnd:
    def test_on_hook_ends_it_under_the_tag_of_then(self, booth: Booth) -> None:
        booth.record("fxs/1", until_digit=True)
        booth.say("fxs/1", TALK * 50)
        booth.line.replace("fxs/1")
        booth.line.do(Tag(endpoint="fxs/1", tag=b"next"))
        gone, event = booth.events()
        assert isinstance(gone, OnHook)
        assert isinstance(event, RecordingEnded) and (event.seconds, event.digit, event.tag) == (0.5, "", b"mail")

    def test_that_which_the_agent_asks_for_is_no_event(self, booth: Booth) -> None:
        replies = booth.record("fxs/1")
        booth.recorder.stop(booth.line.gateway.endpoints["fxs/1"].index, replies.append)
        assert booth.events() == [] and replies == [Done(), Done()]

    @pytest.mark.parametrize("far_end", [True, False])
    def test_a_company_line_s_release_ends_it(self, booth: Booth, far_end: bool) -> None:
        line = booth.line
        line.answer()
        line.do(Tag(endpoint=LINE, tag=b"caller"))
        booth.record(LINE, what="receive")
        booth.say(LINE, TALK * 50)
        if far_end:
            line.hears("busy", "certain")
        else:
            line.do(Release(endpoint=LINE))
        told = booth.events()
        assert [type(event) for event in told] == ([TrunkReleased] if far_end else []) + [RecordingEnded]
        assert isinstance(told[-1], RecordingEnded) and told[-1].tag == b"caller"
        samples = read_wav((booth.directory / "one.wav").read_bytes())
        assert fit_tone(samples[800:3200], 1000).dbm0 == pytest.approx(-10, abs=0.5)

    def test_a_far_end_s_digit_ends_it(self, booth: Booth) -> None:
        booth.line.answer()
        booth.record(LINE, what="receive", until_digit=True)
        booth.say(LINE, TALK * 50)
        (event,) = booth.say(LINE, dsp.dtmf("1", 100, 0, -10.0, "alaw"))
        assert isinstance(event, RecordingEnded) and (event.endpoint, event.digit) == (LINE, "1")
        assert 0.42 <= event.seconds <= 0.5
