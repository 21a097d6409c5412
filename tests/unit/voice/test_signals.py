"""Prompts: a sequence without gaps, files that were replaced, a site's own, and a disk that does not answer."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from boardsupport import dsp
from firmware.countries import Law
from firmware.gateway.messages import Apply, Error, PlaybackDone, Signal
from firmware.voice import signals as signals_module
from firmware.voice.checks import MAX_PROMPTS
from firmware.voice.disk import Disk
from firmware.voice.media import PromptLoader
from firmware.voice.prompt_files import Found, Wanted
from firmware.voice.signals import PATIENCE_BLOCKS, PromptPlayback, Signals
from tests.unit.voice.rig import IDLE, SILENCE, Rig

ONE, TWO, THREE = (dsp.tone([(hz, -10.0)], 80, "alaw") for hz in (500.0, 1000.0, 1500.0))


@pytest.fixture
def rig() -> Rig:
    """fxs/1 is lifted."""
    rig = Rig()
    rig.lift("fxs/1")
    rig.events()
    return rig


def heard(source: PromptPlayback, blocks: int = 100) -> bytes:
    """What it plays until it ends."""
    played = [source.block() for _ in range(blocks)]
    return b"".join(block for block in played if block is not None)


class Prompts:
    """The prompts of a data directory, read by the disk thread."""

    def __init__(self, directory: Path, disk: Disk, settle: Callable[[], None], law: Law = "alaw") -> None:
        self.directory = directory
        self.signals = Signals({}, directory, "en", PromptLoader(disk, law), IDLE)
        self._settle = settle

    def write(self, name: str, audio: bytes) -> None:
        path = self.directory / f"{name}.alaw"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".new").write_bytes(audio)
        path.with_suffix(".new").replace(path)

    def play(self, *names: str, repeat: bool = False) -> PromptPlayback:
        source = self.signals.source(Signal(prompts=names, repeat=repeat))
        assert isinstance(source, PromptPlayback)
        self._settle()
        return source

    def hear(self, *names: str) -> bytes:
        return heard(self.play(*names))


@pytest.fixture
def prompts(tmp_path: Path, disk: Disk, settle: Callable[[], None]) -> Prompts:
    return Prompts(tmp_path, disk, settle)


class TestSequence:
    def test_one_follows_the_other_within_the_block_in_which_it_ends(self, rig: Rig) -> None:
        rig.prompts.files.update({"a.alaw": ONE + ONE[:40], "b.alaw": TWO[:10], "c.alaw": THREE})
        rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("a", "b", "c"))))
        rig.prompts.arrive()
        told = b"".join(rig.block()["fxs/1"] for _ in range(4))
        assert told == (ONE + ONE[:40] + TWO[:10] + THREE).ljust(320, bytes([IDLE]))
        (event,) = rig.events()
        assert isinstance(event, PlaybackDone) and not event.failed
        assert event.signal.prompts == ("a", "b", "c")

    def test_what_is_missing_is_left_out_and_fails_only_if_nothing_is_left(self, rig: Rig) -> None:
        rig.prompts.files["b.alaw"] = TWO
        for names, failed in ((("a", "b", "c"), False), (("a", "c"), True)):
            rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=names)))
            rig.prompts.arrive()
            told = b"".join(rig.block()["fxs/1"] for _ in range(2))
            assert told == (SILENCE if failed else TWO) + SILENCE
            (event,) = rig.events()
            assert isinstance(event, PlaybackDone) and event.failed is failed

    def test_the_whole_of_it_is_repeated(self, rig: Rig) -> None:
        rig.prompts.files.update({"a.alaw": ONE, "b.alaw": TWO[:40]})
        rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("a", "b"), repeat=True)))
        rig.prompts.arrive()
        told = b"".join(rig.block()["fxs/1"] for _ in range(30))
        assert told == ((ONE + TWO[:40]) * 20)[: len(told)]

    def test_too_many_are_refused(self, rig: Rig) -> None:
        reply = rig.reply(Apply(endpoint="fxs/1", signal=Signal(prompts=("a",) * (MAX_PROMPTS + 1))))
        assert isinstance(reply, Error) and (reply.fault, reply.code) == ("agent", "signal")

    @pytest.mark.parametrize("name", ["mail/../x", "Mail/x", "m/x", "mail/", "/x", "mail/x/y", "mail/x\n"])
    def test_what_would_lead_elsewhere_is_no_name(self, rig: Rig, name: str) -> None:
        reply = rig.reply(Apply(endpoint="fxs/1", signal=Signal(prompts=("a", name))))
        assert isinstance(reply, Error) and reply.code == "signal"

    def test_what_is_in_memory_is_heard_when_the_disk_does_not_answer(self, rig: Rig) -> None:
        rig.prompts.files["a.alaw"] = ONE
        rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("a",))))
        rig.prompts.arrive()
        rig.wait(50)
        for names, failed in ((("a", "b"), False), (("b",), True)):
            rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=names)))
            waited = [rig.block()["fxs/1"] for _ in range(PATIENCE_BLOCKS)]
            assert set(waited) == {SILENCE} and rig.events() == []
            assert rig.block()["fxs/1"] == (SILENCE if failed else ONE)
            (event,) = rig.wait(10)
            assert isinstance(event, PlaybackDone) and event.failed is failed

    def test_a_disk_that_takes_no_more_leaves_what_is_in_memory(self, rig: Rig) -> None:
        rig.prompts.files["a.alaw"] = ONE
        for answered in (rig.prompts.arrive, rig.prompts.fail):
            rig.do(Apply(endpoint="fxs/1", signal=Signal(prompts=("a",))))
            answered()
            assert rig.block()["fxs/1"] == ONE


class TestFiles:
    def test_languages_and_voice_mail_have_folders_of_their_own(self, prompts: Prompts) -> None:
        for name, audio in (("en/hello", ONE), ("vi/hello", TWO), ("mail/abc123", THREE)):
            prompts.write(name, audio)
        assert prompts.hear("hello", "vi/hello", "mail/abc123") == ONE + TWO + THREE

    def test_a_prompt_that_was_replaced_is_heard_the_next_time(self, prompts: Prompts) -> None:
        prompts.write("en/hello", ONE)
        assert prompts.hear("hello") == ONE
        prompts.write("en/hello", TWO)
        assert prompts.hear("hello") == TWO

    def test_a_site_s_own_goes_before_and_what_it_replaced_is_back_without_it(self, prompts: Prompts) -> None:
        prompts.write("en/hello", ONE)
        assert prompts.hear("hello") == ONE
        prompts.write("site/en/hello", TWO)
        assert prompts.hear("en/hello") == TWO
        prompts.write("site/en/hello", b"")
        assert prompts.hear("hello") == ONE
        (prompts.directory / "site/en/hello.alaw").unlink()
        assert prompts.hear("hello") == ONE

    def test_one_that_is_gone_is_not_heard_from_memory(self, prompts: Prompts) -> None:
        prompts.write("en/hello", ONE)
        assert prompts.hear("hello") == ONE
        (prompts.directory / "en/hello.alaw").unlink()
        source = prompts.play("hello")
        assert (heard(source), source.failed) == (b"", True)

    def test_what_is_unchanged_is_not_read_again(self, prompts: Prompts) -> None:
        prompts.write("en/hello", ONE)
        path = prompts.directory / "en/hello.alaw"
        facts = path.stat()
        assert prompts.hear("hello") == ONE
        path.write_bytes(TWO)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert prompts.hear("hello") == ONE, "same file, size and time: it counts as the same"

    def test_they_are_turned_into_the_law_of_the_country(
        self, tmp_path: Path, disk: Disk, settle: Callable[[], None]
    ) -> None:
        prompts = Prompts(tmp_path, disk, settle, "ulaw")
        prompts.write("en/hello", ONE)
        assert prompts.hear("hello") == dsp.encode(dsp.decode(ONE, "alaw"), "ulaw")

    def test_together_they_have_at_most_so_many_bytes(self, prompts: Prompts, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(signals_module, "MAX_PROMPT_BYTES", 160)
        for name, audio in (("a", ONE), ("b", TWO + TWO), ("c", THREE)):
            prompts.write(f"en/{name}", audio)
        assert prompts.hear("a", "b", "c") == ONE + THREE

    def test_memory_is_bounded_and_keeps_what_was_heard_last(
        self, prompts: Prompts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[Wanted] = []
        loader = prompts.signals._loader

        def find(wanted: list[Wanted], limit: int, done: Callable[[Found | None], None]) -> None:
            asked[:] = wanted
            PromptLoader.find(loader, wanted, limit, done)  # type: ignore[arg-type]

        monkeypatch.setattr(signals_module, "CACHED_BYTES", 160)
        monkeypatch.setattr(loader, "find", find)
        for name in "abc":
            prompts.write(f"en/{name}", ONE)
        prompts.hear("a", "b")
        prompts.hear("a")
        prompts.hear("c")
        assert prompts.hear("a", "b", "c") == ONE * 3
        assert [one.held is not None for one in asked] == [True, False, True]
