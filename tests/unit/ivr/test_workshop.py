"""What has sound worked on in processes of their own: the site's prompts, texts on demand, voice mail."""

from __future__ import annotations

import asyncio
import io
import os
import shutil
import wave
from array import array
from itertools import pairwise
from pathlib import Path

import pytest

from boardsupport import dsp
from firmware.errors import RefusedError, UnavailableError
from firmware.ivr.mailbox_audio import MailboxAudio
from firmware.ivr.site_prompts import MAX_WAV_BYTES, SitePrompts
from firmware.ivr.speech import Speaker, cleaned
from firmware.ivr.texts import SPOKEN
from firmware.ivr.workshop import Workshop
from firmware.processes import start_time
from firmware.voice.checks import PROMPT_NAME

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def recording(hz: float, seconds: float = 1.0) -> bytes:
    """A tone as a WAV file of 16-bit samples."""
    written = io.BytesIO()
    with wave.open(written, "wb") as audio:
        audio.setnchannels(1)
        audio.setsampwidth(2)
        audio.setframerate(8000)
        audio.writeframes(dsp.decode(dsp.tone([(hz, -10.0)], int(8000 * seconds), "alaw"), "alaw"))
    return written.getvalue()


def sounds(data: Path) -> list[Path]:
    return list(data.rglob("*.alaw"))


def cycles(wav: bytes) -> int:
    with wave.open(io.BytesIO(wav)) as reader:
        samples = array("h", reader.readframes(reader.getnframes()))
    return sum(before < 0 <= after for before, after in pairwise(samples))


# ---------------------------------------------------------------------------------------------------------- workers


async def test_a_worker_that_does_not_end_is_not_waited_for(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"not done within 0\.2 s"):
        await Workshop("tests.unit.ivr.stuck_worker", patience_s=0.2).do("say", b"hello", str(tmp_path / "worker"))


async def test_a_worker_ends_with_who_waits_for_it(tmp_path: Path) -> None:
    told = tmp_path / "worker"
    waiting = asyncio.create_task(Workshop("tests.unit.ivr.stuck_worker").do("say", b"hello", str(told)))
    async with asyncio.timeout(30):
        while not (told.exists() and told.read_text()):  # noqa: ASYNC110 (a file tells it)
            await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert start_time(int(told.read_text())) is None


async def test_a_worker_that_breaks_is_our_fault_not_the_file_s() -> None:
    with pytest.raises(UnavailableError, match="No module named"):
        await Workshop("tests.unit.ivr.no_such_worker").do("to-wav", b"")


# ----------------------------------------------------------------------------------------------------- site prompts


async def test_a_site_s_recording_is_heard_until_it_is_removed(tmp_path: Path) -> None:
    product = tmp_path / "prompts/pl/hour-07.alaw"
    product.parent.mkdir(parents=True)
    product.write_bytes(dsp.tone([(400.0, -10.0)], 4000, "alaw"))
    site = SitePrompts(tmp_path, Workshop())
    before = await site.put("pl", "hour-07", recording(1000))
    assert (before.seconds, before.text, before.replaced is None) == (1.0, "godzina siódma", False)
    assert (tmp_path / "prompts/site/pl/hour-07.alaw").stat().st_size == 8000
    assert cycles(await site.wav("pl", "hour-07")) == pytest.approx(1000, abs=2)
    after = await site.remove("pl", "hour-07")
    assert (after.seconds, after.replaced) == (0.5, None)
    assert cycles(await site.wav("pl", "hour-07")) == pytest.approx(200, abs=2)
    with pytest.raises(RefusedError, match="product's own"):
        await site.remove("pl", "hour-07")


async def test_a_refused_recording_leaves_the_one_before_it(tmp_path: Path) -> None:
    site = SitePrompts(tmp_path, Workshop())
    await site.put("en", "wakeup-confirmed", recording(1000))
    for wav, code, detail in (
        (b"not a sound", "not-a-recording", "wav-head"),
        (bytes(MAX_WAV_BYTES + 1), "too-large", "wav-size"),
    ):
        with pytest.raises(RefusedError) as refusal:
            await site.put("en", "wakeup-confirmed", wav)
        assert (refusal.value.code, refusal.value.field) == (code, "wav")
        assert [each.code for each in refusal.value.details] == [detail]
    assert cycles(await site.wav("en", "wakeup-confirmed")) == pytest.approx(1000, abs=2)
    assert [path.name for path in (tmp_path / "prompts/site/en").iterdir()] == ["wakeup-confirmed.alaw"]


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "nothing"), ("de", "done"), ("vi", "period-am"), ("en", "../../nightporter"), ("", "")],
)
async def test_only_what_is_said_can_be_replaced(tmp_path: Path, language: str, name: str) -> None:
    site = SitePrompts(tmp_path, Workshop())
    with pytest.raises(RefusedError) as refusal:
        await site.put(language, name, recording(1000))
    assert refusal.value.code == "unknown-prompt"
    assert not sounds(tmp_path)


async def test_the_list_has_all_that_can_be_replaced_the_house_s_own_too(tmp_path: Path) -> None:
    site = SitePrompts(tmp_path, Workshop(), {"emergency-from-203": {"en": "Emergency call from room 2 0 3."}})
    await site.put("en", "emergency-from-203", recording(500, 2.0))
    listed = {(prompt.language, prompt.name): prompt for prompt in await site.list()}
    assert len(listed) == 1 + sum(map(len, SPOKEN.values()))
    assert listed["en", "emergency-from-203"].seconds == 2.0
    assert listed["ru", "minute-02"].text == "две минуты"
    assert (listed["ru", "minute-02"].seconds, listed["ru", "minute-02"].replaced) == (None, None)
    with pytest.raises(UnavailableError, match="not been made yet"):
        await site.wav("ru", "minute-02")


# ------------------------------------------------------------------------------------------------- texts on demand


class Counted(Workshop):
    """Counts the work, and does it without a process: each job gives 4,000 bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[tuple[str, ...]] = []

    async def do(self, job: str, content: bytes, *arguments: str) -> bytes:
        self.jobs.append((job, content.decode(), *arguments))
        await asyncio.sleep(0)
        return bytes(4000)


@needs_espeak
async def test_a_text_is_spoken_by_the_voice_of_its_language(tmp_path: Path) -> None:
    speaker = Speaker(tmp_path, Workshop())
    english, polish = await speaker.say("Your taxi is here.", "en"), await speaker.say("Your taxi is here.", "pl")
    heard = {(tmp_path / "prompts" / f"{name}.alaw").read_bytes() for name in (english, polish)}
    assert len(heard) == 2 and min(map(len, heard)) > 8000
    assert PROMPT_NAME.fullmatch(english)


async def test_the_same_text_is_spoken_once_even_if_wanted_by_several_at_once(tmp_path: Path) -> None:
    workshop = Counted()
    speaker = Speaker(tmp_path, workshop)
    names = await asyncio.gather(*(speaker.say(text, "vi") for text in ("Xin chào", " Xin\n chào\x07", "Xin chào")))
    assert len(set(names)) == 1 and len(workshop.jobs) == 1
    assert await speaker.say("Xin chào", "vi") == names[0]
    assert await Speaker(tmp_path, workshop).say("Xin chào", "vi") == names[0], "also after a restart"
    assert workshop.jobs == [("say", "Xin chào", "vi")]


async def test_what_was_said_longest_ago_is_forgotten(tmp_path: Path) -> None:
    workshop = Counted()
    speaker = Speaker(tmp_path, workshop, kept_bytes=8000)
    for at, text in enumerate(("one", "two", "three")):
        name = await speaker.say(text, "en")
        os.utime(tmp_path / "prompts" / f"{name}.alaw", (at, at))
    await speaker.say("two", "en")
    await speaker.say("three", "en")
    assert len(workshop.jobs) == 3
    await speaker.say("one", "en")
    assert len(workshop.jobs) == 4


async def test_what_was_said_can_be_forgotten(tmp_path: Path) -> None:
    speaker = Speaker(tmp_path, Counted())
    await speaker.forget(())
    name, message = await speaker.say("Mr Nowak", "en"), await speaker.say("Ring Mr Holm back", "en")
    await speaker.forget([name])
    assert [f"said/{path.stem}" for path in sounds(tmp_path)] == [name]
    assert await speaker.say("Ring Mr Holm back", "en") == message and len(sounds(tmp_path)) == 2


async def test_what_cannot_be_spoken_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speaker = Speaker(tmp_path, Workshop())
    for nothing in ("", " \n", "!?…"):
        with pytest.raises(UnavailableError, match="nothing in it"):
            await speaker.say(nothing, "en")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="install the package espeak-ng"):
        await speaker.say("Hello", "en")
    assert not sounds(tmp_path)


def test_a_text_becomes_one_line_that_can_be_read_out() -> None:
    assert cleaned("Call\tMr\u00a0Nowak\r\n\x1b[1m at\u200b 7 ") == "Call Mr Nowak [1m at 7"
    long = cleaned("word " * 400)
    assert 990 < len(long) <= 1000 and long.endswith("word")
    assert len(cleaned("字" * 2000)) == 1000


# ------------------------------------------------------------------------------------------------------- voice mail


async def test_a_recorded_message_is_a_prompt_and_a_wav_file_for_the_page(tmp_path: Path) -> None:
    taken = tmp_path / "taken.wav"
    taken.write_bytes(recording(700, 3.0))
    mail = MailboxAudio(tmp_path, Workshop())
    assert await mail.keep("m-17", taken) == 3.0
    assert (tmp_path / "prompts" / f"{mail.prompt('m-17')}.alaw").stat().st_size == 24_000
    assert PROMPT_NAME.fullmatch(mail.prompt("m-17"))
    assert cycles(await mail.wav("m-17")) == pytest.approx(2100, abs=2)
    await mail.remove("m-17")
    await mail.remove("m-17")
    with pytest.raises(RefusedError) as refusal:
        await mail.wav("m-17")
    assert refusal.value.code == "no-audio"


async def test_a_message_longer_than_a_site_s_prompt_may_be_is_kept(tmp_path: Path) -> None:
    taken = tmp_path / "taken.wav"
    taken.write_bytes(recording(700, 121.0))
    assert await MailboxAudio(tmp_path, Workshop()).keep("m-1", taken) == 121.0


async def test_a_message_in_which_nothing_was_said_is_refused(tmp_path: Path) -> None:
    taken, mail = tmp_path / "taken.wav", MailboxAudio(tmp_path, Workshop())
    for content in (recording(700)[:44] + bytes(16_000), recording(700, 0.05)):
        taken.write_bytes(content)
        with pytest.raises(RefusedError, match="can't be used"):
            await mail.keep("m-1", taken)
    with pytest.raises(RefusedError, match="nothing recorded"):
        await mail.keep("m-1", tmp_path / "gone.wav")
    with pytest.raises(RefusedError, match="names no message"):
        await mail.keep("../m-1", taken)
    assert not sounds(tmp_path)
